"""What is found about the health of a run, and what the searches for it have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite, sqrt

import numpy as np

from nnstep.engine import Record, Timeline
from nnstep.engine.arena_layout import layout
from nnstep.language import Entry, Name
from nnstep.memo import Memo
from nnstep.ops import Array, Index
from nnstep.program import Program

PROBLEM, WARNING = "problem", "warning"

_FITTED = 1e-3  # of the first loss: below, what is odd about units and updates stands in nobody's way
ZERO = 1e-12
_COPIED, _COPIES = 1 << 23, 6  # numbers of the iterations that are kept, and how many those are at most
_MOST_POINTS = 4_096  # of a loss curve, as many as a history keeps


@dataclass(frozen=True)
class Finding:
    """Something about a run that is worth a look, and the place to look at.

    kind       one of those that `health.KINDS` lists
    severity   PROBLEM: the run is of no use as it is. WARNING: it may be meant so
    iteration  where it began, or was seen; from 1
    step       that assigns the number; 0 for what is there before the first step
    name       of the value
    index      of its cell
    values     the numbers and names of the sentences about it, by the names that the sentences have for them
    cause      which of the causes of its kind it is; "" where none is known
    remedy     what may be tried, one of the texts `health.try`; its numbers are in `values` too
    """

    kind: str
    severity: str
    iteration: int
    step: int
    name: str
    index: Index
    values: Mapping[str, object]
    cause: str = ""
    remedy: str = ""


def last_known(timeline: Timeline, iteration: int, step: int, until: Callable[[Program], int]) -> Record | None:
    """The record of the last iteration in which the first `until(program)` steps are done at a position; None where
    there is none. It may be a glance, whose numbers the next glance writes over.
    """
    record = timeline.record(iteration)
    if until(record.program) <= step:
        return record
    return seen(timeline, iteration - 1) if iteration > 1 else None


_copies = Memo(results=_COPIES, size=lambda record: record.arena.size, room=_COPIED)


def seen(timeline: Timeline, iteration: int) -> Record:
    """The record of an iteration that was reached, only to be looked at, as `Timeline.glance` gives it.

    The last ones are kept, so that the same ones are not run again at every step. Where an iteration has very many
    numbers, they are written over by the next glance instead.
    """
    if layout(timeline.program(iteration)).size > _COPIED // 2:
        return timeline.glance(iteration)

    def copied() -> Record:
        record = timeline.glance(iteration)
        return replace(record, arena=record.arena.copy())

    return _copies(timeline, iteration, copied)


def norm(array: Array) -> float:
    """The square root of the sum of all squares."""
    flat = array.reshape(-1)
    found = float(np.dot(flat, flat))
    if found and isfinite(found):
        return sqrt(found)
    top = float(np.abs(flat).max(initial=0.0))  # the squares are too large or too small for a number
    return top * sqrt(float(np.dot(flat / top, flat / top))) if top and isfinite(top) else top


def rms(array: Array) -> float:
    """The root of the mean of all squares; 0 of no numbers."""
    return norm(array) / sqrt(array.size) if array.size else 0.0


def corner(array: Array) -> Index:
    """The index of the first entry."""
    return (0,) * array.ndim


def name_of(program: Program, slot: int) -> Name:
    """A value's name as a sentence has it."""
    return Name(program.values[slot].name)


def first_cell(record: Record, slot: int) -> tuple[int, int, str, Index]:
    """The place of a value, as a finding has it: its first cell."""
    value = record.program.values[slot]
    return record.iteration, value.step, value.name, corner(record.value(slot))


def largest_entry(array: Array) -> Index:
    """The index of the entry that is farthest from 0."""
    return tuple(map(int, np.unravel_index(int(np.argmax(np.abs(array))), array.shape)))


def cell_expression(name: str, index: Index) -> Name | Entry:
    """A cell as an expression."""
    return Entry(name, index) if index else Name(name)


def curve(timeline: Timeline, done: int) -> tuple[Array, Array, Array, Array]:
    """The losses of the first `done` iterations: the last iteration of each range, its loss, its least and its largest.

    The ranges depend on the length of the run alone, not on how much of it was reached: each iteration is one of its
    own in runs of up to 4,096. A last range that is not complete is left out.
    """
    width = 1
    while width * _MOST_POINTS < timeline.iterations:
        width *= 2
    points = timeline.history.points(min(done, timeline.reached) // width * width)
    ranges = int(points.iterations[-1]) // width if len(points.iterations) else 0
    if not ranges:
        return (np.empty(0),) * 4
    per = len(points.iterations) // ranges
    rows = [array.reshape(ranges, per) for array in points]
    last = np.where(np.isnan(rows[1]).any(axis=1), np.nan, rows[1][:, -1])
    return rows[0][:, -1], last, np.fmin.reduce(rows[2], axis=1), np.fmax.reduce(rows[3], axis=1)


def is_whole(one: Finding) -> bool:
    """Whether a finding is about all units of its layer, or about no units in particular."""
    units = one.values.get("units")
    return not isinstance(units, tuple) or len(units) == one.values["of"]


def is_fitted(loss: float | None, first: float | None) -> bool:
    """Whether a loss is near 0: at most a thousandth of what it was in the first iteration."""
    if loss is None or not isfinite(loss):
        return False
    began = abs(first) if first is not None and isfinite(first) else 0.0
    return abs(loss) <= max(_FITTED * began, ZERO)
