"""Where each value of a program lives in one array: the arena.

    | parameters and states, before | the same, not updated | data, constants, values | parameters and states, after |

The first two parts together are the state of an iteration, the last part is the first one of the next iteration, so
that carrying on is one copy. Every value starts on a cache line.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any, NamedTuple

import numpy as np

from nnstep.language import Call, Expression, Name
from nnstep.memo import memoized
from nnstep.ops import Array
from nnstep.program import Program, ShapeOf, bind

Reader = Callable[[Array], Array]

_LINE = 8  # float64 numbers in a cache line of 64 bytes


class Layout(NamedTuple):
    """Where the slots of `program` stand in an arena of `size` numbers.

    offsets   in numbers, of the slots with memory of their own
    aliases   the other slots, each with the slot whose memory it is and how to look at that
    state     numbers of the state at the front; the first `carried` of them are what an iteration changes
    after     where the changed ones stand after the iteration
    """

    program: Program
    offsets: dict[int, int]
    size: int
    state: int
    carried: int
    after: int
    aliases: dict[int, tuple[int, Reader]]

    def view(self, arena: Array, slot: int) -> Array:
        """The value of `slot` in `arena`: a view of its memory, in its shape."""
        looks = []
        while slot in self.aliases:
            slot, look = self.aliases[slot]
            looks.append(look)
        start, shape = self.offsets[slot], self.program.values[slot].shape
        value = arena[start : start + prod(shape)].reshape(shape)
        for look in reversed(looks):
            value = look(value)
        return value

    def views(self, arena: Array) -> list[Array]:
        """The values of all slots, by slot."""
        found: list[Array] = []
        for value in self.program.values:  # what an alias looks at comes before it
            alias = self.aliases.get(value.slot)
            found.append(self.view(arena, value.slot) if alias is None else alias[1](found[alias[0]]))
        return found


@memoized()
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


def _aliases(program: Program) -> dict[int, tuple[int, Reader]]:
    """Slots that are another slot's memory under a second name or in another arrangement.

    Tried out on memory of no content, since whether a reshape can be a view depends on what it is a view of.
    """
    samples: list[Array] = [np.empty(value.shape) for value in program.values]
    found: dict[int, tuple[int, Reader]] = {}
    for step in program.steps:
        shapes = {name: program.values[slot].shape for name, slot in step.operands}
        look = _look(step.expression, shapes.__getitem__)
        view = None if look is None else look(samples[step.operands[0][1]])
        if look is not None and view is not None:
            samples[step.target] = view
            found[step.target] = (step.operands[0][1], look)
    return found


def _look(expression: Expression, shape_of: ShapeOf) -> Callable[[Array], Any] | None:
    """How the expression looks at the one value that it names; None where it computes something."""
    match expression:
        case Name():
            return lambda array: array
        case Call(_, (Name(), *_)):
            bound = bind(expression, shape_of)
            if bound.operation.view is not None:
                return partial(bound.operation.view, **bound.site.options)
    return None
