"""The signals that end a program, and whether a shell is there that could continue one that is stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

_ENDING = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")  # where the system has them


def has_job_control() -> bool:
    """Whether a shell may be there that could continue this program after a stop.

    None is where the program leads its session (a container, a terminal that was opened for it alone): whoever started
    it is in another session, or nobody is there.
    """
    if sys.platform == "win32":
        return False
    parent = os.getppid()
    try:
        return parent > 0 and os.getsid(parent) == os.getsid(0) and os.getsid(0) != os.getpid()
    except OSError:  # it has ended
        return False


def _ending() -> list[int]:
    """The signals that end a program, without those that it was started to ignore."""
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def end_at_signals() -> None:
    """From now on a signal ends the program at once, with 128 + its number: nothing is on the screen yet."""
    for number in _ending():
        signal.signal(number, lambda number, _: os._exit(128 + number))


class SignalWatch:
    """Tells `told` the number of the first signal that ends a program, on a thread of its own.

    Python writes the number to a pipe the moment the signal comes. A handler would have to wait until the main thread
    is between two instructions of Python, and could find it in the middle of anything, with any lock held.
    """

    def __init__(self, told: Callable[[int], None]) -> None:
        self._told = told
        self._numbers = _ending()
        if sys.platform == "win32":  # there the pipe is the event loop's
            for number in self._numbers:
                signal.signal(number, lambda number, _: told(number))
            return
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for number in self._numbers:
            signal.signal(number, lambda number, _: None)  # so that it is written
        threading.Thread(target=self._watch, name="nnstep-signals", daemon=True).start()

    def _watch(self) -> None:
        while True:
            for number in os.read(self._reading, 64):
                if number in self._numbers:
                    self._told(number)
                    return
