"""A cell that is linear in some entries, as its coefficients: what one number of a derivative rule is multiplied by.

A derivative rule is linear in the upstream gradient, so one pass over the arithmetic of a cell gives the local
derivative with respect to each upstream entry, whatever the rule looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.nodes import Call, Entry, Expression, Number
from nnstep.ops.cells import CellLookup, evaluate_cell

LinearForm = tuple[float, dict[Entry, float]]


def linear_form(tree: Expression, is_variable: Callable[[str], bool], lookup: CellLookup) -> LinearForm:
    """(constant, {entry: coefficient}) of a cell expression: the tree is constant + Σ coefficient · entry.

    The entries are those of the values that `is_variable` holds for, in order of appearance, with every entry that
    stands in the tree, also where its coefficient comes out as 0.0; `lookup` gives the other entries, as for
    `evaluate_cell`. Raises OperationError where the tree is not linear in the variables.
    """
    return _Linear(is_variable, lookup).form(tree)


class _Linear:
    """Works out the forms of the parts of a tree, each once.

    Not functions inside of one another: these would hold each other, and with them all that `lookup` looks into.
    """

    def __init__(self, is_variable: Callable[[str], bool], lookup: CellLookup) -> None:
        self._is_variable, self._lookup = is_variable, lookup
        self._forms: dict[int, LinearForm] = {}
        self._constants: dict[int, bool] = {}

    def form(self, node: Expression) -> LinearForm:
        """The form of a part."""
        if self._constant(node):
            return self._number(node), {}
        if isinstance(node, Entry):
            return 0.0, {node: 1.0}
        assert isinstance(node, Call)
        if id(node) not in self._forms:
            self._forms[id(node)] = self._worked_out(node)
        return self._forms[id(node)]

    def _constant(self, node: Expression) -> bool:
        if isinstance(node, Entry):
            return not self._is_variable(node.name)
        if not isinstance(node, Call):
            return True
        if id(node) not in self._constants:
            self._constants[id(node)] = all(map(self._constant, node.arguments))
        return self._constants[id(node)]

    def _number(self, node: Expression) -> float:
        """The value of a part without variables."""
        match node:
            case Number(value):
                return value
            case Entry(name, index):
                return float(self._lookup(name, index))
        if id(node) not in self._forms:
            self._forms[id(node)] = (evaluate_cell(node, self._lookup), {})
        return self._forms[id(node)][0]

    def _worked_out(self, node: Call) -> LinearForm:
        match node.function, node.arguments:
            case "total", arguments:
                return _added((self.form(argument), 1.0) for argument in arguments)
            case "average", arguments:
                return _scaled(_added((self.form(argument), 1.0) for argument in arguments), _over(len(arguments)))
            case "add", (left, right):
                return _added([(self.form(left), 1.0), (self.form(right), 1.0)])
            case "subtract", (left, right):
                return _added([(self.form(left), 1.0), (self.form(right), -1.0)])
            case "negative", (inner,):
                return _scaled(self.form(inner), lambda value: -value)
            case "multiply", (left, right) if self._constant(left):
                return _scaled(self.form(right), _times(self._number(left)))
            case "multiply", (left, right) if self._constant(right):
                return _scaled(self.form(left), _times(self._number(right)))
            case "divide", (left, right) if self._constant(right):
                return _scaled(self.form(left), _over(self._number(right)))
            case "where", (condition, yes, no) if self._constant(condition):
                chosen, other = (yes, no) if self._number(condition) else (no, yes)
                return _added([(self.form(chosen), 1.0), ((0.0, dict.fromkeys(self.form(other)[1], 0.0)), 1.0)])
        raise OperationError(say("rule.linear", function=node.function))


def _added(parts: Iterable[tuple[LinearForm, float]]) -> LinearForm:
    total, found = 0.0, dict[Entry, float]()
    for (constant, coefficients), sign in parts:
        total += sign * constant
        for entry, coefficient in coefficients.items():
            found[entry] = found.get(entry, 0.0) + sign * coefficient
    return total, found


def _scaled(form: LinearForm, by: Callable[[float], float]) -> LinearForm:
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
