"""How many iterations travelling through a run interprets, and how much it keeps: counted, not timed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep import clock
from nnstep.debugger import Position, Session
from nnstep.debugger.breakpoints.control import Control
from nnstep.engine import Machine, Timeline
from nnstep.program import Program
from nnstep.scenario import Scenario, loads
from tests.engine.travelling import content, near, some_edits, some_scenario, straight, wander
from tests.scenario.edited import with_edits


class Count:
    """Iterations that were interpreted."""

    def __init__(self) -> None:
        self.runs = 0

    def since(self) -> int:
        """How many since it was asked last."""
        runs, self.runs = self.runs, 0
        return runs


@contextmanager
def counted() -> Iterator[Count]:
    """Counts what every machine made in here runs, by `run` and by `repeat`."""
    count, made = Count(), Machine.__init__

    def make(machine: Machine, program: Program, *, guarded: bool = False) -> None:
        made(machine, program, guarded=guarded)
        run = machine.run

        def counting() -> None:
            count.runs += 1
            run()

        machine.run = counting

    with mock.patch.object(Machine, "__init__", make):
        yield count


def net(epochs: int, batch: int = 4, edits: str = "", shuffle: bool = False) -> Scenario:
    """Four samples, 2-3-1, with an optimizer's state: 39 numbers from iteration to iteration."""
    return loads(
        "[data]\nx = [[0, 0], [0, 1], [1, 0], [1, 1]]\ny = [[0], [1], [1], [0]]\n"
        '[[layers]]\ntype = "linear"\nunits = 3\n[[layers]]\ntype = "tanh"\n[[layers]]\ntype = "linear"\nunits = 1\n'
        '[loss]\ntype = "mse"\n[optimizer]\ntype = "adam"\nlr = 0.01\n'
        f"[training]\nepochs = {epochs}\nbatch_size = {batch}\nshuffle = {str(shuffle).lower()}\n{edits}"
    )


EDITED = (
    '[[edits]]\niteration = 500\ncell = "W1[0, 0]"\nvalue = 1\n[[edits]]\niteration = 501\noptimizer = { lr = 1 }\n'
)
KINDS = {
    "one batch": net(900),
    "two sizes": net(450, 3),
    "shuffled": net(450, 2, shuffle=True),
    "edited": net(900, edits=EDITED),
}
BUDGETS = (0, 60_000, 64 << 20)


@contextmanager
def reached(kind: str, budget: int, records: int = 1) -> Iterator[tuple[Timeline, Count]]:
    """A run that was gone through once, and the count of what is interpreted from then on."""
    with counted() as count:
        timeline = Timeline(KINDS[kind], budget, records)
        timeline.scan(timeline.iterations, timeline.iterations, None)
        assert count.since() == timeline.iterations == 900
        yield timeline, count


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_seek_interprets_what_checkpoints_are_apart(kind: str, budget: int) -> None:
    rng = np.random.default_rng(0)
    with reached(kind, budget) as (timeline, count):
        for number in rng.integers(1, 901, 6).tolist():
            timeline.record(number) if rng.random() < 0.7 else timeline.glance(number)
            assert count.since() <= timeline.every(number) + 1
        for number in (1, 900, 499, 500, 501, 2, 899):
            timeline.record(number)
            assert count.since() <= timeline.every(number) + 1


