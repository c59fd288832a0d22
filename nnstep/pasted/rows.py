"""Rows of numbers without brackets: typed by hand, or as a table of R, MATLAB, pandas or CSV."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nnstep.catalogue import say
from nnstep.pasted.entries import assembled
from nnstep.pasted.model import NotNumbersError, PastedNumber, PastedNumbers
from nnstep.pasted.tokens import Item, NumberText, check_even, entries_of
from nnstep.text import clean

_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:e[-+]?\d+)?", re.IGNORECASE)


def read_rows(block: NumberText, items: Sequence[Item]) -> PastedNumbers:
    """The array of a block without brackets. Raises NotNumbersError."""
    _decimal_commas(block)
    columns: list[list[list[Item]]] = [[[]]]
    semicolons = _between_columns(items)
    for one in items:
        if one.kind == "join":
            columns.append([[]])
        elif one.kind == "line" or (one.kind == "semi" and not semicolons):
            columns[-1].append([])
        else:
            columns[-1][-1].append(one)
    tables = [_without_titles([row for row in table if row]) for table in columns]
    numbers = [[entries_of(block, row) for row in table] for table in tables]
    beside = [rows for table in numbers if (rows := [row for row in table if row])]
    if not beside:
        raise NotNumbersError(say("typed.nothing"))
    if len({len(rows) for rows in beside}) > 1:
        raise NotNumbersError(say("typed.blocks"))
    rows = [[one for part in parts for one in part] for parts in zip(*beside, strict=True)]
    rows = _without_labels(rows)
    check_even(rows)
    size = len(rows[0])
    several = len(rows) > 1 or len(beside) > 1
    shape = (len(rows), size) if several else (size,) if size > 1 else ()
    return assembled(rows, shape, False, block.scale)


def _between_columns(items: Sequence[Item]) -> bool:
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


def _decimal_commas(block: NumberText) -> None:
    """Refuse a comma that may be a decimal sign: `0,5` is not 0 and 5."""
    if "," not in block.body or "." in block.body:
        return
    for found in re.finditer(r"[^\s;]+", block.body):
        doubtful = found[0].rstrip(",")
        if _DECIMAL_COMMA.fullmatch(doubtful):
            shown = clean(doubtful, 40)
            one, two = shown.replace(",", "."), shown.replace(",", ", ")
            raise NotNumbersError(say("typed.comma", text=shown, one=one, two=two))


def _without_titles(rows: list[list[Item]]) -> list[list[Item]]:
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


def _without_labels(rows: list[list[PastedNumber]]) -> list[list[PastedNumber]]:
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
