"""The board: header, panels, tabs and footer, each a widget of its own.

A view state comes in, all panes are painted by one handler, and the parts of those that differ are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual import events, message
from textual.app import ComposeResult
from textual.filter import LineFilter
from textual.geometry import Size
from textual.layout import Layout
from textual.strip import Strip
from textual.widget import Widget

from nnstep.catalogue import say
from nnstep.commands import PANEL_KEYS
from nnstep.text import width as text_width
from nnstep.tui.screen_layout import SMALLEST_SIZE, Arrangement, Rectangle, arrange
from nnstep.tui.textual_private import survives
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.footer import Footer, Message, Tabs
from nnstep.tui.widgets.mouse import Mouse, MouseActions
from nnstep.tui.widgets.pane import Pane, padded_line
from nnstep.tui.widgets.pane_view import PaneView, Places
from nnstep.tui.widgets.selection import Selection
from nnstep.view.state import ViewState
from nnstep.view.text.ascii_signs import line_in_ascii
from nnstep.view.text.canvas import Line, Panel, Piece, Target, line_text

_COPY_LIMIT = 250_000  # cells of a panel that are still copied whole


@survives
class Board(Widget):
    """Everything the stepper's screen shows. `focused` is a panel's key."""

    DEFAULT_CSS = "Board { width: 1fr; height: 1fr; }"
    ALLOW_SELECT = False

    class Clicked(message.Message):
        """A click on something that asks for something, or on a panel."""

        def __init__(self, panel: str, target: Target | None) -> None:
            super().__init__()
            self.panel, self.target = panel, target

    class Selected(message.Message):
        """A drag over text has ended."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._panes = {
            "header": Pane("header", framed=False, backgrounds=("band", "text", "text")),
            "tabs": Pane("tabs", framed=False),
            **{key: Pane(key) for key in PANEL_KEYS},
            "footer": Pane("footer", framed=False, backgrounds=("band",)),
        }
        self._views = {key: PaneView(pane, palette) for key, pane in self._panes.items()}
        self._places = Places(self._place)
        self.mouse = Mouse(
            self._panes,
            MouseActions(
                lambda key, target: self.post_message(self.Clicked(key, target)),
                self.scroll_panel,
                self.select,
                lambda: self.post_message(self.Selected()),
                self.capture_mouse,
            ),
        )
        self.focused = "operation"
        self.zoomed = False
        self._palette = palette
        self._state: ViewState | None = None
        self._footer: Panel = Footer()
        self._tabs = Tabs(self.focused)
        self._arrangement = Arrangement((0, 0))
        self._selection: Selection | None = None

    @property
    def layout(self) -> Layout:
        """Where the panes are is worked out here, and not by rules of a style sheet."""
        return self._places

    def compose(self) -> ComposeResult:
        """The widgets of all panes."""
        yield from self._views.values()

    # What the screen tells the board.

    def show(self, state: ViewState, more: bool = False) -> None:
        """Show another view state, and its message in place of the keys when it has one; with `more`, only what has
        become known meanwhile: what is said stays.
        """
        before = self._state
        self._state = state
        if state.message and not more:
            self._footer = Message(state.message)
        elif not more and (
            before is None
            or before.message
            or isinstance(self._footer, Message)
            or (before.enabled, before.score) != (state.enabled, state.score)
        ):
            self._footer = Footer(state.enabled, state.score)
        self._repaint()

    def say(self, line: Line) -> None:
        """Show one line in place of the keys, until the next view state or `clear`."""
        self._footer = Message(line)
        self._repaint()

    def clear(self) -> None:
        """Put the keys back where a message stood."""
        if isinstance(self._footer, Message):
            state = self._state
            self._footer = Footer(state.enabled, state.score) if state else Footer()
            self._repaint()

    def dress(self, palette: Palette) -> None:
        """Other colours."""
        self._palette = palette
        for view in self._views.values():
            view.palette = palette
            view.refresh()
        self.refresh()

    def use_ascii(self) -> None:
        """From now on write with the signs that every terminal has."""
        for pane in self._panes.values():
            pane.write_with(line_in_ascii)

    def zoom(self, on: bool) -> None:
        """The focused panel alone, or all of them."""
        self.zoomed = on
        self._repaint()

    @property
    def rows(self) -> int:
        """How many rows the focused panel has to choose from; 0 where it is scrolled instead."""
        return self._state.rows if self._state is not None else 0

    @property
    def running(self) -> bool:
        """Whether a run is under way, which any key stops."""
        return self._state is not None and self._state.running

    @property
    def checking(self) -> bool:
        """Whether a gradient check is under way, which no key has to stop."""
        return self._state is not None and self._state.checking

    @property
    def asked(self) -> bool:
        """Whether a quiz waits for an answer."""
        return self._state is not None and "quiz.answer" in self._state.enabled

    @property
    def quizzing(self) -> bool:
        """Whether answers are kept count of."""
        return self.asked or (self._state is not None and bool(self._state.score))

    def shows(self, key: str) -> bool:
        """Whether a panel is in sight."""
        return self._panes[key].box is not None

    def scroll_panel(self, key: str, lines: int = 0, columns: int = 0) -> None:
        """Scroll a panel; it stays there until `follow`."""
        if self._panes[key].scroll(lines, columns):
            self._repaint()

    def follow(self, *keys: str) -> None:
        """Let these panels choose again what is in sight; to be painted with the next view state."""
        for key in keys:
            self._panes[key].follow()

    def page(self, key: str) -> int:
        """Lines that one page of a panel has."""
        pane = self._panes[key]
        return max(1, pane.inner.height - 1) if pane.box else 1

    @property
    def selected(self) -> str:
        """The text that the mouse has selected, or ""."""
        if self._selection is None:
            return ""
        pane = self._panes[self._selection.key]
        return self._selection.text(pane.canvas.lines, pane.inner.width)

    def select(self, selection: Selection | None) -> None:
        """Show that a part of a panel is selected, in place of another one; None for nothing."""
        before, self._selection = self._selection, selection
        if before is not None and (selection is None or selection.key != before.key):
            self._views[before.key].select(None)
        if selection is not None:
            self._views[selection.key].select(selection)

    def copied(self, key: str) -> str:
        """The text that is selected, else that of a panel: all of it, or what is in sight when it is very large."""
        if selected := self.selected:
            return selected
        pane = self._panes[key]
        if self._state is None or pane.box is None:
            return ""
        canvas = pane.canvas
        if canvas.width * canvas.height <= _COPY_LIMIT:
            size = (max(canvas.width, pane.inner.width), max(canvas.height, pane.inner.height))
            canvas = self._state.panels[key].paint(*size, 0, 0)
        return "\n".join(line_text(line).rstrip() for line in canvas.lines).rstrip() + "\n"

    # What the mouse does.

    def on_click(self, event: events.Click) -> None:
        """Say what was clicked."""
        self.mouse.click(event)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A drag may begin."""
        self.mouse.press(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """A drag goes on."""
        self.mouse.move(event)

    def on_mouse_up(self) -> None:
        """A drag ends."""
        self.mouse.release()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the panel under the pointer."""
        self.mouse.turn(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the panel under the pointer."""
        self.mouse.turn(event, -3)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll the panel under the pointer sideways."""
        self.mouse.turn(event, 0, 6)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll the panel under the pointer sideways."""
        self.mouse.turn(event, 0, -6)

    # Painting.

    def _panel(self, key: str) -> Panel:
        assert self._state is not None
        if key == "header":
            return self._state.header
        if key == "footer":
            return self._footer
        if key == "tabs":
            if self._tabs.focused != self.focused:
                self._tabs = Tabs(self.focused)
            return self._tabs
        return self._state.panels[key]

    def _arrange(self, size: Size) -> bool:
        """Put the panes where they belong for a size and the focus of now; whether anything moved."""
        watching, lines = (self._state.watching, self._state.header_lines) if self._state is not None else (0, 2)
        arrangement = arrange(size.width, size.height, self.focused, self.zoomed, watching, lines)
        if arrangement == self._arrangement:
            return False
        self._arrangement = arrangement
        boxes = {"header": arrangement.header, "tabs": arrangement.tabs, "footer": arrangement.footer}
        for key, pane in self._panes.items():
            pane.place(boxes.get(key) or arrangement.panels.get(key))
        return True

    def _place(self, size: Size) -> list[tuple[Widget, Rectangle]]:
        """Where each pane is on a screen of this size; those that are in sight are painted for it."""
        if self._arrange(size):
            self._paint()
        return [(view, view.pane.box) for view in self._views.values() if view.pane.box is not None]

    def _paint(self) -> dict[str, list[Rectangle]]:
        """Paint all panes; the parts of each that have changed."""
        if self._state is None:
            return {}
        return {
            key: pane.paint(self._panel(key), key == self.focused)
            for key, pane in self._panes.items()
            if pane.box is not None
        }

    def _repaint(self) -> None:
        if not self.size:
            return
        moved = self._arrange(self.size)
        changed = self._paint()
        if self._selection is not None and (moved or changed.get(self._selection.key, True)):
            self.select(None)  # its panel has changed
        for key, boxes in changed.items():
            self._views[key].draw(boxes)
        if moved:
            self._views["header"].refresh(layout=True)  # of a child: Textual keeps where a widget's children are

    def render_line(self, y: int) -> Strip:
        """What stands behind the panes: nothing, or that the screen is too small for them."""
        styles = self._palette.styles("text")
        return Strip([Segment(text, styles[role]) for text, role in self._apology(y)], self.size.width)

    def _apology(self, y: int) -> Line:
        """What stands on an empty screen: nothing, or that it is too small."""
        width, height = self.size
        said = (
            say("message.too-small", size=f"{width}×{height}"),
            say("message.needs", size=f"{SMALLEST_SIZE[0]}×{SMALLEST_SIZE[1]}"),
        )
        line = y - max(0, height // 2 - 1)
        text = said[line] if self._arrangement.too_small and 0 <= line < len(said) else ""
        before = " " * ((width - text_width(text)) // 2)
        return padded_line((Piece(before + text, "strong" if line == 0 else "dim"),), width)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """None: a look's colours are the terminal's already."""
        return ()
