"""Breakpoints and watches of a session: set, switched, taken away, taken over when the scenario was edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnstep.debugger.breakpoints.breakpoint import Breakpoint, breakpoint_of
from nnstep.debugger.breakpoints.watches import Watch, watch_of
from nnstep.debugger.session import Session
from nnstep.errors import LanguageError, NnstepError, Problem
from nnstep.language import Number
from nnstep.program import Program
from nnstep.scenario.model import Condition, Scenario
from nnstep.text import clean

__all__ = ["Marks", "debug_problems"]


def debug_problems(scenario: Scenario, programs: Sequence[Program]) -> list[Problem]:
    """What is wrong with the breakpoints and watches of a scenario, `programs` being those of its run."""
    found = []
    readers: list[tuple[Sequence[Condition], Callable[[str, Sequence[Program]], object]]] = [
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


class Marks:
    """What stops a session, and what is followed in it."""

    def __init__(self, session: Session) -> None:
        """With the breakpoints and watches that the scenario has. Raises NnstepError for those that cannot be used."""
        self.session = session
        self.breakpoints: tuple[Breakpoint, ...] = ()
        self.watches: tuple[Watch, ...] = ()
        self._made = 0
        wrong = debug_problems(session.scenario, self.programs)
        if wrong:
            raise NnstepError(wrong)
        for one in session.scenario.breakpoints:
            self._keep_breakpoint(one.text, one.hits, one.enabled)
        for one in session.scenario.watches:
            self.add_watch(one.text)

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

    def take_over(self, old: Marks) -> None:
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