def least_a_step(timeline: Timeline, top: int) -> float:
    """Iterations a step back takes in a part of the run where states are kept at each of some levels: one for itself,
    one for each level, as each replays the part once, and what the states of the innermost level are apart.
    """
    state, left = 8 * timeline.record(1).layout.state, timeline.budget // 2
    gap, levels = timeline.every(top), 0
    while gap > 1 and (not levels or left >= 2 * state):
        room = max(2, left // 2 // state)
        gap, left, levels = -(-gap // room), left - room * state, levels + 1
    return levels + gap


@pytest.mark.parametrize(
    ("kind", "budget", "a_step"),
    [*((kind, 60_000, 3) for kind in KINDS), *((kind, 64 << 20, 2) for kind in KINDS), ("two sizes", 12_000, 30)],
)
def test_stepping_back_costs_little_a_step(kind: str, budget: int, a_step: int) -> None:
    with reached(kind, budget) as (timeline, count):
        assert least_a_step(timeline, 900) <= a_step
        timeline.record(900)
        count.since()
        costs = []
        for number in range(899, 0, -1):
            timeline.record(number)
            costs.append(count.since())
            assert timeline.nbytes <= budget
        assert max(costs) <= timeline.every(900) + 1
        assert sum(costs) <= least_a_step(timeline, 900) * 900
        if budget == 64 << 20 and kind != "two sizes":
            assert sum(costs) <= 900, "all numbers are kept: its records take no iteration of their own"


@pytest.mark.parametrize("kind", KINDS)
def test_stepping_on_costs_an_iteration_a_step(kind: str) -> None:
    with counted() as count:
        timeline = Timeline(KINDS[kind], 60_000, records=1)
        for number in range(1, 901):
            timeline.record(number)
            timeline.record(number)
            assert count.since() == 1
        timeline.record(1)
        assert count.since() <= 1
        for number in range(1, 901):
            timeline.record(number)
            assert count.since() <= 1


@pytest.mark.parametrize("slices", [0.0, 9.0])
@pytest.mark.parametrize("kind", KINDS)
def test_continuing_interprets_what_it_passes(kind: str, slices: float) -> None:
    """And what leads from a checkpoint to where it begins, however often it is interrupted for the screen."""
    with counted() as count:
        control = Control(Session(KINDS[kind]))
        control.add_breakpoint("loss < -1")
        control.add_breakpoint("iteration == 800 and norm(W1 - prev(W1)) >= 0")
        control.session.go_to(401, 0)
        _ = control.session.record
        count.since()
        control.start("forward")
        while control.advance(slices) is None:
            pass
        assert control.session.position.iteration == 800
        assert count.since() <= 400 + control.session.timeline.every(401) + 2
        _ = control.session.record
        assert count.since() <= 1, "it stands there"


@pytest.mark.parametrize("kind", KINDS)
def test_going_back_over_nothing_interprets_the_way_once_or_so(kind: str) -> None:
    with counted() as count:
        control = Control(Session(KINDS[kind]))
        control.add_breakpoint("loss < -1")
        control.session.go_to(900, 0)
        _ = control.session.record
        count.since()
        control.start("backward")
        while control.advance(0.0) is None:
            pass
        assert control.session.position == Position(1, 0)
        assert count.since() <= 900 + 64 + 2 * 10, "each part is entered at a checkpoint, a warm-up before it"


@pytest.mark.parametrize("kind", KINDS)
def test_a_glance_does_not_move_the_run(kind: str) -> None:
    with counted() as count:
        timeline = Timeline(KINDS[kind], records=1)
        timeline.record(500)
        before = timeline.reached
        for number in (3, 499, 77, 78, 300, 500):
            record = timeline.glance(number)
            assert record.iteration == number
        count.since()
        timeline.record(501)
        assert count.since() == 1
        assert (before, timeline.reached) == (500, 501)
        for number in (0, 502, 900, 901):
            with pytest.raises(IndexError):
                timeline.glance(number)
        assert count.since() == 0


def test_a_run_of_many_iterations_fits_into_little_memory() -> None:
    scenario, budget = net(20_000), 20 << 10
    straight_on = Timeline(scenario)
    places = (20_000, 1, 12_345, 12_344, 12_343, 64, 65, 19_999, 7_777)
    expected = {number: content(straight_on.record(number)) for number in sorted(places)}
    with counted() as count:
        timeline = Timeline(scenario, budget, records=1)
        at, most = 0, 0
        while at < 20_000:
            at, _ = timeline.scan(at + 1, 20_000, None, clock.now())
            most = max(most, timeline.nbytes)
        assert count.since() == 20_000
        for number in places:
            assert content(timeline.record(number)) == expected[number]
            assert count.since() <= timeline.every(number) + 1
            most = max(most, timeline.nbytes)
        state = 8 * timeline.record(1).layout.state
        assert timeline.every(1) <= 2 * 20_000 * state / (budget // 2)
        assert most <= budget


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 20_000) | st.integers(0, 300), st.integers(1, 4))
def test_a_budget_of_any_size_never_changes_a_bit(seed: int, budget: int, every: int) -> None:
    rng = Random(seed)
    scenario = some_scenario(rng, 40)
    scenario = with_edits(scenario, some_edits(scenario, rng, 3))
    expected = straight(scenario)
    with near(every):
        timeline = Timeline(scenario, budget, records=rng.choice((1, 5)))
        for iteration, record in wander(timeline, rng, 25):
            assert content(record) == expected[iteration]
        for iteration in range(timeline.iterations, 0, -1):
            assert content(timeline.record(iteration)) == expected[iteration]
