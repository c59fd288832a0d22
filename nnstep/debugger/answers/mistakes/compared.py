"""A person's arrays beside the record that they are compared with: what the search for mistakes is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnstep.debugger.answers.closeness import Closeness
from nnstep.debugger.answers.mistakes.alterations import Alteration, factors, of_array, scaled
from nnstep.debugger.answers.mistakes.variant import Variant
from nnstep.debugger.answers.mistakes.variants import variants
from nnstep.engine import Record
from nnstep.ops import Array

_WORK = 200_000_000  # numbers of an iteration times its steps, up to which whole backward passes are tried
_CERTAIN = 10.0  # decimal digits that have to agree, all entries together, for two mistakes to be named


def searchable(record: Record) -> bool:
    """Whether the network is small enough for the backward pass to be done again with each mistake."""
    return record.arena.size * len(record.program.steps) <= _WORK


Key = tuple[str, float, int]


@dataclass
class ComparedArrays:
    """A person's arrays and the record that they are compared with.

    given      all of the person's arrays, by the names of values
    closeness  how far off each may be
    wrong      the names of those that differ, in the order of the program
    earlier    the records of earlier iterations, the latest first
    """

    record: Record
    given: Mapping[str, Array]
    closeness: Mapping[str, Closeness]
    wrong: tuple[str, ...]
    earlier: Sequence[Record]

    def right(self, name: str) -> Array:
        return self.record[name]

    def slot(self, name: str) -> int:
        return self.record.program.versions[name][-1]

    def tells(self, name: str, expected: Array) -> bool:
        return self.closeness[name].tells(self.given[name], expected)

    def agrees(self, name: str, expected: Array) -> bool:
        return self.closeness[name].agrees(self.given[name], expected)

    def is_of_the_loss(self, name: str) -> bool:
        """Whether a value is the objective or a gradient: what the loss's factors go into."""
        value = self.record.program.values[self.slot(name)]
        return value.role in ("gradient", "contribution") or value.slot == self.record.program.objective

    @cached_property
    def factors(self) -> list[tuple[str, float]]:
        """The factors that are forgotten or put in twice."""
        return factors(self.record)

    @cached_property
    def variants(self) -> list[tuple[Variant, dict[int, Array]]]:
        """Every mistake in the pass with the values that it changes; those that change nothing are left out."""
        found = []
        for one in variants(self.record):
            values = one.values(self.record)
            kept = {slot: array for slot, array in values.items() if not self._is_right(slot, array)}
            if kept:
                found.append((one, values))
        return found

    def _is_right(self, slot: int, array: Array) -> bool:
        right = self.record.value(slot)
        return array.shape == right.shape and np.array_equal(array, right, equal_nan=True)

    def alterations(self, name: str, value: Callable[[int], Array], scale: bool = True) -> Iterator[Alteration]:
        """What of one array can be wrong as a whole, that is what the person has."""
        found = of_array(self.record, name, self.given[name], value)
        yield from (one for one in found if self.tells(name, one.array) or self._cancels(name, one))
        base = value(self.slot(name))
        if scale and self.is_of_the_loss(name) and base.shape == self.given[name].shape:
            yield from (one for one in scaled(base, self.given[name], self.factors) if self.tells(name, one.array))

    def _cancels(self, name: str, one: Alteration) -> bool:
        """Whether a wrong sum is nothing but rounding, as that of softmax's gradient over the classes, and theirs too:
        then the shape alone tells.
        """
        theirs = self.given[name]
        summed = one.kind in ("summed-over-all", "other-axis") and theirs.shape != self.right(name).shape
        return summed and self.agrees(name, one.array)


def certain(search: ComparedArrays, made: Mapping[str, Array]) -> bool:
    """Whether numbers that agree with two mistakes do so to more digits than chance makes."""
    digits = sum(search.closeness[name].digits(search.given[name], made[name]) for name in search.wrong)
    return digits >= _CERTAIN


def expected(search: ComparedArrays, values: Mapping[int, Array], name: str) -> Array:
    slot = search.slot(name)
    return values[slot] if slot in values else search.right(name)
