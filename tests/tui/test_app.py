"""The application by its keys and clicks, against a stepper that only remembers what it was asked."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from rich.style import Style
from textual.command import Command, CommandList
from textual.pilot import Pilot

from nnstep.commands import COMMANDS, PANEL_KEYS
from nnstep.tui.app import NnstepApp
from nnstep.tui.commands import command_heading, command_label, panel_names
from nnstep.tui.screens.find import Find
from nnstep.tui.screens.goto import Goto
from nnstep.tui.screens.help import Help
from nnstep.tui.screens.library import LibraryScreen
from nnstep.tui.screens.open import OpenFile
from nnstep.tui.screens.problems import Problems
from nnstep.tui.widgets.pane import Pane
from nnstep.view.stepper import Stepper
from tests.present import present
from tests.tui.driving import Rows, board_rows, fake, post_keys, press_at_once, run, screen_text
from tests.tui.fakes import HOSTILE, FakeStepper, Log, random_presses

ALL_KEYS = [key for command in COMMANDS for key in command.keys if command.id != "app.quit"]
DIALOGS = (
    *("step.goto", "name.find", "file.open", "file.library", "app.help", "app.palette", "app.quit"),
    *("mine.open", "stop.add", "watch.add", "edit.make", "branch.save", "branch.rename", "panel.copy-to-file"),
)
BOARD_KEYS = [key for command in COMMANDS for key in command.keys if command.id not in DIALOGS]
SIZES = [(120, 36), (80, 24), (200, 60), (60, 16), (120, 24)]


def test_what_the_fake_stepper_can_is_asked_as_of_the_real_one() -> None:
    for name, method in vars(FakeStepper).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert inspect.signature(method) == inspect.signature(getattr(Stepper, name)), name


def test_every_key_reaches_its_command() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[str]:
        reached: list[str] = []
        with mock.patch.object(app.stepping, "perform", reached.append):
            await press_at_once(app, pilot, [key for command in COMMANDS for key in command.keys])
        return reached

    assert run(act, FakeStepper()) == [command.id for command in COMMANDS for _ in command.keys]


def test_session_commands_reach_the_stepper_in_the_order_of_the_keys() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[str]:
        await pilot.press("n", "n", "N", "right", "space", "left", "j", "shift+right", "]", "<", "end", "t")
        return [name for name, _ in fake(app).log]

    assert run(act, FakeStepper()) == [
        *["panel.focus", "step.next", "step.next", "step.back", "step.next", "step.next", "step.back"],
        *["cell.down", "cell.right", "iteration.next", "phase.previous", "step.last", "weight.next"],
    ]


def test_every_key_stops_a_run_and_does_nothing_else_then() -> None:
    """Those of the table, others, and Ctrl+C."""
    keys = [*ALL_KEYS, "Q", "%", "f5", "ctrl+c", "ctrl+x", "insert"]

    async def act(app: NnstepApp, pilot: Pilot[None]) -> bool:
        stepper = fake(app)
        before = stepper.step, stepper.focus, app.stepping.board.zoomed, app.chosen_look.name
        for key in keys:
            app.stepping.drive("run.forward")
            stepper.log.clear()
            assert app.stepping.board.running
            post_keys(app, [key])
            for _ in range(100_000):
                await asyncio.sleep(0)
                if not app.stepping.board.running:
                    break
            await pilot.pause()
            assert not app.stepping.board.running, key
            assert {name for name, _ in stepper.log} - {"run.advance"} == {"run.stop"}, key
            assert stepper.log[-1][0] == "run.stop", key
            assert app.screen is app.stepping, key
        return before == (stepper.step, stepper.focus, app.stepping.board.zoomed, app.chosen_look.name)

    assert run(act, FakeStepper())


def test_a_run_goes_on_by_itself_and_shows_it() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        app.stepping.drive("run.forward")
        while fake(app).log.count(("run.advance", None)) < 3:
            await asyncio.sleep(0)
        text = screen_text(app)
        app.stepping.drive("run.stop")
        while app.stepping._going is not None:  # the slice that was to come next
            await asyncio.sleep(0)
        return text.splitlines()[-1].strip(), fake(app).log[-1][0]

    assert run(act, FakeStepper()) == ("running", "run.stop")


def test_a_check_goes_on_by_itself_and_every_key_does_what_it_always_does() -> None:
    """What is said stays meanwhile, and under a dialog it waits."""

    async def slices(stepper: FakeStepper, count: int) -> None:
        while stepper.log[-count:] != [("go on", None)] * count:
            await asyncio.sleep(0)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        stepping, stepper = app.stepping, fake(app)
        stepper.checking = True
        stepping.drive("lens.check")
        stepping.say("a word to the person")
        await slices(stepper, 3)
        said = screen_text(app).splitlines()[-1].strip()
        await press_at_once(app, pilot, ["n"])
        assert ("step.next", None) in stepper.log
        await press_at_once(app, pilot, ["?"])
        assert app.screen is not stepping
        stepper.log.clear()
        while stepping._going is not None:
            await asyncio.sleep(0)
        assert stepper.log == []
        await press_at_once(app, pilot, ["escape"])
        await slices(stepper, 3)
        stepper.checking = False
        await slices(stepper, 1)
        while stepping._going is not None:
            await asyncio.sleep(0)
        return said

    assert run(act, FakeStepper()) == "a word to the person"


@pytest.mark.parametrize(("key", "command"), [("B", "stop.add"), ("w", "watch.add"), ("e", "edit.make")])
def test_a_dialog_hands_over_what_was_typed_once_however_fast_enter_is(key: str, command: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[Log, bool, list[BaseException]]:
        await press_at_once(app, pilot, [key, *"abc", "enter", "enter", "enter"])
        await pilot.pause()
        return fake(app).log, app.screen is app.stepping, app.failures

    log, back, failures = run(act, FakeStepper())
    assert [argument for name, argument in log if name == command] == [("abc", 1) if key == "B" else "abc"]
    assert (back, failures) == (True, [])


@pytest.mark.parametrize("keys", [("g", "3"), ("/", "W"), ("o", *"xor"), ("L",), ("a", "1"), ("m",)])
def test_enter_may_be_faster_than_a_dialog_closes(keys: tuple[str, ...]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[BaseException], bool, bool]:
        await press_at_once(app, pilot, [*keys, "enter", "enter", "enter"])
        await press_at_once(app, pilot, ["escape", "escape", "escape"])
        await pilot.pause()
        return app.failures, app.is_running, app.screen is app.stepping

    assert run(act, FakeStepper()) == ([], True, True)


def test_watch_is_in_the_grid_when_it_has_something_or_the_focus() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[bool]:
        stepper, seen = fake(app), []
        for lines, key in ((0, "n"), (3, "n"), (0, "n"), (0, "7"), (0, "2")):
            stepper.watching = lines
            await pilot.press(key)
            seen.append("two_layer watch" in screen_text(app))
        return seen

    assert run(act, FakeStepper()) == [False, True, False, True, False]


def test_a_third_line_of_the_header_is_there_on_large_screens() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        rows = screen_text(app).splitlines()
        await pilot.resize_terminal(120, 29)
        await pilot.pause()
        return rows[2], screen_text(app).splitlines()[2]

    large, small = run(act, FakeStepper(header_lines=3))
    assert large.startswith(" run ▁")
    assert "run" not in small


def test_held_keys_are_all_done() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, str]:
        await press_at_once(app, pilot, ["n"] * 200)
        return fake(app).step, screen_text(app)

    step, text = run(act, FakeStepper())
    assert step == 200
    assert "200/400" in text


def test_the_first_screen_has_everything() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        return screen_text(app)

    text = run(act, FakeStepper())
    for name in ("two_layer", "Program", "two_layer operation 4×3", "two_layer gradients 4×3", "▶", "? help", "0/400"):
        assert name in text


def test_a_message_stands_in_for_the_keys_until_the_next_press() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        await pilot.press("N")
        said = screen_text(app)
        await pilot.press("n")
        return said, screen_text(app)

    said, after = run(act, FakeStepper())
    assert "This is the start." in said.splitlines()[-1]
    assert "? help" not in said
    assert "? help" in after.splitlines()[-1]


@pytest.mark.parametrize("size", SIZES)
def test_focus_goes_round_and_by_number(size: tuple[int, int]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[str]:
        seen = []
        for key in ("tab", "tab", "tab", "tab", "tab", "tab", "tab", "shift+tab", "1", "7", "6", "3"):
            await pilot.press(key)
            seen.append(app.stepping.board.focused)
            assert fake(app).focus == seen[-1]
            assert panel_names()[seen[-1]].split()[0].lower() in screen_text(app).lower()
        return seen

    order = [*PANEL_KEYS[2:], *PANEL_KEYS[:2]]
    assert run(act, FakeStepper(), size) == [*order, "program", "program", "watch", "gradients", "chain"]


@pytest.mark.parametrize(("size", "keys"), [((80, 24), ("4",)), ((120, 36), ("3", "z")), ((120, 36), ("4",))])
def test_a_view_is_shown_where_it_can_be_seen(size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, str, bool]:
        await pilot.press(*keys)
        hidden = "two_layer operation" not in screen_text(app)
        await pilot.press("d")
        return hidden, app.stepping.board.focused, "two_layer operation" in screen_text(app)

    hidden = size == (80, 24) or "z" in keys
    assert run(act, FakeStepper(), size) == (hidden, "operation" if hidden else "parameters", True)


def test_zoom_shows_one_panel_and_comes_back() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, str]:
        before = board_rows(app)
        await pilot.press("z")
        alone = screen_text(app)
        await pilot.press("z")
        return before == board_rows(app), alone

    same, alone = run(act, FakeStepper())
    assert same
    assert "two_layer operation" in alone
    assert "two_layer gradients" not in alone


def test_scrolling_stays_until_escape() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, int]:
        pane = app.stepping.board._panes["gradients"]
        await pilot.press("6", "pagedown", "down", "n")
        scrolled = pane.canvas.top
        await pilot.press("escape")
        return scrolled, pane.canvas.top

    scrolled, back = run(act, FakeStepper(64, 64))
    assert scrolled > 5
    assert back == 0


def test_stepping_ends_the_scrolling_of_the_program() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, int]:
        pane = app.stepping.board._panes["program"]
        await pilot.press("1", "pagedown", "pagedown")
        scrolled = pane.canvas.top
        await pilot.press("n")
        return scrolled, pane.canvas.top

    scrolled, back = run(act, FakeStepper())
    assert scrolled > 20
    assert back == 0


def test_copy_gives_the_whole_panel_as_text() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await pilot.press("4", "y")
        return app.clipboard

    copied = run(act, FakeStepper(64, 3))
    assert len(copied.splitlines()) == 65
    assert "two_layer parameters 64×3" in copied


def test_copying_a_very_large_panel_copies_what_is_in_sight() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await pilot.press("4", "y")
        return app.clipboard

    assert 3 < len(run(act, FakeStepper(1024, 1024)).splitlines()) < 30


def test_colours_go_round() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[tuple[str, str, Style | None]]:
        looks = []
        for _ in range(3):
            await pilot.press("T")
            looks.append((app.chosen_look.name, app.theme, board_rows(app)[5][3][1]))
        return looks

    looks = run(act, FakeStepper())
    assert [(name, theme) for name, theme, _ in looks] == [
        ("light", "nnstep-light"),
        ("ansi", "ansi-dark"),
        ("dark", "nnstep-dark"),
    ]
    assert len({style for *_, style in looks}) == 3


def test_no_color_paints_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[set[Style | None], str]:
        await pilot.press("n", "T")
        styles = {style for row in board_rows(app) for _, style in row}
        await pilot.press("?")
        return styles, screen_text(app)

    styles, text = run(act, FakeStepper())
    colours = {colour for style in styles for colour in (present(style).color, present(style).bgcolor)}
    assert all(present(colour).is_default for colour in colours)
    assert "Help" in text


# The dialogs.


@pytest.mark.parametrize(
    ("key", "dialog"),
    [("g", Goto), ("slash", Find), ("o", OpenFile), ("L", LibraryScreen), ("question_mark", Help)],
)
@pytest.mark.parametrize("size", [(120, 36), (60, 16), (10, 4)])
def test_dialogs_open_and_escape_closes_them(
    key: str, dialog: type[Find] | type[Goto] | type[Help] | type[LibraryScreen] | type[OpenFile], size: tuple[int, int]
) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, ...]:
        before = board_rows(app)
        await pilot.press(key)
        opened = isinstance(app.screen, dialog)
        await pilot.press("escape")
        await pilot.pause()
        return opened, app.screen is app.stepping, board_rows(app) == before

    assert run(act, FakeStepper(), size) == (True, True, True)


def test_go_to_takes_what_is_typed_at_once() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, Log]:
        await press_at_once(app, pilot, ["g", "1", "4", "enter"])
        await pilot.press("n")
        return fake(app).step, fake(app).log

    step, log = run(act, FakeStepper())
    assert ("step.goto", "14") in log
    assert step == 15


def test_go_to_nowhere_says_so() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await pilot.press("g", *"grad(Q)", "enter")
        await pilot.pause()
        return screen_text(app)

    assert "no step grad(Q)" in run(act, FakeStepper())


def test_find_narrows_and_goes() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[tuple[str, object], bool]:
        await pilot.press("slash", "w", "1", "down", "enter")
        await pilot.pause()
        return fake(app).log[-1], app.screen is app.stepping

    assert run(act, FakeStepper()) == (("name.find", "x @ W1"), True)


def test_find_without_a_match_stays_open() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> bool:
        await pilot.press("slash", *"zzz", "down", "enter")
        await pilot.pause()
        return isinstance(app.screen, Find)

    assert run(act, FakeStepper())


def test_opening_another_file() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, bool, str]:
        await pilot.press("n", "o", *"xor", "enter")
        await pilot.pause()
        return fake(app).path, app.screen is app.stepping, screen_text(app)

    path, back, text = run(act, FakeStepper())
    assert (path, back) == ("xor", True)
    assert "xor operation" in text


def test_a_file_that_cannot_be_used_says_why_and_loses_nothing() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, int]:
        await pilot.press("n", "n", "o", *"broken", "enter")
        await pilot.pause()
        text = screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        return text, fake(app).step

    text, step = run(act, FakeStepper())
    assert "broken:7: loss.type" in text
    assert "did you mean 'mse'?" in text
    assert step == 2


def test_reloading_a_broken_file_shows_every_problem_and_keeps_the_session() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, str, int]:
        await pilot.press("n", "r")
        await pilot.pause()
        text, shown = screen_text(app), isinstance(app.screen, Problems)
        await pilot.press("escape", "n")
        await pilot.pause()
        return shown, text, fake(app).step

    shown, text, step = run(act, FakeStepper(broken=True))
    assert shown
    assert "fake.toml:3" in text
    assert "fake.toml:9" in text
    assert step == 2


def test_reloading() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await pilot.press("n", "r")
        return screen_text(app)

    assert "read again" in run(act, FakeStepper()).splitlines()[-1]


def test_without_a_scenario_the_library_is_open_and_enter_opens_one() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, str, str, str]:
        await pilot.pause()
        first, shown = screen_text(app), isinstance(app.screen, LibraryScreen)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.pause()
        return shown, first, fake(app).path, screen_text(app)

    shown, first, path, text = run(act)
    assert shown
    assert "Exclusive or" in first
    assert "Look at the hidden layer." in first
    assert path == "xor"
    assert "xor operation" in text


def test_the_library_says_what_is_wrong_with_a_scenario() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, str]:
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        return isinstance(app.screen, LibraryScreen), screen_text(app)

    there, text = run(act)
    assert there
    assert "broken:7: loss.type" in text


def test_a_path_can_be_typed_in_the_library() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, bool]:
        await pilot.press("o", *"mlp", "enter")
        await pilot.pause()
        await pilot.pause()
        return fake(app).path, app.screen is app.stepping

    assert run(act) == ("mlp", True)


@pytest.mark.parametrize("key", ["escape", "q"])
def test_leaving_the_library_without_a_scenario_ends_the_program(key: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> bool:
        await pilot.press(key)
        await pilot.pause()
        return app.leaving

    assert run(act)


def test_q_quits() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, int | None]:
        await pilot.press("q")
        return app.leaving, app.return_code

    assert run(act, FakeStepper()) == (True, 0)


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until something holds, however long that takes."""
    for _ in range(100_000):
        if holds():
            return
        await pilot.pause()
    raise AssertionError("it never came to that")


