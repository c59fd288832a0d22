"""Gradients against differences, entry by entry: what agrees, what does not, corners, and how the width matters."""

from __future__ import annotations

import itertools
from copy import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep import clock
from nnstep.engine import Record, Timeline
from nnstep.engine import difference as difference_module
from nnstep.engine.difference import TOLERANCE, Difference, difference, sweep, worst
from nnstep.engine.probe import Probe
from nnstep.ops import Array, operation
from nnstep.program import Value
from nnstep.scenario import Scenario, loads
from tests.engine.strategies import scenarios
from tests.present import present


def record_of(equations: str, parameters: str) -> Record:
    """The first iteration of a few equations."""
    return Timeline(loads(f"equations = '''\n{equations}\n'''\n[parameters]\n{parameters}\n")).record(1)


def gradients(record: Record) -> list[Value]:
    """Every gradient, contribution and stage."""
    return [value for value in record.program.values if value.role in ("gradient", "contribution")]


def slot_of(record: Record, name: str) -> int:
    """The slot of a gradient."""
    return record.program.versions[name][-1]


def check(equations: str, parameters: str, name: str = "grad(w)", index: tuple[int, ...] = ()) -> Difference:
    """The check of one entry."""
    record = record_of(equations, parameters)
    return difference(record, slot_of(record, name), index)


def is_moderate(record: Record) -> bool:
    """Whether differences of float64 can tell anything."""
    return all(np.abs(record.value(slot)).max(initial=0.0) < 100 for slot in range(len(record.program.values)))


def with_numbers(record: Record, slot: int, numbers: Array | float) -> Record:
    """The record with other numbers in one slot, and in no other: slots may share memory."""
    other = copy(record)
    object.__setattr__(other, "value", lambda one: numbers if one == slot else record.value(one))
    return other


@settings(max_examples=60, deadline=None)
@given(scenarios())
def test_every_gradient_contribution_and_stage_agrees_with_its_difference(scenario: Scenario) -> None:
    record = Timeline(scenario).record(1)
    before = record.arena.tobytes()
    if is_moderate(record):
        for value in gradients(record):
            found = worst(record, value.slot, 12)
            corner = found.difference.corner
            several = corner is not None and corner.at == 0  # at several corners at once each may be taken on its side
            assert found.difference.ok or several, (value.name, found)
    assert record.arena.tobytes() == before


@settings(max_examples=40, deadline=None)
@given(scenarios(), st.data())
def test_an_entry_where_it_is_gives_the_objective_to_the_last_bit(scenario: Scenario, data: st.DataObject) -> None:
    record = Timeline(scenario).record(1)
    found = gradients(record)
    if found:
        value = data.draw(st.sampled_from(found))
        index = tuple(data.draw(st.integers(0, size - 1)) for size in value.shape)
        probe = Probe(record, value.slot)
        assert np.array_equal(probe.at(index, probe.entry(index)), present(record.loss), equal_nan=True)
        probe.at(index, probe.entry(index) + 0.25)
        assert np.array_equal(probe.at(index, probe.entry(index)), present(record.loss), equal_nan=True)


@settings(max_examples=40, deadline=None)
@given(scenarios(), st.data())
def test_a_wrong_entry_is_found(scenario: Scenario, data: st.DataObject) -> None:
    record = Timeline(scenario).record(1)
    found = [value for value in gradients(record) if np.prod(value.shape) <= 200]
    if found and is_moderate(record):
        value = data.draw(st.sampled_from(found))
        index = tuple(data.draw(st.integers(0, size - 1)) for size in value.shape)
        numbers = np.array(record.value(value.slot))
        numbers[index] += 2 * max(1.0, abs(float(numbers[index])))
        wrong = with_numbers(record, value.slot, numbers)
        if worst(record, value.slot).difference.corner is None:
            one = worst(wrong, value.slot)
            assert one.index == index
            assert not one.difference.ok
            assert one.checked == one.entries


@pytest.mark.parametrize(
    ("equation", "below", "above"),
    [
        ("relu(w)", 0, 1),
        ("leaky_relu(w, 0.2)", 0.2, 1),
        ("elu(w, 3)", 3, 1),
        ("abs(w)", -1, 1),
        ("maximum(0, w)", 0, 1),
        ("minimum(w, 0)", 1, 0),
        ("mae(w, 0 * w)", -1, 1),
        ("0.0001 * relu(w)", 0, 0.0001),
    ],
)
def test_a_corner_is_named_with_the_slopes_on_its_sides(equation: str, below: float, above: float) -> None:
    found = check(f"loss = sum({equation})", "w = 0.0")
    assert found.ok
    corner = present(found.corner)
    assert (corner.name, corner.at) == ("w", 0)
    assert corner.operation in equation
    assert (found.below, found.above) == pytest.approx((below, above), abs=1e-8)
    assert found.numeric == pytest.approx((below + above) / 2, abs=1e-4)
    assert min(below, above) - 1e-8 <= found.analytic <= max(below, above) + 1e-8


