"""How numbers are written: significant digits everywhere, outliers apart, and only a zero looks like one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.view.text.matrix import MatrixView
from nnstep.view.text.numbers import choose_format, exact, plain, read, single

FINITE = st.floats(-1e307, 1e307, allow_nan=False)
ORDINARY = st.floats(-100, 100, allow_nan=False).filter(lambda x: x == 0 or abs(x) >= 1e-9)
ANY = st.one_of(ORDINARY, FINITE, st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, -1e9, 1e-9, 0.5, 1.0]))
DIGITS = st.integers(2, 15)


def off(said: str, value: float) -> float:
    """How far a text is from its number, in parts of the number."""
    return abs(read(said) - value) / abs(value) if math.isfinite(value) else 0.0


@settings(deadline=None)
@given(st.lists(ANY, min_size=1, max_size=12), DIGITS)
def test_every_number_shows_two_significant_digits_and_only_a_zero_is_0(values, digits):
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
def test_the_largest_number_has_the_digits_that_were_asked_for(sizes, signs, digits):
    values = [-size if sign else size for size, sign in zip(sizes, signs, strict=False)]
    largest = max(values, key=abs)
    assert off(choose_format(np.array(values), digits).text(largest), largest) <= 0.5001 * 10.0 ** (1 - digits)


@settings(deadline=None)
@given(st.lists(ANY, min_size=1, max_size=12), DIGITS)
def test_numbers_of_a_matrix_take_the_same_width(values, digits):
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
def test_an_outlier_leaves_its_neighbours_as_they_are_without_it(values, outlier, count):
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
    ],
)
def test_what_is_written(values, said):
    form = choose_format(np.array(values))
    assert [form.text(value) for value in values] == said


@settings(deadline=None)
@given(FINITE.filter(bool), DIGITS)
def test_a_number_on_its_own_has_its_significant_digits(value, digits):
    assert off(plain(value, digits), value) <= 0.5001 * 10.0 ** (1 - digits)
    assert off(single(value, digits), value) <= 0.5001 * 10.0 ** (1 - digits)
    assert read(exact(value)) == value


def test_small_numbers_on_their_own_keep_their_digits() -> None:
    assert [plain(value, 6) for value in (0.000028123, -0.000035, -7.63e-6)] == ["2.8123e−5", "−3.5e−5", "−7.63e−6"]


@settings(deadline=None)
@given(st.lists(ANY, min_size=1, max_size=6))
def test_a_sample_leaves_room_for_what_it_did_not_show(values):
    form = choose_format(np.array(values), whole=False)
    for value in (0.0, -1e9, 0.123456, -3e-7):
        assert len(form.padded(value)) == form.width
        assert (form.text(value) == "0") == (value == 0)
