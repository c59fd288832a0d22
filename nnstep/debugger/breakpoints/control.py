"""A session with breakpoints and watches, what is to be known of them, and the run that is under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

from nnstep.debugger.breakpoints.breakpoint import Breakpoint, breakpoint_of, stop_steps, stops_at
from nnstep.debugger.breakpoints.hits import Tally
from nnstep.debugger.breakpoints.resume import Backward, Forward, Outcome, Progress, Run, Towards
from nnstep.debugger.breakpoints.watches import Watch, Watched, trend, watch_of, watched
from nnstep.debugger.position import Position
from nnstep.debugger.session import Session
from nnstep.engine import Timeline
from nnstep.errors import LanguageError, NnstepError, Problem
from nnstep.language import Number
from nnstep.program import Program
from nnstep.scenario.model import DebugEntry, Scenario
from nnstep.text import clean


def debug_problems(scenario: Scenario, programs: Sequence[Program]) -> list[Problem]:
    """What is wrong with the breakpoints and watches of a scenario, `programs` being those of its run."""
    found = []
    readers: list[tuple[Sequence[DebugEntry], Callable[[str, Sequence[Program]], object]]] = [
        (scenario.breakpoints, breakpoint_of),
        (scenario.watches, watch_of),
    ]
    for conditions, read in readers:
        for one in conditions:
            try:
                read(one.text, programs)
            except LanguageError as error:
                said = f"{clean(one.text, 60)}: {error.message}"
                found.append(Problem(said, scenario.path, one.line, key=one.key, hint=error.hint))
    return found


class Control:
    """A session with what stops it and what is followed in it: goes on until something stops it."""

    def __init__(self, session: Session) -> None:
        """With the breakpoints and watches that the scenario has. Raises NnstepError for those that cannot be used."""
        self.session = session
        self.breakpoints: tuple[Breakpoint, ...] = ()
        self.watches: tuple[Watch, ...] = ()
        self.run: Run | None = None
        self._made = 0
        # Not kept results, but what was counted, which a run goes on with and the header shows.
        self._tallies: WeakKeyDictionary[Timeline, dict[int, Tally]] = WeakKeyDictionary()
        wrong = debug_problems(session.scenario, self.programs)
        if wrong:
            raise NnstepError(wrong)
        for one in session.scenario.breakpoints:
            self._keep_breakpoint(one.text, one.hits, one.enabled)
        for one in session.scenario.watches:
            self.add_watch(one.text)

    # Breakpoints and watches: set, switched, taken away, taken over when the scenario was edited.

    @property
    def programs(self) -> tuple[Program, ...]:
        """The programs that breakpoints and watches are about, that of the current iteration first."""
        here = self.session.program
        every = (program for era in self.session.timeline.eras for program in era.programs.values())
        return (here, *(program for program in every if program is not here))

    def add_breakpoint(self, text: str, hits: int = 1) -> Breakpoint:
        """A new breakpoint. Raises LanguageError, with the reason, for one that cannot be used."""
        made = breakpoint_of(text, self.programs, hits=hits)._replace(number=self._number())
        self.breakpoints = (*self.breakpoints, made)
        return made

    def add_watch(self, text: str) -> Watch:
        """A new watch. Raises LanguageError, with the reason, for one that cannot be used."""
        made = watch_of(text, self.programs)._replace(number=self._number())
        self.watches = (*self.watches, made)
        return made

    def toggle_line(self, name: str) -> Breakpoint | None:
        """Set a breakpoint at the steps that assign a name, or take it away; the new one, or None."""
        here = [one for one in self.breakpoints if one.kind == "line" and one.text == name]
        if here:
            self.breakpoints = tuple(one for one in self.breakpoints if one not in here)
            return None
        return self.add_breakpoint(name)

    def enable(self, number: int) -> None:
        """Switch a breakpoint on or off."""
        self.breakpoints = tuple(
            one._replace(enabled=not one.enabled) if one.number == number else one for one in self.breakpoints
        )

    def remove(self, number: int) -> None:
        """Take a breakpoint or a watch away."""
        self.breakpoints = tuple(one for one in self.breakpoints if one.number != number)
        self.watches = tuple(one for one in self.watches if one.number != number)

    def take_over(self, old: Control) -> None:
        """Breakpoints and watches of a session on the same scenario before it was edited, by their texts."""
        for one in old.breakpoints:
            if all(one.text != other.text for other in self.breakpoints):
                self._keep_breakpoint(one.text, one.hits, one.enabled)
        for other in old.watches:
            if all(other.text != watch.text for watch in self.watches):
                self._keep_watch(other.text)

    def _number(self) -> int:
        self._made += 1
        return self._made

    def _keep_breakpoint(self, text: str, hits: int, enabled: bool) -> None:
        try:
            made = self.add_breakpoint(text, hits)
        except LanguageError as error:
            made = Breakpoint(self._number(), text, "condition", hits=hits, problem=error.message)
            self.breakpoints = (*self.breakpoints, made)
        if not enabled:
            self.enable(made.number)

    def _keep_watch(self, text: str) -> None:
        try:
            self.add_watch(text)
        except LanguageError as error:
            self.watches = (*self.watches, Watch(self._number(), text, Number(0.0), error.message))

    def numbers(self) -> list[int]:
        """The numbers of all breakpoints and watches, in the order in which they are shown."""
        return [*(one.number for one in self.breakpoints), *(one.number for one in self.watches)]

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
        return trend(watch, self.session.timeline, self.session.position.iteration)

    # Going on.

    def start(self, way: str, target: Position | None = None) -> None:
        """Begin a run: "forward", "backward", or "towards" a position."""
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
        return self.run.pace.progress() if self.run is not None else None

    def _ended(self, outcome: Outcome | None) -> Outcome | None:
        if outcome is not None:
            self.run = None
            self.session.go_to(*outcome.position)
        return outcome
