"""A value as a bracketed matrix of numbers, tinted by sign and size. Only the window that is asked for is formatted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from nnstep.ops import Array, Index, Shape
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.highlight import DARK, Lit, MatrixCell
from nnstep.view.text.numbers import DIGITS, NumberFormat, choose_format, largest_size, shape_text

_GAP = 1  # columns between numbers
_TINTS = 5
_ABOVE = (*(f"pos{level}" for level in range(1, _TINTS + 1)), f"pos{_TINTS}")  # the largest number is in the last tint
_BELOW = (*(f"neg{level}" for level in range(1, _TINTS + 1)), f"neg{_TINTS}")
_UNKNOWN = 6  # columns of a number that is not computed, near what it will take, so that little moves when it comes
LARGE = 16_384  # entries; of more, a sample decides on the format and the tint's scale
_SAMPLE = 64  # rows and columns of the sample


class MatrixSource(Protocol):
    """A matrix that parts can be taken of: an array, or something that computes the part that is asked for."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def size(self) -> int: ...
    def __getitem__(self, key: Any, /) -> Array: ...


def cell_of(index: Index) -> MatrixCell:
    """The (row, column) in the picture of a value of one of its entries: a vector is one row."""
    return (index[0], index[1]) if len(index) == 2 else (0, index[0]) if index else (0, 0)


def format_of(array: Array, digits: int = DIGITS) -> NumberFormat:
    """How the numbers of a value are written, wherever they stand."""
    return _format_of(array if array.ndim == 2 else array.reshape(1, -1), digits)


def _format_of(matrix: MatrixSource, digits: int) -> NumberFormat:
    return choose_format(_sample(matrix), digits, whole=matrix.size <= LARGE)


class Window(NamedTuple):
    """The rows and columns of a matrix that are shown."""

    rows: range
    columns: range


