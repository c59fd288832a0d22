"""Where a function has a corner, such as relu at 0, between the two sides of a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnstep.engine.evaluation import evaluate
from nnstep.engine.probe import Probe
from nnstep.language import Name, Option
from nnstep.ops import Array, Index, facts
from nnstep.ops.operation import Corner as OperationCorner
from nnstep.ops.operation import broadcast_index
from nnstep.program import Bound, Step, bind


@dataclass(frozen=True)
class CornerCrossing:
    """Entry `index` of `name`, an operand of the forward step `step`, changes sides of the operation's corner.

    value  the entry, as it is in the record
    level  the number that the corner is at; for operations that compare, the other entry
    other  that entry's name and index, or None where the corner is at a number
    """

    step: int
    operation: str
    name: str
    index: Index
    value: float
    level: float
    other: tuple[str, Index] | None = None

    @property
    def at(self) -> float:
        """How far the entry is from the corner; 0 for exactly at it."""
        return self.value - self.level


class _Side(NamedTuple):
    """A call of an operation with a corner, and on which side of it each entry is: -1, 0 (exactly at it) or 1."""

    step: Step
    bound: Bound
    corner: OperationCorner
    side: Array


def corner_between(probe: Probe, index: Index, low: float, high: float) -> CornerCrossing | None:
    """The first corner that an operand passes when entry `index` of the moved value goes from `low` to `high`.

    The first one in the order of the steps: where others follow from it, it is the reason. Where none is passed, the
    first that an operand only touches, as the root of a square at 0. None where there is none.
    """
    probe.at(index, low)
    before = _sides(probe)
    probe.at(index, high)
    after = _sides(probe)
    probe.at(index, probe.entry(index))
    now = _sides(probe)
    touched = None
    for lower, here, upper in zip(before, now, after, strict=True):
        known = np.isfinite(lower.side) & np.isfinite(upper.side)
        passed = np.argwhere((lower.side != upper.side) & known)
        if len(passed):
            return _corner(probe, here, tuple(int(i) for i in passed[0]))
        left = np.argwhere((here.side == 0) & (lower.side != 0) & known)
        if touched is None and len(left):
            touched = (here, tuple(int(i) for i in left[0]))
    return _corner(probe, *touched) if touched else None


def stands_at_corner(probe: Probe) -> bool:
    """Whether any operand of what depends on the moved value is exactly at a corner, as the values are now."""
    return any(bool(np.any(side.side == 0)) or _has_ties(side) for side in _sides(probe))


def _has_ties(side: _Side) -> bool:
    """Whether several entries are the largest (smallest) of those that max (min) compares."""
    if side.corner.among != "entries":
        return False
    return bool(np.any(np.count_nonzero(side.side > 0, axis=_axis(side.bound.site.options)) > 1))


def _sides(probe: Probe) -> list[_Side]:
    found = []
    for step, call in probe.calls():
        corner = facts(call.function).corner
        if corner is not None:
            bound = bind(call, lambda name: probe.operand(name).shape)
            arrays = [evaluate(argument, probe.operand) for argument in bound.arguments]
            with np.errstate(all="ignore"):
                distance = corner.distance(arrays, bound.site.options)
            found.append(_Side(step, bound, corner, np.sign(distance)))
    return found


def _corner(probe: Probe, side: _Side, place: Index) -> CornerCrossing:
    """The corner at a place of the operation's sides, with the numbers as they are now."""
    step, bound, corner = side.step, side.bound, side.corner
    arrays = [evaluate(argument, probe.operand) for argument in bound.arguments]
    names = [argument.id if isinstance(argument, Name) else "" for argument in bound.arguments]
    moved = next(k for k, name in enumerate(names) if name and probe.depends(name))  # where two are compared
    at = broadcast_index(place, arrays[moved].shape)
    value, name = float(arrays[moved][at]), probe.real(names[moved])
    level, other = corner.level(value), None
    if corner.among == "inputs":
        against = 1 - moved
        there = broadcast_index(place, arrays[against].shape)
        level = float(arrays[against][there])
        other = (probe.real(names[against]), there) if names[against] else None
    elif corner.among == "entries":
        there = _rival(arrays[0], at, bound.site.options, largest=step.operation == "max")
        level, other = float(arrays[0][there]), (name, there)
    return CornerCrossing(step.index, step.operation, name, at, value, level, other)


def _rival(x: Array, at: Index, options: Mapping[str, Option], largest: bool) -> Index:
    """The largest (smallest) of the entries that are compared with the one at `at`, itself left out."""
    others = np.array(x if largest else -x)
    others[at] = -np.inf
    axis = _axis(options)
    if axis is None or x.ndim < 2:
        return tuple(int(i) for i in np.unravel_index(int(np.argmax(others)), x.shape))
    axis %= x.ndim
    line = others[at[0]] if axis else others[:, at[1]]
    return (*at[:axis], int(np.argmax(line)), *at[axis + 1 :])


def _axis(options: Mapping[str, Option]) -> int | None:
    axis = options["axis"]
    return axis if isinstance(axis, int) else None
