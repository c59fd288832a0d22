"""Session + choice -> what each panel shows at this step. Nothing of a later step can be seen from here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.debugger import Cell, Frame
from nnstep.debugger.provenance.origin import Origin, origin
from nnstep.engine import Record
from nnstep.language import Entry, tokens
from nnstep.program import Program, Step, Value
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.gallery import Gallery
from nnstep.view.scene.sources import Operands, Provenance
from nnstep.view.scene.values import ShownMatrix, ValuesPanel
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.cell_arithmetic import CellLines, FormatNumber
from nnstep.view.text.highlight import DARK, Lit
from nnstep.view.text.highlight import MatrixCell as Spot
from nnstep.view.text.matrix import MatrixView, cell_of
from nnstep.view.text.numbers import exact, parse_number
from nnstep.view.text.symbols import SYMBOLS


class Marks(NamedTuple):
    """The chosen cell and the cells that made it, by slots of one program."""

    slot: int | None = None
    cursor: Spot = (0, 0)
    lit: Mapping[int, Lit] = MappingProxyType({})


class Scene:
    """A program at a step, with everything that panels ask of it worked out once.

    `step` is the step that is looked at; what is assigned after step `now` is not to be seen.
    """

    def __init__(self, frame: Frame, now: int, gallery: Gallery, choice: Choice) -> None:
        self.gallery = gallery
        self.choice = choice
        self.now = now
        self.program: Program = frame.program
        self.record: Record = frame.record
        self.step: Step | None = frame.step
        self.objective = gallery.objective
        self._marks: Marks | None = None

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
    def cursor(self) -> Spot:
        """The chosen cell, within the chosen value."""
        if self.chosen is None:
            return (0, 0)
        picture = self.picture(self.chosen)
        row, column = self.choice.cell
        return (min(row, picture.rows - 1), min(column, picture.columns - 1))

    @cached_property
    def cell(self) -> Cell | None:
        """The chosen cell, None where nothing is there to be chosen."""
        value = self.chosen
        return None if value is None else Cell(value.slot, self.picture(value).index_of(self.cursor))

    @cached_property
    def provenance(self) -> Provenance | None:
        """Where the chosen cell's number comes from; None for what no step of this program has computed."""
        return None if self.cell is None else self._provenance(self.cell)

    def _provenance(self, cell: Cell) -> Provenance | None:
        value = self.program.values[cell.slot]
        if not value.step or not self.computed(value):
            return None
        operands = self.operands(self.program.steps[value.step - 1])
        return Provenance(operands, cell.index, float(self.record.value(value.slot)[cell.index]))

    @property
    def marks(self) -> Marks:
        """What is marked: the chosen cell of this scene and what made it, unless another scene has it."""
        if self._marks is None:
            slot = None if self.chosen is None else self.chosen.slot
            lit = self.provenance.lit_values if self.provenance else {}
            if self.choice.lens == "cell" and self.provenance is not None and self.cell is not None:
                lit = self._lit_by(self.origin(self.cell))
            self._marks = Marks(slot, self.cursor, lit)
        return self._marks

    def origin(self, cell: Cell) -> Origin:
        """The terms that a cell is made of; those last asked for are kept."""
        return self.gallery.once(self.record, "origin", cell, lambda: origin(self.record, cell))

    def _lit_by(self, found: Origin) -> dict[int, Lit]:
        """The cells that terms read, by slot, in the pictures of their values."""
        cells: dict[int, set[Spot]] = {}
        for term in found.terms:
            for one in term.cells:
                cells.setdefault(one.slot, set()).add(cell_of(one.index))
        return {slot: Lit.of(spots) for slot, spots in cells.items()}

    def mark(self, marks: Marks) -> None:
        """Mark what another scene has chosen."""
        self._marks = marks

    def operands(self, step: Step) -> Operands:
        """The operands of a step as it is displayed."""
        return Operands(self.program, self.record, step, self.gallery.display(self.program, step))

    def shown(self, value: Value) -> ShownMatrix:
        """A value as a panel of values shows it."""
        marks = self.marks
        cursor = marks.cursor if marks.slot == value.slot else None
        changed = self.step is not None and value.slot == self.step.target
        return ShownMatrix(self.picture(value), cursor, marks.lit.get(value.slot, DARK), changed)

    def written(self, cell: Cell) -> Line:
        """A cell as it is written: ∂L/∂z1[0,2]."""
        name = self.program.values[cell.slot].name
        return tuple(Piece(*token) for token in tokens(Entry(name, cell.index), SYMBOLS, self.objective))

    def said(self, cell: Cell) -> FormatNumber:
        """How the numbers of the cell's matrix are printed."""
        return self.picture(self.program.values[cell.slot]).format.text

    def number(self, cell: Cell) -> str:
        """The cell's number as it stands in its matrix."""
        return self.said(cell)(float(self.record.value(cell.slot)[cell.index]))

    def lines_of_cell(self, width: int) -> CellLines:
        """The chosen cell's arithmetic."""
        return () if self.cell is None else self.lines_of(self.cell, width)

    def lines_of(self, cell: Cell, width: int) -> CellLines:
        """A cell's arithmetic: with names, with numbers, and its result."""
        value = self.program.values[cell.slot]
        target = Entry(value.name, cell.index)
        provenance = self.provenance if cell == self.cell else self._provenance(cell)
        if provenance is not None:
            return provenance.lines(target, self.objective, self.said(cell), self.gallery.digits, width)
        line: Line = (*self.written(cell), Piece(" = ", "operator"))
        if not self.computed(value):
            return ((*line, Piece(say("cell.not-computed"), "strong")),)
        said, every = self.number(cell), exact(float(self.record.value(cell.slot)[cell.index]))
        digits = (Piece(f" = {every}", "dim"),) if parse_number(said) != parse_number(every) else ()
        return ((*line, Piece(said, "strong"), *digits, Piece("   " + say("cell.given"), "dim")),)

    # -- panels

    def values_panel(self, key: str, first: tuple[ShownMatrix, ...] = ()) -> ValuesPanel:
        """One of the three panels of values, after what stands `first`; where nothing has changed, that of before."""
        shown = (*first, *(self.shown(value) for value in self.members(key)))
        made = ValuesPanel(key, (Piece(say(f"panel.{key}.title"), "heading"),), shown, say(f"panel.{key}.empty"))
        last = self.gallery.panels.get(key)
        if last is None or not made.looks_like(last):
            last = self.gallery.panels[key] = made
        return last

    def members(self, key: str) -> list[Value]:
        """The values of a panel, in order."""
        return [self.latest(name) for name in self.gallery.members(self.program).get(key, ())]
