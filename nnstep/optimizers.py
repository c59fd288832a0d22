"""The optimizers: everything about one is in its entry, and an optimizer that is not in OPTIMIZERS does not exist.

Conventions are those of `torch.optim`: epsilon is added outside the root, weight decay is added to the gradient (adamw:
taken off the parameter itself), dampening is 0, Adam's averages are corrected by 1 - beta ** iteration.

In a rule `w` is the parameter, `g` its gradient, or with weight decay `d`, the gradient with that added; the states
belong to the parameter (they become `velocity(W1)` and so on), `iteration` counts from 1, and options stand for their
numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from types import MappingProxyType
from typing import NamedTuple

from nnstep.language import Call, Expression, Number, parse_equations

Options = Mapping[str, float | bool]
BETAS = ("beta1", "beta2")  # in a file they are the pair `betas`

Sentence = tuple[str, dict[str, float]]  # a key of the catalogue, and the numbers that go into its text
Words = Callable[[str, Expression, Set[str]], Sentence | None]


def _nothing(target: str, expression: Expression, read: Set[str]) -> Sentence | None:
    return None


class Rule(NamedTuple):
    """One optimizer.

    options    every option with its default; all numbers are at least 0, `beta1` and `beta2` below 1
    lines      lines(options, gradient) -> the assignments for one parameter, the last one assigning `w`; `gradient` is
               what to write for the gradient
    states     what is kept of each parameter from one iteration to the next (where the rule has a use for it): its
               first number, or the option that has it
    decoupled  weight decay is the rule's own business, and not added to the gradient
    words      words(target, expression, read) -> what is said of the step that assigns `target` ("w", or a state): a
               key of the catalogue and its numbers; `read` are the states, "d" and "grad" that `expression` reads.
               Without it, and where it gives None, the step is described in neutral words.
    """

    options: Options
    lines: Callable[[Options, str], list[str]]
    states: Mapping[str, float | str] = MappingProxyType({})
    decoupled: bool = False
    words: Words = _nothing


def rule_text(kind: str, options: Options) -> str:
    """The rule of an optimizer for one parameter, one assignment a line, the last one assigning `w`."""
    entry = OPTIMIZERS[kind]
    if options.get("weight_decay") and not entry.decoupled:
        return "\n".join(("d = g + weight_decay * w", *entry.lines(options, "d")))
    return "\n".join(entry.lines(options, "g"))


def states_of(kind: str, options: Options) -> dict[str, float]:
    """What an optimizer keeps of one parameter, and what its entries are before the first iteration."""
    used = {assignment.target for assignment in parse_equations(rule_text(kind, options))}
    first = {name: OPTIMIZERS[kind].states[name] for name in OPTIMIZERS[kind].states if name in used}
    return {name: float(options[start] if isinstance(start, str) else start) for name, start in first.items()}


# What is said of a step, from the numbers in it.


def numbers_in(node: Expression) -> list[float]:
    """The numbers of an expression, from left to right."""
    if isinstance(node, Number):
        return [node.value]
    return [value for part in node.arguments for value in numbers_in(part)] if isinstance(node, Call) else []


def _rate(expression: Expression) -> dict[str, float]:
    """The learning rate: the first number of what is taken off the parameter."""
    assert isinstance(expression, Call)
    return {"rate": numbers_in(expression.arguments[1])[0]}


def _average(key: str, expression: Expression) -> Sentence:
    kept = numbers_in(expression)[0]
    return key, {"kept": kept, "taken": 1 - kept}


# The entries.


def _sgd(options: Options, gradient: str) -> list[str]:
    if not options["momentum"]:
        return [f"w = w - lr * {gradient}"]
    direction = f"({gradient} + momentum * velocity)" if options["nesterov"] else "velocity"
    return [f"velocity = momentum * velocity + {gradient}", f"w = w - lr * {direction}"]


def _sgd_words(target: str, expression: Expression, read: Set[str]) -> Sentence:
    if target == "velocity":
        return "words.state.velocity", {"kept": numbers_in(expression)[0]}
    if "velocity" not in read:
        return "words.update.sgd", _rate(expression)
    return "words.update.nesterov" if "grad" in read else "words.update.velocity", _rate(expression)


def _adam(options: Options, gradient: str) -> list[str]:
    return [
        f"m = beta1 * m + (1 - beta1) * {gradient}",
        f"v = beta2 * v + (1 - beta2) * {gradient} ** 2",
        "w = w - lr * (m / (1 - beta1 ** iteration)) / (sqrt(v / (1 - beta2 ** iteration)) + eps)",
    ]


def _adam_words(target: str, expression: Expression, read: Set[str]) -> Sentence:
    if target != "w":
        return _average(f"words.state.{target}", expression)
    assert isinstance(expression, Call)
    before = expression.arguments[0]
    if isinstance(before, Call):  # (1 - lr * weight_decay) * w
        _, rate, decay = numbers_in(before)
        return "words.update.decayed", {**_rate(expression), "share": rate * decay}
    return "words.update.adam", _rate(expression)


def _adamw(options: Options, gradient: str) -> list[str]:
    *averages, step = _adam(options, gradient)
    decayed = step.replace("w = w -", "w = (1 - lr * weight_decay) * w -")
    return [*averages, decayed if options["weight_decay"] else step]


def _rmsprop(options: Options, gradient: str) -> list[str]:
    average = f"v = alpha * v + (1 - alpha) * {gradient} ** 2"
    direction = f"{gradient} / (sqrt(v) + eps)"
    if options["momentum"]:
        return [average, f"velocity = momentum * velocity + {direction}", "w = w - lr * velocity"]
    return [average, f"w = w - lr * {direction}"]


def _rmsprop_words(target: str, expression: Expression, read: Set[str]) -> Sentence:
    if target == "v":
        return _average("words.state.v", expression)
    if target == "velocity":
        return "words.state.velocity-scaled", {"kept": numbers_in(expression)[0]}
    return "words.update.velocity" if "velocity" in read else "words.update.scaled", _rate(expression)


def _adagrad(options: Options, gradient: str) -> list[str]:
    rate = "lr / (1 + (iteration - 1) * lr_decay)" if options["lr_decay"] else "lr"
    return [f"v = v + {gradient} ** 2", f"w = w - {rate} * {gradient} / (sqrt(v) + eps)"]


def _adagrad_words(target: str, expression: Expression, read: Set[str]) -> Sentence:
    if target == "v":
        return "words.state.squares", {}
    return "words.update.falling" if "iteration" in read else "words.update.scaled", _rate(expression)


OPTIMIZERS: dict[str, Rule] = {
    "sgd": Rule(
        options={"lr": 0.001, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0},
        lines=_sgd,
        states={"velocity": 0.0},
        words=_sgd_words,
    ),
    "adam": Rule(
        options={"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0},
        lines=_adam,
        states={"m": 0.0, "v": 0.0},
        words=_adam_words,
    ),
    "adamw": Rule(
        options={"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
        lines=_adamw,
        states={"m": 0.0, "v": 0.0},
        decoupled=True,
        words=_adam_words,
    ),
    "rmsprop": Rule(
        options={"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0},
        lines=_rmsprop,
        states={"velocity": 0.0, "v": 0.0},
        words=_rmsprop_words,
    ),
    "adagrad": Rule(
        options={"lr": 0.01, "lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10},
        lines=_adagrad,
        states={"v": "initial_accumulator_value"},
        words=_adagrad_words,
    ),
}
