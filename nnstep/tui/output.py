"""Bytes to the terminal: one that reads slowly is waited for, but never at the end, and one that is gone not at all."""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
from typing import TextIO

RESTORE = (  # after what was cut off, all that Textual switches on, switched off; then the screen, cursor and title
    b"\x1b\\\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?2048l"
    b"\x1b[<u\x1b[0m\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[23;0t"
)
_TICK = 0.05  # seconds between two looks at whether the program is to end


def _own(stream: TextIO) -> int:
    """The stream's terminal, opened once more: only so can it be told not to block without telling the shell's too."""
    flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK
    with contextlib.suppress(OSError):
        return os.open(os.ttyname(stream.fileno()), flags)
    with contextlib.suppress(OSError):  # its name cannot be told, or may not be opened
        return os.open("/dev/tty", flags)
    return stream.fileno()


class Output:
    """Writes as the event loop asks for it; `hurry` and `last_words` may be called by any thread meanwhile."""

    def __init__(self, stream: TextIO) -> None:
        self._encoding = stream.encoding or "utf-8"
        self._fd = _own(stream)
        self._one_at_a_time = threading.Lock()
        self._hurry = False
        self._closed = False
        self.cut_off = False  # whether something was not written because the terminal did not take it

    def write(self, text: str) -> None:
        """Write all of it, or as much as the terminal takes when the program is to end."""
        left = text.encode(self._encoding, "backslashreplace")
        while left and not self._closed:
            with self._one_at_a_time:
                left = left[self._send(left) :]
            if left and not self._room():
                self.cut_off = self._closed = True

    def _send(self, data: bytes) -> int:
        if self._closed:
            return 0
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:  # the terminal is gone
            self._closed = True
            return 0

    def _room(self) -> bool:
        """Wait until the terminal takes more; False when that is not to be waited for any more."""
        while not self._closed:
            if select.select([], [self._fd], [], _TICK)[1]:
                return True
            if self._hurry:
                return False
        return False

    def hurry(self) -> None:
        """From now on wait no more for a terminal that reads slowly or not at all."""
        self._hurry = True

    def last_words(self) -> None:
        """Restore the terminal by hand, in place of all that it has not read yet if need be, and write no more."""
        locked = self._one_at_a_time.acquire(timeout=0.2)
        self._closed = True
        try:
            with contextlib.suppress(OSError, termios.error):
                try:
                    written = os.write(self._fd, RESTORE)
                except BlockingIOError:
                    written = 0
                if written < len(RESTORE):
                    termios.tcflush(self._fd, termios.TCOFLUSH)
                    os.write(self._fd, RESTORE)
        finally:
            if locked:
                self._one_at_a_time.release()
