"""The objective as a function of one entry of one value, everything else being as it was in a record.

What depends on the value is a part of the forward pass; that part is made a program of its own, whose inputs are all
the other values, and run again for each change. Nothing of the record is touched.
"""

from __future__ import annotations

import numpy as np

from nnstep.engine.machine import Machine
from nnstep.engine.record import Record
from nnstep.language import Call, Expression, Name, substitute
from nnstep.ops import Array, Index
from nnstep.program import BODY, Builder, Program, Step, bind

__all__ = ["Probe"]

_MOVED = "the moved one"  # a name that no value has: its spaces do not parse


class Probe:
    """Moves the value whose gradient is in `gradient_slot`.

    The gradient of a value is checked by moving the value wherever it is used. A contribution (`grad(h1) via o`) is
    checked by moving it in that one use, and a stage before a sum by moving it as it is repeated there.
    """

    def __init__(self, record: Record, gradient_slot: int) -> None:
        program = record.program
        gradient = program.values[gradient_slot]
        step = program.steps[gradient.step - 1]
        self.record = record
        self.shape = gradient.shape
        self.slot = program.versions[gradient.of][0]  # of a parameter, the one before its update
        self._one_use = gradient.role == "contribution"
        self._source = step.source
        value = record.value(self.slot)
        self._base = np.array(np.broadcast_to(value, gradient.shape))
        self.steps: tuple[Step, ...] = ()  # forward steps that depend on the value, in order
        self._machine: Machine | None = None
        if self.slot != program.objective:
            self._build(program, step)

    def _build(self, program: Program, backward: Step) -> None:
        """The program of what depends on the moved value."""
        builder = Builder()
        inputs: dict[int, int] = {}  # slot in the probe's program -> slot in the record's
        moved = builder.declare(_MOVED, self.shape, "data")
        dirty = set() if self._one_use else {self.slot}
        steps = []
        for step in program.steps:
            if step.phase != "forward":
                break
            here = self._one_use and step.index == backward.source
            if not here and dirty.isdisjoint(slot for _, slot in step.operands):
                continue
            expression = step.expression
            for name, slot in step.operands:
                if slot == self.slot and not self._one_use:
                    expression = _renamed(expression, name)
                elif name not in builder:
                    inputs[builder.declare(name, program.values[slot].shape, "data").slot] = slot
            if here:
                expression = _put_in(program, step, backward.wrt)
            builder.assign(program.values[step.target].name, expression, "activation", BODY, step.operation)
            dirty.add(step.target)
            steps.append(step)
        self.steps = tuple(steps)
        part = Program(program.rows, tuple(builder.values), tuple(builder.steps), None, (), ())
        self._machine = Machine(part)
        for inside, outside in inputs.items():
            self._machine.load_value(inside, self.record.value(outside))
        self._cells = self._machine.values[moved.slot]
        assert program.objective is not None
        name = program.values[program.objective].name
        self._objective = self._machine.values[builder.slot(name)]
        self._named = {value.name: value.slot for value in part.values}
        np.copyto(self._cells, self._base)

    def entry(self, index: Index) -> float:
        """The entry as it is."""
        return float(self._base[index])

    def at(self, index: Index, number: float) -> float:
        """The objective when the entry is `number`; afterwards it is again what it was, but see `operand`."""
        if self._machine is None:
            return number
        self._cells[index] = number
        with np.errstate(all="ignore"):
            self._machine.run()
        found = float(self._objective)
        self._cells[index] = self._base[index]
        return found

    def operand(self, step: Step, name: str, slot: int) -> Array:
        """A copy of an operand of one of `steps` as the last `at` left it."""
        assert self._machine is not None
        if slot == self.slot and (not self._one_use or step.index == self._source):
            return self._cells.copy()
        found = self._named.get(name)
        return (self.record.value(slot) if found is None else self._machine.values[found]).copy()


def _renamed(expression: Expression, name: str) -> Expression:
    return substitute(expression, lambda leaf: Name(_MOVED) if leaf == Name(name) else None)


def _put_in(program: Program, step: Step, wrt: str) -> Call:
    """The step's call with the moved value as the operation's input `wrt`."""
    assert isinstance(step.expression, Call)
    slots = dict(step.operands)
    bound = bind(step.expression, lambda name: program.values[slots[name]].shape)
    position = bound.operation.inputs.index(wrt)
    arguments = (*step.expression.arguments[:position], Name(_MOVED), *step.expression.arguments[position + 1 :])
    return Call(step.expression.function, arguments, step.expression.options)
