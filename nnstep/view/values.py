"""The three panels of values: parameters, activations, gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnstep.view.blocks import Block, Lines, flow, line_width, paint, rows_of, wrap
from nnstep.view.canvas import Canvas, Hit, Line, Piece, Target
from nnstep.view.matrix import Cell, MatrixView, Window

__all__ = ["Shown", "ValuesPanel", "matrix_block"]


@dataclass(frozen=True, eq=False)
class Shown:
    """A matrix as it is shown now: which cell is chosen, which ones made it, and whether this step assigned it."""

    matrix: MatrixView
    cursor: Cell | None = None
    lit: frozenset[Cell] = frozenset()
    changed: bool = False


def matrix_block(shown: Shown, width: int, height: int, heading: bool = True) -> Block:
    """A matrix with its name above, in at most `width` × `height`; a click chooses a cell."""
    matrix = shown.matrix
    at = shown.cursor or (min(shown.lit) if shown.lit else None)
    window = matrix.window(width, max(1, height - heading), at)
    extra = "changed" if shown.changed else ""
    title = _title(shown, window) if heading else ()
    if matrix.scalar and heading:
        return _scalar_block(shown, title)

    def line(y: int) -> Line:
        if heading and y == 0:
            return title
        row = window.rows[y - heading]
        return matrix.row(row, window, extra=extra, cursor=shown.cursor, lit=shown.lit)

    def target(x: int, y: int) -> Target | None:
        column = (x - 1) // matrix.pitch
        row = y - heading
        if row < 0:
            return Target("cell.choose", (matrix.name, window[0], window[2]))
        if not 0 <= column < window[3]:
            return None
        return Target("cell.choose", (matrix.name, window[0] + row, window[2] + column))

    size = max(matrix.width(window), line_width(title))
    tall = window[1] + heading
    return Block(size, tall, line, (Hit(0, 0, size, tall, target),))


def _title(shown: Shown, window: Window) -> Line:
    matrix = shown.matrix
    pieces = list(matrix.heading)
    if window[1] < matrix.rows:
        pieces.append(Piece(f" rows {_span(window.rows)}", "dim"))
    if window[3] < matrix.columns:
        pieces.append(Piece(f" cols {_span(window.columns)}", "dim"))
    if shown.changed:
        pieces.insert(0, Piece("▸", "now"))
    return tuple(pieces)


def _span(shown: range) -> str:
    return f"{shown[0]}–{shown[-1]}" if len(shown) > 1 else str(shown[0])


def _scalar_block(shown: Shown, title: Line) -> Block:
    matrix = shown.matrix
    (number,) = matrix.row(0, Window((0, 1, 0, 1)), extra="changed" if shown.changed else "", cursor=shown.cursor)[1:-1]
    line = (*title, Piece(" =", "dim"), number)
    target = Target("cell.choose", (matrix.name, 0, 0))
    width = line_width(line)
    made: Lines = lambda y: line  # noqa: E731 -- one line is all there is
    return Block(width, 1, made, (Hit(0, 0, width, 1, target),))


@dataclass(frozen=True, eq=False)
class ValuesPanel:
    """A panel of matrices that flow from left to right. What this step assigned, or the chosen cell, is in sight."""

    key: str
    title: Line
    shown: Sequence[Shown]
    empty: str

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.canvas.Panel`."""
        if not self.shown:
            return paint(wrap(self.empty, width, "dim"), width, height, top)
        blocks = [matrix_block(item, width, height) for item in self.shown]
        roomy = flow(blocks, width).height <= height
        block = flow(blocks, width, between=roomy)
        return paint(block, width, height, self._top(blocks, width, height) if top is None else top)

    def _top(self, blocks: list[Block], width: int, height: int) -> int:
        """The first line shown: that of a row of matrices, so that the one that matters is in sight with its name.

        What matters is the matrix with the cursor, else the one assigned now, else the first.
        """
        marks = [(item.cursor is not None, item.changed) for item in self.shown]
        wanted = marks.index(max(marks)) if any(map(any, marks)) else 0
        starts: list[int] = []
        placed = 0
        for row in rows_of(blocks, width):
            starts.append(
                flow(blocks[: placed + len(row)], width, between=False).height - max(block.height for block in row)
            )
            placed += len(row)
            if placed > wanted:
                bottom = starts[-1] + max(block.height for block in row)
                return next((start for start in starts if bottom - start <= height), starts[-1])
        return 0
