"""A program under test on a pseudo-terminal: keys go in, and the time of the last byte that comes out is taken."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["Program", "first_screens"]


class Program:
    """A child process on a terminal of `columns` × `lines` cells."""

    def __init__(self, command: Sequence[str], columns: int = 120, lines: int = 40) -> None:
        self.started = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(columns), LINES=str(lines))
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
            os.execvp(command[0], list(command))
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, quiet: float, most: float = float("inf")) -> tuple[float, bytes]:
        """Read until nothing has come for `quiet` seconds, or for `most`: the time of the last byte, and all bytes."""
        last, parts = time.perf_counter(), []
        end = last + most
        while time.perf_counter() < end and select.select([self._terminal], [], [], quiet)[0]:
            try:
                data = os.read(self._terminal, 1 << 20)
            except OSError:  # the child has closed its side
                break
            if not data:
                break
            last = time.perf_counter()
            parts.append(data)
        return last, b"".join(parts)

    def wait_for(self, text: bytes, seconds: float = 30.0) -> float | None:
        """Seconds from the start of the program until `text` is on the wire, or None when it never comes."""
        seen = b""
        while time.perf_counter() - self.started < seconds:
            if not select.select([self._terminal], [], [], 1.0)[0]:
                continue
            try:
                seen += os.read(self._terminal, 1 << 16)
            except OSError:
                return None
            if text in seen:
                return time.perf_counter() - self.started
        return None

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self._terminal, keys)

    def wait(self, seconds: float) -> bool:
        """Whether something comes within so many seconds."""
        return bool(select.select([self._terminal], [], [], seconds)[0])

    def take(self) -> bytes:
        """What has come, at least a byte."""
        return os.read(self._terminal, 1 << 20)

    def press(self, key: bytes, quiet: float = 0.04) -> tuple[float, int]:
        """Seconds from the key's byte to the last byte of the answer, and how many bytes that was."""
        start = time.perf_counter()
        self.send(key)
        last, answer = self.read(quiet)
        return (last - start if answer else float("nan")), len(answer)

    def cpu(self) -> float:
        """Seconds of processor time so far, all threads together (0 where the system does not say)."""
        total = 0
        for thread in Path(f"/proc/{self.pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                total += int(thread.read_text().split()[0])
        return total / 1e9

    def signal(self, number: int) -> None:
        """Send the child a signal."""
        os.kill(self.pid, number)

    def exit_status(self) -> tuple[int, bytes]:
        """Wait for the child to end: its exit status, and what it still wrote."""
        _, rest = self.read(10.0)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), rest

    def end(self) -> None:
        """End the child."""
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._terminal)


def first_screens(programs: Mapping[str, tuple[Sequence[str], bytes]], runs: int) -> dict[str, list[float]]:
    """Start programs in turns: seconds until the text is there by which each one's first screen is known.

    Raises SystemExit where that never comes.
    """
    times: dict[str, list[float]] = {name: [] for name in programs}
    for run in range(runs + 1):
        for name, (command, text) in programs.items():
            program = Program(command)
            taken = program.wait_for(text)
            program.end()
            if taken is None:
                raise SystemExit(f"{name} never showed its screen")
            if run > 0:  # the first one writes the bytecode
                times[name].append(taken)
    return times
