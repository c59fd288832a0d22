"""Units that have stopped to answer: ReLU units that are 0 for every sample, and sigmoid and tanh units with no slope.

All samples are looked at, whatever the batch of an iteration is, with the parameters that its forward pass used; of
data with more than 2,000 samples only those of the batch.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from nnstep.debugger.samples import sample_axes
from nnstep.engine import Era, Machine, Record, Timeline
from nnstep.errors import NnstepError
from nnstep.ops import Array
from nnstep.program import Program, compile_program, per_program

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOST_SAMPLES", "SATURATED", "Layer", "Look", "Looks", "layers", "looks"]

MOST_SAMPLES = 2_000  # that are looked at where an iteration does not see all of them
SATURATED = 0.1  # of the largest slope that there is: that of sigmoid is 0.25, that of tanh 1
_LIMITS = {"relu": 0.0, "sigmoid": SATURATED * 0.25, "tanh": SATURATED * 1.0}
_UNDONE = ("bce", "nll")  # losses whose derivative grows as the slope falls, so that the two cancel
_KEPT = 4 << 20  # answers that are kept for a run
_FACTS = 512

_T = TypeVar("_T")


class Layer(NamedTuple):
    """A step of the forward pass that applies relu, sigmoid or tanh to units.

    name, given  what it assigns, and what it is applied to
    slot, inner  their slots in the program
    axis         over the samples
    units        how many there are
    """

    function: str
    name: str
    given: str
    slot: int
    inner: int
    axis: int
    units: int


@per_program
def layers(program: Program) -> tuple[Layer, ...]:
    """The layers of a program whose units can be told apart from its samples, in order."""
    axes = sample_axes(program)
    readers: dict[int, set[str]] = {}
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        for _, slot in step.operands:
            readers.setdefault(slot, set()).add(step.operation)
    for step in program.steps:
        if step.phase != "forward":
            break
        over = axes.get(step.target, frozenset())
        if step.operation not in _LIMITS or len(over) != 1:
            continue
        reading = readers.get(step.target, set())
        if step.operation != "relu" and reading and reading.issubset(_UNDONE):
            continue
        value, inner = program.values[step.target], program.values[step.operands[0][1]]
        axis = next(iter(over))
        units = value.shape[1 - axis] if len(value.shape) == 2 else 1
        found.append(Layer(step.operation, value.name, inner.name, value.slot, inner.slot, axis, units))
    return tuple(found)


class Look(NamedTuple):
    """The units of a layer in one iteration, each array with one number a unit.

    silent   whether it is dead, or saturated
    level    the largest input of a relu; the largest slope of a sigmoid or tanh
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


class Looks:
    """Looks at the units of a run, iteration by iteration."""

    def __init__(self, timeline: Timeline) -> None:
        self._samples = timeline.schedule.samples
        self._one_batch = timeline.schedule.batches == 1
        self._forward: WeakKeyDictionary[Era, Machine] = WeakKeyDictionary()
        self._answers: OrderedDict[int, NDArray[np.bool_] | None] = OrderedDict()
        self._size = 0
        self._facts: dict[object, Any] = {}

    def layers(self, timeline: Timeline, iteration: int) -> tuple[Layer, ...]:
        """The layers that are looked at, in order."""
        machine = self._everyone(timeline, iteration)
        return layers(machine.program if machine is not None else timeline.program(iteration))

    def work(self, timeline: Timeline, iteration: int) -> int:
        """About how many numbers have to be computed for a look, beside those of the iteration."""
        machine = self._everyone(timeline, iteration)
        return machine.arena.size if machine is not None else 0

    def at(self, timeline: Timeline, record: Record) -> tuple[Look, ...]:
        """A look at every layer of an iteration."""
        program, value = self._seen(timeline, record)
        everyone = program is not record.program
        samples, whole = (self._samples, True) if everyone else (program.rows, self._one_batch)
        found = []
        with np.errstate(all="ignore"):
            for one in layers(program):
                level = np.atleast_1d(_level(one, value))
                mean = np.atleast_1d(value(one.inner).mean(axis=one.axis))
                found.append(Look(one, level <= _LIMITS[one.function], level, mean, samples, whole))
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
        if iteration in self._answers:
            self._answers.move_to_end(iteration)
            return self._answers[iteration]
        program, value = self._seen(timeline, timeline.glance(iteration))
        found = layers(program)
        answer = None
        if found:
            levels = np.concatenate([_level(one, value) for one in found], axis=None)
            answer = levels <= np.repeat([_LIMITS[one.function] for one in found], [one.units for one in found])
        self._answers[iteration] = answer
        self._size += 1 if answer is None else answer.size
        while self._size > _KEPT:
            _, old = self._answers.popitem(last=False)
            self._size -= 1 if old is None else old.size
        return answer

    def once(self, key: object, make: Callable[[], _T]) -> _T:
        """Something about an iteration of the run, which stays the same: the last ones are kept."""
        if key not in self._facts:
            if len(self._facts) >= _FACTS:
                self._facts.pop(next(iter(self._facts)))
            self._facts[key] = make()
        made: _T = self._facts[key]
        return made

    def _everyone(self, timeline: Timeline, iteration: int) -> Machine | None:
        """The forward pass for all samples, where an iteration does not see all of them and they are not too many."""
        if self._one_batch or not self._samples or self._samples > MOST_SAMPLES:
            return None
        era = timeline.era(iteration)
        if era not in self._forward:
            try:
                program = compile_program(era.scenario._replace(objective=None, optimizer=None), self._samples)
            except NnstepError:  # equations that hold for batches of one size only
                return None
            machine = self._forward[era] = Machine(program)
            machine.load_constants(era.scenario.constants)
            for value in program.values:
                if value.role == "data":
                    machine.load_value(value.slot, era.samples[value.name])
        return self._forward[era]


def _level(layer: Layer, value: Callable[[int], Array]) -> Array:
    """What decides whether a unit is silent: the largest input of a relu, the largest slope of a sigmoid or tanh."""
    if layer.function == "relu":
        largest: Array = np.maximum.reduce(value(layer.inner), axis=layer.axis)
        return largest
    out = value(layer.slot)
    slope = out * (1 - out) if layer.function == "sigmoid" else 1 - out * out
    steepest: Array = np.maximum.reduce(slope, axis=layer.axis)
    return steepest


_looks: WeakKeyDictionary[Timeline, Looks] = WeakKeyDictionary()


def looks(timeline: Timeline) -> Looks:
    """The looks at a run: what was seen once is kept."""
    if timeline not in _looks:
        _looks[timeline] = Looks(timeline)
    return _looks[timeline]
