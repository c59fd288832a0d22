"""Numbers, rows and matrices out of what people type and programs print, with names or without. Nothing is run."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.pasted.boxes import BOX, boxed
from nnstep.pasted.dialects import JOIN, plain_text
from nnstep.pasted.entries import NUMBER, assembled, entry
from nnstep.pasted.model import Entry, Typed, TypedError, place
from nnstep.pasted.parts import Part, parts
from nnstep.text import clean

__all__ = ["read_arrays", "read_numbers"]

_LONGEST = 1 << 20  # characters, which are half as many numbers at most
_DEEPEST = 40  # brackets within brackets that are gone through
_FULL = 50  # columns of a line of numbers from which it may be full

_TOKEN = re.compile(
    rf"(?P<number>{NUMBER}(?:[ \t]*/[ \t]*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))?(?![\w.]))"
    rf"|(?P<open>[\[({{])|(?P<close>[\])}}])|(?P<comma>,)|(?P<semi>;)|(?P<line>\n)|(?P<join>{JOIN})|(?P<space>[ \t]+)"
    r"|(?P<other>[^\s,;\[\](){}]+)",
    re.IGNORECASE,
)
_CLOSES = {"[": "]", "(": ")", "{": "}"}
_SCALE = re.compile(r"^[ \t]*(\d+(?:\.\d*)?e[-+]?\d{1,3})[ \t]*\*[ \t]*$", re.MULTILINE | re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:e[-+]?\d+)?", re.IGNORECASE)
_CONTINUED = re.compile(r"(?<=[;,\[])[ \t]*\.\.\.[ \t]*(?=\r?\n)")  # as MATLAB goes on in the next line
_DOTS = re.compile(r"\.\.\.|…|⋯|⋮|⋱|\\(?:cdots|ldots|dots|vdots|ddots)")
_R_MATRIX = re.compile(r"\b(?:matrix|structure)\s?\(\s*(?=c\()")
_R_OPTION = re.compile(r",\s*(nrow|ncol|byrow|dim|\.Dim)\s*=\s*(c\([\dL, ]{1,40}\)|\d+L?:\d+L?|\w+)")


def read_numbers(text: str) -> Typed:
    """Read a number, a row or a matrix. Raises TypedError, also for several."""
    found = read_arrays(text)
    if len(found) > 1:
        names = ", ".join(clean(name, 30) for name, _ in found[:4])
        raise TypedError(say("typed.several", count=len(found), names=names))
    return found[0][1]


def read_arrays(text: str) -> list[tuple[str, Typed]]:
    """Read one or several arrays, each with the name that stands before it, or "". Raises TypedError with the place."""
    if len(text) > _LONGEST:
        raise TypedError(say("typed.long", most=_LONGEST))
    text = _CONTINUED.sub(lambda found: " " * len(found[0]), text)
    if dots := _DOTS.search(text):
        line, column = place(text, dots.start())
        raise TypedError(say("typed.left-out", line=line, column=column))
    if BOX.search(text):
        return boxed(text)
    whole, options = _r_options(text)
    plain = plain_text(whole)
    blocks = parts(plain)
    found = [(one.name, _Block(plain, one, options).read()) for one in blocks]
    if not found:
        word = re.search(r"[^\s,;]+", text)
        if word is None:
            raise TypedError(say("typed.nothing"))
        line, column = place(text, word.start())
        raise TypedError(say("typed.no-number", line=line, column=column, text=repr(clean(word[0], 40))))
    return found


def _r_options(text: str) -> tuple[str, dict[str, str]]:
    """The text without what R's matrix() says of the shape, which is kept."""
    if not _R_MATRIX.search(text):
        return text, {}
    options = {found[1].lstrip(".").lower(): found[2] for found in _R_OPTION.finditer(text)}
    return _R_OPTION.sub(lambda found: " " * len(found[0]), text), options | {"r": "1"}


# The numbers of one part.


class _Item(NamedTuple):
    """A token, or what stands between brackets with the tokens in it."""

    kind: str
    at: int
    text: str = ""
    items: tuple[_Item, ...] = ()


