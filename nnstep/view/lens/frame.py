"""What all views of the middle panel but the step's own have in common: a line of tabs, and below it the view."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.text import width as text_width
from nnstep.view.scene.choice import LENSES
from nnstep.view.text.blocks import Block, blank, flow, paint, stack
from nnstep.view.text.canvas import Canvas, Hit, Line, Piece, Target

__all__ = ["LensPanel", "of_block", "tab_line", "under"]

Draw = Callable[[int, int, int | None], Canvas]  # (width, height, top) -> the window


class LensPanel(NamedTuple):
    """The middle panel with another view than the step's own."""

    title: Line
    lens: str
    draw: Draw
    key: str = "operation"

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        return under(stack([tab_line(self.lens, width), blank()]), self.draw, width, height, top)


def of_block(make: Callable[[int, int], Block]) -> Draw:
    """A view that is a block for a width and a height."""
    return lambda width, height, top: paint(make(width, height), width, height, top)


def under(head: Block, draw: Draw, width: int, height: int, top: int | None) -> Canvas:
    """A block that stays, and below it a window of something that scrolls."""
    above = paint(head, width, head.height, 0)
    room = max(1, height - head.height)
    below = draw(width, room, top)
    shifted = tuple(Hit(hit.x, hit.y + head.height, hit.width, hit.height, hit.target) for hit in below.hits)
    lines = (*above.lines, *below.lines)[:height]
    return Canvas(
        lines, (*above.hits, *shifted), max(above.width, below.width), below.height + head.height, below.top, below.left
    )


def tab_line(lens: str, width: int) -> Block:
    """The views by name, each a click; the one that is shown stands out."""
    tabs = []
    for name in LENSES:
        text = f" {say(f'lens.{name}')} "
        role = "tab-on" if name == lens else "tab"
        size = text_width(text)
        tabs.append(Block(size, 1, [(Piece(text, role),)].__getitem__, (Hit(0, 0, size, 1, Target(f"lens.{name}")),)))
    return flow(tabs, width, gap=0, between=False)
