"""What a step is made of: its body, as a program of primitives in the same language.

The body of a composite (softmax, mse, ...) is its definition with the names of this place put in; that of a derivative
rule or of an update is the expression itself, one operation a step. Steps of a body may have bodies in turn.
"""

from __future__ import annotations

from typing import NamedTuple

from nnstep.language import Assignment, Call, Name, Number, parse_equations, to_text
from nnstep.program.bind import bind, computed, put_in, words_of
from nnstep.program.builder import Builder
from nnstep.program.lower import flatten
from nnstep.program.model import BODY, Program, Step


class Body(NamedTuple):
    """`program` computes what the step assigns. Its steps are of phase BODY, and the last one assigns the same name.

    `inputs` has, by the slots of the body's values that are there before its first step, the slots they have outside.
    """

    program: Program
    inputs: dict[int, int]


def body(program: Program, step: Step) -> Body | None:
    """The body of a step of `program`; None for a primitive, which has nothing inside."""
    lines = _lines(program, step)
    if not lines:
        return None
    builder = Builder()
    inputs: dict[int, int] = {}
    for name, slot in step.operands:
        value = program.values[slot]
        inputs[builder.declare(name, value.shape, value.role, value.of).slot] = slot
    target = program.values[step.target]
    for line in lines:
        last = line is lines[-1]
        role, of = (target.role, target.of) if last else ("activation", "")
        _append(builder, line, role, of)
    steps = tuple(builder.steps)
    return Body(Program(program.rows, tuple(builder.values), steps, None, (), ()), inputs)


def _append(builder: Builder, line: Assignment, role: str, of: str) -> None:
    """The steps of one line: its inner calls, innermost first, then the outermost under the line's name."""
    expression, equation = line.expression, f"{line.target} = {to_text(line.expression)}"
    operation = "constant" if isinstance(expression, Number) else "identity"
    if isinstance(expression, Call):
        operation = expression.function
        expression = flatten(builder, expression, equation, BODY)
    builder.assign(line.target, expression, role, BODY, operation, of=of, equation=equation)


def _lines(program: Program, step: Step) -> list[Assignment]:
    """The assignments that a step is made of; none for a primitive."""
    expression, target = step.expression, program.values[step.target]
    if not isinstance(expression, Call):
        return []
    if any(isinstance(argument, Call) for argument in computed(expression)):
        return [Assignment(target.name, expression)]
    shapes = {name: program.values[slot].shape for name, slot in step.operands}
    bound = bind(expression, shapes.__getitem__)
    text = bound.operation.definition(bound.site)
    if text is None:
        return []
    words = words_of(bound)
    taken = {*shapes, target.name}
    lines = []
    for line in parse_equations(text):
        made = put_in(line.expression, words)
        name = target.name if line.target == "out" else _free(line.target, taken)
        words[line.target] = Name(name)
        taken.add(name)
        lines.append(Assignment(name, made))
    return lines


def _free(name: str, taken: set[str]) -> str:
    """A name of the body that is none of those outside."""
    number = 2
    found = name
    while found in taken:
        found = f"{name}{number}"
        number += 1
    return found
