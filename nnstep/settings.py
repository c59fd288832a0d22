"""What a person has set once and wants again: colours, digits, memory, keyboard.

One file in the platform's folder for settings.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from nnstep.catalogue import say, say_reason
from nnstep.errors import Problem
from nnstep.files import program_folder, rewrite
from nnstep.text import clean

LOOKS = ("auto", "dark", "light", "ansi")
KEYBOARDS = (
    *("auto", "ru", "ru-phonetic", "ua", "ua-phonetic", "by", "bg", "bg-phonetic", "rs", "mk", "kz", "kg", "tj", "mn"),
    *("gr", "il", "ara", "ir", "pk", "th", "am", "am-phonetic", "ge"),
)
SIGNS = ("auto", "unicode", "ascii")
DIGITS = range(2, 16)  # significant digits that can be asked for
_MEMORY = range(1, 65_537)  # MiB
_LARGEST = 1 << 13  # bytes of the file; a dotted key of more takes `tomllib` seconds
_VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^"'#\s][^#\n]*?)"""  # of a setting, on one line of it


class Settings(NamedTuple):
    """look      one of LOOKS; "auto" goes by the colours that the terminal has
    digits    significant digits of the numbers shown
    memory    MiB for the states of a run, between which it is replayed
    keyboard  one of KEYBOARDS: the layout of another script that is on the keyboard
    signs     one of SIGNS: what the screen is written in; "auto" goes by what the terminal has
    """

    look: str = "auto"
    digits: int = 4
    memory: int = 64
    keyboard: str = "auto"
    signs: str = "auto"


def settings_file() -> Path:
    """Where the settings are: nnstep/settings.toml in the platform's folder for settings of the user's programs.

    Raises RuntimeError where that is in the user's home and there is none.
    """
    return program_folder("XDG_CONFIG_HOME", "~/.config", ("APPDATA", "~/AppData/Roaming")) / "settings.toml"


def read_settings() -> tuple[Settings, Problem | None]:
    """The settings, and what is wrong with them first: what can be used is; without a file there are the defaults.

    What the environment says goes before the file.
    """
    settings, wrong = _read_file()
    for name, variable in _VARIABLES.items():
        value = os.environ.get(variable, "")
        if value and _VALID[name](value):
            settings = settings._replace(**{name: value})  # type: ignore[arg-type]
        elif value:
            wrong = Problem(say("settings.wrong", value=_written(value)), key=variable)
    return settings, wrong


def _read_file() -> tuple[Settings, Problem | None]:
    """The settings of the file, and what is wrong with it."""
    settings = Settings()
    try:
        path = settings_file()
    except RuntimeError:
        return settings, None
    try:
        found = _parsed(_text(path))
    except FileNotFoundError:
        return settings, None
    except OSError as error:
        return settings, Problem(say_reason(error), str(path))
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML
        return settings, Problem(clean(error), str(path))
    wrong: Problem | None = None
    for name, value in found.items():
        if name not in _VALID or not _VALID[name](value):
            said = say("settings.wrong", value=_written(value))
            wrong = wrong or Problem(said, str(path), key=clean(name, 40))
        else:
            settings = settings._replace(**{name: value})
    return settings, wrong


def _text(path: Path) -> str:
    """What is in the file. Raises OSError, also for one that is too large, and ValueError for what is not UTF-8."""
    with open(path, "rb", opener=_without_waiting) as file:
        raw = file.read(_LARGEST + 1) or b""  # a pipe that has nothing to say gives None
    if len(raw) > _LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return raw.decode("utf-8-sig")  # editors of Windows begin with a mark


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; of a pipe that nobody writes to the end is reached at once."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _parsed(text: str) -> dict[str, Any]:
    """The text as TOML. Raises ValueError or RecursionError where it is none."""
    return tomllib.loads(text)


def _written(value: object) -> str:
    """A value of the file, on a line."""
    try:
        return clean(value, 40)
    except (ValueError, RecursionError):  # a number of thousands of digits, tables nested deep
        return "…"


_VALID = {
    "look": lambda value: value in LOOKS,
    "digits": lambda value: type(value) is int and value in DIGITS,
    "memory": lambda value: type(value) is int and value in _MEMORY,
    "keyboard": lambda value: value in KEYBOARDS,
    "signs": lambda value: value in SIGNS,
}
_VARIABLES = {"look": "NNSTEP_LOOK", "keyboard": "NNSTEP_KEYBOARD", "signs": "NNSTEP_SIGNS"}


def keep(before: Settings, now: Settings) -> None:
    """Write what has changed into the file, all else staying as it is. Where that cannot be done, nothing is."""
    changed = {name: value for name, value in now._asdict().items() if value != getattr(before, name)}
    if not changed:
        return
    with contextlib.suppress(OSError, ValueError, RuntimeError):  # a RecursionError is a RuntimeError
        path = settings_file().resolve()  # a link stays a link
        path.parent.mkdir(parents=True, exist_ok=True)
        rewrite(path, _changed(_text(path) if path.exists() else "", changed))


def _changed(text: str, changed: dict[str, object]) -> str:
    """A file's text with other settings. Raises ValueError where it is not TOML, or has been written in odd ways."""
    wanted = _parsed(text) | changed
    end = "\r\n" if "\r\n" in text else "\n"
    for name, value in changed.items():
        written = f'"{value}"' if isinstance(value, str) else str(value)
        line = rf"^([ \t]*{name}[ \t]*=[ \t]*){_VALUE}(?=[ \t]*(?:#|\r?$))"
        text, count = re.subn(line, rf"\g<1>{written}", text, count=1, flags=re.MULTILINE)
        if not count:
            text = f"{name} = {written}{end}{text}"  # before any table
    if _parsed(text) != wanted:
        raise ValueError(text)
    return text
