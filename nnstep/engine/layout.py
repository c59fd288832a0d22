"""Where each value of a program lives in one array: the arena.

    | parameters and states, before | the same, not updated | data, constants, values | parameters and states, after |

The first two parts together are the state of an iteration, the last part is the first one of the next iteration, so
that carrying on is one copy. Every value starts on a cache line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

import numpy as np

from nnstep.language import Call, Name
from nnstep.ops import Array
from nnstep.program import Program, bind

__all__ = ["Layout", "empty_arena", "layout"]

_LINE = 8  # float64 numbers in a cache line of 64 bytes


@dataclass(frozen=True, eq=False)
class Layout:
    """Offsets (in numbers) of the slots of `program` in an arena of `size` numbers.

    aliases   slots without memory of their own: views of another slot's memory
    state     numbers of the state at the front; the first `carried` of them are what an iteration changes
    after     where the changed ones stand after the iteration
    """

    program: Program
    offsets: dict[int, int]
    size: int
    state: int
    carried: int
    after: int
    aliases: frozenset[int] = field(default_factory=frozenset)

    def view(self, arena: Array, slot: int) -> Array:
        """The value of `slot` in `arena`: a view of its memory, in its shape."""
        shape = self.program.values[slot].shape
        if slot in self.offsets:
            start = self.offsets[slot]
            return arena[start : start + prod(shape)].reshape(shape)
        step = self.program.steps[self.program.values[slot].step - 1]
        slots = dict(step.operands)
        match step.expression:
            case Name(id):
                return self.view(arena, slots[id])
            case Call() as call:
                bound = bind(call, lambda name: self.program.values[slots[name]].shape)
                (source,) = bound.arguments
                if bound.operation.view is not None and isinstance(source, Name):
                    view = bound.operation.view(self.view(arena, slots[source.id]), **bound.site.options)
                    if view is not None:
                        return view
        raise KeyError(slot)

    def views(self, arena: Array) -> list[Array]:
        """The values of all slots, by slot."""
        return [self.view(arena, value.slot) for value in self.program.values]


def layout(program: Program) -> Layout:
    """Lay out the values of a program."""
    changed = [pair for pair in program.carried if pair[0] != pair[1]]
    before = [start for start, _ in changed]
    fixed = [start for start, end in program.carried if start == end]
    after = [end for _, end in changed]
    placed = {*before, *fixed, *after}
    aliases = _aliases(program)
    middle = [value.slot for value in program.values if value.slot not in placed and value.slot not in aliases]
    offsets: dict[int, int] = {}
    position = 0
    marks = []
    for part in (before, fixed, middle, after):
        for slot in part:
            offsets[slot] = position
            position += -(-max(1, prod(program.values[slot].shape)) // _LINE) * _LINE
        marks.append(position)
    return Layout(program, offsets, position, marks[1], marks[0], marks[2], aliases)


def empty_arena(size: int) -> Array:
    """`size` numbers, all 0, starting on a cache line."""
    memory = np.zeros(size + _LINE)
    skip = -(memory.ctypes.data // 8) % _LINE
    return memory[skip : skip + size]


def _aliases(program: Program) -> frozenset[int]:
    """Slots that are another slot's memory under a second name or in another arrangement.

    Tried out on memory of no content, since whether a reshape can be a view depends on what it is a view of.
    """
    samples: list[Array] = [np.empty(value.shape) for value in program.values]
    found = set()
    for step in program.steps:
        slots = dict(step.operands)
        view: Array | None = None
        match step.expression:
            case Name(id):
                view = samples[slots[id]]
            case Call(_, (Name(id), *_)) as call:
                bound = bind(call, lambda name, slots=slots: samples[slots[name]].shape)  # type: ignore[misc]
                if bound.operation.view is not None:
                    view = bound.operation.view(samples[slots[id]], **bound.site.options)
        if view is not None:
            samples[step.target] = view
            found.add(step.target)
    return frozenset(found)
