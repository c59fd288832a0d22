"""Gradients against differences: what is checked, what is found, and corners."""

from __future__ import annotations

from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.engine.difference import TOLERANCE
from nnstep.engine.gradcheck import ParameterCheck, gradcheck
from nnstep.ops import operation, table
from nnstep.scenario import loads
from tests.engine.random_programs import random_case
from tests.present import present


def checks(equations: str, parameters: str, iteration: int = 1) -> dict[str, ParameterCheck]:
    """Results by parameter."""
    found = gradcheck(Timeline(loads(f"equations = '''\n{equations}\n'''\n[parameters]\n{parameters}")), iteration)
    return {one.name: one for one in found}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_random_programs_pass(seed: int) -> None:
    timeline = Timeline(loads(random_case(Random(seed)).text))
    record = timeline.record(1)
    if all(np.abs(record.value(slot)).max() < 100 for slot in range(len(record.program.values))):
        assert all(one.ok for one in gradcheck(timeline)), gradcheck(timeline)


def test_the_numbers_of_a_check() -> None:
    found = checks("loss = sum(w ** 2)", "w = [1, -2, 3]")["w"]
    assert (found.checked, found.entries, found.ok) == (3, 3, True)
    assert found.analytic == 2 * [1, -2, 3][found.index[0]]
    assert found.numeric == pytest.approx(found.analytic, abs=1e-8)


def test_a_wrong_rule_is_found() -> None:
    wrong = operation("tanh")._replace(derivative={"x": "g * (1 - out)"})
    with mock.patch.dict(table.TABLE, tanh=wrong):
        found = checks("loss = sum(tanh(w)) + 0 * v", "w = [0.3, 0.7]\nv = 1")
    assert not found["w"].ok
    assert found["w"].error > 0.1
    assert found["v"].ok


@pytest.mark.parametrize(
    "equation",
    ["relu(w)", "abs(w)", "maximum(w, 0)", "minimum(0, w)", "leaky_relu(w)", "max(concat(w, 2 * w))", "mae(w, w * 0)"],
)
def test_at_a_corner_any_slope_between_both_sides_is_right(equation: str) -> None:
    assert checks(f"loss = 3 * sum({equation})", "w = [0.0, 0.0]")["w"].ok


def test_at_a_corner_a_slope_outside_is_wrong() -> None:
    wrong = operation("relu")._replace(derivative={"x": "g * 1.5"})
    with mock.patch.dict(table.TABLE, relu=wrong):
        found = checks("loss = sum(relu(w))", "w = [0.0]")["w"]
    assert not found.ok
    assert found.numeric == pytest.approx(1.0)


def test_what_is_not_a_number_does_not_pass() -> None:
    assert not checks("loss = sum(log(w))", "w = [-1.0]")["w"].ok
    assert not checks("loss = sum(sqrt(w))", "w = [0.0]")["w"].ok


@pytest.mark.parametrize("parameters", ["w = [-1.0]", "w = [1.0, -1.0]"])
def test_where_the_loss_is_no_number_no_slopes_are_given(parameters: str) -> None:
    assert checks("loss = sum(log(w))", parameters)["w"].corners == ()


def test_frozen_and_unused_parameters_are_not_checked() -> None:
    text = "u = a * 2\nloss = b * c"
    assert set(checks(text, "a = 1\nb = 2\nc = { value = 3, trainable = false }")) == {"b"}
    assert checks("z = a * 2", "a = 1") == {}
    assert checks("loss = 2.0", "a = 1") == {}


def test_of_large_parameters_some_entries_are_checked() -> None:
    found = checks("loss = sum(sin(w))", 'w = { shape = [50, 50], init = "normal" }')["w"]
    assert (found.checked, found.entries) == (1000, 2500)
    assert found.ok


def test_a_later_iteration_is_checked_at_its_own_values() -> None:
    text = "equations = 'loss = w ** 4'\n[parameters]\nw = 1.0\n[optimizer]\ntype = 'sgd'\nlr = 0.1\n"
    (found,) = gradcheck(Timeline(loads(text + "[training]\nepochs = 3")), 2)
    assert found.analytic == pytest.approx(4 * 0.6**3)
    assert found.error < TOLERANCE


