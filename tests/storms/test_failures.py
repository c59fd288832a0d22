"""Whatever raises, wherever: one line to the person, a note in a file, and the session lives on where it can."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn
from unittest import mock

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from nnstep.commands import COMMANDS
from nnstep.tui.app import NnstepApp
from nnstep.tui.commands import command_label
from nnstep.tui.screens.find import Find
from nnstep.tui.screens.goto import Goto
from nnstep.tui.screens.help import Help
from nnstep.tui.screens.palette import Commands
from nnstep.tui.widgets.board import Board
from nnstep.view.state import ViewState
from tests.tui.driving import fake, press_at_once, run, screen_text
from tests.tui.fakes import ENTRIES, FakeStepper, as_stepper, fake_opener


class InjectedError(Exception):
    """What the tests raise; its text is hostile."""


def fails(*_: object, **__: object) -> NoReturn:
    raise InjectedError("no \x1b[31mway [/] [@click=app.quit]x[/]")


BAD = SimpleNamespace(key="operation", title=(), paint=fails)


Break = Callable[[NnstepApp], Callable[[], None]]  # breaks something, and gives how to undo it


def footer(app: NnstepApp) -> str:
    return screen_text(app).splitlines()[-1]


def lives_on(stepper: FakeStepper, break_it: Break, *keys: str) -> tuple[list[str], bool, int, bool]:
    """Break something, press keys; what is said, and whether the session goes on afterwards."""

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[str], bool, int, bool]:
        undo = break_it(app)
        await press_at_once(app, pilot, keys)
        await pilot.pause()
        undo()
        await press_at_once(app, pilot, ["escape", "escape"])
        said = [str(error) for error in app.failures]
        before = stepper.step
        await press_at_once(app, pilot, ["n"])
        return said, app.screen is app.stepping, stepper.step - before, app.is_running

    return run(act, stepper)


def replaced(owner: Callable[[NnstepApp], object], name: str) -> Break:
    """Let a method of an object or a class raise, until it is undone."""

    def break_it(app: NnstepApp) -> Callable[[], None]:
        target = owner(app)
        before = target.__dict__.get(name)
        setattr(target, name, fails)

        def undo() -> None:
            if before is None:
                delattr(target, name)
            else:
                setattr(target, name, before)

        return undo

    return break_it


INJURIES: dict[str, tuple[Callable[[NnstepApp], object], str, list[str]]] = {
    "do": (lambda app: fake(app), "do", ["n"]),
    "reload": (lambda app: fake(app), "reload", ["r"]),
    "names": (lambda app: fake(app), "names", ["slash"]),
    "question": (lambda app: fake(app), "question", ["B"]),
    "suggestion": (lambda app: fake(app), "suggestion", ["e"]),
    "library": (lambda app: app, "library", ["L"]),
    "opener": (lambda app: app, "opener", ["o", *"mlp", "enter"]),
    "a dialog's submission": (lambda app: fake(app), "do", ["g", "3", "enter"]),
    "a dialog's compose": (lambda app: Goto, "compose", ["g"]),
    "a dialog's mount": (lambda app: Find, "on_mount", ["slash"]),
    "a dialog's resize": (lambda app: Help, "on_resize", ["?"]),
    "a widget of a dialog": (lambda app: Input, "_on_key", ["g", "3"]),
    "rendering a widget of a dialog": (lambda app: OptionList, "render_line", ["slash"]),
    "the palette": (lambda app: app, "_dress_dialogs", ["ctrl+p"]),
    "the palette's compose": (lambda app: Commands, "compose", ["ctrl+p"]),
    "copying to a file": (lambda app: app.stepping, "copied", ["Y"]),
    "copying": (lambda app: app, "copy_to_clipboard", ["y"]),
    "the colours": (lambda app: app.chosen_look, "go_on", ["T"]),
}


@pytest.mark.parametrize("name", INJURIES)
def test_the_session_lives_on(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    owner, method, keys = INJURIES[name]
    said, back, stepped, running = lives_on(FakeStepper(8, 12), replaced(owner, method), *keys)
    assert said
    assert (back, stepped, running) == (True, 1, True)
    assert list(tmp_path.rglob("*crash*"))


def test_a_palette_without_its_commands_can_be_left() -> None:
    assert lives_on(FakeStepper(), replaced(lambda app: app, "get_system_commands"), "ctrl+p", "n", "down", "enter")[
        1:
    ] == (*(True, 1, True),)


def test_what_is_said_is_one_line_without_its_control_characters() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        with mock.patch.object(fake(app), "do", fails):
            await press_at_once(app, pilot, ["n"])
        return footer(app)

    said = run(act, FakeStepper())
    assert "InjectedError: no \\x1b[31mway [/] [@click=app.quit]x[/]" in said


def test_a_timer_that_raises_is_said_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstep.tui.screens.stepper._LOOK", 0.02)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, bool, str]:
        with mock.patch.object(fake(app), "changed_on_disk", side_effect=InjectedError) as looked:
            while looked.call_count < 2:
                await pilot.pause()
            return len(app.failures), app.is_running, footer(app)

    failures, running, said = run(act, FakeStepper())
    assert failures >= 2
    assert running
    assert "InjectedError" in said


def test_a_run_whose_next_slice_raises_is_no_run_any_more_in_the_way() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, bool, int]:
        stepper = fake(app)
        app.stepping.drive("run.forward")
        with mock.patch.object(stepper, "do", fails):
            while not app.failures:
                await pilot.pause()
        await press_at_once(app, pilot, ["n", "n"])
        return app.is_running, app.stepping.board.running, stepper.step

    running, under_way, step = run(act, FakeStepper())
    assert (running, under_way) == (True, False)
    assert step > 0


def test_a_state_that_cannot_be_painted_leaves_the_one_before() -> None:
    class Unpaintable(FakeStepper):
        bad = False

        def view(self) -> ViewState:
            state = super().view()
            if self.bad:
                return replace(state, panels={**state.panels, "operation": BAD})
            return state

    stepper = Unpaintable(4, 5)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, str, str, bool]:
        await press_at_once(app, pilot, ["n"])
        before = screen_text(app).splitlines()[:-1]
        stepper.bad = True
        await press_at_once(app, pilot, ["n"])
        during, said = screen_text(app).splitlines()[:-1], footer(app)
        stepper.bad = False
        await press_at_once(app, pilot, ["n"])
        return before == during, said, screen_text(app), app.is_running

    same, said, after, running = run(act, stepper)
    assert same
    assert "InjectedError" in said
    assert "3/400" in after
    assert running


def test_a_handler_of_the_board_that_raises_is_said() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, int, bool]:
        with mock.patch.object(app.stepping.board.mouse, "pane_at", fails):
            await pilot.click(offset=(30, 10))
            await pilot.pause()
        await press_at_once(app, pilot, ["n"])
        return len(app.failures), fake(app).step, app.is_running

    failures, step, running = run(act, FakeStepper())
    assert failures
    assert (step, running) == (1, True)


@pytest.mark.parametrize(("owner", "method"), [(Board, "_paint"), (FakeStepper, "view"), (FakeStepper, "do")])
def test_with_nothing_to_show_the_program_ends_with_70_and_one_line(
    owner: type[Board] | type[FakeStepper], method: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(owner, method, fails)
    app = NnstepApp(as_stepper(FakeStepper()), opener=fake_opener, library=lambda: ENTRIES)

    async def going() -> None:
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()

    asyncio.run(going())
    assert isinstance(app.guard.fatal, InjectedError)
    assert app.return_code == 70
    said = app.guard.last_line
    assert "\n" not in said
    assert said.startswith(
        "nnstep: internal error: InjectedError: no \\x1b[31mway [/] [@click=app.quit]x[/] (details: "
    )


def test_every_dialog_of_the_table_is_tried() -> None:
    """A dialog that is new is to be injured above as well."""
    opened = {command.id for command in COMMANDS if command_label(command).endswith("…")}
    assert opened == {
        *("step.goto", "name.find", "stop.add", "watch.add", "edit.make", "branch.rename", "branch.save", "mine.open"),
        *("quiz.answer", "file.open", "panel.copy-to-file"),
    }
