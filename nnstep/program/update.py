"""The update: the rule of an optimizer, written out as assignments for each trainable parameter."""

from __future__ import annotations

from nnstep.language import Assignment, Call, Expression, Name, Number, parse_equations
from nnstep.optimizers import OPTIMIZERS, rule_text, states_of
from nnstep.program.bind import put_in
from nnstep.program.builder import Builder
from nnstep.scenario.model import Optimizer


def initial_states(optimizer: Optimizer) -> dict[str, float]:
    """The optimizer's states of one parameter and what their entries are before the first iteration."""
    return states_of(optimizer.type, optimizer.options)


def needs_iteration(optimizer: Optimizer) -> bool:
    """Whether the rule depends on how many iterations were done."""
    return "iteration" in rule_text(optimizer.type, optimizer.options)


def update(builder: Builder, optimizer: Optimizer, began: int = 0) -> None:
    """Append the update of every trainable parameter that has a gradient.

    An optimizer that began after `began` iterations counts from there, as a new one of PyTorch's does.
    """
    lines = parse_equations(rule_text(optimizer.type, optimizer.options))
    for value in [value for value in builder.values if value.role == "parameter" and value.step == 0]:
        if value.trainable and f"grad({value.name})" in builder:
            for line in lines:
                _append(builder, optimizer, value.name, line, began)


def _append(builder: Builder, optimizer: Optimizer, parameter: str, line: Assignment, began: int) -> None:
    own = ("d", *OPTIMIZERS[optimizer.type].states)
    names = {state: f"{state}({parameter})" for state in own} | {"w": parameter, "g": f"grad({parameter})"}
    counted: Expression = Name("iteration")
    if began:
        counted = Call("subtract", (counted, Number(float(began))))
    words: dict[str, Expression] = {word: Name(name) for word, name in names.items()} | {"iteration": counted}
    words |= {option: Number(float(setting)) for option, setting in optimizer.options.items()}
    role = {"w": "parameter", "d": "rate"}.get(line.target, "state")
    of = "" if role == "parameter" else parameter
    expression = put_in(line.expression, words)
    builder.assign(names[line.target], expression, role, "update", optimizer.type, of=of)