class MatrixView:
    """The picture of one value: a scalar is 1×1, a vector one row. `array` is None while it is not computed.

    Rows without a cursor or lit cells are formatted once and kept.
    """

    def __init__(
        self, name: str, label: str, role: str, shape: Shape, array: MatrixSource | None, digits: int = DIGITS
    ) -> None:
        self.name = name
        self.shape = shape
        self.rows, self.columns = (1, 1, *shape)[-2:] if len(shape) < 2 else (shape[0], shape[1])
        self.array = array.reshape(self.rows, self.columns) if isinstance(array, np.ndarray) else array
        self.format = NumberFormat(0, False, _UNKNOWN)
        self._scale = 0.0
        if self.array is not None and self.array.size:
            self.format = _format_of(self.array, digits)
            self._scale = _scale_of(_sample(self.array))
        written = shape_text(shape)
        self.heading: Line = (Piece(label, role), Piece(f" {written}" if written else "", "shape"))
        self.pitch = self.format.width + _GAP  # columns from one number to the next
        self._kept: dict[tuple[int, range, str], Line] = {}
        self._written: dict[int, tuple[range, list[str], list[str]]] = {}  # by row: columns, their numbers, tints

    @property
    def scalar(self) -> bool:
        """Whether it is a single number without brackets."""
        return self.shape == ()

    def index_of(self, cell: MatrixCell) -> Index:
        """The entry of the value behind a (row, column) of the picture."""
        return cell if len(self.shape) == 2 else cell[1:] if self.shape else ()

    def window(self, width: int, height: int, at: MatrixCell | None = None) -> Window:
        """What fits into `width` columns and `height` lines of numbers, turned to the page that has the cell `at`."""
        columns = max(1, min(self.columns, (width - 3) // self.pitch))
        rows = max(1, min(self.rows, height))
        row, column = at or (0, 0)
        first_row = min(row // rows * rows, self.rows - rows)
        first_column = min(column // columns * columns, self.columns - columns)
        return Window(range(first_row, first_row + rows), range(first_column, first_column + columns))

    def width(self, window: Window) -> int:
        """Columns that the rows of a window take, brackets included."""
        return len(window.columns) * self.pitch + 3

    def row(self, row: int, window: Window, extra: str = "", cursor: MatrixCell | None = None, lit: Lit = DARK) -> Line:
        """One row of a window as pieces: bracket, numbers, bracket. `extra` is a role added to every number."""
        marked = (cursor is not None and cursor[0] == row) or (lit is not DARK and lit.in_row(row))
        key = (row, window.columns, extra)
        numbers = None if marked else self._kept.get(key)
        if numbers is None:
            opening, closing = _brackets(row, self.rows, window.rows)
            numbers = (opening, *self._numbers(row, window.columns, extra, cursor, lit), closing)
            if not marked:
                self._kept[key] = numbers
        else:  # the brackets depend on where the window is, and was
            opening, closing = _brackets(row, self.rows, window.rows)
            if numbers[0] is not opening:
                numbers = (opening, *numbers[1:-1], closing)
        return numbers

    def _numbers(self, row: int, columns: range, extra: str, cursor: MatrixCell | None, lit: Lit) -> list[Piece]:
        """The numbers of a row; neighbours that look alike are one piece."""
        texts, roles = self._entries(row, columns)
        if extra:
            roles = [f"{role} {extra}" for role in roles]
        if lit is not DARK:
            roles = [
                f"{role} lit" if lit.has(row, column) else role for column, role in zip(columns, roles, strict=True)
            ]
        if cursor is not None and cursor[0] == row and cursor[1] in columns:
            roles = [*roles]
            roles[cursor[1] - columns.start] += " cursor"
        pieces: list[Piece] = []
        start, last = 0, roles[0]
        for position, role in enumerate(roles):
            if role != last:
                pieces.append(Piece("".join(texts[start:position]), last))
                start, last = position, role
        pieces.append(Piece("".join(texts[start:]), last))
        return pieces

    def _entries(self, row: int, columns: range) -> tuple[list[str], list[str]]:
        """The numbers of a row as they are written, each with the space before it, and their tints."""
        found = self._written.get(row)
        if found is None or columns.start < found[0].start or columns.stop > found[0].stop:
            if self.array is None:
                texts, roles = [" " + "·".rjust(self.format.width)] * len(columns), ["todo"] * len(columns)
            else:
                values: list[float] = self.array[row, columns.start : columns.stop].tolist()
                texts, roles = [f" {said}" for said in self.format.column(values)], self._tints(values)
            found = self._written[row] = (columns, texts, roles)
        within = slice(columns.start - found[0].start, columns.stop - found[0].start)
        return found[1][within], found[2][within]

    def _tints(self, values: Sequence[float]) -> list[str]:
        """By sign and size, on a scale of square roots up to the largest number that sets the format."""
        found: list[str] = []
        scale = self._scale
        for value in values:
            if value == 0.0:
                found.append("zero")
            elif not math.isfinite(value):
                found.append("error")
            else:
                level = int(_TINTS * math.sqrt(min(1.0, abs(value) / scale))) if scale else 0
                found.append(_ABOVE[level] if value > 0 else _BELOW[level])
        return found


def _sample(array: MatrixSource) -> Array:
    """All of a matrix, or of a large one some rows and columns spread over it."""
    if array.size <= LARGE:
        return array[:, :]
    rows, columns = (max(1, size // _SAMPLE) for size in array.shape)
    return array[::rows, ::columns]


def _scale_of(array: Array) -> float:
    """The size that has the strongest colour: what is far out of the others' scale does not fade them."""
    sizes = np.abs(array[np.isfinite(array)])
    sizes = sizes[sizes > 0]
    return largest_size(sizes) if sizes.size else 1.0


def _pair(opening: str, closing: str) -> tuple[Piece, Piece]:
    return Piece(opening, "bracket"), Piece(closing, "bracket")


_SINGLE, _CUT = _pair("[", " ]"), _pair("┊", " ┊")
_FIRST, _MIDDLE, _LAST = _pair("⎡", " ⎤"), _pair("⎢", " ⎥"), _pair("⎣", " ⎦")


def _brackets(row: int, rows: int, shown: range) -> tuple[Piece, Piece]:
    """The brackets beside a row; where a window leaves rows out, dots say so."""
    if rows == 1:
        return _SINGLE
    first, last = row == shown.start, row == shown.stop - 1
    if (first and row > 0) or (last and row < rows - 1):
        return _CUT
    return _FIRST if first else _LAST if last else _MIDDLE
