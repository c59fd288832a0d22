"""The scanner finds every key and element of every document, where the document was written to have them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.scenario.toml.positions import FilePosition, KeyPath, Positions, dotted

BARE = st.text("abcXYZ019_-", min_size=1, max_size=4)
SPACE = st.sampled_from(["", " ", "\t", "  "])
COMMENT = st.sampled_from(["", "", " # a = [1, { \"\"\" ''' ]", "# x"])
CONTENT = st.text(st.sampled_from("ab #=[]{},.'\"\n\\é😀\t"), max_size=12)


class Writer:
    """Writes a document and notes where each path went."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.places: dict[KeyPath, FilePosition] = {}

    def put(self, text: str) -> None:
        self.text += text

    def here(self) -> FilePosition:
        return FilePosition(self.text.count("\n") + 1, len(self.text) - self.text.rfind("\n"))

    def note(self, path: KeyPath, place: FilePosition | None = None) -> None:
        self.places.setdefault(path, place or self.here())

    def space(self) -> None:
        self.put(self.draw(SPACE))

    def gap(self) -> None:
        """Space within an array, where lines may end and comments may stand."""
        for _ in range(self.draw(st.integers(0, 2))):
            self.put(self.draw(SPACE) + self.draw(COMMENT) + "\n")
        self.space()

    def key(self, name: str) -> None:
        if not name or not all(char.isascii() and (char.isalnum() or char in "-_") for char in name):
            self.put(basic(name))
        else:
            self.put(self.draw(st.sampled_from([name, basic(name), f"'{name}'"])))

    def pair(self, base: KeyPath, parts: tuple[str, ...], depth: int) -> None:
        place = self.here()
        for end in range(1, len(parts) + 1):
            self.note(base + parts[:end], place)
        for position, part in enumerate(parts):
            if position:
                self.space()
                self.put(".")
                self.space()
            self.key(part)
        self.space()
        self.put("=")
        self.space()
        self.value(base + parts, depth)

    def value(self, path: KeyPath, depth: int) -> None:
        kinds = ["number", "string", "date"] + ["array", "array", "table"] * (depth > 0)
        match self.draw(st.sampled_from(kinds)):
            case "number":
                self.put(self.draw(st.sampled_from(["0", "-1", "1_000", "1e-3", "true", "inf", "0x1F"])))
            case "date":
                self.put(self.draw(st.sampled_from(["1979-05-27", "1979-05-27 07:32:00", "07:32:00"])))
            case "string":
                self.put(string(self.draw))
            case "array":
                self.put("[")
                count = self.draw(st.integers(0, 3))
                for index in range(count):
                    self.gap()
                    self.note((*path, index))
                    self.value((*path, index), depth - 1)
                    self.gap()
                    if index < count - 1 or self.draw(st.booleans()):
                        self.put(",")
                self.gap()
                self.put("]")
            case "table":
                self.put("{")
                names = self.draw(st.lists(BARE | CONTENT, max_size=3, unique=True))
                for index, name in enumerate(names):
                    self.put(", " if index else "")
                    self.space()
                    self.pair(path, (name, "q") if self.draw(st.booleans()) else (name,), depth - 1)
                self.space()
                self.put("}")


def basic(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def string(draw: st.DrawFn) -> str:
    content = draw(CONTENT)
    match draw(st.integers(0, 3)):
        case 0:
            return basic(content)
        case 1:
            kept = content.replace("'", "").replace("\n", "")
            return f"'{kept}'"
        case 2:
            kept = content.replace("'''", "").strip("'")
            return f"'''{kept}'''"
    kept = content.replace("\\", "\\\\").replace('"""', '""\\"')
    return '"""' + kept + draw(st.sampled_from(["", '\\"', "\\\n  x"])) + '"""'


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[KeyPath, FilePosition]]:
    writer = Writer(draw)

    def body(base: KeyPath) -> None:
        for name in draw(st.lists(BARE | CONTENT, max_size=3, unique=True)):
            writer.space()
            parts = (name, *draw(st.lists(BARE, max_size=1))) if draw(st.booleans()) else (name,)
            writer.pair(base, parts, 2)
            writer.put(draw(SPACE) + draw(COMMENT) + "\n")

    body(())
    taken = {path[0] for path in writer.places}
    for name in draw(st.lists(BARE.filter(lambda name: name not in taken), max_size=3, unique=True)):
        if draw(st.booleans()):
            header(writer, (name,), (name,), "[", "]")
            body((name,))
            continue
        writer.note((name,), FilePosition(writer.text.count("\n") + 1, 1))
        for index in range(draw(st.integers(1, 3))):
            header(writer, (name,), (name, index), "[[", "]]")
            body((name, index))
            if (name, index, "sub") not in writer.places and draw(st.booleans()):
                header(writer, (name, "sub"), (name, index, "sub"), "[", "]")
                body((name, index, "sub"))
    return writer.text, writer.places


