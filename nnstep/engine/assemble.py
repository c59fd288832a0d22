"""Program -> a straight line of NumPy calls, every operand bound beforehand, every value a view into one arena.

A step's expression is taken apart into kernel calls. A value's place in the arena is the last call's output; parts in
between go to scratch arrays that are used again by later steps. Looking at memory differently (a transpose, a slice, a
value under a second name) costs no call: such a value is a view of the other one's memory. A run allocates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from nnstep.engine.arena_layout import Layout
from nnstep.errors import ClassNumberError
from nnstep.language import Call, Expression, Name, Number, names, to_text
from nnstep.ops import Array, Shape, check_labels
from nnstep.program import Bound, BoundCalls, Program, Value, bind, put_in, rule_expression, words_of

Calling = tuple[Any, ...]  # (kernel, operands..., out)
Guards = Mapping[int, tuple[int, Callable[[Array], None]]]
_NO_GUARDS: Guards = MappingProxyType({})
_copy = np.positive  # as a kernel: (from, to)
_Key = tuple[str, tuple[int, ...]]  # an expression as it is typed, which tells 0 from -0, with the slots of its names


class Assembly(NamedTuple):
    """The calls of each phase, as (kernel, operands...) with the output last, and the value of every slot."""

    arrays: list[Array]
    calls: dict[str, list[Calling]]


def assemble(program: Program, layout: Layout, arena: Array, guards: Guards = _NO_GUARDS) -> Assembly:
    """Bind the program to `arena` (1-D float64, `layout.size` long).

    `guards` has, by the steps before which they are called, what looks at the value of a slot.

    Values that do not depend on anything (the seed of the backward pass) are written into the arena here, once.
    """
    return _Assembler(program, layout.views(arena), layout.aliases).assembly(guards)


def bound_to(expression: Expression, operands: Mapping[str, Array]) -> tuple[list[Calling], Array]:
    """An expression bound to the arrays that its names stand for: the calls that compute it, and where it is then.

    Where class numbers are none, the result is NaN. An expression that only looks at an operand has no calls. Raises
    OperationError for shapes that do not fit.
    """
    values = tuple(Value(slot, name, array.shape, "data") for slot, (name, array) in enumerate(operands.items()))
    program = Program(rows=0, values=values, steps=(), objective=None, carried=(), equations=())
    assembler = _Assembler(program, list(operands.values()), {})
    assembler.slots = {value.name: value.slot for value in values}
    assembler.guards_class_numbers = True
    found = assembler.operand(expression)
    return assembler.calls, found


def _nan_without(classes: int, numbers: Array, out: Array) -> None:
    """Make a result NaN that was computed with class numbers which are none."""
    try:
        check_labels(numbers, classes)
    except ClassNumberError:
        out.fill(np.nan)


class _Scratch:
    """Working arrays by shape; one that is given back is handed out again."""

    def __init__(self) -> None:
        self._free: dict[Shape, list[Array]] = {}
        self._own: set[int] = set()

    def take(self, shape: Shape) -> Array:
        free = self._free.get(shape)
        if free:
            return free.pop()
        array = np.empty(shape)
        self._own.add(id(array))
        return array

    def give_back(self, array: Array) -> None:
        if id(array) in self._own:
            self._free.setdefault(array.shape, []).append(array)


class _Assembler:
    def __init__(self, program: Program, arrays: list[Array], aliases: Container[int]) -> None:
        self.program = program
        self.arrays = arrays
        self.aliases = aliases
        self.scratch = _Scratch()
        self.guards_class_numbers = False  # where nobody has looked at them before: if they are none, the result is NaN
        self.kept: dict[str, dict[_Key, Array]] = {}  # by the operation's name
        self.calls: list[Calling] = []
        self.slots: dict[str, int] = {}
        self.memo: BoundCalls = {}  # of the step that is taken apart: its parts are bound once
        self.constants: dict[str, Array] = {}  # by their digits: 0 and -0, which are equal, are two numbers

    def assembly(self, guards: Guards) -> Assembly:
        found = Assembly(self.arrays, {})
        for step in self.program.steps:
            self.slots, self.memo = dict(step.operands), {}
            self.calls = found.calls.setdefault(step.phase, [])
            if step.index in guards:
                slot, guard = guards[step.index]
                self.calls.append((guard, self.arrays[slot]))
            if step.target not in self.aliases:
                self._write(step.expression, self.arrays[step.target])
        return found

    def _shape_of(self, name: str) -> Shape:
        return self.program.values[self.slots[name]].shape

    def _write(self, expression: Expression, out: Array) -> None:
        """The calls that put the expression's value into `out`."""
        if isinstance(expression, Call):
            folded = self._folded(expression)
            if folded is None:
                self._call(expression, out)
                return
            out[...] = folded
        elif isinstance(expression, Number):
            out[...] = expression.value
        else:
            self.calls.append((_copy, self.operand(expression), out))

    def operand(self, expression: Expression, into: Array | None = None) -> Array:
        """An array that holds the expression's value; `into` is where a new one may go."""
        match expression:
            case Name(id):
                return self.arrays[self.slots[id]]
            case Number(value):
                return self._constant(value)
            case Call():
                folded = self._folded(expression)
                if folded is not None and folded.shape == ():
                    return self._constant(float(folded))
                known = self._known(expression)
                if known is not None:
                    return known
                bound = bind(expression, self._shape_of, self.memo)
                if bound.operation.view is not None:
                    source = self.operand(bound.arguments[0])
                    view = bound.operation.view(source, **bound.site.options)
                    if view is not None:
                        return view
                out = into if into is not None and into.shape == bound.site.out else self.scratch.take(bound.site.out)
                self._call(expression, out)
                return out
        raise AssertionError(f"an entry in a program: {to_text(expression)}")

    def _call(self, call: Call, out: Array) -> None:
        bound = bind(call, self._shape_of, self.memo)
        known = self._known(call)
        if known is not None:
            self.calls.append((_copy, known, out))
            return
        entry = bound.operation
        lent = out if entry.elementwise else None  # an elementwise kernel may write over the operand it reads
        operands: list[Array] = []
        for argument in bound.arguments:
            operand = self.operand(argument, lent)
            if operand is out:
                lent = None
            operands.append(operand)
        kernel = entry.prepare(bound.site)
        taken = entry.takes_class_numbers(bound.site) if self.guards_class_numbers else None
        self.calls.append((kernel, *operands, out))
        if taken is not None:
            self.calls.append((partial(_nan_without, taken[1]), operands[entry.inputs.index(taken[0])], out))
        for text, array in zip(entry.keeps(bound.site), getattr(kernel, "kept", ()), strict=False):
            self._keep(text, bound, array)
        for operand in operands:
            if operand is not out:
                self.scratch.give_back(operand)

    def _keep(self, text: str, bound: Bound, array: Array) -> None:
        call = rule_expression(text)
        if isinstance(call, Call):
            made = put_in(call, words_of(bound))
            assert isinstance(made, Call)
            self.kept.setdefault(call.function, {})[self._key(made)] = array

    def _known(self, call: Call) -> Array | None:
        """The array in which an earlier kernel keeps the value of this expression."""
        kept = self.kept.get(call.function)
        return kept.get(self._key(call)) if kept else None

    def _key(self, call: Call) -> _Key:
        return to_text(call), tuple(self.slots.get(name, -1) for name in names(call))

    def _constant(self, value: float) -> Array:
        digits = repr(value)
        if digits not in self.constants:
            self.constants[digits] = np.array(value)
        return self.constants[digits]

    def _folded(self, expression: Expression) -> Array | None:
        """The value of an expression of numbers alone; None where a name occurs."""
        if isinstance(expression, Number):
            return np.array(expression.value)
        if not isinstance(expression, Call) or names(expression):
            return None
        bound = bind(expression, self._shape_of, self.memo)
        parts = [self._folded(argument) for argument in bound.arguments]
        with np.errstate(all="ignore"):
            return bound.operation.evaluate(*[part for part in parts if part is not None], **bound.site.options)
