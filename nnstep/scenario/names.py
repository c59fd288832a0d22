"""Which names values may have, and who has which: every name is given once."""

from __future__ import annotations

import keyword
import unicodedata

from nnstep.catalogue import say
from nnstep.scenario.hints.equations import free_name
from nnstep.scenario.toml.fields import Report
from nnstep.scenario.toml.positions import KeyPath
from nnstep.text import clean

RESERVED = ("iteration", "epoch", "step", "grad", "prev")  # what breakpoints and watches ask for


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

    def give(self, name: str, what: str, path: KeyPath, line: int | None = None) -> bool:
        """Give a name to a value, `what` it is by the end of its key in the catalogue, `names.kind.KIND`.

        False, and a problem noted, where that cannot be.
        """
        line = line or self._report.positions.place(path).line
        shown = clean(name, 40)
        if name in self._taken:
            owner, other = self._taken[name]
            said = say("names.taken", name=shown, owner=say(f"names.kind.{owner}"), line=other)
            self._report.add(path, said, line=line)
            return False
        wrong = self._unfit(name)
        if wrong is not None:
            hint = say("names.free", name=free_name(name)) if keyword.iskeyword(name) else None
            self._report.add(path, say("names.unfit", name=shown, reason=wrong), hint, line=line)
        self._taken[name] = (what, line)
        return wrong is None

    def _unfit(self, name: str) -> str | None:
        if not name.isidentifier():
            return say("names.letters")
        if keyword.iskeyword(name):
            return say("names.grammar")
        if unicodedata.normalize("NFKC", name) != name:
            return say("names.read-as", name=unicodedata.normalize("NFKC", name))
        if clean(name, len(name)) != name:
            return say("names.unseen")
        if len(name) > 40:
            return say("names.long")
        if name in RESERVED:
            return say(f"names.reserved.{name}")
        if name in self._operations:
            return say("names.operation")
        return None
