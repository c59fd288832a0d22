"""The numbers, brackets and separators of a text, those in brackets within each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.pasted.dialects import JOIN
from nnstep.pasted.entries import NUMBER, read_number
from nnstep.pasted.model import NotNumbersError, PastedNumber, line_and_column
from nnstep.pasted.parts import TextPart
from nnstep.text import clean

_DEEPEST = 40  # brackets within brackets that are gone through
_TOKEN = re.compile(
    rf"(?P<number>{NUMBER}(?:[ \t]*/[ \t]*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))?(?![\w.]))"
    rf"|(?P<open>[\[({{])|(?P<close>[\])}}])|(?P<comma>,)|(?P<semi>;)|(?P<line>\n)|(?P<join>{JOIN})|(?P<space>[ \t]+)"
    r"|(?P<other>[^\s,;\[\](){}]+)",
    re.IGNORECASE,
)
_CLOSES = {"[": "]", "(": ")", "{": "}"}
_SCALE = re.compile(r"^[ \t]*(\d+(?:\.\d*)?e[-+]?\d{1,3})[ \t]*\*[ \t]*$", re.MULTILINE | re.IGNORECASE)


class Item(NamedTuple):
    """A token, or what stands between brackets with the tokens in it."""

    kind: str
    at: int
    text: str = ""
    items: tuple[Item, ...] = ()


class NumberText(NamedTuple):
    """The numbers of a part of a text.

    text     all of it
    body     the part
    start    the offset of the part in the text
    scale    what all its numbers are to be multiplied by, as MATLAB prints it above them
    options  what R's matrix() says of its shape
    """

    text: str
    body: str
    start: int
    scale: float
    options: dict[str, str]

    def wrong(self, key: str, at: Item) -> NotNumbersError:
        """The error of that key, with the place of a token."""
        line, column = line_and_column(self.text, at.at)
        return NotNumbersError(say(key, line=line, column=column, text=repr(clean(at.text, 40))))


def block_of(text: str, part: TextPart, options: dict[str, str]) -> NumberText:
    """A part of a text, its scale taken out of it."""
    body = text[part.start : part.end]
    scale = _SCALE.search(body)
    if scale:
        body = body[: scale.start()] + " " * len(scale[0]) + body[scale.end() :]
    return NumberText(text, body, part.start, float(scale[1]) if scale else 1.0, options)


def tree(block: NumberText) -> list[Item]:
    """The tokens, those in brackets within each other. Raises NotNumbersError."""
    stack: list[tuple[Item, list[Item]]] = [(Item("", block.start), [])]
    for found in _TOKEN.finditer(block.body):
        kind, at = found.lastgroup or "", block.start + found.start()
        item = Item(kind, at, found[0])
        if kind == "open":
            if len(stack) > _DEEPEST:
                raise block.wrong("typed.deep", item)
            stack.append((item, []))
        elif kind == "close":
            opened, inner = stack.pop()
            if not stack or _CLOSES[opened.text] != found[0]:
                raise block.wrong("typed.brackets", item)
            stack[-1][1].append(Item("list", opened.at, opened.text, tuple(inner)))
        elif kind != "space":
            stack[-1][1].append(item)
    if len(stack) > 1:
        raise block.wrong("typed.open", stack[-1][0])
    return stack[0][1]


def entries_of(block: NumberText, row: Sequence[Item]) -> list[PastedNumber]:
    """The numbers of a row, with commas between them or without. Raises NotNumbersError."""
    found: list[PastedNumber] = []
    expected = True  # a comma would stand where a number is missing
    commas = any(one.kind == "comma" for one in row)
    for one in row:
        if one.kind == "comma":
            if expected:
                raise block.wrong("typed.missing", one)
            expected = True
        elif one.kind == "number":
            read = read_number(one.text)
            if read is None or (commas and not expected):
                raise block.wrong("typed.no-number", one)
            found.append(read)
            expected = False
        elif one.kind == "list":
            raise block.wrong("typed.mixed", one)
        elif one.kind not in ("line", "semi", "join"):
            raise block.wrong("typed.no-number", one)
    return found


def check_even(rows: Sequence[Sequence[PastedNumber]]) -> None:
    """Raise NotNumbersError unless all rows have as many numbers."""
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise NotNumbersError(say("typed.ragged", row=number, count=len(row), first=len(rows[0])))
