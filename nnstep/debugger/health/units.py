"""Units that have stopped to answer: ReLU units that are 0 for every sample, and sigmoid and tanh units with no slope.

All samples are looked at, whatever the batch of an iteration is, with the parameters that its forward pass used; of
data with more than 2,000 samples only those of the batch. Where there is one sample, or no data, that is all there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from nnstep.debugger.health.value_range import trained
from nnstep.debugger.health.weight_matrices import fed
from nnstep.debugger.health.written_out import applied
from nnstep.debugger.provenance.batch_axis import sample_axes
from nnstep.engine import Era, Machine, Record, Timeline, evaluate
from nnstep.errors import NnstepError
from nnstep.language import Expression, Name, Number, parse_expression, substitute
from nnstep.memo import Memo, memoized
from nnstep.ops import Array, facts, operation
from nnstep.program import Program, Step, compile_program

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SAMPLES = 2_000  # that are looked at where an iteration does not see all of them
SATURATED = 0.1  # of the largest slope that there is
_KEPT = 4 << 20  # answers that are kept for a run
_FACTS = 512

_T = TypeVar("_T")


class Layer(NamedTuple):
    """A step of the forward pass that applies relu, sigmoid or tanh to units.

    name, given  what it assigns, and what it is applied to
    slot, inner  their slots in the program
    axis         over the samples; None where the entries are units of a single sample
    units        how many there are
    hidden       whether what comes after it has parameters too: the output is what it is without them
    """

    function: str
    name: str
    given: str
    slot: int
    inner: int
    axis: int | None
    units: int
    hidden: bool


@memoized()
def unit_layers(program: Program) -> tuple[Layer, ...]:
    """The layers of a program whose units can be told apart from its samples, in order."""
    axes = sample_axes(program)
    found = []
    for step in _steps(program):
        over = axes.get(step.target, frozenset())
        if len(over) == 1:
            axis = next(iter(over))
            shape = program.values[step.target].shape
            found.append(_layer(program, step, axis, shape[1 - axis] if len(shape) == 2 else 1))
    return tuple(found)


@memoized()
def lone_layers(program: Program) -> tuple[Layer, ...]:
    """The same where one sample, or the constants of a program without data, is all that the run ever sees."""
    found = []
    for step in _steps(program):
        slot, shape = applied(program)[step.target].given, program.values[step.target].shape
        if step.target not in trained(program):
            continue
        if len(shape) < 2:
            if not shape or _have_weights(program, slot, shape[0]):
                found.append(_layer(program, step, None, shape[0] if shape else 1))
            else:  # the numbers of a constant, say, each with the same weight: samples of one unit
                found.append(_layer(program, step, 0, 1))
        elif len(shape) == 2 and (shape[0] == 1 or fed(program, slot).weights is not None):
            found.append(_layer(program, step, 0, shape[1]))
        elif len(shape) == 2 and shape[1] == 1:
            found.append(_layer(program, step, 1, shape[0]))
    return tuple(found)


def _have_weights(program: Program, slot: int, units: int) -> bool:
    """Whether a value is made with parameters that have a number, or a row of them, for each of its entries."""
    seen: set[int] = set()
    stack = [slot]
    while stack:
        value = program.values[stack.pop()]
        if value.slot in seen:
            continue
        seen.add(value.slot)
        if value.role == "parameter" and units in value.shape:
            return True
        if value.step and facts(program.steps[value.step - 1].operation).affine:
            stack += [one for _, one in program.steps[value.step - 1].operands]
    return False


def _steps(program: Program) -> list[Step]:
    """The steps that apply relu, sigmoid or tanh, but for those whose slope a loss cancels, and for terms of a loss."""
    readers: dict[int, list[Step]] = {}
    forward = [step for step in program.steps if step.phase == "forward"]
    for step in forward:
        for _, slot in step.operands:
            readers.setdefault(slot, []).append(step)
    found = []
    for step in forward:
        function = _function(program, step)
        skipped = _is_term(program, step) if function == "relu" else _is_cancelled(step.target, readers)
        if _limit(function) is not None and not skipped:
            found.append(step)
    return found


def _is_cancelled(slot: int, readers: Mapping[int, Sequence[Step]]) -> bool:
    """Whether a value only goes into losses whose derivative grows as its slope falls, or into logarithms, as p and
    1 − p do where such a loss is written out.
    """
    reading = readers.get(slot, ())
    return bool(reading) and all(
        facts(step.operation).expects == "probabilities"
        or step.operation == "log"
        or (
            step.operation == "subtract"
            and all(one.operation == "log" for one in readers.get(step.target, ()))
            and bool(readers.get(step.target))
        )
        for step in reading
    )


def _limit(function: str) -> float | None:
    """The level at or below which a unit of such a layer is silent; None where that is not looked at."""
    steepest = facts(function).steepest
    if steepest is None:
        return 0.0 if function == "relu" else None
    return SATURATED * steepest


def _function(program: Program, step: Step) -> str:
    """The name of what a step applies, also where that is written out."""
    found = applied(program).get(step.target)
    return found.function if found is not None else ""


def _is_term(program: Program, step: Step) -> bool:
    """Whether a relu is only added up: the hinge of a loss, which is to become 0, and no unit."""
    behind = {step.target}
    for one in program.steps[step.index :]:
        if one.phase != "forward":
            break
        reads = [slot for _, slot in one.operands if slot in behind]
        if not reads:
            continue
        if any(program.values[slot].shape for slot in reads):
            others = [slot for _, slot in one.operands if slot not in behind]
            reads_more = any(program.values[slot].role != "constant" for slot in others)
            if reads_more or facts(one.operation).compares or one.operation == "matmul":
                return False
            behind.add(one.target)
    return any(not program.values[slot].shape for slot in behind - {step.target})


def _layer(program: Program, step: Step, axis: int | None, units: int) -> Layer:
    found = applied(program)[step.target]
    value, inner = program.values[step.target], program.values[found.given]
    hidden = _is_hidden(program, step)
    return Layer(found.function, value.name, inner.name, value.slot, inner.slot, axis, units, hidden)


def _is_hidden(program: Program, step: Step) -> bool:
    """Whether a later step puts a trainable parameter to what depends on a step's result."""
    behind = {step.target}
    for one in program.steps[step.index :]:
        if one.phase != "forward":
            break
        slots = {slot for _, slot in one.operands}
        if slots & behind:
            if any(program.values[slot].role == "parameter" and program.values[slot].trainable for slot in slots):
                return True
            behind.add(one.target)
    return False


