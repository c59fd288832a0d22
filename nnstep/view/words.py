"""What a step does, in one or two plain sentences that are true of it."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.program import BODY, Program, Step, factor
from nnstep.view.phrases import say_op
from nnstep.view.words_gradient import of_gradient
from nnstep.view.words_operation import of_operation
from nnstep.view.words_update import of_update

__all__ = ["heading", "say_op", "sentences"]


def heading(program: Program, step: Step) -> str:
    """A few words for the border of the operation panel."""
    return say("words.heading", phase=say(f"phase.{step.phase}"), what=_what(program, step))


def _what(program: Program, step: Step) -> str:
    if step.phase != "backward":
        return step.operation.replace("_", " ")
    kind = factor(program, step).kind
    source = program.steps[step.source - 1].operation.replace("_", " ") if step.source else ""
    if kind in ("seed", "add", "sum"):
        return say(f"words.rule.{kind}")
    return say("words.rule.identity" if kind == "identity" else "words.rule.derivative", operation=source)


def sentences(program: Program, step: Step, objective: str) -> tuple[str, ...]:
    """The sentences for a step of any phase, the general one first."""
    if step.phase in ("forward", BODY):
        return of_operation(program, step, objective)
    if step.phase == "update":
        return of_update(program, step, objective)
    return of_gradient(program, factor(program, step), objective)