def test_checking_changes_nothing() -> None:
    timeline = Timeline(loads("equations = 'loss = w ** 4'\n[parameters]\nw = 1.0"))
    before = timeline.record(1).arena.tobytes()
    gradcheck(timeline)
    assert timeline.record(1).arena.tobytes() == before


@pytest.mark.parametrize(
    ("equation", "parameters", "operation", "operand", "below", "above"),
    [
        ("sum(relu(1 - w))", "w = [1.0]", "relu", "1 - w", -1, 0),
        ("sum(abs(w))", "w = [0.0, 2.0]", "abs", "w", -1, 1),
        ("0.0001 * sum(abs(w))", "w = [0.0, 2.0]", "abs", "w", -1e-4, 1e-4),
        ("1e-8 * sum(relu(w))", "w = [0.0]", "relu", "w", 0, 1e-8),
        ("max(w)", "w = [1.0, 1.0]", "max", "w", 0, 1),
        ("sum(min(w, axis=1))", "w = [[2.0, 2.0], [3.0, 4.0]]", "min", "w", 1, 0),
        ("sum(maximum(w, 0.5))", "w = [0.5]", "maximum", "w", 0, 1),
        ("sum(minimum(maximum(w, -1), 1))", "w = [1.0, 0.25]", "minimum", "maximum(w, -1)", 1, 0),
        ("mean(maximum(0, 1 - y * w))", "w = [1.0, 2.0]\ny = [1.0, -1.0]", "maximum", "1 - y * w", -0.5, 0),
        ("mae(w, y)", "w = [3.0, 1.0]\ny = [3.0, 0.0]", "mae", "w", -0.5, 0.5),
        ("sum(leaky_relu(w, 0.2))", "w = [0.0]", "leaky_relu", "w", 0.2, 1),
        ("sum(elu(w, 3))", "w = [0.0]", "elu", "w", 3, 1),
    ],
)
def test_a_corner_is_named_and_is_not_called_ok(
    equation: str, parameters: str, operation: str, operand: str, below: float, above: float
) -> None:
    found = checks(f"loss = {equation}", parameters)["w"]
    assert found.verdict == "corner"
    assert found.ok, "nothing is wrong with it"
    corner = present(found.corners[0].corner)
    assert (corner.operation, corner.name) == (operation, operand)
    assert (found.corners[0].below, found.corners[0].above) == pytest.approx((below, above), abs=1e-9)


@pytest.mark.parametrize("equation", ["relu(w * w)", "w ** 2", "relu(w - w)", "elu(w)", "huber(w, 0 * w)"])
def test_where_slopes_are_the_same_on_both_sides_nothing_stands_at_a_corner(equation: str) -> None:
    found = checks(f"loss = sum({equation})", "w = [0.0, 0.0]")["w"]
    assert (found.corners, found.ok) == ((), True)


def test_the_first_entry_that_is_no_number_is_the_worst_wherever_it_is() -> None:
    for place in range(4):
        w = [1.0, 2.0, 3.0, 4.0]
        w[place] = -1.0
        found = checks("loss = sum(sqrt(w) * v)", f"w = {w}\nv = 1")["w"]
        assert (found.index, found.verdict) == ((0,), "not-finite"), "the loss is NaN for every entry"
    wrong = operation("tanh")._replace(derivative={"x": "g * (1 - out * out) + 0 / (1 - maximum(0, x - 8))"})
    many = [0.001 * k for k in range(3000)]
    for place in (1, 777, 2998):
        many[place] = 9.0
        with mock.patch.dict(table.TABLE, tanh=wrong):
            found = checks("loss = sum(tanh(w))", f"w = {many}")["w"]
        assert found.index == (place,), "also beside the thousand that are looked at"
        assert found.verdict == "not-finite"
        many[place] = 0.5


def test_what_the_rules_make_of_two_corners_at_once_is_a_mismatch_that_names_one() -> None:
    found = checks("loss = sum(relu(w) - relu(-w))", "w = [0.0]")["w"]  # w itself, of which the rules make 0
    assert (found.verdict, found.analytic) == ("differs", 0.0)
    assert present(found.corners[0].corner).operation == "relu"
