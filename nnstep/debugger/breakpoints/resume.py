"""Going on, forward or backward, until a breakpoint hits: in slices of time, so that it can be shown and interrupted.

A run only says when to stop and where; moving there is the session's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from nnstep import clock
from nnstep.debugger.breakpoints.breakpoint import Breakpoint, condition_of
from nnstep.debugger.breakpoints.hits import Tally
from nnstep.debugger.position import Position
from nnstep.engine import Machine, Timeline
from nnstep.engine.watching import Hit, Watcher

_BLOCKS = 8  # how many distances of checkpoints are looked through at once on the way back, at most


class Outcome(NamedTuple):
    """Where a run has stopped: at breakpoints (their numbers), at the "end" or "start" of the run, where it was to go
    ("there"), or "interrupted".
    """

    position: Position
    reason: str
    numbers: tuple[int, ...] = ()


class Progress(NamedTuple):
    """How far a run is.

    iteration  that it is at
    done, all  how many iterations it has run, and at most has to
    seconds    since it began
    """

    iteration: int
    done: int
    all: int
    seconds: float

    @property
    def rate(self) -> float:
        """Iterations a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that it will take to go through all that is left; None as long as nothing is known."""
        return (self.all - self.done) / self.rate if self.rate else None


class Pace:
    """How far a run is, from its beginning at an iteration on: `all` are the iterations that it has to run at most."""

    def __init__(self, at: int, all: int) -> None:
        self.at, self.done, self._all = at, 0, max(1, all)
        self._began = clock.now()

    def progress(self) -> Progress:
        """How far it is now."""
        return Progress(self.at, min(self.done, self._all), self._all, clock.now() - self._began)


class Run(Protocol):
    """A run that is under way."""

    pace: Pace

    def advance(self, seconds: float) -> Outcome | None:
        """Go on for about that long; where it has stopped, or None. Time for an iteration is taken in any case."""
        ...

    def interrupt(self) -> Outcome:
        """Stop where it is."""
        ...


class _Watched:
    """Breakpoints watched over iterations told in order, their hits counted."""

    def __init__(self, timeline: Timeline, breakpoints: Sequence[Breakpoint], tallies: dict[int, Tally]) -> None:
        self._breakpoints = [one for one in breakpoints if one.active]
        self._tallies = [tallies.setdefault(one.number, Tally(one.hits)) for one in self._breakpoints]
        self._watcher = Watcher([condition_of(one) for one in self._breakpoints], timeline.schedule)
        programs = [program for era in timeline.eras for program in era.programs.values()]
        self.warm_up = self._watcher.warm_up(programs)

    def __bool__(self) -> bool:
        return bool(self._breakpoints)

    def uncounted(self, iteration: int) -> int:
        """The first iteration whose hits have to be counted before it is known which ones stop a run at `iteration`."""
        unsettled = [one.last + 1 if one.first == 1 else 1 for one in self._tallies if not one.settled]
        return min([iteration, *unsettled])

    def tell(self, machine: Machine, iteration: int, counted: bool) -> list[Hit]:
        """The hits of an iteration that stop a run. Those of one that is not `counted` are not known for sure."""
        hits = self._watcher.hits(machine, iteration)
        if not counted:
            return []
        for number, tally in enumerate(self._tallies):
            tally.tell(iteration, [hit for hit in hits if hit.number == number])
        return [hit for hit in hits if self._tallies[hit.number].counts(iteration, hit.step)]

    def outcome(self, iteration: int, hits: Sequence[Hit], step: int) -> Outcome:
        """A stop after `step` steps of an iteration with these hits."""
        numbers = (self._breakpoints[hit.number].number for hit in hits if hit.step == step)
        return Outcome(Position(iteration, step), "breakpoint", tuple(numbers))


def _end_of(timeline: Timeline, iteration: int) -> Position:
    return Position(iteration, len(timeline.program(iteration).steps))


class Forward:
    """To the next position at which a breakpoint stops a run, else to the end of the run."""

    def __init__(
        self, timeline: Timeline, position: Position, breakpoints: Sequence[Breakpoint], tallies: dict[int, Tally]
    ) -> None:
        self._timeline, self._position = timeline, position
        self._watched = _Watched(timeline, breakpoints, tallies)
        self._counted = self._watched.uncounted(position.iteration)
        self._next = max(1, self._counted - self._watched.warm_up) if self._watched else timeline.iterations
        self._found: list[Hit] = []
        self.pace = Pace(position.iteration, timeline.iterations - min(self._counted, timeline.reached) + 1)

    def advance(self, seconds: float) -> Outcome | None:
        """Go on for about `seconds`."""
        last, before = self._timeline.iterations, self.pace.at
        each = self._each if self._watched else None
        at, stopped = self._timeline.scan(self._next, last, each, clock.now() + seconds)
        self._next = max(self._next, at + 1) if self._watched else last
        self.pace.at = max(self._position.iteration, at)
        self.pace.done += max(0, self.pace.at - before) or 1
        if stopped:
            return self._watched.outcome(at, self._found, self._found[0].step)
        return Outcome(_end_of(self._timeline, last), "end") if at == last else None

    def _each(self, machine: Machine, iteration: int) -> bool:
        found = self._watched.tell(machine, iteration, iteration >= self._counted)
        now, step = self._position.iteration, self._position.step
        if found and iteration <= now:
            found = [hit for hit in found if iteration == now and hit.step > step]
        self._found = found
        return bool(found)

    def interrupt(self) -> Outcome:
        """At the end of the iteration that was run last; where it was, if that is before it."""
        here = _end_of(self._timeline, self.pace.at) if self.pace.at > self._position.iteration else self._position
        return Outcome(here, "interrupted")


class Backward:
    """To the last position before this one at which a run forward would have stopped, else to the start of the run."""

    def __init__(
        self, timeline: Timeline, position: Position, breakpoints: Sequence[Breakpoint], tallies: dict[int, Tally]
    ) -> None:
        self._timeline, self._position = timeline, position
        self.pace = Pace(position.iteration, position.iteration)
        self._watched = _Watched(timeline, breakpoints, tallies)
        self._counted = self._watched.uncounted(position.iteration + 1)
        self._stop = position.iteration  # iterations after it are looked through
        self._size = 1  # in distances of checkpoints
        self._latest: tuple[int, list[Hit]] | None = None
        self._counting = self._counted <= position.iteration
        self._first = self._counted if self._counting else self._block()
        self._next = max(1, self._first - self._watched.warm_up)

    def _block(self) -> int:
        """The first iteration of the part that is looked through next, which begins at a checkpoint where it can."""
        every = self._timeline.every(self._stop)
        first = max(1, self._stop - self._size * every + 1)
        return (first - 1) // every * every + 1

    def advance(self, seconds: float) -> Outcome | None:
        """Go on for about `seconds`."""
        if not self._watched:
            return Outcome(Position(), "start")
        deadline = clock.now() + seconds
        while True:
            at, _ = self._timeline.scan(self._next, self._stop, self._each, deadline)
            self.pace.done += max(0, at - self._next + 1)
            self._next = max(self._next, at + 1)
            if at < self._stop:
                return None
            if self._counting:
                self._counting = False
            elif self._latest is not None:
                iteration, hits = self._latest
                return self._watched.outcome(iteration, hits, hits[-1].step)
            elif self._first == 1:
                return Outcome(Position(), "start")
            else:
                self._stop = self.pace.at = self._first - 1
                self._size = min(_BLOCKS, 2 * self._size)
            self._first = self._block()
            self._next = max(1, self._first - self._watched.warm_up)
            if clock.now() >= deadline:
                return None

    def _each(self, machine: Machine, iteration: int) -> bool:
        found = self._watched.tell(machine, iteration, iteration >= self._first)
        if found and iteration == self._position.iteration:
            path = self._position.path
            found = [hit for hit in found if (hit.step,) < path]
        if found and not self._counting:
            self._latest = (iteration, found)
        return False

    def interrupt(self) -> Outcome:
        """Nothing was found in the part that was looked through: stay."""
        return Outcome(self._position, "interrupted")


class Towards:
    """To a position that may lie in a part of the run that was not reached yet."""

    def __init__(self, timeline: Timeline, position: Position, target: Position) -> None:
        self._timeline, self._position, self._target = timeline, position, target
        self._from = min(timeline.reached, target.iteration - 1)
        self.pace = Pace(position.iteration, target.iteration - self._from)

    def advance(self, seconds: float) -> Outcome | None:
        """Go on for about `seconds`."""
        last = self._target.iteration
        at, _ = self._timeline.scan(last, last, None, clock.now() + seconds)
        self.pace.at, self.pace.done = at, max(0, at - self._from)
        return Outcome(self._target, "there") if at == last else None

    def interrupt(self) -> Outcome:
        """At the end of the iteration that was run last."""
        here = _end_of(self._timeline, self.pace.at) if self._from < self.pace.at else self._position
        return Outcome(here, "interrupted")
