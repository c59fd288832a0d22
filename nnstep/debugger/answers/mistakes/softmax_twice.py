"""Softmax applied to what are probabilities already."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnstep.debugger.answers.mistakes.variant import Variant, upstream
from nnstep.engine import Record, evaluate
from nnstep.engine.evaluation import ValueLookup
from nnstep.language import Call
from nnstep.ops import Array, operation
from nnstep.program import Step, bind, rule_expression


def softmax_twice(record: Record) -> Iterator[Variant]:
    program = record.program
    for step in program.steps:
        if step.phase != "backward" or not step.source:
            continue
        source = program.steps[step.source - 1]
        if step.operation == "cross_entropy_backward" and step.wrt == "logits":
            yield from _twice_in_cross_entropy(record, step, source)
        elif step.operation == "nll_backward" and step.wrt == "p":
            yield from _twice_in_nll(record, step, source)


def _softmax(x: Array) -> Array:
    return operation("softmax").evaluate(x)


def _through_softmax(p: Array, g: Array) -> Array:
    """The gradient before a softmax, from that after it."""
    found: Array = p * (g - (g * p).sum(axis=-1, keepdims=True))
    return found


def _cross_entropy_of(record: Record, step: Step, source: Step, logits: Array) -> Array:
    """The gradient that the rule of cross entropy gives for other logits than those of the program."""
    slots = dict(source.operands)
    assert isinstance(source.expression, Call)
    bound = bind(source.expression, lambda name: record.program.values[slots[name]].shape)
    rule = operation("cross_entropy").rule("logits", bound.site)
    assert rule is not None
    above = upstream(record.program, step)
    g = np.array(1.0) if above is None else record.value(dict(step.operands)[above])
    y = evaluate(bound.arguments[1], lambda name: record.value(slots[name]))
    return evaluate(rule_expression(rule), {"g": g, "logits": logits, "y": y}.__getitem__)


def _twice_in_cross_entropy(record: Record, step: Step, source: Step) -> Iterator[Variant]:
    slots = dict(source.operands)
    assert isinstance(source.expression, Call)
    logits = evaluate(source.expression.arguments[0], lambda name: record.value(slots[name]))
    p = _softmax(logits)
    outer = _cross_entropy_of(record, step, source, p)
    for wrong in (outer, _through_softmax(p, outer)):
        yield _replaced(record, step, wrong)


def _twice_in_nll(record: Record, step: Step, source: Step) -> Iterator[Variant]:
    """The probabilities taken for logits: exactly, and with the gradient put straight before the softmax."""
    slots = dict(source.operands)
    assert isinstance(source.expression, Call)
    p = evaluate(source.expression.arguments[0], lambda name: record.value(slots[name]))
    outer = _cross_entropy_of(record, step, source, p)
    yield _replaced(record, step, outer)
    for before in record.program.steps:
        name = upstream(record.program, before)
        if before.operation == "softmax_backward" and name is not None and dict(before.operands)[name] == step.target:
            yield _replaced(record, before, outer)


def _replaced(record: Record, at: Step, wrong: Array) -> Variant:
    def change(step: Step, lookup: ValueLookup) -> Array | None:
        return wrong if step.index == at.index else None

    return Variant("softmax-twice", at.index, (record.program.values[at.target].name,), change)
