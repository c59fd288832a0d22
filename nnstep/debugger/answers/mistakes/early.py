"""Weights that are updated as soon as their gradient is there, before it goes on through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnstep.debugger.answers.mistakes.variant import Variant
from nnstep.engine import Record, evaluate
from nnstep.ops import Array
from nnstep.program import Step


def sequential(record: Record) -> Iterator[Variant]:
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
    values: dict[int, Array] = {}
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
            found[step.target] = values[step.target] = evaluate(step.expression, lookup_of(step))
        for slot in read:
            if slot in early:
                names.setdefault(early[slot], step.index)
        if target.role == "gradient" and target.of in updates:
            found.update(_update(record, updates[target.of], found))
            early[program.versions[target.of][0]] = target.of
    return Variant("sequential", min(names.values()), tuple(names), None, done=values) if names else None


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
