"""Which given values hold class numbers, and which class numbers there are: known before a program is compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.errors import OperationError
from nnstep.language import Call, Expression, Name, Number, Option
from nnstep.ops import Operation, Shape, Site, check_labels, operation
from nnstep.scenario.model import Scenario


class Label(NamedTuple):
    """A place where an operation may take class numbers."""

    operation: Operation
    site: Site

    def check(self, number: float) -> None:
        """Raise OperationError unless the number is a class number there."""
        taken = self.operation.takes_class_numbers(self.site)
        if taken is not None:
            check_labels(np.array([number]), taken[1])


def labels(scenario: Scenario) -> dict[str, list[Label]]:
    """The places of class numbers by the name of the given value that holds them.

    What cannot be known without compiling, as where shapes do not fit, is left out.
    """
    shapes = {parameter.name: parameter.value.shape for parameter in scenario.parameters}
    shapes |= {name: value.shape for name, value in scenario.constants.items()}
    data = scenario.data
    for name, array in (("x", data and data.x), ("y", data and data.y)):
        if array is not None:
            rows = min(scenario.training.batch_size or len(array), len(array))
            shapes[name] = (rows, *array.shape[1:])
    given = frozenset(shapes)
    found: dict[str, list[Label]] = {}

    def shape(node: Expression) -> Shape:
        match node:
            case Name(id):
                return shapes[id]
            case Call():
                return call(node).out
        return ()

    def call(node: Call) -> Site:
        entry = operation(node.function)
        count = len(entry.inputs)
        arguments, options = node.arguments[:count], _options(node, entry)
        site = entry.site(tuple(map(shape, arguments)), options, tuple(map(_constant, arguments)))
        argument = arguments[entry.inputs.index(entry.class_numbers)] if entry.class_numbers else None
        if isinstance(argument, Name) and argument.id in given:
            found.setdefault(argument.id, []).append(Label(entry, site))
        return site

    for one in scenario.equations:
        try:
            shapes[one.assignment.target] = shape(one.assignment.expression)
        except (OperationError, KeyError, ValueError):  # what is wrong is said when it is compiled
            continue
    return found


def _constant(argument: Expression) -> float | None:
    return argument.value if isinstance(argument, Number) else None


def _options(node: Call, entry: Operation) -> dict[str, Option]:
    """The options of a call, those by position too, with their defaults. Raises ValueError where they are not right."""
    count = len(entry.inputs)
    extra = node.arguments[count:]
    filled = {**entry.options, **dict(node.options)}
    for name, argument in zip(entry.options, extra, strict=False):
        if not isinstance(argument, Number) or not argument.value.is_integer():
            filled[name] = _constant(argument)
        else:
            filled[name] = int(argument.value)
    options: dict[str, Option] = {name: value for name, value in filled.items() if value is not None}
    if len(node.arguments) < count or len(extra) > len(entry.options) or options.keys() != entry.options.keys():
        raise ValueError(node.function)
    return options
