"""What a network says of every input of a plane: regions of classes with the line between them, or levels of a number;
of inputs of one column, the curve of a number. The samples stand on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.debugger.prediction import Prediction, classes_of, decided, probabilities
from nnstep.ops import Array
from nnstep.text import clean
from nnstep.view.plots.axes import Axis, axis_number, bottom, clipped, sides
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.fitted import Predict, ends_of, fitted_block
from nnstep.view.plots.legend import ascii_line, in_rows
from nnstep.view.text.blocks import Block, lines_block, wrap
from nnstep.view.text.canvas import Line, Piece

_SIGNS = "○●◆□▲◇■△▽◎"  # of the classes; in ASCII, and of more classes, digits and letters
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FILLS = " ░·▒:▓"  # of their regions
_PLAIN_FILLS = " .:-~%"
_SHADES = " ░▒▓█"  # of the levels of a number
_PLAIN_SHADES = " .:*#"
_LEVEL_ROLES = ("neg3", "neg1", "text", "pos1", "pos3")
_REGION_ROLES = ("edge-neg2", "edge-pos2", "good", "plot-second", "warning", "gradient")
_WORK = 40_000_000  # multiplications that one picture may take: less than a tenth of a second


class Plane(NamedTuple):
    """The inputs that are looked at: for each dot of a picture, its place on both axes."""

    over: Axis
    up: Axis

    def at(self, point: Array) -> tuple[int, int]:
        """The column and row of dots, from the top left, that is nearest to an input."""
        return self.over.at(float(point[0])), self.up.down(float(point[1]))


def plane(x: Array, columns: int, rows: int) -> Plane | None:
    """The part of the plane that has all samples `x` (n, 2) in it, for `columns` × `rows` characters.

    None where they are too far apart for float64.
    """
    ends = [ends_of(x[:, axis]) for axis in (0, 1)]
    if None in ends:
        return None
    (left, right), (low, high) = (end for end in ends if end is not None)
    return Plane(Axis(left, right, 2 * columns), Axis(low, high, 4 * rows))


def _at_dots(predict: Predict, where: Plane, work: int) -> Array:
    """The prediction at every dot, (rows of dots, columns of dots, outputs); at fewer ones where it takes long.

    `work` is about how many multiplications one input takes.
    """
    step = 1
    while where.over.dots * where.up.dots * max(50, work) > _WORK * step * step and step < 8:
        step *= 2
    xs = np.linspace(where.over.low, where.over.high, where.over.dots)[step // 2 :: step]
    ys = np.linspace(where.up.high, where.up.low, where.up.dots)[step // 2 :: step]
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    values = predict(points)
    grid = values.reshape(len(ys), len(xs), -1)
    if step > 1:
        grid = grid.repeat(step, axis=0).repeat(step, axis=1)
        short = ((0, max(0, where.up.dots - grid.shape[0])), (0, max(0, where.over.dots - grid.shape[1])), (0, 0))
        grid = np.pad(grid, short, mode="edge")[: where.up.dots, : where.over.dots]
    return grid


def class_map(found: Prediction, predict: Predict, where: Plane, work: int = 1) -> tuple[Array, Array]:
    """For every dot the number of the class that is decided for (−1 for none), and how sure that is, from 0 to 1.

    Both are (rows of dots, columns of dots). How sure: how far the largest of the probabilities is above the next one.
    """
    grid = _at_dots(predict, where, work)
    shape, rows = grid.shape[:2], grid.reshape(-1, grid.shape[2])
    shares = np.sort(probabilities(found, rows), axis=1)
    with np.errstate(all="ignore"):
        sure = shares[:, -1] - shares[:, -2] if shares.shape[1] > 1 else np.ones(len(rows))
    sure = np.where(np.isfinite(sure), np.clip(sure, 0.0, 1.0), 0.0)
    return decided(found, rows).reshape(shape), sure.reshape(shape)


def boundary_block(
    found: Prediction,
    predict: Predict,
    x: Array,
    targets: Array | None,
    columns: Sequence[str],
    width: int,
    height: int,
    *,
    work: int = 1,
    ascii: bool = False,
) -> Block:
    """The picture, at most `width` × `height`; where there is none, a sentence that says why.

    `x` are the samples, `targets` what their predictions are compared with, `columns` the names of x's columns as the
    data has them, or ().
    """
    width, height = max(1, width), max(1, height)
    inputs = x.reshape(len(x), -1)
    outputs = predict(x[:1]).reshape(1, -1).shape[1]
    names = [clean(columns[k], 20) if k < len(columns) else f"x[{k}]" for k in range(inputs.shape[1])]
    said = ""
    if inputs.shape[1] > 2:
        said = say("run.boundary.columns", count=inputs.shape[1])
    elif found.kind == "numbers" and outputs > 1:
        said = say("run.boundary.outputs", name=clean(found.name, 40), count=outputs)
    elif inputs.shape[1] == 1 and outputs > 1:
        said = say("run.boundary.line", name=clean(found.name, 40), count=outputs)
    if not said:
        if inputs.shape[1] == 1:
            made = fitted_block(found, predict, x, targets, names[0], width, height, ascii)
        else:
            made = _plane_block(found, predict, inputs, targets, names, width, height, work, ascii)
        if made is not None:
            return made
        said = say("run.boundary.far")
    words = wrap(said, width, "dim")
    return lines_block(
        [ascii_line(words.line(y)) if ascii else words.line(y) for y in range(min(height, words.height))]
    )


# A plane.


def _plane_block(
    found: Prediction,
    predict: Predict,
    x: Array,
    targets: Array | None,
    names: Sequence[str],
    width: int,
    height: int,
    work: int,
    ascii: bool,
) -> Block | None:
    most = 1 if height < 12 else 2 if height < 24 else 3
    under = 2 if height - most >= 4 else 0
    gutter = min(7 if width >= 40 else 6, width // 2)
    rows, span = max(1, height - most - under), max(1, width - gutter)
    where = plane(x, span, rows)
    if where is None:
        return None
    dots = Dots(span, rows)
    values = predict(x)
    axes: Line = (Piece(say("run.boundary.axes", across=names[0], up=names[1]), "dim"),)
    if found.kind == "numbers":
        shaded: Line = (Piece(clean(found.name, 30), "name"),)
        legend = [shaded, *_levels(dots, _at_dots(predict, where, work)[:, :, 0], ascii), axes]
        legend += _residuals(dots, where, x, values, targets, ascii)
    else:
        chosen, sure = class_map(found, predict, where, work)
        _regions(dots, chosen, sure, found.classes)
        legend = _samples(dots, where, x, decided(found, values), found, targets, sure, ascii)
        legend.append(axes)
    top = in_rows(legend, width, ascii)[:most]
    lines = [*top, *sides(dots, where.up, gutter, ascii)] if gutter > 1 else [*top, *dots.lines(ascii)]
    if under:
        lines += bottom(where.over, span, gutter, ascii) if gutter > 1 else []
    return lines_block([clipped(line, width, ascii) for line in lines[:height]])


def _regions(dots: Dots, chosen: Array, sure: Array, classes: int) -> None:
    """The region of each class filled with a character of its own, and the line between regions in dots."""
    edge = np.zeros(chosen.shape, dtype=np.bool_)
    edge[:, :-1] |= chosen[:, :-1] != chosen[:, 1:]
    edge[:-1] |= chosen[:-1] != chosen[1:]
    cells = (dots.rows, 4, dots.columns, 2)
    surest = np.minimum(2, (3 * sure.reshape(cells).mean(axis=(1, 3))).astype(np.intp)).tolist()
    middles = chosen[1::4, ::2].astype(np.intp).tolist()
    lined = edge.reshape(cells).sum(axis=(1, 3)).tolist()
    looks: dict[tuple[int, int], tuple[str, str, str]] = {}
    for row, of_row in enumerate(zip(middles, surest, lined, strict=True)):
        for column, (number_of, size, line) in enumerate(zip(*of_row, strict=True)):
            if line:
                continue
            look = looks.get((number_of, size))
            if look is None:
                role = _region_role(number_of, size / 3, classes)
                look = looks[number_of, size] = (_fill(number_of, False), role, _fill(number_of, True))
            dots.mark(column, row, *look)
    for y, x in np.argwhere(edge).tolist():
        dots.set(x, y, "strong")


def _samples(
    dots: Dots,
    where: Plane,
    x: Array,
    choice: Array,
    found: Prediction,
    targets: Array | None,
    sure: Array,
    ascii: bool,
) -> list[Line]:
    """The samples with the signs of their classes, wrong ones marked and on top; the legend."""
    truth = None if targets is None else classes_of(found, targets)
    wrong: list[bool] = [False] * len(x) if truth is None else (choice != truth).tolist()
    signs = choice if truth is None else truth
    for k in sorted(range(len(x)), key=wrong.__getitem__):
        across, down = where.at(x[k])
        column, row, own = across // 2, down // 4, int(signs[k])
        role = _region_role(int(choice[k]), float(sure[down, across]), found.classes, ground=True)
        char, plain = ("?", "?") if own < 0 else (_sign(own, False), _sign(own, True))
        dots.mark(column, row, char, f"{role} error" if wrong[k] else f"{role} strong", plain)
        if wrong[k]:
            dots.mark(column + 1 if column + 1 < dots.columns else column - 1, row, "!", f"{role} error")
    legend: list[Line] = []
    if truth is not None:
        legend.append((Piece(say("run.right", right=f"{wrong.count(False):,}", count=f"{len(x):,}"), "strong"),))
    for number_of in range(min(found.classes, 12)):
        role = _region_role(number_of, 1.0, found.classes)
        swatch = Piece(2 * _fill(number_of, ascii), role)
        name = clean(found.names[number_of], 20)
        legend.append((Piece(f"{_sign(number_of, ascii)} ", "strong"), Piece(name + " ", "text"), swatch))
    if any(wrong):
        legend.append((Piece(_sign(0, ascii) + "!", "error"), Piece(" " + say("run.boundary.wrong"), "dim")))
    return legend


def _sign(number_of: int, ascii: bool) -> str:
    if ascii or number_of >= len(_SIGNS):
        return _LETTERS[number_of % len(_LETTERS)]
    return _SIGNS[number_of]


def _fill(number_of: int, ascii: bool) -> str:
    if number_of < 0:
        return "?"
    fills = _PLAIN_FILLS if ascii else _FILLS
    return fills[number_of % len(fills)]


def _region_role(number_of: int, sure: float, classes: int, ground: bool = False) -> str:
    """How a region looks: of two classes one is blue and one orange, the more sure, the stronger.

    With `ground` only what is behind its characters.
    """
    if number_of < 0:
        return "text" if ground else "error"
    if classes > 2:
        return "text" if ground else _REGION_ROLES[number_of % len(_REGION_ROLES)]
    side, size = ("neg", "pos")[number_of], 1 + min(2, int(3 * sure + 1e-9))
    return f"{side}{size}" if ground else f"{side}{size} edge-{side}2"


def _levels(dots: Dots, grid: Array, ascii: bool) -> list[Line]:
    """A number as five shades from its smallest value to its largest one; the legend."""
    cells = grid.reshape(dots.rows, 4, dots.columns, 2)[:, 1, :, 0]
    finite = cells[np.isfinite(cells)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    most = len(_SHADES)
    axis = Axis(low, high, most * 64)
    for row, values in enumerate(cells.tolist()):
        for column, value in enumerate(values):
            if not np.isfinite(value):
                dots.mark(column, row, "?", "error")
                continue
            level = axis.at(value) // 64 if high > low else most // 2
            dots.mark(column, row, _SHADES[level], _LEVEL_ROLES[level], _PLAIN_SHADES[level])
    shades = _PLAIN_SHADES if ascii else _SHADES
    legend: list[Line] = []
    for level in range(most if high > low else 0):
        start = low * (1 - level / most) + high * (level / most)
        said = say("run.boundary.from", number=axis_number(float(f"{start:.2g}"), ascii))
        legend.append((Piece(2 * shades[level], _LEVEL_ROLES[level]), Piece(" " + said, "dim")))
    return legend


def _residuals(dots: Dots, where: Plane, x: Array, values: Array, targets: Array | None, ascii: bool) -> list[Line]:
    """The samples, each with the side of the prediction on which its target is; the legend."""
    if targets is None:
        return []
    above = targets.reshape(len(x)) >= values.reshape(len(x))
    for point, higher in zip(x, above.tolist(), strict=True):
        across, down = where.at(point)
        dots.mark(across // 2, down // 4, "▲" if higher else "▼", "plot-chosen")
    signs = ("^", "v") if ascii else ("▲", "▼")
    said = (say("run.boundary.above"), say("run.boundary.below"))
    return [(Piece(sign + " ", "plot-chosen"), Piece(words, "dim")) for sign, words in zip(signs, said, strict=True)]
