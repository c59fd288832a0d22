"""A pane as a widget of its own, and the layout that puts all of them where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.segment import Segment
from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from nnstep.tui.screen_layout import Rectangle
from nnstep.tui.textual_private import survives
from nnstep.tui.theme import Palette, Styles
from nnstep.tui.widgets.pane import Pane
from nnstep.tui.widgets.selection import Selection, lit
from nnstep.view.text.canvas import Line, Piece


@survives
class PaneView(Widget):
    """Draws the rows of a pane. `selection` is what is selected of its text."""

    ALLOW_SELECT = False

    def __init__(self, pane: Pane, palette: Palette) -> None:
        super().__init__()
        self.pane, self.palette = pane, palette
        self.selection: Selection | None = None
        self._drawn: dict[int, tuple[Line, Palette, Strip]] = {}  # by row of the pane

    def draw(self, changed: Iterable[Rectangle]) -> None:
        """Draw what has changed of the screen within the pane's box."""
        if (box := self.pane.box) is not None:
            regions = [Region(*one).translate((-box.x, -box.y)) for one in changed]
            if regions:
                self.refresh(*regions)

    def select(self, selection: Selection | None) -> None:
        """Show that this is selected in place of what was; None for nothing."""
        before, self.selection = self.selection, selection
        for one in (before, selection):
            if one is not None and self.pane.box is not None:
                inner, lines = self.pane.inner, one.lines
                self.draw([Rectangle(inner.x, inner.y + lines.start, inner.width, len(lines))])

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows within `crop`, of which only those are drawn that are not as they were.

        Textual's own looks up border, padding, tint and links for each widget and row; a pane has none of them.
        """
        drawn, rows, palette = self._drawn, self.pane.rows, self.palette
        strips = []
        for y in crop.line_range:
            row = rows[y] if y < len(rows) else ()
            if self.selection is not None:
                row = self._selected(row, y)
            kept = drawn.get(y)
            if kept is None or not row or kept[0] != row or kept[1] is not palette:
                kept = drawn[y] = row, palette, self.draw_row(row, palette.styles(self.pane.background(y)))
            strips.append(kept[2])
        return strips if crop.width == self.size.width else [strip.crop(*crop.column_span) for strip in strips]

    def draw_row(self, row: Line, styles: Styles) -> Strip:
        """A row as Textual shows it; what is not painted yet is blank."""
        return Strip([Segment(text, styles[role]) for text, role in row or (Piece(" " * self.size.width),)])

    def _selected(self, row: Line, y: int) -> Line:
        """A row with what is selected of it."""
        box = self.pane.box
        if self.selection is None or box is None:
            return row
        inner = self.pane.inner
        start, stop = self.selection.columns(y - (inner.y - box.y), inner.width)
        before = inner.x - box.x
        return lit(row, before + start, before + stop) if stop > start else row


class Places(Layout):
    """Every widget in its box, as `place` says for a size of the screen; the others are nowhere."""

    name = "places"

    def __init__(self, place: Callable[[Size], Iterable[tuple[Widget, Rectangle]]]) -> None:
        self._place = place

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> list[WidgetPlacement]:
        """The widgets and their regions."""
        return [WidgetPlacement(Region(*box), Offset(), Spacing(), widget) for widget, box in self._place(size)]
