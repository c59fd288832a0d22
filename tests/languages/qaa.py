"""A language in which every letter of every text is another one: a word of English that is left is seen at once.

Its code is one of those that ISO 639-2 leaves to anyone's own use.
"""

from __future__ import annotations

import re
from string import ascii_letters

from nnstep.catalogue.en import TEXTS as ENGLISH
from nnstep.catalogue.en import plural
from nnstep.ops import OPERATIONS

__all__ = ["TEXTS", "plural"]

# The letters of Georgian are one column wide, and have no capitals that a change of case could lead to.
_LETTERS = {ord(letter): 0x10D0 + at % 26 for at, letter in enumerate(ascii_letters)}
_PLACE = re.compile(r"(\{[^{}]*\})")


def _translated(key: str, text: str) -> str:
    """The text with other letters; its places, and what is code in the commented scenario, as they are."""
    if key == "template.scenario":
        lines = (line.partition("#") for line in text.split("\n"))
        return "\n".join(code + sign + said.translate(_LETTERS) for code, sign, said in lines)
    return "".join(part if _PLACE.fullmatch(part) else part.translate(_LETTERS) for part in _PLACE.split(text))


_ALL = {
    **ENGLISH,
    **{f"op.{entry.name}": entry.sentence for entry in OPERATIONS},
    **{f"op.{entry.name}.term": entry.term for entry in OPERATIONS if entry.term},
}
TEXTS = {key: _translated(key, text) for key, text in _ALL.items()}
