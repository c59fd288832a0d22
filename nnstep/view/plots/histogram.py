"""How the entries of a matrix are distributed: bars, with zero, the mean and the chosen entry marked under them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.memo import Memo
from nnstep.ops import Array
from nnstep.view.plots.axes import Axis, axis_number, bottom, clipped, joined
from nnstep.view.plots.levels import BARS
from nnstep.view.text.blocks import Block, line_width, lines_block
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.matrix import format_of
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import DIGITS

_LARGEST = float(np.finfo(np.float64).max)
_CHUNK = 32_768  # entries at a time
_COLUMNS = 96  # columns of bars at most: more say no more


class Distribution(NamedTuple):
    """What a histogram says. `counts` are of equal parts of the axis from `low` to `high`, of finite entries alone."""

    counts: tuple[int, ...]
    low: float
    high: float
    total: int
    zeros: int
    nans: int
    infinite: int
    mean: float
    deviation: float
    least: float
    most: float


def distribution(array: Array, bins: int) -> Distribution:
    """The distribution of all entries: in `bins` parts, the number of zeros, NaN and ±∞, and the usual figures.

    `deviation` is the standard deviation of the entries themselves (divided by n). The figures are 0 without a finite
    entry. Entries so large that their square overflows have an infinite deviation.
    """
    owner = array if array.base is None else array.base
    lasting = array.size > _CHUNK and isinstance(owner, np.ndarray) and not owner.flags.writeable
    key = (array.__array_interface__["data"][0], array.shape, array.strides, bins)
    if not lasting:
        return _distribution(array.reshape(-1), bins)
    return _last(owner, key, lambda: _distribution(array.reshape(-1), bins))


# That of a large array that nobody can write to: it is asked for again at every key press.
_last = Memo(objects=1, results=1)


def _distribution(entries: Array, bins: int) -> Distribution:
    nans = infinite = 0
    finite = entries
    with np.errstate(over="ignore", invalid="ignore"):
        if entries.size and not np.isfinite(entries.sum()):  # cheap, and rarely true
            there = np.isfinite(entries)
            nans = int(np.isnan(entries).sum())
            finite = entries[there]
            infinite = entries.size - nans - finite.size
        if not finite.size:
            return Distribution((0,) * bins, -1.0, 1.0, entries.size, 0, nans, infinite, 0.0, 0.0, 0.0, 0.0)
        least, most = float(finite.min()), float(finite.max())
        low, high = _ends(least, most)
        mean = float(finite.mean())
        if not np.isfinite(mean):
            mean = float((finite / finite.size).sum())
        counts, squares = _counts(finite, bins, low, high, mean)
    zeros = finite.size - int(np.count_nonzero(finite))
    deviation = math.sqrt(squares / finite.size)
    return Distribution(counts, low, high, entries.size, zeros, nans, infinite, mean, deviation, least, most)


def _ends(least: float, most: float) -> tuple[float, float]:
    """The axis: from the least to the largest entry, and something around a number that is all there is."""
    if most > least:
        return least, most
    reach = abs(least) / 2 or 1.0
    return max(least - reach, -_LARGEST), min(most + reach, _LARGEST)


def _counts(finite: Array, bins: int, low: float, high: float, mean: float) -> tuple[tuple[int, ...], float]:
    """How many entries are in each part of the axis, and the sum of the squares of their distances from the mean.

    A part of a large matrix at a time, which stays near the processor: several times as fast as all at once.
    """
    counts = np.zeros(bins, dtype=np.int64)
    squares = 0.0
    scale = 2.0 ** min(
        1000, -math.frexp(max(abs(low), abs(high)))[1]
    )  # a power of two: exact, and no span is too large for it
    start, span = low * scale, high * scale - low * scale
    for first in range(0, finite.size, _CHUNK):
        part = finite[first : first + _CHUNK]
        share = part * scale
        share -= start
        share *= bins / span
        places = share.astype(np.int64)
        np.minimum(places, bins - 1, out=places)
        counts += np.bincount(places, minlength=bins)
        away = part - mean
        squares += float(away @ away)
    return tuple(counts.tolist()), squares


def histogram_block(
    array: Array,
    label: str,
    width: int,
    height: int,
    ascii: bool = False,
    chosen: float | None = None,
    digits: int = DIGITS,
) -> Block:
    """The picture, at most `width` × `height`: a title with the figures, bars, the axis with zero, mean and `chosen`.

    `label` is the value's name as it is to be written; `chosen` an entry to mark.
    """
    gutter = 8 if width >= 40 else 6
    columns = max(4, min(_COLUMNS, width - gutter))
    found = distribution(array, columns)
    top = _title(found, label, width, 2 if height >= 9 else 1, ascii)
    under = 3 if height >= 7 else 2
    rows = max(1, height - len(top) - under)
    axis = Axis(found.low, found.high, 2 * columns)
    lines = [*top, *_bars(found, columns, rows, gutter, axis, chosen, ascii)]
    lines += bottom(axis, columns, gutter, ascii, _marks(found, axis, chosen, ascii))
    if under == 3:
        said = None if chosen is None else format_of(array, digits).text(chosen)
        lines.append(_legend(found, said, ascii))
    return lines_block([clipped(line, width, ascii) for line in lines[:height]])


def _bars(
    found: Distribution, columns: int, rows: int, gutter: int, axis: Axis, chosen: float | None, ascii: bool
) -> list[Line]:
    """The bars from the top row down, an eighth of a row at a time; below zero and above it in the two colours."""
    most = max(1, *found.counts)
    eighths = [max(1 if count else 0, round(8 * rows * count / most)) for count in found.counts]
    mine = axis.at(chosen) // 2 if chosen is not None and axis.has(chosen) else -1
    zero = axis.at(0.0) / 2 if found.low < 0 < found.high else (columns if found.high <= 0 else -1)
    roles = ["plot-chosen" if k == mine else "edge-neg2" if k + 0.5 < zero else "edge-pos2" for k in range(columns)]
    signs = _PLAIN if ascii else BARS
    said = {0: f"{most:,}" if len(f"{most:,}") < gutter - 1 else axis_number(float(most), ascii, 1)}
    edge, tick = ("|", "+") if ascii else ("│", "┤")
    lines = []
    for row in range(rows):
        below = 8 * (rows - 1 - row)
        pieces: list[Piece] = []
        run, role = "", ""
        for level, its in zip(eighths, roles, strict=True):
            if its != role and run:
                pieces.append(Piece(run, role))
                run = ""
            run, role = run + signs[max(0, min(8, level - below))], its
        pieces.append(Piece(run, role))
        lines.append(
            (Piece(said.get(row, "").rjust(gutter - 1) + (tick if row in said else edge), "plot-axis"), *pieces)
        )
    return lines


_PLAIN = " ...::###"


def _marks(found: Distribution, axis: Axis, chosen: float | None, ascii: bool) -> list[tuple[int, str, str]]:
    """On the axis: zero, the mean, the chosen entry; where two fall together, the later one."""
    marks = []
    if axis.has(0.0):
        marks.append((axis.at(0.0) // 2, "0", "strong"))
    if found.total > found.nans + found.infinite:
        marks.append((axis.at(found.mean) // 2, "^" if ascii else "▲", "plot-mark"))
    if chosen is not None and axis.has(chosen):
        marks.append((axis.at(chosen) // 2, "#" if ascii else "◆", "plot-chosen"))
    return marks


def _title(found: Distribution, label: str, width: int, most: int, ascii: bool) -> list[Line]:
    """The name, how many entries, and what among them is special; then the figures."""
    head: list[Line] = [(Piece(label, "name"), Piece("  " + say_count("plot.entries", found.total), "dim"))]
    specials = (("plot.zeros", found.zeros, "zero"), ("plot.nan", found.nans, "error"))
    for key, count, role in (*specials, ("plot.infinite", found.infinite, "error")):
        if count:
            head.append((Piece(say_count(key, count), role),))
    if found.total == found.nans + found.infinite:
        return [joined(head, width, ascii)]
    said = (("min", found.least), ("max", found.most), ("mean", found.mean), ("deviation", found.deviation))
    figures: list[Line] = [
        (Piece(say(f"plot.{key}") + " ", "dim"), Piece(axis_number(value, ascii), "strong")) for key, value in said
    ]
    whole = joined([*head, *figures], 10 * width, ascii)
    if line_width(whole) <= width:
        return [whole]
    return [joined(head, width, ascii), joined(figures, width, ascii)][:most]


def _legend(found: Distribution, chosen: str | None, ascii: bool) -> Line:
    """What the marks on the axis are."""
    line: Line = ()
    if found.total > found.nans + found.infinite:
        line = (Piece("^ " if ascii else "▲ ", "plot-mark"), Piece(say("plot.mean"), "dim"))
    if chosen is not None:
        line += (
            Piece("   # " if ascii else "   ◆ ", "plot-chosen"),
            Piece(ascii_text(chosen) if ascii else chosen, "strong"),
        )
    return line
