"""Which value is the prediction, and that other inputs go through the very network that the record went through."""

from __future__ import annotations

from pathlib import Path
from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger import prediction
from nnstep.debugger.gradient_norms import gradient_norms, norms_of, with_norms
from nnstep.debugger.prediction import Prediction, classes_of, decided, prediction_of, predictor, probabilities
from nnstep.engine import Timeline
from nnstep.program import parameters_with_gradient
from nnstep.scenario import Scenario, bundled, find, load, loads
from tests.engine.strategies import scenarios
from tests.present import present

NAMES = [one.name for one in bundled()]


def scenario(
    equations: str,
    y: str,
    parameters: str = "W = [[0.5, -1.0], [0.25, 2.0]]",
    x: str = "[[1, 2], [-1, 0.5], [0.25, -3]]",
    more: str = "",
) -> Scenario:
    """Equations over three samples of two columns."""
    return loads(f'equations = """\n{equations}\n"""\n{more}\n[data]\nx = {x}\ny = {y}\n[parameters]\n{parameters}\n')


def found_in(one: Scenario) -> Prediction | None:
    return prediction_of(one, Timeline(one).program(1))


# -- which value it is


@pytest.mark.parametrize(
    ("equations", "y", "name", "kind", "scale"),
    [
        ("loss = cross_entropy(x @ W, y)", "[0, 1, 1]", "x @ W", "classes", "softmax"),
        ("o = x @ W\nloss = cross_entropy(o, y)", "[[1, 0], [0, 1], [0.5, 0.5]]", "o", "classes", "softmax"),
        ("p = softmax(x @ W)\nloss = nll(p, y)", "[0, 1, 1]", "p", "classes", "probabilities"),
        ("o = x @ W\nloss = 0.5 * mse(o, y)", "[[1, 0], [0, 1], [0, 1]]", "o", "classes", "scores"),
        ("h = sigmoid(x @ W)\nloss = mse(h, y)", "[[1, 0], [0, 1], [0, 1]]", "h", "classes", "probabilities"),
        ("h = tanh(x @ W)\nloss = mse(h, y)", "[[1, -1], [-1, 1], [-1, 1]]", "h", "classes", "scores"),
        ("o = x @ W\nloss = mse(o, y)", "[[1, 0], [1, 1], [0, 1]]", "o", "numbers", "scores"),
        ("o = x @ W\nloss = mae(o, y)", "[[1, 0.5], [1, 1], [0, 1]]", "o", "numbers", "scores"),
        ("o = (x @ W)[:, 0]\nloss = mean((o - y) ** 2)", "[0.5, 1, 2]", "o", "numbers", "scores"),
        ("o = (x @ W)[:, 0:1]\nloss = mse(o, y)", "[[0], [1], [1]]", "o", "binary", "scores"),
        ("o = (x @ W)[:, 0]\nloss = bce_with_logits(o, y)", "[0, 1, 1]", "o", "binary", "sigmoid"),
        ("p = sigmoid((x @ W)[:, 0])\nloss = bce(p, y)", "[0, 1, 1]", "p", "binary", "probabilities"),
        (
            "p = softmax(x @ W)\nloss = -mean(sum(one_hot(y, 2) * log(p), axis=1))",
            *("[0, 1, 1]", "p", "classes", "probabilities"),
        ),
        (
            "o = x @ W\nloss = -mean(sum(one_hot(y, 2) * log_softmax(o), axis=1))",
            *("[0, 1, 1]", "o", "classes", "softmax"),
        ),
    ],
)
def test_the_prediction_is_what_is_compared_with_the_targets(
    equations: str, y: str, name: str, kind: str, scale: str
) -> None:
    one = scenario(equations, y)
    found = present(found_in(one))
    assert (found.name, found.kind, found.scale) == (name, kind, scale)
    assert found.classes == (0 if kind == "numbers" else 2)
    assert found.logits == (scale in ("softmax", "sigmoid"))
    targets = Timeline(one).record(1).value(present(found.target))
    assert len(targets) == 3


def test_targets_of_minus_one_and_one_have_their_middle_at_0() -> None:
    found = present(found_in(scenario("o = (x @ W)[:, 0]\nloss = mse(tanh(o), y)", "[-1, 1, 1]")))
    assert (found.kind, found.levels, found.middle, found.names) == ("binary", (-1.0, 1.0), 0.0, ("-1", "1"))
    assert decided(found, np.array([-0.1, 0.0, 0.1])).tolist() == [0, 0, 1]


def test_without_targets_a_softmax_that_ends_it_is_the_prediction() -> None:
    one = load(find("softmax"))
    found = present(found_in(one))
    assert (found.name, found.kind, found.target) == ("p", "classes", None)
    assert found_in(loads('equations = "a = softmax(x)\\nb = a @ x"\n[data]\nx = [[1, 2], [3, 4]]')) is None


