"""The gradient check as it is shown: every number is whole, it fits wherever it is put, and it says what was found."""

from __future__ import annotations

import itertools
import re
from contextlib import AbstractContextManager
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep import clock
from nnstep.debugger.answers.gradient_check import Checking, GradientCheck
from nnstep.engine import Record, Timeline
from nnstep.engine.difference import Difference, Search, Sweep, difference, sweep, worst
from nnstep.scenario import Scenario, loads
from nnstep.view.lens.check_entry import check_block
from nnstep.view.state import ROLES, ViewState
from nnstep.view.stepper import Stepper
from nnstep.view.text.blocks import Block, line_width
from nnstep.view.text.canvas import line_text
from nnstep.view.text.numbers import plain
from tests.engine.strategies import scenarios


@cache
def record_of(equations: str, parameters: str = "w = 0.7") -> Record:
    """The first iteration of a few equations."""
    return Timeline(loads(f"equations = '''\n{equations}\n'''\n[parameters]\n{parameters}\n")).record(1)


def block_of(
    record: Record, name: str, index: tuple[int, ...] = (), width: int = 58, height: int = 30, ascii: bool = False
) -> tuple[Difference, Sweep, Block]:
    """The check of an entry of a gradient."""
    slot = record.program.versions[name][-1]
    check = Checking(Search(record, slot, 50), index).advance(9.0)
    assert check.sweep is not None
    written = name + (f"[{','.join(map(str, index))}]" if index else "")
    return check.difference, check.sweep, check_block(check, written, "L", width, height, ascii)


def lines_of(block: Block) -> list[str]:
    """The text of each line."""
    return [line_text(block.line(y)) for y in range(block.height)]


def text_of(equations: str, parameters: str = "w = 0.7", index: tuple[int, ...] = ()) -> str:
    """The whole text in one line, as a person reads it."""
    return " ".join(" ".join(lines_of(block_of(record_of(equations, parameters), "grad(w)", index)[2])).split())


@settings(max_examples=40, deadline=None)
@given(scenarios(), st.integers(24, 130), st.integers(4, 44), st.booleans(), st.data())
def test_it_fits_and_no_number_is_cut(
    scenario: Scenario, width: int, height: int, ascii: bool, data: st.DataObject
) -> None:
    record = Timeline(scenario).record(1)
    values = [one for one in record.program.values if one.role in ("gradient", "contribution")]
    if not values:
        return
    value = data.draw(st.sampled_from(values))
    index = tuple(data.draw(st.integers(0, size - 1)) for size in value.shape)
    found, _, block = block_of(record, value.name, index, width, height, ascii)
    lines = [block.line(y) for y in range(block.height)]
    assert all(line_width(line) <= width for line in lines)
    assert all(piece.role in ROLES for line in lines for piece in line)
    text = "\n".join(map(line_text, lines))
    for number in (found.analytic, found.numeric):
        said = plain(number, 10)
        assert (said.replace("−", "-").replace("∞", "inf") if ascii else said) in text
    if ascii and value.name.isascii():
        assert text.isascii(), text


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width", range(24, 50))
def test_a_long_name_is_cut_to_the_width(width: int, ascii: bool) -> None:
    record = record_of("long_name_of_a_value = w * w\nloss = sum(long_name_of_a_value)", "w = [[0.5, 0.2]]")
    block = block_of(record, "grad(long_name_of_a_value)", (0, 1), width, 30, ascii)[2]
    assert all(line_width(block.line(y)) <= width for y in range(block.height))


@pytest.mark.parametrize("height", range(4, 40))
def test_the_plot_takes_no_more_lines_than_there_are_and_goes_first(height: int) -> None:
    _, _, block = block_of(record_of("loss = sin(w)"), "grad(w)", height=height)
    assert block.height <= max(height, 4)
    assert ("truncation" in "".join(lines_of(block))) == (height >= 12)


def test_both_sides_are_named_and_the_best_width_is_marked_between_them() -> None:
    _, swept, block = block_of(record_of("loss = sin(w)"), "grad(w)", width=70)
    lines = lines_of(block)
    assert sum(line.count("◆") for line in lines) == 2  # in the plot, and where it is explained
    (mark,) = [line.index("◆") for line in lines if "◆" in line and "best" not in line]
    assert 7 + 10 < mark < 7 + 40
    (left,) = [line.index("truncation") for line in lines if "truncation" in line]
    (right,) = [line.index("rounding") for line in lines if "rounding" in line]
    assert left < mark < right
    best = swept.points[swept.best]
    assert f"best at h = {plain(best.width, 2)}: error {plain(best.error, 2)}" in lines[-1]


def test_a_side_that_is_not_there_is_not_named() -> None:
    text = text_of("loss = w ** 2", "w = 0.7")
    assert "truncation" not in text
    assert "rounding" in text


def test_the_axis_spans_the_errors() -> None:
    _, swept, block = block_of(record_of("loss = sin(w)"), "grad(w)")
    errors = [point.error for point in swept.points if point.error]
    powers = [float(found) for found in re.findall(r"1e-?\d+(?=┤)", "\n".join(lines_of(block)).replace("−", "-"))]
    assert powers == sorted(powers, reverse=True)
    assert len(set(powers)) == len(powers) >= 2
    assert powers[-1] <= min(errors)
    assert powers[0] >= max(errors)


