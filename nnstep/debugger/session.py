"""The session: where in the run we are, and every way of moving. It moves and is asked; it shows nothing."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.engine import Record, Timeline
from nnstep.program import Program, Step
from nnstep.scenario.model import Scenario

__all__ = ["Position", "Session"]


class Position(NamedTuple):
    """`step` steps of iteration `iteration` (from 1) are done; step 0 is the batch loaded and nothing computed."""

    iteration: int = 1
    step: int = 0


class Session:
    """A scenario being stepped through. Every move returns whether the position changed."""

    def __init__(self, scenario: Scenario) -> None:
        """Compile the scenario. Raises NnstepError when its equations cannot be compiled."""
        self.scenario = scenario
        self.timeline = Timeline(scenario)
        self.position = Position()

    @property
    def program(self) -> Program:
        """The program of the current iteration."""
        return self.timeline.program(self.position.iteration)

    @property
    def record(self) -> Record:
        """The record of the current iteration. What the current step cannot know yet must be asked with `Record.at`."""
        return self.timeline.record(self.position.iteration)

    @property
    def step(self) -> Step | None:
        """The step just done, or None before the first one."""
        return self.program.steps[self.position.step - 1] if self.position.step else None

    @property
    def phase(self) -> str:
        """The phase of the step just done; before the first one, the first phase there is."""
        step = self.step
        return step.phase if step else (self.program.phases[0][0] if self.program.phases else "forward")

    def next(self) -> bool:
        """One step on; from the last step of an iteration to the start of the next one."""
        if self.position.step < len(self.program.steps):
            return self._move(self.position._replace(step=self.position.step + 1))
        return self.position.iteration < self.timeline.iterations and self._move(Position(self.position.iteration + 1))

    def back(self) -> bool:
        """One step back: undoes `next`."""
        if self.position.step:
            return self._move(self.position._replace(step=self.position.step - 1))
        return self.position.iteration > 1 and self._to_end_of(self.position.iteration - 1)

    def first(self) -> bool:
        """To the start of this iteration."""
        return self._move(self.position._replace(step=0))

    def last(self) -> bool:
        """To the last step of this iteration."""
        return self._to_end_of(self.position.iteration)

    def next_phase(self) -> bool:
        """To the first step of the next phase, which may be the next iteration's first."""
        later = [first for _, first, _ in self.program.phases if first > self.position.step]
        if later:
            return self._move(self.position._replace(step=later[0]))
        if self.position.iteration == self.timeline.iterations:
            return False
        following = self.timeline.program(self.position.iteration + 1).phases
        return self._move(Position(self.position.iteration + 1, following[0][1] if following else 0))

    def previous_phase(self) -> bool:
        """To the first step of this phase, or of the one before when already there: undoes `next_phase`."""
        earlier = [first for _, first, _ in self.program.phases if first < self.position.step]
        if earlier:
            return self._move(self.position._replace(step=earlier[-1]))
        if self.position.iteration == 1:
            return self.first()
        before = self.timeline.program(self.position.iteration - 1).phases
        return self._move(Position(self.position.iteration - 1, before[-1][1] if before else 0))

    def next_iteration(self) -> bool:
        """To the same step of the next iteration."""
        return self.position.iteration < self.timeline.iterations and self._same_step(self.position.iteration + 1)

    def previous_iteration(self) -> bool:
        """To the same step of the previous iteration."""
        return self.position.iteration > 1 and self._same_step(self.position.iteration - 1)

    def go_to(self, iteration: int, step: int) -> bool:
        """To a position. Raises IndexError for one that the run has not."""
        if not 1 <= iteration <= self.timeline.iterations:
            raise IndexError(f"there is no iteration {iteration}; the run has 1 to {self.timeline.iterations}")
        steps = len(self.timeline.program(iteration).steps)
        if not 0 <= step <= steps:
            raise IndexError(f"there is no step {step}; iteration {iteration} has 0 to {steps}")
        return self._move(Position(iteration, step))

    def _same_step(self, iteration: int) -> bool:
        """The step that assigns the same value: a smaller last batch may have another number of steps."""
        step = self.step
        program = self.timeline.program(iteration)
        if step is None:
            return self._move(Position(iteration))
        name = self.program.values[step.target].name
        turn = self.program.versions[name].index(step.target)
        slots = program.versions.get(name, ())
        same = program.values[slots[turn]].step if turn < len(slots) else self.position.step
        return self._move(Position(iteration, min(same, len(program.steps))))

    def _to_end_of(self, iteration: int) -> bool:
        return self._move(Position(iteration, len(self.timeline.program(iteration).steps)))

    def _move(self, position: Position) -> bool:
        moved = position != self.position
        self.position = position
        return moved
