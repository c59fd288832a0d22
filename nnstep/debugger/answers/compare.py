"""Check mine: a person's own numbers against those of a record, in the order in which the program computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from nnstep.catalogue import say
from nnstep.debugger.answers.closeness import LOOSEST, Closeness, size_of_largest
from nnstep.debugger.answers.mistakes import Cause, causes, sample_count, searchable
from nnstep.engine import Record
from nnstep.errors import LanguageError, NnstepError
from nnstep.nearest import nearest
from nnstep.ops import Array, Index
from nnstep.pasted import NotNumbersError
from nnstep.program import Program, parameters_with_gradient
from nnstep.program.naming import value_named
from nnstep.scenario.answers.answer_files import read_text
from nnstep.scenario.answers.given import Given

_ROUNDING = 1e-14  # of the largest gradient: where others cancel out, this is left of them
_SINGLE = 1e-6  # the same where float32 computed it
_SINGLE_DIGITS = 7  # decimals from which a number looks like one that float32 computed
_EARLIER = 9  # iterations whose gradients may be added up in it


@dataclass(frozen=True)
class Compared:
    """One of the person's arrays beside that of the program.

    step       the step that computes it; 0 for what is given
    wrong      how many entries are off by more than `tolerance`; where the shapes differ, all of them
    index      the first of those in reading order, with both numbers; () where the shapes differ
    most       the largest difference; NaN where a number is not finite on one side only
    coarse     so few digits were written that nearly anything would agree: no agreement, and no difference either
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
        """Whether nothing differs."""
        return self.wrong == 0


@dataclass(frozen=True)
class Comparison:
    """All arrays in the order of the program, what probably went wrong, and the equation of the first wrong step.

    `searched` is False where the network is too large for all causes to be tried. `missing` are the gradients that were
    looked for and not given, `unusable` says of what was given and cannot be compared why, `partial` that there was
    such a thing where that is said elsewhere. `samples` is how many a pass has.
    """

    iteration: int
    results: tuple[Compared, ...]
    causes: tuple[Cause, ...]
    equation: str = ""
    searched: bool = True
    missing: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()
    partial: bool = False
    samples: int = 1

    @property
    def first(self) -> Compared | None:
        """The first one that differs."""
        return next((one for one in self.results if not one.ok), None)

    @property
    def ok(self) -> bool:
        """Whether all agree, and as closely as it takes to say so."""
        return self.first is None and not any(one.coarse for one in self.results)

    @property
    def computed(self) -> bool:
        """Whether anything was compared that the program computes, and not only what it is given."""
        return any(one.step for one in self.results)


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
        turned = next((f"d{one}" for one in program.versions if f"d{one}".lower() == name.lower()), None)
        if turned is not None and f"grad({turned[1:]})" in program.versions:
            raise ValueError(say("mine.unknown", name=repr(name), hint=nearest(turned, [turned]) or ""))
        raise ValueError(say("mine.unknown", name=repr(name), hint=nearest(same, program.versions) or _names(program)))
    if program.values[program.versions[name][0]].role != "parameter":
        return name
    if f"grad({name})" not in program.versions:
        raise ValueError(say("mine.no-gradient", name=name))
    return f"grad({name})"


def _names(program: Program) -> str:
    found = [name[5:-1] for name in program.versions if name.startswith("grad(") and name[5:-1].isidentifier()]
    return say("mine.names", names=", ".join(found[:8]))


def compare(
    record: Record,
    given: Mapping[str, Given],
    asked: float = 0.0,
    earlier: Callable[[int], Record] | None = None,
    wanted: Iterable[str] = (),
) -> Comparison:
    """Compare arrays, by names of the program's values, with a record.

    `asked` is a tolerance that was asked for, `earlier` gives the record of another iteration, `wanted` are the names
    that are looked for. Raises nothing for wrong shapes or numbers: they are what it tells.
    """
    program = record.program
    results = []
    arrays: dict[str, Array] = {}
    closeness: dict[str, Closeness] = {}
    largest_gradient = _largest_gradient(record)
    for name, one in given.items():
        value = program.values[program.versions[name][-1]]
        ours = record.value(value.slot)
        theirs = _like(one.array, ours)
        arrays[name] = one.array if theirs is None else theirs
        close = _closeness(one, arrays[name].shape, largest_gradient, asked)
        closeness[name] = close
        results.append(_compared(name, value.step, ours, arrays[name], close))
    results.sort(key=lambda result: result.step)
    wrong = tuple(result.name for result in results if not result.ok)
    found: tuple[Cause, ...] = ()
    equation = ""
    if wrong:
        before = range(record.iteration - 1, max(0, record.iteration - 1 - _EARLIER), -1)
        records = [earlier(iteration) for iteration in before] if earlier is not None else []
        found = causes(record, arrays, closeness, wrong, records)
        step = next(result.step for result in results if not result.ok)
        equation = program.steps[step - 1].equation if step else ""
    missing = tuple(name for name in wanted if name not in given)
    searched = not wrong or searchable(record)
    return Comparison(
        record.iteration, tuple(results), found, equation, searched, missing, samples=sample_count(program)
    )


