"""Values as people write them, written as TOML has them."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.errors import LanguageError
from nnstep.language import parse_expression
from nnstep.scenario.toml.mending.items import Items, on_one_line
from nnstep.scenario.toml.mending.keys import DOUBLE, HEADER_LINE, KEY, SINGLE, mended_key
from nnstep.scenario.toml.mending.scan import ODD, REMARK, WIDEST, Scan, fit_comment, instead, one_line
from nnstep.scenario.toml.mending.strings import Strings
from nnstep.scenario.toml.spelling import is_number, spell
from nnstep.text import clean

_STATEMENT = re.compile(r"[ \t]*[A-Za-z_][\w.-]*[ \t]*=(?!=)")
_WRAPPER = re.compile(r"(?:[A-Za-z]\w*\.)*(?:array|asarray|tensor|Tensor|matrix|Matrix|constant|list|tuple)[ \t]*\(")
_NEXT_KEY = re.compile(r"(?<=[^\s=])[,;]?\s+[A-Za-z_]\w*\s*=(?!=)")
_MADE = re.compile(
    r"(?:[A-Za-z]\w*\.)*(zeros|ones|randn|rand|normal|uniform|random|full|eye|range|arange|linspace|reshape)"
    r"[ \t]*\(([^\n#]*)\)"
)
_ENTRY = re.compile(rf"({KEY.pattern}|[^=:,}}\n]+?)[ \t]*(=>|:=|={{1,2}}|:)[ \t]*")
_INITS = {"zeros": "zeros", "ones": "ones", "randn": "normal", "normal": "normal", "rand": "uniform"}


class ValueReader:
    """Reads a value at the place where a scan stands."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._strings = Strings(scan)

    def read(self, inside: str, name: str) -> str:
        """The value here, within "" (a line), "[" or "{", as it is written; `name` is its key."""
        rest = self._scan.text[self._scan.at : self._scan.at + 3]
        first = rest[:1]
        if not first or first in "\n#":
            hint = say("toml.equation.hint" if name == "equations" else "toml.value.hint")
            self._scan.note("value", name=clean(name, 40), hint=hint)
            self._scan.sure = False
            return "0"
        if first in DOUBLE + SINGLE or first in "\"'":
            return self._strings.read(name)
        if first == "[":
            return self._array(name)
        if first == "{" and re.compile(r"\{\s*[-+−{.\d]").match(self._scan.text, self._scan.at):
            self._scan.note("braces", meant="[ ]")
            return self._array(name)
        if first == "{":
            return self._braces()
        if first == "(" and (found := self._in_brackets()) is not None:
            return found
        if call := _WRAPPER.match(self._scan.text, self._scan.at):
            return self._wrapped(call, name)
        if call := _MADE.match(self._scan.text, self._scan.at):
            return self._made(call)
        return self._word(inside, name)

    def _in_brackets(self) -> str | None:
        """A tuple of Python as a list; None for what is arithmetic."""
        found = re.compile(r"\(([^()\n]*)\)").match(self._scan.text, self._scan.at)
        nested = re.compile(r"\(\s*[(\[]").match(self._scan.text, self._scan.at)
        if not nested and (found is None or "," not in found[1]):
            return None
        self._scan.note("tuple", meant="[ ]")
        return self._array("")

    def _wrapped(self, found: re.Match[str], name: str) -> str:
        """`np.array([[1, 2]])` and the like."""
        start = self._scan.at
        self._scan.at = found.end()
        value = self.read("[", name)
        end = re.compile(r"\s*(?:,\s*\w+\s*=\s*[\w.]+\s*)*,?\s*\)").match(self._scan.text, self._scan.at)
        lines = 0
        if end is not None:
            self._scan.at = end.end()
            lines = end[0].count("\n")
        else:
            self._scan.sure = False
        self._scan.note("wrapped", found[0] + "...)", value if "\n" not in value else "", at=start)
        return value + "\n" * lines

    def _made(self, found: re.Match[str]) -> str:
        """`np.zeros((2, 3))` and the like."""
        sizes, init = re.findall(r"(?<![.\d])\d+(?![.\d])", found[2])[:2], _INITS.get(found[1])
        fits = init is not None and self._scan.table[:1] in (("parameters",), ("constants",))
        meant = f'{{ shape = [{", ".join(sizes)}], init = "{init}" }}' if fits else ""
        self._scan.note("made", one_line(found[0]), meant)
        self._scan.at = found.end()
        self._scan.sure = self._scan.sure and fits
        return meant or "0"

    def _word(self, inside: str, name: str) -> str:
        """A value without quotes."""
        start, word = self._scan.at, self._bare(inside)
        if inside == "[":
            several = len(word.split()) > 1 and all(map(is_number, word.split()))
            return self._numbers(word, start) if several else self._spelled(word, start, "")
        if inside:
            return self._spelled(word, start, name)
        if listed := _without_brackets(word):
            meant = f"[{', '.join(spell(part).text for part in listed)}]"
            self._scan.note("listed", one_line(word), meant, at=start)
            return meant
        number, _, more = word.partition(" ")
        if more and number and is_number(number) and spell(word).reason == "word":
            self._scan.note("after", one_line(more), " ", at=start + len(number) + 1)
            return self._spelled(number, start, name)
        return self._spelled(word, start, name)

    def _bare(self, inside: str) -> str:
        """Take what belongs to a value without quotes: not a comment, the next key, or a sign at the end of a line."""
        start = self._scan.at
        raw = self._scan.text[start : _word_end(self._scan.text, start, inside)]
        if not inside:
            if (remark := REMARK.search(raw)) and remark.start():
                raw = raw[: remark.start()]
            if next_key := _NEXT_KEY.search(raw):
                raw = raw[: next_key.start()]
        self._scan.at = start + len(raw.rstrip())
        word = self._scan.seen(raw, start).strip()
        if not inside and word != "," and word.endswith(("\\", ",")):
            self._scan.at = start + raw.rindex(word[-1])
            word = word[:-1].rstrip()
        return word

    def _numbers(self, word: str, start: int) -> str:
        """Numbers of a list with nothing but spaces between them."""
        self._scan.note("commas", at=start, meant=", ".join(word.split()[:2]))
        return ", ".join(self._spelled(part, start, "") for part in word.split())

    def _spelled(self, word: str, start: int, name: str) -> str:
        found = spell(word)
        if not found.reason:
            return found.text
        self._scan.sure = self._scan.sure and found.sure
        meant = found.text if found.sure or found.reason == "thousands" else ""
        hint = say("toml.exponent.hint", meant=found.text) if found.reason == "exponent" else None
        if found.reason == "nothing":
            if not name:  # in a list something has to stand there
                found = found._replace(reason="unreadable")
            else:
                hint = say("toml.nothing.hint", name=name)
        if found.reason == "word" and _is_equation(word):
            if not any(slip.reason == "equation" for slip in self._scan.slips):
                self._scan.note("equation", one_line(word), at=start, hint=say("toml.equation.hint"))
            self._scan.sure = False
            return found.text
        if found.reason == "infinite" and found.text == word:
            return found.text
        self._scan.note(found.reason, one_line(word), meant, at=start, hint=hint)
        return found.text

    def _array(self, name: str) -> str:
        """A list, with its line ends and comments."""
        start = self._scan.at
        self._scan.at += 1
        items = Items(start)
        while True:
            gap = self._gap()
            items.gap(gap)
            if self._scan.at >= len(self._scan.text) or ("\n" in gap and self._is_statement()):
                self._not_closed(items, gap, start)
                break
            sign = self._scan.text[self._scan.at]
            if sign in "])}":
                self._close(sign, start)
                break
            if sign == ",":
                self._comma(items)
            elif sign == ";":
                self._semicolon(items, gap)
            else:
                self._item(items, name)
        return self._list(items, start)

    def _not_closed(self, items: Items, gap: str, start: int) -> None:
        """The text ends, or another statement begins, before the list that began at `start` is closed."""
        back = len(gap) - len(gap.rstrip())
        items.cut(back)
        self._scan.at -= back
        lines = "\n" in items.text()
        self._scan.note("open", "[", meant="" if lines else "]", at=start)
        self._scan.sure = self._scan.sure and not lines

    def _close(self, sign: str, start: int) -> None:
        """The list ends with a bracket, which may be another one than it began with."""
        self._scan.at += 1
        if sign != "]" and self._scan.text[start] != {"}": "{", ")": "("}[sign]:
            self._scan.note("closed-by", sign, "]", at=self._scan.at - 1)

    def _comma(self, items: Items) -> None:
        if items.after_comma:
            self._scan.note("commas-twice", meant=" ")
        else:
            items.comma()
        self._scan.at += 1

    def _semicolon(self, items: Items, gap: str) -> None:
        """What begins a comment, ends a row, or stands in the place of a comma."""
        self._scan.at += 1
        if _is_comment_after(self._scan.text, self._scan.at, gap):
            rest = self._scan.rest()
            self._scan.note("comment", ";", " ")
            items.gap(" # " + fit_comment(rest))
            self._scan.at += len(rest)
        elif not items.row():
            self._scan.note("semicolon-list", meant=",", at=self._scan.at - 1)

    def _item(self, items: Items, name: str) -> None:
        begun, slips = self._scan.at, len(self._scan.slips)
        item = self.read("[", name)
        if self._scan.at == begun:  # a sign that begins nothing
            self._scan.at += 1
            self._scan.sure = False
        several = any(slip.reason == "commas" and slip.offset == begun for slip in self._scan.slips[slips:])
        items.item(item, item[:1] in "[{", several, self._scan.at)

    def _list(self, items: Items, start: int) -> str:
        """The list as it is written, with the commas and brackets that were missing noted."""
        text = items.text()
        if not items.broken:
            for at in items.missing:
                self._scan.note("commas", meant=text if "\n" not in text else ",", at=at)
            return text
        self._scan.slips = [one for one in self._scan.slips if one.reason != "commas" or one.offset < start]
        shown = on_one_line(text)
        alone = len(shown) <= WIDEST and "\n" in text
        hint = say("toml.write", meant=shown) if alone else None
        self._scan.note("rows", meant="" if alone else shown, hint=hint, at=start)
        return text

    def _gap(self) -> str:
        """Blanks, line ends and comments, as they are written."""
        out: list[str] = []
        while self._scan.at < len(self._scan.text):
            found = re.compile(r"[ \t\n]+").match(self._scan.text, self._scan.at)
            rest = self._scan.rest()
            if found:
                out.append(self._scan.take(len(found[0])))
            elif rest.startswith("#"):
                out.append(fit_comment(self._scan.take(len(rest))))
            elif closed := re.match(r"/\*.*?\*/", rest):
                self._scan.note("comment", one_line(closed[0]), " ")
                self._scan.at += closed.end()
            elif rest.startswith(("//", "/*", "%")):
                self._scan.note("comment", one_line(rest), " ")
                out.append("# " + fit_comment(self._scan.take(len(rest))))
            elif rest.startswith("\\") and not rest[1:].strip():
                self._scan.note("continued", meant=" ")
                self._scan.at += len(rest)
            elif rest.startswith("..."):
                self._scan.note("after", "...", " ")
                self._scan.at += 3
            elif rest and ODD.match(rest):
                self._scan.note_odd(rest[0], self._scan.at)
                out.append(instead(self._scan.take(1)))
            else:
                break
        return "".join(out)

    def _is_statement(self) -> bool:
        """Whether a new statement begins here, at the beginning of a line: what was opened before is not closed."""
        return bool(
            _STATEMENT.match(self._scan.text, self._scan.at)
            or (
                HEADER_LINE.match(self._scan.text, self._scan.at)
                and not self._scan.text.startswith("[[[", self._scan.at)
            )
        )

    def _braces(self) -> str:
        """A table in braces, on one line; the line ends taken out of it are put after it."""
        start = self._scan.at
        self._scan.at += 1
        entries, lines, after_comma = list[str](), 0, False
        while True:
            gap = self._gap()
            lines += gap.count("\n")
            ended = self._scan.at >= len(self._scan.text)
            if ended or ("\n" in gap and HEADER_LINE.match(self._scan.text, self._scan.at)):
                self._scan.note("open", "{", at=start)
                self._scan.sure = False
                break
            sign = self._scan.text[self._scan.at]
            if sign in "}])":
                self._scan.at += 1
                if after_comma:
                    self._scan.note("inline-comma", meant=" ", at=self._scan.at - 1)
                break
            if sign in ",;":
                after_comma = True
                self._scan.at += 1
                continue
            entry = self._entry()
            if entry is None:
                break
            name, value = entry
            lines += value.count("\n")
            entries.append(f"{name} = {on_one_line(value)}")
            after_comma = False
        if lines:
            self._scan.note("inline-lines", at=start, meant=" ")
        return (f"{{ {', '.join(entries)} }}" if entries else "{}") + "\n" * lines

    def _entry(self) -> tuple[str, str] | None:
        """A key of a table in braces, and its value; None, and the rest of the line left out, for what is neither."""
        found = _ENTRY.match(self._scan.text, self._scan.at)
        if found is None:
            rest = self._scan.rest()
            self._scan.note("line", one_line(rest))
            self._scan.sure = False
            self._scan.at += len(rest)
            return None
        key = found[1].strip()
        name = key if KEY.fullmatch(key) else mended_key(self._scan, key, self._scan.at)
        if found[2] != "=":
            self._scan.note("colon", found[2], "=", at=found.start(2))
        self._scan.at = found.end()
        return name, self.read("{", name)


