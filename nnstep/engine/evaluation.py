"""The value of a single expression, outside a run: a factor of the chain rule, an operand that has no name."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from nnstep.language import Call, Expression, Name, Number, names, walk
from nnstep.ops import Array, Shape, operation
from nnstep.program import bind

ValueLookup = Callable[[str], Array]


def evaluate(expression: Expression, lookup: ValueLookup) -> Array:
    """The value of `expression`, names meaning what `lookup` gives. What `lookup` raises passes through."""
    with np.errstate(all="ignore"):
        return _value(expression, lookup)


def _value(expression: Expression, lookup: ValueLookup) -> Array:
    match expression:
        case Name(id):
            return lookup(id)
        case Number(value):
            return np.array(value)
        case Call():
            bound = bind(expression, lambda name: lookup(name).shape)
            arrays = [_value(argument, lookup) for argument in bound.arguments]
            view = bound.operation.view and bound.operation.view(*arrays, **bound.site.options)
            if view is not None:
                return view
            return bound.operation.evaluate(*arrays, **bound.site.options)
    raise TypeError(f"an entry has no value of its own: {expression}")


def is_entrywise(expression: Expression) -> bool:
    """Whether an entry of the expression depends on the entries at its own place alone."""
    return all(operation(node.function).elementwise for node in walk(expression) if isinstance(node, Call))


class LazyMatrix:
    """An entrywise expression as something to take parts of: only the part asked for is computed."""

    def __init__(self, expression: Expression, lookup: ValueLookup, shape: tuple[int, int]) -> None:
        self.shape: Shape = shape
        self.size = prod(shape)
        self._expression = expression
        self._operands = {name: lookup(name) for name in names(expression)}

    def __getitem__(self, key: tuple[int | slice, slice]) -> Array:
        """Some rows (or one) and some columns, as of an array."""
        row, columns = key
        rows = slice(row, row + 1) if isinstance(row, int) else row
        parts = {name: _part(array, rows, columns) for name, array in self._operands.items()}
        found = evaluate(self._expression, parts.__getitem__)
        return found[0] if isinstance(row, int) else found


def _part(array: Array, rows: slice, columns: slice) -> Array:
    """The part of an operand that belongs to those rows and columns of the result it is broadcast to."""
    if array.ndim == 2:
        return array[rows if array.shape[0] > 1 else slice(None), columns if array.shape[1] > 1 else slice(None)]
    return array[columns] if array.ndim == 1 and array.shape[0] > 1 else array
