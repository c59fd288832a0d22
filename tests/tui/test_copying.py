"""Copying: by what is there, within a time limit, and what is said is what was done."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from nnstep.text import width
from nnstep.tui.app import NnstepApp
from nnstep.tui.clipboard import Failed, Way, hand_over, osc52, takes_osc52, ways
from nnstep.tui.copy_file import CopyFile, suggested_name
from nnstep.tui.copying import Copying, StatusLine
from nnstep.tui.terminal import Keys
from nnstep.tui.widgets.selection import Selection, cut_text, lit
from nnstep.view.text.canvas import Piece, line_text
from tests.present import present
from tests.tui.driving import board_rows, fake, run, screen_text
from tests.tui.fakes import FakeStepper, Log

TEXT = "∂L/∂W1 = [[0.5, −1]]\nzwei Zeilen\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="commands are scripts here")


def everything(_: str) -> str:
    return "/bin/it"


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", []),
        ({"DISPLAY": ":0"}, "linux", ["xclip", "xsel"]),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", ["wl-copy", "xclip", "xsel"]),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ["wl-copy"]),
        ({"TMUX": "/tmp/tmux-0/default,1,0"}, "linux", ["tmux"]),
        ({"TMUX": "x", "DISPLAY": ":0"}, "linux", ["xclip", "xsel", "tmux"]),
        ({}, "darwin", ["pbcopy"]),
        ({"TMUX": "x"}, "darwin", ["pbcopy", "tmux"]),
        ({"WSL_DISTRO_NAME": "Ubuntu"}, "linux", ["clip.exe"]),
        ({"WSL_DISTRO_NAME": "Ubuntu", "DISPLAY": ":0"}, "linux", ["xclip", "xsel", "clip.exe"]),
        # over ssh, the clipboard of the other machine is not the person's
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", []),
        ({"SSH_CONNECTION": "1 2 3 4", "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", []),
        ({"SSH_CONNECTION": "1 2 3 4", "DISPLAY": "localhost:10.0"}, "linux", ["xclip", "xsel"]),
        ({"SSH_CONNECTION": "1 2 3 4", "TMUX": "x"}, "linux", ["tmux"]),
    ],
)
def test_the_commands_that_are_tried(environment: dict[str, str], platform: str, expected: list[str]) -> None:
    assert [way.name for way in ways(environment, platform, everything)] == expected
    assert ways(environment, platform, lambda _: None) == []


def program(folder: Path, name: str, script: str) -> Way:
    """A command of ours that is called so."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Way(name, (str(path),))


@posix
def test_the_text_reaches_the_command(tmp_path: Path) -> None:
    way = program(tmp_path, "xclip", f"cat > {tmp_path}/got")
    assert hand_over(TEXT, [way]).way == way
    assert (tmp_path / "got").read_text(encoding="utf-8") == TEXT


@posix
def test_the_first_that_works_has_it_and_the_others_are_named_with_their_reasons(tmp_path: Path) -> None:
    tried = [
        Way("wl-copy", (str(tmp_path / "is-not-there"),)),
        program(tmp_path, "xclip", "echo 'usage' >&2; echo \"Error: Can't open display: :7\" >&2; exit 1"),
        program(tmp_path, "xsel", "exit 3"),
        program(tmp_path, "tmux", f"cat > {tmp_path}/got"),
        program(tmp_path, "never", f"touch {tmp_path}/asked"),
    ]
    handed = hand_over(TEXT, tried)
    assert handed.way == tried[3]
    assert handed.failed == (
        Failed("wl-copy", "No such file or directory"),
        Failed("xclip", "Error: Can't open display: :7"),
        Failed("xsel", "exit status 3"),
    )
    assert not (tmp_path / "asked").exists()


@posix
def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Popen(subprocess.Popen[bytes]):
        def __init__(self, command: Sequence[str], **options: Any) -> None:
            super().__init__(command, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Popen)
    way = program(tmp_path, "xclip", "exec sleep 600")
    assert hand_over("x" * 1_000_000, [way], seconds=0.1).failed == (Failed("xclip", ""),)
    assert [process.returncode for process in started] == [-9]


