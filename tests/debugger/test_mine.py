"""Check mine: each common mistake is found where it makes a difference, and nothing is blamed where nothing is wrong.

The wrong gradients are made here in plain NumPy, layer by layer, from the record's activations alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger.answers.compare import by_value_name, check_pasted, compare, value_name
from nnstep.engine import Record, Timeline
from nnstep.scenario import find, load, loads
from nnstep.scenario.answers.given import Given
from tests.engine.strategies import scenarios
from tests.present import present

Arrays = dict[str, np.ndarray]


class Layer(NamedTuple):
    """A layer by the names of its input, weight, bias, pre-activation and output."""

    x: str
    w: str
    b: str
    z: str
    h: str = ""


NETS: Mapping[str, list[Layer]] = {
    "mazur": [Layer("x", "W1", "b1", "net_h", "h"), Layer("h", "W2", "b2", "net_o", "o")],
    "xor": [Layer("x", "W1", "b1", "z1", "h1"), Layer("h1", "W2", "b2", "o")],
    "two_layer": [Layer("x", "W1", "b1", "z", "h"), Layer("h", "W2", "b2", "o")],
    "mlp": [
        *(Layer("x" if k == 1 else f"h{k - 1}", f"W{k}", f"b{k}", f"z{k}", f"h{k}") for k in (1, 2, 3)),
        Layer("h3", "W4", "b4", "o"),
    ],
    "deep": [
        *(Layer("x" if k == 1 else f"h{k - 1}", f"W{k}", f"b{k}", f"z{k}", f"h{k}") for k in (1, 2, 3, 4)),
        Layer("h4", "W5", "b5", "o"),
    ],
    "xor_linear": [Layer("x", "W1", "b1", "z1"), Layer("z1", "W2", "b2", "o")],
    "perceptron_sigmoid": [Layer("x", "W", "b", "z", "h")],
    "perceptron_tanh": [Layer("x", "W", "b", "z", "h")],
    "minibatch_sgd": [Layer("x", "W1", "b1", "o")],
    "linear_regression": [Layer("x", "W", "b", "o")],
}
SIGMOIDS = ("mazur", "two_layer", "perceptron_sigmoid")


def record_of(name: str) -> Record:
    return Timeline(load(find(name))).record(1)


def slope(name: str, h: np.ndarray) -> np.ndarray:
    """The activation's derivative from its output."""
    return h * (1 - h) if name in SIGMOIDS else 1 - h**2


def backward(
    name: str,
    record: Record,
    top: np.ndarray | None = None,
    no_slope: tuple[str, ...] = (),
    early: float = 0.0,
    unsummed: tuple[str, ...] = (),
) -> Arrays:
    """The gradients of all weights and biases, from that of the last pre-activation; with something left out.

    `early` is a learning rate with which a weight is updated before the gradient goes through it.
    """
    layers, found = NETS[name], {}
    g = record[f"grad({layers[-1].z})"] if top is None else top
    if top is None and f"grad({layers[-1].h})" in record.program.versions and layers[-1].z in no_slope:
        g = record[f"grad({layers[-1].h})"]
    for layer in reversed(layers):
        found[layer.w] = record[layer.x].T @ g
        if f"grad({layer.b})" in record.program.versions:
            found[layer.b] = g if layer.b in unsummed else g.sum(axis=0)
        before = record.at(layer.w, 0)
        assert before is not None
        g = g @ (before - early * found[layer.w]).T
        above = layers[layers.index(layer) - 1] if layer is not layers[0] else None
        if above is not None and above.h and above.z not in no_slope:
            g = g * slope(name, record[above.h])
    return found


def judged(record: Record, arrays: Arrays) -> Any:
    found, problems = by_value_name(record.program, [(name, Given(array)) for name, array in arrays.items()])
    assert problems == []
    return compare(record, found)


def kinds(record: Record, arrays: Arrays) -> set[str]:
    """The kinds of causes that explain everything."""
    found = judged(record, arrays)
    assert not found.ok
    return {cause.kind for cause in found.causes if cause.whole}


