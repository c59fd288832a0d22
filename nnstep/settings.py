"""What a person has set once and wants again: colours, digits, memory. One file in the platform's folder for that."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import Problem
from nnstep.files import rewrite
from nnstep.text import clean

__all__ = ["DIGITS", "LOOKS", "Settings", "keep", "read", "settings_file"]

LOOKS = ("dark", "light", "ansi")
DIGITS = range(2, 16)  # significant digits that can be asked for
_MEMORY = range(1, 65_537)  # MiB
_LARGEST = 1 << 16  # bytes of the file


class Settings(NamedTuple):
    """look    one of LOOKS
    digits  significant digits of the numbers shown
    memory  MiB for the states of a run, between which it is replayed
    """

    look: str = "dark"
    digits: int = 4
    memory: int = 64


def settings_file() -> Path:
    """Where the settings are: nnstep/settings.toml in the platform's folder for settings of the user's programs."""
    if sys.platform == "win32":
        folder = os.environ.get("APPDATA") or "~/AppData/Roaming"
    elif sys.platform == "darwin":
        folder = "~/Library/Application Support"
    else:
        folder = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(folder).expanduser() / "nnstep" / "settings.toml"


def read() -> tuple[Settings, Problem | None]:
    """The settings, and what is wrong with their file, of which then is used what can be; without one, the defaults."""
    path = settings_file()
    settings = Settings()
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return settings, None
    except OSError as error:
        return settings, Problem(error.strerror or str(error), str(path))
    import tomllib

    try:
        found = tomllib.loads(raw[:_LARGEST].decode())
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML
        return settings, Problem(clean(error), str(path))
    wrong: Problem | None = None
    for name, value in found.items():
        if name not in _VALID or not _VALID[name](value):
            wrong = wrong or Problem(say("settings.wrong", value=clean(value, 40)), str(path), key=clean(name, 40))
        else:
            settings = settings._replace(**{name: value})
    return settings, wrong


_VALID = {
    "look": lambda value: value in LOOKS,
    "digits": lambda value: type(value) is int and value in DIGITS,
    "memory": lambda value: type(value) is int and value in _MEMORY,
}


def keep(before: Settings, now: Settings) -> None:
    """Write what has changed into the file, other lines staying as they are. Where that cannot be done, nothing is."""
    changed = {name: value for name, value in now._asdict().items() if value != getattr(before, name)}
    if not changed:
        return
    path = settings_file()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for name, value in changed.items():
            line = f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
            text, count = re.subn(rf"(?m)^{name}[ \t]*=.*$", line, text, count=1)
            if not count:
                text = f"{line}\n{text}"  # before any table
        rewrite(path, text)
