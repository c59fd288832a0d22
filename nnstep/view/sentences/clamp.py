"""What is said of a step in which a clamp is in force: for which entries, and what it does to them."""

from __future__ import annotations

from collections.abc import Iterator

from nnstep.catalogue import say
from nnstep.debugger.provenance.clamps import Clamp, clamps
from nnstep.engine import Record
from nnstep.language import Entry, to_text
from nnstep.program import Program, Step
from nnstep.text import listed
from nnstep.view.sentences.phrases import value_label

_NAMED = 3  # entries that are named


def of_clamps(record: Record, step: Step, objective: str) -> tuple[str, ...]:
    """The sentences about the clamps in force in a step; () where there is none."""
    return tuple(said for clamp in clamps(record, step) for said in _sentences(record.program, clamp, objective))


def _sentences(program: Program, clamp: Clamp, objective: str) -> Iterator[str]:
    name = program.values[clamp.cells[0].slot].name
    named = [to_text(Entry(name, cell.index)) if cell.index else name for cell in clamp.cells[: _NAMED + 1]]
    values = {
        "cells": listed(named, _NAMED),
        "name": value_label(name, objective),
        "entries": f"{clamp.entries:,}",
        "count": f"{len(clamp.cells):,}",
    }
    yield say(f"words.clamp.{clamp.part}", **values)
    made = program.values[clamp.cells[0].slot].step
    if clamp.part == "slope" and made and program.steps[made - 1].operation == "sigmoid":
        yield say("words.clamp.logits", logits=value_label(program.steps[made - 1].operands[0][0], objective))
