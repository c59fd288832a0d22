"""Numbers, lists and rows of a document as read-only float64 arrays, with the place of every entry that is wrong.

true and false are the numbers 1 and 0, as in NumPy and PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from itertools import chain

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.ops import Array
from nnstep.scenario.toml.fields import Field, describe, finite_number, unquoted

LARGEST = 1 << 21  # entries of one array: 16 MiB
SAMPLES = 1 << 23  # entries of an array of samples in a file: 64 MiB

_MOST = 10  # problems listed of one array
_EXACT = 2.0**53  # below it every whole number is a float64; others are looked at one by one


def frozen(value: Array) -> Array:
    """The array, read-only, float64 and contiguous."""
    result = np.ascontiguousarray(value, dtype=np.float64).reshape(np.shape(value))
    result.flags.writeable = False
    return result


def times(dimensions: tuple[int, ...]) -> str:
    """A shape in words: "a number", "1 number", "3 numbers", "2×3"."""
    if len(dimensions) < 2:
        return say_count("shape.list", dimensions[0], size=dimensions[0]) if dimensions else say("shape.number")
    return "×".join(map(str, dimensions))


def array(
    field: Field, dimensions: Collection[int] = (0, 1, 2), hint: str | None = None, *, infinite: bool = False
) -> Array | None:
    """The array that a field says, with one of the numbers of dimensions allowed; None when something is wrong with it.

    A number has shape (), a list of numbers (p,), a list of rows of equal length (n, d). Numbers are finite, unless
    `infinite` allows −∞ and ∞ too.
    """
    wanted = say(f"wanted.array.{''.join(map(str, sorted(dimensions)))}")
    value = field.value
    if not isinstance(value, list):
        number = _number(value, infinite)
        if 0 in dimensions and isinstance(number, float):
            return frozen(np.array(number))
        precise = isinstance(number, str) and isinstance(value, int | float) and 0 in dimensions
        field.expected(str(number) if precise else wanted, unquoted(value) or hint)
        return None
    if not value:
        field.expected(say("wanted.array.filled", wanted=wanted), hint)
        return None
    rows = _rows(field, infinite) if isinstance(value[0], list) else _numbers(field, "array.mixed", infinite)
    if rows is None:
        return None
    if rows.ndim not in dimensions:
        field.wrong(say("found.expected", found=say(f"wanted.array.{rows.ndim}"), wanted=wanted), hint)
        return None
    return frozen(rows)


def _plain(items: list[object]) -> Array | None:
    """The items as an array where they are nothing but finite numbers that float64 holds exactly; else None."""
    if not set(map(type, items)) <= {int, float, bool}:  # true and false are 1 and 0
        return None
    try:
        result = np.array(items, dtype=np.float64)
    except OverflowError:
        return None
    return result if (np.abs(result) < _EXACT).all() else None


def _rows(field: Field, infinite: bool) -> Array | None:
    length = len(field.value[0])
    if all(type(row) is list and len(row) == length for row in field.value):
        flat = _plain(list(chain.from_iterable(field.value)))
        if flat is not None and length:
            return flat.reshape(-1, length)
    rows, problems = [], 0
    for index in range(len(field.value)):
        row, numbers = field.child(index), None
        if not isinstance(row.value, list):
            row.expected(say("wanted.row"))
        elif not row.value:
            row.expected(say("wanted.row.filled"))
        elif len(row.value) != length:
            row.wrong(say("array.uneven", count=len(row.value), first=length))
        else:
            numbers = _numbers(row, "array.deep", infinite)
        rows.append(numbers)
        problems += numbers is None
        if problems == _MOST:
            break
    return None if problems else np.array(rows)


def _number(value: object, infinite: bool) -> float | str:
    """An entry of an array as `fields.entry` has it, and true and false as 1 and 0."""
    return float(value) if isinstance(value, bool) else finite_number(value, infinite)


def _numbers(field: Field, nested: str, infinite: bool) -> Array | None:
    """A flat list of numbers; `nested` is the key of what is said of a list in it."""
    items = field.value
    plain = _plain(items)
    if plain is not None:
        return plain
    problems = 0
    numbers = []
    for index, item in enumerate(items):
        number = _number(item, infinite)
        if isinstance(number, float):
            numbers.append(number)
            continue
        place = field.child(index)
        if isinstance(item, list):
            place.wrong(say(nested))
        else:
            place.expected(str(number), unquoted(item))
        problems += 1
        if problems == _MOST:
            break
    return None if problems else np.array(numbers)


def shape(field: Field) -> tuple[int, ...] | None:
    """A shape: a list of at most two sizes; [] is a scalar's. At most LARGEST entries."""
    if not isinstance(field.value, list):
        field.expected(say("wanted.shape"))
        return None
    if len(field.value) > 2:
        field.wrong(say("array.sizes", count=len(field.value)))
        return None
    sizes: list[int] = []
    for item in field.items():
        if isinstance(item.value, bool) or not isinstance(item.value, int) or item.value < 1:
            item.expected(say("wanted.size"))
        else:
            sizes.append(item.value)
    if len(sizes) < len(field.value):
        return None
    if math.prod(sizes) > LARGEST:
        field.wrong(say("array.large", sizes=" × ".join(map(describe, sizes)), most=f"{LARGEST:,}"))
        return None
    return tuple(sizes)
