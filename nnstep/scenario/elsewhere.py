"""What is meant by a word that a scenario file does not know: the hint that goes with the error."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from nnstep.errors import folded, nearest
from nnstep.scenario.foreign_notes import NOTES
from nnstep.scenario.foreign_words import HOMES, WORDS, Place

__all__ = ["hint", "place_of"]


class _Entry(NamedTuple):
    """The words that are meant, in order of preference, or a note."""

    words: tuple[str, ...] = ()
    note: str = ""


@cache
def _by_word(place: Place) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for ours, theirs in WORDS.get(place, {}).items():
        for one in theirs.split():
            word = folded(one)
            found[word] = _Entry((*found.get(word, _Entry()).words, ours))
    for theirs, note in NOTES.get(place, ()):
        for one in theirs.split():
            word = folded(one)
            found[word] = _Entry(found.get(word, _Entry()).words, note)
    return found


def hint(word: str, valid: Collection[str], place: Place) -> str | None:
    """What is meant by a word that is none of those that are valid in a place of a file; None where nobody knows.

    The word itself written otherwise; what it is called elsewhere; a slip of the hand. Nothing is named that is not
    valid there.
    """
    same = next((one for one in valid if folded(one) == folded(word)), None)
    if same is not None:
        return f"did you mean {same!r}?"
    entry = _by_word(place).get(folded(word[:_LONGEST]))
    if entry is not None:
        meant = next((one for one in entry.words if one in valid), None)
        if meant is not None:
            return f"it is called {meant!r} here"
        if entry.note:
            return entry.note
    if entry is None and place not in _WORDS_OF:
        home = _home(folded(word[:_LONGEST]))
        if home is not None and home not in valid:
            return f"{home!r} belongs {HOMES[home]}"
    if entry is not None:
        return None
    if place == "value" and "·" in word:  # which Python takes for a letter
        return f"write {' * '.join(word.split('·'))}"
    if place == "value" and word[-1:] in ("T", "t") and word[:-1] in valid:
        return f"a transpose is written {word[:-1]}.T"
    return nearest(word[:_LONGEST], valid)


def _home(word: str) -> str | None:
    """The key of another table that a folded word means."""
    same = next((one for one in HOMES if folded(one) == word), None)
    if same is not None:
        return same
    meant = (_by_word(place).get(word, _Entry()).words for place in ("training", "optimizer", "debug", "loss"))
    return next((one for words in meant for one in words if one in HOMES), None)


_LONGEST = 80  # letters of a word that is looked up
_WORDS_OF = ("layer type", "loss type", "reduction", "optimizer type", "init", "generate", "value")


def place_of(path: tuple[str | int, ...], *, keys: bool) -> Place:
    """Which place of a file a path leads to: that of the keys of a table, or of the word that a key has."""
    names = tuple(part for part in path if isinstance(part, str))
    if not names:
        return "top level"
    tables = {"layers": "layer", "parameters": "parameter", "constants": "parameter", "edits": "edit"}
    table = tables.get(names[0], names[0])
    if keys:
        inner: dict[tuple[str, ...], Place]
        inner = {("edits", "optimizer"): "optimizer", ("debug", "breakpoints"): "breakpoint"}
        return inner.get(names[:2], table)
    if names[-1] == "type":
        return ("optimizer" if "optimizer" in names else table) + " type"
    return names[-1]
