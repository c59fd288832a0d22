"""Which names values may have, and who has which: every name is given once."""

from __future__ import annotations

import keyword
import unicodedata

from nnstep.ops.foreign import free_name
from nnstep.scenario.toml.fields import Report
from nnstep.scenario.toml.positions import Path
from nnstep.text import clean

__all__ = ["Names"]

# Words of the language: what breakpoints and watches ask for.
RESERVED = {
    "iteration": "it counts the iterations",
    "epoch": "it counts the epochs",
    "step": "it counts the steps",
    "grad": "it is for gradients, as in grad(W1)",
    "prev": "it is for a value one iteration ago, as in prev(W1)",
}


class Names:
    """The names given so far, each with what it is and its line."""

    def __init__(self, report: Report, operations: frozenset[str]) -> None:
        self._report = report
        self._operations = operations
        self._taken: dict[str, tuple[str, int]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def all(self) -> list[str]:
        """Every name, in the order in which they were given."""
        return list(self._taken)

    def give(self, name: str, what: str, path: Path, line: int | None = None) -> bool:
        """Give a name to a value that is `what` ("a parameter"). False, and a problem noted, where that cannot be."""
        line = line or self._report.positions.place(path).line
        shown = f"'{clean(name, 40)}'"
        if name in self._taken:
            owner, other = self._taken[name]
            where = f" (line {other})" if other else ""
            self._report.add(path, f"{shown} is {owner} already{where}; a name is given once", line=line)
            return False
        wrong = self._unfit(name)
        if wrong is not None:
            hint = f"call it {free_name(name)}" if keyword.iskeyword(name) else None
            self._report.add(path, f"{shown} cannot be the name of a value: {wrong}", hint, line=line)
        self._taken[name] = (what, line)
        return wrong is None

    def _unfit(self, name: str) -> str | None:
        if not name.isidentifier():
            return "a name is made of letters, digits and _, and does not start with a digit"
        if keyword.iskeyword(name):
            return "it is a word of Python's grammar, which the language is read with"
        if unicodedata.normalize("NFKC", name) != name:
            return f"the language reads it as {unicodedata.normalize('NFKC', name)!r}"
        if clean(name, len(name)) != name:
            return "it has a character that cannot be seen"
        if len(name) > 40:
            return "it has more than 40 characters"
        if name in RESERVED:
            return RESERVED[name]
        if name in self._operations:
            return "it is an operation's name"
        return None
