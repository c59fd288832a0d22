"""Scenario -> Program: forward, backward and update as one list of single assignments, for batches of one size."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from nnstep.catalogue import say
from nnstep.errors import NnstepError, Problem
from nnstep.language import Assignment, to_text
from nnstep.program.builder import Builder
from nnstep.program.differentiate import differentiate
from nnstep.program.lower import lower
from nnstep.program.model import Program
from nnstep.program.squares import squares
from nnstep.program.update import initial_states, needs_iteration, update
from nnstep.scenario.hints import suggest
from nnstep.scenario.model import Scenario
from nnstep.scenario.toml.arrays import LARGEST

_MOST = 1 << 25  # numbers of one iteration: 256 MiB


def compile_program(scenario: Scenario, rows: int | None = None, *, began: int = 0) -> Program:
    """Compile for batches of `rows` samples (default: the first batch's).

    `began` is how many iterations were done before the optimizer began, which its rule must not count.

    Raises NnstepError with every problem found: a name used before it is defined, an unknown operation, shapes that do
    not fit, data that an operation cannot take, an objective that is not a scalar, a gradient that must pass through
    what is not differentiable.
    """
    if rows is None:
        rows = batch_rows(scenario)
    builder = Builder()
    _declare(builder, scenario, rows)
    problems = lower(builder, scenario.equations)
    lines = {_text(one.assignment): one for one in scenario.equations}
    if not problems:
        for step, problem in squares(builder, _for_more(scenario, rows)):
            place = lines[step.equation]
            said = f"{place.assignment.target}: {problem.message}"
            problems.append(problem._replace(message=said).at(line=place.line, key=place.key))
    objective = None
    if scenario.objective is not None:
        problems += _check_objective(builder, scenario, scenario.objective)
        if not problems:
            objective = builder.slot(scenario.objective)
            for step, problem in differentiate(builder, objective):
                problems.append(problem.at(line=lines[step.equation].line, key=lines[step.equation].key))
    if not problems:
        starts = [value for value in builder.values if value.step == 0 and value.role in ("parameter", "state")]
        if scenario.optimizer is not None:
            update(builder, scenario.optimizer, began)
        problems = _check_size(builder, scenario)
    if problems:
        raise NnstepError(problem.at(file=scenario.path) for problem in problems)
    return Program(
        rows=rows,
        values=tuple(builder.values),
        steps=tuple(builder.steps),
        objective=objective,
        carried=tuple((value.slot, builder.slot(value.name)) for value in starts),
        equations=tuple(_text(one.assignment) for one in scenario.equations),
    )


def _for_more(scenario: Scenario, rows: int) -> Callable[[], Builder] | None:
    """What makes the forward pass for another number of samples, as far as there can be one; None without samples."""
    if scenario.data is None:
        return None

    def lowered() -> Builder:
        builder = Builder()
        _declare(builder, scenario, rows + 1)
        lower(builder, scenario.equations)
        return builder

    return lowered


def _text(assignment: Assignment) -> str:
    return f"{assignment.target} = {to_text(assignment.expression)}"


def batch_rows(scenario: Scenario) -> int:
    """The number of samples in the first batch; 0 without data."""
    if scenario.data is None:
        return 0
    samples = len(scenario.data.x)
    return min(scenario.training.batch_size or samples, samples)


def _declare(builder: Builder, scenario: Scenario, rows: int) -> None:
    """What is there before the first step: data, constants, parameters, optimizer states."""
    if scenario.data is not None:
        builder.declare("x", (rows, *scenario.data.x.shape[1:]), "data")
        if scenario.data.y is not None:
            builder.declare("y", (rows, *scenario.data.y.shape[1:]), "data")
    for name, value in scenario.constants.items():
        builder.declare(name, value.shape, "constant")
    for parameter in scenario.parameters:
        builder.declare(parameter.name, parameter.value.shape, "parameter", trainable=parameter.trainable)
    if scenario.optimizer is None:
        return
    for parameter in scenario.parameters:
        if parameter.trainable:
            for state in initial_states(scenario.optimizer):
                builder.declare(f"{state}({parameter.name})", parameter.value.shape, "state", of=parameter.name)
    if needs_iteration(scenario.optimizer):
        builder.declare("iteration", (), "counter")


def _check_objective(builder: Builder, scenario: Scenario, name: str) -> list[Problem]:
    """What is wrong with the objective; nothing where its equation is."""
    place = next((one for one in scenario.equations if one.assignment.target == name), None)
    if name not in builder:
        hint = suggest.hint(name, builder.known(), "value")
        return [] if place else [Problem(say("program.undefined", name=repr(name)), key="objective", hint=hint)]
    value = builder.value(name)
    if value.shape == ():
        return []
    shape = "×".join(map(str, value.shape)) if len(value.shape) > 1 else say("shape.list.many", size=value.shape[0])
    problem = Problem(
        say("program.scalar", name=name, shape=shape),
        hint=say("program.scalar.hint"),
    )
    return [problem.at(line=place.line, key=place.key) if place else problem.at(key="objective")]


def _check_size(builder: Builder, scenario: Scenario) -> list[Problem]:
    """An iteration that would take more memory than a network to look at needs."""
    numbers = sum(prod(value.shape) for value in builder.values)
    largest = max(builder.values, key=lambda value: prod(value.shape), default=None)
    if largest is None or (numbers <= _MOST and prod(largest.shape) <= LARGEST):
        return []
    shape = "×".join(map(str, largest.shape))
    if numbers > _MOST:
        said = say("program.large", numbers=f"{numbers:,}", most=f"{_MOST:,}")
        hint = say("program.large.hint", name=largest.name, shape=shape)
    else:
        said = say("program.entries", name=largest.name, shape=shape, most=f"{LARGEST:,}")
        hint = say("program.entries.hint")
    made = builder.steps[largest.step - 1].equation if largest.step else ""
    place = next((one for one in scenario.equations if _text(one.assignment) == made), scenario.equations[-1])
    return [Problem(said, line=place.line, key=place.key, hint=hint)]
