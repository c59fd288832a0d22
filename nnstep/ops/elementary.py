"""Functions of one number, applied entry by entry."""

from __future__ import annotations

import math

import numpy as np

from nnstep.language.latex_form import Form
from nnstep.ops.corners import from_zero
from nnstep.ops.elementwise import of_one
from nnstep.ops.kernels import ONE, ZERO, constant, ufunc
from nnstep.ops.operation import Array, Corner, Kernel, Mask, Site

SMALLEST_DIVISOR = float(np.float32(1e-12))  # PyTorch's in the derivative of bce, which it has as a float32

_CHUNK = 512  # entries that erf takes at a time, so that a large array makes no large list
_SQRT2 = constant(math.sqrt(2))
_SQRT_2PI = constant(math.sqrt(2 * math.pi))
_HALF = constant(0.5)
_MINUS_HALF = constant(-0.5)
_FAR = constant(40.0)  # exp(-40²/2) is 0 in float64


def _prepare_erf(site: Site) -> Kernel:
    """math.erf entry by entry: NumPy has none, and this one is exact to the last digit or so."""
    values = np.empty(site.out)
    flat = values.reshape(-1)
    pieces = [flat[start : start + _CHUNK] for start in range(0, flat.size, _CHUNK)]
    erf = math.erf

    def kernel(x: Array, out: Array) -> None:
        values[...] = x
        for piece in pieces:
            piece[:] = list(map(erf, piece.tolist()))
        out[...] = values

    return kernel


def prepare_normal_cdf(site: Site) -> Kernel:
    """The kernel of `normal_cdf`, which gelu uses too: (1 + erf(x / √2)) / 2."""
    erf = _prepare_erf(site)
    divide, add, multiply = np.divide, np.add, np.multiply

    def kernel(x: Array, out: Array) -> None:
        divide(x, _SQRT2, out)
        erf(out, out)
        add(out, ONE, out)
        multiply(out, _HALF, out)

    return kernel


def _prepare_off_zero(site: Site) -> Kernel:
    maximum, least = np.maximum, constant(SMALLEST_DIVISOR)

    def kernel(x: Array, out: Array) -> None:
        maximum(x, least, out=out)

    return kernel


def _prepare_normal_pdf(site: Site) -> Kernel:
    absolute, minimum, square, multiply, exp, divide = (
        np.absolute,
        np.minimum,
        np.square,
        np.multiply,
        np.exp,
        np.divide,
    )

    def kernel(x: Array, out: Array) -> None:
        absolute(x, out)
        minimum(out, _FAR, out=out)  # before the square, which would overflow
        square(out, out)
        multiply(out, _MINUS_HALF, out)
        exp(out, out)
        divide(out, _SQRT_2PI, out)

    return kernel


def _prepare_sign(site: Site) -> Kernel:
    """1 where above 0, less 1 where below: 0 for NaN, as PyTorch has it; np.sign hands NaN on."""
    above: Mask = np.empty(site.out, dtype=np.bool_)
    below: Mask = np.empty(site.out, dtype=np.bool_)
    greater, less, subtract = np.greater, np.less, np.subtract

    def kernel(x: Array, out: Array) -> None:
        greater(x, ZERO, above)
        less(x, ZERO, below)
        out[...] = above
        subtract(out, below, out)

    return kernel


ELEMENTARY = (
    of_one(
        "exp",
        "exp",
        "The number e to the power of each entry.",
        ufunc(np.exp),
        "g * out",
        curve=(-3, 2),
        rising=True,
        latex=Form(r"\exp"),
    ),
    of_one(
        "log",
        "log",
        "The natural logarithm of each entry.",
        ufunc(np.log),
        "g / x",
        curve=(0, 4),
        rising=True,
        latex=Form(r"\log"),
        elsewhere="ln loge",
    ),
    of_one(
        "sqrt",
        "√",
        "The square root of each entry.",
        ufunc(np.sqrt),
        "g / (2 * out)",
        curve=(0, 4),
        bounds=(0.0, math.inf),
        corner=Corner(from_zero),
        rising=True,
        elsewhere="root",
    ),
    of_one(
        "abs",
        "abs",
        "The size of each entry, without its sign; the derivative at 0 is 0.",
        ufunc(np.absolute),
        "g * sign(x)",
        curve=(-3, 3),
        corner=Corner(from_zero),
        latex=Form(fences=("|", "|")),
        elsewhere="absolute fabs absolutevalue",
    ),
    of_one(
        "sin",
        "sin",
        "The sine of each entry, in radians.",
        ufunc(np.sin),
        "g * cos(x)",
        curve=(-2 * math.pi, 2 * math.pi),
        bounds=(-1.0, 1.0),
        latex=Form(r"\sin"),
    ),
    of_one(
        "cos",
        "cos",
        "The cosine of each entry, in radians.",
        ufunc(np.cos),
        "-g * sin(x)",
        curve=(-2 * math.pi, 2 * math.pi),
        bounds=(-1.0, 1.0),
        latex=Form(r"\cos"),
    ),
    of_one(
        "sign",
        "sign",
        "1 for positive entries, -1 for negative ones, 0 for 0.",
        _prepare_sign,
        where="rule",
        bounds=(-1.0, 1.0),
        jumps=True,
        rising=True,
        latex=Form(r"\operatorname{sgn}"),
    ),
    of_one(
        "expm1",
        "expm1",
        "The value exp(x) - 1, exact for small x too.",
        ufunc(np.expm1),
        where="rule",
        curve=(-3, 2),
        rising=True,
    ),
    of_one(
        "log1p",
        "log1p",
        "The value log(1 + x), exact for small x too.",
        ufunc(np.log1p),
        where="rule",
        curve=(-1, 4),
        rising=True,
    ),
    of_one(
        "erf",
        "erf",
        "The error function of each entry.",
        _prepare_erf,
        where="rule",
        curve=(-3, 3),
        bounds=(-1.0, 1.0),
        rising=True,
    ),
    of_one(
        "off_zero",
        "off_zero",
        "Each entry, but at least 1e-12 (as a float32, as in PyTorch), so that it can be divided by.",
        _prepare_off_zero,
        body=f"out = maximum(x, {SMALLEST_DIVISOR!r})",
        where="rule",
        rising=True,
    ),
    of_one(
        "normal_cdf",
        "Φ",
        "The share of a standard normal distribution that lies below each entry.",
        prepare_normal_cdf,
        body="out = 0.5 * (1 + erf(x / sqrt(2)))",
        where="rule",
        curve=(-4, 4),
        bounds=(0.0, 1.0),
        rising=True,
        latex=Form(r"\Phi", spelled=r"\operatorname{normal\_cdf}"),
    ),
    of_one(
        "normal_pdf",
        "φ",
        "The density of the standard normal distribution at each entry.",
        _prepare_normal_pdf,
        body=f"out = exp(-0.5 * minimum(abs(x), 40) ** 2) / {math.sqrt(2 * math.pi)!r}",
        where="rule",
        curve=(-4, 4),
        bounds=(0.0, 0.3989423),
        latex=Form(r"\varphi"),
    ),
)
