"""Numbers as people type or paste them, or as Python, NumPy, PyTorch and JSON print them. Nothing is evaluated.

Every pattern here takes time in proportion to the text: none can read the same characters in two ways.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.text import clean

__all__ = ["Typed", "TypedError", "read_numbers"]

_LONGEST = 1 << 20  # characters, which are half as many numbers at most
_EXACT = 15  # significant digits from which a number is taken as exact
_MOST_DECIMALS = 400  # more than float64 has

_NUMBER = re.compile(r"[-+]?(?:(\d+(?:\.(\d*))?|\.(\d+))(?:e([-+]?\d+))?|nan|inf(?:inity)?)", re.IGNORECASE | re.ASCII)
_WRAPPER = re.compile(
    r"(?:Parameter containing:\s*)?(?:\b[a-z]+\.)?\b(?:array|tensor|matrix|float(?:16|32|64))\s*\(", re.IGNORECASE
)
_KEYWORD = re.compile(
    r",\s*(?:dtype|requires_grad|grad_fn|device|shape|size|layout)\s*=\s*(?:<[^<>]*>|'[^']*'|\([^()]*\)|[\w.]+)"
)
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:e[-+]?\d+)?", re.IGNORECASE)
_SEPARATORS = " \t\r\n,;"
_WRITTEN_OTHERWISE = str.maketrans({"−": "-", "–": "-", "∞": "inf", "\ufeff": " "})


class TypedError(Exception):
    """A text that is no number and no matrix; the message says where and why, in plain words."""


class Typed(NamedTuple):
    """What was typed.

    rows      the numbers, row by row, all of one length
    shape     () for a single number, (k,) for one row, (n, k) for several or for one in double brackets
    decimals  how many the numbers were rounded to: typed by hand, the fewest of one that is not whole; in what NumPy or
              PyTorch prints, where zeros at the end are left out, the most. 0 where all are whole; None where they look
              exact: one has 15 significant digits, or there are fractions and no rounded number
    """

    rows: tuple[tuple[float, ...], ...]
    shape: tuple[int, ...]
    decimals: int | None


class _Entry(NamedTuple):
    """A number as it was read. `decimals` is None where nothing was rounded: a whole number, a fraction, infinity."""

    number: float
    decimals: int | None = None
    scientific: bool = False
    fraction: bool = False
    exact: bool = False  # it has all its digits


def read_numbers(text: str) -> Typed:
    """Read a number, a row or a matrix. Raises TypedError."""
    if len(text) > _LONGEST:
        raise TypedError(say("typed.long", most=_LONGEST))
    plain = text.translate(_WRITTEN_OTHERWISE)
    if "..." in plain or "…" in plain:
        raise TypedError(say("typed.left-out"))
    plain, wrapped = _unwrapped(plain)
    bracketed = "[" in plain or "]" in plain
    lines, nested = _bracketed(plain) if bracketed else (_lines(plain), False)
    texts = [_entries(line) for line in lines]
    if not any(texts):
        raise TypedError(say("typed.nothing"))
    size = len(texts[0])
    for number, row in enumerate(texts, 1):
        if len(row) != size:
            raise TypedError(say("typed.ragged", row=number, count=len(row), first=size))
    rows = [[_entry(entry, at, column) for column, entry in enumerate(row, 1)] for at, row in enumerate(texts, 1)]
    shape = (len(rows), size) if nested or len(rows) > 1 else (size,) if bracketed or size > 1 else ()
    printed = wrapped or (bracketed and "," not in plain)
    decimals = _decimals((entry for row in rows for entry in row), printed)
    return Typed(tuple(tuple(entry.number for entry in row) for row in rows), shape, decimals)


def _unwrapped(text: str) -> tuple[str, bool]:
    """Without `array(…, dtype=float64)` and the like around what they hold, and whether there was such a thing."""
    bare, count = _WRAPPER.subn("", text)
    if not count:
        return text, False
    bare = _KEYWORD.sub("", bare)
    if bare.count(")") != count:
        raise TypedError(say("typed.brackets"))
    return bare.replace(")", ""), True


def _lines(text: str) -> list[str]:
    """The rows of a text without brackets. A comma that may be a decimal sign is refused: `0,5` is not 0 and 5."""
    if "," in text and "." not in text:
        for word in text.replace(";", " ").split():
            doubtful = word.rstrip(",")
            if _DECIMAL_COMMA.fullmatch(doubtful):
                shown = clean(doubtful, 40)
                one, two = shown.replace(",", "."), shown.replace(",", ", ")
                raise TypedError(say("typed.comma", text=shown, one=one, two=two))
    return [line for line in re.split(r"[;\n\r]", text) if line.strip()]


def _bracketed(text: str) -> tuple[list[str], bool]:
    """The rows of a text with brackets, and whether they stand in brackets of their own.

    `[[1, 2], [3, 4]]`, the same without commas, `[1, 2]` once or several times, `[1 2; 3 4]`.
    """
    depth, first = 0, 0
    inner: list[str] = []
    outer: list[str] = []  # what stands in the outer brackets: rows, or what separates inner ones
    for part in re.findall(r"[\[\]]|[^\[\]]+", text):
        if part == "[":
            depth += 1
            if depth == 1:
                first = len(outer)
            elif depth == 2:
                inner.append("")
            else:
                raise TypedError(say("typed.deep"))
        elif part == "]":
            depth -= 1
            if depth < 0:
                raise TypedError(say("typed.brackets"))
            if depth == 0 and len(outer) == first:
                outer.append("")
        elif depth == 2:
            inner[-1] = part
        elif depth == 1:
            outer.append(part)
        elif part.strip(_SEPARATORS):
            raise TypedError(say("typed.outside", text=clean(part.strip(), 40)))
    if depth:
        raise TypedError(say("typed.brackets"))
    if not inner:
        return [row for part in outer for row in [line for line in part.split(";") if line.strip()] or [part]], False
    if any(part.strip(_SEPARATORS) for part in outer):
        raise TypedError(say("typed.mixed"))
    return inner, True


def _entries(row: str) -> list[str]:
    """The entries of a row, separated by commas, tabs or spaces; a fraction stays one entry."""
    joined = "/".join(map(str.strip, row.split("/"))) if "/" in row else row.strip()
    if "," in joined:
        return [entry.strip() for entry in joined.removesuffix(",").split(",")]
    return joined.split()


def _entry(text: str, row: int, column: int) -> _Entry:
    """One number or fraction. Raises TypedError, which names its row and its place in it."""
    over, slash, under = text.partition("/")
    found = _NUMBER.fullmatch(over)
    if found is not None and not slash:
        return _read(found)
    divisor = _NUMBER.fullmatch(under)
    if found is None or divisor is None or not 0 < abs(float(under)) < math.inf:
        key = "typed.no-number" if text else "typed.missing"
        raise TypedError(say(key, row=row, column=column, text=repr(clean(text, 40))))
    return _Entry(float(over) / float(under), fraction=True)


def _read(found: re.Match[str]) -> _Entry:
    """A number and how many decimals it has; with an exponent, of the number written out."""
    number = float(found[0])
    mantissa, after, exponent = found[1] or found[3] or "", found[2] or found[3] or "", found[4]
    if len(mantissa.replace(".", "").lstrip("0")) >= _EXACT:
        return _Entry(number, exact=True)
    if exponent is not None:
        return _Entry(number, min(max(0, len(after) - _shift(exponent)), _MOST_DECIMALS), scientific=True)
    return _Entry(number, min(len(after), _MOST_DECIMALS) if after else None)


def _shift(exponent: str) -> int:
    """An exponent as a number; one that float64 does not have may have any number of digits."""
    digits = exponent.lstrip("+-").lstrip("0")
    size = int(digits or "0") if len(digits) < 5 else 10_000
    return -size if exponent.startswith("-") else size


def _decimals(entries: Iterable[_Entry], printed: bool) -> int | None:
    """How exact the numbers were typed; `printed` says that they all were rounded alike."""
    fewest, most, fractions, scientific = _MOST_DECIMALS + 1, -1, False, False
    for entry in entries:
        if entry.decimals is not None:
            fewest, most = min(fewest, entry.decimals), max(most, entry.decimals)
            scientific = scientific or entry.scientific
        elif entry.exact:
            return None
        fractions = fractions or entry.fraction
    if most < 0:
        return None if fractions else 0
    return most if printed and not scientific else fewest
