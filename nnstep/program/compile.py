"""Scenario -> Program: forward, backward and update as one list of single assignments, for batches of one size."""

from __future__ import annotations

from nnstep.errors import NnstepError, OperationError, Problem
from nnstep.language import Call, Name, to_text
from nnstep.program.bind import bind
from nnstep.program.builder import Builder
from nnstep.program.differentiate import differentiate
from nnstep.program.lower import lower
from nnstep.program.model import Program
from nnstep.program.update import initial_states, needs_iteration, update
from nnstep.scenario.model import Scenario

__all__ = ["compile_program"]


def compile_program(scenario: Scenario, rows: int | None = None) -> Program:
    """Compile for batches of `rows` samples (default: the first batch's).

    Raises NnstepError with every problem found: a name used before it is defined, an unknown operation, shapes that do
    not fit, data that an operation cannot take, an objective that is not a scalar, a gradient that must pass through
    what is not differentiable.
    """
    if rows is None:
        rows = batch_rows(scenario)
    builder = Builder()
    _declare(builder, scenario, rows)
    problems = lower(builder, scenario.equations)
    if not problems:
        problems = [_placed(problem, scenario) for problem in _check_data(builder, scenario)]
    objective = None
    if scenario.objective is not None and not problems:
        problems = _check_objective(builder, scenario)
        if not problems:
            objective = builder.slot(scenario.objective)
            problems = differentiate(builder, objective)
            problems = [_placed(problem, scenario) for problem in problems]
    if problems:
        raise NnstepError(problem.at(file=scenario.path) for problem in problems)
    starts = [value for value in builder.values if value.step == 0 and value.role in ("parameter", "state")]
    if scenario.optimizer is not None:
        update(builder, scenario.optimizer)
    return Program(
        rows=rows,
        values=tuple(builder.values),
        steps=tuple(builder.steps),
        objective=objective,
        carried=tuple((value.slot, builder.slot(value.name)) for value in starts),
        equations=tuple(
            f"{one.assignment.target} = {to_text(one.assignment.expression)}" for one in scenario.equations
        ),
    )


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


def _check_data(builder: Builder, scenario: Scenario) -> list[Problem]:
    """What operations cannot take among all samples and constants that they are given straight: kernels do not look."""
    known = dict(scenario.constants)
    if scenario.data is not None:
        known["x"] = scenario.data.x
        if scenario.data.y is not None:
            known["y"] = scenario.data.y
    problems = []
    for step in builder.steps:
        if not isinstance(step.expression, Call):
            continue
        bound = bind(step.expression, builder.shape_of)
        if bound.operation.check is not None:
            pairs = zip(bound.operation.inputs, bound.arguments, strict=True)
            given = {label: known[one.id] for label, one in pairs if isinstance(one, Name) and one.id in known}
            try:
                bound.operation.check(bound.site, given)
            except OperationError as error:
                target = step.equation.split(" = ", 1)[0]
                problems.append(Problem(f"{target}: {error.message}", hint=error.hint))
    return problems


def _check_objective(builder: Builder, scenario: Scenario) -> list[Problem]:
    name = scenario.objective
    assert name is not None
    value = builder.value(name)
    if value.shape == ():
        return []
    place = next((one for one in scenario.equations if one.assignment.target == name), None)
    shape = "×".join(map(str, value.shape)) + ("" if len(value.shape) > 1 else " numbers")
    problem = Problem(
        f"{name} is {shape}, expected a scalar: only a single number can be differentiated",
        hint="reduce it with mean(...) or sum(...), or use a loss",
    )
    return [problem.at(line=place.line, key=place.key) if place else problem]


def _placed(problem: Problem, scenario: Scenario) -> Problem:
    """A problem whose message starts with "target: ", at the line of that target's equation."""
    target = problem.message.split(":", 1)[0]
    for equation in scenario.equations:
        if equation.assignment.target == target:
            return problem.at(line=equation.line, key=equation.key)
    return problem
