"""What `check` and `gradcheck` print: shapes, counts, equations and their derivative; analytic against numeric."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from nnstep.engine import Schedule, schedule
from nnstep.engine.gradcheck import TOLERANCE, ParameterCheck
from nnstep.language import Assignment, number_text, to_text
from nnstep.language.latex import assignment_to_latex
from nnstep.program import Program, Step, Value
from nnstep.scenario import Scenario
from nnstep.text import clean, width
from nnstep.view.notation import objective_letter
from nnstep.view.numbers import shape_text

__all__ = ["check_report", "gradcheck_report", "latex_report"]

_EQUATION_AT = 6  # the column where equations start
_SHAPE_AT = 58  # the column where shapes start


def check_report(scenario: Scenario, program: Program, name: str) -> Iterator[str]:
    """The lines of `check` for a scenario that is called `name`, with its program for the first batch."""
    yield f"{clean(name)}: {clean(scenario.title)}" if scenario.title else clean(name)
    yield from _data(scenario)
    yield from _parameters(scenario)
    yield from _equations(scenario, program)
    for phase, heading in (("backward", "Backward"), ("update", _update_heading(scenario))):
        yield from _steps(program, phase, heading)
    yield from _notes(scenario, program)


def latex_report(scenario: Scenario, program: Program, name: str) -> Iterator[str]:
    """The equations of a scenario, of its derivative and of its update in LaTeX: an `align*` for each."""
    yield f"% {clean(name)}: {clean(scenario.title)}"
    objective = objective_letter(program)
    written = {
        "forward": [equation.assignment for equation in scenario.equations],
        "backward": [_assignment(program, step) for step in program.steps if step.phase == "backward"],
        "update": [_assignment(program, step) for step in program.steps if step.phase == "update"],
    }
    for phase, assignments in written.items():
        if assignments:
            yield f"% {phase}"
            yield r"\begin{align*}"
            lines = [assignment_to_latex(one, objective).replace(" = ", " &= ", 1) for one in assignments]
            yield from (f"  {line} \\\\" for line in lines[:-1])
            yield f"  {lines[-1]}"
            yield r"\end{align*}"


def gradcheck_report(checks: Iterable[ParameterCheck]) -> Iterator[str]:
    """A line for each parameter: its worst entry, the two numbers, the relative error, and ok or MISMATCH."""
    rows = [("parameter", "worst entry", "analytic", "numeric", "relative error", "")]
    sampled = []
    for check in checks:
        index = f"[{', '.join(map(str, check.index))}]" if check.index else "-"
        numbers = (f"{check.analytic:.10g}", f"{check.numeric:.10g}", f"{check.error:.1e}")
        rows.append((clean(check.name), index, *numbers, "ok" if check.ok else "MISMATCH"))
        if check.checked < check.entries:
            sampled.append(f"{clean(check.name)}: {check.checked:,} of {check.entries:,} entries, evenly spread")
    yield from _columns(rows, right=(2, 3, 4))
    yield from sampled
    yield f"ok: |analytic - numeric| / max(1, |analytic|, |numeric|) is at most {TOLERANCE:g}"


def _assignment(program: Program, step: Step) -> Assignment:
    return Assignment(program.values[step.target].name, step.expression)


def _data(scenario: Scenario) -> Iterator[str]:
    plan: Schedule = schedule(scenario)
    data = scenario.data
    if data is not None:
        arrays = [("x", data.x)] + ([("y", data.y)] if data.y is not None else [])
        shapes = ", ".join(f"{name} {shape_text(array.shape)}" for name, array in arrays)
        yield f"  data        {_counted(plan.samples, 'sample')} ({clean(data.origin)}): {shapes}"
        if data.classes:
            yield f"  classes     {clean(', '.join(f'{number} {name}' for number, name in enumerate(data.classes)))}"
    run = f"{_counted(plan.iterations, 'iteration')}: {_counted(plan.epochs, 'epoch')} of "
    batches = "1 batch" if plan.batches == 1 else f"{plan.batches} batches"
    sizes = f" of {plan.batch_size}" if data is not None else ""
    yield f"  run         {run}{batches}{sizes}{', shuffled each epoch' if plan.shuffle else ''}"


def _parameters(scenario: Scenario) -> Iterator[str]:
    if not scenario.parameters:
        return
    yield ""
    yield "  Parameters"
    rows = [
        (
            clean(one.name),
            shape_text(one.value.shape) or "scalar",
            f"{one.value.size:,}",
            clean(one.origin),
            "trainable" if one.trainable else "frozen",
        )
        for one in scenario.parameters
    ]
    yield from (f"    {row}" for row in _columns(rows, right=(2,)))
    trainable = sum(one.value.size for one in scenario.parameters if one.trainable)
    frozen = sum(one.value.size for one in scenario.parameters if not one.trainable)
    yield f"    {trainable + frozen:,} in all: {trainable:,} trainable, {frozen:,} frozen"


def _equations(scenario: Scenario, program: Program) -> Iterator[str]:
    yield ""
    yield "  Equations"
    for equation in scenario.equations:
        assignment = equation.assignment
        value = program.values[program.versions[assignment.target][0]]
        yield _shaped(f"{assignment.target} = {to_text(assignment.expression)}", value)


def _steps(program: Program, phase: str, heading: str) -> Iterator[str]:
    found = [step for step in program.steps if step.phase == phase]
    if found:
        yield ""
        yield f"  {heading}"
    for step in found:
        value = program.values[step.target]
        yield _shaped(f"{value.name} = {to_text(step.expression)}", value, str(step.index))


def _shaped(text: str, value: Value, number: str = "") -> str:
    said = f"{number:>{_EQUATION_AT - 1}} {clean(text, 400)}"
    gap = " " * max(2, _SHAPE_AT - width(said))
    return f"{said}{gap}{shape_text(value.shape) or 'scalar'}"


def _update_heading(scenario: Scenario) -> str:
    optimizer = scenario.optimizer
    if optimizer is None:
        return "Update"
    options = [
        f"{name} = {number_text(float(value)) if not isinstance(value, bool) else str(value).lower()}"
        for name, value in optimizer.options.items()
        if name == "lr" or value
    ]
    return f"Update ({', '.join([optimizer.type, *options])})"


def _notes(scenario: Scenario, program: Program) -> Iterator[str]:
    notes = list(_gradient_notes(scenario, program))
    plan = schedule(scenario)
    if plan.rest:
        notes.append(f"the last batch of an epoch has {_counted(plan.rest, 'sample')} instead of {plan.batch_size}")
    if notes:
        yield ""
        yield "  Notes"
    yield from (f"    {note}" for note in notes)


def _gradient_notes(scenario: Scenario, program: Program) -> Iterator[str]:
    if program.objective is None:
        yield "forward only: nothing named loss, and no objective, so there are no gradients"
        return
    objective = program.values[program.objective].name
    if not any(step.phase == "backward" for step in program.steps):
        yield f"no trainable parameter reaches {objective}, so there are no gradients"
        return
    for parameter in scenario.parameters:
        if parameter.trainable and f"grad({parameter.name})" not in program.versions:
            yield f"{clean(parameter.name)} does not reach {objective}: it gets no gradient and no update"
    if scenario.optimizer is None:
        yield "no [optimizer]: nothing is updated"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _columns(rows: Sequence[tuple[str, ...]], right: Collection[int]) -> Iterator[str]:
    """A line for each row, its cells below each other; those of the columns `right` end below each other."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        gaps = [" " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)]
        cells = [gap + cell if i in right else cell + gap for i, (cell, gap) in enumerate(zip(row, gaps, strict=True))]
        yield "  ".join(cells).rstrip()
