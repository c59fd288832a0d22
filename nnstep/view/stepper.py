"""The one door for whoever shows the debugger: a command goes in, the new view state comes out."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path

from nnstep.catalogue import say
from nnstep.debugger import Position, Session, meant, place
from nnstep.errors import NnstepError, Problem, RunError
from nnstep.files import stamp
from nnstep.scenario import load
from nnstep.text import clean
from nnstep.view.actions import breakpoints as debugging
from nnstep.view.actions import recovery as recovering
from nnstep.view.actions.choose import chosen_by
from nnstep.view.actions.follow import Visit, follow
from nnstep.view.lens.registry import jump, row_cells
from nnstep.view.looking import Looking, Spot
from nnstep.view.panels.top import title
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.subject import gradient_name
from nnstep.view.state import FORESEEN, ViewState
from nnstep.view.text.canvas import Piece
from nnstep.view.text.matrix import cell_of

__all__ = ["Stepper"]

_KNOWN = 6  # view states that are kept: where we are, what is likely to come, and what was left last
_TRAIL = 100  # cells that were followed and can be returned to


class Stepper(Looking):
    """Carries out commands on what is looked at."""

    def begin_quiz(self, results: str | None = None) -> None:
        """Ask from now on, the answers going to a new file. Raises NnstepError where that cannot be begun."""
        from nnstep.view.actions.quiz import Quizzing

        self.quizzing = Quizzing(title(self.session), None if results is None else Path(results))
        try:
            self.quizzing.claim()
        except FileExistsError:
            said = say("quiz.results-exist")
            raise NnstepError(Problem(said, file=results, hint=say("quiz.results-hint"))) from None
        except OSError as error:
            raise NnstepError(Problem(say("quiz.not-written", reason=error.strerror or error), file=results)) from None
        self._message = self.quizzing.toggle()

    def reload(self) -> ViewState:
        """Read the file again and go to the same step, as far as it is still there; breakpoints and watches stay.

        Raises NnstepError when the file cannot be used; the session then stays as it was.
        """
        from nnstep.debugger.edits.edit import carry_over, moved_to

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
            self._message = (*self._message, *recovering.read_again(self.recovery, session, bool(lost)))
        self._message = debugging.go_towards(self.control, moved_to(old, session)) or self._message
        return self.view()

    def look_ahead(self, command: str) -> ViewState | None:
        """What `command` will show if it is what comes next, worked out now; None where that cannot be told cheaply.

        It is told of steps within the iteration and of cells, and changes nothing but how soon `do` answers.
        """
        here = self.session.position.iteration
        if command not in FORESEEN or not self._calm or not self.session.timeline.holds(here):
            return None
        there = copy(self)
        there.session, there.control, there._message = copy(self.session), copy(self.control), ()
        there.control.session = there.session
        if command not in _MOVES:
            there.choice = chosen_by(self.moment(), command)
        elif _MOVES[command](there.session):
            there.choice = _elsewhere(self.choice)
        if there._spot == self._spot or there.session.position.iteration != here:
            return None
        return self._remember(there._spot, self._known.get(there._spot) or there.view())

    def do(self, command: str, argument: object = None) -> ViewState:
        """Carry out a command of the session. What could not be done is said in the view state's message.

        Where the run cannot go on to where a command leads, all is as it was before; a run that was to go on as far as
        it can is at the end of the last iteration that could be done.
        """
        before, choice, trail = self.session.standing, self.choice, self._trail
        try:
            self._carry_out(command, argument)
            return self._here()
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
        self._known.clear()
        if as_far and self.session.position.iteration < error.iteration - 1:
            self._to_end_before(error)
        problem = error.problems[0]._replace(file=None, line=None, key=None)
        self._message = (Piece(clean(problem, 400), "error"),)

    def _to_end_before(self, error: RunError) -> None:
        """To the end of the iteration before the one that cannot be done."""
        last = max(1, error.iteration - 1)
        self.session.go_to(last, len(self.session.timeline.program(last).steps))

    def _carry_out(self, command: str, argument: object) -> None:
        self._message = ()
        if command not in _MOVES and command not in FORESEEN:
            self._known.clear()
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
        elif command == "recovery.take":
            self._take_up()
        else:
            self.choice = chosen_by(self.moment(), command, argument)
        if self._offers:
            assert self.recovery is not None
            self._offered = recovering.offer(self.recovery)
            self._message = self._message or self._offered

    @property
    def _calm(self) -> bool:
        """Whether what is shown depends on nothing but where we are and what is chosen."""
        return self.choice.lens == "step" and not (self.quizzing or self.control.run or self._offers)

    @property
    def _spot(self) -> Spot:
        """What all that is shown depends on while it is calm."""
        return self.session.position, self.session.opened, self.choice

    def _here(self) -> ViewState:
        """The view state of this moment, which may be known. Of an iteration that was left nothing is."""
        if self._known and next(iter(self._known))[0].iteration != self.session.position.iteration:
            self._known.clear()
        if self._message or not self._calm:
            return self.view()
        return self._remember(self._spot, self._known.get(self._spot) or self.view())

    def _remember(self, spot: Spot, state: ViewState) -> ViewState:
        known = self._known
        known.pop(spot, None)
        known[spot] = state  # the newest one comes last
        if len(known) > _KNOWN:
            del known[next(iter(known))]
        return state

    @property
    def _offers(self) -> bool:
        """Whether what an earlier session has left is still to be looked for."""
        return self._offered is None and self.recovery is not None

    def _take_up(self) -> None:
        if self.recovery is None:
            self._message = (Piece(say("recovery.none"), "warning"),)
            return
        self._message = recovering.take_up(self.recovery, self.session)
        self._offered = recovering.offer(self.recovery)

    def _move(self, command: str) -> None:
        if command == "step.next" and self.quizzing is not None and self.quizzing.hides(self.session.position):
            self._message = self.quizzing.reveal(self.moment())
            return
        if _MOVES[command](self.session):
            self.choice = _elsewhere(self.choice)
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
        if self.recovery is not None and command in recovering.CHANGING and self._message:
            self._message = recovering.after(self.recovery, self.session, command, self._message)
        if before != (self.session.position, self.session.timeline):
            self.choice = _elsewhere(self.choice)

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
            self.choice = _elsewhere(self.choice)
            named = meant(self.session, text)
            if named is not None:  # its cell, and of a gradient also the chain rule
                spot = cell_of(named.index) if named.index else self.choice.cell
                self.choice = chosen_by(self.moment(), "cell.choose", (named.name, *spot))

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

    def _compare(self, text: str) -> None:
        from nnstep.debugger.answers.compare import check_pasted

        name = gradient_name(self.moment())
        try:
            self._mine = check_pasted(self.session.record, name, text, self.session.timeline.record)
        except ValueError as error:
            self._message = (Piece(clean(str(error), 400), "error"),)
        else:
            self.choice = self.choice._replace(lens="mine", row=0)

    def _quiz(self, command: str, argument: str) -> None:
        if command == "quiz.toggle":
            from nnstep.view.actions.quiz import Quizzing

            if self.quizzing is None:
                self.quizzing = Quizzing(title(self.session))
            self._message = self.quizzing.toggle()
        elif self.quizzing is not None:
            self._message = self.quizzing.do(command, argument, self.moment())


def _elsewhere(choice: Choice) -> Choice:
    """What of a choice is left at another step."""
    return choice._replace(name="", row=0)


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
