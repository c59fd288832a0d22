"""Where a clamp is in force: a bound of the convention, as PyTorch's for the logarithms of bce, stands in for a number.

What is clamped no longer follows the formula, and a person who compares it with that has to be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nnstep.debugger.provenance.cell import Cell
from nnstep.engine import Record, evaluate
from nnstep.language import Call
from nnstep.ops import operation
from nnstep.program import Step, bind

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Clamp(NamedTuple):
    """`cells` are the entries of the prediction at which a part of a loss is clamped, of `entries` in all.

    part  "log": the loss takes the bound for a logarithm; "slope": its derivative takes it for the denominator
    step  the forward step of the loss
    """

    part: str
    step: Step
    cells: tuple[Cell, ...]
    entries: int


def clamps(record: Record, step: Step) -> tuple[Clamp, ...]:
    """The clamps in force in a step: of a loss those of its value, of its derivative those of the derivative.

    () where there is none; where the prediction has no name or slot of its own there are no cells to name.
    """
    program = record.program
    source = program.steps[step.source - 1] if step.source else step
    if not isinstance(source.expression, Call):
        return ()
    part = "slope" if step.source else "log"
    masks = clamped(record, source)
    if part not in masks or (step.source and step.wrt != operation(source.expression.function).inputs[0]):
        return ()
    mask = masks[part]
    slot = source.operands[0][1]
    places = tuple(tuple(int(i) for i in place) for place in np.argwhere(mask))
    return (Clamp(part, source, tuple(Cell(slot, place) for place in places), mask.size),) if places else ()


def clamped(record: Record, step: Step) -> Mapping[str, NDArray[np.bool_]]:
    """For each part of a forward step's operation that has a bound, where that is in force; {} where it has none."""
    if not isinstance(step.expression, Call):
        return {}
    program, slots = record.program, dict(step.operands)
    bound = bind(step.expression, lambda name: program.values[slots[name]].shape)
    if bound.operation.clamps is None:
        return {}
    arrays = [evaluate(argument, lambda name: record.value(slots[name])) for argument in bound.arguments]
    return bound.operation.clamps(bound.site, dict(zip(bound.operation.inputs, arrays, strict=True)))
