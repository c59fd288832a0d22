"""How far entries are from the corner of a function; one that has none, as a leaky relu with slope 1, gives zeros."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstep.language.nodes import Option
from nnstep.ops.operation import Array

STRAIGHT = 20.0  # where softplus becomes x itself
_LOWEST_LOG = -100.0  # where bce's logarithms end


def from_zero(arrays: list[Array], options: Mapping[str, Option]) -> Array:
    """The corner is at 0."""
    smooth = 1.0 in (options.get("slope"), options.get("alpha"))
    return np.zeros_like(arrays[0]) if smooth else arrays[0]


def from_straight(arrays: list[Array], options: Mapping[str, Option]) -> Array:
    """Softplus: where it becomes x itself."""
    return arrays[0] - STRAIGHT


def apart(arrays: list[Array], options: Mapping[str, Option]) -> Array:
    """Two inputs are compared: the corner is where they are equal."""
    found: Array = np.subtract(arrays[0], arrays[1])
    return found


def is_largest(arrays: list[Array], options: Mapping[str, Option]) -> Array:
    """1 for the largest entries, else -1: where that changes, the gradient goes elsewhere."""
    (x,) = arrays
    axis = options["axis"]
    return np.where(x == x.max(axis=axis if isinstance(axis, int) else None, keepdims=True), 1.0, -1.0)


def is_smallest(arrays: list[Array], options: Mapping[str, Option]) -> Array:
    """1 for the smallest entries, else -1."""
    return is_largest([-arrays[0]], options)


def from_lowest_log(arrays: list[Array], options: Mapping[str, Option]) -> Array:
    """The logarithms of a probability and of its complement end at a lowest number."""
    found: Array = np.minimum(np.log(arrays[0]), np.log1p(-arrays[0])) - _LOWEST_LOG
    return found


def lowest_log(value: float) -> float:
    """The probability nearest to this one where its logarithm, or that of its complement, ends."""
    level = float(np.exp(_LOWEST_LOG))
    return level if value < 0.5 else 1.0 - level


def from_zero_power(arrays: list[Array], options: Mapping[str, Option]) -> Array:
    """A power below 2 that is no whole number has a corner, or no slope at all, at 0."""
    base, exponent = np.broadcast_arrays(*arrays)
    return np.where((exponent < 2) & (exponent != 1) & (exponent != 0), base, 1.0)
