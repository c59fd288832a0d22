"""The one place where text from outside becomes text fit for a screen."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["clean", "width"]

# C0, C1 and DEL, soft hyphen, fillers, zero-width and bidi controls, line separators, surrogates, tag characters.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


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
    return _UNFIT.sub(_visible, raw)


# Text of these characters only takes one column a character; anything else is looked at closely.
_MEASURED = re.compile(
    "[^\x20-\x7e\u00a0-\u02ff\u0370-\u03ff\u1d00-\u1dbf\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u22ff"
    "\u2500-\u259f\u25a0-\u25cf\u2600-\u2603\u2700-\u2704\u2713-\u2718\u2800-\u28ff\u239b-\u23ad]"
)


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: wide characters take two, combining marks none."""
    if text.isascii() or not _MEASURED.search(text):
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
