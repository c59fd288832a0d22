"""The value of a single expression, outside a run: a factor of the chain rule, an operand that has no name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstep.language import Call, Expression, Name, Number
from nnstep.ops import Array
from nnstep.program import bind

__all__ = ["evaluate"]


def evaluate(expression: Expression, lookup: Callable[[str], Array]) -> Array:
    """The value of `expression`, names meaning what `lookup` gives. What `lookup` raises passes through."""
    with np.errstate(all="ignore"):
        return _value(expression, lookup)


def _value(expression: Expression, lookup: Callable[[str], Array]) -> Array:
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
