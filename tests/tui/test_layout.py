"""The rectangles of the screen: every cell belongs to exactly one of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnstep.commands import PANEL_KEYS
from nnstep.tui.screen_layout import GRID_SIZE, SMALLEST_SIZE, arrange
from tests.present import present

widths = st.integers(SMALLEST_SIZE[0], 300)
heights = st.integers(SMALLEST_SIZE[1], 120)
keys = st.sampled_from(PANEL_KEYS)
watching = st.integers(0, 90)  # lines of breakpoints and watches
lines = st.sampled_from((2, 3))  # of the header


@given(widths, heights, keys, st.booleans(), watching, lines)
def test_boxes_cover_the_screen_once(
    width: int, height: int, focused: str, zoomed: bool, watched: int, top: int
) -> None:
    layout = arrange(width, height, focused, zoomed, watched, top)
    boxes = [box for box in (layout.header, layout.tabs, *layout.panels.values(), layout.footer) if box]
    assert sum(box.width * box.height for box in boxes) == width * height
    for x, y in {
        (box.x + dx * (box.width - 1), box.y + dy * (box.height - 1)) for box in boxes for dx in (0, 1) for dy in (0, 1)
    }:
        assert sum(box.holds(x, y) for box in boxes) == 1


@given(widths, heights, keys, st.booleans(), watching, lines)
def test_the_focused_panel_is_in_sight_with_room_inside(
    width: int, height: int, focused: str, zoomed: bool, watched: int, top: int
) -> None:
    layout = arrange(width, height, focused, zoomed, watched, top)
    assert focused in layout.panels
    apart = {"program", "watch"} if len(layout.panels) > 6 else set()  # these two share a column
    assert all(box.width >= 28 for box in layout.panels.values())
    assert all(box.height >= 9 for key, box in layout.panels.items() if key not in apart)


@given(st.integers(GRID_SIZE[0], 300), st.integers(GRID_SIZE[1], 120), keys, watching, lines)
def test_watch_has_the_room_it_needs_below_program_or_most_of_it(
    width: int, height: int, focused: str, watched: int, top: int
) -> None:
    panels = arrange(width, height, focused, False, watched, top).panels
    assert ("watch" in panels) == (watched > 0 or focused == "watch")
    if "watch" in panels:
        program, watch = panels["program"], panels["watch"]
        column = program.height + watch.height
        assert (watch.x, watch.width, watch.y) == (program.x, program.width, program.y + program.height)
        assert program.height >= 7
        assert watch.height - 2 >= watched or watch.height >= column * 3 // 5
        assert focused != "watch" or watch.height - 2 >= 4
        assert column == arrange(width, height, "chain", False, 0, top).panels["program"].height


@given(widths, heights, keys, st.booleans(), watching)
def test_a_third_line_of_the_header_takes_a_line_of_a_large_screen_only(
    width: int, height: int, focused: str, zoomed: bool, watched: int
) -> None:
    header = present(arrange(width, height, focused, zoomed, watched, 3).header)
    assert header.height == (3 if height >= GRID_SIZE[1] else 2)
    assert present(arrange(width, height, focused, zoomed, watched, 2).header).height == 2


@given(st.integers(0, 400), st.integers(0, 200), keys)
def test_too_small_is_below_the_smallest_size(width: int, height: int, focused: str) -> None:
    small = width < SMALLEST_SIZE[0] or height < SMALLEST_SIZE[1]
    assert arrange(width, height, focused).too_small == small


def test_all_panels_from_the_grid_size_on_but_watch_only_when_it_has_something_or_the_focus() -> None:
    assert tuple(arrange(*GRID_SIZE, "chain").panels) == PANEL_KEYS[:-1]
    assert tuple(arrange(*GRID_SIZE, "chain", watching=1).panels) == PANEL_KEYS
    assert tuple(arrange(*GRID_SIZE, "watch").panels) == PANEL_KEYS
    assert tuple(arrange(80, 24, "chain").panels) == ("chain",)
    assert tuple(arrange(120, 24, "chain").panels) == ("program", "chain")
    assert tuple(arrange(120, 36, "chain", zoomed=True).panels) == ("chain",)


def test_operation_gets_the_room_of_a_wide_screen() -> None:
    wide = arrange(200, 60, "operation").panels
    assert wide["operation"].width > wide["program"].width + wide["chain"].width - 10
