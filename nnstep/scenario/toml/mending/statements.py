"""Lines as people write them: headers, keys with their values, remarks."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.scenario.toml.mending.keys import (
    BARE,
    DOUBLE,
    KEY,
    LISTS,
    SINGLE,
    TABLES,
    bare_key,
    full_key,
    mended_key,
    parts_of,
)
from nnstep.scenario.toml.mending.scan import REMARK, Scan, one_line
from nnstep.scenario.toml.mending.values import ValueReader
from nnstep.scenario.toml.spelling import is_number
from nnstep.text import clean

_SEPARATOR = re.compile(r"[ \t]*(=(?:[ \t]*=)+|=>|:=|<-|←|→|=|:(?!:))")
_HEADER = re.compile(r"(\[[ \t]*\[?|\[)[ \t]*([^\[\]\n#=]*?)[ \t]*(\][ \t]*\]?|)[ \t]*(?=[^\]\n]*(?:\n|$))")
_COMMENT = re.compile(r"//|/\*|<!--|%|;|--(?!-)|REM\b")
_MISSING = re.compile(r"([A-Za-z_][\w-]*)[ \t]+(\S.*)")


class Statements:
    """Reads a text from its beginning to its end, statement by statement."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._values = ValueReader(scan)
        self._lines: dict[tuple[object, ...], int] = {}  # of keys and tables that stood already
        self._counts: dict[tuple[str, ...], int] = {}

    def read(self) -> None:
        """Read all of it."""
        while self._scan.at < len(self._scan.text):
            self._statement()

    def _statement(self) -> None:
        """One line, or the lines of one value."""
        self._scan.key = ""
        self._scan.blank()
        rest = self._scan.rest()
        if not rest:
            pass
        elif rest.startswith("#"):
            self._scan.comment()
        elif found := _COMMENT.match(rest):
            self._scan.note("comment", found[0])
            self._scan.out.append("# " + self._scan.take(len(rest)))
        elif re.fullmatch(r"-{3,}\s*|={3,}\s*|\.\.\.\s*", rest):
            self._scan.note("line", clean(rest, 20))
            self._scan.at += len(rest)
        elif re.match(r"- ?\S", rest):
            self._scan.note("item", one_line(rest), hint=say("toml.item.hint"))
            self._scan.at += len(rest)
            self._scan.sure = False
        elif (meant := _bracketed(rest)) is not None:
            self._scan.note("header", one_line(rest), f"[[{meant}]]" if meant in LISTS else f"[{meant}]")
            self._scan.at += len(rest)
            self._scan.out.append(f"[[{meant}]]" if meant in LISTS else f"[{meant}]")
            self._begin(meant, meant in LISTS, self._scan.at)
        elif rest[0] in "]})":
            self._scan.note("closing", rest[0])
            self._scan.at += len(rest)
            self._scan.sure = False
        elif rest[0] == "[":
            self._header()
        else:
            self._pair()
        if self._scan.at < len(self._scan.text):
            if self._scan.text[self._scan.at] != "\n":  # what nobody has taken
                left = self._scan.rest()
                if left.strip():
                    self._scan.note("after", one_line(left.strip()))
                    self._scan.sure = False
                self._scan.at += len(left)
            self._scan.out.append(self._scan.take(1))

    def _header(self) -> None:
        rest, start = self._scan.rest(), self._scan.at
        found = _HEADER.match(rest)
        name = self._scan.seen(found[2], start) if found else ""
        if found is None or re.fullmatch(r"[-+.,\d\s\"'eE]*", name):  # a row of numbers is no header
            self._scan.note("line", one_line(rest))
            self._scan.at += len(rest)
            self._scan.sure = False
            return
        self._scan.at += found.end()
        written = rest[: found.end()].strip()
        double, closing = found[1].count("["), found[3].count("]")
        bare = name if KEY.fullmatch(name) else bare_key(name)
        listed = bare in LISTS or (double == 2 and bare not in TABLES)
        meant = f"[[{bare}]]" if listed else f"[{bare}]"
        if double != closing or re.search(r"\[\s+\[|\]\s+\]", written):
            self._scan.note("header", written, meant, at=start)
        elif bare in LISTS and double == 1:
            self._scan.note("list-header", written, meant, at=start)
        elif bare != name:
            self._scan.note("key", name, bare, at=start)
        self._scan.out.append(meant)
        self._begin(bare, listed, start)
        self._end_of_header(meant)

    def _end_of_header(self, meant: str) -> None:
        self._scan.blank()
        rest = self._scan.rest()
        if rest.startswith("#"):
            self._scan.comment()
        elif REMARK.fullmatch(rest):
            self._scan.remark(rest)
        elif rest.strip() in (":", "=", ","):
            self._scan.note("after", rest.strip(), meant)
            self._scan.at += len(rest)
        elif rest.strip():
            said = say("toml.header-line.hint", header=meant, line=one_line(rest.strip()))
            self._scan.note("header-line", one_line(rest.strip()), hint=said)
            self._scan.at += len(rest)
            self._scan.sure = False

    def _begin(self, name: str, listed: bool, at: int) -> None:
        """A table begins."""
        try:
            parts: tuple[str | int, ...] = tuple(parts_of(name))
        except ValueError:
            parts = (name,)
        whole = tuple(map(str, parts))
        if listed:
            self._counts[whole] = self._counts.get(whole, 0) + 1
            parts = (*parts, self._counts[whole])
        elif (line := self._lines.get(("[", *parts))) is not None:
            self._scan.note("table-twice", at=at, name=name, line=line, hint=say("toml.table-twice.hint", name=name))
            self._scan.sure = False
        else:
            self._lines["[", *parts] = self._scan.line(at)
        self._scan.table = parts

    def _pair(self) -> None:
        """KEY = VALUE."""
        start, rest = self._scan.at, self._scan.rest()
        found = KEY.match(rest)
        sign = _SEPARATOR.match(rest, found.end()) if found else None
        if found is not None and sign is not None:
            key, name = found[0], found[0]
        else:
            first = re.match(r"([^=:#\n←]*?)[ \t]*(?==|:|←|<-)", rest)
            sign = _SEPARATOR.match(rest, first.end()) if first and first[1].strip() else None
            if first is None or sign is None:
                self._without_sign(rest, start)
                return
            key = self._scan.seen(first[1], start).rstrip()
            name = key if KEY.fullmatch(key) else mended_key(self._scan, key, start)
            key = first[1]
        if sign[1] != "=" and self._section(name, rest[sign.end() :], sign[1]):
            return
        self._scan.key = full_key(self._scan, name)
        begun, out = len(self._scan.out), len(self._scan.slips)
        self._scan.out.append(name + rest[len(key) : sign.start()] if name == key else name + " ")
        self._scan.at += sign.end()
        if sign[1] == "=":
            blanks = sign[0][: -len(sign[1])]
            self._scan.out.append(f"{blanks if name == key else ''}=")
        else:
            self._scan.note("colon", clean(sign[1]), "=", at=start + sign.start(1))
            self._scan.out.append(
                ("" if name != key else " ") + "=" + ("" if rest[sign.end() :][:1] in (" ", "\t") else " ")
            )
        self._scan.blank()
        self._scan.out.append(self._values.read("", name))
        self._end_of_line()
        self._check_twice(name, start, begun, out)

    def _section(self, name: str, rest: str, sign: str) -> bool:
        """Whether this is `data:` with nothing after it, which begins a table."""
        if rest.strip() or sign != ":" or name not in (*LISTS, *TABLES):
            return False
        meant = f"[[{name}]]" if name in LISTS else f"[{name}]"
        self._scan.note("section", f"{name}:", meant)
        self._scan.at += len(self._scan.rest())
        self._scan.out.append(meant)
        self._begin(name, name in LISTS, self._scan.at)
        return True

    def _without_sign(self, rest: str, at: int) -> None:
        """A line without =."""
        bare = REMARK.sub("", rest.partition("#")[0]).rstrip()
        found = _MISSING.fullmatch(bare)
        words = bare.split()
        value = found[2] if found else ""
        starts = value[:1] in "\"'[{(" + DOUBLE + SINGLE if value else False
        if found is not None and (len(words) == 2 or starts or is_number(value)):
            self._scan.key = full_key(self._scan, found[1])
            self._scan.note("equals", "", "=", name=found[1])
            self._scan.at += found.start(2)
            self._scan.out.append(f"{found[1]} = ")
            self._scan.out.append(self._values.read("", found[1]))
            self._end_of_line()
            return
        self._scan.sure = False
        if len(words) == 1 and BARE.fullmatch(bare):
            self._scan.key = full_key(self._scan, bare)
            self._scan.note("value", name=bare, hint=say("toml.value.hint"))
        else:
            self._scan.note("line", one_line(rest))
        self._scan.at = at + len(rest)

    def _check_twice(self, name: str, start: int, begun: int, slips: int) -> None:
        """Take the statement back that was written since `begun`, where its key stood already."""
        try:
            path: tuple[object, ...] = (*self._scan.table, *parts_of(name))
        except ValueError:
            return
        line = self._lines.get(path)
        if line is None:
            self._lines[path] = self._scan.line(start)
            return
        del self._scan.slips[slips:]
        self._scan.note("twice", at=start, name=name, line=line)
        lines = "".join(self._scan.out[begun:]).count("\n")
        self._scan.out[begun:] = ["\n" * lines]

    def _end_of_line(self) -> None:
        """What stands after a value."""
        self._scan.blank()
        rest = self._scan.rest()
        if not rest:
            return
        if re.match(r",\s*(#|$)", rest):
            self._scan.note("trailing", meant=" ")
            self._scan.at += 1
            self._scan.blank()
            rest = self._scan.rest()
        if re.match(r"[\]})\s]+(#|$)", rest) and not rest.isspace():
            closing = re.match(r"[\]})\s]+", rest)
            assert closing
            self._scan.note("closing", closing[0].strip(), " ")
            self._scan.at += closing.end()
            rest = self._scan.rest()
        if re.match(rf"[,;]?\s*{KEY.pattern}\s*=(?!=)", rest):
            self._scan.note("pair", one_line(rest.strip(" ,;\t")))
            self._scan.at += len(rest)
            self._scan.sure = False
        elif rest.startswith("#"):
            self._scan.comment()
        elif rest.rstrip() == "\\":
            self._scan.note("continued", meant=" ")
            self._scan.at += len(rest)
        elif REMARK.fullmatch(" " + rest):
            self._scan.remark(rest)


def _bracketed(line: str) -> str | None:
    """The name in a header whose brackets are not those of TOML, or not all there; None for any other line."""
    found = re.fullmatch(r"([\[({<]{0,2})\s*([A-Za-z_][\w.-]*)\s*([\])}>]{0,2})\s*", line)
    if found is None or not (found[1] or found[3]) or (found[1], found[3]) in (("[", "]"), ("[[", "]]")):
        return None
    return found[2] if found[1] + found[3] not in ("[]]", "[[]") else None
