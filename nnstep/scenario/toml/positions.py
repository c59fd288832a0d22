"""Where each key and value of a TOML document stands. `tomllib` keeps no positions; a shallow reading finds them.

Only for text that `tomllib` has accepted: nothing is validated here. The statements are read once; the inside of an
array or an inline table is walked only when a place in it is asked for, so that a file full of numbers costs nothing.

A path is a tuple of keys (str) and array indices (int from 0), as in ("layers", 0, "weight", 1).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"[ \t\n]*")
_SIMPLE = re.compile(r"[^,\]}\n#]*")  # a number, a boolean or a date, up to what ends it
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}|'  # a closing """ may have up to two quotes of content before it
    r"'''(?:[^']|'(?!''))*+'{3,5}|"
    r'"(?:[^"\\\n]|\\.)*+"|'
    r"'[^'\n]*+'",
    re.DOTALL,
)
_STRUCTURE = re.compile(_STRING.pattern + r"|#[^\n]*|[\[\]{}]", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:[ \t]*\n[ \t\n]*|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class FilePosition(NamedTuple):
    """A place in the file; both count from 1, columns in characters."""

    line: int
    column: int


class Positions:
    """The places of one document's keys and values."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._lines = [0, *(match.end() for match in re.finditer("\n", self._text))]
        self._keys: dict[KeyPath, int] = {}  # offset of the key, or of the [header] that opened the table
        self._values: dict[KeyPath, int] = {}  # offset of the value, for `key = value` statements
        self._read_statements()

    def place(self, path: KeyPath) -> FilePosition:
        """Where `path` stands: its key, for an array element the element, for a table its header.

        A path that is not in the document is given the place of the innermost table or array that would hold it.
        """
        for end in range(len(path), 0, -1):
            offset = self._offset(path[:end])
            if offset is not None:
                return self._place(offset)
        return FilePosition(1, 1)

    def text_lines(self, path: KeyPath) -> list[int]:
        """For each line of the string at `path`, as `str.splitlines` counts, the line of the file where it starts.

        A string without lines has one; what is not a string has the line at which it stands.
        """
        start = self._value_offset(path)
        match = None if start is None else _STRING.match(self._text, start)
        if match is None:
            return [self.place(path).line]
        quotes = 3 if match[0].startswith(('"""', "'''")) else 1
        first, end = match.start() + quotes, match.end() - quotes
        if quotes == 3 and self._text[first] == "\n":  # a newline right after the opening quotes is not content
            first += 1
        value, anchors = self._decode(first, end, escapes=match[0][0] == '"')
        lines, offset = [], 0
        for line in value.splitlines(keepends=True) or [""]:
            inside, at = anchors[bisect_right(anchors, (offset, end)) - 1]
            lines.append(self._place(min(at + offset - inside, end)).line)
            offset += len(line)
        return lines

    def _decode(self, first: int, end: int, *, escapes: bool) -> tuple[str, list[tuple[int, int]]]:
        """The string between two offsets, and the anchors (offset in the string, offset in the file) of its pieces."""
        pieces: list[str] = []
        anchors: list[tuple[int, int]] = []
        length, at = 0, first
        while at < end or not anchors:
            anchors.append((length, at))
            escape = _ESCAPED.match(self._text, at, end) if escapes else None
            if escape:
                pieces.append(_unescape(escape))
                at = escape.end()
            else:
                after = self._text.find("\\", at, end) if escapes else end
                after = end if after < 0 else after
                pieces.append(self._text[at:after])
                at = after
            length += len(pieces[-1])
        return "".join(pieces), anchors

    def _place(self, offset: int) -> FilePosition:
        line = bisect_right(self._lines, offset)
        return FilePosition(line, offset - self._lines[line - 1] + 1)

    def _offset(self, path: KeyPath) -> int | None:
        """Offset of the key, or of the array element, at `path`; None when there is none."""
        if path in self._keys:
            return self._keys[path]
        for end in range(len(path) - 1, 0, -1):
            if path[:end] in self._values:
                found = self._inside(self._values[path[:end]], path[end:])
                return found[0] if found else None
        return None

    def _value_offset(self, path: KeyPath) -> int | None:
        for end in range(len(path), 0, -1):
            if path[:end] in self._values:
                found = self._inside(self._values[path[:end]], path[end:])
                return found[1] if found else None
        return None

    def _inside(self, start: int, rest: KeyPath) -> tuple[int, int] | None:
        """Offsets (key or element, value) of what `rest` names within the array or inline table at `start`."""
        at = key = start
        while rest:
            opening = self._text[at]
            found = None
            if opening == "[" and isinstance(rest[0], int):
                found = self._element(at, rest[0])
                rest = rest[1:]
                key = at if found is None else found
            elif opening == "{" and isinstance(rest[0], str):
                entry = self._entry(at, rest)
                if entry is None:
                    return None
                key, found, rest = entry
            if found is None:
                return None
            at = found
        return key, at

    def _element(self, start: int, index: int) -> int | None:
        at = self._space(start + 1)
        while self._text[at] != "]":
            if index == 0:
                return at
            index -= 1
            at = self._next(at)
        return None

    def _entry(self, start: int, rest: KeyPath) -> tuple[int, int, KeyPath] | None:
        """(offset of the key, of its value, path left below the value) of the first entry that leads to `rest`."""
        at = self._space(start + 1)
        while self._text[at] != "}":
            parts, after = self._dotted_key(at)
            value = self._space(self._space(after) + 1)
            if parts == rest[: len(parts)]:
                return at, value, rest[len(parts) :]
            if rest == parts[: len(rest)]:
                return at, value, ()
            at = self._next(value)
        return None

    def _next(self, at: int) -> int:
        """From a value in an array or inline table to the value or key after it, or to the closing bracket."""
        at = self._space(self._skip(at))
        return self._space(at + 1) if self._text[at] == "," else at

    def _skip(self, at: int) -> int:
        """The offset right after the value at `at`."""
        if self._text[at] not in "[{":
            match = _STRING.match(self._text, at) or _SIMPLE.match(self._text, at)
            assert match
            return match.end()
        depth = 0
        for match in _STRUCTURE.finditer(self._text, at):
            depth += (match[0] in "[{") - (match[0] in "]}")
            if depth == 0:
                return match.end()
        return len(self._text)

    def _space(self, at: int) -> int:
        """Past blanks, line ends and comments."""
        while True:
            match = _SPACE.match(self._text, at)
            assert match
            at = match.end()
            if not self._text.startswith("#", at):
                return at
            at = self._text.find("\n", at)
            if at < 0:
                return len(self._text)

    def _dotted_key(self, at: int) -> tuple[tuple[str, ...], int]:
        """The parts of the key at `at`, and the offset right after it."""
        parts = []
        while True:
            match = _STRING.match(self._text, at) or _BARE_KEY.match(self._text, at)
            assert match
            quoted = match[0][0] in "\"'"
            parts.append(tomllib.loads(f"k = {match[0]}")["k"] if quoted else match[0])
            blank = _BLANK.match(self._text, match.end())
            assert blank
            if self._text[blank.end() : blank.end() + 1] != ".":
                return tuple(parts), match.end()
            blank = _BLANK.match(self._text, blank.end() + 1)
            assert blank
            at = blank.end()

    def _read_statements(self) -> None:
        """Note the place of each [header] and each `key = value`."""
        base: KeyPath = ()
        tables: dict[KeyPath, int] = {}  # arrays of tables: how many tables so far
        at = self._space(0)
        while at < len(self._text):
            if self._text[at] == "[":
                double = self._text.startswith("[[", at)
                parts, after = self._dotted_key(self._blank(at + 1 + double))
                base = _resolve(parts[:-1] if double else parts, tables)
                if double:
                    base += parts[-1:]
                    self._keys.setdefault(base, at)
                    tables[base] = tables.get(base, 0) + 1
                    base += (tables[base] - 1,)
                self._note(base, 0, at)
                at = self._blank(after) + 1 + double
            else:
                parts, after = self._dotted_key(at)
                self._note(base + parts, len(base), at)
                value = self._blank(self._blank(after) + 1)
                self._values[base + parts] = value
                at = self._skip(value)
            at = self._space(at)

    def _note(self, path: KeyPath, known: int, offset: int) -> None:
        for end in range(known + 1, len(path) + 1):
            self._keys.setdefault(path[:end], offset)

    def _blank(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        assert match
        return match.end()


def _resolve(parts: tuple[str, ...], tables: dict[KeyPath, int]) -> KeyPath:
    """A header's path with the index of the latest table put after each array of tables."""
    path: KeyPath = ()
    for part in parts:
        path += (part,)
        if path in tables:
            path += (tables[path] - 1,)
    return path


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return chr(int(code, 16))
    return _ESCAPES.get(match[0][1:], "")  # a backslash at the end of a line gives nothing


def dotted(path: KeyPath) -> str:
    """A path as it is written in messages: `layers[1].weight[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            shown = part if _BARE_KEY.fullmatch(part) else repr(part)
            text += f".{shown}" if text else shown
    return text
