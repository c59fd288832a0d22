"""Changed pieces straight to the terminal, in the same turn of the event loop as the key press.

Textual's own way from `refresh` to the terminal takes six messages between tasks and repaints whole lines; for one
step that costs more than everything else. What is written here is what the compositor would write, and the board's
lines are already the new ones, so any later repaint by Textual agrees with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderResult
from textual.widget import Widget

from nnstep.tui.theme import Palette
from nnstep.tui.widgets.pane import Change

try:  # not part of Textual's documented interface, hence the way back to `refresh`
    from textual._compositor import CompositorUpdate
except ImportError:  # pragma: no cover - another Textual than the one tested
    CompositorUpdate = None  # type: ignore[assignment, misc]

__all__ = ["escape_sequences", "write"]


def escape_sequences(changes: Iterable[Change], palette: Palette) -> str:
    """The terminal's language for `changes`: go there, set the style where it changes, write the text."""
    parts: list[str] = []
    for x, y, pieces, background in changes:
        parts.append(f"\x1b[{y + 1};{x + 1}H")
        codes = palette.codes(background)
        last = None
        for text, role in pieces:
            if role == last:
                parts.append(text)
            else:
                parts += (codes[role], text)
                last = role
    parts.append("\x1b[0m")
    return "".join(parts)


if CompositorUpdate is not None:

    class _Written(CompositorUpdate):
        """An update whose escape sequences are already made."""

        def __init__(self, sequences: str) -> None:
            self._sequences = sequences

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            yield from ()

        def render_segments(self, console: Console) -> str:
            return self._sequences


def write(widget: Widget, changes: list[Change], palette: Palette) -> bool:
    """Write `changes` now; False when they must go through Textual instead.

    That is so when something lies over the widget's screen, when there is no terminal, and when more key presses wait:
    then Textual paints once for all of them.
    """
    app, screen = widget.app, widget.screen
    display = getattr(app, "_display", None)
    if CompositorUpdate is None or display is None or app.is_headless or app.message_queue_size or not screen.is_active:
        return False
    display(screen, _Written(escape_sequences(changes, palette)))
    return True
