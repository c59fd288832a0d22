"""Which value of a program is its prediction, how it is judged, and what the network predicts for other inputs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import NamedTuple

import numpy as np

from nnstep.engine import Machine, Record
from nnstep.errors import NnstepError
from nnstep.memo import memoized
from nnstep.ops import Array, Box, facts, operation
from nnstep.program import Program, Shape, Step, box_of, compile_program, reached_boxes
from nnstep.scenario.model import Scenario

_NUMBERS = 1 << 21  # numbers of one run for other inputs, 16 MiB; more inputs are run one part after the other
_ROWS = 1_024  # inputs of one run, at most
_KEPT = 4  # scenarios whose predictor is kept
_LOGARITHMS = {"log": "probabilities", "log_softmax": "softmax"}


class Prediction(NamedTuple):
    """The value that is compared with the targets.

    slot    its slot; a row is a sample
    target  the slot of what it is compared with: y, or what was made of y alone; None where nothing is
    name    its name
    kind    "classes": an entry for each class, the largest decides; "binary": one entry, above or below the middle;
            "numbers": regression
    scale   what its entries are: logits of a "softmax" or of a "sigmoid", "probabilities", or "scores" that are
            compared with 0 and 1 (or −1 and 1) directly
    names   what the classes are called; () for numbers
    levels  for "binary": the targets of the two classes
    """

    slot: int
    target: int | None
    name: str
    kind: str
    scale: str = "scores"
    names: tuple[str, ...] = ()
    levels: tuple[float, float] = (0.0, 1.0)

    @property
    def logits(self) -> bool:
        """Whether probabilities are made of it by softmax or sigmoid."""
        return self.scale in ("softmax", "sigmoid")

    @property
    def classes(self) -> int:
        """How many classes there are; 0 for numbers."""
        return len(self.names)

    @property
    def middle(self) -> float:
        """For "binary": above it is the second class."""
        if self.scale == "sigmoid":
            return 0.0
        return 0.5 if self.scale == "probabilities" else (self.levels[0] + self.levels[1]) / 2


class Outputs(NamedTuple):
    """What a network makes of inputs: its predictions, and what they are compared with (None without targets)."""

    values: Array
    targets: Array | None


def prediction_of(scenario: Scenario, program: Program) -> Prediction | None:
    """The prediction of a program that `scenario` was compiled to; None where there is none.

    It is what a forward step compares with the targets y, or with what was made of y alone. In a network that has no
    targets it is a softmax that nothing is made of but a decision.
    """
    targets = {value.slot: "given" for value in program.values if value.role == "data" and value.name == "y"}
    forward = [step for step in program.steps if step.phase == "forward"]
    if not targets:
        return _last_softmax(scenario, program, forward)
    for step in forward:
        slots = [slot for _, slot in step.operands]
        others = [slot for slot in slots if slot not in targets]
        read = [slot for slot in slots if slot in targets]
        if not read:
            continue
        if not others:
            targets[step.target] = "one_hot" if step.operation == "one_hot" else "derived"
        elif len(others) == len(read) == 1:
            found = _judged(scenario, program, step, others[0], read[0], targets[read[0]])
            if found is not None:
                return found
    return None


def _judged(scenario: Scenario, program: Program, step: Step, slot: int, target: int, made: str) -> Prediction | None:
    """The prediction that a step compares with a target; None where it compares nothing, or not sample by sample."""
    compares, expects = facts(step.operation).compares, facts(step.operation).expects
    if step.operation == "multiply":  # y * log(p): a cross entropy that is written out
        before = program.steps[program.values[slot].step - 1] if program.values[slot].step else None
        if before is None or before.operation not in _LOGARITHMS or len(before.operands) != 1:
            return None
        slot, scale = before.operands[0][1], _LOGARITHMS[before.operation]
    else:
        scale = expects or _scale(program, slot)
    value, shape = program.values[slot], program.values[target].shape
    if not (value.shape[:1] == shape[:1] == (program.rows,)) or len(value.shape) > 2:
        return None
    width = value.shape[1] if len(value.shape) == 2 else 1
    one_hot = made == "one_hot" or (made == "given" and _is_one_hot(scenario))
    names = _names(scenario, width) if made == "one_hot" or len(shape) == 1 else tuple(map(str, range(width)))
    if compares == "rows":
        return Prediction(slot, target, value.name, "classes", scale, names) if len(value.shape) == 2 else None
    if not (compares or step.operation in ("subtract", "multiply")) or prod(value.shape) != prod(shape):
        return None
    if width > 1 and one_hot:
        return Prediction(slot, target, value.name, "classes", scale, names)
    levels = (0.0, 1.0) if expects else _levels(scenario) if made == "given" else None
    if width == 1 and levels is not None:
        named = _names(scenario, 2) if levels == (0.0, 1.0) else (f"{levels[0]:g}", f"{levels[1]:g}")
        return Prediction(slot, target, value.name, "binary", scale, named, levels)
    return Prediction(slot, target, value.name, "numbers", scale) if step.operation != "multiply" else None


def _last_softmax(scenario: Scenario, program: Program, forward: list[Step]) -> Prediction | None:
    read_by: dict[int, set[str]] = {}
    for step in forward:
        for _, slot in step.operands:
            read_by.setdefault(slot, set()).add(step.operation)
    for step in reversed(forward):
        value = program.values[step.target]
        decides = step.operation == "softmax" and read_by.get(step.target, set()) <= {"argmax"}
        if decides and len(value.shape) == 2 and value.shape[0] == program.rows:
            names = _names(scenario, value.shape[1])
            return Prediction(step.target, None, value.name, "classes", "probabilities", names)
    return None


def _scale(program: Program, slot: int) -> str:
    """What entries are that a distance compares with their targets."""
    made = program.values[slot].step
    return "probabilities" if made and facts(program.steps[made - 1].operation).gives == "probabilities" else "scores"


def _names(scenario: Scenario, classes: int) -> tuple[str, ...]:
    given = scenario.data.classes if scenario.data is not None else ()
    return given[:classes] if len(given) >= classes else tuple(map(str, range(classes)))


def _targets(scenario: Scenario) -> Array:
    found = scenario.data.y if scenario.data is not None else None
    return np.empty(0) if found is None else found


def _is_one_hot(scenario: Scenario) -> bool:
    """Whether every row of y has one 1 and else 0, or else −1."""
    y = _targets(scenario)
    if y.ndim != 2 or y.shape[1] < 2:
        return False
    ones = y == 1
    rest = y[~ones]
    return bool((ones.sum(axis=1) == 1).all() and ((rest == 0).all() or (rest == -1).all()))


def _levels(scenario: Scenario) -> tuple[float, float] | None:
    """The two values that the targets have, 0 and 1 or −1 and 1; None where they have others."""
    y = _targets(scenario)
    low, high = (float(y.min()), float(y.max())) if y.size else (0.0, 0.0)
    if (low, high) not in ((0.0, 1.0), (-1.0, 1.0)) or not ((y == low) | (y == high)).all():
        return None
    return low, high


# From what a network gives to what it says.


def probabilities(found: Prediction, values: Array) -> Array:
    """What a prediction says of each class, (n, classes): probabilities, or scores as they are.

    `values` are rows of the prediction. Of a binary one the first column is what is left to 1 (of scores: to the sum of
    both targets). Raises ValueError for numbers.
    """
    if found.kind == "numbers":
        raise ValueError(found.kind)
    with np.errstate(all="ignore"):
        if found.logits:
            values = operation(found.scale).evaluate(values)
        if found.kind == "classes":
            return values
        second = values.reshape(len(values))
        whole = sum(found.levels) if found.scale == "scores" else 1.0
        return np.stack([whole - second, second], axis=1)


def decided(found: Prediction, values: Array) -> Array:
    """The number of the class that each row of the prediction decides for, (n,); −1 where NaN leaves it open.

    Of several that are equally large it is the first one.
    """
    if found.kind == "numbers":
        raise ValueError(found.kind)
    flat = _rows(values)
    second = flat[:, 0] > found.middle if found.kind == "binary" else np.argmax(flat, axis=1)
    choice: Array = second.astype(np.float64)
    choice[np.isnan(flat).any(axis=1)] = -1.0
    return choice


def classes_of(found: Prediction, targets: Array) -> Array:
    """The number of the class that each target stands for, (n,); −1 where it stands for none."""
    if found.kind == "numbers":
        raise ValueError(found.kind)
    flat = _rows(targets)
    if found.kind == "binary":
        low, high = found.levels
        return np.where(flat[:, 0] == high, 1.0, np.where(flat[:, 0] == low, 0.0, -1.0))
    if flat.shape[1] == found.classes > 1:
        largest: Array = np.argmax(flat, axis=1).astype(np.float64)
        return largest
    numbers = flat[:, 0]
    there = (numbers >= 0) & (numbers < found.classes) & (numbers == np.floor(numbers))
    found_there: Array = np.where(there, numbers, -1.0)
    return found_there


def _rows(values: Array) -> Array:
    return values.reshape(len(values), prod(values.shape[1:]))


# Other inputs.


class Predictor:
    """The forward pass of a scenario for other inputs than those of an iteration, with an iteration's parameters."""

    def __init__(self, program: Program, found: Prediction) -> None:
        """`program` is the forward pass alone, for as many samples as are to be run at once; `found` is of it."""
        self.found = found
        self._program = program

    @property
    def work(self) -> int:
        """About how many multiplications one input takes."""
        return 1 + sum(prod(value.shape) for value in self._program.values if value.role == "parameter")

    @cached_property
    def _machine(self) -> Machine:
        return Machine(self._program)

    def run(self, record: Record, step: int, x: Array, y: Array | None = None) -> Outputs:
        """The predictions for inputs `x`, rows like those of the data, and what targets `y` become for the comparison.

        Parameters and constants are those of the record once `step` steps are done.
        """
        machine, rows = self._machine, self._program.rows
        for value in self._program.values:
            if value.role in ("parameter", "constant"):
                given = record.at(value.name, step)
                assert given is not None
                machine.load_value(value.slot, given)
        data = {value.name: machine.values[value.slot] for value in self._program.values if value.role == "data"}
        slot, target = self.found.slot, self.found.target
        values: list[Array] = [np.empty((0, *machine.values[slot].shape[1:]))]
        targets: list[Array] = []
        for first in range(0, len(x), rows):
            size = min(rows, len(x) - first)
            for name, samples in (("x", x), ("y", y)):
                if name in data:
                    data[name][...] = 0.0
                    if samples is not None:
                        data[name][:size] = samples[first : first + size]
            with np.errstate(all="ignore"):
                machine.forward()
            values.append(machine.values[slot][:size].copy())
            if target is not None and y is not None:
                targets.append(machine.values[target][:size].copy())
        return Outputs(np.concatenate(values), np.concatenate(targets) if targets else None)


