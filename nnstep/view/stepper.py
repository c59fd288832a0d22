"""The one door for whoever shows the debugger: a command goes in, the new view state comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from nnstep.catalogue import say, say_reason
from nnstep.debugger import Position, Session, destination, find_names, named_value
from nnstep.debugger.answers.compare import Comparison, check_pasted
from nnstep.debugger.answers.gradient_check import Checking
from nnstep.debugger.breakpoints.control import Control
from nnstep.debugger.edits.edit import carry_over, moved_to
from nnstep.debugger.edits.recovery import Recovery
from nnstep.engine import BUDGET
from nnstep.errors import NnstepError, Problem, RunError
from nnstep.files import stamp
from nnstep.memo import Memo
from nnstep.program.naming import objective_letter
from nnstep.scenario import find, load
from nnstep.scenario.model import Scenario
from nnstep.settings import DIGITS
from nnstep.text import clean
from nnstep.view.actions import breakpoints, enabled, recovery
from nnstep.view.actions.choose import CHOICES, chosen_by
from nnstep.view.actions.follow import Visit, follow
from nnstep.view.actions.quiz import Quizzing
from nnstep.view.actions.recovery import leaving
from nnstep.view.lens.check import checking
from nnstep.view.lens.registry import jump, middle_panel, row_cells, rows_here
from nnstep.view.panels.chain import chain_panel
from nnstep.view.panels.header import header_panel, title
from nnstep.view.panels.how_to_read import with_help
from nnstep.view.panels.program import ProgramPanel, listing_lines
from nnstep.view.panels.watch import watch_panel
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.gallery import SLICE, Gallery
from nnstep.view.scene.moment import Moment, value_panels
from nnstep.view.scene.subject import asked_for, gradient_name
from nnstep.view.state import ViewState
from nnstep.view.text.canvas import Line, Panel, Piece
from nnstep.view.text.matrix import cell_of

_TRAIL = 100  # cells that were followed and can be returned to


class Stepper:
    """A scenario's session with what is chosen on the screen: carries out commands, and makes view states."""

    def __init__(self, scenario: Scenario, ascii: bool = False, budget: int = BUDGET) -> None:
        """Raises NnstepError when the scenario cannot be compiled. With `ascii` plots are made of letters.

        `budget` is how many bytes the states of a run may take.
        """
        self._ascii, self._budget = ascii, budget
        self.quizzing: Quizzing | None = None
        self.recovery: Recovery | None = None
        self._offered: Line | None = None  # what an earlier session has left; None as long as it was not looked for
        self._use(Session(scenario, budget), Choice())

    def _use(self, session: Session, choice: Choice) -> None:
        control = Control(session)
        self.session, self.control = session, control
        self.choice = choice
        self.gallery = Gallery(objective_letter(session.program), self._ascii)
        self._listings = Memo(objects=2, results=2)
        self._trail: list[Visit] = []
        self._mine: Comparison | None = None
        self._message: Line = ()
        self._stamp = stamp(self.path)

    @classmethod
    def open(cls, path: str, ascii: bool = False, budget: int = BUDGET) -> Self:
        """Open a scenario file, or a bundled scenario by its name. Raises NnstepError."""
        return cls(load(find(path)), ascii, budget)

    @property
    def path(self) -> str:
        """The scenario's file; "" for one that is from no file."""
        return self.session.scenario.path or ""

    @property
    def digits(self) -> int:
        """Significant digits of the numbers shown."""
        return self.gallery.digits

    @digits.setter
    def digits(self, digits: int) -> None:
        self.gallery.digits = max(DIGITS[0], min(digits, DIGITS[-1]))

    def use_ascii(self) -> None:
        """From now on make plots of letters."""
        self._ascii = self.gallery.ascii = True

    def changed_on_disk(self) -> bool:
        """Whether the file has been changed since it was read, and that was not said yet."""
        now = stamp(self.path)
        changed = bool(now) and now != self._stamp
        self._stamp = now or self._stamp
        return changed

    def summary(self) -> str:
        """What is to be said when it is closed: the tally of a quiz, what is not saved, or ""."""
        said = [] if self.quizzing is None else [self.quizzing.summary()]
        if self.recovery is not None and self.recovery.unsaved:
            said.append(leaving(self.recovery))
        return "\n".join(filter(None, said))

    def keep_unsaved(self) -> None:
        """From now on, keep edits that are not saved in a file, and offer those that an earlier session has left."""
        if self.path:
            self.recovery = Recovery(self.path)

    def close(self) -> None:
        """It is not looked at any more: what is not saved is left to the next one on this scenario."""
        if self.recovery is not None:
            self.recovery.close()
            self.recovery = None

    def names(self, typed: str = "") -> list[str]:
        """The names that can be gone to and that go with what was typed."""
        return find_names(self.session, typed)

    def question(self, about: str) -> str:
        """What the dialogs ask: for a person's own numbers ("mine"), or for the answer of a quiz ("quiz")."""
        moment = self.moment()
        if about == "quiz":
            return self.quizzing.question(moment) if self.quizzing is not None else ""
        if about == "mine":
            return asked_for(moment)
        return breakpoints.question(self.control, moment, about)

    def suggestion(self, about: str) -> str:
        """What a dialog begins with: the chosen cell and its number ("edit"), a file name ("save"), or nothing."""
        return breakpoints.suggestion(self.control, self.moment(), about)

    def view(self) -> ViewState:
        """The view state of this moment."""
        moment = self.moment()
        trail = [visit.name for visit in self._trail[-4:]]
        progress = self.control.progress
        watch = watch_panel(
            self.control, self.choice.mark if self.choice.focus == "watch" else None, self.gallery.digits
        )
        panels: dict[str, Panel] = {
            "program": self._program_panel(),
            "operation": middle_panel(moment, trail, self._mine, self.quizzing.lines if self.quizzing else None),
            "chain": chain_panel(moment.outer, moment.session.position.step, moment.hidden),
            **value_panels(moment),
            "watch": watch,
        }
        return ViewState(
            header_panel(moment),
            with_help(panels, self.choice),
            frozenset(name for name, action in ACTIONS.items() if action.when(moment)),
            self._message if progress is None else breakpoints.progress_line(progress),
            title(self.session),
            len(watch.items) if self.choice.focus == "watch" else rows_here(moment),
            self.quizzing.line() if self.quizzing is not None else (),
            progress is not None,
            self._checking(moment) is not None,
            watch.lines,
            3 if self.session.timeline.iterations > 1 else 2,
        )

    def go_on(self) -> ViewState:
        """Go on with the gradient check that is shown, for a slice of time: what is seen of it then."""
        under_way = self._checking(self.moment())
        if under_way is not None:
            under_way.advance(SLICE)
        return self.view()

    def _checking(self, moment: Moment) -> Checking | None:
        """The gradient check that is shown and not done yet."""
        if moment.choice.lens != "check":
            return None
        found = checking(moment)
        return None if found is None or found.done else found

    def moment(self) -> Moment:
        """The position as scenes, with what is not to be seen yet left out."""
        hidden = self.quizzing is not None and self.quizzing.hides(self.session.position)
        return Moment(self.session, self.gallery, self.choice, hidden, self.control.marks(), bool(self._offered))

    def _program_panel(self) -> ProgramPanel:
        session = self.session
        lines = self._listings(session.program, session.opened, lambda: listing_lines(session, self.gallery.objective))
        return ProgramPanel(
            (Piece(say("panel.program.title"), "heading"),),
            lines,
            self.session.position.path,
            self.control.signs(),
        )

    def begin_quiz(self, results: str | None = None) -> None:
        """Ask from now on, the answers going to a new file. Raises NnstepError where that cannot be begun."""
        self.quizzing = Quizzing(title(self.session), None if results is None else Path(results))
        try:
            self.quizzing.claim()
        except FileExistsError:
            said = say("quiz.results-exist")
            raise NnstepError(Problem(said, file=results, hint=say("quiz.results-hint"))) from None
        except OSError as error:
            raise NnstepError(Problem(say("quiz.not-written", reason=say_reason(error)), file=results)) from None
        self._message = self.quizzing.toggle()

    def reload(self) -> ViewState:
        """Read the file again and go to the same step, as far as it is still there; breakpoints and watches stay.

        Raises NnstepError when the file cannot be used; the session then stays as it was.
        """
        old, control, digits = self.session, self.control, self.digits
        self._stamp = stamp(self.path)
        session = Session(load(self.path), self._budget)
        self._use(session, self.choice)
        self.control.take_over(control)
        self.digits = digits
        self._message = (Piece(say("message.read-again") + " ", "good"), Piece(clean(Path(self.path).name), "text"))
        lost = carry_over(old, session)
        if lost:
            self._message = (Piece(say("message.branches-lost", names=clean(", ".join(lost), 80)), "warning"),)
        if self.recovery is not None:
            self._message = (*self._message, *recovery.read_again(self.recovery, session, bool(lost)))
        self._message = breakpoints.go_towards(self.control, moved_to(old, session)) or self._message
        return self.view()

    def do(self, command: str, argument: object = None) -> ViewState:
        """Carry out a command of the session. What could not be done is said in the view state's message.

        Where the run cannot go on to where a command leads, all is as it was before; a run that was to go on as far as
        it can is at the end of the last iteration that could be done.
        """
        before, choice, trail = self.session.standing, self.choice, self._trail
        try:
            self._carry_out(command, argument)
            return self.view()
        except RunError as error:
            self.session.stand(before)
            self.choice, self._trail = choice, trail
            self._cannot_go_on(error, as_far=command.startswith("run."))
        try:
            return self.view()
        except RunError as error:  # a view that looks further than the run can go, or a place that was skipped to
            self.choice = self.choice._replace(lens="step")
            self._to_end_before(error)
            return self.view()

    def skip(self, command: str, argument: object = None) -> None:
        """Carry out one of PASSING, or "panel.focus", without a view of what it leads to: another one follows."""
        before, choice = self.session.standing, self.choice
        try:
            self._carry_out(command, argument)
        except RunError as error:
            self.session.stand(before)
            self.choice = choice
            self._cannot_go_on(error, as_far=False)

    def _cannot_go_on(self, error: RunError, *, as_far: bool) -> None:
        """Say so; `as_far`: at the end of the last iteration that could be done."""
        self.control.run = None
        if as_far and self.session.position.iteration < error.iteration - 1:
            self._to_end_before(error)
        problem = error.problems[0]._replace(file=None, line=None, key=None)
        self._message = (Piece(clean(problem, 400), "error"),)

    def _to_end_before(self, error: RunError) -> None:
        """To the end of the iteration before the one that cannot be done."""
        last = max(1, error.iteration - 1)
        self.session.go_to(last, len(self.session.timeline.program(last).steps))

    def _carry_out(self, command: str, argument: object) -> None:
        if command not in ACTIONS:
            raise ValueError(command)
        self._message = ()
        if self.control.run is not None and not command.startswith("run."):
            self.control.interrupt()
        ACTIONS[command].do(self, command, argument)
        if self._offers:
            assert self.recovery is not None
            self._offered = recovery.offer(self.recovery)
            self._message = self._message or self._offered

    @property
    def _offers(self) -> bool:
        """Whether what an earlier session has left is still to be looked for."""
        return self._offered is None and self.recovery is not None

    def take_up(self, command: str, argument: object) -> None:
        if self.recovery is None:
            self._message = (Piece(say("recovery.none"), "warning"),)
            return
        self._message = recovery.take_up(self.recovery, self.session)
        self._offered = recovery.offer(self.recovery)

    def move(self, command: str, argument: object) -> None:
        if command == "step.next" and self.quizzing is not None and self.quizzing.hides(self.session.position):
            self._message = self.quizzing.reveal(self.moment())
            return
        if MOVES[command](self.session):
            self.choice = _elsewhere(self.choice)
            if self.quizzing is not None and command in _FORWARD:
                self._message = self.quizzing.ask(self.moment())
        else:
            self._message = (Piece(say(f"message.end.{command}"), "warning"),)

    def change_digits(self, command: str, argument: object) -> None:
        self.digits += 1 if command == "digits.more" else -1

    def choose(self, command: str, argument: object) -> None:
        self.choice = chosen_by(self.moment(), command, argument)

    def change_row(self, command: str, argument: object) -> None:
        """Up or down a list; `argument` is by how many rows."""
        if self.choice.focus != "watch":
            self.choose(command, argument)
            return
        by = (argument if isinstance(argument, int) else 1) * (1 if command == "row.down" else -1)
        last = len(self.control.numbers()) - 1
        self.choice = self.choice._replace(mark=max(0, min(self.choice.mark + by, last)))

    def choose_row(self, command: str, argument: object) -> None:
        """A first click on a row chooses it, a second one goes where it leads."""
        if argument == self.choice.row:
            self.enter(command, argument)
        else:
            self.choose(command, argument)

    def debug(self, command: str, argument: object) -> None:
        """Runs, breakpoints, watches and branches: after them we may be somewhere else."""
        before = (self.session.position, self.session.timeline)
        if command.startswith("mark.") and argument is None:
            argument = self._marked()
        self._message = breakpoints.command(self.control, command, argument)
        if self.recovery is not None and command in recovery.CHANGING and self._message:
            self._message = recovery.kept_after(self.recovery, self.session, command, self._message)
        if before != (self.session.position, self.session.timeline):
            self.choice = _elsewhere(self.choice)

    def go_to_iteration(self, command: str, argument: object) -> None:
        """To the same step of another iteration."""
        text = str(argument)
        last = self.session.timeline.iterations
        if not text.isdecimal() or not 1 <= int(text[:20]) <= last:
            self._message = (Piece(say("message.no-iteration", iteration=clean(text, 20), last=last), "warning"),)
            return
        there = self.session.same_step(int(text), self.session.program)
        self._message = breakpoints.go_towards(self.control, there)

    def go_to(self, command: str, argument: object) -> None:
        """To a step, an iteration and a step, or the step that assigns a name."""
        text = " ".join(str(argument).split())
        try:
            there = self.session.checked(*destination(self.session, text))
        except (ValueError, IndexError) as error:
            self._message = (Piece(clean(str(error)), "warning"),)
        else:
            self._message = breakpoints.go_towards(self.control, there)
            self.choice = _elsewhere(self.choice)
            named = named_value(self.session, text)
            if named is not None:  # its cell, and of a gradient also the chain rule
                spot = cell_of(named.index) if named.index else self.choice.cell
                self.choice = chosen_by(self.moment(), "cell.choose", (named.name, *spot))

    def enter(self, command: str, argument: object) -> None:
        """Where the chosen row leads: to a cell, to a finding, to a branch."""
        moment = self.moment()
        there = jump(moment) if self.choice.focus != "watch" else None
        if there is not None and isinstance(there, str):
            self.debug("branch.switch", there)
        elif there is not None:
            iteration, step, name, spot = there
            self._message = breakpoints.go_towards(self.control, Position(iteration, step))
            self.choice = self.choice._replace(name=name, cell=spot)
        elif self.choice.focus == "watch":
            self.debug("mark.enable", self._marked())
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

    def go_back_to_cell(self, command: str, argument: object) -> None:
        if not self._trail:
            self._message = (Piece(say("message.end.cell.return"), "warning"),)
            return
        visit = self._trail.pop()
        self.session.go_to(*visit.position)
        self.choice = visit.choice._replace(focus=self.choice.focus, reading=self.choice.reading)

    def compare(self, command: str, argument: object) -> None:
        name = gradient_name(self.moment())
        try:
            self._mine = check_pasted(self.session.record, name, str(argument), self.session.timeline.record)
        except ValueError as error:
            self._message = (Piece(clean(str(error), 400), "error"),)
        else:
            self.choice = self.choice._replace(lens="mine", row=0)

    def quiz(self, command: str, argument: object) -> None:
        if command == "quiz.toggle":
            if self.quizzing is None:
                self.quizzing = Quizzing(title(self.session))
            self._message = self.quizzing.toggle()
        elif self.quizzing is not None:
            self._message = self.quizzing.do(command, str(argument), self.moment())


