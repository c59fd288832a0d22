"""Korean letters as the keys that type them: two-set layout (KS X 5002) on a US keyboard, syllables taken apart.

An input method sends a syllable once it is complete: the keys of its letters, in the order in which they were pressed.
"""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

# In Unicode's order (The Unicode Standard, 3.12: conjoining jamo behavior). A capital is with Shift.
_INITIALS: Final = [
    "r", "R", "s", "e", "E", "f", "a", "q", "Q", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g",
]  # fmt: skip
_VOWELS: Final = [
    "k", "o", "i", "O", "j", "p", "u", "P", "h", "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b", "m",
    "ml", "l",
]  # fmt: skip
_FINALS: Final = [
    "r", "R", "rt", "s", "sw", "sg", "e", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a", "q", "qt", "t",
    "T", "d", "w", "c", "z", "x", "v", "g",
]  # fmt: skip
# The letters alone (Hangul Compatibility Jamo from U+3131), consonants first.
_LETTERS: Final = [
    "r", "R", "rt", "s", "sw", "sg", "e", "E", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a", "q", "Q",
    "qt", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g",
    *_VOWELS,
]  # fmt: skip

_ALONE: Final = {
    **{chr(0x3131 + place): keys for place, keys in enumerate(_LETTERS)},
    **{chr(0x1100 + place): keys for place, keys in enumerate(_INITIALS)},
    **{chr(0x1161 + place): keys for place, keys in enumerate(_VOWELS)},
    **{chr(0x11A8 + place): keys for place, keys in enumerate(_FINALS)},
}


def hangul_keys(character: str) -> str:
    """The keys of a US keyboard that type a Korean letter or syllable, in order; "" for anything else."""
    place = ord(character) - 0xAC00
    if 0 <= place < len(_INITIALS) * len(_VOWELS) * (len(_FINALS) + 1):
        initial, rest = divmod(place, len(_VOWELS) * (len(_FINALS) + 1))
        vowel, final = divmod(rest, len(_FINALS) + 1)
        return _INITIALS[initial] + _VOWELS[vowel] + (_FINALS[final - 1] if final else "")
    if "\uffa0" < character <= "\uffdc":  # half as wide
        character = normalize("NFKC", character)
    return _ALONE.get(character, "")
