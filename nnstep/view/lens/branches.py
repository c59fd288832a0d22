"""Branches of the run: which there are, and the chosen one beside the one that is looked at."""

from __future__ import annotations

import contextlib

import numpy as np

from nnstep import clock
from nnstep.catalogue import say
from nnstep.debugger.branch import Branch, Parting, parting
from nnstep.engine import Timeline
from nnstep.errors import RunError
from nnstep.ops import Array
from nnstep.program import Value
from nnstep.scenario.edits.edit_text import edit_text
from nnstep.scenario.model import Edit
from nnstep.text import clean
from nnstep.view.lens.row_list import ColumnStyle, Listed, Row, listed_view
from nnstep.view.plots.across import Series
from nnstep.view.plots.series import series_block
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.values import ShownMatrix, matrix_block
from nnstep.view.text.blocks import Block, Draw, blank, flow, lines_block, set_in, stack
from nnstep.view.text.canvas import Line, Piece, Target
from nnstep.view.text.highlight import DARK
from nnstep.view.text.matrix import MatrixView
from nnstep.view.text.numbers import plain, single
from nnstep.view.text.symbols import label

_COLUMNS = (ColumnStyle(), ColumnStyle(right=True, rank=2), ColumnStyle(), ColumnStyle(right=True, rank=1))
_CATCH_UP = 0.1  # seconds in which a branch that is compared is run on, each time that it is looked at


def branches_view(moment: Moment) -> Draw:
    """The list, and under it how the chosen branch differs: where first, in the loss, and in the chosen matrix."""
    branches = moment.session.branches
    chosen = max(0, min(moment.choice.row, len(branches.all) - 1))
    other = branches.all[chosen]
    if other is branches.current and other.parent:
        other = branches.named(other.parent)
    if other is not branches.current:
        _catch_up(other.timeline, moment.session.position.iteration)
    rows = [_row(moment, one, k) for k, one in enumerate(branches.all)]
    head = say("branches.head" if len(branches.all) > 1 else "branches.none")
    listed = Listed(lambda width: [(Piece(head, "dim"),)], rows, _COLUMNS, chosen)
    if other is not branches.current:
        compared = _Compared(moment, branches.current, other)
        listed = listed._replace(foot=compared.lines(), extra=compared.block)
    return listed_view(listed)


def _catch_up(timeline: Timeline, iteration: int) -> None:
    """Run a branch on towards the iteration that we are at, for a moment."""
    if timeline.reached < iteration:
        with contextlib.suppress(RunError):  # it goes as far as it can
            timeline.scan(iteration, iteration, None, clock.now() + _CATCH_UP)


def _row(moment: Moment, one: Branch, number: int) -> Row:
    current = one is moment.session.branches.current
    name = (Piece("● " if current else "  ", "now"), Piece(clean(one.name, 30), "strong" if current else "name"))
    since: Line = (Piece(f"{one.since:,}", "number"),) if one.parent else ()
    loss = _loss(one.timeline, moment.session.position.iteration)
    edits = clean("; ".join(map(_said, one.edits)) or say("branches.file"), 120)
    return Row((name, since, (Piece(edits, "text" if one.parent else "dim"),), loss), Target("row.choose", number))


def _said(edit: Edit) -> str:
    return edit_text(edit)


def _loss(timeline: Timeline, iteration: int) -> Line:
    """The loss in an iteration, or in the last one before it that was reached."""
    points = timeline.history.points(iteration)
    if not len(points.last) or np.isnan(points.last).all():
        return ()
    return (Piece(single(float(points.last[-1])), "number"),)


