"""On a real terminal: what is written there, how the program ends, and that it refuses to start without one."""

from __future__ import annotations

import codecs
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from signal import Signals

import pytest

from tests.tui.emulator import Emulator

pty = pytest.importorskip("pty", reason="a pseudo-terminal is needed")

from tests.benchmarks.terminal import Program  # noqa: E402

FAKE = [
    sys.executable,
    "-c",
    "import sys; from nnstep.tui.app import NnstepApp; from tests.tui.fakes import *;"
    "app = NnstepApp(FakeStepper(9, 12), opener=fake_opener, library=lambda: ENTRIES); app.run();"
    "sys.exit(app.return_code)",
]
QUIET = 0.3  # seconds without output after which a picture is taken to be complete


class Screen:
    """A stepper on a terminal, by default the fake one, and the grid of cells that came of its output."""

    def __init__(self, command: list[str] = FAKE, ready: str = "0/400") -> None:
        self.program = Program(command, 120, 36)
        self.grid = Emulator(120, 36)
        self.seen = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a read may end within a character
        self.until(ready)
        self.settle()

    def until(self, text: str) -> None:
        """Read until a text has come."""
        start, end = len(self.seen), time.monotonic() + 30.0
        while text not in self.seen[start:]:
            assert time.monotonic() < end, f"{text!r} never came"
            self._take(self.program.read(QUIET, 1.0)[1])

    def settle(self) -> None:
        """Read until nothing more comes and nothing is being worked out, as on a machine that is busy otherwise."""
        while True:
            before = self.program.cpu()
            output = self.program.read(QUIET)[1]
            self._take(output)
            if not output and self.program.cpu() - before < QUIET / 10:
                return

    def _take(self, output: bytes) -> None:
        text = self._decoder.decode(output)
        self.seen += text
        self.grid.feed(text)

    def press(self, keys: str) -> None:
        """Type, and read the answer."""
        os.write(self.program._terminal, keys.encode())
        self.settle()


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen()
    yield made
    made.program.end()


def test_painting_changes_leaves_the_screen_as_painting_everything_does(screen: Screen) -> None:
    for keys in ("n", "nnn", "3", "Nj", "t", "\t\t", "L", "\x1b", "nn", "z", "n", "z", "]", "5"):
        screen.press(keys)
    stepped = [list(row) for row in screen.grid.cells]
    screen.press("TTT")  # three looks, and the first again: everything is painted anew
    screen.press("1")  # the line about the colours goes
    screen.press("5")
    changed = [y for y, (before, after) in enumerate(zip(stepped, screen.grid.cells, strict=True)) if before != after]
    assert changed == []


def test_keys_one_after_the_other_leave_the_screen_as_painting_everything_does() -> None:
    screen = Screen([sys.executable, "-m", "nnstep", "attention"], "╰─")
    try:
        for key in "nnnnnNNnnjnlnn3nNn[nn":
            os.write(screen.program._terminal, key.encode())
            screen._take(screen.program.read(0.05)[1])
        screen.settle()
        stepped = [list(row) for row in screen.grid.cells]
        screen.press("TTT")
        screen.press("2")
        screen.press("3")
        assert [y for y, row in enumerate(stepped) if row != screen.grid.cells[y]] == []
    finally:
        screen.program.end()


def test_a_press_writes_only_what_changes(screen: Screen) -> None:
    start = len(screen.seen)
    screen.press("n")
    wrote = screen.seen[start:]
    assert "1/400" in screen.grid.rows[1]
    assert "╭" not in wrote
    assert "╰" not in wrote


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_signals_end_it_with_the_terminal_restored(screen: Screen, number: Signals) -> None:
    screen.program.signal(number)
    status, rest = screen.program.exit_status()
    assert status == 128 + number
    for sequence in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l"):
        assert sequence in rest


def test_quitting(screen: Screen) -> None:
    os.write(screen.program._terminal, b"q")
    status, rest = screen.program.exit_status()
    assert status == 0
    assert b"\x1b[?1049l" in rest


def test_bytes_that_are_no_keys_do_not_end_it(screen: Screen) -> None:
    os.write(screen.program._terminal, b"\xff\xfe\x80\x1b[46:62;2;62u\x1b[999999999999u\xc3")
    screen.settle()
    screen.press("nn")
    screen.press("n")
    assert "/400" in screen.grid.rows[1]
    assert " 0/400" not in screen.grid.rows[1]


RUN = "import sys; from nnstep.tui.start import run; sys.exit(run('two_layer'))"


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert (
        done.stderr == "nnstep: standard input is not a terminal; to print every step instead: nnstep trace SCENARIO\n"
    )


def test_a_dumb_terminal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(["env", "TERM=dumb", sys.executable, "-c", RUN])
    status, said = program.exit_status()
    assert status == 2
    assert b"TERM=dumb" in said


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TEXTUAL_COLOR_SYSTEM", "garbage", "one of auto, standard"),
        ("TEXTUAL_COLOR_SYSTEM", "", "one of auto, standard"),
        ("TEXTUAL_DRIVER", "garbage", "MODULE:CLASS"),
        ("TEXTUAL_DRIVER", "a:b", "MODULE:CLASS"),
        ("TEXTUAL_DRIVER", "pathlib:Path", "MODULE:CLASS"),
        ("TEXTUAL_FPS", "999999999999", "at most"),
        ("TEXTUAL_LOG", "/nowhere/x", "No such file"),
    ],
)
def test_a_variable_that_textual_cannot_start_by_is_named(variable: str, value: str, said: str) -> None:
    status, output = Program(["env", f"{variable}={value}", sys.executable, "-c", RUN]).exit_status()
    assert status == 2
    assert output.count(b"\n") == 1
    assert variable.encode() in output
    assert said.encode() in output


@pytest.mark.parametrize("closed", ["2>&-", "<&-", "2>&- <&-"])
def test_without_a_stream_it_says_so_on_another(closed: str) -> None:
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(RUN)} {closed}"
    status, output = Program(["bash", "-c", command]).exit_status()
    assert status == 2
    assert output.count(b"\n") == 1
    assert b"is not a terminal" in output


def test_importing_the_room_loads_no_textual() -> None:
    code = (
        "import sys, nnstep.tui.start, nnstep.tui.commands;"
        "sys.exit(any(name.startswith('textual') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_starting_loads_no_dialog() -> None:
    code = (
        "import sys, nnstep.tui.app;"
        "late = ['dialog', 'goto', 'find', 'open', 'library', 'help', 'problems'];"
        "print([name for name in late if 'nnstep.tui.screens.' + name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
