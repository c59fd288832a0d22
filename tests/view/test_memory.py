"""The view of the tape's memory: what it says is what the tape holds, it fits, and a click goes to the step."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.program import tape
from nnstep.scenario import loads
from nnstep.scenario.model import Scenario
from nnstep.view.lens.memory import memory_view
from nnstep.view.plots.memory_plot import memory_plot
from nnstep.view.state import ROLES
from nnstep.view.stepper import Stepper
from nnstep.view.text.blocks import line_width
from nnstep.view.text.canvas import Canvas, Target, line_text
from nnstep.view.text.symbols import label
from tests.engine.strategies import scenarios

SIZES = [(40, 12), (46, 16), (60, 24), (80, 30), (110, 40)]
TALL = 4000  # lines in which every view is whole


def at(name: str, step: int, ascii: bool = False) -> Stepper:
    """A bundled scenario at a step."""
    seen = Stepper.open(name, ascii)
    seen.do("step.goto", str(step))
    return seen


def canvas(seen: Stepper, width: int = 100, height: int = TALL, top: int | None = None) -> Canvas:
    return memory_view(seen.moment())(width, height, top)


def lines(seen: Stepper, width: int = 100) -> list[str]:
    """The whole view, line by line."""
    return list(map(line_text, canvas(seen, width).lines))


def prose(seen: Stepper, width: int = 100) -> str:
    """The whole view in one line, as a person reads its sentences."""
    return " ".join(" ".join(lines(seen, width)).split())


def row(seen: Stepper, name: str, width: int = 100) -> list[str]:
    """The columns of a value in the table, without the mark before it."""
    (found,) = [line for line in lines(seen, width) if re.match(rf"[ ▸▹] {re.escape(name)}  ", line)]
    return re.split(r"  +", found[2:].strip())


# ---- What it says --------------------------------------------------------------------------------------------------


def test_it_says_how_much_more_backward_needs_and_why() -> None:
    """The numbers of test_tape, which are worked out by hand there."""
    text = prose(at("xor", 12))
    assert "Forward alone holds at most 192 bytes at once; with backward it is 328, 1.7 times as much." in text
    assert "Why: h1 and o have to wait until backward has read them, at steps 8 to 12; gradients come on top." in text
    assert "▼ 328 at step 12" in text
    assert "Step 12, the peak: 104 bytes of values of the forward pass, 224 of gradients." in text
    # x @ W1, z1, h1 @ W2, o; and the gradients of the loss and of o, which step 11 was the last to read
    assert f"Step 12: 328 bytes are held, {96 + 96 + 32 + 32 + 8 + 32} have been freed." in text
    assert "Not counted: 200 bytes of data, parameters and optimizer states" in text


def test_one_value_that_waits_and_one_step_that_reads_it() -> None:
    assert "Why: q has to wait until backward has read it, at step 4; gradients come on top." in prose(at("circuit", 1))


def test_of_many_values_that_wait_the_first_are_named() -> None:
    assert "Why: q, k, v, √(2) and 2 more have to wait" in prose(at("attention", 1))
    assert "Why: h1, h2, h3, h4 and o have to wait" in prose(at("deep", 1))


def test_where_nothing_waits_that_is_said() -> None:
    seen = Stepper(loads('equations = "loss = a * b"\n[parameters]\na = 2\nb = 3\n'))
    text = prose(seen)
    assert "with backward it is 16, 2 times as much. Nothing has to wait" in text, "the loss and its gradient, 1"
    assert "Why:" not in text


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize(
    ("trainable", "said"), [("false", ""), ("true", " With backward, at most 8 bytes are held at once.")]
)
def test_where_nothing_is_made_that_is_said(trainable: str, said: str, ascii: bool) -> None:
    text = f"equations = '''\nv = w\nloss = v\n'''\n[parameters]\nw = {{ value = 2, trainable = {trainable} }}\n"
    seen = Stepper(loads(text), ascii)
    seen.do("step.next")
    assert (
        f"The forward pass makes no numbers of its own: all its values are data or parameters under other names.{said}"
        in prose(seen)
    )
    assert "0 bytes" in prose(seen)


def test_a_forward_pass_alone_has_one_area_and_says_so() -> None:
    seen = at("softmax", 3)
    text = prose(seen)
    assert "There is no backward pass here" in text
    assert "forward alone" in text
    for word in ("waits for backward", "gradients", "the peak:", "the next backward step"):
        assert word not in text
    pieces = [piece for line in canvas(seen).lines for piece in line]
    assert {piece.role for piece in pieces if re.search("[⠁-⣿]", piece.text)} == {"plot"}


def test_a_row_says_how_long_its_value_is_held_and_by_whom_it_is_read_last() -> None:
    seen = at("xor", 10)
    assert row(seen, "z1") == ["z1", "4×3", "96", "2", "3", "freed", "h1 = tanh(z1)"]
    assert row(seen, "h1") == ["h1", "4×3", "96", "3", "12", "held", "∂L/∂z1 = ∂L/∂h1 ⊙ (1 − h1²)"]
    assert row(seen, "loss") == ["loss", "8", "6", "end", "held", "a result: it is kept"]
    assert row(seen, "∂L/∂L") == ["∂L/∂L", "8", "7", "7", "freed", "no step reads it"]
    assert row(seen, "∂L/∂z1") == ["∂L/∂z1", "4×3", "96", "12", "14", "not yet", "∂L/∂W1 = xᵀ @ ∂L/∂z1"]
    assert row(at("attention", 10), "kᵀ") == ["kᵀ", "2×3", "0", "4", "21", "held", "looks at the numbers of k"]
    assert row(at("circuit", 2), "q") == ["q", "8", "1", "end", "held", "kept: ∂f/∂z looks at its numbers"]


def test_what_this_step_reads_and_what_the_next_backward_step_does_is_marked() -> None:
    seen = at("xor", 10)
    text = lines(seen)
    marked = {mark: [line.split()[1] for line in text if line.startswith(f"{mark} ")] for mark in "▸▹"}
    assert marked["▸"] == ["read", "h1", "∂L/∂o"]
    assert marked["▹"] == ["read"], "what step 11 reads is read by step 10 as well"
    assert "▸ read by step 10:  ∂L/∂W2 = h1ᵀ @ ∂L/∂o" in text
    assert "▹ read by the next backward step, 11:  ∂L/∂h1 = ∂L/∂o @ W2ᵀ" in text
    forward = lines(at("xor", 5))
    assert [line.split()[1] for line in forward if line.startswith("▹ ")] == ["read", "o"]
    start = lines(at("xor", 0))
    assert not [line for line in start if line[:1] in ("▸", "▹")]
    assert "  Nothing is computed yet." in start


def test_each_layer_has_a_bar_with_its_bytes_and_its_share() -> None:
    text = lines(at("xor", 1), 80)
    assert "Held once the forward pass is done, by layer: 136 bytes" in text
    (first,) = [line for line in text if line.startswith("W1  █")]
    (second,) = [line for line in text if line.startswith("W2  █")]
    assert first.split()[2:] == ["96", "71", "%", "h1"]
    assert second.split()[2:] == ["40", "29", "%", "o,", "loss"]
    assert first.count("█") == 24
    assert second.count("█") == 10


@pytest.mark.parametrize("name", ["two_layer", "deep", "wide", "attention", "tied_autoencoder", "micrograd"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_that_matters(name: str, size: tuple[int, int]) -> None:
    width, height = size
    seen = at(name, 3)
    program = seen.session.program
    found = tape(program)
    whole = canvas(seen, width)
    text = list(map(line_text, whole.lines))
    assert all(line_width(line) <= width for line in whole.lines)
    joined = " ".join(" ".join(text).split())
    for number in (found.alone_peak.bytes, found.peak.bytes, found.fixed, found.whole[2]):
        assert f"{number:,}" in joined
    for one in found.lifetimes:
        value = program.values[one.slot]
        written = label(value.name, seen.moment().outer.objective)
        rows = [line for line in text if re.match(rf"[ ▸▹] {re.escape(written[: max(8, width // 4) - 1])}", line)]
        assert [line for line in rows if f" {one.bytes:,} " in line], value.name
    shown = canvas(seen, width, height)
    assert len(shown.lines) == min(height, shown.height), "what is taller scrolls"


def test_all_of_it_is_reached_by_scrolling() -> None:
    seen = at("two_layer", 3)
    height = canvas(seen, 80, 10).height
    windows = [list(map(line_text, canvas(seen, 80, 10, top).lines)) for top in range(height - 9)]
    whole = [*(window[0] for window in windows), *windows[-1][1:]]
    assert all(window == whole[top : top + 10] for top, window in enumerate(windows))
    for word in ("Forward alone holds", "└──", "Not counted", "W2  █", "∂L/∂W1"):
        assert any(word in line for line in whole), word


# ---- Any scenario, any size ----------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(scenarios(), st.integers(24, 120), st.integers(6, 50), st.booleans(), st.data())
def test_it_fits_whatever_the_program_and_the_room(
    scenario: Scenario, width: int, height: int, ascii: bool, data: st.DataObject
) -> None:
    seen = Stepper(scenario, ascii)
    step = data.draw(st.integers(0, len(seen.session.program.steps)))
    seen.do("step.goto", str(step))
    whole = canvas(seen, width)
    assert all(line_width(line) <= width for line in whole.lines)
    assert all(set(piece.role.split()) <= set(ROLES) for line in whole.lines for piece in line)
    text = "\n".join(map(line_text, whole.lines))
    found = tape(seen.session.program)
    assert f"{found.peak.bytes:,}" in text
    if ascii:
        assert text.isascii(), text
    shown = canvas(seen, width, height)
    assert len(shown.lines) <= height
    for hit in shown.hits:
        assert hit.x >= 0
        assert hit.width > 0


@pytest.mark.parametrize("width", [1, 2, 5, 9, 13, 20])
def test_even_where_there_is_no_room_nothing_breaks(width: int) -> None:
    for name in ("deep", "softmax", "circuit"):
        assert all(line_width(line) <= width for line in canvas(at(name, 2), width, 20).lines)


@pytest.mark.parametrize("name", ["attention", "tied_autoencoder", "softmax", "deep"])
@pytest.mark.parametrize("width", [46, 80, 110])
def test_without_unicode_there_is_only_ascii_and_nothing_is_lost(name: str, width: int) -> None:
    plain, drawn = at(name, 3, ascii=True), at(name, 3)
    text = "\n".join(lines(plain, width))
    assert text.isascii(), text
    assert len(lines(plain, width)) == pytest.approx(len(lines(drawn, width)), abs=2)
    assert {hit.target for hit in canvas(plain, width).hits if isinstance(hit.target, Target)} == {
        hit.target for hit in canvas(drawn, width).hits if isinstance(hit.target, Target)
    }


# ---- The plot ------------------------------------------------------------------------------------------------------


def column_heights(picture: list[str], columns: range) -> list[int]:
    """How many rows of the plot have something in each column."""
    rows = [line for line in picture if re.match(r" *[\d,]*[│┤]", line)]
    return [sum(len(line) > x and line[x] not in " ⠅⠨" for line in rows) for x in columns]


def test_the_areas_are_as_high_as_what_is_held() -> None:
    found = tape(at("xor", 0).session.program)
    block = memory_plot(found, 0, 80, 20)
    picture = [line_text(block.line(y)) for y in range(block.height)]
    start = next(line for line in picture if "┤" in line).index("┤") + 1
    bands = 72 // len(found.whole)
    heights = column_heights(picture, range(start, start + bands * found.forward, bands))
    rows = len([line for line in picture if re.match(r" *[\d,]*[│┤]", line)])
    per_row = found.peak.bytes / (rows - 1)
    for height, held in zip(heights, found.whole[: found.forward], strict=True):
        assert abs(height - held / per_row) <= 1.3


def test_the_mark_of_the_step_is_on_the_axis_where_a_click_leads_to_it() -> None:
    for step in range(1, 19):
        shown = canvas(at("xor", step), 80)
        (y,) = [y for y, line in enumerate(shown.lines) if "└" in line_text(line)]
        x = line_text(shown.lines[y]).index("▲")
        assert shown.at(x, y) == Target("step.goto", str(step))


@pytest.mark.parametrize(
    ("name", "width"), [("xor", 80), ("xor", 46), ("deep", 46), ("deep", 110), ("attention", 60), ("mlp", 40)]
)
def test_the_peak_is_marked_above_its_step(name: str, width: int) -> None:
    seen = at(name, 1)
    shown = canvas(seen, width)
    peak = tape(seen.session.program).peak
    (y,) = [y for y, line in enumerate(shown.lines) if re.search(r"[│┤].*▼", line_text(line))]
    assert f"{peak.bytes:,} at step {peak.step}" in line_text(shown.lines[y])
    target = shown.at(line_text(shown.lines[y]).index("▼"), y)
    assert target is not None
    narrow = len(seen.session.program.steps) > width - 7  # then steps share a column
    assert abs(int(str(target.argument)) - peak.step) <= narrow


@pytest.mark.parametrize("name", ["xor", "deep", "circuit", "softmax"])
@pytest.mark.parametrize("width", [46, 80, 110])
def test_a_click_in_the_plot_goes_to_the_step_below_it(name: str, width: int) -> None:
    seen = at(name, 1)
    steps = len(seen.session.program.steps)
    shown = canvas(seen, width)
    (y,) = [y for y, line in enumerate(shown.lines) if "└" in line_text(line)]
    start = line_text(shown.lines[y]).index("└") + 1
    end = start + line_text(shown.lines[y])[start:].rstrip().__len__()
    targets = [shown.at(x, y - 2) for x in range(start, min(end, width))]
    found = [int(str(target.argument)) for target in targets if target is not None and target.command == "step.goto"]
    assert found[0] in (1, 2)
    assert found == sorted(found)
    assert found[-1] == steps
    assert shown.at(start - 1, y - 2) is None, "the numbers beside it are no step"
    target = targets[len(targets) // 2]
    assert target is not None
    seen.do(target.command, target.argument)
    assert str(seen.session.position.step) == target.argument


def test_the_phases_stand_where_they_begin() -> None:
    seen = at("xor", 1)
    text = lines(seen, 80)
    (y,) = [y for y, line in enumerate(text) if "└" in line]
    names = text[y + 1]
    for words in ("1 forward", "7 backward", "15 update"):
        assert words in names
    shown = canvas(seen, 80)
    for first, words in ((1, "1 forward"), (7, "7 backward"), (15, "15 update")):
        assert shown.at(names.index(words), y) == Target("step.goto", str(first))
    assert [x for x, char in enumerate(text[y]) if char == "┴"] == [names.index("7 b"), names.index("15 u")]


# ---- The table -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ascii", [False, True])
def test_a_click_on_a_row_goes_to_the_step_that_makes_the_value(ascii: bool) -> None:
    seen = at("attention", 9, ascii)
    program = seen.session.program
    shown = canvas(seen, 100)
    first = next(y for y, line in enumerate(shown.lines) if line_text(line).lstrip().startswith("value "))
    made = []
    for y in range(first + 1, len(shown.lines)):
        target = shown.at(4, y)
        assert target is not None
        seen.do(target.command, target.argument)
        step = seen.session.position.step
        made.append(step)
        name = program.values[program.steps[step - 1].target].name
        assert (name if ascii else label(name)) in line_text(shown.lines[y])
    updates = [step.index for step in program.steps if step.phase == "update"]
    assert made == [step.index for step in program.steps if step.index not in updates]


@settings(max_examples=15, deadline=None)
@given(scenarios(), st.data())
def test_the_states_add_up_to_what_is_said_to_be_held(scenario: Scenario, data: st.DataObject) -> None:
    seen = Stepper(scenario)
    step = data.draw(st.integers(1, len(seen.session.program.steps)))
    seen.do("step.goto", str(step))
    text = lines(seen, 120)
    held, freed = 0, 0
    for line in text:
        match = re.search(r" ([\d,]+) +\d+ +(?:\d+|end)  (held|freed|not yet)", line)
        if match:
            size = int(match[1].replace(",", ""))
            held += size * (match[2] == "held")
            freed += size * (match[2] == "freed")
    assert f"Step {step}: {held:,} bytes are held, {freed:,} have been freed." in prose(seen, 120)
