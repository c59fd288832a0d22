"""Keep the terminal whole: refuse to start without one, and give it back however the program ends."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from nnstep.catalogue import say

__all__ = ["no_terminal"]


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
