"""What a person types to go somewhere: a step, an iteration and a step, or the name of a value."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.debugger.position import Position
from nnstep.debugger.session import Session
from nnstep.errors import nearest

__all__ = ["find_names", "place"]

_NUMBERS = re.compile(r"(?:(\d{1,9})\s*:)?\s*(\d{1,9}(?:\.\d{1,9}){0,20})")


def place(session: Session, text: str) -> Position:
    """Where `text` leads: "14" (step 14 of this iteration), "14.2" (step 2 of its body), "3:14" (of iteration 3), or
    the step that assigns a name.

    Raises ValueError, saying what was expected, for a text that leads nowhere.
    """
    text = " ".join(text.split())
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        iteration = int(numbers[1] or session.position.iteration)
        step, *inner = map(int, numbers[2].split("."))
        return Position(iteration, step, tuple(inner))
    slots = session.program.versions.get(text)
    if slots is None:
        hint = nearest(text, session.program.versions)
        raise ValueError(say("message.nothing-called", text=repr(text), hint=hint or say("message.places")))
    steps = [session.program.values[slot].step for slot in slots]
    return Position(session.position.iteration, steps[-1])


def find_names(session: Session) -> list[str]:
    """Every name that `place` knows, in order of assignment."""
    return list(session.program.versions)
