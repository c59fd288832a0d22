"""What the mouse does on the board: a click asks for what is under it, a drag selects text, panels scroll.

On the line of the run a drag goes along the run instead. The board fills the screen: its columns and rows are those of
the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from textual import events

from nnstep.tui.widgets.pane import Pane
from nnstep.tui.widgets.selection import Selection
from nnstep.view.text.canvas import Target

_DRAGGED = "iteration.goto"  # what can be dragged along, not only clicked


class MouseActions(NamedTuple):
    """What the board is asked to do.

    click    say what was clicked: a pane's key, and what is under the pointer
    scroll   scroll a pane by lines and columns
    select   show that a part of a pane's text is selected; None for nothing
    dragged  say that a drag over text has ended
    hold     take all that the mouse does, or give it back
    """

    click: Callable[[str, Target | None], object]
    scroll: Callable[[str, int, int], None]
    select: Callable[[Selection | None], None]
    dragged: Callable[[], object]
    hold: Callable[[bool], None]


class Mouse:
    """What the buttons and the wheel mean, from one event to the next."""

    def __init__(self, panes: Mapping[str, Pane], asked: MouseActions) -> None:
        self._panes, self._asked = panes, asked
        self._pressed: tuple[Pane, tuple[int, int]] | None = None  # where a drag over text would begin
        self._dragged: tuple[Pane, int, Target] | None = None  # from which row, and what was gone to last
        self._moved = False  # whether the click that ends is the end of a drag

    def pane_at(self, x: int, y: int) -> Pane | None:
        """The pane at a column and row of the board."""
        return next((pane for pane in self._panes.values() if pane.box and pane.box.holds(x, y)), None)

    def click(self, event: events.Click) -> None:
        """Say what was clicked."""
        if self._moved:
            self._moved = False
        elif (pane := self.pane_at(event.screen_x, event.screen_y)) is not None:
            self._asked.click(pane.key, pane.target(event.screen_x, event.screen_y))

    def press(self, event: events.MouseDown) -> None:
        """A drag may begin."""
        self._moved = False
        self._pressed = None
        self._asked.select(None)
        pane = self.pane_at(event.screen_x, event.screen_y)
        target = pane.target(event.screen_x, event.screen_y) if pane is not None else None
        if pane is not None and target is not None and target.command == _DRAGGED:
            self._dragged = (pane, event.screen_y, target)
            self._asked.hold(True)
        elif pane is not None and event.button == 1:
            self._pressed = (pane, pane.cell(event.screen_x, event.screen_y))

    def move(self, event: events.MouseMove) -> None:
        """Text is selected as far as here; on the line of the run, where it is dragged to is gone to, at once."""
        if self._pressed is not None:
            self._drag_over_text(event, *self._pressed)
        if self._dragged is None:
            return
        pane, y, last = self._dragged
        target = pane.target(event.screen_x, y)
        if target is not None and target.command == _DRAGGED and target != last:
            self._dragged, self._moved = (pane, y, target), True
            self._asked.click(pane.key, target)

    def _drag_over_text(self, event: events.MouseMove, pane: Pane, anchor: tuple[int, int]) -> None:
        if pane.box is None or event.button != 1:  # it is gone, or the button was let go somewhere else
            self._pressed = None
            return
        here = pane.cell(event.screen_x, event.screen_y)
        if here != anchor or self._moved:
            if not self._moved:
                self._moved = True
                self._asked.hold(True)
            self._asked.select(Selection(pane.key, anchor, here))

    def release(self) -> None:
        """The drag ends."""
        if self._dragged is not None:
            self._dragged = None
            self._asked.hold(False)
        elif self._pressed is not None and self._moved:
            self._asked.hold(False)
            self._asked.dragged()
        self._pressed = None

    def turn(self, event: events.MouseEvent, lines: int, columns: int = 0) -> None:
        """Scroll the panel under the pointer, sideways with Shift or Ctrl."""
        pane = self.pane_at(event.screen_x, event.screen_y)
        if pane is not None and pane.framed:
            if event.shift or event.ctrl:
                lines, columns = 0, columns or lines * 2
            self._asked.scroll(pane.key, lines, columns)
            event.stop()
