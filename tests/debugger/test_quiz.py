"""Predict, then reveal: what counts as right, how the tally adds up, and that nothing is told before its time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnstep.debugger.answers.quiz import HINTS, Grade, Question, Quiz, judge, tolerance
from nnstep.pasted import PastedNumbers, read_numbers
from nnstep.view.text.numbers import plain

FINITE = st.floats(-1e6, 1e6, allow_nan=False, width=32)
VALUES = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=4), elements=FINITE)
MATRICES = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=4), elements=FINITE)
DECIMALS = st.none() | st.integers(0, 8)
QUESTION = Question(2, (3,), "z1", "z1 = x @ W1")


def written(array: np.ndarray) -> str:
    """Every digit, in brackets."""
    return repr(array.tolist())


def typed(array: np.ndarray, decimals: int | None) -> PastedNumbers:
    """As it would be read with so many decimals."""
    rows = tuple(tuple(map(float, row)) for row in np.atleast_2d(array))
    return PastedNumbers(rows, array.shape, decimals)


def cells(value: np.ndarray) -> list[tuple[int, ...]]:
    return list(np.ndindex(value.shape))


@settings(max_examples=200, deadline=None)
@given(VALUES, DECIMALS, st.data())
def test_within_the_tolerance_is_right_and_outside_is_wrong(
    value: np.ndarray, decimals: int | None, data: st.DataObject
) -> None:
    allowed = tolerance(value, decimals)
    shares = data.draw(hnp.arrays(np.float64, value.shape, elements=st.floats(-0.99, 0.99)))
    near = np.array(value + shares * allowed)
    assert judge(value, typed(near, decimals), (0,) * value.ndim).right
    missed = data.draw(st.sets(st.sampled_from(cells(value)), min_size=1))
    far = near.copy()
    for index in missed:
        far[index] = value[index] + data.draw(st.sampled_from([-1, 1])) * (1.01 * allowed[index] + 1e-9)
    verdict = judge(value, typed(far, decimals), (0,) * value.ndim)
    if verdict.kind != "transposed":  # by chance it may be right that way round
        first = min(missed)
        assert verdict == Grade("wrong", len(missed), first, float(far[first]))


@settings(max_examples=200, deadline=None)
@given(VALUES, DECIMALS, st.data())
def test_one_number_is_judged_by_the_chosen_cell_alone(
    value: np.ndarray, decimals: int | None, data: st.DataObject
) -> None:
    cell = data.draw(st.sampled_from(cells(value)))
    expected, allowed = float(value[cell]), float(tolerance(value, decimals)[cell])
    other = data.draw(FINITE | st.floats(-2, 2).map(lambda share: expected + share * allowed))
    verdict = judge(value, typed(np.array(other), decimals), cell)
    assert verdict == (Grade("right") if abs(other - expected) <= allowed else Grade("wrong", 1, cell, other))


@settings(max_examples=300, deadline=None)
@given(FINITE, st.integers(2, 8))
@example(0.0, 4)
def test_a_number_as_the_screen_writes_it_is_right(number: float, digits: int) -> None:
    """Where two digits of it are to be seen: 0.00014 as 0.0001 is off by more than a quarter."""
    assume(number == 0 or abs(number) >= 10.0 ** (1 - digits) or abs(number) < 10.0**-digits)
    read = read_numbers(plain(number, digits))
    assert judge(np.array(number), read, ()).right
    assert judge(np.array([[number, 0.0]]), read, (0, 0)).right


@settings(max_examples=150, deadline=None)
@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=2, max_side=5), elements=st.floats(0.1, 9.9)))
def test_a_matrix_rounded_to_the_decimals_typed_is_right(value: np.ndarray) -> None:
    rows = "; ".join(" ".join(f"{number:.2f}" for number in row) for row in np.atleast_2d(value))
    assert judge(value, read_numbers(rows), (0,) * value.ndim).right


@given(VALUES, st.none() | st.integers(0, 400))
def test_the_tolerance_is_never_looser_than_it_says(value: np.ndarray, decimals: int | None) -> None:
    allowed, size = tolerance(value, decimals), np.abs(value)
    assert allowed.shape == value.shape
    assert np.all(allowed >= 0.01 * size)
    assert np.all(allowed <= np.maximum(0.01 * size, 0.05 * size.max()) * (1 + 1e-9))
    unit = 0.5 * 10.0**-decimals if decimals is not None else 0.0
    assert np.all(allowed <= np.maximum(np.maximum(0.01 * size, unit), 1e-9 * size.max()) * (1 + 1e-9))


@settings(max_examples=150, deadline=None)
@given(MATRICES)
def test_a_transposed_answer_is_recognised(value: np.ndarray) -> None:
    turned = read_numbers(written(value.T))
    verdict = judge(value, turned, (0, 0))
    assert verdict.kind == ("right" if judge_same(value, turned.decimals) else "transposed")


def judge_same(value: np.ndarray, decimals: int | None) -> bool:
    """Whether the transposed one passes as it stands."""
    return value.shape == value.T.shape and bool(np.all(np.abs(value - value.T) <= tolerance(value, decimals)))


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.float64, st.integers(2, 6), elements=FINITE))
def test_a_vector_may_be_typed_as_a_row_or_as_lines(value: np.ndarray) -> None:
    for between in (" ", "\n", ", "):
        assert judge(value, read_numbers(between.join(map(repr, value.tolist()))), (0,)).right


@pytest.mark.parametrize("text", ["0.5", "[0.5]", "[[0.5]]", "tensor(0.5000)"])
def test_a_scalar_may_stand_in_brackets(text: str) -> None:
    assert judge(np.array(0.5), read_numbers(text), ()).right


@pytest.mark.parametrize(
    ("shape", "text"),
    [((), "1 2"), ((3,), "1 2"), ((3,), "[1]"), ((2, 3), "1 2 3"), ((2, 3), "1 2; 3 4"), ((4,), "1 2; 3 4")],
)
def test_another_shape_is_said_to_be_one(shape: tuple[int, ...], text: str) -> None:
    assert judge(np.ones(shape), read_numbers(text), (0,) * len(shape)) == Grade("shape")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_right_only_as_it_is(value: float) -> None:
    matrix = np.array([[value, 1.0]])
    for text in ("nan", "inf", "-inf", "0", "5", "1e308"):
        right = judge(np.array(value), read_numbers(text), ()).right
        assert right == (repr(value) == text)
        assert judge(matrix, read_numbers(text), (0, 0)).right == right
        assert judge(matrix, read_numbers(f"[[{text}, 1]]"), (0, 0)).right == right
    assert not judge(matrix, read_numbers("0.9"), (0, 1)).right


def test_what_is_too_far_apart_is_wrong_without_a_warning() -> None:
    assert judge(np.array(1.7e308), read_numbers("-1.7e308"), ()).kind == "wrong"
    assert judge(np.array(0.25), read_numbers("1e-" + "9" * 400), ()).kind == "wrong"


def test_zero_is_no_answer_to_everything() -> None:
    value = np.array([[0.3, 0.2], [0.02, 0.4]])
    assert judge(value, read_numbers("0 0; 0 0"), (0, 0)) == Grade("wrong", 3, (0, 0), 0.0)
    assert judge(np.zeros((2, 2)), read_numbers("0 0; 0 0"), (0, 0)).right
    assert not judge(np.array(0.0), read_numbers("0.1"), ()).right


# How a quiz goes.

RIGHT, WRONG = Grade("right"), Grade("wrong", 1, (0,), 1.0)
MOVES = st.lists(st.sampled_from(["ask", "right", "wrong", "hint", "show", "drop"]), max_size=60)


def moved(quiz: Quiz, move: str) -> Quiz:
    """The quiz after a move, whether or not something is asked."""
    match move:
        case "ask":
            return quiz.ask(QUESTION)
        case "right" | "wrong":
            return quiz.answer(RIGHT if move == "right" else WRONG, "z1[0, 0]", "0.5", "0.5012345")
        case "hint":
            return quiz.hint()
        case "show":
            return quiz.shown("z1[0, 0]", "0.5012345")
        case _:
            return quiz.drop()


@settings(max_examples=200, deadline=None)
@given(MOVES)
def test_the_tally_adds_up(moves: list[str]) -> None:
    quiz, tries, hints, counts = Quiz(), 0, 0, {"right": 0, "helped": 0, "shown": 0}
    for move in moves:
        before, quiz = quiz, moved(quiz, move)
        if move in ("right", "wrong"):
            tries += 1
        if move == "hint":
            hints = min(hints + 1, HINTS - 1)
        if before.question is not None and move in ("right", "show"):
            how = "shown" if move == "show" else "right" if (tries, hints) == (1, 0) else "helped"
            counts[how] += 1
            last = quiz.answered[-1]
            assert (last.how, last.attempts, last.hints) == (how, tries, hints)
        if quiz.question is None or move == "ask":
            tries = hints = 0
        assert (quiz.attempts, quiz.hints) == (tries, hints)
        assert {how: quiz.count(how) for how in counts} == counts
        assert len(quiz.answered) == sum(counts.values())
        assert quiz.answered[: len(before.answered)] == before.answered
        if before.question is None and move != "ask":
            assert quiz == before._replace(hints=0, attempts=0)


@given(MOVES)
def test_nothing_of_the_answer_is_kept_before_it_is_right_or_shown(moves: list[str]) -> None:
    quiz = Quiz()
    for move in moves:
        quiz = moved(quiz, move)
        assert "0.5012345" not in repr(quiz._replace(answered=()))
    kept = [one for one in quiz.answered if one.expected]
    assert len(kept) == moves_done(moves)


def moves_done(moves: list[str]) -> int:
    """How many questions were asked and then answered rightly or given up."""
    done, open_question = 0, False
    for move in moves:
        done += open_question and move in ("right", "show")
        open_question = move == "ask" or (open_question and move in ("wrong", "hint"))
    return done


def test_a_verdict_does_not_hold_the_number_expected() -> None:
    verdict = judge(np.array([0.123456, 0.7]), read_numbers("0.5 0.7"), (0,))
    assert verdict == Grade("wrong", 1, (0,), 0.5)
    assert "0.12" not in repr(verdict)
