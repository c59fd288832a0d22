"""What a step does, in one or two plain sentences that are true of it."""

from __future__ import annotations

from nnstep.language import Call, Name, label, to_unicode
from nnstep.ops import operation
from nnstep.program import Factor, Program, Step, factor

__all__ = ["heading", "sentences"]

_OPTIMIZERS = {
    "sgd": "Gradient descent: against the gradient, as far as the learning rate says.",
    "adam": "Adam: against a running mean of the gradient, divided by the root of a running mean of its square.",
    "adamw": "AdamW: Adam, with the weight decay taken off the parameter itself.",
    "rmsprop": "RMSprop: against the gradient, divided by the root of a running mean of its square.",
    "adagrad": "Adagrad: against the gradient, divided by the root of the sum of all its squares so far.",
}
_STATES = {
    "velocity": "The velocity: a part of the last one is kept, and the gradient is added.",
    "m": "The running mean of the gradient, corrected in the step below for having started at 0.",
    "v": "The running mean of the gradient's square, entry by entry.",
    "d": "Weight decay: a part of the parameter is added to its gradient, which pulls it towards 0.",
}


def heading(program: Program, step: Step) -> str:
    """A few words for the border of the operation panel."""
    if step.phase == "update":
        return f"update · {step.operation}"
    if step.phase == "forward":
        return f"forward · {step.operation.replace('_', ' ')}"
    found = factor(program, step)
    source = program.steps[step.source - 1].operation if step.source else ""
    rule = {
        "seed": "where it starts",
        "add": "sum of the contributions",
        "sum": "sum over what was repeated",
        "identity": f"{source} hands it on",
    }.get(found.kind, f"derivative of {source.replace('_', ' ')}")
    return f"backward · {rule}"


def sentences(program: Program, step: Step, objective: str) -> tuple[str, ...]:
    """The sentences for a step, the general one last."""
    target = program.values[step.target]
    if step.phase == "forward":
        if step.operation in ("identity", "constant"):
            return (f"{target.name} is another name for the same numbers.",) if step.operands else ("A constant.",)
        return (operation(step.operation).sentence,)
    if step.phase == "update":
        return _update(step, target.name)
    return _backward(program, step, factor(program, step), objective)


def _update(step: Step, target: str) -> tuple[str, ...]:
    state = target.split("(", 1)[0]
    if "(" in target and state in _STATES:
        summed = (step.operation, state) == ("adagrad", "v")
        return ("The sum of the gradient's squares so far." if summed else _STATES[state],)
    before = f"All gradients were computed with the values that {target} and the others had before."
    return (_OPTIMIZERS[step.operation], before)


def _backward(program: Program, step: Step, found: Factor, objective: str) -> tuple[str, ...]:
    name = label(found.of, objective)
    gradient = label(f"grad({found.of})", objective)
    above = label(found.upstream[0], objective) if found.upstream else ""
    uses = f"{name} is used in {len(found.upstream)} places: its gradient is the sum of what comes back from each."
    local = "" if found.local is None else _local(program, found)
    said = {
        "seed": f"Backward starts at the end: ∂{objective}/∂{objective} = 1. Each step is a link of the chain.",
        "start": f"How {label(found.above)} changes with each entry of {name}: the first link of the chain.",
        "add": uses,
        "sum": f"{name} was repeated, so each of its entries had a hand in many: their gradients are added up.",
        "identity": f"A sum hands the gradient on as it is: {name} and the result change by the same amount.",
        "left": f"{name} was multiplied by {local[:-1] if local.endswith('ᵀ') else local} from the left, so {above} is "
        f"multiplied by {local} from the left: entry (i, j) adds up the products over all rows.",
        "right": f"{above} goes back through the matrix that {name} was multiplied by: times {local} from the right.",
        "entrywise": f"The operation works entry by entry, so {gradient} is {above} times the slope at each entry.",
        "whole": f"Every entry of {name} had a hand in several results, so this rule mixes entries of {above}.",
    }[found.kind]
    return (said,)


def _local(program: Program, found: Factor) -> str:
    match found.local:
        case Call("transpose", (Name(id),)):
            return f"{label(id)}ᵀ"
    assert found.local is not None
    return to_unicode(found.local)
