"""The screen: takes a scenario's path or name, shows it in the terminal, and gives back an exit status.

Widgets paint what the view state says and send commands back; no number is computed or formatted here.
"""

from __future__ import annotations

__all__ = ["run"]


def run(path: str | None = None, *, quiz: bool = False, results: str | None = None, memory: int | None = None) -> int:
    """Open the debugger on `path` (a file or a bundled scenario's name), or on the scenario library: the exit status.

    With `quiz` it asks for each result before it shows it, and writes the answers to the new file `results`. `memory`
    is how many MiB the states of a run may take, by default what the settings say.

    Textual is imported by this call, not by importing the package. Raises `NnstepError` when the scenario cannot be
    used; returns 2 after one line on standard error when there is no terminal to draw on.
    """
    from nnstep.tui.environment import bad_variable, forget_odd_sizes, no_terminal
    from nnstep.tui.signals import end_at_signals

    if reason := no_terminal():
        from nnstep.catalogue import say

        return _refused(say("message.no-terminal", reason=reason))
    end_at_signals()
    forget_odd_sizes()
    if reason := bad_variable():
        return _refused(reason)
    import gc

    gc.disable()  # nothing that is imported now will ever be garbage; the application switches it on again
    from nnstep.tui.app import start

    return start(path, quiz, results, memory)


def _refused(reason: str) -> int:
    """Say why the screen is not shown, on whatever is open; the exit status."""
    import sys
    from contextlib import suppress

    with suppress(OSError, ValueError, AttributeError):
        (sys.stderr or sys.stdout).write(f"nnstep: {reason}\n")
    return 2
