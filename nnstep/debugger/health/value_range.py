"""What numbers a value can reach, whatever the trainable parameters are: behind a sigmoid, from 0 to 1.

By interval arithmetic over the forward steps. A bound counts as reached, also where it only is in the limit. What does
not depend on a trainable parameter reaches what it is. Where an operation is not known here, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite, log, prod
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.written_out import applied
from nnstep.engine import Record
from nnstep.language import Call, Expression, Name, Number
from nnstep.memo import memoized
from nnstep.ops import Array, facts
from nnstep.program import Program


class Range(NamedTuple):
    """The least and the largest number that a value can reach."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far apart they are; infinite where one of them is."""
        return self.high - self.low


ANYTHING = Range(-inf, inf)


@memoized()
def trained(program: Program) -> frozenset[int]:
    """The slots of the forward pass that depend on a trainable parameter."""
    found = {value.slot for value in program.values if value.role == "parameter" and value.trainable}
    for step in program.steps:
        if step.phase != "forward":
            break
        if any(slot in found for _, slot in step.operands):
            found.add(step.target)
    return frozenset(found)


def reach(record: Record) -> dict[int, Range]:
    """What every value of the forward pass can reach, by its slot; parameters that are trained can be anything."""
    program = record.program
    depends = trained(program)
    found: dict[int, Range] = {}
    for value in program.values:
        if not value.step:
            found[value.slot] = ANYTHING if value.slot in depends else _extent(record.value(value.slot))
    for step in program.steps:
        if step.phase != "forward":
            break
        if step.target not in depends:
            found[step.target] = _extent(record.value(step.target))
            continue
        written = applied(program).get(step.target)
        bounds = facts(written.function).bounds if written is not None else None
        if bounds is not None and written is not None and written.function != step.operation:  # a sigmoid, written out
            found[step.target] = Range(*bounds)
            continue
        slots = dict(step.operands)
        counts = [prod(program.values[slot].shape) for _, slot in step.operands]
        out = prod(program.values[step.target].shape)
        found[step.target] = _range(step.expression, {name: found[slot] for name, slot in slots.items()}, counts, out)
    return found


def _extent(array: Array) -> Range:
    if not array.size:
        return ANYTHING
    low, high = float(array.min()), float(array.max())
    return Range(low, high) if low <= high else ANYTHING  # there is a NaN in it


def _range(node: Expression, known: Mapping[str, Range], counts: list[int], out: int) -> Range:
    """What an expression can reach. `counts` are the entries of the step's operands, `out` those of its result."""
    if isinstance(node, Number):
        return Range(node.value, node.value)
    if isinstance(node, Name):
        return known.get(node.id, ANYTHING)
    if not isinstance(node, Call):
        return ANYTHING
    parts = [_range(one, known, counts, out) for one in node.arguments]
    return _called(node, parts, counts, out)


def _called(node: Call, parts: list[Range], counts: list[int], out: int) -> Range:
    function, options = node.function, dict(node.options)
    entry = facts(function)
    if entry.rising:
        with np.errstate(all="ignore"):
            low, high = (float(entry.evaluate(np.array(bound))) for bound in parts[0])
        least, greatest = entry.bounds or ANYTHING  # for the ends at which it is not defined
        return Range(low if low == low else least, high if high == high else greatest)
    if entry.bounds is not None:
        return Range(*entry.bounds)
    if entry.within:
        return parts[0]
    match function, parts:
        case "add", [one, other]:
            return _made(one.low + other.low, one.high + other.high)
        case "subtract", [one, other]:
            return _made(one.low - other.high, one.high - other.low)
        case "negative", [one]:
            return Range(-one.high, -one.low)
        case "multiply", [one, other]:
            return _square(one) if node.arguments[0] == node.arguments[1] else _product(one, other)
        case "divide", [one, other] if other.low > 0 or other.high < 0:
            return _product(one, Range(1 / other.high, 1 / other.low))
        case "power", [one, Range(low, high)] if low == high:
            return _power(one, low)
        case "abs", [one]:
            least = 0.0 if one.low <= 0 <= one.high else min(abs(one.low), abs(one.high))
            return Range(least, max(abs(one.low), abs(one.high)))
        case "maximum", [one, other]:
            return Range(max(one.low, other.low), max(one.high, other.high))
        case "minimum", [one, other]:
            return Range(min(one.low, other.low), min(one.high, other.high))
        case "concat", [one, other]:
            return Range(min(one.low, other.low), max(one.high, other.high))
        case "elu", [one, *_]:
            alpha = options.get("alpha", 1.0)
            return Range(max(one.low, -abs(alpha)) if isinstance(alpha, int | float) else -inf, one.high)
        case "sum", [one]:
            return _made(*(bound * (counts[0] / out if out else 1.0) for bound in one))
        case _, [_, targets] if entry.expects and targets.low >= 0:
            return Range(0.0, inf) if targets.high <= 1 else ANYTHING
    return ANYTHING


def _made(low: float, high: float) -> Range:
    """From bounds that may be ∞ − ∞."""
    return Range(low if low == low else -inf, high if high == high else inf)


def _product(one: Range, other: Range) -> Range:
    ends = [a * b if a and b else 0.0 for a in one for b in other]
    return Range(min(ends), max(ends))


def _square(one: Range) -> Range:
    top = max(one.low * one.low, one.high * one.high)
    return Range(0.0 if one.low <= 0 <= one.high else min(one.low**2, one.high**2), top)


def _power(one: Range, exponent: float) -> Range:
    if exponent == 2:
        return _square(one)
    if isfinite(exponent) and exponent % 2 == 0 and exponent > 0:
        return Range(0.0, inf)
    if one.low >= 0 and exponent > 0:
        ends = [
            inf if bound == inf or (bound > 1 and exponent * log(bound) > 700) else bound**exponent for bound in one
        ]
        return Range(*ends)
    return Range(0.0, inf) if one.low >= 0 else ANYTHING
