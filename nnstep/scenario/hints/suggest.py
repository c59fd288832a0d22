"""What is meant by a word that a scenario file does not know: the hint that goes with the error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.nearest import folded, nearest, nearest_name
from nnstep.scenario.hints.foreign_keys import HOMES, NOTES, WORDS, Context


class _Meaning(NamedTuple):
    """The words that are meant, in order of preference, or the end of a note's key in the catalogue, `note.KEY`."""

    words: tuple[str, ...] = ()
    note: str = ""

    def among(self, valid: Collection[str]) -> str | None:
        """The first of the words that is valid."""
        return next((one for one in self.words if one in valid), None)


@cache
def _by_word(place: Context) -> dict[str, _Meaning]:
    """The words as they are listed and folded: Σ is another sign than σ, which it is folded to."""
    found: dict[str, _Meaning] = {}
    for ours, theirs in WORDS.get(place, {}).items():
        for one in theirs.split():
            for word in {one, folded(one)}:
                found[word] = _Meaning((*found.get(word, _Meaning()).words, ours))
    for note, theirs in NOTES.get(place, {}).items():
        for one in theirs.split():
            found[one] = _Meaning(found.get(one, _Meaning()).words, note)
    return found


def _entry(word: str, place: Context) -> _Meaning | None:
    words, short = _by_word(place), word[:_LONGEST]
    return words.get(short) or words.get(folded(short))


def valid_word(word: str, valid: Collection[str], place: Context) -> str | None:
    """The word among those that are valid which another one is written otherwise for, or is called elsewhere."""
    entry = _entry(word, place)
    return _same(word, valid) or (entry.among(valid) if entry is not None else None)


def note(word: str, place: Context) -> str | None:
    """What can be done without what a word means; None where it is not known, "" where nothing can be."""
    entry = _entry(word, place)
    return None if entry is None else say(f"note.{entry.note}") if entry.note else ""


def hint(word: str, valid: Collection[str], place: Context) -> str | None:
    """What is meant by a word that is none of those that are valid in a place of a file; None where nobody knows.

    The word itself written otherwise; what it is called elsewhere; a slip of the hand. Nothing is named that is not
    valid there.
    """
    same = _same(word, valid)
    if same is not None:
        return say("hint.slip", word=same)
    ours = valid_word(word, valid, place)
    if ours is not None:
        return say("hint.called", word=ours)
    instead = note(word, place)
    if instead is not None:
        return instead or None
    home = _home(word, valid, place)
    if home is not None:
        table = HOMES[home]
        kind = "top" if not table else "list" if table.startswith("[[") else "table"
        return say(f"hint.home.{kind}", word=home, table=table)
    if place == "value" and "·" in word:  # which Python takes for a letter
        return say("toml.write", meant=" * ".join(word.split("·")))
    if place == "value" and word[-1:] in ("T", "t") and word[:-1] in valid:
        return say("hint.transpose", name=word[:-1])
    return nearest(word[:_LONGEST], valid)


def there(names: Sequence[str]) -> str | None:
    """A hint with the first of the names that there are; None where there are none."""
    key = "hint.there" if len(names) <= _LISTED else "hint.there.more"
    return say(key, names=", ".join(names[:_LISTED])) if names else None


def meant_word(word: str, valid: Collection[str], place: Context) -> str | None:
    """The word among those that are valid in a place which another one means, as `hint` says it; None for none."""
    if _same(word, valid) is not None or _entry(word, place) is not None:
        return valid_word(word, valid, place)
    return None if _home(word, valid, place) is not None else nearest_name(word[:_LONGEST], valid)


def _same(word: str, valid: Collection[str]) -> str | None:
    """The word itself, written otherwise."""
    return next((one for one in valid if folded(one) == folded(word)), None)


def _home(word: str, valid: Collection[str], place: Context) -> str | None:
    """The key of another table that a word means which stands where a key is expected."""
    if place in _WORDS_OF:
        return None
    plain = folded(word[:_LONGEST])
    found = next((one for one in HOMES if folded(one) == plain), None)
    if found is None:
        keys = (_by_word(table).get(plain, _Meaning()).words for table in ("training", "optimizer", "debug", "loss"))
        found = next((one for words in keys for one in words if one in HOMES), None)
    return None if found in valid else found


_LISTED = 20  # names
_LONGEST = 80  # letters of a word that is looked up
_WORDS_OF = ("layer type", "loss type", "reduction", "optimizer type", "init", "generate", "value")


def context_of(path: tuple[str | int, ...], *, keys: bool) -> Context:
    """Which place of a file a path leads to: that of the keys of a table, or of the word that a key has."""
    names = tuple(part for part in path if isinstance(part, str))
    if not names:
        return "top level"
    tables = {"layers": "layer", "parameters": "parameter", "constants": "parameter", "edits": "edit"}
    table = tables.get(names[0], names[0])
    if keys:
        inner: dict[tuple[str, ...], Context]
        inner = {("edits", "optimizer"): "optimizer", ("debug", "breakpoints"): "breakpoint"}
        return inner.get(names[:2], table)
    if names[-1] == "type":
        return ("optimizer" if "optimizer" in names else table) + " type"
    return names[-1]