@pytest.mark.parametrize("name", NETS)
def test_right_gradients_agree_and_nothing_is_blamed(name: str) -> None:
    record = record_of(name)
    found = judged(record, backward(name, record))
    assert found.ok
    assert found.causes == ()
    assert found.first is None


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(
    ("kind", "factor"), [("sign", -1.0), ("twice", 2.0), ("half", 0.5), ("missing-rows", None), ("extra-rows", None)]
)
def test_a_factor_is_found(name: str, kind: str, factor: float | None) -> None:
    record = record_of(name)
    rows = record.program.rows
    times = factor if factor is not None else float(rows) if kind == "missing-rows" else 1 / rows
    wrong = {key: times * array for key, array in backward(name, record).items()}
    if times != 1.0:
        found = kinds(record, wrong)
        same = {"missing-rows": float(rows), "extra-rows": 1 / rows, "twice": 2.0, "half": 0.5, "sign": -1.0}
        names = {one for one, factor_of in same.items() if factor_of == times}
        names |= {"missing-entries", "missing-columns", "extra-columns", "extra-entries", "learning-rate"}
        names |= {"two-passes"} if times == 2 else set()
        assert found & names
        assert found <= names | {"softmax-twice", "extra-slope"}, "where all scores are equal it halves the gradient"


@pytest.mark.parametrize("name", NETS)
def test_a_transposed_weight_gradient_is_found(name: str) -> None:
    record = record_of(name)
    right = backward(name, record)
    for layer in NETS[name]:
        array = right[layer.w]
        if min(array.shape) < 2:
            continue
        assert kinds(record, {**right, layer.w: array.T}) == {"transposed"}


@pytest.mark.parametrize("name", [name for name, layers in NETS.items() if layers[0].h])
def test_a_missing_slope_is_found_at_its_step(name: str) -> None:
    record = record_of(name)
    layers = [layer for layer in NETS[name] if layer.h]
    for layer in layers:
        wrong = backward(name, record, no_slope=(layer.z,))
        found = judged(record, wrong)
        slopes = [cause for cause in found.causes if cause.kind == "slope" and cause.whole]
        step = record.program.values[record.program.versions[f"grad({layer.z})"][-1]].step
        assert step in [cause.step for cause in slopes], (layer, found.causes)
        assert {cause.kind for cause in found.causes} <= {"slope", "slopes"}
    if len(layers) > 1:
        wrong = backward(name, record, no_slope=tuple(layer.z for layer in layers))
        assert "slopes" in kinds(record, wrong)


@pytest.mark.parametrize("name", [name for name, layers in NETS.items() if len(layers) > 1])
def test_weights_that_were_updated_too_early_are_found(name: str) -> None:
    scenario = load(find(name))
    record = Timeline(scenario).record(1)
    assert scenario.optimizer is not None
    if scenario.optimizer.type != "sgd" or scenario.optimizer.options["momentum"]:
        return
    wrong = backward(name, record, early=float(scenario.optimizer.options["lr"]))
    assert kinds(record, wrong) == {"sequential"}


@pytest.mark.parametrize("name", NETS)
def test_a_bias_that_was_not_summed_is_found(name: str) -> None:
    record = record_of(name)
    for layer in NETS[name]:
        if record.program.rows > 1 and f"grad({layer.b})" in record.program.versions:
            assert kinds(record, backward(name, record, unsummed=(layer.b,))) == {"unsummed"}


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    shares: np.ndarray = e / e.sum(axis=-1, keepdims=True)
    return shares


@pytest.mark.parametrize("name", ["two_layer", "mlp", "deep", "minibatch_sgd"])
@pytest.mark.parametrize("through", [False, True])
def test_softmax_twice_is_found(name: str, through: bool) -> None:
    record = record_of(name)
    o, y = record["o"], record["y"].astype(int)
    p = softmax(o)
    g = (softmax(p) - np.eye(o.shape[1])[y]) / len(o)
    top = p * (g - (g * p).sum(axis=1, keepdims=True)) if through else g
    wrong = backward(name, record, top=top)
    if not np.allclose(top, record["grad(o)"]):  # where all scores are equal, it makes no difference
        assert "softmax-twice" in kinds(record, wrong)


NLL = """
equations = \"\"\"
o = x @ W
p = softmax(o)
loss = nll(p, y)
\"\"\"
[data]
x = [[1, 2], [-1, 0.5], [0.25, 3]]
y = [0, 2, 1]
[parameters]
W = [[0.5, -0.25, 1], [1, 0.75, -0.5]]
"""


@pytest.mark.parametrize("through", [False, True])
def test_softmax_twice_is_found_where_the_loss_takes_probabilities(through: bool) -> None:
    record = Timeline(loads(NLL)).record(1)
    p = record["p"]
    g = (softmax(p) - np.eye(3)[[0, 2, 1]]) / 3
    top = p * (g - (g * p).sum(axis=1, keepdims=True)) if through else g
    assert kinds(record, {"W": record["x"].T @ top}) == {"softmax-twice"}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(NETS)), st.integers(0, 2**32))
