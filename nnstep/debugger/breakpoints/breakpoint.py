"""Where a run is to stop: breakpoints, written in the language of the scenario.

A breakpoint is one of four kinds, told apart by its text:
    grad(W1)         line: every step that assigns a value of this name
    backward         phase: the first step of a phase; `phase` means that of each
    changes(EXPR)    change: where the value of an expression is new and not what it was the last time
    loss < 0.1       condition: where the value of an expression is new and not 0
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.engine.expressions import check, places, value_at
from nnstep.engine.timeline import Timeline
from nnstep.engine.watching import Condition
from nnstep.errors import LanguageError
from nnstep.language import Call, Expression, Name
from nnstep.ops import Array
from nnstep.program import PHASES, Program
from nnstep.program.naming import expression_of, value_named

_CHANGES = "changes"
_ANY_PHASE = "phase"


class Breakpoint(NamedTuple):
    """Where to stop.

    number      by which it goes, from 1
    text        as it was typed
    kind        line, phase, change or condition
    expression  of a change and of a condition
    hits        it stops at this hit of the run and at all later ones, counted from the start of the run
    enabled     whether it stops anything
    problem     why it stops nothing, where the scenario has been changed under it; else ""
    """

    number: int
    text: str
    kind: str
    expression: Expression | None = None
    hits: int = 1
    enabled: bool = True
    problem: str = ""

    @property
    def active(self) -> bool:
        """Whether it can stop a run."""
        return self.enabled and not self.problem


def breakpoint_of(text: str, programs: Sequence[Program], number: int = 0, hits: int = 1) -> Breakpoint:
    """Read a breakpoint. Raises LanguageError, with the reason, for one that cannot be used."""
    text = " ".join(text.split())
    program = next((one for one in programs if text in one.versions), programs[0])
    if hits < 1:
        raise LanguageError(say("stop.hits"))
    named = value_named(program, text)
    if named is not None and not named.index:
        if not _steps_of(named.name, program):
            raise LanguageError(say("stop.given", name=named.name), hint=say("stop.given.hint", name=named.name))
        return Breakpoint(number, named.name, "line", hits=hits)
    if text in (*PHASES, _ANY_PHASE):
        return Breakpoint(number, text, "phase", hits=hits)
    expression = expression_of(text, programs)
    if isinstance(expression, Call) and expression.function == _CHANGES:
        if len(expression.arguments) != 1 or expression.options:
            raise LanguageError(say("stop.changes"))
        check(expression.arguments[0], programs)
        return Breakpoint(number, text, "change", expression.arguments[0], hits)
    check(expression, programs, truth=True)
    if isinstance(expression, Name):
        raise LanguageError(say("stop.name", name=text))
    return Breakpoint(number, text, "condition", expression, hits)


def condition_of(breakpoint: Breakpoint) -> Condition:
    """What the engine watches for it."""
    if breakpoint.kind == "line":
        return Condition(steps=lambda program: _steps_of(breakpoint.text, program))
    if breakpoint.kind == "phase":
        return Condition(steps=lambda program: _phase_starts(breakpoint.text, program))
    return Condition(breakpoint.expression, breakpoint.kind == "change")


def _steps_of(name: str, program: Program) -> tuple[int, ...]:
    steps = (program.values[slot].step for slot in program.versions.get(name, ()))
    return tuple(step for step in steps if step)


def _phase_starts(phase: str, program: Program) -> tuple[int, ...]:
    return tuple(first for name, first, _ in program.phases if phase in (name, _ANY_PHASE))


def stop_steps(breakpoint: Breakpoint, program: Program) -> tuple[int, ...]:
    """The steps of a program after which a breakpoint may hit."""
    if breakpoint.expression is not None:
        return places(breakpoint.expression, program)
    return (_steps_of if breakpoint.kind == "line" else _phase_starts)(breakpoint.text, program)


def stops_at(breakpoint: Breakpoint, timeline: Timeline, iteration: int, step: int) -> bool:
    """Whether a breakpoint hits at a position, looked up in the records of the run.

    It says what a run that passes there would find, by another way. How many hits it waits for is not asked.
    """
    if step not in stop_steps(breakpoint, timeline.program(iteration)):
        return False
    if breakpoint.expression is None:
        return True
    value = value_at(breakpoint.expression, timeline.record, iteration, step)
    if value is None:
        return False
    if breakpoint.kind == "condition":
        return bool(value)
    before = _last_value(breakpoint.expression, timeline, iteration, step)
    return before is not None and not np.array_equal(before, value, equal_nan=True)


def _last_value(expression: Expression, timeline: Timeline, iteration: int, step: int) -> Array | None:
    """What a value was the last time before that it was new, in this iteration or the one before."""
    earlier = [(iteration, one) for one in places(expression, timeline.program(iteration)) if one < step]
    if not earlier and iteration > 1:
        earlier = [(iteration - 1, one) for one in places(expression, timeline.program(iteration - 1))]
    for at, one in reversed(earlier):
        value = value_at(expression, timeline.record, at, one)
        if value is not None:
            return value.copy()
    return None
