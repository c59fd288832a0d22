"""Numbers, rows and matrices out of what people type and programs print, with names or without. Nothing is run."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.pasted.boxes import BOX, boxed
from nnstep.pasted.dialects import plain_text
from nnstep.pasted.lists import read_lists
from nnstep.pasted.model import NotNumbersError, PastedNumbers, line_and_column
from nnstep.pasted.parts import parts
from nnstep.pasted.rows import read_rows
from nnstep.pasted.tokens import NumberText, block_of, tree
from nnstep.text import clean

_LONGEST = 1 << 20  # characters, which are half as many numbers at most
_CONTINUED = re.compile(r"(?<=[;,\[])[ \t]*\.\.\.[ \t]*(?=\r?\n)")  # as MATLAB goes on in the next line
_DOTS = re.compile(r"\.\.\.|…|⋯|⋮|⋱|\\(?:cdots|ldots|dots|vdots|ddots)")
_R_MATRIX = re.compile(r"\b(?:matrix|structure)\s?\(\s*(?=c\()")
_R_OPTION = re.compile(r",\s*(nrow|ncol|byrow|dim|\.Dim)\s*=\s*(c\([\dL, ]{1,40}\)|\d+L?:\d+L?|\w+)")


def arrays_in(text: str) -> list[tuple[str, PastedNumbers]]:
    """One or several arrays, each with the name that stands before it, or "".

    Raises NotNumbersError with the place.
    """
    if len(text) > _LONGEST:
        raise NotNumbersError(say("typed.long", most=_LONGEST))
    text = _CONTINUED.sub(lambda found: " " * len(found[0]), text)
    if dots := _DOTS.search(text):
        line, column = line_and_column(text, dots.start())
        raise NotNumbersError(say("typed.left-out", line=line, column=column))
    if BOX.search(text):
        return boxed(text)
    whole, options = _r_options(text)
    plain = plain_text(whole)
    blocks = parts(plain)
    found = [(one.name, _read(block_of(plain, one, options))) for one in blocks]
    if not found:
        word = re.search(r"[^\s,;]+", text)
        if word is None:
            raise NotNumbersError(say("typed.nothing"))
        line, column = line_and_column(text, word.start())
        raise NotNumbersError(say("typed.no-number", line=line, column=column, text=repr(clean(word[0], 40))))
    return found


def _r_options(text: str) -> tuple[str, dict[str, str]]:
    """The text without what R's matrix() says of the shape, which is kept."""
    if not _R_MATRIX.search(text):
        return text, {}
    options = {found[1].lstrip(".").lower(): found[2] for found in _R_OPTION.finditer(text)}
    return _R_OPTION.sub(lambda found: " " * len(found[0]), text), options | {"r": "1"}


def _read(block: NumberText) -> PastedNumbers:
    items = tree(block)
    lists = [one for one in items if one.kind == "list"]
    if not lists:
        return read_rows(block, items)
    outside = next((one for one in items if one.kind in ("number", "other")), None)
    if outside is not None:
        raise block.wrong("typed.outside", outside)
    return read_lists(block, lists)
