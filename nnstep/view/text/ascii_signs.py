"""The ASCII screen: every sign has a form in ASCII that takes the same columns, so that everything stays where it is.

It is for terminals whose encoding lacks the signs, and for those that draw signs of ambiguous width in two columns.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping
from itertools import groupby

from nnstep.text import width
from nnstep.view.text.canvas import Line, Piece

_SIGNS = {
    **dict.fromkeys("⎡⎢⎣⟨", "["),
    **dict.fromkeys("⎤⎥⎦⟩", "]"),
    **dict.fromkeys("−–—‐‑⁻", "-"),
    **dict.fromkeys("·⊙∗", "*"),
    **dict.fromkeys("∙⋅•", "."),
    **dict.fromkeys("ᵀ′’‘ʼ", "'"),
    **dict.fromkeys("“”″", '"'),
    **dict.fromkeys("→▶▸▹›»►", ">"),
    **dict.fromkeys("←◀◂‹«◄", "<"),
    **dict.fromkeys("↑▲△▴", "^"),
    **dict.fromkeys("↓▼▽▾⌄", "v"),
    **dict.fromkeys("○◇□◯", "o"),
    **dict.fromkeys("●◉◎", "@"),
    **dict.fromkeys("◆■", "#"),
    **dict.fromkeys("✕✗✘×", "x"),
    **dict.fromkeys("⋮┊┆┇", ":"),
    **dict(zip("αβγδεζηθικλμνξοπρςστυφχψω", "abgdezhtiklmnxoprsstufcyw", strict=True)),
    **dict(zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "ABGDEZHTIKLMNXOPRSTUFCYW", strict=True)),
    **dict(zip(" ▁▂▃▄▅▆▇█", " _.:-=+*#", strict=True)),
    **dict(zip("▉▊▋▌▍▎▏", "###|||:", strict=True)),
    **dict(zip("░▒▓▐▕▀▔", ".:%|:''", strict=True)),
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺", "0123456789+", strict=True)),
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
    **dict(zip("∂∇√∞≈…✔⏎÷⁄∕≤≥≠½∘⊤\u00a0", "dDVI~.v<///<>!hoT ", strict=True)),
}
_WIDER = {  # where a line has room for it
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∞": "inf",
    "ε": "~0",
    "ᵀ": ".T",
    "Σ": "sum",
    "←": "<-",
}
# What Python itself puts into LC_CTYPE where the system lacks the locale that is asked for (PEP 538).
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
_POWERS = frozenset("⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class _AsciiTable(dict[int, str]):
    """What each character becomes: text of as many columns."""

    def __missing__(self, code: int) -> str:
        self[code] = made = _form(chr(code))
        return made


def _form(char: str) -> str:
    if char < "\x7f":
        return char
    if char in _SIGNS:
        return _SIGNS[char]
    columns, code = width(char), ord(char)
    if columns == 0 or unicodedata.category(char) == "Cc":
        return ""
    if 0x2800 <= code <= 0x28FF:  # dots: above, below, both
        above, below = code & 0x1B, code & 0xE4
        return ":" if above and below else "'" if above else "." if below else " "
    name = unicodedata.name(char, "")
    if name.startswith("BOX DRAWINGS"):
        return _box(name)
    if 0x2580 <= code <= 0x259F:  # halves and quarters
        return "#"
    plain = next((one for one in unicodedata.normalize("NFKD", char) if " " < one < "\x7f"), "?")
    return plain + " " * (columns - 1) if plain != "?" else "?" * columns


def _box(name: str) -> str:
    """A line by its name: along, across, or a corner of both."""
    across = any(word in name for word in ("VERTICAL", "UP", "DOWN"))
    along = any(word in name for word in ("HORIZONTAL", "LEFT", "RIGHT"))
    if across and along:
        return "+"
    if across:
        return "|"
    return "=" if "HEAVY" in name or "DOUBLE H" in name else "-"


_TABLE = _AsciiTable()


def in_ascii(text: str) -> str:
    """A text, with the sequences that a terminal is sent in it, of characters up to ~ alone and as wide as it was."""
    if text.isascii():
        return text
    return text.translate(_TABLE)


def text_in_ascii(text: str) -> str:
    """A line of text, as `line_in_ascii` writes it."""
    return "".join(piece.text for piece in line_in_ascii((Piece(text),)))


def line_in_ascii(line: Line) -> Line:
    """A line that is painted, in ASCII: what is wider there takes the room of the next gap or, in a number, of the one
    before it, so that columns stay aligned.
    """
    if all(text.isascii() for text, _ in line):
        return line
    cells = [(char, role) for text, role in line for char in text]
    written: list[tuple[str, str]] = []
    wider = 0  # columns that are still to be made up for
    last = ""
    for char, role in cells:
        if char == " " and wider and last == " ":
            wider -= 1
            continue
        made = _WIDER.get(char) or char
        if char in _POWERS and last not in _POWERS:
            made = f"^{char}"
        more = len(made) - 1
        if char in "∞ε":
            sign = int(last == "−")
            while more and len(written) > sign + 1 and written[-1 - sign][0] == " " == written[-2 - sign][0]:
                del written[-1 - sign]
                more -= 1
        wider += more
        written += [(one, role) for one in made]
        last = char
    return tuple(
        Piece(in_ascii("".join(char for char, _ in run)), role) for role, run in groupby(written, lambda cell: cell[1])
    )


def needs_ascii(encoding: str | None, environment: Mapping[str, str]) -> bool:
    """Whether a terminal's encoding is none of Unicode, by the stream's or by the locale where that says one."""
    if not _is_unicode(encoding or "ascii"):
        return True
    if environment.get("PYTHONIOENCODING", "").partition(":")[0] or environment.get("PYTHONUTF8") == "1":
        return False  # it was said on purpose
    locale = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    lang = environment.get("LANG", "")
    if not environment.get("LC_ALL") and locale in _COERCED and "." in lang:
        locale = lang
    name, _, charset = locale.partition("@")[0].partition(".")
    return not _is_unicode(charset) if charset else name in ("C", "POSIX")


def _is_unicode(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name.startswith("utf")
    except LookupError:
        return False
