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
    yield from _signs(record)
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
    """The steps that go back through an activation, each with the upstream gradient's name."""
    found = []
    for step in program.steps:
        if step.phase != "backward" or not step.source or not step.operation.endswith("_backward"):
            continue
        source = program.steps[step.source - 1].expression
        name = _upstream(program, step)
        if isinstance(source, Call) and name is not None:
            entry = operation(source.function)
            through = entry.elementwise or entry.name in ("softmax", "log_softmax")
            if through and len(entry.inputs) == 1 and entry.name != "negative":
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


# A sign that is flipped at one of several paths; where there is one path, the whole gradient has the wrong sign.


def _signs(record: Record) -> Iterator[Variant]:
    for step in record.program.steps:
        target = record.program.values[step.target]
        if step.phase == "backward" and target.role == "contribution" and step.source:

            def change(now: Step, lookup: Callable[[str], Array], at: Step = step) -> Array | None:
                return -record.value(at.target) if now.index == at.index else None

            yield Variant("sign-at", step.index, (target.name,), _run(record, change))


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
    """All parameters updated too early, and each of them alone."""
    program = record.program
    updates: dict[str, list[Step]] = {}
    for step in program.steps:
        target = program.values[step.target]
        if step.phase == "update":
            updates.setdefault(target.of or target.name, []).append(step)
    every = _updated_early(record, updates)
    if every is not None:
        yield every
        for name in every.names if len(every.names) > 1 else ():
            alone = _updated_early(record, {name: updates[name]})
            if alone is not None:
                yield alone


def _updated_early(record: Record, updates: dict[str, list[Step]]) -> Variant | None:
    """Parameters that are updated as soon as their gradient is there; None where no later step reads them.

    The step is the first that reads one, the names are those that are read.
    """
    program = record.program
    found: dict[int, Array] = {}  # changed slots: gradients, and parameters that are updated already
    early: dict[int, str] = {}
    values: dict[str, Array] = {}
    names: dict[str, int] = {}

    def lookup_of(step: Step) -> Callable[[str], Array]:
        slots = dict(step.operands)
        return lambda name: found[slots[name]] if slots[name] in found else record.value(slots[name])

    for step in program.steps:
        if step.phase != "backward":
            continue
        target = program.values[step.target]
        read = [slot for _, slot in step.operands if slot in found]
        if read:
            found[step.target] = values[target.name] = evaluate(step.expression, lookup_of(step))
        for slot in read:
            if slot in early:
                names.setdefault(early[slot], step.index)
        if target.role == "gradient" and target.of in updates:
            found.update(_update(record, updates[target.of], found))
            early[program.versions[target.of][0]] = target.of
    return Variant("sequential", min(names.values()), tuple(names), values) if names else None


def _update(record: Record, steps: list[Step], found: dict[int, Array]) -> dict[int, Array]:
    """A parameter updated now: its slot before the update with its value after it."""
    program = record.program
    new: dict[int, Array] = {}
    for step in steps:
        slots = dict(step.operands)

        def lookup(name: str, slots: dict[str, int] = slots) -> Array:
            slot = slots[name]
            return new[slot] if slot in new else found[slot] if slot in found else record.value(slot)

        new[step.target] = evaluate(step.expression, lookup)
    name = program.values[steps[-1].target].name
    return {program.versions[name][0]: new[steps[-1].target]}
