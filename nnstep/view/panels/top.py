"""The header and the program listing of a moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from nnstep.catalogue import say
from nnstep.debugger import Cell, Session
from nnstep.engine import History
from nnstep.language import Name, substitute
from nnstep.ops import Array
from nnstep.program import BODY, Program
from nnstep.text import clean
from nnstep.view.panels.header import Header, sparkline
from nnstep.view.panels.program import ListingLine, place_text
from nnstep.view.plots.across import Series
from nnstep.view.plots.strip import timeline_strip
from nnstep.view.scene.display import equation_line
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene
from nnstep.view.text.canvas import ClickArea, Line, Piece
from nnstep.view.text.numbers import shape_text

__all__ = ["header", "listing", "title"]

_SPARK = 12  # columns of the loss's curve


def title(session: Session) -> str:
    """What the scenario is called, fit for a terminal."""
    scenario = session.scenario
    return clean(scenario.title or Path(scenario.path or "nnstep").stem, 60)


def header(moment: Moment) -> Header:
    """The lines at the top."""
    session, scene = moment.session, moment.outer
    record, schedule = scene.record, session.timeline.schedule
    counted = (
        ("epoch", record.epoch, schedule.epochs),
        ("batch", record.batch, schedule.batches),
        ("iteration", record.iteration, schedule.iterations),
    )
    counters: list[Piece] = []
    for name, at, of in counted:
        if of > 1:
            counters += [Piece(say(f"header.{name}") + " ", "dim"), Piece(f"{at}/{of}   ", "text")]
    return Header(
        name=title(session),
        file=clean(Path(session.scenario.path or "").name, 40),
        counters=tuple(counters),
        loss=_loss(scene, session.timeline.history),
        phases=[(say(f"phase.{name}"), first, last) for name, first, last in scene.program.phases],
        step=session.position.step,
        steps=len(scene.program.steps),
        place=place_text(session.position.path),
        strip=_strip(moment) if schedule.iterations > 1 else None,
    )


def _strip(moment: Moment) -> Callable[[int], tuple[Line, tuple[ClickArea, ...]]]:
    """The run in one line: the loss over all iterations, where we are, where breakpoints hit."""
    timeline, here = moment.session.timeline, moment.outer.record.iteration

    def made(width: int) -> tuple[Line, tuple[ClickArea, ...]]:
        points = timeline.history.points()
        series = Series("", points.iterations, points.last, points.low, points.high)
        ascii, log = moment.outer.gallery.ascii, _spans_decades(points.low, points.high)
        return timeline_strip(series, here, timeline.iterations, width, log=log, marks=moment.marks, ascii=ascii)

    def strip(width: int) -> tuple[Line, tuple[ClickArea, ...]]:
        looks = (timeline, timeline.reached, tuple(moment.marks), width)
        return moment.outer.gallery.once(moment.outer.record, "strip", looks, lambda: made(width))

    return strip


def _spans_decades(low: Array, high: Array) -> bool:
    """Whether numbers are better told apart by their powers of ten: then a few large ones do not flatten the rest."""
    known = np.isfinite(low) & np.isfinite(high)
    return (
        bool(known.any()) and float(low[known].min()) > 0 and float(high[known].max()) > 100 * float(low[known].min())
    )


def _loss(scene: Scene, history: History) -> Line:
    """The objective once this iteration has computed it, and its curve over the iterations up to here."""
    program = scene.program
    if program.objective is None:
        return ()
    value = program.values[program.objective]
    there = scene.computed(value)
    said = scene.number(Cell(value.slot, ())) if there else "·"
    end = scene.record.iteration - (0 if there else 1)
    spark = scene.gallery.once(scene.record, "spark", (history, end), lambda: _spark(history, end))
    return (Piece(f"{clean(value.name, 20)} ", "dim"), Piece(f"{said} ", "strong"), Piece(spark, "spark"))


def _spark(history: History, end: int) -> str:
    """The curve of the losses of the iterations up to `end`."""
    losses = history.points(end).last
    losses = losses[:: max(1, len(losses) // (8 * _SPARK))]  # eight a bar will do
    return sparkline(losses.tolist(), _SPARK)


def listing(session: Session, objective: str) -> tuple[ListingLine, ...]:
    """Every step of the current iteration under its phase's heading, and the bodies of those that are open."""
    program = session.program
    lines: list[ListingLine] = []
    for phase, first, last in program.phases:
        lines.append(ListingLine((Piece(say(f"phase.{phase}").upper(), "heading"),), {}))
        for index in range(first, last + 1):
            lines += _with_body(session, program, (index,), objective)
    return tuple(lines)


def _with_body(session: Session, program: Program, path: tuple[int, ...], objective: str) -> list[ListingLine]:
    index = path[-1]
    shape = shape_text(program.values[program.steps[index - 1].target].shape)
    inner = session.body(path) if path in session.opened else None
    lines = [ListingLine(_listed(program, index, objective), {}, shape, path, inner is not None)]
    if inner is not None:
        for step in inner.steps:
            lines += _with_body(session, inner, (*path, step.index), objective)
    return lines


def _listed(program: Program, index: int, objective: str) -> Line:
    """A step as the listing writes it: the part computed just before, which has no name, is an ellipsis."""
    step = program.steps[index - 1]
    before = program.values[program.steps[index - 2].target] if index > 1 else None
    if step.phase in ("forward", BODY) and before is not None and before.role == "unnamed":
        expression = substitute(step.expression, lambda leaf: Name("…") if leaf == Name(before.name) else None)
        step = step._replace(expression=expression, operands=(*step.operands, ("…", before.slot)))
    line = equation_line(program, step, objective)
    return tuple(Piece(piece.text, "name" if piece.role == "now" else piece.role) for piece in line)
