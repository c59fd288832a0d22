"""What a cell expression comes to, and which entries it reads: provenance that can be checked.

Cell rules share their parts (the maximum of a softmax row stands in every exponent), so both functions here visit each
shared part once; walking the expression as a tree would take the square of a row's length.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.nodes import Call, Entry, Expression, Name, Number, Option
from nnstep.ops.cellrules import AGGREGATES
from nnstep.ops.operation import Index
from nnstep.ops.table import operation

CellLookup = Callable[[str, Index], float]
_Options = tuple[tuple[str, Option], ...]
_Known = tuple[float | None, ...]  # the inputs that are numbers written out


def evaluate_cell(expression: Expression, lookup: CellLookup) -> float:
    """The value of a cell expression, given lookup(name, index) -> the value of an entry.

    Equal to the kernel's value up to rounding. Raises OperationError for what does not occur in cell rules.
    """
    with np.errstate(all="ignore"):
        return _value(expression, lookup, {})


def _value(node: Expression, lookup: CellLookup, done: dict[int, float]) -> float:
    match node:
        case Number(number):
            return number
        case Entry(name, index):
            return float(lookup(name, index))
        case Name(name):
            raise OperationError(say("rule.whole", name=name))
        case Call(function, arguments, options):
            if id(node) not in done:
                values = [_value(argument, lookup, done) for argument in arguments]
                known = tuple(argument.value if isinstance(argument, Number) else None for argument in arguments)
                done[id(node)] = _apply(function, values, options, known)
            return done[id(node)]


def entries_read(expression: Expression) -> tuple[Entry, ...]:
    """Every entry that a cell expression reads, each once, in order of appearance."""
    seen: set[int] = set()
    found: dict[Entry, None] = {}
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Entry):
            found[node] = None
        elif isinstance(node, Call) and id(node) not in seen:
            seen.add(id(node))
            stack.extend(reversed(node.arguments))
    return tuple(found)


def _apply(function: str, values: Sequence[float], options: _Options, known: _Known) -> float:
    if function in AGGREGATES:
        return _aggregate(function, values)
    return _scalar(function, options, known)(*values)


def _aggregate(function: str, values: Sequence[float]) -> float:
    array = np.array(values, dtype=np.float64)
    match function:
        case "total":
            return float(array.sum())
        case "log_total_exp":
            top = array.max()
            return float(top + np.log(np.exp(array - top).sum()))
        case "average":
            return float(array.mean())
        case "variance":
            return float(array.var())
        case "largest":
            return float(array.max())
        case "smallest":
            return float(array.min())
        case "position":
            return float(array.argmax())
    position = values[0]
    return values[1 + int(position)] if 0 <= position < len(values) - 1 else math.nan


@lru_cache(maxsize=512)
def _scalar(function: str, options: _Options, known: _Known) -> Callable[..., float]:
    """An elementwise operation on plain numbers, by the kernel it has where these of its inputs are written out."""
    entry, count = operation(function), len(known)
    if not entry.elementwise or len(entry.inputs) != count:
        raise OperationError(say("rule.function", function=function, count=count))
    filled: dict[str, Option] = {name: value for name, value in entry.options.items() if value is not None}
    kernel = entry.prepare(entry.site(((),) * count, filled | dict(options), known))
    places, out = tuple(np.empty(()) for _ in range(count)), np.empty(())

    def apply(*values: float) -> float:
        for place, value in zip(places, values, strict=True):
            place[...] = value
        kernel(*places, out)
        return float(out)

    return apply
