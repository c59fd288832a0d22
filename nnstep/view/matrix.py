"""A value as a bracketed matrix of numbers, tinted by sign and size. Only the window that is asked for is formatted."""

from __future__ import annotations

import math
from collections.abc import Collection

from nnstep.ops import Array, Index, Shape
from nnstep.view.canvas import Piece
from nnstep.view.numbers import DIGITS, NumberFormat, choose_format, shape_text

__all__ = ["MatrixView", "Window"]

_GAP = 1  # columns between numbers
_TINTS = 5
_UNKNOWN = 6  # columns of a number that is not computed, near what it will take, so that little moves when it comes

Cell = tuple[int, int]


class Window(tuple[int, int, int, int]):
    """(first row, rows, first column, columns) of a matrix that are shown."""

    __slots__ = ()

    @property
    def rows(self) -> range:
        """Rows shown."""
        return range(self[0], self[0] + self[1])

    @property
    def columns(self) -> range:
        """Columns shown."""
        return range(self[2], self[2] + self[3])


class MatrixView:
    """The picture of one value: a scalar is 1×1, a vector one row. `array` is None while it is not computed.

    Rows without a cursor or lit cells are formatted once and kept.
    """

    def __init__(
        self, name: str, label: str, role: str, shape: Shape, array: Array | None, digits: int = DIGITS
    ) -> None:
        self.name = name
        self.label = label
        self.role = role
        self.shape = shape
        self.rows, self.columns = (1, 1, *shape)[-2:] if len(shape) < 2 else (shape[0], shape[1])
        self.array = None if array is None else array.reshape(self.rows, self.columns)
        self.format = NumberFormat(0, False, _UNKNOWN) if self.array is None else choose_format(self.array, digits)
        self._scale = 0.0
        if self.array is not None and self.array.size:
            low, high = float(self.array.min()), float(self.array.max())
            self._scale = max(abs(low), abs(high)) if math.isfinite(low) and math.isfinite(high) else 1.0
        self._kept: dict[tuple[int, int, int, str], tuple[Piece, ...]] = {}

    @property
    def scalar(self) -> bool:
        """Whether it is a single number without brackets."""
        return self.shape == ()

    @property
    def pitch(self) -> int:
        """Columns from one number to the next."""
        return self.format.width + _GAP

    @property
    def heading(self) -> tuple[Piece, ...]:
        """Name and shape."""
        shape = shape_text(self.shape)
        return (Piece(self.label, self.role), Piece(f" {shape}" if shape else "", "shape"))

    def cell_of(self, index: Index) -> Cell:
        """The (row, column) in the picture of an entry of the value."""
        return (0, *index)[-2:] if len(index) == 1 else (index[0], index[1]) if index else (0, 0)

    def index_of(self, cell: Cell) -> Index:
        """The entry of the value behind a (row, column) of the picture."""
        return cell if len(self.shape) == 2 else cell[1:] if self.shape else ()

    def window(self, width: int, height: int, at: Cell | None = None) -> Window:
        """What fits into `width` columns and `height` lines of numbers, turned to the page that has the cell `at`."""
        columns = max(1, min(self.columns, (width - 3) // self.pitch))
        rows = max(1, min(self.rows, height))
        row, column = at or (0, 0)
        first_row = min(row // rows * rows, self.rows - rows)
        first_column = min(column // columns * columns, self.columns - columns)
        return Window((first_row, rows, first_column, columns))

    def width(self, window: Window) -> int:
        """Columns that the rows of a window take, brackets included."""
        return window[3] * self.pitch + 3

    def row(
        self,
        row: int,
        window: Window,
        *,
        extra: str = "",
        cursor: Cell | None = None,
        lit: Collection[Cell] = (),
    ) -> tuple[Piece, ...]:
        """One row of a window as pieces: bracket, numbers, bracket. `extra` is a role added to every number."""
        marked = (cursor is not None and cursor[0] == row) or any(cell[0] == row for cell in lit)
        key = (row, window[2], window[3], extra)
        if not marked and key in self._kept:
            return self._kept[key]
        opening, closing = _brackets(row, self.rows, window)
        pieces = [Piece(opening, "bracket")]
        for column in window.columns:
            role = self._tint(row, column)
            if extra:
                role = f"{role} {extra}"
            if (row, column) in lit:
                role = f"{role} lit"
            if cursor == (row, column):
                role = f"{role} cursor"
            pieces.append(Piece(" " + self.text(row, column).rjust(self.format.width), role))
        made = (*pieces, Piece(" " + closing, "bracket"))
        if not marked:
            self._kept[key] = made
        return made

    def text(self, row: int, column: int) -> str:
        """One number as it is written in this matrix; a dot while it is not computed."""
        return "·" if self.array is None else self.format.text(float(self.array[row, column]))

    def _tint(self, row: int, column: int) -> str:
        if self.array is None:
            return "todo"
        value = float(self.array[row, column])
        if value == 0.0:
            return "zero"
        if not math.isfinite(value):
            return "error"
        level = 1 + min(_TINTS - 1, int(_TINTS * math.sqrt(abs(value) / self._scale))) if self._scale else 1
        return f"{'pos' if value > 0 else 'neg'}{level}"


def _brackets(row: int, rows: int, window: Window) -> tuple[str, str]:
    """The brackets beside a row; where a window leaves rows out, dots say so."""
    if rows == 1:
        return "[", "]"
    first, last = row == window.rows[0], row == window.rows[-1]
    if (first and row > 0) or (last and row < rows - 1):
        return "┊", "┊"
    return ("⎡", "⎤") if first else ("⎣", "⎦") if last else ("⎢", "⎥")
