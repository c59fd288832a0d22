"""What every part of a drawing of a program needs: which record, how far, which sample, which cell, which letters."""

from __future__ import annotations

from dataclasses import dataclass

from nnstep.catalogue import say
from nnstep.engine import Record
from nnstep.language import Entry, to_text, to_unicode
from nnstep.ops import Array, Index
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.matrix import format_of
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import DIGITS
from nnstep.view.text.symbols import label


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What is drawn, for layers and for graphs alike.

    now       how many steps are done: nothing of a later one is shown
    backward  whether the step is one of the backward pass or the update
    row       which row of the batch is shown, from 0
    chosen    the chosen cell: its value's slot and its index
    digits    significant digits of the numbers, as in the panels
    """

    record: Record
    now: int
    backward: bool
    row: int
    chosen: tuple[int, Index] | None
    ascii: bool
    objective: str
    digits: int = DIGITS

    def said(self, name: str) -> str:
        """A value's name, as the screen writes it or in ASCII as it is typed."""
        return name if self.ascii else label(name, self.objective)

    def number(self, array: Array, value: float) -> str:
        """One of a value's numbers, as it stands in its matrix."""
        text = format_of(array, self.digits).text(value)
        return ascii_text(text) if self.ascii else text

    def entry(self, name: str, index: Index) -> str:
        """An entry of a value: z1[0,2]."""
        return to_text(Entry(name, index)) if self.ascii else to_unicode(Entry(name, index), None, self.objective)

    def foot(self) -> list[Line]:
        """The chosen cell's number, and which sample is drawn."""
        program = self.record.program
        parts: list[Line] = []
        if self.chosen is not None:
            slot, index = self.chosen
            value = program.values[slot]
            if value.step <= self.now and len(index) == len(value.shape):
                said = self.number(self.record.value(slot), float(self.record.value(slot)[index]))
                parts.append(
                    (Piece(self.entry(value.name, index), "name"), Piece(" = ", "operator"), Piece(said, "strong"))
                )
        if program.rows:
            row = min(self.row, program.rows - 1)
            parts.append((Piece(say("plot.network.sample", row=row + 1, rows=program.rows), "dim"),))
        return parts
