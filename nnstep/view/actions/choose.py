"""How the choice of a cell, an entry or a tab moves: old choice in, new choice out."""

from __future__ import annotations

from collections.abc import Callable

from nnstep.program import Value, parameters_with_gradient
from nnstep.view.lens.picture import PICTURES
from nnstep.view.lens.plot import next_plot
from nnstep.view.lens.registry import lens_names, rows_here
from nnstep.view.lens.run import RUN_PLOTS
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene


def chosen_by(moment: Moment, command: str, argument: object = None) -> Choice:
    """The choice after a command that chooses something. Raises ValueError for a command that does not."""
    choice = moment.choice
    if command in _CELLS:
        return move(moment, *_CELLS[command])._replace(row=0)
    if command in _ROWS:
        last = max(0, rows_here(moment) - 1)
        by = _ROWS[command] * (argument if isinstance(argument, int) else 1)
        return choice._replace(row=max(0, min(min(choice.row, last) + by, last)))
    if command.startswith("lens.") and command[5:] in lens_names():
        return _lens(moment, command[5:])
    if command not in _PLAIN:
        raise ValueError(command)
    return _PLAIN[command](moment, argument)


def _lens(moment: Moment, lens: str) -> Choice:
    """Another view of the middle panel; the one that is there already is left, a picture or plot for the next one."""
    choice = moment.choice
    if lens == choice.lens == "picture":
        return choice._replace(picture=next_plot(PICTURES, moment, choice.picture))
    if lens == choice.lens == "run":
        return choice._replace(run=next_plot(RUN_PLOTS, moment, choice.run))
    return choice._replace(lens="step" if lens == choice.lens else lens, row=0, full=False, picture="")


def _choose_named(moment: Moment, argument: object) -> Choice:
    if isinstance(argument, tuple) and len(argument) == 3:
        name, row, column = argument
        if name in moment.inner.program.versions or name in moment.outer.program.versions:
            return choose_cell(moment, str(name), int(row), int(column))
    return moment.choice


def choose_cell(moment: Moment, name: str, row: int, column: int) -> Choice:
    """The cell (row, column) of a value's picture; of a parameter or its gradient, also as the chain rule's entry."""
    choice = moment.choice._replace(name=name, cell=(row, column), row=0)
    weight = name[5:-1] if name.startswith("grad(") else name
    if weight in parameters_with_gradient(moment.outer.program):
        choice = choice._replace(weight=weight, entry=(row, column))
    return choice


def next_weight(moment: Moment) -> Choice:
    """The next tab of the chain-rule panel, after the last the first."""
    names = parameters_with_gradient(moment.outer.program)
    if not names:
        return moment.choice
    at = names.index(moment.choice.weight) if moment.choice.weight in names else 0
    return moment.choice._replace(weight=names[(at + 1) % len(names)])


def move(moment: Moment, rows: int, columns: int) -> Choice:
    """One cell on in the focused panel; sideways past the edge of a matrix, to the one beside it."""
    if moment.choice.focus == "chain":
        return _move_entry(moment.outer, rows, columns)
    scene = moment.at if moment.choice.focus in ("program", "operation") else moment.outer
    members, chosen = scene.members(scene.choice.focus), scene.chosen
    slots = [value.slot for value in members]
    if members and (chosen is None or chosen.slot not in slots):
        assigned = [value for value in members if scene.step and value.slot == scene.step.target]
        return choose_cell(moment, (assigned or members)[0].name, 0, 0)
    if chosen is None:
        return scene.choice
    picture = scene.picture(chosen)
    row, column = scene.cursor[0] + rows, scene.cursor[1] + columns
    if columns and not 0 <= column < picture.columns and chosen.slot in slots:
        at = slots.index(chosen.slot) + columns
        if 0 <= at < len(members):
            return _enter(moment, scene, members[at], row, columns)
    row, column = max(0, min(row, picture.rows - 1)), max(0, min(column, picture.columns - 1))
    return choose_cell(moment, chosen.name, row, column)


def _enter(moment: Moment, scene: Scene, value: Value, row: int, columns: int) -> Choice:
    """Into the matrix beside, from the side that was gone out at."""
    picture = scene.picture(value)
    return choose_cell(moment, value.name, min(row, picture.rows - 1), 0 if columns > 0 else picture.columns - 1)


def _move_entry(scene: Scene, rows: int, columns: int) -> Choice:
    names = parameters_with_gradient(scene.program)
    if not names:
        return scene.choice
    weight = scene.choice.weight if scene.choice.weight in names else names[0]
    picture = scene.picture(scene.latest(weight))
    row = max(0, min(scene.choice.entry[0] + rows, picture.rows - 1))
    column = max(0, min(scene.choice.entry[1] + columns, picture.columns - 1))
    return scene.choice._replace(weight=weight, entry=(row, column))


_CELLS = {"cell.left": (0, -1), "cell.right": (0, 1), "cell.up": (-1, 0), "cell.down": (1, 0)}
_ROWS = {"row.up": -1, "row.down": 1}
_PLAIN: dict[str, Callable[[Moment, object], Choice]] = {
    "cell.choose": _choose_named,
    "panel.focus": lambda moment, panel: moment.choice._replace(focus=str(panel)),
    "panel.reading": lambda moment, _: moment.choice._replace(reading=not moment.choice.reading),
    "mark.choose": lambda moment, row: moment.choice._replace(mark=row if isinstance(row, int) else 0, focus="watch"),
    "run.choose": lambda moment, name: moment.choice._replace(run=str(name), lens="run"),
    "run.log": lambda moment, _: moment.choice._replace(log=not moment.choice.log),
    "picture.choose": lambda moment, name: moment.choice._replace(picture=str(name)),
    "row.choose": lambda moment, row: moment.choice._replace(row=row if isinstance(row, int) else 0),
    "terms.all": lambda moment, _: moment.choice._replace(full=not moment.choice.full, row=0),
    "weight.choose": lambda moment, weight: moment.choice._replace(weight=str(weight)),
    "weight.next": lambda moment, _: next_weight(moment),
}

CHOICES = (
    *_CELLS,
    *(f"lens.{lens}" for lens in lens_names()),
    *(command for command in _PLAIN if command != "row.choose"),
)
"""The commands that only choose."""
