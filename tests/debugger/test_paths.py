"""The chain rule for one number: its products add up to the gradient, for any graph."""

from __future__ import annotations

import math
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger.provenance.coefficients import Coefficients, coefficients_by_arithmetic
from nnstep.debugger.provenance.products import EntryChain, EntrySet, entry_chain
from nnstep.engine import Record, Timeline
from nnstep.ops import Index
from nnstep.program import parameters_with_gradient
from nnstep.scenario import bundled, find, load, loads
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

CANCELLING = ("softmax_backward", "log_softmax_backward", "layer_norm_backward")
NAMES = [one.name for one in bundled()]
QUICK = settings(max_examples=25, deadline=None)


def first_record(scenario: Scenario) -> Record:
    return Timeline(scenario).record(1)


def gradients(record: Record) -> list[int]:
    return [value.slot for value in record.program.values if value.role in ("gradient", "contribution")]


def check(record: Record, found: EntryChain, most: int) -> None:
    program = record.program
    stored = float(record.value(found.slot)[found.index])
    assert found.stored == stored or math.isnan(stored)
    products = [product for path in found.paths for product in path.products]
    # No product at all where the entry does not take part: grad(x)[0] when only x[1:] is used.
    assert sum(len(path.products) + sum(n for _, n in path.vanishing) for path in found.paths) <= max(1, most)
    assert len({path.slots for path in found.paths}) == len(found.paths)
    size = sum(abs(product.value) for product in products)
    if math.isfinite(size) and math.isfinite(stored):
        assert found.total == pytest.approx(stored, rel=0, abs=1e-12 * size + cancelling(record) + 1e-300)
        assert found.total == pytest.approx(sum(path.total for path in found.paths), abs=1e-12 * size)
    for path in found.paths:
        assert path.slots[-1] == found.slot
        assert [level.slot for level in path.levels] == list(path.slots)
        starts = not Coefficients(record).above(path.slots[0])
        assert path.stored_top != starts
        for above, below in pairwise(path.slots):
            assert above in [slot for _, slot in program.steps[program.values[below].step - 1].operands]
        for product in path.products:
            assert len(product.factors) == len(product.indices) == len(path.slots)
            assert 0.0 not in product.factors or math.isnan(product.value)
            assert product.indices[-1] == found.index
            assert product.factors[0] == float(record.value(path.slots[0])[product.indices[0]]) or math.isnan(
                product.factors[0]
            )
            assert product.value == pytest.approx(math.prod(product.factors), nan_ok=True)
            for level, factor in zip(path.levels, product.factors, strict=True):
                if level.kind in ("identity", "add", "sum") and level.slot != path.slots[0]:
                    assert factor == 1.0
        for level in path.levels:
            assert 1 <= level.count <= level.size == record.value(level.slot).size
            assert level.needed_step < level.index == program.values[level.slot].step
            seen = {product.indices[path.slots.index(level.slot)] for product in path.products}
            assert len(seen) <= level.count
            assert seen <= spanned(record, level.slot, level.span, seen, found.index)


def cancelling(record: Record) -> float:
    """In the rules of these operations numbers of the size of the upstream gradient cancel, also to exactly 0."""
    program = record.program
    if not any(step.operation in CANCELLING for step in program.steps):
        return 0.0
    sizes = [np.abs(record.value(slot)) for slot in gradients(record)]
    return 1e-9 * max(float(size[np.isfinite(size)].max(initial=0.0)) for size in sizes)


def spanned(record: Record, slot: int, span: EntrySet, seen: set[Index], index: Index) -> set[Index]:
    """The cells that a span means; for those without a rule what was seen."""
    everything = set(np.ndindex(record.value(slot).shape))
    match span.kind:
        case "all":
            return everything
        case "row":
            return {one for one in everything if one[0] == span.at}
        case "column":
            return {one for one in everything if one[1] == span.at}
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_products_add_up_to_the_gradient_in_bundled_scenarios(name: str) -> None:
    record = first_record(load(find(name)))
    most = 40 if name == "deep" else 400
    for parameter in parameters_with_gradient(record.program):
        slot = record.program.versions[f"grad({parameter})"][-1]
        for index in islice(np.ndindex(record.value(slot).shape), 12):
            check(record, entry_chain(record, slot, index, most), most)


@QUICK
@given(scenario=scenarios(), most=st.sampled_from([1, 2, 7, 50, 400]))
def test_products_add_up_to_the_gradient(scenario: Scenario, most: int) -> None:
    record = first_record(scenario)
    for slot in gradients(record):
        for index in islice(np.ndindex(record.value(slot).shape), 3):
            check(record, entry_chain(record, slot, index, most), most)


@QUICK
@given(scenario=scenarios())
def test_links_from_arrays_are_those_of_the_arithmetic(scenario: Scenario) -> None:
    record = first_record(scenario)
    links = Coefficients(record)
    for slot in gradients(record):
        exact = coefficients_by_arithmetic(record, links.step(slot))
        for index in islice(np.ndindex(record.value(slot).shape), 4):
            if not links.above(slot):
                continue
            found, expected = links.of(slot, index), exact(index)
            assert [link[:4] for link in found] == [link[:4] for link in expected]
            np.testing.assert_allclose(
                [link.factor for link in found], [link.factor for link in expected], rtol=1e-12, atol=1e-300
            )


