"""Steps that are opened into their bodies: which there are, and their numbers, made when they are first asked for."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from nnstep.debugger.listing import StepPath
from nnstep.engine import Record, run_body
from nnstep.memo import Memo
from nnstep.program import Body, Program, Step, body

_PROGRAMS = 64  # whose bodies are kept
_RECORDS, _BODIES = 4, 6  # records whose bodies' records are kept, and how many of each


class Frame(NamedTuple):
    """One level of the frame stack: a program with its numbers, and the step of it that is done last (0: none).

    `inputs` has, by the slots of what comes from outside, the slots one level up; empty for the iteration itself.
    """

    record: Record
    now: int
    inputs: dict[int, int]

    @property
    def program(self) -> Program:
        """The program of this level."""
        return self.record.program

    @property
    def step(self) -> Step | None:
        """The step done last, None before the first one."""
        return self.program.steps[self.now - 1] if self.now else None


class Frames:
    """Bodies by program and step, and the last records of bodies."""

    def __init__(self) -> None:
        self._bodies, self._records = Memo(_PROGRAMS), Memo(_RECORDS, _BODIES)

    def body(self, program: Program, index: int) -> Body | None:
        """The body of step `index` of a program; None for a primitive."""
        return self._bodies(program, index, lambda: body(program, program.steps[index - 1]))

    def size(self, program: Program, path: StepPath) -> int:
        """How many steps the body of a line has, 0 for a primitive or a line that is not there; of (), the program."""
        for index in path:
            if not 1 <= index <= len(program.steps):
                return 0
            found = self.body(program, index)
            if found is None:
                return 0
            program = found.program
        return len(program.steps)

    def stack(self, record: Record, path: StepPath) -> tuple[Frame, ...]:
        """The frames of a line, the iteration's own first. The line must be there."""
        frames = [Frame(record, path[0], {})]
        for index in path[1:]:
            outer = frames[-1]
            found = self.body(outer.program, outer.now)
            assert found is not None
            inner = self._records(outer.record, outer.now, partial(run_body, outer.record, found))
            frames.append(Frame(inner, index, found.inputs))
        return tuple(frames)