def test_the_corner_is_the_operands_own_and_the_first_one() -> None:
    found = check(
        "z = w * x\nh = relu(z)\nloss = sum(abs(h))", "w = [2.0, 3.0]\nx = { value = [1.0, 0.0] }", "grad(w)", (0,)
    )
    assert found.corner is None
    found = check("z = w * x\nh = relu(z)\nloss = sum(abs(h))", "w = [2.0, 3.0]\nx = [1.0, 0.0]", "grad(x)", (1,))
    corner = present(found.corner)
    assert (corner.step, corner.name, corner.index) == (2, "z", (1,))
    assert (found.below, found.above) == pytest.approx((0, 3))


@pytest.mark.parametrize(
    ("equation", "w", "index", "other"),
    [
        ("max(w)", "[[1, 2, 2], [0, 1, 2]]", (0, 1), (0, 2)),
        ("max(w, axis=0)", "[[1, 2, 2], [0, 1, 2]]", (0, 2), (1, 2)),
        ("max(w, axis=0)", "[[5, 1], [0, 2], [5, 3]]", (0, 0), (2, 0)),
        ("max(w, axis=1)", "[[9, 2, 1], [2, 2, 1]]", (1, 1), (1, 0)),
        ("max(w, axis=1)", "[[1, 2, 2], [0, 1, 2]]", (0, 2), (0, 1)),
        ("min(w, axis=-1)", "[[1, 2, 1], [0, 1, 2]]", (0, 0), (0, 2)),
    ],
)
def test_entries_that_are_equally_large_are_a_corner(
    equation: str, w: str, index: tuple[int, int], other: tuple[int, int]
) -> None:
    found = check(f"loss = sum({equation})", f"w = {w}", index=index)
    assert found.ok
    corner = present(found.corner)
    assert corner.at == 0
    assert {corner.index, present(corner.other)[1]} == {index, other}


@pytest.mark.parametrize(
    ("equation", "w", "operand", "level", "below", "above"),
    [
        ("bce(sigmoid(w), 1)", -100.0, "sigmoid(w)", 3.720075976020836e-44, 0, -1),  # the logarithm ends at −100
        ("softplus(w)", 20.0, "w", 20.0, 1 - 2.1e-9, 1),  # from here on w itself, as in PyTorch
        ("maximum(w, 0.5)", 0.5, "w", 0.5, 0, 1),
        ("minimum(0.5, w * 2)", 0.25, "w * 2", 0.5, 2, 0),
        ("relu(w - 3)", 3.0, "w - 3", 0.0, 0, 1),
        ("sqrt(w * w)", 0.0, "w * w", 0.0, -1, 1),  # which is never below 0: it only touches the corner
    ],
)
def test_the_number_that_a_corner_is_at(
    equation: str, w: float, operand: str, level: float, below: float, above: float
) -> None:
    found = check(f"loss = {equation}", f"w = {w}")
    corner = present(found.corner)
    assert (corner.name, corner.other) == (operand, None)
    assert corner.level == pytest.approx(level, rel=1e-12)
    assert corner.at == pytest.approx(0)
    assert (found.below, found.above) == pytest.approx((below, above), abs=3e-5)


def test_the_logarithms_of_bce_end_near_0_and_near_1() -> None:
    level = present(operation("bce").corner).level
    assert level(0.2) == pytest.approx(3.720075976020836e-44, rel=1e-15)
    assert level(0.8) == 1.0


@pytest.mark.parametrize("w", [-800.0, -101.0, -99.0, 800.0])  # also where the probability is 0 or 1
def test_beside_the_end_of_the_logarithm_there_is_no_corner(w: float) -> None:
    assert check("loss = bce(sigmoid(w), 1)", f"w = {w}").corner is None


@pytest.mark.parametrize("equation", ["max(w)", "sum(max(w, axis=0))", "sum(max(v, axis=1)) + max(w)"])
def test_equally_large_entries_are_a_corner_however_little_it_bends(equation: str) -> None:
    found = check(f"loss = 1e-8 * ({equation})", "w = [[1.0], [1.0]]\nv = [[1.0, 2.0], [3.0, 2.0]]", index=(0, 0))
    assert found.verdict == "corner"
    corner = present(found.corner)
    assert (corner.index, corner.other) == ((0, 0), ("w", (1, 0)))
    assert (found.below, found.above) == pytest.approx((0, 1e-8))


