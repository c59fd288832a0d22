"""A softmax layer with cross entropy is differentiated from the logits: no probability of 0 stops the learning.

The numbers are those of PyTorch's cross_entropy on the logits, in float64.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from nnstep.debugger.provenance.jacobian import jacobian
from nnstep.engine import Record, Timeline
from nnstep.program import body
from nnstep.scenario import loads
from tests.present import present

TEXT = """
[data]
x = {x}
y = {y}
[[layers]]
type = "linear"
weight = {weight}
[[layers]]
type = "softmax"
[loss]
type = "{loss}"
reduction = "{reduction}"
[optimizer]
type = "sgd"
lr = 0.5
[training]
epochs = 60
"""
SINGLE = {"x": "[[1], [-1]]", "y": "[0, 0]", "weight": "[[0, 800]]"}


def timeline(loss: str = "cross_entropy", reduction: str = "mean", **values: str) -> Timeline:
    return Timeline(loads(TEXT.format(**{**SINGLE, **values}, loss=loss, reduction=reduction)))


def first(**values: str) -> Record:
    return timeline(**values).record(1)


@pytest.mark.parametrize(
    ("values", "loss", "gradient"),
    [
        ({}, 400.0, [[-0.5, 0.5]]),
        ({"reduction": "sum"}, 800.0, [[-1.0, 1.0]]),
        ({"y": "[[1, 0], [1, 0]]"}, 400.0, [[-0.5, 0.5]]),  # one-hot rows in place of class numbers
        ({"y": "[[0.75, 0.25], [1, 0]]"}, 300.0, [[-0.375, 0.375]]),
        ({"weight": "[[0, 1e6]]"}, 5e5, [[-0.5, 0.5]]),
        ({"weight": "[[0, 745, 800]]", "y": "[1, 2]"}, 427.5, [[-0.5, -0.5, 1.0]]),
        ({"x": "[[1]]", "y": "[0]", "weight": "[[0, 800, 800]]"}, 800.6931471805599, [[-1.0, 0.5, 0.5]]),
    ],
)
def test_loss_and_gradient_are_those_of_the_logits(
    values: Mapping[str, str], loss: float, gradient: list[list[float]]
) -> None:
    record = first(**values)
    np.testing.assert_allclose(record["loss"], loss, rtol=1e-14)
    np.testing.assert_allclose(record["grad(W1)"], gradient, rtol=1e-14, atol=1e-300)


def test_it_learns() -> None:
    run = timeline()
    losses = [float(run.record(iteration)["loss"]) for iteration in (1, 2, 60)]
    np.testing.assert_allclose(losses, [400.0, 399.5, 370.5])


def test_the_probabilities_stay_to_be_looked_at_stepped_into_and_for_their_jacobian() -> None:
    record = first(weight="[[0, 2]]")
    p = 1 / (1 + math.exp(2))
    np.testing.assert_allclose(record["p"], [[p, 1 - p], [1 - p, p]])
    step = next(one for one in record.program.steps if one.operation == "softmax")
    inside = body(record.program, step)
    assert inside is not None
    assert [one.operation for one in inside.program.steps] == ["max", "subtract", "exp", "sum", "divide"]
    matrix = present(jacobian(record, step, "x").matrix)
    np.testing.assert_allclose(matrix, p * (1 - p) * np.array([[1, -1], [-1, 1]]))
    assert "grad(p)" not in record.program.versions


def test_nll_after_the_same_layer_goes_through_the_probabilities() -> None:
    same, through = first(weight="[[0, 2]]"), first(weight="[[0, 2]]", loss="nll")
    assert through["grad(p)"].shape == (2, 2)
    np.testing.assert_allclose(through["loss"], same["loss"])
    np.testing.assert_allclose(through["grad(o)"], same["grad(o)"])


def test_nll_of_a_probability_that_became_zero_is_infinite_as_in_pytorch() -> None:
    record = first(loss="nll")
    assert record["loss"] == math.inf
    np.testing.assert_array_equal(record["grad(p)"], [[-math.inf, 0], [-0.5, 0]])
