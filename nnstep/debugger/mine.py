"""Check mine: a person's own numbers against those of a record, in the order in which the program computes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from nnstep.catalogue import say
from nnstep.debugger.mistakes import Cause, causes, searchable
from nnstep.engine import Record
from nnstep.errors import LanguageError, NnstepError, nearest
from nnstep.ops import Array, Index
from nnstep.program import Program
from nnstep.program.naming import value_named
from nnstep.scenario.answers import Given, given_text, read_json_text
from nnstep.typed import TypedError

__all__ = ["Compared", "Comparison", "check_pasted", "compare", "named", "tolerance", "value_name"]

_ROUNDING = 1e-14  # of the largest gradient: where others cancel out, this is left of them
_RELATIVE = 1e-6  # of the largest entry, or of 1 where that is less
_SMALL = 1e-3  # of the largest entry at most, or a small gradient would agree with anything
_COARSE = 0.02  # of the largest entry: within more than that, agreeing says little


@dataclass(frozen=True)
class Compared:
    """One of the person's arrays beside that of the program.

    step       the step that computes it
    wrong      how many entries are off by more than `tolerance`; where the shapes differ, all of them
    index      the first of those in reading order, with both numbers; () where the shapes differ
    most       the largest difference; NaN where a number is not finite on one side only
    coarse     the tolerance is so wide beside the numbers that agreeing says little
    """

    name: str
    step: int
    shape: tuple[int, ...]
    expected: tuple[int, ...]
    tolerance: float
    wrong: int
    index: Index = ()
    theirs: float = 0.0
    ours: float = 0.0
    most: float = 0.0
    coarse: bool = False

    @property
    def ok(self) -> bool:
        """Whether they agree."""
        return self.wrong == 0


@dataclass(frozen=True)
class Comparison:
    """All arrays in the order of the program, what probably went wrong, and the equation of the first wrong step.

    `searched` is False where the network is too large for all causes to be tried.
    """

    iteration: int
    results: tuple[Compared, ...]
    causes: tuple[Cause, ...]
    equation: str = ""
    searched: bool = True

    @property
    def first(self) -> Compared | None:
        """The first one that differs."""
        return next((one for one in self.results if not one.ok), None)

    @property
    def ok(self) -> bool:
        """Whether all agree."""
        return self.first is None


def value_name(program: Program, text: str) -> str:
    """The value that a person means by a name.

    `W1`, `dW1`, `grad_W1`, `W1.grad` and `∂L/∂W1` mean the gradient of a parameter; for any other value the bare name
    means the value itself. Raises ValueError with the nearest name, and for a single entry.
    """
    name = " ".join(text.split())
    try:
        found = value_named(program, name)
    except LanguageError as error:
        raise ValueError(f"{error}; {error.hint}") from None
    if found is not None and found.index:
        raise ValueError(say("mine.cell", name=repr(name), whole=found.name))
    if found is not None:
        name = found.name
    else:
        same = next((one for one in program.versions if one.lower() == name.lower()), name)
        raise ValueError(say("mine.unknown", name=repr(name), hint=nearest(same, program.versions) or _names(program)))
    if program.values[program.versions[name][0]].role != "parameter":
        return name
    if f"grad({name})" not in program.versions:
        raise ValueError(say("mine.no-gradient", name=name))
    return f"grad({name})"


def _names(program: Program) -> str:
    found = [name[5:-1] for name in program.versions if name.startswith("grad(") and name[5:-1].isidentifier()]
    return say("mine.names", names=", ".join(found[:8]))


def compare(record: Record, given: Mapping[str, Given]) -> Comparison:
    """Compare arrays, by names of the program's values, with a record.

    Raises nothing for wrong shapes or numbers: they are what it tells.
    """
    program = record.program
    results = []
    arrays: dict[str, Array] = {}
    largest = _largest_gradient(record)
    for name, one in given.items():
        value = program.values[program.versions[name][-1]]
        ours = record.value(value.slot)
        theirs = _like(one.array, ours)
        arrays[name] = one.array if theirs is None else theirs
        least = largest * (_RELATIVE if one.decimals is None and _is_single(one.array) else _ROUNDING)
        results.append(_compared(name, value.step, ours, arrays[name], tolerance(ours, one, least)))
    results.sort(key=lambda result: result.step)
    wrong = tuple(result.name for result in results if not result.ok)
    found: tuple[Cause, ...] = ()
    equation = ""
    if wrong:
        tolerances = {result.name: result.tolerance for result in results}
        found = causes(record, arrays, tolerances, wrong)
        step = next(result.step for result in results if not result.ok)
        equation = program.steps[step - 1].equation if step else ""
    return Comparison(record.iteration, tuple(results), found, equation, not wrong or searchable(record))


def _largest_gradient(record: Record) -> float:
    """The size of the largest finite number among the gradients of a record."""
    sizes = [0.0]
    for value in record.program.values:
        if value.role in ("gradient", "contribution"):
            sizes.append(_largest(record.value(value.slot)))
    return max(sizes)


def tolerance(ours: Array, given: Given, least: float = 0.0) -> float:
    """How far apart two entries may be; `least` is how far at least, for what is left where gradients cancel out.

    A millionth of the largest entry, or of 1 where that is less; one unit of the last decimal that was written. Whole
    numbers are taken as exact: within one unit nearly every gradient is 0.
    """
    largest = _largest(ours)
    if given.decimals:
        return max(_RELATIVE * largest, 10.0**-given.decimals * (1 + 1e-9), least)
    return max(min(_RELATIVE * max(1.0, largest), _SMALL * largest), least)


def _largest(array: Array) -> float:
    return float(np.max(np.abs(array[np.isfinite(array)]), initial=0.0))


@np.errstate(over="ignore", invalid="ignore")
def _is_single(array: Array) -> bool:
    """Whether the numbers have no more digits than float32, in which most networks are computed."""
    return bool(np.array_equal(array, array.astype(np.float32)))


@np.errstate(over="ignore", invalid="ignore")
def _compared(name: str, step: int, ours: Array, theirs: Array, allowed: float) -> Compared:
    if theirs.shape != ours.shape:
        return Compared(name, step, theirs.shape, ours.shape, allowed, max(1, ours.size))
    same = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))
    apart = np.where(same, 0.0, np.abs(theirs - ours))
    coarse = allowed > _COARSE * _largest(ours) > 0
    places = np.argwhere(~(apart <= allowed))
    most = float(np.max(apart, initial=0.0))
    if not len(places):
        return Compared(name, step, theirs.shape, ours.shape, allowed, 0, most=most, coarse=coarse)
    index = tuple(int(i) for i in places[0])
    numbers = (float(theirs[index]), float(ours[index]), most)
    return Compared(name, step, theirs.shape, ours.shape, allowed, len(places), index, *numbers, coarse=coarse)


def _like(theirs: Array, ours: Array) -> Array | None:
    """Their array in our shape: of a vector and a single row or column either may stand for the other; else None.

    A row for a column is another matter: that is a matrix transposed.
    """
    if theirs.shape == ours.shape:
        return theirs
    lines = all(max(array.shape, default=1) == array.size for array in (theirs, ours))
    if lines and theirs.size == ours.size and (min(theirs.ndim, ours.ndim) < 2):
        return theirs.reshape(ours.shape)
    return None


def named(program: Program, arrays: Iterable[tuple[str, Given]]) -> dict[str, Given]:
    """Arrays by the names of the program's values. Raises ValueError for a name that is unknown or comes twice."""
    found: dict[str, Given] = {}
    for text, one in arrays:
        name = value_name(program, text)
        if name in found:
            raise ValueError(say("mine.twice", name=name))
        found[name] = one
    return found


def check_pasted(record: Record, name: str, text: str) -> Comparison:
    """Compare a text that was pasted: one matrix, which is meant as `name`, or JSON with names.

    Raises ValueError in plain words.
    """
    try:
        if text.lstrip().startswith("{"):
            return compare(record, named(record.program, read_json_text(text).items()))
        if not name:
            raise ValueError(say("mine.no-name"))
        return compare(record, named(record.program, [(name, given_text(text))]))
    except TypedError as error:
        raise ValueError(str(error)) from None
    except NnstepError as error:
        raise ValueError("; ".join(map(str, error.problems))) from None
