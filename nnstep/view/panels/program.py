"""The program panel: every step of forward, backward and update, and below a step that is open those of its body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.debugger import Session
from nnstep.debugger.listing import StepPath
from nnstep.language import Name, substitute
from nnstep.program import BODY, Program
from nnstep.text import padded
from nnstep.view.scene.display import equation_line
from nnstep.view.text.blocks import fit, line_width
from nnstep.view.text.canvas import Canvas, ClickArea, ClickAreas, Line, Piece, Target
from nnstep.view.text.numbers import shape_text

_INDENT = 2  # columns that the steps of a body stand further to the right


class ListingLine(NamedTuple):
    """A heading (no path) or a step: its equation in pieces, the shape of what it assigns, and whether it is open.

    `path` is (6, 2) for step 2 of the body of step 6. `made` keeps the line as it was painted, by width, digits, state
    and mark.
    """

    pieces: Line
    made: dict[tuple[int, int, int, str], Line]
    shape: str = ""
    path: StepPath = ()
    opened: bool = False


def place_text(path: StepPath) -> str:
    """How a line is typed to go there: 6.2."""
    return ".".join(map(str, path))


class ProgramPanel(NamedTuple):
    """The listing at the line `now`; lines up to it are done. `marks` are the signs of steps with breakpoints."""

    title: Line
    lines: tuple[ListingLine, ...]
    now: StepPath
    marks: Mapping[int, str] = MappingProxyType({})
    key: str = "program"

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; with `top` None the current line is in the middle where it can be."""
        current = next((y for y, line in enumerate(self.lines) if line.path and line.path == self.now), 0)
        most = max(0, len(self.lines) - height)
        if top is None:
            top = current - height // 2
        top = max(0, min(top, most))
        shown = self.lines[top : top + height]
        digits = len(str(max((line.path[0] for line in self.lines if line.path), default=0)))
        painted = tuple(self._line(line, width, digits) for line in shown)
        return Canvas(painted, ClickAreas(lambda: _hits(shown, width)), width, len(self.lines), top, 0)

    def _state(self, path: StepPath) -> int:
        """0 here, -1 done, 1 to come, 2 a step that we are inside of."""
        if path == self.now:
            return 0
        if path == self.now[: len(path)]:
            return 2
        return 1 if path > self.now else -1

    def _line(self, line: ListingLine, width: int, digits: int) -> Line:
        """A line as it looks now; each of its looks is made once."""
        if not line.path:
            return fit(line.pieces, width)
        state = self._state(line.path)
        mark = self.marks.get(line.path[0], " ") if len(line.path) == 1 else " "
        key = (width, digits, state, mark)
        if key not in line.made:
            line.made[key] = self._made(line, width, digits, state, mark)
        return line.made[key]

    def _made(self, line: ListingLine, width: int, digits: int, state: int, stop: str) -> Line:
        indent = _INDENT * (len(line.path) - 1)
        number = " " * indent + padded(str(line.path[-1]), digits, right=True) + " "
        mark = "▶" if state == 0 else "▾" if line.opened else " "
        front = (Piece(stop, "error"), Piece(mark, "now"), Piece(number, "now" if state in (0, 2) else "dim"))
        shape = line_width((Piece(line.shape),))
        room = width - digits - indent - 3 - shape - (1 if shape else 0)
        body = fit(line.pieces, max(1, room))
        padding = " " * max(0, room - line_width(body))
        whole = (*front, *body, Piece(padding + (" " if shape else ""), "text"), Piece(line.shape, "shape"))
        whole = fit(whole, width)
        if state == 0:
            return tuple(Piece(piece.text, f"{piece.role} current") for piece in whole)
        if state == 1:
            return (whole[0], *(Piece(piece.text, "dim") for piece in whole[1:]))
        return whole


def _hits(shown: Sequence[ListingLine], width: int) -> list[ClickArea]:
    """A line is gone to; its first two columns, if it is one of the iteration, are for a breakpoint."""
    steps = [(y, line.path) for y, line in enumerate(shown) if line.path]
    return [
        *(ClickArea(0, y, width, 1, Target("step.goto", place_text(path))) for y, path in steps),
        *(ClickArea(0, y, 2, 1, Target("stop.line", path[0])) for y, path in steps if len(path) == 1),
    ]


def listing_lines(session: Session, objective: str) -> tuple[ListingLine, ...]:
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
