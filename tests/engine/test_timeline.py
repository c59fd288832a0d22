"""Going through a run: batches, orders, checkpoints, records kept and lent."""

from __future__ import annotations

import gc
import weakref
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnstep.engine.machine
import nnstep.engine.runner
from nnstep.engine import Machine, Schedule, Timeline
from nnstep.errors import NnstepError
from nnstep.scenario import loads
from nnstep.scenario.model import Scenario
from tests.present import present

schedules = st.builds(
    Schedule,
    samples=st.integers(1, 30),
    batch_size=st.integers(1, 30),
    epochs=st.integers(1, 4),
    shuffle=st.booleans(),
    seed=st.integers(0, 2**63 - 1),
)


def line(epochs: int = 40, optimizer: str = 'type = "adam"\nlr = 0.1', training: str = "") -> Scenario:
    """Five samples in batches of two: three iterations an epoch, the last one with one sample."""
    return loads(
        f"equations = 'loss = mse(x * w + b, y)'\n[data]\nx = [1, 2, 3, 4, 5]\ny = [3, 5, 7, 9, 11]\n"
        f"[parameters]\nw = 0.0\nb = {{ value = 1.0, trainable = false }}\n[optimizer]\n{optimizer}\n"
        f"[training]\nepochs = {epochs}\nbatch_size = 2\n{training}"
    )


@given(schedules)
def test_an_epoch_sees_every_sample_once(plan: Schedule) -> None:
    for epoch in range(plan.epochs):
        places = [plan.place(epoch * plan.batches + batch + 1) for batch in range(plan.batches)]
        assert [(one.epoch, one.batch) for one in places] == [(epoch + 1, n) for n in range(1, plan.batches + 1)]
        rows = [row for one in places for row in one.rows]
        assert sorted(rows) == list(range(plan.samples))
        assert plan.shuffle or rows == sorted(rows)
        assert [one.size for one in places] == [len(one.rows) for one in places]
        assert all(one.size == plan.batch_size for one in places[:-1])


@given(schedules)
def test_there_is_nothing_outside_the_run(plan: Schedule) -> None:
    assert plan.place(plan.iterations).epoch == plan.epochs
    for iteration in (0, -1, plan.iterations + 1):
        with pytest.raises(IndexError):
            plan.place(iteration)