class UnitState(NamedTuple):
    """The units of a layer in one iteration, each array with one number a unit.

    silent   whether it is dead, or saturated
    level    the largest input of a relu; the largest slope of an S-shaped function, as of sigmoid or tanh
    mean     the mean of its inputs
    samples  that were looked at
    whole    whether those are all there are
    """

    layer: Layer
    silent: NDArray[np.bool_]
    level: Array
    mean: Array
    samples: int
    whole: bool


class UnitStates:
    """The units of a run, iteration by iteration."""

    def __init__(self, timeline: Timeline) -> None:
        self._samples = timeline.schedule.samples
        self._one_batch = timeline.schedule.batches == 1
        self._machines = Memo()
        self._answers = Memo(size=lambda answer: 1 if answer is None else answer.size, room=_KEPT)
        self._facts = Memo(results=_FACTS)

    def layers(self, timeline: Timeline, iteration: int) -> tuple[Layer, ...]:
        """The layers that are looked at, in order."""
        machine = self._everyone(timeline, iteration)
        return self._of(machine.program if machine is not None else timeline.program(iteration))

    def _of(self, program: Program) -> tuple[Layer, ...]:
        """The layers of a program of this run."""
        return lone_layers(program) if self._samples <= 1 else unit_layers(program)

    def work(self, timeline: Timeline, iteration: int) -> int:
        """About how many numbers have to be computed for a look, beside those of the iteration."""
        machine = self._everyone(timeline, iteration)
        return machine.arena.size if machine is not None else 0

    def at(self, timeline: Timeline, record: Record) -> tuple[UnitState, ...]:
        """A look at every layer of an iteration."""
        program, value = self._seen(timeline, record)
        everyone = program is not record.program
        samples, whole = (self._samples, True) if everyone else (max(1, program.rows), self._one_batch)
        found = []
        with np.errstate(all="ignore"):
            for one in self._of(program):
                level = np.atleast_1d(_level(one, value))
                inner = value(one.inner)
                mean = np.atleast_1d(inner if one.axis is None else inner.mean(axis=one.axis))
                found.append(UnitState(one, level <= (_limit(one.function) or 0.0), level, mean, samples, whole))
        return tuple(found)

    def _seen(self, timeline: Timeline, record: Record) -> tuple[Program, Callable[[int], Array]]:
        """The program that is looked at, and its values: those of the iteration, or of all samples."""
        machine = self._everyone(timeline, record.iteration)
        if machine is None:
            return record.program, record.value
        for one in machine.program.values:
            if one.role == "parameter":
                machine.load_value(one.slot, record.value(record.program.versions[one.name][0]))
        with np.errstate(all="ignore"):
            machine.forward()
        return machine.program, machine.values.__getitem__

    def silent(self, timeline: Timeline, iteration: int) -> NDArray[np.bool_] | None:
        """Which units are silent in an iteration that was reached: those of all layers, in order; None is not known."""
        return self._answers(timeline, iteration, lambda: self._silent(timeline, iteration))

    def _silent(self, timeline: Timeline, iteration: int) -> NDArray[np.bool_] | None:
        program, value = self._seen(timeline, timeline.glance(iteration))
        found = self._of(program)
        if not found:
            return None
        levels = np.concatenate([_level(one, value) for one in found], axis=None)
        limits = np.repeat([_limit(one.function) or 0.0 for one in found], [one.units for one in found])
        silent: NDArray[np.bool_] = levels <= limits
        return silent

    def once(self, key: object, make: Callable[[], _T]) -> _T:
        """Something about an iteration of the run, which stays the same: the last ones are kept."""
        return self._facts(self, key, make)

    def _everyone(self, timeline: Timeline, iteration: int) -> Machine | None:
        """The forward pass for all samples, where an iteration does not see all of them and they are not too many."""
        if self._one_batch or not self._samples or self._samples > MOST_SAMPLES:
            return None
        era = timeline.era(iteration)
        return self._machines(era, None, lambda: self._machine(era))

    def _machine(self, era: Era) -> Machine | None:
        try:
            program = compile_program(era.scenario._replace(objective=None, optimizer=None), self._samples)
        except NnstepError:  # equations that hold for batches of one size only
            return None
        machine = Machine(program)
        machine.load_constants(era.scenario.constants)
        for value in program.values:
            if value.role == "data":
                machine.load_value(value.slot, era.samples[value.name])
        return machine


@cache
def _slope(function: str) -> Expression:
    """The derivative of a function of one number, over x and out."""
    rule = operation(function).derivative["x"]
    assert isinstance(rule, str)
    return substitute(parse_expression(rule), lambda leaf: Number(1.0) if leaf == Name("g") else None)


def _level(layer: Layer, value: Callable[[int], Array]) -> Array:
    """What decides whether a unit is silent: the largest input of a relu, else the largest slope."""
    level = value(layer.inner)
    if layer.function != "relu":
        known = {"x": level, "out": value(layer.slot)}
        level = evaluate(_slope(layer.function), known.__getitem__)
    most: Array = level if layer.axis is None else np.maximum.reduce(level, axis=layer.axis)
    return most


@memoized()
def unit_states(timeline: Timeline) -> UnitStates:
    """The looks at a run: what was seen once is kept."""
    return UnitStates(timeline)
