"""A program on a pseudo-terminal under a session leader: it can be signalled, stopped, left unread, cut off."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.storms.modes import Modes

__all__ = ["Child", "nnstep"]

_LEADER = Path(__file__).with_name("leader.py")


def nnstep(*arguments: str) -> list[str]:
    """The command line of the program."""
    return [sys.executable, "-c", "import sys; from nnstep.__main__ import run; sys.exit(run())", *arguments]


class Child:
    """A program, what it has written, and what the terminal has been told."""

    def __init__(self, command: Sequence[str], columns: int = 100, lines: int = 30, **environment: str) -> None:
        self.master, slave = os.openpty()
        self.resize(columns, lines)
        self.settings = self._settings()
        self._said, said = os.pipe()
        held, self._held = os.pipe()
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        for name in ("COLUMNS", "LINES"):
            if name not in environment:
                env.pop(name, None)
        self._leader = subprocess.Popen(
            [sys.executable, "-SE", str(_LEADER), str(said), str(held), *command],
            stdin=slave, stdout=slave, stderr=slave, pass_fds=(said, held), start_new_session=True, env=env,
        )  # fmt: skip
        for fd in (slave, said, held):
            os.close(fd)
        self.modes, self.output = Modes(), b""
        self.status: int | None = None
        self.pid = int(self._line() or 0)
        self.began = time.monotonic()

    def _line(self, seconds: float = 20.0) -> str:
        return os.read(self._said, 64).decode() if select.select([self._said], [], [], seconds)[0] else ""

    def _settings(self) -> list[Any]:
        return termios.tcgetattr(self.master)

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        """Type, as long as the terminal takes it."""
        if select.select([], [self.master], [], 1.0)[1]:
            os.write(self.master, keys)

    def read(self, quiet: float, most: float = 30.0) -> bytes:
        """What comes until nothing has come for `quiet` seconds."""
        until, before = time.monotonic() + most, len(self.output)
        while self.master >= 0 and time.monotonic() < until and select.select([self.master], [], [], quiet)[0]:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:
                break
            if not data:
                break
            self.output += data
            self.modes.feed(data)
        return self.output[before:]

    def until(self, text: bytes, seconds: float = 30.0) -> bool:
        """Read until a text has come."""
        until, start = time.monotonic() + seconds, len(self.output)
        while text not in self.output[start:]:
            if time.monotonic() > until or (not self.read(0.2, 0.05) and self.state == ""):
                return text in self.output[start:]
        return True

    def comes_to(self, condition: Callable[[], bool], seconds: float = 30.0) -> bool:
        """Read until a condition holds: whether it came to that."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                return False
            self.read(0.05, 0.05)
        return True

    def comes_to_rest(self, share: float = 0.2, seconds: float = 30.0) -> bool:
        """Read until it takes less than a share of a processor over one second: whether it came to that."""

        def rests() -> bool:
            before, until = self.cpu, time.monotonic() + 1.0
            while time.monotonic() < until:
                self.read(0.1, 0.1)
            return self.cpu - before < share

        return self.comes_to(rests, seconds)

    def signal(self, number: int) -> None:
        """Send the program a signal, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    @property
    def state(self) -> str:
        """The letter that the system has for what the process does: "T" stopped, "" where it has ended."""
        try:
            letter = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return ""
        return "" if letter in "ZX" else letter

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait(self, seconds: float = 10.0, reading: bool = True) -> float | None:
        """Wait for its end: seconds that took, or None where it does not end. With `reading` its output is read."""
        began = time.monotonic()
        while not select.select([self._said], [], [], 0.0 if reading else 0.02)[0]:
            if time.monotonic() - began > seconds:
                return None
            if reading:
                self.read(0.02, 0.02)
        took = time.monotonic() - began
        self.status = int(self._line())
        self.read(0.05)
        return took

    def wrong(self) -> list[str]:
        """What is not as the program found it: modes, settings, a traceback."""
        wrong = self.modes.left_on
        if self._settings() != self.settings:
            wrong.append("settings")
        if b"Traceback" in self.output:
            wrong.append("traceback")
        return wrong

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self.master)
        self.master = -1

    def end(self) -> None:
        """End everything."""
        if self.status is None:
            self.signal(signal.SIGKILL)
        for fd in (self._held, self._said, self.master):
            with contextlib.suppress(OSError):
                os.close(fd)
        self._leader.kill()
        self._leader.wait()
