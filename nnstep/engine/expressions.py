"""Expressions about a run, as breakpoints and watches have them: what their names mean at a step, and their value.

Beside the values of the program there are `prev(NAME)`, the value that NAME had one iteration ago (at the same
assignment of it), and the counters `iteration`, `epoch` and `step`, where no value has such a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.engine.assemble import bound_to
from nnstep.engine.record import Record
from nnstep.errors import LanguageError, OperationError
from nnstep.language import Call, Expression, names, walk
from nnstep.ops import NAMES, Array, Shape, operation
from nnstep.program import BoundCalls, Program, infer
from nnstep.program.no_gradient import why_no_gradient
from nnstep.scenario.hints import suggest
from nnstep.scenario.hints.equations import call_hint

COUNTERS = ("iteration", "epoch", "step")
_PREVIOUS = "prev("
_MOST = 1 << 22  # numbers of all parts of one: 32 MiB, anew at each look


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
    return Reference(written, name, back, not back and name in COUNTERS and name not in program.versions)


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
    """The shape of an expression's value in the first of the `programs` of a run that has it: a state may be that of an
    optimizer that an edit brings.

    Raises LanguageError, with the reason, where it has none: a name that no value has, shapes that do not fit, an
    operation that is not for people; with `truth` also where it is not a single number.
    """
    program = next((one for one in programs if is_there(expression, one)), programs[0])
    for node in walk(expression):
        if isinstance(node, Call) and node.function not in NAMES:
            said = say("operation.none", name=repr(node.function))
            raise LanguageError(said, hint=call_hint(node, "condition"))
        if isinstance(node, Call) and operation(node.function).where == "rule":
            said = say("expression.rules-only", function=node.function)
            raise LanguageError(said, hint=call_hint(node, "condition"))
    for one in references(expression, program):
        if not one.counter and one.name not in program.versions:
            if one.name in COUNTERS:
                raise LanguageError(say("expression.counter", name=one.name, written=one.written))
            known = [name for name in program.versions if program.values[program.versions[name][0]].role != "unnamed"]
            there = say("expression.known", names=", ".join(known[:12]) + (", ..." if len(known) > 12 else ""))
            said = why_no_gradient(program, one.name) or say("program.undefined", name=repr(one.name))
            raise LanguageError(said, hint=suggest.hint(one.name, known, "value") or there)
        sizes = {p.values[p.versions[one.name][0]].shape for p in programs if one.name in p.versions}
        if one.back and len(sizes) > 1:
            said = say("expression.smaller-batch", name=one.name, written=one.written)
            raise LanguageError(said)
    shapes = _shapes(expression, programs)
    shape = next((one for one in shapes if int(np.prod(one)) != 1), shapes[0])
    if truth and int(np.prod(shape)) != 1:
        said = "×".join(map(str, shape)) if len(shape) > 1 else say("shape.list.many", size=shape[0])
        raise LanguageError(say("expression.condition", found=said), hint=say("expression.condition.hint"))
    return shapes[0]


def _shapes(expression: Expression, programs: Sequence[Program]) -> list[Shape]:
    """The shape for each size of a batch where all that it names is there, the first of the `programs` first."""
    sizes = {program.rows: program for program in reversed(programs) if is_there(expression, program)}
    found, wrong = [], []
    for rows, program in sorted(sizes.items(), key=lambda pair: pair[0] != programs[0].rows):
        try:
            memo: BoundCalls = {}
            found.append(infer(expression, partial(_shape, program=program), memo))
            numbers = sum(prod(bound.site.out) for _, bound in memo.values())
            if numbers > _MOST:
                raise OperationError(say("expression.large", numbers=f"{numbers:,}", most=f"{_MOST:,}"))
        except OperationError as error:
            wrong.append((rows, error))
    if wrong:
        rows, first = wrong[0]
        said = say_count("expression.in-batch", rows, reason=first) if found else str(first)
        raise LanguageError(said, hint=first.hint)
    return found


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
    calls, value = bound_to(expression, found)  # as a run has it
    with np.errstate(all="ignore"):
        for kernel, *operands in calls:
            kernel(*operands)
    return value


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