def _word_end(text: str, start: int, inside: str) -> int:
    """Where a value without quotes ends; brackets in it are closed before."""
    stops = {"": "\n#", "[": "\n#,];}[", "{": "\n#,}"}[inside]
    depth = 0
    for at in range(start, len(text)):
        sign = text[at]
        if sign == "\n":
            return at
        if sign == "(":
            depth += 1
        elif sign == ")":
            if depth == 0 and inside:
                return at
            depth -= 1
        elif depth <= 0 and sign in stops:
            return at
    return len(text)


def _without_brackets(word: str) -> list[str]:
    """The numbers of a list that stands without its brackets; empty for anything else."""
    parts = [part.strip() for part in word.split(",")]
    if len(parts) > 1 and not is_number(word) and all(map(is_number, parts)):
        return parts
    apart = " " in word and all(map(is_number, word.split())) and spell(word).reason != "thousands"
    return word.split() if apart else []


def _is_comment_after(text: str, at: int, gap: str) -> bool:
    """Whether a semicolon at the beginning of a line begins a comment."""
    return "\n" in gap and bool(re.compile(r"[ \t]*[A-Za-z]").match(text, at))


def _is_equation(word: str) -> bool:
    """Whether it is an expression over values, as equations have them."""
    if not re.search(r"[-@*/+(]|\*\*", word) or len(word) > 1000:
        return False
    try:
        parse_expression(word)
    except LanguageError:
        return False
    return bool(re.search(r"[^\W\d]", word)) and not re.fullmatch(r"[\w-]+", word)
