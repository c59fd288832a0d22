"""Sum, mean, largest and smallest entry, along an axis or over everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnstep.language.latex_form import Form
from nnstep.language.nodes import Expression
from nnstep.ops.cellrules import along, call, divided, entries_along
from nnstep.ops.corners import is_largest, is_smallest
from nnstep.ops.kernels import constant
from nnstep.ops.operation import Array, Corner, Index, Kernel, Operation, Site
from nnstep.ops.reach import reduced_over
from nnstep.ops.shapes import axis_of, reduced


def _axis(site: Site) -> int | None:
    return axis_of(site.shapes[0], site.options["axis"])


def _keepdims(site: Site) -> bool:
    return bool(site.options["keepdims"])


def _count(site: Site) -> int:
    shape, axis = site.shapes[0], _axis(site)
    return int(np.prod(shape)) if axis is None else shape[axis]


def _restored(site: Site, name: str = "g") -> str:
    """A value of the result's shape in one that repeats to the input's: the reduced axis, of size 1, is put back."""
    shape = site.shapes[0]
    if len(shape) == 2 and _axis(site) == 1 and not _keepdims(site):
        return f"reshape({name}, {shape[0]}, 1)"
    return name


def _repeated(site: Site, text: str) -> str:
    """The text of a value, repeated to the shape of the input."""
    shape = site.shapes[0]
    return f"broadcast({text}, {', '.join(map(str, shape))})" if shape else text


def _prepare_sum(site: Site) -> Kernel:
    """Along one axis a product with ones, which BLAS does faster than NumPy adds; over everything NumPy's sum."""
    shape, axis, keepdims = site.shapes[0], _axis(site), _keepdims(site)
    add: Any = np.add.reduce
    dot = np.dot
    if axis is None and len(shape) != 1:
        axes = tuple(range(len(shape)))

        def everything(x: Array, out: Array) -> None:
            add(x, axes, None, out, keepdims)

        return everything
    size = shape[axis or 0]
    if axis in (0, None):
        before = np.ones((1, size)) if keepdims and len(shape) == 2 else np.ones(size)

        def rows(x: Array, out: Array) -> None:
            dot(before, x, out)

        def one_row(x: Array, out: Array) -> None:
            dot(x, ones, out)

        ones = np.ones((size, 1))
        return one_row if keepdims and len(shape) == 1 else rows
    after = np.ones((size, 1)) if keepdims else np.ones(size)

    def columns(x: Array, out: Array) -> None:
        dot(x, after, out)

    return columns


def _prepare_mean(site: Site) -> Kernel:
    total, count, divide = _prepare_sum(site), constant(_count(site)), np.divide

    def kernel(x: Array, out: Array) -> None:
        total(x, out)
        divide(out, count, out)

    return kernel


def _reducing(reduce: Any) -> Callable[[Site], Kernel]:
    def prepare(site: Site) -> Kernel:
        axis, keepdims = _axis(site), _keepdims(site)
        axes = tuple(range(len(site.shapes[0]))) if axis is None else axis

        def kernel(x: Array, out: Array) -> None:
            reduce(x, axes, None, out, keepdims)

        return kernel

    return prepare


def _extreme_rule(site: Site) -> str:
    """All of the gradient to the largest entry; an equal share to each where several are the largest."""
    shape, axis = site.shapes[0], _axis(site)
    if not shape:
        return "g"
    chosen = f"x == {_restored(site, 'out')}"
    ties = f"sum({chosen})" if axis is None else f"sum({chosen}, axis={axis}, keepdims=True)"
    return f"where({chosen}, {_restored(site)}, 0) / {ties}"


def _cell(aggregate: str) -> Callable[[Site, Index], Expression]:
    def cell(site: Site, index: Index) -> Expression:
        indices = along(site.shapes[0], index, _axis(site), _keepdims(site))
        return call(aggregate, *entries_along("x", indices))

    return cell


def _mean_cell(site: Site, index: Index) -> Expression:
    return divided(_cell("total")(site, index), _count(site))


def _reduction(
    name: str,
    symbol: str,
    sentence: str,
    prepare: Callable[[Site], Kernel],
    cell: Callable[[Site, Index], Expression],
    rule: Callable[[Site], str],
    body: Callable[[Site], str] | None = None,
    **facts: Any,
) -> Operation:
    return Operation(
        name=name,
        inputs=("x",),
        symbol=symbol,
        sentence=sentence,
        shape=reduced,
        prepare=prepare,
        cell=cell,
        options={"axis": "all", "keepdims": False},
        derivative={"x": rule},
        body=body,
        reach=reduced_over,
        reduces=True,
        said_backward=True,
        **facts,
    )


def _mean_body(site: Site) -> str:
    axis = site.options["axis"]
    return f"out = sum(x, axis={axis}, keepdims={_keepdims(site)}) / {_count(site)}"


REDUCTIONS = (
    _reduction(
        "sum",
        "Σ",
        "Adds up the entries along an axis, or all of them.",
        _prepare_sum,
        _cell("total"),
        lambda site: _repeated(site, _restored(site)),
        affine=("x",),
        latex=Form(r"\sum", wide=True),
        elsewhere="reducesum nansum summation Σ",
    ),
    _reduction(
        "mean",
        "mean",
        "The mean of the entries along an axis, or of all of them.",
        _prepare_mean,
        _mean_cell,
        lambda site: _repeated(site, f"{_restored(site)} / {_count(site)}"),
        _mean_body,
        within=True,
        affine=("x",),
        latex=Form(r"\operatorname*{mean}"),
        elsewhere="average reducemean avg nanmean",
    ),
    _reduction(
        "max",
        "max",
        "The largest entry along an axis, or of all; equal largest entries share the gradient.",
        _reducing(np.maximum.reduce),
        _cell("largest"),
        _extreme_rule,
        within=True,
        exact=True,
        corner=Corner(is_largest, among="entries"),
        latex=Form(r"\max"),
        elsewhere="amax reducemax",
    ),
    _reduction(
        "min",
        "min",
        "The smallest entry along an axis, or of all; equal smallest entries share the gradient.",
        _reducing(np.minimum.reduce),
        _cell("smallest"),
        _extreme_rule,
        within=True,
        exact=True,
        corner=Corner(is_smallest, among="entries"),
        latex=Form(r"\min"),
        elsewhere="amin reducemin",
    ),
)