def test_random_noise_has_no_cause(name: str, seed: int) -> None:
    record, rng = record_of(name), np.random.default_rng(seed)
    noise = {key: rng.normal(size=array.shape) for key, array in backward(name, record).items()}
    assert judged(record, noise).causes == ()


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(NETS)), st.integers(0, 2**32))
def test_one_wrong_entry_is_the_first_one_named_and_has_no_cause(name: str, seed: int) -> None:
    record, rng = record_of(name), np.random.default_rng(seed)
    arrays = {key: array.copy() for key, array in backward(name, record).items()}
    key = rng.choice(sorted(arrays))
    index = tuple(int(rng.integers(size)) for size in arrays[key].shape)
    right = arrays[key][index]
    arrays[key][index] = right + 0.37 * max(1.0, abs(right))
    found = judged(record, arrays)
    assert found.first is not None
    assert (found.first.name, found.first.index, found.first.wrong) == (f"grad({key})", index, 1)
    assert found.first.ours == pytest.approx(right, rel=1e-9, abs=1e-12)
    if arrays[key].size > 1:
        assert found.causes == ()


@settings(max_examples=40, deadline=None)
@given(scenarios(), st.integers(0, 2**32))
def test_random_programs_agree_with_themselves_and_find_the_first_of_two_mistakes(scenario: Any, seed: int) -> None:
    record, rng = Timeline(scenario).record(1), np.random.default_rng(seed)
    program = record.program
    values = {
        value.name: record[value.name]
        for value in program.values
        if value.role == "gradient" and value.name.startswith("grad(") and np.isfinite(record[value.name]).all()
    }
    given_ = {name: Given(array) for name, array in values.items()}
    assert compare(record, given_).ok
    names = [name for name, array in values.items() if 0 < np.abs(array).max() < 1e6]
    if len(names) > 1:
        chosen = rng.choice(names, size=2, replace=False)
        wrong = {
            **given_,
            **{str(one): Given(values[str(one)] + 1.7 * np.abs(values[str(one)]).max()) for one in chosen},
        }
        found = compare(record, wrong)
        steps = {name: program.values[program.versions[name][-1]].step for name in map(str, chosen)}
        assert found.first is not None
        assert found.first.name == min(steps, key=steps.__getitem__)


@pytest.mark.parametrize("name", ["two_layer", "mlp", "xor"])
def test_numbers_rounded_by_hand_agree_and_still_show_the_cause(name: str) -> None:
    record = record_of(name)
    right = {key: np.round(array, 4).tolist() for key, array in backward(name, record).items()}
    assert check_pasted(record, "", json.dumps(right)).ok
    layer = NETS[name][0]
    wrong = {key: np.round(array, 4).tolist() for key, array in backward(name, record, no_slope=(layer.z,)).items()}
    found = check_pasted(record, "", json.dumps(wrong))
    assert "slope" in {cause.kind for cause in found.causes}


def test_names_as_people_write_them() -> None:
    program = record_of("two_layer").program
    for text in (
        "W1",
        "grad(W1)",
        "dW1",
        "grad_W1",
        "W1.grad",
        "W1_grad",
        "∂L/∂W1",
        "dL/dW1",
        "dL_dW1",
        "dLdW1",
        "gradW1",
    ):
        assert value_name(program, text) == "grad(W1)", text
    assert value_name(program, "z") == "z"
    assert value_name(program, "dz") == "grad(z)"
    with pytest.raises(ValueError, match="did you mean 'dW1'"):
        value_name(program, "dw1")
    with pytest.raises(ValueError, match="did you mean 'W1'"):
        value_name(program, "w1")


def test_what_cannot_be_compared_is_said() -> None:
    record = record_of("two_layer")
    for text, said in (("one", "no number"), ('{"Q": [1]}', "nothing is called"), ('{"Q": [1], "R": 2}', "'R'")):
        with pytest.raises(ValueError, match=said):
            check_pasted(record, "grad(W1)", text)
    shape = check_pasted(record, "grad(W1)", "1 2 3").first
    assert shape is not None
    assert (shape.shape, shape.expected) == ((3,), (2, 3))


def test_a_wrong_value_of_the_forward_pass_is_not_blamed_on_the_loss() -> None:
    record = record_of("two_layer")
    found = compare(record, {"z": Given(-record["z"]), "loss": Given(record["loss"])})
    assert found.first is not None
    assert found.first.name == "z"
    assert [(cause.kind, cause.factor) for cause in found.causes] == [("multiple", -1.0)]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["two_layer", "mlp", "xor", "mazur"]), st.floats(1.1, 90).map(lambda f: f + 0.01234567))
