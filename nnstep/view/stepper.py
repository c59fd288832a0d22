"""The one door for whoever shows the debugger: a command goes in, the new view state comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from nnstep.catalogue import say
from nnstep.debugger import Position, Session, find_names, place
from nnstep.debugger.control import Control
from nnstep.debugger.whatif import moved_to
from nnstep.engine import BUDGET
from nnstep.errors import NnstepError, Problem
from nnstep.scenario import find, load
from nnstep.scenario.model import Scenario
from nnstep.settings import DIGITS
from nnstep.text import clean
from nnstep.view import debugging
from nnstep.view.canvas import Line, Panel, Piece
from nnstep.view.choice import Choice
from nnstep.view.choosing import chosen_by
from nnstep.view.following import Visit, follow
from nnstep.view.gallery import Gallery
from nnstep.view.lenses import jump, middle_panel, row_cells, rows_here
from nnstep.view.listing import ListingLine, ProgramPanel
from nnstep.view.moment import Moment, value_panels
from nnstep.view.reading import with_help
from nnstep.view.state import ViewState
from nnstep.view.subject import asked_for, gradient_name
from nnstep.view.terms import chain_panel
from nnstep.view.top import enabled, header, listing, title
from nnstep.view.watching import watch_panel

if TYPE_CHECKING:
    from nnstep.debugger.mine import Comparison
    from nnstep.view.quizzing import Quizzing

__all__ = ["Stepper"]

_TRAIL = 100  # cells that were followed and can be returned to


class Stepper:
    """A session with what is chosen on the screen, and its view states."""

    def __init__(self, scenario: Scenario, ascii: bool = False, budget: int = BUDGET) -> None:
        """Raises NnstepError when the scenario cannot be compiled. With `ascii` plots are made of letters.

        `budget` is how many bytes the states of a run may take.
        """
        self._ascii, self._budget = ascii, budget
        self.quizzing: Quizzing | None = None
        self._use(Session(scenario, budget), Choice())

    def _use(self, session: Session, choice: Choice) -> None:
        objective = session.scenario.objective
        self.session = session
        self.control = Control(session)
        self.choice = choice
        self.gallery = Gallery("L" if objective in (None, "loss") else str(objective), self._ascii)
        self._listed: tuple[object, tuple[ListingLine, ...]] = (None, ())
        self._trail: list[Visit] = []
        self._mine: Comparison | None = None
        self._message: Line = ()
        self._stamp = _stamp(self.path)

    @classmethod
    def open(cls, path: str, ascii: bool = False, budget: int = BUDGET) -> Stepper:
        """Open a scenario file, or a bundled scenario by its name. Raises NnstepError."""
        return cls(load(find(path)), ascii, budget)

    def begin_quiz(self, results: str | None = None) -> None:
        """Ask from now on, the answers going to a new file. Raises NnstepError where that cannot be begun."""
        from nnstep.view.quizzing import Quizzing

        self.quizzing = Quizzing(title(self.session), None if results is None else Path(results))
        try:
            self.quizzing.claim()
        except FileExistsError:
            said = say("quiz.results-exist")
            raise NnstepError(Problem(said, file=results, hint=say("quiz.results-hint"))) from None
        except OSError as error:
            raise NnstepError(Problem(say("quiz.not-written", reason=error.strerror or error), file=results)) from None
        self._message = self.quizzing.toggle()

    def summary(self) -> str:
        """What is to be said when it is closed: the tally of a quiz, or ""."""
        return self.quizzing.summary() if self.quizzing is not None else ""

    @property
    def digits(self) -> int:
        """Significant digits of the numbers shown."""
        return self.gallery.digits

    @digits.setter
    def digits(self, digits: int) -> None:
        self.gallery.digits = max(DIGITS[0], min(digits, DIGITS[-1]))

    def changed_on_disk(self) -> bool:
        """Whether the file has been changed since it was read, and that was not said yet."""
        stamp = _stamp(self.path)
        changed = bool(stamp) and stamp != self._stamp
        self._stamp = stamp or self._stamp
        return changed

    @property
    def path(self) -> str:
        """The scenario's file; "" for one that is from no file."""
        return self.session.scenario.path or ""

    def reload(self) -> ViewState:
        """Read the file again and go to the same step, as far as it is still there; breakpoints and watches stay.

        Raises NnstepError when the file cannot be used; the session then stays as it was.
        """
        old, control, digits = self.session, self.control, self.digits
        self._stamp = _stamp(self.path)
        session = Session(load(self.path), self._budget)
        self._use(session, self.choice)
        self.control.take_over(control)
        self.digits = digits
        self._message = (Piece(say("message.read-again") + " ", "good"), Piece(clean(Path(self.path).name), "text"))
        self._message = debugging.go_towards(self.control, moved_to(old, session)) or self._message
        return self.view()

    def names(self) -> list[str]:
        """The names that can be gone to."""
        return find_names(self.session)

    def do(self, command: str, argument: object = None) -> ViewState:
        """Carry out a command of the session. What could not be done is said in the view state's message."""
        self._message = ()
        if self.control.run is not None and not command.startswith("run."):
            self.control.interrupt()
        if command in debugging.COMMANDS:
            self._debug(command, argument)
        elif command in _MOVES:
            self._move(command)
        elif command in ("step.goto", "name.find"):
            self._go_to(" ".join(str(argument).split()))
        elif command == "iteration.goto":
            self._go_to_iteration(str(argument))
        elif command in _MORE:
            self.digits += _MORE[command]
        elif command == "cell.follow":
            self._enter()
        elif command in ("row.up", "row.down") and self.choice.focus == "watch":
            by = (argument if isinstance(argument, int) else 1) * (1 if command == "row.down" else -1)
            last = len(self.control.numbers()) - 1
            self.choice = self.choice._replace(mark=max(0, min(self.choice.mark + by, last)))
        elif command == "row.choose" and argument == self.choice.row:
            self._enter()  # a second click on a row
        elif command == "cell.return":
            self._return()
        elif command == "mine.compare":
            self._compare(str(argument))
        elif command.startswith("quiz."):
            self._quiz(command, str(argument))
        else:
            self.choice = chosen_by(self.moment(), command, argument)
        return self.view()

    def view(self) -> ViewState:
        """The view state of this moment."""
        moment = self.moment()
        trail = [visit.name for visit in self._trail[-4:]]
        progress = self.control.progress
        watch = watch_panel(self.control, self.choice.mark if self.choice.focus == "watch" else None)
        panels: dict[str, Panel] = {
            "program": self._program_panel(),
            "operation": middle_panel(moment, trail, self._mine, self.quizzing),
            "chain": chain_panel(moment.outer, moment.session.position.step, moment.hidden),
            **value_panels(moment),
            "watch": watch,
        }
        return ViewState(
            header(moment),
            with_help(panels, self.choice),
            enabled(moment),
            self._message if progress is None else debugging.progress_line(progress),
            title(self.session),
            len(watch.items) if self.choice.focus == "watch" else rows_here(moment),
            self.quizzing.line() if self.quizzing is not None else (),
            progress is not None,
            watch.lines,
            3 if self.session.timeline.iterations > 1 else 2,
        )

    def moment(self) -> Moment:
        """The position as scenes, with what is not to be seen yet left out."""
        hidden = self.quizzing is not None and self.quizzing.hides(self.session.position)
        return Moment(self.session, self.gallery, self.choice, hidden, self.control.marks())

    def question(self, about: str) -> str:
        """What the dialogs ask: for a person's own numbers ("mine"), or for the answer of a quiz ("quiz")."""
        moment = self.moment()
        if about == "quiz":
            return self.quizzing.question(moment) if self.quizzing is not None else ""
        if about == "mine":
            return asked_for(moment)
        return debugging.question(self.control, moment, about)

    def suggestion(self, about: str) -> str:
        """What a dialog begins with: the chosen cell and its number ("edit"), a file name ("save"), or nothing."""
        return debugging.suggestion(self.control, self.moment(), about)

    def _program_panel(self) -> ProgramPanel:
        key = (self.session.program, self.session.opened)
        if self._listed[0] != key:
            self._listed = (key, listing(self.session, self.gallery.objective))
        return ProgramPanel(
            (Piece(say("panel.program.title"), "heading"),),
            self._listed[1],
            self.session.position.path,
            self.control.signs(),
        )

    # Moving.

    def _move(self, command: str) -> None:
        if command == "step.next" and self.quizzing is not None and self.quizzing.hides(self.session.position):
            self._message = self.quizzing.reveal(self.moment())
            return
        if _MOVES[command](self.session):
            self.choice = self.choice._replace(name="", row=0)
            if self.quizzing is not None and command in _FORWARD:
                self._message = self.quizzing.ask(self.moment())
        else:
            self._message = (Piece(say(f"message.end.{command}"), "warning"),)

    def _debug(self, command: str, argument: object) -> None:
        """Runs, breakpoints, watches and branches: after them we may be somewhere else."""
        before = (self.session.position, self.session.timeline)
        if command.startswith("mark.") and argument is None:
            argument = self._marked()
        self._message = debugging.command(self.control, command, argument)
        if before != (self.session.position, self.session.timeline):
            self.choice = self.choice._replace(name="", row=0)

    def _go_to_iteration(self, text: str) -> None:
        """To the same step of another iteration."""
        last = self.session.timeline.iterations
        if not text.isdecimal() or not 1 <= int(text[:20]) <= last:
            self._message = (Piece(say("message.no-iteration", iteration=clean(text, 20), last=last), "warning"),)
            return
        there = self.session.same_step(int(text), self.session.program)
        self._message = debugging.go_towards(self.control, there)

    def _go_to(self, text: str) -> None:
        try:
            there = self.session.checked(*place(self.session, text))
        except (ValueError, IndexError) as error:
            self._message = (Piece(clean(str(error)), "warning"),)
        else:
            self._message = debugging.go_towards(self.control, there)
            self.choice = self.choice._replace(name="", row=0)
            if text in self.session.program.versions:  # its first cell, and of a gradient also the chain rule
                self.choice = chosen_by(self.moment(), "cell.choose", (text, *self.choice.cell))

    def _enter(self) -> None:
        """Where the chosen row leads: to a cell, to a finding, to a branch."""
        moment = self.moment()
        there = jump(moment) if self.choice.focus != "watch" else None
        if there is not None and isinstance(there, str):
            self._debug("branch.switch", there)
        elif there is not None:
            iteration, step, name, spot = there
            self._message = debugging.go_towards(self.control, Position(iteration, step))
            self.choice = self.choice._replace(name=name, cell=spot)
        elif self.choice.focus == "watch":
            self._debug("mark.enable", self._marked())
        else:
            self._follow()

    def _marked(self) -> int:
        """The number of the breakpoint or watch that is chosen; 0 where there is none."""
        numbers = self.control.numbers()
        return numbers[min(self.choice.mark, len(numbers) - 1)] if numbers else 0

    def _follow(self) -> None:
        moment = self.moment()
        if self.choice.lens not in ("cell", "uses"):
            self.choice = self.choice._replace(lens="cell", row=0, full=False)
            return
        cells = row_cells(moment)
        cell = cells[min(self.choice.row, len(cells) - 1)] if cells else moment.at.cell
        if cell is None:
            self._message = (Piece(say("message.nothing-to-follow"), "warning"),)
            return
        found = follow(moment, cell)
        here = moment.at.cell
        visit = Visit(self.session.position, self.choice, moment.at.written(here) if here else ())
        choice = self.choice._replace(name=found.name, cell=found.cell, row=0, full=False)
        if found.said:
            self._message = (Piece(found.said, "dim"),)
        if (found.position, choice) != (self.session.position, self.choice):
            self._trail = [*self._trail[1 - _TRAIL :], visit]
        self.session.go_to(*found.position)
        self.choice = choice

    def _return(self) -> None:
        if not self._trail:
            self._message = (Piece(say("message.end.cell.return"), "warning"),)
            return
        visit = self._trail.pop()
        self.session.go_to(*visit.position)
        self.choice = visit.choice._replace(focus=self.choice.focus, reading=self.choice.reading)

    # What a person thinks the numbers are.

    def _compare(self, text: str) -> None:
        from nnstep.debugger.mine import check_pasted

        name = gradient_name(self.moment())
        try:
            self._mine = check_pasted(self.session.record, name, text)
        except ValueError as error:
            self._message = (Piece(clean(str(error), 400), "error"),)
        else:
            self.choice = self.choice._replace(lens="mine", row=0)

    def _quiz(self, command: str, argument: str) -> None:
        if command == "quiz.toggle":
            from nnstep.view.quizzing import Quizzing

            if self.quizzing is None:
                self.quizzing = Quizzing(title(self.session))
            self._message = self.quizzing.toggle()
        elif self.quizzing is not None:
            self._message = self.quizzing.do(command, argument, self.moment())


def _stamp(path: str) -> tuple[int, ...]:
    """What is different when a file has been changed; () where there is none."""
    try:
        status = Path(path).stat() if path else None
    except (OSError, ValueError):
        status = None
    return () if status is None else (status.st_mtime_ns, status.st_size, status.st_ino)


_MOVES: dict[str, Callable[[Session], bool]] = {
    "step.next": Session.next,
    "step.back": Session.back,
    "frame.into": Session.into,
    "frame.back-into": Session.back_into,
    "frame.out": Session.out,
    "frame.back-out": Session.back_out,
    "step.first": Session.first,
    "step.last": Session.last,
    "phase.next": Session.next_phase,
    "phase.previous": Session.previous_phase,
    "iteration.next": Session.next_iteration,
    "iteration.previous": Session.previous_iteration,
}
_FORWARD = ("step.next", "frame.into")  # after these a quiz asks
_MORE = {"digits.more": 1, "digits.fewer": -1}
