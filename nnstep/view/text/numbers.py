"""How numbers are written: one format for a whole matrix, so that a column can be compared at a glance.

A number is never cut, and every one that is not zero shows at least two significant digits, unless fewer say all of it.
What the format of its neighbours has no room for (a mask of −1e9 among scores, a gradient of 2e−7 among weights) stands
in a form of its own, with an exponent; its neighbours are written as they would be without it. A zero is `0`, and
nothing else looks like one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.ops import Array

DIGITS = 4  # significant digits of the largest number, unless asked for more

_OWN = 3  # significant digits of a number in a form of its own, where no more than four are asked for
_SHOWN = 2  # significant digits that every number shows at least
_SMALLEST, _LARGEST = 1e-3, 1e6  # between them numbers are written without an exponent
_GAP = 1e4  # so many times its next smaller neighbour, and as large itself: such a number does not set the format
_INFINITE = (math.inf, -math.inf)


class NumberFormat(NamedTuple):
    """Fixed point with `decimals`, or `scientific` with as many decimals of the mantissa; `width` columns a number.

    `own` is how many significant digits a number in a form of its own has at most.
    """

    decimals: int
    scientific: bool
    width: int
    own: int = _OWN

    def text(self, value: float) -> str:
        """The number, not padded; at most `width` columns where the format was chosen for it."""
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
        if value == 0.0:
            return "0"  # −0 is a zero like any other
        if self.scientific:
            return self._powers(value, self.decimals)
        said = f"{value:.{self.decimals}f}"
        if len(said) > self.width or (abs(value) < _least(self.decimals) and float(said) != value):
            return self._powers(value, self.own - 1)
        return _minus(said)

    def column(self, values: Sequence[float]) -> list[str]:
        """The numbers of a column or a row, each right-aligned in `width` columns: `padded` of them, in less time."""
        if self.scientific:
            return [self.padded(value) for value in values]
        width, written = self.width, f"{{:{self.width}.{self.decimals}f}}".format
        least = _least(self.decimals)
        zero = "0".rjust(width)
        found = []
        for value in values:
            if value == 0.0:
                found.append(zero)
                continue
            said = written(value) if least <= value or value <= -least else ""  # neither for NaN
            if len(said) != width or value in _INFINITE:
                said = self.padded(value)
            elif value < 0:
                said = said.replace("-", "−")
            found.append(said)
        return found

    def padded(self, value: float) -> str:
        """The number, right-aligned in `width` columns."""
        return self.text(value).rjust(self.width)

    def _powers(self, value: float, decimals: int) -> str:
        """The number with an exponent and at most `decimals`: fewer where they say all of it, or have no room."""
        for fewer in range(decimals, -1, -1):
            said = _exponent(value, fewer)
            if len(said) <= self.width:
                break
        else:
            return said if abs(value) > 1 else "−ε" if value < 0 else "ε"
        if not self.scientific:
            said = next(
                (short for short in (_exponent(value, k) for k in range(fewer)) if parse_number(short) == value), said
            )
        return said


def choose_format(values: Array, digits: int = DIGITS, whole: bool = True) -> NumberFormat:
    """The format for all of `values` (any shape), with at least `digits` significant digits for the largest.

    Numbers about 1 have `digits` decimals: 0.9241 beside 1.3053. Of numbers that need no more, up to two are written.
    A number that is 10,000 times as large as its next smaller neighbour, and so large itself, does not count as the
    largest. `whole` False says that `values` are a sample only: then a number that they did not show must find room.
    """
    sizes = np.abs(values[np.isfinite(values)]) if values.size else values
    sizes = sizes[sizes > 0]
    if not sizes.size:
        return NumberFormat(0, False, 7 if not whole else 1 if np.isfinite(values).all() else 3)
    largest = largest_size(sizes)
    within = values[np.abs(values) <= largest]  # without NaN
    outside = values[np.abs(values) > largest]
    if _SMALLEST <= largest < _LARGEST:
        decimals = _fixed_decimals(within, largest, digits)
        low, high = float(within.min()), float(within.max())
        width = max(len(f"{low:.{decimals}f}"), len(f"{high:.{decimals}f}"))
        small = np.abs(within) < _least(decimals)
        if decimals and small.any():
            hidden = within[small & (np.round(within, decimals) != within)]
            width = max(width, _own_width(hidden, _SHOWN - 1))
        own = max(_OWN, digits - 1)
        width = max(width, _own_width(outside[np.isfinite(outside)], own - 1))
        form = NumberFormat(decimals, False, width, own)
    else:
        finite = values[np.isfinite(values)]
        decimals = _power_decimals(finite, digits)
        form = NumberFormat(decimals, True, _own_width(finite, decimals, fewest=False))
    if not np.isfinite(values).all():
        form = form._replace(width=max(form.width, 3))
    return form if whole else form._replace(width=max(form.width + (not (values < 0).any()), 7))


def largest_size(sizes: Array) -> float:
    """The size that sets the format, and the scale of the colours: the largest one below a gap, or of all.

    `sizes` are positive and finite, at least one.
    """
    largest = float(sizes.max())
    if largest < _GAP:
        return largest
    ordered = np.unique(sizes)
    below, above = ordered[:-1], ordered[1:]
    gaps = np.flatnonzero((above >= _GAP) & (above / _GAP >= below) & (below >= _SMALLEST))
    return float(below[gaps[0]]) if gaps.size else largest


def _fixed_decimals(values: Array, largest: float, digits: int) -> int:
    """The fewest decimals, at most two, that say all of every number; else `digits` where the largest is about 1."""
    for decimals in range(3):
        if np.array_equal(np.round(values, decimals), values):
            return decimals
    power = _power(largest)
    return max(digits - power - (power < 0), 2 if largest < 1e4 else 1)


def _power_decimals(values: Array, digits: int) -> int:
    """The fewest decimals of mantissas that say all of every number, or those of `digits` significant digits."""
    most = digits - 1
    if values.size > 64:
        return most
    found = 0
    for value in values.tolist():
        while found < most and parse_number(_exponent(value, found)) != value:
            found += 1
    return found


def _own_width(values: Array, decimals: int, fewest: bool = True) -> int:
    """Columns for these numbers with an exponent: the largest and the smallest sizes of each sign need the most.

    With `fewest` a mantissa that says all of its number in fewer decimals needs no more.
    """
    widest = 0
    for part in (values[values > 0], values[values < 0]):
        for value in {float(part.min()), float(part.max())} if part.size else ():
            needed = next((k for k in range(decimals) if parse_number(_exponent(value, k)) == value), decimals)
            if not fewest or part.size > 1:
                needed = decimals
            widest = max(widest, len(_exponent(value, needed)))
    return widest


def _power(size: float) -> int:
    """The power of ten of a positive number: 2 for 345.6."""
    return int(f"{size:e}".partition("e")[2])


def _least(decimals: int) -> float:
    """What is smaller has fewer than two significant digits in so many decimals."""
    return 10.0 ** (_SHOWN - 1 - decimals)


def single(value: float, digits: int = DIGITS) -> str:
    """A number as it stands in a matrix of its own, such as a loss."""
    return choose_format(np.array(value), digits).text(value)


def plain(value: float, digits: int = DIGITS) -> str:
    """One number with at most `digits` significant digits, without trailing zeros; whole digits are never left out."""
    if not math.isfinite(value) or not value:
        return NumberFormat(0, False, 4).text(value)
    power = _power(abs(value))
    if not _SMALLEST <= abs(value) < _LARGEST:
        mantissa, exponent = f"{value:.{max(1, digits - 1)}e}".split("e")
        return _minus(f"{_stripped(mantissa)}e{int(exponent)}")
    return _minus(_stripped(f"{value:.{max(0, digits - 1 - power)}f}"))


def exact(value: float) -> str:
    """Every digit: the shortest text that reads back as the same float64."""
    if not math.isfinite(value):
        return plain(value)
    return _minus(str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value))


def parse_number(text: str) -> float:
    """The number that a text of this module says; of ε, which says only that it is small, 0."""
    said = text.strip().replace("−", "-").replace("∞", "inf")
    return 0.0 if said.endswith("ε") else float(said)


def shape_text(shape: tuple[int, ...]) -> str:
    """4×3, 3, or nothing for a scalar."""
    return "×".join(map(str, shape))


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _stripped(text: str) -> str:
    """Without zeros at the end of its decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exponent(value: float, decimals: int) -> str:
    mantissa, exponent = f"{value:.{decimals}e}".split("e")
    return _minus(f"{mantissa}e{int(exponent)}")
