"""How the choice of a cell, an entry or a tab moves: old choice in, new choice out."""

from __future__ import annotations

from nnstep.program import Value, parameters_with_gradient
from nnstep.view.choice import Choice
from nnstep.view.scene import Scene

__all__ = ["choose_cell", "move", "next_weight"]


def choose_cell(scene: Scene, name: str, row: int, column: int) -> Choice:
    """The cell (row, column) of a value's picture; of a parameter or its gradient, also as the chain rule's entry."""
    choice = scene.choice._replace(name=name, cell=(row, column))
    weight = name[5:-1] if name.startswith("grad(") else name
    if weight in parameters_with_gradient(scene.program):
        choice = choice._replace(weight=weight, entry=(row, column))
    return choice


def next_weight(scene: Scene) -> Choice:
    """The next tab of the chain-rule panel, after the last the first."""
    names = parameters_with_gradient(scene.program)
    if not names:
        return scene.choice
    at = names.index(scene.choice.weight) if scene.choice.weight in names else 0
    return scene.choice._replace(weight=names[(at + 1) % len(names)])


def move(scene: Scene, rows: int, columns: int) -> Choice:
    """One cell on in the focused panel; sideways past the edge of a matrix, to the one beside it."""
    if scene.choice.focus == "chain":
        return _move_entry(scene, rows, columns)
    members, chosen = scene.members(scene.choice.focus), scene.chosen
    slots = [value.slot for value in members]
    if members and (chosen is None or chosen.slot not in slots):
        assigned = [value for value in members if scene.step and value.slot == scene.step.target]
        return choose_cell(scene, (assigned or members)[0].name, 0, 0)
    if chosen is None:
        return scene.choice
    picture = scene.picture(chosen)
    row, column = scene.cursor[0] + rows, scene.cursor[1] + columns
    if columns and not 0 <= column < picture.columns and chosen.slot in slots:
        at = slots.index(chosen.slot) + columns
        if 0 <= at < len(members):
            return _enter(scene, members[at], row, columns)
    row, column = max(0, min(row, picture.rows - 1)), max(0, min(column, picture.columns - 1))
    return choose_cell(scene, chosen.name, row, column)


def _enter(scene: Scene, value: Value, row: int, columns: int) -> Choice:
    """Into the matrix beside, from the side that was gone out at."""
    picture = scene.picture(value)
    return choose_cell(scene, value.name, min(row, picture.rows - 1), 0 if columns > 0 else picture.columns - 1)


def _move_entry(scene: Scene, rows: int, columns: int) -> Choice:
    names = parameters_with_gradient(scene.program)
    if not names:
        return scene.choice
    weight = scene.choice.weight if scene.choice.weight in names else names[0]
    picture = scene.picture(scene.latest(weight))
    row = max(0, min(scene.choice.entry[0] + rows, picture.rows - 1))
    column = max(0, min(scene.choice.entry[1] + columns, picture.columns - 1))
    return scene.choice._replace(weight=weight, entry=(row, column))
