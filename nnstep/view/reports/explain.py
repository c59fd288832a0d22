"""One number explained, for `trace --explain`: what the panels say of it, as text and as plain data.

The text is what the views of the middle panel and the chain-rule panel paint; the data are what they are painted from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnstep.catalogue import say
from nnstep.errors import LanguageError, NnstepError, Problem
from nnstep.language.references import cell_of as cell_at_end
from nnstep.nearest import nearest
from nnstep.ops import Index
from nnstep.program.naming import value_named
from nnstep.program.no_gradient import why_no_gradient
from nnstep.text import clean
from nnstep.view.lens.jacobian import mixing_step
from nnstep.view.lens.picture import picture, pictures_here
from nnstep.view.lens.registry import LENSES
from nnstep.view.reports.explained import as_data
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.moment import Moment
from nnstep.view.stepper import Stepper
from nnstep.view.text.blocks import Draw
from nnstep.view.text.canvas import line_text
from nnstep.view.text.matrix import cell_of
from nnstep.view.text.numbers import shape_text

if TYPE_CHECKING:
    from nnstep.program import Program
    from nnstep.scenario.model import Scenario

__all__ = ["Asked", "asked", "explain", "explain_record"]

_WIDTH = 100
_TALLEST = 10_000
_PICTURE = 14  # lines of a picture


@dataclass(frozen=True)
class Asked:
    """A stepper that stands where a number is, and the number's value and entry."""

    stepper: Stepper
    name: str
    index: Index


def asked(scenario: Scenario, text: str, iteration: int, ascii: bool = False) -> Asked:
    """Stand at the end of an iteration with the entry `text` chosen, as in "W1[0,1]", "grad(W1)[0,1]" or "loss".

    Raises NnstepError for a name or an entry that there is not, and RunError where the run ends before the end of that
    iteration: a command of the screen would go to where it ends instead, and explain another number.
    """
    stepper = Stepper(scenario, ascii)
    session = stepper.session
    if not 1 <= iteration <= session.timeline.iterations:
        said = say("message.no-iteration", iteration=iteration, last=session.timeline.iterations)
        raise NnstepError(Problem(said, key="--iteration"))
    session.timeline.record(iteration)
    session.go_to(iteration, len(session.timeline.program(iteration).steps))
    program = session.program
    name, index = _read(text, program)
    shape = program.values[program.versions[name][-1]].shape
    if len(index) != len(shape) or any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        said = say(
            "explain.no-entry",
            found=repr(clean(text)),
            name=clean(name),
            shape=shape_text(shape) or say("explain.scalar"),
        )
        example = f"{name}[{','.join('0' for _ in shape)}]" if shape else name
        raise NnstepError(Problem(said, key="--explain", hint=say("explain.entry", entry=clean(example))))
    row, column = cell_of(index)
    stepper.do("cell.choose", (name, row, column))
    return Asked(stepper, name, index)


def _read(text: str, program: Program) -> tuple[str, Index]:
    """The name of a value and the entry of it that a text names, in whatever notation."""
    try:
        found = value_named(program, text)
    except LanguageError as error:
        raise NnstepError(Problem(str(error), key="--explain", hint=error.hint)) from None
    if found is None:
        name, _ = cell_at_end(" ".join(text.split()))
        hint = nearest(name, program.versions) or say("explain.entries")
        said = why_no_gradient(program, text) or say("explain.unknown", name=repr(clean(name)))
        raise NnstepError(Problem(said, key="--explain", hint=hint))
    return found


