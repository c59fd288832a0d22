"""Input in pieces: whole sequences and pasted texts are found wherever it is cut; what has no end leaves nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.sequences import LONGEST, InputPart, Sequences

WHOLE = [
    *("\x1b[A", "\x1b[1;2D", "\x1b[3~", "\x1b[<0;12;30M", "\x1b[<35;1;1m", "\x1b[113;5u", "\x1b[M !!", "\x1b[[A"),
    *("\x1bOP", "\x1bx", "\x1b[12;40R", "\x1b[?2026;2$y", "\x1b[48;24;80;480;800t", "\x1b[I", "\x1b[Z"),
]
FLOOD = 100_000
ENDLESS = {
    "control sequence": "\x1b[" + "9" * FLOOD,
    "many parameters": "\x1b[" + "9;" * (FLOOD // 2),
    "intermediate": "\x1b[1" + " " * FLOOD,
    "operating system command": "\x1b]0;" + "x" * FLOOD,
    "device control string": "\x1bP" + "n" * FLOOD,
    "application program command": "\x1b_" + "N" * FLOOD,
    "privacy message": "\x1b^" + "1" * FLOOD,
    "start of string": "\x1bX" + "4" * FLOOD,
    "paste": "\x1b[200~" + "nN" * (FLOOD // 2),
    "long paste": "\x1b[200~" + "nN" * FLOOD * 10,
    "mouse": "\x1b[<0;5" * (FLOOD // 6),
    "mouse of old": "\x1b[M!\x1b" * (FLOOD // 5),
    "single shift": "\x1bO\x1b" * (FLOOD // 3),
}


def parts(*texts: str, quiet: float | None = None) -> list[InputPart]:
    """What becomes of texts that come one after the other, and of a pause after them."""
    sequences = Sequences()
    found = [part for text in texts for part in sequences.feed(text)]
    return found if quiet is None else [*found, *sequences.quiet(quiet)]


def joined(found: list[InputPart]) -> list[InputPart]:
    """Texts that follow each other as one."""
    whole: list[InputPart] = []
    for part in found:
        if whole and part.kind == whole[-1].kind == "text":
            whole[-1] = InputPart("text", whole[-1].text + part.text)
        else:
            whole.append(part)
    return whole


@given(
    st.lists(st.sampled_from([*WHOLE, "n", "hello", "é漢", "\r", "\x1b[200~a\x1bb\nc\x1b[201~", "\x1b]0;x\x07"])),
    st.lists(st.integers(0, 400)),
)
def test_where_the_input_is_cut_makes_no_difference(texts: list[str], cuts: list[int]) -> None:
    text = "".join(texts)
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[a:b] for a, b in pairwise(places)]
    assert joined(parts(*pieces)) == joined(parts(text))
    said = "".join(part.text for part in parts(text) if part.kind != "paste")
    assert said == text.replace("\x1b[200~a\x1bb\nc\x1b[201~", "").replace("\x1b]0;x\x07", "")


@pytest.mark.parametrize("text", WHOLE)
def test_a_whole_sequence_is_one_part(text: str) -> None:
    assert parts(f"a{text}b") == [InputPart("text", "a"), InputPart("sequence", text), InputPart("text", "b")]


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_has_no_end_is_thrown_away_whole(kind: str) -> None:
    sequences = Sequences()
    text = ENDLESS[kind]
    for start in range(0, len(text), 4096):
        assert [part for part in sequences.feed(text[start : start + 4096]) if part.text != "\x1b"] == []
    list(sequences.quiet(1.0))
    assert list(sequences.feed("nN")) == [InputPart("text", "nN")], "and what comes later is there"


@pytest.mark.parametrize("kind", ENDLESS)
@pytest.mark.parametrize("key", ["q", "\x03"])
def test_whoever_wants_to_leave_is_heard_right_behind_it(kind: str, key: str) -> None:
    found = parts(ENDLESS[kind] + key, quiet=0.5)
    assert [part.text for part in found if part.text != "\x1b"] == [key]


@pytest.mark.parametrize("kind", ENDLESS)
def test_little_is_kept_of_it(kind: str) -> None:
    sequences = Sequences()
    text = ENDLESS[kind]
    for _ in range(3):
        list(sequences.feed(text))
    assert len(sequences._rest) <= LONGEST
    assert sum(map(len, sequences._kept)) <= 1 << 20


def test_an_unfinished_sequence_waits_for_the_rest_of_it() -> None:
    sequences = Sequences()
    assert [*sequences.feed("\x1b[1;"), *sequences.quiet(0.05), *sequences.feed("2D")] == [
        InputPart("sequence", "\x1b[1;2D")
    ]


def test_a_long_one_is_waited_for_longer() -> None:
    for text in ("\x1b]0;" + "x" * 99, "\x1b[200~" + "x" * 99):
        sequences = Sequences()
        list(sequences.feed(text))
        assert list(sequences.quiet(0.3)) == []
        assert list(sequences.feed("n")) == [], "it goes on"
        list(sequences.quiet(0.5))
        assert list(sequences.feed("n")) == [InputPart("text", "n")]


def test_escape_alone_is_a_key_after_a_pause() -> None:
    assert parts("\x1b") == []
    assert parts("\x1b", quiet=0.1) == [InputPart("sequence", "\x1b")]
    assert parts("\x1b\x1b\x1b[A") == [InputPart("sequence", "\x1b")] * 2 + [InputPart("sequence", "\x1b[A")]


def test_escape_and_q_are_two_keys_however_fast() -> None:
    assert parts("\x1bq") == [InputPart("sequence", "\x1b"), InputPart("text", "q")]


@pytest.mark.parametrize("answer", ["\x1b]11;rgb:00/00/00\x1b\\", "\x1bP>|xterm(380)\x1b\\", "\x1b]52;c;cXE=\x07"])
def test_answers_of_a_terminal_are_no_keys(answer: str) -> None:
    assert parts(answer + "n") == [InputPart("text", "n")]
    assert parts(*answer, "n") == [InputPart("text", "n")]
