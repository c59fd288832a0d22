"""How a panel is read: a few words above what it shows, for as long as they are wanted."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.view.scene.choice import Choice
from nnstep.view.text.blocks import blank, stack, under, wrap
from nnstep.view.text.canvas import Canvas, Line, Panel


class _Explained(NamedTuple):
    """A panel under a paragraph about it."""

    panel: Panel
    text: str

    @property
    def key(self) -> str:
        """That of the panel."""
        return self.panel.key

    @property
    def title(self) -> Line:
        """That of the panel."""
        return self.panel.title

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        head = stack([wrap(self.text, width, "help"), blank()])
        if head.height > height - 3:
            head = stack([wrap(self.text, width, "help")])
        return under(head, lambda columns, lines, at: self.panel.paint(columns, lines, at, left), width, height, top)


def with_help(panels: dict[str, Panel], choice: Choice) -> dict[str, Panel]:
    """The panels, the focused one with its help where that is wanted."""
    if not choice.reading or choice.focus not in panels:
        return panels
    key = f"help.panel.{choice.focus}"
    if choice.focus == "operation":
        key = f"help.lens.{choice.lens}"
    return {**panels, choice.focus: _Explained(panels[choice.focus], say(key))}
