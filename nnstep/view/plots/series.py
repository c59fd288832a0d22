"""Numbers over the iterations of a run: lines in one plot, the part not run yet left empty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.text import width as text_width
from nnstep.view.plots.across import BAD, NOW, STOP, Across, Series
from nnstep.view.plots.axes import Axis, axis_number, clipped, ticks
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.legend import in_rows
from nnstep.view.text.blocks import Block, lines_block
from nnstep.view.text.canvas import ClickArea, Line, Piece

_SIGNS = "◆■○△◇□▽◎"  # of the first series; of more, and in ASCII, letters
_ROLES = ("plot", "plot-second", "plot-mark", "good", "gradient", "function", "operator", "edge-neg3")
_MOST = 24  # series that are drawn
_FEW = 0.02  # the share of the numbers that may lie below a logarithmic axis, where they are far below
_LARGEST = float(np.finfo(np.float64).max)


class _Groups(NamedTuple):
    """The points of a series by column of dots: the last one there, and the range of all."""

    at: list[int]
    last: list[float]
    low: list[float]
    high: list[float]


def series_block(
    series: Sequence[Series],
    iteration: int,
    iterations: int,
    width: int,
    height: int,
    *,
    log: bool = False,
    marks: Sequence[int] = (),
    ascii: bool = False,
) -> Block:
    """The plot, at most `width` × `height`, of a run of `iterations`, at one of them.

    Every series has a sign, in the legend and on its line, so that lines on top of each other can be told apart. With
    `log` the vertical axis has powers of ten; what is 0 or less has no place on it and is counted in the legend.
    `marks` are iterations where breakpoints hit. A click goes to the iteration under it.
    """
    width, height = max(1, width), max(1, height)
    legend, shown = _legend(series, iteration, width, height, log, ascii)
    under = 2 if height - len(legend) >= 4 else 1 if height - len(legend) >= 3 else 0
    rows = max(1, height - len(legend) - under)
    values = [_scaled(one, log) for one in shown]
    low, high, labels = _upright(values, rows, log, ascii)
    gutter = min(max(map(text_width, labels.values()), default=0) + 1, width // 2)
    across = Across(iterations, max(1, width - gutter))
    dots = Dots(across.columns, rows)
    up = Axis(low, high, 4 * rows)
    reached = max((int(one.iterations[-1]) for one in shown if len(one.iterations)), default=0)
    _not_run(dots, across, reached)
    x = across.column(iteration) * 2
    dots.line(x, 0, x, up.dots - 1, "plot-axis")
    groups = [_grouped(one, across) for one in values]
    for place, one in enumerate(groups):
        _draw(dots, one, up, _ROLES[place % len(_ROLES)])
    _put_signs(dots, groups, up, across, iteration)
    for original in shown:
        for x_bad in across.dots(original.iterations[~np.isfinite(original.values)]):
            dots.mark(int(x_bad) // 2, 0, BAD, "error", "x")
    edge, tick = ("|", "+") if ascii else ("│", "┤")
    lines = [*legend]
    for row, line in enumerate(dots.lines(ascii)):
        said = labels.get(row, "")
        said = said if text_width(said) < gutter else ""
        before = " " * (gutter - 1 - text_width(said)) + said + (tick if said else edge)
        lines.append((Piece(before, "plot-axis"), *line))
    lines += _below(across, gutter, reached, iteration, marks, ascii)[:under]
    hits = (
        (ClickArea(gutter, len(legend), across.columns, rows + min(under, 1), across.target),) if gutter < width else ()
    )
    return lines_block([clipped(line, width, ascii) for line in lines[:height]], hits if len(lines) <= height else ())


# What is to be drawn.


def _scaled(one: Series, log: bool) -> Series:
    """With `log` the powers of ten of its numbers; NaN for what has none, and is not to be marked."""
    low = one.values if one.low is None else one.low
    high = one.values if one.high is None else one.high
    if not log:
        return one._replace(low=low, high=high)
    with np.errstate(all="ignore"):
        return one._replace(values=np.log10(one.values), low=np.log10(low), high=np.log10(high))


def _left_out(series: Sequence[Series]) -> int:
    """How many points have no place on a logarithmic axis."""
    return sum(int((one.values <= 0).sum()) for one in series)


def _upright(series: Sequence[Series], rows: int, log: bool, ascii: bool) -> tuple[float, float, dict[int, str]]:
    """The ends of the vertical axis, and the numbers beside its rows."""
    parts = [part for one in series for part in (one.values, one.low, one.high) if part is not None]
    every = np.concatenate(parts) if parts else np.empty(0)
    every = every[np.isfinite(every)]
    least, most = (float(every.min()), float(every.max())) if every.size else (0.0, 0.0 if log else 1.0)
    many = min(8, max(2, (rows + 1) // 2))
    if log:
        usual = float(np.quantile(every, _FEW)) if every.size else least
        low, high = max(least, usual - 1), most  # a few zeros but for rounding would press all others together
        while math.floor(high) - math.ceil(low) < 1:  # there are to be two powers of ten on it, the nearest ones
            below, above = math.ceil(low) - 1, math.floor(high) + 1
            low, high = (below, high) if low - below < above - high else (low, above)
        low, high = low - 0.02 * (high - low), high + 0.02 * (high - low)
        first, final = math.ceil(low), math.floor(high)
        step = max(1, -(-(final - first + 1) // many))
        said = {float(power): _power(power, ascii) for power in range(final, first - 1, -step)}
    else:
        low, high = _linear_ends(least, most)
        said = {value: axis_number(value, ascii) for value in ticks(low, high, many)}
    axis = Axis(low, high, 4 * rows)
    labels: dict[int, str] = {}
    for value, text in said.items():
        labels.setdefault(axis.down(value) // 4, text)
    return low, high, labels


def _power(power: int, ascii: bool) -> str:
    if -4 <= power <= 4:
        return axis_number(10.0**power, ascii)
    return f"1e{power}" if ascii else f"1e{power}".replace("-", "−")


def _linear_ends(least: float, most: float) -> tuple[float, float]:
    """A little more than the numbers; from 0 where they are not far above it, as most losses are."""
    if 0 <= least <= 0.5 * most and most > 0:
        return 0.0, min(most * 1.04, _LARGEST) if most < _LARGEST / 2 else most
    span = most / 2 - least / 2
    pad = min(0.08 * span or 0.1 * abs(most) or 0.5, _LARGEST / 16)
    return max(least - pad, -_LARGEST), min(most + pad, _LARGEST)


def _grouped(one: Series, across: Across) -> _Groups:
    """The points in the columns of dots that they are in."""
    if not len(one.iterations):
        return _Groups([], [], [], [])
    assert one.low is not None
    assert one.high is not None
    at = across.dots(one.iterations)
    starts = np.flatnonzero(np.diff(at, prepend=-1.0))
    ends = np.append(starts[1:], len(at)) - 1
    finite = [np.where(np.isfinite(part), part, np.nan) for part in (one.low, one.high)]
    low, high = np.fmin.reduceat(finite[0], starts), np.fmax.reduceat(finite[1], starts)
    return _Groups(at[starts].astype(int).tolist(), one.values[ends].tolist(), low.tolist(), high.tolist())


# Drawing.


def _not_run(dots: Dots, across: Across, reached: int) -> None:
    """Words in the part of the plot that is not run yet, where there is room for them."""
    if reached >= across.last:
        return
    start = across.column(reached) + 2 if reached else 0
    said = say("run.axis.not-run")
    room = across.columns - start - 1
    if text_width(said) <= room:
        dots.write(start + (room - text_width(said)) // 2 + 1, dots.rows // 2, said, "todo")


def _draw(dots: Dots, one: _Groups, up: Axis, role: str) -> None:
    """The line through the last number of each column, and dotted how far the others reach; ▼ what is far below."""
    before: tuple[int, int] | None = None
    for x, value, low, high in zip(one.at, one.last, one.low, one.high, strict=True):
        if high == high:
            lowest = up.down(low) if low == low else up.dots - 1
            for y in range(up.down(high), lowest + 1):
                if (x + y) % 2 == 0:
                    dots.set(x, y, role)
        if not math.isfinite(value):
            before = None
            continue
        here = (x, up.down(value))
        dots.line(*(before or here), *here, role)
        if value < up.low:
            dots.mark(x // 2, dots.rows - 1, "▼", role)
        before = here


def _put_signs(dots: Dots, groups: Sequence[_Groups], up: Axis, across: Across, current: int) -> None:
    """The sign of every series at the current iteration and, where there are several, again and again on its line.

    The signs of two lines stand at different columns, so that both are seen where one lies on the other.
    """
    here = across.column(current)
    period = max(4 * len(groups), min(24, across.columns // 3))
    for place, one in enumerate(groups):
        sign, plain = _sign(place, False), _sign(place, True)
        role = _ROLES[place % len(_ROLES)]
        points = zip(one.at, one.last, strict=True)
        shown = [(x // 2, up.down(value) // 4) for x, value in points if math.isfinite(value)]
        spots = list(_spread(shown, period, place * period // len(groups))) if len(groups) > 1 else []
        spots += [spot for spot in shown if spot[0] == here][-1:]
        for column, row in spots or shown[-1:]:
            free = next((c for c in (column, column + 1, column - 1) if dots.free(c, row, 1)), column)
            dots.mark(free, row, sign, role, plain)


def _spread(spots: Sequence[tuple[int, int]], period: int, offset: int) -> Iterator[tuple[int, int]]:
    """The first of the spots after each multiple of a number of columns."""
    before = None
    for column, row in spots:
        turn = (column - offset) // period
        if turn != before and column >= offset:
            yield column, row
            before = turn


def _below(across: Across, gutter: int, reached: int, current: int, marks: Sequence[int], ascii: bool) -> list[Line]:
    """The axis of iterations, dotted where the run has not been, with the current one and breakpoints; its numbers."""
    line = Dots(across.columns, 1)
    done = across.column(reached) if reached else -1
    for column in range(across.columns):
        line.mark(column, 0, "─" if column <= done else "╌", "plot-axis", "-" if column <= done else ".")
    labels, taken = "", -1
    for value in _whole_ticks(across.last, across.columns // 7):
        said, column = axis_number(float(value), ascii), across.column(value)
        start = min(max(column - len(said) // 2, 0), across.columns - len(said))
        if start > taken and start >= 0:
            labels += " " * (start - len(labels)) + said
            taken = start + len(said)
            line.mark(column, 0, "┬", "plot-axis", "+")
    for iteration in marks:
        line.mark(across.column(iteration), 0, STOP, "error", "o")
    line.mark(across.column(current), 0, NOW, "plot-chosen", "^")
    corner = " " * (gutter - 1) + ("+" if ascii else "└") if gutter else ""
    return [
        (Piece(corner, "plot-axis"), *line.lines(ascii)[0]),
        (Piece(" " * gutter + labels, "plot-axis"),),
    ]


def _whole_ticks(last: int, most: int) -> tuple[int, ...]:
    """The iterations that are written below the axis."""
    found = ticks(1.0, float(last), max(1, min(most, last)))
    whole = tuple(int(value) for value in found if value.is_integer())
    return whole or (1,)


# The legend.


def _sign(place: int, ascii: bool) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return letters[place % len(letters)] if ascii or place >= len(_SIGNS) else _SIGNS[place]


def _legend(
    series: Sequence[Series], current: int, width: int, height: int, log: bool, ascii: bool
) -> tuple[list[Line], list[Series]]:
    """The lines above the plot, and the series that are in them: those that have no room are left out and counted."""
    most = max(1, min(height // 4, 6))
    notes: list[Line] = []
    if log:
        left_out = _left_out(series)
        said = say_count("run.axis.left-out", left_out) if left_out else ""
        notes.append((Piece(say("run.axis.log") + (": " + said if said else ""), "warning" if said else "dim"),))
    if any(not np.isfinite(one.values).all() for one in series):
        notes.append((Piece("x " if ascii else BAD + " ", "error"), Piece(say("run.axis.no-number"), "dim")))
    items = [_item(series, place, current, ascii) for place in range(min(len(series), _MOST))]
    for count in range(len(items), 0, -1):
        rest = len(series) - count
        more: list[Line] = [(Piece(say_count("run.axis.more", rest), "dim"),)] if rest else []
        lines = in_rows([*items[:count], *more, *notes], width, ascii)
        if len(lines) <= most or count == 1:
            return lines[: max(most, 2 if notes else 1)], list(series[:count])
    return in_rows(notes, width, ascii)[:most], []


def _item(series: Sequence[Series], place: int, current: int, ascii: bool) -> Line:
    """◆ loss 0.0123, and whether it is the same as one before it."""
    one = series[place]
    value = _at(one, current)
    said = "." if value is None and ascii else "·" if value is None else axis_number(value, ascii)
    line: Line = (
        Piece(_sign(place, ascii) + " ", _ROLES[place % len(_ROLES)]),
        Piece(one.name + " ", "text"),
        Piece(said, "strong" if value is not None else "todo"),
    )
    for other in range(place):
        theirs = series[other]
        same = np.array_equal(one.iterations, theirs.iterations)
        if same and len(one.values) and np.array_equal(one.values, theirs.values, equal_nan=True):
            return (*line, Piece(" = " + _sign(other, ascii), "dim"))
    return line


def _at(one: Series, current: int) -> float | None:
    """The number at the current iteration: of its own point, or of the range that it lies in."""
    if one.now is not None:
        return one.now
    at = int(np.searchsorted(one.iterations, current))
    there = at < len(one.iterations) and (int(one.iterations[at]) == current or one.low is not None)
    return float(one.values[at]) if there else None
