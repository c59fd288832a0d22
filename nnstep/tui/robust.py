"""Keep the terminal whole: refuse to start without one, and give it back however the program ends."""

from __future__ import annotations

import os
import sys
from typing import TextIO

__all__ = ["no_terminal"]


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def no_terminal() -> str | None:
    """Why the screen cannot be drawn, in a few words, or None when it can."""
    for name, stream in (("input", sys.__stdin__), ("output", sys.__stdout__), ("error output", sys.__stderr__)):
        if not _is_terminal(stream):
            return f"standard {name} is not a terminal"
    if os.environ.get("TERM") == "dumb":
        return "the terminal (TERM=dumb) cannot show the screen"
    return None
