"""Single numbers as people and programs write them, and how exact they are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from nnstep.pasted.model import PastedNumber, PastedNumbers

_EXACT = 15  # significant digits from which a number is taken as exact
_MOST_DECIMALS = 400  # more than float64 has

# 1.5, .5, 2., 1e-5; 1d-5 of Fortran, 1f-5 of Julia, 1*^-5 and 1.5`3 of Mathematica; 1.5f of C and 2L of R.
NUMBER = (
    r"[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:`[\d.]*)?"
    r"(?:[eEdDfF][-+]?\d+|\*\^[-+]?\d+|[fL](?!\w))?|(?:nan|inf(?:inity)?|NA)(?!\w)|∞)"
)
_PARTS = re.compile(
    r"([-+]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:`[\d.]*)?"
    r"(?:(?:[eEdDfF]|\*\^)([-+]?\d+)|[fL])?",
    re.ASCII,
)


def read_number(text: str) -> PastedNumber | None:
    """One number or fraction; None for anything else."""
    over, slash, under = (part.strip() for part in text.partition("/"))
    first = _number(over)
    if first is None or not slash:
        return None if slash else first
    second = _number(under)
    if second is None or not 0 < abs(second.number) < math.inf:
        return None
    return PastedNumber(first.number / second.number, fraction=True)


def _number(text: str) -> PastedNumber | None:
    """A number and how many decimals it has; with an exponent, of the number written out."""
    word = text.lstrip("+-").lower()
    if word in ("nan", "na"):
        return PastedNumber(math.nan)
    if word in ("inf", "infinity", "∞"):
        return PastedNumber(-math.inf if text.startswith("-") else math.inf)
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    sign, whole, after, alone, exponent = found.groups()
    digits, decimals = whole or "", after or alone or ""
    number = float(f"{sign}{digits or '0'}.{decimals or '0'}e{exponent or 0}")
    if len((digits + decimals).lstrip("0")) >= _EXACT:
        return PastedNumber(number, exact=True)
    if exponent is not None:
        return PastedNumber(number, min(max(0, len(decimals) - _shift(exponent)), _MOST_DECIMALS), scientific=True)
    return PastedNumber(number, min(len(decimals), _MOST_DECIMALS) if decimals else None)


def _shift(exponent: str) -> int:
    """An exponent as a number; one that float64 does not have may have any number of digits."""
    digits = exponent.lstrip("+-").lstrip("0")
    size = int(digits or "0") if len(digits) < 5 else 10_000
    return -size if exponent.startswith("-") else size


def assembled(
    rows: Sequence[Sequence[PastedNumber]], shape: tuple[int, ...], printed: bool, scale: float = 1.0
) -> PastedNumbers:
    """Rows of numbers as what was typed; `printed` says that they all were rounded alike, `scale` multiplies them."""
    entries = [one for row in rows for one in row]
    decimals = _decimals(entries, printed)
    shift = round(-math.log10(scale)) if scale > 0 else 0
    if decimals and shift:
        decimals = min(max(0, decimals + shift), _MOST_DECIMALS)
    units: tuple[tuple[float, ...], ...] = ()
    if decimals is not None and any(one.decimals for one in entries):
        most = max(one.decimals or 0 for one in entries)
        units = tuple(tuple(_unit(one, most, printed) * scale for one in row) for row in rows)
    return PastedNumbers(tuple(tuple(one.number * scale for one in row) for row in rows), shape, decimals, units)


def _unit(one: PastedNumber, most: int, printed: bool) -> float:
    """One unit of the last digit that a number has: its own, or where zeros at the end are left out that of all."""
    if one.fraction:
        return 0.0
    own = one.decimals is not None and (one.scientific or not printed)
    return 10.0 ** -(one.decimals if own and one.decimals is not None else most) * (1 + 1e-9)


def _decimals(entries: Iterable[PastedNumber], printed: bool) -> int | None:
    """How exact the numbers were typed."""
    fewest, most, fractions, scientific = _MOST_DECIMALS + 1, -1, False, False
    for one in entries:
        if one.decimals is not None:
            fewest, most = min(fewest, one.decimals), max(most, one.decimals)
            scientific = scientific or one.scientific
        elif one.exact:
            return None
        fractions = fractions or one.fraction
    if most < 0:
        return None if fractions else 0
    return most if printed and not scientific else fewest
