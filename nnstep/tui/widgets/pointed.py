"""What the mouse does on the board: a click asks for what is under it, the run is dragged along, panels scroll."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events
from textual.message import Message
from textual.widget import Widget

from nnstep.tui.guard import Guarded
from nnstep.tui.widgets.pane import Pane
from nnstep.view.canvas import Target

__all__ = ["Pointed"]

_DRAGGED = "iteration.goto"  # what can be dragged along, not only clicked


class Pointed(Guarded, Widget):
    """A widget of panes that can be clicked, dragged along and scrolled."""

    class Clicked(Message, namespace="board"):
        """A click on something that asks for something, or on a panel."""

        def __init__(self, panel: str, target: Target | None) -> None:
            super().__init__()
            self.panel, self.target = panel, target

    def __init__(self, panes: Mapping[str, Pane], scroll: Callable[[str, int, int], None]) -> None:
        """`scroll` scrolls a pane by lines and columns."""
        super().__init__()
        self._panes, self._scroll_pane = panes, scroll
        self._dragged: tuple[Pane, int, Target] | None = None  # from which row, and what was gone to last
        self._moved = False  # whether the click that ends is the end of a drag

    def pane_at(self, x: int, y: int) -> Pane | None:
        """The pane at a column and row of the board."""
        return next((pane for pane in self._panes.values() if pane.box and pane.box.holds(x, y)), None)

    def on_click(self, event: events.Click) -> None:
        """Say what was clicked."""
        if self._moved:
            self._moved = False
        elif (pane := self.pane_at(event.x, event.y)) is not None:
            self.post_message(self.Clicked(pane.key, pane.target(event.x, event.y)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """On the line of the run, a drag begins."""
        self._moved = False
        pane = self.pane_at(event.x, event.y)
        target = pane.target(event.x, event.y) if pane is not None else None
        if pane is not None and target is not None and target.command == _DRAGGED:
            self._dragged = (pane, event.y, target)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Where it is dragged to is gone to, at once."""
        if self._dragged is None:
            return
        pane, y, last = self._dragged
        target = pane.target(event.x, y)
        if target is not None and target.command == _DRAGGED and target != last:
            self._dragged, self._moved = (pane, y, target), True
            self.post_message(self.Clicked(pane.key, target))

    def on_mouse_up(self) -> None:
        """The drag ends."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def _wheel(self, event: events.MouseEvent, lines: int, columns: int = 0) -> None:
        pane = self.pane_at(event.x, event.y)
        if pane is not None and pane.framed:
            if event.shift or event.ctrl:
                lines, columns = 0, columns or lines * 2
            self._scroll_pane(pane.key, lines, columns)
            event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the panel under the pointer."""
        self._wheel(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the panel under the pointer."""
        self._wheel(event, -3)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll the panel under the pointer sideways."""
        self._wheel(event, 0, 6)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll the panel under the pointer sideways."""
        self._wheel(event, 0, -6)
