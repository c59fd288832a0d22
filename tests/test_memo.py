"""The memo gives what was made, for the very object that it was made of, and keeps no more than it says."""

import gc
import weakref
from collections import Counter
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.memo import Memo, memoized


class Pair(NamedTuple):
    """An object that nothing can refer to weakly."""

    first: int
    second: int


class Thing:
    """An object that is equal to every other."""

    def __init__(self, size: int = 1) -> None:
        self.size = size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4))), st.integers(1, 4), st.none() | st.integers(1, 3))
def test_a_result_is_that_of_its_own_object_and_key(
    asked: list[tuple[int, int]], objects: int, results: int | None
) -> None:
    things, memo = [Thing() for _ in range(5)], Memo(objects, results)
    for one, key in asked:
        assert memo(things[one], key, partial(tuple, (one, key))) == (one, key)


@given(st.lists(st.integers(0, 3)), st.integers(1, 4))
def test_nothing_is_made_twice_while_it_is_kept(asked: list[int], objects: int) -> None:
    things, memo, made = [Thing() for _ in range(4)], Memo(objects), Counter[int]()
    for at, one in enumerate(asked):
        before = made[one]
        memo(things[one], "key", partial(made.update, [one]))
        recent = list(dict.fromkeys(reversed(asked[:at])))[:objects]
        assert made[one] == before + (one not in recent)


def test_no_object_is_kept_alive() -> None:
    memo, things = Memo(), [Thing() for _ in range(3)]
    results = [memo(one, "key", Thing) for one in things]
    watched = [weakref.ref(one) for one in (*things, *results)]
    del things[1], results
    assert [one() is None for one in watched] == [False, True, False] * 2, "and what was made of it goes with it"
    del memo
    assert [one() is None for one in watched] == [False, True, False, True, True, True]


def test_a_result_of_an_object_that_is_gone_is_not_that_of_the_next_one() -> None:
    memo = Memo()
    for number in range(100):  # each of them may be where the one before was
        assert memo(Thing(), "key", partial(int, number)) == number


def test_what_cannot_be_held_weakly_is_kept_with_its_results() -> None:
    memo, one = Memo(1), Pair(1, 2)
    assert memo(one, "key", lambda: 3) == memo(one, "key", lambda: 4) == 3
    assert memo(Pair(1, 2), "key", lambda: 5) == 5, "which one it is counts"


def test_objects_that_their_results_hold_are_let_go_in_turn() -> None:
    memo, things = Memo(2), [Thing() for _ in range(3)]
    for one in things:
        memo(one, "itself", partial(list, [one]))
    watched = [weakref.ref(one) for one in things]
    del one, things
    gc.collect()
    assert [one() is None for one in watched] == [True, False, False]
    del memo
    gc.collect()
    assert [one() is None for one in watched] == [True, True, True]


def test_the_room_of_an_object_holds_for_all_results_but_the_last() -> None:
    memo, thing, made = Memo(results=3, size=lambda one: one, room=10), Thing(), Counter[int]()

    def make(size: int) -> int:
        made.update([size])
        return size

    for size in (4, 5, 6, 5, 4, 100, 100, 1, 2, 3, 4, 1):
        assert memo(thing, size, partial(make, size)) == size
    assert made == {4: 3, 5: 2, 6: 1, 100: 1, 1: 2, 2: 1, 3: 1}


def test_what_fails_is_tried_again() -> None:
    memo, thing = Memo(), Thing()
    with pytest.raises(ZeroDivisionError):
        memo(thing, "key", lambda: 1 / 0)
    assert memo(thing, "key", lambda: 1) == 1


def test_a_memoized_function_is_keyed_by_all_its_arguments() -> None:
    @memoized()
    def listed(of: Thing, *more: int, last: int = 0) -> list[int]:
        return [of.size, *more, last]

    first, second = Thing(1), Thing(2)
    assert listed(first, 3) is listed(first, 3)
    assert [listed(first, 3), listed(second, 3), listed(first, 3, last=4)] == [[1, 3, 0], [2, 3, 0], [1, 3, 4]]
