"""What is written reaches the terminal, in order, however slowly it is read; the end waits for nobody."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

pty = pytest.importorskip("pty", reason="a pseudo-terminal is needed")

import tty  # noqa: E402

from nnstep.tui.output import RESTORE, Output  # noqa: E402

LARGE = 300_000  # more than any terminal takes before it is read


class Terminal:
    """A pseudo-terminal, and what writes to it."""

    def __init__(self) -> None:
        self.inside, outside = pty.openpty()
        tty.setraw(outside)
        self.stream = os.fdopen(outside, "w", encoding="utf-8")
        self.output = Output(self.stream)

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
    made.stream.close()
    os.close(made.inside)


def test_what_the_terminal_takes_is_written_at_once(terminal: Terminal) -> None:
    for text in ("one", "∂L/∂W", "three"):
        terminal.output.write(text)
    assert terminal.read(3 + 9 + 5) == "one∂L/∂Wthree"


def test_a_terminal_that_reads_slowly_is_waited_for(terminal: Terminal) -> None:
    texts = ["début", "σ" * LARGE, "then", "←" * 20_000, "the end"]

    def write() -> None:
        for text in texts:
            terminal.output.write(text)

    writing = threading.Thread(target=write)
    writing.start()
    whole = "".join(texts)
    assert terminal.read(len(whole.encode())) == whole
    writing.join()
    assert not terminal.output.cut_off


def test_at_the_end_nobody_waits_for_a_terminal_that_reads_nothing(terminal: Terminal) -> None:
    terminal.output.hurry()
    terminal.output.write("x" * LARGE)
    assert terminal.output.cut_off
    terminal.output.last_words()
    os.set_blocking(terminal.inside, False)
    said = b""
    while RESTORE not in said:  # in place of what was not read, or behind it
        said += os.read(terminal.inside, 4096)


def test_after_the_end_nothing_is_written(terminal: Terminal) -> None:
    terminal.output.last_words()
    terminal.output.write("late")
    os.set_blocking(terminal.inside, False)
    assert b"late" not in os.read(terminal.inside, 4096)
