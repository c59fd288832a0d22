"""Ctrl+Z gives the terminal back to the shell as it was, and the shell's `fg` brings the whole screen back."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import sys
from collections.abc import Iterator

import pytest

pty = pytest.importorskip("pty", reason="a pseudo-terminal is needed")

from tests.storms.child import Child, nnstep  # noqa: E402
from tests.tui.emulator import Emulator  # noqa: E402

SUSPEND = b"\x1a"


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child(nnstep("two_layer"), 120, 36)
    yield made
    made.end()


def stop(child: Child) -> None:
    child.type(SUSPEND)
    assert child.comes_to(lambda: child.state == "T")
    assert child.comes_to(lambda: child.wrong() == [])  # modes, settings, title: as before the program


def picture(child: Child, columns: int, lines: int) -> list[str]:
    """What stands on the terminal by what was written since the screen was taken last."""
    grid = Emulator(columns, lines)
    grid.feed(child.output.rpartition(b"\x1b[?1049h")[2].decode(errors="ignore"))
    return grid.rows


def test_it_stops_with_the_terminal_restored_and_comes_back_whole(child: Child) -> None:
    assert child.until(b"Operation")
    child.type(b"nn")
    assert child.comes_to(lambda: any(" 2/19" in row for row in picture(child, 120, 36)))
    before: list[str] = []

    def is_as_before() -> bool:
        return picture(child, 120, 36) == before

    for _ in range(2):
        stop(child)
        before = before or picture(child, 120, 36)  # now all of it is written
        child.signal(signal.SIGCONT)
        assert child.comes_to(is_as_before)
    child.type(b"n")
    assert child.comes_to(lambda: any(" 3/19" in row for row in picture(child, 120, 36)))
    child.type(b"q")
    child.wait()
    assert (child.status, child.wrong()) == (0, [])


def test_a_size_that_changes_while_it_is_stopped_is_painted_for(child: Child) -> None:
    assert child.until(b"Operation")
    stop(child)
    child.resize(100, 30)
    child.signal(signal.SIGCONT)
    assert child.comes_to(lambda: picture(child, 100, 30)[-1].rstrip().endswith("q quit"))
    assert all(row.rstrip()[-1:] in "╮│┃╯" for row in picture(child, 100, 30)[4:-1])
    stop(child)
    child.resize(120, 36)
    child.signal(signal.SIGCONT)
    assert child.comes_to(lambda: picture(child, 120, 36)[-1].rstrip().endswith("q quit"))


@pytest.mark.parametrize(
    ("key", "shown"), [(b"g", "Go to"), (b":", "Search"), (b"L", "Scenarios"), (b"c", "Four layers")]
)
def test_it_stops_from_wherever_it_is(key: bytes, shown: str) -> None:
    child = Child(nnstep("mlp"), 120, 36)
    try:
        assert child.until(b"Operation")
        child.type(key)
        assert child.comes_to(lambda: any(shown in row for row in picture(child, 120, 36)))
        stop(child)
        child.signal(signal.SIGCONT)
        assert child.comes_to(lambda: any(shown in row for row in picture(child, 120, 36)))
    finally:
        child.end()


class Leader:
    """A program that leads the session of a terminal of its own, as a shell does, or the command of a container."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", **environment})
        self.seen = ""

    def until(self, pattern: str) -> str:
        """Read until a pattern has come, and forget what came before its end: what it was."""
        while not (found := re.search(pattern, self.seen)):
            assert select.select([self.terminal], [], [], 30)[0], (pattern, self.seen[-500:])
            self.seen += os.read(self.terminal, 1 << 16).decode(errors="ignore")
        self.seen = self.seen[found.end() :]
        return found[0]

    def say(self, line: str) -> None:
        os.write(self.terminal, line.encode())

    def end(self) -> None:
        os.close(self.terminal)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def test_where_no_shell_could_continue_it_it_does_not_stop() -> None:
    alone = Leader(*nnstep("two_layer"))
    try:
        alone.until("Operation")
        alone.say(SUSPEND.decode())
        alone.until("no shell is there that could continue the program")
        alone.say("n")
        alone.until("matmul|x @ W1")
        alone.say("q")
        alone.until(r"\x1b\[\?1049l")
    finally:
        alone.end()


@pytest.mark.skipif(shutil.which("bash") is None, reason="a shell with job control is needed")
def test_continued_in_the_background_it_waits_until_it_has_the_terminal() -> None:
    shell = Leader("bash", "--norc", "--noprofile", "-i", PS1="ready> ")
    try:
        shell.until("ready> ")
        shell.say(f"{sys.executable} -m nnstep two_layer\n")
        shell.until("Operation")
        shell.say(SUSPEND.decode())
        shell.until("Stopped")
        shell.say("bg\n")
        shell.until("two_layer &")
        state = "Running"
        while "Running" in state:
            shell.say("jobs\n")
            state = shell.until(r"\[1\]\S* +(Running|Stopped)")
        shell.say("fg\n")
        shell.until("Operation")
        shell.say("q")
        shell.until("ready> ")
        shell.say("echo status $?\n")
        shell.until("status 0")
    finally:
        shell.end()
