"""Dead and saturated units: found exactly where they are, since when they are, for all samples of the data."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger.health import examine as health
from nnstep.debugger.health import since as health_since
from nnstep.debugger.health import units as health_units
from nnstep.debugger.health.examine import findings
from nnstep.engine import Timeline
from nnstep.language import Entry
from nnstep.ops import Array
from nnstep.scenario.model import Scenario
from tests.debugger.health_nets import at_end, kinds, layered, number, of_kind, said

FEW = settings(max_examples=25, deadline=None)


def dying(rng: Random, epochs: int = 14) -> Scenario:
    """A network with two layers of ReLU whose learning rate is so large that units die, in one batch or several."""
    return layered(
        "units = 4",
        "relu",
        "units = 3",
        "relu",
        "units = 1",
        lr=rng.choice((0.5, 1.0, 2.0)),
        epochs=epochs,
        training=rng.choice(("", "batch_size = 2\nshuffle = true", "batch_size = 3")),
    )._replace(seed=rng.randrange(1000))


def inputs(timeline: Timeline, iteration: int) -> dict[str, Array]:
    """What goes into each layer of ReLU for all samples, with the parameters of an iteration, computed by hand."""
    record = timeline.record(iteration)
    w1, b1, w2, b2 = (record.value(record.program.versions[name][0]) for name in ("W1", "b1", "W2", "b2"))
    assert timeline.scenario.data is not None
    with np.errstate(all="ignore"):
        z1 = timeline.scenario.data.x @ w1 + b1
        return {"h1": z1, "h2": np.maximum(z1, 0) @ w2 + b2}


def dead(timeline: Timeline) -> list[set[tuple[str, int]]]:
    """The dead units of every iteration, as (layer, unit)."""
    return [
        {
            (name, unit)
            for name, numbers in inputs(timeline, iteration).items()
            for unit in np.flatnonzero((numbers <= 0).all(axis=0)).tolist()
        }
        for iteration in range(1, timeline.iterations + 1)
    ]


def since(every: list[set[tuple[str, int]]], unit: tuple[str, int], at: int) -> int:
    """The first iteration of the unbroken stretch up to `at` in which a unit is dead."""
    while at > 1 and unit in every[at - 2]:
        at -= 1
    return at


@FEW
@given(st.randoms(use_true_random=False).map(dying))
def test_units_are_dead_where_and_since_when_a_search_by_hand_says(scenario: Scenario) -> None:
    timeline = Timeline(scenario)
    every = dead(timeline)
    for at in (1, timeline.iterations // 2, timeline.iterations):
        found = [one for one in at_end(timeline, at) if one.kind in ("dead", "nan", "infinite")]
        if kinds(tuple(found)) - {"dead"}:
            return
        units = {(one.name, unit): one for one in found for unit in said(one, "units", tuple)}
        assert units.keys() == every[at - 1]
        for one in found:
            expected = max(since(every, (one.name, unit), at) for unit in said(one, "units", tuple))
            assert (one.iteration, one.values["how"]) == (expected, "exact")
            largest = max(inputs(timeline, at)[one.name][:, list(said(one, "units", tuple))].max(axis=0))
            assert one.values["level"] == pytest.approx(largest, rel=1e-9, abs=1e-12)
            whole = len(said(one, "units", tuple)) == one.values["of"]
            assert one.severity == ("problem" if whole else "warning")


@FEW
@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_with_little_work_what_is_said_is_still_so(rng: Random, most: int) -> None:
    timeline = Timeline(dying(rng, epochs=rng.choice((20, 90))))
    every = dead(timeline)
    at = timeline.iterations
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "_reach", lambda *arguments: most)
        patch.setattr(health_since, "_EVERY", 4)
        found = of_kind(at_end(timeline, at), "dead")
    for one in found:
        began, units = one.iteration, [(one.name, unit) for unit in said(one, "units", tuple)]
        known = range(max(1, at - most + 1), at + 1)
        if one.values["how"] == "exact":
            assert began == max(since(every, unit, at) for unit in units)
        elif one.values["how"] == "least":
            assert all(unit in every[k - 1] for unit in units for k in range(began, at + 1))
            assert one.cause == ""
        else:
            assert all(unit in every[k - 1] for unit in units for k in (began, *known))
            assert began == 1 or any(unit not in every[began - 2] for unit in units)


def test_a_bias_of_minus_a_hundred_kills_a_unit_from_the_start() -> None:
    timeline = Timeline(layered("units = 3\nbias = [1, -100, 1]", "relu", "units = 1"))
    steps = timeline.program(1).steps
    relu = next(step.index for step in steps if step.operation == "relu")
    assert [findings(timeline, 1, step) for step in range(relu)] == [()] * relu
    for iteration, step in ((1, relu), (1, len(steps)), (2, 0), (5, 3)):
        (one,) = findings(timeline, iteration, step)
        assert (one.kind, one.iteration, one.step, one.name, one.cause) == ("dead", 1, relu, "h1", "start")
        assert (one.values["units"], one.values["samples"], one.values["whole"]) == ((1,), 4, True)
        assert one.index[1] == 1
        assert timeline.record(1)["h1"][one.index] == 0
        assert number(one, "level") < -98


def test_the_update_that_killed_a_unit_is_named() -> None:
    timeline = Timeline(layered("weight = [[1, 1], [1, 1]]\nbias = [1, 1]", "relu", "weight = [[9], [0]]", lr=3.0))
    (one,) = [one for one in at_end(timeline, 2) if one.kind == "dead" and 0 in said(one, "units", tuple)]
    assert (one.iteration, one.cause, one.values["before"]) == (2, "update", 1)
    record = timeline.record(1)
    cell = said(one, "cell", Entry)
    before, after = (record.value(slot)[cell.index] for slot in record.program.versions[cell.name])
    assert (one.values["old"], one.values["new"]) == (before, after)
    assert after < before


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "softplus", "gelu"])
def test_what_has_a_slope_left_of_zero_does_not_die(activation: str) -> None:
    assert at_end(Timeline(layered("units = 3\nbias = [1, -100, 1]", activation, "units = 1")), 1) == ()


@pytest.mark.parametrize(("activation", "steepest"), [("sigmoid", 0.25), ("tanh", 1.0)])
def test_a_unit_with_weights_of_fifty_is_saturated(activation: str, steepest: float) -> None:
    net = layered("weight = [[50, 0.1], [50, 0.2]]\nbias = [-25, 0]", activation, "weight = [[1], [1]]", lr=0.001)
    timeline = Timeline(net)
    (one,) = at_end(timeline, 1)
    z = timeline.record(1)["z1"][:, 0]
    slope = np.cosh(z / 2) ** -2 / 4 if activation == "sigmoid" else np.cosh(z) ** -2
    assert (one.kind, one.name, one.values["units"], one.cause) == ("saturated", "h1", (0,), "parts")
    assert one.values["level"] == pytest.approx(slope.max(), abs=1e-12)
    assert number(one, "level") <= 0.1 * steepest
    assert one.values["mean"] == pytest.approx(z.mean())
    assert (one.values["bias"], one.values["weights"]) == (-25, pytest.approx(np.hypot(50, 50)))


def test_a_unit_that_is_saturated_for_all_samples_but_one_is_not_told() -> None:
    """With weights of 50 and no bias, the sample (0, 0) stands where the slope is steepest."""
    net = layered("weight = [[50], [50]]", "sigmoid", "weight = [[1]]", lr=0.001)
    assert "saturated" not in kinds(at_end(Timeline(net), 1))


def test_a_sigmoid_right_before_the_loss_that_cancels_its_slope_is_not_told() -> None:
    net = layered("weight = [[50], [50]]\nbias = [-25]", "sigmoid", loss="bce", lr=0.001)
    assert kinds(at_end(Timeline(net), 1)) == {"clamp"}
    other = layered("weight = [[50], [50]]\nbias = [-25]", "sigmoid", loss="mse", lr=0.001)
    assert kinds(at_end(Timeline(other), 1)) == {"saturated"}


def test_many_units_of_a_layer_are_told_at_once() -> None:
    biases = ", ".join(["-100"] * 20 + ["1"])
    (one,) = at_end(Timeline(layered(f"units = 21\nbias = [{biases}]", "relu", "units = 1", lr=1e-3)), 1)
    assert (one.values["units"], one.values["of"], one.severity) == (tuple(range(20)), 21, "warning")


def test_of_much_data_only_the_batch_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that lives by the last sample alone: dead in the batch of the others, not in the data."""
    data = "[data]\nx = [[-1], [-2], [-3], [5]]\ny = [[0], [0], [0], [1]]\n"
    net = layered("weight = [[1, -1]]", "relu", "units = 1", lr=1e-6, data=data, training="batch_size = 2", epochs=1)
    assert of_kind(at_end(Timeline(net), 1), "dead") == []
    monkeypatch.setattr(health_units, "MOST_SAMPLES", 3)
    (one,) = of_kind(at_end(Timeline(net), 1), "dead")
    assert (one.values["units"], one.values["samples"], one.values["whole"]) == ((0,), 2, False)
    assert of_kind(at_end(Timeline(net), 2), "dead") == []
