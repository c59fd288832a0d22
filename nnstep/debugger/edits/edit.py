"""Changing something at the current point of a run, and going from branch to branch at the same step."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from nnstep.catalogue import say
from nnstep.debugger.branch import Branch
from nnstep.debugger.position import Position
from nnstep.debugger.session import Session
from nnstep.errors import NnstepError
from nnstep.program import Program
from nnstep.scenario.edits.edit_text import edit_text
from nnstep.scenario.edits.typed import read_edit
from nnstep.scenario.model import Edit


def change(session: Session, edits: Sequence[Edit]) -> Branch:
    """Change something from here on, and go to the branch that has it: at the same step, which is computed anew; or at
    the start of the next iteration, where this one has done with what is changed.

    Raises NnstepError for what cannot be compiled, ValueError where there is no iteration that it could change.
    """
    here = session.program
    since = since_when(session, edits)
    branch = session.branches.edit([edit._replace(iteration=since) for edit in edits])
    if since > session.position.iteration:
        session.go_to(since, 0)
    else:
        _settle(session, here)
    return branch


def since_when(session: Session, edits: Sequence[Edit]) -> int:
    """The iteration that begins with edits made at the current point. Raises ValueError where there is none."""
    since = max(effective_from(session.program, session.position, edit.name) for edit in edits)
    if since > session.timeline.iterations:
        raise ValueError(say("branch.no-iteration"))
    return since


def undo(session: Session) -> Edit | None:
    """Take the last edit of this branch back. None where there is none. Raises ValueError where others leave it."""
    here = session.program
    undone = session.branches.undo()
    _settle(session, here)
    return undone


def switch(session: Session, name: str) -> None:
    """To the same step in another branch. Raises KeyError for a name that no branch has."""
    here = session.program
    session.branches.switch(name)
    _settle(session, here)


def _settle(session: Session, here: Program) -> None:
    """Stand at the same step in the branch that is looked at now; `here` is the program of before."""
    session.go_to(*session.same_step(session.position.iteration, here))


def moved_to(old: Session, new: Session) -> Position:
    """Where a position of a session is in a session on the scenario after it was edited: at the step that assigns the
    same value, in the same iteration, as far as they are still there.
    """
    iteration = min(old.position.iteration, new.timeline.iterations)
    program, step = new.timeline.program(iteration), old.step
    if step is None:
        return Position(iteration)
    value = old.program.values[step.target]
    turn = old.program.versions[value.name].index(value.slot)
    slots = [slot for slot in program.versions.get(value.name, ()) if program.values[slot].step]
    if not slots:
        return Position(iteration, min(step.index, len(program.steps)))
    first = sum(1 for slot in old.program.versions[value.name] if not old.program.values[slot].step)
    there = program.values[slots[min(turn - first, len(slots) - 1)]].step
    return Position(iteration, there)


def carry_over(old: Session, new: Session) -> list[str]:
    """Make the branches of a session anew in one on the scenario after it was edited, and look at the same one.

    Gives the names of those that are not possible any more: a cell is not there, or an optimizer, or their parent.
    """
    lost = []
    for branch in old.branches.all[1:]:
        try:
            scenario = new.branches.named(branch.parent).timeline.scenario
            read: list[Edit] = []
            for edit in branch.edits:  # each may be of what those before it have begun
                there = scenario.with_edits((*scenario.edits, *read))
                read += read_edit(edit_text(edit), there, edit.iteration)
            new.branches.restore(branch, read)
        except (KeyError, NnstepError):
            lost.append(branch.name)
    with contextlib.suppress(KeyError):
        new.branches.switch(old.branches.current.name)
    return lost


def effective_from(program: Program, position: Position, name: str) -> int:
    """The iteration with which a change at a position begins: this one, as long as that changes nothing that was done.

    `name` is what is changed, "" for the optimizer. What this iteration has updated is changed for the next one.
    """
    if name in program.versions:
        slots = program.versions[name]
        updated = len(slots) > 1 and program.values[slots[-1]].step <= position.step
    else:
        updates = [first for phase, first, _ in program.phases if phase == "update"]
        updated = not name and bool(updates) and updates[0] <= position.step
    return position.iteration + updated
