"""What a character of another script means as a command: the key of a US keyboard that it was typed with.

A terminal sends characters, not keys. Which layout is in use is told by the settings or the language of the
environment, otherwise by what was typed last: a letter that only one layout has.

* A sign that is itself the key of a command stays that, also where another layout has it in another place (`/` in
  Hebrew, `-` in Thai, `?` in Russian): it is what the line of keys says.
* Any other sign of ASCII is taken by its place only right after letters of that layout: Russian `.` is `/`, Greek `;`
  is `q`. The Arabic question mark is `?`, which is its meaning and its place.
* Digits of any script are digits. Full-width characters are what they look like.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final
from unicodedata import combining, decimal, name, normalize

from textual.keys import KEY_NAME_REPLACEMENTS

from nnstep.tui.hangul import hangul_keys
from nnstep.tui.keyboard_layouts import LAYOUTS, SIGNS, US, KeyboardLayout

_GREEK_QUESTION_MARK: Final = "\u037e"  # which most Greek keyboards send as ;
_BY_NAME: Final = {layout.name: layout for layout in LAYOUTS}


@cache
def _places(layout: KeyboardLayout) -> Mapping[str, str]:
    """The US keyboard's character for each character of a layout."""
    found: dict[str, str] = {}
    for rows, us in ((layout.plain, US.plain), (layout.shifted, US.shifted)):
        for row, us_row in zip(rows, us, strict=True):
            for character, key in zip(row, us_row, strict=False):
                if character != " " and not _is_latin(character):
                    found.setdefault(character, key)
    return found


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def language_of_environment() -> str:
    """The two or three letters of the language that the environment is in, "" for none."""
    setting = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    return setting.partition("_")[0].partition(".")[0]


def textual_name(character: str) -> str:
    """What Textual calls the key of a character of ASCII."""
    if character.isalnum():
        return character
    named = name(character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(named, named)


def layout_for(wanted: str, language: str) -> str:
    """The name of the layout to begin with: the wanted one unless it is "auto", else that of a language, or ""."""
    if wanted != "auto":
        return wanted
    return next((layout.name for layout in LAYOUTS if language in layout.languages), "")


class Keyboard:
    """The layout that is in use, as far as it is known, and what its characters mean.

    first  name of the layout that is taken first for a character that several have, or ""
    own    the characters that are commands themselves
    """

    def __init__(self, first: str = "", own: Collection[str] = ()) -> None:
        self._own = frozenset(own)
        self._first = _BY_NAME.get(first)
        self._layout: KeyboardLayout | None = None  # that of the letter typed last; None for a Latin one

    def keys(self, character: str, place: str = "") -> str:
        """The characters of a US keyboard that are meant by one that was typed; "" where nobody knows.

        More than one for a syllable, which takes several keys. A character of ASCII is most often itself. `place` is
        the character of a US keyboard where the terminal has said which key it was.
        """
        if character == _GREEK_QUESTION_MARK:
            self._layout, character = _BY_NAME["gr"], ";"
        if character.isascii():
            if _is_latin(character) and character.islower():  # capitals are Latin in Hebrew and Georgian layouts too
                self._layout = None
            if self._layout is None or _is_latin(character) or character in self._own:
                return character
            return _places(self._layout).get(character, character)
        if place and not name(character, "").startswith("LATIN "):
            self._by_place(character)  # to remember the layout
            return self._digit(character) or place
        return self._digit(character) or self._wide(character) or hangul_keys(character) or self._by_place(character)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What is asked within leaves the layout that is in use as it is: it is asked before its turn."""
        layout = self._layout
        try:
            yield
        finally:
            self._layout = layout

    def key(self, key: str, place: str = "") -> str:
        """The same for Textual's name of a key that is held with Ctrl or Alt: `ctrl+з` is `ctrl+p`."""
        held, _, last = key.rpartition("+")
        meant = self.keys(last, place) if held and len(last) == 1 and not last.isascii() else ""
        return f"{held}+{meant}" if len(meant) == 1 else key

    def _digit(self, character: str) -> str:
        digit = decimal(character, None)
        return "" if digit is None else str(digit)

    def _wide(self, character: str) -> str:
        if "\uff01" <= character <= "\uff5e":
            return chr(ord(character) - 0xFF01 + 0x21)
        return SIGNS.get(character, "")

    def _by_place(self, character: str) -> str:
        candidates = [self._layout, self._first, *LAYOUTS]
        for layout in candidates:
            if layout is not None and (key := _places(layout).get(character)):
                self._layout = layout
                return key
        plain = normalize("NFD", character)
        if len(plain) > 1 and all(map(combining, plain[1:])) and not plain[0].isascii():  # with an accent, as in Greek
            return self._by_place(plain[0])
        return ""
