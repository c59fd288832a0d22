"""Texts in quotes, in whatever quotes they stand."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.scenario.toml.mending.keys import DOUBLE, HEADER_LINE, SINGLE
from nnstep.scenario.toml.mending.scan import ODD, Scan, code_point_name
from nnstep.scenario.toml.spelling import quoted

_TRIPLE = re.compile(f'[{DOUBLE}"]{{3}}')
_ANY = DOUBLE + SINGLE + "\"'"
_AT_END = re.compile(r"[ \t]*(?:[,\]}]|#|;|$)")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_ESCAPE = re.compile(r'\\(?:[btnfr"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|(?=[ \t]*\n))')


class Strings:
    """Reads a text at the place where a scan stands."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan

    def read(self, name: str) -> str:
        """The text here as a string of TOML; `name` is the key whose value it is."""
        start, text = self._scan.at, self._scan.text
        first = text[start]
        three = text[start : start + 3]
        if len(three) == 3 and all(sign in DOUBLE + '"' for sign in three):
            return self._lines_of_text('"""', _TRIPLE)
        if three == "'''":
            return self._lines_of_text("'''", re.compile("'''"))
        if first == '"' and (found := _STRING.match(text, start)) and not self._goes_on(found.end()):
            self._scan.at = found.end()
            return self._escaped(found[0][1:-1], start + 1, '"')
        if first == "'" and (found := re.compile(r"'[^'\n]*'").match(text, start)) and not self._goes_on(found.end()):
            self._scan.at = found.end()
            return found[0]
        return self._odd_string(first, name)

    def _goes_on(self, at: int) -> bool:
        """Whether more of the text stands after what would be its end, as in 'don't'."""
        return bool(re.compile(r"""[^\s,\]})=#;%/\\.:]""").match(self._scan.text, at)) and not ODD.match(
            self._scan.text, at
        )

    def _odd_string(self, first: str, name: str) -> str:
        """A string in other quotes, or with quotes in it, or without its end."""
        start, rest = self._scan.at, self._scan.rest()
        alike = DOUBLE + '"' if first in DOUBLE + '"' else SINGLE + "'"
        end = self._end_of_string(rest, first, alike)
        if end is None:
            content = re.split(r"\s+#", rest[1:])[0].rstrip().rstrip(",")
            lines = name in ("equations", "description")
            self._scan.note("quote-open", first, quoted(content), hint=say("toml.quote-open.lines") if lines else None)
            self._scan.sure = self._scan.sure and not lines
            self._scan.at = start + 1 + len(content)
            return quoted(content)
        content = rest[1:end]
        self._scan.at = start + end + 1
        if first == rest[end] and first in "\"'":
            if first == '"' and content.endswith("\\"):  # "C:\data\"
                return self._escaped(content, start + 1, '"')
            self._scan.note("quote-inside", first, quoted(content), at=start)
        else:
            typed = first in "\"'" and rest[end] in "\"'"
            self._scan.note("quote-pair" if typed else "quotes", f"{first} {rest[end]}", quoted(content), at=start)
        return quoted(content)

    def _end_of_string(self, rest: str, first: str, alike: str) -> int | None:
        """Where the closing quote is: the last one that nothing but the end of a value follows."""
        ends = [at for at in range(1, len(rest)) if rest[at] in _ANY and _AT_END.match(rest, at + 1)]
        if first not in "\"'" and not any(rest[at] in alike for at in ends):
            found = next((at for at, sign in enumerate(rest) if at and sign in alike and sign != first), None)
            own = next((at for at, sign in enumerate(rest) if at and sign == first), None)
            return own if found is None else found if own is None else min(found, own)
        return next((at for at in ends if rest[at] in alike), ends[0] if ends else None)

    def _escaped(self, content: str, at: int, quotes: str) -> str:
        """The text between double quotes, with each \\ that begins no escape noted."""
        wrong = next(
            (
                found.start()
                for found in re.finditer(r"\\.?|\\", content, re.DOTALL)
                if not _ESCAPE.match(content, found.start())
            ),
            None,
        )
        control = re.search("[\x00-\x08\x0b-\x1f\x7f]", content)
        if control is not None:
            self._scan.note("control", code_point_name(control[0]), " ", at=at + control.start())
            content = re.sub("[\x00-\x08\x0b-\x1f\x7f]", " ", content)
        if wrong is None:
            return f"{quotes}{content}{quotes}"
        if quotes == '"':
            meant = quoted(content.replace("\\\\", "\\"))
        else:
            meant = quotes + re.sub(r"\\(?!\\)", r"\\\\", content.replace("\\\\", "\\")) + quotes
        self._scan.note("escape", content[wrong : wrong + 2], meant if "\n" not in meant else " ", at=at + wrong)
        return meant

    def _lines_of_text(self, quotes: str, ending: re.Pattern[str]) -> str:
        """A string over several lines."""
        start, text = self._scan.at, self._scan.text
        typed = text[start : start + 3]
        escapes = quotes == typed == '"""'
        if typed != quotes:
            self._scan.note("quotes", typed, quotes)
        first = self._scan.at = start + 3
        closing = next((one for one in ending.finditer(text, first) if not escapes or _is_end(text, one.start())), None)
        if closing is None:
            self._scan.note("quote-open", typed, at=start)
            header = next((one for one in HEADER_LINE.finditer(text, first) if text[one.start() - 1] == "\n"), None)
            end = len(text) if header is None else header.start()
            self._scan.at = max(first, end - (text[end - 1] == "\n"))
            content = text[first : self._scan.at]
            if short := re.search(r'"{1,2}[ \t]*$', content, re.MULTILINE):  # too few of them
                content = content[: short.start()]
                self._scan.at = first + short.end()
        else:
            content, self._scan.at = text[first : closing.start()], closing.end()
            # One or two quotes may stand before those that close it.
            while escapes and text[self._scan.at : self._scan.at + 1] == '"':
                content, self._scan.at = content + '"', self._scan.at + 1
            if closing[0] != quotes and typed == quotes:
                self._scan.note("quotes", closing[0], quotes, at=closing.start())
        return self._escaped(content, first, quotes) if quotes == '"""' else f"{quotes}{content}{quotes}"


def _is_end(text: str, at: int) -> bool:
    """Whether the quotes at an offset are not escaped."""
    before = at
    while text[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 0
