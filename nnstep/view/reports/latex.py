"""What `check --format latex` prints: the equations of a scenario, of its derivative and of its update."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnstep.catalogue import say
from nnstep.language import Assignment
from nnstep.language.latex import LatexContext, assignment_to_latex
from nnstep.language.latex_form import Form
from nnstep.language.latex_names import escaped, names_to_latex
from nnstep.language.value_names import Meaning, meaning_of
from nnstep.ops import OPERATIONS, Operation
from nnstep.program import Program, Step, Value
from nnstep.scenario import Scenario
from nnstep.text import clean
from nnstep.view.reports.check import Later

_ROWS, _COLUMNS = "nirsp", "jkmcq"  # letters of the indices that a sum runs over: the first one that no value has


def latex_report(scenario: Scenario, program: Program, name: str, later: Sequence[Later] = ()) -> Iterator[str]:
    """The lines: an `align*` of amsmath for each phase, and for each update of `later`, that an edit brings."""
    yield f"% {clean(name)}: {clean(scenario.title)}"
    forward = [equation.assignment for equation in scenario.equations]
    backward = [_assignment(program, step) for step in program.steps if step.phase == "backward"]
    blocks = [
        *_align(say("phase.forward"), forward, notation_of(program)),
        *_align(say("phase.backward"), backward, notation_of(program)),
        *_update(say("phase.update"), program),
    ]
    for one in later:
        blocks += _update(say("report.update.from", iteration=one.iteration), one.program)
    indices = notation_of(program)
    if any(rf"_{{{letter}}}\left(" in line for line in blocks for letter in (indices.rows, indices.columns)):
        yield f"% {say('report.indices', rows=indices.rows, columns=indices.columns)}"
    yield r"\allowdisplaybreaks"
    yield from blocks


def _update(heading: str, program: Program) -> Iterator[str]:
    steps = [_assignment(program, step) for step in program.steps if step.phase == "update"]
    return _align(heading, steps, notation_of(program), r"\leftarrow")


def _align(heading: str, assignments: Sequence[Assignment], notation: LatexContext, sign: str = "=") -> Iterator[str]:
    if assignments:
        yield f"% {heading}"
        yield r"\begin{align*}"
        lines = [assignment_to_latex(one, notation, f"&{sign}") for one in assignments]
        yield from (f"  {line} \\\\" for line in lines[:-1])
        yield f"  {lines[-1]}"
        yield r"\end{align*}"


def _assignment(program: Program, step: Step) -> Assignment:
    return Assignment(program.values[step.target].name, step.expression)


def notation_of(program: Program) -> LatexContext:
    """How the values of a program are written."""
    values = {value.name: value for value in program.values}
    own = [name for name, value in values.items() if _meaning(value).kind == "name"]
    objective = program.objective_name or "loss"
    given = {"loss": r"\mathcal{L}"} if objective == "loss" and "loss" in values else {}
    if any(value.role == "counter" for value in values.values()) and "t" not in values:
        given |= {name: "t" for name, value in values.items() if value.role == "counter"}  # as in the README's formulas
    names = names_to_latex(own, given)
    taken = set(names.values())
    return LatexContext(
        forms=forms(),
        meaning=lambda name: _meaning(values[name]) if name in values else meaning_of(name),
        names=names,
        objective=objective,
        scalar=lambda name: name in values and values[name].shape == (),
        rows=next(letter for letter in (*_ROWS, r"\nu") if letter not in taken),
        columns=next(letter for letter in (*_COLUMNS, r"\mu") if letter not in taken),
    )


def forms() -> dict[str, Form]:
    """How each operation is written that is called by name."""
    return {entry.name: _form(entry) for entry in OPERATIONS}


def _form(entry: Operation) -> Form:
    return entry.latex._replace(
        sign=entry.latex.sign or rf"\operatorname{{{escaped(entry.symbol)}}}",
        inputs=max(entry.latex.inputs, len(entry.inputs)),
        options=tuple(entry.options),
        axis="axis" in entry.options,
        single=entry.reduces and entry.options.get("axis", "all") == "all",
    )


def _meaning(value: Value) -> Meaning:
    """What the name of a value says, by what the value is."""
    match value.role:
        case "unnamed":
            return Meaning("expression")
        case "state" | "rate":
            return Meaning("state", value.of, value.name.removesuffix(f"({value.of})"))
        case "gradient" | "contribution":
            return meaning_of(value.name)
    return Meaning("name")
