"""Textual's driver for POSIX terminals with the gaps closed: bytes that are no keys, a terminal that is gone or reads
nothing, stops and continuations, sizes that cannot be.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, cast

from textual import constants, events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from nnstep.tui.delivery import Delivery
from nnstep.tui.kitty import REPORT_ALTERNATE_KEYS, PlacedKey, without_alternates
from nnstep.tui.output import Output
from nnstep.tui.sequences import InputPart, Sequences
from nnstep.tui.signs import Signs
from nnstep.tui.textual_private import XTermParser
from nnstep.view.text.ascii_signs import in_ascii

LARGEST = (1000, 500)  # columns and lines of a screen beyond which nothing is drawn
_CONTINUED = 0.5  # seconds after the continuation in which the handler of SIGCONT has run
_QUIET = 0.1  # seconds without a byte after which it is asked what those before meant
_FULL = 0.01  # seconds between two looks at whether there is room for more
_ROW = 2  # in which the width of signs is measured: an answer about the first row could be F3 with Shift
_POINTER = "\x1b]22;"  # begins what sets the shape of the pointer, which would have to be given back too
_USUAL = (80, 24)  # where a terminal does not know its size


def size_of(columns: int, lines: int) -> tuple[int, int]:
    """A size that can be drawn on: that of a terminal, with what it does not know from COLUMNS and LINES."""

    def known(number: int, name: str, usual: int) -> int:
        said = os.environ.get(name, "")
        return number or (int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0) or usual

    return (
        min(known(columns, "COLUMNS", _USUAL[0]), LARGEST[0]),
        min(known(lines, "LINES", _USUAL[1]), LARGEST[1]),
    )


class Keys:
    """The terminal's bytes as events. What is neither UTF-8 nor a key that Textual can read is dropped."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self._sequences = Sequences()
        self._parser = XTermParser()

    def feed(self, data: bytes) -> Iterator[Message]:
        """What these bytes, after those before, mean. A sequence that fails takes none of those after it with it."""
        return self._meant(self._sequences.feed(self._decode(data)))

    def tick(self, quiet: float = 1.0) -> Iterator[Message]:
        """What is meant by what has come when nothing has followed it for `quiet` seconds: an Esc alone is the key."""
        return self._meant(self._sequences.quiet(quiet))

    def _meant(self, parts: Iterable[InputPart]) -> Iterator[Message]:
        for kind, text in parts:
            if kind == "paste":
                yield events.Paste(text.replace("\0", ""))
            elif kind == "text":
                yield from self._parsed(text)
            else:
                yield from self._of_sequence(text)

    def _of_sequence(self, text: str) -> Iterator[Message]:
        """A whole sequence; with Alt, and for Esc alone, Textual's parser has to be told that nothing follows."""
        text, place = without_alternates(text)
        found = list(self._parsed(text))
        if not found:
            if len(text) <= 2:
                found = list(self._parsed(""))
            self._renew()
        for event in found:
            if place and isinstance(event, events.Key):
                event = PlacedKey(event.key, event.character, place)
            yield event

    def _parsed(self, text: str) -> Iterator[Message]:
        try:
            yield from self._parser.feed(text)
        except Exception:  # of several kinds: a character that there is not, a size of 0, a number too long
            self._renew()

    def _renew(self) -> None:
        """Have a parser that has read nothing: one that waits for more of a sequence takes what follows for that."""
        parser, self._parser = self._parser, XTermParser()
        self._parser.mouse_pixels = parser.mouse_pixels
        self._parser.terminal_size = parser.terminal_size
        self._parser.terminal_pixel_size = parser.terminal_pixel_size


class TerminalUser(NamedTuple):
    """What of an application the terminal has to do with: what its method `terminal_user` gives.

    delivery     takes what comes from the terminal
    signs        which signs the terminal gets
    leaving      whether the program is to end
    taken        is told of the driver that has taken the terminal
    not_stopped  is told that nobody is there who could continue a program that is stopped
    """

    delivery: Delivery
    signs: Signs
    leaving: Callable[[], bool]
    taken: Callable[[TerminalDriver], None]
    not_stopped: Callable[[], None]


