"""The Jacobian of one row: how each entry of a row of a result changes with each entry of the same row of an input.

It is made from the operation's own derivative rule, asked with an upstream gradient of 1 for one entry after another,
so it says what the backward pass works with.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.debugger.provenance.cell import Cell
from nnstep.engine import Record, evaluate
from nnstep.language import Call, Name
from nnstep.ops import Array, Index, Shape
from nnstep.program import Bound, Step, bind, rule_expression


class Jacobian(NamedTuple):
    """`matrix[k, i]` is the derivative of cell `outputs[k]` with respect to cell `inputs[i]`.

    Where there is none, `matrix` is None and `reason` a word: "rows" (a row of the result does not come from the same
    row of this input alone), "gradient" (no gradient passes), "input" (the step has no such input), "large".
    """

    outputs: tuple[Cell, ...]
    inputs: tuple[Cell, ...]
    matrix: Array | None
    reason: str = ""


def jacobian(record: Record, step: Step, of: str | int, row: int = 0, most: int = 64) -> Jacobian:
    """The Jacobian of row `row` of what a forward step assigns, with respect to one of its inputs.

    `of` is a name that the operation has for the input ("x", "logits"), or the slot of a value, which may be several of
    its inputs. Values of one axis are a row; at most `most` entries on either side. Raises IndexError for a row that is
    not there.
    """
    if not isinstance(step.expression, Call):
        return _without("input")
    slots = dict(step.operands)
    bound = bind(step.expression, lambda name: record.program.values[slots[name]].shape)
    positions = _positions(bound, slots, of)
    if not positions:
        return _without("input")
    by_row = bound.operation.elementwise or bound.operation.by_row
    if not by_row and not (bound.operation.name == "matmul" and positions == [0]):
        return _without("rows")
    out = record.value(step.target)
    rows = bound.site.shapes[0] if bound.operation.name == "matmul" else out.shape
    arrays = [evaluate(argument, lambda name: record.value(slots[name])) for argument in bound.arguments]
    if len(rows) == 2:
        if not 0 <= row < rows[0]:
            raise IndexError(row)
        sliced = range(1) if bound.operation.name == "matmul" else range(len(arrays))
        arrays = [_row(array, row) if k in sliced else array for k, array in enumerate(arrays)]
        out = out[row : row + 1]
    first = arrays[positions[0]]
    if max(out.size, first.size) > most:
        return _without("large")
    matrix = np.zeros((out.size, first.size))
    for position in positions:
        part = _by_rule(bound, arrays, out, position)
        if part is None:
            return _without("gradient")
        matrix += part
    slot = slots[_name(bound, positions[0])]
    return Jacobian(
        _cells(step.target, out.shape, record.value(step.target).shape, row),
        _cells(slot, first.shape, record.value(slot).shape, row),
        matrix,
    )


def _without(reason: str) -> Jacobian:
    return Jacobian((), (), None, reason)


def _positions(bound: Bound, slots: dict[str, int], of: str | int) -> list[int]:
    """Which inputs of the operation are meant: values of the record only, not numbers written out."""
    return [
        position
        for position, (name, argument) in enumerate(zip(bound.operation.inputs, bound.arguments, strict=True))
        if isinstance(argument, Name) and of in (name, slots[argument.id])
    ]


def _name(bound: Bound, position: int) -> str:
    argument = bound.arguments[position]
    assert isinstance(argument, Name)
    return argument.id


def _row(array: Array, row: int) -> Array:
    """The row of an input that belongs to a row of the result; what is repeated for every row is that row."""
    return array[row : row + 1] if array.ndim == 2 and array.shape[0] > 1 else array


def _by_rule(bound: Bound, arrays: list[Array], out: Array, position: int) -> Array | None:
    """The rule asked for every entry of the row; None where no gradient passes."""
    entry = bound.operation
    if entry.elementwise:
        return _diagonal(bound, arrays, out, position)
    if position == 0 and (entry.name != "matmul" or arrays[1].ndim == 2):
        return _all_at_once(bound, arrays, out, position)
    matrix = np.empty((out.size, arrays[position].size))
    upstream = np.zeros(out.shape)
    for k in range(out.size):
        upstream.flat[k] = 1.0
        gradient = _gradient(bound, arrays, out, upstream, position)
        if gradient is None:
            return None
        matrix[k] = gradient.ravel()
        upstream.flat[k] = 0.0
    return matrix


def _all_at_once(bound: Bound, arrays: list[Array], out: Array, position: int) -> Array | None:
    """The same row as often as it has entries, each time with another entry's upstream gradient of 1."""
    count = out.size
    rows = [_repeated(arrays[0], count), *arrays[1:]]
    return _gradient(bound, rows, _repeated(out, count), np.eye(count), position)


def _diagonal(bound: Bound, arrays: list[Array], out: Array, position: int) -> Array | None:
    """The slope of each entry at its own place, and 0 elsewhere, where the rule may have 0 times infinity."""
    whole = [np.broadcast_to(array, out.shape) for array in arrays]
    slopes = _gradient(bound, whole, out, np.ones(out.shape), position)
    if slopes is None:
        return None
    if arrays[position].size == out.size:
        return np.diag(slopes.ravel())
    return slopes.reshape(-1, 1)  # one number that was repeated along the row


def _repeated(row: Array, count: int) -> Array:
    return np.repeat(row.reshape(1, -1), count, axis=0)


def _gradient(bound: Bound, arrays: list[Array], out: Array, upstream: Array, position: int) -> Array | None:
    """The derivative rule for one input on these numbers."""
    entry, options = bound.operation, bound.site.options
    site = entry.site(tuple(array.shape for array in arrays), options, bound.site.constants)
    text = entry.rule(entry.inputs[position], site)
    if text is None:
        return None
    values = {name: np.array(float(setting)) for name, setting in options.items() if isinstance(setting, int | float)}
    values |= dict(zip(entry.inputs, arrays, strict=True))
    values |= {"g": upstream, "out": out}
    return evaluate(rule_expression(text), values.__getitem__)


def _cells(slot: int, part: Shape, whole: Shape, row: int) -> tuple[Cell, ...]:
    """The cells of a row, which is all of a value unless it is only a part of it."""
    moved = row if part != whole else 0

    def at(index: Index) -> Index:
        return (index[0] + moved, *index[1:]) if moved else index

    return tuple(Cell(slot, at(index)) for index in np.ndindex(part))
