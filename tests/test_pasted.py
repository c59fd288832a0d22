"""Numbers as they are typed and pasted: what others print is read back, what is no number is refused in words."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnstep.pasted import NotNumbersError, PastedNumbers, read_arrays, read_numbers

ARRAYS = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=2, max_side=6),
    elements=st.floats(-1e12, 1e12, allow_nan=False, width=64),
)


def read_or_refused(text: str) -> PastedNumbers | str:
    """What was read, or why it was not: no other error comes out."""
    try:
        return read_numbers(text)
    except NotNumbersError as error:
        return str(error)


def torch_text(array: np.ndarray) -> str:
    """As PyTorch prints a tensor with all its digits."""
    inner = np.array2string(array, separator=", ", floatmode="unique", threshold=10**6, max_line_width=10**6)
    return f"tensor({inner}, dtype=torch.float64, grad_fn=<MmBackward0>)"


def numpy_texts(array: np.ndarray) -> list[str]:
    with np.printoptions(floatmode="unique", threshold=10**6, linewidth=60):
        return [repr(array), str(array)]


@settings(max_examples=150, deadline=None)
@given(ARRAYS)
def test_what_others_print_is_read_back(array: np.ndarray) -> None:
    texts = [*numpy_texts(array), json.dumps(array.tolist()), str(array.tolist()), torch_text(array)]
    for text in texts:
        typed = read_numbers(text)
        assert typed.shape == array.shape, text
        np.testing.assert_allclose(np.array(typed.rows).reshape(array.shape), array, rtol=1e-15, atol=1e-16)


@settings(max_examples=100, deadline=None)
@given(ARRAYS, st.sampled_from([" ", ", ", ",", "\t"]), st.sampled_from(["\n", ";", " ; ", "\r\n"]))
def test_rows_by_hand_are_read_back(array: np.ndarray, between: str, after: str) -> None:
    rows = np.atleast_2d(array).tolist()
    text = after.join(between.join(f"{number:.6f}" for number in row) for row in rows)
    typed = read_numbers(text)
    np.testing.assert_allclose(np.array(typed.rows), np.atleast_2d(array), atol=5.1e-7)
    assert typed.decimals in (6, None)


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [
        ("0.05", 0.05, 2),
        (" -.5 ", -0.5, 1),
        ("−0.5", -0.5, 1),
        ("1e-3", 1e-3, 3),
        ("2.5e-4", 2.5e-4, 5),
        ("7", 7.0, 0),
        ("1/3", 1 / 3, None),
        ("-1 / 4", -0.25, None),
        ("0.29102777369359933", 0.29102777369359933, None),
        ("array(0.5)", 0.5, 1),
        ("tensor(-0.25, grad_fn=<MeanBackward0>)", -0.25, 2),
        ("∞", math.inf, 0),
        ("np.float64(0.125)", 0.125, 3),
        ("1e" + "9" * 5000, math.inf, 0),
        ("1e-" + "9" * 5000, 0.0, 400),
    ],
)
def test_a_single_number(text: str, number: float, decimals: int | None) -> None:
    typed = read_numbers(text)
    assert (typed.rows, typed.shape, typed.decimals) == (((number,),), (), decimals)


def test_brackets_say_the_shape() -> None:
    assert read_numbers("[1, 2]").shape == (2,)
    assert read_numbers("[[1, 2]]").shape == (1, 2)
    assert read_numbers("[3]").shape == (1,)
    assert read_numbers("1\n2").shape == (2, 1)
    assert read_numbers("1 2").shape == (2,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no number"),
        ("[]", "no number"),
        ("1 2; 3", "row 2 has 1"),
        ("[[1, 2], [3]]", "row 2 has 1"),
        ("[[1, ..., 2]]", "left out"),
        ("1 2 … 3", "left out"),
        ("0,5 0,25", "write 0.5"),
        ("0,05", "write 0.05, or 0, 05"),
        ("-0,5", "one number or two"),
        ("1,2;3,4", "one number or two"),
        ("[[1, 2], 3]", "side by side"),
        ("[[1] 2 [3]]", "side by side"),
        ("[[1, 2], []]", "row 2 has 0"),
        ("5 array([1])", "outside"),
        ("array([1, 2)", "brackets"),
        ("array(array([1])", "brackets"),
        ("[1,,]", "missing"),
        ("ınf", "no number"),
        ("1_000", "no number"),
        ("1/inf", "no number"),
        ("one", "line 1, column 1: 'one'"),
        ("1, 2x", "line 1, column 4: '2x'"),
        ("1,,2", "missing"),
        ("[[1, 2]", "brackets"),
        ("1]", "brackets"),
        ("[[[1]]]", "two brackets"),
        ("[1, [2]]", "side by side"),
        ("__import__('os')", "'__import__'"),
        ("1/0", "no number"),
        ("[1] x", "outside"),
        ("9" * 2_000_000, "characters"),
    ],
)
def test_what_is_no_number_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(NotNumbersError, match=said):
        read_numbers(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert read_or_refused(text)


def test_commas_that_cannot_be_decimal_signs_separate() -> None:
    for text in ("1, 2", "1,2,3", "1.5,2", "[1,2]", "1 , 2"):
        assert read_numbers(text).shape == (3 if text == "1,2,3" else 2,), text


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("[np.float64(1.5), np.float64(-2.0)]", ((1.5, -2.0),)),
        ("[array([1., 2.]), array([3., 4.])]", ((1.0, 2.0), (3.0, 4.0))),
        ("Parameter containing:\ntensor([[0.1, -0.2]], device='cuda:0', requires_grad=True)", ((0.1, -0.2),)),
        ("Array([[1., 2.]], dtype=float32)", ((1.0, 2.0),)),
        ("[1, 2]\n[3, 4]", ((1.0, 2.0), (3.0, 4.0))),
        ("[1 2; 3 4]", ((1.0, 2.0), (3.0, 4.0))),
        ("[[NaN, Infinity], [-inf, 1/4]]", ((math.nan, math.inf), (-math.inf, 0.25))),
    ],
)
def test_ways_of_writing_a_matrix(text: str, rows: tuple[tuple[float, ...], ...]) -> None:
    np.testing.assert_array_equal(np.array(read_numbers(text).rows), np.array(rows))


def test_what_was_rounded_alike_has_the_most_decimals() -> None:
    assert read_numbers("0.5 0.33").decimals == 1
    assert read_numbers("array([0.5       , 0.33333333])").decimals == 8
    assert read_numbers("[[0.5        0.33333333]]").decimals == 8
    assert read_numbers("tensor([1.0000e+00, 2.5000e-05])").decimals == 4
    assert read_numbers("[0.5, 0.29102777369359933]").decimals is None
    assert read_numbers("1/3 0.25").decimals == 2


@settings(max_examples=100, deadline=None)
@given(ARRAYS.filter(lambda array: float(np.abs(array).max()) < 1e6))  # larger ones get exponents
def test_decimals_of_what_numpy_prints_are_those_it_was_rounded_to(array: np.ndarray) -> None:
    with np.printoptions(precision=3, suppress=True, threshold=10**6):
        typed = read_numbers(repr(array))
    if typed.decimals is not None:
        off = np.abs(np.array(typed.rows).reshape(array.shape) - array)
        assert np.all(off <= 0.5001 * 10.0**-typed.decimals + 1e-15 * np.abs(array))


@pytest.mark.parametrize(
    "text",
    [
        "[" + "0.5 " * 250_000 + "]",
        "[" + "[1],\n" * 150_000 + "]",
        "1" + " " * 1_000_000 + "2",
        "array([1" + " " * 1_000_000 + "2])",
        "1" + " " * 1_000_000 + "/2",
        "9" * 1_000_000 + "x",
        "1/" * 500_000,
        "array(" * 150_000,
        "a" * 1_000_000,
        ",dtype=" * 140_000 + "array(1)",
        "Parameter containing:" + " " * 1_000_000,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_a_megabyte_is_read_or_refused_in_time(text: str) -> None:
    """Time in proportion to the text; a squared one would take hours here."""
    said = read_or_refused(text)
    assert isinstance(said, PastedNumbers) or 0 < len(said) < 200


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("0123456789.,;-+−/[]()eEnaif \n\t…x=<>'∞"), max_size=40))
def test_any_text_of_such_characters_is_read_or_refused(text: str) -> None:
    typed = read_or_refused(text)
    if isinstance(typed, str):
        assert typed
        return
    sizes = {len(row) for row in typed.rows}
    assert len(sizes) == 1
    assert math.prod(typed.shape) == len(typed.rows) * sizes.pop()
    assert len(typed.shape) == 2 or len(typed.rows) == 1


MATRIX = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
PRINTED = json.loads((Path(__file__).parent / "printed.json").read_text(encoding="utf-8"))
MATRICES, VECTORS, NUMBERS = PRINTED["matrices"], PRINTED["vectors"], PRINTED["numbers"]


@pytest.mark.parametrize("text", MATRICES.values(), ids=MATRICES)
def test_a_matrix_as_programs_print_it(text: str) -> None:
    name, typed = read_arrays(text)[0]
    np.testing.assert_allclose(np.array(typed.rows), np.array(MATRIX))
    assert typed.shape == (2, 3)
    assert name in ("", "dW1", "dw1", "W1", "W1.grad", "dL/dW1", "∂L/∂W1", "grad(W1)")


@pytest.mark.parametrize("text", VECTORS.values(), ids=VECTORS)
def test_a_vector_as_programs_print_it(text: str) -> None:
    ((_, typed),) = read_arrays(text)
    assert np.array(typed.rows).ravel().tolist() == [0.1, 0.2, 0.3]
    assert typed.shape in ((3,), (3, 1))


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS)
def test_a_number_as_programs_print_it(text: str) -> None:
    ((_, typed),) = read_arrays(text)
    assert (typed.rows, typed.shape) == (((0.5,),), ())


def test_several_arrays_have_their_names() -> None:
    for key in ("dict", "two", "two octave"):
        assert [name for name, _ in read_arrays(MATRICES[key])] == ["dW1", "db1"]
    with pytest.raises(NotNumbersError, match=r"found 2 arrays \(dW1, db1\), expected one"):
        read_numbers(MATRICES["two"])


@pytest.mark.parametrize(
    ("text", "line", "column", "shown"),
    [
        ("[[1, 2],\n [3, abc]]", 2, 6, "'abc'"),
        ("1 2\n3 x4", 2, 3, "'x4'"),
        ("dW1 = [[1, 2], [3, oops]]", 1, 20, "'oops'"),
        ("tensor([[1., 2.],\n        [3., nope]])", 2, 14, "'nope'"),
        ("[1, 2]]", 1, 7, "']'"),
        ("[[1, 2], [3, 4]", 1, 1, "'['"),
        ("[1, 2] and more", 1, 8, "'and'"),
        ("[[1, 2, 3],\n ...,\n [4, 5, 6]]", 2, 2, "left out"),
    ],
)
def test_what_cannot_be_read_says_where_it_stopped(text: str, line: int, column: int, shown: str) -> None:
    with pytest.raises(NotNumbersError) as found:
        read_arrays(text)
    assert str(found.value).startswith(f"line {line}, column {column}: ")
    assert shown in str(found.value)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0.5 0.25 1", (0.1, 0.01, 0.01)),
        ("[1.50e-3 2.0e-5]", (1e-5, 1e-6)),
        ("[0.5  0.333]", (1e-3, 1e-3)),
        ("1 2", ()),
    ],
)
def test_a_unit_of_the_last_digit_is_that_of_each_number(text: str, units: tuple[float, ...]) -> None:
    typed = read_numbers(text)
    assert (typed.units[0] if typed.units else ()) == pytest.approx(units, rel=1e-6)