def explain(found: Asked) -> Iterator[str]:
    """The lines of the explanation: a heading and what the panel shows, for each view that has something to say."""
    stepper = found.stepper
    session = stepper.session
    yield clean(session.scenario.title)
    yield say("explain.where", iteration=session.position.iteration, last=session.timeline.iterations)
    yield from _section(say("explain.cell"), _view(stepper, "cell"))
    last = session.position
    session.go_to(last.iteration, used_until(session.program, found.name))
    yield from _section(say("explain.uses"), _view(stepper, "uses"))
    session.go_to(*last)
    if _has_gradient(found):
        yield from _section(say("explain.chain"), _panel(stepper, "chain"))
        yield from _section(say("explain.check"), _view(stepper, "check"), _PICTURE + 10)
    yield from _step_sections(found)
    yield from _section(say("explain.histogram"), picture(_at(stepper, "picture"), "histogram"), _PICTURE)
    yield from _section(say("explain.network"), picture(_at(stepper, "picture"), "network"), _PICTURE)


def used_until(program: Program, name: str) -> int:
    """The last step at which a name still means the value that steps use: of a parameter, that before its update."""
    update = program.values[program.versions[name][-1]].step
    return update - 1 if len(program.versions[name]) > 1 and update else len(program.steps)


def _step_sections(found: Asked) -> Iterator[str]:
    """The step that computed it: its equation, what it is made of, its Jacobian and its curve where it has them."""
    stepper = found.stepper
    session = stepper.session
    value = session.program.values[session.program.versions[found.name][-1]]
    if not value.step:
        return
    choice = stepper.choice
    session.go_to(session.position.iteration, value.step)
    yield from _section(say("explain.step", step=value.step), _panel(stepper, "operation"))
    if session.size((value.step,)):
        yield ""
        yield say("explain.body", step=value.step)
        yield from _body(stepper, (value.step,), choice)
    if mixing_step(stepper.moment().inner) is not None:
        yield from _section(say("explain.jacobian"), _view(stepper, "jacobian"))
    if "curve" in pictures_here(stepper.moment()):
        yield from _section(say("explain.curve"), picture(_at(stepper, "picture"), "curve"), _PICTURE + 6)
    session.go_to(session.position.iteration, len(session.program.steps))
    stepper.choice = choice


def _body(stepper: Stepper, path: tuple[int, ...], choice: Choice) -> Iterator[str]:
    """The steps of a body with their numbers, those of their bodies below them."""
    session = stepper.session
    iteration = session.position.iteration
    for index in range(1, session.size(path) + 1):
        inner = (*path, index)
        session.go_to(iteration, inner[0], inner[1:])
        stepper.choice = choice._replace(name="", lens="step")
        panel = stepper.view().panels["operation"]
        lines = panel.paint(_WIDTH, _TALLEST, 0).lines
        yield ""
        yield from (f"    {line_text(line)}".rstrip() for line in lines)
        if session.size(inner):
            yield from _body(stepper, inner, choice)
    session.go_to(iteration, path[0], path[1:])


def _has_gradient(found: Asked) -> bool:
    program = found.stepper.session.program
    value = program.values[program.versions[found.name][-1]]
    return value.role in ("gradient", "contribution") or f"grad({found.name})" in program.versions


def _at(stepper: Stepper, lens: str) -> Moment:
    """The moment with a view of the middle panel chosen, its lists in full."""
    stepper.choice = stepper.choice._replace(lens=lens, picture="", full=True, row=-1)
    return stepper.moment()


def _view(stepper: Stepper, lens: str) -> Draw:
    """A view of the middle panel, by its entry."""
    return LENSES[lens].draw(_at(stepper, lens), (), None)


def _panel(stepper: Stepper, key: str) -> Draw:
    """A panel of the screen; the middle one with the step's own view."""
    _at(stepper, "step")
    return stepper.view().panels[key].paint


def _section(heading: str, draw: Draw, height: int = _TALLEST) -> Iterator[str]:
    """A heading, and what is drawn below it."""
    yield ""
    yield heading
    lines = [line_text(line).rstrip() for line in draw(_WIDTH, height, 0).lines]
    while lines and not lines[-1]:
        lines.pop()
    yield from (f"  {line}".rstrip() for line in lines)


def explain_record(found: Asked) -> dict[str, Any]:
    """The same as plain data; see `nnstep.view.reports.records` for how numbers are written."""
    return as_data(found.stepper, found.name, found.index)
