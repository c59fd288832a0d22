"""Which gradient is meant: that of the chosen cell's value, or else the one that the chain rule shows."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.ops import Index
from nnstep.program import parameters_with_gradient
from nnstep.text import clean
from nnstep.view.scene.moment import Moment
from nnstep.view.text.numbers import shape_text
from nnstep.view.text.symbols import label


class Subject(NamedTuple):
    """One entry of a gradient of the iteration: its slot, the index, and whether it is computed yet."""

    slot: int
    index: Index  # type: ignore[assignment] # as in Cell
    computed: bool


def gradient_name(moment: Moment) -> str:
    """The name of the gradient that is meant; "" where there are none."""
    program = moment.outer.program
    names = parameters_with_gradient(program)
    cell = moment.at.cell if moment.at is moment.outer else None
    if cell is not None:
        value = program.values[cell.slot]
        if value.role in ("gradient", "contribution"):
            return value.name
        if f"grad({value.name})" in program.versions:
            return f"grad({value.name})"
    if not names:
        return ""
    weight = moment.choice.weight if moment.choice.weight in names else names[0]
    return f"grad({weight})"


def subject(moment: Moment) -> Subject | None:
    """The entry that is meant: the chosen cell, or that of the value it is the gradient of."""
    name = gradient_name(moment)
    if not name:
        return None
    scene = moment.outer
    value = scene.program.values[scene.program.versions[name][-1]]
    picture = scene.picture(value)
    cell = moment.at.cell if moment.at is scene else None
    spot = moment.choice.entry
    if cell is not None and scene.program.values[cell.slot].name in (name, value.of):
        spot = scene.cursor
    index = picture.index_of((min(spot[0], picture.rows - 1), min(spot[1], picture.columns - 1)))
    return Subject(value.slot, index, scene.computed(value))


def asked_for(moment: Moment) -> str:
    """What a person is asked to paste: ∂L/∂W1, 2×3."""
    name = gradient_name(moment)
    if not name:
        return say("dialog.paste.nothing")
    value = moment.outer.program.values[moment.outer.program.versions[name][-1]]
    shape = shape_text(value.shape)
    return say("dialog.paste.question", name=clean(label(name, moment.outer.objective)), shape=shape or "1")
