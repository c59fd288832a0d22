"""Many changes at once give what each change by itself gives."""

from __future__ import annotations

from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnstep.engine.difference
import nnstep.engine.stacked
from nnstep.engine import Record, Timeline
from nnstep.engine.difference import worst
from nnstep.engine.part import part_of
from nnstep.engine.probe import Probe
from nnstep.engine.stacked import stacked_objective
from nnstep.scenario import find, load, loads
from nnstep.scenario.model import Scenario
from tests.benchmarks.bench_engine import net
from tests.engine.strategies import scenarios

LAYERED = ("mlp", "two_layer", "xor", "wide", "deep", "mazur", "minibatch_sgd", "linear_regression")


def gradients(record: Record) -> list[int]:
    """The slots of all gradients, contributions and stages."""
    return [value.slot for value in record.program.values if value.role in ("gradient", "contribution")]


@given(scenarios(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_many_changes_at_once_are_each_change_by_itself(scenario: Scenario, rng: Random) -> None:
    record = Timeline(scenario).record(1)
    for slot in rng.sample(gradients(record), min(4, len(gradients(record)))):
        part = part_of(record.program, slot)
        if part is None:
            continue
        probe = Probe(record, slot)
        indices = [tuple(rng.randrange(size) for size in part.shape) for _ in range(5)]
        numbers = np.array([probe.entry(index) + rng.choice((0.0, 1e-6, 0.5, -2.0)) for index in indices])
        places = tuple(np.array(axis) for axis in zip(*indices, strict=True))
        with mock.patch.object(nnstep.engine.stacked, "_MOST", rng.choice((1, 40, 1 << 18))):
            found = stacked_objective(part, record, places, numbers)
        expected = [probe.at(index, float(number)) for index, number in zip(indices, numbers, strict=True)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@given(scenarios(), st.floats(-1, 1), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_verdict_is_that_of_looking_at_one_entry_after_the_other(
    scenario: Scenario, wrong: float, rng: Random
) -> None:
    """With right gradients, and with one entry made wrong."""
    record = Timeline(scenario).record(1)
    found = gradients(record)
    if not found:
        return
    slot = rng.choice(found)
    if rng.random() < 0.5:
        arena = record.arena.copy()
        value = record.layout.view(arena, slot)
        if not value.flags.writeable or not value.size:
            return
        value.reshape(-1)[rng.randrange(value.size)] += wrong
        record = Record(record.layout, arena, 1, 1, 1, record.rows)
    at_once = worst(record, slot)
    with mock.patch.object(nnstep.engine.difference, "part_of", return_value=None):
        one_by_one = worst(record, slot)
    assert at_once.difference.ok == one_by_one.difference.ok
    assert (at_once.checked, at_once.entries) == (one_by_one.checked, one_by_one.entries)
    if not one_by_one.difference.ok and np.isfinite(one_by_one.difference.error):
        assert at_once.difference.error == pytest.approx(one_by_one.difference.error, rel=1e-3)


@pytest.mark.parametrize("name", LAYERED)
def test_layers_are_all_done_at_once(name: str) -> None:
    record = Timeline(load(find(name))).record(1)
    assert [part_of(record.program, slot) for slot in gradients(record)].count(None) <= 1  # the objective's own


def test_a_handful_of_products_serves_all_entries() -> None:
    """114 entries, twice each, would be 456 products one by one."""
    record = Timeline(net((2, 8, 8, 2), 32, 1)).record(1)
    with (
        mock.patch.object(nnstep.engine.stacked, "_product", side_effect=nnstep.engine.stacked._product) as products,
        mock.patch.object(nnstep.engine.difference, "_difference", side_effect=AssertionError),
    ):
        for name in ("W1", "b1", "W2", "b2", "W3", "b3"):
            assert worst(record, record.program.versions[f"grad({name})"][-1]).difference.ok
    assert products.call_count == 3 + 2 + 2 + 1 + 1


def test_what_works_across_copies_is_looked_at_one_by_one() -> None:
    text = "equations = '''\nv = x @ w\nloss = sum(v * v)\n'''\n[data]\nx = [[1, 2], [3, 4]]\n[parameters]\nw = [1, 2]"
    record = Timeline(loads(text)).record(1)
    slot = record.program.versions["grad(w)"][-1]
    assert part_of(record.program, slot) is None, "a product with a vector"
    assert worst(record, slot).difference.ok


@pytest.mark.parametrize("weights", ["[[1e308, 1]]", "[[-1e308, 1e308]]", "[[1, 1e308]]"])
def test_a_column_that_is_not_finite_is_no_difference_that_can_be_added(weights: str) -> None:
    """tanh makes a finite number of an infinite one; a sum that goes on from infinity would be no number."""
    text = 'equations = "h = x @ W\\no = tanh(h @ V)\\nloss = sum(o)"\n[parameters]\nW = {weights}\nV = [[2.0], [1.0]]'
    text = text.replace("{weights}", weights) + "\n[constants]\nx = [[3.0], [-2.0]]\n"
    record = Timeline(loads(text)).record(1)
    slot = record.program.versions["grad(W)"][0]
    part, probe = part_of(record.program, slot), Probe(record, slot)
    assert part is not None
    indices, numbers = [(0, 0), (0, 1), (0, 0)], np.array([0.5, 0.25, 1e308])
    places = tuple(np.array(axis) for axis in zip(*indices, strict=True))
    expected = [probe.at(index, float(number)) for index, number in zip(indices, numbers, strict=True)]
    np.testing.assert_allclose(stacked_objective(part, record, places, numbers), expected)