@posix
def test_a_command_that_stays_to_serve_the_clipboard_is_not_waited_for(tmp_path: Path) -> None:
    way = program(tmp_path, "xclip", f"cat > {tmp_path}/got\n(sleep 600; echo late >&2) & echo $! > {tmp_path}/child")
    assert hand_over(TEXT, [way], seconds=60).way == way
    os.kill(int((tmp_path / "child").read_text()), 9)


@posix
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is needed")
def test_tmux_has_it_in_its_buffer(tmp_path: Path) -> None:
    socket = str(tmp_path / "socket")
    server = ["tmux", "-S", socket, "-f", "/dev/null"]
    subprocess.run([*server, "new-session", "-d", "cat"], check=True, timeout=20)
    try:
        way = Way("tmux", (*server, "load-buffer", "-w", "-"))
        assert hand_over(TEXT, [way]).way == way
        shown = subprocess.run([*server, "show-buffer"], check=True, capture_output=True, timeout=20).stdout
        assert shown.decode() == TEXT
    finally:
        subprocess.run([*server, "kill-server"], check=True, timeout=20)


def asked_for(sequence: str) -> str:
    """The text that a terminal finds in OSC 52."""
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    return base64.b64decode(sequence[7:-1]).decode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=2000))
def test_a_terminal_is_asked_through_whatever_lies_between(text: str) -> None:
    assert asked_for(osc52(text, {})) == text
    tmux = osc52(text, {"TMUX": "x", "TERM": "screen-256color"})
    assert asked_for(tmux.removeprefix("\x1bPtmux;").removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == text
    pieces = osc52(text, {"STY": "1.x", "TERM": "screen"}).split("\x1b\\")
    assert pieces.pop() == ""
    assert all(piece.startswith("\x1bP") and len(piece) < 768 for piece in pieces)
    assert asked_for("".join(piece[2:] for piece in pieces)) == text


@pytest.mark.parametrize(
    ("term", "takes"), [("xterm", True), ("tmux-256color", True), ("linux", False), ("vt100", False), ("dumb", False)]
)
def test_terminals_without_a_clipboard_are_known(term: str, takes: bool) -> None:
    assert takes_osc52({"TERM": term}) == takes


# What is said.


class Screen:
    """What was said and written, in order; what threads ask for is done by `settle`."""

    def __init__(self) -> None:
        self.said: list[StatusLine] = []
        self.written: list[str] = []
        self._calls: list[Callable[[], None]] = []
        self._called = threading.Condition()
        self.copying = Copying(self._later, self.written.append, self.said.append)

    def _later(self, call: Callable[[], None]) -> None:
        with self._called:
            self._calls.append(call)
            self._called.notify()

    def settle(self) -> str:
        """Wait for what a thread has to tell; what was said last."""
        with self._called:
            assert self._called.wait_for(lambda: self._calls, 30)
            call = self._calls.pop(0)
        call()
        return self.said[-1].text


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setattr("nnstep.tui.copying.ways", list)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    return Screen()


def test_a_terminal_that_was_asked_is_not_said_to_have_copied(screen: Screen) -> None:
    screen.copying.copy(TEXT)
    assert screen.said == [
        StatusLine("2 lines sent to the terminal (OSC 52), which may ignore it: Y writes a file instead", "warning")
    ]
    assert asked_for(*screen.written) == TEXT


def test_what_is_more_than_terminals_take_is_said(screen: Screen) -> None:
    screen.copying.copy("x" * 100_000)
    assert "more than many terminals take" in screen.said[-1].text


def test_nothing_is_written_to_a_terminal_without_a_clipboard(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    screen.copying.copy(TEXT)
    assert screen.written == []
    assert screen.said[-1] == StatusLine(
        "nothing here takes a copy, no command and not this terminal: Y writes a file instead", "error"
    )


@posix
def test_a_command_that_has_done_it_is_named(screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    way = program(tmp_path, "xclip", "cat > /dev/null")
    monkeypatch.setattr("nnstep.tui.copying.ways", lambda: [way])
    screen.copying.copy(TEXT)
    assert screen.settle() == "copied 2 lines to the clipboard with xclip"
    assert screen.written == []


@posix
def test_a_command_that_fails_is_said_and_the_terminal_is_asked(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    way = program(tmp_path, "xclip", "echo no display >&2; exit 1")
    monkeypatch.setattr("nnstep.tui.copying.ways", lambda: [way])
    screen.copying.copy("one")
    said = screen.settle()
    assert said.startswith("xclip failed (no display); 1 line sent to the terminal (OSC 52), which may ignore it")
    assert asked_for(*screen.written) == "one"


@posix
def test_a_slow_command_does_not_put_an_older_text_over_a_newer_one(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    way = program(tmp_path, "xclip", f"while [ ! -e {go} ]; do sleep 0.01; done; cat > {tmp_path}/got")
    monkeypatch.setattr("nnstep.tui.copying.ways", lambda: [way])
    for text in ("old", "middle", "new"):
        screen.copying.copy(text)  # which returns at once
    go.touch()
    screen.settle()
    assert screen.settle() == "copied 1 line to the clipboard with xclip"
    assert (tmp_path / "got").read_text() == "new"
    assert len(screen.said) == 3


# To a file.


def test_a_copy_goes_to_a_file_that_is_never_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert CopyFile(TEXT).write(str(path)) == ""
    assert path.read_text(encoding="utf-8") == TEXT
    other = CopyFile("other")
    assert "Enter again replaces it" in other.write(str(path))
    assert path.read_text(encoding="utf-8") == TEXT
    path.write_text("changed by someone")
    assert "changed meanwhile" in other.write(str(path))
    assert path.read_text() == "changed by someone"
    assert other.write(str(path)) == ""
    assert path.read_text() == "other"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("typed", ["no/such/folder/a.txt", ".", "a\0b", "~nobody-of-that-name/x"])
def test_what_is_wrong_with_a_file_is_said(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CopyFile(TEXT).write(typed) != ""
    assert list(tmp_path.iterdir()) == []


def test_the_name_that_is_suggested_is_of_no_file(tmp_path: Path) -> None:
    assert suggested_name("a/two layer\x1b.toml", "chain", tmp_path) == "two_layer_-chain.txt"
    for expected in ("xor-chain.txt", "xor-chain-2.txt", "xor-chain-3.txt"):
        assert suggested_name("xor", "chain", tmp_path) == expected
        (tmp_path / expected).touch()


def test_the_dialog_writes_the_focused_panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        await pilot.press("4", "Y")
        await pilot.pause()
        asked = screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        return asked, screen_text(app)

    asked, after = run(act, FakeStepper(64, 3))
    assert "65 lines as text, to a file" in asked
    assert "fake-parameters.txt" in asked
    assert "65 lines written to fake-parameters.txt" in after
    assert len((tmp_path / "fake-parameters.txt").read_text(encoding="utf-8").splitlines()) == 65


# Selecting.

PIECES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["a", "b", "漢", "∂", "é", "e\u0301"]), max_size=6).map("".join),
        st.sampled_from(["text", "dim"]),
    ),
    max_size=5,
)


@given(PIECES, st.integers(0, 30), st.integers(0, 30))
def test_what_is_lit_is_what_is_cut_and_nothing_else_changes(
    pieces: list[tuple[str, str]], start: int, stop: int
) -> None:
    line = tuple(Piece(*one) for one in pieces)
    shown = lit(line, start, stop)
    assert line_text(shown) == line_text(line)
    assert "".join(text for text, role in shown if role.endswith(" selected")) == cut_text(line, start, stop)
    assert cut_text(line, 0, width(line_text(line)) + 1) == line_text(line)


def test_a_selection_runs_as_text_does() -> None:
    lines = [(Piece("abcdef"),), (Piece("ghijkl"),), (Piece("mn    "),)]
    assert Selection("x", (4, 0), (1, 2)).text(lines, 6) == "ef\nghijkl\nmn"
    assert Selection("x", (1, 2), (4, 0)).text(lines, 6) == "ef\nghijkl\nmn"
    assert Selection("x", (2, 1), (3, 1)).text(lines, 6) == "ij"
    assert Selection("x", (2, 9), (3, 9)).text(lines, 6) == ""


async def mouse(app: NnstepApp, pilot: Pilot[None], *reports: tuple[int, int, int, str]) -> None:
    """What a terminal says of the mouse: button, column and row from 0, M pressed or moved, m let go."""
    keys = Keys()
    for button, x, y, end in reports:
        for event in keys.feed(f"\x1b[<{button};{x + 1};{y + 1}{end}".encode()):
            present(app._driver).process_message(event)
        await pilot.pause()
    await pilot.pause()


async def drag(app: NnstepApp, pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    await mouse(app, pilot, (0, *start, "M"), (32, *end, "M"), (0, *end, "m"))


def place(app: NnstepApp, text: str) -> tuple[int, int]:
    """Where a text is on the screen."""
    for y, row in enumerate(screen_text(app).splitlines()):
        if text in row:
            return row.index(text), y
    raise AssertionError(text)


def highlighted(app: NnstepApp) -> str:
    """The text that has the look of what is selected."""
    look = app.chosen_look.palette.styles("text")["selected"]
    rows = [
        "".join(char for char, style in row if style and (style.bgcolor, style.color) == (look.bgcolor, look.color))
        for row in board_rows(app)
    ]
    return "\n".join(row for row in rows if row)


def test_text_is_selected_by_dragging_over_it_and_copied() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str, str, str, str, Log]:
        x, y = place(app, "two_layer parameters 4×3")
        await drag(app, pilot, (x, y), (x + 19, y))
        one, said = highlighted(app), screen_text(app).splitlines()[-1]
        await pilot.press("y")
        copied = app.clipboard
        await drag(app, pilot, (x + 4, y), (x + 8, y + 2))
        several = highlighted(app)
        await pilot.press("ctrl+c")
        return one, said, copied, several, app.clipboard, fake(app).log

    one, said, copied, several, lines, log = run(act, FakeStepper())
    assert one == copied == "two_layer parameters"
    assert "1 line is selected: y copies it" in said
    assert lines.splitlines() == [row.rstrip() for row in several.splitlines()]
    assert len(lines.splitlines()) == 3
    assert lines.startswith("layer parameters 4×3")
    assert [command for command, _ in log if command == "cell.choose"] == []  # a drag is no click


@pytest.mark.parametrize("away", ["n", "escape", "click", "scroll", "4"])
def test_a_selection_is_let_go(away: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, ...]:
        x, y = place(app, "two_layer parameters 64×3")
        await drag(app, pilot, (x, y), (x + 5, y + 1))
        before = highlighted(app)
        if away == "click":
            await mouse(app, pilot, (0, x, y + 3, "M"), (0, x, y + 3, "m"))
        elif away == "scroll":
            await mouse(app, pilot, (65, x, y, "M"))
        else:
            await pilot.press(away)
        return before, highlighted(app), app.stepping.board.selected

    before, after, selected = run(act, FakeStepper(64, 3))
    assert before
    assert (after, selected) == ("", "")


def test_a_drag_that_ends_anywhere_stays_in_its_panel() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        x, y = place(app, "two_layer parameters 4×3")
        await drag(app, pilot, (x, y + 2), (0, 0))
        up = highlighted(app)
        await drag(app, pilot, (x, y), (119, 35))
        return up, highlighted(app)

    up, down = run(act, FakeStepper())
    assert up.startswith("two_layer parameters 4×3")
    assert len(up.splitlines()) == 3
    assert down.startswith("two_layer parameters 4×3")
    assert not any(sign in up + down for sign in ("│", "╰", "gradients", "activations"))


def test_the_line_of_the_run_is_dragged_along_and_not_selected() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, Log]:
        await drag(app, pilot, (20, 2), (60, 2))
        return app.stepping.board.selected, fake(app).log

    selected, log = run(act, FakeStepper(header_lines=3))
    assert selected == ""
    assert [argument for command, argument in log if command == "iteration.goto"] == ["56"]


def test_what_is_selected_is_what_a_copy_to_a_file_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> None:
        x, y = place(app, "two_layer parameters 4×3")
        await drag(app, pilot, (x, y), (x + 8, y))
        await pilot.press("Y")
        await pilot.press("enter")
        await pilot.pause()

    run(act, FakeStepper())
    (written,) = tmp_path.iterdir()
    assert written.read_text() == "two_layer"


def test_the_help_says_how_the_terminal_selects_by_its_own_means() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await pilot.press("?")
        await pilot.pause()
        return screen_text(app)

    assert "Shift" in run(act, FakeStepper(), size=(130, 40)).partition("Drag over text to select it")[2]
