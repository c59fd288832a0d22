"""The chain rule for one parameter: the backward steps that its gradient is made of, each as one factor of the product.

Works for any graph: where a value is used several times, the factors of each path and their sum are in the list.
"""

from __future__ import annotations

from typing import NamedTuple

from nnstep.language import Call, Expression, Name, Number, names, substitute
from nnstep.memo import memoized
from nnstep.program.differentiate import simplify
from nnstep.program.model import Program, Step


class Factor(NamedTuple):
    """What one backward step multiplies into the product.

    kind      "seed": ∂L/∂L = 1. "start": the derivative of the objective itself, no upstream gradient in it.
              "left" / "right": the upstream gradient times the matrix `local` from the left / right.
              "entrywise": entry by entry with `local`. "identity": handed on. "sum": summed over broadcast axes.
              "add": the sum of the contributions `upstream`. "whole": linear in the upstream gradient, but no single
              matrix product; `local` is the whole rule.
    local     the local derivative, an expression over forward values (over the upstream gradient too for "whole")
    upstream  names of the gradients that go in
    above     the value that the upstream gradient belongs to: the u of ∂u/∂v
    of        the value whose gradient, or a part of it, comes out: the v of ∂u/∂v
    """

    step: Step
    kind: str
    local: Expression | None
    upstream: tuple[str, ...]
    above: str
    of: str


def parameters_with_gradient(program: Program) -> tuple[str, ...]:
    """The parameters that have a chain of terms, in the order they are declared."""
    found = [program.values[slot] for slot, _ in program.carried]
    return tuple(
        value.name for value in found if value.role == "parameter" and f"grad({value.name})" in program.versions
    )


@memoized()
def trained_gradients(program: Program) -> tuple[tuple[int, int], ...]:
    """Every trainable parameter that has a gradient: its slot before the update, and that of its gradient."""
    starts = ((name, program.versions[name][0]) for name in parameters_with_gradient(program))
    return tuple(
        (start, program.versions[f"grad({name})"][-1]) for name, start in starts if program.values[start].trainable
    )


@memoized()
def objective_ancestors(program: Program) -> frozenset[int]:
    """The slots that the objective is computed from, itself among them; none where nothing is differentiated."""
    found: set[int] = set()
    stack = [] if program.objective is None else [program.objective]
    while stack:
        slot = stack.pop()
        if slot not in found:
            found.add(slot)
            if program.values[slot].step:
                stack += [operand for _, operand in program.steps[program.values[slot].step - 1].operands]
    return frozenset(found)


def chain(program: Program, parameter: str) -> tuple[Factor, ...]:
    """The factors of ∂L/∂parameter, from the objective to the parameter; () when it has no gradient."""
    slots = program.versions.get(f"grad({parameter})")
    if not slots:
        return ()
    needed: set[int] = set()
    stack = [slots[-1]]
    while stack:
        slot = stack.pop()
        if slot not in needed and program.values[slot].role in ("gradient", "contribution"):
            needed.add(slot)
            stack += [operand for _, operand in program.steps[program.values[slot].step - 1].operands]
    return tuple(factor(program, program.steps[program.values[slot].step - 1]) for slot in sorted(needed))


def factor(program: Program, step: Step) -> Factor:
    """The factor of one backward step."""
    upstream = tuple(name for name, slot in step.operands if program.values[slot].role in ("gradient", "contribution"))
    slots = dict(step.operands)
    above = program.values[slots[upstream[0]]].of if upstream else program.objective_name
    kind, local = _split(step, upstream)
    return Factor(step, kind, local, upstream, above, program.values[step.target].of)


def _split(step: Step, upstream: tuple[str, ...]) -> tuple[str, Expression | None]:
    if step.operation == "seed":
        return "seed", None
    if not upstream:
        return "start", step.expression
    if step.operation == "add" and not step.source:
        return "add", None
    g = Name(upstream[0])
    if len(upstream) > 1:
        return "whole", step.expression
    match step.expression:
        case Name():
            return "identity", None
        case Call("sum", _) if step.operation == "sum":
            return "sum", None
        case Call("matmul", (left, right)) if left == g and upstream[0] not in names(right):
            return "right", right
        case Call("matmul", (left, right)) if right == g and upstream[0] not in names(left):
            return "left", left
    if _times(step.expression, g):
        one = substitute(step.expression, lambda leaf: Number(1.0) if leaf == g else None)
        return "entrywise", simplify(one)
    return "whole", step.expression


def _times(expression: Expression, g: Expression) -> bool:
    """Whether the expression is `g` times something, entry by entry, with `g` nowhere else; a choice of such, too."""
    match expression:
        case Name():
            return expression == g
        case Call("negative", (inner,)):
            return _times(inner, g)
        case Call("multiply", (left, right)):
            return (_times(left, g) and g not in _leaves(right)) or (_times(right, g) and g not in _leaves(left))
        case Call("divide", (left, right)):
            return _times(left, g) and g not in _leaves(right)
        case Call("where", (condition, yes, no)) if g not in _leaves(condition):
            parts = [part for part in (yes, no) if part != Number(0.0)]
            return bool(parts) and all(_times(part, g) for part in parts)
    return False


def _leaves(expression: Expression) -> tuple[Expression, ...]:
    return tuple(Name(name) for name in names(expression))
