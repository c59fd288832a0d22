"""The lines beside a picture that say what its signs are."""

from __future__ import annotations

from collections.abc import Sequence

from nnstep.view.plots.axes import clipped
from nnstep.view.text.blocks import line_width
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.notation import ascii_text


def ascii_line(line: Line) -> Line:
    """The line with the signs that are added here in ASCII; what a file says stays as it is."""
    return tuple(Piece(ascii_text(text), role) for text, role in line)


def in_rows(items: Sequence[Line], width: int, ascii: bool) -> list[Line]:
    """The parts beside each other, three columns apart, as long as there is room, then below; none is wider."""
    lines: list[Line] = []
    for item in items:
        longer: Line = (*lines[-1], Piece("   "), *item) if lines else item
        if lines and line_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(item)
    return [clipped(ascii_line(line) if ascii else line, width, ascii) for line in lines]
