"""Activations: elementwise, with PyTorch's conventions at the corners (the derivative of relu at 0 is 0)."""

from __future__ import annotations

from math import inf

import numpy as np

from nnstep.language.latex_form import Form
from nnstep.ops.corners import STRAIGHT, from_straight, from_zero
from nnstep.ops.elementary import prepare_normal_cdf
from nnstep.ops.elementwise import of_one
from nnstep.ops.kernels import ZERO, constant, keeping, number_option, sigmoid_into, ufunc
from nnstep.ops.operation import Array, Corner, Kernel, Mask, Site

_THRESHOLD = constant(20.0)  # PyTorch's: above it softplus is x itself


def _prepare_relu(site: Site) -> Kernel:
    maximum = np.maximum

    def kernel(x: Array, out: Array) -> None:
        maximum(x, ZERO, out=out)

    return kernel


def _prepare_leaky_relu(site: Site) -> Kernel:
    slope = number_option(site.options["slope"])
    factor, scaled = constant(slope), np.empty(site.out)
    maximum, minimum, multiply, add = np.maximum, np.minimum, np.multiply, np.add

    def larger(x: Array, out: Array) -> None:
        multiply(x, factor, scaled)
        maximum(x, scaled, out=out)

    def sum_of_parts(x: Array, out: Array) -> None:
        minimum(x, ZERO, out=scaled)
        multiply(scaled, factor, scaled)
        maximum(x, ZERO, out=out)
        add(out, scaled, out)

    return larger if 0 < slope <= 1 else sum_of_parts


def _prepare_elu(site: Site) -> Kernel:
    alpha, negative = constant(number_option(site.options["alpha"])), np.empty(site.out)
    maximum, minimum, expm1, multiply, add = np.maximum, np.minimum, np.expm1, np.multiply, np.add

    def kernel(x: Array, out: Array) -> None:
        minimum(x, ZERO, out=negative)
        expm1(negative, negative)
        multiply(negative, alpha, negative)
        maximum(x, ZERO, out=out)
        add(out, negative, out)

    return kernel


def _prepare_gelu(site: Site) -> Kernel:
    share, cdf, multiply = np.empty(site.out), prepare_normal_cdf(site), np.multiply

    def kernel(x: Array, out: Array) -> None:
        cdf(x, share)
        multiply(x, share, out)

    return keeping(kernel, share)


def _prepare_silu(site: Site) -> Kernel:
    gate, sigmoid, multiply = np.empty(site.out), sigmoid_into(site.out), np.multiply

    def kernel(x: Array, out: Array) -> None:
        sigmoid(x, gate)
        multiply(x, gate, out)

    return keeping(kernel, gate)


def _prepare_softplus(site: Site) -> Kernel:
    curved = np.empty(site.out)
    straight: Mask = np.empty(site.out, dtype=np.bool_)
    minimum, exp, log1p, greater, putmask = np.minimum, np.exp, np.log1p, np.greater, np.putmask

    def kernel(x: Array, out: Array) -> None:
        minimum(x, _THRESHOLD, out=curved)
        exp(curved, curved)
        log1p(curved, curved)
        greater(x, _THRESHOLD, straight)
        putmask(curved, straight, x)
        out[...] = curved

    return kernel


ACTIVATIONS = (
    of_one(
        "sigmoid",
        "σ",
        "Squeezes each entry between 0 and 1: 1 / (1 + exp(-x)).",
        lambda site: sigmoid_into(site.out),
        "g * out * (1 - out)",
        "out = 1 / (1 + exp(-x))",  # exp may be infinite here, which gives the right 0
        curve=(-6, 6),
        bounds=(0.0, 1.0),
        rising=True,
        steepest=0.25,
        gives="probabilities",
        latex=Form(r"\sigma", spelled=r"\operatorname{sigmoid}"),
        elsewhere="logistic expit sigm σ logsig",
        activation=True,
    ),
    of_one(
        "tanh",
        "tanh",
        "Squeezes each entry between -1 and 1.",
        ufunc(np.tanh),
        "g * (1 - out ** 2)",
        None,
        curve=(-4, 4),
        bounds=(-1.0, 1.0),
        rising=True,
        steepest=1.0,
        latex=Form(r"\tanh"),
        elsewhere="hyperbolictangent tansig",
        activation=True,
    ),
    of_one(
        "relu",
        "ReLU",
        "Keeps positive entries and sets negative ones to 0; the derivative at 0 is 0.",
        _prepare_relu,
        "where(x <= 0, 0, g)",  # a choice, where a product with 0 would make NaN of an infinite g
        "out = maximum(x, 0)",
        curve=(-3, 3),
        corner=Corner(from_zero),
        rising=True,
        elsewhere="rectifier rectlin poslin rectifiedlinear",
        activation=True,
    ),
    of_one(
        "leaky_relu",
        "LeakyReLU",
        "Keeps positive entries and multiplies negative ones by a small slope.",
        _prepare_leaky_relu,
        "g * where(x > 0, 1, slope)",
        "out = maximum(x, 0) + slope * minimum(x, 0)",
        {"slope": 0.01},
        curve=(-3, 3),
        corner=Corner(from_zero),
        elsewhere="lrelu",
        activation=True,
    ),
    of_one(
        "elu",
        "ELU",
        "Keeps positive entries and bends negative ones towards -alpha: alpha * (exp(x) - 1).",
        _prepare_elu,
        "g * where(x <= 0, alpha * exp(x), 1)",  # in place of out + alpha, which has no digits left far below 0
        "out = maximum(x, 0) + alpha * expm1(minimum(x, 0))",
        {"alpha": 1.0},
        curve=(-4, 3),
        corner=Corner(from_zero),
        activation=True,
    ),
    of_one(
        "gelu",
        "GELU",
        "Multiplies each entry by the share of a standard normal distribution below it.",
        _prepare_gelu,
        "g * (normal_cdf(x) + x * normal_pdf(x))",
        "out = x * normal_cdf(x)",
        kept=("normal_cdf(x)",),
        curve=(-4, 4),
        bounds=(-0.169971, inf),
        activation=True,
    ),
    of_one(
        "silu",
        "SiLU",
        "Multiplies each entry by its own sigmoid.",
        _prepare_silu,
        "g * (sigmoid(x) + out * (1 - sigmoid(x)))",
        "out = x * sigmoid(x)",
        kept=("sigmoid(x)",),
        curve=(-6, 4),
        bounds=(-0.278465, inf),
        elsewhere="swish",
        activation=True,
    ),
    of_one(
        "softplus",
        "softplus",
        "A smooth relu: log(1 + exp(x)), and x itself above 20.",
        _prepare_softplus,
        "g * where(x > 20, 1, exp(x) / (1 + exp(x)))",
        "out = where(x > 20, x, log1p(exp(minimum(x, 20))))",
        curve=(-5, 5),
        bounds=(0.0, inf),
        corner=Corner(from_straight, lambda value: STRAIGHT),
        rising=True,
        elsewhere="softrelu",
        activation=True,
    ),
)
