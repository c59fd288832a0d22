"""What-if, as a person types it: which cell is meant, what it is now, and the branch that a change begins."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from nnstep.catalogue import say
from nnstep.debugger.breakpoints.control import Control
from nnstep.debugger.edits.edit import change, effective_from, since_when
from nnstep.errors import NnstepError, Problem
from nnstep.files import Stamp, stamp
from nnstep.language import number_text
from nnstep.program import Value
from nnstep.scenario.edits.edit_text import cell_text, edit_text
from nnstep.scenario.edits.typed import read_edit
from nnstep.scenario.save import save_branch
from nnstep.text import clean
from nnstep.view.scene.moment import Moment
from nnstep.view.text.canvas import Line, Piece

# Of the files that a person was asked about whether they may be replaced: what they were then.
_ASKED: WeakKeyDictionary[Control, dict[Path, Stamp]] = WeakKeyDictionary()
_EDITABLE = ("parameter", "state", "constant", "data")


def _meant(moment: Moment) -> tuple[Value, tuple[int, ...]] | None:
    """The chosen cell, where it can be edited, with the row of the data for that of the batch."""
    scene = moment.outer
    if moment.at is not scene or scene.cell is None:
        return None
    value, index = scene.program.values[scene.cell.slot], scene.cell.index
    if value.role not in _EDITABLE:
        return None
    if value.role == "data":
        index = (scene.record.rows[index[0]], *index[1:])
    return value, index


def edit_suggestion(moment: Moment) -> str:
    """What the dialog begins with: the chosen cell and its number, or nothing."""
    meant = _meant(moment)
    if meant is None or moment.outer.cell is None:
        return ""
    number = float(moment.outer.record.value(moment.outer.cell.slot)[moment.outer.cell.index])
    return f"{cell_text(meant[0].name, meant[1])} = {number_text(number)}"


def edit_question(moment: Moment) -> str:
    """What the dialog asks: what is to be otherwise, and from when on."""
    meant = _meant(moment)
    name = meant[0].name if meant is not None else ""
    since = effective_from(moment.outer.program, moment.session.position, name)
    return say("dialog.edit.question", iteration=since)


def make(control: Control, text: str) -> Line:
    """Make the edit that was typed. Raises LanguageError, NnstepError or ValueError for one that cannot be made."""
    session = control.session
    scenario, here = session.timeline.scenario, session.position.iteration
    since = since_when(session, read_edit(text, scenario, here))
    edits = read_edit(text, scenario, since)
    branch = change(session, edits)
    said = "; ".join(edit_text(edit) for edit in edits)
    return (
        Piece(say("branch.made", name=clean(branch.name, 40), iteration=branch.since) + " ", "good"),
        Piece(clean(said, 120), "text"),
    )


def save_suggestion(control: Control) -> str:
    """A file name for the current branch, beside where one is."""
    session = control.session
    stem = Path(session.scenario.path or "scenario").stem
    branch = "".join(letter if letter.isalnum() else "_" for letter in session.branches.current.name)
    return f"{''.join(letter if clean(letter) == letter else '_' for letter in stem)}_{branch}.toml"


def save(control: Control, text: str, replace: bool) -> Line:
    """Save the current branch as a scenario. Raises NnstepError where that cannot be done."""
    session = control.session
    target = Path(text.strip()).expanduser()
    if not target.suffix:
        target = target.with_suffix(".toml")
    asked = _ASKED.setdefault(control, {})
    expected = asked.pop(target, None) if replace else None
    try:
        save_branch(
            session.scenario, session.timeline.scenario.edits, target, replace=replace, expected=expected or None
        )
    except FileExistsError:
        asked[target] = stamp(target)
        raise NnstepError(Problem(say("branch.file-exists"), file=str(target))) from None
    return (Piece(say("branch.saved") + " ", "good"), Piece(clean(target, 120), "text"))
