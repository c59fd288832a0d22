"""The Jacobian of a row: what central differences of the forward step give, and what the backward pass works with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnstep.debugger.provenance.jacobian import jacobian
from nnstep.engine import Record, Timeline
from nnstep.ops import Array
from nnstep.scenario import find, load, loads
from nnstep.scenario.model import Scenario
from tests.engine.strategies import naive, scenarios
from tests.present import present

QUICK = settings(max_examples=40, deadline=None)
BY_ROW = """
title = "rows"
equations = \"\"\"
a = softmax(x)
b = log_softmax(x)
c = layer_norm(x, gain, bias, eps=0.01)
d = tanh(x)
e = x @ W
f = x * gain
h = x * x
k = x @ gain
m = x + s
n = x ** 2
o = softmax(gain)
p = gain @ W
\"\"\"
[constants]
x = [[0.5, -1.2, 2.0], [1.5, 0.3, -0.7], [0.1, 0.2, 0.4]]
W = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]
gain = [1.5, -0.5, 2.0]
bias = [0.1, 0.2, 0.3]
s = 2.0
"""
CASES = [
    *(("a", "x"), ("b", "x"), ("c", "x"), ("c", "gain"), ("c", "bias"), ("d", "x"), ("e", "a"), ("f", "a"), ("f", "b")),
    *(("k", "a"), ("m", "a"), ("m", "b"), ("n", "a"), ("o", "x"), ("p", "a")),
]


def first_record(scenario: Scenario) -> Record:
    return Timeline(scenario).record(1)


def check(record: Record, index: int, of: str | int, row: int, tolerance: float = 1e-6) -> bool:
    """Compare with central differences; whether there was a Jacobian."""
    step = record.program.steps[index - 1]
    found = jacobian(record, step, of, row)
    if found.matrix is None:
        assert found.reason in ("rows", "gradient", "input", "large")
        return False
    given_values = {name: np.array(record.value(slot)) for name, slot in step.operands}
    name = next(name for name, slot in step.operands if slot == found.inputs[0].slot)
    assert {cell.slot for cell in found.outputs} == {step.target}
    assert found.matrix.shape == (len(found.outputs), len(found.inputs))
    eps = 1e-6
    for column, cell in enumerate(found.inputs):
        sides: list[Array] = []
        for sign in (1, -1):
            values = {label: value.copy() for label, value in given_values.items()}
            values[name][cell.index] += sign * eps
            with np.errstate(all="ignore"):
                sides.append(naive(step.expression, values))
        difference = (sides[0] - sides[1]) / (2 * eps)
        expected = [difference[one.index] for one in found.outputs]
        scale = max(1.0, float(np.abs(found.matrix).max(initial=0)))
        np.testing.assert_allclose(found.matrix[:, column], expected, rtol=1e-4, atol=tolerance * scale)
    return True


@pytest.mark.parametrize(("target", "of"), CASES)
@pytest.mark.parametrize("row", [0, 2])
def test_it_is_what_central_differences_give(target: str, of: str, row: int) -> None:
    record = first_record(loads(BY_ROW))
    value = next(value for value in record.program.values if value.name == target)
    assert check(record, value.step, of, row)


def test_a_value_that_is_two_of_the_inputs_counts_twice() -> None:
    record = first_record(loads(BY_ROW))
    program = record.program
    step = program.steps[program.values[program.versions["h"][0]].step - 1]
    found = jacobian(record, step, program.versions["x"][0], 1)
    assert found.matrix is not None
    np.testing.assert_allclose(found.matrix, np.diag(2 * record["x"][1]))


def test_softmax_has_the_matrix_of_the_textbook() -> None:
    record = first_record(load(find("attention")))
    program = record.program
    step = program.steps[program.values[program.versions["a"][0]].step - 1]
    found = jacobian(record, step, "x", 1)
    p = record["a"][1]
    assert found.matrix is not None
    np.testing.assert_allclose(found.matrix, np.diag(p) - np.outer(p, p), atol=1e-15)
    assert [cell.index for cell in found.outputs] == [(1, 0), (1, 1), (1, 2)]
    assert [cell.index for cell in found.inputs] == [(1, 0), (1, 1), (1, 2)]
    # The backward pass multiplies the upstream gradient of the row with it.
    np.testing.assert_allclose(record["grad(a)"][1] @ found.matrix, record["grad(scores)"][1], atol=1e-15)


def test_where_there_is_none_it_says_why() -> None:
    record = first_record(load(find("two_layer")))
    program = record.program
    steps = {program.values[step.target].name: step for step in program.steps if step.phase == "forward"}
    assert jacobian(record, steps["x @ W1"], "b").reason == "rows"
    assert jacobian(record, steps["loss"], "logits").reason == "rows"
    assert jacobian(record, steps["p"], "logits").reason == "input"
    assert jacobian(record, steps["p"], "x", most=1).reason == "large"
    with pytest.raises(IndexError):
        jacobian(record, steps["p"], "x", 3)


SMOOTH = ("softmax", "log_softmax", "layer_norm", "tanh", "sigmoid", "add", "subtract", "multiply", "matmul", "sin")


@QUICK
@given(scenario=scenarios(), data=st.data())
def test_it_is_what_central_differences_give_in_any_graph(scenario: Scenario, data: st.DataObject) -> None:
    record = first_record(scenario)
    steps = [step for step in record.program.steps if step.phase == "forward" and step.operation in SMOOTH]
    assume(steps)
    for step in steps:
        numbers = [record.value(slot) for _, slot in step.operands] + [record.value(step.target)]
        sizes = [float(np.abs(value).max(initial=0)) for value in numbers]
        if not all(np.isfinite(sizes)) or max(sizes) > 100:
            continue
        shape = record.value(step.target).shape
        row = data.draw(st.integers(0, shape[0] - 1)) if len(shape) == 2 else 0
        for _, slot in step.operands:
            check(record, step.index, slot, row, 1e-4)


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("a = log(x)", [[np.inf, 0], [0, 0.5]]),
        ("a = sqrt(x)", [[np.inf, 0], [0, 0.5 / np.sqrt(2)]]),
        ("a = 1 / x", [[-np.inf, 0], [0, -0.25]]),
        ("a = x / s", [[np.inf, 0], [0, np.inf]]),
        ("a = relu(x)", [[0, 0], [0, 1]]),
    ],
)
def test_an_infinite_slope_is_no_part_of_the_other_entries(equation: str, expected: list[list[float]]) -> None:
    text = f'equations = "{equation}"\n[constants]\nx = [0.0, 2.0]\ns = 0.0'
    record = first_record(loads(text))
    matrix = jacobian(record, record.program.steps[0], "b" if equation == "a = 1 / x" else 0).matrix
    np.testing.assert_allclose(present(matrix), np.array(expected))
