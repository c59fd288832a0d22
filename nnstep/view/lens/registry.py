"""The middle panel: the view of the step that is chosen, and the cells that its rows lead to.

A view is made when it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.debugger import Cell
from nnstep.debugger.answers.compare import Comparison
from nnstep.debugger.provenance.origin import uses
from nnstep.view.lens.branches import branches_view
from nnstep.view.lens.cell import cell_rows, listed_terms
from nnstep.view.lens.check import check_view
from nnstep.view.lens.health import health_rows, health_view
from nnstep.view.lens.jacobian import jacobian_view
from nnstep.view.lens.lens_panel import LensPanel, of_block
from nnstep.view.lens.memory import memory_view
from nnstep.view.lens.mine import diagnosis_lines
from nnstep.view.lens.picture import picture_view
from nnstep.view.lens.row_list import Listed, listed_view
from nnstep.view.lens.run import run_view
from nnstep.view.lens.uses import listed_uses, use_rows
from nnstep.view.panels.operation import middle_title, step_view
from nnstep.view.scene.moment import Moment
from nnstep.view.text.blocks import Block, Draw, set_in, stack, wrap
from nnstep.view.text.canvas import Line, Panel
from nnstep.view.text.matrix import cell_of

Jump = tuple[int, int, str, tuple[int, int]]  # iteration, step, a value's name, a cell of its picture


class Lens(NamedTuple):
    """One view of the middle panel; its tab is called `lens.<id>` in the catalogue, and `lens.<id>` is its command.

    id     what `Choice.lens` says where it is shown
    draw   the view, given the moment, the cells that were followed to get here, and a person's own numbers
    cells  the cells that its rows lead to, in the order in which they are chosen
    rows   how many rows it has to choose from; without it as many as `cells`
    jump   where Enter leads from a row: to the place of a finding, or to a branch (its name)
    """

    id: str
    draw: Callable[[Moment, Sequence[Line], Comparison | None], Draw]
    cells: Callable[[Moment], tuple[Cell, ...]] = lambda moment: ()
    rows: Callable[[Moment], int] | None = None
    jump: Callable[[Moment, int], Jump | str | None] = lambda moment, row: None


def lens_names() -> tuple[str, ...]:
    """The views of the middle panel in the order of their tabs, the step's own first."""
    return ("step", *LENSES)


def middle_panel(
    moment: Moment,
    trail: Sequence[Line] = (),
    mine: Comparison | None = None,
    asked: Callable[[Moment, int], Sequence[Line]] | None = None,
) -> Panel:
    """The panel in the middle. `trail` are the cells that were followed to get here, `mine` a person's own numbers,
    `asked` what stands in place of the step's arithmetic while a quiz hides it.
    """
    lens = moment.choice.lens
    if lens == "step":
        return step_view(moment, asked if moment.hidden else None)
    return LensPanel(middle_title(moment.inner), lens, lens_names(), LENSES[lens].draw(moment, trail, mine))


def row_cells(moment: Moment) -> tuple[Cell, ...]:
    """The cells that can be followed in the view that is shown, in the order in which they are chosen."""
    lens = LENSES.get(moment.choice.lens)
    return lens.cells(moment) if lens is not None else ()


def rows_here(moment: Moment) -> int:
    """How many rows the view that is shown has to choose from; 0 where the arrows scroll it."""
    lens = LENSES.get(moment.choice.lens)
    return lens.rows(moment) if lens is not None and lens.rows is not None else len(row_cells(moment))


def jump(moment: Moment) -> Jump | str | None:
    """Where Enter leads in the view that is shown: to the place of a finding, to a branch (its name); else None."""
    lens = LENSES.get(moment.choice.lens)
    return lens.jump(moment, moment.choice.row) if lens is not None else None


def _words(text: str) -> Draw:
    return of_block(lambda width, height: wrap(text, width, "dim"))


def _of_moment(view: Callable[[Moment], Draw]) -> Callable[[Moment, Sequence[Line], Comparison | None], Draw]:
    return lambda moment, trail, mine: view(moment)


def _cell(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    scene, cell = moment.at, moment.at.cell
    if cell is None:
        return _words(say("lens.cell.none"))
    if not scene.computed(scene.program.values[cell.slot]):
        return listed_view(Listed(lambda columns: scene.lines_of(cell, columns), (), ()))
    rows = cell_rows(scene.origin(cell), moment.choice.full)
    chosen = max(0, min(moment.choice.row, len(rows.cells) - 1))
    return listed_view(listed_terms(scene, rows, chosen, trail))


def _cell_cells(moment: Moment) -> tuple[Cell, ...]:
    scene, cell = moment.at, moment.at.cell
    if cell is None or not scene.computed(scene.program.values[cell.slot]):
        return ()
    return tuple(one for _, one in cell_rows(scene.origin(cell), moment.choice.full).cells)


def _uses(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    scene, cell = moment.at, moment.at.cell
    if cell is None:
        return _words(say("lens.cell.none"))
    rows = use_rows(cell, uses(scene.record, cell))
    return listed_view(listed_uses(scene, rows, max(0, min(moment.choice.row, len(rows.cells) - 1))))


def _uses_cells(moment: Moment) -> tuple[Cell, ...]:
    cell = moment.at.cell
    return use_rows(cell, uses(moment.at.record, cell)).cells if cell is not None else ()


def _mine(moment: Moment, trail: Sequence[Line], mine: Comparison | None) -> Draw:
    if mine is None:
        return _words(say("lens.mine.none"))
    lines = diagnosis_lines(mine, moment.outer.objective)

    def block(width: int, height: int) -> Block:
        return stack([set_in(line, width) for line in lines])

    return of_block(block)


def _health_rows(moment: Moment) -> int:
    return len(health_rows(moment))


def _health_jump(moment: Moment, row: int) -> Jump | None:
    found = health_rows(moment)
    if not found:
        return None
    one = found[min(row, len(found) - 1)]
    return one.iteration, one.step, one.name, cell_of(one.index)


def _branch_count(moment: Moment) -> int:
    return len(moment.session.branches.all)


def _branch_name(moment: Moment, row: int) -> str:
    every = moment.session.branches.all
    return every[min(row, len(every) - 1)].name


_TABLE = (
    Lens("cell", _cell, cells=_cell_cells),
    Lens("uses", _uses, cells=_uses_cells),
    Lens("check", _of_moment(check_view)),
    Lens("jacobian", _of_moment(jacobian_view)),
    Lens("picture", _of_moment(picture_view)),
    Lens("mine", _mine),
    Lens("run", _of_moment(run_view)),
    Lens("health", _of_moment(health_view), rows=_health_rows, jump=_health_jump),
    Lens("memory", _of_moment(memory_view)),
    Lens("branches", _of_moment(branches_view), rows=_branch_count, jump=_branch_name),
)
LENSES = {lens.id: lens for lens in _TABLE}
"""Every view of the middle panel but the step's own, by its id, in the order of the tabs."""
