"""Keep the terminal whole: refuse to start without one, and hear of every signal that ends a program."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from nnstep.catalogue import say
from nnstep.text import clean

__all__ = ["SignalWatch", "bad_variable", "end_at_signals", "forget_odd_sizes", "has_job_control", "no_terminal"]

_ENDING = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")  # where the system has them


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def no_terminal() -> str | None:
    """Why the screen cannot be drawn, in a few words, or None when it can."""
    for name, stream in (("input", sys.__stdin__), ("output", sys.__stdout__), ("error", sys.__stderr__)):
        if not _is_terminal(stream):
            return say(f"message.not-terminal.{name}")
    if os.environ.get("TERM") == "dumb":
        return say("message.dumb-terminal")
    return None


_COLOR_SYSTEMS = ("auto", "standard", "256", "truecolor", "windows")
_MOST_FRAMES = 1_000  # a second


def bad_variable() -> str | None:
    """What is wrong with the variables that Textual starts by, in one line; None where it can start."""
    said = os.environ.get("TEXTUAL_COLOR_SYSTEM")
    if said is not None and said not in _COLOR_SYSTEMS:
        return _wrong("TEXTUAL_COLOR_SYSTEM", said, say("variable.one-of", choices=", ".join(_COLOR_SYSTEMS)))
    said = os.environ.get("TEXTUAL_FPS", "")
    if said.strip().isdecimal() and (len(said) > 9 or int(said) > _MOST_FRAMES):
        return _wrong("TEXTUAL_FPS", said, say("variable.at-most", most=_MOST_FRAMES))
    if (said := os.environ.get("TEXTUAL_DRIVER")) and not _names_a_driver(said):
        return _wrong("TEXTUAL_DRIVER", said, say("variable.driver"))
    if said := os.environ.get("TEXTUAL_LOG"):
        try:
            with Path(said).open("a", encoding="utf-8"):
                pass
        except (OSError, ValueError) as error:
            return _wrong("TEXTUAL_LOG", said, getattr(error, "strerror", None) or str(error))
    return None


def _wrong(name: str, said: str, reason: str) -> str:
    return say("variable.wrong", name=name, value=repr(clean(said, 40)), reason=clean(reason))


def _names_a_driver(said: str) -> bool:
    """Whether MODULE:CLASS is a driver of Textual's kind."""
    from importlib import import_module

    module, _, name = said.partition(":")
    try:
        from textual.driver import Driver

        return issubclass(getattr(import_module(module), name), Driver)
    except Exception:  # a module may raise anything
        return False


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


def forget_odd_sizes() -> None:
    """Take COLUMNS and LINES out of the environment where they are no sizes: libraries take them for some."""
    for name in ("COLUMNS", "LINES"):
        said = os.environ.get(name, "0")
        if not (said.isascii() and said.isdecimal() and len(said) < 6):
            del os.environ[name]


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
