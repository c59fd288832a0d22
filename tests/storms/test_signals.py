"""A share of the storm of signals, and the terminals that are out of order in other ways."""

from __future__ import annotations

import os
import signal
import sys

import pytest

pytest.importorskip("pty", reason="a pseudo-terminal is needed")

from nnstep.tui.terminal import LARGEST, size_of
from tests.storms.child import Child, nnstep
from tests.storms.modes import Modes
from tests.storms.signals import ENDING, closed, send

STUCK = [
    sys.executable,
    "-c",
    "import sys; from nnstep.tui.app import NnstepApp; from tests.tui.fakes import *;\n"
    "class Stuck(FakeStepper):\n"
    "    def do(self, command, argument=None):\n"
    "        while command == 'step.next': pass\n"
    "        return super().do(command, argument)\n"
    "app = NnstepApp(Stuck(9, 12)); app.run(); sys.exit(app.return_code)",
]


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        *((name, moment) for name in ENDING for moment in ("start", "keys")),
        ("SIGTERM", "stalled"),
        ("SIGINT", "stalled"),
    ],
)
def test_a_signal_ends_it_with_the_terminal_as_it_was(name: str, moment: str) -> None:
    assert send(name, moment, seed=len(moment)).wrong == ()


@pytest.mark.parametrize(("name", "moment"), [("SIGTSTP", "keys"), ("SIGTSTP", "start"), ("SIGSTOP", "idle")])
def test_a_stop_gives_the_terminal_back_and_a_continuation_takes_it_again(name: str, moment: str) -> None:
    assert send(name, moment, seed=7).wrong == ()


@pytest.mark.parametrize("told", [True, False])
def test_a_terminal_that_is_closed_ends_it(told: bool) -> None:
    assert closed(3, told).wrong == ()


def test_a_stuck_event_loop_does_not_keep_it_alive() -> None:
    child = Child(STUCK)
    try:
        assert child.until(b"0/400")
        child.type(b"n")
        child.read(0.2)
        child.signal(signal.SIGTERM)
        took = child.wait(10.0)
        assert child.status == 143
        assert child.wrong() == []
        assert took is not None
    finally:
        child.end()


def test_the_title_and_the_picture_are_there_again_after_a_stop() -> None:
    child = Child(nnstep("two_layer"))
    try:
        assert child.until(b"Operation")
        assert child.comes_to(lambda: "Two layers" in child.modes.title)
        title = child.modes.title
        for number in (signal.SIGTSTP, signal.SIGSTOP):
            child.signal(number)
            while child.state != "T":
                child.read(0.02, 0.02)
            child.modes.title = ""
            child.signal(signal.SIGCONT)
            assert child.until(b"Operation")
            assert child.comes_to(lambda: child.modes.title == title and child.modes.taken)
        child.type(b"q")
        child.wait()
        assert (child.status, child.wrong()) == (0, [])
    finally:
        child.end()


@pytest.mark.parametrize(
    ("size", "environment"),
    [
        ((1, 1), {}),
        ((0, 0), {}),
        ((0, 0), {"COLUMNS": "100000", "LINES": "100000"}),
        ((80, 24), {"COLUMNS": "100000", "LINES": "-3"}),
        ((0, 0), {"COLUMNS": "x", "LINES": "²"}),
        ((9999, 9999), {}),
    ],
)
def test_sizes_that_cannot_be(size: tuple[int, int], environment: dict[str, str]) -> None:
    child = Child(nnstep("two_layer"), columns=size[0], lines=size[1], **environment)
    try:
        assert child.until(b"\x1b[?1049h")
        child.read(0.5, 3.0)
        child.signal(signal.SIGTERM)
        assert child.wait(10.0) is not None
        assert (child.status, child.wrong()) == (143, [])
    finally:
        child.end()


def test_nothing_is_done_when_nothing_happens() -> None:
    child = Child(nnstep("two_layer"))
    try:
        assert child.until(b"Operation")
        assert child.comes_to_rest()
    finally:
        child.end()


@pytest.mark.parametrize(
    ("terminal", "environment", "size"),
    [
        ((80, 24), {}, (80, 24)),
        ((80, 24), {"COLUMNS": "100", "LINES": "50"}, (80, 24)),
        ((0, 0), {"COLUMNS": "100", "LINES": "50"}, (100, 50)),
        ((0, 0), {"COLUMNS": "x", "LINES": "²"}, (80, 24)),
        ((0, 0), {"COLUMNS": "9" * 5000, "LINES": ""}, (80, 24)),
        ((65535, 65535), {}, LARGEST),
        ((1, 1), {}, (1, 1)),
    ],
)
def test_the_size_that_is_drawn_on(
    terminal: tuple[int, int], environment: dict[str, str], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    for name, said in environment.items():
        monkeypatch.setitem(os.environ, name, said)
    assert size_of(*terminal) == size


def test_the_tracker_tells_what_was_left_on() -> None:
    modes = Modes()
    modes.feed(b"\x1b[?1049h\x1b[?25l\x1b[?1000;1006h\x1b[>25u\x1b[22;0t\x1b]0;a title\x07\x1b[1mtext\x1b[?20")
    assert modes.left_on == [
        *("?1049h", "?25l", "?1000h", "?1006h", "keyboard", "title", "style", "unfinished '\\x1b[?20'"),
    ]
    assert modes.title == "a title"
    modes.feed(b"\x1b[?1000;1006l\x1b[?25h\x1b[?1049l\x1b[<u\x1b[23;0t\x1b[0m")
    assert modes.left_on == []
