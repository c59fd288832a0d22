"""Numbers in brackets: a list, lists in a list, or several side by side; and R's matrix()."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnstep.catalogue import say
from nnstep.pasted.entries import assembled
from nnstep.pasted.model import NotNumbersError, PastedNumber, PastedNumbers
from nnstep.pasted.tokens import Item, NumberText, check_even, entries_of

_FULL = 50  # columns of a line of numbers from which it may be full


def read_lists(block: NumberText, lists: Sequence[Item]) -> PastedNumbers:
    """The array that one or several pairs of brackets hold. Raises NotNumbersError."""
    printed = "," not in block.body or bool(re.search(r"[a-zA-Z(]", block.text[: block.start + 1]))
    if len(lists) > 1:
        rows = [row for one in lists for row in _flat_rows(block, one)]
        check_even(rows)
        return assembled(rows, (len(rows), len(rows[0])), printed, block.scale)
    whole = lists[0]
    while len(inner := [one for one in whole.items if one.kind not in ("line", "comma", "semi")]) == 1:
        if inner[0].kind == "list" and whole.text == "(":
            whole = inner[0]
        elif inner[0].kind == "number" and whole.text == "(":
            return assembled([entries_of(block, whole.items)], (), True, block.scale)
        else:
            break
    printed = printed or lists[0].text == "("
    nested = any(one.kind == "list" for one in whole.items)
    if not nested:
        return _flat(block, whole, printed)
    rows = []
    for one in whole.items:
        if one.kind == "list":
            rows += _flat_rows(block, one)
        elif one.kind in ("number", "other"):
            raise block.wrong("typed.mixed" if one.kind == "number" else "typed.no-number", one)
    check_even(rows)
    if not rows[0]:
        raise NotNumbersError(say("typed.nothing"))
    single = len(rows[0]) == 1 and all(
        inner.items and inner.text == "(" for inner in whole.items if inner.kind == "list"
    )
    shape = (len(rows),) if single else (len(rows), len(rows[0]))
    if single:
        rows = [[row[0] for row in rows]]
    return assembled(rows, shape, printed, block.scale)


def _flat_rows(block: NumberText, one: Item) -> list[list[PastedNumber]]:
    """The rows of one pair of brackets: one, or several where semicolons part them."""
    while one.text == "(" and len(one.items) == 1 and one.items[0].kind == "list":
        one = one.items[0]
    inner = next((item for item in one.items if item.kind == "list"), None)
    if inner is not None:
        raise block.wrong("typed.mixed" if any(i.kind == "number" for i in one.items) else "typed.deep", inner)
    rows: list[list[Item]] = [[]]
    lines_are_rows = _are_rows(one)
    for item in one.items:
        if item.kind == "semi" or (lines_are_rows and item.kind == "line"):
            rows.append([])
        elif item.kind not in ("line", "join"):
            rows[-1].append(item)
    if len(rows) > 1 and (lines_are_rows or not rows[-1]):
        rows = [row for row in rows if row] if lines_are_rows else rows[:-1]
    return [entries_of(block, row) for row in rows]


def _are_rows(one: Item) -> bool:
    """Whether the lines in brackets are rows, as MATLAB takes them: as many numbers in each, and not what NumPy
    makes of a long vector, which begins beside the bracket and goes on where the line is full.
    """
    lines: list[list[Item]] = [[]]
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


def _flat(block: NumberText, whole: Item, printed: bool) -> PastedNumbers:
    """A list of numbers, or rows of them between semicolons."""
    rows = _flat_rows(block, whole)
    check_even(rows)
    if not rows[0]:
        raise NotNumbersError(say("typed.nothing"))
    if len(rows) == 1 and block.options.get("r"):
        return _r_matrix(block, rows[0], printed)
    shape = (len(rows), len(rows[0])) if len(rows) > 1 else (len(rows[0]),)
    return assembled(rows, shape, printed, block.scale)


def _r_matrix(block: NumberText, numbers: Sequence[PastedNumber], printed: bool) -> PastedNumbers:
    """R's matrix(c(...), nrow=, ncol=, byrow=): column after column unless it says otherwise."""
    sizes = [int(one) for one in re.findall(r"\d+", block.options.get("dim", ""))]
    rows, columns = (int(block.options.get(key, "0").rstrip("L") or 0) for key in ("nrow", "ncol"))
    if len(sizes) == 2 or ":" in block.options.get("dim", ""):
        rows, columns = sizes
    count = len(numbers)
    rows = rows or (count // columns if columns else count)
    columns = columns or count // max(1, rows)
    if rows * columns != count or not count:
        raise NotNumbersError(say("typed.r-shape", count=count, rows=rows, columns=columns))
    if block.options.get("byrow", "").upper() in ("TRUE", "T"):
        table = [list(numbers[k * columns : (k + 1) * columns]) for k in range(rows)]
    else:
        table = [list(numbers[k::rows]) for k in range(rows)]
    return assembled(table, (rows, columns), printed, block.scale)
