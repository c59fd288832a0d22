"""Session + choice -> what each panel shows at this step. Nothing of a later step can be seen from here."""

from __future__ import annotations

from functools import cached_property

from nnstep.debugger import Session
from nnstep.engine import Record
from nnstep.language import Entry, Expression, tokens
from nnstep.program import Program, Step, Value
from nnstep.text import clean
from nnstep.view.arithmetic import CellLines
from nnstep.view.canvas import Line, Piece
from nnstep.view.choice import Choice
from nnstep.view.gallery import Gallery
from nnstep.view.lit import DARK
from nnstep.view.matrix import Cell, MatrixView
from nnstep.view.numbers import exact
from nnstep.view.operation import Operand, OperationPanel, arrange, equation_line
from nnstep.view.provenance import Operands, Provenance
from nnstep.view.symbols import SYMBOLS
from nnstep.view.values import Shown, ValuesPanel
from nnstep.view.words import heading, sentences

__all__ = ["Scene"]

_TITLES = {"parameters": "Parameters", "activations": "Activations", "gradients": "Gradients"}
_EMPTY = {
    "parameters": "This scenario has no parameters.",
    "activations": "Nothing has a name here.",
    "gradients": "No gradients: no trainable parameter reaches a scalar to differentiate.",
}


class Scene:
    """The moment that the session is at, with everything that panels ask of it worked out once."""

    def __init__(self, session: Session, gallery: Gallery, choice: Choice) -> None:
        self.session = session
        self.gallery = gallery
        self.choice = choice
        self.now = session.position.step
        self.program: Program = session.program
        self.record: Record = session.record
        self.step: Step | None = session.step
        self.objective = gallery.objective

    # -- values

    def latest(self, name: str) -> Value:
        """The slot that a name shows now: the newest one that is computed, else the first that will be."""
        found = self.program.latest(name, self.now)
        return found if found is not None else self.program.values[self.program.versions[name][0]]

    def computed(self, value: Value) -> bool:
        """Whether a value is there at this step."""
        return value.step <= self.now

    def picture(self, value: Value) -> MatrixView:
        """The matrix of a value, of dots while it is not computed."""
        return self.gallery.value(self.record, value, value.step <= self.now)

    @cached_property
    def chosen(self) -> Value | None:
        """The value whose cell is chosen: by default what this step assigned."""
        if self.choice.name in self.program.versions:
            return self.latest(self.choice.name)
        return self.program.values[self.step.target] if self.step else None

    @cached_property
    def cursor(self) -> Cell:
        """The chosen cell, within the chosen value."""
        if self.chosen is None:
            return (0, 0)
        picture = self.picture(self.chosen)
        row, column = self.choice.cell
        return (min(row, picture.rows - 1), min(column, picture.columns - 1))

    @cached_property
    def provenance(self) -> Provenance | None:
        """Where the chosen cell's number comes from; None for what no step of this iteration has computed."""
        value = self.chosen
        if value is None or not value.step or not self.computed(value):
            return None
        index = self.picture(value).index_of(self.cursor)
        operands = self.operands(self.program.steps[value.step - 1])
        return Provenance(operands, index, float(self.record.value(value.slot)[index]))

    def operands(self, step: Step) -> Operands:
        """The operands of a step as it is displayed."""
        return Operands(self.program, self.record, step, self.gallery.display(self.program, step))

    def shown(self, value: Value) -> Shown:
        """A value as a panel of values shows it."""
        chosen = self.chosen is not None and value.slot == self.chosen.slot
        lit = self.provenance.lit_values.get(value.slot, DARK) if self.provenance else DARK
        changed = self.step is not None and value.slot == self.step.target
        return Shown(self.picture(value), self.cursor if chosen else None, lit, changed)

    def lines_of_cell(self, width: int) -> CellLines:
        """The chosen cell's arithmetic."""
        value = self.chosen
        if value is None:
            return ()
        index = self.picture(value).index_of(self.cursor)
        target = Entry(value.name, index)
        if self.provenance is not None:
            return self.provenance.lines(target, self.objective, self.gallery.digits + 2, width)
        name = tuple(Piece(*token) for token in tokens(target, SYMBOLS, self.objective))
        said, origin = "not computed yet", ""
        if self.computed(value):
            said = exact(float(self.record.value(value.slot)[index]))
            origin = "   given: no step of this iteration computes it"
        return ((*name, Piece(" = ", "operator"), Piece(said, "strong"), Piece(origin, "dim")),)

    # -- panels

    def operation_panel(self) -> OperationPanel:
        """The current step."""
        if self.step is None:
            return self._opening()
        step, target = self.step, self.program.values[self.step.target]
        operands = self.operands(step)
        display = operands.display
        parts = arrange(display.expression, lambda name: operands.shape(name) == ())
        mine = self.provenance is not None and self.provenance.operands.step is step
        lit = self.provenance.lit if self.provenance is not None and mine else {}
        shown = {
            part.name: Shown(self._operand(operands, part.name), None, lit.get(part.name, DARK))
            for part in parts
            if isinstance(part, Operand)
        }
        note: Line = self._note(display.inner)
        if target.role == "unnamed":
            note = (Piece("a part of  ", "dim"), Piece(step.equation, "dim"))
        result = self.shown(target)
        return OperationPanel(
            title=(Piece("Operation", "heading"), Piece(" · " + heading(self.program, step), "dim")),
            equation=equation_line(self.program, step, self.objective),
            note=note,
            parts=parts if shown else (),
            shown=shown,
            result=Shown(result.matrix, result.cursor, result.lit),
            cell=self.lines_of_cell,
            sentences=sentences(self.program, step, self.objective),
        )

    def _operand(self, operands: Operands, name: str) -> MatrixView:
        slot = operands.slot(name)
        if slot is not None:
            return self.gallery.value(self.record, self.program.values[slot], True)
        return self.gallery.expression(self.record, name, operands.step, operands.display.inner[name], operands)

    def _note(self, inner: dict[str, Expression]) -> Line:
        """What the names made up for inner parts stand for: σ′(z1) = h1 ⊙ (1 − h1)."""
        line: list[Piece] = []
        for name, expression in inner.items():
            if "′" in name:
                written = tokens(expression, SYMBOLS, self.objective)
                line += [Piece(name, "name"), Piece(" = ", "operator"), *(Piece(*token) for token in written)]
        return tuple(line)

    def _opening(self) -> OperationPanel:
        """Before the first step: what this is about, and what is there to start from."""
        scenario, place = self.session.scenario, self.session.timeline.schedule.place(self.record.iteration)
        paragraphs = scenario.description.split("\n\n") if self.record.iteration == 1 else []
        about = [clean(" ".join(paragraph.split()), 2000) for paragraph in paragraphs if paragraph.strip()]
        rows = ", ".join(map(str, place.rows[:12])) + (", …" if len(place.rows) > 12 else "")
        batch = f"Iteration {place.iteration}: epoch {place.epoch}, batch {place.batch}"
        batch += f", rows {rows} of the data." if place.rows else "."
        steps = len(self.program.steps)
        return OperationPanel(
            title=(Piece("Operation", "heading"), Piece(" · nothing computed yet", "dim")),
            equation=(Piece(clean(scenario.title) or "Untitled", "title"),),
            cell=self.lines_of_cell,
            about=tuple(about),
            sentences=(batch, f"{steps} steps ahead: → or n does the next one, ? shows all keys."),
        )

    def values_panel(self, key: str) -> ValuesPanel:
        """One of the three panels of values; where nothing on it has changed, the very panel of before."""
        shown = tuple(self.shown(value) for value in self.members(key))
        made = ValuesPanel(key, (Piece(_TITLES[key], "heading"),), shown, _EMPTY[key])
        last = self.gallery.panels.get(key)
        if last is None or not made.looks_like(last):
            last = self.gallery.panels[key] = made
        return last

    def members(self, key: str) -> list[Value]:
        """The values of a panel, in order."""
        return [self.latest(name) for name in self.gallery.members(self.program).get(key, ())]
