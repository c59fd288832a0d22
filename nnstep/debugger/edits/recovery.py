"""Edits that are not saved yet, in a file that outlives this process however it ends, and the way back from there.

    STATE FOLDER/recovery/<which scenario>.<16 hex digits>.json

One file for each session that has unsaved edits. The process that writes it keeps it locked: the file of another
process that lives is not touched, that of one that is no more is offered.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from nnstep.catalogue import say, say_reason
from nnstep.debugger.branch import Branch
from nnstep.debugger.session import Session
from nnstep.errors import NnstepError
from nnstep.files import lock, put, stamp, state_folder
from nnstep.scenario.edits.edit_text import edit_text
from nnstep.scenario.edits.typed import read_edit
from nnstep.scenario.model import Edit
from nnstep.scenario.toml.document import SCENARIO_BYTES, read_bytes
from nnstep.text import clean

_LARGEST = 1 << 18  # bytes of a file
_FILES = 50  # of all scenarios; of those that are no one's, the oldest go first
_BRANCHES = 100  # in a session

Edits = tuple[tuple[int, str], ...]


class Offer(NamedTuple):
    """What earlier sessions have left.

    branches  how many they had not saved, all in all
    when      when the latest wrote that, in seconds since 1970
    same      whether the scenario's file still has the bytes that all of them had read
    sessions  how many there are
    """

    branches: int
    when: float
    same: bool
    sessions: int = 1


class Taken(NamedTuple):
    """What was taken up: the names of branches, those that are not possible any more, the files these are kept in."""

    names: tuple[str, ...]
    lost: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class Recovery:
    """Keeps the unsaved branches of a session on one scenario file. Nothing here raises for what a disk does."""

    def __init__(self, path: str) -> None:
        """`path` is the scenario's file."""
        self._file: BinaryIO | None = None  # what holds the lock on our file
        self._scenario = os.path.realpath(path)
        self._path: Path | None = None
        self._saved: set[Edits] = set()  # of the branches that are in scenarios of their own
        self.failed = ""  # why it could not be written the last time
        self.unsaved = 0  # branches with edits that are in no file but ours
        self.read_again()

    def read_again(self) -> None:
        """The scenario's file was just read."""
        self._stamp = stamp(self._scenario)
        self._digest: str | None = None

    def _digest_of_read(self) -> str:
        """Of the bytes that were read; "" where they are not there any more."""
        if self._digest is None:
            self._digest = _digest(self._scenario) if stamp(self._scenario) == self._stamp else ""
        return self._digest

    def saved(self, session: Session) -> None:
        """The current branch is in a scenario of its own now."""
        self._saved.add(_edits(session.timeline.scenario.edits))

    def keep(self, session: Session) -> None:
        """Have the file say what is not saved now; without anything of that kind there is no file."""
        main, *branches = session.branches.all
        unsaved = [_edits(one.timeline.scenario.edits) not in self._saved for one in branches]
        self.unsaved = sum(unsaved)
        try:
            if self.unsaved:
                said = [_said(one, main.name, new) for one, new in zip(branches, unsaved, strict=True)]
                self._put(_content(self._scenario, self._digest_of_read(), said))
            else:
                self.forget()
            self.failed = ""
        except (OSError, RuntimeError) as error:  # a RuntimeError: there is no home
            self.failed = say_reason(error)

    def _put(self, content: bytes) -> None:
        if len(content) > _LARGEST:
            raise OSError(say("recovery.large", most=_LARGEST))
        if self._path is None:
            folder = _folder()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_room(folder)
            self._path = folder / f"{_mark(self._scenario)}.{os.urandom(8).hex()}.json"
        file = put(self._path, content)
        self._release()
        self._file = file

    def forget(self) -> None:
        """Take the file away."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
        self._release()
        self._path = None

    def close(self) -> None:
        """Leave the file to whoever opens this scenario the next time."""
        self._release()
        self._path = None

    __del__ = close

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    # What others have left.

    def offer(self) -> Offer | None:
        """What the sessions that are no more have left for this scenario, or None."""
        left = []
        for _, file in self._left():
            with file:
                found = _parsed(file.read(_LARGEST + 1))
            if found is not None:
                left.append(found)
        if not left:
            return None
        unsaved = sum(1 for found in left for one in found["branches"] if one["unsaved"])
        digest = _digest(self._scenario)
        same = all(found["digest"] == digest for found in left)
        return Offer(unsaved, max(found["when"] for found in left), same, len(left))

    def take(self, session: Session) -> Taken | None:
        """Take up all that is offered: branches again, each as far as its edits are possible; None where nothing is.

        What was taken up is in our own file before the other one goes. One with branches that are not possible any
        more stays, under another name, and is not offered again.
        """
        taken: Taken | None = None
        for path, file in self._left():
            with file:
                found = _parsed(file.read(_LARGEST + 1))
                if found is None:
                    continue
                names, lost = _restored(session, found)
                self.keep(session)
                before = taken or Taken(())
                if self.failed and names:  # ours could not be written, so the other one stays
                    return Taken((*before.names, *names), (*before.lost, *lost), (*before.kept, str(path)))
                kept = path.with_suffix(".kept") if lost else None
                with contextlib.suppress(OSError):
                    if kept is not None:
                        path.replace(kept)
                    else:
                        path.unlink()
                keeping = (*before.kept, str(kept)) if kept is not None else before.kept
                taken = Taken((*before.names, *names), (*before.lost, *lost), keeping)
        return taken

    def set_aside(self) -> str:
        """Keep a copy of our file as it is now, which is not offered; its path, or ""."""
        if self._path is None:
            return ""
        kept = self._path.with_suffix(".kept")
        try:
            put(kept, self._path.read_bytes()).close()
        except OSError:
            return ""
        return str(kept)

    def _left(self) -> Iterator[tuple[Path, BinaryIO]]:
        """Files of this scenario that no living process has, open and locked, the latest first."""
        try:
            folder = _folder()
            names = [path.name for path in folder.iterdir()]
        except (OSError, RuntimeError):
            return
        if not names:
            return
        mark = _mark(self._scenario)
        ours = [folder / name for name in names if name.startswith(f"{mark}.") and name.endswith(".json")]
        for path in sorted(ours, key=lambda path: (_time(path), path.name), reverse=True):
            try:
                file = _opened(path)
            except OSError:
                continue
            if lock(file) and os.fstat(file.fileno()).st_nlink:
                yield path, file
            else:
                file.close()


def _folder() -> Path:
    return state_folder() / "recovery"


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _opened(path: Path) -> BinaryIO:
    """Raises OSError."""
    return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)), "rb")


def _make_room(folder: Path) -> None:
    """Take away the oldest files that are no one's, where there are too many."""
    for path in sorted(folder.iterdir(), key=_time, reverse=True)[_FILES - 1 :]:
        with contextlib.suppress(OSError), _opened(path) as file:
            if lock(file):
                path.unlink()


