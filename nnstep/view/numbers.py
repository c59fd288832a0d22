"""How numbers are written: one format for a whole matrix, so that a column can be compared at a glance.

A number is never cut. What is rounded has as many decimals as its neighbours; what would round to zero without being
zero is written with an exponent (or as ε where that has no room), so that a zero on the screen is a zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.ops import Array

__all__ = ["NumberFormat", "choose_format", "exact", "plain", "shape_text"]

_INFINITE = (math.inf, -math.inf)
DIGITS = 4  # significant digits of the largest number, unless asked for more


class NumberFormat(NamedTuple):
    """Fixed point with `decimals`, or `scientific` with as many decimals of the mantissa; `width` columns a number."""

    decimals: int
    scientific: bool
    width: int

    def text(self, value: float) -> str:
        """The number, at most `width` columns, not padded."""
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
        value += 0.0  # -0 is a zero like any other
        if self.scientific:
            return self._powers(value) if value else "0"
        said = f"{value:.{self.decimals}f}"
        if len(said) > self.width:
            return _minus(_short_exponent(f"{value:.0e}"))
        if value and float(said) == 0.0:
            tiny = _minus(_short_exponent(f"{value:.0e}"))
            return tiny if len(tiny) <= self.width else ("−ε" if value < 0 else "ε")
        return _minus(said if float(said) or not said.startswith("-") else said[1:])

    def column(self, values: Sequence[float]) -> list[str]:
        """The numbers of a column or a row, each right-aligned in `width` columns: `padded` of them, in less time."""
        if self.scientific:
            return [self.padded(value) for value in values]
        width, written = self.width, f"{{:{self.width}.{self.decimals}f}}".format
        least = 10.0**-self.decimals  # what is smaller may look like a zero; what is longer needs an exponent
        found = []
        for value in values:
            said = written(value) if least <= value or value <= -least else ""  # neither for NaN
            if len(said) != width or value in _INFINITE:
                said = self.padded(value)
            elif value < 0:
                said = said.replace("-", "−")
            found.append(said)
        return found

    def _powers(self, value: float) -> str:
        """The number with an exponent; one decimal less for each column that a longer exponent takes."""
        for decimals in range(self.decimals, -1, -1):
            said = _minus(_short_exponent(f"{value:.{decimals}e}"))
            if len(said) <= self.width:
                return said
        return "−ε" if value < 0 else "ε"

    def padded(self, value: float) -> str:
        """The number, right-aligned in `width` columns."""
        return self.text(value).rjust(self.width)


def choose_format(values: Array, digits: int = DIGITS, whole: bool = True) -> NumberFormat:
    """The format for all of `values` (any shape), with about `digits` significant digits for the largest.

    `whole` False says that they are a sample only: then a number that they did not show must find room too.
    """
    if not values.size:
        return NumberFormat(0, False, 1)
    low, high = float(values.min()), float(values.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    largest = max(abs(low), abs(high))
    negative = low < 0
    if whole and largest < 10**digits and _whole(values, low, high):
        return NumberFormat(0, False, max(len(str(int(largest))), 1) + negative)
    if largest and not 1e-3 <= largest < 1e6:
        return NumberFormat(digits - 2, True, digits + 2 + _exponent_digits(values, largest) + negative)
    before = len(str(int(largest)))
    decimals = max(1, digits - before) if largest >= 1 else digits
    return NumberFormat(decimals, False, max(before + 1 + decimals, 4) + (negative or not whole))


def _exponent_digits(values: Array, largest: float) -> int:
    """How many digits the longest exponent has: two at most, unless all numbers have one of three."""
    sizes = np.abs(values[(values != 0) & np.isfinite(values)])
    longest = max(len(str(abs(math.floor(math.log10(size))))) for size in (largest, float(sizes.min())))
    return min(longest, max(2, len(str(abs(math.floor(math.log10(largest)))))))


def plain(value: float, digits: int = DIGITS) -> str:
    """One number on its own, as in the arithmetic of a cell: `digits` decimals at most, no trailing zeros."""
    if not math.isfinite(value):
        return NumberFormat(0, False, 4).text(value)
    if value and not 10.0**-digits <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.{max(1, digits - 1)}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return _minus(_short_exponent(f"{mantissa}e{exponent}"))
    said = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return _minus(said if said not in ("-0", "") else "0")


def exact(value: float) -> str:
    """Every digit: the shortest text that reads back as the same float64."""
    if not math.isfinite(value):
        return plain(value)
    return _minus(str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value))


def shape_text(shape: tuple[int, ...]) -> str:
    """4×3, 3, or nothing for a scalar."""
    return "×".join(map(str, shape))


def _whole(values: Array, low: float, high: float) -> bool:
    """Whether every number is a whole one."""
    return low.is_integer() and high.is_integer() and bool(np.array_equal(values, np.trunc(values)))


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _short_exponent(text: str) -> str:
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent)}"
