"""The middle panel's first view: the step as an equation of matrices; before the first step, the scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.debugger import Frame, Session
from nnstep.language import Expression, tokens
from nnstep.ops import Array
from nnstep.text import clean, listed
from nnstep.view.scene.display import DisplayPart, Operand, equation_line, laid_out
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene
from nnstep.view.scene.sources import Operands
from nnstep.view.scene.values import ShownMatrix, matrix_block
from nnstep.view.sentences.clamp import of_clamps
from nnstep.view.sentences.step import step_heading
from nnstep.view.text.blocks import Block, beside, blank, broken, flow, lines_block, paint, set_in, stack, wrap
from nnstep.view.text.canvas import Canvas, Line, Piece, line_text
from nnstep.view.text.cell_arithmetic import CellLines
from nnstep.view.text.highlight import DARK
from nnstep.view.text.matrix import MatrixView
from nnstep.view.text.numbers import plain
from nnstep.view.text.symbols import SYMBOLS

_FEWEST_LINES = 5  # for the matrices, whatever else is to be said
_NARROWEST = 14  # columns of a matrix beside others; with less room they go below each other


def _sign_block(piece: Piece) -> Block:
    return lines_block([(piece,)])


class OperationPanel(NamedTuple):
    """The step's equation, under the steps that it is inside of; its matrices; the chosen cell; a sentence.

    `parts` are signs, and operands that `shown` has a matrix for; `cell(width)` gives the chosen cell's lines.
    """

    title: Line
    equation: Line
    above: Line = ()
    note: Line = ()
    parts: Sequence[DisplayPart] = ()
    shown: Mapping[str, ShownMatrix] = MappingProxyType({})
    result: ShownMatrix | None = None
    cell: Callable[[int], CellLines] = lambda width: ()
    sentences: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    key: str = "operation"

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        words = [wrap(sentence, width, "dim") for sentence in self.sentences]
        cell = [set_in(line, width) for line in self.cell(width)]
        above = broken(self.above, width).height if self.above else 0
        heading = [line for line in (self.equation, self.note) if line]
        used = above + len(heading) + sum(block.height for block in cell) + (1 if cell else 0)
        room = max(_FEWEST_LINES, height - used - 1)  # the sentence may go below the edge, numbers may not
        blocks = [*([broken(self.above, width)] if self.above else []), lines_block(heading)]
        for paragraph in self.about:
            blocks += [blank(), wrap(paragraph, width)]
        if self.result is not None:
            blocks += [blank(), self._matrices(width, room)]
        if cell:
            blocks += [blank(), *cell]
        if words:
            blocks += [blank(), *words]
        return paint(stack(blocks), width, height, top)

    def _matrices(self, width: int, height: int) -> Block:
        """Operands, signs and result in one row where they fit; else below each other where those fit; else cut."""
        row = self._row(width, height)
        if sum(block.width for block in row) + len(row) - 1 <= width:
            return beside(row, 1, middle=True)
        below = flow(self._grouped(row), width, gap=1, middle=True, between=False)
        if below.height <= height and below.width <= width:
            return below
        most = self._share([block.width for block in row], width - len(row) + 1)
        if most >= _NARROWEST:
            narrow = beside(self._row(most, height), 1, middle=True)
            if narrow.width <= width:
                return narrow
        return flow(self._grouped(self._row(width, max(3, height // 2))), width, gap=1, middle=True, between=False)

    def _share(self, sizes: list[int], room: int) -> int:
        """How wide a block may be, so that all of them fit into `room`, the widest giving way first."""
        left, count = room, len(sizes)
        for size in sorted(sizes):
            if size * count > left:
                return left // count
            left -= size
            count -= 1
        return room

    def _grouped(self, row: list[Block]) -> list[Block]:
        """Signs joined to the matrix after them, so that a line does not end in a sign."""
        grouped: list[Block] = []
        signs: list[Block] = []
        for block, part in zip(row, (*self.parts, Piece("=")), strict=False):
            if isinstance(part, Piece) and part.text not in (")", "ᵀ", "²"):
                signs.append(block)
            else:
                grouped.append(beside([*signs, block], 1, middle=True))
                signs = []
        return [*grouped, beside([*signs, *row[len(self.parts) + 1 :]], 1, middle=True)]

    def _row(self, width: int, height: int) -> list[Block]:
        blocks: list[Block] = []
        for part in self.parts:
            if isinstance(part, Operand):
                blocks.append(matrix_block(self.shown[part.name], width, height))
            else:
                blocks.append(_sign_block(part))
        assert self.result is not None
        if blocks:
            blocks.append(_sign_block(Piece("=", "operator")))
        blocks.append(matrix_block(self.result, width, height))
        return blocks


def middle_title(scene: Scene) -> Line:
    """For the border: what kind of step this is."""
    said = say("panel.operation.nothing-yet") if scene.step is None else step_heading(scene.program, scene.step)
    return (Piece(say("panel.operation.title"), "heading"), Piece(" · " + said, "dim"))


def step_view(moment: Moment, asked: Callable[[Moment, int], Sequence[Line]] | None = None) -> OperationPanel:
    """The current step; in the body of a step, that of the body. A quiz has its lines in place of the arithmetic."""
    scene = moment.inner
    if scene.step is None:
        return _opening(moment.session, scene)
    step, target = scene.step, scene.program.values[scene.step.target]
    operands = scene.operands(step)
    display = operands.display
    parts = laid_out(display.expression, lambda name: operands.shape(name) == ())
    at = moment.at
    mine = at is scene and at.provenance is not None and at.provenance.operands.step is step
    lit = at.provenance.lit if at.provenance is not None and mine else {}
    shown = {
        part.name: ShownMatrix(_operand(scene, operands, part.name), None, lit.get(part.name, DARK))
        for part in parts
        if isinstance(part, Operand)
    }
    note: Line = _note(scene, display.inner)
    if target.role == "unnamed" and not moment.inside:
        note = (Piece(say("panel.operation.part-of") + "  ", "dim"), Piece(step.equation, "dim"))
    result = scene.shown(target)
    return OperationPanel(
        title=middle_title(scene),
        above=breadcrumb(moment),
        equation=equation_line(scene.program, step, scene.objective),
        note=note,
        parts=parts if shown else (),
        shown=shown,
        result=ShownMatrix(result.matrix, result.cursor, result.lit),
        cell=at.lines_of_cell if asked is None else lambda width: tuple(asked(moment, width)),
        sentences=(
            *_at_the_end(moment),
            *(() if moment.hidden else of_clamps(scene.record, step, scene.objective)),
            *scene.gallery.sentences(scene.program, step),
        ),
    )


def breadcrumb(moment: Moment) -> Line:
    """The frames that we are in: the steps that are open around this one, the outermost first."""
    if not moment.inside:
        return ()
    pieces: list[Piece] = []
    for frame in moment.frames[:-1]:
        step = frame.step
        assert step is not None
        equation = line_text(equation_line(frame.program, step, moment.outer.objective))
        pieces += [Piece(f"{frame.now} ", "dim"), Piece(equation, "text"), Piece("  ›  ", "operator")]
    inner = moment.frames[-1]
    said = say("panel.operation.inner", step=inner.now, last=len(inner.program.steps))
    return (*pieces, Piece(said, "dim"))


def _at_the_end(moment: Moment) -> tuple[str, ...]:
    """At the last step of a body: how its value compares with that of the step, which a kernel computed in one go."""
    inner = moment.frames[-1]
    if not moment.inside or inner.now != len(inner.program.steps) or moment.hidden:
        return ()
    found, kernel = _value(inner), _value(moment.frames[-2])
    with np.errstate(all="ignore"):
        apart = float(np.max(np.abs(found - kernel), initial=0.0))
    if np.array_equal(found, kernel, equal_nan=True):
        return (say("panel.operation.same-bits"),)
    return (say("panel.operation.apart", most=plain(apart)),)


def _value(frame: Frame) -> Array:
    step = frame.step
    assert step is not None
    return frame.record.value(step.target)


def _operand(scene: Scene, operands: Operands, name: str) -> MatrixView:
    slot = operands.slot(name)
    if slot is not None:
        return scene.gallery.value(scene.record, scene.program.values[slot], True)
    return scene.gallery.expression(scene.record, name, operands.step, operands.display.inner[name], operands)


def _note(scene: Scene, inner: Mapping[str, Expression]) -> Line:
    """What the names made up for inner parts stand for: σ′(z1) = h1 ⊙ (1 − h1)."""
    line: list[Piece] = []
    for name, expression in inner.items():
        if "′" in name:
            written = tokens(expression, SYMBOLS, scene.objective)
            line += [Piece(name, "name"), Piece(" = ", "operator"), *(Piece(*token) for token in written)]
    return tuple(line)


def _opening(session: Session, scene: Scene) -> OperationPanel:
    """Before the first step: what this is about, and what is there to start from."""
    scenario, place = session.scenario, session.timeline.schedule.place(scene.record.iteration)
    paragraphs = scenario.description.split("\n\n") if scene.record.iteration == 1 else []
    about = [clean(" ".join(paragraph.split()), 2000) for paragraph in paragraphs if paragraph.strip()]
    rows = listed([str(row) for row in place.rows[:13]], 12)
    where = {"iteration": place.iteration, "epoch": place.epoch, "batch": place.batch}
    batch = (
        say("panel.operation.batch-rows", **where, rows=rows) if place.rows else say("panel.operation.batch", **where)
    )
    return OperationPanel(
        title=middle_title(scene),
        equation=(Piece(clean(scenario.title) or say("panel.operation.untitled"), "title"),),
        cell=scene.lines_of_cell,
        about=tuple(about),
        sentences=(batch, say_count("panel.operation.ahead", len(scene.program.steps))),
    )
