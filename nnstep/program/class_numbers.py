"""Where a program takes class numbers, and whether those that are known before a run are class numbers.

Known are data, constants, parameters that no update changes, and whatever is computed from these alone; before the
first update also all other parameters. What is not known then is looked at when its step is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import ClassNumberError, OperationError, Problem
from nnstep.language import Call, Expression, Name, Number, number_text, to_text
from nnstep.memo import memoized
from nnstep.ops import Array, Box, check_labels, classes_text
from nnstep.program.bind import bind
from nnstep.program.model import Program, Step
from nnstep.program.reached_cells import reached_boxes
from nnstep.scenario.model import Scenario

_LISTED = 10  # wrong class numbers of one value
_BATCHES = 4_096  # that are gone through one by one; what is in later ones is looked at when its step is done


class Taking(NamedTuple):
    """A forward step that takes class numbers.

    step      the step
    input     the operation's input that they are
    slot      of the value that holds them; None where they are written out
    classes   how many there are: 0 to classes - 1
    data      the names of the data that they are computed from; ("y",) for y itself
    changing  whether they depend on parameters that the update changes
    samples   whether there is one for each sample of a batch
    by_row    whether each depends on the data of its own sample alone
    """

    step: Step
    input: str
    slot: int | None
    classes: int
    data: tuple[str, ...]
    changing: bool
    samples: bool
    by_row: bool

    @property
    def later(self) -> bool:
        """Whether they have to be looked at whenever the step is done."""
        return self.changing or (bool(self.data) and not self.by_row)


@memoized()
def takings(program: Program) -> tuple[Taking, ...]:
    """The forward steps that take class numbers, in order."""
    return tuple(_takings(program))


def _takings(program: Program) -> Iterator[Taking]:
    made = {step.target: step for step in program.steps if step.phase == "forward"}
    changed = {start for start, end in program.carried if start != end}
    for step in made.values():
        if not isinstance(step.expression, Call):
            continue
        slots = dict(step.operands)
        bound = bind(step.expression, lambda name, slots=slots: program.values[slots[name]].shape)  # type: ignore[misc]
        taken = bound.operation.takes_class_numbers(bound.site)
        if taken is None:
            continue
        name, classes = taken
        argument = bound.arguments[bound.operation.inputs.index(name)]
        if not isinstance(argument, Name):
            yield Taking(step, name, None, classes, (), False, False, False)
            continue
        slot = slots[argument.id]
        before = _before(slot, made)
        roots = [program.values[one] for one in before if one not in made]
        data = tuple(value.name for value in roots if value.role == "data")
        changing = any(value.slot in changed or value.role == "counter" for value in roots)
        samples = bool(data) and program.values[slot].shape == (program.rows,)
        by_row = samples and _by_row(program, slot, before, made)
        yield Taking(step, name, slot, classes, data, changing, samples, by_row)


def _before(slot: int, made: Mapping[int, Step]) -> tuple[int, ...]:
    """The slots that a value is computed from, with itself, those of steps in the order of the steps."""
    found, waiting = {slot}, [slot]
    while waiting:
        step = made.get(waiting.pop())
        fresh = [one for _, one in step.operands if one not in found] if step is not None else []
        found.update(fresh)
        waiting += fresh
    return tuple(sorted(found))


def _by_row(program: Program, slot: int, before: tuple[int, ...], made: Mapping[int, Step]) -> bool:
    """Whether the entry of a sample depends on no other sample: told by the first and the last one of a batch."""
    if slot not in made:
        return True

    def own(row: int) -> bool:
        reached: dict[int, tuple[Box, ...]] = {}
        for one in before:
            value = program.values[one]
            if value.role == "data":
                reached[one] = ((range(row, row + 1), *map(range, value.shape[1:])),)
            elif one in made:
                reached[one] = _reached(program, made[one], reached)
        return all(set(box[0]) <= {row} for box in reached.get(slot, ()))

    return program.rows > 1 and own(0) and own(program.rows - 1)


def _reached(program: Program, step: Step, reached: Mapping[int, tuple[Box, ...]]) -> tuple[Box, ...]:
    """The cells of what a step assigns that read at least one of those reached in its operands."""
    slots = dict(step.operands)
    found: dict[Box, None] = {}
    for name, operand in step.operands:
        boxes = reached.get(operand, ())
        if boxes:
            found |= dict.fromkeys(
                reached_boxes(step.expression, lambda name: program.values[slots[name]].shape, name, boxes)
            )
    return tuple(found)


def check_class_numbers(scenario: Scenario, program: Program, *, first: bool = True) -> list[Problem]:
    """What is wrong with the class numbers that are known before a run of batches of `program.rows` samples.

    `first` is whether the program runs from the first iteration on, when no update has changed a parameter yet.
    """
    problems = []
    for taking in takings(program):
        wrong = _wrong(scenario, program, taking, first)
        if wrong:
            problems.append(problem_of(scenario, taking, said_of(program, taking, wrong)))
    return problems


def problem_of(scenario: Scenario, taking: Taking, said: str, put: Callable[[str], str] = str) -> Problem:
    """What is said of class numbers as a problem of the equation that takes them; `put` puts it into another text."""
    for one in scenario.equations:
        target = one.assignment.target
        if f"{target} = {to_text(one.assignment.expression)}" == taking.step.equation:
            return Problem(put(f"{target}: {said}"), scenario.path, one.line, key=one.key, hint=say("labels.hint"))
    return Problem(put(said), scenario.path, hint=say("labels.hint"))


_Wrong = list[tuple[int | None, float]]  # which sample, or which entry, and what it is


def _wrong(scenario: Scenario, program: Program, taking: Taking, first: bool) -> _Wrong:
    """The samples (or entries) whose class numbers are none, as far as they are known, with what they are."""
    if taking.changing and not first:
        return []
    found: dict[int | None, float] = {}
    for start, values in _parts(scenario, program, taking):
        try:
            numbers = values()
        except OperationError:  # of what it is computed from something else is wrong, which is said of that
            continue
        try:
            check_labels(numbers, taking.classes)
        except ClassNumberError as error:
            for index, value in error.wrong:
                found[index[0] + start * taking.samples if index else None] = value
    return list(found.items())


def _parts(scenario: Scenario, program: Program, taking: Taking) -> Iterator[tuple[int, Callable[[], Array]]]:
    """The values that class numbers have, part by part of the data, each with the sample that it begins with."""
    data = scenario.data
    if taking.slot is None or not taking.data or data is None:
        yield 0, lambda: _computed(scenario, program, taking, slice(None))
        return
    samples, rows = len(data.x), program.rows
    if taking.by_row and not taking.changing:
        try:
            whole = _computed(scenario, program, taking, slice(None))
        except OperationError:  # a shape that is written out holds for one batch only
            pass
        else:
            yield 0, lambda: whole
            return
    size = min(scenario.training.batch_size or samples, samples)
    shuffled = scenario.training.shuffle and rows > 1 and not taking.by_row
    if shuffled or (taking.changing and (rows != size or scenario.training.shuffle)):
        return
    starts = range(0, samples - rows + 1, size) if rows == size else range(samples - rows, samples, size)
    for start in starts[: 1 if taking.changing else _BATCHES]:
        yield start, lambda start=start: _computed(scenario, program, taking, slice(start, start + rows))  # type: ignore[misc]


def _computed(scenario: Scenario, program: Program, taking: Taking, rows: slice) -> Array:
    """The class numbers for some of the samples. Raises OperationError where they cannot be computed for so many."""
    if taking.slot is None:
        return _constant(program, taking)
    given: dict[str, Array] = {**scenario.constants, **{one.name: one.value for one in scenario.parameters}}
    if scenario.data is not None:
        given["x"] = scenario.data.x[rows]
        if scenario.data.y is not None:
            given["y"] = scenario.data.y[rows]
    made = {step.target: step for step in program.steps if step.phase == "forward"}
    values: dict[int, Array] = {}
    with np.errstate(all="ignore"):
        for slot in _before(taking.slot, made):
            step = made.get(slot)
            if step is None:
                values[slot] = given[program.values[slot].name]
            else:
                values[slot] = _value(step.expression, {name: values[one] for name, one in step.operands})
    return values[taking.slot]


def _constant(program: Program, taking: Taking) -> Array:
    """A class number that is written out."""
    assert isinstance(taking.step.expression, Call)
    slots = dict(taking.step.operands)
    bound = bind(taking.step.expression, lambda name: program.values[slots[name]].shape)
    return _value(bound.arguments[bound.operation.inputs.index(taking.input)], {})


def _value(expression: Expression, values: Mapping[str, Array]) -> Array:
    match expression:
        case Name(name):
            return values[name]
        case Number(value):
            return np.array(value)
    assert isinstance(expression, Call)
    bound = bind(expression, lambda name: values[name].shape)
    return bound.operation.evaluate(*(_value(one, values) for one in bound.arguments), **bound.site.options)


def said_of(program: Program, taking: Taking, wrong: _Wrong) -> str:
    """What is wrong with class numbers: the value that has them, where, and which there are."""
    of_x = taking.data == ("x",)
    parts = []
    for row, value in wrong[:_LISTED]:
        number = number_text(value)
        if row is None:
            parts.append(number)
        elif not taking.samples:
            parts.append(say("labels.entry", value=number, row=row))
        else:
            parts.append(say("labels.row" if of_x else "labels.sample", value=number, row=row))
    if len(wrong) > _LISTED:
        parts.append(say("labels.more", count=len(wrong) - _LISTED))
    listed = say("labels.and").join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
    classes = classes_text(taking.classes)
    name = program.values[taking.slot].name if taking.slot is not None else ""
    if not name:
        return say("labels.found", found=listed, classes=classes)
    return say("labels.has", name=name, found=listed, classes=classes)
