"""Cells of an expression both ways, by the operations' rules: how one is computed, and which ones read an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice, product
from math import prod
from typing import NamedTuple

import numpy as np

from nnstep.language import Call, Entry, Expression, Name, substitute
from nnstep.ops import Box, Index, Shape
from nnstep.program.bind import ShapeOf, bind, infer


class Reached(NamedTuple):
    """The first of the cells that are reached, in reading order, and how many there are in all."""

    indices: tuple[Index, ...]
    count: int  # type: ignore[assignment] # the method of that name, which any tuple has, is not wanted


def cell(expression: Expression, shape_of: ShapeOf, index: Index) -> Expression:
    """The arithmetic of `expression[index]`, over entries of the values that the expression names."""
    return cells(expression, shape_of)(index)


def cells(expression: Expression, shape_of: ShapeOf) -> Callable[[Index], Expression]:
    """`cell` for many indices of one expression: operations are bound once, and what cells share is written once."""
    if isinstance(expression, Name):
        name = expression.id
        return lambda index: Entry(name, index)
    if not isinstance(expression, Call):
        return lambda index: expression
    bound = bind(expression, shape_of)
    rule, site = bound.operation.cell_at, bound.site
    inside = dict(zip(bound.operation.inputs, (cells(part, shape_of) for part in bound.arguments), strict=True))
    done: dict[Index, Expression] = {}

    def entry(leaf: Expression) -> Expression | None:
        return inside[leaf.name](leaf.index) if isinstance(leaf, Entry) else None

    def at(index: Index) -> Expression:
        found = done.get(index)
        if found is None:
            found = done[index] = substitute(rule(site, index), entry)
        return found

    return at


def cell_size(expression: Expression, shape_of: ShapeOf) -> int:
    """About how many entries one cell of an expression is made of, without writing its arithmetic out."""
    if not isinstance(expression, Call):
        return 1
    bound = bind(expression, shape_of)
    inside = sum(cell_size(argument, shape_of) for argument in bound.arguments)
    entry = bound.operation
    if entry.elementwise or (entry.exact and not entry.reduces):
        return inside
    shape, out = bound.site.shapes[0], bound.site.out
    if entry.name == "matmul":
        return inside * shape[-1]
    return inside * (shape[-1] if shape == out and shape else max(1, prod(shape) // max(1, prod(out))))


def reached(expression: Expression, shape_of: ShapeOf, name: str, index: Index, most: int = 1000) -> Reached:
    """The cells of an expression that read entry `index` of the value `name`: the first `most`, and how many there are.

    The inverse of `cell`: the entry is among those of `cell(expression, shape_of, found)` for these `found` and no
    others. The work does not grow with their number, but for one pass over a mask where several sets overlap.
    """
    boxes = reached_boxes(expression, shape_of, name, (box_of(index),))
    return tally(boxes, infer(expression, shape_of), most)


def box_of(index: Index) -> Box:
    """One cell as a box."""
    return tuple(range(i, i + 1) for i in index)


def reached_boxes(expression: Expression, shape_of: ShapeOf, name: str, boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The cells of an expression that read at least one of the cells `boxes` of a value; the boxes may overlap."""
    if isinstance(expression, Name):
        return tuple(boxes) if expression.id == name else ()
    if not isinstance(expression, Call):
        return ()
    boxes = tuple(boxes)
    bound = bind(expression, shape_of)
    found: dict[Box, None] = {}
    for label, argument in zip(bound.operation.inputs, bound.arguments, strict=True):
        for box in reached_boxes(argument, shape_of, name, boxes):
            found.update(dict.fromkeys(bound.operation.reaches(bound.site, label, box)))
    whole = tuple(map(range, bound.site.out))
    return (whole,) if whole in found else tuple(found)


def tally(boxes: tuple[Box, ...], shape: Shape, most: int) -> Reached:
    """The cells of boxes in a value of this shape, each once: the first `most` in reading order, and their number."""
    if len(boxes) == 1:
        return Reached(tuple(islice(product(*boxes[0]), most)), prod(map(len, boxes[0])))
    if not boxes:
        return Reached((), 0)
    mask = np.zeros(shape, dtype=np.bool_)
    for box in boxes:
        mask[tuple(slice(part.start, part.stop, part.step) for part in box)] = True
    places = np.flatnonzero(mask)
    first = np.unravel_index(places[:most], shape)
    return Reached(tuple(zip(*(axis.tolist() for axis in first), strict=True)), len(places))
