"""The curve of a run in bounded memory: that of the whole list, thinned out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnstep.engine.history
from nnstep.engine import History, Points

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, width=16), st.sampled_from([np.nan, np.inf, -np.inf])
)
SIZES = st.lists(st.integers(1, 3000), max_size=12)
SMALL = st.tuples(st.sampled_from([2, 4, 6, 16, 64]), st.integers(1, 40))


@contextmanager
def room(most: int, waiting: int) -> Iterator[None]:
    """Histories of at most that many ranges, and that many numbers that wait."""
    with (
        mock.patch.object(nnstep.engine.history, "_MOST", most),
        mock.patch.object(nnstep.engine.history, "_WAITING", waiting),
    ):
        yield


def some_numbers(seed: int, count: int) -> np.ndarray:
    """Losses of a run that is not always well."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=count)
    for odd, share in ((np.nan, rng.choice([0, 0.001, 0.3])), (np.inf, 0.01), (-np.inf, 0.01), (0.0, 0.05)):
        numbers[rng.random(count) < share] = odd
    return numbers


def told(numbers: np.ndarray, sizes: list[int]) -> History:
    """A history of the numbers, in parts of these sizes over and over."""
    history, start = History(), 0
    for size in itertools.cycle(sizes or [1]):
        if start >= len(numbers):
            return history
        part = numbers[start : start + size].copy()
        history.add(part)
        part[:] = 777.0  # the runner writes over it
        start += size
    raise AssertionError


def thinned(numbers: np.ndarray, width: int, count: int) -> Points:
    """The same by brute force: the ranges of `width` iterations that `count` iterations begin."""
    parts = [numbers[start : start + width].tolist() for start in range(0, count, width)]
    ends = [min(start + width, len(numbers)) for start in range(0, count, width)]
    there = [[one for one in part if one == one] for part in parts]
    return Points(
        np.array(ends, dtype=float),
        np.array([part[-1] if len(part) == len(kept) else np.nan for part, kept in zip(parts, there, strict=True)]),
        np.array([min(kept, default=np.nan) for kept in there]),
        np.array([max(kept, default=np.nan) for kept in there]),
    )


def width_for(count: int, most: int) -> int:
    """The least power of two iterations a range with which all of them find room."""
    return next(width for width in (1 << k for k in range(64)) if -(-count // width) <= most)


def equal(found: Points, expected: Points) -> None:
    for name, one, other in zip(Points._fields, found, expected, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)
        assert not one.flags.writeable


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 20_000), SIZES, SMALL, st.integers(-2, 25_000))
def test_the_curve_is_that_of_all_numbers_thinned_out(
    seed: int, count: int, sizes: list[int], small: tuple[int, int], until: int
) -> None:
    numbers = some_numbers(seed, count)
    with room(*small):
        history = told(numbers, sizes)
        assert history.count == count
        width = width_for(count, small[0])
        equal(history.points(), thinned(numbers, width, count))
        equal(history.points(until), thinned(numbers, width, max(0, min(until, count))))
        assert len(history.points().last) <= small[0]
        assert history.count == count, "asking changes nothing"


@settings(max_examples=60, deadline=None)
@given(st.lists(NUMBERS, max_size=60), SIZES, SMALL, st.lists(st.integers(0, 60)))
def test_it_does_not_matter_in_which_parts_they_come_or_when_it_is_asked(
    numbers: list[float], sizes: list[int], small: tuple[int, int], asked: list[int]
) -> None:
    array = np.array(numbers, dtype=float)
    with room(*small):
        history, at = History(), 0
        for size in sizes:
            part = array[at : at + size % 7]
            history.add(part)
            at += len(part)
            if at in asked:
                equal(history.points(), thinned(array[:at], width_for(at, small[0]), at))
        history.add(array[at:])
        equal(history.points(), thinned(array, width_for(len(array), small[0]), len(array)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2_000), SIZES, SMALL, st.data())
def test_a_part_of_it_is_a_history_of_its_own(
    seed: int, count: int, sizes: list[int], small: tuple[int, int], data: st.DataObject
) -> None:
    numbers, others = some_numbers(seed, count), some_numbers(seed + 1, 500)
    wanted = data.draw(st.integers(0, count + 5))
    with room(*small):
        history = told(numbers, sizes)
        width = width_for(count, small[0])
        part = history.until(wanted)
        first = numbers[: min(wanted, count) // width * width]
        assert part.count == len(first)
        equal(part.points(), thinned(first, width, len(first)))
        part.add(others)
        history.add(others[::-1])
        for one, of in ((part, np.append(first, others)), (history, np.append(numbers, others[::-1]))):
            wide = max(width, width_for(len(of), small[0]))
            assert one.count == len(of)
            equal(one.points(), thinned(of, wide, len(of)))


def test_as_it_comes() -> None:
    """4,096 ranges: a run of 10,000 iterations has ranges of 4, of which the extremes are kept."""
    history = told(np.arange(10_000.0), [1000])
    points = history.points()
    assert points.iterations.tolist() == list(range(4, 10_001, 4))
    assert points.last.tolist() == list(range(3, 10_000, 4))
    assert points.low.tolist() == list(range(0, 10_000, 4))
    assert points.high.tolist() == points.last.tolist()
    assert History().points().last.shape == (0,)


def test_memory_does_not_grow_with_the_run() -> None:
    history = History()
    arrays = [one for one in vars(history).values() if isinstance(one, np.ndarray)]
    part = np.zeros(100_000)
    for _ in range(20):
        history.add(part)
    assert history.count == 2_000_000
    after = [one for one in vars(history).values() if isinstance(one, np.ndarray)]
    assert [id(one) for one in after] == [id(one) for one in arrays]
    assert sum(one.nbytes for one in arrays) < 1 << 18


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_one_odd_number_is_seen_however_long_the_run(odd: float) -> None:
    numbers = np.full(50_000, 0.5)
    numbers[12_345] = odd
    with room(8, 5):
        points = told(numbers, [700]).points()
    (index,) = np.flatnonzero(~((points.low == 0.5) & (points.high == 0.5) & (points.last == 0.5)))
    assert points.iterations[index - 1] < 12_346 <= points.iterations[index]
    assert np.isnan(points.last[index]) == np.isnan(odd)
    assert points.low[index] == (-np.inf if odd == -np.inf else 0.5)
    assert points.high[index] == (np.inf if odd == np.inf else 0.5)
