"""Activations that are written out: maximum(z, 0), 1 / (1 + exp(-z)) and exp(z) / sum(exp(z)), which are relu, sigmoid
and softmax.
"""

from __future__ import annotations

from typing import NamedTuple

from nnstep.debugger.health.weight_matrices import argument
from nnstep.language import Call, Name, Number
from nnstep.memo import memoized
from nnstep.program import Program, Step


class Applied(NamedTuple):
    """What a forward step applies, by the name of the operation it comes to, and the slot that it is applied to."""

    function: str
    given: int


@memoized()
def applied(program: Program) -> dict[int, Applied]:
    """For the slot that a forward step assigns, what the step applies to a value; numbers alone are left out."""
    found = {}
    for step in program.steps:
        if step.phase != "forward":
            break
        written = _written(program, step)
        given = argument(step, 0)
        if written is not None:
            found[step.target] = written
        elif given is not None:
            found[step.target] = Applied(step.operation, given)
    return found


def _written(program: Program, step: Step) -> Applied | None:
    """The activation that a step is the end of, where it is written out."""
    slots = dict(step.operands)
    match step.expression:
        case Call("maximum", (Name(inner), Number(0.0))) | Call("maximum", (Number(0.0), Name(inner))):
            return Applied("relu", slots[inner])
        case Call("divide", (Number(1.0), Name(below))):
            return _sigmoid(program, slots[below])
        case Call("divide", (Name(above), Name(below))):
            exponential = _made(program, slots[above])
            if exponential is None or exponential.operation != "exp":
                return None
            given = argument(exponential, 0)
            total = _made(program, slots[below])
            same = total is not None and total.operation == "sum" and argument(total, 0) is not None
            if (
                same
                and total is not None
                and _exponent(program, argument(total, 0)) == given
                and _is_over_row(program, total)
            ):
                return Applied("softmax", given) if given is not None else None
    return None


def _is_over_row(program: Program, total: Step) -> bool:
    """Whether a sum is over the last axis, or over all of a row."""
    axis = dict(total.expression.options).get("axis") if isinstance(total.expression, Call) else None
    slot = argument(total, 0)
    rank = len(program.values[slot].shape) if slot is not None else 0
    return rank == 1 or (isinstance(axis, int) and axis % max(1, rank) == rank - 1)


def _sigmoid(program: Program, slot: int) -> Applied | None:
    """Whether a value is 1 + exp(-z)."""
    added = _made(program, slot)
    if added is None or not isinstance(added.expression, Call) or added.operation != "add":
        return None
    slots = dict(added.operands)
    match added.expression.arguments:
        case (Number(1.0), Name(inner)) | (Name(inner), Number(1.0)):
            given = _exponent(program, slots[inner])
            negated = _made(program, given) if given is not None else None
            if negated is not None and negated.operation == "negative":
                inside = argument(negated, 0)
                return Applied("sigmoid", inside) if inside is not None else None
    return None


def _exponent(program: Program, slot: int | None) -> int | None:
    """The slot of z where a value is exp(z)."""
    step = _made(program, slot) if slot is not None else None
    return argument(step, 0) if step is not None and step.operation == "exp" else None


def _made(program: Program, slot: int) -> Step | None:
    """The step that made a value, behind other names of it."""
    while program.values[slot].step:
        step = program.steps[program.values[slot].step - 1]
        if step.operation != "identity":
            return step
        inner = argument(step, 0)
        if inner is None:
            return None
        slot = inner
    return None


def source_step(program: Program, slot: int | None) -> Step | None:
    """The step that made a value, behind other names and other shapes of it; None for what is given."""
    while slot is not None and program.values[slot].step:
        step = program.steps[program.values[slot].step - 1]
        if step.operation not in ("identity", "reshape", "transpose"):
            return step
        slot = argument(step, 0)
    return None
