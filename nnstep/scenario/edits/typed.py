"""An edit as a person types it: `W1[0, 1] = 0.5`, `lr = 0.1`, `adam lr = 0.01`."""

from __future__ import annotations

import re
from typing import Any

from nnstep.catalogue import say
from nnstep.errors import NnstepError, Problem
from nnstep.optimizers import OPTIMIZERS
from nnstep.pasted import NotNumbersError, read_numbers
from nnstep.scenario.edits.read import given_shapes, read_all
from nnstep.scenario.hints import suggest
from nnstep.scenario.model import Edit, Scenario
from nnstep.scenario.toml.fields import Field, Report, describe
from nnstep.scenario.toml.positions import Positions
from nnstep.scenario.training import optimizer_keys
from nnstep.text import clean

_OPTION = re.compile(r"([^\W\d]\w*)\s*=")


def read_edit(typed: str, scenario: Scenario, iteration: int) -> tuple[Edit, ...]:
    """What a person types, to take effect as `iteration` (from 1) begins; several edits are separated by semicolons.

        W1[0, 1] = 0.5    x[3, 0] = -1    velocity(W1)[0, 1] = 0    w = 1/3
        lr = 0.1          adam lr = 0.01 betas = [0.9, 0.99]        optimizer = adam

    `lr = 0.1` changes an option of the optimizer in force, after the edits of the scenario; with a type in front the
    other options have their defaults. A value's name goes before an option of that name.

    Raises NnstepError with what was expected; its problems have no line, and name a key only where that says more.
    """
    statements = [part for part in re.split(r"[;\n]", typed) if part.strip()]
    if not statements:
        raise NnstepError(Problem(say("edits.nothing"), hint=say("edits.typed")))
    items = [{"iteration": iteration, **_statement(" ".join(part.split()), scenario)} for part in statements]
    report = Report(None, Positions(""))
    found = read_all([Field(item, (), report) for item in items], scenario)
    try:
        report.finish()
    except NnstepError as error:
        raise NnstepError(_without_place(problem) for problem in error.problems) from None
    return tuple(edit._replace(line=None, key=None) for edit in found)


def _statement(typed: str, scenario: Scenario) -> dict[str, Any]:
    """The keys of an edit without its iteration. Raises NnstepError."""
    left, equals, right = typed.partition("=")
    name = left.strip()
    if equals and _is_cell(name, scenario):
        value = _number(right, name)
        if isinstance(value, list):
            raise NnstepError(Problem(say("edits.found-for", found=describe(value), name=clean(name, 40))))
        return {"cell": name, "value": value}
    words, *pairs = _OPTION.split(typed)
    if pairs[:1] == ["optimizer"] and not words.strip():
        words, pairs = pairs[1], pairs[2:]
    kinds = words.replace(",", " ").split()
    if kinds[:1] == ["optimizer"]:
        kinds = kinds[1:]
    if len(kinds) > 1 or not (kinds or pairs) or not set(kinds) <= OPTIMIZERS.keys():
        hint = suggest.hint(kinds[0], OPTIMIZERS, "optimizer type") if len(kinds) == 1 else None
        raise NnstepError(Problem(say("edits.unclear", typed=clean(typed, 40)), hint=hint or say("edits.typed")))
    options: dict[str, Any] = {"type": kinds[0]} if kinds else {}
    for option, written in zip(pairs[::2], pairs[1::2], strict=True):
        if option in options:
            raise NnstepError(Problem(say("edits.twice", option=clean(option, 40))))
        options[option] = _number(written, option)
    return {"optimizer": options}


def _is_cell(name: str, scenario: Scenario) -> bool:
    """Whether what stands before `=` is meant as a cell, not as an option. Raises NnstepError where it is neither."""
    if name in given_shapes(scenario) or any(sign in name for sign in "[(."):
        return True
    if not name.isidentifier() or name == "optimizer" or name in optimizer_keys():
        return False
    meant = suggest.hint(name, optimizer_keys(), "optimizer")
    if meant and all(name != one.assignment.target for one in scenario.equations):
        raise NnstepError(Problem(say("edits.neither-known", name=clean(name, 40)), hint=meant))
    return True


def _number(typed: str, name: str) -> float | bool | list[float]:
    """A number, a pair of numbers in brackets, true or false. Raises NnstepError."""
    plain = typed.strip(" ,")
    if plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    try:
        found = read_numbers(plain)
    except NotNumbersError as error:
        said = say("said.about", what=clean(name, 40), reason=error)
        raise NnstepError(Problem(said, hint=None if plain else say("edits.typed"))) from None
    if len(found.shape) > 1:
        raise NnstepError(Problem(say("edits.rows-for", name=clean(name, 40))))
    return list(found.rows[0]) if found.shape else found.rows[0][0]


def _without_place(problem: Problem) -> Problem:
    """For what was typed: no line, and of the key only the option of an optimizer."""
    _, inside, option = (problem.key or "").partition("optimizer.")
    return Problem(problem.message, key=option if inside else None, hint=problem.hint)
