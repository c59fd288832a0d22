"""The three panels of values: parameters, activations, gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.view.text.blocks import Block, beside, blank, block_rows, line_width, paint, stack, wrap
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target
from nnstep.view.text.highlight import DARK, Lit, MatrixCell
from nnstep.view.text.matrix import MatrixView, Window


class ShownMatrix(NamedTuple):
    """A matrix as it is shown now: which cell is chosen, which ones made it, and whether this step assigned it."""

    matrix: MatrixView
    cursor: MatrixCell | None = None
    lit: Lit = DARK
    changed: bool = False


def matrix_block(shown: ShownMatrix, width: int, height: int) -> Block:
    """A matrix with its name above, in at most `width` × `height`; a click chooses a cell."""
    matrix = shown.matrix
    window = matrix.window(width, max(1, height - 1), shown.cursor or shown.lit.first())
    extra = "changed" if shown.changed else ""
    title = _title(shown, window)
    if matrix.scalar:
        return _scalar_block(shown, title, window, extra)

    def line(y: int) -> Line:
        return matrix.row(window.rows[y - 1], window, extra, shown.cursor, shown.lit) if y else title

    def target(x: int, y: int) -> Target | None:
        column = (x - 1) // matrix.pitch
        if y == 0:
            return Target("cell.choose", (matrix.name, window.rows[0], window.columns[0]))
        if not 0 <= column < len(window.columns):
            return None
        return Target("cell.choose", (matrix.name, window.rows[y - 1], window.columns[column]))

    numbers, tall = matrix.width(window), len(window.rows) + 1
    size = max(numbers, line_width(title))
    return Block(size, tall, line, (ClickArea(0, 0, size, tall, target),), even=numbers)


def _title(shown: ShownMatrix, window: Window) -> Line:
    matrix = shown.matrix
    if not shown.changed and len(window.rows) == matrix.rows and len(window.columns) == matrix.columns:
        return matrix.heading
    mark = (Piece("▸", "now"),) if shown.changed else ()
    spans: list[Piece] = []
    if len(window.rows) < matrix.rows:
        spans.append(Piece(" " + say("words.rows", span=_span(window.rows)), "dim"))
    if len(window.columns) < matrix.columns:
        spans.append(Piece(" " + say("words.columns", span=_span(window.columns)), "dim"))
    return (*mark, *matrix.heading, *spans)


def _span(shown: range) -> str:
    return f"{shown[0]}–{shown[-1]}" if len(shown) > 1 else str(shown[0])


def _scalar_block(shown: ShownMatrix, title: Line, window: Window, extra: str) -> Block:
    """A single number, on one line after its name."""
    number = shown.matrix.row(0, window, extra, shown.cursor, shown.lit)[1:-1]
    line = (*title, Piece(" =", "dim"), *number)
    width = line_width(line)
    return Block(
        width, 1, [line].__getitem__, (ClickArea(0, 0, width, 1, Target("cell.choose", (shown.matrix.name, 0, 0))),)
    )


@dataclass(frozen=True, eq=False)
class ValuesPanel:
    """A panel of matrices that flow from left to right. What this step assigned, or the chosen cell, is in sight."""

    key: str
    title: Line
    shown: Sequence[ShownMatrix]
    empty: str

    def looks_like(self, other: ValuesPanel) -> bool:
        """Whether the two show the same, so that one need not be painted where the other is."""
        return len(self.shown) == len(other.shown) and all(
            mine.matrix is its.matrix and mine[1:] == its[1:] for mine, its in zip(self.shown, other.shown, strict=True)
        )

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        if not self.shown:
            return paint(wrap(self.empty, width, "dim"), width, height, top)
        rows = block_rows([matrix_block(item, width, height) for item in self.shown], width)
        heights = [max(block.height for block in row) for row in rows]
        gap = 1 if sum(heights) + len(rows) - 1 <= height else 0
        parts: list[Block] = []
        starts: list[int] = []
        line = 0
        for row, tall in zip(rows, heights, strict=True):
            if parts and gap and tall > 1:
                parts.append(blank())
                line += 1
            starts.append(line)
            parts.append(beside(row, 2))
            line += tall
        if top is None:
            bottom = self._bottom(rows, starts, heights)
            top = next((start for start in starts if bottom - start <= height), starts[-1])
            missing = top + height - line
            if top and missing > 0:  # or the window would start in the middle of a matrix
                parts.append(blank(missing))
        return paint(stack(parts), width, height, top)

    def _bottom(self, rows: list[list[Block]], starts: list[int], heights: list[int]) -> int:
        """The line under the row of matrices that has what matters: the cursor, what was assigned now, what is lit."""
        marks = [(item.cursor is not None, item.changed, item.lit is not DARK) for item in self.shown]
        wanted = marks.index(max(marks)) if any(map(any, marks)) else 0
        for row, start, tall in zip(rows, starts, heights, strict=True):
            if wanted < len(row):
                return start + tall
            wanted -= len(row)
        return 0
