"""One panel's place on the screen: its frame, its scroll, the rows last painted, and which of them changed.

A row is a tuple of pieces exactly as wide as the pane, so two rows are compared as tuples.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nnstep.text import width
from nnstep.tui.screen_layout import Rectangle
from nnstep.view.text.canvas import Canvas, Line, Panel, Piece, Target, line_text


class _Frame(NamedTuple):
    """What the frame of a pane depends on; `right` and `mark` are the scroll marks at the side and at the bottom."""

    title: Line
    role: str
    right: tuple[int, int] | None
    mark: tuple[int, int] | None


def _cut(text: str, columns: int) -> str:
    """The longest start of `text` that fits, filled up with spaces where a wide character would have been halved."""
    used = 0
    for index, char in enumerate(text):
        step = width(char)
        if used + step > columns:
            return text[:index] + " " * (columns - used)
        used += step
    return text


def padded_line(line: Line, columns: int) -> Line:
    """`line` cut or filled up to exactly `columns` columns."""
    spare = columns - width("".join([piece[0] for piece in line]))
    if spare > 0:
        return (*line, Piece(" " * spare))
    if spare == 0:
        return line
    pieces, left = [], columns
    for piece in line:
        size = width(piece.text)
        if size >= left:
            pieces.append(piece if size == left else Piece(_cut(piece.text, left), piece.role))
            break
        pieces.append(piece)
        left -= size
    return tuple(pieces)


class _PanelRequest(NamedTuple):
    """How a panel is asked for; None lets it choose the first line and column itself."""

    box: Rectangle
    focused: bool
    top: int | None
    left: int | None


class _Picture(NamedTuple):
    """What a pane shows: the canvas of a panel, asked for in a way, and the rows that came of it."""

    panel: Panel | None = None
    asked: _PanelRequest | None = None
    canvas: Canvas = Canvas(())
    lines: tuple[Line, ...] = ()
    frame: _Frame | None = None
    rows: tuple[Line, ...] = ()


_NOTHING = _Picture()


class Pane:
    """A panel in a box of the screen. `backgrounds` are roles by row, the last one for all rows that follow."""

    def __init__(self, key: str, *, framed: bool = True, backgrounds: tuple[str, ...] = ("text",)) -> None:
        self.key = key
        self.framed = framed
        self.box: Rectangle | None = None
        self.top: int | None = None
        self.left: int | None = None
        self._backgrounds = backgrounds
        self._written: Callable[[Line], Line] | None = None
        self._now = _NOTHING

    @property
    def rows(self) -> tuple[Line, ...]:
        """The rows of the box, none before the first painting."""
        return self._now.rows

    @property
    def canvas(self) -> Canvas:
        """What was painted last."""
        return self._now.canvas

    def background(self, row: int) -> str:
        """The background role of a row of this pane."""
        return self._backgrounds[min(row, len(self._backgrounds) - 1)]

    @property
    def inner(self) -> Rectangle:
        """Where the canvas is: the box without the frame and one column of air at each side."""
        assert self.box is not None
        x, y, columns, lines = self.box
        return Rectangle(x + 2, y + 1, columns - 4, lines - 2) if self.framed else self.box

    def write_with(self, written: Callable[[Line], Line]) -> None:
        """From now on have each line go through this; everything has to be painted anew."""
        self._written, self._now = written, _NOTHING

    def place(self, box: Rectangle | None) -> None:
        """Put the pane somewhere else (or nowhere); everything has to be painted anew."""
        if box != self.box:
            self.box = box
            self._now = _NOTHING

    def paint(self, panel: Panel, focused: bool = False) -> list[Rectangle]:
        """Paint `panel`; the parts of the screen that changed, or the whole box when there was nothing."""
        if self.box is None:
            return []
        asked = _PanelRequest(self.box, focused, self.top, self.left)
        if panel is self._now.panel and asked == self._now.asked:
            return []
        before, self._now = self._now.rows, self._picture(panel, asked)
        x, y, width, _ = self.box
        if len(before) != len(self.rows):
            return [self.box]
        return [
            Rectangle(x, y + row, width, 1)
            for row, (old, new) in enumerate(zip(before, self.rows, strict=True))
            if new is not old and new != old
        ]

    def _picture(self, panel: Panel, asked: _PanelRequest) -> _Picture:
        inner = self.inner
        canvas = panel.paint(inner.width, inner.height, asked.top, asked.left)
        if self._written is not None:
            canvas = canvas._replace(lines=tuple(map(self._written, canvas.lines)))
        if self.framed:
            return self._framed(panel, canvas, inner, asked)
        blank = (Piece(" " * inner.width),)
        lines = canvas.lines
        rows = [padded_line(lines[i], inner.width) if i < len(lines) else blank for i in range(inner.height)]
        return _Picture(panel, asked, canvas, rows=tuple(rows))

    def _framed(self, panel: Panel, canvas: Canvas, inner: Rectangle, asked: _PanelRequest) -> _Picture:
        focused, now = asked.focused, self._now
        role = "frame-on" if focused else "frame"
        right = _thumb(canvas.height, inner.height, canvas.top)
        lines = canvas.lines[: inner.height]
        frame = _Frame(panel.title, role, right, _thumb(canvas.width, inner.width, canvas.left))
        last, old_lines, old_rows = now.frame, now.lines, now.rows
        if last is not None and frame == last and lines == old_lines:
            return now._replace(panel=panel, asked=asked, canvas=canvas)
        same = last is not None and role == last.role and right == last.right
        edge, plain, thumb = Piece("│ ", role), Piece(" │", role), Piece(" ┃", f"{role} thumb")
        rows: list[Line] = [self._top(panel.title, role, focused)]
        for index in range(inner.height):
            line = lines[index] if index < len(lines) else ()
            before = old_lines[index] if index < len(old_lines) else ()
            if same and (line is before or line == before):
                rows.append(old_rows[index + 1])
            else:
                marked = right is not None and right[0] <= index < right[0] + right[1]
                rows.append((edge, *padded_line(line, inner.width), thumb if marked else plain))
        rows.append(self._bottom(frame.mark, role))
        return _Picture(panel, asked, canvas, lines, frame, tuple(rows))

    def _top(self, title: Line, role: str, focused: bool) -> Line:
        assert self.box is not None
        room = self.box.width - 5  # corner, line, space before; space after and corner
        word = "frame-title-on" if focused else "frame-title"
        name = tuple(Piece(text, f"{word} {of}" if of != "text" else word) for text, of in title)
        used = min(width(line_text(name)), room)
        return (
            Piece("╭─ ", role),
            *padded_line(name, used),
            Piece(f" {'─' * (room - used)}╮", role),
        )

    def _bottom(self, mark: tuple[int, int] | None, role: str) -> Line:
        assert self.box is not None
        columns = self.box.width - 2
        if mark is None:
            return (Piece(f"╰{'─' * columns}╯", role),)
        start, size = mark[0] + 1, mark[1]
        return (
            Piece(f"╰{'─' * start}", role),
            Piece("━" * size, f"{role} thumb"),
            Piece(f"{'─' * (columns - start - size)}╯", role),
        )

    def scroll(self, lines: int = 0, columns: int = 0) -> bool:
        """Ask for another part of the content at the next painting; whether there is one."""
        if self.box is None:
            return False
        inner, canvas = self.inner, self.canvas
        top = max(0, min(canvas.top + lines, canvas.height - inner.height))
        left = max(0, min(canvas.left + columns, canvas.width - inner.width))
        if (top, left) == (canvas.top, canvas.left):
            return False
        self.top, self.left = top, left
        return True

    def follow(self) -> None:
        """Let the panel choose what is in sight again."""
        self.top = self.left = None

    def cell(self, x: int, y: int) -> tuple[int, int]:
        """Column and line of what is shown, from 0, at column `x`, row `y` of the screen, or the nearest."""
        inner = self.inner
        return max(0, min(x - inner.x, inner.width - 1)), max(0, min(y - inner.y, inner.height - 1))

    def target(self, x: int, y: int) -> Target | None:
        """What a click at column `x`, row `y` of the screen asks for."""
        if self.box is None:
            return None
        inner = self.inner
        return self.canvas.at(x - inner.x, y - inner.y)


def _thumb(content: int, window: int, start: int) -> tuple[int, int] | None:
    """First cell and length of the scroll mark on an edge of `window` cells, or None when all is in sight."""
    if content <= window or window <= 0:
        return None
    size = max(1, window * window // content)
    return min(start * (window - size) // (content - window), window - size), size
