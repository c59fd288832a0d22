"""Conditions: what a run finds while it goes on is what the same expression comes to on the trace."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnstep.engine.machine
from nnstep import clock
from nnstep.engine import Machine, Timeline
from nnstep.engine.arena_layout import layout
from nnstep.engine.expressions import check, depth, places, references, value_at
from nnstep.engine.watching import Condition, Hit, Watcher
from nnstep.errors import LanguageError
from nnstep.language import names, parse_expression
from nnstep.ops import Array
from nnstep.scenario import loads
from nnstep.view.reports.records import json_lines
from tests.engine.traces import Trace, Writer, programs_of
from tests.engine.travelling import some_edits, some_scenario
from tests.scenario.edited import with_edits

FEW = settings(max_examples=30, deadline=None)
SEEDS = st.integers(0, 2**32)


# On the trace.


@FEW
@given(SEEDS)
def test_a_value_is_that_of_the_trace(seed: int) -> None:
    rng = Random(seed)
    scenario = some_scenario(rng, 12)
    timeline = Timeline(scenario)
    trace = Trace(scenario, list(json_lines(timeline, 1, timeline.iterations)))
    writer = Writer(programs_of(timeline), rng)
    for _ in range(8):
        expression = writer.any()
        declared = check(expression, programs_of(timeline))
        for _ in range(8):
            iteration = rng.randint(1, timeline.iterations)
            step = rng.randint(0, len(timeline.program(iteration).steps))
            found = value_at(expression, timeline.record, iteration, step)
            expected = trace.evaluate(expression, iteration, step)
            assert (found is None) == (expected is None), names(expression)
            if found is None or expected is None:
                continue
            program = timeline.program(iteration)
            views = {program.values[slot].name for slot in layout(program).aliases}
            if views.isdisjoint(one.name for one in references(expression, program)):
                np.testing.assert_array_equal(found, expected)
            elif not np.isin(found, (0, 1)).all():  # a sum over a view of other memory adds up in another order
                np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
            assert found.shape == declared or program is not programs_of(timeline)[0]


@FEW
@given(SEEDS)
def test_places_are_the_steps_after_which_a_value_is_new(seed: int) -> None:
    rng = Random(seed)
    scenario = some_scenario(rng, 12)
    timeline = Timeline(scenario)
    trace = Trace(scenario, list(json_lines(timeline, 1, timeline.iterations)))
    writer = Writer(programs_of(timeline), rng)
    for _ in range(4):
        expression = writer.any()
        iteration = timeline.iterations
        values = trace.values[iteration - 1]
        used = {name.removeprefix("prev(" * name.count("prev(")).rstrip(")") for name in names(expression)}
        times = [[step for step, _ in values[name]] for name in values if name.rstrip(")") in used]
        assigned = {step for steps in times for step in steps if step}
        ready = max((steps[0] for steps in times), default=0)
        size = len(timeline.program(iteration).steps)
        everywhere = set(range(size + 1)) if "step" in used else assigned
        expected = sorted(step for step in everywhere if step >= ready) or [0]
        assert list(places(expression, timeline.program(iteration))) == expected
        for step in range(1, size + 1):
            before, now = (value_at(expression, timeline.record, iteration, one) for one in (step - 1, step))
            if now is not None and (before is None or not np.array_equal(before, now, equal_nan=True)):
                assert step in expected


# While a run goes on.


def expected_hits(conditions: Sequence[Condition], timeline: Timeline) -> dict[int, list[Hit]]:
    """Where they hit, looked up in records."""
    found: dict[int, list[Hit]] = {one: [] for one in range(1, timeline.iterations + 1)}
    for number, condition in enumerate(conditions):
        last: tuple[int, Array] | None = None
        for iteration, hits in found.items():
            program = timeline.program(iteration)
            if condition.steps is not None:
                hits += [Hit(step, number) for step in condition.steps(program)]
            if condition.expression is None:
                continue
            for step in places(condition.expression, program):
                value = value_at(condition.expression, timeline.record, iteration, step)
                if value is None:
                    continue
                hit = bool(value.all()) if value.size == 1 else False
                if condition.change:
                    known = last is not None and last[0] >= iteration - 1
                    hit = known and last is not None and not np.array_equal(last[1], value, equal_nan=True)
                last = (iteration, value.copy())
                hits += [Hit(step, number)] if hit else []
    return {iteration: sorted(hits) for iteration, hits in found.items()}


def some_conditions(timeline: Timeline, rng: Random) -> list[Condition]:
    writer = Writer([timeline.program(rng.randint(1, timeline.iterations)), *programs_of(timeline)], rng)
    made = [Condition(parse_expression(writer.truth())) for _ in range(rng.randint(0, 3))]
    made += [Condition(writer.any(), change=True) for _ in range(rng.randint(0, 2))]
    fixed = Condition(steps=lambda program: (1, len(program.steps)) if len(program.steps) > 1 else ())
    made += [fixed] * rng.randint(0, 1)
    rng.shuffle(made)
    return made


@FEW
@given(SEEDS, st.sampled_from([0, 1 << 20]))
def test_a_run_finds_what_the_records_say(seed: int, copied: int) -> None:
    """Over batches of two sizes and edits, from anywhere, in slices, with machines whose numbers are lent."""
    rng = Random(seed)
    scenario = some_scenario(rng, 12)
    scenario = with_edits(scenario, some_edits(scenario, rng, 4))
    timeline, other = Timeline(scenario, records=2), Timeline(scenario)
    conditions = some_conditions(timeline, rng)
    expected = expected_hits(conditions, other)
    watcher = Watcher(conditions, timeline.schedule)
    first = rng.randint(1, timeline.iterations)
    start = max(1, first - watcher.warm_up(programs_of(timeline)))
    found: dict[int, list[Hit]] = {}

    def each(machine: Machine, iteration: int) -> bool:
        found[iteration] = watcher.hits(machine, iteration)
        return False

    with mock.patch.object(nnstep.engine.machine, "_COPIED", copied):
        held = [timeline.record(rng.randint(1, timeline.iterations)) for _ in range(rng.randint(0, 2))]
        at = start - 1
        while at < timeline.iterations:
            deadline = rng.choice((None, clock.now()))
            at = max(at, timeline.scan(at + 1, timeline.iterations, each, deadline)[0])
        del held
    assert list(found) == list(range(start, timeline.iterations + 1))
    assert {one: found[one] for one in found if one >= first} == {one: expected[one] for one in found if one >= first}


# What can be asked.


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_what_is_accepted_can_be_asked_everywhere(seed: int) -> None:
    rng = Random(seed)
    scenario = some_scenario(rng, 8)
    scenario = with_edits(scenario, some_edits(scenario, rng, 2))
    timeline = Timeline(scenario)
    here = timeline.program(rng.randint(1, timeline.iterations))
    every = [here, *(one for one in programs_of(timeline) if one is not here)]
    writer = Writer(every, rng, wild=True)
    for _ in range(6):
        truth = rng.random() < 0.5
        expression = writer.any()
        try:
            found = check(expression, every, truth=truth)
        except LanguageError:
            continue
        assert not truth or int(np.prod(found)) == 1
        watcher = Watcher([Condition(expression, change=not truth)], timeline.schedule)
        timeline.scan(1, timeline.iterations, partial(never_stop, watcher))
        for iteration in range(1, timeline.iterations + 1):
            value_at(expression, timeline.record, iteration, len(timeline.program(iteration).steps))


def never_stop(watcher: Watcher, machine: Machine, at: int) -> bool:
    watcher.hits(machine, at)
    return False


NET = """\
[data]
x = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]
y = [0, 1, 1, 0, 1]
[[layers]]
type = "linear"
units = 3
[[layers]]
type = "linear"
units = 2
[loss]
type = "cross_entropy"
[optimizer]
type = "sgd"
lr = 0.5
[training]
epochs = 3
batch_size = 3
"""

REFUSED = [
    ("W9 > 0", "'W9' is not defined", "there is x, y, W1, b1, W2"),
    ("los < 1", "'los' is not defined", "did you mean 'loss'?"),
    ("norm(velocity(W1)) > 0", "'velocity(W1)' is not defined", None),
    ("prev(W7)", "'W7' is not defined", None),
    ("any(W1 + W2)", "2×3 and 3×2 do not fit together", "sizes are matched from the last axis"),
    ("W1 > 0", "a condition is one number, this is 2×3", "any(...), all(...) or norm(...) is one"),
    ("b1 > 0", "a condition is one number, this is 3 numbers", "any(...), all(...) or norm(...) is one"),
    ("any(where(W1, W1, W1))", "where stands in derivative rules only", None),
    ("norm(sign(W1)) > 1", "sign stands in derivative rules only", None),
    ("nurm(W1) > 1", "nurm", "did you mean 'norm'?"),
    ("norm(z1 - prev(z1)) > 0", "z1 has another shape in the smaller last batch of an epoch", None),
    ("any(x != prev(prev(x)))", "x has another shape in the smaller last batch of an epoch", None),
    ("sum(W1, axis=3) > 0", "axis", None),
    ("x[2, 0] > 0", "in a batch of 2", None),
    ("sum(x @ W1.T.T - reshape(concat(b1, concat(b1, b1)), 3, 3)) > 0", "in a batch of 2", None),
    ("prev(iteration) > 1", "iteration", None),
]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("text", "said", "hint"), REFUSED)
def test_what_cannot_be_asked_is_refused_with_the_reason(text: str, said: str, hint: str | None, order: int) -> None:
    """Whether the current iteration has a batch of the usual size or the smaller one."""
    programs = programs_of(Timeline(loads(NET)))[::order]
    with pytest.raises(LanguageError) as caught:
        check(parse_expression(text), programs, truth=True)
    assert said in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")


def test_a_condition_of_the_smaller_batch_alone_is_refused() -> None:
    """With one sample in the last batch its labels are a single number, in the others they are not."""
    programs = programs_of(Timeline(loads(NET.replace("batch_size = 3", "batch_size = 4"))))
    for order in (1, -1):
        with pytest.raises(LanguageError, match="a condition is one number"):
            check(parse_expression("y > 0"), programs[::order], truth=True)


def test_what_a_run_has_to_be_told_before_its_hits_count() -> None:
    programs = programs_of(Timeline(loads(NET)))
    for text, back in (("loss", 0), ("prev(loss) > iteration", 1), ("prev(W1) - prev(prev(prev(W1)))", 3)):
        expression = parse_expression(text)
        assert depth(expression, programs[0]) == back
        plan = Timeline(loads(NET)).schedule
        assert Watcher([Condition(expression)], plan).warm_up(programs) == back
        assert Watcher([Condition(expression, change=True)], plan).warm_up(programs) == back + 1
    assert Watcher([Condition(steps=lambda _: (1,))], plan).warm_up(programs) == 0
