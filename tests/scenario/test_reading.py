"""Whatever stands at a path or in a text: one NnstepError that names it, at once, and never another exception."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import NnstepError
from nnstep.scenario import bundled, load, loads
from nnstep.scenario.library import template
from nnstep.scenario.toml.document import SCENARIO_BYTES
from tests.scenario.helpers import LAYERS, places, problems


def said(path: str | Path) -> str:
    """The one problem with a file."""
    with pytest.raises(NnstepError) as caught:
        load(path)
    problem, *_ = caught.value.problems
    return str(problem)


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert said(tmp_path / "pipe.toml").endswith(
        "pipe.toml: found a pipe, a device or a socket, expected a regular file"
    )


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_devices_are_refused(device: str) -> None:
    if Path(device).exists():
        assert re.search("a device|cannot read", said(device))


def test_directories_and_loops_and_what_is_not_there(tmp_path: Path) -> None:
    assert said(tmp_path).endswith("found a directory, expected a regular file")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    assert "cannot read" in said(tmp_path / "loop.toml")
    assert said(tmp_path / "none.toml").endswith("none.toml: no such file")
    assert said("a\0b") == "a\\x00b: cannot open: not a possible path"
    assert "cannot read" in said("x" * 5000)
    assert "no such file" in said("\udcff")
    assert "no such file" in said("")


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "locked.toml"
    path.write_text(LAYERS)
    path.chmod(0)
    if not os.access(path, os.R_OK):
        assert said(path).endswith("cannot read: permission denied")


def test_a_link_to_a_scenario_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text(LAYERS)
    (tmp_path / "link.toml").symlink_to("real.toml")
    assert load(tmp_path / "link.toml").path == str(tmp_path / "link.toml")


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(LAYERS.encode().ljust(SCENARIO_BYTES, b"\n"))
    assert load(path).parameters
    path.write_bytes(LAYERS.encode().ljust(SCENARIO_BYTES + 1, b"\n"))
    assert "at most 1048576 are read" in said(path)
    with path.open("wb") as file:
        file.truncate(3 << 30)
    assert "at most 1048576 are read" in said(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbf" + LAYERS.encode(), None),
        (LAYERS.replace("\n", "\r\n").encode(), None),
        (LAYERS.encode("utf-16"), "net.toml:1: found UTF-16 text, expected UTF-8"),
        (LAYERS.encode("utf-16-be"), "net.toml:1: found UTF-16 text, expected UTF-8"),
        (b'seed = 1\n\ntitle = "\xe9"', "net.toml:3: found byte 0xe9, expected UTF-8"),
        (b"seed = 1\0", "net.toml:1: seed: not TOML: found a character that cannot be seen (U+0000)"),
        (b"\xff" * 100, "net.toml:1: found byte 0xff, expected UTF-8"),
    ],
)
def test_encodings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, expected: str | None) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.toml").write_bytes(content)
    if expected is None:
        assert load("net.toml").path == "net.toml"
    else:
        assert said("net.toml").startswith(expected)


SYNTAX = [
    ("a = 1\nb = = 2\n", 2, "not TOML: found '= =', expected ="),
    ("a = 1\na = 2\n", 2, "not TOML: a is given twice: line 1 has it already"),
    ("a = [1,\n2", 1, "not TOML: the [ that is opened here is not closed"),
    ('a = """\n', 1, "not TOML: "),
    ("[a\n", 1, "not TOML: "),
    ("a = 1\n\n\nb", 4, "not TOML: "),
    ("[a]\n[a]\n", 2, "not TOML: [a] stands twice: line 1 has it already"),
    ("x = 2024-13-45", 1, "not TOML: "),
    ("a = " + "[" * 5000, 1, "brackets nested more than 32 deep"),
    ("a = 1\nb = " + "{a=" * 900, 2, "brackets nested more than 32 deep"),
    ("a" + ".a" * 20000 + " = 1", 1, "a key of more than 16 parts"),
    ("[" + "a." * 20000 + "a]", 1, "a key of more than 16 parts"),
    ("a = 1" + "0" * 4301, 1, "4302 characters"),
    ("\na = 1." + "0" * 4301, 2, "4301 characters"),
    ("a = 0x" + "f" * 4301, 1, "4303 characters"),
    ("\n".join(f"k{number} = 1" for number in range(30000)), 20001, "more than 20,000 keys"),
    ("[[a]]\n" * 30000, 20001, "more than 20,000 keys"),
]


@pytest.mark.parametrize(("text", "line", "expected"), SYNTAX)
def test_what_is_not_toml_or_too_much_of_it(text: str, line: int, expected: str) -> None:
    assert any(problem.line == line and expected in problem.message for problem in problems(text))


@pytest.mark.parametrize(
    "text",
    [
        '"""\n\\"""\n' * 60_000,  # quotes that one reading opens and another one closes
        "'''\n" * 100_001 + "'",
        '"' * 500_000,
        "'\\" * 250_000,
        'a = "' + "\\" * 500_000,
        "# " * 500_000,
        "a = [" + "[],#\n" * 20_000,
        "a = [" + "{}," * 20_000 + "]",
        'equations = """' + "\\n" * 50_000 + '"""',
        "\r" * 1000,
        "\u2028" * 1000,
    ],
    ids=range(11),
)
def test_texts_made_to_be_slow_are_refused_all_the_same(text: str) -> None:
    assert problems(text)


def test_depths_that_are_fine() -> None:
    assert places("a = " + "[" * 32 + "]" * 32 + "\n" + LAYERS) == ["1: a"]
    assert places(".".join("a" * 16) + " = 1\n" + LAYERS) == ["1: a"]


def test_hostile_names_reach_no_terminal() -> None:
    text = '"\\u001b[31m\\u202e" = 1\n[training]\n"[/]" = 2\n'
    for problem in problems(text):
        assert str(problem).isprintable()


TOKENS = st.sampled_from(
    [
        *["true", "-1", "0", "nan", "1e999", '"s"', "[]", "[[]]", "{}", "[1, [2]]", "1979-05-27", "9" * 19, "1" * 500],
        *['"""', "\x00", "\u202e", "[", "{", "=", ".", "\n", "#", '""', '"[/]"', "1.5", "[[1, 2], [3]]", "_", "ſ"],
        *["{ shape = [3] }", "{ shape = [1000000000] }", '"xavier_uniform"', "99999999999", '"x"', "x @ W1"],
    ]
)
SOURCES = [template("net"), *(Path(one.path).read_text(encoding="utf-8") for one in bundled())]
PARTS = re.compile(r'\s+|\w+|"[^"\n]*"|.', re.DOTALL)
VALUES = re.compile(r"(?<== )[^\n]+")


@settings(max_examples=300)
@given(st.sampled_from(SOURCES), st.data())
def test_a_spoiled_scenario_loads_or_says_why(source: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        token = data.draw(TOKENS)
        if data.draw(st.booleans()):
            spans = [match.span() for match in VALUES.finditer(source)]
        else:
            spans = [match.span() for match in PARTS.finditer(source)]
        start, end = spans[data.draw(st.integers(0, len(spans) - 1))] if spans else (0, 0)
        source = source[:start] + data.draw(st.sampled_from([token, source[start:end] + token, ""])) + source[end:]
    with contextlib.suppress(NnstepError):
        loads(source, "net.toml", str(Path(bundled()[0].path).parent))


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda content: content.decode("latin-1")))
def test_any_text_loads_or_says_why(source: str) -> None:
    with contextlib.suppress(NnstepError):
        loads(source)
