"""The cells that use a cell: the other direction of where a number comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnstep.catalogue import say, say_count
from nnstep.debugger.provenance.cell import Cell
from nnstep.debugger.provenance.origin import Use
from nnstep.view.lens.cell import cell_line
from nnstep.view.lens.row_list import ColumnStyle, Listed, Row
from nnstep.view.scene.display import equation_line
from nnstep.view.scene.scene import Scene
from nnstep.view.text.canvas import Line, Piece, Target

_COLUMNS = (ColumnStyle(right=True), ColumnStyle(), ColumnStyle(right=True), ColumnStyle(rank=2))
_MOST = 400  # rows


@dataclass(frozen=True)
class UseRows:
    """The cells that use `cell`, each a row; `left_out` more are not listed."""

    cell: Cell
    cells: tuple[Cell, ...]
    steps: tuple[int, ...]
    count: int

    @property
    def left_out(self) -> int:
        """How many of the cells are not listed."""
        return self.count - len(self.cells)


def use_rows(cell: Cell, found: Sequence[Use]) -> UseRows:
    """What is listed for a cell that is used so: of very many the first."""
    cells = [(use.step, Cell(use.slot, index)) for use in found for index in use.indices][:_MOST]
    return UseRows(
        cell, tuple(one for _, one in cells), tuple(step for step, _ in cells), sum(use.count for use in found)
    )


def _value(scene: Scene, cell: Cell) -> Line:
    if not scene.computed(scene.program.values[cell.slot]):
        return ()
    return (Piece(" = ", "operator"), Piece(scene.number(cell), "strong"))


def listed_uses(scene: Scene, rows: UseRows, chosen: int) -> Listed:
    """The view of the uses of a cell, `chosen` being the row that Enter follows."""
    program, name = scene.program, cell_line(scene, rows.cell)
    lines = []
    for number, (step, cell) in enumerate(zip(rows.steps, rows.cells, strict=True)):
        there = scene.computed(program.values[cell.slot])
        value = scene.number(cell) if there else "·"
        columns = (
            (Piece(str(step), "dim"),),
            cell_line(scene, cell, "cursor") if number == chosen else cell_line(scene, cell),
            (Piece(value, "strong" if there else "todo"),),
            tuple(
                Piece(piece.text, "dim") for piece in equation_line(program, program.steps[step - 1], scene.objective)
            ),
        )
        lines.append(Row(columns, Target("row.choose", number)))
    said = say_count("uses.count", rows.count) if rows.count else say("uses.none")
    foot = [(Piece(say_count("uses.left-out", rows.left_out), "dim"),)] if rows.left_out else []
    return Listed(
        head=lambda width: [(*name, *_value(scene, rows.cell), Piece("  " + said, "text"))],
        rows=lines,
        columns=_COLUMNS,
        chosen=chosen if rows.cells else None,
        foot=foot,
    )
