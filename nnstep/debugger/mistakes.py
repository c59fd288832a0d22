"""What probably went wrong: the backward pass done again with one thing wrong, and compared with a person's numbers.

A cause is named where the wrong numbers that it makes are the person's. Several causes may make the same numbers; then
all of them are named. Nothing is named that does not explain the first wrong array.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from nnstep.debugger.variants import Variant, variants
from nnstep.engine import Record
from nnstep.ops import Array

__all__ = ["Cause", "causes", "searchable"]

_WORK = 200_000_000  # numbers of an iteration times its steps, up to which whole backward passes are tried
_LOOSEST = 0.02  # of an array's largest entry: a tolerance above it cannot tell one number from another


@dataclass(frozen=True)
class Cause:
    """A mistake that makes the person's numbers.

    kind    "transposed", "unsummed", "one-row", "sign", "missing-rows" (no 1/n), "missing-entries" (no mean over all
            entries), "missing-columns", "extra-rows" (1/n once too often), "extra-columns", "twice", "half",
            "multiple" (of another factor), "slope", "slopes", "sign-at" (at one step only), "sequential",
            "softmax-twice"
    step    where it happens; 0 for what concerns whole arrays
    names   the arrays, or the value, that it concerns
    factor  what the right numbers were multiplied by, for a factor
    whole   it explains every array that was given, not only the first wrong one
    """

    kind: str
    step: int
    names: tuple[str, ...]
    factor: float = 1.0
    whole: bool = True


def searchable(record: Record) -> bool:
    """Whether the network is small enough for the backward pass to be done again with each mistake."""
    return record.arena.size * len(record.program.steps) <= _WORK


@np.errstate(all="ignore")
def causes(
    record: Record, given: Mapping[str, Array], tolerances: Mapping[str, float], wrong: tuple[str, ...]
) -> tuple[Cause, ...]:
    """The causes that explain the arrays that are `wrong`, in the order of the program; () when none is found.

    `given` has all of the person's arrays by the names of values, `tolerances` how far off each may be.
    """
    found = [*_by_array(record, given, tolerances, wrong), *_by_variant(record, given, tolerances, wrong)]
    found = found or list(_multiple(record, given, tolerances, wrong))
    best = [cause for cause in found if cause.whole] or found
    unique: dict[tuple[str, int], Cause] = {}
    for cause in best:
        unique.setdefault((cause.kind, cause.step), cause)
    return tuple(unique.values())


def _near(theirs: Array, expected: Array, tolerance: float) -> bool:
    """Whether two arrays are one, in shape and numbers, within a tolerance that can tell numbers apart."""
    if theirs.shape != expected.shape:
        return False
    largest = float(np.max(np.abs(expected), initial=0.0))
    if not np.isfinite(expected).all() or not largest or tolerance > _LOOSEST * largest:
        return False
    return bool(np.all(np.abs(theirs - expected) <= tolerance))


# What is wrong with an array as a whole.


def _by_array(
    record: Record, given: Mapping[str, Array], tolerances: Mapping[str, float], wrong: tuple[str, ...]
) -> Iterator[Cause]:
    first = wrong[0]
    ours = {name: record[name] for name in wrong}
    theirs, right = given[first], ours[first]
    if right.ndim == 2 and _near(theirs, right.T, tolerances[first]) and not _symmetric(right, tolerances[first]):
        turned = tuple(name for name in wrong if _near(given[name], ours[name].T, tolerances[name]))
        yield Cause("transposed", 0, turned, whole=turned == wrong)
    for kind, factor in _factors(record) if _is_of_the_loss(record, first) else ():
        scaled = tuple(name for name in wrong if _is_multiple(given[name], ours[name], factor, tolerances[name]))
        if first in scaled:
            yield Cause(kind, 0, scaled, factor, whole=scaled == wrong)
    unsummed = tuple(name for name in wrong if _summed_from(record, name, given[name], tolerances[name]) == "unsummed")
    if first in unsummed:
        yield Cause("unsummed", 0, unsummed, whole=unsummed == wrong)
    elif _summed_from(record, first, theirs, tolerances[first]) == "one-row":
        yield Cause("one-row", 0, (first,), whole=wrong == (first,))


def _is_of_the_loss(record: Record, name: str) -> bool:
    """Whether a value is the objective or a gradient: what the loss's factors go into."""
    value = record.program.values[record.program.versions[name][-1]]
    return value.role in ("gradient", "contribution") or value.slot == record.program.objective


