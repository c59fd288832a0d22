"""The one place where text from outside becomes text fit for a screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

DASHES = "−–—‒―‐‑﹣－"  # what is typeset for a minus
TIMES = "×·⋅∙∗＊"  # and for the sign of a product
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
RAISED = str.maketrans("0123456789-+", SUPERSCRIPTS)
LOWERED = str.maketrans(SUPERSCRIPTS, "0123456789-+")

# C0, C1 and DEL, soft hyphen, fillers, zero-width, bidi and other format controls, line separators, variation
# selectors, surrogates, tag characters.
_UNFIT = (
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


@cache
def _unfit() -> re.Pattern[str]:
    return re.compile(_UNFIT)  # takes most of a millisecond, and most text needs none of it


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def clean(text: object, limit: int = 200) -> str:
    """Return `text` as one line with every control, bidi or zero-width character as a visible escape.

    Longer than `limit` characters, it is cut and ends in "…". Everything that comes from a file, an exception or the
    command line passes through here before it is shown, printed or put in a title.
    """
    raw = str(text)
    if len(raw) > limit:
        raw = raw[: limit - 1] + "…"
    return raw if raw.isascii() and raw.isprintable() else _unfit().sub(_visible, raw)


# Text of these characters only is as wide as it is long; anything else is looked at closely.
_NARROW = frozenset(
    chr(code)
    for first, last in (
        *((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x2FF), (0x370, 0x377), (0x391, 0x3A1), (0x3A3, 0x3FF), (0x1D00, 0x1DBF)),
        *((0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x2071), (0x2074, 0x208E), (0x2190, 0x2319), (0x239B, 0x23AD)),
        *((0x2500, 0x259F), (0x25A0, 0x25CF), (0x2713, 0x2718), (0x2800, 0x28FF)),
    )
    for code in range(first, last + 1)
)


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: wide characters take two, combining marks none."""
    return len(text) if text.isascii() else _width(text)


@lru_cache(maxsize=8192)  # the same lines are measured frame after frame
def _width(text: str) -> int:
    return len(text) if _NARROW.issuperset(text) else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """As much of the beginning of a text as `columns` hold."""
    if text.isascii() or _NARROW.issuperset(text):
        return text[: max(0, columns)]
    left = columns
    for position, char in enumerate(text):
        left -= width(char)
        if left < 0:
            return text[:position]
    return text


def shortened(text: str, columns: int) -> str:
    """`text` where `columns` hold it, otherwise its beginning and "…"."""
    return text if width(text) <= columns else cut(text, columns - 1) + "…"


def listed(texts: Sequence[str], most: int) -> str:
    """Texts one after the other; of more than `most` the first ones and "…"."""
    return ", ".join(texts if len(texts) <= most else [*texts[:most], "…"])


def padded(text: str, columns: int, right: bool = False) -> str:
    """`text` with spaces after it, or with `right` before it, so that it takes `columns`; a wider one as it is."""
    space = " " * (columns - width(text))
    return space + text if right else text + space