@pytest.mark.parametrize("name", ["circuit", "linear_model", "tied_autoencoder", "chain_rule"])
def test_a_network_that_is_compared_with_no_target_has_none(name: str) -> None:
    one = load(find(name))
    assert found_in(one) is None
    assert predictor(one) is None


@pytest.mark.parametrize(
    ("equations", "y", "kind", "scale", "names", "levels"),
    [
        # numbers of 0 and 1 that are compared by a distance, and by losses of probabilities
        ("o = (x @ W)[:, 0]\nloss = mse(o, y)", "[0, 1, 1]", "binary", "scores", ("0", "1"), (0.0, 1.0)),
        (
            "o = (x @ W)[:, 0]\nloss = bce_with_logits(o, y)",
            "[0.5, 0.25, 1]",
            "binary",
            "sigmoid",
            ("0", "1"),
            (0.0, 1.0),
        ),
        (
            "p = sigmoid((x @ W)[:, 0])\nloss = mse(p, y)",
            "[0, 1, 1]",
            "binary",
            "probabilities",
            ("0", "1"),
            (0.0, 1.0),
        ),
        (
            "p = softmax(x @ W)\nloss = mse(p, y)",
            "[[1, 0], [0, 1], [0, 1]]",
            "classes",
            "probabilities",
            ("0", "1"),
            None,
        ),
        # targets that are not two numbers, that are only one of them, or that were made of y
        ("o = (x @ W)[:, 0]\nloss = mse(o, y)", "[0, 1, 0.5]", "numbers", "scores", (), None),
        ("o = (x @ W)[:, 0]\nloss = mse(o, y)", "[0, 2, 0]", "numbers", "scores", (), None),
        ("o = (x @ W)[:, 0]\nloss = mse(o, y)", "[1, 1, 1]", "numbers", "scores", (), None),
        ("o = (x @ W)[:, 0]\nloss = mse(o, 2 * y)", "[0, 1, 1]", "numbers", "scores", (), None),
        ("p = sigmoid((x @ W)[:, 0])\nloss = mse(p, y)", "[0, 1, 0.5]", "numbers", "probabilities", (), None),
        # rows of several columns: one-hot with 0 or with -1, and what only looks like it
        ("o = x @ W\nloss = mse(o, 2 * y)", "[[1, 0], [0, 1], [0, 1]]", "numbers", "scores", (), None),
        ("o = x @ W\nloss = mse(o, y)", "[[1, 0], [0, 0], [0, 1]]", "numbers", "scores", (), None),
        ("o = x @ W\nloss = mse(o, y)", "[[1, 0], [-1, 1], [0, 1]]", "numbers", "scores", (), None),
        ("o = x @ W\nloss = mse(o, one_hot(y, 2))", "[0, 1, 1]", "classes", "scores", ("0", "1"), None),
    ],
)
def test_how_a_prediction_is_judged_goes_by_its_targets(
    equations: str, y: str, kind: str, scale: str, names: tuple[str, ...], levels: tuple[float, float] | None
) -> None:
    found = present(found_in(scenario(equations, y)))
    assert (found.kind, found.scale, found.names) == (kind, scale, names)
    assert kind != "binary" or found.levels == levels


@pytest.mark.parametrize(
    "equations",
    [
        "loss = mean(y * (x @ W)[:, 0])",  # the product with a score is no cross entropy
        "a = log(x @ W)\nloss = -mean(y * a[:, 0])",
        "o = x @ W\nloss = mean(sum(o, axis=0) - sum(y))",  # no samples are compared
    ],
)
def test_what_is_not_compared_sample_by_sample_is_no_prediction(equations: str) -> None:
    assert found_in(scenario(equations, "[0, 1, 1]")) is None


@pytest.mark.parametrize(
    ("scale", "levels", "middle", "sums"),
    [
        ("sigmoid", (0.0, 1.0), 0.0, 1.0),
        ("probabilities", (0.0, 1.0), 0.5, 1.0),
        ("probabilities", (-1.0, 1.0), 0.5, 1.0),
        ("scores", (0.0, 1.0), 0.5, 1.0),
        ("scores", (-1.0, 1.0), 0.0, 0.0),
    ],
)
def test_where_the_middle_is_and_what_both_sides_add_up_to(
    scale: str, levels: tuple[float, float], middle: float, sums: float
) -> None:
    found = prediction.Prediction(0, 1, "o", "binary", scale, ("a", "b"), levels)
    assert found.middle == middle
    values = np.array([[middle - 0.01], [middle], [middle + 0.01], [middle + 0.09]])
    assert decided(found, values).tolist() == [0.0, 0.0, 1.0, 1.0]
    both = probabilities(found, values)
    np.testing.assert_allclose(both.sum(axis=1), sums, atol=1e-15)
    if scale != "sigmoid":
        assert both[:, 1].tolist() == values[:, 0].tolist()
    targets = np.array([[levels[0]], [levels[1]], [0.25]])
    assert classes_of(found, targets).tolist() == [0.0, 1.0, -1.0]


