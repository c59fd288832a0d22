"""Copying as the screen does it: commands on a thread of their own, and one line that says what was done, not more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.tui.clipboard import Handed, hand_over, osc52, takes_osc52, ways

_LARGE = 74_000  # bytes beyond which several terminals drop what OSC 52 brings


class StatusLine(NamedTuple):
    """A line for the person, and its role."""

    text: str
    role: str


class Copying:
    """`copy` returns at once. What came of it is said when it is known, of the text that was to be copied last."""

    def __init__(
        self,
        later: Callable[[Callable[[], None]], object],
        write: Callable[[str], None],
        told: Callable[[StatusLine], None],
    ) -> None:
        """`later` calls something on the event loop's thread, `write` writes to the terminal, `told` says a line."""
        self._later, self._write, self._told = later, write, told
        self._waiting: str | None = None  # a text that is to be copied once the one under way is done
        self._busy = False

    def copy(self, text: str) -> None:
        """Copy a text, after the one under way: a slow command does not put an older text over it."""
        self._waiting = text
        if not self._busy:
            self._next()

    def _next(self) -> None:
        text, self._waiting = self._waiting, None
        if text is None:
            return
        tried = ways()
        if not tried:
            self._done(text, Handed(None))
            return
        self._busy = True
        self._told(StatusLine(say("copy.under-way"), "text"))

        def work() -> None:
            handed = hand_over(text, tried)
            self._later(lambda: self._done(text, handed))

        threading.Thread(target=work, name="nnstep-copy", daemon=True).start()  # nobody waits for it at the end

    def _done(self, text: str, handed: Handed) -> None:
        self._busy = False
        if self._waiting is not None:
            self._next()
            return
        lines = say_count("copy.lines", text.rstrip("\n").count("\n") + 1)
        wrong = "".join(
            say("copy.failed", way=one.name, reason=one.reason or say("copy.too-slow")) + "; " for one in handed.failed
        )
        if handed.way is not None:
            done = "copy.tmux" if handed.way.name == "tmux" else "copy.command"
            self._told(StatusLine(wrong + say(done, lines=lines, way=handed.way.name), "good"))
        elif takes_osc52():
            self._write(osc52(text))
            large = say("copy.large") if len(text.encode()) > _LARGE else ""
            self._told(StatusLine(wrong + say("copy.terminal", lines=lines) + large, "warning"))
        else:
            self._told(StatusLine(wrong + say("copy.nowhere"), "error"))
