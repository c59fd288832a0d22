"""The kitty keyboard protocol's alternate keys: which key of a US keyboard was pressed, whatever its layout types.

https://sw.kovidgoyal.net/kitty/keyboard-protocol/ (report alternate keys). Textual's parser does not know them, so they
are taken out of a sequence before it sees it.
"""

from __future__ import annotations

import re
from typing import Final

from textual.events import Key

from nnstep.tui.keyboard_layouts import US

REPORT_ALTERNATE_KEYS: Final = "\x1b[=4;2u"  # besides all that is reported already, until that is taken back
_SEQUENCE = re.compile(r"\x1b\[(?P<key>\d+):\d*(?::(?P<base>\d*))?(?P<rest>(?:;[\d:]*)*)u")
_SHIFTED = dict(zip("".join(US.plain), "".join(US.shifted), strict=True))


class PlacedKey(Key):
    """A key of which the terminal has said where it is: `place` is what a US keyboard types with it."""

    def __init__(self, key: str, character: str | None, place: str) -> None:
        super().__init__(key, character)
        self.place = place


def us_key(key: Key) -> str:
    """What a US keyboard types with a key, where the terminal has said it; "" otherwise."""
    return key.place if isinstance(key, PlacedKey) else ""


def same_key(key: Key) -> Key:
    """The same key as a message of its own."""
    place = us_key(key)
    return PlacedKey(key.key, key.character, place) if place else Key(key.key, key.character)


def without_alternates(sequence: str) -> tuple[str, str]:
    """A sequence as it would be without alternate keys, and the character that a US keyboard types, or ""."""
    found = _SEQUENCE.fullmatch(sequence)
    if found is None:
        return sequence, ""
    base = int(found["base"] or "0")
    place = chr(base) if 32 < base < 127 else ""
    modifiers = found["rest"].split(";")[1:2]
    number = (modifiers[0].partition(":")[0] if modifiers else "") or "1"
    if (int(number) - 1) & 1:
        place = _SHIFTED.get(place, place)
    return f"\x1b[{found['key']}{found['rest']}u", place
