"""Numbers over iterations: what is drawn is where it belongs, and a click leads back to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.text import width as text_width
from nnstep.view.plots.across import Across, Series
from nnstep.view.plots.series import series_block
from nnstep.view.plots.strip import timeline_strip
from nnstep.view.text.blocks import Block, line_width
from nnstep.view.text.canvas import line_text
from tests.view.test_plots import assert_fits, painted, target_of, text_of

anything = st.floats(width=64) | st.sampled_from((0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7e308, -1.7e308))
sizes = st.tuples(st.integers(4, 160), st.integers(1, 50))


@st.composite
def curves(draw: st.DrawFn, elements: st.SearchStrategy[float] = anything) -> tuple[Series, int]:
    """A series over some of the iterations of a run, and how long the run is."""
    last = draw(st.integers(1, 5_000))
    at = sorted(draw(st.sets(st.integers(1, last), max_size=30)))
    values = np.array(draw(st.lists(elements, min_size=len(at), max_size=len(at))), dtype=float)
    if draw(st.booleans()):
        spread = np.abs(np.nan_to_num(values, posinf=1.0, neginf=1.0)) / 4
        with np.errstate(all="ignore"):
            return Series("loss", np.array(at, dtype=float), values, values - spread, values + spread), last
    return Series("loss", np.array(at, dtype=float), values), last


# -- where an iteration is


@given(st.integers(1, 100_000), st.integers(1, 200), st.data())
def test_a_click_where_an_iteration_is_drawn_leads_to_it(last: int, columns: int, data: st.DataObject) -> None:
    across = Across(last, columns)
    iteration = data.draw(st.integers(1, last))
    column = across.column(iteration)
    assert 0 <= column < columns
    assert abs(across.iteration(column) - iteration) <= (last - 1) / max(1, columns - 1)
    if last <= columns:
        assert across.iteration(column) == iteration
    assert across.target(column).argument == str(across.iteration(column))


@given(st.integers(1, 100_000), st.integers(2, 200))
def test_the_ends_are_the_ends_and_between_it_only_rises(last: int, columns: int) -> None:
    across = Across(last, columns)
    found = [across.iteration(column) for column in range(-3, columns + 3)]
    assert found == sorted(found)
    assert found[3] == found[0] == 1
    assert found[-4] == found[-1] == last
    assert (across.column(1), across.column(last)) == (0, columns - 1 if last > 1 else 0)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 3_000), st.tuples(st.integers(20, 140), st.integers(6, 40)), st.booleans(), st.data())
def test_a_click_on_the_plot_leads_to_the_iteration_that_is_marked_there(
    last: int, size: tuple[int, int], log: bool, data: st.DataObject
) -> None:
    iteration = data.draw(st.integers(1, last))
    one = Series("loss", np.array([1.0, float(iteration)][iteration == 1 :]), np.array([0.5, 0.25][iteration == 1 :]))
    block = series_block([one], iteration, last, *size, log=log)
    (hit,) = block.hits
    axis = next(line_text(line) for line in painted(block) if "▲" in line_text(line))
    target = target_of(hit, axis.index("▲") - hit.x)
    assert target.command == "iteration.goto"
    assert abs(int(str(target.argument)) - iteration) <= max(0.5, (last - 1) / (hit.width - 1))


# -- the plot


@settings(deadline=None, max_examples=150)
@given(st.lists(curves(), min_size=0, max_size=6), sizes, st.booleans(), st.booleans(), st.data())
def test_any_series_fit_any_room(
    found: list[tuple[Series, int]], size: tuple[int, int], log: bool, ascii: bool, data: st.DataObject
) -> None:
    last = max((end for _, end in found), default=1)
    iteration = data.draw(st.integers(1, last))
    marks = data.draw(st.lists(st.integers(1, last), max_size=4))
    block = series_block([one for one, _ in found], iteration, last, *size, log=log, marks=marks, ascii=ascii)
    assert_fits(block, *size, ascii)


def decreasing(count: int, last: int | None = None) -> tuple[Series, int]:
    """A loss that falls all the time."""
    at = np.arange(1.0, count + 1)
    return Series("loss", at, np.exp(-at / count * 4)), last or count


def dots_of(block: Block) -> dict[int, list[int]]:
    """The columns and rows of characters that have a dot or a sign of the series, by column."""
    (hit,) = block.hits
    found: dict[int, list[int]] = {}
    for y, line in enumerate(painted(block)[hit.y : hit.y + hit.height - 1]):
        x = 0
        for piece in line:
            for char in piece.text:
                if piece.role == "plot":
                    found.setdefault(x - hit.x, []).append(y)
                x += text_width(char)
    return found


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("count", [5, 60, 3_000])
def test_a_falling_loss_falls_from_the_top_to_the_bottom_and_stands_only_where_it_was_run(
    log: bool, count: int
) -> None:
    one, last = decreasing(count, 2 * count)
    block = series_block([one], count, last, 90, 24, log=log)
    rows = dots_of(block)
    (hit,) = block.hits
    tops = [min(rows[column]) for column in sorted(rows)]
    assert tops == sorted(tops)
    assert tops[0] <= 1 + 3 * log
    assert tops[-1] >= 15
    assert max(rows) == Across(last, hit.width).column(count)
    assert set(range(max(rows))) <= set(rows) or count == 5
    axis = line_text(painted(block)[hit.y + hit.height - 1])[hit.x :]
    assert {column for column, char in enumerate(axis) if char == "─"} <= set(range(max(rows) + 1))
    assert {column for column, char in enumerate(axis) if char == "╌"} <= set(range(max(rows) + 1, hit.width))
    assert "─" in axis
    assert "╌" in axis
    assert "not run yet" in text_of(block)
    assert "not run yet" not in text_of(series_block([one], count, count, 90, 24, log=log))


def test_the_extent_of_what_a_point_stands_for_is_drawn() -> None:
    at = np.arange(10.0, 1001.0, 10.0)
    flat = Series("loss", at, np.full(100, 1.0))
    wide = flat._replace(low=np.full(100, 0.5), high=np.full(100, 2.0))
    thin, thick = (dots_of(series_block([one], 1000, 1000, 80, 20)) for one in (flat, wide))
    assert all(len(rows) == 1 for rows in thin.values())
    assert all(len(rows) > 8 for column, rows in thick.items() if column)


def test_two_series_that_are_the_same_are_seen_to_be_two() -> None:
    at = np.arange(1.0, 201.0)
    values = np.exp(-at / 50)
    block = series_block([Series("first", at, values), Series("second", at, values)], 90, 200, 80, 16)
    head, *body = [line_text(line) for line in painted(block)]
    assert "◆ first" in head
    assert "■ second" in head
    assert "= ◆" in head
    drawn = "\n".join(body)
    assert drawn.count("◆") >= 2
    assert drawn.count("■") >= 2
    other = series_block([Series("first", at, values), Series("second", at, values + 1)], 90, 200, 80, 16)
    assert "= ◆" not in text_of(other)


def test_the_legend_has_the_number_of_the_current_iteration() -> None:
    one, _ = decreasing(200)
    said = line_text(painted(series_block([one], 50, 200, 80, 16))[0])
    assert f"loss {math.exp(-1):.4f}" in said
    assert "loss 0.125" in line_text(painted(series_block([one._replace(now=0.125)], 50, 200, 80, 16))[0])
    sparse = Series("loss", one.iterations[::7], one.values[::7])
    assert "loss ·" in line_text(painted(series_block([sparse], 51, 200, 80, 16))[0])


@given(st.lists(st.sampled_from((1.0, 0.1, math.nan, math.inf, -math.inf)), min_size=2, max_size=20), st.booleans())
def test_what_is_no_number_is_marked_at_the_top(values: list[float], ascii: bool) -> None:
    at = np.arange(1.0, len(values) + 1)
    block = series_block([Series("loss", at, np.array(values))], 1, len(values), 90, 16, ascii=ascii)
    (hit,) = block.hits
    across = Across(len(values), hit.width)
    top = line_text(painted(block)[hit.y])
    bad = {across.column(int(k)) for k, value in zip(at, values, strict=True) if not math.isfinite(value)}
    sign = "x" if ascii else "✕"
    assert {column - hit.x for column, char in enumerate(top) if char == sign} == bad
    assert any(sign in line_text(line) for line in painted(block)[: hit.y]) == bool(bad)


@given(st.lists(st.sampled_from((0.0, -1.0, 0.5, 20.0, 3e-7, 1e200)), min_size=1, max_size=20))
def test_a_log_scale_says_what_it_leaves_out_and_has_powers_of_ten(values: list[float]) -> None:
    at = np.arange(1.0, len(values) + 1)
    block = series_block([Series("loss", at, np.array(values))], 1, len(values), 90, 24, log=True)
    (hit,) = block.hits
    gone = sum(value <= 0 for value in values)
    legend = " ".join(line_text(line) for line in painted(block)[: hit.y])
    assert (f"{gone} left out" in legend) == bool(gone)
    labels = [line_text(line)[: hit.x - 1].strip() for line in painted(block)[hit.y : hit.y + hit.height - 1]]
    powers = [math.log10(float(one.replace("−", "-"))) for one in labels if one]
    assert len(powers) >= 2
    assert powers == sorted(powers, reverse=True)
    assert all(abs(power - round(power)) < 1e-9 for power in powers)


def test_a_number_far_below_the_others_does_not_press_them_together() -> None:
    at = np.arange(1.0, 101.0)
    values = np.exp(-at / 50)
    values[0] = 1e-17
    block = series_block([Series("loss", at, values)], 50, 100, 80, 20, log=True)
    (hit,) = block.hits
    rows = dots_of(block)
    assert max(rows[hit.width - 1]) - min(rows[1]) >= 6
    assert line_text(painted(block)[hit.y + hit.height - 2])[hit.x] == "▼"
    assert "1e−17" not in text_of(block)


def test_breakpoints_stand_on_the_axis() -> None:
    one, _ = decreasing(100)
    block = series_block([one], 10, 100, 80, 16, marks=(40, 90))
    (hit,) = block.hits
    axis = line_text(painted(block)[hit.y + hit.height - 1])
    across = Across(100, hit.width)
    assert {column - hit.x for column, char in enumerate(axis) if char == "●"} == {across.column(40), across.column(90)}
    assert axis.index("▲") - hit.x == across.column(10)


# -- one line


@settings(deadline=None)
@given(curves(), st.integers(0, 120), st.booleans(), st.booleans(), st.data())
def test_a_strip_is_as_wide_as_it_is_to_be(
    found: tuple[Series, int], width: int, log: bool, ascii: bool, data: st.DataObject
) -> None:
    one, last = found
    iteration = data.draw(st.integers(1, last))
    marks = data.draw(st.lists(st.integers(1, last), max_size=3))
    line, hits = timeline_strip(one, iteration, last, width, log=log, marks=marks, ascii=ascii)
    assert line_width(line) == width
    assert not ascii or line_text(line).isascii()
    if width:
        at = line_text(line).index("^" if ascii else "▲")
        (hit,) = hits
        assert abs(int(str(target_of(hit, at).argument)) - iteration) <= max(0.5, (last - 1) / max(1, width - 1))


def test_a_strip_is_high_where_the_loss_is_and_dotted_where_nothing_was_run() -> None:
    one, _ = decreasing(100)
    text = line_text(timeline_strip(one, 100, 200, 60)[0])
    until = text.index("▲")
    assert text[0] == "█"
    assert [*text[:until]] == sorted(text[:until], reverse=True)
    assert set(text[until + 1 :]) == {"╌"}
    plain = line_text(timeline_strip(one, 100, 200, 60, ascii=True)[0])
    assert set(plain[until + 1 :]) == {"-"}


def test_a_strip_marks_breakpoints_and_what_is_no_number() -> None:
    at = np.arange(1.0, 11.0)
    values = np.where(at == 4, np.nan, at)
    text = line_text(timeline_strip(Series("loss", at, values), 1, 10, 10, marks=(7,))[0])
    assert text == "▲" + text[1:3] + "✕" + text[4:6] + "●" + text[7:]
    assert text[9] == "█"
