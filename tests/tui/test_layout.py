"""The rectangles of the screen: every cell belongs to exactly one of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.layout import GRID_SIZE, SMALLEST_SIZE, arrange
from nnstep.view.state import PANEL_KEYS

widths = st.integers(SMALLEST_SIZE[0], 300)
heights = st.integers(SMALLEST_SIZE[1], 120)
keys = st.sampled_from(PANEL_KEYS)


@given(widths, heights, keys, st.booleans())
def test_boxes_cover_the_screen_once(width, height, focused, zoomed):
    layout = arrange(width, height, focused, zoomed)
    boxes = [box for box in (layout.header, layout.tabs, *layout.panels.values(), layout.footer) if box]
    assert sum(box.width * box.height for box in boxes) == width * height
    for x, y in {
        (box.x + dx * (box.width - 1), box.y + dy * (box.height - 1)) for box in boxes for dx in (0, 1) for dy in (0, 1)
    }:
        assert sum(box.holds(x, y) for box in boxes) == 1


@given(widths, heights, keys, st.booleans())
def test_the_focused_panel_is_in_sight_with_room_inside(width, height, focused, zoomed):
    layout = arrange(width, height, focused, zoomed)
    assert focused in layout.panels
    assert all(box.width >= 28 and box.height >= 9 for box in layout.panels.values())


@given(st.integers(0, 400), st.integers(0, 200), keys)
def test_too_small_is_below_the_smallest_size(width, height, focused):
    small = width < SMALLEST_SIZE[0] or height < SMALLEST_SIZE[1]
    assert arrange(width, height, focused).too_small == small


def test_all_six_panels_from_the_grid_size_on():
    assert tuple(arrange(*GRID_SIZE, "chain").panels) == PANEL_KEYS
    assert tuple(arrange(80, 24, "chain").panels) == ("chain",)
    assert tuple(arrange(120, 24, "chain").panels) == ("program", "chain")
    assert tuple(arrange(120, 36, "chain", zoomed=True).panels) == ("chain",)


def test_operation_gets_the_room_of_a_wide_screen():
    wide = arrange(200, 60, "operation").panels
    assert wide["operation"].width > wide["program"].width + wide["chain"].width - 10
