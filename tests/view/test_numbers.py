"""How numbers are written: significant digits everywhere, outliers apart, and only a zero looks like one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.view.text.matrix import MatrixView
from nnstep.view.text.numbers import choose_format, exact, largest_size, parse_number, plain, shape_text, single

NAN, INF = math.nan, math.inf

FINITE = st.floats(-1e307, 1e307, allow_nan=False)
ORDINARY = st.floats(-100, 100, allow_nan=False).filter(lambda x: x == 0 or abs(x) >= 1e-9)
ANY = st.one_of(ORDINARY, FINITE, st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, -1e9, 1e-9, 0.5, 1.0]))
DIGITS = st.integers(2, 15)


def off(said: str, value: float) -> float:
    """How far a text is from its number, in parts of the number."""
    return abs(parse_number(said) - value) / abs(value) if math.isfinite(value) else 0.0


@settings(deadline=None)
@given(st.lists(ANY, min_size=1, max_size=12), DIGITS)
def test_every_number_shows_two_significant_digits_and_only_a_zero_is_0(values: list[float], digits: int) -> None:
    form = choose_format(np.array(values), digits)
    for value in values:
        said = form.text(value)
        assert (said == "0") == (value == 0)
        if math.isfinite(value) and value:
            assert off(said, value) <= 0.0501
        elif value:
            assert said in ("NaN", "∞", "−∞")


@settings(deadline=None)
@given(
    st.lists(st.floats(0.001, 1000), min_size=1, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8), DIGITS
)
def test_the_largest_number_has_the_digits_that_were_asked_for(
    sizes: list[float], signs: list[bool], digits: int
) -> None:
    values = [-size if sign else size for size, sign in zip(sizes, signs, strict=False)]
    largest = max(values, key=abs)
    assert off(choose_format(np.array(values), digits).text(largest), largest) <= 0.5001 * 10.0 ** (1 - digits)


@settings(deadline=None)
@given(st.lists(ANY, min_size=1, max_size=12), DIGITS)
def test_numbers_of_a_matrix_take_the_same_width(values: list[float], digits: int) -> None:
    form = choose_format(np.array(values), digits)
    column = form.column(values)
    assert column == [form.padded(value) for value in values]
    assert {len(said) for said in column} == {form.width}


@settings(deadline=None)
@given(
    st.lists(ORDINARY, min_size=1, max_size=8).filter(lambda values: max(map(abs, values)) >= 0.001),
    st.sampled_from([-1e9, 1e9, -1e30, 1e300, -math.inf, math.inf, math.nan, -123456789.0, 6.02e23]),
    st.integers(1, 3),
)
def test_an_outlier_leaves_its_neighbours_as_they_are_without_it(
    values: list[float], outlier: float, count: int
) -> None:
    alone, beside = choose_format(np.array(values)), choose_format(np.array(values + [outlier] * count))
    for value in values:  # what is small among them may use the room that the outlier has made
        assert beside.text(value) == alone.text(value) or off(beside.text(value), value) < off(alone.text(value), value)
    assert math.isnan(outlier) or off(beside.text(outlier), outlier) <= 0.00501


def test_the_outlier_of_a_mask() -> None:
    scores = [[0.4579, -1e9, -1e9], [-0.0076, -1.6352, -1e9], [-0.7585, 1.2822, -0.2002]]
    view = MatrixView("s", "s", "name", (3, 3), np.array(scores))
    window = view.window(80, 3)
    rows = ["".join(piece.text for piece in view.row(row, window)[1:-1]).split() for row in range(3)]
    assert rows == [
        ["0.4579", "−1e9", "−1e9"],
        ["−0.0076", "−1.6352", "−1e9"],
        ["−0.7585", "1.2822", "−0.2002"],
    ]
    roles = {piece.text.strip(): piece.role for piece in view.row(2, window)[1:-1]}
    assert roles["−0.7585"] != roles["−0.2002"]  # the mask does not take the colours from its neighbours either


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.5, -0.25, 0.0], ["0.50", "−0.25", "0"]),  # no more decimals than say everything
        ([1.0, -2.0, 3.0], ["1", "−2", "3"]),
        ([0.1624, -0.1458, 1 / 3], ["0.1624", "−0.1458", "0.3333"]),
        ([0.0243, 0.00031, 1 / 30], ["0.02430", "0.00031", "0.03333"]),
        ([2.8123e-5, -3.5e-5, -7.63e-6], ["2.812e−5", "−3.500e−5", "−7.630e−6"]),
        ([0.5123, 4.2e-7], ["0.5123", "4.2e−7"]),
        ([9.99996, 1 / 3], ["10.0000", "0.3333"]),
        ([-1e9, 0.0], ["−1e9", "0"]),
        ([0.0, -0.0], ["0", "0"]),
        ([NAN, INF, -INF], ["NaN", "∞", "−∞"]),
        ([1.0, NAN], ["1", "NaN"]),
        ([1 / 3, NAN, INF, -INF], ["0.3333", "NaN", "∞", "−∞"]),
        ([0.125, 3.0], ["0.1250", "3.0000"]),  # two decimals would not say all of it
        ([9999.123, 1 / 3], ["9999.12", "0.33"]),
        ([12345.678, 2001 / 2], ["12345.7", "1000.5"]),
        ([10000.0, 5000 / 3], ["10000.0", "1666.7"]),
        ([0.001, 1 / 3000], ["0.001000", "0.000333"]),  # from here on without an exponent
        ([0.0009, 1 / 7000], ["9.000e−4", "1.429e−4"]),
        ([999999.0, 1e5], ["999999", "100000"]),
        ([1e6, 1234567.0], ["1.000e6", "1.235e6"]),  # from here on with one
        ([1e6, 1e5], ["1e6", "1e5"]),
        ([1e7, 2e7], ["1e7", "2e7"]),
        ([2.5e-5, -3e-5], ["2.5e−5", "−3.0e−5"]),
        ([0.0, 2e-5, 1e-300], ["0", "2e−5", "1e−300"]),
        ([0.0, -2e-5, -1e-300], ["0", "−2e−5", "−1e−300"]),
        ([3e-5, -2e-5, -1e-300], ["3e−5", "−2e−5", "−1e−300"]),
        ([1 / 3, 0.00123456], ["0.3333", "0.0012"]),  # two significant digits
        ([1 / 3, 0.00081234], ["0.3333", "8.1e−4"]),  # one only, without an exponent
        ([1 / 3, 1234567891.0], ["0.3333", "1.23e9"]),  # an outlier
        ([123.456, -123.456, 1234567891.0], ["123.46", "−123.46", "1.23e9"]),
        ([0.5, 1e9], ["0.5", "1e9"]),
        ([0.5, 1e9, 1.25e9, 2e9], ["0.5", "1e9", "1.25e9", "2e9"]),
        ([10000.0, 1.0], ["1e4", "1"]),
        ([10000.0, 1.1], ["10000.0", "1.1"]),  # not 10,000 times as large
    ],
)
def test_what_is_written(values: list[float], said: list[str]) -> None:
    form = choose_format(np.array(values))
    assert [form.text(value) for value in values] == said
    assert form.width == max(map(len, said)), "no wider than the widest number"
    assert form.column(values) == [one.rjust(form.width) for one in said]


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        (2, ["0.33", "66.67", "1e−9", "−1.23e9"]),
        (5, ["0.3333", "66.6667", "1e−9", "−1.235e9"]),
        (6, ["0.33333", "66.66667", "1e−9", "−1.2346e9"]),
    ],
)
def test_with_more_digits_the_largest_number_and_an_outlier_have_them(digits: int, said: list[str]) -> None:
    values = [1 / 3, 200 / 3, 1e-9, -1.23456789e9]
    form = choose_format(np.array(values), digits)
    assert [form.text(value) for value in values] == said


@pytest.mark.parametrize(
    ("sizes", "largest"),
    [
        ([1.0, 9999.0], 9999.0),
        ([1.0, 10000.0], 1.0),  # 10,000 times its neighbour
        ([5000.0, 20000.0], 20000.0),
        ([2.0, 19999.0], 19999.0),
        ([0.5, 20000.0, 3e9], 0.5),  # the first gap
        ([0.001, 1e9], 0.001),
        ([0.0009, 1e9], 1e9),  # beside numbers that are all but nothing it is the number that counts
    ],
)
def test_what_sets_the_format_is_the_largest_number_below_a_gap(sizes: list[float], largest: float) -> None:
    assert largest_size(np.array(sizes)) == largest


@settings(deadline=None)
@given(FINITE.filter(bool), DIGITS)
def test_a_number_on_its_own_has_its_significant_digits(value: float, digits: int) -> None:
    assert off(plain(value, digits), value) <= 0.5001 * 10.0 ** (1 - digits)
    assert off(single(value, digits), value) <= 0.5001 * 10.0 ** (1 - digits)
    assert parse_number(exact(value)) == value


def test_small_numbers_on_their_own_keep_their_digits() -> None:
    assert [plain(value, 6) for value in (0.000028123, -0.000035, -7.63e-6)] == ["2.8123e−5", "−3.5e−5", "−7.63e−6"]


@pytest.mark.parametrize(
    ("value", "said", "with_two", "every_digit"),
    [
        (NAN, "NaN", "NaN", "NaN"),
        (INF, "∞", "∞", "∞"),
        (-INF, "−∞", "−∞", "−∞"),
        (-0.0, "0", "0", "0"),
        (100.0, "100", "100", "100"),
        (1 / 3, "0.3333", "0.33", "0.3333333333333333"),
        (-2.5, "−2.5", "−2.5", "−2.5"),
        (0.001, "0.001", "0.001", "0.001"),
        (0.00099, "9.9e−4", "9.9e−4", "0.00099"),
        (123000.0, "123000", "123000", "123000"),
        (123456.789, "123457", "123457", "123456.789"),  # whole digits are never left out
        (1e6, "1e6", "1e6", "1000000"),
        (1234567.0, "1.235e6", "1.2e6", "1234567"),
        (9007199254740991.0, "9.007e15", "9e15", "9007199254740991"),
        (1e16, "1e16", "1e16", "1e+16"),
    ],
)
def test_one_number_by_itself(value: float, said: str, with_two: str, every_digit: str) -> None:
    assert (plain(value), plain(value, 2), exact(value)) == (said, with_two, every_digit)


def test_where_there_is_no_room_for_a_number_it_is_large_or_small_and_has_its_sign() -> None:
    form = choose_format(np.array([0.0, 1.0, -1.0]))
    assert form.width == 2
    assert [form.text(value) for value in (1e-9, -1e-9, 0.25, 1e300, -3e300)] == ["ε", "−ε", "ε", "1e300", "−3e300"]
    assert [parse_number(said) for said in ("ε", "−ε", " −∞", "∞", "−2.5e−7")] == [0.0, 0.0, -INF, INF, -2.5e-7]


def test_a_shape_is_its_sizes() -> None:
    assert [shape_text(shape) for shape in ((4, 3), (3,), ())] == ["4×3", "3", ""]


@pytest.mark.parametrize(
    ("sample", "width"),
    [
        ([], 7),
        ([0.0], 7),
        ([0.5], 7),
        ([1 / 3], 7),
        ([123456.7], 9),  # and a sign
        ([1234.56789, 0.5], 8),
        ([123456.7, 0.0], 9),
        ([-123456.7], 9),
        ([2e-5], 7),
        ([12345678.9], 8),
    ],
)
def test_the_room_for_what_a_sample_does_not_show(sample: list[float], width: int) -> None:
    form = choose_format(np.array(sample), whole=False)
    assert form.width == width
    assert form.padded(0.123456) != form.padded(0.0)
    if not any(sample):
        assert form.text(12.345) == "12"
        assert form.text(0.123456) == "1.23e−1"


@settings(deadline=None)
@given(st.lists(ANY, min_size=1, max_size=6))
def test_a_sample_leaves_room_for_what_it_did_not_show(values: list[float]) -> None:
    form = choose_format(np.array(values), whole=False)
    for value in (0.0, -1e9, 0.123456, -3e-7):
        assert len(form.padded(value)) == form.width
        assert (form.text(value) == "0") == (value == 0)