def _size(program: Program) -> int:
    return sum(prod(value.shape) for value in program.values)


def _apart(program: Program, slot: int) -> bool:
    """Whether row k of a value depends on sample k alone, and on no target."""
    shape = program.values[slot].shape
    given = {value.name: value for value in program.values if value.role == "data"}
    if shape[:1] != (program.rows,):
        return False
    if "y" in given:
        whole: Box = tuple(map(range, given["y"].shape))
        if _reached(program, given["y"].slot, whole).get(slot):
            return False
    for row in range(program.rows):
        own = tuple(map(range, given["x"].shape[1:]))
        boxes = _reached(program, given["x"].slot, (*box_of((row,)), *own)).get(slot, ())
        if any(box[0] != range(row, row + 1) for box in boxes):
            return False
    return True


def _reached(program: Program, slot: int, box: Box) -> Mapping[int, tuple[Box, ...]]:
    """The cells of every forward value that depend on these cells of `slot`."""
    found: dict[int, tuple[Box, ...]] = {slot: (box,)}
    for step in program.steps:
        slots = dict(step.operands)

        def shape_of(name: str, slots: dict[str, int] = slots) -> Shape:
            return program.values[slots[name]].shape

        boxes: dict[Box, None] = {}
        for name, source in step.operands:
            if source in found:
                boxes.update(dict.fromkeys(reached_boxes(step.expression, shape_of, name, found[source])))
        if boxes:
            found[step.target] = tuple(boxes)
    return found


@memoized(objects=_KEPT)
def predictor(scenario: Scenario) -> Predictor | None:
    """The predictor of a scenario; those last asked for are kept.

    None where there is no prediction, where the network only fits the number of samples that it is written for, or
    where the prediction of a sample depends on the other samples of its batch, or on the targets.
    """
    if scenario.data is None:
        return None
    forward = scenario._replace(objective=None, optimizer=None, edits=())
    try:
        two, three = compile_program(forward, 2), compile_program(forward, 3)
        found = prediction_of(forward, three)
        if found is None or not _apart(three, found.slot):
            return None
        each = max(1, _size(three) - _size(two))
        program = compile_program(forward, max(1, min(_ROWS, _NUMBERS // each)))
    except NnstepError:  # a reshape to a fixed number of rows, for instance
        return None
    found = prediction_of(forward, program)
    return None if found is None else Predictor(program, found)
