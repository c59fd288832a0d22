"""Where everything stands on a screen of a given size: rectangles computed from numbers, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nnstep.commands import PANEL_KEYS

SMALLEST_SIZE = (60, 16)  # columns and rows below which nothing but a message is shown
GRID_SIZE = (100, 30)  # from here on all panels are seen at once
_EMPTY_WATCH = 4  # lines of the panel of breakpoints and watches where it says that there are none


class Rectangle(NamedTuple):
    """A rectangle of the screen: 0-based column and row, width and height."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Whether the cell at column `x`, row `y` of the screen is inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


class Arrangement(NamedTuple):
    """The places of header, tab line, panels and footer. `panels` has only those in sight; empty when too small."""

    size: tuple[int, int]
    header: Rectangle | None = None
    tabs: Rectangle | None = None
    panels: Mapping[str, Rectangle] = {}
    footer: Rectangle | None = None

    @property
    def too_small(self) -> bool:
        """Nothing fits: the screen says so instead."""
        return not self.panels


def _columns(x: int, y: int, widths: tuple[int, ...], height: int, keys: tuple[str, ...]) -> dict[str, Rectangle]:
    boxes = {}
    for key, width in zip(keys, widths, strict=True):
        boxes[key] = Rectangle(x, y, width, height)
        x += width
    return boxes


def _upper(width: int) -> tuple[int, int, int]:
    """Widths of Program, Operation and Chain rule side by side; Operation takes the room there is."""
    program = max(28, min(width * 25 // 100, 46))
    chain = max(32, min(width * 28 // 100, 60))
    return program, width - program - chain, chain


def _grid(width: int, top: int, height: int, watching: int) -> dict[str, Rectangle]:
    """Program | Operation | Chain rule over Parameters | Activations | Gradients; Watch below Program."""
    lower = max(9, min(height * 2 // 5, 22))
    third = width // 3
    boxes = {
        **_columns(0, top, _upper(width), height - lower, PANEL_KEYS[:3]),
        **_columns(0, top + height - lower, (third, width - 2 * third, third), lower, PANEL_KEYS[3:6]),
    }
    if watching:
        program = boxes["program"]
        part = min(watching + 2, program.height * 3 // 5)
        boxes["program"] = program._replace(height=program.height - part)
        boxes["watch"] = Rectangle(program.x, program.y + program.height - part, program.width, part)
    return boxes


def _beside(width: int, top: int, height: int, focused: str) -> dict[str, Rectangle]:
    """The focused panel; on a wide, low screen with the program beside it (or the operation beside the program)."""
    if width < GRID_SIZE[0]:
        return {focused: Rectangle(0, top, width, height)}
    program, _, _ = widths = _upper(width)
    other = "operation" if focused == "program" else focused
    return _columns(0, top, (program, sum(widths) - program), height, ("program", other))


def arrange(
    width: int, height: int, focused: str, zoomed: bool = False, watching: int = 0, lines: int = 2
) -> Arrangement:
    """The arrangement for a screen of `width` × `height` cells, with `lines` of header where there is room for a third.

    All panels from `GRID_SIZE` on (Watch only where it has the focus, or `watching` lines to show); below it a line of
    tabs and one panel, or two; with `zoomed` the focused panel alone; below `SMALLEST_SIZE` nothing.
    """
    if width < SMALLEST_SIZE[0] or height < SMALLEST_SIZE[1]:
        return Arrangement((width, height))
    top = lines if height >= GRID_SIZE[1] else 2
    header, footer = Rectangle(0, 0, width, top), Rectangle(0, height - 1, width, 1)
    body = height - top - 1
    if zoomed:
        return Arrangement((width, height), header, None, {focused: Rectangle(0, top, width, body)}, footer)
    if width >= GRID_SIZE[0] and height >= GRID_SIZE[1]:
        shown = max(watching, _EMPTY_WATCH) if focused == "watch" else watching
        return Arrangement((width, height), header, None, _grid(width, top, body, shown), footer)
    return Arrangement(
        (width, height), header, Rectangle(0, top, width, 1), _beside(width, top + 1, body - 1, focused), footer
    )
