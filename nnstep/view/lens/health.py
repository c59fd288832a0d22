"""What is wrong with the run as far as it is known at this step: a list, and below it the chosen one with its cause."""

from __future__ import annotations

from collections.abc import Sequence

from nnstep.catalogue import say, say_count
from nnstep.debugger.health.examine import findings
from nnstep.debugger.health.finding import PROBLEM, Finding
from nnstep.view.lens.row_list import ColumnStyle, Listed, Row, painted
from nnstep.view.scene.moment import Moment
from nnstep.view.sentences.health import Writer, finding_heading, finding_place, finding_sentences
from nnstep.view.text.blocks import Block, Draw, blank, stack, wrap
from nnstep.view.text.canvas import Canvas, Line, Piece, Target

_COLUMNS = (ColumnStyle(), ColumnStyle(), ColumnStyle(rank=1), ColumnStyle(rank=2))


def health_rows(moment: Moment) -> tuple[Finding, ...]:
    """What is found at the moment, in the order of the rows."""
    session, outer = moment.session, moment.outer
    timeline, iteration = session.timeline, session.position.iteration
    return outer.gallery.once(outer.record, "health", outer.now, lambda: findings(timeline, iteration, outer.now))


def health_view(moment: Moment) -> Draw:
    """The list, and the sentences of the chosen row below it."""
    found = health_rows(moment)
    chosen = max(0, min(moment.choice.row, len(found) - 1)) if found else None
    listed = _listed(moment, found, chosen)

    def draw(width: int, height: int, top: int | None) -> Canvas:
        return painted(listed, width, height, top)

    return draw


def _listed(moment: Moment, found: Sequence[Finding], chosen: int | None) -> Listed:
    ascii = moment.outer.gallery.ascii
    writer = Writer(moment.outer.objective, moment.outer.gallery.digits)
    rows = [Row(_row(one, writer, ascii), Target("row.choose", number)) for number, one in enumerate(found)]

    def below(width: int, height: int) -> Block:
        if chosen is None:
            return wrap(say("health.looked-at"), width, "dim")
        said = finding_sentences(found[chosen], writer)
        parts = [wrap(one, width) for one in said]
        return stack([part for number, part in enumerate(parts) for part in ([blank()] if number else []) + [part]])

    return Listed(
        head=lambda width: [(Piece(_head(moment, len(found)), "text" if found else "good"),)],
        rows=rows,
        columns=_COLUMNS,
        chosen=chosen,
        extra=below,
    )


def _head(moment: Moment, count: int) -> str:
    if count:
        return say_count("health.count", count)
    started = moment.session.position.iteration > 1 or moment.outer.now > 0
    return say("health.well") if started else say("health.nothing-yet")


def _row(one: Finding, writer: Writer, ascii: bool) -> tuple[Line, ...]:
    bad = one.severity == PROBLEM
    sign = ("x" if bad else "!") if ascii else ("✘" if bad else "▲")
    at, cell = finding_place(one, writer)
    role = "error" if bad else "warning"
    return ((Piece(sign, role),), (Piece(finding_heading(one), role),), (Piece(cell, "name"),), (Piece(at, "dim"),))
