"""The list of assignments while it grows: values get their slots, steps their numbers. Every compiling stage adds."""

from __future__ import annotations

from nnstep.language import Expression, names, to_text
from nnstep.ops.operation import Shape
from nnstep.program.bind import infer
from nnstep.program.model import Step, Value


class Builder:
    """Values and steps so far, and which slot each name means now."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.steps: list[Step] = []
        self._now: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._now

    def slot(self, name: str) -> int:
        """The slot that `name` means after the steps so far. Raises KeyError for a name not assigned."""
        return self._now[name]

    def value(self, name: str) -> Value:
        """The value that `name` means after the steps so far."""
        return self.values[self._now[name]]

    def shape_of(self, name: str) -> Shape:
        """The shape of what `name` means now."""
        return self.value(name).shape

    def known(self) -> list[str]:
        """Every name assigned so far, those with a name of their own only."""
        return [name for name in self._now if name.isidentifier()]

    def declare(self, name: str, shape: Shape, role: str, of: str = "", trainable: bool = False) -> Value:
        """A value that is there before the first step, or that the next step assigns."""
        value = Value(len(self.values), name, shape, role, of, 0, trainable)
        self.values.append(value)
        self._now[name] = value.slot
        return value

    def assign(
        self,
        name: str,
        expression: Expression,
        role: str,
        phase: str,
        operation: str,
        *,
        of: str = "",
        equation: str = "",
        source: int = 0,
        wrt: str = "",
    ) -> Value:
        """Append the step `name = expression`. Raises OperationError when the shapes do not fit."""
        shape = infer(expression, self.shape_of)
        operands = tuple((label, self.slot(label)) for label in names(expression))
        index = len(self.steps) + 1
        value = Value(len(self.values), name, shape, role, of, index, name in self and self.value(name).trainable)
        self.values.append(value)
        self._now[name] = value.slot
        text = equation or f"{name} = {to_text(expression)}"
        self.steps.append(Step(index, phase, value.slot, expression, operands, text, operation, source, wrt))
        return value
