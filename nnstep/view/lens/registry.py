"""The middle panel: the view of the step that is chosen, and the cells that its rows lead to.

A view is made when it is looked at; its module is imported then, so that starting does not wait for what few ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nnstep.catalogue import say
from nnstep.debugger import Cell
from nnstep.view.lens.frame import Draw, LensPanel, of_block
from nnstep.view.panels.step import middle_title, step_view
from nnstep.view.scene.moment import Moment
from nnstep.view.text.blocks import Block, wrap
from nnstep.view.text.canvas import Line, Panel
from nnstep.view.text.matrix import cell_of

if TYPE_CHECKING:
    from nnstep.debugger.answers.compare import Comparison
    from nnstep.view.actions.quiz import Quizzing

__all__ = ["Jump", "jump", "middle_panel", "row_cells", "rows_here"]

Jump = tuple[int, int, str, tuple[int, int]]  # iteration, step, a value's name, a cell of its picture


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


def rows_here(moment: Moment) -> int:
    """How many rows the view that is shown has to choose from; 0 where the arrows scroll it."""
    lens = moment.choice.lens
    if lens == "health":
        from nnstep.view.lens.health import health_rows

        return len(health_rows(moment))
    if lens == "branches":
        return len(moment.session.branches.all)
    return len(row_cells(moment))


def jump(moment: Moment) -> Jump | str | None:
    """Where Enter leads in the view that is shown: to the place of a finding, to a branch (its name); else None."""
    lens, row = moment.choice.lens, moment.choice.row
    if lens == "branches":
        every = moment.session.branches.all
        return every[min(row, len(every) - 1)].name
    if lens == "health":
        from nnstep.view.lens.health import health_rows

        found = health_rows(moment)
        if found:
            one = found[min(row, len(found) - 1)]
            return one.iteration, one.step, one.name, cell_of(one.index)
    return None


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
    from nnstep.view.lens.mine import diagnosis_lines
    from nnstep.view.text.blocks import set_in, stack

    lines = diagnosis_lines(mine, moment.outer.objective)

    def block(width: int, height: int) -> Block:
        return stack([set_in(line, width) for line in lines])

    return of_block(block)


def _run(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens.run import run_view

    return run_view(moment, moment.marks)


def _health(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens.health import health_view

    return health_view(moment)


def _memory(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens.memory import memory_view

    return memory_view(moment)


def _branches(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    from nnstep.view.lens.branches import branches_view

    return branches_view(moment)


_MAKERS: dict[str, Callable[[Moment, Sequence[Line], Comparison | None], Draw]] = {
    "cell": _cell,
    "uses": _uses,
    "check": _check,
    "jacobian": _jacobian,
    "picture": _picture,
    "mine": _mine,
    "run": _run,
    "health": _health,
    "memory": _memory,
    "branches": _branches,
}