def chain_of(name: str, gradient: str, index: Index, most: int = 400) -> tuple[Record, EntryChain]:
    record = first_record(load(find(name)))
    return record, entry_chain(record, record.program.versions[gradient][-1], index, most)


def test_the_products_of_the_two_layer_network() -> None:
    record, found = chain_of("two_layer", "grad(W1)", (0, 1))
    (path,) = found.paths
    names = [record.program.values[level.slot].name for level in path.levels]
    assert names == ["grad(o)", "grad(h)", "grad(z)", "grad(W1)"]
    assert [level.kind for level in path.levels] == ["start", "right", "entrywise", "left"]
    assert [level.span for level in path.levels] == [
        EntrySet("all"),
        EntrySet("column", 1),
        EntrySet("column", 1),
        EntrySet("entry"),
    ]
    x, h, w = record["x"], record["h"], record.value(record.program.versions["W2"][0])
    top = record["grad(o)"]
    expected = [
        (top[n, k], w[1, k], h[n, 1] * (1 - h[n, 1]), x[n, 0])
        for n in range(3)
        for k in range(2)
        if top[n, k] * w[1, k] * x[n, 0] != 0
    ]
    assert [product.factors for product in path.products] == [pytest.approx(factors) for factors in expected]
    # W2[1, 1] is 0, and so is x[2, 0]: the first from the top is counted.
    assert path.vanishing == ((1, 3), (3, 1))


def test_a_value_used_twice_has_a_route_for_each_use() -> None:
    record, found = chain_of("residual", "grad(W1)", (0, 1))
    names = [[record.program.values[slot].name for slot in path.slots] for path in found.paths]
    assert sorted(any("via h2" in name for name in path) for path in names) == [False, True]
    assert all(path[0] == "grad(o)" and path[-1] == "grad(W1)" for path in names)


def test_what_would_be_too_many_products_ends_in_a_stored_gradient() -> None:
    for most in (1, 10, 60, 400, 1000):
        record, found = chain_of("deep", "grad(W1)", (0, 1), most)
        (path,) = found.paths
        assert path.stored_top
        check(record, found, most)
    _, found = chain_of("deep", "grad(W1)", (0, 1), 1)
    assert found.paths[0].products[0].factors == (found.stored,)


def test_a_dead_unit_says_where_the_products_vanish() -> None:
    text = """
title = "dead"
equations = \"\"\"
z = x @ W
loss = mse(relu(z), y)
\"\"\"
[data]
x = [[1, 2], [3, 4], [0, 1]]
y = [[1], [-1], [2]]
[parameters]
W = [[1], [-1]]
[optimizer]
type = "sgd"
lr = 0.1
"""
    record = first_record(loads(text))
    found = entry_chain(record, record.program.versions["grad(W)"][-1], (0, 0))
    (path,) = found.paths
    assert [level.kind for level in path.levels] == ["start", "entrywise", "left"]
    assert (path.products, path.total, found.stored) == ((), 0, 0)
    assert path.vanishing == ((1, 3),)  # relu'(z) is 0 for every row: that stops it before x[2, 0] = 0 does


def test_the_bias_gets_a_sum_and_a_seed_starts_with_one() -> None:
    _, found = chain_of("two_layer", "grad(b1)", (1,))
    assert found.paths[0].levels[-1].kind == "sum"
    record, found = chain_of("two_layer", "grad(loss)", ())
    assert (found.total, found.paths[0].levels[0].kind) == (1.0, "seed")
    assert record.loss is not None


def test_long_sums_are_within_the_bound() -> None:
    text = """
title = "long"
[data]
generate = "blobs"
samples = 64
[[layers]]
type = "linear"
units = 784
[[layers]]
type = "linear"
units = 128
[[layers]]
type = "relu"
[[layers]]
type = "linear"
units = 10
[loss]
type = "cross_entropy"
[optimizer]
type = "sgd"
lr = 0.1
"""
    record = first_record(loads(text))
    for name, index in (("grad(W1)", (1, 7)), ("grad(W2)", (100, 7)), ("grad(W3)", (5, 2)), ("grad(b1)", (3,))):
        found = entry_chain(record, record.program.versions[name][-1], index)
        check(record, found, 400)
        assert len(found.paths[0].products) > 10


@pytest.mark.parametrize(
    ("equations", "w", "total", "vanishing"),
    [
        ("loss = sum(log(sigmoid(w)))", "[-1000.0]", math.nan, 0),  # a slope of 0 under an infinite gradient
        ("loss = sum(sqrt(w * 0) * 2)", "[3.0]", math.nan, 0),
        ("loss = sum(sqrt(relu(w)))", "[-1.0]", 0.0, 1),  # a choice: nothing is multiplied
        ("loss = sum(1 / maximum(w, 0))", "[-1.0]", 0.0, 1),
        ("loss = sum(sqrt(relu(w)) + 2 * w)", "[-1.0]", 2.0, 1),
        ("loss = sum(log(sigmoid(w))) + sum(w)", "[-1000.0]", math.nan, 0),
    ],
)
def test_zero_times_infinity_is_no_product_that_vanishes(equations: str, w: str, total: float, vanishing: int) -> None:
    record = first_record(loads(f'equations = "{equations}"\n[parameters]\nw = {w}'))
    found = entry_chain(record, record.program.versions["grad(w)"][-1], (0,))
    np.testing.assert_array_equal([found.total, found.stored], [total, total])
    assert sum(count for path in found.paths for _, count in path.vanishing) == vanishing
