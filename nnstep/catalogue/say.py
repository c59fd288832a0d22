"""Texts by key, in the language that is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping

from nnstep.catalogue.en import TEXTS as ENGLISH

__all__ = ["language", "say", "say_count", "say_or", "use"]

_VARIABLES = ("NNSTEP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # the first one that is set decides


def _wanted() -> str:
    """The two or three letters of the language that the environment asks for."""
    setting = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    for sign in "_.@-":
        setting = setting.partition(sign)[0]
    letters = len(setting) in (2, 3) and setting.isascii() and setting.isalpha() and setting.islower()
    return setting if letters else "en"


def _texts(name: str) -> Mapping[str, str]:
    """The texts of a language; none where there is no file for it."""
    if name == "en":
        return {}
    from importlib import import_module, util  # not for English, which most starts are in

    if util.find_spec(f"nnstep.catalogue.{name}") is None:
        return {}
    module = import_module(f"nnstep.catalogue.{name}")
    texts: Mapping[str, str] = getattr(module, "TEXTS", {})  # `say` is a language too
    return texts


_language = "en"
_own: Mapping[str, str] = {}


def use(name: str | None = None, texts: Mapping[str, str] | None = None) -> None:
    """Speak another language from now on: that of the environment, one by its letters, or `texts` themselves."""
    global _language, _own
    _language = name or _wanted()
    _own = _texts(_language) if texts is None else texts


def language() -> str:
    """The letters of the language that is spoken."""
    return _language


def say(key: str, **values: object) -> str:
    """The text of a key, with `values` put into its places. Raises KeyError for a key that English has not."""
    text = _own.get(key) or ENGLISH[key]
    return text.format(**values) if values else text


def say_or(key: str, english: str) -> str:
    """The text of a key whose English stands elsewhere, in a table of its own."""
    return _own.get(key) or english


def say_count(key: str, count: int, **values: object) -> str:
    """The text of `key.one` or `key.many`, as `count` is; it stands for {count} in it."""
    return say(f"{key}.one" if count == 1 else f"{key}.many", count=f"{count:,}", **values)


use()
