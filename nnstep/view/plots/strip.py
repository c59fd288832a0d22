"""The run in one line of bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nnstep.view.plots.across import BAD, NOW, STOP, Across, Series
from nnstep.view.plots.levels import bar
from nnstep.view.text.blocks import fit
from nnstep.view.text.canvas import ClickArea, Line, Piece


def timeline_strip(
    series: Series,
    iteration: int,
    iterations: int,
    width: int,
    *,
    log: bool = False,
    marks: Sequence[int] = (),
    ascii: bool = False,
) -> tuple[Line, tuple[ClickArea, ...]]:
    """A run of `iterations` in one line of `width` columns, and what a click on it asks for.

    Bars where it was run, as high as the number there; dots where it was not; the current iteration, hits of
    breakpoints, and what is no number are signs in place of a bar. The target of the hit is `Across.target`, which
    serves for dragging too.
    """
    if width < 1:
        return (), ()
    across = Across(iterations, width)
    signs: list[tuple[str, str]] = [("-" if ascii else "╌", "bar-todo")] * width
    values = _per_column(series, across)
    heights = [None if value is None else _height(value, log) for value in values]
    known = [one for one in heights if one is not None and math.isfinite(one)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    for column, (value, height) in enumerate(zip(values, heights, strict=True)):
        if value is not None and height is not None and math.isfinite(value):
            share = (max(height, low) / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
            signs[column] = (bar(max(share, 1 / 16), ascii), "spark")
        elif value is not None:
            signs[column] = ("x" if ascii else BAD, "error")
    for stop in marks:
        if 1 <= stop <= iterations:
            signs[across.column(stop)] = ("o" if ascii else STOP, "error")
    signs[across.column(iteration)] = ("^" if ascii else NOW, "plot-chosen")
    return fit(_runs(signs), width), (ClickArea(0, 0, width, 1, across.target),)


def _height(value: float, log: bool) -> float:
    return value if not log else math.log10(value) if value > 0 else -math.inf


def _per_column(one: Series, across: Across) -> list[float | None]:
    """The number of each column: of the last point in it, else of the point before; None where nothing was run."""
    found: list[float | None] = [None] * across.columns
    if not len(one.iterations):
        return found
    wanted = np.array([across.iteration(column) for column in range(across.columns)])
    at = np.minimum(np.searchsorted(one.iterations, wanted), len(one.iterations) - 1)
    until = across.column(int(one.iterations[-1]))
    for column, point in enumerate(at.tolist()):
        if column <= until:
            found[column] = float(one.values[point])
    return found


def _runs(signs: Sequence[tuple[str, str]]) -> Line:
    """Characters of the same role as one piece."""
    pieces: list[Piece] = []
    for sign, role in signs:
        if pieces and pieces[-1].role == role:
            pieces[-1] = Piece(pieces[-1].text + sign, role)
        else:
            pieces.append(Piece(sign, role))
    return tuple(pieces)
