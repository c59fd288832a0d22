"""The panel of breakpoints and watches: what stops a run, and what is followed in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.debugger.breakpoints.breakpoint import Breakpoint
from nnstep.debugger.breakpoints.control import Control
from nnstep.debugger.breakpoints.hits import Tally
from nnstep.debugger.breakpoints.watches import Watch, Watched
from nnstep.text import clean
from nnstep.view.panels.header import sparkline
from nnstep.view.text.blocks import Block, blank, fit, line_width, lines_block, paint, stack, wrap
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target
from nnstep.view.text.matrix import format_of
from nnstep.view.text.numbers import DIGITS, plain, shape_text

_SPARK = 12  # columns of a watch's curve over the iterations
_ENTRIES = 4  # numbers of a matrix that are written out


class _Item(NamedTuple):
    """A breakpoint or a watch: a mark and a text, what stands at the right, and what stands below."""

    number: int
    mark: Piece
    text: Piece
    right: Line
    below: tuple[Line, ...]
    target: Target | None


class WatchPanel(NamedTuple):
    """Breakpoints, then watches; one is chosen."""

    title: Line
    items: tuple[_Item, ...]
    chosen: int | None
    key: str = "watch"

    @property
    def lines(self) -> int:
        """How many lines all of it takes where nothing has to be broken; 0 where there is nothing."""
        return sum(1 + len(item.below) for item in self.items)

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        if not self.items:
            return paint(stack([wrap(say("panel.watch.empty"), width, "dim"), blank()]), width, height, top)
        blocks = [_block(item, at, width, at == self.chosen) for at, item in enumerate(self.items)]
        keep = None
        if self.chosen is not None:
            start = sum(block.height for block in blocks[: self.chosen])
            keep = (start, start + blocks[self.chosen].height)
        return paint(stack(blocks), width, height, top, keep)


def watch_panel(control: Control, chosen: int | None, digits: int = DIGITS) -> WatchPanel:
    """The panel at the current position; `chosen` is the row that is chosen, None where the panel has no focus."""
    hitting = control.hitting()
    tallies = control.tallies()
    items = [_breakpoint(one, one.number in hitting, tallies.get(one.number)) for one in control.breakpoints]
    for watch in control.watches:
        points = [number for _, number in control.trend(watch)]
        items.append(_watch(watch, control.watched(watch), points, digits))
    row = None if chosen is None or not items else max(0, min(chosen, len(items) - 1))
    return WatchPanel((Piece(say("panel.watch.title"), "heading"),), tuple(items), row)


def _block(item: _Item, at: int, width: int, chosen: bool) -> Block:
    number = f"{item.number} "
    head: Line = (item.mark, Piece(number, "dim"))
    room = width - line_width(head) - line_width(item.right) - (1 if item.right else 0)
    text = fit((item.text,), max(1, room))
    gap = " " * max(0, width - line_width(head) - line_width(text) - line_width(item.right))
    lines = [(*head, *text, Piece(gap), *item.right)]
    lines += [fit((Piece("  "), *line), width) for line in item.below]
    if chosen:
        lines = [
            tuple(
                Piece(piece.text, f"{piece.role} current") for piece in (*line, Piece(" " * (width - line_width(line))))
            )
            for line in lines
        ]
    hits = (
        ClickArea(0, 0, width, len(lines), Target("mark.choose", at)),
        *([ClickArea(0, 0, 2, 1, item.target)] if item.target else []),
    )
    return lines_block(lines, hits)


def _breakpoint(one: Breakpoint, hitting: bool, tally: Tally | None) -> _Item:
    target = Target("mark.enable", one.number)
    if one.problem:
        below: tuple[Line, ...] = ((Piece(clean(one.problem), "error"),),)
        return _Item(one.number, Piece("✘ ", "error"), Piece(clean(one.text), "dim"), (), below, target)
    role = "error" if hitting and one.enabled else "now" if one.enabled else "dim"
    mark = Piece("● " if one.enabled else "○ ", role)
    right: Line = ()
    if not one.enabled:
        right = (Piece(say("watch.off"), "dim"),)
    elif hitting:
        right = (Piece(say("watch.here"), "error"),)
    elif tally is not None and tally.last:
        right = (Piece(say_count("watch.hits", tally.count), "dim"),)
    said = [Piece(say("watch.from-hit", hits=one.hits), "dim")] if one.hits > 1 else []
    return _Item(
        one.number,
        mark,
        Piece(clean(one.text), "text" if one.enabled else "dim"),
        right,
        (tuple(said),) if said else (),
        target,
    )


def _watch(watch: Watch, found: Watched, points: Sequence[float], digits: int) -> _Item:
    mark, text = Piece("· ", "dim"), Piece(clean(watch.text), "name")
    if watch.problem:
        said: Line = (Piece(clean(watch.problem), "error"),)
        return _Item(watch.number, Piece("✘ ", "error"), Piece(clean(watch.text), "dim"), (), (said,), None)
    if found.now is None:
        line: Line = (Piece(say("cell.not-computed"), "todo"),)
    else:
        line = _value(found, digits)
    curve = sparkline(points, _SPARK)
    if curve:
        line = (*line, Piece(" "), Piece(curve, "spark"))
    right: Line = () if found.now is None else (Piece(shape_text(found.now.shape), "shape"),)
    return _Item(watch.number, mark, text, right if right and right[0].text else (), (line,), None)


def _value(found: Watched, digits: int) -> Line:
    """A number with how much the step has changed it; of a matrix its first numbers and the largest change."""
    now, before = found.now, found.before
    assert now is not None
    role = "strong changed" if found.changed else "strong"
    flat = now.reshape(-1)
    form = format_of(now, digits)
    if now.size == 1:
        line: Line = (Piece(form.text(float(flat[0])), role),)
    else:
        said = " ".join(form.text(float(number)) for number in flat[:_ENTRIES]) + (" …" if now.size > _ENTRIES else "")
        line = (Piece(said, role),)
    if not found.changed or before is None:
        return line
    if now.shape != before.shape:
        return (*line, Piece(" " + say("watch.other-shape", shape=shape_text(before.shape)), "dim"))
    with np.errstate(all="ignore"):
        difference = now - before
        most = float(difference.reshape(-1)[0]) if now.size == 1 else float(np.max(np.abs(difference)))
    sign = "" if now.size > 1 else "+" if most > 0 else ""
    said = plain(most, 4)
    return (*line, Piece(f" ({sign}{said})" if now.size == 1 else f" (Δ {said})", "dim"))
