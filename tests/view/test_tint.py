"""How strong a number's colour is: by the square root of its share of the largest, so that small numbers are seen."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.view.plots.tint import level, tint
from nnstep.view.text.matrix import MatrixView

# The share of the largest number at which each of five tints begins: (k / 5) ** 2.
BEGINS = ((0.0, 1), (0.04, 2), (0.16, 3), (0.36, 4), (0.64, 5))


def _matrix_roles(numbers: list[float]) -> list[str]:
    view = MatrixView("a", "a", "name", (1, len(numbers)), np.array([numbers]))
    return view._tints(numbers)


@pytest.mark.parametrize(("share", "number"), BEGINS)
def test_a_tint_begins_at_the_square_of_its_fifth(share: float, number: int) -> None:
    among = np.array([-200.0, 1.0])
    assert tint(200 * (share + 1e-9), among) == f"pos{number}"
    assert tint(-200 * (share + 1e-9), among) == f"neg{number}"
    if share:
        assert tint(200 * (share - 1e-9), among) == f"pos{number - 1}"


@pytest.mark.parametrize(("share", "number"), BEGINS)
def test_a_matrix_has_the_same_tints_as_a_picture(share: float, number: int) -> None:
    numbers = [200 * (share + 1e-9), -200 * (share + 1e-9), 200.0, 100.0, 150.0]
    assert _matrix_roles(numbers)[:2] == [f"pos{number}", f"neg{number}"]


def test_zero_and_what_is_no_number_have_roles_of_their_own() -> None:
    numbers = np.array([0.0, -0.0, math.inf, -math.inf, math.nan, 4.0, -4.0])
    expected = ["zero", "zero", "error", "error", "error", "pos5", "neg5"]
    assert [tint(float(one), numbers) for one in numbers] == expected
    assert _matrix_roles(numbers.tolist()) == expected
    assert [level(float(one), numbers, 3) for one in numbers] == [0, 0, 0, 0, 0, 3, 3]


def test_the_scale_is_that_of_the_finite_numbers() -> None:
    assert tint(1.0, np.array([math.inf, 4.0, math.nan])) == "pos3"
    assert tint(1.0, np.array([4.0, 2.0])) == "pos3"


@given(st.lists(st.floats(-1e6, 1e6).filter(bool), min_size=1, max_size=8), st.integers(1, 6))
def test_a_larger_number_never_has_a_weaker_tint_and_the_largest_the_strongest(numbers: list[float], most: int) -> None:
    among = np.array(numbers)
    levels = [level(one, among, most) for one in sorted(numbers, key=abs)]
    assert levels == sorted(levels)
    assert levels[-1] == most
    assert levels[0] >= 1
