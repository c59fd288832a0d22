"""A whole run, told iteration by iteration: when something was first wrong, how often, and when it was worst."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from nnstep.debugger.health.gradients import HUGE, excess, sizes_of
from nnstep.debugger.health.not_finite import NOT_FINITE, NOT_NUMBER, has
from nnstep.debugger.health.updates import LARGE, relative
from nnstep.debugger.health.weight_matrices import WeightMatrix, weight_matrices
from nnstep.engine import Machine


@dataclass
class Episode:
    """The iterations in which something was so.

    first   the first one; 0 where there is none
    count   how many there are
    worst   the one in which it was most so, by `excess`
    excess  how much so it was then, above 1
    """

    first: int = 0
    count: int = 0
    worst: int = 0
    excess: float = 1.0

    def tell(self, iteration: int, excess: float) -> None:
        """How much so it is in an iteration: above 1 where it is."""
        if excess > 1:
            self.first = self.first or iteration
            self.count += 1
            if excess > self.excess:
                self.worst, self.excess = iteration, excess


class _MachineNumbers(NamedTuple):
    """The numbers of a machine that are looked at."""

    machine: Machine
    found: tuple[WeightMatrix, ...]
    updated: tuple[WeightMatrix, ...]


@dataclass
class Course:
    """What `Timeline.scan` tells of every iteration. Nothing is told any more once there is a NaN.

    infinite, nan   the first iteration with a number that is not finite, and with a NaN; 0 where there is none
    before          the excess of the gradients in the iteration before
    episodes        by kind: vanishing, exploding and large-update, as long as all numbers are finite
    """

    infinite: int = 0
    nan: int = 0
    before: tuple[float, float] | None = None
    episodes: dict[str, Episode] = field(
        default_factory=lambda: {kind: Episode() for kind in ("vanishing", "exploding", "large-update")}
    )
    _bound: dict[int, _MachineNumbers] = field(default_factory=dict)

    def tell(self, machine: Machine, iteration: int) -> bool:
        """An iteration that was just run; True once no more needs to be told."""
        if self.infinite or has(machine.arena, NOT_FINITE):
            self.infinite = self.infinite or iteration
            self.nan = iteration if has(machine.arena, NOT_NUMBER) else 0
            return bool(self.nan)
        bound = self._of(machine)
        value = machine.values.__getitem__
        sizes = sizes_of(value, bound.found)
        now = excess(value, bound.found, sizes)
        vanishes, explodes = map(min, now, self.before or now)
        self.before = now
        self.episodes["vanishing"].tell(iteration, vanishes)
        self.episodes["exploding"].tell(iteration, max(explodes, *(size / HUGE for size in sizes), 0.0))
        ratios = [relative(value, one) for one in bound.updated]
        top = max((ratio for ratio in ratios if ratio is not None), default=0.0)
        self.episodes["large-update"].tell(iteration, top / LARGE)
        return False

    def _of(self, machine: Machine) -> _MachineNumbers:
        key = id(machine)
        if key not in self._bound:  # the machine is kept with it, so its id is not used again
            found = weight_matrices(machine.program)
            updated = tuple(one for one in found if one.after != one.before)
            self._bound[key] = _MachineNumbers(machine, found, updated)
        return self._bound[key]
