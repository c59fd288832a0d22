"""The screen on the real stepper."""

from __future__ import annotations

import re

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from nnstep.commands import COMMANDS
from nnstep.scenario import bundled
from nnstep.tui.app import NnstepApp
from nnstep.tui.commands import command_label
from nnstep.tui.scenarios import open_stepper
from tests.present import present
from tests.tui.driving import board_rows, press_at_once, run, screen_text
from tests.tui.fakes import random_presses
from tests.tui.real import here

KEYS = [
    key for command in COMMANDS for key in command.keys if command.session and not command_label(command).endswith("…")
] + [
    "tab",
    "z",
    "1",
    "2",
    "3",
    "4",
    "6",
]


def test_the_stepper_answers_every_session_command_of_the_table() -> None:
    stepper = open_stepper("two_layer")
    for command in COMMANDS:
        if command.session:
            argument = {"step.goto": "3", "name.find": "loss"}.get(command.id)
            assert stepper.do(command.id, argument).panels


def test_enabled_commands_are_of_the_table() -> None:
    known = {command.id for command in COMMANDS if command.session}
    known |= {"cell.choose", "weight.choose", "panel.focus", "lens.step", "lens.cell", "lens.mine", "mine.compare"}
    known |= {"row.up", "row.down", "row.choose", "mark.choose", "run.choose", "branch.switch", "iteration.goto"}
    known |= {"run.advance", "run.stop", "picture.choose"}
    assert open_stepper("two_layer").view().enabled <= known


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_a_walk_through_an_iteration_and_back(size: tuple[int, int]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, str]:
        first = board_rows(app)
        await press_at_once(app, pilot, ["n"] * 12)
        there = screen_text(app)
        await press_at_once(app, pilot, ["N"] * 12)
        return first == board_rows(app), there

    same, there = run(act, open_stepper("two_layer"), size)
    assert same
    assert "∂L/∂" in there


@pytest.mark.parametrize("name", ["two_layer", "attention", "minibatch_sgd", "chain_rule"])
def test_any_keys_do_no_harm(name: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[BaseException], bool]:
        await press_at_once(app, pilot, random_presses(len(name), KEYS, 60))
        return app.failures, all(sum(len(char) for char, _ in row) == 120 for row in board_rows(app))

    assert run(act, open_stepper(name)) == ([], True)


def test_the_bundled_scenarios_are_in_the_library() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await pilot.pause()
        return screen_text(app)

    text = run(act, None, (120, 36))
    assert "Scenarios" in text
    assert {"two_layer", "xor", "mazur"} <= {entry.name for entry in bundled()}


def test_a_gradient_can_be_pasted_and_is_compared() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, ...]:
        await pilot.press("m")
        await pilot.pause()
        asked = screen_text(app)
        area = app.screen.query_one(TextArea)
        area.text = "one two"
        await pilot.press("ctrl+s")
        await pilot.pause()
        wrong = screen_text(app)
        area.text = "[[1, 2, 3], [4, 5, 6]]"
        await pilot.press("ctrl+s")
        await pilot.pause()
        return asked, wrong, screen_text(app)

    stepper = open_stepper("two_layer")
    stepper.do("step.goto", "grad(W1)")
    asked, wrong, compared = run(act, stepper)
    assert "∂L/∂W1, 2×3" in asked
    assert "is no number" in wrong
    assert "6 entries differ" in compared


def test_a_quiz_hides_asks_hints_and_counts() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, ...]:
        await press_at_once(app, pilot, ["p", "n"])
        hidden = screen_text(app)
        await press_at_once(app, pilot, ["H"])
        hinted = screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        asked = screen_text(app)
        await pilot.press(*"2.5", "enter")
        await pilot.pause()
        right = screen_text(app)
        await press_at_once(app, pilot, ["n", "n"])
        shown = screen_text(app)
        await press_at_once(app, pilot, ["n", "p", "t"])
        return hidden, hinted, asked, right, shown, screen_text(app)

    hidden, hinted, asked, right, shown, after = run(act, open_stepper("two_layer"))
    assert "= ?" in hidden
    assert "x[0,0] · W1[0,0]" in hinted
    assert "Within 1 %" in asked
    assert "Right" in right
    assert re.search(r"⎡ +2\.5 ", right)
    assert not re.search(r"⎡ +2\.5 ", asked)
    assert "This is it" in shown
    assert "~1" in after
    assert "·1" in after


def test_following_a_number_there_and_back() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[str]:
        seen = [screen_text(app)]
        for key in ("enter", "enter", "backspace", "U", "escape"):
            await press_at_once(app, pilot, [key])
            seen.append(screen_text(app))
        return seen

    stepper = open_stepper("two_layer")
    stepper.do("step.goto", "grad(W1)")
    first, terms, followed, back, uses, last = run(act, stepper)
    assert "sample 1" in terms
    assert "x[0,0] = " in followed or "∂L/∂z[0,0]" in followed
    assert back == terms
    assert "is used by" in uses
    assert last == first


def test_arrows_choose_rows_where_there_are_rows() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, int]:
        await press_at_once(app, pilot, ["enter", "down", "down"])
        chosen = here(app).choice.row
        await press_at_once(app, pilot, ["pagedown", "up"])
        return chosen, here(app).choice.row

    stepper = open_stepper("two_layer")
    stepper.do("step.goto", "grad(W1)")
    assert run(act, stepper) == (2, 4)


def test_the_mouse_chooses_views_and_rows_and_follows() -> None:
    async def click(app: NnstepApp, pilot: Pilot[None], text: str) -> None:
        for y, row in enumerate(screen_text(app).splitlines()):
            if text in row:
                await pilot.click(offset=(row.index(text) + 1, y))
                await pilot.pause()
                return
        raise AssertionError(text)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, str, str, str]:
        seen = here(app)
        await press_at_once(app, pilot, ["enter"])
        await click(app, pilot, "sample 1")
        chosen = seen.choice.row
        await click(app, pilot, "sample 1")
        followed = present(seen.moment().at.chosen).name
        await click(app, pilot, " uses ")
        lens = seen.choice.lens
        await click(app, pilot, " step  cell")
        return chosen, followed, lens, seen.choice.lens

    stepper = open_stepper("two_layer")
    stepper.do("step.goto", "grad(W1)")
    assert run(act, stepper) == (2, "x", "uses", "step")
