"""A part of a panel's text that the mouse was dragged over: which columns of which lines, its text, its look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nnstep.text import width
from nnstep.view.text.canvas import Line, Piece


class Selection(NamedTuple):
    """From one cell to another of the lines that a panel shows, both included, as text runs.

    key     of the panel
    anchor  column and line, from 0, where the drag began
    here    and where it is
    """

    key: str
    anchor: tuple[int, int]
    here: tuple[int, int]

    @property
    def lines(self) -> range:
        """The lines it has a part of."""
        first, last = sorted((self.anchor[1], self.here[1]))
        return range(first, last + 1)

    def columns(self, line: int, whole: int) -> tuple[int, int]:
        """First column and the one after the last of a line that is `whole` columns wide; nothing where it has none."""
        (left, first), (right, last) = sorted((self.anchor, self.here), key=lambda cell: (cell[1], cell[0]))
        if not first <= line <= last:
            return 0, 0
        return left if line == first else 0, min(right + 1, whole) if line == last else whole

    def text(self, lines: Sequence[Line], whole: int) -> str:
        """What it says, of lines that are `whole` columns wide, without the spaces at their ends."""
        found = [cut_text(lines[line], *self.columns(line, whole)) if line < len(lines) else "" for line in self.lines]
        return "\n".join(part.rstrip() for part in found)


def _parts(line: Line, start: int, stop: int) -> list[tuple[str, str, bool]]:
    """The pieces of a line, divided where the columns from `start` to before `stop` begin and end: text, role, inside.

    A character that is two columns wide is inside where one of them is.
    """
    parts, column = [], 0
    for text, role in line:
        run, inside = "", False
        for char in text:
            size = width(char)
            now = column < stop and column + max(size, 1) > start if size else inside
            if run and now != inside:
                parts.append((run, role, inside))
                run = ""
            run, inside, column = run + char, now, column + size
        if run:
            parts.append((run, role, inside))
    return parts


def cut_text(line: Line, start: int, stop: int) -> str:
    """The text in the columns from `start` to before `stop`."""
    return "".join(text for text, _, inside in _parts(line, start, stop) if inside)


def lit(line: Line, start: int, stop: int) -> Line:
    """The line with those columns in the look of what is selected."""
    return tuple(
        Piece(text, f"{role} selected" if inside else role) for text, role, inside in _parts(line, start, stop)
    )
