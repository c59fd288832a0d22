"""An array as a person gives it, and how far its numbers were rounded, as it shows in them: 0.125 and 2.5 have three
decimals, or four digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import Problem
from nnstep.ops import Array
from nnstep.text import clean

_EXACT = 15  # significant digits from which a number is taken as exact
_ALIKE = 9  # significant digits up to which numbers may all have been rounded to as many
_MOST = 400  # decimals; more than float64 has


class Given(NamedTuple):
    """An array as a person gives it.

    decimals  how many it was rounded to; None where it has all its digits
    units     one unit of the last digit that was written, entry by entry; None where it has all its digits, or where
              all are whole and mean what they are
    """

    array: Array
    decimals: int | None = None
    units: Array | None = None


class Answers(NamedTuple):
    """What a file has: its arrays by the names that stand in it, and what is wrong with others in it."""

    arrays: dict[str, Given]
    problems: tuple[Problem, ...] = ()


def with_rounding(array: Array) -> Given:
    """An array with what its numbers show of how they were rounded."""
    return Given(array, *_rounding(array))


def given_twice(name: str) -> Problem:
    """What is said of a name that stands twice."""
    return Problem(say("answers.twice", name=clean(name, 40)), key=clean(name))


def _rounding(array: Array) -> tuple[int | None, Array | None]:
    """The decimals that the entries of an array were rounded to, and what a unit of the last one is, entry by entry.

    (None, None) where one has all its digits, (0, None) where all are whole. Numbers are rounded to as many decimals,
    or to as many significant digits, and zeros at the end do not show: the most that one of them has are what all have.
    What float32 held is read as that prints it.
    """
    entries = array.ravel()
    with np.errstate(over="ignore"):
        single = entries.astype(np.float32)
        printed = single if np.array_equal(single.astype(np.float64), entries, equal_nan=True) else entries
    digits, decimals = _digits([str(entry) for entry in printed if np.isfinite(entry)])
    if not digits:
        return 0, None
    if max(digits) >= _EXACT:
        return None, None
    most = min(max(decimals), _MOST)
    if most <= 0:
        return 0, None
    units = np.full(array.shape, 10.0**-most)
    alike = max(digits)
    if alike <= _ALIKE and 2 * sum(count == alike for count in digits) > len(digits):
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.floor(np.log10(np.abs(array)))
        places = np.where(np.isfinite(size), size - alike + 1, -most)
        units = np.maximum(units, 10.0**places)
    return most, np.asarray(units * (1 + 1e-9))


def _digits(texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """Of each number but 0, how many significant digits and how many decimals it is written with."""
    digits, decimals = [], []
    for text in texts:
        mantissa, _, exponent = text.lstrip("-").partition("e")
        whole, _, fraction = mantissa.partition(".")
        fraction = fraction.rstrip("0")
        plain = (whole + fraction).lstrip("0")
        if plain:
            digits.append(len(plain))
            decimals.append(len(fraction) - int(exponent or 0))
    return digits, decimals
