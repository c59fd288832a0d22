"""Shape rules that several operations share, and how a shape is said in a message."""

from __future__ import annotations

from collections.abc import Iterable

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.nodes import Option
from nnstep.ops.operation import Shape


def said(shape: Shape) -> str:
    """A shape in words: "a scalar", "a vector of 3", "4×3"."""
    if not shape:
        return say("shape.scalar")
    return say("shape.vector", count=shape[0]) if len(shape) == 1 else "×".join(map(str, shape))


def broadcast_shape(first: Shape, *others: Shape, **_: Option) -> Shape:
    """The shape to which all inputs are repeated: axes are matched from the last one, and a size of 1 fits any.

    Raises OperationError when sizes differ.
    """
    out = first
    for shape in others:
        size = max(len(out), len(shape))
        left, right = (1,) * (size - len(out)) + out, (1,) * (size - len(shape)) + shape
        if any(a != b and 1 not in (a, b) for a, b in zip(left, right, strict=True)):
            raise OperationError(
                say("shape.apart", shape=said(out), other=said(shape)),
                say("shape.apart.hint"),
            )
        out = tuple(b if a == 1 else a for a, b in zip(left, right, strict=True))
    return out


def square(shapes: Iterable[Shape]) -> int:
    """The length, more than 1, that a column and a vector among them share: NumPy repeats them to a square matrix.

    0 where there is no such pair.
    """
    found = set(shapes)
    return next((shape[0] for shape in found if len(shape) == 1 and shape[0] > 1 and (*shape, 1) in found), 0)


def equal_shapes(o: Shape, y: Shape, names: tuple[str, str] = ("o", "y")) -> None:
    """Raise OperationError unless prediction and target have one shape: repeating one is never what is meant."""
    if o == y:
        return
    hint = say("shape.unequal.hint")
    if len(o) == 2 and o[1] == 1 and y == o[:1]:
        hint = say("shape.unequal.column", name=names[1], shape=said(o))
    elif len(y) == 2 and y[1] == 1 and o == y[:1]:
        hint = say("shape.unequal.flat", name=names[1], shape=said(o))
    raise OperationError(say("shape.unequal", name=names[0], shape=said(o), other=names[1], other_shape=said(y)), hint)


def axis_of(shape: Shape, axis: Option) -> int | None:
    """The axis counted from 0, or None for axis=all. Raises OperationError for an axis that is not there."""
    if axis == "all":
        return None
    if isinstance(axis, bool) or not isinstance(axis, int | float) or axis != int(axis):
        raise OperationError(say("shape.no-axis", axis=axis))
    if not -len(shape) <= axis < len(shape):
        hint = say("shape.scalar-axis") if not shape else say("shape.axes", last=len(shape) - 1)
        raise OperationError(say("shape.axis", shape=said(shape), axis=int(axis)), hint)
    return int(axis) % len(shape)


def reduced(shape: Shape, *, axis: Option, keepdims: Option) -> Shape:
    """The shape after reducing one axis or all. Raises OperationError."""
    if not isinstance(keepdims, bool):
        raise OperationError(say("option.flag", value=keepdims))
    number = axis_of(shape, axis)
    if 0 in shape:
        raise OperationError(say("shape.empty", shape=said(shape)))
    if number is None:
        return (1,) * len(shape) if keepdims else ()
    return shape[:number] + ((1,) if keepdims else ()) + shape[number + 1 :]


def last_axis_of(shape: Shape, name: str) -> Shape:
    """`shape` if it has a last axis with entries to work along, else OperationError."""
    if not shape or not shape[-1]:
        raise OperationError(say("shape.row", name=name, shape=said(shape)))
    return shape


def positive_option(name: str, value: Option, *, zero: bool = False) -> float:
    """The option as a number above 0 (or 0 too). Raises OperationError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not (value > 0 or (zero and value == 0)):
        raise OperationError(say("option.not-negative" if zero else "option.positive", name=name, value=value))
    return float(value)
