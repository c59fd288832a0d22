"""What travelling through a run costs, next to running it, in one run on one BLAS thread:

    python -m tests.benchmarks.bench_travel            # 100,000 iterations of the longest run
    python -m tests.benchmarks.bench_travel 1000000    # a million, as the budget of 2 MiB is meant for

`checkpoints` is training with checkpoints over the same loop keeping none. `seek` is going to an iteration as far
from its checkpoint as can be, over (the distance of checkpoints) iterations and one record: the median of many
seeks. `back` is a step back over an
iteration's border, mean over a part of the run, over one recorded iteration. `condition` is training without the
debugger (the interpreter alone, iteration after iteration) over continuing with a breakpoint: 0.5 is half as fast.
The two sides of a ratio take turns, and it is the median of the turns.
"""

from __future__ import annotations

import os
import sys

for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_library] = "1"  # before NumPy is loaded

import statistics  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402

import numpy as np  # noqa: E402

from nnstep.debugger import Session  # noqa: E402
from nnstep.debugger.breakpoints.control import Control  # noqa: E402
from nnstep.engine import BUDGET, Timeline  # noqa: E402
from nnstep.engine.eras import Era  # noqa: E402
from nnstep.engine.machine import Machine, State  # noqa: E402
from nnstep.engine.runner import Runner  # noqa: E402
from nnstep.ops import Array  # noqa: E402
from nnstep.scenario.model import Scenario  # noqa: E402
from tests.benchmarks.bench_engine import net  # noqa: E402

_NETS = (((2, 3, 1), 4), ((2, 8, 8, 2), 32), ((784, 128, 10), 32))
_BUDGET = 2 << 20
_TURNS = 15
_TURN = 0.15  # seconds
_SEEKS = 60
_CONDITIONS = (
    "loss < 0",
    "any(isnan(grad(W1)))",
    "norm(grad(W1)) > 1e9 * norm(grad(W2))",
    "iteration % 1000000000 == 0",
)


class Keepless:
    """A keeper that keeps nothing: training alone, by the same loop."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def era(self, iteration: int) -> Era:
        return self._timeline.era(iteration)

    def start(self, era: Era) -> State | None:
        return self._timeline.start(era)

    def begin(self, era: Era, start: State) -> None:
        pass

    def due(self, era: Era, iteration: int) -> int:
        return era.last

    def did(self, era: Era, machine: Machine, first: int, losses: Array) -> None:
        pass


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratio(one: Callable[[], float], other: Callable[[], float]) -> float:
    """The median of the turns' ratios."""
    one(), other()
    return statistics.median(one() / other() for _ in range(_TURNS))


def iterations_in(scenario: Scenario) -> int:
    """How many iterations take about one turn."""
    timeline = Timeline(scenario)
    timeline.scan(20, 20, None)
    return max(20, int(_TURN / (seconds(lambda: timeline.scan(120, 120, None)) / 100)))


def checkpoints(scenario: Scenario, count: int) -> float:
    def kept() -> float:
        timeline = Timeline(scenario, budget=_BUDGET)
        timeline.record(1)
        return seconds(lambda: timeline.scan(count, count, None))

    def without() -> float:
        timeline = Timeline(scenario, budget=_BUDGET)
        runner = Runner(Keepless(timeline), timeline.schedule)
        start = timeline.start(timeline.era(1))
        assert start is not None
        runner.stand(start)
        runner.go(1)
        return seconds(lambda: runner.go(count))

    return ratio(kept, without)


def bare(timeline: Timeline, count: int) -> float:
    """Seconds of `count` iterations by the interpreter alone."""
    timeline.record(1)
    era, place = timeline.era(1), timeline.schedule.place(1)
    start = timeline.start(era)
    assert start is not None
    machine = Machine(timeline.program(1))
    machine.load_constants(era.scenario.constants)
    machine.load_batch(era.samples, place)
    machine.load_state(start)
    machine.run()
    losses = np.empty(count)
    with np.errstate(all="ignore"):
        return seconds(lambda: machine.repeat(2, count + 1, losses, None))


def condition(scenario: Scenario, count: int, text: str) -> float:
    """How fast continuing with a breakpoint is, over training alone."""

    def watched() -> float:
        control = Control(Session(scenario))
        control.add_breakpoint(text)
        control.session.go_to(1, 0)
        _ = control.session.record
        control.start("forward")
        start, at = time.perf_counter(), 0
        while at < count:
            assert control.advance(0.02) is None
            assert control.progress is not None
            at = control.progress.iteration
        return (time.perf_counter() - start) / at

    return ratio(lambda: bare(Timeline(scenario), count) / count, watched)


def travel(scenario: Scenario, count: int, budget: int) -> tuple[int, int, float, float]:
    """(distance of checkpoints, bytes, seek, back)."""
    timeline = Timeline(scenario, budget=budget, records=1)
    timeline.scan(count, count, None)
    every, held, rng = timeline.every(count), timeline.nbytes, np.random.default_rng(0)
    alone = Timeline(scenario)

    def recorded() -> float:
        """An iteration and its record, going forward; where no part that was replayed has it."""
        fresh = Timeline(scenario, records=1)
        fresh.record(1)
        return statistics.median(seconds(partial(fresh.record, 1 + k)) for k in range(1, 30))

    seeks = []
    for _ in range(_SEEKS):  # each beside what it may cost at most
        place = int(rng.integers(1, count // every)) * every  # the farthest from a checkpoint
        bound = bare(alone, every) + recorded()
        seeks.append(seconds(partial(timeline.record, place)) / bound)
    backs = []
    length = min(count // 2, 2 * every)
    for _ in range(_TURNS):
        top = int(rng.integers(length + 1, count))
        timeline.record(top)
        one = recorded()
        backs.append(sum(seconds(partial(timeline.record, top - k)) for k in range(1, length)) / (length - 1) / one)
    return every, held, statistics.median(seeks[3:]), statistics.median(backs)  # the first ones make the machines


def main() -> None:
    longest = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{'net':>12} {'run':>9} {'every':>6} {'KiB':>6} {'checkpoints':>12} {'seek':>6} {'back':>6}   condition")
    for sizes, rows in _NETS:
        name = "-".join(map(str, sizes))
        scenario = net(sizes, rows, 10_000_000)
        count = iterations_in(scenario)
        length = longest if sizes == (2, 3, 1) else max(200, count)
        every, held, seek, back = travel(net(sizes, rows, longest), length, _BUDGET if rows == 4 else BUDGET)
        rates = "  ".join(f"{text}: {condition(scenario, count, text):.2f}" for text in _CONDITIONS)
        kept = checkpoints(scenario, count)
        print(f"{name:>12} {length:>9,} {every:>6} {held >> 10:>6} {kept:>12.3f} {seek:>6.2f} {back:>6.2f}   {rates}")


if __name__ == "__main__":
    main()
