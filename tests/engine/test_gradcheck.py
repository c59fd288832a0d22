"""Gradients against differences: what is checked, what is found, and corners."""

from __future__ import annotations

from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.engine.gradcheck import TOLERANCE, ParameterCheck, gradcheck
from nnstep.ops import operation, table
from nnstep.scenario import loads
from tests.engine.random_programs import random_case


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
    with mock.patch.dict(table._BY_NAME, tanh=wrong):
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
    with mock.patch.dict(table._BY_NAME, relu=wrong):
        found = checks("loss = sum(relu(w))", "w = [0.0]")["w"]
    assert not found.ok
    assert found.numeric == pytest.approx(1.0)


def test_what_is_not_a_number_does_not_pass() -> None:
    assert not checks("loss = sum(log(w))", "w = [-1.0]")["w"].ok
    assert not checks("loss = sum(sqrt(w))", "w = [0.0]")["w"].ok


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
