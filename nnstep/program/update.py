"""The update: each optimizer's rule as equations of the language. Conventions are those of `torch.optim`:

epsilon is added outside the root, weight decay is added to the gradient (adamw: taken off the parameter itself),
dampening is 0, Adam's averages are corrected by 1 - beta ** iteration.

In the templates `w` is the parameter, `g` its gradient; `d`, `velocity`, `m` and `v` belong to the parameter (they
become `velocity(W1)` and so on), `iteration` counts from 1, and options stand for their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

from nnstep.language import Assignment, Call, Expression, Name, Number, parse_equations
from nnstep.program.bind import put_in
from nnstep.program.builder import Builder
from nnstep.scenario.model import Optimizer

__all__ = ["initial_states", "needs_iteration", "rule", "update"]

_OWN = ("d", "velocity", "m", "v")


def rule(optimizer: Optimizer) -> str:
    """The optimizer's rule for one parameter, one assignment a line, the last one assigning `w`."""
    options = optimizer.options
    lines = []
    gradient = "g"
    if optimizer.type != "adamw" and options["weight_decay"]:
        lines.append("d = g + weight_decay * w")
        gradient = "d"
    lines += _RULES[optimizer.type](options, gradient)
    return "\n".join(lines)


def _sgd(options: Mapping[str, float | bool], gradient: str) -> list[str]:
    if not options["momentum"]:
        return [f"w = w - lr * {gradient}"]
    direction = f"({gradient} + momentum * velocity)" if options["nesterov"] else "velocity"
    return [f"velocity = momentum * velocity + {gradient}", f"w = w - lr * {direction}"]


def _adam(options: Mapping[str, float | bool], gradient: str) -> list[str]:
    return [
        f"m = beta1 * m + (1 - beta1) * {gradient}",
        f"v = beta2 * v + (1 - beta2) * {gradient} ** 2",
        "w = w - lr * (m / (1 - beta1 ** iteration)) / (sqrt(v / (1 - beta2 ** iteration)) + eps)",
    ]


def _adamw(options: Mapping[str, float | bool], gradient: str) -> list[str]:
    *averages, step = _adam(options, gradient)
    return [
        *averages,
        step.replace("w = w -", "w = (1 - lr * weight_decay) * w -") if options["weight_decay"] else step,
    ]


def _rmsprop(options: Mapping[str, float | bool], gradient: str) -> list[str]:
    average = f"v = alpha * v + (1 - alpha) * {gradient} ** 2"
    direction = f"{gradient} / (sqrt(v) + eps)"
    if options["momentum"]:
        return [average, f"velocity = momentum * velocity + {direction}", "w = w - lr * velocity"]
    return [average, f"w = w - lr * {direction}"]


def _adagrad(options: Mapping[str, float | bool], gradient: str) -> list[str]:
    rate = "lr / (1 + (iteration - 1) * lr_decay)" if options["lr_decay"] else "lr"
    return [f"v = v + {gradient} ** 2", f"w = w - {rate} * {gradient} / (sqrt(v) + eps)"]


_RULES = {"sgd": _sgd, "adam": _adam, "adamw": _adamw, "rmsprop": _rmsprop, "adagrad": _adagrad}


def initial_states(optimizer: Optimizer) -> dict[str, float]:
    """The optimizer's states of one parameter and what their entries are before the first iteration."""
    text = rule(optimizer)
    used = {assignment.target for assignment in parse_equations(text)}
    start = float(optimizer.options.get("initial_accumulator_value", 0.0))
    return {name: start if name == "v" else 0.0 for name in _OWN if name in used and name != "d"}


def needs_iteration(optimizer: Optimizer) -> bool:
    """Whether the rule depends on how many iterations were done."""
    return "iteration" in rule(optimizer)


def update(builder: Builder, optimizer: Optimizer, began: int = 0) -> None:
    """Append the update of every trainable parameter that has a gradient.

    An optimizer that began after `began` iterations counts from there, as a new one of PyTorch's does.
    """
    lines = parse_equations(rule(optimizer))
    for value in [value for value in builder.values if value.role == "parameter" and value.step == 0]:
        if value.trainable and f"grad({value.name})" in builder:
            for line in lines:
                _append(builder, optimizer, value.name, line, began)


def _append(builder: Builder, optimizer: Optimizer, parameter: str, line: Assignment, began: int) -> None:
    names = {own: f"{own}({parameter})" for own in _OWN} | {"w": parameter, "g": f"grad({parameter})"}
    counted: Expression = Name("iteration")
    if began:
        counted = Call("subtract", (counted, Number(float(began))))
    words: dict[str, Expression] = {word: Name(name) for word, name in names.items()} | {"iteration": counted}
    words |= {option: Number(float(setting)) for option, setting in optimizer.options.items()}
    role = {"w": "parameter", "d": "rate"}.get(line.target, "state")
    of = "" if role == "parameter" else parameter
    expression = put_in(line.expression, words)
    builder.assign(names[line.target], expression, role, "update", optimizer.type, of=of)
