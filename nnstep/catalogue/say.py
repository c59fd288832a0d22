"""Texts by key, in the language that is asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module, util

from nnstep.catalogue.en import TEXTS as ENGLISH
from nnstep.catalogue.en import plural as english_plural
from nnstep.catalogue.en_python import PYTHON
from nnstep.commands import BY_ID, DIALOG_KEYS

_VARIABLES = ("NNSTEP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # the first one that is set decides
_KEY = re.compile(r"\{key:([a-z-]+\.[a-z-]+)(?:/(\d))?\}")  # the key of a command, or its second one: {key:step.next/2}
_NAMES = {"right": "→", "left": "←", "up": "↑", "down": "↓", "f2": "F2"}


def _wanted() -> str:
    """The two or three letters of the language that the environment asks for."""
    setting = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    for sign in "_.@-":
        setting = setting.partition(sign)[0]
    letters = len(setting) in (2, 3) and setting.isascii() and setting.isalpha() and setting.islower()
    return setting if letters else "en"


def _catalogue(name: str) -> tuple[Mapping[str, str], Callable[[int], str]]:
    """The texts of a language and its plural rule; no texts where there is no file for it."""
    if name == "en":
        return {}, english_plural
    if util.find_spec(f"nnstep.catalogue.{name}") is None:
        return {}, english_plural
    module = import_module(f"nnstep.catalogue.{name}")
    texts: Mapping[str, str] = getattr(module, "TEXTS", {})  # `say` is a language too
    plural: Callable[[int], str] = getattr(module, "plural", english_plural)
    return texts, plural


_language = "en"
_own: Mapping[str, str] = {}
_plural: Callable[[int], str] = english_plural
_said: dict[str, str] = {}  # the texts that have been asked for, with the keys of commands in them


def use(
    name: str | None = None, texts: Mapping[str, str] | None = None, plural: Callable[[int], str] | None = None
) -> None:
    """Speak another language from now on: that of the environment, one by its letters, or `texts` themselves.

    `plural` tells the form of a text that a count wants: `KEY.<form>`. Without it, that of the language.
    """
    global _language, _own, _plural
    _language = name or _wanted()
    _own, _plural = _catalogue(_language) if texts is None else (texts, english_plural)
    _plural = plural or _plural
    _said.clear()


def language() -> str:
    """The letters of the language that is spoken."""
    return _language


def say(key: str, **values: object) -> str:
    """The text of a key, with `values` put into its places. Raises KeyError for a key that English has not."""
    text = _said.get(key)
    if text is None:
        text = _said[key] = _with_keys(_own.get(key) or ENGLISH[key])
    return text.format(**values) if values else text


def _with_keys(text: str) -> str:
    """A text with the keys of the commands that it names, or of a dialog."""

    def named(found: re.Match[str]) -> str:
        name, number = found.groups()
        keys = DIALOG_KEYS[name] if name in DIALOG_KEYS else BY_ID[name].keys
        return key_name(keys[int(number or 1) - 1])

    return _KEY.sub(named, text)


def key_name(key: str) -> str:
    """A key as it is written for people: `shift+left` is `Shift+←`."""
    return "+".join(
        _NAMES[part] if part in _NAMES else say(f"key.{part}") if len(part) > 1 else part for part in key.split("+")
    )


def say_or(key: str, english: str) -> str:
    """The text of a key whose English stands elsewhere, in an entry of a table: an operation's is `op.NAME`."""
    return _own.get(key) or english


def say_known(message: str) -> str:
    """What Python or the system says in English, in the language that is spoken; as it is where that has no text."""
    if not _own:
        return message
    for name, english in PYTHON.items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(english))
        if found := re.fullmatch(pattern, message, re.IGNORECASE):
            return say(f"python.{name}", **{place: say_known(text) for place, text in found.groupdict().items()})
    return message


def say_reason(error: BaseException) -> str:
    """Why something failed: what the system says of it, or else what the exception does."""
    return say_known(str(getattr(error, "strerror", None) or error))


def say_count(key: str, count: int, **values: object) -> str:
    """The text of a key in the form that `count` wants in its language; it stands for {count} in it."""
    form = f"{key}.{_plural(count)}"
    if form not in _own and form not in ENGLISH:  # left out, by a language of other forms than English
        form = f"{key}.{english_plural(count)}"
    return say(form, count=f"{count:,}", **values)


use()
