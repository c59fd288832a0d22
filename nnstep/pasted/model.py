"""The numbers of a text that was typed or pasted, and where it has none."""

from __future__ import annotations

from typing import NamedTuple


class NotNumbersError(Exception):
    """A text that is no number and no matrix; the message says where and why, in plain words."""


class PastedNumbers(NamedTuple):
    """The numbers of a text, as one array.

    rows      the numbers, row by row, all of one length
    shape     () for a single number, (k,) for one row, (n, k) for several or for one in double brackets
    decimals  how many the numbers were rounded to: typed by hand, the fewest of one that is not whole; in what NumPy or
              PyTorch prints, where zeros at the end are left out, the most. 0 where all are whole; None where they look
              exact: one has 15 significant digits, or there are fractions and no rounded number
    units     one unit of the last digit of each number; () where all are exact
    """

    rows: tuple[tuple[float, ...], ...]
    shape: tuple[int, ...]
    decimals: int | None
    units: tuple[tuple[float, ...], ...] = ()


class PastedNumber(NamedTuple):
    """A number as it was read. `decimals` is None where nothing was rounded: a whole number, a fraction, infinity."""

    number: float
    decimals: int | None = None
    scientific: bool = False
    fraction: bool = False
    exact: bool = False  # it has all its digits


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
