"""Axes of a picture: which dot a number is at, which numbers are written beside it, and the frame around the dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from nnstep.view.plots.braille import Dots
from nnstep.view.text.blocks import fit, line_width
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import plain


class Axis(NamedTuple):
    """The numbers from `low` to `high` on `dots` dots, 0 to dots - 1."""

    low: float
    high: float
    dots: int

    def at(self, value: float) -> int:
        """The dot of a finite number; the nearest one at the edge for what lies outside."""
        inside = min(max(value, self.low), self.high)
        share = (inside / 2 - self.low / 2) / ((self.high / 2 - self.low / 2) or 1.0)  # the whole may be out of range
        return round(share * (self.dots - 1))

    def down(self, value: float) -> int:
        """The same counted from the top, as dots of a picture are."""
        return self.dots - 1 - self.at(value)

    def has(self, value: float) -> bool:
        """Whether a number is on the axis."""
        return self.low <= value <= self.high


def ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """At most `most` round numbers between two numbers: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if most < 1 or not 1e-300 < span < math.inf:
        return ()
    power = math.floor(math.log10(span / max(1, most)))
    for exponent in (power, power + 1, power + 2):
        for digit in (1, 2, 5):
            step = digit * 10.0**exponent
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            if step and last - first + 1 <= most:
                return tuple(round(k * step, max(0, -exponent)) + 0.0 for k in range(first, last + 1))
    return ()


def axis_number(value: float, ascii: bool, digits: int = 4) -> str:
    """A number of a picture: short, and in ASCII where there is nothing else."""
    said = plain(value, digits)
    return ascii_text(said) if ascii else said


def clipped(line: Line, width: int, ascii: bool) -> Line:
    """The line cut to `width` columns, with a sign at its end where something is cut off."""
    fitting = fit(line, width)
    if ascii and fitting != line and fitting:
        return (*fitting[:-1], Piece("~", "dim"))
    return fitting


def joined(parts: Sequence[Line], width: int, ascii: bool) -> Line:
    """Parts beside each other, three columns apart, as many as there is room for; the first one in any case."""
    line: Line = ()
    for part in parts:
        longer = (*line, Piece("   "), *part) if line else part
        if line and line_width(longer) > width:
            break
        line = longer
    return clipped(line, width, ascii)


def sides(dots: Dots, axis: Axis, gutter: int, ascii: bool) -> list[Line]:
    """The rows of a picture with a vertical axis of `gutter` columns before them, numbers at its ticks."""
    labels: dict[int, str] = {}
    for value in sorted(ticks(axis.low, axis.high, min(8, max(2, (dots.rows + 1) // 2))), key=abs):
        row, said = axis.down(value) // 4, axis_number(value, ascii)
        if len(said) < gutter:
            labels.setdefault(row, said)
    plain_line, tick = ("|", "+") if ascii else ("│", "┤")
    return [
        (Piece(labels.get(row, "").rjust(gutter - 1) + (tick if row in labels else plain_line), "plot-axis"), *line)
        for row, line in enumerate(dots.lines(ascii))
    ]


def bottom(axis: Axis, columns: int, gutter: int, ascii: bool, rug: Sequence[tuple[int, str, str]] = ()) -> list[Line]:
    """The horizontal axis under a picture, and its numbers. `rug` has (column, character, role) to put on it."""
    chosen: dict[int, str] = {}
    taken = -1
    written: list[tuple[int, str]] = []
    for value in ticks(axis.low, axis.high, max(2, columns // 6)):
        column, said = axis.at(value) // 2, axis_number(value, ascii)
        start = min(max(column - len(said) // 2, 0), columns - len(said))
        if start > taken and start >= 0:
            written.append((start, said))
            taken = start + len(said)
            chosen[column] = "+" if ascii else "┬"
    line = Dots(columns, 1)
    line.write(0, 0, ("-" if ascii else "─") * columns, "plot-axis")
    for column, char in chosen.items():
        line.mark(column, 0, char, "plot-axis")
    for column, char, role in rug:
        line.mark(column, 0, char, role)
    labels = ""
    for start, said in written:
        labels += " " * (start - len(labels)) + said
    corner = " " * (gutter - 1) + ("+" if ascii else "└")
    return [
        (Piece(corner, "plot-axis"), *line.lines(ascii)[0]),
        (Piece(" " * gutter + labels, "plot-axis"),),
    ]