def _multiple(
    record: Record, given: Mapping[str, Array], tolerances: Mapping[str, float], wrong: tuple[str, ...]
) -> Iterator[Cause]:
    """Another factor, the same for every entry of the wrong arrays: of all of them, or else of the first."""
    alike = tuple(name for name in wrong if given[name].shape == record[name].shape)
    for names in (alike, wrong[:1]) if wrong[0] in alike else ():
        ours = np.concatenate([record[name].ravel() for name in names])
        theirs = np.concatenate([given[name].ravel() for name in names])
        if np.count_nonzero(np.abs(ours) > 10 * max(tolerances[name] for name in names)) < 2:
            continue  # of one number anything is a multiple
        factor = float(np.vdot(ours, theirs) / np.vdot(ours, ours))  # by least squares
        scaled = tuple(name for name in wrong if _is_multiple(given[name], record[name], factor, tolerances[name]))
        if np.isfinite(factor) and factor and wrong[0] in scaled:
            yield Cause("multiple", 0, scaled, factor, whole=scaled == wrong)
            return


def _symmetric(array: Array, tolerance: float) -> bool:
    return _near(array, array.T, tolerance)


def _is_multiple(theirs: Array, ours: Array, factor: float, tolerance: float) -> bool:
    return _near(theirs, factor * ours, tolerance * max(1.0, min(abs(factor), 1e6)))


def _factors(record: Record) -> Iterator[tuple[str, float]]:
    """Factors that are forgotten or put in twice, but for those that are 1 here. Several may be the same number."""
    program = record.program
    rows = max(1, program.rows)
    entries = sorted({prod(program.values[slot].shape) for slot in _predictions(record)})
    columns = [size // rows for size in entries if size % rows == 0]
    pairs = (
        ("sign", -1.0),
        ("missing-rows", float(rows)),
        *(("missing-entries", float(size)) for size in entries if size != rows),
        *(("missing-columns", float(count)) for count in columns if rows > 1),  # of one row they are all entries
        ("extra-rows", 1.0 / rows),
        *(("extra-columns", 1.0 / count) for count in columns),
        ("twice", 2.0),
        ("half", 0.5),
    )
    yield from (pair for pair in pairs if pair[1] != 1.0)


def _predictions(record: Record) -> list[int]:
    """The values that the forward steps make single numbers of: what goes into a loss, or into a mean or a sum."""
    program = record.program
    if program.objective is None:
        return []
    single = [step for step in program.steps if step.phase == "forward" and not program.values[step.target].shape]
    return [slot for step in single for _, slot in step.operands if program.values[slot].shape]


def _summed_from(record: Record, name: str, theirs: Array, tolerance: float) -> str:
    """Whether an array is what the right one is the sum of, or one row of that."""
    program = record.program
    step = program.steps[program.values[program.versions[name][-1]].step - 1]
    if step.operation != "sum":
        return ""
    for _, slot in step.operands:
        before = record.value(slot)
        if _near(theirs, before, tolerance):
            return "unsummed"
        if before.ndim == 2 and any(_near(theirs, row, tolerance) for row in before):
            return "one-row"
    return ""


# What is wrong with one step of the backward pass, and with all that comes of it.


def _by_variant(
    record: Record, given: Mapping[str, Array], tolerances: Mapping[str, float], wrong: tuple[str, ...]
) -> Iterator[Cause]:
    if not searchable(record):
        return
    first = wrong[0]
    for variant in variants(record):
        if first not in variant.values or not _agrees(record, variant, first, given[first], tolerances[first]):
            continue
        telling = [name for name in wrong if name in variant.values]
        if not any(_tells(record, variant, name, given[name], tolerances[name]) for name in telling):
            continue  # what is 0 within the tolerance fits everything that is
        whole = all(_agrees(record, variant, name, given[name], tolerances[name]) for name in given)
        yield Cause(variant.kind, variant.step, variant.names, whole=whole)


def _tells(record: Record, variant: Variant, name: str, theirs: Array, tolerance: float) -> bool:
    """Whether an array is what a variant makes of it, and not only because both are nearly nothing."""
    made = variant.values[name]
    return _near(theirs, made, _scaled(tolerance, made, record[name]))


def _agrees(record: Record, variant: Variant, name: str, theirs: Array, tolerance: float) -> bool:
    """Whether an array is what a variant makes of it, which for what it does not touch is the right one."""
    made = variant.values.get(name)
    right = record[name]
    if made is None:
        return theirs.size == right.size and bool(np.all(np.abs(theirs.reshape(right.shape) - right) <= tolerance))
    return theirs.shape == made.shape and bool(np.all(np.abs(theirs - made) <= _scaled(tolerance, made, right)))


def _scaled(tolerance: float, made: Array, right: Array) -> float:
    """The tolerance for a wrong array, which may be larger than the right one."""
    largest = float(np.max(np.abs(right), initial=0.0))
    size = float(np.max(np.abs(made), initial=0.0))
    return tolerance * size / largest if largest and np.isfinite(size) and size > largest else tolerance
