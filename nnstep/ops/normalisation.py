"""Operations along a row: softmax, its logarithm, and layer normalisation."""

from __future__ import annotations

from math import inf

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.latex_form import Form
from nnstep.language.nodes import Entry, Expression, Option
from nnstep.ops.cellrules import call, constant_cell, row_of
from nnstep.ops.kernels import constant, keeping, softmax_into
from nnstep.ops.kernels import number_option as option_number
from nnstep.ops.operation import Array, Index, Kernel, Operation, Shape, Site
from nnstep.ops.reach import along_rows, layer_normed
from nnstep.ops.shapes import last_axis_of, positive_option, said

# softmax


def _prepare_softmax(site: Site) -> Kernel:
    run, _ = softmax_into(site.out)

    def kernel(x: Array, out: Array) -> None:
        run(x, out, out)

    return kernel


def _softmax_cell(site: Site, index: Index) -> Expression:
    row = row_of(site, "x", index)
    top = call("largest", *row)
    powers = [call("exp", call("subtract", entry, top)) for entry in row]
    return call("divide", powers[index[-1]], call("total", *powers))


def _prepare_log_softmax(site: Site) -> Kernel:
    scratch = np.empty(site.out)
    run, total = softmax_into(site.out)
    log, subtract = np.log, np.subtract

    def kernel(x: Array, out: Array) -> None:
        run(x, out, scratch)
        log(total, total)
        subtract(out, total, out)

    return kernel


def log_softmax_cells(row: tuple[Entry, ...]) -> list[Expression]:
    """How each entry of log_softmax comes from its row: x - log(total of exp(x))."""
    log_total = call("log_total_exp", *row)
    return [call("subtract", entry, log_total) for entry in row]


# layer_norm


def _deviation_shape(shape: Shape, *, eps: Option) -> Shape:
    return (*_standardise_shape(shape, eps=eps)[:-1], 1)


def _standardise_shape(shape: Shape, *, eps: Option) -> Shape:
    positive_option("eps", eps, zero=True)
    return last_axis_of(shape, "layer_norm")


def _layer_norm_shape(x: Shape, gain: Shape, bias: Shape, *, eps: Option) -> Shape:
    _standardise_shape(x, eps=eps)
    for name, shape in (("gain", gain), ("bias", bias)):
        if shape != x[-1:]:
            raise OperationError(say("shape.gain", name=name, shape=said(shape), count=x[-1]))
    return x


def _standardise_into(shape: Shape, eps: Option) -> Kernel:
    """run(x, deviation, out) along the last axis: deviation = sqrt(variance + eps), out = (x - mean) / deviation."""
    squares, mean = np.empty(shape), np.empty((*shape[:-1], 1))
    ones, size, small = np.ones((shape[-1], 1)), constant(shape[-1]), constant(option_number(eps))
    dot, divide, subtract, square, add, sqrt = np.dot, np.divide, np.subtract, np.square, np.add, np.sqrt

    def run(x: Array, deviation: Array, out: Array) -> None:
        dot(x, ones, mean)
        divide(mean, size, mean)
        subtract(x, mean, out)
        square(out, squares)
        dot(squares, ones, deviation)
        divide(deviation, size, deviation)
        add(deviation, small, deviation)
        sqrt(deviation, deviation)
        divide(out, deviation, out)

    return run


def _prepare_standardise(site: Site) -> Kernel:
    run, deviation = _standardise_into(site.out, site.options["eps"]), np.empty((*site.out[:-1], 1))

    def kernel(x: Array, out: Array) -> None:
        run(x, deviation, out)

    return kernel


def _prepare_deviation(site: Site) -> Kernel:
    run, scratch = _standardise_into(site.shapes[0], site.options["eps"]), np.empty(site.shapes[0])

    def kernel(x: Array, out: Array) -> None:
        run(x, out, scratch)

    return kernel


def _prepare_layer_norm(site: Site) -> Kernel:
    standard, deviation = np.empty(site.out), np.empty((*site.out[:-1], 1))
    run, multiply, add = _standardise_into(site.out, site.options["eps"]), np.multiply, np.add

    def kernel(x: Array, gain: Array, bias: Array, out: Array) -> None:
        run(x, deviation, standard)
        multiply(standard, gain, out)
        add(out, bias, out)

    return keeping(kernel, standard, deviation)


def _deviation_cell(site: Site, index: Index) -> Expression:
    eps = option_number(site.options["eps"])
    return call("sqrt", call("add", call("variance", *row_of(site, "x", index)), constant_cell(eps)))


