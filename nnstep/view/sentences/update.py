"""What a step of the update does: the optimizer's rule in sentences, with its numbers."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.language import Call, Expression, Number
from nnstep.program import Program, Step
from nnstep.view.sentences.phrases import called, number

__all__ = ["of_update"]


def of_update(program: Program, step: Step, objective: str) -> tuple[str, ...]:
    """One or two sentences about a step of the update."""
    target = program.values[step.target]
    name = called(target.name, objective)
    own = [(operand, slot) for operand, slot in step.operands if program.values[slot].role != "parameter"]
    read = {operand.split("(", 1)[0]: called(operand, objective) for operand, _ in own}  # a parameter may be called v
    if "d" in read:  # the gradient with weight decay takes its place
        read["grad"] = read["d"]
    if target.role == "parameter":
        return (_moved(step, name, read), say("words.before", name=name))
    return (_state(step, target.name.split("(", 1)[0], name, read, called(target.of, objective)),)


def _state(step: Step, state: str, name: str, read: dict[str, str], parameter: str) -> str:
    """What an optimizer's own value becomes."""
    numbers = _numbers(step.expression)
    values = {"name": name, "gradient": read["grad"]}
    if state == "d":
        return say("words.state.d", **values, parameter=parameter, decay=number(numbers[0]))
    if step.operation == "adagrad":
        return say("words.state.squares", **values)
    kept = number(numbers[0])
    if state == "velocity":
        key = "words.state.velocity-scaled" if "v" in read else "words.state.velocity"
        return say(key, **values, kept=kept)
    return say(f"words.state.{state}", **values, kept=kept, taken=number(1 - numbers[0]))


def _moved(step: Step, name: str, read: dict[str, str]) -> str:
    """How the parameter itself is changed."""
    assert isinstance(step.expression, Call)
    before, move = step.expression.arguments
    values = {"name": name, "rate": number(_numbers(move)[0])}
    if "velocity" in read:
        key = "words.update.nesterov" if "grad" in read else "words.update.velocity"
        return say(key, **values, **{key: read[key] for key in ("velocity", "grad") if key in read})
    if "m" in read:
        averages = {"m": read["m"], "v": read["v"]}
        if isinstance(before, Call):  # (1 - lr * weight_decay) * w
            _, rate, decay = _numbers(before)
            return say("words.update.decayed", **values, **averages, share=number(rate * decay))
        return say("words.update.adam", **values, **averages)
    if "v" in read:
        key = "words.update.falling" if "iteration" in read else "words.update.scaled"
        return say(key, **values, gradient=read["grad"], v=read["v"])
    return say("words.update.sgd", **values, gradient=read["grad"])


def _numbers(node: Expression) -> list[float]:
    """The numbers of an expression, from left to right."""
    if isinstance(node, Number):
        return [node.value]
    return [value for part in node.arguments for value in _numbers(part)] if isinstance(node, Call) else []
