"""Values without a gradient: which one a text like grad(p) asks about, and why it has none."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.language.references import read_reference
from nnstep.program.chain import objective_ancestors
from nnstep.program.model import Program
from nnstep.program.naming import vocabulary


def why_no_gradient(program: Program, text: str) -> str | None:
    """Why there is no gradient where a text names that of a value, with an entry or without; None for any other text.

    The notations are those of `value_named`. Raises LanguageError where a printed name is that of two values.
    """
    wanted = {f"grad({value.name})" for value in program.values if value.role not in ("gradient", "contribution")}
    known = wanted | program.versions.keys()
    found = read_reference(text, vocabulary(program)._replace(known=known.__contains__))
    if found is None or found.name not in wanted or found.name in program.versions:
        return None
    name = found.name.removeprefix("grad(").removesuffix(")")
    return say("gradient.none", name=name, reason=_reason(program, program.versions[name][0]))


def _reason(program: Program, slot: int) -> str:
    if program.objective is None:
        return say("gradient.none.forward")
    if slot not in objective_ancestors(program):
        return say("gradient.none.aside", objective=program.objective_name)
    return say("gradient.none.untrained")
