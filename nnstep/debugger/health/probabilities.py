"""Probabilities that a loss is given: outside of 0 to 1, or so near to an end that the loss's own bounds are in force.

`bce` has bounds of itself, as PyTorch's has: it takes no logarithm as lower than −100 and divides its gradient by no
less than 1e-12. Where a probability is that close to 0 or 1 and its target is not, the loss is smaller than the cross
entropy, and so is the gradient.
"""

from __future__ import annotations

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, cell_expression
from nnstep.debugger.health.value_range import trained
from nnstep.debugger.health.weight_matrices import argument, said_argument
from nnstep.debugger.provenance.clamps import clamped
from nnstep.engine import Record
from nnstep.language import Name
from nnstep.ops import Index, facts
from nnstep.program import Step

_ROUNDING = 1e-12  # by which a sum of probabilities may be above 1
_APART = 1e-6  # of the probability and its target: below, both bounds change nothing that counts


def odd_probabilities(record: Record, until: int) -> list[Finding]:
    """What is odd about the probabilities of an iteration, once `until` steps are done."""
    found = []
    for step in record.program.steps[:until]:
        if facts(step.operation).expects == "probabilities" and step.target in trained(record.program):
            found += _outside(record, step) or (_bounded(record, step) if step.operation == "bce" else [])
    return found


def _outside(record: Record, step: Step) -> list[Finding]:
    """About numbers that are no probabilities."""
    program, slot = record.program, argument(step, 0)
    if slot is None:
        return []
    p, given = record.value(slot), record.program.values[slot]
    outside = (p < 0) | (p > 1 + _ROUNDING)
    if not outside.any():
        return []
    at = np.unravel_index(int(np.argmax(np.where(outside, np.abs(p - 0.5), -1.0))), p.shape)
    index: Index = tuple(map(int, at))
    values: dict[str, object] = {
        "loss": step.operation,
        "count": int(outside.sum()),
        "of": p.size,
        "cell": cell_expression(given.name, index),
        "number": float(p[index]),
        "name": Name(given.name),
        "labels": said_argument(step, 1),
    }
    place = (record.iteration, step.index, program.values[step.target].name, ())
    return [Finding("outside", PROBLEM, *place, values, "", f"outside.{step.operation}")]


def _bounded(record: Record, step: Step) -> list[Finding]:
    """About the bounds of `bce`, where they change something."""
    program = record.program
    p_slot, y_slot = argument(step, 0), argument(step, 1)
    if p_slot is None or y_slot is None:
        return []
    p, y = record.value(p_slot), record.value(y_slot)
    masks = clamped(record, step)
    lost = masks["log"]
    bounded = (lost | masks["slope"]) & (np.abs(p - y) > _APART) & (y >= 0) & (y <= 1)
    if not bounded.any():
        return []
    at = np.unravel_index(int(np.argmax(np.where(bounded, np.abs(p - y), -1.0))), p.shape)
    index: Index = tuple(map(int, at))
    given = program.values[p_slot]
    maker = program.steps[given.step - 1] if given.step else None
    logits = argument(maker, 0) if maker is not None and maker.operation == "sigmoid" else None
    values: dict[str, object] = {
        "count": int(bounded.sum()),
        "of": p.size,
        "cell": cell_expression(given.name, index),
        "number": float(p[index]),
        "target": cell_expression(program.values[y_slot].name, index),
        "wanted": float(y[index]),
        "name": Name(given.name),
        "logits": Name(program.values[logits].name) if logits is not None else Name(given.name),
        "labels": said_argument(step, 1),
    }
    place = (record.iteration, step.index, program.values[step.target].name, ())
    cause = "log" if (lost & bounded).any() else "slope"
    return [Finding("clamp", WARNING, *place, values, cause, "clamp.sigmoid" if logits is not None else "clamp")]