def _standardise_cell(site: Site, index: Index) -> Expression:
    centred = call("subtract", Entry("x", index), call("average", *row_of(site, "x", index)))
    return call("divide", centred, _deviation_cell(site, index))


def _layer_norm_cell(site: Site, index: Index) -> Expression:
    scaled = call("multiply", _standardise_cell(site, index), Entry("gain", index[-1:]))
    return call("add", scaled, Entry("bias", index[-1:]))


def _kept(site: Site) -> tuple[str, ...]:
    return (_standard(site), _deviation(site))


def _standard(site: Site) -> str:
    return f"standardise(x, eps={site.options['eps']!r})"


def _deviation(site: Site) -> str:
    return f"deviation(x, eps={site.options['eps']!r})"


def _layer_norm_rule(site: Site) -> str:
    """(d - mean(d) - s·mean(d·s)) / deviation, with d = g·gain and s the standardised x."""
    s = _standard(site)
    mean = "mean(g * gain, axis=-1, keepdims=True)"
    slope = f"mean(g * gain * {s}, axis=-1, keepdims=True)"
    return f"(g * gain - {mean} - {s} * {slope}) / {_deviation(site)}"


def _gain_rule(site: Site) -> str:
    text = f"g * {_standard(site)}"
    return f"sum({text}, axis=0)" if len(site.out) == 2 else text


def _bias_rule(site: Site) -> str:
    return "sum(g, axis=0)" if len(site.out) == 2 else "g"


_DEVIATION_BODY = """\
centred = x - mean(x, axis=-1, keepdims=True)
spread = sqrt(mean(centred ** 2, axis=-1, keepdims=True) + eps)
"""

NORMALISATION = (
    Operation(
        name="softmax",
        inputs=("x",),
        symbol="softmax",
        sentence="Turns each row into probabilities: exp of each entry, divided by the row's sum.",
        shape=lambda x: last_axis_of(x, "softmax"),
        prepare=_prepare_softmax,
        cell=_softmax_cell,
        derivative={"x": "out * (g - sum(g * out, axis=-1, keepdims=True))"},
        reach=along_rows,
        body="e = exp(x - max(x, axis=-1, keepdims=True))\nout = e / sum(e, axis=-1, keepdims=True)",
        bounds=(0.0, 1.0),
        activation=True,
        by_row=True,
        gives="probabilities",
    ),
    Operation(
        name="log_softmax",
        inputs=("x",),
        symbol="log softmax",
        sentence="The logarithm of softmax, without ever forming a probability of 0.",
        shape=lambda x: last_axis_of(x, "log_softmax"),
        prepare=_prepare_log_softmax,
        cell=lambda site, index: log_softmax_cells(row_of(site, "x", index))[index[-1]],
        derivative={"x": "g - exp(out) * sum(g, axis=-1, keepdims=True)"},
        reach=along_rows,
        body="s = x - max(x, axis=-1, keepdims=True)\nout = s - log(sum(exp(s), axis=-1, keepdims=True))",
        bounds=(-inf, 0.0),
        activation=True,
        by_row=True,
        gives="logarithms",
        latex=Form(r"\operatorname{log\,softmax}"),
    ),
    Operation(
        name="layer_norm",
        inputs=("x", "gain", "bias"),
        symbol="LayerNorm",
        sentence="Shifts and scales each row to mean 0 and variance 1, then applies a gain and a bias for each column.",
        shape=_layer_norm_shape,
        prepare=_prepare_layer_norm,
        cell=_layer_norm_cell,
        options={"eps": 1e-5},
        derivative={"x": _layer_norm_rule, "gain": _gain_rule, "bias": _bias_rule},
        body=_DEVIATION_BODY + "out = centred / spread * gain + bias",
        kept=_kept,
        reach=layer_normed,
        by_row=True,
        elsewhere="layernormalization",
    ),
    Operation(
        name="standardise",
        inputs=("x",),
        symbol="standardise",
        sentence="Shifts and scales each row to mean 0 and variance 1.",
        shape=_standardise_shape,
        prepare=_prepare_standardise,
        cell=_standardise_cell,
        options={"eps": 1e-5},
        body=_DEVIATION_BODY + "out = centred / spread",
        reach=along_rows,
        where="rule",
        by_row=True,
    ),
    Operation(
        name="deviation",
        inputs=("x",),
        symbol="deviation",
        sentence="The standard deviation of each row, with eps added to the variance.",
        shape=_deviation_shape,
        prepare=_prepare_deviation,
        cell=_deviation_cell,
        options={"eps": 1e-5},
        body=_DEVIATION_BODY + "out = spread",
        reach=along_rows,
        where="rule",
        bounds=(0.0, inf),
        by_row=True,
    ),
)
