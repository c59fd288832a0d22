"""An application that keeps the terminal and the session whole when something goes wrong.

* an exception in an action is one line on the screen and a note in a file; the session lives on
* any other exception ends the program with the terminal restored, one line, exit status 70, and a note in a file
* SIGTERM, SIGHUP and SIGINT end it with the terminal restored, exit status 128 + the signal's number; when the event
  loop is stuck the terminal is restored by hand
* a terminal that goes away ends the program, and bytes that are no keys do not end the input
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import Any

from textual.app import App
from textual.driver import Driver

from nnstep.catalogue import say
from nnstep.files import crash_note
from nnstep.text import clean

__all__ = ["GuardedApp"]

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h
_PATIENCE = 1.5  # seconds that a signal waits for the event loop
_RESTORE = (  # what Textual switches on, switched off; last the main screen, the cursor and plain colours
    b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?2048l\x1b[?2026l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m\x1b[23;0t"
)


def _posix_driver() -> type[Driver]:
    """Textual's driver with the gaps closed."""
    import select
    import termios

    from textual.drivers.linux_driver import LinuxDriver

    class TerminalDriver(LinuxDriver):
        """Survives bytes that are no keys, keeps the first terminal settings, and notices a terminal that is gone."""

        first_settings: list[Any] | None = None

        def run_input_thread(self) -> None:
            while not self.exit_event.is_set():
                try:
                    super().run_input_thread()
                except (UnicodeDecodeError, ValueError, OverflowError, LookupError):
                    continue  # neither UTF-8 nor a key that Textual can read: drop it
                except OSError:
                    pass  # the terminal is gone; the watch ends the program
                return

        def start_application_mode(self) -> None:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            if self.first_settings is None:
                self.first_settings = self.attrs_before
                threading.Thread(target=self._watch, name="nnstep-terminal", daemon=True).start()
            self.write("\x1b[22;0t")  # remember the title

        def stop_application_mode(self) -> None:
            super().stop_application_mode()
            if self._mouse_pixels:
                self.write("\x1b[?1016l")
            self.write("\x1b[23;0t")  # and give it back
            self.flush()

        def _sigcont_application(self, *_: object) -> None:
            if self._auto_restart:
                if not self._must_signal_resume:  # stopped from outside: nobody has left application mode yet
                    self.suspend_application_mode()
                self.resume_application_mode()

        def restore_by_hand(self) -> None:
            with contextlib.suppress(OSError):
                os.write(2, _RESTORE)
            if self.first_settings is not None:
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(0, termios.TCSANOW, self.first_settings)

        def _watch(self) -> None:
            """End the program when the terminal is gone: Textual's queue of writes would block for ever."""
            poll = select.poll()
            poll.register(0, 0)
            while not any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(1000)):
                pass
            time.sleep(1.0)  # a SIGHUP, where there is one, comes first
            os._exit(128 + signal.SIGHUP)

    return TerminalDriver


class GuardedApp(App[None]):
    """An `App` that ends cleanly in every way it can end."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[BaseException] = []
        self._signal: int | None = None

    def get_driver_class(self) -> type[Driver]:
        """Textual's own choice, with the gaps of the POSIX one closed."""
        if os.environ.get("TEXTUAL_DRIVER") or sys.platform == "win32":
            return super().get_driver_class()
        return _posix_driver()

    def report(self, line: str) -> None:
        """Show one line to the person; the application says where."""
        raise NotImplementedError

    def failed(self, error: Exception, where: str) -> None:
        """Something that was asked for raised: keep a note, say so, go on."""
        self.failures.append(error)
        note = crash_note(error, where)
        said = clean(say("message.failed", error=f"{type(error).__name__}: {error}"), 120)
        self.report(said + (f" ({say('message.details', note=note)})" if note else ""))

    async def run_action(self, *arguments: Any, **options: Any) -> bool:
        """Carry out an action; when it raises the application lives on."""
        try:
            return await super().run_action(*arguments, **options)
        except Exception as error:
            self.failed(error, f"action {arguments[:1]!r}")
            return True

    def _handle_exception(self, error: Exception) -> None:
        """Where Textual ends up with whatever nobody caught: leave in order, with one line instead of a traceback."""
        self.failures.append(error)
        note = crash_note(error, "unhandled")
        if self._exception is None:
            self._exception = error  # run_test raises it again
            self._exception_event.set()
        self._return_code = INTERNAL_ERROR
        from rich.text import Text

        said = clean("nnstep: " + say("message.internal-error", error=f"{type(error).__name__}: {error}"), 300)
        self.panic(Text(said + (f"\n{say('message.details', note=note)}" if note else "")))

    # Signals.

    def _on_signal(self, number: int, frame: object = None) -> None:
        if self._signal is not None:
            self._leave_now(number)
        self._signal = number
        threading.Thread(target=self._impatient, args=(number,), daemon=True).start()
        if self._loop is None:
            self._leave_now(number)
        else:
            self._loop.call_soon_threadsafe(lambda: self.exit(return_code=128 + number))

    def _impatient(self, number: int) -> None:
        time.sleep(_PATIENCE)
        self._leave_now(number)

    def _leave_now(self, number: int) -> None:
        if restore := getattr(self._driver, "restore_by_hand", None):
            restore()
        os._exit(128 + number)

    async def run_async(self, **options: Any) -> None:
        """Run, with the signals that end a program taken over."""
        if threading.current_thread() is threading.main_thread() and not options.get("headless"):
            for name in ("SIGTERM", "SIGHUP", "SIGINT"):
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    signal.signal(number, self._on_signal)
        return await super().run_async(**options)
