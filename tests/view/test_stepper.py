"""Laws of the view: stepping back undoes, nothing is shown before it is computed, every panel fits its window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.commands import PANEL_KEYS
from nnstep.text import width as text_width
from nnstep.view.state import ROLES, ViewState
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Canvas, line_text
from tests.view.samples import ALL, stepper

MOVES = (
    "step.next",
    "step.back",
    "step.first",
    "step.last",
    "phase.next",
    "phase.previous",
    "iteration.next",
    "iteration.previous",
    "cell.left",
    "cell.right",
    "cell.up",
    "cell.down",
    "weight.next",
    "digits.more",
    "digits.fewer",
    "frame.into",
    "frame.back-into",
    "frame.out",
    "frame.back-out",
    "cell.follow",
    "cell.return",
    "lens.cell",
    "lens.uses",
    "lens.check",
    "lens.jacobian",
    "lens.picture",
    "lens.mine",
    "lens.step",
    "row.up",
    "row.down",
    "terms.all",
    "panel.reading",
    "quiz.toggle",
    "quiz.hint",
    "lens.run",
    "lens.health",
    "lens.memory",
    "lens.branches",
    "run.choose",
    "run.log",
    "run.forward",
    "run.backward",
    "stop.line",
    "mark.enable",
    "mark.remove",
    "edit.undo",
)


def painted(view: ViewState, width: int = 60, height: int = 20) -> dict[str, tuple[str, ...]]:
    """The text of every panel."""
    panels = {"header": view.header, **view.panels}
    return {key: tuple(map(line_text, panel.paint(width, height).lines)) for key, panel in panels.items()}


def but_the_run(view: ViewState) -> dict[str, tuple[str, ...]]:
    """The text of every panel, the line of the run left out: it shows how far the run has been done, which a step back
    does not undo.
    """
    seen = painted(view)
    return {**seen, "header": seen["header"][:2]}


def pieces(view: ViewState, width: int, height: int) -> list[tuple[str, Canvas]]:
    panels = {"header": view.header, **view.panels}
    return [
        (key, panel.paint(width, view.header_lines if key == "header" else height)) for key, panel in panels.items()
    ]


@pytest.mark.parametrize("name", ALL)
@given(st.lists(st.sampled_from(MOVES[2:8]), max_size=4), st.integers(0, 60))
@settings(deadline=None, max_examples=20)
def test_steps_forward_then_as_many_back_is_the_identity(name: str, moves: list[str], steps: int) -> None:
    seen = stepper(name)
    for move in moves:
        seen.do(move)
    taken = 0
    before = but_the_run(seen.do("step.goto", f"{seen.session.position.iteration}:{seen.session.position.step}"))
    while taken < steps and "step.next" in seen.view().enabled:
        seen.do("step.next")
        taken += 1
    for _ in range(taken):
        seen.do("step.back")
    assert but_the_run(seen.view()) == before


@pytest.mark.parametrize("name", ALL)
def test_every_step_back_shows_what_was_shown(name: str) -> None:
    seen, views = stepper(name), []
    while "step.next" in seen.view().enabled:
        views.append(but_the_run(seen.view()))
        seen.do("step.next")
    while views:
        assert but_the_run(seen.do("step.back")) == views.pop()


@pytest.mark.parametrize("name", ALL)
def test_once_the_run_was_done_every_step_back_shows_all_that_was_shown(name: str) -> None:
    seen, views = stepper(name), []
    seen.do("step.goto", f"{seen.session.timeline.iterations}:0")
    seen.do("step.goto", "1:0")
    while "step.next" in seen.view().enabled:
        views.append(painted(seen.view()))
        seen.do("step.next")
    while views:
        assert painted(seen.do("step.back")) == views.pop()


@pytest.mark.parametrize("name", ALL)
@given(st.lists(st.sampled_from(MOVES), max_size=25), st.integers(8, 130), st.integers(1, 40))
@settings(deadline=None, max_examples=25)
def test_every_panel_fits_its_window(name: str, commands: list[str], width: int, height: int) -> None:
    seen = stepper(name)
    for command in commands:
        seen.do(command)
    for key, canvas in pieces(seen.view(), width, height):
        assert len(canvas.lines) <= (3 if key == "header" else height)
        for line in canvas.lines:
            assert text_width(line_text(line)) <= width, (key, line_text(line))


@pytest.mark.parametrize("name", ALL)
def test_every_role_is_one_the_theme_knows(name: str) -> None:
    seen = stepper(name)
    while True:
        for _, canvas in pieces(seen.view(), 100, 40):
            for line in canvas.lines:
                for piece in line:
                    assert set(piece.role.split()) <= set(ROLES), piece
        if "step.next" not in seen.view().enabled:
            return
        seen.do("step.next")


@pytest.mark.parametrize("name", ALL)
def test_no_number_is_shown_before_it_is_computed(name: str) -> None:
    """A later step's numbers are replaced by a number found nowhere else; it must not be seen."""
    seen = stepper(name)
    session = seen.session
    record, program = session.record, session.program
    poisoned = record.arena.copy()
    marked = seen.gallery
    for step in range(len(program.steps) + 1):
        poisoned[:] = record.arena
        for value in program.values:
            if value.step > step and value.slot in record.layout.offsets:
                start = record.layout.offsets[value.slot]
                poisoned[start : start + int(np.prod(value.shape))] = 987654.0
        view = Stepper(session.scenario)
        object.__setattr__(view.session.record, "arena", poisoned.copy())
        shown = painted(view.do("step.goto", str(step)), 120, 60)
        assert not [line for lines in shown.values() for line in lines if "98765" in line.replace(" ", "")]
    assert marked.digits == 4


