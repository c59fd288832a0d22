"""Stable kernels: a finite number for any finite input, nothing invalid on the way, and the right limits."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import OperationError
from nnstep.language import Option
from nnstep.ops import operation
from tests.ops.apply import run, site_of
from tests.ops.strategies import applications, up_to

STABLE = [
    *("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu", "softplus", "softmax", "log_softmax", "bce"),
    *("bce_with_logits", "cross_entropy", "mae", "elu", "normal_cdf", "normal_pdf", "argmax", "one_hot", "maximum"),
]
INFINITE_ON_THE_WAY = ("sigmoid", "silu", "bce")  # exp(-x) of which 1 / (1 + ...) is 0, and a log that is clamped


@pytest.mark.parametrize("name", STABLE)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_is_raised_for_finite_inputs(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, up_to(1e300)))
    site = site_of(entry, inputs, options)
    on_the_way: Literal["ignore", "raise"] = "ignore" if name in INFINITE_ON_THE_WAY else "raise"
    with np.errstate(over=on_the_way, divide=on_the_way, invalid="raise"):
        assert np.isfinite(run(entry, inputs, site)).all()


FAR = 1e300
LIMITS = {
    "sigmoid": [(-FAR, 0.0), (-745.0, 0.0), (0.0, 0.5), (40.0, 1.0), (FAR, 1.0)],
    "tanh": [(-FAR, -1.0), (FAR, 1.0)],
    "relu": [(-FAR, 0.0), (0.0, 0.0), (FAR, FAR)],
    "leaky_relu": [(-FAR, -0.01 * FAR), (FAR, FAR)],
    "elu": [(-FAR, -1.0), (0.0, 0.0), (FAR, FAR), (-1e-12, -1e-12)],
    "gelu": [(-FAR, 0.0), (0.0, 0.0), (FAR, FAR)],
    "silu": [(-FAR, 0.0), (0.0, 0.0), (FAR, FAR)],
    "softplus": [(-FAR, 0.0), (0.0, math.log(2)), (20.5, 20.5), (FAR, FAR)],
}


@pytest.mark.parametrize(("name", "x", "expected"), [(name, *pair) for name, pairs in LIMITS.items() for pair in pairs])
def test_limits(name: str, x: float, expected: float) -> None:
    with np.errstate(over="ignore"):
        found = operation(name).evaluate(np.array(x))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


def test_softmax_of_far_apart_logits_is_one_hot() -> None:
    rows = np.array([[FAR, 0.0, -FAR], [-FAR, -FAR, FAR], [1000.0, 1000.0, -FAR]])
    np.testing.assert_array_equal(operation("softmax").evaluate(rows), [[1, 0, 0], [0, 0, 1], [0.5, 0.5, 0]])
    np.testing.assert_allclose(operation("log_softmax").evaluate(rows)[0], [0.0, -FAR, -2 * FAR])


def test_softmax_of_the_textbook() -> None:
    np.testing.assert_allclose(
        operation("softmax").evaluate(np.array([[1.0, 2.0, 0.0]])), [[0.2447, 0.6652, 0.0900]], atol=5e-5
    )


def test_cross_entropy_of_a_certain_mistake_is_the_distance_of_the_logits() -> None:
    logits = np.array([[FAR, 0.0]])
    assert operation("cross_entropy").evaluate(logits, np.array([1.0])) == FAR
    assert operation("cross_entropy").evaluate(logits, np.array([0.0])) == 0
    assert operation("bce_with_logits").evaluate(np.array([FAR]), np.array([0.0])) == FAR


@np.errstate(divide="ignore")
def test_a_probability_of_zero_is_clamped_by_bce_alone_as_in_pytorch() -> None:
    assert operation("bce").evaluate(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 100
    assert operation("nll").evaluate(np.array([[0.0, 1.0]]), np.array([0.0])) == math.inf
    assert operation("nll").evaluate(np.array([[0.0, 1.0]]), np.array([1.0])) == 0


def test_bad_input_is_not_hidden() -> None:
    with np.errstate(all="ignore"):
        assert np.isnan(operation("bce").evaluate(np.array([-0.5]), np.array([1.0])))
        assert np.isnan(operation("relu").evaluate(np.array([math.nan]))).all()
        assert np.isnan(operation("softmax").evaluate(np.array([math.nan, 0.0]))).all()
        assert operation("log").evaluate(np.array(0.0)) == -math.inf
        assert operation("divide").evaluate(np.array(1.0), np.array(0.0)) == math.inf


@pytest.mark.parametrize("label", [3.0, -1.0, 0.5, math.nan])
@pytest.mark.parametrize("name", ["one_hot", "cross_entropy", "nll"])
def test_what_is_no_class_number_is_refused(name: str, label: float) -> None:
    entry, labels = operation(name), np.array([0.0, label])
    inputs = (labels,) if name == "one_hot" else (np.full((2, 3), 0.3), labels)
    options: dict[str, Option] = {"classes": 3} if name == "one_hot" else {}
    with pytest.raises(OperationError, match="no class number; there are 0 to 2"):
        entry.evaluate(*inputs, **options)