class TerminalDriver(LinuxDriver):
    """`active` from the first byte that changes the terminal to the last one that restores it."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        self.active = False
        self._stopping = self._measuring = self._begun = False
        super().__init__(app, **options)
        self._user: TerminalUser = cast(Any, app).terminal_user()
        self._event_loop = asyncio.get_running_loop()
        self._user.delivery.begin()
        self.output = Output(cast(Any, sys.__stderr__))
        signal.signal(signal.SIGTSTP, lambda *_: self._note_stop())
        signal.signal(signal.SIGCONT, lambda *_: self._note_continuation())
        self._user.taken(self)

    # Input.

    def run_input_thread(self) -> None:
        """Read until the application ends or the terminal does."""
        keys, quiet = Keys(), 0.0
        try:
            while not self.exit_event.is_set():
                if self._user.delivery.queue.full:
                    self.exit_event.wait(_FULL)
                elif select.select([self.fileno], [], [], _QUIET)[0]:
                    data, quiet = self._read(), 0.0
                    if data is None:
                        os.kill(os.getpid(), signal.SIGHUP)  # which it may have been spared
                        return
                    for event in keys.feed(data):
                        self.process_message(event)
                else:
                    quiet += _QUIET
                    for event in keys.tick(quiet):
                        self.process_message(event)
        except (RuntimeError, OSError, ValueError):  # the event loop or the descriptor is closed: this is the end
            return

    def _read(self) -> bytes | None:
        """What has come; None when the terminal is gone."""
        try:
            data = os.read(self.fileno, 4096)
        except OSError:
            return None
        if not data and not os.isatty(self.fileno):
            return None
        if not data:
            self.exit_event.wait(0.1)  # an end of file that is none
        return data

    def process_message(self, message: Message) -> None:
        """Pass an event on, without a size that cannot be drawn on."""
        if isinstance(message, events.CursorPosition):  # whenever it comes, it is no key
            if self._measuring and message.y == _ROW - 1:
                self._measuring = False
                self._event_loop.call_soon_threadsafe(self._user.signs.measured, message.x)
            return
        if isinstance(message, events.Resize):
            pixels = message.pixel_size
            message = events.Resize.from_dimensions(
                self._size_now(), None if pixels is None else (pixels.width, pixels.height)
            )
        super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Pass a message on to the application, behind those that wait."""
        self._user.delivery.put(message)

    def _size_now(self) -> tuple[int, int]:
        """The terminal's own size: it may change, which COLUMNS and LINES do not."""
        with contextlib.suppress(OSError, ValueError):
            return size_of(*os.get_terminal_size(self.fileno))
        return size_of(0, 0)

    # Output.

    def write(self, data: str) -> None:
        """Write, as long as the terminal is the application's; the shape of the pointer stays the person's."""
        if self.active and not data.startswith(_POINTER):
            self._begun = True
            self.output.write(in_ascii(data) if self._user.signs.ascii else data)

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        self.active, self._begun = True, False
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.active = self._begun  # it could not where the program is in the background
        if not constants.DISABLE_KITTY_KEY:
            self.write(REPORT_ALTERNATE_KEYS)
        self.write("\x1b[22;0t")  # remember the title
        self._measure()

    def _measure(self) -> None:
        """Ask how far two signs of ambiguous width move the cursor. Without an answer nothing comes of it."""
        if self.active and self._user.signs.to_be_measured:
            self._measuring = True
            self.write(f"\x1b[{_ROW};1H─α\x1b[6n\x1b[{_ROW};1H    ")

    def stop_application_mode(self) -> None:
        """Give it back."""
        if not self.active:
            return
        super().stop_application_mode()
        self.write("\x1b[?1016l\x1b[23;0t")  # the mouse by pixels, and give the title back

    def close(self) -> None:
        """What could not be written is made up for."""
        super().close()
        if self.active and self.output.cut_off:
            self.output.last_words()
        self.active = False

    def restore_by_hand(self) -> None:
        """Restore the terminal whatever state the event loop is in. On any thread."""
        if not self.active:
            return
        if self.attrs_before is not None:  # first, since it waits for nothing
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        self.output.last_words()

    # Stops. The handlers only note them: the main thread may be in the middle of anything.

    def _note_stop(self) -> None:
        self._stopping = True
        try:
            self._event_loop.call_soon_threadsafe(self._stop)
        except RuntimeError:  # the loop is closed, and the terminal given back
            self._halt(signal.SIGTSTP)

    def _note_continuation(self) -> None:
        if self._stopping:
            self._stopping = False  # `_stop` goes on, or has nothing to do any more
        else:  # stopped from outside: nobody has given the terminal back
            with contextlib.suppress(RuntimeError):
                self._event_loop.call_soon_threadsafe(self._take_again)

    def _stop(self) -> None:
        """Give the terminal back, stop, and take it again when the program is continued."""
        if not self._stopping:
            return
        taken = self.active
        if taken:
            self.suspend_application_mode()
        continued = not self._stopping or self._halt(signal.SIGTSTP)
        if taken:
            self._resume()
        if not continued:
            self._user.not_stopped()

    def _take_again(self) -> None:
        if self.active:
            self.suspend_application_mode()
            self._resume()

    def _resume(self) -> None:
        """Take the terminal again; continued in the background (`bg`), stop once more until it is ours."""
        while self._in_background() and self._halt(signal.SIGTTOU):
            pass
        if not self._user.leaving():
            self.resume_application_mode()
            self.send_message(self.SignalResume())  # everything is painted anew

    def _in_background(self) -> bool:
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(self.fileno) != os.getpgrp()
        return False

    def _halt(self, number: int) -> bool:
        """Stop by a signal's own action until SIGCONT comes: whether it came to that.

        The system does not stop a program so where no shell could continue it; a SIGSTOP would stop it for ever.
        """
        before, self._stopping = signal.signal(number, signal.SIG_DFL), True
        try:
            os.kill(os.getpid(), number)
            until = time.monotonic() + _CONTINUED
            while self._stopping and time.monotonic() < until:  # until the handler of SIGCONT has run
                time.sleep(0.01)
        finally:
            signal.signal(number, before)
        continued, self._stopping = not self._stopping, False
        return continued
