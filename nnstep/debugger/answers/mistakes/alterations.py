"""What a mistake makes of one array as a whole: turned, flattened, scaled, or summed otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from nnstep.debugger.answers.mistakes.samples import predictions, sample_count
from nnstep.engine import Record
from nnstep.language import Call, Expression, Number
from nnstep.ops import Array
from nnstep.program import Program

_NEAR = 0.5  # of a factor: how far off the ratio of two arrays may be, which rounding makes less exact

ValueOf = Callable[[int], Array]  # the value of a slot


class Alteration(NamedTuple):
    """An array with a mistake in it; `factor` and `place` as in a `Cause`."""

    kind: str
    array: Array
    factor: float = 1.0
    place: int = -1

    @property
    def key(self) -> tuple[str, float, int]:
        """What has to be the same for several arrays to have one mistake."""
        return self.kind, self.factor, self.place


def of_array(record: Record, name: str, theirs: Array, value: ValueOf) -> Iterator[Alteration]:
    """What can go wrong with one array that does not only scale it; of those shapes only that `theirs` has.

    `value` gives what the backward pass has, which may have another mistake in it already.
    """
    program = record.program
    slot = program.versions[name][-1]
    base = value(slot)
    if base.ndim == 2:
        yield from transposed(base, theirs)
    yield from _summed_otherwise(program, slot, theirs, value)


def transposed(base: Array, theirs: Array) -> Iterator[Alteration]:
    """Rows for columns, and the right entries in another shape."""
    transposed = base.T
    if theirs.shape == transposed.shape and not np.array_equal(base, transposed):
        yield Alteration("transposed", transposed)
    if theirs.size != base.size or theirs.shape == base.shape or min(base.shape) < 2:
        return
    yield Alteration("flattened", base.reshape(theirs.shape))
    if theirs.shape != transposed.shape:
        yield Alteration("flattened-columns", transposed.reshape(theirs.shape))


def _summed_otherwise(program: Program, slot: int, theirs: Array, value: ValueOf) -> Iterator[Alteration]:
    """Of a gradient that is summed over the rows, as a bias's: not summed, one row, along a row, or over all."""
    base = value(slot)
    step = program.steps[program.values[slot].step - 1] if program.values[slot].step else None
    if step is None or step.operation != "sum" or len(step.operands) != 1:
        return
    before = value(step.operands[0][1])
    if theirs.shape == before.shape or (before.shape[1:] == (1,) and theirs.size == before.size):
        yield Alteration("unsummed", before.reshape(theirs.shape))
    if before.ndim != 2 or base.size != before.shape[1]:
        return  # what is summed over the rows has an entry for each column
    for row in range(len(before)) if theirs.size == base.size else ():
        yield Alteration("one-row", before[row].reshape(theirs.shape), place=row)
    if theirs.size == len(before) > 1 and before.shape[1] > 1:
        yield Alteration("other-axis", before.sum(axis=1).reshape(theirs.shape))
        yield Alteration("other-axis", before.mean(axis=1).reshape(theirs.shape))
    if before.shape[1] > 1 and (theirs.size == 1 or theirs.shape == base.shape):
        for total in (before.sum(), before.mean()):
            yield Alteration("summed-over-all", np.full(theirs.shape, total))


def scaled(base: Array, theirs: Array, known: Sequence[tuple[str, float]]) -> Iterator[Alteration]:
    """An array times each of the known factors that `theirs` may be: those near the ratio of both."""
    ratio = float(np.vdot(base, theirs) / np.vdot(base, base)) if base.size == theirs.size and base.any() else 0.0
    for kind, factor in known:
        if abs(factor - ratio) <= _NEAR * abs(factor):
            yield Alteration(kind, factor * base, factor)


def factors(record: Record) -> list[tuple[str, float]]:
    """Factors that are forgotten or put in twice, but for those that are 1 here. Several may be the same number."""
    program = record.program
    rows = max(1, sample_count(program))
    entries = sorted({prod(program.values[slot].shape) for slot in predictions(program)})
    columns = [size // rows for size in entries if size % rows == 0]
    rate = _learning_rate(program)
    pairs = (
        ("sign", -1.0),
        *((("learning-rate", rate),) if rate is not None else ()),
        ("missing-rows", float(rows)),
        *(("missing-entries", float(size)) for size in entries if size != rows),
        *(("missing-columns", float(count)) for count in columns if rows > 1),  # of one row they are all entries
        ("extra-rows", 1.0 / rows),
        *(("extra-columns", 1.0 / count) for count in columns),
        *(("extra-entries", 1.0 / size) for size in entries if size != rows),
        ("twice", 2.0),
        ("two-passes", 2.0),
        ("half", 0.5),
    )
    return list(dict.fromkeys(pair for pair in pairs if pair[1] != 1.0))


def _learning_rate(program: Program) -> float | None:
    """The number that an update begins to multiply with, in what it takes off a parameter."""
    for step in reversed(program.steps):
        if step.phase == "update" and program.values[step.target].role == "parameter":
            match step.expression:
                case Call("subtract", (_, taken)):
                    return _first_number(taken)
            return None
    return None


def _first_number(expression: Expression) -> float | None:
    while isinstance(expression, Call) and expression.function in ("multiply", "divide"):
        expression = expression.arguments[0]
    return expression.value if isinstance(expression, Number) else None