class _Block:
    """The numbers of a part of a text."""

    def __init__(self, text: str, part: Part, options: dict[str, str]) -> None:
        self._text, self._options = text, options
        body = text[part.start : part.end]
        scale = _SCALE.search(body)
        self._scale = float(scale[1]) if scale else 1.0
        if scale:
            body = body[: scale.start()] + " " * len(scale[0]) + body[scale.end() :]
        self._body, self._start = body, part.start

    def read(self) -> Typed:
        """The array. Raises TypedError."""
        items = self._tree()
        lists = [one for one in items if one.kind == "list"]
        if not lists:
            return self._loose(items)
        outside = next((one for one in items if one.kind in ("number", "other")), None)
        if outside is not None:
            raise self._wrong("typed.outside", outside)
        return self._of_lists(lists)

    def _wrong(self, key: str, at: _Item, **values: object) -> TypedError:
        line, column = place(self._text, at.at)
        shown = repr(clean(at.text, 40))
        return TypedError(say(key, line=line, column=column, text=shown, **values))

    def _tree(self) -> list[_Item]:
        """The tokens, those in brackets within each other."""
        stack: list[tuple[_Item, list[_Item]]] = [(_Item("", self._start), [])]
        for found in _TOKEN.finditer(self._body):
            kind, at = found.lastgroup or "", self._start + found.start()
            item = _Item(kind, at, found[0])
            if kind == "open":
                if len(stack) > _DEEPEST:
                    raise self._wrong("typed.deep", item)
                stack.append((item, []))
            elif kind == "close":
                opened, inner = stack.pop()
                if not stack or _CLOSES[opened.text] != found[0]:
                    raise self._wrong("typed.brackets", item)
                stack[-1][1].append(_Item("list", opened.at, opened.text, tuple(inner)))
            elif kind != "space":
                stack[-1][1].append(item)
        if len(stack) > 1:
            raise self._wrong("typed.open", stack[-1][0])
        return stack[0][1]

    # Without brackets.

    def _loose(self, items: Sequence[_Item]) -> Typed:
        self._decimal_commas(items)
        columns: list[list[list[_Item]]] = [[[]]]
        semicolons = self._between_columns(items)
        for one in items:
            if one.kind == "join":
                columns.append([[]])
            elif one.kind == "line" or (one.kind == "semi" and not semicolons):
                columns[-1].append([])
            else:
                columns[-1][-1].append(one)
        tables = [_without_titles([row for row in block if row]) for block in columns]
        blocks = [[self._entries(row) for row in block] for block in tables]
        blocks = [[row for row in block if row] for block in blocks]
        blocks = [block for block in blocks if block]
        if not blocks:
            raise TypedError(say("typed.nothing"))
        if len({len(block) for block in blocks}) > 1:
            raise TypedError(say("typed.blocks"))
        rows = [[one for part in parts for one in part] for parts in zip(*blocks, strict=True)]
        rows = _without_labels(rows)
        self._even(rows)
        size = len(rows[0])
        several = len(rows) > 1 or len(blocks) > 1
        shape = (len(rows), size) if several else (size,) if size > 1 else ()
        return assembled(rows, shape, False, self._scale)

    def _between_columns(self, items: Sequence[_Item]) -> bool:
        """Whether semicolons stand between the numbers of a row, as where a comma is the decimal sign."""
        lines: list[list[str]] = [[]]
        for one in items:
            if one.kind in ("line", "join"):
                lines.append([])
            else:
                lines[-1].append(one.kind)
        lines = [line for line in lines if line]
        alternating = all(
            all(kind == ("number", "semi")[k % 2] for k, kind in enumerate(line)) and len(line) % 2 for line in lines
        )
        return len(lines) > 1 and alternating and any(len(line) > 1 for line in lines)

    def _decimal_commas(self, items: Sequence[_Item]) -> None:
        """Refuse a comma that may be a decimal sign: `0,5` is not 0 and 5."""
        if "," not in self._body or "." in self._body:
            return
        for found in re.finditer(r"[^\s;]+", self._body):
            doubtful = found[0].rstrip(",")
            if _DECIMAL_COMMA.fullmatch(doubtful):
                shown = clean(doubtful, 40)
                one, two = shown.replace(",", "."), shown.replace(",", ", ")
                raise TypedError(say("typed.comma", text=shown, one=one, two=two))

    def _entries(self, row: Sequence[_Item]) -> list[Entry]:
        """The numbers of a row, with commas between them or without."""
        found: list[Entry] = []
        expected = True  # a comma would stand where a number is missing
        commas = any(one.kind == "comma" for one in row)
        for one in row:
            if one.kind == "comma":
                if expected:
                    raise self._wrong("typed.missing", one)
                expected = True
            elif one.kind == "number":
                read = entry(one.text)
                if read is None or (commas and not expected):
                    raise self._wrong("typed.no-number", one)
                found.append(read)
                expected = False
            elif one.kind == "list":
                raise self._wrong("typed.mixed", one)
            elif one.kind not in ("line", "semi", "join"):
                raise self._wrong("typed.no-number", one)
        return found

    def _even(self, rows: Sequence[Sequence[Entry]]) -> None:
        for number, row in enumerate(rows, 1):
            if len(row) != len(rows[0]):
                raise TypedError(say("typed.ragged", row=number, count=len(row), first=len(rows[0])))

    # With brackets.

    def _of_lists(self, lists: Sequence[_Item]) -> Typed:
        printed = "," not in self._body or bool(re.search(r"[a-zA-Z(]", self._text[: self._start + 1]))
        if len(lists) > 1:
            rows = [row for one in lists for row in self._flat_rows(one)]
            self._even(rows)
            return assembled(rows, (len(rows), len(rows[0])), printed, self._scale)
        whole = lists[0]
        while len(inner := [one for one in whole.items if one.kind not in ("line", "comma", "semi")]) == 1:
            if inner[0].kind == "list" and whole.text == "(":
                whole = inner[0]
            elif inner[0].kind == "number" and whole.text == "(":
                return assembled([self._entries(whole.items)], (), True, self._scale)
            else:
                break
        printed = printed or lists[0].text == "("
        nested = any(one.kind == "list" for one in whole.items)
        if not nested:
            return self._flat(whole, printed)
        rows = []
        for one in whole.items:
            if one.kind == "list":
                rows += self._flat_rows(one)
            elif one.kind in ("number", "other"):
                raise self._wrong("typed.mixed" if one.kind == "number" else "typed.no-number", one)
        self._even(rows)
        if not rows[0]:
            raise TypedError(say("typed.nothing"))
        single = len(rows[0]) == 1 and all(
            inner.items and inner.text == "(" for inner in whole.items if inner.kind == "list"
        )
        shape = (len(rows),) if single else (len(rows), len(rows[0]))
        if single:
            rows = [[row[0] for row in rows]]
        return assembled(rows, shape, printed, self._scale)

    def _flat_rows(self, one: _Item) -> list[list[Entry]]:
        """The rows of one pair of brackets: one, or several where semicolons part them."""
        while one.text == "(" and len(one.items) == 1 and one.items[0].kind == "list":
            one = one.items[0]
        inner = next((item for item in one.items if item.kind == "list"), None)
        if inner is not None:
            raise self._wrong("typed.mixed" if any(i.kind == "number" for i in one.items) else "typed.deep", inner)
        rows: list[list[_Item]] = [[]]
        lines_are_rows = self._are_rows(one)
        for item in one.items:
            if item.kind == "semi" or (lines_are_rows and item.kind == "line"):
                rows.append([])
            elif item.kind not in ("line", "join"):
                rows[-1].append(item)
        if len(rows) > 1 and (lines_are_rows or not rows[-1]):
            rows = [row for row in rows if row] if lines_are_rows else rows[:-1]
        return [self._entries(row) for row in rows]

    def _are_rows(self, one: _Item) -> bool:
        """Whether the lines in brackets are rows, as MATLAB takes them: as many numbers in each, and not what NumPy
        makes of a long vector, which begins beside the bracket and goes on where the line is full.
        """
        lines: list[list[_Item]] = [[]]
        for item in one.items:
            if item.kind == "line":
                lines.append([])
            elif item.kind in ("number", "comma"):
                lines[-1].append(item)
            else:
                return False
        lines = [line for line in lines if line]
        apart = bool(one.items) and one.items[0].kind == "line"
        if len(lines) < 2 or len({len(line) for line in lines}) > 1 or lines[0][-1].kind == "comma":
            return False
        if apart:
            return True
        if len(lines[0]) < 2 or any(item.kind == "comma" for item in lines[0]):
            return False
        last = lines[0][-1]
        return last.at + len(last.text) - one.at + len(lines[1][0].text) < _FULL

    def _flat(self, whole: _Item, printed: bool) -> Typed:
        """A list of numbers, or rows of them between semicolons."""
        rows = self._flat_rows(whole)
        self._even(rows)
        if not rows[0]:
            raise TypedError(say("typed.nothing"))
        if len(rows) == 1 and self._options.get("r"):
            return self._r_matrix(rows[0], printed)
        shape = (len(rows), len(rows[0])) if len(rows) > 1 else (len(rows[0]),)
        return assembled(rows, shape, printed, self._scale)

    def _r_matrix(self, numbers: Sequence[Entry], printed: bool) -> Typed:
        """R's matrix(c(...), nrow=, ncol=, byrow=): column after column unless it says otherwise."""
        sizes = [int(one) for one in re.findall(r"\d+", self._options.get("dim", ""))]
        rows, columns = (int(self._options.get(key, "0").rstrip("L") or 0) for key in ("nrow", "ncol"))
        if len(sizes) == 2 or ":" in self._options.get("dim", ""):
            rows, columns = sizes
        count = len(numbers)
        rows = rows or (count // columns if columns else count)
        columns = columns or count // max(1, rows)
        if rows * columns != count or not count:
            raise TypedError(say("typed.r-shape", count=count, rows=rows, columns=columns))
        if self._options.get("byrow", "").upper() in ("TRUE", "T"):
            table = [list(numbers[k * columns : (k + 1) * columns]) for k in range(rows)]
        else:
            table = [list(numbers[k::rows]) for k in range(rows)]
        return assembled(table, (rows, columns), printed, self._scale)


def _without_titles(rows: list[list[_Item]]) -> list[list[_Item]]:
    """A table without a line of words above its columns; where the first cell of that is empty, without the first cell
    of each line as well.
    """
    if len(rows) < 2:
        return rows
    between = ("comma", "semi")
    head, body = rows[0], rows[1:]
    if head[0].kind in between or head[0].text in ('""', "''"):
        labelled = all(len(row) > 2 and row[0].kind not in between and row[1].kind in between for row in body)
        return [row[2:] for row in body] if labelled else rows
    cells = [one for one in head if one.kind not in between]
    titled = len(cells) > 1 and all(one.kind == "other" for one in cells)
    full = all([one.kind for one in row if one.kind not in between] == ["number"] * len(cells) for row in body)
    return body if titled and full else rows


def _without_labels(rows: list[list[Entry]]) -> list[list[Entry]]:
    """A table as pandas prints or writes it, without its numbers of columns and rows, which count from 0."""
    if len(rows) < 2 or not rows[0]:
        return rows
    counted = [one.number for one in rows[0]] == list(range(len(rows[0])))
    if counted and len(rows[0]) > 1 and len(rows[1]) == len(rows[0]):
        whole = all(one.decimals is None and not one.exact and not one.fraction for one in rows[0])
        others = [one for row in rows[1:] for one in row]
        broken = all(one.decimals is not None or one.exact or not math.isfinite(one.number) for one in others)
        return rows[1:] if whole and broken else rows
    if len(rows[1]) != len(rows[0]) + 1:
        return rows
    labelled = all(len(row) == len(rows[1]) and row[0].number == k for k, row in enumerate(rows[1:]))
    return [row[1:] for row in rows[1:]] if counted and labelled and math.isfinite(rows[1][0].number) else rows
