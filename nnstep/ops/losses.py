"""Losses between a prediction and a target of one shape: mse, mae, huber, bce and bce_with_logits.

Each is the same thing: a term for every entry, then the reduction. `mean` divides the sum of the terms by their number,
`sum` by nothing, `batch_mean` by the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.nodes import Entry, Expression, Option
from nnstep.nearest import nearest
from nnstep.ops.cellrules import call, constant_cell, divided, every
from nnstep.ops.corners import apart, from_lowest_log, lowest_log
from nnstep.ops.elementary import SMALLEST_DIVISOR
from nnstep.ops.kernels import ONE, ZERO, constant, keeping
from nnstep.ops.kernels import number_option as option_number
from nnstep.ops.operation import Array, Corner, Index, Kernel, Mask, Operation, Shape, Site, Text
from nnstep.ops.shapes import equal_shapes, positive_option

REDUCTION: Mapping[str, Option | None] = {"reduction": "mean"}
REDUCTIONS = ("mean", "sum", "batch_mean")
_LOWEST_LOG = constant(-100.0)  # PyTorch's clamp of the logarithms in bce


def check_reduction(reduction: Option) -> None:
    """Raise OperationError unless the reduction is one of the three words."""
    if reduction not in REDUCTIONS:
        expected = say("option.reduction", value=reduction, words=", ".join(REDUCTIONS[:-1]), last=REDUCTIONS[-1])
        raise OperationError(expected, nearest(str(reduction), REDUCTIONS))


def divisor(site: Site) -> int:
    """What the sum of the terms is divided by."""
    shape, reduction = site.shapes[0], site.options["reduction"]
    if reduction == "sum" or not shape:
        return 1
    return int(np.prod(shape)) if reduction == "mean" else shape[0]


def over(text: str, count: int) -> str:
    """The text divided by a count, left alone when the count is 1."""
    return text if count == 1 else f"{text} / {count}"


def _reduced(site: Site, terms: str) -> str:
    if site.options["reduction"] == "mean":
        return f"out = mean({terms})"
    return "out = " + over(f"sum({terms})", divisor(site))


# A loss's terms: prepare_terms(site) -> (fill, arrays kept); fill(o, y, terms) writes the term of every entry.
_Terms = Callable[[Site], tuple[Kernel, tuple[Array, ...]]]


def _prepare(prepare_terms: _Terms) -> Callable[[Site], Kernel]:
    def prepare(site: Site) -> Kernel:
        fill, kept = prepare_terms(site)
        terms, count = np.empty(site.shapes[0]), divisor(site)
        flat, ones, size = terms.reshape(-1), np.ones(terms.size), constant(count)
        dot, divide = np.dot, np.divide

        def kernel(o: Array, y: Array, out: Array) -> None:
            fill(o, y, terms)
            dot(flat, ones, out)
            if count != 1:
                divide(out, size, out)

        return keeping(kernel, *kept)

    return prepare


def _prepare_mse(site: Site) -> Kernel:
    """The squares are added up by one product of the differences with themselves."""
    difference, count = np.empty(site.shapes[0]), divisor(site)
    flat, size = difference.reshape(-1), constant(count)
    subtract, dot, divide = np.subtract, np.dot, np.divide

    def kernel(o: Array, y: Array, out: Array) -> None:
        subtract(o, y, difference)
        dot(flat, flat, out)
        if count != 1:
            divide(out, size, out)

    return keeping(kernel, difference)


def _mae_terms(site: Site) -> tuple[Kernel, tuple[Array, ...]]:
    difference = np.empty(site.shapes[0])
    subtract, absolute = np.subtract, np.absolute

    def fill(o: Array, y: Array, terms: Array) -> None:
        subtract(o, y, difference)
        absolute(difference, terms)

    return fill, (difference,)


def _huber_terms(site: Site) -> tuple[Kernel, tuple[Array, ...]]:
    """near·(distance - near/2) with near = min(distance, delta): a parabola up to delta, a line beyond."""
    difference, near, half_near = np.empty(site.shapes[0]), np.empty(site.shapes[0]), np.empty(site.shapes[0])
    delta, half = constant(option_number(site.options["delta"])), constant(0.5)
    subtract, absolute, minimum, multiply = np.subtract, np.absolute, np.minimum, np.multiply

    def fill(o: Array, y: Array, terms: Array) -> None:
        subtract(o, y, difference)
        absolute(difference, terms)
        minimum(terms, delta, out=near)
        multiply(near, half, half_near)
        subtract(terms, half_near, terms)
        multiply(terms, near, terms)

    return fill, (difference,)


def _bce_terms(site: Site) -> tuple[Kernel, tuple[Array, ...]]:
    """-(y·log p + (1 - y)·log(1 - p)), each logarithm at least -100."""
    yes, no = np.empty(site.shapes[0]), np.empty(site.shapes[0])
    subtract, multiply, log, log1p = np.subtract, np.multiply, np.log, np.log1p
    maximum, negative, add = np.maximum, np.negative, np.add

    def fill(p: Array, y: Array, terms: Array) -> None:
        log(p, yes)
        maximum(yes, _LOWEST_LOG, out=yes)
        multiply(yes, y, yes)
        negative(p, no)
        log1p(no, no)  # with all its digits where p is small
        maximum(no, _LOWEST_LOG, out=no)
        subtract(ONE, y, terms)
        multiply(no, terms, no)
        add(yes, no, terms)
        negative(terms, terms)

    return fill, ()


def _bce_clamps(site: Site, inputs: Mapping[str, Array]) -> Mapping[str, Mask]:
    """Where a logarithm that counts (its factor is not 0) is below -100, and where p (1 - p) is below 1e-12."""
    p, y = inputs["p"], inputs["y"]
    with np.errstate(all="ignore"):
        yes, no = (np.log(p) < _LOWEST_LOG) & (y != 0), (np.log1p(-p) < _LOWEST_LOG) & (y != 1)
        return {"log": yes | no, "slope": (p * (1 - p) < SMALLEST_DIVISOR) & (p != y)}


def _bce_with_logits_terms(site: Site) -> tuple[Kernel, tuple[Array, ...]]:
    """(1 - y)·z - min(z, 0) + log(1 + exp(-|z|)), which never overflows; the last two are -log(sigmoid(z))."""
    scratch = np.empty(site.shapes[0])
    absolute, negative, exp, log1p = np.absolute, np.negative, np.exp, np.log1p
    minimum, multiply, subtract, add = np.minimum, np.multiply, np.subtract, np.add

    def fill(z: Array, y: Array, terms: Array) -> None:
        subtract(ONE, y, terms)
        multiply(terms, z, terms)
        minimum(z, ZERO, out=scratch)
        subtract(terms, scratch, terms)
        absolute(z, scratch)
        negative(scratch, scratch)
        exp(scratch, scratch)
        log1p(scratch, scratch)
        add(terms, scratch, terms)

    return fill, ()


# how one term is computed


def _mse_term(site: Site, o: Entry, y: Entry) -> Expression:
    return call("power", call("subtract", o, y), constant_cell(2))


def _mae_term(site: Site, o: Entry, y: Entry) -> Expression:
    return call("abs", call("subtract", o, y))


def _huber_term(site: Site, o: Entry, y: Entry) -> Expression:
    delta = constant_cell(option_number(site.options["delta"]))
    distance = call("abs", call("subtract", o, y))
    near = call("minimum", distance, delta)
    return call("multiply", near, call("subtract", distance, call("multiply", constant_cell(0.5), near)))


def _bce_term(site: Site, p: Entry, y: Entry) -> Expression:
    yes = call("maximum", call("log", p), constant_cell(-100))
    no = call("maximum", call("log1p", call("negative", p)), constant_cell(-100))
    rest = call("subtract", constant_cell(1), y)
    return call("negative", call("add", call("multiply", y, yes), call("multiply", rest, no)))


def _bce_with_logits_term(site: Site, z: Entry, y: Entry) -> Expression:
    missed = call("multiply", call("subtract", constant_cell(1), y), z)
    straight = call("subtract", missed, call("minimum", z, constant_cell(0)))
    return call("add", straight, call("log1p", call("exp", call("negative", call("abs", z)))))


def _loss(
    name: str,
    inputs: tuple[str, str],
    symbol: str,
    sentence: str,
    prepare: Callable[[Site], Kernel],
    term_cell: Callable[[Site, Entry, Entry], Expression],
    rules: Mapping[str, Text],
    body: Callable[[Site], str],
    delta: bool = False,
    **facts: Any,
) -> Operation:
    def shape(o: Shape, y: Shape, **options: Option) -> Shape:
        check_reduction(options["reduction"])
        if delta:
            positive_option("delta", options["delta"])
        equal_shapes(o, y, inputs)
        return ()

    def cell(site: Site, index: Index) -> Expression:
        places = every(site.shapes[0])
        terms = (term_cell(site, Entry(inputs[0], place), Entry(inputs[1], place)) for place in places)
        return divided(call("total", *terms), divisor(site))

    return Operation(
        name=name,
        inputs=inputs,
        symbol=symbol,
        sentence=sentence,
        shape=shape,
        prepare=prepare,
        cell=cell,
        options={"delta": 1.0, **REDUCTION} if delta else REDUCTION,
        derivative=rules,
        body=body,
        compares="entries",
        **facts,
    )


def _factor(site: Site, number: int) -> str:
    return over(f"g * {number}", divisor(site))


LOSSES = (
    _loss(
        "mse",
        ("o", "y"),
        "MSE",
        "The mean of the squared differences between output and target.",
        _prepare_mse,
        _mse_term,
        {
            "o": lambda site: f"{_factor(site, 2)} * (o - y)",
            "y": lambda site: f"{_factor(site, -2)} * (o - y)",
        },
        lambda site: _reduced(site, "(o - y) ** 2"),
        term="Each entry gives the square of its difference from the target.",
        kept=("o - y",),
        bounds=(0.0, inf),
        elsewhere="mseloss meansquarederror",
        type_elsewhere="l2 l2loss quadratic squarederror leastsquares meansquare euclidean regression",
    ),
    _loss(
        "mae",
        ("o", "y"),
        "MAE",
        "The mean of the sizes of the differences between output and target.",
        _prepare(_mae_terms),
        _mae_term,
        {
            "o": lambda site: over("g * sign(o - y)", divisor(site)),
            "y": lambda site: over("-g * sign(o - y)", divisor(site)),
        },
        lambda site: _reduced(site, "abs(o - y)"),
        term="Each entry gives the size of its difference from the target.",
        kept=("o - y",),
        bounds=(0.0, inf),
        corner=Corner(apart, among="inputs"),
        elsewhere="maeloss l1loss meanabsoluteerror",
        type_elsewhere="l1 absoluteerror",
    ),
    _loss(
        "huber",
        ("o", "y"),
        "Huber",
        "Squared like mse for differences up to delta, straight like mae beyond.",
        _prepare(_huber_terms),
        _huber_term,
        {
            "o": lambda site: over("g * maximum(minimum(o - y, delta), -delta)", divisor(site)),
            "y": lambda site: over("-g * maximum(minimum(o - y, delta), -delta)", divisor(site)),
        },
        lambda site: (
            "distance = abs(o - y)\nnear = minimum(distance, delta)\n"
            + _reduced(site, "near * (distance - 0.5 * near)")
        ),
        delta=True,
        term="Each entry gives its difference from the target: squared up to delta, straight beyond.",
        kept=("o - y",),
        bounds=(0.0, inf),
        elsewhere="huberloss smoothl1loss smoothl1",
    ),
    _loss(
        "bce",
        ("p", "y"),
        "BCE",
        "Binary cross entropy: the mean of -log of the probability given to what was the case; logs are at least -100.",
        _prepare(_bce_terms),
        _bce_term,
        {
            "p": lambda site: over("g * (p - y) / off_zero(p * (1 - p))", divisor(site)),
            "y": lambda site: over("g * (log1p(-p) - log(p))", divisor(site)),  # not clamped, as in PyTorch
        },
        lambda site: (
            "yes = y * maximum(log(p), -100)\nno = (1 - y) * maximum(log1p(-p), -100)\n" + _reduced(site, "-(yes + no)")
        ),
        term="Each entry gives −log of the probability that it gives what was the case.",
        clamps=_bce_clamps,
        corner=Corner(from_lowest_log, lowest_log),
        expects="probabilities",
        elsewhere="bceloss",
        type_elsewhere="binarycrossentropy binarycrossentropyloss logloss logistic",
    ),
    _loss(
        "bce_with_logits",
        ("z", "y"),
        "BCEWithLogits",
        "Binary cross entropy of sigmoid(z), computed from z so that it never overflows.",
        _prepare(_bce_with_logits_terms),
        _bce_with_logits_term,
        {
            "z": lambda site: over("g * (sigmoid(z) - y)", divisor(site)),
            "y": lambda site: over("-g * z", divisor(site)),
        },
        lambda site: _reduced(site, "(1 - y) * z - minimum(z, 0) + log1p(exp(-abs(z)))"),
        term="Each entry gives −log of the probability that its sigmoid gives what was the case.",
        expects="sigmoid",
        elsewhere="bcewithlogitsloss binarycrossentropywithlogits",
        type_elsewhere="sigmoidcrossentropy bcelogits sigmoidcrossentropywithlogits",
    ),
)
