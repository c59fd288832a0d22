"""Comparisons and conditions: 1.0 where they hold, 0.0 where they do not."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from nnstep.language.infix import INFIX
from nnstep.language.latex_form import Form
from nnstep.language.nodes import Expression, Option
from nnstep.ops.cellrules import call, constant_cell, entries_along, every
from nnstep.ops.elementwise import of_one, of_two
from nnstep.ops.kernels import ZERO, ufunc
from nnstep.ops.operation import Array, Index, Kernel, Mask, Operation, Shape, Site
from nnstep.ops.shapes import broadcast_shape


def _comparing(function: Callable[..., Any]) -> Callable[[Site], Kernel]:
    """A comparison of two inputs into a mask of its own, and from there into float64."""

    def prepare(site: Site) -> Kernel:
        mask: Mask = np.empty(site.out, dtype=np.bool_)

        def kernel(a: Array, b: Array, out: Array) -> None:
            function(a, b, mask)
            out[...] = mask

        return kernel

    return prepare


def _testing(function: Callable[..., Any]) -> Callable[[Site], Kernel]:
    """The same for a condition on one input."""

    def prepare(site: Site) -> Kernel:
        mask: Mask = np.empty(site.out, dtype=np.bool_)

        def kernel(x: Array, out: Array) -> None:
            function(x, mask)
            out[...] = mask

        return kernel

    return prepare


def _reducing(reduce: Any) -> Callable[[Site], Kernel]:
    def prepare(site: Site) -> Kernel:
        axes = tuple(range(len(site.shapes[0])))
        truth: Mask = np.empty((), dtype=np.bool_)
        nonzero: Mask = np.empty(site.shapes[0], dtype=np.bool_)
        not_equal = np.not_equal

        def kernel(x: Array, out: Array) -> None:
            not_equal(x, ZERO, nonzero)
            reduce(nonzero, axes, None, truth)
            out[...] = truth

        return kernel

    return prepare


def _scalar(shape: Shape, **_: Option) -> Shape:
    return ()


def _any_cell(site: Site, index: Index) -> Expression:
    entries = entries_along("x", every(site.shapes[0]))
    return call("largest", *(call("not_equal", entry, constant_cell(0)) for entry in entries))


def _all_cell(site: Site, index: Index) -> Expression:
    entries = entries_along("x", every(site.shapes[0]))
    return call("smallest", *(call("not_equal", entry, constant_cell(0)) for entry in entries))


def _prepare_norm(site: Site) -> Kernel:
    values = np.empty(site.shapes[0])
    flat = values.reshape(-1)
    dot, sqrt = np.dot, np.sqrt

    def kernel(x: Array, out: Array) -> None:
        values[...] = x
        dot(flat, flat, out)
        sqrt(out, out)

    return kernel


def _norm_cell(site: Site, index: Index) -> Expression:
    squares = (call("power", entry, constant_cell(2)) for entry in entries_along("x", every(site.shapes[0])))
    return call("sqrt", call("total", *squares))


def _prepare_where(site: Site) -> Kernel:
    """A single number is put over the entries of the other side; else by way of a copy, as `out` may be an input."""
    if site.out != () == site.shapes[1]:
        return _putting(np.not_equal, site.out, number=1)
    if site.out != () == site.shapes[2]:
        return _putting(np.equal, site.out, number=2)
    mask: Mask = np.empty(site.out, dtype=np.bool_)
    chosen = np.empty(site.out)
    not_equal, copyto, putmask = np.not_equal, np.copyto, np.putmask
    whole = site.shapes[1] in ((), site.out)  # putmask repeats values in reading order, right for these shapes only

    def kernel(condition: Array, a: Array, b: Array, out: Array) -> None:
        not_equal(condition, ZERO, mask)
        chosen[...] = b
        if whole:
            putmask(chosen, mask, a)
        else:
            copyto(chosen, a, where=mask)
        out[...] = chosen

    return kernel


def _putting(test: Callable[..., Any], shape: Shape, number: int) -> Kernel:
    """The kernel of where with a single number as its input `number`, which goes where the condition passes `test`."""
    mask: Mask = np.empty(shape, dtype=np.bool_)
    putmask = np.putmask

    def kernel(condition: Array, a: Array, b: Array, out: Array) -> None:
        test(condition, ZERO, mask)
        single, others = (a, b) if number == 1 else (b, a)
        out[...] = others
        putmask(out, mask, single)

    return kernel


_TRUTH: dict[str, Any] = {"where": "condition", "bounds": (0.0, 1.0), "jumps": True}


def _comparison(name: str, sentence: str, function: Callable[..., Any]) -> Operation:
    return of_two(name, INFIX[name].screen, sentence, _comparing(function), **_TRUTH)


def _test(name: str, sentence: str, function: Callable[..., Any]) -> Operation:
    return of_one(name, name, sentence, _testing(function), **_TRUTH)


def _summary(
    name: str,
    symbol: str,
    sentence: str,
    prepare: Callable[[Site], Kernel],
    cell: Callable[[Site, Index], Expression],
    **facts: Any,
) -> Operation:
    return Operation(
        name=name,
        inputs=("x",),
        symbol=symbol,
        sentence=sentence,
        shape=_scalar,
        prepare=prepare,
        cell=cell,
        where="condition",
        reduces=True,
        **facts,
    )


LOGIC = (
    _comparison("less", "1 where the left entry is less than the right one, else 0.", np.less),
    _comparison("less_equal", "1 where the left entry is at most the right one, else 0.", np.less_equal),
    _comparison("greater", "1 where the left entry is greater than the right one, else 0.", np.greater),
    _comparison("greater_equal", "1 where the left entry is at least the right one, else 0.", np.greater_equal),
    _comparison("equal", "1 where the entries are equal, else 0.", np.equal),
    _comparison("not_equal", "1 where the entries differ, else 0.", np.not_equal),
    _comparison("and", "1 where both entries are other than 0, else 0.", np.logical_and),
    _comparison("or", "1 where at least one entry is other than 0, else 0.", np.logical_or),
    _test("not", "1 where the entry is 0, else 0.", np.logical_not),
    _test("isnan", "1 where the entry is not a number, else 0.", np.isnan),
    _test("isinf", "1 where the entry is infinite, else 0.", np.isinf),
    _summary(
        "any",
        "any",
        "1 if at least one entry is other than 0, else 0.",
        _reducing(np.logical_or.reduce),
        _any_cell,
        bounds=(0.0, 1.0),
        jumps=True,
    ),
    _summary(
        "all",
        "all",
        "1 if every entry is other than 0, else 0.",
        _reducing(np.logical_and.reduce),
        _all_cell,
        bounds=(0.0, 1.0),
        jumps=True,
    ),
    _summary(
        "norm",
        "‖·‖",
        "The square root of the sum of all squared entries.",
        _prepare_norm,
        _norm_cell,
        bounds=(0.0, inf),
        latex=Form(fences=(r"\lVert ", r"\rVert ")),
    ),
    of_two(
        "remainder",
        "mod",
        "What is left of the left entry after dividing by the right one, with the sign of the right one.",
        ufunc(np.remainder),
        where="condition",
        jumps=True,
    ),
    Operation(
        name="where",
        inputs=("condition", "a", "b"),
        symbol="where",
        sentence="Takes the entry of a where the condition holds (is not 0), else the entry of b.",
        shape=broadcast_shape,
        prepare=_prepare_where,
        elementwise=True,
        where="rule",
        jumps=True,
    ),
)
