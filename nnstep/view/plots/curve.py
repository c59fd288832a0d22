"""A curve as a picture: the function with this layer's values on it, and its derivative with the same values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.language import Entry, to_text, to_unicode
from nnstep.ops import Array, Index
from nnstep.view.plots.axes import Axis, axis_number, bottom, clipped, sides
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.functions import Curve, bend
from nnstep.view.plots.levels import bar
from nnstep.view.text.blocks import Block, beside, line_width, lines_block, stack
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.matrix import format_of
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import DIGITS

_MOST = 16_384  # values that are looked at; of more, a sample spread over them
_FEW = 48  # values that are marked one by one; more are shown by how many there are
_FAR = 2.0  # how far beyond the part where the function bends the axis goes, in widths of that part
_STEEP = 0.15  # a step between neighbouring dots, of the height, that is looked at for a jump


class _Marks(NamedTuple):
    """The values to mark: their x, result and slope, of as many as are looked at; and the chosen one."""

    x: Array
    y: Array | None
    slope: Array | None
    total: int
    chosen: tuple[float, float | None, float | None] | None


def curve_block(
    curve: Curve, chosen: Index | None, width: int, height: int, ascii: bool = False, digits: int = DIGITS
) -> Block:
    """The picture, at most `width` × `height`: the function, its derivative below it (or beside it where that is the
    better use of the room), every value as a mark, and the chosen entry's with its numbers.
    """
    if chosen is not None and not (len(chosen) == len(curve.shape) and np.less(chosen, curve.shape).all()):
        chosen = None
    marks = _marks(curve, chosen)
    across = _across(curve, marks)
    foot = _foot(curve, marks, chosen, width, 2 if height >= 10 else 1, ascii, digits)
    rest = max(1, height - len(foot))
    two = curve.slope is not None
    if two and width >= 60 and (width > 4 * rest or rest < 11):
        half = (width - 2) // 2
        left = _plot(curve, marks, across, False, half, rest, True, ascii)
        right = _plot(curve, marks, across, True, width - 2 - half, rest, True, ascii)
        gap = half + 2 - left.width
        return stack([beside([left, right], gap), lines_block(foot)])
    if two and rest >= 10:
        below = rest * 2 // 5 + 1
        above = _plot(curve, marks, across, False, width, rest - below, False, ascii)
        return stack([above, _plot(curve, marks, across, True, width, below, True, ascii), lines_block(foot)])
    return stack([_plot(curve, marks, across, False, width, rest, True, ascii), lines_block(foot)])


def _marks(curve: Curve, chosen: Index | None) -> _Marks:
    if curve.x is None:
        return _Marks(np.empty(0), None, None, 0, None)
    every = max(1, -(-curve.x.size // _MOST))
    x = curve.x.reshape(-1)[::every]
    there = np.isfinite(x)
    x = x[there]
    y = None if curve.y is None else curve.y.reshape(-1)[::every][there]
    slope = None if y is None or curve.slope is None else curve.slope_at(x, y)
    mine: tuple[float, float | None, float | None] | None = None
    if chosen is not None:
        at = float(curve.x[chosen])
        if curve.y is None:
            mine = (at, None, None)
        else:
            steep = curve.slope_at(curve.x[chosen].reshape(()), curve.y[chosen].reshape(()))
            mine = (at, float(curve.y[chosen]), float(steep))
    return _Marks(x, y, slope, curve.x.size, mine)


def _across(curve: Curve, marks: _Marks) -> tuple[float, float]:
    """The part of the x axis that is shown: where the function bends, and the values unless they are far away."""
    low, high = bend(curve.function) or (0.0, 1.0)
    span = high - low
    given = marks.x if marks.chosen is None else np.append(marks.x, marks.chosen[0])
    given = given[np.isfinite(given)]
    if given.size:
        low = min(low, max(float(given.min()), low - _FAR * span))
        high = max(high, min(float(given.max()), high + _FAR * span))
    pad = 0.03 * (high - low)
    return low - pad, high + pad


def _upright(curve: Array, marked: Array) -> tuple[float, float]:
    """The part of the y axis that is shown; where the curve runs off to infinity, most of it and all marks."""
    finite = curve[np.isfinite(curve)]
    if not finite.size:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    near, far = np.quantile(finite, (0.06, 0.94))
    if high - low > 6 * (far - near) > 0:
        shown = marked[np.isfinite(marked)]
        least, most = (float(shown.min()), float(shown.max())) if shown.size else (near, far)
        reach = 2 * (far - near)
        low, high = max(low, min(least, near - reach)), min(high, max(most, far + reach))
        low, high = max(low, near - 4 * reach), min(high, far + 4 * reach)
    low, high = min(low, 0.0), max(high, 0.0)
    pad = 0.06 * (high - low) or 1.0
    return low - pad, high + pad


def _plot(
    curve: Curve,
    marks: _Marks,
    across: tuple[float, float],
    slope: bool,
    width: int,
    height: int,
    axis: bool,
    ascii: bool,
) -> Block:
    """One of the two plots with its title, and with the x axis where `axis` says so."""
    under = (2 if height >= 5 else 1 if height >= 4 else 0) if axis else 0
    rows = max(1, height - 1 - under)
    gutter = 7 if width >= 40 else 6
    columns = max(4, width - gutter)
    dots = Dots(columns, rows)
    over = Axis(*across, 2 * columns)
    xs = np.linspace(across[0], across[1], 2 * columns)
    drawn = curve.at(xs)
    result = marks.slope if slope else marks.y
    if slope:
        drawn = curve.slope_at(xs, drawn)
    up = Axis(*_upright(drawn, np.empty(0) if result is None else result), 4 * rows)
    _zero_lines(dots, over, up)
    _draw(dots, curve, xs, drawn, up, slope)
    _put_marks(dots, marks, over, up, slope)
    title = curve.slope_title(ascii) if slope else curve.title(ascii)
    lines = [
        clipped((Piece(" " * (gutter if width >= 40 else 0)), *title), width, ascii),
        *sides(dots, up, gutter, ascii),
    ]
    if under:
        lines += bottom(over, columns, gutter, ascii, _rug(marks, over, columns, ascii))[:under]
    return lines_block([clipped(line, width, ascii) for line in lines[: max(1, height)]])


def _zero_lines(dots: Dots, over: Axis, up: Axis) -> None:
    if up.has(0.0):
        dots.line(0, up.down(0.0), over.dots - 1, up.down(0.0), "plot-axis", every=3)
    if over.has(0.0):
        dots.line(over.at(0.0), 0, over.at(0.0), up.dots - 1, "plot-axis", every=2)


def _draw(dots: Dots, curve: Curve, xs: Array, drawn: Array, up: Axis, slope: bool) -> None:
    """The curve, a dot for every column of dots, joined except where it jumps."""
    role = "plot-second" if slope else "plot"
    scale = (up.dots - 1) / (up.high - up.low)
    heights = [(up.high - y) * scale if np.isfinite(y) else None for y in np.clip(drawn, -1e9, 1e9).tolist()]
    before: float | None = None
    for x, y in enumerate(heights):
        if y is not None:
            if before is None or (abs(y - before) > _STEEP * up.dots and _jumps(curve, xs[x - 1], xs[x], slope)):
                dots.line(x, y, x, y, role)
            else:
                dots.line(x - 1, before, x, y, role)
        before = y


def _jumps(curve: Curve, low: float, high: float, slope: bool) -> bool:
    """Whether the curve jumps between two places: whether it still differs as much between ever nearer ones."""

    def at(x: float) -> float:
        here = np.array(x)
        y = curve.at(here)
        return float(curve.slope_at(here, y) if slope else y)

    left, right = at(low), at(high)
    whole = abs(right - left)
    for _ in range(20):
        middle = (low + high) / 2
        between = at(middle)
        if abs(between - left) > abs(right - between):
            high, right = middle, between
        else:
            low, left = middle, between
    return not abs(right - left) < 0.5 * whole


def _put_marks(dots: Dots, marks: _Marks, over: Axis, up: Axis, slope: bool) -> None:
    """The values on the curve: marked one by one, or where there are many, the part of the curve that has some."""
    ys = marks.slope if slope else marks.y
    if ys is not None:
        places = {(over.at(x), up.down(y), over.has(x)) for x, y in _distinct(marks.x, ys, over) if np.isfinite(y)}
        many = marks.total > _FEW
        for x, y, inside in sorted(places):
            if many and inside:
                dots.set(x, y, "plot-mark")
            elif not many:
                dots.mark(x // 2, y // 4, "●" if inside else "◂" if x == 0 else "▸", "plot-mark")
    if marks.chosen is None:
        return
    x_value, y_value, steep = marks.chosen
    height = steep if slope else y_value
    if not np.isfinite(x_value):
        return
    x = over.at(x_value)
    if height is None or not np.isfinite(height):
        dots.line(x, 0, x, up.dots - 1, "plot-chosen", every=3)
        return
    y = up.down(height)
    foot = up.down(0.0) if up.has(0.0) else up.dots - 1
    dots.line(x, y, x, foot, "plot-chosen", every=2)
    dots.line(0, y, x, y, "plot-chosen", every=4)
    if not slope and steep is not None and np.isfinite(steep) and dots.rows >= 6:
        reach = (over.high - over.low) / 10  # the tangent: the slope that the other plot shows
        ends = [(x_value + k * reach, height + k * reach * steep) for k in (-1, 1)]
        scale_x, scale_y = (over.dots - 1) / (over.high - over.low), (up.dots - 1) / (up.high - up.low)
        if max(abs(y) for _, y in ends) < 1e9:
            (x0, y0), (x1, y1) = (((a - over.low) * scale_x, (up.high - b) * scale_y) for a, b in ends)
            dots.line(x0, y0, x1, y1, "plot-second")
    dots.mark(x // 2, y // 4, "◆" if over.has(x_value) else "◂" if x == 0 else "▸", "plot-chosen")


def _distinct(xs: Array, ys: Array, over: Axis) -> list[tuple[float, float]]:
    """The values, of those in the same column of dots one: more cannot be seen."""
    share = (np.clip(xs, over.low, over.high) - over.low) / (over.high - over.low)
    _, first = np.unique((share * (over.dots - 1)).round(), return_index=True)
    return list(zip(xs[first].tolist(), ys[first].tolist(), strict=True))


def _rug(marks: _Marks, over: Axis, columns: int, ascii: bool) -> list[tuple[int, str, str]]:
    """What stands on the x axis: a tick at every value, or how many there are in each column."""
    inside = marks.x[(marks.x >= over.low) & (marks.x <= over.high)]
    counts, _ = np.histogram(inside, bins=columns, range=(over.low, over.high))
    rug = []
    if marks.total > _FEW:
        most = max(1, int(counts.max()))
        rug = [(k, bar(n / most, ascii), "plot-mark") for k, n in enumerate(counts.tolist()) if n]
    else:
        at = sorted({over.at(x) // 2 for x in inside.tolist()})
        rug = [(column, "+" if ascii else "┴", "plot-mark") for column in at]
    if marks.chosen is not None and np.isfinite(marks.chosen[0]):
        rug.append((over.at(marks.chosen[0]) // 2, "^" if ascii else "▲", "plot-chosen"))
    return rug


def _foot(
    curve: Curve, marks: _Marks, chosen: Index | None, width: int, most: int, ascii: bool, digits: int
) -> list[Line]:
    """The numbers of the chosen entry, or what the marks are."""
    if curve.x is None:
        return [clipped((Piece(say("plot.curve.later", name=curve.said(curve.input, ascii)), "todo"),), width, ascii)]
    if marks.chosen is None or chosen is None:
        return [clipped(_legend(curve, marks, ascii), width, ascii)]

    long, short = (_numbers(curve, marks.chosen, chosen, names, ascii, digits) for names in (True, False))
    first, slope = (mine if line_width(mine) <= width else brief for mine, brief in zip(long, short, strict=True))
    both: Line = (*first, Piece("   "), *slope) if slope else first
    if line_width(both) <= width or most < 2:
        return [both if line_width(both) <= width else clipped(first, width, ascii)]
    return [clipped(first, width, ascii), clipped(slope, width, ascii)]


def _numbers(
    curve: Curve, marked: tuple[float, float | None, float | None], index: Index, names: bool, ascii: bool, digits: int
) -> tuple[Line, Line]:
    """The chosen entry: z[0,1] = 1 → h[0,1] = 0.73, and its slope, with the gradients it stands between."""

    def said(name: str, array: Array | None, sign: str, role: str) -> Line:
        assert array is not None
        text = format_of(array, digits).text(float(array[index]))
        value = Piece(ascii_text(text) if ascii else text, "strong")
        if not names:
            return (value,)
        entry = Entry(name, index)
        written = to_text(entry) if ascii else to_unicode(entry, None, curve.objective)
        return (Piece(written, role), Piece(sign, "operator"), value)

    _, y, steep = marked
    arrow, times = (" -> ", " * ") if ascii else (" → ", " × ")
    first: Line = (Piece("# " if ascii else "◆ ", "plot-chosen"), *said(curve.input, curve.x, " = ", "name"))
    result: Line = said(curve.output, curve.y, " = ", "name") if y is not None else (Piece("?", "todo"),)
    first = (*first, Piece(arrow, "operator"), *result)
    if steep is None or curve.slope is None:
        return first, ()
    slope: Line = (Piece(say("plot.curve.slope") + " ", "plot-second"), Piece(axis_number(steep, ascii), "strong"))
    if curve.upstream is not None:
        name, upstream = curve.upstream
        slope = (*slope, Piece(times, "operator"), *said(name, upstream, " ", "dim"))
        if curve.gradient is not None:
            name, gradient = curve.gradient
            slope = (*slope, Piece(" = ", "operator"), *said(name, gradient, " ", "dim"))
    return first, slope


def _legend(curve: Curve, marks: _Marks, ascii: bool) -> Line:
    name = curve.said(curve.input, ascii)
    sign = Piece("o " if ascii else "● ", "plot-mark")
    said = say_count("plot.curve.values", marks.total, name=name)
    return (sign, Piece(said, "dim"))
