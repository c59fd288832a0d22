"""What is looked at: a scenario's session with what is chosen on the screen, and the view state of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from nnstep.catalogue import say
from nnstep.debugger import Position, Session, find_names
from nnstep.debugger.breakpoints.control import Control
from nnstep.debugger.listing import Path
from nnstep.engine import BUDGET
from nnstep.files import stamp
from nnstep.program.naming import objective_letter
from nnstep.scenario import find, load
from nnstep.scenario.model import Scenario
from nnstep.settings import DIGITS
from nnstep.view.actions import breakpoints as debugging
from nnstep.view.actions.follow import Visit
from nnstep.view.lens.registry import middle_panel, rows_here
from nnstep.view.panels.chain_terms import chain_panel
from nnstep.view.panels.program import ListingLine, ProgramPanel
from nnstep.view.panels.reading import with_help
from nnstep.view.panels.top import enabled, header, listing, title
from nnstep.view.panels.watch import watch_panel
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.gallery import Gallery
from nnstep.view.scene.moment import Moment, value_panels
from nnstep.view.scene.subject import asked_for
from nnstep.view.state import ViewState
from nnstep.view.text.canvas import Line, Panel, Piece

if TYPE_CHECKING:
    from nnstep.debugger.answers.compare import Comparison
    from nnstep.debugger.edits.recovery import Recovery
    from nnstep.program import Program
    from nnstep.view.actions.quiz import Quizzing

__all__ = ["Looking", "Spot"]

Spot = tuple[Position, frozenset[Path], Choice]


class Looking:
    """A session with what is chosen on the screen, and its view states."""

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
        self._listed: tuple[Program | None, frozenset[Path], tuple[ListingLine, ...]] = (None, frozenset(), ())
        self._trail: list[Visit] = []
        self._mine: Comparison | None = None
        self._message: Line = ()
        self._stamp = stamp(self.path)
        self._known: dict[Spot, ViewState] = {}  # what is shown at a few places, as long as only steps are taken

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
        self._known.clear()

    def use_ascii(self) -> None:
        """From now on make plots of letters."""
        self._ascii = self.gallery.ascii = True
        self._known.clear()

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
            from nnstep.view.actions.recovery import leaving

            said.append(leaving(self.recovery))
        return "\n".join(filter(None, said))

    def keep_unsaved(self) -> None:
        """From now on, keep edits that are not saved in a file, and offer those that an earlier session has left."""
        from nnstep.debugger.edits.recovery import Recovery

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
        return debugging.question(self.control, moment, about)

    def suggestion(self, about: str) -> str:
        """What a dialog begins with: the chosen cell and its number ("edit"), a file name ("save"), or nothing."""
        return debugging.suggestion(self.control, self.moment(), about)

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
            "operation": middle_panel(moment, trail, self._mine, self.quizzing),
            "chain": chain_panel(moment.outer, moment.session.position.step, moment.hidden),
            **value_panels(moment),
            "watch": watch,
        }
        return ViewState(
            header(moment),
            with_help(panels, self.choice),
            enabled(moment) | ({"recovery.take"} if self._offered else set()),
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

    def _program_panel(self) -> ProgramPanel:
        program, opened, lines = self._listed
        if program is not self.session.program or opened != self.session.opened:
            program, opened = self.session.program, self.session.opened
            lines = listing(self.session, self.gallery.objective)
            self._listed = (program, opened, lines)
        return ProgramPanel(
            (Piece(say("panel.program.title"), "heading"),),
            lines,
            self.session.position.path,
            self.control.signs(),
        )
