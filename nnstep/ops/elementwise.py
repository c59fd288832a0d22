"""Entries of operations that work entry by entry; `facts` are further fields of `Operation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.nodes import Option
from nnstep.ops.operation import Kernel, Operation, Shape, Site, Text
from nnstep.ops.shapes import broadcast_shape

_Prepare = Callable[[Site], Kernel]


def _shape_of_one(shape: Shape, **options: Option) -> Shape:
    """The result has the shape of the input, and every option is a number."""
    for option, value in options.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise OperationError(say("option.number", option=option, value=value))
    return shape


def of_one(
    name: str,
    symbol: str,
    sentence: str,
    prepare: _Prepare,
    rule: Text | None = None,
    body: str | None = None,
    options: Mapping[str, Option | None] = {},
    **facts: Any,
) -> Operation:
    """A function of one number; its options are numbers too."""
    rules = {} if rule is None else {"x": rule}
    known: dict[str, Any] = {"options": options, "derivative": rules, "body": body, "elementwise": True, **facts}
    return Operation(name, ("x",), symbol, sentence, _shape_of_one, prepare, **known)


def of_two(name: str, symbol: str, sentence: str, prepare: _Prepare, **facts: Any) -> Operation:
    """A function of two numbers, where the smaller input is repeated."""
    return Operation(name, ("a", "b"), symbol, sentence, broadcast_shape, prepare, elementwise=True, **facts)
