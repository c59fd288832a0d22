"""The program panel: every step of forward, backward and update, with the current one marked."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.view.blocks import fit, line_width
from nnstep.view.canvas import Canvas, Hit, Line, Piece, Target

__all__ = ["ListingLine", "ProgramPanel"]


class ListingLine(NamedTuple):
    """A heading (step 0) or a step: its equation in pieces, and the shape of what it assigns.

    `made` keeps the line as it was painted, by width, digits and state.
    """

    pieces: Line
    made: dict[tuple[int, int, int], Line]
    shape: str = ""
    step: int = 0


class ProgramPanel(NamedTuple):
    """The listing at step `now` (steps up to it are done)."""

    title: Line
    lines: tuple[ListingLine, ...]
    now: int
    key: str = "program"

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; with `top` None the current line is in the middle where it can be."""
        current = next((y for y, line in enumerate(self.lines) if line.step and line.step == self.now), 0)
        most = max(0, len(self.lines) - height)
        if top is None:
            top = current - height // 2
        top = max(0, min(top, most))
        shown = self.lines[top : top + height]
        digits = len(str(max((line.step for line in self.lines), default=0)))
        painted = tuple(self._line(line, width, digits) for line in shown)
        hits = tuple(
            Hit(0, y, width, 1, Target("step.goto", str(line.step))) for y, line in enumerate(shown) if line.step
        )
        return Canvas(painted, hits, width, len(self.lines), top, 0)

    def _line(self, line: ListingLine, width: int, digits: int) -> Line:
        """A line as it looks now; each of its looks is made once."""
        if not line.step:
            return fit(line.pieces, width)
        key = (width, digits, (line.step > self.now) - (line.step < self.now))
        if key not in line.made:
            line.made[key] = self._made(line, width, digits)
        return line.made[key]

    def _made(self, line: ListingLine, width: int, digits: int) -> Line:
        here = line.step == self.now
        number = f"{line.step:>{digits}} "
        front = (Piece("▶" if here else " ", "now"), Piece(number, "now" if here else "dim"))
        room = width - digits - 2 - len(line.shape) - (1 if line.shape else 0)
        body = fit(line.pieces, max(1, room))
        padding = " " * max(0, room - line_width(body))
        whole = (*front, *body, Piece(padding + (" " if line.shape else ""), "text"), Piece(line.shape, "shape"))
        whole = fit(whole, width)
        if here:
            return tuple(Piece(piece.text, f"{piece.role} current") for piece in whole)
        if line.step > self.now:
            return tuple(Piece(piece.text, "dim") for piece in whole)
        return whole