def test_an_error_of_zero_has_a_row_of_its_own() -> None:
    record = record_of("loss = relu(w)", "w = 0.01")  # exact as soon as the width does not reach the corner
    lines = lines_of(block_of(record, "grad(w)")[2])
    assert any(line.strip().startswith("0┤") for line in lines)
    assert "◆" in next(line for line in lines if line.strip().startswith("0┤"))
    assert "exactly" in text_of("loss = 2 * w", "w = 0.5")


def test_a_corner_is_told_with_its_slopes() -> None:
    text = text_of("loss = relu(w)", "w = 0.0")
    assert "w = 0 is at the corner of ReLU (step 1). The slope is 0 below and 1 above." in text
    assert "Any slope between is right; 0 is taken." in text
    assert "central difference 0.5" in text
    assert "off by 0.5, whatever the width" in text
    assert "▲ no derivative here: a corner" in text
    assert "✔" not in text
    assert "w = v = 0.3 is at the corner of max" in text_of("loss = maximum(w, v)", "w = 0.3\nv = 0.3")
    near = text_of("loss = maximum(w, v)", "w = 0.300001\nv = 0.3")
    assert "w = 0.300001 passes the corner of max at v = 0.3 (step 1)" in near


def test_how_far_off_a_corner_is_does_not_count_rounding() -> None:
    text = text_of("z = w * x\nh = relu(z)\nloss = sum(h)", "x = [2.0, 3.0]\nw = [1.0, 0.0]", index=(1,))
    assert "off by 1.5, whatever the width" in text


def test_what_differs_is_told() -> None:
    text = text_of("loss = relu(w) - abs(w) / 2", "w = 0.0")
    assert "✘ they differ" in text
    assert "0 is not between them" in text


def test_the_worst_entry_of_a_matrix_is_told_and_of_one_number_there_is_none() -> None:
    record = record_of("loss = sum(sin(w))", "w = { shape = [9, 8], init = 'normal' }")
    lines = lines_of(block_of(record, "grad(w)", (1, 2))[2])
    assert any(line == "50 of 72 entries checked, the worst:" for line in lines)
    assert re.match(r"grad\(w\)\[\d,\d\]  error .* ✔$", lines[-1])
    assert "worst" not in text_of("loss = sin(w)")


def test_entries_at_a_corner_are_counted_beside_the_worst_one() -> None:
    text = text_of("loss = sum(relu(w)) + sum(w ** 3)", "w = [0.0, 0.7, 0.0]", index=(1,))
    assert "✔ they agree" in text
    assert "2 entries stand at a corner and cannot be compared." in text


def test_what_is_not_finite_is_told() -> None:
    assert "✘ not a finite number" in text_of("loss = log(w)", "w = -1.0")
    assert "The loss is not a finite number here" in text_of("loss = log(w)", "w = -1.0")
    assert "The gradient itself is" in text_of("loss = sqrt(w * w)", "w = 0.0")


# In slices of time: told by a clock that is far on whenever it is looked at, each is as short as it can be.


def in_slices() -> AbstractContextManager[None]:
    """A clock by which every slice is over at once."""
    ticks = itertools.count()
    return clock.reading(lambda: float(next(ticks)))


def middle(state: ViewState) -> str:
    """The text of the middle panel."""
    return "\n".join(map(line_text, state.panels["operation"].paint(70, 30).lines))


def looked_at(text: str) -> int:
    """How many entries it says were looked at."""
    (found,) = re.findall(r"([\d,]+) of 1,200 entries checked", text)
    return int(found.replace(",", ""))


LARGE = "w = { shape = [30, 40], init = 'normal' }"


def test_in_slices_it_comes_to_what_it_is_at_once() -> None:
    record = record_of("loss = sum(sin(w))", LARGE)
    slot = record.program.versions["grad(w)"][-1]
    checking, seen = Checking(Search(record, slot), (1, 2)), list[GradientCheck]()
    with in_slices():
        while not checking.done:
            seen.append(checking.advance(0.5))
    assert len(seen) > 40
    assert [one.done for one in seen] == [False] * (len(seen) - 1) + [True]
    counts = [one.worst.checked for one in seen]
    assert counts == sorted(counts)
    errors = [one.worst.difference.error for one in seen]
    assert errors == sorted(errors)
    assert seen[0].sweep is None
    with clock.reading(lambda: 0.0):
        last = (difference(record, slot, (1, 2)), sweep(record, slot, (1, 2)), worst(record, slot))
    assert (seen[-1].difference, seen[-1].sweep, seen[-1].worst) == last


def test_what_is_known_so_far_is_shown_and_goes_on_by_slices_until_it_is_done() -> None:
    text = f"equations = 'loss = sum(sin(w))'\n[parameters]\n{LARGE}\n"
    with in_slices():
        seen = Stepper(loads(text))
        seen.do("step.last")
        states = [seen.do("lens.check")]
        while states[-1].checking:
            states.append(seen.go_on())
    said = list(map(middle, states))
    assert len(said) > 40
    counts = list(map(looked_at, said))
    assert counts == sorted(counts)
    assert counts[-1] == 1000
    assert ["so far" in one for one in said] == [True] * (len(said) - 1) + [False]
    assert "truncation" not in said[0]
    assert "truncation" in said[-1]


def test_another_entry_of_the_same_gradient_goes_on_with_what_is_known_of_all() -> None:
    text = f"equations = 'loss = sum(sin(w))'\n[parameters]\n{LARGE}\n"
    with in_slices():
        seen = Stepper(loads(text))
        seen.do("step.last")
        seen.do("lens.check")
        for _ in range(5):
            seen.go_on()
        assert looked_at(middle(seen.do("cell.right"))) > 100
        assert not seen.do("lens.step").checking
        assert seen.do("lens.check").checking
