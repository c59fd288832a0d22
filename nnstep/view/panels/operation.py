"""The operation panel: the current step as an equation of matrices, and the chosen cell's arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from nnstep.view.scene.display import DisplayPart, Operand
from nnstep.view.scene.values import ShownMatrix, matrix_block
from nnstep.view.text.blocks import Block, beside, blank, broken, flow, lines_block, paint, set_in, stack, wrap
from nnstep.view.text.canvas import Canvas, Line, Piece
from nnstep.view.text.cell_arithmetic import CellLines

__all__ = ["OperationPanel"]

_FEWEST_LINES = 5  # for the matrices, whatever else is to be said
_NARROWEST = 14  # columns of a matrix beside others; with less room they go below each other


@lru_cache(maxsize=64)
def _sign_block(piece: Piece) -> Block:
    return lines_block([(piece,)])


class OperationPanel(NamedTuple):
    """The step's equation, under the steps that it is inside of; its matrices; the chosen cell; a sentence.

    `parts` are signs, and operands that `shown` has a matrix for; `cell(width)` gives the chosen cell's lines.
    """

    title: Line
    equation: Line
    above: Line = ()
    note: Line = ()
    parts: Sequence[DisplayPart] = ()
    shown: Mapping[str, ShownMatrix] = MappingProxyType({})
    result: ShownMatrix | None = None
    cell: Callable[[int], CellLines] = lambda width: ()
    sentences: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    key: str = "operation"

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        words = [wrap(sentence, width, "dim") for sentence in self.sentences]
        cell = [set_in(line, width) for line in self.cell(width)]
        above = broken(self.above, width).height if self.above else 0
        heading = [line for line in (self.equation, self.note) if line]
        used = above + len(heading) + sum(block.height for block in cell) + (1 if cell else 0)
        room = max(_FEWEST_LINES, height - used - 1)  # the sentence may go below the edge, numbers may not
        blocks = [*([broken(self.above, width)] if self.above else []), lines_block(heading)]
        for paragraph in self.about:
            blocks += [blank(), wrap(paragraph, width)]
        if self.result is not None:
            blocks += [blank(), self._matrices(width, room)]
        if cell:
            blocks += [blank(), *cell]
        if words:
            blocks += [blank(), *words]
        return paint(stack(blocks), width, height, top)

    def _matrices(self, width: int, height: int) -> Block:
        """Operands, signs and result in one row where they fit; else below each other where those fit; else cut."""
        row = self._row(width, height)
        if sum(block.width for block in row) + len(row) - 1 <= width:
            return beside(row, 1, middle=True)
        below = flow(self._grouped(row), width, gap=1, middle=True, between=False)
        if below.height <= height and below.width <= width:
            return below
        most = self._share([block.width for block in row], width - len(row) + 1)
        if most >= _NARROWEST:
            narrow = beside(self._row(most, height), 1, middle=True)
            if narrow.width <= width:
                return narrow
        return flow(self._grouped(self._row(width, max(3, height // 2))), width, gap=1, middle=True, between=False)

    def _share(self, sizes: list[int], room: int) -> int:
        """How wide a block may be, so that all of them fit into `room`, the widest giving way first."""
        left, count = room, len(sizes)
        for size in sorted(sizes):
            if size * count > left:
                return left // count
            left -= size
            count -= 1
        return room

    def _grouped(self, row: list[Block]) -> list[Block]:
        """Signs joined to the matrix after them, so that a line does not end in a sign."""
        grouped: list[Block] = []
        signs: list[Block] = []
        for block, part in zip(row, (*self.parts, Piece("=")), strict=False):
            if isinstance(part, Piece) and part.text not in (")", "ᵀ", "²"):
                signs.append(block)
            else:
                grouped.append(beside([*signs, block], 1, middle=True))
                signs = []
        return [*grouped, beside([*signs, *row[len(self.parts) + 1 :]], 1, middle=True)]

    def _row(self, width: int, height: int) -> list[Block]:
        blocks: list[Block] = []
        for part in self.parts:
            if isinstance(part, Operand):
                blocks.append(matrix_block(self.shown[part.name], width, height))
            else:
                blocks.append(_sign_block(part))
        assert self.result is not None
        if blocks:
            blocks.append(_sign_block(Piece("=", "operator")))
        blocks.append(matrix_block(self.result, width, height))
        return blocks
