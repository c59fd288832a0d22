"""What a step of the update does: what the optimizer's entry says of it, with its names and numbers."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.optimizers import OPTIMIZERS, numbers_in
from nnstep.program import Program, Step
from nnstep.view.sentences.phrases import optimizer_number, value_label


def of_update(program: Program, step: Step, objective: str) -> tuple[str, ...]:
    """One or two sentences about a step of the update."""
    target = program.values[step.target]
    name = value_label(target.name, objective)
    own = [(operand, slot) for operand, slot in step.operands if program.values[slot].role != "parameter"]
    read = {
        operand.split("(", 1)[0]: value_label(operand, objective) for operand, _ in own
    }  # a parameter may be called v
    if "d" in read:  # the gradient with weight decay takes its place
        read["grad"] = read["d"]
    moved = target.role == "parameter"
    state = "w" if moved else target.name.split("(", 1)[0]
    names = {"name": name, "parameter": value_label(target.of, objective) if target.of else name, **read}
    if "grad" in read:
        names["gradient"] = read["grad"]
    if target.role == "rate":  # weight decay, which is added to the gradient in the same way for all optimizers
        return (say("words.state.d", **names, decay=optimizer_number(numbers_in(step.expression)[0])),)
    found = OPTIMIZERS[step.operation].words(state, step.expression, read.keys())
    if found is None:
        key = "words.update.neutral" if moved else "words.state.neutral"
        said = say(key, **names, optimizer=step.operation)
    else:
        said = say(found[0], **names, **{field: optimizer_number(value) for field, value in found[1].items()})
    return (said, say("words.before", name=name)) if moved else (said,)
