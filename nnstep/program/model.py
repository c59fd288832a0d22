"""A compiled program: one straight list of single assignments through forward, backward and update.

Nothing here or behind it treats a phase specially: a step assigns one value from values assigned before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from nnstep.language.nodes import Expression
from nnstep.ops.operation import Shape

PHASES = ("forward", "backward", "update")
BODY = "body"  # the phase of the steps that another step is made of


class Value(NamedTuple):
    """One slot: assigned once in an iteration, by a step or (inputs) before the first one.

    name    as the language writes it: `z1`, `x @ W1`, `grad(z1)`, `grad(h1) via o`, `velocity(W1)`; a parameter before
            and after its update are two values of one name
    role    "data" (x, y), "constant", "parameter", "state" (optimizer state, before or after the update), "counter",
            "activation" (a named forward value), "unnamed" (a forward value called by its text),
            "gradient" (grad(NAME)), "contribution" (one term or one stage of a gradient), "rate" (other update values)
    of      for gradients, contributions and states: the name of the value it belongs to; else ""
    step    the step that assigns it, from 1; 0 for what is there before the first step
    """

    slot: int
    name: str
    shape: Shape
    role: str
    of: str = ""
    step: int = 0
    trainable: bool = False


class Step(NamedTuple):
    """One assignment. `operands` are the slots behind the names of `expression`, in order of appearance.

    index       from 1
    phase       one of PHASES, or BODY in the program of a step's body
    target      slot assigned
    expression  over value names (a tree of several operations for a derivative rule or an update)
    equation    the text of the equation this step belongs to: the scenario's own line in the forward pass,
                "grad(W1) = x.T @ grad(z1)" in the backward pass, "W1 = W1 - 0.5 * grad(W1)" in the update
    operation   the operation's name; "sigmoid_backward" for a rule, "add" for a sum of contributions, "sum" for the sum
                over broadcast axes, the optimizer's type in the update
    source      for a backward step: the forward step whose rule it is (0 for the seed and for sums of contributions)
    wrt         for a rule: the name of the operation's input it is the derivative for ("a", "logits"); else ""
    """

    index: int  # type: ignore[assignment] # a tuple's method of that name is not used
    phase: str
    target: int
    expression: Expression
    operands: tuple[tuple[str, int], ...]
    equation: str
    operation: str
    source: int = 0
    wrt: str = ""


@dataclass(frozen=True)
class Program:
    """Everything about one iteration on a batch of `rows` samples.

    values     by slot
    steps      in order; `steps[k].index == k + 1`
    objective  slot of the differentiated scalar, or None (forward only)
    carried    (slot at the start, slot at the end) of every parameter and optimizer state; equal where not updated
    equations  the forward equations as the scenario has them, text
    """

    rows: int
    values: tuple[Value, ...]
    steps: tuple[Step, ...]
    objective: int | None
    carried: tuple[tuple[int, int], ...]
    equations: tuple[str, ...]

    @property
    def objective_name(self) -> str:
        """The name of the differentiated scalar; "" where nothing is differentiated."""
        return "" if self.objective is None else self.values[self.objective].name

    @cached_property
    def versions(self) -> dict[str, tuple[int, ...]]:
        """Slots of each name, in order of assignment."""
        found: dict[str, tuple[int, ...]] = {}
        for value in self.values:
            found[value.name] = (*found.get(value.name, ()), value.slot)
        return found

    @cached_property
    def phases(self) -> tuple[tuple[str, int, int], ...]:
        """(phase, first step, last step) of each phase that has steps."""
        spans = []
        for phase in (*PHASES, BODY):
            indices = [step.index for step in self.steps if step.phase == phase]
            if indices:
                spans.append((phase, indices[0], indices[-1]))
        return tuple(spans)

    def latest(self, name: str, step: int) -> Value | None:
        """The value that `name` has once `step` steps are done, or None while it is not computed."""
        for slot in reversed(self.versions.get(name, ())):
            if self.values[slot].step <= step:
                return self.values[slot]
        return None
