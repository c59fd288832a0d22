"""The backward pass with one thing wrong: what a mistake does to a step, and all that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnstep.engine import Record, evaluate
from nnstep.engine.evaluation import ValueLookup
from nnstep.ops import Array
from nnstep.program import Program, Step

Change = Callable[
    [Step, ValueLookup], Array | None
]  # a wrong value for a step, from what it reads; None: the right one
After = Callable[[Step, Array], Array | None]  # a wrong value for a step from the one that is made; None: that one


@dataclass(frozen=True)
class Variant:
    """A mistake at a step (0: at many), the names that it concerns, and what it makes of the backward pass.

    `change` makes a wrong value in place of the right one, `after` makes one of it; `place` is which sample it is
    about, from 0. `done` are values by slot where they are known already, and cannot be combined with another mistake.
    """

    kind: str
    step: int
    names: tuple[str, ...]
    change: Change | None
    place: int = -1
    after: After | None = None
    done: dict[int, Array] | None = None

    def values(self, record: Record) -> dict[int, Array]:
        """By slot, the gradients that it changes."""
        if self.done is not None:
            return self.done
        return gradients_with(record, (self,))


def gradients_with(record: Record, mistakes: Sequence[Variant]) -> dict[int, Array]:
    """The gradients that differ when mistakes are made, by slot. Of several changes of a step the first counts."""
    changes = [one.change for one in mistakes if one.change is not None]
    afters = [one.after for one in mistakes if one.after is not None]
    changed: dict[int, Array] = {}
    for step in record.program.steps:
        if step.phase != "backward":
            continue
        slots = dict(step.operands)

        def lookup(name: str, slots: dict[str, int] = slots) -> Array:
            slot = slots[name]
            return changed[slot] if slot in changed else record.value(slot)

        wrong = next((made for change in changes if (made := change(step, lookup)) is not None), None)
        if wrong is None and changed.keys() & slots.values():
            wrong = evaluate(step.expression, lookup)
        for after in afters:
            made = after(step, record.value(step.target) if wrong is None else wrong)
            wrong = wrong if made is None else made
        if wrong is not None:
            changed[step.target] = wrong
    return changed


def upstream(program: Program, step: Step) -> str | None:
    """The name of the one upstream gradient of a step; None where there is none or several."""
    names = [name for name, slot in step.operands if program.values[slot].role in ("gradient", "contribution")]
    return names[0] if len(names) == 1 else None
