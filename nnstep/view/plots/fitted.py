"""The curve of a prediction over inputs of one column, with the samples, and how far each is from the curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.debugger.prediction import Prediction, classes_of, decided, probabilities
from nnstep.ops import Array
from nnstep.text import clean
from nnstep.view.plots.axes import Axis, bottom, clipped, sides
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.legend import in_rows
from nnstep.view.text.blocks import Block, lines_block
from nnstep.view.text.canvas import Line, Piece

Predict = Callable[[Array], Array]  # inputs, a row each -> rows of the prediction

_FEW = 200  # samples with their own distance to the curve


def ends_of(values: Array) -> tuple[float, float] | None:
    """The ends of an axis with all of these on it, and some room; None where float64 has no such ends."""
    with np.errstate(all="ignore"):
        low, high = float(values.min()), float(values.max())
        pad = 0.12 * (high - low) or max(1.0, 0.1 * abs(high))
        ends = low - pad, high + pad
    return ends if np.isfinite(ends[1] - ends[0]) else None


def fitted_block(
    found: Prediction,
    predict: Predict,
    x: Array,
    targets: Array | None,
    name: str,
    width: int,
    height: int,
    ascii: bool,
) -> Block | None:
    """The curve over inputs `x` of one column called `name`, and how far samples are from it, in `width` × `height`.

    None where the samples are too far apart for float64.
    """
    flat = x.reshape(len(x))
    ends = ends_of(flat)
    if ends is None:
        return None
    most = 1 if height < 14 else 2
    under = 2 if height - most >= 4 else 0
    gutter = min(8 if width >= 40 else 6, width // 2)
    rows, span = max(1, height - most - under), max(1, width - gutter)
    over, dots = Axis(*ends, 2 * span), Dots(span, rows)
    xs = np.linspace(*ends, 2 * span)
    ys = _height(found, predict(xs.reshape(-1, *x.shape[1:])))
    own = _height(found, predict(x))
    given = np.empty(0) if targets is None else targets.reshape(len(x))
    every = np.concatenate([ys, given])
    every = every[np.isfinite(every)]
    up_ends = ends_of(every) if every.size else (-1.0, 1.0)
    if up_ends is None:
        return None
    up = Axis(*up_ends, 4 * rows)
    if found.kind == "binary":
        cut_at = 0.5 if found.scale != "scores" else found.middle
        dots.line(0, up.down(cut_at), over.dots - 1, up.down(cut_at), "plot-axis", every=3)
    before: tuple[int, int] | None = None
    for column, y in enumerate(ys.tolist()):
        here = (column, up.down(y)) if np.isfinite(y) else None
        if here is not None:
            dots.line(*(before or here), *here, "plot")
        before = here
    right = _put_points(dots, over, up, found, flat, own, given, predict(x))
    legend = _curve_legend(found, name, len(given), right, ascii)
    top = in_rows(legend, width, ascii)[:most]
    lines = [*top, *sides(dots, up, gutter, ascii)] if gutter > 1 else [*top, *dots.lines(ascii)]
    if under:
        lines += bottom(over, span, gutter, ascii) if gutter > 1 else []
    return lines_block([clipped(line, width, ascii) for line in lines[:height]])


def _height(found: Prediction, values: Array) -> Array:
    """What is drawn of a prediction: the number itself, or the probability of the second class."""
    if found.kind == "binary" and found.scale != "scores":
        return probabilities(found, values)[:, 1]
    return values.reshape(len(values))


def _put_points(
    dots: Dots, over: Axis, up: Axis, found: Prediction, x: Array, own: Array, given: Array, values: Array
) -> int:
    """The samples at their targets, with their distances to the curve; how many are on the right side."""
    if not len(given):
        return 0
    right = np.zeros(len(x), dtype=np.bool_)
    if found.kind == "binary":
        right = decided(found, values) == classes_of(found, given)
    for k, (at, predicted, target) in enumerate(zip(x.tolist(), own.tolist(), given.tolist(), strict=True)):
        column, row = over.at(at), up.down(target) if np.isfinite(target) else 0
        if len(x) <= _FEW and np.isfinite(predicted):
            dots.line(column, up.down(predicted), column, row, "plot-second", every=2)
        wrong = found.kind == "binary" and not right[k]
        dots.mark(column // 2, row // 4, "●", "error" if wrong else "plot-mark")
        if wrong:
            dots.mark(column // 2 + (1 if column // 2 + 1 < dots.columns else -1), row // 4, "!", "error")
    return int(right.sum())


def _curve_legend(found: Prediction, name: str, samples: int, right: int, ascii: bool) -> list[Line]:
    legend: list[Line] = []
    if found.kind == "binary" and samples:
        legend.append((Piece(say("run.right", right=f"{right:,}", count=f"{samples:,}"), "strong"),))
    said = clean(found.name, 30)
    if found.kind == "binary" and found.scale != "scores":
        said = say("run.boundary.probability", name=clean(found.names[1], 20))
    legend.append(
        (Piece("- " if ascii else "─ ", "plot"), Piece(say("run.boundary.over", what=said, name=name), "text"))
    )
    if samples:
        legend.append((Piece("o " if ascii else "● ", "plot-mark"), Piece(say_count("run.samples", samples), "dim")))
    return legend
