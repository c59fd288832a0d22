"""Expressions about a run, as breakpoints and watches have them: what their names mean at a step, and their value.

Beside the values of the program there are `prev(NAME)`, the value that NAME had one iteration ago (at the same
assignment of it), and the counters `iteration`, `epoch` and `step`, where no value has such a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nnstep.engine.evaluate import evaluate
from nnstep.engine.record import Record
from nnstep.errors import LanguageError, OperationError, nearest
from nnstep.language import Call, Expression, names, walk
from nnstep.ops import Array, Shape, operation
from nnstep.program import Program, infer

__all__ = ["COUNTERS", "Reference", "check", "depth", "is_there", "places", "references", "value_at"]

COUNTERS = ("iteration", "epoch", "step")
_PREVIOUS = "prev("


class Reference(NamedTuple):
    """A name in an expression: the value `name` as it was `back` iterations ago; or a counter."""

    written: str
    name: str
    back: int
    counter: bool


def references(expression: Expression, program: Program) -> tuple[Reference, ...]:
    """The names of an expression, each once."""
    return tuple(_reference(written, program) for written in names(expression))


def _reference(written: str, program: Program) -> Reference:
    name, back = written, 0
    while name not in program.versions and name.startswith(_PREVIOUS):
        name, back = name[len(_PREVIOUS) : -1], back + 1
    return Reference(written, name, back, name in COUNTERS and name not in program.versions)


def depth(expression: Expression, program: Program) -> int:
    """How many iterations back it looks."""
    return max((one.back for one in references(expression, program)), default=0)


def is_there(expression: Expression, program: Program) -> bool:
    """Whether a program has all that an expression names."""
    return all(one.counter or one.name in program.versions for one in references(expression, program))


def places(expression: Expression, program: Program) -> tuple[int, ...]:
    """The steps after which its value is new: where all that it names is computed and one of it has just been.

    Where no step assigns anything of it (data, constants, counters), that is the start of the iteration, step 0.
    """
    if not is_there(expression, program):
        return ()
    found = references(expression, program)
    slots = [program.versions[one.name] for one in found if not one.counter]
    first = max((program.values[of[0]].step for of in slots), default=0)
    if any(one.counter and one.name == "step" for one in found):
        return tuple(range(first, len(program.steps) + 1))
    assigned = sorted({program.values[slot].step for of in slots for slot in of if program.values[slot].step})
    return tuple(step for step in assigned if step >= first) or (0,)


def check(expression: Expression, programs: Sequence[Program], *, truth: bool = False) -> Shape:
    """The shape of an expression's value in the first of the `programs` of a run.

    Raises LanguageError, with the reason, where it has none: a name that no value has, shapes that do not fit, an
    operation that is not for people; with `truth` also where it is not a single number.
    """
    program = programs[0]
    for node in walk(expression):
        if isinstance(node, Call) and _is_internal(node.function):
            raise LanguageError(f"{node.function} stands in derivative rules only")
    for one in references(expression, program):
        if not one.counter and one.name not in program.versions:
            known = [name for name in program.versions if program.values[program.versions[name][0]].role != "unnamed"]
            there = "there is " + ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
            raise LanguageError(f"{one.name!r} is not defined", hint=nearest(one.name, known) or there)
        shapes = {p.values[p.versions[one.name][0]].shape for p in programs if one.name in p.versions}
        if one.back and len(shapes) > 1:
            said = f"{one.name} has another shape in the smaller last batch of an epoch, so it cannot be compared with"
            raise LanguageError(f"{said} {one.written}")
    try:
        shape = infer(expression, lambda name: _shape(name, program))
    except OperationError as error:
        raise LanguageError(str(error), hint=error.hint) from None
    if truth and int(np.prod(shape)) != 1:
        said = "×".join(map(str, shape)) + ("" if len(shape) > 1 else " numbers")
        raise LanguageError(f"a condition is one number, this is {said}", hint="any(...), all(...) or norm(...) is one")
    return shape


def _is_internal(function: str) -> bool:
    try:
        return operation(function).where == "rule"
    except OperationError:
        return False


def _shape(written: str, program: Program) -> Shape:
    one = _reference(written, program)
    return () if one.counter else program.values[program.versions[one.name][0]].shape


def value_at(expression: Expression, records: Callable[[int], Record], iteration: int, step: int) -> Array | None:
    """The value of an expression once `step` steps of an iteration are done, on records of the run.

    None where something that it names is not computed then, or not there: before the first iteration, or since another
    optimizer has other states.
    """
    record = records(iteration)
    program = record.program
    found: dict[str, Array] = {}
    for one in references(expression, program):
        value = _counted(one.name, record, step) if one.counter else _looked_up(one, record, records, step)
        if value is None:
            return None
        found[one.written] = value
    return evaluate(expression, found.__getitem__)


def _counted(name: str, record: Record, step: int) -> Array:
    return np.array({"iteration": record.iteration, "epoch": record.epoch, "step": step}[name], dtype=float)


def _looked_up(one: Reference, record: Record, records: Callable[[int], Record], step: int) -> Array | None:
    now = record.program.latest(one.name, step)
    if now is None or record.iteration <= one.back:
        return None
    if not one.back:
        return record.value(now.slot)
    turn = record.program.versions[one.name].index(now.slot)
    earlier = records(record.iteration - one.back)
    slots = earlier.program.versions.get(one.name, ())
    return earlier.value(slots[turn]) if turn < len(slots) else None
