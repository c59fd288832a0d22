"""The shape of a program as people draw it: layers of neurons with weights between them, or a graph of its values."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.memo import memoized
from nnstep.program import Program, Step


class Group(NamedTuple):
    """One layer of neurons: all values of the forward pass that have an entry for each neuron.

    slots    in order of assignment: `x @ W1`, `z1`, `h1`
    units    how many neurons
    weight   slot of the matrix between the layer before and this one, or None for the first layer
    product  the index of the step that multiplies by it, or 0
    biases   slots of what is added to every row
    """

    slots: tuple[int, ...]
    units: int
    weight: int | None = None
    product: int = 0
    biases: tuple[int, ...] = ()


class Layers(NamedTuple):
    """A network whose every layer has one before it and one behind it.

    groups   the layers, the first one is the data
    scalars  slots of single numbers that are computed from a layer: the loss
    origins  for a matrix between layers that is itself computed (`W.T`), the parameters it is made of
    """

    groups: tuple[Group, ...]
    scalars: tuple[int, ...]
    origins: dict[int, frozenset[int]]

    def group_of(self, slot: int) -> int | None:
        """The layer that a value belongs to, its weights and biases not included."""
        return next((k for k, group in enumerate(self.groups) if slot in group.slots), None)


@memoized()
def layers_of(program: Program) -> Layers | None:
    """The layers of a program, or None where it is not a plain chain of them (attention, residual connections)."""
    return _Reader(program).layers()


class _Reader:
    """Reads the forward steps once; gives up at the first one that no chain of layers has."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.groups: list[Group] = []
        self.member: dict[int, int] = {}  # slot -> layer
        self.fixed = {  # what does not depend on the data -> the parameters in it
            value.slot: frozenset({value.slot})
            for value in program.values
            if not value.step and value.role in ("parameter", "constant")
        }
        self.scalars: list[int] = []

    def layers(self) -> Layers | None:
        for step in self.program.steps:
            if step.phase == "forward" and not self._take(step):
                return None
        if len(self.groups) < 2:
            return None
        return Layers(tuple(self.groups), tuple(self.scalars), self.fixed)

    def _take(self, step: Step) -> bool:
        slots = [slot for _, slot in step.operands]
        target = self.program.values[step.target]
        flowing = [slot for slot in slots if slot not in self.fixed]
        if not flowing:
            self.fixed[step.target] = frozenset().union(*(self.fixed[slot] for slot in slots))
            return True
        if step.operation == "matmul":
            return self._product(step, slots, flowing)
        if any(slot in self.scalars for slot in flowing) or target.shape == ():
            self.scalars.append(step.target)  # the loss and what is added to it
            return target.shape == ()
        found = {self.member[slot] for slot in flowing if slot in self.member}
        given = [slot for slot in flowing if slot not in self.member]
        if any(self.program.values[slot].step for slot in given) or len(found) != 1:
            return False
        index = found.pop()
        group = self.groups[index]
        if index != len(self.groups) - 1 or target.shape != self.program.values[group.slots[-1]].shape:
            return False
        biases = tuple(
            slot
            for slot in slots
            if step.operation == "add" and slot in self.fixed and self._one_each(slot, group.units)
        )
        self.groups[index] = group._replace(slots=(*group.slots, step.target), biases=(*group.biases, *biases))
        self.member[step.target] = index
        return True

    def _one_each(self, slot: int, units: int) -> bool:
        """Whether a value has one number for every neuron, or one for all of them: a bias."""
        return self.program.values[slot].shape in ((units,), (1, units), (1,), ())

    def _product(self, step: Step, slots: list[int], flowing: list[int]) -> bool:
        """A layer times a matrix: the next layer."""
        values = self.program.values
        if len(slots) != 2 or len(flowing) != 1 or flowing[0] != slots[0] or not values[slots[0]].shape:
            return False
        source, weight, target = slots[0], slots[1], values[step.target]
        if len(values[source].shape) != 2 or len(values[weight].shape) not in (1, 2):
            return False
        if source not in self.member:
            if self.groups or values[source].step:
                return False
            self.groups.append(Group((source,), values[source].shape[1]))
            self.member[source] = 0
        if self.member[source] != len(self.groups) - 1:
            return False
        units = target.shape[1] if len(target.shape) == 2 else 1
        self.groups.append(Group((step.target,), units, weight, step.index))
        self.member[step.target] = len(self.groups) - 1
        return True
