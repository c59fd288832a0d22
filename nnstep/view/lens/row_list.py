"""A list of rows under some lines: one is chosen, what does not fit scrolls, columns without room are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nnstep.view.text.blocks import Block, Draw, blank, fit, line_width, paint, set_in, stack
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target

_GAP = 2  # columns between columns


class Row(NamedTuple):
    """One row of a list: its columns, and what a click on it asks for."""

    columns: tuple[Line, ...]
    target: Target | None = None


class ColumnStyle(NamedTuple):
    """How a column is set, and how soon it is left out where there is no room: the highest rank first, 0 never."""

    right: bool = False
    rank: int = 0


class Listed(NamedTuple):
    """Lines above, rows, lines below, as a view of the middle panel has them.

    chosen   the row that is chosen, or None
    """

    head: Callable[[int], Sequence[Line]]
    rows: Sequence[Row]
    columns: Sequence[ColumnStyle]
    chosen: int | None = None
    foot: Sequence[Line] = ()
    extra: Callable[[int, int], Block] | None = None  # (width, height) -> a block below everything


def aligned(rows: Sequence[Row], columns: Sequence[ColumnStyle], width: int) -> list[Line]:
    """The rows with their columns in line, in at most `width` columns."""
    sizes = [max((line_width(row.columns[k]) for row in rows), default=0) for k in range(len(columns))]
    shown = [k for k in range(len(columns)) if sizes[k]]
    while len(shown) > 1 and sum(sizes[k] + _GAP for k in shown) - _GAP > width:
        droppable = [k for k in shown if columns[k].rank]
        if not droppable:
            break
        shown.remove(max(droppable, key=lambda k: columns[k].rank))
    over = sum(sizes[k] + _GAP for k in shown) - _GAP - width
    if over > 0:  # the widest column of words gives way, numbers do not
        widest = max((k for k in shown if not columns[k].right), key=sizes.__getitem__, default=shown[0])
        sizes[widest] = max(1, sizes[widest] - over)
    lines = []
    for row in rows:
        pieces: list[Piece] = []
        for position, k in enumerate(shown):
            cell = fit(row.columns[k], sizes[k])
            space = " " * (sizes[k] - line_width(cell))
            gap = " " * _GAP if position else ""
            pieces += [Piece(gap + space), *cell] if columns[k].right else [Piece(gap), *cell, Piece(space)]
        lines.append(fit(tuple(piece for piece in pieces if piece.text), width))
    return lines


def listed_view(listed: Listed) -> Draw:
    """A list as a view of the middle panel."""
    return lambda width, height, top: painted(listed, width, height, top)


def painted(listed: Listed, width: int, height: int, top: int | None) -> Canvas:
    """The window of a list; with `top` None the chosen row is in sight."""
    inner = max(1, width - 2)
    head = stack([set_in(line, width) for line in listed.head(width)])
    lines = aligned(listed.rows, listed.columns, inner)
    marks = [Piece("▸ ", "now") if k == listed.chosen else Piece("  ") for k in range(len(lines))]
    hits = tuple(ClickArea(0, y, width, 1, row.target) for y, row in enumerate(listed.rows) if row.target is not None)
    body = Block(width, len(lines), lambda y: (marks[y], *lines[y]), hits)
    blocks = [head, *([blank(), body] if lines else [])]
    if listed.foot:
        blocks += [blank(), *(set_in(line, width) for line in listed.foot)]
    if listed.extra is not None:
        room = height - sum(block.height for block in blocks) - 1
        blocks += [blank(), listed.extra(width, max(3, room))]
    whole = stack(blocks)
    keep = None
    if listed.chosen is not None:
        at = head.height + 1 + listed.chosen
        keep = (at, at + 1) if at >= height else None
    return paint(whole, width, height, top, keep)
