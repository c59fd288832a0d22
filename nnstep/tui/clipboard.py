"""To the clipboard: by a command of the desktop or of tmux where there is one, else by asking the terminal (OSC 52).

Only a command that has ended well is said to have copied. A terminal does not answer whether it has done what OSC 52
asks for, so nothing more is said than that it was asked. Nothing here imports Textual.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from nnstep.catalogue import say, say_known
from nnstep.text import clean

SECONDS: Final = 2.0  # that a command may take; one that has no display may wait for ever
_SCREEN_PIECE: Final = 512  # characters of a sequence that GNU screen passes on in one piece; it takes up to 768


class Way(NamedTuple):
    """name      of the command, as it is said
    command   its arguments; the text is its input
    encoding  of that text
    """

    name: str
    command: tuple[str, ...]
    encoding: str = "utf-8"


class Failed(NamedTuple):
    """A way that did not work, and why: what the command said last, or "" for a time limit."""

    name: str
    reason: str


class Handed(NamedTuple):
    """The way that took the text, or None, and those that were tried before and did not."""

    way: Way | None
    failed: tuple[Failed, ...] = ()


def ways(
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> list[Way]:
    """The commands that may be able to, the likeliest first.

    Over ssh the clipboard of this machine is not that of whoever looks at the terminal, but for a display that is
    forwarded, which has a host in its name.
    """
    remote = bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
    display = environment.get("DISPLAY", "")
    found = []
    if environment.get("WAYLAND_DISPLAY") and not remote:
        found.append(Way("wl-copy", ("wl-copy", "--type", "text/plain")))
    if display and not (remote and display.startswith((":", "unix:"))):
        found.append(Way("xclip", ("xclip", "-selection", "clipboard", "-in")))
        found.append(Way("xsel", ("xsel", "--clipboard", "--input")))
    if platform == "darwin" and not remote:
        found.append(Way("pbcopy", ("pbcopy",)))
    if not remote and (platform == "win32" or environment.get("WSL_DISTRO_NAME") or environment.get("WSL_INTEROP")):
        found.append(Way("clip.exe", ("clip.exe",), "utf-16"))  # which without its mark takes bytes for the code page
    if environment.get("TMUX"):
        found.append(Way("tmux", ("tmux", "load-buffer", "-w", "-")))
    return [way for way in found if which(way.command[0])]


def hand_over(text: str, tried: Sequence[Way], seconds: float = SECONDS) -> Handed:
    """Give the text to the first command that takes it. Takes up to `seconds` for each: not for the event loop."""
    failed: list[Failed] = []
    for way in tried:
        reason = _run(way, text, seconds)
        if reason is None:
            return Handed(way, tuple(failed))
        failed.append(Failed(way.name, reason))
    return Handed(None, tuple(failed))


def _run(way: Way, text: str, seconds: float) -> str | None:
    """Run a command: None where it has ended well, else why not, "" for a time limit."""
    try:
        return _fed(way, text.encode(way.encoding, "replace"), seconds)
    except OSError as error:  # it is no program, or there is no room for what it is to read
        return say_known(error.strerror or type(error).__name__)


def _fed(way: Way, content: bytes, seconds: float) -> str | None:
    """The same. Raises OSError.

    What it reads and what it says are files: a command that stays to serve the clipboard (xclip, wl-copy) keeps them
    open, and one that reads nothing would hold up whoever writes into its pipe.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(content)
        given.seek(0)
        process = subprocess.Popen(
            way.command, stdin=given, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return ""
        if status == 0:
            return None
        said.seek(0)
        lines = said.read(4096).decode("utf-8", "replace").split("\n")
        return next(
            (clean(line.strip(), 100) for line in reversed(lines) if line.strip()), say("copy.status", status=status)
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command that hangs, with what it has started."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def takes_osc52(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal may know OSC 52 at all: the console of Linux and the terminals that had glass do not."""
    return not environment.get("TERM", "").startswith(("linux", "vt", "dumb", "ansi", "cons"))


def osc52(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The sequence that asks the terminal to put a text into its clipboard, through tmux or GNU screen if need be."""
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    if environment.get("TMUX"):
        return f"\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\"
    plain = f"\x1b]52;c;{encoded}\x07"
    if environment.get("STY"):
        pieces = [plain[start : start + _SCREEN_PIECE] for start in range(0, len(plain), _SCREEN_PIECE)]
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain
