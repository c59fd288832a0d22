"""Whether there is a terminal to draw on, and whether Textual can start with the variables of the environment."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TextIO

from nnstep.catalogue import say, say_reason
from nnstep.text import clean


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
            return _wrong("TEXTUAL_LOG", said, say_reason(error))
    return None


def _wrong(name: str, said: str, reason: str) -> str:
    return say("variable.wrong", name=name, value=repr(clean(said, 40)), reason=clean(reason))


def _names_a_driver(said: str) -> bool:
    """Whether MODULE:CLASS is a driver of Textual's kind."""
    module, _, name = said.partition(":")
    try:
        from textual.driver import Driver  # Textual is loaded once there is a terminal to draw on

        return issubclass(getattr(import_module(module), name), Driver)
    except Exception:  # a module may raise anything
        return False


def forget_odd_sizes() -> None:
    """Take COLUMNS and LINES out of the environment where they are no sizes: libraries take them for some."""
    for name in ("COLUMNS", "LINES"):
        said = os.environ.get(name, "0")
        if not (said.isascii() and said.isdecimal() and len(said) < 6):
            del os.environ[name]