def wanted_names(program: Program) -> tuple[str, ...]:
    """What a comparison looks for: the gradients of the trainable parameters; where there are none, the named values
    that are computed.
    """
    gradients = tuple(f"grad({name})" for name in parameters_with_gradient(program))
    return gradients or tuple(value.name for value in program.values if value.role == "activation")


def _closeness(given: Given, shape: tuple[int, ...], largest_gradient: float, asked: float) -> Closeness:
    many = given.decimals is None or given.decimals >= _SINGLE_DIGITS
    least = largest_gradient * (_SINGLE if many and _is_single(given.array) else _ROUNDING)
    unit = np.zeros(shape) if given.units is None else given.units.reshape(shape)
    return Closeness(unit, least, asked)


def _largest_gradient(record: Record) -> float:
    """The size of the largest finite number among the gradients of a record."""
    sizes = [0.0]
    for value in record.program.values:
        if value.role in ("gradient", "contribution"):
            sizes.append(size_of_largest(record.value(value.slot)))
    return max(sizes)


@np.errstate(over="ignore", invalid="ignore")
def _is_single(array: Array) -> bool:
    """Whether the numbers have no more digits than float32, in which most networks are computed."""
    return bool(np.allclose(array, array.astype(np.float32), rtol=1e-9, atol=0, equal_nan=True))


@np.errstate(over="ignore", invalid="ignore")
def _compared(name: str, step: int, ours: Array, theirs: Array, close: Closeness) -> Compared:
    if theirs.shape != ours.shape:
        widest = float(np.max(close.unit, initial=close.tight(ours)))
        return Compared(name, step, theirs.shape, ours.shape, widest, max(1, ours.size))
    same = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))
    apart = np.where(same, 0.0, np.abs(theirs - ours))
    allowed, tight = close.allowed(ours), close.tight(ours)
    coarse = bool(np.any((allowed > LOOSEST * size_of_largest(ours)) & (apart > tight))) and size_of_largest(ours) > 0
    places = np.argwhere(~(apart <= allowed))
    most = float(np.max(apart, initial=0.0))
    widest = float(np.max(allowed, initial=0.0)) if most > tight else tight
    shapes = theirs.shape, ours.shape
    if not len(places):
        return Compared(name, step, *shapes, widest, 0, most=most, coarse=coarse)
    index = tuple(int(i) for i in places[0])
    return Compared(name, step, *shapes, widest, len(places), index, float(theirs[index]), float(ours[index]), most)


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


def by_value_name(
    program: Program, arrays: Iterable[tuple[str, Given]]
) -> tuple[dict[str, Given], list[tuple[str, str]]]:
    """Arrays by the names of the program's values, and what is wrong with other names: the name, and the reason.

    A parameter's own name means its gradient, but where that is given by a name of its own, as W1 beside dW1: then it
    is the parameter itself, which is left out.
    """
    found: dict[str, Given] = {}
    bare: set[str] = set()  # those of a parameter that was given by its own name
    problems = []
    for text, one in arrays:
        try:
            name = value_name(program, text)
        except ValueError as error:
            problems.append((text, str(error)))
            continue
        is_bare = name == f"grad({text.strip()})"
        if name in found and name not in bare and is_bare:
            continue
        if name in found and not (name in bare and not is_bare):
            problems.append((text, say("mine.twice", name=name)))
            continue
        found[name] = one
        bare = bare | {name} if is_bare else bare - {name}
    return found, problems


def check_pasted(record: Record, name: str, text: str, earlier: Callable[[int], Record] | None = None) -> Comparison:
    """Compare a text that was pasted: one matrix, which is meant as `name`, or several with names.

    Raises ValueError in plain words where nothing of it can be compared.
    """
    try:
        answers = read_text(text)
    except NotNumbersError as error:
        raise ValueError(str(error)) from None
    except NnstepError as error:
        raise ValueError("; ".join(map(str, error.problems))) from None
    if "" in answers.arrays and not name:
        raise ValueError(say("mine.no-name"))
    found, problems = by_value_name(record.program, ((one or name, array) for one, array in answers.arrays.items()))
    wrong = [*map(str, answers.problems), *(reason for _, reason in problems)]
    if not found:
        raise ValueError("; ".join(wrong) or say("mine.nothing"))
    return replace(compare(record, found, earlier=earlier), unusable=tuple(wrong))
