"""Columns of numbers out of a CSV file, read strictly: a cell that is not a number is an error, never a silent NaN."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass

import numpy as np

from nnstep.errors import NnstepError, nearest
from nnstep.scenario.data.array_files import DataFileError
from nnstep.scenario.model import Array
from nnstep.scenario.toml.arrays import frozen
from nnstep.scenario.toml.document import decode
from nnstep.text import clean

__all__ = ["Table", "classes", "column", "read_table"]

_DELIMITERS = (",", ";", "\t")
_BYTES = 16 << 20  # of a file; larger sets belong in .npy files
_CELLS = 1_000_000  # of a file
_MOST = 10  # wrong cells listed of one column
_LARGE = "put large data into an .npy file"
_LINE = re.compile(r"[^\r\n]+")
_TRUTH = {"false": 0.0, "true": 1.0}  # in any letters: pandas writes True, R writes TRUE
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Table:
    """A header and rows of cells, each row with its line in the file; every row is as long as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    delimiter: str

    def index(self, name: str) -> int:
        """The place of a column. Raises DataFileError, with the nearest name."""
        if name not in self.header:
            hint = nearest(name[:80], self.header)
            there = ", ".join(clean(one, 40) for one in self.header[:20])
            raise DataFileError(f"no column '{clean(name, 40)}'", hint or f"the columns are {there}")
        return self.header.index(name)


def read_table(content: bytes) -> Table:
    """Read a CSV file: UTF-8, a header, cells between commas, semicolons or tabs. Raises DataFileError."""
    if len(content) > _BYTES:
        raise DataFileError(f"a table of {len(content)} bytes; at most {_BYTES} are read", _LARGE)
    try:
        text = decode(content, None)
    except NnstepError as error:
        problem = error.problems[0]
        raise DataFileError(f"line {problem.line}: {problem.message}") from None
    first = next((line[0] for line in _LINE.finditer(text) if line[0].strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    if text.count(delimiter) > _CELLS:
        raise DataFileError(f"more than {_CELLS:,} cells", _LARGE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    rows, lines = list[tuple[str, ...]](), list[int]()
    start, cells = 1, 0
    try:
        for row in reader:
            cells += len(row)
            if cells > _CELLS:
                raise DataFileError(f"more than {_CELLS:,} cells", _LARGE)
            stripped = tuple(map(str.strip, row))
            if len(row) > 1 or any(stripped):
                rows.append(stripped)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataFileError(f"line {reader.line_num}: not CSV: {error}") from None
    if len(rows) < 2:
        raise DataFileError("no rows; expected a header and at least one row")
    header = rows[0]
    _check_header(header)
    for cells_of_row, line in zip(rows[1:], lines[1:], strict=True):
        if len(cells_of_row) != len(header):
            raise DataFileError(f"line {line}: {len(cells_of_row)} cells, expected {len(header)} as in the header")
    return Table(header, tuple(rows[1:]), tuple(lines[1:]), delimiter)


def _check_header(header: tuple[str, ...]) -> None:
    if all(_NUMBER.fullmatch(cell) for cell in header):
        raise DataFileError("line 1: found numbers, expected a header with the names of the columns")
    seen = set[str]()
    for name in header:
        if name in seen:
            raise DataFileError(f"line 1: two columns are called '{clean(name, 40)}'")
        seen.add(name)


def column(table: Table, name: str) -> Array:
    """A column of numbers, (n,). Raises DataFileError naming line and column of the cells that are none."""
    index = table.index(name)
    numbers = [_number(row[index]) for row in table.rows]
    wrong = [position for position, number in enumerate(numbers) if number is None]
    if not wrong:
        return frozen(np.array(numbers))
    said = [f"line {table.lines[at]}: {_described(table.rows[at][index])}" for at in wrong[:_MOST]]
    more = f", and {len(wrong) - _MOST} more" if len(wrong) > _MOST else ""
    raise DataFileError(
        f"column '{clean(name, 40)}', {'; '.join(said)}{more}; expected a number",
        "write 0.5 with a point" if any("," in table.rows[at][index] for at in wrong) else None,
    )


def _number(cell: str) -> float | None:
    """A finite number; true and false are 1 and 0."""
    if cell.lower() in _TRUTH:
        return _TRUTH[cell.lower()]
    if not _NUMBER.fullmatch(cell) or len(cell) > 400:
        return None
    number = float(cell)
    return number if math.isfinite(number) else None


def _described(cell: str) -> str:
    return f"found '{clean(cell, 30)}'" if cell else "the cell is empty"


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
