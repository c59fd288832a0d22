"""Sums and products of a column and a vector of one length, of which NumPy makes a square matrix without a word.

A prediction of shape (n, 1) less a target of shape (n,) is n×n numbers, a loss of them is wrong, and nothing shows it.
Where a column of the samples meets a vector over something else the result is as meant, though they may be as long as
each other by chance.
"""

from __future__ import annotations

from collections.abc import Callable

from nnstep.catalogue import say
from nnstep.errors import Problem
from nnstep.language import Call
from nnstep.ops import broadcast_shape, operation, said, square
from nnstep.program.builder import Builder
from nnstep.program.model import Step


def squares(builder: Builder, otherwise: Callable[[], Builder] | None) -> list[tuple[Step, Problem]]:
    """The forward steps that make such a matrix, and what is to be said of each.

    `otherwise` gives the same forward pass for another number of samples, by which chance is told from a mistake; None
    where there are no samples.
    """
    found = [(step, length) for step in builder.steps if (length := _length(builder, step))]
    if found and otherwise is not None:
        other = otherwise()
        same = {other.values[step.target].name for step in other.steps if _length(other, step)}
        found = [(step, length) for step, length in found if builder.values[step.target].name in same]
    return [(step, _problem(length)) for step, length in found]


def _length(builder: Builder, step: Step) -> int:
    call = step.expression
    if not isinstance(call, Call) or operation(call.function).shape is not broadcast_shape:
        return 0
    return square(builder.values[slot].shape for _, slot in step.operands)


def _problem(length: int) -> Problem:
    return Problem(
        say("program.square", shape=said((length, 1)), other=said((length,)), length=length),
        hint=say("program.square.hint", length=length),
    )
