"""Analytic gradients against central differences: (L(w + h) - L(w - h)) / 2h, entry by entry and for many widths h.

At a corner, such as relu's at 0, there is no derivative, and a central difference is the mean of the slopes on both
sides. There any slope between the two is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, prod

import numpy as np

from nnstep.engine.evaluate import evaluate
from nnstep.engine.probe import Probe
from nnstep.engine.record import Record
from nnstep.language import Call, to_text
from nnstep.ops import Array, Index
from nnstep.program import Step, bind

__all__ = ["TOLERANCE", "Corner", "Difference", "Point", "Sweep", "Worst", "difference", "sweep", "worst"]

TOLERANCE = 1e-6  # of the relative error; central differences in float64 are good to about 1e-9
_WIDTH = 6e-6  # near the cube root of the rounding unit, where truncation and rounding are about equal
_CORNER = 1e-3  # relative difference of the slopes on both sides; the curvature of a smooth loss makes about 1e-5
_MOST = 1_000  # entries of one value that are looked at
_WORK = 50_000_000  # numbers that are computed anew for one value, at most
_WIDTHS = tuple(10.0 ** (-k / 2) for k in range(2, 31))  # 0.1 down to 1e-15


@dataclass(frozen=True)
class Corner:
    """Where a function has a corner between both sides: entry `index` of `name`, an operand of the forward step `step`.

    `at` is how far that entry is from the corner.
    """

    step: int
    operation: str
    name: str
    index: Index
    at: float


@dataclass(frozen=True)
class Difference:
    """An entry of a gradient and its central difference.

    numeric  the central difference; at a corner, the slope nearest to the analytic one between those of both sides
    below    the slope from w - h to w; `above` that from w to w + h
    error    |analytic - numeric| / max(1, |analytic|, |numeric|)
    """

    index: Index
    analytic: float
    numeric: float
    below: float
    above: float
    width: float
    error: float
    corner: Corner | None = None

    @property
    def ok(self) -> bool:
        """Whether the error is within TOLERANCE; NaN is not."""
        return self.error <= TOLERANCE


@dataclass(frozen=True)
class Point:
    """The central difference of one width, and its error relative to the larger of the two numbers."""

    width: float
    numeric: float
    error: float


@dataclass(frozen=True)
class Sweep:
    """Central differences from wide to narrow: first the curve's bend makes the error, in the end rounding does.

    best  the place of the smallest error in `points`; to its left truncation rules, to its right rounding
    """

    points: tuple[Point, ...]
    best: int


@dataclass(frozen=True)
class Worst:
    """The entry of a value with the largest error; `checked` of `entries` were looked at, evenly spread."""

    difference: Difference
    checked: int
    entries: int


def difference(record: Record, gradient_slot: int, index: Index) -> Difference:
    """Check one entry of a gradient, a contribution to one, or a stage of one."""
    probe = Probe(record, gradient_slot)
    return _difference(probe, record.value(gradient_slot), index, probe.at(index, probe.entry(index)))


def worst(record: Record, gradient_slot: int, most: int = _MOST) -> Worst:
    """The worst entry of a gradient; of a large one, or in a large network, only some entries are looked at."""
    probe = Probe(record, gradient_slot)
    analytic = record.value(gradient_slot)
    touched = max(1, sum(prod(record.program.values[step.target].shape) for step in probe.steps))
    count = max(1, min(analytic.size, most, _WORK // (2 * touched)))
    chosen = np.unique(np.linspace(0, analytic.size - 1, count).round().astype(int)).tolist()
    start: Index = (0,) * analytic.ndim
    here = probe.at(start, probe.entry(start))
    found: Difference | None = None
    for flat in chosen:
        index = tuple(int(i) for i in np.unravel_index(flat, analytic.shape))
        one = _difference(probe, analytic, index, here)
        if found is None or not one.error <= found.error:
            found = one
    assert found is not None
    return Worst(found, len(chosen), analytic.size)


def sweep(record: Record, gradient_slot: int, index: Index) -> Sweep:
    """The central difference of an entry for widths from 0.1 down to 1e-15 (of the entry where that is above 1)."""
    probe = Probe(record, gradient_slot)
    analytic, entry = float(record.value(gradient_slot)[index]), probe.entry(index)
    scale = max(1.0, abs(entry))
    points = []
    for width in _WIDTHS:
        above, below = entry + width * scale, entry - width * scale
        numeric = (probe.at(index, above) - probe.at(index, below)) / (above - below) if above > below else 0.0
        size = max(abs(analytic), abs(numeric))
        points.append(Point(width, numeric, abs(analytic - numeric) / size if size else 0.0))
    errors = [point.error if isfinite(point.error) else np.inf for point in points]
    return Sweep(tuple(points), int(np.argmin(errors)))


def _difference(probe: Probe, gradient: Array, index: Index, here: float) -> Difference:
    """The check of one entry; `here` is the objective as it is."""
    analytic, entry = float(gradient[index]), probe.entry(index)
    width = _WIDTH * max(1.0, abs(entry))
    high, low = entry + width, entry - width
    over = (probe.at(index, high) - here) / (high - entry)
    sides = _sides(probe) if probe.steps else []
    under = (here - probe.at(index, low)) / (entry - low)
    numeric, corner = (under + over) / 2, None
    if isfinite(under) and isfinite(over) and abs(over - under) > _CORNER * max(1.0, abs(under), abs(over)):
        numeric = min(max(analytic, min(under, over)), max(under, over))
        corner = _corner(probe, index, sides)
    error = abs(analytic - numeric) / max(1.0, abs(analytic), abs(numeric))
    return Difference(index, analytic, numeric, under, over, width, error, corner)


# Corners: where the operand of a function with a corner is on one side for w - h and on the other for w + h.


def _sides(probe: Probe) -> list[tuple[Step, str, Array]]:
    """For each function with a corner, on which side of it its operand is now."""
    return [(step, name, np.sign(distance)) for step, name, distance in _distances(probe)]


def _distances(probe: Probe) -> Iterator[tuple[Step, str, Array]]:
    """For each function with a corner that depends on the moved value: how far its operand is from the corner."""
    for step in probe.steps:
        if not isinstance(step.expression, Call) or step.expression.function not in _DISTANCE:
            continue
        slots = dict(step.operands)

        def value(name: str, step: Step = step, slots: dict[str, int] = slots) -> Array:
            return probe.operand(step, name, slots[name])

        bound = bind(step.expression, lambda name: value(name).shape)
        arrays = [evaluate(argument, value) for argument in bound.arguments]
        yield step, to_text(bound.arguments[0]), _DISTANCE[step.expression.function](arrays)


def _from_largest(arrays: list[Array]) -> Array:
    """Which entries are the largest ones: where that changes, the gradient goes elsewhere."""
    x = arrays[0]
    return (x == x.max(axis=-1, keepdims=True)) - 0.5 if x.ndim else x


def _from_smallest(arrays: list[Array]) -> Array:
    x = arrays[0]
    return (x == x.min(axis=-1, keepdims=True)) - 0.5 if x.ndim else x


_DISTANCE: dict[str, Callable[[list[Array]], Array]] = {
    "relu": lambda arrays: arrays[0],
    "leaky_relu": lambda arrays: arrays[0],
    "elu": lambda arrays: arrays[0],
    "abs": lambda arrays: arrays[0],
    "maximum": lambda arrays: arrays[0] - arrays[1],
    "minimum": lambda arrays: arrays[0] - arrays[1],
    "mae": lambda arrays: arrays[0] - arrays[1],
    "max": _from_largest,
    "min": _from_smallest,
}


def _corner(probe: Probe, index: Index, above: list[tuple[Step, str, Array]]) -> Corner | None:
    """The first corner that lies between both sides: `above` are the sides for w + h, now it is w - h."""
    for (step, name, high), (_, _, low) in zip(above, _sides(probe), strict=True):
        changed = np.argwhere(high != low)
        if len(changed):
            at = tuple(int(i) for i in changed[0])
            probe.at(index, probe.entry(index))
            distance = next(found for one, _, found in _distances(probe) if one is step)
            assert isinstance(step.expression, Call)
            return Corner(step.index, step.expression.function, name, at, float(distance[at]))
    return None
