"""The memo gives what was made, for the very object that it was made of, and keeps no more than it says."""

import gc
import weakref
from collections import Counter
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.memo import Memo, memoized


class Thing:
    """An object that is equal to every other."""

    def __init__(self, size: int = 1) -> None:
        self.size = size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing)

    __hash__ = None  # type: ignore[assignment]


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


def test_objects_that_are_not_kept_are_let_go() -> None:
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


def test_the_room_holds_for_all_but_the_last() -> None:
    memo, things = Memo(9, size=lambda one: one.size, room=10), [Thing(4), Thing(4), Thing(4), Thing(100)]
    made = Counter[int]()
    for at in (0, 1, 2, 1, 0, 3, 3):
        memo(things[at], "key", partial(made.update, [at]))
    assert made == {0: 2, 1: 1, 2: 1, 3: 1}


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
