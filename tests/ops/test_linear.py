"""Coefficients of what is linear: they add up to the number again, and what is not linear is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import OperationError
from nnstep.language import Call, Entry, Expression, Number, parse_expression, walk
from nnstep.ops import OPERATIONS, Index, entries_read, evaluate_cell, operation
from nnstep.ops.cells import CellLookup
from nnstep.ops.linear import linear_form
from nnstep.program import cell
from tests.ops.apply import evaluate, named, run, site_of
from tests.ops.strategies import SMOOTH, applications

RULES = [(entry.name, name) for entry in OPERATIONS for name in entry.derivative]
QUICK = settings(max_examples=15, deadline=None)


@pytest.mark.parametrize(("name", "wrt"), RULES)
@QUICK
@given(data=st.data())
def test_the_cells_of_every_derivative_rule_are_linear_in_the_upstream_gradient(
    name: str, wrt: str, data: st.DataObject
) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, SMOOTH))
    site = site_of(entry, inputs, options)
    text = entry.rule(wrt, site)
    if text is None:
        return
    g = SMOOTH.array(data.draw, site.out, SMOOTH.second)
    with np.errstate(all="ignore"):
        values = named(entry, inputs, site) | {"g": g, "out": run(entry, inputs, site)}
        rule = parse_expression(text)
        shape = evaluate(rule, values).shape

    def number(label: str, index: Index) -> float:
        return float(values[label][index])

    for index in np.ndindex(shape):
        tree = cell(rule, lambda label: values[label].shape, index)
        constant, coefficients = linear_form(tree, lambda label: label == "g", number)
        assert constant == 0.0
        assert tuple(coefficients) == tuple(one for one in entries_read(tree) if one.name == "g")
        parts = [value * number("g", one.index) for one, value in coefficients.items()]
        whole, size = evaluate_cell(tree, number), size_of(tree, number)
        if np.isfinite(whole):
            assert sum(parts) == pytest.approx(whole, rel=1e-12, abs=1e-14 * size)


def size_of(tree: Expression, number: CellLookup) -> float:
    """The largest number on the way to the cell: where large ones cancel, rounding is relative to them."""
    parts = [node for node in walk(tree) if isinstance(node, Call)]
    sizes = [abs(evaluate_cell(node, number)) for node in {id(node): node for node in parts}.values()]
    return max((size for size in sizes if np.isfinite(size)), default=0.0)


def written(text: str) -> Expression:
    """An expression over scalar entries: g, h are variables."""

    def cells(node: Expression) -> Expression:
        if isinstance(node, Call):
            return Call(node.function, tuple(map(cells, node.arguments)), node.options)
        return node if isinstance(node, Number) else Entry(getattr(node, "id", ""), ())

    return cells(parse_expression(text))


VALUES = {"g": 0.7, "h": -1.3, "a": 2.5, "b": 0.0}


def form_of(tree: Expression) -> tuple[float, dict[str, float]]:
    constant, found = linear_form(tree, lambda name: name in "gh", lambda name, index: VALUES[name])
    return constant, {entry.name: value for entry, value in found.items()}


def terms() -> st.SearchStrategy[str]:
    """Texts that are linear in g and h."""
    fixed = st.sampled_from(["a", "2", "(a + 1)", "exp(a)", "b", "(a > 1)"])
    return st.recursive(
        st.sampled_from(["g", "h", "a", "3"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
            inner.map(lambda text: f"(-{text})"),
            st.tuples(fixed, inner).map(lambda p: f"({p[0]} * {p[1]})"),
            inner.map(lambda text: f"({text} / a)"),
            st.tuples(st.sampled_from(["a", "b"]), inner, inner).map(lambda p: f"where({p[0]}, {p[1]}, {p[2]})"),
        ),
        max_leaves=12,
    )


@settings(max_examples=150, deadline=None)
@given(text=terms())
def test_a_form_adds_up_to_the_number(text: str) -> None:
    tree = written(text)
    constant, found = form_of(tree)
    size = abs(constant) + sum(abs(value) for value in found.values())
    assert constant + sum(value * VALUES[name] for name, value in found.items()) == pytest.approx(
        evaluate_cell(tree, lambda name, index: VALUES[name]), rel=1e-12, abs=1e-12 * size
    )
    assert set(found) == {one.name for one in entries_read(tree)} & {"g", "h"}


def test_coefficients_that_come_out_as_zero_are_there() -> None:
    assert form_of(written("g * b + a")) == (2.5, {"g": 0.0})
    assert form_of(written("where(b, g, h)")) == (0.0, {"h": 1.0, "g": 0.0})
    assert form_of(written("g - g")) == (0.0, {"g": 0.0})


def test_a_mean_of_cells_is_linear() -> None:
    tree = Call("average", (Entry("g", ()), Entry("h", ()), Entry("a", ()), Entry("g", ())))
    assert form_of(tree) == (0.625, {"g": 0.5, "h": 0.25})


def test_a_part_that_stands_in_many_places_is_worked_on_once() -> None:
    tree: Expression = Entry("g", ())
    for _ in range(200):
        tree = Call("add", (tree, tree))
    assert form_of(tree) == (0.0, {"g": 2.0**200})


@pytest.mark.parametrize("text", ["g * h", "a / g", "g ** 2", "exp(g)", "where(g, a, b)", "maximum(g, a)", "g > a"])
def test_what_is_not_linear_is_refused(text: str) -> None:
    with pytest.raises(OperationError, match="linear"):
        form_of(written(text))
