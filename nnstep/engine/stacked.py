"""The objective for many changes of single entries of a value, all at once: copies of everything that depends on it are
stacked along a first axis, so that one product of matrices serves all of them.

It gives what running the part again for each change would give, up to the order in which products add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nnstep.engine.part import MOVED, Instruction, Part
from nnstep.engine.record import Record
from nnstep.language import Option
from nnstep.ops import Array, Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Places", "stacked_objective"]

Places = tuple["NDArray[np.intp]", ...]

_MOST = 1 << 18  # numbers of one value in all copies of one go: 2 MiB


@dataclass(frozen=True)
class _Stack:
    """A value in all copies: `array` has the copies along its first axis, and each is of the value's shape."""

    array: Array

    @property
    def shape(self) -> Shape:
        """Of one copy."""
        return self.array.shape[1:]


@dataclass(frozen=True)
class _Moved:
    """The value that is changed, each copy in one entry; it is made a stack where it has to be one."""

    base: Array
    places: Places  # the index of the entry of each copy, axis by axis
    numbers: Array

    @property
    def shape(self) -> Shape:
        """Of one copy."""
        return self.base.shape

    def stack(self) -> _Stack:
        """All copies."""
        copies = np.repeat(self.base[None], len(self.numbers), axis=0)
        copies[(np.arange(len(self.numbers)), *self.places)] = self.numbers
        return _Stack(copies)


@dataclass(frozen=True)
class _Columns:
    """A matrix of which each copy is as `base` but for one column: column `at[k]` of copy k is `columns[k]`."""

    base: Array
    at: NDArray[np.intp]
    columns: Array

    @property
    def shape(self) -> Shape:
        """Of one copy."""
        return self.base.shape

    def stack(self) -> _Stack:
        """All copies."""
        copies = np.repeat(self.base[None], len(self.at), axis=0)
        copies[np.arange(len(self.at)), :, self.at] = self.columns
        return _Stack(copies)


_Value = Array | _Stack | _Moved | _Columns