@pytest.mark.parametrize(
    "smooth", ["w ** 0", "w ** 1", "w ** 2", "w ** 3", "leaky_relu(w, 1)", "elu(w, 1)", "softplus(w)", "huber(w, 0)"]
)
def test_what_is_smooth_at_0_is_not_named_as_the_corner_there(smooth: str) -> None:
    assert present(check(f"loss = {smooth} + abs(w)", "w = 0.0").corner).operation == "abs"


def test_a_power_below_1_has_a_corner_at_0() -> None:
    corner = present(check("loss = (w * w) ** 0.5", "w = 0.0").corner)
    assert (corner.operation, corner.name, corner.level) == ("power", "w * w", 0.0)


def test_the_logarithm_of_what_is_left_of_a_probability_ends_where_nothing_is_left() -> None:
    corner = present(check("loss = bce(sigmoid(w), 0)", f"w = {53 * np.log(2)}").corner)  # 1 + 2⁻⁵³ is 1
    assert (corner.operation, corner.name, corner.level) == ("bce", "sigmoid(w)", 1.0)


def test_what_is_no_number_on_one_side_is_no_corner() -> None:
    found = check("loss = abs(log(w)) ** 0 + abs(w - 1e-7)", "w = 1e-7")  # the logarithm of w - h is no number
    corner = present(found.corner)
    assert (corner.operation, corner.name) == ("abs", "w - 1e-07")


def test_what_is_compared_is_named_on_both_sides() -> None:
    found = check("loss = sum(maximum(w, v))", "w = [[0.5, 0.2], [0.1, 0.2]]\nv = [0.3, 0.2]", index=(1, 1))
    corner = present(found.corner)
    assert (corner.name, corner.index, corner.other) == ("w", (1, 1), ("v", (1,)))


def test_a_corner_that_is_nearer_than_the_width_is_found() -> None:
    found = check("loss = relu(w)", "w = 0.000001")
    assert found.ok
    assert present(found.corner).at == pytest.approx(1e-6)
    assert difference(record_of("loss = relu(w)", "w = 0.000001"), 2, (), 1e-7).corner is None


@pytest.mark.parametrize("equation", ["elu(w)", "huber(w, 1)", "leaky_relu(w, 1)", "w ** 2", "relu(w) * 0 + w"])
@pytest.mark.parametrize("w", ["0.0", "2.0"])
def test_what_only_bends_there_is_no_corner(equation: str, w: str) -> None:
    found = check(f"loss = {equation}", f"w = {w}")
    assert found.ok
    assert found.corner is None


def test_where_corners_cancel_the_rule_is_wrong_and_the_corner_is_named() -> None:
    found = check("loss = relu(w) - abs(w) / 2", "w = 0.0")
    assert not found.ok
    assert present(found.corner).operation == "relu"
    assert found.error == pytest.approx(0.5)


def test_a_contribution_is_checked_by_moving_that_use_alone() -> None:
    record = record_of("a = w\nb = 2 * w\nloss = a * b", "w = 3.0")
    numbers = {
        name: difference(record, slot_of(record, f"grad(w){name}"), ()).numeric for name in ("", " via a", " via b")
    }
    assert numbers == pytest.approx({"": 12, " via a": 6, " via b": 6})
    record = record_of("h = w * w\nloss = sum(h)", "w = [3.0]")
    assert difference(record, slot_of(record, "grad(w) via h (1)"), (0,)).numeric == pytest.approx(3)


def test_what_is_no_gradient_cannot_be_checked() -> None:
    record = record_of("z = w * 2\nloss = z ** 2", "w = 3.0")
    with pytest.raises(ValueError, match=r"^z$"):
        difference(record, slot_of(record, "z"), ())


def test_not_a_number_is_the_worst() -> None:
    record = record_of("loss = sum(log(w))", "w = [1.0, -1.0, 2.0]")
    found = worst(record, slot_of(record, "grad(w)"))
    assert np.isnan(found.difference.error)
    assert not found.difference.ok


def test_of_a_large_value_some_entries_are_checked() -> None:
    record = record_of("loss = sum(sin(w))", "w = { shape = [50, 50], init = 'normal' }")
    slot = slot_of(record, "grad(w)")
    assert (worst(record, slot).checked, worst(record, slot, 7).checked, worst(record, slot).entries) == (1000, 7, 2500)


