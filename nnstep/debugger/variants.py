"""The backward pass with one thing wrong: the numbers that a common mistake makes.

Each variant runs the backward steps again from the first one that it changes; what does not depend on it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nnstep.engine import Record, evaluate
from nnstep.language import Call
from nnstep.ops import Array, operation
from nnstep.program import Program, Step, bind, rule_expression

__all__ = ["Variant", "variants"]

_Change = Callable[[Step, Callable[[str], Array]], Array | None]  # (step, lookup) -> a wrong value, None: the right one


@dataclass(frozen=True)
class Variant:
    """A mistake at a step (0: at many), the names that it concerns, and by name all gradients that it changes."""

    kind: str
    step: int
    names: tuple[str, ...]
    values: dict[str, Array]


def variants(record: Record) -> Iterator[Variant]:
    """Every variant of a record's backward pass."""
    yield from _slopes(record)
    yield from _softmax_twice(record)
    yield from _sequential(record)


def _run(record: Record, change: _Change) -> dict[str, Array]:
    """The gradients that differ when steps are changed, by name."""
    program = record.program
    changed: dict[int, Array] = {}
    for step in program.steps:
        if step.phase != "backward":
            continue
        slots = dict(step.operands)

        def lookup(name: str, slots: dict[str, int] = slots) -> Array:
            slot = slots[name]
            return changed[slot] if slot in changed else record.value(slot)

        wrong = change(step, lookup)
        if wrong is None and changed.keys() & slots.values():
            wrong = evaluate(step.expression, lookup)
        if wrong is not None:
            changed[step.target] = wrong
    return {program.values[slot].name: array for slot, array in changed.items()}


def _upstream(program: Program, step: Step) -> str | None:
    """The name of the one upstream gradient of a step; None where there is none or several."""
    names = [name for name, slot in step.operands if program.values[slot].role in ("gradient", "contribution")]
    return names[0] if len(names) == 1 else None


# A slope that is left out: the gradient after an activation taken for that before it.


def _slope_steps(program: Program) -> list[tuple[Step, str]]:
    """The steps that multiply by the slope of an activation, each with the upstream gradient's name."""
    found = []
    for step in program.steps:
        if step.phase != "backward" or not step.source or not step.operation.endswith("_backward"):
            continue
        source = program.steps[step.source - 1].expression
        name = _upstream(program, step)
        if isinstance(source, Call) and name is not None:
            entry = operation(source.function)
            if entry.elementwise and len(entry.inputs) == 1 and entry.name != "negative":
                found.append((step, name))
    return found


def _slopes(record: Record) -> Iterator[Variant]:
    program = record.program
    steps = _slope_steps(program)
    groups = [[one] for one in steps] + ([steps] if len(steps) > 1 else [])
    for group in groups:
        left_out = {step.index: name for step, name in group}

        def change(step: Step, lookup: Callable[[str], Array], left_out: dict[int, str] = left_out) -> Array | None:
            return lookup(left_out[step.index]) if step.index in left_out else None

        names = tuple(program.values[step.target].name for step, _ in group)
        alone = len(group) == 1
        yield Variant("slope" if alone else "slopes", group[0][0].index if alone else 0, names, _run(record, change))


# Softmax applied to what are probabilities already.


def _softmax_twice(record: Record) -> Iterator[Variant]:
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
    upstream = _upstream(record.program, step)
    g = np.array(1.0) if upstream is None else record.value(dict(step.operands)[upstream])
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
        name = _upstream(record.program, before)
        if before.operation == "softmax_backward" and name is not None and dict(before.operands)[name] == step.target:
            yield _replaced(record, before, outer)


def _replaced(record: Record, at: Step, wrong: Array) -> Variant:
    values = _run(record, lambda step, lookup: wrong if step.index == at.index else None)
    return Variant("softmax-twice", at.index, (record.program.values[at.target].name,), values)


# Weights that are updated as soon as their gradient is there, before it goes on through them.


def _sequential(record: Record) -> Iterator[Variant]:
    program = record.program
    updates: dict[str, list[Step]] = {}
    for step in program.steps:
        target = program.values[step.target]
        if step.phase == "update":
            updates.setdefault(target.of or target.name, []).append(step)
    if not updates:
        return
    found: dict[int, Array] = {}  # changed slots: gradients, and parameters that are updated already
    values: dict[str, Array] = {}

    def lookup_of(step: Step) -> Callable[[str], Array]:
        slots = dict(step.operands)
        return lambda name: found[slots[name]] if slots[name] in found else record.value(slots[name])

    for step in program.steps:
        if step.phase != "backward":
            continue
        target = program.values[step.target]
        if found.keys() & {slot for _, slot in step.operands}:
            found[step.target] = values[target.name] = evaluate(step.expression, lookup_of(step))
        if target.role == "gradient" and target.of in updates:
            _update(record, updates[target.of], found)
    if values:
        yield Variant("sequential", 0, tuple(updates), values)


def _update(record: Record, steps: list[Step], found: dict[int, Array]) -> None:
    """Update a parameter now: what reads it as it was before finds it as it is after."""
    program = record.program
    new: dict[int, Array] = {}
    for step in steps:
        slots = dict(step.operands)

        def lookup(name: str, slots: dict[str, int] = slots) -> Array:
            slot = slots[name]
            return new[slot] if slot in new else found[slot] if slot in found else record.value(slot)

        new[step.target] = evaluate(step.expression, lookup)
    name = program.values[steps[-1].target].name
    found[program.versions[name][0]] = new[steps[-1].target]