def _mark(scenario: str) -> str:
    """What stands for a scenario's path in the name of a file."""
    return hashlib.sha256(os.fsencode(scenario)).hexdigest()[:16]


def _digest(scenario: str) -> str:
    """Of what is in the scenario's file; "" where it cannot be read."""
    try:
        return hashlib.sha256(read_bytes(scenario, SCENARIO_BYTES)).hexdigest()
    except NnstepError:
        return ""


def _edits(edits: Iterable[Edit]) -> Edits:
    """Edits without their places in a file, as text that is read back to the same bits."""
    return tuple((edit.iteration, edit_text(edit)) for edit in edits)


def _said(branch: Branch, main: str, unsaved: bool) -> dict[str, Any]:
    """A branch; one that leaves the run of the file has the parent ""."""
    parent = "" if branch.parent == main else branch.parent
    return {"name": branch.name, "parent": parent, "unsaved": unsaved, "edits": _edits(branch.edits)}


def _content(scenario: str, digest: str, branches: list[dict[str, Any]]) -> bytes:
    said = {"format": 1, "scenario": scenario, "digest": digest, "when": time.time(), "branches": branches}
    return json.dumps(said, indent=1).encode()


def _parsed(content: bytes) -> dict[str, Any] | None:
    """What a file says; None where it is not one of ours."""
    if len(content) > _LARGEST:
        return None
    try:
        found = json.loads(content)
        good = found["format"] == 1 and isinstance(found["digest"], str) and abs(found["when"]) < 1e12
        for one in found["branches"]:
            good = good and isinstance(one["name"], str) and isinstance(one["parent"], str) and bool(one["edits"])
            good = good and isinstance(one["unsaved"], bool)
            good = good and all(type(since) is int and isinstance(text, str) for since, text in one["edits"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    return found if good and found["branches"] else None


def _restored(session: Session, found: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Make the branches anew; the names of those that were, and of those that are not possible any more."""
    branches = session.branches
    called = {"": branches.all[0].name}  # a parent's name then, and now
    lost = []
    for one in found["branches"]:
        try:
            if len(branches.all) >= _BRANCHES:
                raise ValueError(one["name"])
            parent = branches.named(called[one["parent"]])
            read: list[Edit] = []
            for since, text in one["edits"]:
                scenario = parent.timeline.scenario
                scenario = scenario.with_edits((*scenario.edits, *read))
                read += read_edit(text, scenario, since)
            name = _free(clean(one["name"], 40), {other.name for other in branches.all})
            branches.restore(Branch(name, (), parent.name, parent.timeline), read)
        except (KeyError, NnstepError, ValueError):
            lost.append(clean(one["name"], 40))
        else:
            called[one["name"]] = name
    return [name for key, name in called.items() if key], lost


def _free(name: str, taken: set[str]) -> str:
    """A name that no branch has yet."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