def header(writer: Writer, parts: tuple[str, ...], path: KeyPath, opening: str, closing: str) -> None:
    writer.note(path, FilePosition(writer.text.count("\n") + 1, 1))
    writer.put(opening)
    for position, part in enumerate(parts):
        writer.put("." if position else "")
        writer.space()
        writer.key(part)
        writer.space()
    writer.put(closing + writer.draw(SPACE) + writer.draw(COMMENT) + "\n")


def paths(value: object, path: KeyPath = ()) -> list[KeyPath]:
    """Every path of a document as tomllib gives it."""
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, inner in entries:
        found += paths(inner, (*path, key))
    return found


@given(documents(), st.booleans())
def test_every_path_is_where_it_was_written(document: tuple[str, dict[KeyPath, FilePosition]], windows: bool) -> None:
    text, places = document
    if windows:
        text = text.replace("\n", "\r\n")
    positions = Positions(text)
    for path in paths(tomllib.loads(text)):
        assert positions.place(path) == places[path], path


STRINGS = [
    ('k = """\nz = 1\nw = 2\n"""', [2, 3]),
    ('k = """z = 1\nw = 2"""', [1, 2]),
    ("k = '''\nz = 1\\\nw = 2'''", [2, 3]),
    ('\n\nk = """\\\n   z = 1\n\n  w = 2"""', [4, 5, 6]),
    ('k = "z = 1\\nw = 2"', [1, 1]),
    ('k = """\na = 1 \\\n  + 2\nb\\u000ac = 1\nd"""', [2, 4, 4, 5]),
    ('k = """\r\nz = 1\r\nw = 2"""', [2, 3]),
    ('k = """\na\u2028b\nc\\r\n\\"\\"\\"d"""', [2, 2, 3, 4]),
    ('k = ""', [1]),
    ('k = """a""\nb"""""', [1, 2]),
]


@pytest.mark.parametrize(("text", "lines"), STRINGS)
def test_the_lines_of_a_string_are_found_in_the_file(text: str, lines: list[int]) -> None:
    assert Positions(text).text_lines(("k",)) == lines


@given(st.lists(st.text(st.sampled_from('ab"\\ \t'), max_size=6), min_size=1, max_size=6), st.booleans())
def test_each_line_of_a_text_starts_where_its_file_line_does(lines: list[str], opened: bool) -> None:
    body = "\n".join(f"{line}." for line in lines).replace("\\", "\\\\").replace('"', '\\"')
    text = 'k = """' + "\n" * opened + body + '"""'
    assert Positions(text).text_lines(("k",)) == [number + opened for number in range(1, len(lines) + 1)]


def test_a_place_that_is_not_there_is_its_table_or_array() -> None:
    positions = Positions("a = 1\n[b]\nc = [1,\n 2]\n[[d]]\n[[d]]\n")
    assert positions.place(("b", "missing")) == (2, 1)
    assert positions.place(("b", "c", 9)) == (3, 1)
    assert positions.place(("d", 1, "missing")) == (6, 1)
    assert positions.place(("nothing",)) == (1, 1)
    assert positions.place(()) == (1, 1)


def test_a_path_is_written_with_dots_and_brackets() -> None:
    assert dotted(("layers", 1, "weight", 0)) == "layers[1].weight[0]"
    assert dotted(("a b", "é")) == "'a b'.'é'"
    assert dotted(()) == ""
