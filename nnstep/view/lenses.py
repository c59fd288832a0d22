"""The middle panel: the view of the step that is chosen, and the cells that its rows lead to.

A view is made when it is looked at; its module is imported then, so that starting does not wait for what few ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nnstep.catalogue import say
from nnstep.debugger import Cell
from nnstep.view.blocks import Block, wrap
from nnstep.view.canvas import Line, Panel
from nnstep.view.lens.frame import Draw, LensPanel, of_block
from nnstep.view.middle import middle_title, step_view
from nnstep.view.moment import Moment

if TYPE_CHECKING:
    from nnstep.debugger.mine import Comparison
    from nnstep.view.quizzing import Quizzing

__all__ = ["middle_panel", "row_cells"]


def middle_panel(
    moment: Moment,
    trail: Sequence[Line] = (),
    mine: Comparison | None = None,
    quizzing: Quizzing | None = None,
) -> Panel:
    """The panel in the middle. `trail` are the cells that were followed to get here, `mine` a person's own numbers."""
    lens = moment.choice.lens
    if lens == "step":
        asked = quizzing.lines if quizzing is not None and moment.hidden else None
        return step_view(moment, asked)
    draw = _MAKERS[lens](moment, trail, mine)
    return LensPanel(middle_title(moment.inner), lens, draw)


def row_cells(moment: Moment) -> tuple[Cell, ...]:
    """The cells that can be followed in the view that is shown, in the order in which they are chosen."""
    scene, cell = moment.at, moment.at.cell
    if cell is None or moment.choice.lens not in ("cell", "uses"):
        return ()
    if moment.choice.lens == "uses":
        from nnstep.view.lens.uses import use_rows

        return use_rows(scene, cell).cells
    if not scene.computed(scene.program.values[cell.slot]):
        return ()
    from nnstep.view.lens.cell import cell_rows

    return tuple(one for _, one in cell_rows(scene, cell, moment.choice.full).cells)


def _words(text: str) -> Draw:
    return of_block(lambda width, height: wrap(text, width, "dim"))


def _cell(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens import cell as lens
    from nnstep.view.lens.rows import Listed, painted

    scene, cell = moment.at, moment.at.cell
    if cell is None:
        return _words(say("lens.cell.none"))
    if not scene.computed(scene.program.values[cell.slot]):
        return lambda width, height, top: painted(
            Listed(lambda columns: scene.lines_of(cell, columns), (), ()), width, height, top
        )
    rows = lens.cell_rows(scene, cell, moment.choice.full)
    chosen = max(0, min(moment.choice.row, len(rows.cells) - 1))
    listed = lens.listed(scene, rows, chosen, moment.choice.full, trail)
    return lambda width, height, top: painted(listed, width, height, top)


def _uses(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens import uses as lens
    from nnstep.view.lens.rows import painted

    scene, cell = moment.at, moment.at.cell
    if cell is None:
        return _words(say("lens.cell.none"))
    rows = lens.use_rows(scene, cell)
    listed = lens.listed(scene, rows, max(0, min(moment.choice.row, len(rows.cells) - 1)))
    return lambda width, height, top: painted(listed, width, height, top)


def _check(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens.check import check_view

    return check_view(moment)


def _jacobian(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens.jacobian import jacobian_view

    return jacobian_view(moment)


def _picture(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens.picture import picture_view

    return picture_view(moment)


def _mine(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    if mine is None:
        return _words(say("lens.mine.none"))
    from nnstep.view.blocks import set_in, stack
    from nnstep.view.diagnosis import diagnosis_lines

    lines = diagnosis_lines(mine, moment.outer.objective)

    def block(width: int, height: int) -> Block:
        return stack([set_in(line, width) for line in lines])

    return of_block(block)


_MAKERS: dict[str, Callable[[Moment, Sequence[Line], Comparison | None], Draw]] = {
    "cell": _cell,
    "uses": _uses,
    "check": _check,
    "jacobian": _jacobian,
    "picture": _picture,
    "mine": _mine,
}
