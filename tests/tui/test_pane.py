"""What a pane paints: rows of exact width, and changes that lead from any picture to any other."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.text import width
from nnstep.tui.layout import Box
from nnstep.tui.theme import LOOKS, Palette
from nnstep.tui.widgets.direct import escape_sequences
from nnstep.tui.widgets.pane import Pane, fit
from nnstep.view.text.canvas import Canvas, Hit, Line, Piece, Target, line_text
from tests.tui.emulator import Emulator

ROLES = ["text", "pos3", "neg5 changed", "dim", "current", "cursor"]
letters = st.sampled_from([*"ab −∂σ′ᵀ│0.5漢ｱ⎡", "e\u0301"])
texts = st.lists(letters, max_size=7).map("".join)
lines = st.lists(st.builds(Piece, texts, st.sampled_from(ROLES)), max_size=6).map(tuple)


@dataclass(frozen=True)
class Fixed:
    """A panel with given content."""

    lines: tuple[Line, ...]
    title: Line = (Piece("Title", "strong"),)
    height: int = 0
    key: str = "operation"
    width: int = 0

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        first = max(0, min(top or 0, self.height - height))
        side = max(0, min(left or 0, self.width - width))
        return Canvas(self.lines, (Hit(0, 0, 2, 1, Target("x")),), self.width, self.height, first, side)


pictures = st.builds(Fixed, st.lists(lines, max_size=7).map(tuple), lines, st.integers(0, 40))


@given(lines, st.integers(1, 30))
def test_fit_is_exactly_as_wide_as_asked(line, columns):
    assert width(line_text(fit(line, columns))) == columns


@given(lines, st.integers(1, 30))
def test_fit_keeps_what_there_is_room_for(line, columns):
    text, fitted = line_text(line), line_text(fit(line, columns))
    if width(text) <= columns:
        assert fitted.rstrip() == text.rstrip()
    else:
        assert text.startswith(fitted.rstrip(" "))


@given(pictures, st.booleans(), st.booleans())
def test_rows_fill_the_box(picture, focused, framed):
    pane = Pane("operation", framed=framed)
    pane.place(Box(0, 0, 20, 6))
    pane.paint(picture, focused)
    assert len(pane.rows) == 6
    assert all(width(line_text(row)) == 20 for row in pane.rows)


@given(st.lists(st.tuples(pictures, st.booleans()), min_size=1, max_size=6), st.booleans())
def test_painting_changes_is_painting_everything(steps, framed):
    palette = Palette(LOOKS["dark"])
    step_by_step, pane = Emulator(30, 9), Pane("operation", framed=framed)
    pane.place(Box(3, 2, 20, 6))
    for picture, focused in steps:
        step_by_step.feed(escape_sequences(pane.paint(picture, focused), palette))
    at_once, fresh = Emulator(30, 9), Pane("operation", framed=framed)
    fresh.place(Box(3, 2, 20, 6))
    at_once.feed(escape_sequences(fresh.paint(*steps[-1]), palette))
    assert step_by_step.cells == at_once.cells
    assert pane.rows == fresh.rows


BOXES = (Box(3, 2, 20, 6), Box(0, 1, 9, 4))
number = st.integers(0, 2)
asked = st.tuples(number, st.booleans())


@given(
    st.lists(pictures, min_size=3, max_size=3),
    st.lists(st.tuples(asked, st.lists(asked, max_size=2), st.sampled_from(BOXES), number), min_size=1, max_size=8),
    st.booleans(),
)
@settings(max_examples=60)
def test_what_was_prepared_or_painted_before_changes_nothing_but_when_it_is_painted(panels, steps, framed):
    prepared, plain, known = Pane("operation", framed=framed), Pane("operation", framed=framed), {}
    for (shown, focused), others, box, down in steps:
        for pane in (prepared, plain):
            pane.place(box)
        for other, as_focused in others:
            known[other] = prepared.prepare(panels[other], as_focused, known.get(other))
        changes = prepared.paint(panels[shown], focused, known.get(shown))
        assert changes == plain.paint(panels[shown], focused)
        assert (prepared.rows, prepared.canvas) == (plain.rows, plain.canvas)
        known[shown] = prepared.picture
        assert prepared.scroll(down) == plain.scroll(down)


def test_what_was_prepared_is_not_painted_again():
    asked = []

    class Counted(Fixed):
        def paint(self, *window):
            asked.append(window)
            return super().paint(*window)

    pane, panel = Pane("operation"), Counted(((Piece("a"),),), height=40)
    pane.place(Box(3, 2, 20, 6))
    pane.prepare(panel)
    pane.paint(panel)
    assert len(asked) == 1
    pane.prepare(panel)  # it is there already
    assert len(asked) == 1
    pane.scroll(3)
    pane.paint(panel)
    assert len(asked) == 2
    picture = pane.picture
    pane.paint(Fixed(()))
    pane.prepare(panel, known=picture)
    pane.paint(panel, known=picture)
    assert (len(asked), pane.picture) == (2, picture)


@given(pictures, st.booleans())
def test_nothing_new_is_no_change(picture, framed):
    pane = Pane("operation", framed=framed)
    pane.place(Box(0, 0, 20, 6))
    assert len(pane.paint(picture)) == 6
    assert pane.paint(picture) == []


def test_only_what_differs_in_a_row_is_painted():
    pane = Pane("operation")
    pane.place(Box(0, 0, 24, 5))
    pane.paint(Fixed(((Piece("same "), Piece("1.0", "pos1"), Piece(" end")),)))
    (change,) = pane.paint(Fixed(((Piece("same "), Piece("2.0", "pos1"), Piece(" end")),)))
    assert (change.x, change.y, line_text(change.pieces)) == (7, 1, "2.0")


def test_a_long_content_has_a_mark_at_the_side_that_moves():
    pane = Pane("program")
    pane.place(Box(0, 0, 20, 7))
    picture = Fixed(((Piece("x"),),) * 5, height=50)
    pane.paint(picture)
    assert [line_text(row)[-1] for row in pane.rows[1:-1]] == ["┃", "│", "│", "│", "│"]
    assert pane.scroll(100)
    pane.paint(picture)
    assert [line_text(row)[-1] for row in pane.rows[1:-1]] == ["│", "│", "│", "│", "┃"]
    assert not pane.scroll(1)
    pane.follow()
    pane.paint(picture)
    assert pane.canvas.top == 0


def test_a_wide_content_has_a_mark_below():
    pane = Pane("program")
    pane.place(Box(0, 0, 20, 7))
    pane.paint(Fixed((), width=64))
    assert line_text(pane.rows[-1]) == "╰─━━━━─────────────╯"
    assert pane.scroll(columns=4)


def test_a_long_title_stays_in_the_frame():
    pane = Pane("program")
    pane.place(Box(0, 0, 20, 4))
    pane.paint(Fixed((), (Piece("漢" * 30, "strong"),)))
    top = line_text(pane.rows[0])
    assert width(top) == 20
    assert top.startswith("╭─ 漢")
    assert top.endswith("╮")


def test_clicks_are_found_inside_the_frame():
    pane = Pane("operation")
    assert pane.target(0, 0) is None
    pane.place(Box(10, 5, 20, 6))
    pane.paint(Fixed(()))
    assert pane.target(12, 6) == Target("x")
    assert pane.target(11, 6) is None
    assert pane.target(12, 5) is None
