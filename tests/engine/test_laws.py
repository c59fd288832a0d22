"""What is true of any program: values, gradients, records, replay. Programs are drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nnstep.engine.machine
from nnstep.engine import Record, Timeline, evaluate
from nnstep.engine.assemble import bound_to
from nnstep.language import Call, Name, names, parse_expression
from nnstep.ops import Array, Index, evaluate_cell
from nnstep.program import cell, chain, parameters_with_gradient
from nnstep.scenario import loads
from nnstep.scenario.model import Scenario
from tests.engine.random_programs import random_case
from tests.engine.strategies import naive_values, scenarios

FEW = settings(max_examples=60, deadline=None)


def given_values(record: Record) -> dict[str, Array]:
    """What is there before the first step."""
    return {value.name: record.value(value.slot) for value in record.program.values if value.step == 0}


def same_bits(one: Record, other: Record) -> bool:
    """Whether two records have the same bits in every value."""
    slots = range(len(one.program.values))
    return all(one.value(slot).tobytes() == other.value(slot).tobytes() for slot in slots)


def tame(record: Record) -> bool:
    """Whether the values are of a size that differences and sums can be compared at."""
    slots = range(len(record.program.values))
    return all(np.isfinite(record.value(slot)).all() and np.abs(record.value(slot)).max() < 1e4 for slot in slots)


@FEW
@given(scenarios())
def test_the_forward_pass_is_what_the_equations_say(scenario: Scenario) -> None:
    timeline = Timeline(scenario)
    for iteration in {1, timeline.iterations}:
        record = timeline.record(iteration)
        assume(tame(record))
        values = naive_values(scenario, given_values(record))
        for equation in scenario.equations:
            name = equation.assignment.target
            np.testing.assert_allclose(record[name], values[name], rtol=1e-11, atol=1e-11, err_msg=name)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))  # not hypothesis's own numbers: it would make them all 0, and everything a corner
def test_every_gradient_is_the_central_difference(seed: int) -> None:
    """Of parameters and named values: one entry of each. At a corner it is between the slopes of both sides."""
    rng = Random(seed)
    scenario = loads(random_case(rng).text)
    record = Timeline(scenario).record(1)
    objective = scenario.objective
    assume(tame(record))
    start = given_values(record)
    for name in [one[5:-1] for one in record.program.versions if one.startswith("grad(")]:
        if not name.isidentifier() or name == objective:
            continue
        value = record.at(name, 0) if name in start else record[name]
        assert value is not None
        flat = rng.randrange(value.size)
        width = 1e-6 * max(1.0, abs(float(value.flat[flat])))

        def loss(change: float, value: Array = value, name: str = name, flat: int = flat) -> float:
            moved = value.copy()
            moved.flat[flat] += change
            assert objective is not None
            return float(naive_values(scenario, start, {name: moved})[objective])

        below, here, above = loss(-width), loss(0.0), loss(width)
        low, high = sorted(((here - below) / width, (above - here) / width))
        slack = 1e-5 * max(1.0, abs(here), abs(low), abs(high))
        assert low - slack <= record[f"grad({name})"].flat[flat] <= high + slack, name


@pytest.mark.parametrize("copied", [0, 1 << 20], ids=["lent", "copied"])
@settings(max_examples=40, deadline=None)
@given(scenario=scenarios(), rng=st.randoms(use_true_random=False))
def test_replay_gives_the_bits_of_the_first_run(copied: int, scenario: Scenario, rng: Random) -> None:
    with mock.patch.object(nnstep.engine.machine, "_COPIED", copied):
        straight = Timeline(scenario, records=10_000)
        first = [straight.record(number) for number in range(1, straight.iterations + 1)]
        there = Timeline(scenario, budget=rng.choice((0, 500, 1 << 20)), records=rng.randint(1, 3))
        for _ in range(2 * len(first)):
            number = rng.randint(1, len(first))
            assert same_bits(there.record(number), first[number - 1])
            told, expected = there.history.points(), straight.history.points(there.reached)
            np.testing.assert_array_equal(told.last, expected.last)


@pytest.mark.parametrize("copied", [0, 1 << 20], ids=["lent", "copied"])
@settings(max_examples=20, deadline=None)
@given(scenario=scenarios(), rng=st.randoms(use_true_random=False))
def test_a_record_that_someone_has_never_changes(copied: int, scenario: Scenario, rng: Random) -> None:
    """Nor does a single array of it, when the record itself is gone."""
    with mock.patch.object(nnstep.engine.machine, "_COPIED", copied):
        timeline = Timeline(scenario, records=1)
        had: list[tuple[Array, bytes]] = []
        for _ in range(timeline.iterations + 3):
            record = timeline.record(rng.randint(1, timeline.iterations))
            value = record.value(rng.randrange(len(record.program.values)))
            had.append((value, value.tobytes()))
            del record
            if rng.random() < 0.3:
                had.pop(rng.randrange(len(had)))
            assert all(array.tobytes() == bits for array, bits in had)


@FEW
@given(scenarios())
def test_an_iteration_depends_on_its_state_and_batch_alone(scenario: Scenario) -> None:
    timeline = Timeline(scenario)
    record = timeline.record(timeline.iterations)
    machine = timeline.scratch_machine(record)
    for value in record.program.values:  # what an earlier run left must not matter
        made = value.step and names(record.program.steps[value.step - 1].expression)
        if made and value.slot in machine.layout.offsets:
            machine.values[value.slot][...] = np.nan
    with np.errstate(all="ignore"):
        machine.run()
        machine.run()
    for slot in range(len(record.program.values)):
        assert machine.values[slot].tobytes() == record.value(slot).tobytes(), record.program.values[slot]


@FEW
@given(scenarios(), st.randoms(use_true_random=False))
def test_nothing_that_is_assigned_later_can_be_seen(scenario: Scenario, rng: Random) -> None:
    record = Timeline(scenario).record(1)
    program = record.program
    step = rng.randint(0, len(program.steps))
    blinded = record.arena.copy()
    for value in program.values:
        if value.step > step and value.slot in record.layout.offsets:
            start = record.layout.offsets[value.slot]
            blinded[start : start + max(1, record.value(value.slot).size)] = np.nan
    other = Record(record.layout, blinded, record.place)
    for name, slots in program.versions.items():
        now, before = record.at(name, step), other.at(name, step)
        done = [slot for slot in slots if program.values[slot].step <= step]
        assert (now is None) == (not done)
        if now is not None and before is not None:
            assert now.tobytes() == before.tobytes() == record.value(done[-1]).tobytes()


@FEW
@given(scenarios())
def test_records_are_read_only(scenario: Scenario) -> None:
    record = Timeline(scenario).record(1)
    with pytest.raises(ValueError, match="read-only"):
        record.arena[0] = 1.0
    for value in record.program.values:
        assert not record.value(value.slot).flags.writeable
        assert record.value(value.slot).shape == value.shape


@FEW
@given(scenarios())
def test_the_next_iteration_starts_where_the_last_one_ended(scenario: Scenario) -> None:
    timeline = Timeline(scenario)
    for iteration in range(2, timeline.iterations + 1):
        before, after = timeline.record(iteration - 1), timeline.record(iteration)
        for (_, end), (start, _) in zip(before.program.carried, after.program.carried, strict=True):
            assert before.value(end).tobytes() == after.value(start).tobytes()


@FEW
@given(scenarios())
def test_the_chain_multiplies_out_to_the_gradient(scenario: Scenario) -> None:
    record = Timeline(scenario).record(1)
    for parameter in parameters_with_gradient(record.program):
        factors = chain(record.program, parameter)
        made = [record.program.values[factor.step.target].name for factor in factors]
        assert made[-1] == f"grad({parameter})"
        for factor in factors:
            assert set(factor.upstream) <= set(made)
            slots = dict(factor.step.operands)
            g = [record.value(slots[name]) for name in factor.upstream]
            by = factor.step.expression if factor.local is None else factor.local
            local = evaluate(by, {name: record.value(slot) for name, slot in slots.items()}.__getitem__)
            found, value = multiplied(factor.kind, local, g), record.value(factor.step.target)
            np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-12)


def entry_of(arrays: Mapping[str, Array], name: str, at: Index) -> float:
    return float(arrays[name][at])


def multiplied(kind: str, by: Array, g: list[Array]) -> Array:
    """What a factor of this kind makes of the upstream gradients, `by` being its local derivative or whole rule."""
    kinds: dict[str, Callable[[], Array]] = {
        "seed": lambda: np.array(1.0),
        "start": lambda: by,
        "whole": lambda: by,
        "left": lambda: by @ g[0],
        "right": lambda: g[0] @ by,
        "entrywise": lambda: by * g[0],
        "identity": lambda: g[0],
        "sum": lambda: by,
        "add": lambda: np.sum(g, axis=0),
    }
    return kinds[kind]()


@settings(max_examples=40, deadline=None)
@given(scenarios())
def test_the_arithmetic_of_every_cell_comes_to_its_value(scenario: Scenario) -> None:
    """Of every step, forward, backward and update."""
    record = Timeline(scenario).record(1)
    assume(tame(record))
    for step in record.program.steps:
        value, slots = record.value(step.target), dict(step.operands)
        shapes = {name: record.program.values[slot].shape for name, slot in step.operands}
        arrays = {name: record.value(slot) for name, slot in slots.items()}
        for index in list(np.ndindex(value.shape))[:12]:
            tree = cell(step.expression, shapes.__getitem__, index)
            found = evaluate_cell(tree, partial(entry_of, arrays))
            assert found == pytest.approx(float(value[index]), rel=1e-9, abs=1e-11), (step.equation, index)


@FEW
@given(scenarios())
def test_a_step_uses_what_was_assigned_before(scenario: Scenario) -> None:
    program = Timeline(scenario).program(1)
    assigned: set[int] = {value.slot for value in program.values if value.step == 0}
    for index, step in enumerate(program.steps, 1):
        assert step.index == index
        assert {slot for _, slot in step.operands} <= assigned
        assert step.target not in assigned, "a slot is assigned once"
        assert [name for name, _ in step.operands] == list(names(step.expression))
        assert all(program.values[slot].name == name for name, slot in step.operands)
        assigned.add(step.target)
        if step.phase == "forward" and isinstance(step.expression, Call):
            assert not any(isinstance(argument, Call) for argument in step.expression.arguments), "one operation"
    assert len(assigned) == len(program.values)
    phases = [phase for phase, _, _ in program.phases]
    assert phases == [phase for phase in ("forward", "backward", "update") if phase in phases]
    assert Name("loss") not in [step.expression for step in program.steps if step.phase != "backward"]  # exp has itself


def test_the_two_zeros_are_two_numbers() -> None:
    """A number written out is kept once for all its uses; 0 and -0 are equal and yet not the same divisor."""
    for text, expected in (("x * 0 + x / -0", -np.inf), ("x * -0 + x / 0", np.inf)):
        calls, found = bound_to(parse_expression(text), {"x": np.array(2.0)})
        with np.errstate(all="ignore"):
            for kernel, *operands in calls:
                kernel(*operands)
        assert float(found) == expected
