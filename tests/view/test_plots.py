"""Pictures: what is drawn is what is computed, nothing of a later step is seen, and it fits wherever it is put."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnstep.engine import Record, Timeline
from nnstep.ops import OPERATIONS, Array
from nnstep.program import Step
from nnstep.scenario import Scenario, bundled, find, load, loads
from nnstep.text import width as text_width
from nnstep.view.plots.axes import Axis, ticks
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.curve import curve_block
from nnstep.view.plots.functions import Curve, activation_curve
from nnstep.view.plots.histogram import distribution, histogram_block
from nnstep.view.plots.network import network_block
from nnstep.view.plots.structure import layers_of
from nnstep.view.text.blocks import Block, line_width
from nnstep.view.text.canvas import ClickArea, Piece, Target, line_text
from nnstep.view.text.matrix import format_of
from tests.engine.strategies import scenarios
from tests.present import present

NAMES = [one.name for one in bundled()]
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
sizes = st.tuples(st.integers(24, 180), st.integers(6, 44))


@cache
def record_of(name: str) -> Record:
    """The first iteration of a bundled scenario."""
    return Timeline(load(find(name))).record(1)


def painted(block: Block) -> list[tuple[Piece, ...]]:
    """All lines of a block."""
    return [block.line(y) for y in range(block.height)]


def text_of(block: Block) -> str:
    """The text of a block."""
    return "\n".join(map(line_text, painted(block)))


def target_of(hit: ClickArea, x: int = 0, y: int = 0) -> Target:
    """What a click on it asks for, at a column and row within it."""
    return hit.target if isinstance(hit.target, Target) else present(hit.target(x, y))


def assert_fits(block: Block, width: int, height: int, ascii: bool) -> None:
    """It is no larger than its room, and so are its hits; in ASCII it is ASCII."""
    assert block.height <= height
    for line in painted(block):
        assert line_width(line) <= width
        assert not ascii or line_text(line).isascii(), line_text(line)
    for hit in block.hits:
        assert hit.x >= 0
        assert hit.y >= 0
        assert hit.width >= 1
        assert hit.height >= 1
        assert hit.x + hit.width <= width
        assert hit.y + hit.height <= height


def without_what_comes(record: Record, now: int) -> Record:
    """The record as it would be if all that comes after `now` steps came out otherwise."""
    arena = record.arena.copy()
    early = [record.value(value.slot) for value in record.program.values if value.step <= now]
    changed = replace(record, arena=arena)
    for value in record.program.values:
        mine = record.value(value.slot)
        if value.step > now and not any(np.shares_memory(mine, other) for other in early):
            part = record.layout.view(arena, value.slot)
            part[...] = 12345.678
    return changed


def chosen_cells(data: st.DataObject, record: Record, now: int) -> tuple[int, tuple[int, ...]] | None:
    """A cell of any value of the record, or none."""
    value = data.draw(st.sampled_from(record.program.values))
    if not all(value.shape) or data.draw(st.booleans()):
        return None
    return value.slot, tuple(data.draw(st.integers(0, size - 1)) for size in value.shape)


# -- dots


@settings(deadline=None)
@given(st.data(), st.integers(1, 12), st.integers(1, 6))
def test_the_dots_that_are_set_are_the_dots_that_are_seen(data: st.DataObject, columns: int, rows: int) -> None:
    wanted = data.draw(st.sets(st.tuples(st.integers(-2, 2 * columns + 1), st.integers(-2, 4 * rows + 1))))
    dots = Dots(columns, rows)
    for x, y in wanted:
        dots.set(x, y)
    seen = set()
    for row, line in enumerate(dots.lines()):
        for column, char in enumerate(line_text(line)):
            for dy, pair in enumerate(BITS):
                for dx, bit in enumerate(pair):
                    if char != " " and (ord(char) - 0x2800) & bit:
                        seen.add((2 * column + dx, 4 * row + dy))
    assert seen == {(x, y) for x, y in wanted if 0 <= x < 2 * columns and 0 <= y < 4 * rows}


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 8), st.tuples(*[st.floats(-1e6, 1e6)] * 4))
def test_a_line_from_anywhere_to_anywhere_is_quick_and_in_its_room(
    columns: int, rows: int, ends: tuple[float, ...]
) -> None:
    dots = Dots(columns, rows)
    x0, y0, x1, y1 = ends
    dots.line(x0, y0, x1, y1)
    assert all(line_width(line) <= columns for line in dots.lines())
    assert all(line_text(line).isascii() for line in dots.lines(ascii=True))


@settings(deadline=None)
@given(st.data(), st.integers(1, 20), st.integers(1, 8))
def test_a_line_has_its_ends_and_no_gap(data: st.DataObject, columns: int, rows: int) -> None:
    xs, ys = st.integers(0, 2 * columns - 1), st.integers(0, 4 * rows - 1)
    x0, y0, x1, y1 = (data.draw(one) for one in (xs, ys, xs, ys))
    dots = Dots(columns, rows)
    with mock.patch.object(dots, "set") as placed:
        dots.line(x0, y0, x1, y1)
    seen = [call.args[:2] for call in placed.call_args_list]
    assert (x0, y0) in seen
    assert (x1, y1) in seen
    assert len(set(seen)) == max(abs(x1 - x0), abs(y1 - y0)) + 1


@settings(deadline=None)
@given(st.integers(1, 12), st.lists(st.tuples(st.integers(-3, 14), st.text("a界e\u0301 ", max_size=6)), max_size=5))
def test_text_over_dots_never_gets_wider_than_the_canvas(columns: int, texts: list[tuple[int, str]]) -> None:
    dots = Dots(columns, 1)
    dots.line(0, 0, 2 * columns - 1, 3)
    for column, text in texts:
        dots.write(column, 0, text)
    assert text_width(line_text(dots.lines()[0])) <= columns


def test_where_roles_meet_the_later_one_wins_and_a_mark_stands_over_dots() -> None:
    dots = Dots(2, 1)
    dots.set(0, 0, "plot-axis")
    dots.set(1, 1, "plot")
    dots.set(2, 0, "plot")
    dots.mark(1, 0, "●", "plot-mark")
    (line,) = dots.lines()
    assert [piece.role for piece in line] == ["plot", "plot-mark"]
    assert line_text(dots.lines(ascii=True)[0])[1] == "o"


@settings(deadline=None)
@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(1, 20))
def test_ticks_are_few_round_and_on_the_axis(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most
    assert list(found) == sorted(found)
    slack = 1e-6 * span + 1e-9 * abs(low)
    assert all(low - slack <= value <= low + span + slack for value in found)


@settings(deadline=None)
@given(st.floats(-50, 50), st.integers(2, 300))
def test_a_number_is_at_the_nearest_dot(value: float, dots: int) -> None:
    axis = Axis(-50.0, 50.0, dots)
    back = -50 + 100 * axis.at(value) / (dots - 1)
    assert abs(back - value) <= 0.5001 * 100 / (dots - 1)
    assert axis.at(value) + axis.down(value) == dots - 1


# -- curves


def curves(record: Record, now: int | None = None) -> Iterator[tuple[Step, Curve]]:
    """The curves of all steps of a record, each at its own moment."""
    for step in record.program.steps:
        found = activation_curve(record, step, step.index if now is None else now)
        if found is not None:
            yield step, found


@settings(max_examples=60, deadline=None)
@given(scenarios())
def test_the_curve_goes_through_the_values_and_its_slope_is_what_goes_back(scenario: Scenario) -> None:
    record = Timeline(scenario).record(1)
    for _, curve in curves(record):
        x, y = present(curve.x), present(curve.y)
        np.testing.assert_allclose(curve.at(x), y, rtol=1e-14)
        if curve.upstream is not None and curve.gradient is not None:
            with np.errstate(all="ignore"):
                expected = curve.upstream[1] * curve.slope_at(x, y)
            np.testing.assert_allclose(curve.gradient[1], expected, rtol=1e-9, atol=1e-12)


ARGUMENTS = {"power": ("x", "3"), "maximum": ("x", "0.5"), "minimum": ("0.5", "x")}
SCENARIO = 'equations = "h = {call}\\nloss = sum(h)"\n[parameters]\nx = [[0.3, 1.7, 2.9], [0.05, 0.9, 3.3]]'
CURVED = {one.name: one.curve for one in OPERATIONS if one.curve is not None}
WRITABLE = [one.name for one in OPERATIONS if one.curve is not None and one.where == "equation"]


@cache
def one_curve(name: str) -> tuple[Record, Curve]:
    """The curve of an operation applied to a parameter."""
    call = "x ** 3" if name == "power" else f"{name}({', '.join(ARGUMENTS.get(name, ('x',)))})"
    record = Timeline(loads(SCENARIO.format(call=call))).record(1)
    return record, present(activation_curve(record, record.program.steps[0], len(record.program.steps)))


@pytest.mark.parametrize("name", WRITABLE)
def test_the_slope_is_the_slope_of_the_curve(name: str) -> None:
    _, curve = one_curve(name)
    x = np.array([0.31, 1.3, 2.2])
    step = 1e-6
    numeric = (curve.at(x + step) - curve.at(x - step)) / (2 * step)
    np.testing.assert_allclose(curve.slope_at(x, curve.at(x)), numeric, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", WRITABLE)
@pytest.mark.parametrize("size", [(58, 16), (90, 24), (170, 40)])
def test_marks_lie_on_the_curve(name: str, size: tuple[int, int]) -> None:
    record, curve = one_curve(name)
    lines = painted(curve_block(curve, None, *size))
    cells = {}
    for y, line in enumerate(lines[:-1]):
        x = 0
        for piece in line:
            for char in piece.text:
                cells[x, y] = (char, piece.role)
                x += 1
    marks = [at for at, (char, _) in cells.items() if char == "●"]
    assert marks
    for x, y in marks:
        around = [cells.get((x + dx, y + dy), ("", "")) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        assert any(role in ("plot", "plot-second") for _, role in around), (name, size, x, y)
    backward = [step for step in record.program.steps if step.operation == f"{name}_backward"]
    assert present(activation_curve(record, backward[0], 99)).function == name


@pytest.mark.parametrize("name", NAMES)
def test_a_curve_says_nothing_of_what_is_not_computed(name: str) -> None:
    record = record_of(name)
    for step in record.program.steps:
        for now in {0, step.index - 1, step.index}:
            before = activation_curve(record, step, now)
            after = activation_curve(without_what_comes(record, now), step, now)
            if before is None:
                assert after is None
                continue
            index = tuple(0 for _ in before.shape)
            assert painted(curve_block(before, index, 80, 20)) == painted(curve_block(present(after), index, 80, 20))


def test_the_chosen_entry_is_there_with_its_numbers() -> None:
    record = record_of("two_layer")
    step = next(step for step in record.program.steps if step.operation == "sigmoid_backward")
    said = text_of(curve_block(present(activation_curve(record, step, step.index)), (0, 1), 90, 24))
    for part in ("◆ z[0,1] = 1.0 → h[0,1] = 0.7311", "slope 0.1966 × ∂L/∂h[0,1] 0.1624 = ∂L/∂z[0,1] 0.03193"):
        assert part in said
    assert "σ′(z) = h ⊙ (1 − h)" in said


def test_a_jump_is_not_joined() -> None:
    record, curve = one_curve("relu")
    block = curve_block(curve, None, 120, 40)
    steep = [line_text(line) for line in painted(block)]
    assert all(text.count("⣇") < 3 for text in steep)
    slopes = {float(one) for one in curve.slope_at(np.linspace(-2, 2, 9), curve.at(np.linspace(-2, 2, 9)))}
    assert slopes == {0.0, 1.0}
    assert record.program.rows == 0


@settings(max_examples=60, deadline=None)
@given(scenarios(), sizes, st.booleans(), st.data())
def test_curves_fit(scenario: Scenario, size: tuple[int, int], ascii: bool, data: st.DataObject) -> None:
    record = Timeline(scenario).record(1)
    found = list(curves(record, data.draw(st.sampled_from((None, 0, 2)))))
    if found:
        _, curve = data.draw(st.sampled_from(found))
        index = tuple(data.draw(st.integers(0, max(0, size - 1))) for size in curve.shape)
        assert_fits(curve_block(curve, data.draw(st.sampled_from((None, index))), *size, ascii), *size, ascii)


@pytest.mark.parametrize("name", WRITABLE)
@pytest.mark.parametrize("values", [(0.0, 0.0), (1e300, -1e300), (np.nan, np.inf), (-np.inf, 1e-300), (-1.0, 700.0)])
def test_curves_take_any_number(name: str, values: tuple[float, float]) -> None:
    _, curve = one_curve(name)
    x = np.array([values])
    odd = curve._replace(x=x, y=curve.at(x), shape=x.shape)
    for index, ascii in (((0, 0), True), ((0, 1), False)):
        assert_fits(curve_block(odd, index, 40, 14, ascii), 40, 14, ascii)


# -- the network


@pytest.mark.parametrize("name", ["two_layer", "xor", "mlp", "mazur", "tied_autoencoder", "linear_model"])
@pytest.mark.parametrize("size", [(58, 16), (90, 24), (170, 40)])
def test_every_neuron_is_there_with_its_number(name: str, size: tuple[int, int]) -> None:
    record = record_of(name)
    program, found = record.program, present(layers_of(record.program))
    last = program.phases[0][2]
    for row in range(min(2, program.rows)):
        block = network_block(record, last, last, row, None, *size)
        lines = painted(block)
        cells = {target_of(hit).argument: hit for hit in block.hits}
        for group in found.groups:
            value = program.values[group.slots[-1]]
            numbers = record.value(value.slot)[row]
            said = {unit: line_text(lines[cells[value.name, row, unit].y]) for unit in range(group.units)}
            in_panel = format_of(record.value(value.slot)).text
            if not all(in_panel(float(numbers[unit])) in said[unit] for unit in said):
                assert size == (58, 16)  # where all layers would not fit else
                assert all(f"{numbers[unit]:.2f}".replace("-", "−") in said[unit] for unit in said)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(58, 16), (110, 24)])
def test_the_network_shows_nothing_of_a_later_step(name: str, size: tuple[int, int]) -> None:
    record = record_of(name)
    for step in range(0, len(record.program.steps) + 1, 1 + len(record.program.steps) // 20):
        changed = without_what_comes(record, step)
        before, after = (network_block(one, step, step, 0, None, *size) for one in (record, changed))
        assert painted(before) == painted(after)
        assert before.hits == after.hits


@pytest.mark.parametrize("name", NAMES)
def test_a_click_on_a_neuron_chooses_a_cell_that_is_there(name: str) -> None:
    record = record_of(name)
    for step in range(0, len(record.program.steps) + 1, 3):
        for hit in network_block(record, step, step, 1, None, 90, 24).hits:
            target = target_of(hit)
            assert target.command == "cell.choose"
            match target.argument:
                case (str(value_name), int(row), int(column)):
                    value = present(record.program.latest(value_name, step))
                    rows, columns = (1, 1, *value.shape)[-2:]
                    assert row < rows
                    assert column < columns
                case argument:
                    raise AssertionError(argument)


@pytest.mark.parametrize("name", NAMES)
def test_every_program_has_a_picture(name: str) -> None:
    record = record_of(name)
    for size in ((24, 6), (58, 16), (90, 24)):
        assert text_of(network_block(record, 1, 1, 0, None, *size)).strip()


def roles(block: Block) -> set[str]:
    """The roles of all pieces of a block, as they are."""
    return {piece.role for line in painted(block) for piece in line}


def test_the_weights_of_the_step_are_lit_and_the_arrow_says_which_way() -> None:
    record = record_of("two_layer")
    forward, backward = (network_block(record, step, step, 0, None, 90, 24) for step in (1, 12))
    assert "W1 ▶" in text_of(forward)
    assert "◀ W2" in text_of(backward)
    assert "edge-pos3" in roles(forward)
    assert "edge-neg3" in roles(forward)
    assert not {"edge-pos3", "edge-neg3"} & roles(network_block(record, 3, 3, 0, None, 90, 24))


def test_the_chosen_cell_is_marked_and_only_its_weights_are_lit() -> None:
    record = record_of("two_layer")
    slot = record.program.versions["z"][0]
    block = network_block(record, 2, 2, 0, (slot, (0, 2)), 90, 24)
    assert "z[0,2] = −0.5" in text_of(block)
    assert any("cursor" in role for role in roles(block))
    assert {"edge-pos3", "edge-neg3"} <= roles(block)  # 1 and -0.5


def test_the_sign_of_a_weight_is_seen_without_colours() -> None:
    text = """
    equations = "loss = mean(x @ W)"
    data = { x = [[1.0]] }
    parameters = { W = [[WEIGHT]] }
    """
    dots = {}
    for weight in ("1.0", "-1.0"):
        record = Timeline(loads(text.replace("WEIGHT", weight))).record(1)
        lines = painted(network_block(record, 1, 1, 0, None, 60, 12))
        pieces = [piece.text for line in lines for piece in line if piece.role in ("edge-pos3", "edge-neg3")]
        dots[weight] = sum((ord(char) - 0x2800).bit_count() for char in "".join(pieces) if char >= "\u2800")
    assert dots["1.0"] > 1.8 * dots["-1.0"] > 0


def test_a_layer_of_many_is_a_box() -> None:
    record = record_of("wide")
    said = text_of(network_block(record, 4, 4, 0, None, 80, 16))
    hidden = record["h1"][0]
    assert "23 units" in said
    for key, value in (("min", hidden.min()), ("max", hidden.max()), ("mean", hidden.mean())):
        assert f"{key} {value:.3f}".rstrip("0").replace("-", "−") in said


@settings(max_examples=60, deadline=None)
@given(scenarios(), sizes, st.booleans(), st.data())
def test_networks_fit(scenario: Scenario, size: tuple[int, int], ascii: bool, data: st.DataObject) -> None:
    record = Timeline(scenario).record(1)
    step = data.draw(st.integers(0, len(record.program.steps)))
    chosen = chosen_cells(data, record, step)
    block = network_block(record, step, step, data.draw(st.integers(0, 5)), chosen, *size, ascii)
    assert text_of(block).strip()
    assert_fits(block, *size, ascii)


def test_a_large_layer_costs_no_million_lines() -> None:
    text = """
    equations = "h = tanh(x @ W)\\nloss = mean(h)"
    [data]
    x = [[1.0, 2.0]]
    [parameters]
    W = { shape = [2, 3000], init = "normal" }
    """
    record = Timeline(loads(text)).record(1)
    block = network_block(record, 1, 1, 0, None, 90, 24)
    assert "3,000 units" in text_of(block)
    assert sum(len(line) for line in painted(block)) < 500


# -- histograms

entries = arrays(
    np.float64, array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=40), elements=st.floats(width=64)
)


@settings(deadline=None)
@given(entries, st.integers(1, 100))
def test_every_entry_is_counted_once(array: Array, bins: int) -> None:
    found = distribution(array, bins)
    assert len(found.counts) == bins
    assert sum(found.counts) + found.nans + found.infinite == found.total == array.size
    assert found.nans == np.isnan(array).sum()
    assert found.infinite == np.isinf(array).sum()
    assert found.zeros == (array == 0).sum()


@settings(deadline=None)
@given(arrays(np.float64, array_shapes(max_dims=2, max_side=40), elements=st.floats(-1e6, 1e6)))
def test_the_figures_are_those_of_the_entries(array: Array) -> None:
    found = distribution(array, 40)
    assert (found.least, found.most) == (array.min(), array.max())
    np.testing.assert_allclose(found.mean, array.mean(), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(found.deviation, array.std(), rtol=1e-9, atol=1e-9)


@settings(deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=60), st.integers(2, 30))
def test_counts_are_numpys(values: list[int], bins: int) -> None:
    array = np.array(values, dtype=float) + 0.123  # off the edges between bars, where rounding decides
    if array.min() < array.max():
        ours = distribution(array, bins).counts
        theirs, edges = np.histogram(array, bins)
        inner = edges[1:-1]
        if not inner.size or np.abs(array[:, None] - inner).min() > 1e-9:
            assert list(ours) == theirs.tolist()


def test_of_another_large_matrix_the_distribution_is_another_one() -> None:
    first, second = np.zeros((300, 300)), np.ones((300, 300))
    for array in (first, second):
        array.flags.writeable = False
    assert distribution(first, 10) is distribution(first, 10)
    assert [distribution(array, 10).mean for array in (first, second, first, first[:200])] == [0.0, 1.0, 0.0, 0.0]
    assert distribution(first[:200], 10).total == 60_000
    changing = np.zeros((300, 300))
    assert distribution(changing, 10).mean == 0.0
    changing += 1
    assert distribution(changing, 10).mean == 1.0


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 5e-324, 0.0, -1e-310])
def test_one_number_of_any_size_is_one_bar(value: float) -> None:
    for array in (np.array(value), np.array([value, value]), np.array([value, -value])):
        counts = distribution(array, 20).counts
        assert sum(counts) == array.size
        assert_fits(histogram_block(array, "W1", 60, 14, False, value), 60, 14, False)


@settings(deadline=None)
@given(entries, sizes, st.booleans(), st.sampled_from((None, 0.0, 1.5, np.nan, np.inf, -1e300)))
def test_histograms_fit(array: Array, size: tuple[int, int], ascii: bool, chosen: float | None) -> None:
    assert_fits(histogram_block(array, "W1", *size, ascii, chosen), *size, ascii)


def test_the_tallest_bar_is_full_and_no_entry_is_without_one() -> None:
    array = np.array([0.0] * 99 + [1.0])
    lines = [line_text(line) for line in painted(histogram_block(array, "h", 40, 12))]
    assert "100 entries" in lines[0]
    assert "99 zeros" in lines[0]
    assert sum(line.count("█") for line in lines) == sum(line.count("┤") + line.count("│") for line in lines)
    assert any("▁" in line for line in lines)
