"""Values without a gradient: which one a text like grad(p) asks about, and why it has none."""

from __future__ import annotations

import re

from nnstep.program.chain import on_the_way
from nnstep.program.model import Program

__all__ = ["why_no_gradient"]

_ENTRY = re.compile(r"\[[^\[\]]*\]$")


def why_no_gradient(program: Program, text: str) -> str | None:
    """Why there is no gradient where a text names that of a value, with an entry or without; None for any other text.

    The text may be grad(p), p.grad, dp, dL/dp and ∂L/∂p, with L or the objective's own name.
    """
    written = _ENTRY.sub("", "".join(text.split()))
    objective = "" if program.objective is None else program.values[program.objective].name
    for name, slots in program.versions.items():
        forms = {f"grad({name})", f"{name}.grad", f"d{name}"}
        forms |= {f"{sign}{top}/{sign}{name}" for sign in "d∂" for top in ("L", objective)}
        if written in forms and f"grad({name})" not in program.versions:
            return f"{name} has no gradient: {_reason(program, slots[0], objective)}"
    return None


def _reason(program: Program, slot: int, objective: str) -> str:
    if not objective:
        return "nothing is differentiated here"
    if slot not in on_the_way(program):
        return f"{objective} is not made of it"
    return "there is no trainable parameter in it"