def test_orders_differ_between_epochs_and_seeds_and_are_the_same_every_time() -> None:
    plan, other = Schedule(50, 50, 3, True, 1), Schedule(50, 50, 3, True, 2)
    orders = [plan.place(number).rows for number in (1, 2, 3)] + [other.place(1).rows]
    assert len(set(orders)) == 4
    assert Schedule(50, 50, 3, True, 1).place(2).rows == orders[1]
    assert Schedule(50, 10, 3, True, 1).place(6).rows == orders[1][:10], "the order does not depend on the batches"


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_batch_is_the_rows_it_says(shuffle: bool) -> None:
    timeline = Timeline(line(epochs=3, training=f"shuffle = {str(shuffle).lower()}"))
    x = np.arange(1.0, 6.0)
    for number in range(1, timeline.iterations + 1):
        record = timeline.record(number)
        np.testing.assert_array_equal(record["x"], x[list(record.rows)])
        np.testing.assert_array_equal(record["y"], 2 * x[list(record.rows)] + 1)
        assert (record.iteration, record.epoch) == (number, (number - 1) // 3 + 1)
        assert record.program.rows == len(record.rows) == (1 if number % 3 == 0 else 2)


def test_losses_are_those_of_the_iterations_done_each_once() -> None:
    timeline = Timeline(line())
    timeline.record(7)
    timeline.record(3)
    assert timeline.reached == 7
    timeline.record(9)
    assert timeline.history.points().last.tolist() == [timeline.record(number).loss for number in range(1, 10)]
    forward_only = Timeline(loads("equations = 'z = 2'"))
    assert forward_only.record(1).loss is None
    assert np.isnan(forward_only.history.points().last).tolist() == [True]


def test_the_state_is_copied_at_checkpoints_alone() -> None:
    """And where it goes over to a machine for another batch size, from memory to memory."""
    timeline = Timeline(line(epochs=100))
    with mock.patch.object(Machine, "copy_state_after", autospec=True, side_effect=Machine.copy_state_after) as copies:
        timeline.record(299)
    assert copies.call_count == 299 // 64


def test_checkpoints_stay_within_their_budget_and_reach_back() -> None:
    scenario = line(epochs=400)
    straight = [Timeline(scenario, records=1300).record(number) for number in (5, 600, 1199)]
    timeline = Timeline(scenario, budget=6_000, records=1)
    timeline.record(1200)
    every = timeline.every(1)
    assert every > 16
    assert timeline.nbytes <= 6_000
    for kept in straight:
        assert timeline.record(kept.iteration).arena.tobytes() == kept.arena.tobytes()
        assert timeline.nbytes <= 6_000


def test_a_frozen_parameter_and_its_optimizer_state_stay() -> None:
    timeline = Timeline(line())
    for number in (1, 3, 6):
        record = timeline.record(number)
        assert record["b"] == 1.0
        assert "m(b)" not in record.program.versions
        assert record["iteration"] == number


def test_as_many_records_are_kept_as_asked_for() -> None:
    timeline = Timeline(line(), records=2)
    first, second = timeline.record(1), timeline.record(2)
    assert timeline.record(1) is first
    timeline.record(3)
    assert timeline.record(1) is first
    assert timeline.record(2) is not second
    assert timeline.record(2).arena.tobytes() == second.arena.tobytes()


def machines(timeline: Timeline, rows: int) -> list[Machine]:
    """The machines that have run batches of that size."""
    return timeline._runner._machines[id(timeline.program(1 if rows == 2 else 3))]


def test_a_large_record_is_lent_and_its_machine_runs_again_when_it_is_given_back() -> None:
    with mock.patch.object(nnstep.engine.machine, "_COPIED", 0):
        timeline = Timeline(line(), records=1)
        value = timeline.record(1)["loss"]  # the record itself is soon gone; one number of it is still had
        expected = float(value)
        timeline.record(2)
        timeline.record(4)
        timeline.record(5)
        assert len(machines(timeline, 2)) == 3
        lent = [machine for machine in machines(timeline, 2) if machine.lent]
        assert len(lent) == 2, "the first record's and the last one's"
        assert value == expected
        del value
        assert [machine.lent for machine in lent].count(True) == 1
        for number in range(7, 60):
            timeline.record(number)
        assert len(machines(timeline, 2)) == 3


@pytest.mark.parametrize("large", [0, 1 << 20])
def test_no_large_machine_is_kept_that_is_not_in_use(large: int) -> None:
    expected = [Timeline(line()).record(number).arena.tobytes() for number in range(1, 8)]
    was = gc.isenabled()
    gc.disable()  # what is left is freed at once
    try:
        with (
            mock.patch.object(nnstep.engine.machine, "_COPIED", 0),
            mock.patch.object(nnstep.engine.runner, "_LARGE", large),
        ):
            timeline, arenas = Timeline(line(), records=1), []
            for number in range(1, 8):
                record = timeline.record(number)
                assert record.arena.tobytes() == expected[number - 1]
                assert timeline._runner.machine is not None
                arenas.append(weakref.ref(timeline._runner.machine))
            del record
            alive = {id(arena()) for arena in arenas if arena() is not None}
            assert len(alive) == (2 if large == 0 else 3)  # one for each size of batch; else one more in turn
    finally:
        if was:
            gc.enable()


def test_a_run_that_is_interrupted_goes_on_with_the_right_numbers() -> None:
    straight = Timeline(line())
    timeline = Timeline(line())
    timeline.record(4)
    machine = machines(timeline, 2)[0]
    run = machine.run

    def broken() -> None:
        run()
        machine.arena[:] = np.nan
        raise KeyboardInterrupt

    with mock.patch.object(machine, "run", broken), pytest.raises(KeyboardInterrupt):
        timeline.record(5)
    assert timeline.reached == 4
    machine.arena[:] = Machine(machine.program).arena  # what is written once, when a machine is made
    machine._batch = None
    for number in (5, 11, 2):
        assert timeline.record(number).arena.tobytes() == straight.record(number).arena.tobytes()


def test_numbers_that_overflow_are_values_like_others() -> None:
    """No warning (warnings are errors here), and the run goes on."""
    timeline = Timeline(line(optimizer='type = "sgd"\nlr = 1e200'))
    assert not np.isfinite(present(timeline.record(9).loss))


def test_what_does_not_compile_for_the_last_batch_is_said_at_the_start() -> None:
    with pytest.raises(NnstepError, match="in the last batch of an epoch, of 1 instead of 2 samples"):
        Timeline(loads("equations = 'z = x[1]'\n[data]\nx = [1, 2, 3]\n[training]\nbatch_size = 2"))


def test_a_long_row_of_second_names_is_one_memory() -> None:
    names = "\n".join(f"h{k + 1} = h{k}.T" for k in range(990))
    record = Timeline(loads(f"equations = '''\nh0 = x\n{names}\n'''\n[data]\nx = [[1, 2]]")).record(1)
    assert record["h990"].tolist() == [[1, 2]]
    assert record["h989"].tolist() == [[1], [2]]
    assert np.shares_memory(record["h989"], record["x"])
