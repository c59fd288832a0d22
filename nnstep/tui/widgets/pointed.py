"""What the mouse does on the board: a click asks for what is under it, a drag selects text, panels scroll.

On the line of the run a drag goes along the run instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events
from textual.message import Message
from textual.widget import Widget

from nnstep.tui.textual_private import survives
from nnstep.tui.widgets.pane import Pane
from nnstep.tui.widgets.selection import Selection
from nnstep.view.text.canvas import Target

__all__ = ["Pointed"]

_DRAGGED = "iteration.goto"  # what can be dragged along, not only clicked


@survives
class Pointed(Widget):
    """A widget of panes that can be clicked, dragged along and scrolled."""

    class Clicked(Message, namespace="board"):
        """A click on something that asks for something, or on a panel."""

        def __init__(self, panel: str, target: Target | None) -> None:
            super().__init__()
            self.panel, self.target = panel, target

    class Selected(Message, namespace="board"):
        """A drag over text has ended."""

    def __init__(
        self,
        panes: Mapping[str, Pane],
        scroll: Callable[[str, int, int], None],
        select: Callable[[Selection | None], None],
    ) -> None:
        """`scroll` scrolls a pane by lines and columns, `select` shows that a part of a pane's text is selected."""
        super().__init__()
        self._panes, self._scroll_pane, self._select = panes, scroll, select
        self._pressed: tuple[Pane, tuple[int, int]] | None = None  # where a drag over text would begin
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
        """A drag may begin."""
        self._moved = False
        self._pressed = None
        self._select(None)
        pane = self.pane_at(event.x, event.y)
        target = pane.target(event.x, event.y) if pane is not None else None
        if pane is not None and target is not None and target.command == _DRAGGED:
            self._dragged = (pane, event.y, target)
            self.capture_mouse()
        elif pane is not None and event.button == 1:
            self._pressed = (pane, pane.cell(event.x, event.y))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Text is selected as far as here; on the line of the run, where it is dragged to is gone to, at once."""
        if self._pressed is not None:
            self._drag_over_text(event)
        if self._dragged is None:
            return
        pane, y, last = self._dragged
        target = pane.target(event.x, y)
        if target is not None and target.command == _DRAGGED and target != last:
            self._dragged, self._moved = (pane, y, target), True
            self.post_message(self.Clicked(pane.key, target))

    def _drag_over_text(self, event: events.MouseMove) -> None:
        assert self._pressed is not None
        pane, anchor = self._pressed
        if pane.box is None or event.button != 1:  # it is gone, or the button was let go somewhere else
            self._pressed = None
            return
        here = pane.cell(event.x, event.y)
        if here != anchor or self._moved:
            if not self._moved:
                self._moved = True
                self.capture_mouse()
            self._select(Selection(pane.key, anchor, here))

    def on_mouse_up(self) -> None:
        """The drag ends."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
        elif self._pressed is not None and self._moved:
            self.release_mouse()
            self.post_message(self.Selected())
        self._pressed = None

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
