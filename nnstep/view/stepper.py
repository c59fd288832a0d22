"""The one door for whoever shows the debugger: a command goes in, the new view state comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from nnstep.debugger import Session, find_names, place
from nnstep.language import label, tokens
from nnstep.program import Program, parameters_with_gradient
from nnstep.scenario import Scenario, find, load
from nnstep.text import clean
from nnstep.view.canvas import Line, Panel, Piece
from nnstep.view.choice import Choice
from nnstep.view.gallery import Gallery
from nnstep.view.header import Header, sparkline
from nnstep.view.listing import ListingLine, ProgramPanel
from nnstep.view.numbers import plain, shape_text
from nnstep.view.operation import equation_line
from nnstep.view.scene import Scene
from nnstep.view.state import ViewState
from nnstep.view.symbols import SYMBOLS
from nnstep.view.terms import chain_panel

__all__ = ["Stepper"]

_MOST_DIGITS = 15


class Stepper:
    """A session with what is chosen on the screen, and its view states."""

    def __init__(self, scenario: Scenario) -> None:
        """Raises NnstepError when the scenario's equations cannot be compiled."""
        self._start(scenario)

    def _start(self, scenario: Scenario) -> None:
        session = Session(scenario)
        self.session = session
        self.choice = Choice()
        self.gallery = Gallery("L" if scenario.objective in (None, "loss") else str(scenario.objective))
        self._listing: dict[int, tuple[ListingLine, ...]] = {}
        self._message: Line = ()

    @classmethod
    def open(cls, path: str) -> Stepper:
        """Open a scenario file or a bundled scenario by its name. Raises NnstepError."""
        return cls(load(find(path)))

    @property
    def path(self) -> str:
        """The scenario's file as it was given, or ""."""
        return self.session.scenario.path or ""

    def reload(self) -> ViewState:
        """Read the file again and go to the same position, as far as it is still there. Raises NnstepError; then the
        session stays as it was.
        """
        scenario = load(self.path)
        position = self.session.position
        digits = self.gallery.digits
        choice = self.choice
        self._start(scenario)
        self.gallery.digits = digits
        self.choice = choice
        iteration = min(position.iteration, self.session.timeline.iterations)
        steps = len(self.session.timeline.program(iteration).steps)
        self.session.go_to(iteration, min(position.step, steps))
        self._message = (Piece("Read again: ", "good"), Piece(clean(Path(self.path).name), "text"))
        return self.view()

    def names(self) -> list[str]:
        """The names that can be gone to."""
        return find_names(self.session)

    def do(self, command: str, argument: object = None) -> ViewState:
        """Carry out a command of the session. What could not be done is said in the view state's message."""
        self._message = ()
        moved = _MOVES.get(command)
        if moved is not None:
            if moved(self.session):
                self.choice = replace(self.choice, name="")
            else:
                self._message = (Piece(_ENDS.get(command, "There is nowhere further to go."), "warning"),)
        elif command in ("step.goto", "name.find"):
            self._go_to(str(argument))
        else:
            _CHOICES[command](self, argument)
        return self.view()

    def view(self) -> ViewState:
        """The view state of this moment."""
        scene = Scene(self.session, self.gallery, self.choice)
        panels: dict[str, Panel] = {
            "program": self._program_panel(scene.program),
            "operation": scene.operation_panel(),
            "chain": chain_panel(scene),
            **{key: scene.values_panel(key) for key in ("parameters", "activations", "gradients")},
        }
        return ViewState(self._header(scene), panels, self._enabled(scene), self._message, self._name())

    # -- moving and choosing

    def _go_to(self, text: str) -> None:
        try:
            position = place(self.session, text)
            self.session.go_to(position.iteration, position.step)
        except (ValueError, IndexError) as error:
            self._message = (Piece(clean(str(error)), "warning"),)
        else:
            named = "" if text.replace(":", "").replace(" ", "").isdigit() else " ".join(text.split())
            self.choice = replace(self.choice, name=named)

    def _focus(self, key: object) -> None:
        self.choice = replace(self.choice, focus=str(key))

    def _choose_weight(self, name: object) -> None:
        self.choice = replace(self.choice, weight=str(name))

    def _next_weight(self, argument: object) -> None:
        names = parameters_with_gradient(self.session.program)
        if names:
            at = names.index(self.choice.weight) if self.choice.weight in names else 0
            self.choice = replace(self.choice, weight=names[(at + 1) % len(names)])

    def _choose_cell(self, argument: object) -> None:
        name, row, column = argument  # type: ignore[misc]
        if name in self.session.program.versions:
            self._put_cursor(str(name), int(row), int(column))

    def _put_cursor(self, name: str, row: int, column: int) -> None:
        self.choice = replace(self.choice, name=name, cell=(row, column))
        weight = name[5:-1] if name.startswith("grad(") else name
        if weight in parameters_with_gradient(self.session.program):
            self.choice = replace(self.choice, weight=weight, entry=(row, column))

    def _move_cell(self, rows: int, columns: int) -> None:
        """Move the cell cursor in the focused panel; past the edge of a matrix to the one beside it."""
        scene = Scene(self.session, self.gallery, self.choice)
        if self.choice.focus == "chain":
            self._move_entry(scene, rows, columns)
            return
        members = scene.members(self.choice.focus)
        chosen = scene.chosen
        if members and (chosen is None or chosen.slot not in [value.slot for value in members]):
            changed = [value for value in members if scene.step and value.slot == scene.step.target]
            self._put_cursor((changed or members)[0].name, 0, 0)
            return
        if chosen is None:
            return
        picture, (row, column) = scene.picture(chosen), scene.cursor
        row, column = row + rows, column + columns
        slots = [value.slot for value in members]
        if columns and not 0 <= column < picture.columns and chosen.slot in slots:
            at = slots.index(chosen.slot) + columns
            if 0 <= at < len(members):
                beside = scene.picture(members[at])
                row = min(row, beside.rows - 1)
                self._put_cursor(members[at].name, row, 0 if columns > 0 else beside.columns - 1)
                return
        row, column = max(0, min(row, picture.rows - 1)), max(0, min(column, picture.columns - 1))
        self._put_cursor(chosen.name, row, column)

    def _move_entry(self, scene: Scene, rows: int, columns: int) -> None:
        names = parameters_with_gradient(scene.program)
        if not names:
            return
        weight = self.choice.weight if self.choice.weight in names else names[0]
        picture = scene.picture(scene.latest(weight))
        row, column = self.choice.entry
        row = max(0, min(row + rows, picture.rows - 1))
        column = max(0, min(column + columns, picture.columns - 1))
        self.choice = replace(self.choice, weight=weight, entry=(row, column))

    def _digits(self, more: int) -> None:
        self.gallery.digits = max(2, min(self.gallery.digits + more, _MOST_DIGITS))

    # -- showing

    def _name(self) -> str:
        return clean(self.session.scenario.title or Path(self.path).stem or "nnstep", 60)

    def _header(self, scene: Scene) -> Header:
        record, timeline = scene.record, self.session.timeline
        schedule = timeline.schedule
        counters: list[Piece] = []
        if schedule.epochs > 1:
            counters += [Piece("epoch ", "dim"), Piece(f"{record.epoch}/{schedule.epochs}   ", "text")]
        if schedule.batches > 1:
            counters += [Piece("batch ", "dim"), Piece(f"{record.batch}/{schedule.batches}   ", "text")]
        if schedule.iterations > 1:
            counters += [Piece("iteration ", "dim"), Piece(f"{record.iteration}/{schedule.iterations}   ", "text")]
        return Header(
            name=self._name(),
            file=clean(Path(self.path).name, 40),
            counters=tuple(counters),
            loss=self._loss(scene),
            phases=scene.program.phases,
            step=scene.now,
            steps=len(scene.program.steps),
        )

    def _loss(self, scene: Scene) -> Line:
        """The objective once this iteration has computed it, and its curve over the iterations up to here."""
        program = scene.program
        if program.objective is None:
            return ()
        value = program.values[program.objective]
        there = scene.computed(value)
        said = plain(float(scene.record.value(value.slot)), self.gallery.digits) if there else "·"
        losses = self.session.timeline.losses[: scene.record.iteration - (0 if there else 1)]
        return (
            Piece(f"{clean(value.name, 20)} ", "dim"),
            Piece(f"{said} ", "strong"),
            Piece(sparkline(losses, 12), "spark"),
        )

    def _program_panel(self, program: Program) -> ProgramPanel:
        if program.rows not in self._listing:
            self._listing[program.rows] = tuple(self._listing_lines(program))
        return ProgramPanel((Piece("Program", "heading"),), self._listing[program.rows], self.session.position.step)

    def _listing_lines(self, program: Program) -> list[ListingLine]:
        lines: list[ListingLine] = []
        for phase, first, last in program.phases:
            lines.append(ListingLine((Piece(phase.upper(), "heading"),)))
            for step in program.steps[first - 1 : last]:
                shape = shape_text(program.values[step.target].shape)
                lines.append(ListingLine(self._listed(program, step.index), shape, step.index))
        return lines

    def _listed(self, program: Program, index: int) -> Line:
        """A step as the listing writes it: a part that has just been computed without a name is an ellipsis."""
        step = program.steps[index - 1]
        line = equation_line(program, step, self.gallery.objective)
        before = program.values[program.steps[index - 2].target] if index > 1 else None
        if step.phase == "forward" and before is not None and before.role == "unnamed":
            part = "".join(token.text for token in tokens_of(before.name))
            text = "".join(piece.text for piece in line[2:])
            for said in (f"({part})", part):
                if text.startswith(said) or f"({said}" in text:
                    head = line[:2] if program.values[step.target].role != "unnamed" else ()
                    return (*head, Piece(text.replace(said, "…", 1), "text"))
        return tuple(Piece(piece.text, "name" if piece.role == "now" else piece.role) for piece in line)

    def _enabled(self, scene: Scene) -> frozenset[str]:
        """The commands that can do something here."""
        at_start = scene.record.iteration == 1 and scene.now == 0
        last_iteration = scene.record.iteration == self.session.timeline.iterations
        at_end = last_iteration and scene.now == len(scene.program.steps)
        enabled = {"step.goto", "name.find", "cell.left", "cell.right", "cell.up", "cell.down", "cell.choose"}
        enabled |= {"weight.next", "weight.choose", "digits.more", "digits.fewer", "panel.focus"}
        if not at_start:
            enabled |= {"step.back", "phase.previous"}
        if not at_end:
            enabled |= {"step.next"}
        if scene.now > 0:
            enabled |= {"step.first"}
        if scene.now < len(scene.program.steps):
            enabled |= {"step.last"}
        later = any(first > scene.now for _, first, _ in scene.program.phases)
        if later or not last_iteration:
            enabled |= {"phase.next"}
        if not last_iteration:
            enabled |= {"iteration.next"}
        if scene.record.iteration > 1:
            enabled |= {"iteration.previous"}
        return frozenset(enabled)


def tokens_of(name: str) -> tuple[Piece, ...]:
    """The screen's way of writing a value's name."""
    return (Piece(label(name), "name"),)


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
_CHOICES: dict[str, Callable[[Stepper, object], None]] = {
    "panel.focus": Stepper._focus,
    "weight.choose": Stepper._choose_weight,
    "weight.next": Stepper._next_weight,
    "cell.choose": Stepper._choose_cell,
    "cell.left": lambda stepper, _: stepper._move_cell(0, -1),
    "cell.right": lambda stepper, _: stepper._move_cell(0, 1),
    "cell.up": lambda stepper, _: stepper._move_cell(-1, 0),
    "cell.down": lambda stepper, _: stepper._move_cell(1, 0),
    "digits.more": lambda stepper, _: stepper._digits(1),
    "digits.fewer": lambda stepper, _: stepper._digits(-1),
}
