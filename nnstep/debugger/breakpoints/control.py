"""A session with breakpoints and watches, what is to be known of them, and the run that is under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from nnstep.debugger.breakpoints.breakpoint import stop_steps, stops_at
from nnstep.debugger.breakpoints.hits import Tally
from nnstep.debugger.breakpoints.marks import Marks
from nnstep.debugger.breakpoints.watches import Trend, Watch, Watched, watched
from nnstep.debugger.position import Position
from nnstep.debugger.session import Session
from nnstep.engine import Timeline

if TYPE_CHECKING:
    from nnstep.debugger.breakpoints.resume import Outcome, Progress, Run

__all__ = ["Control"]


class Control(Marks):
    """Goes on until something stops it."""

    def __init__(self, session: Session) -> None:
        """With the breakpoints and watches that the scenario has. Raises NnstepError for those that cannot be used."""
        super().__init__(session)
        self.run: Run | None = None
        self._tallies: WeakKeyDictionary[Timeline, dict[int, Tally]] = WeakKeyDictionary()
        self._trends: WeakKeyDictionary[Timeline, dict[str, Trend]] = WeakKeyDictionary()

    # What is to be known of them.

    def tallies(self) -> dict[int, Tally]:
        """The hits of breakpoints in the current branch, by number, as far as it was looked through."""
        return self._tallies.setdefault(self.session.timeline, {})

    def marks(self) -> list[int]:
        """Iterations of the current branch in which breakpoints were seen to hit; of many, some."""
        tallies, active = self.tallies(), [one.number for one in self.breakpoints if one.active]
        return sorted({mark for number in active if number in tallies for mark in tallies[number].marks})

    def signs(self) -> dict[int, str]:
        """The steps of the current iteration at which breakpoints can stop: ● always, ◆ on a condition."""
        program, found = self.session.program, dict[int, str]()
        for one in self.breakpoints:
            if one.active:
                sign = "●" if one.kind in ("line", "phase") else "◆"
                found |= {step: sign for step in stop_steps(one, program) if found.get(step) != "●"}
        return found

    def hitting(self) -> tuple[int, ...]:
        """The numbers of the breakpoints that hit at the current position, whether they are on or not."""
        position, timeline = self.session.position, self.session.timeline
        if position.inner:
            return ()
        here = (position.iteration, position.step)
        return tuple(one.number for one in self.breakpoints if not one.problem and stops_at(one, timeline, *here))

    def watched(self, watch: Watch) -> Watched:
        """The value of a watch at the current position."""
        return watched(watch, self.session.timeline, self.session.position)

    def trend(self, watch: Watch) -> list[tuple[int, float]]:
        """Some iterations up to the current one, with the value of a watch at their ends."""
        if watch.problem:
            return []
        timeline = self.session.timeline
        trends = self._trends.setdefault(timeline, {})
        trend = trends.setdefault(watch.text, Trend(watch.expression))
        return trend.points(timeline, self.session.position.iteration)

    # Going on.

    def start(self, way: str, target: Position | None = None) -> None:
        """Begin a run: "forward", "backward", or "towards" a position."""
        from nnstep.debugger.breakpoints.resume import (  # only here, for the sake of a quick start
            Backward,
            Forward,
            Towards,
        )

        timeline, position = self.session.timeline, self.session.position
        if target is not None:
            self.run = Towards(timeline, position, target)
        else:
            make: Callable[..., Run] = Forward if way == "forward" else Backward
            self.run = make(timeline, position, self.breakpoints, self.tallies())

    def advance(self, seconds: float) -> Outcome | None:
        """Go on with the run for about that long; when it has stopped, the session moves there. None as long as not."""
        return self._ended(self.run.advance(seconds)) if self.run is not None else None

    def interrupt(self) -> Outcome | None:
        """Stop the run where it is."""
        return self._ended(self.run.interrupt()) if self.run is not None else None

    @property
    def progress(self) -> Progress | None:
        """How far the run is; None where there is none."""
        return self.run.progress if self.run is not None else None

    def _ended(self, outcome: Outcome | None) -> Outcome | None:
        if outcome is not None:
            self.run = None
            self.session.go_to(*outcome.position)
        return outcome