def found_first(app: NnstepApp) -> str:
    """What stands first in the list of the palette, once it has searched for what was typed."""
    found = next(iter(app.screen.query(CommandList)), None)
    if found is None or not found.option_count:
        return ""
    command = found.get_option_at_index(0)
    assert isinstance(command, Command)
    return str(command.hit.text or "")


def test_the_palette_has_every_command_and_carries_it_out() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[set[str], str]:
        offered = {command.title for command in app.get_system_commands(app.screen)}
        await pilot.press("ctrl+p", *"next step")
        await until(pilot, lambda: found_first(app).endswith("Next step"))
        await pilot.press("enter")
        await until(pilot, lambda: bool(fake(app).log) and app.screen is app.stepping)
        return offered, fake(app).log[-1][0]

    offered, last = run(act, FakeStepper())
    assert offered == {f"{command_heading(c)}: {command_label(c)}" for c in COMMANDS if c.id != "app.palette"}
    assert last == "step.next"


# What files say.


@pytest.mark.parametrize("key", ["n", "slash", "o", "L", "r", "y"])
@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_hostile_names_are_shown_as_they_are(key: str, size: tuple[int, int]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await pilot.press(key)
        await pilot.pause()
        if key == "L":
            await pilot.press("down")
            await pilot.pause()
        if key == "o":
            await pilot.press(*"broken", "enter")
            await pilot.pause()
        return screen_text(app)

    text = run(act, FakeStepper(name=HOSTILE, broken=True), size)
    assert not any(ord(char) < 32 or char in "\x7f\u202e" for char in text.replace("\n", ""))
    if key in ("slash", "L"):
        assert "W[red]x[/] [@click" in text
    if key in ("n", "y"):
        assert "W[red]x[/] [@click=app.quit]q\\x1b[31m\\u202eeman\\x07" in text


# Whatever is pressed, whatever the size.


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_after_any_keys_the_board_is_as_if_painted_afresh(seed: int, size: tuple[int, int]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[Rows, Rows]:
        await press_at_once(app, pilot, random_presses(seed, BOARD_KEYS, 80))
        painted = board_rows(app)
        for pane in app.stepping.board._panes.values():
            box = pane.box
            pane.place(None)
            pane.place(box)
        app.stepping.board._paint()
        return painted, board_rows(app)

    painted, afresh = run(act, FakeStepper(8, 12), size)
    assert painted == afresh


@pytest.mark.parametrize("seed", range(3))
def test_random_keys_in_dialogs_do_no_harm(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a panel may be copied to a file

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[BaseException], bool]:
        keys = [*ALL_KEYS, "enter", "backspace", "x", "tab", "delete", "ctrl+c"]
        for number in range(10):
            await press_at_once(app, pilot, random_presses(10 * seed + number, keys, 12))
        return app.failures, app.is_running

    assert run(act, FakeStepper(8, 12)) == ([], True)


def test_resizing_again_and_again() -> None:
    sizes = [
        (120, 36),
        (1, 1),
        (59, 16),
        (60, 15),
        (60, 16),
        (300, 90),
        (99, 30),
        (100, 29),
        (2, 50),
        (150, 2),
        (80, 24),
    ]

    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        for number, size in enumerate(sizes * 2):
            await pilot.resize_terminal(*size)
            await pilot.press(("n", "tab", "z", "z")[number % 4])
            await pilot.pause()
            assert len(board_rows(app)) == size[1]
            assert all(sum(len(char) for char, _ in row) == size[0] for row in board_rows(app))
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        return screen_text(app)

    assert "two_layer" in run(act, FakeStepper())


def test_too_small_says_how_large_it_has_to_be() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        text = screen_text(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        return text, screen_text(app)

    text, after = run(act, FakeStepper(), (50, 12))
    assert "50×12" in text
    assert "60×16" in text
    assert "two_layer" in after


def test_an_action_that_fails_is_one_line_and_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    stepper = FakeStepper()

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, int]:
        with mock.patch.object(stepper, "do", side_effect=ZeroDivisionError):
            await pilot.press("n")
            text = screen_text(app)
        await pilot.press("n")
        return text, stepper.step

    text, step = run(act, stepper)
    (note,) = tmp_path.rglob("nnstep-crash-*.log")
    assert "ZeroDivisionError" in text.splitlines()[-1]
    assert "ZeroDivisionError" in note.read_text(encoding="utf-8")
    assert step == 1


# The mouse.


def where(app: NnstepApp, text: str) -> tuple[int, int]:
    """Column and row of a text on the screen."""
    for y, row in enumerate(screen_text(app).splitlines()):
        if text in row:
            return row.index(text), y
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  7 two_layer7", ("step.goto", "7")),
        ("d check", ("lens.check", None)),
        ("n step", ("step.next", None)),
    ],
)
def test_a_click_does_what_it_looks_as_if_it_does(text: str, expected: tuple[str, str | None]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> Log:
        await pilot.click(offset=where(app, text))
        await pilot.pause()
        return fake(app).log

    assert expected in run(act, FakeStepper())


def test_a_click_on_a_cell_chooses_it_and_focuses_its_panel() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, tuple[int, int]]:
        x, y = where(app, "two_layer activations 4×3")
        await pilot.click(offset=(x + 10, y + 2))
        await pilot.pause()
        return app.stepping.board.focused, fake(app).cursor

    assert run(act, FakeStepper()) == ("activations", (1, 1))


def test_a_click_on_the_timeline_goes_there() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> int:
        await pilot.click(offset=(59, 1))
        await pilot.pause()
        return fake(app).step

    assert run(act, FakeStepper()) == 200


def test_a_click_on_a_tab_focuses_and_on_quit_quits() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, bool]:
        await pilot.click(offset=where(app, "4 Param"))
        await pilot.pause()
        focused = app.stepping.board.focused
        await pilot.click(offset=where(app, "q quit"))
        await pilot.pause()
        return focused, app.leaving

    assert run(act, FakeStepper(), (80, 24)) == ("parameters", True)


def test_the_wheel_scrolls_the_panel_under_the_pointer() -> None:
    from textual import events

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, ...]:
        board = app.stepping.board
        pane: Pane = board._panes["gradients"]
        x, y = where(app, "two_layer gradients 64×64")
        for kind, shift in (
            (events.MouseScrollDown, False),
            (events.MouseScrollDown, True),
            (events.MouseScrollUp, False),
        ):
            board.post_message(kind(board, x, y, 0, 0, 0, shift, False, False))
            await pilot.pause()
        return pane.canvas.top, pane.canvas.left, board._panes["parameters"].canvas.top

    assert run(act, FakeStepper(64, 64)) == (0, 0, 0)
