"""The session: a place in the run of a scenario, and every way of moving through it. It shows nothing."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.debugger.branch import Branch, Branches
from nnstep.debugger.frames import Frame, Frames
from nnstep.debugger.listing import StepPath, before, deepest, entered, next_line
from nnstep.debugger.position import Position
from nnstep.engine import BUDGET, Record, Timeline
from nnstep.program import Program, Step
from nnstep.scenario.model import Scenario

_SessionState = tuple[Position, frozenset[StepPath], tuple[Branch, ...], Branch]


class Session:
    """A scenario being stepped through. Every move returns whether the position changed."""

    def __init__(self, scenario: Scenario, budget: int = BUDGET) -> None:
        """Compile the scenario. Raises NnstepError when its equations cannot be compiled.

        `budget` is how many bytes the states of a run may take, see `Timeline`.
        """
        self.scenario = scenario  # as the file has it
        self.branches = Branches(scenario, budget)
        self.position = Position()
        self.opened: frozenset[StepPath] = frozenset()  # lines whose bodies are listed below them
        self._frames = Frames()

    @property
    def standing(self) -> _SessionState:
        """Where we are, to `stand` there again."""
        return self.position, self.opened, self.branches.all, self.branches.current

    def stand(self, place: _SessionState) -> None:
        """Stand where we stood: branches that were made since are gone."""
        self.position, self.opened, self.branches.all, self.branches.current = place

    @property
    def timeline(self) -> Timeline:
        """The run of the branch that is looked at."""
        return self.branches.current.timeline

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
        """The step of the iteration that was just done or that we are in, or None before the first one."""
        return self.program.steps[self.position.step - 1] if self.position.step else None

    @property
    def phase(self) -> str:
        """The phase of the step just done; before the first one, the first phase there is."""
        step = self.step
        return step.phase if step else (self.program.phases[0][0] if self.program.phases else "forward")

    def stack(self) -> tuple[Frame, ...]:
        """The frames we are in, the iteration's own first."""
        return self._frames.stack(self.record, self.position.path)

    def body(self, path: StepPath) -> Program | None:
        """The program of a line's body; None for a primitive."""
        program: Program | None = self.program
        for index in path:
            found = self._frames.body(program, index) if program is not None else None
            program = found.program if found else None
        return program

    def size(self, path: StepPath) -> int:
        """How many steps the body of a line has, 0 for a primitive; of (), the iteration."""
        return self._frames.size(self.program, path)

    def go_to(self, iteration: int, step: int, inner: StepPath = ()) -> bool:
        """To a position; closed lines in the way are opened. Raises IndexError for one that the run has not."""
        return self._move(self.checked(iteration, step, inner))

    def checked(self, iteration: int, step: int, inner: StepPath = ()) -> Position:
        """A position of the run. Raises IndexError for one that it has not."""
        if not 1 <= iteration <= self.timeline.iterations:
            raise IndexError(say("message.no-iteration", iteration=iteration, last=self.timeline.iterations))
        program = self.timeline.program(iteration)
        if not 0 <= step <= len(program.steps):
            raise IndexError(say("message.no-step", step=step, iteration=iteration, last=len(program.steps)))
        path: StepPath = (step,)
        for index in inner:
            size = self._frames.size(program, path)
            if not 1 <= index <= size:
                line = ".".join(map(str, path))
                said = say("message.no-inner", step=index, line=line, last=size) if size else ""
                raise IndexError(said or say("message.primitive", step=index, line=line))
            path = (*path, index)
        return Position(iteration, step, tuple(inner))

    def same_step(self, iteration: int, here: Program) -> Position:
        """In another iteration the step that assigns the same value: a smaller last batch may have fewer steps.

        `here` is the program that the position is in.
        """
        program = self.timeline.program(iteration)
        if not self.position.step:
            return Position(iteration)
        target = here.values[here.steps[self.position.step - 1].target]
        turn = here.versions[target.name].index(target.slot)
        slots = program.versions.get(target.name, ())
        same = program.values[slots[turn]].step if turn < len(slots) else self.position.step
        there: StepPath = (min(same, len(program.steps)),)
        for index in self.position.inner:
            there = (*there, min(index, self._frames.size(program, there)))
        return Position(iteration, there[0], there[1:] if 0 not in there else ())

    def _move(self, position: Position) -> bool:
        moved = position != self.position
        self.position = position
        self.opened |= set(entered(position.path))
        return moved

    # Over: to the next line and the one before.

    def next(self) -> bool:
        """One line on; from the last one of an iteration to the start of the next iteration."""
        return self._on(next_line(self.position.path, self.size, self.opened))

    def back(self) -> bool:
        """One line back: undoes `next`."""
        return self._back(self.opened)

    # Into, and out.

    def into(self) -> bool:
        """Open the body of this line and go to its first step; from a primitive, which has none, one line on."""
        path = self.position.path
        if self.position.step and self.size(path):
            self.opened |= {path}
        return self._on(next_line(path, self.size, self.opened))

    def back_into(self) -> bool:
        """One primitive back, into what was stepped over: undoes `into`."""
        return self._back(None)

    def out(self) -> bool:
        """Close the innermost open line that we are in (or on), and stand on it: it is done."""
        path = self._innermost()
        if not path:
            return False
        self.opened = frozenset(one for one in self.opened if one[: len(path)] != path)
        self._move(Position(self.position.iteration, path[0], path[1:]))
        return True

    def back_out(self) -> bool:
        """Close the innermost open line that we are in, and stand before it."""
        return self.out() and (self.back() or True)

    def _innermost(self) -> StepPath:
        path = self.position.path
        return path if path in self.opened and self.size(path) else path[:-1]

    # To the ends of things.

    def first(self) -> bool:
        """To the start of this iteration."""
        return self._move(Position(self.position.iteration))

    def last(self) -> bool:
        """To the last step of this iteration."""
        return self._to_end_of(self.position.iteration)

    def next_phase(self) -> bool:
        """To the first step of the next phase, which may be the next iteration's first."""
        later = [first for _, first, _ in self.program.phases if first > self.position.step]
        if later:
            return self._move(Position(self.position.iteration, later[0]))
        if self.position.iteration == self.timeline.iterations:
            return False
        following = self.timeline.program(self.position.iteration + 1).phases
        return self._move(Position(self.position.iteration + 1, following[0][1] if following else 0))

    def previous_phase(self) -> bool:
        """To the first step of this phase, or of the one before when already there: undoes `next_phase`."""
        if self.position.inner and self.position.step in [first for _, first, _ in self.program.phases]:
            return self._move(Position(self.position.iteration, self.position.step))
        earlier = [first for _, first, _ in self.program.phases if first < self.position.step]
        if earlier:
            return self._move(Position(self.position.iteration, earlier[-1]))
        if self.position.iteration == 1:
            return self.first()
        before_it = self.timeline.program(self.position.iteration - 1).phases
        return self._move(Position(self.position.iteration - 1, before_it[-1][1] if before_it else 0))

    def next_iteration(self) -> bool:
        """To the same step of the next iteration."""
        return self.position.iteration < self.timeline.iterations and self._same_step(self.position.iteration + 1)

    def previous_iteration(self) -> bool:
        """To the same step of the previous iteration."""
        return self.position.iteration > 1 and self._same_step(self.position.iteration - 1)

    def _same_step(self, iteration: int) -> bool:
        return self._move(self.same_step(iteration, self.program))

    def _to_end_of(self, iteration: int) -> bool:
        return self._move(Position(iteration, len(self.timeline.program(iteration).steps)))

    def _on(self, path: StepPath | None) -> bool:
        """To a line of this iteration; where there is none, to the start of the next iteration."""
        if path is not None:
            return self._move(Position(self.position.iteration, path[0], path[1:]))
        return self.position.iteration < self.timeline.iterations and self._move(Position(self.position.iteration + 1))

    def _back(self, opened: frozenset[StepPath] | None) -> bool:
        """To the line above, lines of `opened` (with None: all there are) being open; into the iteration before."""
        iteration = self.position.iteration
        path = before(self.position.path, self.size, opened)
        if path is None:
            if iteration == 1:
                return False
            iteration -= 1
            program = self.timeline.program(iteration)
            path = deepest((len(program.steps),), lambda line: self._frames.size(program, line), opened)
        return self._move(Position(iteration, path[0], path[1:]))
