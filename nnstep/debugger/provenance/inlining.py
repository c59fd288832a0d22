"""Steps as they are written: what has no name of its own is put in where it is used.

`z1 = x @ W1 + b1` is two steps, the first of which assigns a value called by its text. Who asks where `z1[0, 2]` comes
from means x, W1 and b1; so the unnamed value is replaced by what it is, unless a cell would then be made of too many
entries, or the value decides something that jumps: `x @ W1 > 0` on a number that differs in its last bit, since it was
added up in another order, may be another answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from nnstep.language import Call, Expression, Name, names, substitute, walk
from nnstep.memo import memoized
from nnstep.ops import Operation, facts
from nnstep.program import Program, Shape, ShapeOf, Step, cell_size

MOST_ENTRIES = 20_000  # that the arithmetic of a cell is written out with, about a tenth of a second's work


class Inlined(NamedTuple):
    """A step's expression with unnamed values put in, the slots of its names, and about how many entries a cell has."""

    expression: Expression
    slots: dict[str, int]
    size: int


def shape_in(program: Program, slots: dict[str, int]) -> ShapeOf:
    """The shapes of the values that names mean."""

    def shape_of(name: str) -> Shape:
        return program.values[slots[name]].shape

    return shape_of


@memoized()
def _done(program: Program) -> dict[int, Inlined]:
    """The whole steps so far, by index."""
    return {}


def inlined(program: Program, step: Step, keep: Collection[int] = ()) -> Inlined:
    """The step with unnamed values put in: all of them, or where a cell would be too large only other arrangements.

    Unnamed values in the slots `keep` stay names.
    """
    done = _done(program)
    if not keep and step.index in done:
        return done[step.index]
    found = _sized(program, *_put_in(program, step, keep, _anything))
    if found.size > MOST_ENTRIES:
        found = _sized(program, *_put_in(program, step, keep, _arranges))
    if not keep:
        done[step.index] = found
    return found


def _sized(program: Program, expression: Expression, slots: dict[str, int]) -> Inlined:
    return Inlined(expression, slots, cell_size(expression, shape_in(program, slots)))


def _anything(expression: Expression) -> bool:
    return True


def _arranges(expression: Expression) -> bool:
    return _applied(expression).arranges


def _applied(expression: Expression) -> Operation:
    return facts(expression.function if isinstance(expression, Call) else "")


def _put_in(
    program: Program,
    step: Step,
    keep: Collection[int],
    wanted: Callable[[Expression], bool],
    exactly: bool = False,
) -> tuple[Expression, dict[str, int]]:
    """The expression with those unnamed operands put in whose own expression is wanted, and the slots of its names.

    `exactly`: only where every bit is passed on.
    """
    own = dict(step.operands)
    slots = dict(own)
    inner: dict[str, Expression] = {}
    deciding = set(own) if exactly else _deciding(step.expression)
    for name, slot in step.operands:
        value = program.values[slot]
        made = program.steps[value.step - 1] if value.role == "unnamed" and value.step else None
        if made is None or slot in keep or not wanted(made.expression):
            continue
        if name in deciding and not _passes_on(made.expression):
            continue
        expression, below = _put_in(program, made, keep, wanted, name in deciding)
        if all(slots.get(label, at) == at for label, at in below.items()):  # else a name would mean two values
            slots |= below
            inner[name] = expression
    if not inner:
        return step.expression, own
    found = substitute(step.expression, lambda leaf: inner.get(leaf.id) if isinstance(leaf, Name) else None)
    return found, {name: slots[name] for name in names(found)}


def _deciding(expression: Expression) -> set[str]:
    """The names that stand in an argument of an operation that jumps."""
    jumping = [node for node in walk(expression) if _applied(node).jumps]
    return {name for node in jumping for name in names(node)}


def _passes_on(expression: Expression) -> bool:
    return _applied(expression).exact


@memoized()
def always_inlined(program: Program) -> frozenset[int]:
    """The slots of unnamed values that every step which uses them puts in, so that no origin leads there."""
    unnamed = {value.slot for value in program.values if value.role == "unnamed" and value.step}
    seen = {slot for step in program.steps for slot in inlined(program, step).slots.values()} if unnamed else set()
    return frozenset(unnamed - seen)