@pytest.mark.parametrize("name", ALL)
def test_what_is_not_enabled_says_why_and_changes_nothing(name: str) -> None:
    seen = stepper(name)
    for start in ("1:0", "end"):
        if start == "end":
            seen.do("step.goto", f"{seen.session.timeline.iterations}:0")
            seen.do("step.last")
        else:
            seen.do("step.goto", start)
        view = seen.view()
        position = seen.session.position
        for command in set(MOVES[:8]) - view.enabled:
            assert seen.do(command).message, command
            assert seen.session.position == position, command


@pytest.mark.parametrize("name", ALL)
def test_go_to_takes_every_name_and_every_step(name: str) -> None:
    seen = stepper(name)
    for text in seen.names():
        view = seen.do("step.goto", text)
        assert not view.message
        value = seen.session.program.values[seen.session.program.versions[text][-1]]
        assert seen.session.position.step == value.step
    for text in ("99999", "0:1", "77777:1", "nonsense", "", "-1", "1:2:3", "[/]"):
        position = seen.session.position
        assert seen.do("step.goto", text).message
        assert seen.session.position == position


def test_a_click_on_a_cell_chooses_it_and_lights_what_made_it() -> None:
    seen = stepper("layers")
    seen.do("step.goto", "z1")
    canvas = seen.view().panels["activations"].paint(80, 20)
    text = [line_text(line) for line in canvas.lines]
    row = next(y for y, line in enumerate(text) if "z1 2×3" in line)
    column = text[row].index("z1 2×3")
    target = canvas.at(column + 10, row + 2)
    assert target is not None
    assert target.command == "cell.choose"
    view = seen.do(target.command, target.argument)
    lit = [piece.text for line in view.panels["operation"].paint(80, 30).lines for piece in line if "lit" in piece.role]
    assert len(lit) == 2  # (x @ W1)[1, j] and b1[j]


def test_the_arithmetic_of_a_cell_ends_in_its_value() -> None:
    seen = stepper("layers")
    seen.do("step.goto", "x @ W1")
    lines = [line_text(line) for line in seen.view().panels["operation"].paint(100, 30).lines]
    x, w = (seen.session.record.at(name, 1) for name in ("x", "W1"))
    assert x is not None
    assert w is not None
    value = float(x[0] @ w[:, 0])
    said = next(line for line in lines if "(x @ W1)[0,0] = x[0,0] · W1[0,0] + x[0,1] · W1[1,0]" in line)
    assert f"{value:g}".replace("-", "−") in said


def test_the_cursor_walks_from_matrix_to_matrix_in_a_panel_of_values() -> None:
    seen = stepper("layers")
    seen.do("panel.focus", "parameters")
    seen.do("cell.right")
    names = [seen.choice.name]
    for _ in range(12):
        seen.do("cell.right")
        names.append(seen.choice.name)
    assert list(dict.fromkeys(names)) == ["W1", "b1", "W2", "b2"]
    for _ in range(12):
        seen.do("cell.left")
    assert seen.choice.name == "W1"


def test_more_digits_are_shown_when_asked_for() -> None:
    seen = stepper("layers")
    seen.do("step.goto", "h1")
    few = "".join(painted(seen.view())["operation"])
    for _ in range(20):
        view = seen.do("digits.more")
    many = "".join(painted(view, 120)["operation"])
    assert "0.4688" in few
    assert "0.46879062662624377"[:15] in many
    assert "0.46879062662624377"[:15] not in few


def test_hostile_titles_and_names_come_out_harmless() -> None:
    from nnstep.scenario import loads

    title = 'title = "\\u001b[31m[/]\\u202eevil\\u0007"\ndescription = "a\\u0000b"\n'
    text = title + 'equations = "z = 2 * w"\n[parameters]\nw = 1'
    seen = Stepper(loads(text))
    for lines in painted(seen.view(), 120, 40).values():
        for line in lines:
            assert line.isprintable(), line


def test_every_key_of_the_panels_is_there() -> None:
    assert tuple(stepper("layers").view().panels) == PANEL_KEYS
