"""Everything that is written reaches the terminal, in order, by whichever way and however slowly it is read."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

pty = pytest.importorskip("pty", reason="a pseudo-terminal is needed")

import tty  # noqa: E402

from textual.drivers._writer_thread import WriterThread  # noqa: E402

from nnstep.tui.output import Output  # noqa: E402
from nnstep.tui.terminal import TerminalDriver  # noqa: E402

LARGE = 300_000  # more than any terminal takes before it is read


class Terminal:
    """A pseudo-terminal, and a driver that writes to it with Textual's thread behind it."""

    def __init__(self) -> None:
        self.inside, outside = pty.openpty()
        tty.setraw(outside)
        self.stream = os.fdopen(outside, "w", encoding="utf-8")
        self.driver = TerminalDriver.__new__(TerminalDriver)
        self.driver.active, self.driver.output = True, Output(self.stream)
        self.driver._app = None  # type: ignore[assignment] # only asked whether it is to be written in ASCII
        self.thread = WriterThread(self.driver.output)  # type: ignore[arg-type]
        self.driver._writer_thread = self.thread

    def read(self, count: int) -> str:
        """So many bytes."""
        parts, left = [], count
        while left:
            parts.append(os.read(self.inside, min(left, 4096)))
            left -= len(parts[-1])
        return b"".join(parts).decode()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.driver.output.hurry()
    if made.thread.is_alive():
        made.thread.stop()
    made.stream.close()
    os.close(made.inside)


def test_what_the_terminal_takes_needs_no_thread(terminal):
    for text in ("one", "∂L/∂W", "three"):
        terminal.driver.write(text)
    assert terminal.read(3 + 9 + 5) == "one∂L/∂Wthree"


def test_what_it_does_not_take_is_written_by_the_thread_and_nothing_overtakes_it(terminal):
    terminal.thread.start()
    texts = ["début", "σ" * LARGE, "then", "←" * 20_000, "the end"]
    for text in texts:
        terminal.driver.write(text)
    assert terminal.driver.output.unfinished or not terminal.driver.output.at_once("!")
    whole = "".join(texts)
    assert terminal.read(len(whole.encode())) == whole


def test_after_the_thread_has_caught_up_it_is_not_needed_again(terminal):
    terminal.thread.start()
    terminal.driver.write("x" * LARGE)
    assert len(terminal.read(LARGE)) == LARGE
    terminal.thread.stop()  # waits until it has done everything
    assert terminal.driver.output.at_once("y")
    assert terminal.read(1) == "y"


def test_after_the_end_nothing_is_written_at_once(terminal):
    terminal.driver.output.last_words()
    terminal.driver.output.at_once("late")
    assert not terminal.driver.output.unfinished
    os.set_blocking(terminal.inside, False)
    assert b"late" not in os.read(terminal.inside, 4096)
