"""What goes wrong while the screen is there: how it is said, and how the program ends if it has to.

* what raises in a handler of a screen or widget, in an action or in a timer is one line on the screen and a note in a
  file; what raises in a dialog closes the dialog; the session lives on
* anything else ends the program with the terminal restored, one line, exit status 70, and a note in a file
* SIGTERM, SIGHUP, SIGINT and SIGQUIT end it with the terminal restored, exit status 128 + the signal's number; when the
  event loop is stuck the terminal is restored by hand
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable

from nnstep.catalogue import say
from nnstep.files import crash_note
from nnstep.text import clean
from nnstep.tui.terminal import TerminalDriver

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h
_PATIENCE = 1.5  # seconds that a signal waits for the event loop


class Guard:
    """Failures and signals of one application.

    report  says one line to the person
    leave   ends the application's event loop
    """

    def __init__(self, report: Callable[[str], None], leave: Callable[[], None]) -> None:
        self._report, self._leave = report, leave
        self.failures: list[BaseException] = []
        self.fatal: BaseException | None = None
        self.status = 0  # with which the program is to end
        self.last_line = ""  # what is to be said on the terminal that is the person's again
        self.loop: asyncio.AbstractEventLoop | None = None
        self.terminal: TerminalDriver | None = None

    def failed(self, error: Exception, where: str) -> None:
        """Something that was asked for raised: keep a note, say so, go on. Where even that cannot be said, leave."""
        self.failures.append(error)
        note = crash_note(error, where)
        said = clean(say("message.failed", error=f"{type(error).__name__}: {error}"), 120)
        try:
            self._report(said + (f" ({say('message.details', note=clean(note))})" if note else ""))
        except Exception as second:
            self._leave_after(second, crash_note(second, "report"))

    def surviving(self, callback: Callable[[], object], where: str) -> Callable[[], None]:
        """A callback that raises nothing: what it raises is said."""

        def call() -> None:
            try:
                callback()
            except Exception as error:
                self.failed(error, where)

        return call

    def leave_after(self, error: Exception) -> None:
        """Leave in order, with one line instead of a traceback."""
        self.failures.append(error)
        self._leave_after(error, crash_note(error, "unhandled"))

    def _leave_after(self, error: Exception, note: str | None) -> None:
        self.fatal = self.fatal or error
        self.status = self.status or INTERNAL_ERROR
        said = clean("nnstep: " + say("message.internal-error", error=f"{type(error).__name__}: {error}"), 300)
        said += f" ({say('message.details', note=clean(note))})" if note else ""
        self.last_line = self.last_line or said
        self._leave()

    # Signals. All of this is done by the thread of the watch.

    def on_signal(self, number: int) -> None:
        """Ask the event loop to end, and when it does not, end without it."""
        self.status = 128 + number  # at once: keys that wait would come before anything posted
        if self.terminal is not None:
            self.terminal.output.hurry()
        try:
            if self.loop is not None:
                self.loop.call_soon_threadsafe(self._leave)
                time.sleep(_PATIENCE)
        except RuntimeError:  # it is closed
            pass
        self._leave_now(number)

    def _leave_now(self, number: int) -> None:
        if self.terminal is not None:
            by_hand = threading.Thread(target=self.terminal.restore_by_hand, daemon=True)
            by_hand.start()
            by_hand.join(0.3)  # it waits for nothing; were the system to, the program would still end
        os._exit(128 + number)