def test_numbers_have_no_classes() -> None:
    found = prediction.Prediction(0, 1, "o", "numbers")
    for asked in (probabilities, decided, classes_of):
        with pytest.raises(ValueError, match=r"^numbers$"):
            asked(found, np.zeros((2, 1)))


def test_of_classes_that_are_equal_the_first_is_decided_for_and_nan_leaves_it_open() -> None:
    found = prediction.Prediction(0, 1, "o", "classes", "scores", ("a", "b"))
    assert decided(found, np.array([[1.0, 1.0], [0.0, 1.0], [np.nan, 1.0]])).tolist() == [0.0, 1.0, -1.0]
    assert probabilities(found, np.array([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]
    assert classes_of(found, np.array([[0.0, 1.0], [1.0, 0.0]])).tolist() == [1.0, 0.0]
    assert classes_of(found, np.array([1.0, 0.5, -1.0, 2.0])).tolist() == [1.0, -1.0, -1.0, -1.0]


def test_a_softmax_without_targets_has_the_probabilities_of_its_columns() -> None:
    one = loads('equations = "p = softmax(x)\\na = argmax(p)"\n[data]\nx = [[1, 2, 0], [3, 4, 0]]')
    found = present(found_in(one))
    assert (found.name, found.kind, found.scale, found.names) == ("p", "classes", "probabilities", ("0", "1", "2"))


def test_classes_go_by_the_names_that_the_file_has(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b,kind\n1,2,cat\n2,1,dog\n0,1,cat\n", encoding="utf-8")
    (tmp_path / "s.toml").write_text(
        '[data]\nfile = "d.csv"\nx = ["a", "b"]\ny = "kind"\n[[layers]]\ntype = "linear"\nunits = 2\n'
        '[loss]\ntype = "cross_entropy"\n',
        encoding="utf-8",
    )
    assert present(found_in(load(str(tmp_path / "s.toml")))).names == ("cat", "dog")


# -- what it says


@given(st.integers(1, 6), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_decision_is_the_largest_and_probabilities_add_up_to_1(rows: int, classes: int, rng: Random) -> None:
    logits = np.array([[rng.uniform(-30, 30) for _ in range(classes)] for _ in range(rows)])
    found = prediction.Prediction(0, 1, "o", "classes", "softmax", tuple(map(str, range(classes))))
    shares = probabilities(found, logits)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    for row, choice in enumerate(decided(found, logits).astype(int)):
        assert shares[row, choice] == shares[row].max()
        assert logits[row, choice] == max(logits[row])


def test_the_sides_of_a_binary_decision() -> None:
    found = prediction.Prediction(0, 1, "o", "binary", "sigmoid", ("no", "yes"))
    logits = np.array([[-2.0], [0.0], [3.0], [np.nan]])
    shares = probabilities(found, logits)
    np.testing.assert_allclose(shares[:3, 1], 1 / (1 + np.exp(-logits[:3, 0])), rtol=1e-15)
    np.testing.assert_allclose(shares[:3].sum(axis=1), 1.0)
    assert decided(found, logits).tolist() == [0, 0, 1, -1]
    assert classes_of(found, np.array([[0.0], [1.0], [0.5]])).tolist() == [0, 1, -1]


def test_class_numbers_and_one_hot_rows_are_the_same_classes() -> None:
    found = prediction.Prediction(0, 1, "o", "classes", "softmax", ("0", "1", "2"))
    assert classes_of(found, np.array([2.0, 0.0, 3.0])).tolist() == [2, 0, -1]
    assert classes_of(found, np.eye(3)[[2, 0, 1]]).tolist() == [2, 0, 1]


# -- other inputs


@pytest.mark.parametrize("name", NAMES)
def test_the_batch_itself_gives_what_the_record_has(name: str) -> None:
    one = load(find(name))
    network = predictor(one)
    if network is None:
        return
    timeline = Timeline(one)
    for iteration in {1, min(7, timeline.iterations)}:
        record = timeline.record(iteration)
        found, rows = present(prediction_of(one, record.program)), list(record.rows)
        data = present(one.data)
        y = None if data.y is None else data.y[rows]
        before = network.run(record, 0, data.x[rows], y)
        np.testing.assert_allclose(before.values, record.value(found.slot), rtol=1e-12, atol=1e-12)
        if found.target is not None:
            assert np.array_equal(present(before.targets), record.value(found.target))
        if iteration < timeline.iterations:
            after = timeline.record(iteration + 1)
            own = network.run(record, len(record.program.steps), data.x[list(after.rows)])
            np.testing.assert_allclose(own.values, after.value(found.slot), rtol=1e-12, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(scenarios("layers"))
def test_random_networks_of_layers_can_be_asked_and_answer_as_in_the_run(one: Scenario) -> None:
    network, record = predictor(one), Timeline(one).record(1)
    found = prediction_of(one, record.program)
    if found is None:
        assert network is None
        return
    assert network is not None
    with np.errstate(all="ignore"):
        own = network.run(record, 0, present(one.data).x[list(record.rows)]).values
    np.testing.assert_allclose(own, record.value(found.slot), rtol=1e-9, atol=1e-12)


def test_an_input_gets_the_same_answer_in_any_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction, "_ROWS", 7)
    one = load(find("mlp"))._replace(title="in small parts")
    network, record = present(predictor(one)), Timeline(one).record(3)
    x = np.random.default_rng(0).normal(size=(23, 2))
    whole = network.run(record, 0, x).values
    assert whole.shape == (23, 2)
    for k in (0, 6, 7, 22):
        np.testing.assert_allclose(network.run(record, 0, x[k : k + 1]).values[0], whole[k], rtol=1e-12)
    assert network.run(record, 0, x[:0]).values.shape == (0, 2)


def test_constants_and_parameters_that_are_used_twice_are_those_of_the_record() -> None:
    one = scenario(
        "h = tanh((x - centre) @ W)\no = h @ W.T\nloss = mse(o, y)",
        "[[0.5, 1], [2, 3], [4, 5]]",
        more="",
    )._replace(constants={"centre": np.array([0.5, -2.0])})
    record = Timeline(one).record(1)
    w = record["W"]
    x = np.array([[3.0, 4.0], [-1.0, 0.0], [0.0, 7.0], [2.0, 2.0]])
    expected = np.tanh((x - [0.5, -2.0]) @ w) @ w.T
    np.testing.assert_allclose(present(predictor(one)).run(record, 0, x).values, expected, rtol=1e-12)


@pytest.mark.parametrize(
    "equations",
    [
        "o = (x - mean(x, axis=0)) @ W\nloss = mse(o, y)",  # the other samples
        "a = softmax(x @ x.T)\no = a @ x @ W\nloss = mse(o, y)",
        "o = reshape(x, 3, 2) @ W\nloss = mse(o, y)",  # as many samples as are written there
        "o = x @ W + 0.1 * y\nloss = mse(o, y)",  # the targets
        "o = x @ W + x[1:2]\nloss = mse(o, y)",  # one sample of the batch
    ],
)
def test_what_depends_on_more_than_its_own_sample_is_not_asked(equations: str) -> None:
    one = scenario(equations, "[[0.5, 1], [2, 3], [4, 5]]")
    assert found_in(one) is not None
    assert predictor(one) is None


def test_a_predictor_is_kept() -> None:
    one = load(find("xor"))
    assert predictor(one) is predictor(one)


# -- the norms of gradients


@pytest.mark.parametrize("name", ["xor", "minibatch_sgd", "residual"])
def test_the_norms_are_those_of_the_gradients(name: str) -> None:
    timeline = Timeline(load(find(name)))
    last = min(12, timeline.iterations)
    timeline.record(last)
    found = gradient_norms(timeline, range(1, last + 1))
    assert list(found) == list(range(1, last + 1))
    assert with_norms(timeline) == parameters_with_gradient(timeline.program(1))
    for iteration, norms in found.items():
        record = timeline.record(iteration)
        expected = [np.sqrt((record[f"grad({one})"] ** 2).sum()) for one in with_norms(timeline)]
        np.testing.assert_allclose(norms, expected, rtol=1e-12)
        assert np.array_equal(norms_of(record, with_norms(timeline)), norms)


def test_a_norm_is_computed_once_and_no_longer_than_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = Timeline(load(find("xor")))
    timeline.record(9)
    glance = mock.Mock(wraps=timeline.glance)
    monkeypatch.setattr(timeline, "glance", glance)
    assert list(gradient_norms(timeline, (2, 5, 9), seconds=-1.0)) == [2]
    assert list(gradient_norms(timeline, (2, 5, 9), seconds=-1.0)) == [2, 5]
    assert list(gradient_norms(timeline, (2, 5, 9))) == [2, 5, 9]
    assert list(gradient_norms(timeline, (2, 9))) == [2, 9]
    assert glance.call_args_list == [mock.call(2), mock.call(5), mock.call(9)]


def test_a_parameter_that_is_not_trained_has_no_norm() -> None:
    frozen = 'W = { shape = [2, 2], init = "ones", trainable = false }\nV = [[1.0, 0.5], [0.5, 1.0]]'
    one = scenario("o = x @ W @ V\nloss = mse(o, y)", "[[0.5, 1], [2, 3], [4, 5]]", frozen)
    assert with_norms(Timeline(one)) == ("V",)
