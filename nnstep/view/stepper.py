"""The one door for whoever shows the debugger: a command goes in, the new view state comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnstep.debugger import Session, find_names, place
from nnstep.scenario import find, load
from nnstep.scenario.model import Scenario
from nnstep.text import clean
from nnstep.view.canvas import Line, Panel, Piece
from nnstep.view.choice import Choice
from nnstep.view.choosing import choose_cell, move, next_weight
from nnstep.view.gallery import Gallery
from nnstep.view.listing import ListingLine, ProgramPanel
from nnstep.view.scene import Scene
from nnstep.view.state import ViewState
from nnstep.view.terms import chain_panel
from nnstep.view.top import enabled, header, listing, title

__all__ = ["Stepper"]

_DIGITS = range(2, 16)  # significant digits that can be asked for


class Stepper:
    """A session with what is chosen on the screen, and its view states."""

    def __init__(self, scenario: Scenario) -> None:
        """Raises NnstepError when the scenario's equations cannot be compiled."""
        self._use(Session(scenario), Choice())

    def _use(self, session: Session, choice: Choice) -> None:
        objective = session.scenario.objective
        self.session = session
        self.choice = choice
        self.gallery = Gallery("L" if objective in (None, "loss") else str(objective))
        self._listings: dict[int, tuple[ListingLine, ...]] = {}
        self._message: Line = ()

    @classmethod
    def open(cls, path: str) -> Stepper:
        """Open a scenario file, or a bundled scenario by its name. Raises NnstepError."""
        return cls(load(find(path)))

    @property
    def path(self) -> str:
        """The scenario's file; "" for one that is from no file."""
        return self.session.scenario.path or ""

    def reload(self) -> ViewState:
        """Read the file again and go to the same position, as far as it is still there.

        Raises NnstepError when the file cannot be used; the session then stays as it was.
        """
        session, position, digits = Session(load(self.path)), self.session.position, self.gallery.digits
        iteration = min(position.iteration, session.timeline.iterations)
        session.go_to(iteration, min(position.step, len(session.timeline.program(iteration).steps)))
        self._use(session, self.choice)
        self.gallery.digits = digits
        self._message = (Piece("Read again: ", "good"), Piece(clean(Path(self.path).name), "text"))
        return self.view()

    def names(self) -> list[str]:
        """The names that can be gone to."""
        return find_names(self.session)

    def do(self, command: str, argument: object = None) -> ViewState:
        """Carry out a command of the session. What could not be done is said in the view state's message."""
        self._message = ()
        if command in _MOVES:
            if _MOVES[command](self.session):
                self.choice = self.choice._replace(name="")
            else:
                self._message = (Piece(_ENDS[command], "warning"),)
        elif command in ("step.goto", "name.find"):
            self._go_to(" ".join(str(argument).split()))
        else:
            self._choose(command, argument)
        return self.view()

    def view(self) -> ViewState:
        """The view state of this moment."""
        scene = self._scene()
        panels: dict[str, Panel] = {
            "program": self._program_panel(scene),
            "operation": scene.operation_panel(),
            "chain": chain_panel(scene),
            **{key: scene.values_panel(key) for key in ("parameters", "activations", "gradients")},
        }
        return ViewState(header(scene), panels, enabled(scene), self._message, title(scene))

    def _scene(self) -> Scene:
        return Scene(self.session, self.gallery, self.choice)

    def _program_panel(self, scene: Scene) -> ProgramPanel:
        rows = scene.program.rows
        if rows not in self._listings:
            self._listings[rows] = listing(scene.program, self.gallery.objective)
        return ProgramPanel((Piece("Program", "heading"),), self._listings[rows], scene.now)

    def _go_to(self, text: str) -> None:
        try:
            position = place(self.session, text)
            self.session.go_to(position.iteration, position.step)
        except (ValueError, IndexError) as error:
            self._message = (Piece(clean(str(error)), "warning"),)
        else:
            self.choice = self.choice._replace(name=text if text in self.session.program.versions else "")

    def _choose(self, command: str, argument: object) -> None:
        if command == "panel.focus":
            self.choice = self.choice._replace(focus=str(argument))
        elif command == "weight.choose":
            self.choice = self.choice._replace(weight=str(argument))
        elif command == "weight.next":
            self.choice = next_weight(self._scene())
        elif command in _CELLS:
            self.choice = move(self._scene(), *_CELLS[command])
        elif command in _MORE:
            self.gallery.digits = max(_DIGITS[0], min(self.gallery.digits + _MORE[command], _DIGITS[-1]))
        elif command == "cell.choose" and isinstance(argument, tuple):
            name, row, column = argument
            if name in self.session.program.versions:
                self.choice = choose_cell(self._scene(), str(name), int(row), int(column))
        else:
            raise ValueError(f"there is no command {command!r}")


_MOVES: dict[str, Callable[[Session], bool]] = {
    "step.next": Session.next,
    "step.back": Session.back,
    "step.first": Session.first,
    "step.last": Session.last,
    "phase.next": Session.next_phase,
    "phase.previous": Session.previous_phase,
    "iteration.next": Session.next_iteration,
    "iteration.previous": Session.previous_iteration,
}
_ENDS = {
    "step.next": "This is the last step of the last iteration.",
    "step.back": "This is the start: nothing is computed yet.",
    "phase.next": "This is the last phase of the last iteration.",
    "phase.previous": "This is the start: nothing is computed yet.",
    "iteration.next": "This is the last iteration.",
    "iteration.previous": "This is the first iteration.",
    "step.first": "This is the start of the iteration.",
    "step.last": "This is the last step of the iteration.",
}
_CELLS = {"cell.left": (0, -1), "cell.right": (0, 1), "cell.up": (-1, 0), "cell.down": (1, 0)}
_MORE = {"digits.more": 1, "digits.fewer": -1}
