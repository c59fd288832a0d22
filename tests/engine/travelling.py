"""Random scenarios with edits, and ways of going through their runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from unittest import mock

import nnstep.engine.checkpoints
from nnstep.engine import Record, Timeline
from nnstep.optimizers import OPTIMIZERS
from nnstep.scenario import Edit, Optimizer, Scenario, loads
from tests.engine.random_programs import optimizer_table, random_case
from tests.scenario.edited import editable, with_edits


@contextmanager
def near(every: int) -> Iterator[None]:
    """Checkpoints that are near each other, so that short runs have some."""
    with mock.patch.object(nnstep.engine.checkpoints, "_EVERY", every):
        yield


def some_scenario(rng: Random, most: int = 24) -> Scenario:
    """A random one with a run of some length."""
    scenario = loads(random_case(rng).text)
    batches = scenario.iterations // scenario.training.epochs
    return scenario._replace(training=scenario.training._replace(epochs=rng.randint(1, max(1, most // batches))))


def some_optimizer(rng: Random) -> Optimizer:
    found = optimizer_table(rng)
    kind = str(found["type"])
    options = dict(OPTIMIZERS[kind].options)
    for key, value in found.items():
        if isinstance(value, list):
            options["beta1"], options["beta2"] = value
        elif not isinstance(value, str):
            options[key] = value
    return Optimizer(kind, options)


def some_edits(scenario: Scenario, rng: Random, most: int = 5) -> list[Edit]:
    """Edits in the order in which they are made, some at the ends of the run and several of one iteration."""
    made: list[Edit] = []
    for _ in range(rng.randint(0, most)):
        places = [1, scenario.iterations, rng.randint(1, scenario.iterations), *(one.iteration for one in made)]
        iteration = rng.choice(places)
        now = with_edits(scenario, made)
        optimizer = now.optimizer_at(iteration)
        if optimizer is not None and rng.random() < 0.4:
            other = Optimizer(optimizer.type, {**optimizer.options, "lr": rng.choice((0.0, 0.02, 0.5))})
            made.append(Edit(iteration, optimizer=rng.choice((other, some_optimizer(rng)))))
            continue
        arrays = editable(now, iteration)
        if not arrays:
            continue
        name = rng.choice(sorted(arrays))
        index = tuple(rng.randrange(size) for size in arrays[name].shape)
        labels = name == "y" and arrays[name].ndim == 1
        values = sorted(set(arrays[name].ravel().tolist())) if labels else (0.0, -0.0, 0.3, -1.5, 40.0)
        made.append(Edit(iteration, name, index, rng.choice(values)))
    return made


def content(record: Record) -> tuple[object, ...]:
    return (record.arena.tobytes(), record.iteration, record.epoch, record.batch, record.rows, record.loss is None)


def straight(scenario: Scenario) -> dict[int, tuple[object, ...]]:
    """The whole run, iteration after iteration."""
    timeline = Timeline(scenario)
    return {one: content(timeline.record(one)) for one in range(1, timeline.iterations + 1)}


def wander(timeline: Timeline, rng: Random, moves: int) -> Iterator[tuple[int, Record]]:
    """Here and there in a run; what is seen there."""
    for _ in range(moves):
        to = rng.randint(1, timeline.iterations)
        way = rng.choice(("record", "record", "glance", "scan"))
        if way == "scan":
            timeline.scan(rng.randint(1, to), to, None)
        elif way == "record" or to > timeline.reached:
            yield to, timeline.record(to)
        else:
            yield to, timeline.glance(to)
