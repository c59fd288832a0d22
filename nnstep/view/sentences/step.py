"""What a step does, in one or two plain sentences that are true of it."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.program import BODY, Program, Step, factor, objective_ancestors
from nnstep.view.sentences.gradient import of_gradient
from nnstep.view.sentences.operation import of_operation
from nnstep.view.sentences.phrases import value_label
from nnstep.view.sentences.update import of_update


def step_heading(program: Program, step: Step) -> str:
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


def step_sentences(program: Program, step: Step, objective: str) -> tuple[str, ...]:
    """The sentences for a step of any phase, the general one first."""
    if step.phase in ("forward", BODY):
        return (*of_operation(program, step, objective), *_aside(program, step, objective))
    if step.phase == "update":
        return of_update(program, step, objective)
    return of_gradient(program, factor(program, step), objective)


def _aside(program: Program, step: Step, objective: str) -> tuple[str, ...]:
    """Of a value that the objective is not made of, and that has no gradient for that reason: that it is so."""
    way = objective_ancestors(program)
    if step.phase == BODY or step.target in way or not any(one.phase == "backward" for one in program.steps):
        return ()
    assert program.objective is not None
    target = value_label(program.values[step.target].name, objective)
    final = value_label(program.values[program.objective].name, objective)
    logits = step.operands[0] if step.operation == "softmax" else None
    for one in program.steps if logits is not None else ():
        if one.operation == "cross_entropy" and one.target in way and one.operands[0] == logits:
            name = value_label(logits[0], objective)
            return (say("words.aside.logits", target=target, objective=final, name=name),)
    return (say("words.aside", target=target, objective=final),)
