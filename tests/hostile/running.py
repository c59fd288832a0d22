"""A command run in this process, with all that it says caught, watched for hanging, and looked through for faults."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import sys
import traceback
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

from nnstep.__main__ import guarded
from nnstep.cli import main

__all__ = ["Outcome", "faults", "ran", "unfit"]

BUSY, WAITING = 2.0, 30.0  # seconds of processor time, and of a clock, in which something has to be said
_KEPT = 1 << 16  # bytes of what is said that are kept
# Invisible without being format characters: fillers, the grapheme joiner, variation selectors.
_HIDDEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Hang(BaseException):
    """Nothing was said for too long. Not an Exception, so that no code takes it for an error of its own."""


class Outcome(NamedTuple):
    """status  exit status, or None where an exception came out
    out, err   the beginning of what was said on either stream
    unfit      a character that must not reach a terminal, or ""
    crash      the traceback of an exception, or ""
    hung       whether it said nothing for too long
    """

    status: int | None
    out: str
    err: str
    unfit: str
    crash: str
    hung: bool


class _Sink(io.RawIOBase):
    """Keeps the beginning of what is written, notes what is unfit, and takes each write as a sign of life."""

    def __init__(self, alive: object) -> None:
        self.kept = bytearray()
        self.unfit = ""
        self._alive = alive

    def writable(self) -> bool:
        return True

    def write(self, content: ReadableBuffer) -> int:
        if callable(self._alive):
            self._alive()
        written = bytes(content)
        if not self.unfit and not (written.isascii() and written.translate(None, b"\n").decode("ascii").isprintable()):
            self.unfit = unfit(written.decode("utf-8", "replace"))
        self.kept += written[: _KEPT - len(self.kept)]
        return len(written)


def unfit(text: str) -> str:
    """The first character that must not reach a terminal: a control other than a line's end, or an invisible one."""
    for char in text:
        if char != "\n" and (_HIDDEN.match(char) or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")):
            return char
    return ""


def ran(arguments: Sequence[str]) -> Outcome:
    """Run `nnstep` with these arguments, its streams being UTF-8 pipes."""
    out, err = _Sink(_sign_of_life), _Sink(_sign_of_life)
    status, crash, hung = None, "", False
    streams = [io.TextIOWrapper(io.BufferedWriter(sink), encoding="utf-8") for sink in (out, err)]
    with (
        mock.patch.dict(os.environ, {"NNSTEP_DEBUG": "1"}),
        mock.patch.multiple(sys, stdout=streams[0], stderr=streams[1]),
    ):
        try:
            with _watched():
                status = guarded(main, list(arguments))
        except Hang:
            hung, crash = True, traceback.format_exc()
        except BaseException:
            crash = traceback.format_exc()
        for stream in streams:
            stream.flush()
    said = [sink.kept.decode("utf-8", "replace") for sink in (out, err)]
    return Outcome(status, said[0], said[1], out.unfit or err.unfit, crash, hung)


def _sign_of_life() -> None:
    if signal.getsignal(signal.SIGPROF) is _hangs:
        signal.setitimer(signal.ITIMER_PROF, BUSY)
        signal.setitimer(signal.ITIMER_REAL, WAITING)


def _hangs(number: int, frame: object) -> None:
    raise Hang


@contextlib.contextmanager
def _watched() -> Iterator[None]:
    before = {number: signal.signal(number, _hangs) for number in (signal.SIGPROF, signal.SIGALRM)}
    try:
        _sign_of_life()
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def faults(outcome: Outcome, file: str) -> list[str]:
    """What is wrong with how a command on `file` ended, in a few words each."""
    found = []
    if outcome.hung:
        found.append("hang")
    elif outcome.crash:
        found.append("traceback")
    elif outcome.status not in (0, 2):
        found.append(f"exit {outcome.status}")
    if outcome.unfit:
        found.append("control")
    if outcome.status == 2:
        if outcome.out:
            found.append("output of a refusal")
        lines = outcome.err.splitlines() if len(outcome.err) < _KEPT - 2_000 else outcome.err.splitlines()[:-1]
        if not lines or not all(_placed(line, file) for line in lines):
            found.append("no place")
    return found


def _placed(line: str, file: str) -> bool:
    """`FILE:LINE: what` or `FILE: KEY: what`; the whole file may be to blame, and what is left out is counted."""
    start = re.escape(file)
    key = r"[a-z]\w*(?:\[\d+\])?(?:[.\[].*)?"
    return bool(re.match(rf"{start}:\d+(:\d+)?: .|{start}: ({key}: .|and \d+ more problems|{_WHOLE})", line))


_WHOLE = "a file of |[0-9]+ characters; at most |cannot (read|open): |no such file|found (a directory|a pipe)"
