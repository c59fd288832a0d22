"""Text from outside becomes one harmless line, and its width is what a terminal gives it."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from nnstep.errors import NnstepError, Problem
from nnstep.nearest import nearest
from nnstep.text import clean, width


@given(st.text())
@example("\x1b[31m")
@example("a\u202eb\u200b\u2066\ufeff\U000e0041\ud800\x00\r\n\t\x9b")
def test_what_is_cleaned_has_nothing_that_a_terminal_acts_on(text: str) -> None:
    said = clean(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in said)
    assert not any(
        unicodedata.bidirectional(char) in ("RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI") for char in said
    )


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=100))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@given(st.text(alphabet="abc ", min_size=1, max_size=300), st.integers(1, 250))
def test_long_text_is_cut_and_says_so(text: str, limit: int) -> None:
    said = clean(text, limit)
    assert len(said) <= limit
    assert said == text or said.endswith("…")


def test_the_width_of_a_character_is_what_unicode_says() -> None:
    """The quick way, for text of characters known to be narrow, gives what looking at each character gives."""
    for code in (*range(0x20, 0x7F), *range(0xA0, 0x3100), *range(0xFF01, 0xFF61), *range(0x1F300, 0x1F600)):
        char = chr(code)
        if unicodedata.category(char) == "Cn":  # nobody writes what is not assigned
            continue
        wide = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        marks = unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me")
        assert width(char) == (0 if marks else wide), hex(code)


@given(st.lists(st.sampled_from([*"ab∂σ漢ｱ⎡⊙", "e\u0301"])))
def test_the_width_of_a_text_is_that_of_its_characters(parts: list[str]) -> None:
    assert width("".join(parts)) == sum(map(width, parts))


def test_a_problem_says_where_what_and_how_to_mend_it() -> None:
    problem = Problem("found 3, expected 2", "a.toml", 7, None, "layers[1].weight", "count again")
    assert str(problem) == "a.toml:7: layers[1].weight: found 3, expected 2 (count again)"
    assert str(Problem("no file")) == "no file"
    assert str(Problem("x").at(file="b", line=1).at(file="c", line=2)) == "b:1: x"


def test_an_error_holds_every_problem_on_a_line_of_its_own() -> None:
    error = NnstepError([Problem("one", "a\nb"), Problem("two")])
    assert str(error).splitlines() == ["a\\x0ab: one", "two"]


def test_the_nearest_name_is_offered_only_when_it_is_near() -> None:
    assert nearest("sigmod", ["sigmoid", "tanh"]) == "did you mean 'sigmoid'?"
    assert nearest("xyz", ["sigmoid", "tanh"]) is None
