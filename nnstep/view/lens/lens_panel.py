"""What the views of the middle panel but the step's own have in common: a line of tabs, and below it the view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.text import width as text_width
from nnstep.view.text.blocks import Block, Draw, blank, flow, paint, stack, under
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target


class LensPanel(NamedTuple):
    """The middle panel with another view than the step's own: `lens` is the one of `lenses` that is shown."""

    title: Line
    lens: str
    lenses: Sequence[str]
    draw: Draw
    key: str = "operation"

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        return under(stack([tab_line(self.lens, self.lenses, width), blank()]), self.draw, width, height, top)


def of_block(make: Callable[[int, int], Block]) -> Draw:
    """A view that is a block for a width and a height."""
    return lambda width, height, top: paint(make(width, height), width, height, top)


def tab_line(lens: str, lenses: Sequence[str], width: int) -> Block:
    """The views by name, each a click; the one that is shown stands out."""
    tabs = []
    for name in lenses:
        text = f" {say(f'lens.{name}')} "
        role = "tab-on" if name == lens else "tab"
        size = text_width(text)
        tabs.append(
            Block(size, 1, [(Piece(text, role),)].__getitem__, (ClickArea(0, 0, size, 1, Target(f"lens.{name}")),))
        )
    return flow(tabs, width, gap=0, between=False)
