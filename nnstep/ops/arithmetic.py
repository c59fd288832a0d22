"""Sums, products, quotients, powers, the larger and the smaller of two, and the matrix product."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.infix import INFIX
from nnstep.language.latex_form import Form
from nnstep.language.nodes import Entry, Expression
from nnstep.ops.cellrules import call
from nnstep.ops.corners import apart, from_zero_power
from nnstep.ops.elementwise import of_one, of_two
from nnstep.ops.kernels import ONE, ufunc
from nnstep.ops.operation import Array, Corner, Index, Kernel, Operation, Shape, Site
from nnstep.ops.reach import multiplied
from nnstep.ops.shapes import said

_AB = ("a", "b")


def _by_keyword(function: Callable[..., Any]) -> Callable[[Site], Kernel]:
    """np.maximum or np.minimum, which want `out` by its keyword."""

    def kernel(a: Array, b: Array, out: Array) -> None:
        function(a, b, out=out)

    return lambda site: kernel


def _chosen(other: str) -> str:
    """The rule for one of two: nothing where the other one was taken, half where both are equal, else all of g."""
    return f"where({other}, 0, where(a == b, g / 2, g))"


def _exponent(site: Site) -> float | None:
    return site.constants[1] if len(site.constants) == 2 else None


def _prepare_power(site: Site) -> Kernel:
    """np.power takes about 60 ns an entry; the usual exponents need only products and roots."""
    exponent = _exponent(site)
    scratch = np.empty(site.out)
    square, multiply, sqrt, divide = np.square, np.multiply, np.sqrt, np.divide

    def squared(a: Array, b: Array, out: Array) -> None:
        square(a, out)

    def cubed(a: Array, b: Array, out: Array) -> None:
        square(a, scratch)
        multiply(scratch, a, out)

    def root(a: Array, b: Array, out: Array) -> None:
        sqrt(a, out)

    def inverse(a: Array, b: Array, out: Array) -> None:
        divide(ONE, a, out)

    def inverse_root(a: Array, b: Array, out: Array) -> None:
        sqrt(a, scratch)
        divide(ONE, scratch, out)

    def inverse_square(a: Array, b: Array, out: Array) -> None:
        square(a, scratch)
        divide(ONE, scratch, out)

    special: dict[float | None, Kernel] = {
        2.0: squared,
        3.0: cubed,
        0.5: root,
        -1.0: inverse,
        -0.5: inverse_root,
        -2.0: inverse_square,
    }
    return special.get(exponent, np.power)


def _literal(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _power_base(site: Site) -> str:
    """b·a^(b-1), and 0 for an exponent of 0 even where a^-1 is infinite, as PyTorch has it."""
    exponent = _exponent(site)
    if exponent is None:
        return "where(b == 0, 0, g * (b * a ** (b - 1)))"
    if exponent == 0:
        return "where(b == 0, 0, g)"
    if exponent == 1:
        return "g"
    if exponent == 2:
        return "g * 2 * a"
    return f"g * {_literal(exponent)} * a ** {_literal(exponent - 1)}"


def _matmul_shape(a: Shape, b: Shape) -> Shape:
    if not a or not b:
        raise OperationError(say("shape.matmul.scalar", a=said(a), b=said(b)), say("shape.matmul.scalar.hint"))
    if a[-1] != b[0]:
        left = say("shape.matmul.left.columns" if len(a) == 2 else "shape.matmul.left.entries", count=a[-1])
        right = say("shape.matmul.right.rows" if len(b) == 2 else "shape.matmul.right.entries", count=b[0])
        raise OperationError(say("shape.matmul", a=said(a), b=said(b), left=left, right=right), _turned(a, b))
    return a[:-1] + b[1:]


def _prepare_matmul(site: Site) -> Kernel:
    """np.dot, which takes half the time of np.matmul on small matrices and has its values for one and two axes.

    But not where one side has a single entry: np.dot then adds multiples, and leaves out those by 0, also 0 * NaN.
    """
    return np.matmul if 1 in map(prod, site.shapes) else np.dot


def _turned(a: Shape, b: Shape) -> str | None:
    """A hint where a product would fit with one side transposed."""
    if len(b) == 2 and a[-1] == b[1]:
        return say("shape.matmul.weight", shape=said(b[::-1]))
    if len(a) == 2 and a[0] == b[0]:
        return say("shape.matmul.samples", shape=said(a[::-1]))
    return None


def _matmul_left(site: Site) -> str:
    a, b = site.shapes
    if len(b) == 2:
        return "g @ b.T"
    return "g * b" if len(a) == 1 else f"reshape(g, {a[0]}, 1) * b"


def _matmul_right(site: Site) -> str:
    a, b = site.shapes
    if len(a) == 2:
        return "a.T @ g"
    return "g * a" if len(b) == 1 else f"reshape(a, {a[0]}, 1) * g"


def _matmul_cell(site: Site, index: Index) -> Expression:
    a, _ = site.shapes
    row, column = index[: len(a) - 1], index[len(a) - 1 :]
    return call("total", *(call("multiply", Entry("a", (*row, k)), Entry("b", (k, *column))) for k in range(a[-1])))


ARITHMETIC = (
    of_two(
        "add",
        INFIX["add"].screen,
        "Adds entry by entry.",
        ufunc(np.add),
        derivative={"a": "g", "b": "g"},
        joins=True,
        affine=_AB,
    ),
    of_two(
        "subtract",
        INFIX["subtract"].screen,
        "Subtracts entry by entry.",
        ufunc(np.subtract),
        derivative={"a": "g", "b": "-g"},
        affine=_AB,
    ),
    of_two(
        "multiply",
        INFIX["multiply"].screen,
        "Multiplies entry by entry.",
        ufunc(np.multiply),
        derivative={"a": "g * b", "b": "g * a"},
        joins=True,
        affine=_AB,
    ),
    of_two(
        "divide",
        INFIX["divide"].screen,
        "Divides entry by entry.",
        ufunc(np.divide),
        derivative={"a": "g / b", "b": "-g * out / b"},
        affine=("a",),
    ),
    of_two(
        "power",
        "^",
        "Raises each entry to a power.",
        _prepare_power,
        derivative={"a": _power_base, "b": "g * where((a == 0) and (b >= 0), 0, out * log(a))"},
        curve=(-3, 3),
        corner=Corner(from_zero_power),
    ),
    of_one(
        "negative",
        "−",
        "Changes the sign of each entry.",
        ufunc(np.negative),
        "-g",
        affine=("x",),
    ),
    of_two(
        "maximum",
        "max",
        "Takes the larger of two entries; the gradient goes to the larger, half to each of two equal ones.",
        _by_keyword(np.maximum),
        derivative={"a": _chosen("a < b"), "b": _chosen("b < a")},
        curve=(-3, 3),
        corner=Corner(apart, among="inputs"),
        joins=True,
        latex=Form(r"\max"),
    ),
    of_two(
        "minimum",
        "min",
        "Takes the smaller of two entries; the gradient goes to the smaller, half to each of two equal ones.",
        _by_keyword(np.minimum),
        derivative={"a": _chosen("a > b"), "b": _chosen("b > a")},
        curve=(-3, 3),
        corner=Corner(apart, among="inputs"),
        joins=True,
        latex=Form(r"\min"),
    ),
    Operation(
        name="matmul",
        inputs=_AB,
        symbol=INFIX["matmul"].screen,
        sentence="Multiplies each row of the left matrix with each column of the right one and adds up the products.",
        shape=_matmul_shape,
        prepare=_prepare_matmul,
        cell=_matmul_cell,
        derivative={"a": _matmul_left, "b": _matmul_right},
        reach=multiplied,
        joins=True,
        affine=_AB,
    ),
)
