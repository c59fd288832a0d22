"""The health of a run: what is found is so, where it says, and does not depend on the way there."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger.health.examine import examine, findings
from nnstep.debugger.health.finding import Finding, curve
from nnstep.engine import Timeline
from nnstep.scenario import bundled, find, load
from nnstep.scenario.model import Edit, Scenario
from tests.debugger.health_nets import at_end, kinds, layered, number, of_kind, repeated, said
from tests.engine.strategies import scenarios
from tests.present import present

FEW = settings(max_examples=25, deadline=None)


def wild(rng: Random) -> Scenario:
    """A small network with a learning rate that may ruin it, in one batch or several."""
    activation = rng.choice(("relu", "sigmoid", "tanh", "leaky_relu"))
    return layered(
        "units = 3",
        activation,
        "units = 3",
        rng.choice(("relu", activation)),
        "units = 1",
        lr=rng.choice((0.01, 0.5, 3.0, 30.0, 1e6, 1e200)),
        epochs=rng.randint(2, 12),
        training=rng.choice(("", "batch_size = 3", "batch_size = 2\nshuffle = true")),
    )._replace(seed=rng.randrange(100))


wilds = st.randoms(use_true_random=False).map(wild)


def positions(timeline: Timeline, rng: Random, count: int) -> list[tuple[int, int]]:
    """Some positions of a run, in any order."""
    found = []
    for _ in range(count):
        iteration = rng.randint(1, timeline.iterations)
        found.append((iteration, rng.randint(0, len(timeline.program(iteration).steps))))
    return found


# ---- Laws ------------------------------------------------------------------------------------------------


@FEW
@given(st.one_of(wilds, scenarios()), st.randoms(use_true_random=False))
def test_what_is_found_does_not_depend_on_the_way_there(scenario: Scenario, rng: Random) -> None:
    walked = Timeline(scenario)
    for iteration, step in positions(walked, rng, 4):
        assert repr(findings(walked, iteration, step)) == repr(findings(Timeline(scenario), iteration, step))


@FEW
@given(st.one_of(wilds, scenarios()), st.randoms(use_true_random=False))
def test_every_place_is_there_and_known_by_then(scenario: Scenario, rng: Random) -> None:
    timeline = Timeline(scenario)
    for iteration, step in positions(timeline, rng, 3):
        for one in findings(timeline, iteration, step):
            check_place(timeline, one, iteration, step)
    for one in examine(timeline):
        check_place(timeline, one, timeline.iterations, len(timeline.program(timeline.iterations).steps))


def check_place(timeline: Timeline, one: Finding, iteration: int, step: int) -> None:
    program = timeline.program(one.iteration)
    assert (one.iteration, one.step) <= (iteration, step)
    slots = [slot for slot in program.versions[one.name] if program.values[slot].step == one.step]
    (slot,) = slots
    assert np.shape(timeline.record(one.iteration).value(slot)[one.index]) == ()


@FEW
@given(wilds)
def test_the_first_number_that_is_not_finite_is_the_first(scenario: Scenario) -> None:
    timeline = Timeline(scenario)
    found = of_kind(at_end(timeline), "infinite") + of_kind(at_end(timeline), "nan")
    assert not found or all(one.values["exact"] for one in found)
    for sought in (np.isnan, lambda array: ~np.isfinite(array)):
        first = None
        for iteration in range(1, timeline.iterations + 1):
            record = timeline.record(iteration)
            for step in range(len(record.program.steps)):
                value = record.program.values[record.program.steps[step].target]
                if first is None and sought(record.value(value.slot)).any():
                    first = (iteration, step + 1, value.name)
        places = [(one.iteration, one.step, one.name) for one in found]
        assert first is None or first in places
        for one in found:
            number = timeline.record(one.iteration).value(timeline.program(one.iteration).steps[one.step - 1].target)[
                one.index
            ]
            assert not np.isfinite(number)
            assert np.isnan(number) == (one.kind == "nan")


@FEW
@given(wilds)
def test_a_run_that_is_examined_says_what_walking_through_it_says(scenario: Scenario) -> None:
    timeline = Timeline(scenario)
    told = [at_end(timeline, iteration) for iteration in range(1, timeline.iterations + 1)]
    found = examine(Timeline(scenario))
    assert {kind for kind in kinds(found) if kind in ("infinite", "nan")} == kinds(told[-1]) & {"infinite", "nan"}
    for kind in ("vanishing", "exploding", "large-update"):
        having = [number for number, one in enumerate(told, 1) if kind in kinds(one)]
        assert [one.iteration for one in of_kind(found, kind)] == having[:1]
        assert [one.values["often"] for one in of_kind(found, kind)] == [len(having)][: len(having)]
    if not {"infinite", "nan"} & kinds(found):
        kept = ("dead", "saturated", "stalled", "rising", "small-update")
        assert [repr(one) for one in told[-1] if one.kind in kept] == [repr(one) for one in found if one.kind in kept]


def test_an_edit_is_part_of_the_run_that_is_looked_at() -> None:
    scenario = layered("units = 2\nbias = [5, 5]", "relu", "units = 1", epochs=6, lr=0.001)
    timeline = Timeline(scenario._replace(edits=(Edit(4, "b1", (1,), -100.0),)))
    (one,) = of_kind(at_end(timeline), "dead")
    assert (one.iteration, one.cause, one.values["units"]) == (4, "edit", (1,))


# ---- Healthy runs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_the_bundled_scenarios_are_healthy(name: str) -> None:
    """But for xor_linear, which is there to be stuck."""
    timeline = Timeline(load(find(name)))
    found = kinds(examine(timeline))
    assert found == ({"stalled"} if name == "xor_linear" else set())
    for part in range(1, 6):
        iteration = max(1, timeline.iterations * part // 5)
        steps = len(timeline.program(iteration).steps)
        for step in (0, steps // 2, steps):
            assert kinds(findings(timeline, iteration, step)) <= found


# ---- The loss --------------------------------------------------------------------------------------------


def test_a_loss_that_is_stuck_at_a_point_without_gradient() -> None:
    timeline = Timeline(load(find("xor_linear")))
    (one,) = at_end(timeline)
    assert (one.kind, one.cause, one.severity) == ("stalled", "flat", "warning")
    since, until = said(one, "since", int), said(one, "until", int)
    losses = [present(timeline.record(k).loss) for k in range(since, until + 1)]
    half = len(losses) // 2
    assert one.values["before"] == pytest.approx(np.mean(losses[:half]), rel=1e-12)
    assert one.values["now"] == pytest.approx(np.mean(losses[half:]), rel=1e-12)


def test_a_loss_that_is_stuck_since_a_layer_is_dead() -> None:
    scenario = layered("units = 3\nbias = [-9, -9, -9]", "relu", "units = 1\nbias = [0.25]", epochs=40)
    found = at_end(Timeline(scenario))
    (one,) = of_kind(found, "stalled")
    assert one.cause == "dead"
    (dead,) = of_kind(found, "dead")
    assert (dead.severity, dead.values["units"]) == ("problem", (0, 1, 2))


def test_a_loss_that_jumps_since_the_learning_rate_is_too_large() -> None:
    """|w| with steps of 2 goes from 1.3 to -0.7 and back; w ** 2 grows with a rate above 1, and falls below it."""
    stuck = at_end(Timeline(repeated("loss = abs(w) + 1", "w = 1.3", lr=2)))
    assert kinds(stuck) == {"stalled", "large-update", "rate"}
    assert of_kind(stuck, "stalled")[0].cause == "jumps"
    assert of_kind(stuck, "rate")[0].severity == "warning"
    (rising,) = of_kind(at_end(Timeline(repeated("loss = w ** 2", "w = 1.0", lr=1.05))), "rising")
    assert (rising.cause, rising.severity) == ("grows", "problem")
    assert at_end(Timeline(repeated("loss = w ** 2", "w = 1.0", lr=0.4))) == ()


def test_a_loss_near_zero_has_not_stopped() -> None:
    timeline = Timeline(repeated("loss = w ** 2", "w = 1.0", lr=0.5, epochs=100))
    assert timeline.record(100).loss == 0
    assert at_end(timeline) == ()


def test_a_short_run_is_not_judged() -> None:
    assert kinds(at_end(Timeline(repeated("loss = abs(w) + 1", "w = 1.3", lr=2, epochs=29)))) == {"large-update"}


@pytest.mark.parametrize("epochs", [1, 40, 4_096, 4_097, 9_000])
def test_the_curve_does_not_depend_on_how_much_is_reached(epochs: int) -> None:
    scenario = repeated("loss = (w - 3) ** 2", "w = 1.0", lr=1e-4, epochs=epochs)
    whole = Timeline(scenario)
    whole.scan(epochs, epochs, None)
    for done in sorted({1, 7, epochs // 3, epochs // 2 + 1, epochs} - {0}):
        done = min(done, epochs)
        part = Timeline(scenario)
        part.scan(done, done, None)
        for early, late in zip(curve(part, done), curve(whole, done), strict=True):
            assert np.array_equal(early, late, equal_nan=True)
        ends = curve(whole, done)[0]
        assert len(ends) == 0 or ends[-1] <= done


# ---- Updates ---------------------------------------------------------------------------------------------


def test_an_update_far_larger_than_the_weights() -> None:
    scenario = layered("units = 3", "tanh", "units = 1", lr=1e6)
    record = Timeline(scenario).record(1)
    found = of_kind(at_end(Timeline(scenario), 1), "large-update")
    ratios = {}
    for name in ("W1", "W2"):
        before, after = (record.value(slot) for slot in record.program.versions[name])
        ratios[name] = np.linalg.norm(after - before) / np.linalg.norm(before)
    (one,) = found
    name = max(ratios, key=ratios.__getitem__)
    assert (one.name, one.severity) == (name, "problem")
    assert one.values["ratio"] == pytest.approx(ratios[name], rel=1e-12)
    better = layered("units = 3", "tanh", "units = 1", lr=number(one, "better"))
    moved = [Timeline(better).record(1).value(slot) for slot in Timeline(better).program(1).versions[name]]
    assert np.linalg.norm(moved[1] - moved[0]) == pytest.approx(0.01 * np.linalg.norm(moved[0]), rel=1e-6)


@pytest.mark.parametrize(("lr", "cause"), [(1e-12, "rate"), (1e-30, "lost")])
def test_an_update_far_smaller_than_the_weights(lr: float, cause: str) -> None:
    scenario = layered("units = 3", "tanh", "units = 1", lr=lr, epochs=40)
    found = at_end(Timeline(scenario))
    assert kinds(found) == {"small-update", "stalled"}
    (one,) = of_kind(found, "small-update")
    assert (one.cause, one.values["count"], one.values["of"]) == (cause, 2, 2)
    assert number(one, "ratio") < 1e-7
    assert of_kind(found, "stalled")[0].cause == "small"


def test_weights_that_begin_at_zero_and_biases_are_not_judged_by_their_first_updates() -> None:
    scenario = layered('units = 3\ninit = "zeros"', "tanh", "units = 1\nweight = [[1], [2], [3]]", lr=0.01)
    assert at_end(Timeline(scenario), 1) == ()