def stacked_objective(part: Part, record: Record, places: Places, numbers: Array) -> Array:
    """The objective when an entry of the moved value is `numbers[k]` and all else is as in the record, for each k.

    `places` has the indices of the entries, axis by axis, each as long as `numbers`.
    """
    base = np.array(np.broadcast_to(record.value(part.slot), part.shape))
    size = max(1, _MOST // max(1, part.largest))
    found = np.empty(len(numbers))
    given: dict[str, Array] = {name: record.value(slot) for name, slot in part.given}
    with np.errstate(all="ignore"):
        for start in range(0, len(numbers), size):
            chosen = tuple(axis[start : start + size] for axis in places)
            moved = _Moved(base, chosen, numbers[start : start + size])
            found[start : start + size] = _objective(part, given, moved)
    return found


def _objective(part: Part, given: Mapping[str, Array], moved: _Moved) -> Array:
    values: dict[str, _Value] = {MOVED: moved, **given}
    for instruction in part.instructions:
        arguments = [values[one] if isinstance(one, str) else one for one in instruction.arguments]
        values[instruction.target] = _apply(instruction, arguments)
    last = values[part.objective]
    stack = _dense(last)
    assert isinstance(stack, _Stack)
    return stack.array.reshape(len(moved.numbers))


def _dense(value: _Value) -> Array | _Stack:
    """With all copies of what has them."""
    return value if isinstance(value, np.ndarray | _Stack) else value.stack()


def _apply(instruction: Instruction, given: list[_Value]) -> _Value:
    """The operation on values of which some are stacks."""
    entry, site = instruction.operation, instruction.site
    plain = [value for value in given if isinstance(value, np.ndarray)]
    if len(plain) == len(given):
        return entry.evaluate(*plain, **site.options)
    if entry.name == "matmul":
        return _product(*given)
    if entry.elementwise:
        direct = _DIRECT.get(entry.name) or partial(entry.evaluate, **site.options)
        columns = _by_columns(direct, given, site.out)
        if columns is not None:
            return columns
    values = [_dense(value) for value in given]
    if entry.elementwise:
        return _Stack(_filled(direct(*(_spread(value, len(site.out)) for value in values)), values, site.out))
    if entry.name in OTHERS:
        return _Stack(OTHERS[entry.name](values, site.options, site.out))
    (stack,) = values  # along the last axis: the rows of all copies are rows like any others
    assert isinstance(stack, _Stack)
    rows = entry.evaluate(stack.array.reshape(-1, stack.array.shape[-1]), **site.options)
    return _Stack(rows.reshape(stack.array.shape))


def _by_columns(function: Callable[..., Array], given: Sequence[_Value], out: Shape) -> _Columns | None:
    """An operation entry by entry, where one operand has changed columns (or is a row with changed entries, such as a
    bias) and the others have no copies: only these columns are computed for each copy. None where that is not so.
    """
    changed = [value for value in given if not isinstance(value, np.ndarray)]
    if len(changed) != 1 or len(out) != 2:
        return None
    (one,) = changed
    if isinstance(one, _Moved) and one.shape == out[1:]:
        base, at, own = one.base, one.places[0], one.numbers[:, None]
    elif isinstance(one, _Columns) and one.shape == out:
        base, at, own = one.base, one.at, one.columns
    else:
        return None
    bases: list[Array] = []
    parts: list[Array] = []
    for value in given:
        if isinstance(value, np.ndarray):
            bases.append(value)
            parts.append(np.broadcast_to(value, out)[:, at].T if value.ndim else value)
        else:
            bases.append(base)
            parts.append(own)
    made, columns = function(*bases), function(*parts)
    return _Columns(np.broadcast_to(made, out), at, np.broadcast_to(columns, (len(at), out[0])))


def _spread(value: _Value, axes: int) -> Array:
    """An operand with as many axes as the result has, and the copies before them where it has copies."""
    if not isinstance(value, _Stack):
        assert isinstance(value, np.ndarray)
        return value
    array = value.array
    return array.reshape(array.shape[0], *(1,) * (axes + 1 - array.ndim), *array.shape[1:])


def _filled(array: Array, values: Sequence[_Value], out: Shape) -> Array:
    """The result with all its entries: an operand without copies may have more of them than those with copies."""
    copies = next(value.array.shape[0] for value in values if isinstance(value, _Stack))
    return array if array.shape == (copies, *out) else np.broadcast_to(array, (copies, *out))


def _product(left: _Value, right: _Value) -> _Stack | _Columns:
    """A product of matrices; with the moved value as its right side, one product serves all its entries."""
    if isinstance(right, _Moved) and isinstance(left, np.ndarray):
        rows, columns = right.places
        changed = right.base[:, columns].copy()  # of each copy the one column that is not as it was
        changed[rows, np.arange(len(columns))] = right.numbers
        return _Columns(left @ right.base, columns, (left @ changed).T)
    if isinstance(left, _Columns) and isinstance(right, np.ndarray):
        difference = left.columns - left.base[:, left.at].T  # a column of the left side meets one row of the right one
        if np.isfinite(difference).all() and np.isfinite(right).all():  # else it is no sum any more
            return _Stack(left.base @ right + difference[:, :, None] * right[left.at][:, None, :])
    left, right = _dense(left), _dense(right)
    if isinstance(left, _Stack) and isinstance(right, np.ndarray):
        copies, rows_of, inner = left.array.shape
        flat = np.ascontiguousarray(left.array).reshape(copies * rows_of, inner)
        return _Stack((flat @ right).reshape(copies, rows_of, right.shape[1]))
    arrays = [value.array if isinstance(value, _Stack) else value for value in (left, right)]
    return _Stack(np.matmul(*arrays))


def _axes(values: Sequence[_Value], options: Mapping[str, Option]) -> tuple[Array, tuple[int, ...]]:
    """The stack that is reduced, and along which axes of it."""
    (stack,) = values
    assert isinstance(stack, _Stack)
    axis, axes = options["axis"], len(stack.shape)
    if not isinstance(axis, int):
        return stack.array, tuple(range(1, axes + 1))
    return stack.array, (axis % axes + 1,)


def _reduced(function: Callable[..., Array]) -> Callable[[Sequence[_Value], Mapping[str, Option], Shape], Array]:
    def reduce(values: Sequence[_Value], options: Mapping[str, Option], out: Shape) -> Array:
        array, axes = _axes(values, options)
        return function(array, axis=axes).reshape(array.shape[0], *out)

    return reduce


def _transposed(values: Sequence[_Value], options: Mapping[str, Option], out: Shape) -> Array:
    (stack,) = values
    assert isinstance(stack, _Stack)
    return np.swapaxes(stack.array, 1, 2) if len(out) == 2 else stack.array


def _reshaped(values: Sequence[_Value], options: Mapping[str, Option], out: Shape) -> Array:
    (stack,) = values
    assert isinstance(stack, _Stack)
    return np.ascontiguousarray(stack.array).reshape(stack.array.shape[0], *out)


def _joined(values: Sequence[_Value], options: Mapping[str, Option], out: Shape) -> Array:
    copies = next(value.array.shape[0] for value in values if isinstance(value, _Stack))
    dense = map(_dense, values)
    arrays = [one.array if isinstance(one, _Stack) else np.broadcast_to(one, (copies, *one.shape)) for one in dense]
    axis = options["axis"]
    assert isinstance(axis, int)
    return np.concatenate(arrays, axis % len(out) + 1)


def _sliced(values: Sequence[_Value], options: Mapping[str, Option], out: Shape) -> Array:
    (stack,) = values
    assert isinstance(stack, _Stack)
    items = options["items"]
    assert isinstance(items, tuple)
    parts: Any = [slice(*one) if isinstance(one, tuple) else one for one in items]
    found: Array = stack.array[(slice(None), *parts)]
    return found


# What the kernels of these operations are too, without the memory that a kernel is prepared with.
_DIRECT: dict[str, Callable[..., Array]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
}
OTHERS: dict[str, Callable[[Sequence[_Value], Mapping[str, Option], Shape], Array]] = {
    "sum": _reduced(np.sum),
    "max": _reduced(np.max),
    "min": _reduced(np.min),
    "mean": _reduced(np.mean),
    "transpose": _transposed,
    "reshape": _reshaped,
    "concat": _joined,
    "slice": _sliced,
}
