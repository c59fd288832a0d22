"""What depends on one value, as a list of operations that can be done on many copies of it at once.

It is that of a program and not of its numbers, so that it is made once and serves every iteration.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from nnstep.language import Call, Expression, Name, Number, parse_equations, substitute
from nnstep.memo import memoized
from nnstep.ops import Array, Operation, Shape, Site
from nnstep.program import Bound, Program, Step, bind, put_in, words_of

__all__ = ["MOVED", "Instruction", "Part", "part_of"]

MOVED = "the moved one"  # the name of the value that is changed; its spaces do not parse

# Operations that work on copies as they are, beside those that work entry by entry.
_ALONE = ("matmul", "sum", "mean", "max", "min", "transpose", "reshape", "concat", "slice")
_ROW_WISE = ("softmax", "log_softmax")  # along the last axis


class Instruction(NamedTuple):
    """`target` is the operation of the arguments: names, or numbers written out."""

    target: str
    operation: Operation
    site: Site
    arguments: tuple[str | Array, ...]


class Part(NamedTuple):
    """What depends on a moved value.

    slot          the moved value's, of the shape `shape`
    instructions  in order
    objective     the name of the objective
    given         names of all other values, with their slots
    largest       entries of the largest value that depends on it
    work          about how many numbers one evaluation for one change reads, multiplies and writes
    """

    slot: int
    shape: Shape
    instructions: tuple[Instruction, ...]
    objective: str
    given: tuple[tuple[str, int], ...]
    largest: int
    work: int


class _NoCopiesError(Exception):
    """An operation that works across what would be copies."""


def part_of(program: Program, gradient_slot: int) -> Part | None:
    """What depends on the value whose gradient, contribution or stage is in a slot: everything that does, or that one
    use of it. None where it is the objective itself, or where something in it cannot be done on copies at once.
    """
    if program.values[gradient_slot].role not in ("gradient", "contribution"):
        return None
    kept = _parts(program)
    if gradient_slot not in kept:
        try:
            kept[gradient_slot] = _Building(program, gradient_slot).part()
        except _NoCopiesError:
            kept[gradient_slot] = None
    return kept[gradient_slot]


@memoized()
def _parts(program: Program) -> dict[int, Part | None]:
    return {}


class _Building:
    """A part while it grows."""

    def __init__(self, program: Program, gradient_slot: int) -> None:
        gradient = program.values[gradient_slot]
        self._program = program
        self._slot = program.versions[gradient.of][0]  # of a parameter, the one before its update
        self._use = program.steps[gradient.step - 1] if gradient.role == "contribution" else None
        self._shapes: dict[str, Shape] = {MOVED: gradient.shape}
        self._given: dict[str, int] = {}
        self._depending: set[str] = {MOVED}
        self._instructions: list[Instruction] = []
        self._second: dict[str, str | Number] = {}  # names that stand for others
        self._made = 0

    def part(self) -> Part | None:
        """All that depends on the value. Raises _NoCopiesError."""
        program = self._program
        if self._slot == program.objective:
            return None
        slots = set() if self._use is not None else {self._slot}
        for step in program.steps:
            if step.phase != "forward":
                break
            here = self._use is not None and step.index == self._use.source
            if here or not slots.isdisjoint(slot for _, slot in step.operands):
                self._add(step, here)
                slots.add(step.target)
        dependent = [one for one in self._instructions if one.target in self._depending]
        largest = max((prod(one.site.out) for one in dependent), default=1)
        shape = self._shapes[MOVED]
        objective = self._reference(Name(f"value {program.objective}"))
        if objective not in self._depending or not isinstance(objective, str):
            return None
        instructions, given = tuple(self._instructions), tuple(self._given.items())
        return Part(
            self._slot, shape, instructions, objective, given, max(largest, prod(shape)), sum(map(_work, dependent))
        )

    def _add(self, step: Step, here: bool) -> None:
        names = {name: Name(self._name(slot)) for name, slot in step.operands}
        expression = substitute(step.expression, lambda leaf: names.get(leaf.id) if isinstance(leaf, Name) else None)
        if here and self._use is not None:
            expression = self._put_in(expression, self._use.wrt)
        self._assign(f"value {step.target}", expression)

    def _name(self, slot: int) -> str:
        """The name of a value of the program in the part."""
        if slot == self._slot and self._use is None:
            return MOVED
        name = f"value {slot}"
        if name not in self._shapes:
            self._given[name] = slot
            self._shapes[name] = self._program.values[slot].shape
        return name

    def _put_in(self, expression: Expression, wrt: str) -> Expression:
        """With the moved value as the operation's input `wrt`."""
        if not isinstance(expression, Call):
            return Name(MOVED)  # a value that is another one under a second name
        position = self._bind(expression).operation.inputs.index(wrt)
        arguments = (*expression.arguments[:position], Name(MOVED), *expression.arguments[position + 1 :])
        return Call(expression.function, arguments, expression.options)

    def _bind(self, call: Call) -> Bound:
        return bind(call, self._shapes.__getitem__)

    def _assign(self, target: str, expression: Expression) -> None:
        """The instructions that give `target` the value of an expression."""
        found = self._reference(expression, target)
        if found != target:
            self._second[target] = found

    def _reference(self, expression: Expression, target: str = "") -> str | Number:
        """What stands for an expression: a name, or a number; `target` is the name that a call gets."""
        if isinstance(expression, Name):
            return self._second.get(expression.id, expression.id)
        if isinstance(expression, Number):
            return expression
        if not isinstance(expression, Call):
            raise _NoCopiesError
        bound = self._bind(expression)
        arguments = tuple(self._reference(argument) for argument in bound.arguments)
        depends = not self._depending.isdisjoint(one for one in arguments if isinstance(one, str))
        if depends and not _on_copies(bound):
            return self._expanded(bound, arguments, target)
        name = target or self._free()
        self._shapes[name] = bound.site.out
        if depends:
            self._depending.add(name)
        values = tuple(np.array(one.value) if isinstance(one, Number) else one for one in arguments)
        self._instructions.append(Instruction(name, bound.operation, bound.site, values))
        return name

    def _expanded(self, bound: Bound, arguments: tuple[str | Number, ...], target: str) -> str | Number:
        """A composite by its definition."""
        text = bound.operation.definition(bound.site)
        if text is None:
            raise _NoCopiesError
        names = zip(bound.operation.inputs, arguments, strict=True)
        words = words_of(bound) | {name: Name(one) if isinstance(one, str) else one for name, one in names}
        found: str | Number = Number(0.0)
        for line in parse_equations(text):
            made = put_in(line.expression, words)
            found = self._reference(made, target if line.target == "out" else "")
            words[line.target] = Name(found) if isinstance(found, str) else found
        return found

    def _free(self) -> str:
        self._made += 1
        return f"part {self._made}"


def _work(instruction: Instruction) -> int:
    """Numbers read and written; for a product of matrices, those that are multiplied, of which many go at once."""
    shapes, out = instruction.site.shapes, prod(instruction.site.out)
    product = out * shapes[0][-1] // 16 if instruction.operation.name == "matmul" else 0
    return sum(map(prod, shapes)) + out + product


def _on_copies(bound: Bound) -> bool:
    """Whether an operation can be done on all copies at once as it is."""
    name, shapes = bound.operation.name, bound.site.shapes
    if name == "matmul":
        return all(len(shape) == 2 for shape in shapes)
    return bound.operation.elementwise or name in _ALONE or name in _ROW_WISE