class _Compared:
    """The current branch (mine) and another one (its)."""

    def __init__(self, moment: Moment, mine: Branch, its: Branch) -> None:
        self._moment, self._mine, self._its = moment, mine, its
        since = _since(mine, its)
        keep = moment.outer.gallery.once
        looks = (mine.timeline, its.timeline, mine.timeline.reached, its.timeline.reached)
        self._parting: Parting | None = keep(
            moment.outer.record, "parting", looks, lambda: parting(mine.timeline, its.timeline, since)
        )
        self._since = since

    def lines(self) -> list[Line]:
        """Where they part first."""
        names = {"mine": clean(self._mine.name, 30), "its": clean(self._its.name, 30)}
        one = self._parting
        reached, iteration = self._its.timeline.reached, self._moment.session.position.iteration
        lines: list[Line] = []
        if reached < iteration:
            lines.append((Piece(say("branches.behind", its=names["its"], reached=f"{reached:,}"), "warning"),))
        if one is None:
            return [*lines, (Piece(say("branches.same", since=self._since, **names), "text"),)]
        objective = self._moment.outer.objective
        said = say(
            "branches.part" if one.step else "branches.part-before",
            iteration=one.iteration,
            step=one.step,
            name=clean(label(one.name, objective)),
            most=plain(one.most, 4),
            **names,
        )
        return [*lines, (Piece(said, "text"),)]

    def block(self, width: int, height: int) -> Block:
        """The chosen matrix in both and their difference, and both curves of the loss."""
        matrices = self._matrices(width)
        room = height - matrices.height - 1
        return stack([matrices, blank(), self._curves(width, max(7, min(room, 14)))])

    def _matrices(self, width: int) -> Block:
        scene = self._moment.outer
        value = scene.chosen
        iteration = self._moment.session.position.iteration
        if value is None or not scene.computed(value):
            return lines_block([])
        found = _in_other(self._its.timeline, iteration, value, scene.record.program.versions[value.name])
        if found is None:
            name = clean(label(value.name, scene.objective))
            said = say("branches.not-there", name=name, its=clean(self._its.name, 30), iteration=iteration)
            return set_in((Piece(said, "dim"),), width)
        mine = scene.record.value(value.slot)
        with np.errstate(all="ignore"):
            difference = np.asarray(mine - found)  # of two numbers NumPy makes a number and no array
        name = label(value.name, scene.objective)
        titles = (clean(self._mine.name, 20), clean(self._its.name, 20), say("branches.difference"))
        blocks = []
        for title, array in zip(titles, (mine, found, difference), strict=True):
            array.flags.writeable = False
            picture = MatrixView(
                f"{name} {title}", f"{name} · {title}", "name", value.shape, array, scene.gallery.digits
            )
            blocks.append(matrix_block(ShownMatrix(picture, None, DARK, False), max(12, width // 3 - 2), 7))
        return flow(blocks, width, gap=2)

    def _curves(self, width: int, height: int) -> Block:
        series = []
        for one in (self._mine, self._its):
            points = one.timeline.history.points()
            series.append(Series(clean(one.name, 20), points.iterations, points.last, points.low, points.high))
        moment = self._moment
        return series_block(
            series,
            moment.session.position.iteration,
            moment.session.timeline.iterations,
            width,
            height,
            log=moment.choice.log,
            ascii=moment.outer.gallery.ascii,
        )


def _since(mine: Branch, its: Branch) -> int:
    """The first iteration in which two runs may differ."""
    pairs = (mine.timeline.scenario.edits, its.timeline.scenario.edits)
    common = [one for one in pairs[0] if one in pairs[1]]
    rest = [edit.iteration for edits in pairs for edit in edits if edit not in common]
    return min(rest, default=1)


def _in_other(timeline: Timeline, iteration: int, value: Value, slots: tuple[int, ...]) -> Array | None:
    """The same value in another run; None where it is not there, has another shape, or was not reached."""
    if iteration > timeline.reached:
        return None
    record = timeline.glance(iteration)
    there = record.program.versions.get(value.name, ())
    turn = slots.index(value.slot)
    if turn >= len(there):
        return None
    found = record.value(there[turn])
    return found.copy() if found.shape == value.shape else None
