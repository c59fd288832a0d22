"""Each common mistake, planted in a pass in NumPy, is named, and so are two; right numbers are never blamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnstep.debugger.answers.compare import Comparison, by_value_name, compare
from nnstep.debugger.answers.mistakes import Cause
from nnstep.engine import Record, Timeline
from nnstep.scenario import loads
from nnstep.scenario.answers.given import Given
from nnstep.scenario.answers.given import with_rounding as given_array
from tests.debugger.planted import Net, gradients, random_net, scenario_text, unsummed

Arrays = dict[str, np.ndarray]
Pass = dict[str, Any]  # what is wrong in the pass
Alter = Callable[[Arrays], Arrays]  # what is wrong with whole arrays
SEEDS = st.integers(0, 2**32)


def judged(record: Record, arrays: Arrays) -> Comparison:
    found, problems = by_value_name(record.program, [(name, Given(array)) for name, array in arrays.items()])
    assert problems == []
    return compare(record, found)


def kinds(causes: tuple[Cause, ...]) -> list[frozenset[str]]:
    """The kinds of each explanation, those of mistakes made together in one set."""
    return [frozenset({one.kind, *(other.kind for other in one.together)}) for one in causes if one.whole]


def in_the_pass(net: Net, rng: np.random.Generator) -> Iterator[tuple[str, Pass]]:
    """Mistakes in the pass, with their kinds."""
    sloped = [*range(1, len(net.weights)), *([len(net.weights)] if net.loss == "sigmoid_mse" else [])]
    for k in sloped:
        yield "slope", {"no_slope": (k,)}
        if net.activations[k - 1] != "relu":
            yield "slope-at-output", {"slope_at_output": (k,)}
            yield "slope-of-input", {"slope_of_input": (k,)}
    if len(sloped) > 1:
        yield "slopes", {"no_slope": tuple(sloped)}
        yield "slopes-at-output", {"slope_at_output": tuple(sloped)}
    if net.rows > 1:
        sample = int(rng.integers(net.rows))
        yield "one-sample", {"sample": sample}
        yield "one-sample", {"sample": net.rows - 1, "factor": net.rows}
    yield "output-not-loss", {"output": True}
    for k, w in enumerate(net.weights, 1):
        if net.rows > 1 and (w.shape[0] == w.shape[1] or 1 in w.shape):
            yield "entrywise", {"entrywise": (k,)}
    if len(net.weights) > 1:
        yield "sequential", {"updated": True}


def of_arrays(net: Net, rng: np.random.Generator) -> Iterator[tuple[str, Alter]]:
    """Mistakes with whole arrays, with their kinds."""

    def times(factor: float) -> Alter:
        return lambda arrays: {name: factor * array for name, array in arrays.items()}

    yield "sign", times(-1)
    yield "two-passes", times(2)
    yield "twice", times(2)
    yield "half", times(0.5)
    yield "learning-rate", times(net.rate)
    if net.rows > 1:
        yield "missing-rows", times(net.rows)
        yield "extra-rows", times(1 / net.rows)
    if net.zs[-1].size not in (1, net.rows):
        yield "extra-entries", times(1 / net.zs[-1].size)
    matrices = [f"W{k}" for k, w in enumerate(net.weights, 1) if min(w.shape) > 1]
    if matrices:
        name = str(rng.choice(matrices))
        yield "transposed", lambda arrays: {**arrays, name: arrays[name].T}
        yield "flattened", lambda arrays: {**arrays, name: arrays[name].ravel()}
        yield "flattened-columns", lambda arrays: {**arrays, name: arrays[name].T.ravel()}
    decay = float(rng.uniform(0.01, 0.5))
    if sum(w.size for w in net.weights) < 3:
        return  # of one number anything is a multiple
    yield (
        "decay",
        lambda arrays: {
            name: array + decay * net.weights[int(name[1:]) - 1] if name[0] == "W" else array
            for name, array in arrays.items()
        },
    )


def of_a_bias(net: Net, rng: np.random.Generator) -> Iterator[tuple[str, Alter]]:
    """Mistakes with the sum that the gradient of a bias is."""
    biases = [f"b{k}" for k, b in enumerate(net.biases, 1) if b is not None]
    if not biases or net.rows < 2:
        return
    name = str(rng.choice(biases))
    before = unsummed(net, name)
    yield "unsummed", lambda arrays: {**arrays, name: before}
    row = int(rng.integers(net.rows))
    yield "one-row", lambda arrays: {**arrays, name: before[row]}
    if before.shape[1] > 1:
        yield "other-axis", lambda arrays: {**arrays, name: before.sum(axis=1)}
        yield "summed-over-all", lambda arrays: {**arrays, name: np.array(before.sum())}


def differ(one: Arrays, other: Arrays) -> bool:
    """Whether numbers show that two of them are not the same, and are of an ordinary size."""
    largest = max(np.abs(array).max() for array in one.values())
    apart = any(
        array.shape != other[name].shape
        or np.abs(array - other[name]).max(initial=0.0) > 1e-4 * np.abs(array).max(initial=0.0)
        for name, array in one.items()
    )
    return bool(apart and 1e-3 < largest < 1e3)


def is_telling(arrays: Arrays) -> bool:
    """Whether no array is nothing, as behind dead units."""
    return all(np.abs(array).max(initial=0.0) > 1e-4 for array in arrays.values())


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_right_gradients_are_never_blamed(seed: int) -> None:
    net = random_net(np.random.default_rng(seed))
    record = Timeline(loads(scenario_text(net))).record(1)
    found = judged(record, gradients(net))
    assert found.ok
    assert found.causes == ()


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_every_mistake_is_named(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_net(rng)
    record = Timeline(loads(scenario_text(net))).record(1)
    right = gradients(net)
    assume(is_telling(right))
    cases = [(kind, gradients(net, **wrong)) for kind, wrong in in_the_pass(net, rng)]
    cases += [(kind, alter(right)) for kind, alter in (*of_arrays(net, rng), *of_a_bias(net, rng))]
    for kind, wrong in cases:
        if differ(right, wrong) and is_telling(wrong):
            found = judged(record, wrong)
            assert not found.ok
            assert frozenset({kind}) in kinds(found.causes), (kind, found.causes)
            assert all(not cause.together for cause in found.causes), "one is enough"


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_two_mistakes_together_are_named(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_net(rng, rows=int(rng.integers(2, 6)))
    record = Timeline(loads(scenario_text(net))).record(1)
    right = gradients(net)
    assume(is_telling(right))
    passes = [*in_the_pass(net, rng)]
    alters = [one for one in of_arrays(net, rng) if one[0] != "decay"]
    kind, wrong = passes[int(rng.integers(len(passes)))]
    other, alter = alters[int(rng.integers(len(alters)))]
    first, second = gradients(net, **wrong), alter(right)
    both = alter(first)
    assume(
        all(differ(a, b) for a, b in ((right, first), (right, second), (first, both), (second, both), (right, both)))
    )
    assume(is_telling(first) and is_telling(both) and sum(array.size for array in both.values()) > 3)
    found = judged(record, both)
    assert found.causes, (kind, other)
    assert all(cause.whole for cause in found.causes), (kind, other, found.causes)
    named_here = kinds(found.causes)
    single = {len(one) for one in named_here} == {1}
    assert single or any(kind in one for one in named_here) or _same_numbers(named_here, kind), (
        kind,
        other,
        named_here,
    )


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_two_mistakes_in_the_pass_are_named(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_net(rng, layers=int(rng.integers(2, 4)), rows=int(rng.integers(2, 5)))
    record = Timeline(loads(scenario_text(net))).record(1)
    right = gradients(net)
    assume(is_telling(right))
    passes = [one for one in in_the_pass(net, rng) if one[0] not in ("sequential", "output-not-loss", "slopes")]
    chosen = [passes[int(k)] for k in rng.choice(len(passes), 2)]
    (kind, one), (other, two) = chosen
    assume(kind != other and one.keys() != two.keys())
    layers = [set(next(iter(wrong.values()))) for wrong in (one, two) if "sample" not in wrong]
    assume(len(layers) < 2 or not layers[0] & layers[1])
    both = gradients(net, **one, **two)
    single = [gradients(net, **one), gradients(net, **two)]
    assume(all(differ(array, both) and is_telling(array) for array in (right, *single)))
    assume(is_telling(both) and sum(array.size for array in both.values()) > 3)
    found = judged(record, both)
    assert found.causes, (kind, other)
    assert any({kind, other} & one for one in kinds(found.causes)), (kind, other, found.causes)


def small_net() -> Net:
    """Four samples, two inputs, three hidden units of tanh, two outputs of a sigmoid, and a loss of all eight."""
    net = Net(
        np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5], [1.0, 0.75]]),
        np.array([[0.1, 0.9], [0.7, 0.2], [0.4, 0.6], [0.8, 0.3]]),
        [np.array([[0.5, -0.25, 0.1], [0.3, 0.2, -0.6]]), np.array([[0.7, -0.4], [0.2, 0.9], [-0.5, 0.3]])],
        [np.array([0.1, -0.2, 0.3]), np.array([0.05, -0.15])],
        ["tanh", "sigmoid"],
        "sigmoid_mse",
        0.3,
    )
    net.forward()
    return net


SMALL = small_net()
RIGHT = gradients(SMALL)
W1, W2 = SMALL.weights
B1, B2 = unsummed(SMALL, "b1"), unsummed(SMALL, "b2")


def times(factor: float, *names: str) -> Arrays:
    """The right gradients, those of some parameters times a factor."""
    return {name: factor * array if name in names else array for name, array in RIGHT.items()}


ALL = ("b2", "W2", "b1", "W1")  # in the order of the backward pass, whose steps are 8 to 16
Told = tuple[str, int, tuple[str, ...], float, int]
PLANTED: list[tuple[Arrays, list[Told]]] = [
    (gradients(SMALL, no_slope=(1,)), [("slope", 14, ("z1",), 1, -1)]),
    (gradients(SMALL, no_slope=(2,)), [("slope", 10, ("z2",), 1, -1)]),
    (gradients(SMALL, no_slope=(1, 2)), [("slopes", 0, ("z2", "z1"), 1, -1)]),
    (gradients(SMALL, slope_at_output=(1,)), [("slope-at-output", 14, ("z1",), 1, -1)]),
    (gradients(SMALL, slope_at_output=(1, 2)), [("slopes-at-output", 0, ("z2", "z1"), 1, -1)]),
    (gradients(SMALL, slope_of_input=(1,)), [("slope-of-input", 14, ("z1",), 1, -1)]),
    (gradients(SMALL, sample=3), [("one-sample", 0, (), 1, 3)]),
    (gradients(SMALL, sample=1, factor=4), [("one-sample", 0, (), 1, 1)]),
    (gradients(SMALL, output=True), [("output-not-loss", 10, ("z2",), 1, -1)]),
    (gradients(SMALL, updated=True), [("sequential", 13, ("W2",), 1, -1)]),
    (times(-1, *ALL), [("sign", 0, ALL, -1, -1)]),
    (times(-1, "W1", "b2"), [("sign", 0, ("b2", "W1"), -1, -1)]),
    (times(2, *ALL), [("missing-columns", 0, ALL, 2, -1), ("twice", 0, ALL, 2, -1), ("two-passes", 0, ALL, 2, -1)]),
    (times(0.5, "W2"), [("extra-columns", 0, ("W2",), 0.5, -1), ("half", 0, ("W2",), 0.5, -1)]),
    (times(0.3, *ALL), [("learning-rate", 0, ALL, 0.3, -1)]),
    (times(4, *ALL), [("missing-rows", 0, ALL, 4, -1)]),
    (times(8, *ALL), [("missing-entries", 0, ALL, 8, -1)]),
    (times(0.25, *ALL), [("extra-rows", 0, ALL, 0.25, -1)]),
    (times(0.125, *ALL), [("extra-entries", 0, ALL, 0.125, -1)]),
    (times(1.7, *ALL), [("multiple", 0, ALL, 1.7, -1)]),
    ({**RIGHT, "W2": RIGHT["W2"].T}, [("transposed", 0, ("W2",), 1, -1)]),
    ({**RIGHT, "W2": RIGHT["W2"].ravel()}, [("flattened", 0, ("W2",), 1, -1)]),
    ({**RIGHT, "W2": RIGHT["W2"].T.ravel()}, [("flattened-columns", 0, ("W2",), 1, -1)]),
    ({**RIGHT, "b1": B1}, [("unsummed", 0, ("b1",), 1, -1)]),
    ({**RIGHT, "b1": B1[2]}, [("one-row", 0, ("b1",), 1, 2)]),
    ({**RIGHT, "b1": B1.sum(axis=1)}, [("other-axis", 0, ("b1",), 1, -1)]),
    ({**RIGHT, "b1": B1.mean(axis=1)}, [("other-axis", 0, ("b1",), 1, -1)]),
    ({**RIGHT, "b1": np.array(B1.sum())}, [("summed-over-all", 0, ("b1",), 1, -1)]),
    ({**RIGHT, "b1": np.full(3, B1.mean())}, [("summed-over-all", 0, ("b1",), 1, -1)]),
    ({**RIGHT, "b2": np.array(B2.sum())}, [("summed-over-all", 0, ("b2",), 1, -1)]),
    ({**RIGHT, "W1": W1}, [("weight", 0, ("W1",), 1, -1)]),
    ({**RIGHT, "W1": RIGHT["W1"] + 0.1 * W1, "W2": RIGHT["W2"] + 0.1 * W2}, [("decay", 0, ("W2", "W1"), 0.1, -1)]),
]
PAIRS: list[tuple[Arrays, list[Told]]] = [
    ({**RIGHT, "W2": -RIGHT["W2"].T}, [("transposed", 0, ("W2",), 1, -1), ("sign", 0, ("W2",), -1, -1)]),
    (
        {**RIGHT, "W1": -RIGHT["W1"], "W2": 4 * RIGHT["W2"]},
        [("missing-rows", 0, ("W2",), 4, -1), ("sign", 0, ("W1",), -1, -1)],
    ),
    (
        {**gradients(SMALL, no_slope=(1,)), "b2": B2[2]},
        [("slope", 14, ("z1",), 1, -1), ("one-row", 0, ("b2",), 1, 2)],
    ),
    (gradients(SMALL, no_slope=(1,), sample=1), [("slope", 14, ("z1",), 1, -1), ("one-sample", 0, (), 1, 1)]),
    ({"W1": (RIGHT["W1"] + 0.07 * W1).T}, [("transposed", 0, ("W1",), 1, -1), ("decay", 0, ("W1",), 0.07, -1)]),
    ({"W1": 4 * RIGHT["W1"] + 0.07 * W1}, [("missing-rows", 0, ("W1",), 4, -1), ("decay", 0, ("W1",), 0.07, -1)]),
    (
        {"W1": gradients(SMALL, no_slope=(1,))["W1"] + 0.07 * W1},
        [("slope", 14, ("z1",), 1, -1), ("decay", 0, ("W1",), 0.07, -1)],
    ),
]


def told(cause: Cause) -> Told:
    """A cause without what was made with it; gradients go by the names of what they are of."""
    names = tuple(name.removeprefix("grad(").removesuffix(")") for name in cause.names)
    return cause.kind, cause.step, names, round(cause.factor, 9), cause.place


@pytest.mark.parametrize(("arrays", "expected"), PLANTED, ids=lambda one: one[0][0] if isinstance(one, list) else "")
def test_a_mistake_in_a_small_network_is_named_with_its_step_its_arrays_and_nothing_else(
    arrays: Arrays, expected: list[Told]
) -> None:
    found = judged(Timeline(loads(scenario_text(SMALL))).record(1), arrays)
    assert [told(cause) for cause in found.causes] == expected
    assert all(cause.whole and not cause.together for cause in found.causes)


@pytest.mark.parametrize(("arrays", "expected"), PAIRS, ids=lambda one: one[1][0] if isinstance(one, list) else "")
def test_two_mistakes_in_a_small_network_are_named_and_nothing_else(arrays: Arrays, expected: list[Told]) -> None:
    (cause,) = judged(Timeline(loads(scenario_text(SMALL))).record(1), arrays).causes
    assert [told(one) for one in (cause, *cause.together)] == expected
    assert cause.whole


@pytest.mark.parametrize(
    "arrays",
    [
        RIGHT,
        {name: array * (1 + 1e-12) for name, array in RIGHT.items()},
        {**RIGHT, "W1": RIGHT["W1"] + 0.01 * np.arange(6.0).reshape(2, 3) ** 1.5},
        {**RIGHT, "W1": RIGHT["W1"] + np.eye(2, 3)},
        {**RIGHT, "b1": B1.ravel()},
        {"z1": SMALL.zs[0]},  # itself in place of its gradient, as with a weight
    ],
)
def test_what_no_mistake_makes_has_no_cause(arrays: Arrays) -> None:
    assert judged(Timeline(loads(scenario_text(SMALL))).record(1), arrays).causes == ()


def test_the_learning_rate_is_known_of_every_optimizer() -> None:
    for name in ("sgd", "adam", "adamw", "rmsprop", "adagrad"):
        text = scenario_text(SMALL).replace("'sgd'", f"'{name}'")
        found = judged(Timeline(loads(text)).record(1), times(0.3, *ALL))
        assert [told(cause) for cause in found.causes] == [("learning-rate", 0, ALL, 0.3, -1)]


def test_a_bias_of_one_output_that_is_not_summed_is_named_as_a_vector_too() -> None:
    net = replace(SMALL, y=SMALL.y[:, :1], weights=[W1, W2[:, :1]], biases=[SMALL.biases[0], np.array([0.05])])
    net.forward()
    record = Timeline(loads(scenario_text(net))).record(1)
    for wrong in (unsummed(net, "b2"), unsummed(net, "b2").ravel()):
        found = judged(record, {**gradients(net), "b2": wrong})
        assert [told(cause) for cause in found.causes] == [("unsummed", 0, ("b2",), 1, -1)]


def test_two_mistakes_with_different_arrays_are_named() -> None:
    rng = np.random.default_rng(5)
    net = random_net(rng, layers=2, rows=4)
    while net.biases[0] is None or min(net.weights[1].shape) < 2 or net.weights[0].shape[1] < 2:
        net = random_net(rng, layers=2, rows=4)
    record = Timeline(loads(scenario_text(net))).record(1)
    right = gradients(net)
    wrong = {**right, "W2": right["W2"].T, "b1": unsummed(net, "b1").sum(axis=1)}
    found = judged(record, wrong)
    assert frozenset({"transposed", "other-axis"}) in kinds(found.causes)
    both = {**right, "W2": -4 * right["W2"].T}
    assert any("transposed" in one for one in kinds(judged(record, {**both, "W2": -right["W2"].T}).causes))


@pytest.mark.parametrize("other", ["transposed", "flattened", "missing-rows", "slope", "one-sample"])
def test_an_l2_term_beside_another_mistake_is_named(other: str) -> None:
    rng = np.random.default_rng(5)
    net = random_net(rng, layers=2, rows=4)
    while min(net.weights[0].shape) < 2 or net.activations[0] == "relu" or net.rate == 0.25:
        net = random_net(rng, layers=2, rows=4)
    right = gradients(net)
    term = 0.07 * net.weights[0]
    wrong = {
        "transposed": (right["W1"] + term).T,
        "flattened": (right["W1"] + term).ravel(),
        "missing-rows": net.rows * right["W1"] + term,
        "slope": gradients(net, no_slope=(1,))["W1"] + term,
        "one-sample": gradients(net, sample=2)["W1"] + term,
    }[other]
    found = judged(Timeline(loads(scenario_text(net))).record(1), {"W1": wrong})
    assert frozenset({other, "decay"}) in kinds(found.causes), found.causes
    noise = rng.normal(size=wrong.shape)
    assert not judged(Timeline(loads(scenario_text(net))).record(1), {"W1": noise}).causes


def test_a_bias_summed_over_the_classes_of_softmax_is_named_though_that_is_nothing() -> None:
    text = """
    [data]
    x = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5], [1.0, 1.0]]
    y = [0, 2, 1, 2]
    [[layers]]
    type = "linear"
    weight = [[0.5, -0.25, 0.1], [0.3, 0.2, -0.6]]
    [loss]
    type = "cross_entropy"
    """
    record = Timeline(loads(text)).record(1)
    before = record["grad(o)"]
    for kind, wrong in (("summed-over-all", before.sum()), ("other-axis", before.sum(axis=1))):
        assert np.abs(wrong).max() < 1e-15
        assert kinds(compare(record, {"grad(b1)": Given(np.array(wrong))}).causes) == [frozenset({kind})]
    assert not kinds(compare(record, {"grad(b1)": Given(np.zeros(3))}).causes)


def test_gradients_of_earlier_iterations_that_are_added_up_are_named() -> None:
    net = random_net(np.random.default_rng(8), layers=2, rows=4)
    timeline = Timeline(loads(scenario_text(net) + "[training]\nepochs = 3\n"))
    records = [timeline.record(k) for k in (1, 2, 3)]
    name = "grad(W1)"
    given_ = {name: Given(np.sum([record[name] for record in records], axis=0))}
    found = compare(records[2], given_, earlier=timeline.record)
    assert [(cause.kind, cause.place) for cause in found.causes] == [("accumulated", 0)]
    given_ = {name: Given(records[1][name] + records[2][name])}
    found = compare(records[2], given_, earlier=timeline.record)
    assert [(cause.kind, cause.place) for cause in found.causes] == [("accumulated", 1)]


def test_an_l2_term_that_is_left_out_of_the_loss_is_a_path_that_is_left_out() -> None:
    net = random_net(np.random.default_rng(8), layers=2, rows=4)
    text = scenario_text(net)
    loss = next(line for line in text.splitlines() if line.startswith("loss = "))
    record = Timeline(loads(text.replace(loss, f"{loss} + 0.1 * sum(W1 ** 2)"))).record(1)
    found = judged(record, gradients(net))
    assert "missing-path" in [cause.kind for cause in found.causes]
    half = {**gradients(net), "W1": gradients(net)["W1"] + 0.1 * net.weights[0]}
    assert [(cause.kind, round(cause.factor, 9)) for cause in judged(record, half).causes] == [("decay", -0.1)]


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_a_mistake_is_named_from_rounded_numbers_too(digits: int) -> None:
    for seed in range(8):
        net = random_net(np.random.default_rng(seed), layers=2, rows=4)
        record = Timeline(loads(scenario_text(net))).record(1)
        right = gradients(net)
        if not is_telling(right):
            continue
        wrong = gradients(net, sample=3)
        if all(np.abs(array).max() > 0.2 for array in wrong.values()):
            rounded = {f"grad({name})": given_array(np.round(array, digits)) for name, array in wrong.items()}
            assert "one-sample" in [cause.kind for cause in compare(record, rounded).causes]


def _same_numbers(found: list[frozenset[str]], kind: str) -> bool:
    """Whether a mistake goes by the name of another that gives the same numbers in a small network."""
    others = {"slope", "slopes", "slope-at-output", "slopes-at-output", "slope-of-input", "slopes-of-input"}
    return kind in others and any(others & one for one in found)