# The width.

smooth = st.sampled_from(["sin(w)", "exp(w)", "tanh(w)", "w ** 3", "sigmoid(w) * w", "1 / (2 + w)"])


@settings(max_examples=40, deadline=None)
@given(smooth, st.floats(0.3, 1.2))
def test_truncation_falls_with_the_square_of_the_width_and_rounding_rises(function: str, w: float) -> None:
    record = record_of(f"loss = {function}", f"w = {w!r}")
    found = sweep(record, slot_of(record, "grad(w)"), ())
    widths = np.log10([point.width for point in found.points])
    errors = np.log10([point.error or 1.0 for point in found.points])
    assert found.relative
    assert found.turn + len(found.rounding) == len(found.points)
    if found.turn >= 6:  # else the third derivative is nearly 0 here
        falling = range(found.turn)[1:-2]
        assert np.polyfit(widths[falling], errors[falling], 1)[0] == pytest.approx(2, abs=0.35)
    rising = [k for k in found.rounding if found.points[k].error]  # some come out exact by chance
    if len(rising) >= 15:
        assert np.polyfit(widths[rising], errors[rising], 1)[0] == pytest.approx(-1, abs=0.5)
    assert found.points[found.best].error < TOLERANCE
    assert all(found.points[found.best].error <= found.points[k].error for k in range(found.turn))


def test_a_parabola_has_no_truncation() -> None:
    record = record_of("loss = w ** 2", "w = 1.3")
    found = sweep(record, slot_of(record, "grad(w)"), ())
    assert found.turn == 0
    assert found.points[found.best].width > 1e-3  # not where rounding came out as 0 by chance


def test_at_a_corner_no_width_is_narrow_enough() -> None:
    record = record_of("loss = relu(w)", "w = 0.0")
    found = sweep(record, slot_of(record, "grad(w)"), ())
    assert not found.relative  # to an analytic gradient of 0 nothing is
    assert found.turn == len(found.points)
    assert {point.error for point in found.points} == {0.5}


def test_errors_of_zero_are_exact() -> None:
    record = record_of("loss = 2 * w", "w = 0.5")
    assert {point.error for point in sweep(record, slot_of(record, "grad(w)"), ()).points} == {0.0}


@pytest.mark.parametrize(
    ("equation", "w"),
    [
        ("sin(1000 * w)", "0.3"),
        ("1 / w", "1e-4"),
        ("sin(100 * w)", "0.2"),
        ("log(w)", "1e-6"),
        ("sqrt(w)", "1e-6"),
        ("bce(w, 1)", "1e-7"),
        ("exp(w)", "1.2"),
    ],
)
def test_where_a_function_bends_or_ends_the_right_slope_passes_and_one_nearby_does_not(equation: str, w: str) -> None:
    record = Timeline(loads(f"equations = 'loss = {equation}'\n[parameters]\nw = {w}")).record(1)
    slot = record.program.versions["grad(w)"][-1]
    found = difference(record, slot, ())
    assert found.ok
    assert found.corner is None
    for factor in (1.1, 0.99, 1.001):
        assert not difference(with_numbers(record, slot, factor * record.value(slot)), slot, ()).ok


def test_the_entries_that_are_looked_at_first_are_spread_over_all_of_them() -> None:
    """However early the time is up, no large part of a gradient was passed over."""
    record = Timeline(
        loads('equations = "loss = sum(w * w)"\n[parameters]\nw = { shape = [40, 50], init = "ones" }')
    ).record(1)
    slot = slot_of(record, "grad(w)")
    for looks in (1, 2, 5):
        with clock.reading(map(float, itertools.count()).__next__):
            found = worst(record, slot, most=2000, seconds=looks - 0.5)
        assert 10 <= found.checked < 2000
        assert found.entries == 2000
    order = difference_module._order(record.value(slot), 2000)
    assert sorted(order) == list(range(2000))
    for count in (10, 50, 400):
        gaps = np.diff([-1, *sorted(order[:count]), 2000])
        assert gaps.max() <= 3 * 2000 / count


def test_the_only_entry_that_is_no_number_is_looked_at_however_little_time_there_is() -> None:
    record = Timeline(loads('equations = "loss = sum(sqrt(w))"\n[parameters]\nw = [4, 4, 4, 4, 4, 4, 0, 4]')).record(1)
    found = worst(record, slot_of(record, "grad(w)"), most=2, seconds=-1.0)
    assert found.index == (6,)