def _elsewhere(choice: Choice) -> Choice:
    """What of a choice is left at another step."""
    return choice._replace(name="", row=0)


MOVES: dict[str, Callable[[Session], bool]] = {
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
"""How the session moves, by command; each says whether it moved."""

_FORWARD = ("step.next", "frame.into")  # after these a quiz asks


class Action(NamedTuple):
    """What a command does.

    do    carries it out, given the stepper, the command's id and its argument
    when  whether it can do something at a moment
    """

    do: Callable[[Stepper, str, object], None]
    when: Callable[[Moment], bool] = enabled.always


ACTIONS: dict[str, Action] = {
    "step.next": Action(Stepper.move, enabled.can_go_on),
    "step.back": Action(Stepper.move, enabled.after_start),
    "frame.into": Action(Stepper.move, enabled.can_go_into),
    "frame.back-into": Action(Stepper.move, enabled.after_start),
    "frame.out": Action(Stepper.move, enabled.in_body),
    "frame.back-out": Action(Stepper.move, enabled.in_body),
    "step.first": Action(Stepper.move, enabled.not_on_first_line),
    "step.last": Action(Stepper.move, enabled.not_on_last_line),
    "phase.next": Action(Stepper.move, enabled.has_next_phase),
    "phase.previous": Action(Stepper.move, enabled.after_start),
    "iteration.next": Action(Stepper.move, enabled.has_next_iteration),
    "iteration.previous": Action(Stepper.move, enabled.has_previous_iteration),
    "iteration.goto": Action(Stepper.go_to_iteration),
    "step.goto": Action(Stepper.go_to),
    "name.find": Action(Stepper.go_to),
    "run.forward": Action(Stepper.debug, enabled.before_end),
    "run.backward": Action(Stepper.debug, enabled.after_start),
    "run.advance": Action(Stepper.debug),
    "run.stop": Action(Stepper.debug),
    "stop.line": Action(Stepper.debug),
    "stop.add": Action(Stepper.debug),
    "watch.add": Action(Stepper.debug),
    "mark.enable": Action(Stepper.debug),
    "mark.remove": Action(Stepper.debug),
    "edit.make": Action(Stepper.debug),
    "edit.undo": Action(Stepper.debug, enabled.has_edits),
    "branch.switch": Action(Stepper.debug),
    "branch.rename": Action(Stepper.debug, enabled.has_parent_branch),
    "branch.save": Action(Stepper.debug, enabled.has_edits),
    "recovery.take": Action(Stepper.take_up, enabled.has_offer),
    "cell.follow": Action(Stepper.enter),
    "cell.return": Action(Stepper.go_back_to_cell),
    "row.up": Action(Stepper.change_row),
    "row.down": Action(Stepper.change_row),
    "row.choose": Action(Stepper.choose_row),
    "digits.more": Action(Stepper.change_digits),
    "digits.fewer": Action(Stepper.change_digits),
    "mine.compare": Action(Stepper.compare),
    "quiz.toggle": Action(Stepper.quiz),
    "quiz.answer": Action(Stepper.quiz, enabled.is_asked),
    "quiz.hint": Action(Stepper.quiz, enabled.is_asked),
    **{command: Action(Stepper.choose) for command in CHOICES},
}
"""Every command of the session, by its id."""
