"""Values as people write them, written as TOML has them."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.errors import LanguageError
from nnstep.language import parse_expression
from nnstep.scenario.toml.mending.items import Items, on_one_line
from nnstep.scenario.toml.mending.keys import DOUBLE, HEADER_LINE, KEY, SINGLE, mended_key
from nnstep.scenario.toml.mending.page import ODD, REMARK, WIDEST, Page, fit_comment, instead, short
from nnstep.scenario.toml.mending.strings import Strings
from nnstep.scenario.toml.spelling import is_number, spell
from nnstep.text import clean

__all__ = ["Values"]

_STATEMENT = re.compile(r"[ \t]*[A-Za-z_][\w.-]*[ \t]*=(?!=)")
_WRAPPER = re.compile(r"(?:[A-Za-z]\w*\.)*(?:array|asarray|tensor|Tensor|matrix|Matrix|constant|list|tuple)[ \t]*\(")
_NEXT_KEY = re.compile(r"(?<=[^\s=])[,;]?\s+[A-Za-z_]\w*\s*=(?!=)")
_MADE = re.compile(
    r"(?:[A-Za-z]\w*\.)*(zeros|ones|randn|rand|normal|uniform|random|full|eye|range|arange|linspace|reshape)"
    r"[ \t]*\(([^\n#]*)\)"
)
_ENTRY = re.compile(rf"({KEY.pattern}|[^=:,}}\n]+?)[ \t]*(=>|:=|={{1,2}}|:)[ \t]*")
_INITS = {"zeros": "zeros", "ones": "ones", "randn": "normal", "normal": "normal", "rand": "uniform"}


class Values:
    """Reads a value at the place where a page is read."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._strings = Strings(page)

    def read(self, inside: str, name: str) -> str:
        """The value here, within "" (a line), "[" or "{", as it is written; `name` is its key."""
        rest = self._page.text[self._page.at : self._page.at + 3]
        first = rest[:1]
        if not first or first in "\n#":
            hint = say("toml.equation.hint" if name == "equations" else "toml.value.hint")
            self._page.note("value", name=clean(name, 40), hint=hint)
            self._page.sure = False
            return "0"
        if first in DOUBLE + SINGLE or first in "\"'":
            return self._strings.read(name)
        if first == "[":
            return self._array(name)
        if first == "{" and re.compile(r"\{\s*[-+−{.\d]").match(self._page.text, self._page.at):
            self._page.note("braces", meant="[ ]")
            return self._array(name)
        if first == "{":
            return self._braces()
        if first == "(" and (found := self._in_brackets()) is not None:
            return found
        if call := _WRAPPER.match(self._page.text, self._page.at):
            return self._wrapped(call, name)
        if call := _MADE.match(self._page.text, self._page.at):
            return self._made(call)
        return self._word(inside, name)

    def _in_brackets(self) -> str | None:
        """A tuple of Python as a list; None for what is arithmetic."""
        found = re.compile(r"\(([^()\n]*)\)").match(self._page.text, self._page.at)
        nested = re.compile(r"\(\s*[(\[]").match(self._page.text, self._page.at)
        if not nested and (found is None or "," not in found[1]):
            return None
        self._page.note("tuple", meant="[ ]")
        return self._array("")

    def _wrapped(self, found: re.Match[str], name: str) -> str:
        """`np.array([[1, 2]])` and the like."""
        start = self._page.at
        self._page.at = found.end()
        value = self.read("[", name)
        end = re.compile(r"\s*(?:,\s*\w+\s*=\s*[\w.]+\s*)*,?\s*\)").match(self._page.text, self._page.at)
        lines = 0
        if end is not None:
            self._page.at = end.end()
            lines = end[0].count("\n")
        else:
            self._page.sure = False
        self._page.note("wrapped", found[0] + "...)", value if "\n" not in value else "", at=start)
        return value + "\n" * lines

    def _made(self, found: re.Match[str]) -> str:
        """`np.zeros((2, 3))` and the like."""
        sizes, init = re.findall(r"(?<![.\d])\d+(?![.\d])", found[2])[:2], _INITS.get(found[1])
        fits = init is not None and self._page.table[:1] in (("parameters",), ("constants",))
        meant = f'{{ shape = [{", ".join(sizes)}], init = "{init}" }}' if fits else ""
        self._page.note("made", short(found[0]), meant)
        self._page.at = found.end()
        self._page.sure = self._page.sure and fits
        return meant or "0"

    def _word(self, inside: str, name: str) -> str:
        """A value without quotes."""
        start, word = self._page.at, self._bare(inside)
        if inside == "[":
            several = len(word.split()) > 1 and all(map(is_number, word.split()))
            return self._numbers(word, start) if several else self._spelled(word, start, "")
        if inside:
            return self._spelled(word, start, name)
        if listed := _without_brackets(word):
            meant = f"[{', '.join(spell(part).text for part in listed)}]"
            self._page.note("listed", short(word), meant, at=start)
            return meant
        number, _, more = word.partition(" ")
        if more and number and is_number(number) and spell(word).reason == "word":
            self._page.note("after", short(more), " ", at=start + len(number) + 1)
            return self._spelled(number, start, name)
        return self._spelled(word, start, name)

    def _bare(self, inside: str) -> str:
        """Take what belongs to a value without quotes: not a comment, the next key, or a sign at the end of a line."""
        start = self._page.at
        raw = self._page.text[start : _word_end(self._page.text, start, inside)]
        if not inside:
            if (remark := REMARK.search(raw)) and remark.start():
                raw = raw[: remark.start()]
            if next_key := _NEXT_KEY.search(raw):
                raw = raw[: next_key.start()]
        self._page.at = start + len(raw.rstrip())
        word = self._page.seen(raw, start).strip()
        if not inside and word != "," and word.endswith(("\\", ",")):
            self._page.at = start + raw.rindex(word[-1])
            word = word[:-1].rstrip()
        return word

    def _numbers(self, word: str, start: int) -> str:
        """Numbers of a list with nothing but spaces between them."""
        self._page.note("commas", at=start, meant=", ".join(word.split()[:2]))
        return ", ".join(self._spelled(part, start, "") for part in word.split())

    def _spelled(self, word: str, start: int, name: str) -> str:
        found = spell(word)
        if not found.reason:
            return found.text
        self._page.sure = self._page.sure and found.sure
        meant = found.text if found.sure or found.reason == "thousands" else ""
        hint = say("toml.exponent.hint", meant=found.text) if found.reason == "exponent" else None
        if found.reason == "nothing":
            if not name:  # in a list something has to stand there
                found = found._replace(reason="unreadable")
            else:
                hint = say("toml.nothing.hint", name=name)
        if found.reason == "word" and _is_equation(word):
            if not any(slip.reason == "equation" for slip in self._page.slips):
                self._page.note("equation", short(word), at=start, hint=say("toml.equation.hint"))
            self._page.sure = False
            return found.text
        if found.reason == "infinite" and found.text == word:
            return found.text
        self._page.note(found.reason, short(word), meant, at=start, hint=hint)
        return found.text

    def _array(self, name: str) -> str:
        """A list, with its line ends and comments."""
        start = self._page.at
        self._page.at += 1
        items = Items(start)
        while True:
            gap = self._gap()
            items.gap(gap)
            if self._page.at >= len(self._page.text) or ("\n" in gap and self._is_statement()):
                self._not_closed(items, gap, start)
                break
            sign = self._page.text[self._page.at]
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
        self._page.at -= back
        lines = "\n" in items.text()
        self._page.note("open", "[", meant="" if lines else "]", at=start)
        self._page.sure = self._page.sure and not lines

    def _close(self, sign: str, start: int) -> None:
        """The list ends with a bracket, which may be another one than it began with."""
        self._page.at += 1
        if sign != "]" and self._page.text[start] != {"}": "{", ")": "("}[sign]:
            self._page.note("closed-by", sign, "]", at=self._page.at - 1)

    def _comma(self, items: Items) -> None:
        if items.after_comma:
            self._page.note("commas-twice", meant=" ")
        else:
            items.comma()
        self._page.at += 1

    def _semicolon(self, items: Items, gap: str) -> None:
        """What begins a comment, ends a row, or stands in the place of a comma."""
        self._page.at += 1
        if _is_comment_after(self._page.text, self._page.at, gap):
            rest = self._page.rest()
            self._page.note("comment", ";", " ")
            items.gap(" # " + fit_comment(rest))
            self._page.at += len(rest)
        elif not items.row():
            self._page.note("semicolon-list", meant=",", at=self._page.at - 1)

    def _item(self, items: Items, name: str) -> None:
        begun, slips = self._page.at, len(self._page.slips)
        item = self.read("[", name)
        if self._page.at == begun:  # a sign that begins nothing
            self._page.at += 1
            self._page.sure = False
        several = any(slip.reason == "commas" and slip.offset == begun for slip in self._page.slips[slips:])
        items.item(item, item[:1] in "[{", several, self._page.at)

    def _list(self, items: Items, start: int) -> str:
        """The list as it is written, with the commas and brackets that were missing noted."""
        text = items.text()
        if not items.broken:
            for at in items.missing:
                self._page.note("commas", meant=text if "\n" not in text else ",", at=at)
            return text
        self._page.slips = [one for one in self._page.slips if one.reason != "commas" or one.offset < start]
        shown = on_one_line(text)
        alone = len(shown) <= WIDEST and "\n" in text
        hint = say("toml.write", meant=shown) if alone else None
        self._page.note("rows", meant="" if alone else shown, hint=hint, at=start)
        return text

    def _gap(self) -> str:
        """Blanks, line ends and comments, as they are written."""
        out: list[str] = []
        while self._page.at < len(self._page.text):
            found = re.compile(r"[ \t\n]+").match(self._page.text, self._page.at)
            rest = self._page.rest()
            if found:
                out.append(self._page.take(len(found[0])))
            elif rest.startswith("#"):
                out.append(fit_comment(self._page.take(len(rest))))
            elif closed := re.match(r"/\*.*?\*/", rest):
                self._page.note("comment", short(closed[0]), " ")
                self._page.at += closed.end()
            elif rest.startswith(("//", "/*", "%")):
                self._page.note("comment", short(rest), " ")
                out.append("# " + fit_comment(self._page.take(len(rest))))
            elif rest.startswith("\\") and not rest[1:].strip():
                self._page.note("continued", meant=" ")
                self._page.at += len(rest)
            elif rest.startswith("..."):
                self._page.note("after", "...", " ")
                self._page.at += 3
            elif rest and ODD.match(rest):
                self._page.note_odd(rest[0], self._page.at)
                out.append(instead(self._page.take(1)))
            else:
                break
        return "".join(out)

    def _is_statement(self) -> bool:
        """Whether a new statement begins here, at the beginning of a line: what was opened before is not closed."""
        return bool(
            _STATEMENT.match(self._page.text, self._page.at)
            or (
                HEADER_LINE.match(self._page.text, self._page.at)
                and not self._page.text.startswith("[[[", self._page.at)
            )
        )

    def _braces(self) -> str:
        """A table in braces, on one line; the line ends taken out of it are put after it."""
        start = self._page.at
        self._page.at += 1
        entries, lines, after_comma = list[str](), 0, False
        while True:
            gap = self._gap()
            lines += gap.count("\n")
            ended = self._page.at >= len(self._page.text)
            if ended or ("\n" in gap and HEADER_LINE.match(self._page.text, self._page.at)):
                self._page.note("open", "{", at=start)
                self._page.sure = False
                break
            sign = self._page.text[self._page.at]
            if sign in "}])":
                self._page.at += 1
                if after_comma:
                    self._page.note("inline-comma", meant=" ", at=self._page.at - 1)
                break
            if sign in ",;":
                after_comma = True
                self._page.at += 1
                continue
            entry = self._entry()
            if entry is None:
                break
            name, value = entry
            lines += value.count("\n")
            entries.append(f"{name} = {on_one_line(value)}")
            after_comma = False
        if lines:
            self._page.note("inline-lines", at=start, meant=" ")
        return (f"{{ {', '.join(entries)} }}" if entries else "{}") + "\n" * lines

    def _entry(self) -> tuple[str, str] | None:
        """A key of a table in braces, and its value; None, and the rest of the line left out, for what is neither."""
        found = _ENTRY.match(self._page.text, self._page.at)
        if found is None:
            rest = self._page.rest()
            self._page.note("line", short(rest))
            self._page.sure = False
            self._page.at += len(rest)
            return None
        key = found[1].strip()
        name = key if KEY.fullmatch(key) else mended_key(self._page, key, self._page.at)
        if found[2] != "=":
            self._page.note("colon", found[2], "=", at=found.start(2))
        self._page.at = found.end()
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
