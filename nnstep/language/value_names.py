"""What the name of a value says: `grad(h1) via o` is a part of a gradient, `v(W1)` a state, `x @ W1` an expression."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from nnstep.language.nodes import Name
from nnstep.language.parser import parse_expression

BEFORE_SUM = " before sum"


class Meaning(NamedTuple):
    """What the name of a value says.

    kind    "name": a name of its own. "expression": it is called by its text, which is an expression. "gradient": that
            of another value; "state": what an optimizer keeps for one; "previous": one of the iteration before.
    of      the value that a gradient or a state belongs to
    state   which state it is: m, v, velocity, d
    via     of a part of a gradient: the value through which it comes; "" for the whole
    turn    and which use of the value there it is, where there are several; else 0
    summed  False for the part before it is summed over the axes along which the value was repeated
    """

    kind: str
    of: str = ""
    state: str = ""
    via: str = ""
    turn: int = 0
    summed: bool = True


def meaning_of(name: str) -> Meaning:
    """What a name says by the language's own rules: `v(W1)` refers to a value, `sqrt(2)` is an expression.

    Raises LanguageError for what is neither.
    """
    if name.isidentifier():
        return Meaning("name")
    part = part_of_gradient(name)
    if part is not None:
        return part
    if not isinstance(parse_expression(name), Name):
        return Meaning("expression")
    reference, _, inner = name.removesuffix(")").partition("(")
    return Meaning("previous", inner) if reference == "prev" else Meaning("state", inner, reference)


@lru_cache(maxsize=4096)
def part_of_gradient(name: str) -> Meaning | None:
    """What a name such as `grad(h1) via o (2) before sum` says; None for what is no gradient."""
    whole = name.removesuffix(BEFORE_SUM)
    base, _, via = whole.partition(" via ")
    of = gradient_of(base)
    if not of:
        return None
    start, _, turn = via.removesuffix(")").rpartition(" (")
    if start and via.endswith(")") and turn.isdecimal():
        return Meaning("gradient", of, via=start, turn=int(turn), summed=whole == name)
    return Meaning("gradient", of, via=via, summed=whole == name)


@lru_cache(maxsize=4096)
def gradient_of(name: str) -> str:
    """The z1 of `grad(z1)`; "" for what is no such name, as `grad(a) - sum(grad(b))` is not."""
    if not name.startswith("grad("):
        return ""
    depth = 0
    for position, char in enumerate(name):
        depth += (char == "(") - (char == ")")
        if depth == 0 and char == ")":
            return name[5:-1] if position == len(name) - 1 else ""
    return ""
