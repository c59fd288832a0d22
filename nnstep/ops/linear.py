"""A cell that is linear in some entries, as its coefficients: what one number of a derivative rule is multiplied by.

A derivative rule is linear in the upstream gradient, so one pass over the arithmetic of a cell gives the local
derivative with respect to each upstream entry, whatever the rule looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from nnstep.errors import OperationError
from nnstep.language.nodes import Call, Entry, Expression, Number
from nnstep.ops.cells import Lookup, evaluate_cell

__all__ = ["Form", "linear_form"]

Form = tuple[float, dict[Entry, float]]


def linear_form(tree: Expression, is_variable: Callable[[str], bool], lookup: Lookup) -> Form:
    """(constant, {entry: coefficient}) of a cell expression: the tree is constant + Σ coefficient · entry.

    The entries are those of the values that `is_variable` holds for, in order of appearance, with every entry that
    stands in the tree, also where its coefficient comes out as 0.0; `lookup` gives the other entries, as for
    `evaluate_cell`. Raises OperationError where the tree is not linear in the variables.
    """
    forms: dict[int, Form] = {}
    constants: dict[int, bool] = {}

    def constant(node: Expression) -> bool:
        if isinstance(node, Entry):
            return not is_variable(node.name)
        if not isinstance(node, Call):
            return True
        if id(node) not in constants:
            constants[id(node)] = all(map(constant, node.arguments))
        return constants[id(node)]

    def number(node: Expression) -> float:
        """The value of a part without variables."""
        match node:
            case Number(value):
                return value
            case Entry(name, index):
                return float(lookup(name, index))
        if id(node) not in forms:
            forms[id(node)] = (evaluate_cell(node, lookup), {})
        return forms[id(node)][0]

    def form(node: Expression) -> Form:
        if constant(node):
            return number(node), {}
        if isinstance(node, Entry):
            return 0.0, {node: 1.0}
        assert isinstance(node, Call)
        if id(node) not in forms:
            forms[id(node)] = worked_out(node)
        return forms[id(node)]

    def worked_out(node: Call) -> Form:
        match node.function, node.arguments:
            case "total", arguments:
                return _added((form(argument), 1.0) for argument in arguments)
            case "average", arguments:
                return _scaled(_added((form(argument), 1.0) for argument in arguments), _over(len(arguments)))
            case "add", (left, right):
                return _added([(form(left), 1.0), (form(right), 1.0)])
            case "subtract", (left, right):
                return _added([(form(left), 1.0), (form(right), -1.0)])
            case "negative", (inner,):
                return _scaled(form(inner), lambda value: -value)
            case "multiply", (left, right) if constant(left):
                return _scaled(form(right), _times(number(left)))
            case "multiply", (left, right) if constant(right):
                return _scaled(form(left), _times(number(right)))
            case "divide", (left, right) if constant(right):
                return _scaled(form(left), _over(number(right)))
            case "where", (condition, yes, no) if constant(condition):
                chosen, other = (yes, no) if number(condition) else (no, yes)
                return _added([(form(chosen), 1.0), ((0.0, dict.fromkeys(form(other)[1], 0.0)), 1.0)])
        raise OperationError(f"{node.function} is not linear in what it is asked about")

    return form(tree)


def _added(parts: Iterable[tuple[Form, float]]) -> Form:
    total, found = 0.0, dict[Entry, float]()
    for (constant, coefficients), sign in parts:
        total += sign * constant
        for entry, coefficient in coefficients.items():
            found[entry] = found.get(entry, 0.0) + sign * coefficient
    return total, found


def _scaled(form: Form, by: Callable[[float], float]) -> Form:
    constant, coefficients = form
    return (by(constant) if constant else constant), {entry: by(value) for entry, value in coefficients.items()}


def _times(factor: float) -> Callable[[float], float]:
    return lambda value: value * factor


def _over(divisor: float) -> Callable[[float], float]:
    if divisor:
        return lambda value: value / divisor
    with np.errstate(all="ignore"):
        inverse = float(np.divide(1.0, divisor))  # as NumPy has it, not as an error
    return lambda value: value * inverse
