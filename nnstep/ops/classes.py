"""Class numbers: the one-hot rows they stand for, and the class with the largest entry. Neither passes a gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.latex_form import Form
from nnstep.language.nodes import Entry, Expression, Option
from nnstep.ops.cellrules import along, call, constant_cell, entries_along
from nnstep.ops.operation import Array, Index, Kernel, Mask, Operation, Shape, Site
from nnstep.ops.reach import labelled, reduced_over
from nnstep.ops.shapes import axis_of, reduced, said


def _one_hot_shape(labels: Shape, *, classes: Option) -> Shape:
    if isinstance(classes, bool) or not isinstance(classes, int | float) or classes != int(classes) or classes < 1:
        raise OperationError(say("option.classes", classes=classes))
    if len(labels) > 1:
        raise OperationError(say("shape.labels", labels=said(labels)), say("shape.labels.hint"))
    return (*labels, int(classes))


def one_hot_into(shape: Shape) -> Kernel:
    """run(labels, out) for rows of the given shape; out is 0 in a row whose label is no class number."""
    run, mask = class_mask(shape)

    def into(labels: Array, out: Array) -> None:
        run(labels)
        out[...] = mask

    return into


def class_mask(shape: Shape) -> tuple[Callable[[Array], None], Mask]:
    """(run, mask): run(labels) sets `mask`, of the given shape, where an entry's column is the class of its row."""
    mask: Mask = np.empty(shape, dtype=np.bool_)
    turned = mask.T
    numbers = np.arange(shape[-1], dtype=np.float64).reshape(-1, *[1] * (len(shape) - 1))
    equal = np.equal

    def run(labels: Array) -> None:
        equal(numbers, labels, turned)

    return run, mask


def _one_hot_cell(site: Site, index: Index) -> Expression:
    return call("equal", Entry("labels", index[:-1]), constant_cell(index[-1]))


def _argmax_shape(shape: Shape, *, axis: Option) -> Shape:
    number = axis_of(shape, axis)
    if number is None:
        raise OperationError(say("option.argmax"), say("option.argmax.hint"))
    return reduced(shape, axis=number, keepdims=False)


def _prepare_argmax(site: Site) -> Kernel:
    axis, positions = axis_of(site.shapes[0], site.options["axis"]), np.empty(site.out, dtype=np.intp)

    def kernel(x: Array, out: Array) -> None:
        x.argmax(axis, positions)
        out[...] = positions

    return kernel


def _argmax_cell(site: Site, index: Index) -> Expression:
    axis = axis_of(site.shapes[0], site.options["axis"])
    return call("position", *entries_along("x", along(site.shapes[0], index, axis, False)))


CLASSES = (
    Operation(
        name="one_hot",
        inputs=("labels",),
        symbol="one_hot",
        sentence="For each class number a row with a 1 at that position and 0 elsewhere.",
        shape=_one_hot_shape,
        prepare=lambda site: one_hot_into(site.out),
        cell=_one_hot_cell,
        options={"classes": None},
        class_numbers="labels",
        classes=lambda site: site.out[-1],
        reach=labelled,
        bounds=(0.0, 1.0),
        jumps=True,
        exact=True,
        latex=Form(r"\operatorname{onehot}", below=("classes",)),
        elsewhere="tocategorical onehotencode",
    ),
    Operation(
        name="argmax",
        inputs=("x",),
        symbol="argmax",
        sentence="The position, counted from 0, of the largest entry along an axis; the first of equal ones.",
        shape=_argmax_shape,
        prepare=_prepare_argmax,
        cell=_argmax_cell,
        options={"axis": -1},
        reach=reduced_over,
        jumps=True,
        exact=True,
        reduces=True,
        latex=Form(r"\operatorname*{arg\,max}"),
    ),
)
