"""The two lines at the top: what this is and where we are in the run; and where in the iteration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.debugger import Cell, Session
from nnstep.engine import History
from nnstep.ops import Array
from nnstep.text import clean
from nnstep.text import width as text_width
from nnstep.view.panels.program import place_text
from nnstep.view.plots.across import Series
from nnstep.view.plots.strip import timeline_strip
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene
from nnstep.view.text.blocks import fit, line_width
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target

_BARS = "▁▂▃▄▅▆▇█"
_SPARK = 12  # columns of the loss's curve


class Header(NamedTuple):
    """counters: epoch, batch, iteration as pieces, most important last. phases: (name, first step, last step).

    `place` is the line where we are, 6.2 in the body of step 6. `strip` makes the third line, the whole run, for a
    width; None where the run is one iteration.
    """

    name: str
    file: str
    counters: Line
    loss: Line
    phases: Sequence[tuple[str, int, int]]
    step: int
    steps: int
    place: str = ""
    strip: Callable[[int], tuple[Line, tuple[ClickArea, ...]]] | None = None
    key: str = "header"
    title: Line = ()

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """Two or three lines of `width` columns; a click on a timeline goes to the step or the iteration under it."""
        timeline, hits = _timeline(tuple(self.phases), self.step, self.steps, self.place, width)
        lines = [_first(self.name, self.file, self.counters, self.loss, width), timeline]
        if height > 2 and self.strip is not None:
            name = f" {say('header.run')} "
            run, targets = self.strip(max(1, width - text_width(name) - 1))
            lines.append(fit((Piece(name, "dim"), *run), width))
            hits = (*hits, *(ClickArea(hit.x + text_width(name), 2, *hit[2:]) for hit in targets))
        return Canvas(tuple(lines[:height]), hits if height > 1 else (), width, len(lines))


def _first(name: str, file: str, counters: Line, loss: Line, width: int) -> Line:
    """What this is, where we are in the run, the loss."""
    right = (*counters, *loss)
    while line_width(right) > width * 2 // 3 and len(right) > len(loss):
        right = right[1:]
    left: Line = (Piece(" nnstep ", "heading"), Piece(" "), Piece(name, "title"))
    if line_width(left) + text_width(file) + line_width(right) + 4 <= width:
        left = (*left, Piece("  " + file, "dim"))
    left = fit(left, width - line_width(right) - 2)
    gap = width - line_width(left) - line_width(right) - 1
    return (*left, Piece(" " * max(1, gap)), *fit(right, width - line_width(left) - 1))


def _timeline(
    phases: tuple[tuple[str, int, int], ...], step: int, steps: int, place: str, width: int
) -> tuple[Line, tuple[ClickArea, ...]]:
    """The phases as bars, the current step on them, and what clicks on them ask for."""
    count = f" {place or step}/{steps} "
    names = sum(text_width(name) + 3 for name, _, _ in phases)
    room = width - names - len(count) - 1
    if not phases or room < len(phases):
        return fit((Piece(f" {say('header.step')}{count}", "strong"),), width), ()
    pieces: list[Piece] = [Piece(" ")]
    hits: list[ClickArea] = []
    column, used = 1, 0
    for position, (name, first, last) in enumerate(phases):
        share = room * last // steps - used if position < len(phases) - 1 else room - used
        used += share
        role = "now" if first <= step <= last else "done" if step > last else "dim"
        pieces += [Piece(name, role), Piece(" ")]
        column += text_width(name) + 1
        pieces += _bar(share, first, last, step)
        hits.append(ClickArea(column, 1, share, 1, _step_under(first, last, share)))
        hits.append(ClickArea(column - text_width(name) - 1, 1, text_width(name), 1, Target("step.goto", str(first))))
        column += share + 2
        pieces.append(Piece("  "))
    return fit((*pieces[:-1], Piece(count, "strong")), width), tuple(hits)


def _bar(share: int, first: int, last: int, step: int) -> list[Piece]:
    if step > last:
        return [Piece("━" * share, "bar-done")]
    if step < first:
        return [Piece("╌" * share, "bar-todo")]
    at = (step - first) * (share - 1) // max(1, last - first) if last > first else share - 1
    return [Piece("━" * at, "bar-done"), Piece("●", "bar-now"), Piece("╌" * (share - at - 1), "bar-todo")]


def _step_under(first: int, last: int, share: int) -> Callable[[int, int], Target]:
    """What a click on a phase's bar of `share` columns asks for."""
    return lambda x, y: Target("step.goto", str(first + x * (last - first + 1) // share))


def sparkline(values: Sequence[float], columns: int) -> str:
    """The last values as a row of bars, `columns` at most; each is the mean of the values it stands for."""
    finite = [value for value in values if value == value and abs(value) != float("inf")]
    if len(finite) < 2:
        return ""
    size = -(-len(finite) // columns)
    means = [sum(part) / len(part) for part in (finite[i : i + size] for i in range(0, len(finite), size))]
    low, high = min(means), max(means)
    span = high - low
    return "".join(_BARS[int((value - low) / span * (len(_BARS) - 1)) if span else 0] for value in means)


def title(session: Session) -> str:
    """What the scenario is called, fit for a terminal."""
    scenario = session.scenario
    return clean(scenario.title or Path(scenario.path or "nnstep").stem, 60)


def header_panel(moment: Moment) -> Header:
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
