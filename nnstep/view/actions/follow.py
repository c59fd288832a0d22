"""Following a number: from a cell to the step that computed it, over the borders of bodies and of iterations."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.debugger import Cell, Position
from nnstep.program import Program, Value
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.moment import Moment
from nnstep.view.text.canvas import Line
from nnstep.view.text.highlight import MatrixCell as Spot
from nnstep.view.text.matrix import cell_of
from nnstep.view.text.symbols import label


class Visit(NamedTuple):
    """Where one was when one followed a cell, and how that cell's value is written there."""

    position: Position
    choice: Choice
    name: Line


class Followed(NamedTuple):
    """Where a cell leads: the position of the step that computed it, the cell to be chosen there, and what to say."""

    position: Position
    name: str
    cell: Spot
    said: str = ""


def follow(moment: Moment, cell: Cell) -> Followed:
    """Where a cell of the scene with the chosen cell leads.

    What comes from outside of a body is looked for outside; a parameter that was there before the first step is
    followed to the update of the iteration before. What nothing computes is chosen where we are, or at the start.
    """
    frames = list(moment.frames if moment.at is moment.inner else moment.frames[:1])
    slot = cell.slot
    while len(frames) > 1 and not frames[-1].program.values[slot].step:
        slot = frames.pop().inputs[slot]
    program = frames[-1].program
    value = program.values[slot]
    here = moment.session.position
    spot = cell_of(cell.index)
    if value.step:
        path = (*(frame.now for frame in frames[:-1]), value.step)
        return Followed(Position(here.iteration, path[0], path[1:]), value.name, spot)
    if value.role in ("parameter", "state") and here.iteration > 1:
        before = moment.session.timeline.program(here.iteration - 1)
        step = _updated(before, value.name)
        if step:
            return Followed(Position(here.iteration - 1, step), value.name, spot)
    meant = program.latest(value.name, here.step)
    if meant is not None and meant.slot != slot:  # updated meanwhile: to where the name still means what was followed
        here = Position(here.iteration)
    return Followed(here, value.name, spot, _given(moment, value, cell))


def _updated(program: Program, name: str) -> int:
    """The step of an iteration that updates a parameter or a state; 0 where none does."""
    return program.values[program.versions[name][-1]].step if name in program.versions else 0


def _given(moment: Moment, value: Value, cell: Cell) -> str:
    name = label(value.name)
    if value.role == "data":
        rows = moment.outer.record.rows
        row = rows[cell.index[0]] if cell.index and cell.index[0] < len(rows) else 0
        return say("message.given.data", name=name, row=row)
    return say(f"message.given.{value.role}", name=name)
