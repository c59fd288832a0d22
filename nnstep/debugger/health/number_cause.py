"""The operation and the operands that made a number that is infinite or no number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite, isinf, isnan
from typing import NamedTuple

from nnstep.debugger.provenance.inlining import MOST_ENTRIES, shape_in
from nnstep.engine import Record
from nnstep.language import Call, Entry, Expression, Number
from nnstep.ops import Array, Index, evaluate_cell
from nnstep.program import Step, cell, cell_size

_SHOWN = 3  # operands that are named
_POLES = {"log": 0.0, "log1p": -1.0}  # where a function of one number goes to -∞


class NumberCause(NamedTuple):
    """How a number came about.

    cause     "pole" (log of 0, a division by 0), "undefined" (log of -1, 0 · ∞) or "overflow"
    call      the operation, over its operands as they are written
    operands  those that matter, each with its number; () where none has more to say than the operation itself
    result    the number itself
    """

    cause: str
    call: Call
    operands: tuple[tuple[Expression, float], ...]
    result: float


def cause_of(record: Record, step: Step, index: Index, wrong: Callable[[float], bool]) -> NumberCause | None:
    """The first operation in a cell of a step whose result is `wrong` while no operand is; None where none is found.

    That is so where a cell is made of too many entries to be written out, or only rounding made it wrong.
    """
    slots = dict(step.operands)
    shapes = shape_in(record.program, slots)
    if cell_size(step.expression, shapes) > MOST_ENTRIES:
        return None
    values = {name: record.value(slot) for name, slot in slots.items()}
    return _first(cell(step.expression, shapes, index), values, wrong, {})[1]


def _first(
    node: Expression, values: Mapping[str, Array], wrong: Callable[[float], bool], seen: dict[int, float]
) -> tuple[float, NumberCause | None]:
    """The value of a node, and the operation in it that is looked for."""
    if isinstance(node, Entry):
        return float(values[node.name][node.index]), None
    if not isinstance(node, Call):
        return (node.value if isinstance(node, Number) else 0.0), None
    if id(node) in seen:
        return seen[id(node)], None
    numbers = []
    for argument in node.arguments:
        number, inside = _first(argument, values, wrong, seen)
        if inside is not None:
            return number, inside
        numbers.append(number)
    plain = Call(node.function, tuple(map(Number, numbers)), node.options)
    result = seen[id(node)] = evaluate_cell(plain, lambda name, at: 0.0)
    if wrong(result) and not any(map(wrong, numbers)):
        return result, NumberCause(
            _cause(node.function, numbers, result), node, _telling(node, numbers, result), result
        )
    return result, None


def _cause(function: str, numbers: list[float], result: float) -> str:
    if isnan(result):
        return "undefined"
    if function in _POLES and numbers[0] == _POLES[function]:
        return "pole"
    if function == "divide" and numbers[1] == 0:
        return "pole"
    if function == "power" and numbers[0] == 0:
        return "pole"
    return "overflow" if all(map(isfinite, numbers)) else "undefined"


def _telling(node: Call, numbers: list[float], result: float) -> tuple[tuple[Expression, float], ...]:
    """The operands that explain the result: infinite ones of both signs where it is none, else the largest."""
    pairs = list(zip(node.arguments, numbers, strict=True))
    if len(pairs) > _SHOWN:
        pairs.sort(key=lambda pair: -abs(pair[1]))
        ends = [next((one for one in pairs if isinf(one[1]) and (one[1] > 0) == up), None) for up in (True, False)]
        both = [one for one in ends if one is not None]
        pairs = both if isnan(result) and len(both) > 1 else pairs[:_SHOWN]
    told = dict.fromkeys(pair for pair in pairs if not isinstance(pair[0], Number))
    return tuple(told)
