"""Edits: a run that was forked is the run of the edited scenario, and that is what the edits say it is."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Record, Timeline
from nnstep.ops import Array
from nnstep.optimizers import OPTIMIZERS
from nnstep.scenario import Edit, Optimizer, Scenario, Training, loads
from nnstep.scenario.edits.typed import read_edit
from tests.engine.travelling import content, near, some_edits, some_optimizer, some_scenario, straight, wander
from tests.present import present
from tests.scenario.edited import with_edits

FEW = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 2**32)


def other_edits(edits: list[Edit], scenario: Scenario, rng: Random) -> list[Edit]:
    """Some of the edits, maybe with another value, and some others."""
    kept = [one for one in edits if rng.random() < 0.7]
    if kept and rng.random() < 0.5:
        at = rng.randrange(len(kept))
        if kept[at].optimizer is None and kept[at].name != "y":
            kept[at] = kept[at]._replace(value=-kept[at].value)
    return kept + (some_edits(with_edits(scenario, kept), rng, 3) if rng.random() < 0.7 else [])


def check_all(timeline: Timeline, expected: dict[int, tuple[object, ...]], rng: Random) -> None:
    """Every iteration of it, in any order, and the losses."""
    for iteration, record in wander(timeline, rng, 8):
        assert content(record) == expected[iteration]
    everywhere = list(expected)
    rng.shuffle(everywhere)
    for iteration in everywhere:
        assert content(timeline.record(iteration)) == expected[iteration]
    losses = [timeline.record(one).loss for one in sorted(expected)]
    curve = timeline.history.points().last
    assert timeline.reached == timeline.iterations
    np.testing.assert_array_equal(curve, np.array([np.nan if one is None else one for one in losses]))


@FEW
@given(SEEDS)
def test_a_fork_is_the_run_of_the_edited_scenario(seed: int) -> None:
    """And the run that it comes from stays as it is; forks of forks too."""
    rng = Random(seed)
    scenario = some_scenario(rng)
    edits = some_edits(scenario, rng)
    budget = rng.choice((0, 3_000, 1 << 20))
    with near(rng.randint(1, 5)):
        parent = Timeline(with_edits(scenario, edits), budget, records=rng.choice((1, 3, 32)))
        before = straight(parent.scenario)
        for _ in range(2):
            for iteration, record in wander(parent, rng, rng.randint(0, 5)):
                assert content(record) == before[iteration]
            edits = rng.choice((edits, other_edits(edits, scenario, rng)))
            child = Timeline(with_edits(scenario, edits), budget, records=2, parent=parent)
            assert child.reached <= parent.reached
            expected = straight(child.scenario)
            if rng.random() < 0.5:
                check_all(child, expected, rng)
            check_all(parent, before, rng)
            check_all(child, expected, rng)
            parent, before = child, expected


@FEW
@given(SEEDS)
def test_what_lies_before_the_first_edit_that_differs_is_the_same(seed: int) -> None:
    rng = Random(seed)
    scenario = some_scenario(rng)
    edits = some_edits(scenario, rng)
    more = [*edits, *some_edits(with_edits(scenario, edits), rng)]
    first = min((one.iteration for one in more[len(edits) :]), default=scenario.iterations + 1)
    parent = Timeline(with_edits(scenario, edits))
    parent.scan(scenario.iterations, scenario.iterations, None)
    child = Timeline(with_edits(scenario, more), parent=parent)
    assert child.reached == first - 1, "nothing of it has to be run again"
    for iteration in range(1, first):
        assert content(child.record(iteration)) == content(parent.record(iteration))
    assert child.reached == first - 1


def starting(scenario: Scenario) -> dict[str, Array]:
    """What an iteration is given, as the scenario says: before the first one, all samples."""
    arrays = {one.name: one.value for one in scenario.parameters} | dict(scenario.constants)
    if scenario.data is not None:
        arrays |= {name: of for name, of in (("x", scenario.data.x), ("y", scenario.data.y)) if of is not None}
    return {name: array.copy() for name, array in arrays.items()}


def first_states(optimizer: Optimizer, scenario: Scenario) -> dict[str, Array]:
    """What the averages of an optimizer begin with."""
    start = float(optimizer.options.get("initial_accumulator_value", 0.0))
    names = {"adam": "m v", "adamw": "m v", "rmsprop": "v", "adagrad": "v", "sgd": ""}[optimizer.type].split()
    names += ["velocity"] if optimizer.options.get("momentum") else []
    trained = [one for one in scenario.parameters if one.trainable]
    return {
        f"{name}({one.name})": np.full(one.value.shape, start if name == "v" else 0.0)
        for name in names
        for one in trained
    }


@FEW
@given(SEEDS)
def test_an_iteration_begins_with_what_the_one_before_has_left_and_the_edits_put_in(seed: int) -> None:
    rng = Random(seed)
    scenario = some_scenario(rng)
    edited = with_edits(scenario, some_edits(scenario, rng))
    timeline = Timeline(edited)
    given_, states, optimizer = starting(scenario), dict[str, Array](), scenario.optimizer
    for iteration in range(1, timeline.iterations + 1):
        record = timeline.record(iteration)
        edits = [one for one in edited.edits if one.iteration == iteration]
        cells, anew = [], iteration == 1
        for edit in edits:
            if edit.optimizer is None:
                cells.append(edit)
                continue
            if optimizer is None or edit.optimizer.type != optimizer.type:
                cells, anew = [one for one in cells if "(" not in one.name], True
            optimizer = edit.optimizer
        if optimizer is not None:
            kept = {} if anew else states
            states = {name: kept.get(name, array) for name, array in first_states(optimizer, scenario).items()}
        for edit in cells:
            for arrays in (given_, states):
                if edit.name in arrays:
                    arrays[edit.name][edit.index] = edit.value
        program = record.program
        start = {one.name: record.value(one.slot) for one in program.values if one.step == 0}
        for name, array in {**given_, **states}.items():
            expected = array[list(record.rows)] if name in ("x", "y") and scenario.data is not None else array
            assert start[name].tobytes() == expected.tobytes(), f"{name} in iteration {iteration}"
        for name in [*states, *(one.name for one in scenario.parameters)]:
            (states if name in states else given_)[name] = record[name].copy()


def values(record: Record) -> list[bytes]:
    """All numbers but the count of iterations."""
    return [record.value(one.slot).tobytes() for one in record.program.values if one.role != "counter"]


def later(scenario: Scenario, optimizer: Optimizer | None, start: dict[str, Array], done: int) -> Scenario:
    """A scenario of its own that begins with those numbers, after `done` whole epochs."""
    parameters = tuple(one._replace(value=start[one.name]) for one in scenario.parameters)
    data = scenario.data and scenario.data._replace(x=start["x"], y=start.get("y"))
    training = scenario.training._replace(epochs=scenario.training.epochs - done)
    constants = {name: start[name] for name in scenario.constants}
    return scenario._replace(
        parameters=parameters, data=data, constants=constants, training=training, optimizer=optimizer, edits=()
    )


@FEW
@given(SEEDS, st.booleans())
def test_an_edit_gives_the_run_of_a_scenario_that_begins_there(seed: int, taken: bool) -> None:
    """Without states that is so for every edit; another optimizer has none before, and counts from where it began."""
    rng = Random(seed)
    scenario = some_scenario(rng)
    batches = scenario.iterations // scenario.training.epochs
    scenario = scenario._replace(training=scenario.training._replace(shuffle=False))
    if not taken:
        options = {**OPTIMIZERS["sgd"].options, "lr": 0.1, "weight_decay": rng.choice((0.0, 0.1))}
        scenario = scenario._replace(optimizer=Optimizer("sgd", options))
    done = rng.randrange(scenario.training.epochs)
    first = done * batches + 1
    optimizer = scenario.optimizer
    edits = [one._replace(iteration=first) for one in some_edits(scenario, rng) if one.optimizer is None]
    edits = [one for one in edits if "(" not in one.name]
    if taken and scenario.optimizer is not None:
        optimizer = some_optimizer(rng)
        if optimizer.type == scenario.optimizer.type:
            return
        edits.append(Edit(first, optimizer=optimizer))
    timeline = Timeline(with_edits(scenario, edits))
    timeline.record(rng.randint(1, timeline.iterations))
    start = starting(scenario)
    if first > 1:
        start |= {one.name: timeline.record(first - 1)[one.name].copy() for one in scenario.parameters}
    for edit in edits:
        if edit.optimizer is None:
            start[edit.name][edit.index] = edit.value
    own = Timeline(later(scenario, optimizer, start, done))
    for iteration in range(1, own.iterations + 1):
        assert values(timeline.record(first - 1 + iteration)) == values(own.record(iteration))


SCALAR = """\
equations = "loss = 1 / w + w * w"
[parameters]
w = 2
[optimizer]
type = "sgd"
lr = 0.0625
momentum = 0.5
[training]
epochs = 12
"""


def test_another_learning_rate_keeps_what_the_optimizer_has() -> None:
    scenario = loads(SCALAR)
    timeline = Timeline(with_edits(scenario, read_edit("lr = 0.25", scenario, 5)))
    w, velocity = np.array(2.0), np.array(0.0)
    for iteration in range(1, 13):
        record = timeline.record(iteration)
        velocity = 0.5 * velocity + record["grad(w)"]
        w = w - (0.0625 if iteration < 5 else 0.25) * velocity
        assert (record["velocity(w)"], record["w"]) == (velocity, w)


def test_the_corrections_of_an_optimizer_count_from_where_it_began() -> None:
    """Its first step is of the size of the learning rate, whenever that is; another rate does not begin it anew."""
    scenario = loads(SCALAR)
    made = with_edits(scenario, read_edit("adam lr = 0.01", scenario, 5))
    made = with_edits(made, read_edit("lr = 0.02", made, 6))
    timeline = Timeline(made)
    m = v = np.array(0.0)
    for iteration in range(5, 13):
        record = timeline.record(iteration)
        gradient, number, rate = record["grad(w)"], iteration - 4, 0.01 if iteration == 5 else 0.02
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        step = rate * (m / (1 - 0.9**number)) / (np.sqrt(v / (1 - 0.999**number)) + 1e-8)
        np.testing.assert_allclose(record["w"], present(record.at("w", 0)) - step, rtol=1e-12)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_one_optimizer_after_the_other_and_back_begins_anew_each_time(kind: str) -> None:
    scenario = loads(SCALAR)
    made = with_edits(scenario, read_edit("rmsprop" if kind != "rmsprop" else "adagrad", scenario, 3))
    made = with_edits(made, read_edit(f"{kind} lr = 0.1", made, 3))
    again = with_edits(made, read_edit("sgd" if kind != "sgd" else "adam", made, 6))
    again = with_edits(again, read_edit(f"{kind} lr = 0.1", again, 6))
    timeline = Timeline(again, parent=Timeline(made))
    own = scenario._replace(optimizer=again.optimizer_at(6), training=Training(epochs=7))
    parameter = own.parameters[0]._replace(value=timeline.record(5)["w"])
    fresh = Timeline(own._replace(parameters=(parameter,)))
    for iteration in range(1, 8):
        assert values(timeline.record(5 + iteration)) == values(fresh.record(iteration))


def test_a_zero_and_a_negative_zero_are_two_edits() -> None:
    scenario = loads(SCALAR)
    one, other = (with_edits(scenario, [Edit(4, "w", (), value)]) for value in (0.0, -0.0))
    parent = Timeline(one)
    parent.record(5)
    child = Timeline(other, parent=parent)
    assert child.record(4)["loss"] == -np.inf
    assert parent.record(4)["loss"] == np.inf
    assert straight(other) == {n: content(child.record(n)) for n in range(1, 13)}
