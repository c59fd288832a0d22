"""Mistakes with the products of the backward pass: entry by entry, not transposed, or with another factor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnstep.debugger.answers.mistakes.variant import Change, Variant
from nnstep.engine import Record, evaluate
from nnstep.engine.evaluation import ValueLookup
from nnstep.language import Call, Expression
from nnstep.ops import Array, operation
from nnstep.program import Program, Step


def products(record: Record) -> Iterator[Variant]:
    """What can be made of the two factors of a product: entry by entry where their shapes allow that, with a square
    factor not transposed, and with z in the place of h.
    """
    program = record.program
    for step in program.steps:
        call = step.expression
        if step.phase != "backward" or not isinstance(call, Call) or call.function != "matmul":
            continue
        left, right = call.arguments
        name = program.values[step.target].name
        parameter = _is_gradient_of_parameter(program, step)
        for made in _entrywise(record, step, left, right, parameter):
            yield Variant("entrywise", step.index, (name,), made)
        for k, factor in enumerate((left, right)):
            if isinstance(factor, Call) and factor.function == "transpose":
                yield from _not_transposed(record, step, name, k)
        if parameter:
            yield from _input_before(record, step, name)


def _is_gradient_of_parameter(program: Program, step: Step) -> bool:
    """Whether the product is all of a parameter's gradient, which nothing else is made of."""
    target = program.values[step.target]
    return target.role == "gradient" and program.values[program.versions[target.of][0]].role == "parameter"


def _entrywise(record: Record, step: Step, left: Expression, right: Expression, anything: bool) -> Iterator[Change]:
    """The product entry by entry, of the factors as they stand or transposed; of a parameter, in any shape."""
    value = record.program.values[step.target]
    slots = dict(step.operands)
    a, b = (evaluate(one, lambda name: record.value(slots[name])) for one in (left, right))
    right_one = record.value(step.target)
    for turn_a, turn_b in ((False, False), (False, True), (True, False), (True, True)):
        shapes = (a.T if turn_a else a).shape, (b.T if turn_b else b).shape
        try:
            shape = np.broadcast_shapes(*shapes)
        except ValueError:
            continue
        if len(shape) != 2 or (shape != value.shape and not anything):
            continue

        def change(
            now: Step, lookup: ValueLookup, turn_a: bool = turn_a, turn_b: bool = turn_b, at: int = step.index
        ) -> Array | None:
            if now.index != at:
                return None
            one, other = evaluate(left, lookup), evaluate(right, lookup)
            return np.asarray((one.T if turn_a else one) * (other.T if turn_b else other))

        made = (a.T if turn_a else a) * (b.T if turn_b else b)
        if not any(made.shape == one.shape and np.allclose(made, one, rtol=1e-12) for one in (right_one, right_one.T)):
            yield change  # of one row and one column the entries are the same, turned at most


def _not_transposed(record: Record, step: Step, name: str, which: int) -> Iterator[Variant]:
    """A square factor that was not transposed: nothing says so but the numbers."""
    call = step.expression
    assert isinstance(call, Call)
    inner = call.arguments[which]
    assert isinstance(inner, Call)
    slots = dict(step.operands)
    factor = evaluate(inner.arguments[0], lambda one: record.value(slots[one]))
    if factor.ndim != 2 or factor.shape[0] != factor.shape[1] or factor.shape[0] < 2:
        return

    def change(now: Step, lookup: ValueLookup) -> Array | None:
        if now.index != step.index:
            return None
        factors = [evaluate(one, lookup) for one in call.arguments]
        factors[which] = factors[which].T
        return np.asarray(factors[0] @ factors[1])

    yield Variant("not-transposed", step.index, (name,), change)


def _input_before(record: Record, step: Step, name: str) -> Iterator[Variant]:
    """The input of the layer as it is before its activation."""
    program = record.program
    before: dict[str, Array] = {}
    for operand, slot in step.operands:
        made = program.values[slot].step
        source = program.steps[made - 1] if made else None
        if source is None or source.phase != "forward" or not isinstance(source.expression, Call):
            continue
        entry = operation(source.expression.function)
        if entry.elementwise and len(entry.inputs) == 1 and len(source.operands) == 1 and entry.name != "negative":
            before[operand] = record.value(source.operands[0][1])
    if not before:
        return

    def change(now: Step, lookup: ValueLookup) -> Array | None:
        if now.index != step.index:
            return None
        return evaluate(now.expression, lambda one: before[one] if one in before else lookup(one))

    yield Variant("input-before", step.index, (name, *before), change)
