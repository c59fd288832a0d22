"""The first numbers of a run that are not finite: where they appeared, and the operands that made them.

Two things are looked for: the first number that is infinite or NaN and, where that one is infinite, the first NaN,
which may be made of infinite ones later (0 · ∞, ∞ − ∞).
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isinf, isnan
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, cell_expression, curve, seen
from nnstep.debugger.health.number_cause import NumberCause, cause_of
from nnstep.debugger.health.value_range import trained
from nnstep.engine import Record, Timeline
from nnstep.language import Call, Expression
from nnstep.memo import memoized
from nnstep.ops import Array, Index

_KNOWN = 1 << 16  # iterations of a run of which it is known whether all is finite: more than are looked through


class Sought(NamedTuple):
    """What is looked for: which numbers of an array, and whether a number is one of them."""

    mask: Callable[[Array], Array]
    one: Callable[[float], bool]


NOT_FINITE = Sought(lambda numbers: np.logical_not(np.isfinite(numbers)), lambda number: not isfinite(number))
NOT_NUMBER = Sought(np.isnan, isnan)


class _Spot(NamedTuple):
    """A cell of an iteration, and whether no iteration before it can have had such a number."""

    iteration: int
    slot: int
    index: Index  # type: ignore[assignment] # the method of that name, which any tuple has, is not wanted
    exact: bool


def has(numbers: Array, sought: Sought) -> bool:
    """Whether one of some numbers is looked for."""
    return bool(sought.mask(numbers).any())


def first_numbers(timeline: Timeline, iteration: int, step: int, most: int) -> list[Finding]:
    """The first numbers that are not finite in what is known at a position.

    They are seen where this iteration or the one before it has some, or where the loss once was one. Their iteration is
    the first one of the run where it is one of the first `most`; else it is found by halving: the one before is finite.
    """
    first = _search(timeline, iteration, step, 1, most, NOT_FINITE)
    if first is None:
        return []
    found = [_finding(timeline, first)]
    if found[0].kind != "nan":
        second = _search(timeline, iteration, step, first.iteration, most, NOT_NUMBER)
        if second is not None:
            found.append(_finding(timeline, second._replace(exact=first.exact and second.exact)))
    return found


def numbers_from(timeline: Timeline, first: int, first_nan: int) -> list[Finding]:
    """The same for a run that was looked through: the first iterations with such numbers, 0 where there is none."""
    found: list[Finding] = []
    for iteration, sought in ((first, NOT_FINITE), (first_nan, NOT_NUMBER)):
        if iteration and not (found and found[0].kind == "nan"):
            record = seen(timeline, iteration)
            spot = _found_at(record, sought, len(record.program.steps), True)
            found += [_finding(timeline, spot)] if spot is not None else []
    return found


def _found_at(record: Record, sought: Sought, until: int, exact: bool) -> _Spot | None:
    """The first cell of an iteration that is looked for, once `until` steps are done."""
    program = record.program
    given = (value.slot for value in program.values if not value.step)
    for slot in (*given, *(step.target for step in program.steps[:until])):
        wrong = sought.mask(record.value(slot))
        if wrong.any():
            index = tuple(map(int, np.unravel_index(int(np.argmax(wrong)), wrong.shape)))
            return _Spot(record.iteration, slot, index, exact)
    return None


def _search(timeline: Timeline, iteration: int, step: int, since: int, most: int, sought: Sought) -> _Spot | None:
    """The first such cell from iteration `since` on, in what is known at a position."""
    here = _found_at(timeline.record(iteration), sought, step, True)
    last = iteration if here is not None else _seen_before(timeline, iteration, sought)
    if last is None:
        return None
    exact = last - since < most
    began = _first(timeline, since, last, exact, sought)
    if began == iteration:
        return here._replace(exact=exact) if here is not None else None
    record = seen(timeline, began)
    return _found_at(record, sought, len(record.program.steps), exact)


def _seen_before(timeline: Timeline, iteration: int, sought: Sought) -> int | None:
    """An iteration before this one that has such numbers: the first one of which that can be told at a glance."""
    ends, last, low, high = curve(timeline, iteration - 1)
    wrong = np.isnan(last) if sought is NOT_NUMBER else ~(np.isfinite(last) & np.isfinite(low) & np.isfinite(high))
    for end in ends[wrong][:1]:
        width = int(ends[0])
        for one in range(int(end) - width + 1, int(end) + 1):
            if has(timeline.glance(one).arena, sought):
                return one
    return iteration - 1 if iteration > 1 and has(seen(timeline, iteration - 1).arena, sought) else None


@memoized(results=_KNOWN)
def _is_finite(timeline: Timeline, iteration: int) -> bool:
    return not has(timeline.glance(iteration).arena, NOT_FINITE)


def _first(timeline: Timeline, since: int, last: int, exact: bool, sought: Sought) -> int:
    """The first iteration from `since` on that has such numbers, `last` being one that has."""
    if exact:

        def wrong(one: int) -> bool:
            return not _is_finite(timeline, one) and (sought is NOT_FINITE or has(timeline.glance(one).arena, sought))

        return next(filter(wrong, range(since, last)), last)
    low, high = since - 1, last
    while high - low > 1:
        middle = (low + high) // 2
        if has(timeline.glance(middle).arena, sought):
            high = middle
        else:
            low = middle
    return high


def _finding(timeline: Timeline, spot: _Spot) -> Finding:
    record = seen(timeline, spot.iteration)
    value = record.program.values[spot.slot]
    number = float(record.value(spot.slot)[spot.index])
    kind = "nan" if isnan(number) else "infinite"
    values: dict[str, object] = {"cell": cell_expression(value.name, spot.index), "number": number, "exact": spot.exact}
    cause, found = "", None
    if not value.step:
        cause = "given" if spot.iteration == 1 else "edited"
    if kind == "infinite" and _is_mask(timeline, record, spot):
        return Finding(kind, WARNING, spot.iteration, value.step, value.name, spot.index, values, "mask", "number.mask")
    if value.step:
        step = record.program.steps[value.step - 1]
        found = cause_of(record, step, spot.index, isnan if kind == "nan" else NOT_FINITE.one)
        if found is not None:
            cause = found.cause
            values |= {"call": found.call, "operands": found.operands, "result": found.result}
            values |= {"operand": _blamed(found)}
    values |= _slope(record, spot) if value.step and cause in ("pole", "undefined", "overflow") else {}
    remedy = f"number.{cause or 'other'}"
    if found is not None and cause == "undefined" and any(isinf(number) for _, number in found.operands):
        remedy = "number.follows"
    return Finding(kind, PROBLEM, spot.iteration, value.step, value.name, spot.index, values, cause, remedy)


def _is_mask(timeline: Timeline, record: Record, spot: _Spot) -> bool:
    """Whether an infinite number is one that no training makes, and that does no harm: the −∞ of a mask, which softmax
    takes out. Then the loss, every gradient and every updated parameter are finite, and so was every loss up to here.
    """
    program = record.program
    if program.objective is None or spot.slot in trained(program):
        return False
    results = [value.slot for value in program.values if value.role in ("gradient", "parameter", "state")]
    if any(has(record.value(slot), NOT_FINITE) for slot in (program.objective, *results)):
        return False
    return all(bool(np.isfinite(losses).all()) for losses in curve(timeline, timeline.reached)[1:])


def _blamed(found: NumberCause) -> Expression:
    """The operand to be kept from what it is: the last one that is 0 or below, as a divisor is, or the first."""
    below = [operand for operand, number in found.operands if number == 0]
    below = below or [operand for operand, number in found.operands if number < 0]
    return (below[-1:] or [operand for operand, _ in found.operands][:1] or [found.call])[0]


def _slope(record: Record, spot: _Spot) -> dict[str, object]:
    """For a number of the backward pass: the operation that it is the slope of, and what that was given there."""
    program = record.program
    step = program.steps[program.values[spot.slot].step - 1]
    source = program.steps[step.source - 1] if step.phase == "backward" and step.source else None
    if source is None or not isinstance(source.expression, Call) or not source.operands:
        return {}
    name, slot = source.operands[0]
    given = record.value(slot)
    if given.shape != record.value(source.target).shape and given.ndim:
        return {}
    index = spot.index if given.shape == record.value(spot.slot).shape else ()
    if len(index) != given.ndim:
        return {}
    at = cell_expression(name, index)
    return {"function": source.operation, "at": at, "level": float(given[index]), "operand": at}
