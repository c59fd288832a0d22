"""Expressions whose value is followed: now, a step ago, and over the iterations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from nnstep.debugger.position import Position
from nnstep.engine import Record, Timeline
from nnstep.engine.expressions import check, value_at
from nnstep.language import Expression
from nnstep.memo import Memo
from nnstep.ops import Array
from nnstep.program import Program
from nnstep.program.naming import expression_of

_POINTS = 32  # iterations of a trend


class Watch(NamedTuple):
    """An expression to follow.

    number   by which it goes, from 1
    text     as it was typed
    problem  why it has no value, where the scenario has been changed under it; else ""
    """

    number: int
    text: str
    expression: Expression
    problem: str = ""


class Watched(NamedTuple):
    """The value of a watch at a position, and one step before; None where something in it is not computed then."""

    now: Array | None
    before: Array | None

    @property
    def changed(self) -> bool:
        """Whether the step that was just done has changed it; becoming computed is no change."""
        if self.now is None or self.before is None:
            return False
        return not np.array_equal(self.now, self.before, equal_nan=True)


def watch_of(text: str, programs: Sequence[Program], number: int = 0) -> Watch:
    """Read a watch. Raises LanguageError, with the reason, for one that cannot be used."""
    text = " ".join(text.split())
    expression = expression_of(text, programs)
    check(expression, programs)
    return Watch(number, text, expression)


def watched(watch: Watch, timeline: Timeline, position: Position) -> Watched:
    """The value of a watch."""
    if watch.problem:
        return Watched(None, None)
    iteration, step = position.iteration, position.step
    now = value_at(watch.expression, timeline.record, iteration, step)
    if step:
        return Watched(now, value_at(watch.expression, timeline.record, iteration, step - 1))
    if iteration == 1:
        return Watched(now, None)
    last = len(timeline.program(iteration - 1).steps)
    return Watched(now, value_at(watch.expression, timeline.record, iteration - 1, last))


_numbers = Memo(results=4_096)  # of trends: each one takes a replay


def trend(watch: Watch, timeline: Timeline, until: int, most: int = _POINTS) -> list[tuple[int, float]]:
    """(iteration, number) at the ends of at most about `most` iterations up to `until`; of a matrix its norm. What is
    not there is left out.
    """
    if watch.problem:
        return []
    wanted = [one for one in timeline.samples(most) if one <= until]
    numbers = [_numbers(timeline, (watch.text, one), partial(_number, watch, timeline, one)) for one in wanted]
    return [(one, number) for one, number in zip(wanted, numbers, strict=True) if number == number]


def _number(watch: Watch, timeline: Timeline, iteration: int) -> float:
    value = value_at(watch.expression, _glances(timeline), iteration, len(timeline.program(iteration).steps))
    if value is None:
        return np.nan
    with np.errstate(all="ignore"):
        return float(value.reshape(-1)[0]) if value.size == 1 else float(np.sqrt(np.sum(np.square(value))))


def _glances(timeline: Timeline) -> Callable[[int], Record]:
    """Records to be looked at; those of earlier iterations are copied, as there is only one at a time."""
    first: dict[int, Record] = {}

    def record(iteration: int) -> Record:
        if iteration not in first:
            seen = timeline.glance(iteration)
            first[iteration] = replace(seen, arena=seen.arena.copy())
        return first[iteration]

    return record
