"""What several kernels are made of: constants, scratch, and the parts shared so that two kernels give the same bits.

A kernel is called as kernel(*inputs, out) with `out` by position. Everything it needs is made when it is prepared.
Measured on NumPy 2.4 with arrays of a few entries: a constant as an array of shape () is 40 % faster in a ufunc than a
Python float; `np.dot` takes half the time of `np.matmul`, and half that of `np.add.reduce` when it multiplies by ones;
`out[...] = mask` after a comparison is faster than comparing straight into float64; `out=` must be a keyword for
`np.maximum` and `np.minimum`, where NumPy deprecates it by position.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnstep.language.nodes import Option
from nnstep.ops.operation import Array, Kernel, Shape, Site


def constant(value: float) -> Array:
    """A number as a read-only array of shape (), the form that ufuncs take fastest."""
    array = np.array(value, dtype=np.float64)
    array.flags.writeable = False
    return array


ZERO = constant(0.0)
ONE = constant(1.0)


def number_option(value: Option | None) -> float:
    """An option that is known to be a number, as a float."""
    assert isinstance(value, int | float)
    return float(value)


def ufunc(function: Kernel) -> Callable[[Site], Kernel]:
    """The kernel of an operation that NumPy does in one call with `out` by position."""
    return lambda site: function


def copying(view: Callable[..., Array | None]) -> Callable[[Site], Kernel]:
    """The kernel of a view operation where a copy is wanted; the view must exist for any memory layout."""

    def prepare(site: Site) -> Kernel:
        options = dict(site.options)

        def kernel(x: Array, out: Array) -> None:
            out[...] = view(x, **options)

        return kernel

    return prepare


def keeping(kernel: Kernel, *arrays: Array) -> Kernel:
    """The kernel with its attribute `kept`: the arrays it computes on the way."""
    vars(kernel)["kept"] = arrays
    return kernel


def sigmoid_into(shape: Shape) -> Kernel:
    """run(x, out): 1 / (1 + exp(-x)); `out` may be `x`. Below -709.78 exp(-x) is infinite, which gives the right 0.

    In this form and not as e / (1 + e) because PyTorch has it so: where the result is nearly 1, its last bit decides
    how many digits of 1 - result are common.
    """
    e = np.empty(shape)
    negative, exp, add, divide = np.negative, np.exp, np.add, np.divide

    def run(x: Array, out: Array) -> None:
        negative(x, e)
        exp(e, e)
        add(e, ONE, e)
        divide(ONE, e, out)

    return run


def softmax_into(shape: Shape) -> tuple[Callable[[Array, Array, Array], None], Array]:
    """(run, total): run(x, shifted, out) along the last axis; shifted = x - max, total = the sum of exp(shifted).

    `shifted` and `out` may be one array. `total` is overwritten by the next run.
    """
    one_per_row = (*shape[:-1], 1)
    largest, total = np.empty(one_per_row), np.empty(one_per_row)
    ones = np.ones((shape[-1], 1))
    top: Any = np.maximum.reduce
    subtract, exp, dot, divide = np.subtract, np.exp, np.dot, np.divide

    def run(x: Array, shifted: Array, out: Array) -> None:
        top(x, -1, None, largest, True)
        subtract(x, largest, shifted)
        exp(shifted, out)
        dot(out, ones, total)
        divide(out, total, out)

    return run, total
