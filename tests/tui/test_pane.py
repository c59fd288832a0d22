"""What a pane paints: rows of exact width, and changes that lead from any picture to any other."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from nnstep.text import width
from nnstep.tui.screen_layout import Rectangle
from nnstep.tui.widgets.pane import Pane, padded_line
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target, line_text

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
        return Canvas(self.lines, (ClickArea(0, 0, 2, 1, Target("x")),), self.width, self.height, first, side)


pictures = st.builds(Fixed, st.lists(lines, max_size=7).map(tuple), lines, st.integers(0, 40))


@given(lines, st.integers(1, 30))
def test_fit_is_exactly_as_wide_as_asked(line: tuple[Piece, ...], columns: int) -> None:
    assert width(line_text(padded_line(line, columns))) == columns


@given(lines, st.integers(1, 30))
def test_fit_keeps_what_there_is_room_for(line: tuple[Piece, ...], columns: int) -> None:
    text, fitted = line_text(line), line_text(padded_line(line, columns))
    if width(text) <= columns:
        assert fitted.rstrip() == text.rstrip()
    else:
        assert text.startswith(fitted.rstrip(" "))


@given(pictures, st.booleans(), st.booleans())
def test_rows_fill_the_box(picture: Fixed, focused: bool, framed: bool) -> None:
    pane = Pane("operation", framed=framed)
    pane.place(Rectangle(0, 0, 20, 6))
    pane.paint(picture, focused)
    assert len(pane.rows) == 6
    assert all(width(line_text(row)) == 20 for row in pane.rows)


number = st.integers(0, 2)


@given(
    st.lists(pictures, min_size=3, max_size=3),
    st.lists(st.tuples(number, st.booleans(), number), min_size=1, max_size=8),
    st.booleans(),
)
def test_what_is_said_to_have_changed_leads_from_any_picture_to_any_other(
    panels: list[Fixed], steps: list[tuple[int, bool, int]], framed: bool
) -> None:
    box = Rectangle(3, 2, 20, 6)
    pane, shown = Pane("operation", framed=framed), dict[int, Line]()
    pane.place(box)
    for number, focused, down in steps:
        for x, y, columns, lines in pane.paint(panels[number], focused):
            assert (x, columns) == (box.x, box.width)
            shown |= {row: pane.rows[row] for row in range(y - box.y, y - box.y + lines)}
        assert [shown[row] for row in range(box.height)] == list(pane.rows)
        fresh = Pane("operation", framed=framed)
        fresh.place(box)
        fresh.top = pane.top
        fresh.paint(panels[number], focused)
        assert fresh.rows == pane.rows
        pane.scroll(down)


@given(pictures, st.booleans())
def test_nothing_new_is_no_change(picture: Fixed, framed: bool) -> None:
    pane = Pane("operation", framed=framed)
    pane.place(Rectangle(0, 0, 20, 6))
    assert pane.paint(picture) == [pane.box]
    assert pane.paint(picture) == []


def test_only_the_rows_that_differ_have_changed() -> None:
    pane = Pane("operation")
    pane.place(Rectangle(0, 0, 24, 5))
    pane.paint(Fixed(((Piece("same"),), (Piece("1.0", "pos1"), Piece(" end")))))
    (change,) = pane.paint(Fixed(((Piece("same"),), (Piece("2.0", "pos1"), Piece(" end")))))
    assert change == Rectangle(0, 2, 24, 1)


def test_a_long_content_has_a_mark_at_the_side_that_moves() -> None:
    pane = Pane("program")
    pane.place(Rectangle(0, 0, 20, 7))
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


def test_a_wide_content_has_a_mark_below() -> None:
    pane = Pane("program")
    pane.place(Rectangle(0, 0, 20, 7))
    pane.paint(Fixed((), width=64))
    assert line_text(pane.rows[-1]) == "╰─━━━━─────────────╯"
    assert pane.scroll(columns=4)


def test_a_long_title_stays_in_the_frame() -> None:
    pane = Pane("program")
    pane.place(Rectangle(0, 0, 20, 4))
    pane.paint(Fixed((), (Piece("漢" * 30, "strong"),)))
    top = line_text(pane.rows[0])
    assert width(top) == 20
    assert top.startswith("╭─ 漢")
    assert top.endswith("╮")


def test_clicks_are_found_inside_the_frame() -> None:
    pane = Pane("operation")
    assert pane.target(0, 0) is None
    pane.place(Rectangle(10, 5, 20, 6))
    pane.paint(Fixed(()))
    assert pane.target(12, 6) == Target("x")
    assert pane.target(11, 6) is None
    assert pane.target(12, 5) is None
