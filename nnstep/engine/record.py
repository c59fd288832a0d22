"""Every value of one iteration, read-only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nnstep.engine.arena_layout import Layout
from nnstep.engine.scheduling import BatchPlace
from nnstep.ops import Array
from nnstep.program import Program


@dataclass(frozen=True, eq=False)
class Record:
    """An iteration as it was: its place in the run and, in one read-only array, everything that was assigned."""

    layout: Layout
    arena: Array
    place: BatchPlace

    @property
    def iteration(self) -> int:
        """Its number in the run, from 1."""
        return self.place.iteration

    @property
    def epoch(self) -> int:
        """The epoch it is in, from 1."""
        return self.place.epoch

    @property
    def batch(self) -> int:
        """Which batch of its epoch it has, from 1."""
        return self.place.batch

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The indices of the batch's samples, from 0; none without data."""
        return self.place.rows

    @property
    def program(self) -> Program:
        """The program that made it."""
        return self.layout.program

    def value(self, slot: int) -> Array:
        """The value of a slot, read-only, in its shape."""
        return self.layout.view(self.arena, slot)

    def at(self, name: str, step: int) -> Array | None:
        """What `name` is once `step` steps are done; None while it is not computed. Nothing later can be seen."""
        found = self.program.latest(name, step)
        return None if found is None else self.value(found.slot)

    def __getitem__(self, name: str) -> Array:
        """What `name` is at the end of the iteration. Raises KeyError for a name the program has not."""
        return self.value(self.program.versions[name][-1])

    @property
    def loss(self) -> float | None:
        """The objective's value, or None for a program that is forward only."""
        objective = self.program.objective
        return None if objective is None else float(self.value(objective))
