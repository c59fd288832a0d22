"""Which cells of a matrix are lit: single cells, or whole spans of rows and columns. Asked for what is seen only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

MatrixCell = tuple[int, int]


class Lit(NamedTuple):
    """The cells in `cells`, and those in a row of `rows` and a column of `columns`."""

    cells: frozenset[MatrixCell] = frozenset()
    rows: range = range(0)
    columns: range = range(0)

    @classmethod
    def of(cls, cells: Iterable[MatrixCell]) -> Lit:
        """Single cells."""
        found = frozenset(cells)
        return cls(found) if found else DARK

    def in_row(self, row: int) -> bool:
        """Whether a cell of this row may be lit."""
        return row in self.rows or any(cell[0] == row for cell in self.cells)

    def has(self, row: int, column: int) -> bool:
        """Whether this cell is lit."""
        return (row in self.rows and column in self.columns) or (row, column) in self.cells

    def first(self) -> MatrixCell | None:
        """The uppermost lit cell, the leftmost of those."""
        spans = [(self.rows[0], self.columns[0])] if self.rows and self.columns else []
        return min([*self.cells, *spans], default=None)


DARK = Lit()
