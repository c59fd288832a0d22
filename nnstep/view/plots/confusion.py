"""Predicted against true: of classes a matrix of counts, of numbers a scatter with the diagonal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnstep.catalogue import say
from nnstep.ops import Array
from nnstep.text import clean, padded, shortened
from nnstep.text import width as text_width
from nnstep.view.plots.axes import Axis, axis_number, bottom, clipped, sides
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.fitted import ends_of
from nnstep.view.plots.legend import ascii_line, in_rows
from nnstep.view.text.blocks import Block, lines_block
from nnstep.view.text.canvas import Line, Piece

_LONGEST = 12  # columns of a class's name
_MOST = 4_096  # points of a scatter


def confusion(truth: Array, decided: Array, classes: int) -> Array:
    """How many samples of each class are taken for each class: [true, decided], (classes + 1, classes + 1).

    `truth` and `decided` are class numbers, one for each sample. The last row and column are for those that have none
    (−1), so that the entries add up to the samples.
    """
    numbered = [np.where((one >= 0) & (one < classes), one, classes).astype(np.intp) for one in (truth, decided)]
    counts = np.bincount(numbered[0] * (classes + 1) + numbered[1], minlength=(classes + 1) ** 2)
    return counts.reshape(classes + 1, classes + 1).astype(np.float64)


def confusion_block(
    counts: Array, names: Sequence[str], said: str, width: int, height: int, ascii: bool = False
) -> Block:
    """The matrix of `confusion` with its names, at most `width` wide; it is as high as it has to be, to be scrolled.

    `said` is a sentence about which samples these are. Where the matrix is wider than there is room, the most frequent
    mistakes are listed in its place, in about `height` lines.
    """
    width, height = max(1, width), max(1, height)
    total, right = int(counts.sum()), int(np.trace(counts[:-1, :-1]))
    share = f"{100 * right / total:.1f}".removesuffix(".0") if total else "0"
    head: list[Line] = [
        (
            Piece(say("run.right", right=f"{right:,}", count=f"{total:,}"), "strong"),
            Piece(f"  {share} %", "good" if right == total else "text"),
        ),
        (Piece(said, "dim"),),
    ]
    lines = in_rows(head, width, ascii)
    called = [_name(name) for name in names]
    matrix = _matrix(counts, called, width, ascii)
    if matrix is None:
        matrix = _mistakes(counts, called, max(4, height - len(lines) - 1), ascii)
    if height - len(lines) > len(matrix):
        lines.append(())
    return lines_block([clipped(ascii_line(line) if ascii else line, width, ascii) for line in (*lines, *matrix)])


def _name(name: str) -> str:
    return shortened(clean(name, 40), _LONGEST)


def _matrix(counts: Array, names: Sequence[str], width: int, ascii: bool) -> list[Line] | None:
    """A row for each true class, a column for each predicted one; None where it is too wide."""
    k = len(names)
    none = say("run.confusion.none")
    columns = [*range(k), *([k] if counts[:, k].any() else [])]
    rows = [*range(k), *([k] if counts[k].any() else [])]
    heads = [*names, none]
    sizes = [
        max(text_width(heads[column]), *(len(f"{int(counts[row, column]):,}") for row in rows)) for column in columns
    ]
    corner = say("run.confusion.true")
    first = max(text_width(corner), *(text_width(heads[row]) for row in rows))
    if first + sum(size + 2 for size in sizes) > width:
        return None
    tails = [_right_of(counts, row) if row < k else "" for row in rows]
    with_tails = first + sum(size + 2 for size in sizes) + 3 + max(map(text_width, tails)) <= width
    lines: list[Line] = [(Piece(" " * (first + 2)), Piece(say("run.confusion.predicted"), "dim"))]
    titles = [Piece("  " + padded(heads[c], size, right=True), "name") for c, size in zip(columns, sizes, strict=True)]
    lines.append((Piece(padded(corner, first), "dim"), *titles))
    nothing = "." if ascii else "·"
    for row, tail in zip(rows, tails, strict=True):
        line: list[Piece] = [Piece(padded(heads[row], first), "name")]
        for column, size in zip(columns, sizes, strict=True):
            count = int(counts[row, column])
            role = "dim" if not count else "good" if row == column < k else "error"
            line += [Piece("  "), Piece((f"{count:,}" if count else nothing).rjust(size), role)]
        lines.append((*line, Piece("   " + tail, "dim")) if with_tails and tail else tuple(line))
    return lines


def _right_of(counts: Array, row: int) -> str:
    total = int(counts[row].sum())
    return say("run.right", right=f"{int(counts[row, row]):,}", count=f"{total:,}") if total else ""


def _mistakes(counts: Array, names: Sequence[str], most: int, ascii: bool) -> list[Line]:
    """The most frequent mistakes: which class is taken for which, how often."""
    heads = [*names, say("run.confusion.none")]
    wrong = counts.copy()
    np.fill_diagonal(wrong[:-1, :-1], 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[: max(0, most - 1)]
    lines: list[Line] = [(Piece(say("run.confusion.mistakes"), "dim"),)]
    for place in order.tolist():
        row, column = divmod(place, wrong.shape[1])
        count = int(wrong[row, column])
        if count:
            arrow = " -> " if ascii else " → "
            lines.append((Piece(f"{count:,}", "error"), Piece(f"  {heads[row]}{arrow}{heads[column]}", "text")))
    return lines if len(lines) > 1 else []


def scatter_block(truth: Array, predicted: Array, said: str, width: int, height: int, ascii: bool = False) -> Block:
    """Each number that was predicted over the true one, at most `width` × `height`: on the diagonal they are equal.

    `truth` and `predicted` have one shape; entries that are no finite number are counted and left out. `said` is a
    sentence about which samples these are.
    """
    width, height = max(1, width), max(1, height)
    flat = [one.reshape(-1) for one in (truth, predicted)]
    there = np.isfinite(flat[0]) & np.isfinite(flat[1])
    every = max(1, -(-int(there.sum()) // _MOST))
    xs, ys = (one[there][::every] for one in flat)
    ends = ends_of(np.concatenate([xs, ys])) if xs.size else (0.0, 1.0)
    if ends is None:
        return lines_block([clipped((Piece(say("run.boundary.far"), "dim"),), width, ascii)])
    legend: list[Line] = [_off(flat[0][there], flat[1][there], ascii)] if xs.size else []
    lost = int((~there).sum())
    if lost:
        legend.append((Piece(f"{lost:,} ", "error"), Piece(say("run.axis.no-number"), "error")))
    sign = "o " if ascii else "● "
    legend += [
        (Piece(sign, "plot-mark"), Piece(say("run.confusion.scatter"), "dim")),
        (Piece(said, "dim"),),
    ]
    top = in_rows(legend, width, ascii)[: 1 if height < 12 else 2 if height < 20 else 3]
    under = 2 if height - len(top) >= 4 else 0
    gutter = min(8 if width >= 40 else 6, width // 2)
    rows, span = max(1, height - len(top) - under), max(1, width - gutter)
    span = min(span, 3 * rows + 10) if rows >= 8 else span  # about as wide as high
    dots = Dots(span, rows)
    over, up = Axis(*ends, 2 * span), Axis(*ends, 4 * rows)
    dots.line(0, up.dots - 1, over.dots - 1, 0, "plot-axis", every=2)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        dots.mark(over.at(x) // 2, up.down(y) // 4, "●", "plot-mark")
    lines = [*top, *sides(dots, up, gutter, ascii)] if gutter > 1 else [*top, *dots.lines(ascii)]
    if under and gutter > 1:
        lines += bottom(over, span, gutter, ascii)
    return lines_block([clipped(line, width, ascii) for line in lines[:height]])


def _off(truth: Array, predicted: Array, ascii: bool) -> Line:
    """How far the predictions are off, at most and on average."""
    with np.errstate(all="ignore"):
        off = np.abs(predicted - truth)
        mean, most = float(off.mean()), float(off.max())
    said = say("run.confusion.off", mean=axis_number(mean, ascii), most=axis_number(most, ascii))
    return (Piece(said, "strong"),)
