"""An application that keeps the terminal and the session whole when something goes wrong.

* an exception in an action, in a handler of a `Guarded` widget or in a timer is one line on the screen and a note in a
  file; one in a dialog closes the dialog; the session lives on
* any other exception ends the program with the terminal restored, one line, exit status 70, and a note in a file
* SIGTERM, SIGHUP, SIGINT and SIGQUIT end it with the terminal restored, exit status 128 + the signal's number; when the
  event loop is stuck the terminal is restored by hand
* a terminal that goes away ends the program, and bytes that are no keys do not end the input
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import App
from textual.driver import Driver
from textual.events import Event, InputEvent, Paste
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed

from nnstep.catalogue import say
from nnstep.files import crash_note
from nnstep.text import clean
from nnstep.tui.robust import SignalWatch

__all__ = ["Guarded", "GuardedApp"]

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h
_OFTEN = 10  # how often something may raise in a dialog that is to be closed
_PATIENCE = 1.5  # seconds that a signal waits for the event loop


class Guarded(MessagePump):
    """What takes messages and lives on when a handler of one raises."""

    if TYPE_CHECKING:
        app: Any

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self.app.failed(error, f"{type(self).__name__} on {type(message).__name__}")

    def surviving(self, callback: Callable[[], object]) -> Callable[[], None]:
        """The callback of a timer, one that raises being said and not the end."""

        def call() -> None:
            try:
                callback()
            except Exception as error:
                self.app.failed(error, f"timer of {type(self).__name__}")

        return call


class GuardedApp(App[None]):
    """An `App` that ends cleanly in every way it can end."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[BaseException] = []
        self._last_line = ""
        self._broken: list[object] = []  # dialogs that something raised in, once each time

    def get_driver_class(self) -> type[Driver]:
        """Textual's own choice, with the gaps of the POSIX one closed."""
        if os.environ.get("TEXTUAL_DRIVER") or sys.platform == "win32":
            return super().get_driver_class()
        from nnstep.tui.terminal import TerminalDriver

        return TerminalDriver

    @property
    def leaving(self) -> bool:
        """Whether the program is to end."""
        return self._exit

    def report(self, line: str) -> None:
        """Show one line to the person; the application says where."""
        raise NotImplementedError

    def taken_again(self) -> None:
        """The terminal is the application's again after the program was stopped."""

    @on(Driver.SignalResume)
    def _repaint_everything(self) -> None:
        self.screen.refresh(layout=True)
        self.taken_again()

    def _set_pointer_shape(self, shape: str) -> None:
        """Leave the pointer as it is: it would have to be given back too."""

    async def on_event(self, event: Event) -> None:
        """Take an event; keys that still wait when the program is to end are not worth their time."""
        if self._exit and isinstance(event, InputEvent):
            return
        if isinstance(event, Paste):  # what is unfit for a terminal is no more so when it comes from a clipboard
            on_top = self._screen_stack[-1] if self._screen_stack else None
            kept = r"[^\t\r\n]+" if getattr(on_top, "TABS", False) else r"[^\r\n]+"
            event.text = re.sub(kept, lambda match: clean(match[0], len(match[0]) + 1), event.text)
        await super().on_event(event)

    # Failures.

    def failed(self, error: Exception, where: str) -> None:
        """Something that was asked for raised: keep a note, say so, go on. Where even that cannot be said, leave."""
        self.failures.append(error)
        note = crash_note(error, where)
        said = clean(say("message.failed", error=f"{type(error).__name__}: {error}"), 120)
        try:
            self.report(said + (f" ({say('message.details', note=clean(note))})" if note else ""))
        except Exception as second:
            self._leave_after(second, crash_note(second, "report"))

    async def run_action(self, *arguments: Any, **options: Any) -> bool:
        """Carry out an action; when it raises the application lives on."""
        try:
            return await super().run_action(*arguments, **options)
        except Exception as error:
            self.failed(error, f"action {arguments[:1]!r}")
            return True

    def _handle_exception(self, error: Exception) -> None:
        """Where Textual ends up with whatever nobody caught: without the dialog it is about, or out of the program."""
        over = self._screen_stack[-1] if len(self._screen_stack) > 1 else None
        if isinstance(error, WorkerFailed):  # only the palette has workers, and it may be gone already
            self.failed(error, "worker")
        elif over is not None and self._running and not self._exit and self._broken.count(over) < _OFTEN:
            if over not in self._broken:
                self.call_later(self._close, over)
            self._broken.append(over)
            self.failed(error, f"dialog {type(over).__name__}")
        else:
            self.failures.append(error)
            self._leave_after(error, crash_note(error, "unhandled"))

    def _close(self, over: object) -> None:
        """Take a dialog away, with whatever was opened over it since."""
        while len(self._screen_stack) > 1 and over in self._screen_stack:
            self.pop_screen()

    def _leave_after(self, error: Exception, note: str | None) -> None:
        """Leave in order, with one line instead of a traceback."""
        if self._exception is None:
            self._exception = error  # run_test raises it again
            self._exception_event.set()
        if not (self._exit and self._return_code):  # a signal ends it already
            self._return_code = INTERNAL_ERROR
        said = clean("nnstep: " + say("message.internal-error", error=f"{type(error).__name__}: {error}"), 300)
        said += f" ({say('message.details', note=clean(note))})" if note else ""
        self._last_line = self._last_line or said
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Say it where Textual would print its errors: on the terminal that is the person's again, in one line."""
        if self._last_line:
            sys.stderr.write(f"{self._last_line}\n")
        self._last_line = ""

    # Signals. All of this is done by the thread of the watch.

    def _on_signal(self, number: int) -> None:
        """Ask the event loop to end, and when it does not, end without it."""
        self._exit, self._return_code = True, 128 + number  # at once: keys that wait would come before anything posted
        if (output := getattr(self._driver, "output", None)) is not None:
            output.hurry()
        loop = self._loop
        try:
            if loop is not None:
                loop.call_soon_threadsafe(lambda: self.exit(return_code=128 + number))
                time.sleep(_PATIENCE)
        except RuntimeError:  # it is closed
            pass
        self._leave_now(number)

    def _leave_now(self, number: int) -> None:
        if restore := getattr(self._driver, "restore_by_hand", None):
            by_hand = threading.Thread(target=restore, daemon=True)
            by_hand.start()
            by_hand.join(0.3)  # it waits for nothing; were the system to, the program would still end
        os._exit(128 + number)

    async def run_async(self, **options: Any) -> None:
        """Run, with the signals that end a program taken over."""
        if threading.current_thread() is threading.main_thread() and not options.get("headless"):
            SignalWatch(self._on_signal)
        return await super().run_async(**options)
