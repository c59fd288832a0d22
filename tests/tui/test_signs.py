"""The ASCII screen: nothing but ASCII is written, everything stays where it is, and it is there where it is needed."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.commands import COMMANDS
from nnstep.settings import SIGNS
from nnstep.text import width
from nnstep.tui.app import NnstepApp
from nnstep.tui.scenarios import open_stepper
from nnstep.tui.terminal import Keys
from nnstep.view.text.ascii_signs import in_ascii, line_in_ascii, needs_ascii
from nnstep.view.text.canvas import Piece, line_text
from tests.tui.driving import press_at_once

pytest.importorskip("pty", reason="a pseudo-terminal is needed")

from tests.storms.child import Child, nnstep
from tests.tui.emulator import Emulator

KEYS = [key for command in COMMANDS if command.id not in ("app.quit", "app.suspend") for key in command.keys[:1]]
SENT = {"tab": b"\t", "enter": b"\r", "escape": b"\x1b", "backspace": b"\x7f", "ctrl+p": b"\x10", "delete": b"\x1b[3~"}
SCENARIO = 'title = "손실 함수 é ∂"\n[data]\nx = [[1, 2]]\ny = [[1]]\n[[layers]]\ntype = "linear"\nunits = 1\n'
SCENARIO += '[loss]\ntype = "mse"\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 9\n'


@given(st.text())
def test_every_text_has_a_form_of_the_same_width(text: str) -> None:
    shown = "".join(char for char in text if char.isprintable())
    assert in_ascii(shown).isascii()
    assert in_ascii(shown).isprintable()
    assert len(in_ascii(shown)) == width(shown)


@pytest.mark.parametrize("first", [0x2190, 0x2200, 0x2300, 0x2500, 0x2580, 0x25A0, 0x2700, 0x2800])
def test_no_sign_that_is_drawn_becomes_a_question_mark(first: int) -> None:
    drawn = "∂σᵀ⊙Σ−·×∞≈≤≥≠√ε²⁻′…←→↑↓⎡⎢⎣⎤⎥⎦▶▸▹◀◂▲▼▾●○◆□■✔✘✕╭╮╯╰│─━┃┊╌└┘┌┐├┤┬┴┼░▒▓█▉▌▏▁▇⏎ηλμβθ‹›"
    assert "?" not in in_ascii(drawn)
    if first in (0x2500, 0x2580, 0x2800):
        assert "?" not in in_ascii("".join(map(chr, range(first, first + (0x80 if first == 0x2500 else 0x20)))))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("1 − h² ", "1 - h^2"),
        ("1 − h² + y   4×3", "1 - h^2 + y  4x3"),
        ("a ≤ b  c", "a <= b c"),
        ("⎡  0.5    ∞   −∞ ⎤", "[  0.5  inf -inf ]"),
        ("∂L/∂W1 = xᵀ @ ∂L/∂z   2×3", "dL/dW1 = x.T @ dL/dz  2x3"),
        ("W1 ← W1 − 0.5 · ∂L/∂W1  2×3", "W1 <- W1 - 0.5 * dL/dW1 2x3"),
        ("2⁻¹²", "2^-12"),
        ("plain", "plain"),
    ],
)
def test_mathematics_keeps_its_meaning(said: str, written: str) -> None:
    assert line_text(line_in_ascii((Piece(said),))).rstrip() == written.rstrip()


@given(st.lists(st.text("ab ∞ε²≤−∂ᵀΣ  │", max_size=8)))
def test_a_line_keeps_its_roles_and_is_wider_only_by_what_has_no_room(texts: list[str]) -> None:
    line = tuple(Piece(text, f"role{number % 2}") for number, text in enumerate(texts) if text)
    made = line_in_ascii(line)
    assert line_text(made).isascii()
    assert len(line_text(made)) >= len(line_text(line))
    assert {piece.role for piece in made} <= {piece.role for piece in line}


@pytest.mark.parametrize(
    ("encoding", "environment", "needed"),
    [
        *[(one, {}, True) for one in ("euc_kr", "iso8859-1", "ascii", "cp949", "shift_jis", "koi8-r", None, "?")],
        ("utf-8", {}, False),
        ("utf-8", {"LANG": "en_US.UTF-8"}, False),
        ("utf-8", {"LANG": "C.utf8"}, False),
        ("utf-8", {"LC_ALL": "POSIX"}, True),
        ("utf-8", {"LANG": "C"}, True),
        ("utf-8", {"LC_ALL": "ko_KR.EUC-KR", "LANG": "ko_KR.UTF-8"}, True),
        ("utf-8", {"LANG": "ru_RU.KOI8-R@x"}, True),
        ("utf-8", {"LC_CTYPE": "UTF-8"}, False),
        ("utf-8", {"LANG": "de_DE"}, False),
        ("utf-8", {"LC_ALL": "POSIX", "PYTHONUTF8": "1"}, False),
        ("utf-8", {"LANG": "C", "PYTHONIOENCODING": "utf-8"}, False),
    ],
)
def test_where_it_is_needed(encoding: str | None, environment: dict[str, str], needed: bool) -> None:
    assert needs_ascii(encoding, environment) is needed


def walked(scenario: str, keys: list[bytes], answer: bytes = b"", **environment: str) -> Child:
    child = Child(nnstep(scenario), 120, 36, **environment)
    try:
        assert child.until(b"Operation")
        if answer:
            child.type(answer)
        for key in keys:
            child.type(key)
            child.read(0.05, 0.5)
        for _ in range(3):
            child.type(b"\x1b")
            child.read(0.15, 0.5)
        child.type(b"q")
        assert child.wait(30.0) is not None
        assert child.wrong() == []
    finally:
        child.end()
    return child


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "euc-kr"}, {"LC_ALL": "POSIX"}, {"NNSTEP_SIGNS": "ascii"}],
)
def test_nothing_but_ascii_is_written(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "k.toml").write_text(SCENARIO, encoding="utf-8")
    keys = [SENT.get(key, key.encode()) for key in KEYS if len(key) == 1 or key in SENT]
    opened = [one for key in (b"?", b"L", b"o", b"g", b"/", b"B", b"w", b"e", b"m", b"\x10") for one in (key, b"\x1b")]
    child = walked("k.toml", [b"n", b"n", *opened, *keys], answer=b"", **environment)
    assert child.status == 0
    assert max(child.output) <= 0x7E
    assert not re.search(rb"\\[ux][0-9a-f]{2}", child.output)


def test_unicode_can_be_asked_for_where_the_encoding_says_otherwise() -> None:
    assert max(walked("xor", [b"n"], LC_ALL="POSIX", NNSTEP_SIGNS="unicode").output) > 0x7E


@pytest.mark.parametrize("column", [4, 5])
def test_a_terminal_that_draws_ambiguous_signs_wide_gets_none(column: int) -> None:
    child = walked("two_layer", [b"n", b"n", b"4", b"V"], answer=b"\x1b[2;%dR" % column)
    grid = Emulator(120, 36)
    grid.feed(child.output.rpartition(b"\x1b[?1049l")[0].decode())
    assert all(row.isascii() for row in grid.rows)
    assert "+- Program -" in "\n".join(grid.rows)


@pytest.mark.parametrize("answer", [b"\x1b[2;3R", b"\x1b[1;5R", b""])
def test_another_one_keeps_them(answer: bytes) -> None:
    child = walked("two_layer", [b"n"], answer=answer)
    grid = Emulator(120, 36)
    grid.feed(child.output.rpartition(b"\x1b[?1049l")[0].decode())
    assert "╭─ Program ─" in "\n".join(grid.rows)


def test_an_answer_is_no_key_whenever_it_comes() -> None:
    assert [getattr(message, "key", None) for message in Keys().feed(b"n\x1b[2;3Rn\x1b[2;3R")] == ["n", None, "n", None]


def test_what_is_asked_is_where_the_answer_is_looked_for() -> None:
    child = walked("two_layer", [])
    assert child.output.count(b"\x1b[6n") == 1
    assert child.output.index(b"\x1b[6n") < child.output.index(b"Operation")


def test_the_plots_are_of_letters() -> None:
    async def going() -> str:
        app = NnstepApp(open_stepper("xor"), signs="ascii")
        async with app.run_test(size=(120, 36)) as pilot:
            await press_at_once(app, pilot, ["n", "V", "v"])
            return "\n".join("".join(text for text, _ in row) for row in app.stepping.board._panes["operation"].rows)

    assert not re.search("[\u2800-\u28ff]", asyncio.run(going()))


def test_the_choices() -> None:
    assert SIGNS == ("auto", "unicode", "ascii")
    assert "NNSTEP_SIGNS" not in os.environ


@pytest.mark.parametrize("coerced", ["C.UTF-8", "C.utf8", "UTF-8"])
@pytest.mark.parametrize(
    ("lang", "ascii_alone"),
    [("de_DE.ISO-8859-1", True), ("ja_JP.SJIS", True), ("ko_KR.eucKR", True), ("de_DE.UTF-8", False), ("C", False)],
)
def test_a_locale_that_the_system_lacks_is_the_terminals_all_the_same(
    coerced: str, lang: str, ascii_alone: bool
) -> None:
    assert needs_ascii("utf-8", {"LC_CTYPE": coerced, "LANG": lang}) is ascii_alone
