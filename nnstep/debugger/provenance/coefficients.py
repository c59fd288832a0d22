"""The factors of one backward step: what each entry of the gradient above it is multiplied by to give one of its own.

Any rule can be asked by its arithmetic, since it is linear in what is above it. Where the step is a matrix product or
works entry by entry, its local derivative is worked out once for all entries instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nnstep.engine import Record, evaluate
from nnstep.ops import Array, Index
from nnstep.ops.linear import linear_form
from nnstep.ops.operation import broadcast_index
from nnstep.program import Program, Shape, Step, cell_size, cells, factor

_UPSTREAM = ("gradient", "contribution")


class Coefficient(NamedTuple):
    """One factor: entry `index_of` of the gradient in `of` has the summand `factor` · entry `index_above` of `above`.

    At a start, where there is no gradient above, `above` is -1, `index_above` () and the factor the number itself.
    """

    above: int
    of: int
    index_above: Index
    index_of: Index
    factor: float


_OfStep = Callable[[Index], list[Coefficient]]


class Coefficients:
    """What is asked about the backward steps of a record; each step is made ready once."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.program = record.program
        self._ready: dict[int, _OfStep] = {}

    def step(self, slot: int) -> Step:
        """The step that assigns a gradient."""
        return self.program.steps[self.program.values[slot].step - 1]

    def above(self, slot: int) -> dict[str, int]:
        """The gradients that the step of a gradient reads: slots by name; none at a start."""
        return _above(self.program, self.step(slot))

    def work(self, slot: int) -> int:
        """About how many entries a cell of the step is made of."""
        step = self.step(slot)
        return cell_size(step.expression, _shapes(self.program, step).__getitem__)

    def of(self, slot: int, index: Index) -> list[Coefficient]:
        """The factors of one entry, in reading order of its arithmetic, those that are 0.0 among them."""
        if slot not in self._ready:
            step = self.step(slot)
            self._ready[slot] = _at_once(self.record, step) or coefficients_by_arithmetic(self.record, step)
        return self._ready[slot](index)


def _above(program: Program, step: Step) -> dict[str, int]:
    return {name: slot for name, slot in step.operands if program.values[slot].role in _UPSTREAM}


def _shapes(program: Program, step: Step) -> dict[str, Shape]:
    return {name: program.values[slot].shape for name, slot in step.operands}


def coefficients_by_arithmetic(record: Record, step: Step) -> _OfStep:
    """The factors of any step, from the arithmetic of its cells."""
    above, target = _above(record.program, step), step.target
    at = cells(step.expression, _shapes(record.program, step).__getitem__)
    values = {name: record.value(slot) for name, slot in step.operands if name not in above}

    def number(name: str, index: Index) -> float:
        return float(values[name][index])

    def coefficients(index: Index) -> list[Coefficient]:
        constant, coefficients = linear_form(at(index), above.__contains__, number)
        if not above:
            return [Coefficient(-1, target, (), index, constant)]
        return [
            Coefficient(above[entry.name], target, entry.index, index, coefficient)
            for entry, coefficient in coefficients.items()
        ]

    return coefficients


def _at_once(record: Record, step: Step) -> _OfStep | None:
    """The same from arrays, for the kinds of steps that most are; None for the others."""
    found, slots = factor(record.program, step), dict(step.operands)
    if found.kind in ("identity", "add"):
        handed = [slots[name] for name in found.upstream]
        return lambda index: [Coefficient(slot, step.target, index, index, 1.0) for slot in handed]
    if found.local is None or found.kind not in ("left", "right", "entrywise"):
        return None
    upstream = slots[found.upstream[0]]
    shape = record.program.values[upstream].shape
    local = evaluate(found.local, lambda name: record.value(slots[name]))
    return _KINDS[found.kind](step.target, upstream, shape, local)


def _entrywise(target: int, upstream: int, shape: Shape, local: Array) -> _OfStep:
    def coefficients(index: Index) -> list[Coefficient]:
        coefficient = float(local[broadcast_index(index, local.shape)])
        return [Coefficient(upstream, target, broadcast_index(index, shape), index, coefficient)]

    return coefficients


def _left(target: int, upstream: int, shape: Shape, local: Array) -> _OfStep:
    """local @ gradient: a row of the local derivative with a column of the gradient."""
    kept = local.ndim - 1

    def coefficients(index: Index) -> list[Coefficient]:
        row, column = local[index[:kept]].tolist(), index[kept:]
        return [Coefficient(upstream, target, (k, *column), index, number) for k, number in enumerate(row)]

    return coefficients


def _right(target: int, upstream: int, shape: Shape, local: Array) -> _OfStep:
    """gradient @ local: a row of the gradient with a column of the local derivative."""
    kept, turned = len(shape) - 1, local.T

    def coefficients(index: Index) -> list[Coefficient]:
        row, column = index[:kept], turned[index[kept:]].tolist()
        return [Coefficient(upstream, target, (*row, k), index, number) for k, number in enumerate(column)]

    return coefficients


_KINDS = {"entrywise": _entrywise, "left": _left, "right": _right}
