"""Bytes to the terminal: one that reads slowly is waited for, but never at the end, and one that is gone not at all.

Textual writes from a thread of its own. As long as the terminal takes everything the event loop may write itself,
`at_once`, which saves the way to that thread; what the terminal does not take is the thread's to wait for.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
from typing import TextIO

__all__ = ["RESTORE", "Output"]

RESTORE = (  # after what was cut off, all that Textual switches on, switched off; then the screen, cursor and title
    b"\x1b\\\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?2048l"
    b"\x1b[<u\x1b[0m\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[23;0t"
)
_MOST = 1 << 15  # characters that are kept until `flush`
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
    """What Textual takes for the stream it writes to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._fd = _own(stream)
        self._kept: list[str] = []
        self._size = 0
        self._rest = b""  # of what was to be written at once
        self._asked = 0  # of the thread so far, by the event loop; and how much of that it has done, itself
        self._done = self._doing = 0
        self._one_at_a_time = threading.Lock()
        self._hurry = False
        self._closed = False
        self.cut_off = False  # whether something was not written because the terminal did not take it

    def fileno(self) -> int:
        """The stream's."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._stream.isatty()

    def at_once(self, text: str) -> bool:
        """Write now; False when it has to go by the thread, after what is there already. For the event loop alone.

        Where the terminal takes only the first part, the thread is to be asked to write on.
        """
        if self._fd == self._stream.fileno() or self._asked != self._done or self._rest:
            return False  # the stream's own descriptor may block
        if not self._one_at_a_time.acquire(blocking=False):
            return False
        try:
            data = self._encoded(text)
            self._rest = data[self._send(data) :]
        finally:
            self._one_at_a_time.release()
        return True

    @property
    def unfinished(self) -> bool:
        """Whether the thread has to write on."""
        return bool(self._rest) and not self._closed

    def expect(self) -> None:
        """The thread is about to be asked to write something."""
        self._asked += 1

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._stream.encoding or "utf-8", "backslashreplace")

    def write(self, text: str) -> int:
        """Write with what comes until the next `flush`, which is one write where the terminal is fast."""
        self._doing += 1
        self._kept.append(text)
        self._size += len(text)
        if self._size > _MOST:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Write all that was kept, or as much as the terminal takes when the program is to end."""
        kept = self._encoded("".join(self._kept))
        self._kept, self._size = [], 0
        with self._one_at_a_time:
            left, self._rest = self._rest + kept, b""
        while left and not self._closed:
            with self._one_at_a_time:
                count = self._send(left)
            left = left[count:]
            if left and not self._room():
                self.cut_off = self._closed = True
        self._done, self._doing = self._done + self._doing, 0

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
