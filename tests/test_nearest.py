"""Slips of the hand: which name is near enough to be named in a hint."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.nearest import folded, nearest

WORDS = ["sigmoid", "softmax", "tanh", "relu", "mean", "exp", "log", "cross_entropy", "weight_decay", "W1", "grad(W1)"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("sigmod", "sigmoid"), ("sigmiod", "sigmoid"), ("tahn", "tanh"), ("tnah", "tanh"), ("htan", None)),
        *(("Softmax", "softmax"), ("soft_max", "softmax"), ("sofmax", "softmax"), ("softmaxx", "softmax")),
        *(("crossentropy", "cross_entropy"), ("cross-entropy", "cross_entropy"), ("cros_entrpy", "cross_entropy")),
        *(("exq", "exp"), ("xep", "exp"), ("w1", "W1"), ("W2", None), ("grad(W2)", None), ("Grad(w1)", "grad(W1)")),
        *(("lr_decay", None), ("", None), ("x", None), ("lo", None), ("dean", None), ("binary_crossentropy", None)),
    ],
)
def test_slips(typed: str, meant: str | None) -> None:
    assert nearest(typed, WORDS) == (f"did you mean {meant!r}?" if meant else None)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([word for word in WORDS if len(word) > 5]), st.integers(1, 5), st.sampled_from("abcdefgh"))
def test_one_letter_other_is_a_slip(word: str, at: int, letter: str) -> None:
    typed = word[:at] + letter + word[at + 1 :]
    assert nearest(typed, [word]) == f"did you mean {word!r}?" or not word[at].isalpha()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=30), max_size=20))
def test_only_what_is_valid_is_named(typed: str, valid: list[str]) -> None:
    hint = nearest(typed, valid)
    assert hint is None or hint in [f"did you mean {one!r}?" for one in valid]


def test_names_are_compared_without_what_is_written_in_different_ways() -> None:
    assert folded("Leaky_ReLU") == folded("leaky-relu") == folded("Leaky Relu") == "leakyrelu"
