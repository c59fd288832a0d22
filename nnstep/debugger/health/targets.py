"""Targets outside of what the output can reach, or of what the loss is made for.

A target is what an output is compared with: in a loss, or in a square, a size or a cross entropy that is written out.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, cell_expression, first_cell, name_of
from nnstep.debugger.health.value_range import ANYTHING, Range, reach, trained
from nnstep.debugger.health.weight_matrices import argument
from nnstep.debugger.health.written_out import applied, source_step
from nnstep.engine import Era, Record
from nnstep.language import Call, Name, Number
from nnstep.ops import Array, facts
from nnstep.program import Program, Step

_FAR = 0.1  # of the targets, or of the range that can be reached: so much outside is no noise
_PROBABILITY = Range(0.0, 1.0)


class _Aim(NamedTuple):
    """What an output is compared with: the step that compares, their slots, and what a target may be.

    target  a slot, or the number itself
    """

    step: Step
    output: int
    target: int | Number
    allowed: Range
    why: str  # "probability" where the loss asks for that, "output" where the output reaches no further


def targets(record: Record, era: Era) -> list[Finding]:
    """Targets outside of what the output can reach, or of what the loss is made for; one finding for each target."""
    found: dict[int | Number, Finding] = {}
    written_out = False
    for aim in _aims(record):
        if aim.target in found or (written_out and aim.step.operation == "multiply"):
            continue  # of y log p + (1 - y) log (1 - p) once
        one = _outside(record, aim, _numbers(record, era, aim.target))
        if one is not None:
            found[aim.target] = one
            written_out = written_out or aim.step.operation == "multiply"
    return list(found.values())


def _numbers(record: Record, era: Era, target: int | Number) -> Array:
    """What a target is: of data all samples, not only those of the batch."""
    if isinstance(target, Number):
        return np.array(target.value)
    value = record.program.values[target]
    return era.samples[value.name] if value.role == "data" else record.value(target)


def _outside(record: Record, aim: _Aim, target: Array) -> Finding | None:
    """About those entries of a target that are out of reach."""
    low, high = aim.allowed
    beyond = np.maximum(low - target, target - high)
    outside = beyond > 1e-9 * max(1.0, *(abs(bound) for bound in aim.allowed if abs(bound) < inf))
    count = int(outside.sum())
    if not count:
        return None
    at = np.unravel_index(int(np.argmax(np.where(outside, beyond, -inf))), target.shape)
    index = tuple(map(int, at))
    program = record.program
    scale = aim.allowed.width if aim.allowed.width < inf else max(1e-300, float(np.abs(target).max()))
    far = float(beyond[at]) > _FAR * scale or count > _FAR * target.size
    name = aim.target if isinstance(aim.target, Number) else name_of(program, aim.target)
    values: dict[str, object] = {
        "target": name,
        "cell": cell_expression(name.id, index) if isinstance(name, Name) else name,
        "number": float(target[at]),
        "count": count,
        "of": target.size,
        "low": low,
        "high": high,
        "name": name_of(program, aim.output),
        "loss": "cross entropy" if aim.step.operation == "multiply" else aim.step.operation,
        "function": _bounding(program, aim.output),
        "least": float(target.min()),
        "greatest": float(target.max()),
    }
    cause = aim.why if aim.why == "probability" else _side(aim.allowed)
    severity = PROBLEM if far or aim.why == "probability" else WARNING
    remedy = "targets.probability" if aim.why == "probability" else "targets.output"
    if aim.why == "probability" and values["least"] == -1 and values["greatest"] == 1:
        remedy = "targets.signs"
    return Finding("targets", severity, *first_cell(record, aim.step.target), values, cause, remedy)


def _bounding(program: Program, slot: int) -> str:
    """The operation that keeps a value within its bounds: the last one that is no more than a scale and a shift."""
    step = source_step(program, slot)
    while step is not None and _only_shifts(program, step):
        inner = [one for _, one in step.operands if one in trained(program)]
        below = source_step(program, inner[0]) if len(inner) == 1 else None
        if below is None:
            break
        step = below
    found = applied(program).get(step.target) if step is not None else None
    return found.function if found is not None else ""


def _only_shifts(program: Program, step: Step) -> bool:
    """Whether a step is no more than a scale and a shift, and not the end of an activation that is written out."""
    found, entry = applied(program).get(step.target), facts(step.operation)
    return entry.elementwise and bool(entry.affine) and (found is None or found.function == step.operation)


def _side(allowed: Range) -> str:
    """Which text says what can be reached."""
    return "between" if allowed.width < inf else "above" if allowed.low > -inf else "below"


def _aims(record: Record) -> list[_Aim]:
    """Every comparison of an output with targets, in a loss or written out."""
    program = record.program
    depends, ranges = trained(program), reach(record)
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        pair = _pair(step, depends)
        if pair is None:
            continue
        output, target = pair
        entry = facts(step.operation)
        if entry.expects:
            shape = program.values[target].shape if isinstance(target, int) else ()
            if shape == program.values[output].shape:  # else they are class numbers
                found.append(_Aim(step, output, target, _PROBABILITY, "probability"))
        elif entry.compares or (step.operation == "subtract" and _is_distance(program, step)):
            if ranges[output] != ANYTHING and ranges[output].width > 0:
                found.append(_Aim(step, output, target, ranges[output], "output"))
        elif step.operation == "multiply":
            logarithm = source_step(program, output)
            slot = argument(logarithm, 0) if logarithm is not None and logarithm.operation == "log" else None
            if slot is not None:
                inner = ranges[slot]
                if inner.low >= 0 and inner.high <= 1:  # y · log p, written out
                    found.append(_Aim(step, output, target, _PROBABILITY, "probability"))
    return found


def _pair(step: Step, depends: frozenset[int]) -> tuple[int, int | Number] | None:
    """Which of the two arguments of a step is the output, and which the target, that no parameter changes."""
    if not isinstance(step.expression, Call) or len(step.expression.arguments) < 2:
        return None
    one, other = (
        given if isinstance(given, Number) else argument(step, number)
        for number, given in enumerate(step.expression.arguments[:2])
    )
    for output, target in ((one, other), (other, one)):
        if isinstance(output, int) and output in depends and target is not None:
            return None if isinstance(target, int) and target in depends else (output, target)
    return None


def _is_distance(program: Program, step: Step) -> bool:
    """Whether a difference goes on into a square or a size, as that of an output and its target does."""
    for one in program.steps[step.index :]:
        if one.phase != "forward":
            return False
        if any(slot == step.target for _, slot in one.operands) and isinstance(one.expression, Call):
            match one.expression:
                case Call("power", (_, Number(exponent))) if exponent % 2 == 0:
                    return True
                case Call("abs"):
                    return True
                case Call("multiply", (left, right)) if left == right:
                    return True
    return False
