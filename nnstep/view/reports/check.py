"""What `check` and `gradcheck` print: shapes, counts, equations and their derivative; analytic against numeric."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.engine import Era, Schedule, schedule
from nnstep.engine.difference import TOLERANCE, Difference
from nnstep.engine.gradcheck import ParameterCheck
from nnstep.language import number_text, to_text
from nnstep.ops import Index
from nnstep.program import Program, Value
from nnstep.scenario import Optimizer, Scenario
from nnstep.text import clean, padded, width
from nnstep.view.sentences.health import program_notes
from nnstep.view.text.numbers import shape_text

_EQUATION_AT = 6  # the column where equations start
_SHAPE_AT = 58  # the column where shapes start
_LABEL = 12  # columns of a word at the left


class Later(NamedTuple):
    """An update that takes the place of another one as an iteration begins: the program for the first batch's size."""

    iteration: int
    optimizer: Optimizer
    program: Program


def later_updates(parts: Sequence[Era]) -> tuple[Later, ...]:
    """The updates that edits of the optimizer bring, in the order of the run."""
    found = []
    for before, era in pairwise(parts):
        if era.programs is not before.programs and era.scenario.optimizer is not None:
            found.append(Later(era.first, era.scenario.optimizer, first_program(era)))
    return tuple(found)


def first_program(era: Era) -> Program:
    """The program of an era for a batch of the first one's size."""
    return next(iter(era.programs.values()))


def check_report(scenario: Scenario, program: Program, name: str, later: Sequence[Later] = ()) -> Iterator[str]:
    """The lines of `check` for a scenario that is called `name`, with its program for the first batch.

    `later` are the updates that edits bring.
    """
    yield f"{clean(name)}: {clean(scenario.title)}" if scenario.title else clean(name)
    yield from _data(scenario)
    yield from _parameters(scenario)
    yield from _equations(scenario, program)
    heading = _update_heading(say("report.update"), scenario.optimizer)
    for phase, said in (("backward", say("report.backward")), ("update", heading)):
        yield from _steps(program, phase, said)
    for one in later:
        since = say("report.update.from", iteration=one.iteration)
        yield from _steps(one.program, "update", _update_heading(since, one.optimizer))
    yield from _notes(scenario, program)


def gradcheck_report(checks: Sequence[ParameterCheck], loss: float | None) -> Iterator[str]:
    """A line for each parameter: its worst entry, the two numbers, the error, and what the check says of it. Then what
    stands at a corner, what of a large parameter was looked at, how the error is measured, and the verdict.

    `loss` is what the objective is where the differences start.
    """
    rows = [(*(say(f"report.column.{key}") for key in ("parameter", "worst", "analytic", "numeric", "error")), "")]
    below = []
    for check in checks:
        shown: ParameterCheck | Difference = check
        error = check.error
        if check.verdict == "corner":
            shown = corner = check.corners[0]
            error = corner.apart
        numbers = (_number(shown.analytic), _number(shown.numeric), f"{error:.1e}")
        rows.append((clean(check.name), _place(shown.index) or "-", *numbers, say(f"report.{check.verdict}")))
        if check.corners:
            below.append(_corner(check))
        if check.checked < check.entries:
            some = {"checked": f"{check.checked:,}", "entries": f"{check.entries:,}"}
            below.append(say("report.sampled", name=clean(check.name), **some))
    yield from _columns(rows, right=(2, 3, 4))
    yield from below
    yield say("report.tolerance", tolerance=f"{TOLERANCE:g}")
    yield _verdict(checks, loss)


def _number(number: float) -> str:
    """With ten digits; 0 has no sign."""
    return f"{number + 0.0:.10g}"


def _place(index: Index) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def _corner(check: ParameterCheck) -> str:
    """Which operand stands at a corner, and the slopes on both sides of it."""
    found = next((one for one in check.corners if not one.ok), check.corners[0])
    said = {key: f"{number:.6g}" for key, number in found.slopes.items()}
    said["entry"] = clean(check.name) + _place(found.index)
    corner = found.corner
    if corner is None:
        lines = say("report.kink", **said)
    else:
        said["operation"], said["step"] = corner.operation, str(corner.step)
        said["operand"] = _operand(corner.name, corner.index)
        other = _operand(*corner.other) if corner.other is not None else _number(corner.level)
        if not found.ok:
            lines = say("report.corner.outside", level=other, **said)
        elif corner.at == 0:
            lines = say("report.corner.at", level=other, **said)
        else:
            lines = say("report.corner.near", value=_number(corner.value), level=other, **said)
    more = len(check.corners) - 1
    return lines + (" " + say_count("report.corner.more", more) if more else "")


def _operand(name: str, index: Index) -> str:
    """An entry of an operand, as the language writes it: z[0, 1], (1 - w)[0]."""
    plain = name.isidentifier() or not index or name.endswith(")")
    return (clean(name) if plain else f"({clean(name)})") + _place(index)


