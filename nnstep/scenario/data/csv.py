"""Columns of numbers out of a CSV file, read strictly: a cell that is not a number is an error, never a silent NaN."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass

import numpy as np

from nnstep.catalogue import say, say_reason
from nnstep.errors import NnstepError
from nnstep.nearest import nearest
from nnstep.ops import Array
from nnstep.scenario.data.array_files import DataFileError
from nnstep.scenario.toml.arrays import frozen
from nnstep.scenario.toml.document import decode
from nnstep.text import clean

_DELIMITERS = (",", ";", "\t")
_BYTES = 16 << 20  # of a file; larger sets belong in .npy files
_CELLS = 1_000_000  # of a file
_MOST = 10  # wrong cells listed of one column
_LINE = re.compile(r"[^\r\n]+")
_TRUTH = {"false": 0.0, "true": 1.0}  # in any letters: pandas writes True, R writes TRUE
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Table:
    """A header and rows of cells, each row with its line in the file; every row is as long as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def index(self, name: str) -> int:
        """The place of a column. Raises DataFileError, with the nearest name."""
        if name not in self.header:
            hint = nearest(name[:80], self.header)
            there = ", ".join(clean(one, 40) for one in self.header[:20])
            raise DataFileError(say("csv.no-column", name=clean(name, 40)), hint or say("csv.columns", names=there))
        return self.header.index(name)


def read_table(content: bytes) -> Table:
    """Read a CSV file: UTF-8, a header, cells between commas, semicolons or tabs. Raises DataFileError."""
    if len(content) > _BYTES:
        raise DataFileError(say("csv.large", size=len(content), most=_BYTES), say("csv.large.hint"))
    try:
        text = decode(content, None)
    except NnstepError as error:
        problem = error.problems[0]
        raise DataFileError(say("csv.line", line=problem.line, reason=problem.message)) from None
    first = next((line[0] for line in _LINE.finditer(text) if line[0].strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    if text.count(delimiter) > _CELLS:
        raise _too_many()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    rows, lines = list[tuple[str, ...]](), list[int]()
    start, cells = 1, 0
    try:
        for row in reader:
            cells += len(row)
            if cells > _CELLS:
                raise _too_many()
            stripped = tuple(map(str.strip, row))
            if len(row) > 1 or any(stripped):
                rows.append(stripped)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataFileError(say("csv.not", line=reader.line_num, reason=say_reason(error))) from None
    if len(rows) < 2:
        raise DataFileError(say("csv.empty"))
    header = rows[0]
    _check_header(header)
    for cells_of_row, line in zip(rows[1:], lines[1:], strict=True):
        if len(cells_of_row) != len(header):
            raise DataFileError(say("csv.uneven", line=line, count=len(cells_of_row), wanted=len(header)))
    return Table(header, tuple(rows[1:]), tuple(lines[1:]))


def _too_many() -> DataFileError:
    return DataFileError(say("csv.cells", most=f"{_CELLS:,}"), say("csv.large.hint"))


def _check_header(header: tuple[str, ...]) -> None:
    if all(_NUMBER.fullmatch(cell) for cell in header):
        raise DataFileError(say("csv.no-header"))
    seen = set[str]()
    for name in header:
        if name in seen:
            raise DataFileError(say("csv.twice", name=clean(name, 40)))
        seen.add(name)


def column(table: Table, name: str) -> Array:
    """A column of numbers, (n,). Raises DataFileError naming line and column of the cells that are none."""
    index = table.index(name)
    numbers = [_number(row[index]) for row in table.rows]
    wrong = [position for position, number in enumerate(numbers) if number is None]
    if not wrong:
        return frozen(np.array(numbers))
    cells = [(table.lines[at], table.rows[at][index]) for at in wrong]
    said = "; ".join(
        say("csv.cell" if cell else "csv.cell.empty", line=line, text=clean(cell, 30)) for line, cell in cells[:_MOST]
    )
    key = "csv.cells-wrong.more" if len(wrong) > _MOST else "csv.cells-wrong"
    raise DataFileError(
        say(key, name=clean(name, 40), cells=said, more=len(wrong) - _MOST),
        say("csv.point") if any("," in cell for _, cell in cells) else None,
    )


def _number(cell: str) -> float | None:
    """A finite number; true and false are 1 and 0."""
    if cell.lower() in _TRUTH:
        return _TRUTH[cell.lower()]
    if not _NUMBER.fullmatch(cell) or len(cell) > 400:
        return None
    number = float(cell)
    return number if math.isfinite(number) else None


def classes(table: Table, name: str) -> tuple[Array, tuple[str, ...]]:
    """A column of classes: class numbers (n,), and the names in order where the column has names (0 is the first one).

    A column in which any cell is a number has to be numbers all through; false and true are the classes 0 and 1.
    Raises DataFileError.
    """
    index = table.index(name)
    cells = [row[index] for row in table.rows]
    if all(cell.lower() in _TRUTH for cell in cells):
        written = {cell.lower(): cell for cell in cells}
        return column(table, name), (written.get("false", "false"), written.get("true", "true"))
    if any(not cell for cell in cells) or any(_number(cell) is not None for cell in cells):
        return column(table, name), ()
    names = tuple(sorted(set(cells)))
    numbers = {label: float(number) for number, label in enumerate(names)}
    return frozen(np.array([numbers[cell] for cell in cells])), names
