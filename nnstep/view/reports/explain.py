"""One number explained, for `trace --explain`, as text: what the views and panels of the screen paint of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnstep.catalogue import say
from nnstep.debugger import Cell
from nnstep.debugger.provenance.products import EntryChain
from nnstep.errors import LanguageError, NnstepError, Problem
from nnstep.language.references import split_cell as cell_at_end
from nnstep.nearest import nearest
from nnstep.ops import Index
from nnstep.program import Program
from nnstep.program.naming import value_named
from nnstep.program.no_gradient import why_no_gradient
from nnstep.scenario.model import Scenario
from nnstep.text import clean
from nnstep.view.lens.cell import cell_rows, listed_terms
from nnstep.view.lens.check_entry import check_block
from nnstep.view.lens.jacobian import jacobian_draw
from nnstep.view.lens.lens_panel import of_block
from nnstep.view.lens.picture import PICTURES
from nnstep.view.lens.row_list import listed_view
from nnstep.view.lens.uses import listed_uses, use_rows
from nnstep.view.panels.chain import chain_panel, entry_block
from nnstep.view.reports.explained import BodyStep, Computed, Explanation, explanation
from nnstep.view.stepper import Stepper
from nnstep.view.text.blocks import Block, Draw
from nnstep.view.text.canvas import line_text
from nnstep.view.text.matrix import cell_of
from nnstep.view.text.numbers import shape_text

_WIDTH = 100
_TALLEST = 10_000
_PICTURE = 14  # lines of a picture


def asked(scenario: Scenario, text: str, iteration: int, ascii: bool = False) -> Explanation:
    """The explanation of the entry `text`, as in "W1[0,1]", "grad(W1)[0,1]" or "loss", at the end of an iteration.

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
    return explanation(stepper, name, index)


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


def explain(found: Explanation) -> Iterator[str]:
    """The lines of an explanation: a heading and what is told, for each part that there is."""
    session, scene = found.moment.session, found.moment.outer
    yield clean(session.scenario.title)
    yield say("explain.where", iteration=found.record.iteration, last=session.timeline.iterations)
    terms, used = cell_rows(found.origin, full=True), found.used.outer
    yield from _section(say("explain.cell"), listed_view(listed_terms(scene, terms, 0, ())))
    assert used.cell is not None
    yield from _section(say("explain.uses"), listed_view(listed_uses(used, use_rows(used.cell, found.uses), 0)))
    if found.chain is not None and found.check is not None:
        yield from _section(say("explain.chain"), _chain(found, found.chain))
        name, check = line_text(scene.written(Cell(found.chain.slot, found.chain.index))), found.check
        ascii = scene.gallery.ascii
        draw = of_block(lambda width, height: check_block(check, name, scene.objective, width, height, ascii))
        yield from _section(say("explain.check"), draw, _PICTURE + 10)
    if found.computed is not None:
        yield from _step_sections(found.computed)
    yield from _section(say("explain.histogram"), PICTURES["histogram"].draw(found.moment), _PICTURE)
    yield from _section(say("explain.network"), PICTURES["network"].draw(found.moment), _PICTURE)


def _chain(found: Explanation, chain: EntryChain) -> Draw:
    """The entry multiplied out; of a parameter's gradient, in the panel that has its factors too."""
    scene, of = found.moment.outer, found.record.program.values[chain.slot].of
    panel = chain_panel(scene, found.moment.session.position.step)

    def entry(width: int) -> Block:
        return entry_block(scene, chain, width)

    return panel._replace(entry=entry).paint if of == panel.chosen else of_block(lambda width, height: entry(width))


def _step_sections(found: Computed) -> Iterator[str]:
    """The step that computed it: its equation, what it is made of, its Jacobian and its curve where it has them."""
    yield from _section(say("explain.step", step=found.step.index), found.panel.paint)
    if found.body:
        yield ""
        yield say("explain.body", step=found.step.index)
        yield from _body(found.body)
    if found.jacobian is not None:
        yield from _section(say("explain.jacobian"), jacobian_draw(found.moment, found.jacobian))
    if PICTURES["curve"].when(found.moment):
        yield from _section(say("explain.curve"), PICTURES["curve"].draw(found.moment), _PICTURE + 6)


def _body(steps: Sequence[BodyStep]) -> Iterator[str]:
    """The steps of a body with their numbers, those of their bodies below them."""
    for one in steps:
        yield ""
        yield from (f"    {line_text(line)}".rstrip() for line in one.panel.paint(_WIDTH, _TALLEST, 0).lines)
        yield from _body(one.body)


def _section(heading: str, draw: Draw, height: int = _TALLEST) -> Iterator[str]:
    """A heading, and what is drawn below it."""
    yield ""
    yield heading
    lines = [line_text(line).rstrip() for line in draw(_WIDTH, height, 0).lines]
    while lines and not lines[-1]:
        lines.pop()
    yield from (f"  {line}".rstrip() for line in lines)
