"""A text while it is read and written anew: where reading is, what was written, and the mistakes noted so far."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import Problem
from nnstep.text import clean

_MOST = 20  # lines listed
_SHOWN = 3  # of the same mistake in one line
WIDEST = 100  # characters of a line that is shown as it is meant

ODD = re.compile("[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANK = re.compile(r"[ \t]*")
REMARK = re.compile(r"[ \t]*(?:;|(?:(?<=[\s\d\])\"'])//|(?<=\s)(?:%|--(?=\s))|/\*)).*")


class Slip(NamedTuple):
    """A mistake: `reason` is the end of its key in the catalogue, `meant` what is written in its place."""

    offset: int
    reason: str
    found: str
    meant: str  # what is written in its place; "" where that is not known
    hint: str | None
    key: str
    values: dict[str, object]


class Scan:
    """One text while it is read.

    text   with LF at the ends of its lines
    at     the offset that is read next
    out    what was written so far
    slips  the mistakes
    sure   whether what was written is what was meant
    table  the table that statements belong to, its index after each list of tables
    key    of the statement that is read, for messages
    """

    def __init__(self, text: str, file: str | None) -> None:
        self.text = text
        self.at = 0
        self.out: list[str] = []
        self.slips: list[Slip] = []
        self.sure = True
        self.table: tuple[str | int, ...] = ()
        self.key = ""
        self._file = file

    def note(
        self,
        reason: str,
        found: str = "",
        meant: str = "",
        *,
        at: int | None = None,
        hint: str | None = None,
        **values: object,
    ) -> None:
        """Note a mistake at an offset (here, unless given); `values` are for its text in the catalogue."""
        offset = self.at if at is None else at
        self.slips.append(Slip(offset, reason, found, meant, hint, self.key, values))

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def problems(self) -> list[Problem]:
        """A problem for each line that something is wrong with, with the line as it was written anew."""
        lines = "".join(self.out).split("\n")
        by_line: dict[int, list[Slip]] = {}
        line = passed = 0
        for slip in sorted(self.slips, key=lambda one: one.offset):
            line += self.text.count("\n", passed, slip.offset)
            passed = slip.offset
            by_line.setdefault(line, []).append(slip)
        problems = []
        for at, slips in list(by_line.items())[:_MOST]:
            start = self.text.rfind("\n", 0, slips[0].offset) + 1
            hints = list(dict.fromkeys(slip.hint for slip in slips if slip.hint))
            meant = lines[at].strip() if at < len(lines) else ""
            if len(meant) > WIDEST:
                meant = ", ".join(dict.fromkeys(slip.meant for slip in slips[:_SHOWN] if slip.meant.strip(" ,=")))
            lacking = any(slip.reason == "value" for slip in slips)  # then the line has a value that nobody wrote
            if meant and not lacking and not meant.startswith("#") and any(slip.meant for slip in slips):
                hints.insert(0, say("toml.write", meant=meant))
            said = say("toml.not", reason="; ".join(_messages(slips)))
            key, column = slips[0].key or None, slips[0].offset - start + 1
            problems.append(Problem(said, self._file, at + 1, column, key, "; ".join(hints) or None))
        return problems

    def rest(self) -> str:
        """What is left of the line."""
        end = self.text.find("\n", self.at)
        return self.text[self.at : end if end >= 0 else len(self.text)]

    def take(self, length: int) -> str:
        """Read that many characters."""
        taken = self.text[self.at : self.at + length]
        self.at += length
        return taken

    def blank(self) -> None:
        """Past blanks, also those that TOML does not know."""
        while self.at < len(self.text):
            found = _BLANK.match(self.text, self.at)
            assert found
            if found[0]:
                self.out.append(self.take(len(found[0])))
            elif not self.odd():
                return

    def odd(self) -> bool:
        """Past a character that is not seen, or looks like a space, if there is one."""
        sign = self.text[self.at : self.at + 1]
        if not sign or not ODD.match(sign):
            return False
        self.note_odd(sign, self.at)
        self.out.append(instead(sign))
        self.at += 1
        return True

    def note_odd(self, sign: str, at: int) -> None:
        """Note a character that is not seen, or looks like a space."""
        self.note("space" if instead(sign) or not _is_control(sign) else "control", code_point_name(sign), " ", at=at)

    def seen(self, raw: str, at: int) -> str:
        """The text with the characters that are not seen taken out, each noted."""
        if ODD.search(raw) is None:
            return raw
        for found in ODD.finditer(raw):
            self.note_odd(found[0], at + found.start())
        return ODD.sub(lambda found: instead(found[0]), raw)

    def comment(self) -> None:
        """Read a comment to the end of the line."""
        self.out.append(fit_comment(self.take(len(self.rest()))))

    def remark(self, rest: str) -> None:
        """What was meant as a comment, or a semicolon."""
        sign = rest.lstrip()
        inside = re.sub(r"^;+\s*#?", "", sign).strip() if sign.startswith(";") else sign
        if sign.startswith(";") and (not inside or sign.lstrip("; \t").startswith("#")):
            self.note("semicolon", meant=" ")
        else:
            self.note("comment", one_line(sign), " ")
        self.out.append(f"  # {fit_comment(inside)}" if inside else "")
        self.at += len(rest)


def _messages(slips: list[Slip]) -> list[str]:
    """What is wrong with a line: the same mistake said once, with what was found."""
    said: dict[str, list[Slip]] = {}
    for slip in slips:
        said.setdefault(slip.reason, []).append(slip)
    texts = []
    for reason, same in said.items():
        found = list(dict.fromkeys(slip.found for slip in same if slip.found))
        listed = ", ".join(found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
        texts.append(say(f"toml.{reason}", **{"found": listed, **same[0].values}))
    return texts


def instead(sign: str) -> str:
    """What is written in the place of a character that TOML does not take."""
    return " " if unicodedata.category(sign) == "Zs" else ""


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) == "Cc"


def code_point_name(sign: str) -> str:
    """A character that cannot be seen, by its code point and its name in Unicode."""
    name = unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X}, {name}" if name else f"U+{ord(sign):04X}"


def fit_comment(text: str) -> str:
    """A comment without the control characters that TOML does not take even there."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", " ", text)


def one_line(text: str) -> str:
    """What was found, on one line and cut, for a message."""
    return clean(" ".join(text.split()), 60)
