"""The objective as a function of one entry of one value, everything else being as it was in a record.

What depends on the value is a part of the forward pass; that part is made a program of its own, whose inputs are all
the other values, and run again for each change. Nothing of the record is touched.
"""

from __future__ import annotations

from math import prod

import numpy as np

from nnstep.engine.machine import Machine
from nnstep.engine.record import Record
from nnstep.language import Call, Expression, Name, substitute
from nnstep.ops import Array, Index
from nnstep.program import BODY, Builder, Program, Step, bind

_MOVED = "the moved one"  # a name that no value has: its spaces do not parse


class Probe:
    """Moves the value whose gradient is in `gradient_slot`.

    The gradient of a value is checked by moving the value wherever it is used. A contribution (`grad(h1) via o`) is
    checked by moving it in that one use, and a stage before a sum by moving it as it is repeated there.

    shape  of the moved value: that of the gradient
    name   of the moved value
    steps  the forward steps that depend on it, in order; () for the objective itself
    work   about how many numbers one evaluation reads, multiplies and writes
    """

    def __init__(self, record: Record, gradient_slot: int) -> None:
        """Raises ValueError for a slot that has no gradient in it."""
        program = record.program
        gradient = program.values[gradient_slot]
        if gradient.role not in ("gradient", "contribution"):
            raise ValueError(gradient.name)
        slot = program.versions[gradient.of][0]  # of a parameter, the one before its update
        self.shape, self.name = gradient.shape, gradient.of
        self.steps: tuple[Step, ...] = ()
        self.work = 1
        self._base = np.array(np.broadcast_to(record.value(slot), gradient.shape))
        self._inner: tuple[Step, ...] = ()  # `steps` as the part has them, which runs by itself
        self._machine: Machine | None = None
        self._last: Index | None = None  # the entry that is not what it was
        if slot != program.objective:
            one_use = program.steps[gradient.step - 1] if gradient.role == "contribution" else None
            self._build(record, slot, one_use)

    def _build(self, record: Record, moved_slot: int, one_use: Step | None) -> None:
        """The program of what depends on the moved value, everywhere or in the use that a backward step is for."""
        program = record.program
        builder = Builder()
        inputs: dict[int, int] = {}  # slot in the part -> slot in the record
        moved = builder.declare(_MOVED, self.shape, "data")
        depending = {moved_slot} if one_use is None else set()
        steps = []
        for step in program.steps:
            if step.phase != "forward":
                break
            here = one_use is not None and step.index == one_use.source
            if not here and depending.isdisjoint(slot for _, slot in step.operands):
                continue
            expression = step.expression
            for name, slot in step.operands:
                if slot == moved_slot and one_use is None:
                    expression = _renamed(expression, name)
                elif name not in builder:
                    inputs[builder.declare(name, program.values[slot].shape, "data").slot] = slot
            if here and one_use is not None:
                expression = _put_in(program, step, one_use.wrt)
            builder.assign(program.values[step.target].name, expression, "activation", BODY, step.operation)
            depending.add(step.target)
            steps.append(step)
        part = Program(program.rows, tuple(builder.values), tuple(builder.steps), None, (), ())
        self.steps, self._inner = tuple(steps), part.steps
        self.work = sum(_work(part, step) for step in part.steps)
        self._machine = Machine(part)
        for inside, outside in inputs.items():
            self._machine.load_value(inside, record.value(outside))
        self._slots = {value.name: value.slot for value in part.values}
        self._cells = self._machine.values[moved.slot]
        np.copyto(self._cells, self._base)
        assert program.objective is not None
        self._objective = self._machine.values[builder.slot(program.values[program.objective].name)]

    def entry(self, index: Index) -> float:
        """The entry as it is."""
        return float(self._base[index])

    def at(self, index: Index, number: float) -> float:
        """The objective when the entry is `number` and everything else is as it was."""
        if self._machine is None:
            return number
        if self._last is not None:
            self._cells[self._last] = self._base[self._last]
        self._cells[index] = number
        self._last = index
        with np.errstate(all="ignore"):
            self._machine.run()
        return float(self._objective)

    def calls(self) -> tuple[tuple[Step, Call], ...]:
        """Those of `steps` that apply an operation, each with the call as it is made: over names for `operand`."""
        pairs = zip(self.steps, self._inner, strict=True)
        return tuple((step, inner.expression) for step, inner in pairs if isinstance(inner.expression, Call))

    def operand(self, name: str) -> Array:
        """An operand of one of the `calls`, as the last `at` left it: a view, which the next one overwrites."""
        assert self._machine is not None
        return self._machine.values[self._slots[name]]

    def depends(self, name: str) -> bool:
        """Whether an operand of one of the `calls` is the moved value or depends on it."""
        return name == _MOVED or any(step.target == self._slots[name] for step in self._inner)

    def real(self, name: str) -> str:
        """The program's own name for an operand of one of the `calls`."""
        return self.name if name == _MOVED else name


def _renamed(expression: Expression, name: str) -> Expression:
    return substitute(expression, lambda leaf: Name(_MOVED) if leaf == Name(name) else None)


def _put_in(program: Program, step: Step, wrt: str) -> Expression:
    """The step's expression with the moved value as the operation's input `wrt`."""
    if not isinstance(step.expression, Call):
        return Name(_MOVED)  # a value that is another one under a second name
    slots = dict(step.operands)
    bound = bind(step.expression, lambda name: program.values[slots[name]].shape)
    position = bound.operation.inputs.index(wrt)
    arguments = (*step.expression.arguments[:position], Name(_MOVED), *step.expression.arguments[position + 1 :])
    return Call(step.expression.function, arguments, step.expression.options)


def _work(program: Program, step: Step) -> int:
    """Numbers read and written; for a product of matrices, those that are multiplied, of which many go at once."""
    sizes = [prod(program.values[slot].shape) for _, slot in step.operands]
    out = prod(program.values[step.target].shape)
    if isinstance(step.expression, Call) and step.expression.function == "matmul":
        inner = program.values[step.operands[0][1]].shape
        return sum(sizes) + out + out * (inner[-1] if inner else 1) // 16
    return sum(sizes) + out