def _verdict(checks: Sequence[ParameterCheck], loss: float | None) -> str:
    """What it comes to, in one sentence."""
    if loss is not None and not isfinite(loss):
        return say("report.verdict.loss", loss=f"{loss:g}")
    named = {verdict: [clean(one.name) for one in checks if one.verdict == verdict] for verdict in _VERDICTS}
    said = [
        say(f"report.verdict.{verdict}", names=", ".join(names[:8]) + (", ..." if len(names) > 8 else ""))
        for verdict, names in named.items()
        if names
    ]
    return " ".join(said) or say("report.verdict.ok")


_VERDICTS = ("not-finite", "differs", "corner")


def _data(scenario: Scenario) -> Iterator[str]:
    plan: Schedule = schedule(scenario)
    data = scenario.data
    if data is not None:
        arrays = [("x", data.x)] + ([("y", data.y)] if data.y is not None else [])
        shapes = ", ".join(f"{name} {shape_text(array.shape)}" for name, array in arrays)
        yield f"  {_label('data')}{say_count('report.samples', plan.samples)} ({_origin(data.origin)}): {shapes}"
        if data.classes:
            classes = ", ".join(f"{number} {name}" for number, name in enumerate(data.classes))
            yield f"  {_label('classes')}{clean(classes)}"
    batches = say_count("report.batches", plan.batches)
    if data is not None:
        batches = say("report.batches-of", batches=batches, size=plan.batch_size)
    counts = {
        "iterations": say_count("report.iterations", plan.iterations),
        "epochs": say_count("report.epochs", plan.epochs),
    }
    yield f"  {_label('run')}{say('report.run-shuffled' if plan.shuffle else 'report.run', **counts, batches=batches)}"


def _label(key: str) -> str:
    """A word at the left, with room to what it is about."""
    return padded(say(f"report.{key}.label"), _LABEL - 2) + "  "


def _origin(origin: str) -> str:
    """Where numbers come from: the scenario itself, a file, or what drew them, by its name."""
    return say(f"report.origin.{origin}") if origin in ("inline", "given") else clean(origin)


def _parameters(scenario: Scenario) -> Iterator[str]:
    if not scenario.parameters:
        return
    yield ""
    yield f"  {say('report.parameters')}"
    rows = [
        (
            clean(one.name),
            shape_text(one.value.shape) or say("report.scalar"),
            f"{one.value.size:,}",
            _origin(one.origin),
            say("report.trainable") if one.trainable else say("report.frozen"),
        )
        for one in scenario.parameters
    ]
    yield from (f"    {row}" for row in _columns(rows, right=(2,)))
    trainable = sum(one.value.size for one in scenario.parameters if one.trainable)
    frozen = sum(one.value.size for one in scenario.parameters if not one.trainable)
    counts = {"all": f"{trainable + frozen:,}", "trainable": f"{trainable:,}", "frozen": f"{frozen:,}"}
    yield f"    {say('report.totals', **counts)}"


def _equations(scenario: Scenario, program: Program) -> Iterator[str]:
    yield ""
    yield f"  {say('report.equations')}"
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
    return f"{said}{gap}{shape_text(value.shape) or say('report.scalar')}"


def _update_heading(said: str, optimizer: Optimizer | None) -> str:
    if optimizer is None:
        return said
    options = [
        f"{name} = {number_text(float(value)) if not isinstance(value, bool) else str(value).lower()}"
        for name, value in optimizer.options.items()
        if name == "lr" or value
    ]
    return f"{said} ({', '.join([optimizer.type, *options])})"


def _notes(scenario: Scenario, program: Program) -> Iterator[str]:
    notes = list(_gradient_notes(scenario, program))
    plan = schedule(scenario)
    if plan.rest:
        notes.append(say_count("report.rest", plan.rest, size=plan.batch_size))
    if notes:
        yield ""
        yield f"  {say('report.notes')}"
    yield from (f"    {note}" for note in notes)


def _gradient_notes(scenario: Scenario, program: Program) -> Iterator[str]:
    if program.objective is None:
        yield say("report.forward-only")
        return
    objective = program.values[program.objective].name
    if not any(step.phase == "backward" for step in program.steps):
        yield say("report.no-gradients", objective=objective)
        return
    for parameter in scenario.parameters:
        if parameter.trainable and f"grad({parameter.name})" not in program.versions:
            yield say("report.unreached", name=clean(parameter.name), objective=objective)
    if scenario.optimizer is None:
        yield say("report.no-optimizer")
    yield from program_notes(program)


def _columns(rows: Sequence[tuple[str, ...]], right: Collection[int]) -> Iterator[str]:
    """A line for each row, its cells below each other; those of the columns `right` end below each other."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        gaps = [" " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)]
        cells = [gap + cell if i in right else cell + gap for i, (cell, gap) in enumerate(zip(row, gaps, strict=True))]
        yield "  ".join(cells).rstrip()
