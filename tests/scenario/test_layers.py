"""Layers are written out as equations with the field's names, and their parameters have PyTorch's defaults."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.language import to_text
from nnstep.ops import activations as operations
from nnstep.ops import operation
from nnstep.scenario import loads
from nnstep.scenario.layers_table import LAYERS as TYPES
from nnstep.scenario.loss_table import LOSSES
from tests.scenario.helpers import DATA, LAYERS, equations, network, places, problems, written

LINEAR = 'type = "linear"\nunits = 3'
LAST = 'type = "linear"\nunits = 1'
ACTIVATIONS = tuple(layer.name for layer in TYPES.values() if not layer.weighted)
TANH, RELU, SOFTMAX = 'type = "tanh"', 'type = "relu"', 'type = "softmax"'
CLASSES = DATA.replace("[[1], [0]]", "[1, 0]")
TWO = 'type = "linear"\nunits = 2'

NETWORKS = {
    "two layers": (
        (LINEAR, 'type = "sigmoid"', LAST),
        "",
        ["z1 = x @ W1 + b1", "h1 = sigmoid(z1)", "o = h1 @ W2 + b2"],
    ),
    "one layer": ((LAST,), "", ["o = x @ W1 + b1"]),
    "activation at the end": ((LAST, 'type = "sigmoid"'), "", ["o = x @ W1 + b1", "p = sigmoid(o)"]),
    "no activation between": ((LINEAR, LAST), "", ["z1 = x @ W1 + b1", "o = z1 @ W2 + b2"]),
    "no bias": ((LINEAR + "\nbias = false", LAST), "", ["z1 = x @ W1", "o = z1 @ W2 + b2"]),
    "bias said": ((LAST + "\nbias = true",), "", ["o = x @ W1 + b1"]),
    "activation first": ((TANH, LAST), "", ["h0 = tanh(x)", "o = h0 @ W1 + b1"]),
    "two first": ((TANH, RELU, LAST), "", ["h0 = tanh(x)", "h0_2 = relu(h0)", "o = h0_2 @ W1 + b1"]),
    "activations only": ((TANH, RELU), "", ["p = tanh(x)", "p_2 = relu(p)"]),
    "two in a row": (
        (LINEAR, TANH, RELU, LAST, TANH, RELU),
        "",
        [
            "z1 = x @ W1 + b1",
            "h1 = tanh(z1)",
            "h1_2 = relu(h1)",
            "o = h1_2 @ W2 + b2",
            "p = tanh(o)",
            "p_2 = relu(p)",
        ],
    ),
    "four layers": (
        (LINEAR, TANH, LINEAR, LINEAR, RELU, LAST),
        "",
        [
            "z1 = x @ W1 + b1",
            "h1 = tanh(z1)",
            "z2 = h1 @ W2 + b2",
            "z3 = z2 @ W3 + b3",
            "h3 = relu(z3)",
            "o = h3 @ W4 + b4",
        ],
    ),
    "options": (
        (LINEAR, 'type = "leaky_relu"\nslope = 0.2', LAST, 'type = "elu"\nalpha = 2'),
        "",
        ["z1 = x @ W1 + b1", "h1 = leaky_relu(z1, slope=0.2)", "o = h1 @ W2 + b2", "p = elu(o, alpha=2)"],
    ),
    "mse": ((LAST,), 'type = "mse"', ["o = x @ W1 + b1", "loss = mse(o, y)"]),
    "sum": ((LAST,), 'type = "mse"\nreduction = "sum"', ["o = x @ W1 + b1", "loss = mse(o, y, reduction=sum)"]),
    "mean": ((LAST,), 'type = "mae"\nreduction = "mean"', ["o = x @ W1 + b1", "loss = mae(o, y)"]),
    "scale": (
        (LAST,),
        'type = "huber"\nscale = 0.5\ndelta = 2\nreduction = "batch_mean"',
        ["o = x @ W1 + b1", "loss = 0.5 * huber(o, y, delta=2, reduction=batch_mean)"],
    ),
    "bce": ((LAST, 'type = "sigmoid"'), 'type = "bce"', ["o = x @ W1 + b1", "p = sigmoid(o)", "loss = bce(p, y)"]),
    "bce with logits": ((LAST,), 'type = "bce_with_logits"', ["o = x @ W1 + b1", "loss = bce_with_logits(o, y)"]),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_are_written_out(name: str) -> None:
    layers, loss, expected = NETWORKS[name]
    assert equations(network(*layers, loss=loss)) == expected


@pytest.mark.parametrize(
    ("layers", "kind", "expected"),
    [
        ((TWO,), "cross_entropy", "loss = cross_entropy(o, y)"),
        ((TWO, SOFTMAX), "cross_entropy", "loss = cross_entropy(o, y)"),
        ((TWO, SOFTMAX), "nll", "loss = nll(p, y)"),
        ((TWO, TANH, SOFTMAX), "cross_entropy", "loss = cross_entropy(p, y)"),
        ((TWO, SOFTMAX, SOFTMAX), "cross_entropy", "loss = cross_entropy(p, y)"),
        ((TWO, SOFTMAX, TANH), "cross_entropy", "loss = cross_entropy(p_2, y)"),
        ((TWO, SOFTMAX, TWO), "cross_entropy", "loss = cross_entropy(o, y)"),
        ((SOFTMAX,), "cross_entropy", "loss = cross_entropy(x, y)"),
    ],
)
def test_softmax_is_never_applied_twice(layers: tuple[str, ...], kind: str, expected: str) -> None:
    written = equations(network(*layers, data=CLASSES, loss=f'type = "{kind}"'))
    assert written[-1] == expected
    assert sum("softmax" in one for one in written) == layers.count(SOFTMAX)  # the layer stays, to be looked at


def test_equations_read_back_as_they_are_written() -> None:
    scenario = loads(network(LINEAR, 'type = "leaky_relu"\nslope = 0.2', LAST, loss='type = "mse"\nscale = 0.5'))
    for equation in scenario.equations:
        assert equation.assignment.source == f"{equation.assignment.target} = {to_text(equation.assignment.expression)}"


def test_equations_know_the_layer_they_stand_for() -> None:
    scenario = loads(network(LINEAR, TANH, LAST, loss='type = "mse"'))
    assert [(equation.key, equation.line) for equation in scenario.equations] == [
        ("layers[0]", 4),
        ("layers[1]", 7),
        ("layers[2]", 9),
        ("loss", 12),
    ]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_an_operation_with_numbers_for_options(name: str) -> None:
    assert equations(network(LAST, f'type = "{name}"'))[-1] == f"p = {name}(o)"
    assert all(isinstance(default, float) for default in operation(name).options.values())


def test_no_activation_is_left_out() -> None:
    assert {*ACTIVATIONS} == {entry.name for entry in operations.ACTIVATIONS} | {"softmax", "log_softmax"}


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_is_an_operation_with_a_reduction(name: str) -> None:
    assert operation(name).options["reduction"] == "mean"


def test_weights_and_biases_as_given() -> None:
    scenario = loads(network('type = "linear"\nweight = [[1, 2, 3], [4, 5, 6]]\nbias = [7, 8, 9]\ntrainable = false'))
    weight, bias = scenario.parameters
    assert (weight.name, bias.name) == ("W1", "b1")
    assert weight.value.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert bias.value.tolist() == [7, 8, 9]
    assert (weight.trainable, bias.trainable) == (False, False)
    assert (weight.origin, bias.origin) == ("given", "given")
    assert (weight.key, weight.line) == ("layers[0].weight", 6)
    assert not weight.value.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        weight.value[0, 0] = 0


def test_weights_and_biases_when_not_given() -> None:
    weight, bias = loads(LAYERS.replace("units = 1", "units = 5")).parameters
    assert weight.value.shape == (2, 5)
    assert np.abs(weight.value).max() <= np.sqrt(6 / 7)
    assert weight.origin == "xavier_uniform"
    assert bias.value.tolist() == [0] * 5
    assert bias.origin == "zeros"


def test_a_layer_takes_what_the_one_before_gives() -> None:
    shapes = {one.name: one.value.shape for one in loads(network(LINEAR, TANH, TWO, LAST)).parameters}
    assert shapes == {"W1": (2, 3), "b1": (3,), "W2": (3, 2), "b2": (2,), "W3": (2, 1), "b3": (1,)}


def test_without_a_loss_a_network_is_forward_only_unless_an_objective_is_named() -> None:
    assert loads(LAYERS).objective is None
    assert loads('objective = "o"\n' + LAYERS).objective == "o"
    assert loads(LAYERS + '[loss]\ntype = "mse"').objective == "loss"


ERRORS = [
    (LAYERS.replace("units = 1", ""), ["4: layers[0]"], "needs units"),
    (LAYERS.replace("units = 1", "units = 0"), ["6: layers[0].units"], "at least 1"),
    (LAYERS.replace("units = 1", "units = true"), ["6: layers[0].units"], "found true"),
    (LAYERS.replace("units = 1", "units = 1.0"), ["6: layers[0].units"], "whole number"),
    (LAYERS.replace("units = 1", "units = 10000000000"), ["6: layers[0].units"], "at most"),
    (LAYERS.replace("units = 1", "unit = 1"), ["4: layers[0]", "6: layers[0].unit"], "needs units"),
    (LAYERS + "weight = [[1, 2], [3, 4]]", ["7: layers[0].weight"], "found 2×2, expected 1 columns"),
    (LAYERS + "weight = [[1]]", ["7: layers[0].weight"], "found 1×1, expected 2 rows: the layer has 2 inputs"),
    (LAYERS.replace("units = 1", "weight = [[1, 2], [3]]"), ["6: layers[0].weight[1]"], "a row of 1, expected 2"),
    (LAYERS.replace("units = 1", "weight = [1, 2]"), ["6: layers[0].weight"], "a list of rows"),
    (LAYERS.replace("units = 1", 'weight = [[1],\n["a"]]'), ["7: layers[0].weight[1][0]"], "found the string"),
    (LAYERS + "bias = 0.5", ["7: layers[0].bias"], "found 0.5"),
    (LAYERS + "bias = [1, 2]", ["7: layers[0].bias"], "found 2 numbers, expected 1"),
    (LAYERS + "bias = [[1]]", ["7: layers[0].bias"], "found a list of rows, expected a list of numbers"),
    (LAYERS + 'init = "xavier"', ["7: layers[0].init"], "one of xavier_uniform"),
    (LAYERS + 'weight = [[1], [1]]\ninit = "ones"', ["8: layers[0].init"], "not initialised"),
    (LAYERS + "trainable = 1", ["7: layers[0].trainable"], "true or false"),
    (LAYERS.replace('"linear"', '"linera"'), ["5: layers[0].type"], "found the string 'linera'"),
    (LAYERS.replace('"linear"', "3"), ["5: layers[0].type"], "found 3"),
    (LAYERS.replace('type = "linear"', ""), ["4: layers[0]"], "'type' is missing"),
    (network(LAST, 'type = "relu"\nunits = 3'), ["9: layers[1].units"], "unknown key 'units'"),
    (network(LAST, 'type = "elu"\nalpha = "a"'), ["9: layers[1].alpha"], "expected a number"),
    (network(LAST, 'type = "layer_norm"'), ["8: layers[1].type"], "layers cannot say"),
    ("layers = []\n" + DATA, ["1: layers"], "1 to 200 layers"),
    ("layers = 3\n" + DATA, ["1: layers"], "a table for each layer"),
    ("layers = [1]\n" + DATA, ["1: layers"], "a table for each layer"),
    ('[[layers]]\ntype = "relu"', ["1: layers"], "need [data]"),
    (LAYERS.replace("[[1, 2], [3, 4]]", "[1, 2]"), ["2: data.x"], "expected rows"),
    (
        network('type = "linear"\nunits = 100000', 'type = "linear"\nunits = 100000'),
        ["9: layers[1].units"],
        "too many",
    ),
]


@pytest.mark.parametrize(("text", "expected", "said"), ERRORS)
def test_what_is_wrong_with_layers(text: str, expected: list[str], said: str) -> None:
    assert places(text) == expected
    assert said in problems(text)[0].message


def test_layers_can_be_written_inline() -> None:
    text = 'layers = [\n { type = "linear", units = 1 },\n { type = "tanh" },\n]\n' + DATA
    scenario = loads(text)
    assert written(scenario) == ["o = x @ W1 + b1", "p = tanh(o)"]
    assert [equation.line for equation in scenario.equations] == [2, 3]
    assert places(text.replace("units = 1", "units = 0")) == ["2: layers[0].units"]


TARGETS = [
    ("mse", 1, "[1, 0]", "expected 2×1", "write a row for each sample: y = [[1], [0]]"),
    ("mse", 2, "[1, 0]", "expected 2×2", "class numbers are for cross_entropy and nll"),
    ("bce", 1, "[[1, 0], [0, 1]]", "y is 2×2, expected 2×1", None),
    ("cross_entropy", 3, "[[1], [0]]", "2 class numbers or 2×3", "for class numbers write a list, [1, 0]"),
    ("nll", 3, "[[1, 0], [0, 1]]", "y is 2×2, expected 2 class numbers or 2×3", None),
]


@pytest.mark.parametrize(("kind", "units", "y", "said", "hint"), TARGETS)
def test_targets_have_the_shape_of_the_output(kind: str, units: int, y: str, said: str, hint: str | None) -> None:
    text = network(f'type = "linear"\nunits = {units}', data=DATA.replace("[[1], [0]]", y), loss=f'type = "{kind}"')
    (problem,) = problems(text)
    assert (problem.line, problem.key) == (3, "data.y")
    assert said in problem.message
    assert problem.hint == hint


def test_class_numbers_are_checked_row_by_row() -> None:
    data = "[data]\nx = [[1], [2], [3], [4]]\ny = [\n 0,\n 3,\n -1,\n 0.5]\n"
    text = network('type = "linear"\nunits = 3', data=data, loss='type = "cross_entropy"')
    assert places(text) == ["5: data.y[1]", "6: data.y[2]", "7: data.y[3]"]
    assert "sample 1 has y = 3, expected a class number, 0 to 2" in problems(text)[0].message


def test_a_loss_needs_a_target() -> None:
    assert places(network(LAST, data="[data]\nx = [[1]]\n", loss='type = "mse"')) == ["6: loss"]


def test_nll_refuses_logarithms() -> None:
    text = network(TWO, 'type = "log_softmax"', data=CLASSES, loss='type = "nll"')
    assert places(text) == ["10: loss.type"]
    assert equations(text.replace('"nll"', '"cross_entropy"'))[-1] == "loss = cross_entropy(p, y)"


LOSS_ERRORS = [
    ('type = "msee"', ["8: loss.type"], "one of mse, mae"),
    ("", ["7: loss"], "'type' is missing"),
    ('type = "mse"\nreduction = "men"', ["9: loss.reduction"], "one of mean, sum, batch_mean"),
    ('type = "mse"\nscale = "a"', ["9: loss.scale"], "a number"),
    ('type = "mse"\nscale = inf', ["9: loss.scale"], "finite"),
    ('type = "huber"\ndelta = 0', ["9: loss.delta"], "a number above 0"),
    ('type = "mse"\ndelta = 1', ["9: loss.delta"], "unknown key 'delta'"),
]


@pytest.mark.parametrize(("loss", "expected", "said"), LOSS_ERRORS)
def test_what_is_wrong_with_a_loss(loss: str, expected: list[str], said: str) -> None:
    text = LAYERS + f"[loss]\n{loss}\n"
    assert places(text) == expected
    assert said in problems(text)[0].message
