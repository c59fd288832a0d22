"""Open the screen where there is a terminal to draw on; a line on standard error where there is none."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

from nnstep.catalogue import say
from nnstep.tui.environment import bad_variable, forget_odd_sizes, no_terminal
from nnstep.tui.signals import end_at_signals


def run(path: str | None = None, *, quiz: bool = False, results: str | None = None, memory: int | None = None) -> int:
    """Open the debugger on `path` (a file or a bundled scenario's name), or on the scenario library: the exit status.

    With `quiz` it asks for each result before it shows it, and writes the answers to the new file `results`. `memory`
    is how many MiB the states of a run may take, by default what the settings say.

    Textual is imported by this call, not by importing this module. Raises `NnstepError` when the scenario cannot be
    used; returns 2 after one line on standard error when there is no terminal to draw on.
    """
    if reason := no_terminal():
        return _refused(say("message.no-terminal", reason=reason))
    end_at_signals()
    forget_odd_sizes()
    if reason := bad_variable():
        return _refused(reason)
    gc.disable()  # nothing that is imported now will ever be garbage; the application switches it on again
    from nnstep.tui.app import start  # Textual, not before it is known that there is a terminal

    return start(path, quiz, results, memory)


def _refused(reason: str) -> int:
    """Say why the screen is not shown, on whatever is open; the exit status."""
    with suppress(OSError, ValueError, AttributeError):
        (sys.stderr or sys.stdout).write(f"nnstep: {reason}\n")
    return 2
