"""Mistakes with the derivative of an activation: left out, taken at another place, or put where none belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from nnstep.debugger.answers.mistakes.variant import Change, Variant, upstream
from nnstep.engine import Record, evaluate
from nnstep.engine.evaluation import ValueLookup
from nnstep.language import Call
from nnstep.ops import Array, facts, operation
from nnstep.program import Program, Step


class _Through(NamedTuple):
    """A step that goes back through an activation: the names of the upstream gradient, of z and of h."""

    step: Step
    upstream: str
    inner: str
    outer: str
    function: str


def slopes(record: Record) -> Iterator[Variant]:
    """The slope left out, taken at h in place of z, or z put in the formula for h: at each activation, and at all."""
    found = list(_throughs(record.program))
    for kind, make in _KINDS.items():
        groups = [[one] for one in found] + ([found] if len(found) > 1 else [])
        for group in groups:
            alone = len(group) == 1
            names = tuple(record.program.values[one.step.target].name for one in group)
            said = kind if alone else kind.replace("slope", "slopes", 1)
            yield Variant(said, group[0].step.index if alone else 0, names, _changed(record, group, make))
    for one in found:
        if one.function == "softmax":
            name = record.program.values[one.step.target].name
            yield Variant("softmax-diagonal", one.step.index, (name,), _changed(record, [one], _diagonal))
    yield from _extra(record)


def _throughs(program: Program) -> Iterator[_Through]:
    for step in program.steps:
        if step.phase != "backward" or not step.source or not step.operation.endswith("_backward"):
            continue
        source = program.steps[step.source - 1]
        name = upstream(program, step)
        if not isinstance(source.expression, Call) or name is None or len(source.operands) != 1:
            continue
        entry = operation(source.expression.function)
        if (entry.elementwise or entry.by_row) and len(entry.inputs) == 1 and entry.name != "negative":
            outer = program.values[source.target].name
            yield _Through(step, name, source.operands[0][0], outer, entry.name)


_Make = Callable[[Record, _Through, ValueLookup], Array]


def _changed(record: Record, group: list[_Through], make: _Make) -> Change:
    at = {one.step.index: one for one in group}

    def change(step: Step, lookup: ValueLookup) -> Array | None:
        one = at.get(step.index)
        return None if one is None else make(record, one, lookup)

    return change


def _left_out(record: Record, one: _Through, lookup: ValueLookup) -> Array:
    return lookup(one.upstream)


def _inner_and_outer(record: Record, one: _Through) -> tuple[Array, Array]:
    source = record.program.steps[one.step.source - 1]
    return record.value(source.operands[0][1]), record.value(source.target)


def _at_output(record: Record, one: _Through, lookup: ValueLookup) -> Array:
    """The derivative at h: what comes of applying it to what was kept of the forward pass."""
    _, h = _inner_and_outer(record, one)
    again = operation(one.function).evaluate(h)
    return evaluate(one.step.expression, _with(lookup, {one.inner: h, one.outer: again}))


def _of_input(record: Record, one: _Through, lookup: ValueLookup) -> Array:
    """z in the place of h in a formula for h, as z(1 - z)."""
    z, _ = _inner_and_outer(record, one)
    return evaluate(one.step.expression, _with(lookup, {one.outer: z}))


def _diagonal(record: Record, one: _Through, lookup: ValueLookup) -> Array:
    """p(1 - p) for the whole Jacobian of softmax."""
    _, p = _inner_and_outer(record, one)
    return np.asarray(lookup(one.upstream) * p * (1 - p))


def _with(lookup: ValueLookup, others: dict[str, Array]) -> ValueLookup:
    return lambda name: others[name] if name in others else lookup(name)


_KINDS: dict[str, _Make] = {"slope": _left_out, "slope-at-output": _at_output, "slope-of-input": _of_input}


def _extra(record: Record) -> Iterator[Variant]:
    """The slope of the output's activation once more, where the loss takes logits and has it in it already."""
    program = record.program
    for step in program.steps:
        source = program.steps[step.source - 1] if step.phase == "backward" and step.source else None
        if source is None:
            continue
        loss = facts(source.operation)
        if loss.expects not in ("softmax", "sigmoid") or step.wrt != loss.inputs[0]:
            continue
        slots, expression = dict(source.operands), source.expression
        assert isinstance(expression, Call)
        logits = evaluate(expression.arguments[0], lambda name, slots=slots: record.value(slots[name]))  # type: ignore[misc]
        p = operation(loss.expects).evaluate(logits)

        def after(now: Step, made: Array, at: int = step.index, p: Array = p) -> Array | None:
            return np.asarray(made * p * (1 - p)) if now.index == at else None

        yield Variant("extra-slope", step.index, (program.values[step.target].name,), None, after=after)