def test_another_factor_is_named(name: str, factor: float) -> None:
    record = record_of(name)
    found = judged(record, {key: factor * array for key, array in backward(name, record).items()})
    assert [cause.kind for cause in found.causes] == ["multiple"]
    assert found.causes[0].factor == pytest.approx(factor)


def test_a_sign_that_is_flipped_on_one_of_two_paths_is_found_there() -> None:
    record = record_of("residual")
    h1, h2 = record["h1"], record["h2"]
    w1, w2, w3 = (present(record.at(name, 0)) for name in ("W1", "W2", "W3"))
    g = record["grad(o)"] @ w3.T
    inner = g * (1 - np.tanh(h1 @ w2) ** 2)
    back = g - inner @ w2.T  # the branch is subtracted, not added
    first = back * (1 - np.tanh(record["x"] @ w1) ** 2)
    wrong = {"W3": h2.T @ record["grad(o)"], "W2": h1.T @ inner, "W1": record["x"].T @ first}
    found = judged(record, wrong)
    assert [(cause.kind, cause.names, cause.whole) for cause in found.causes] == [
        ("sign-at", ("grad(h1) via h1 @ W2",), True)
    ]


SOFTMAX_MSE = NLL.replace("nll(p, y)", "mse(p, y)").replace("[0, 2, 1]", "[[1, 0, 0], [0, 0, 1], [0, 1, 0]]")


def test_a_softmax_that_is_not_gone_back_through_is_found() -> None:
    record = Timeline(loads(SOFTMAX_MSE)).record(1)
    g = 2 / 9 * (record["p"] - record["y"])
    assert kinds(record, {"W": record["x"].T @ g}) == {"slope"}


@pytest.mark.parametrize("layer", ["W2", "W3", "W4"])
def test_one_weight_that_is_updated_too_early_is_found_where_it_is_read(layer: str) -> None:
    scenario = load(find("mlp"))
    record = Timeline(scenario).record(1)
    assert scenario.optimizer is not None
    rate, found, g = float(scenario.optimizer.options["lr"]), Arrays(), record["grad(o)"]
    for k in (4, 3, 2, 1):
        below, w = record[f"h{k - 1}" if k > 1 else "x"], record.at(f"W{k}", 0)
        assert w is not None
        found[f"W{k}"], found[f"b{k}"] = below.T @ g, g.sum(axis=0)
        g = g @ (w - (rate * found[f"W{k}"] if f"W{k}" == layer else 0)).T * (1 - below**2)
    causes = judged(record, found).causes
    step = record.program.values[record.program.versions[f"grad(h{int(layer[1]) - 1})"][-1]].step
    assert [(cause.kind, cause.names, cause.step) for cause in causes] == [("sequential", (layer,), step)]


def test_a_mean_over_the_columns_too_is_found() -> None:
    record = Timeline(loads(NLL)).record(1)
    assert kinds(record, {"W": record["grad(W)"] / 3}) == {"extra-rows", "extra-columns"}, "3 rows of 3 columns"


def test_a_large_network_is_compared_and_says_that_causes_were_not_tried() -> None:
    layers = '[[layers]]\ntype = "linear"\nunits = 900\ninit = "xavier_uniform"\n' * 2
    last = '[[layers]]\ntype = "linear"\nunits = 2\n[loss]\ntype = "cross_entropy"\n[optimizer]\ntype = "adam"\n'
    record = Timeline(loads('[data]\ngenerate = "moons"\nsamples = 8\n' + layers + last + "lr = 0.1\n")).record(1)
    noise = np.random.default_rng(0).normal(size=record["grad(b1)"].shape)
    found = compare(record, {"grad(b1)": Given(noise)})
    assert (found.ok, found.searched, found.causes) == (False, False, ())
    sign = compare(record, {"grad(W3)": Given(-record["grad(W3)"])})
    assert [cause.kind for cause in sign.causes] == ["sign"], "whole arrays are still tried"


@settings(max_examples=40, deadline=None)
@given(scenarios())
def test_every_flipped_sign_is_found_in_random_programs(scenario: Any) -> None:
    record = Timeline(scenario).record(1)
    gradients = {value.name: record[value.name] for value in record.program.values if value.role == "gradient"}
    wrong = {name: Given(-array) for name, array in gradients.items()}
    found = compare(record, wrong)
    sizes = [np.abs(array).max() for array in gradients.values()]
    if gradients and np.isfinite(sizes).all() and max(sizes) < 1e6 and found.first is not None:
        assert "sign" in [cause.kind for cause in found.causes]
        first = np.argwhere(np.abs(gradients[found.first.name]) > found.first.tolerance / 2)[0]
        assert found.first.index == tuple(first)
