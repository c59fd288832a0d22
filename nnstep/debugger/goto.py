"""What a person types to go somewhere: a step, an iteration and a step, or the name of a value."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.debugger.position import Position
from nnstep.debugger.session import Session
from nnstep.errors import LanguageError
from nnstep.language.references import Named
from nnstep.nearest import nearest
from nnstep.program.naming import factor_named, names_like, value_named
from nnstep.program.no_gradient import why_no_gradient

_NUMBERS = re.compile(r"(?:(\d{1,9})\s*:)?\s*(\d{1,9}(?:\.\d{1,9}){0,20})")


def destination(session: Session, text: str) -> Position:
    """Where `text` leads: "14" (step 14 of this iteration), "14.2" (step 2 of its body), "3:14" (of iteration 3), or
    the step that assigns the value that is named, in whatever notation: grad(W1), ∂L/∂W1[0,1], σ(z1), #4; also where
    a factor of the chain rule is multiplied with, ∂o/∂h1.

    Raises ValueError, saying what was expected, for a text that leads nowhere.
    """
    text = " ".join(text.split())
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        iteration = int(numbers[1] or session.position.iteration)
        step, *inner = map(int, numbers[2].split("."))
        return Position(iteration, step, tuple(inner))
    found = named_value(session, text)
    factor = factor_named(session.program, text) if found is None else None
    if factor is not None:
        return Position(session.position.iteration, factor.index)
    if found is None:
        hint = nearest(text, session.program.versions) or say("message.places")
        why = why_no_gradient(session.program, text)
        raise ValueError(f"{why}; {hint}" if why else say("message.nothing-called", text=repr(text), hint=hint))
    value = session.program.values[session.program.versions[found.name][-1]]
    fits = len(found.index) == len(value.shape) and all(map(int.__lt__, found.index, value.shape))
    if found.index and not fits:
        shape = "×".join(map(str, value.shape)) or "1"
        raise ValueError(say("message.no-entry", text=repr(text), name=found.name, shape=shape))
    return Position(session.position.iteration, value.step)


def named_value(session: Session, text: str) -> Named | None:
    """The value, or its cell, that a text names; None where it names none. Raises ValueError where it may be two."""
    try:
        return value_named(session.program, text)
    except LanguageError as error:
        raise ValueError(str(error) + (f"; {error.hint}" if error.hint else "")) from None


def find_names(session: Session, typed: str = "") -> list[str]:
    """The names that `place` knows in which a text occurs, the one that it means first; without a text all."""
    return names_like(session.program, typed)
