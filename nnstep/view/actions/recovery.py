"""What is said of edits that were not saved, and what is done about them."""

from __future__ import annotations

import time

from nnstep.catalogue import say, say_count
from nnstep.debugger import Session
from nnstep.debugger.edits.recovery import Recovery
from nnstep.text import clean
from nnstep.view.text.canvas import Line, Piece

CHANGING = ("edit.make", "edit.undo", "branch.rename", "branch.save")  # after these something else is unsaved


def kept_after(recovery: Recovery, session: Session, command: str, message: Line) -> Line:
    """Keep what is unsaved after one of CHANGING that led to a message; the message, with what went wrong the first
    time that it does.
    """
    if message and message[0].role == "error":
        return message
    if command == "branch.save":
        recovery.saved(session)
    before = recovery.failed
    recovery.keep(session)
    if recovery.failed and not before:
        said = say("recovery.failed", reason=clean(recovery.failed, 80))
        return (*message, Piece(f"  {said}", "warning"))
    return message


def offer(recovery: Recovery) -> Line:
    """What earlier sessions have left, or nothing."""
    found = recovery.offer()
    if found is None:
        return ()
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(found.when))
    if found.sessions > 1:
        said = say("recovery.offer.sessions", count=found.branches, sessions=found.sessions, when=when)
    else:
        said = say_count("recovery.offer", found.branches, when=when)
    return (Piece(said + ("" if found.same else " " + say("recovery.other-file")), "warning"),)


def take_up(recovery: Recovery, session: Session) -> Line:
    """Take up what is offered."""
    found = recovery.take(session)
    if found is None:
        return (Piece(say("recovery.none"), "warning"),)
    line = [Piece(say("recovery.taken", names=clean(", ".join(found.names), 80)), "good")] if found.names else []
    if found.lost:
        lost = say("recovery.lost", names=clean(", ".join(found.lost), 80), file=clean(", ".join(found.kept), 200))
        line.append(Piece(("  " if line else "") + lost, "warning"))
    if recovery.failed:
        line.append(Piece("  " + say("recovery.failed", reason=clean(recovery.failed, 80)), "warning"))
    if (more := recovery.offer()) is not None:
        line.append(Piece("  " + say_count("recovery.more", more.branches), "warning"))
    return tuple(line)


def read_again(recovery: Recovery, session: Session, lost: bool) -> Line:
    """Keep what is unsaved after the scenario was read again; where branches were lost, also what was kept before."""
    kept = recovery.set_aside() if lost else ""
    recovery.read_again()
    recovery.keep(session)
    return (Piece("  " + say("recovery.kept", file=clean(kept, 200)), "warning"),) if kept else ()


def leaving(recovery: Recovery) -> str:
    """What is to be said when the program is left with something unsaved, or ""."""
    if not recovery.unsaved:
        return ""
    if recovery.failed:
        return say("recovery.failed", reason=clean(recovery.failed, 80))
    return say_count("recovery.leaving", recovery.unsaved)
