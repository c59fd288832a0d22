"""How large a number is among its neighbours, as one of a few levels, and the role that colours it so."""

from __future__ import annotations

import math

import numpy as np

from nnstep.ops import Array


def level(value: float, among: Array, most: int) -> int:
    """0 for 0 and what is no number, else 1 to `most`: by the root of its share of the largest among finite ones."""
    if value == 0 or not math.isfinite(value):
        return 0
    sizes = np.abs(among)
    largest = float(sizes.max())
    if not math.isfinite(largest):
        largest = float(sizes[np.isfinite(sizes)].max())
    return 1 + min(most - 1, int(most * math.sqrt(abs(value) / largest)))


def tint(value: float, among: Array) -> str:
    """The role of a number in a picture, as in a matrix: pos1 to pos5, neg1 to neg5, zero, error."""
    if not math.isfinite(value):
        return "error"
    size = level(value, among, 5)
    return f"{'pos' if value > 0 else 'neg'}{size}" if size else "zero"
