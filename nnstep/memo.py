"""The one memo: what was made of an object is kept as long as the object is there, for the objects last asked about.

What is made of texts and numbers alone is kept by `functools.lru_cache`. Nothing else in this package keeps results.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import ref

_Of = TypeVar("_Of")
_Result = TypeVar("_Result")
_Keys = ParamSpec("_Keys")


class _Kept:
    """The results of an object, which is held weakly where it can be; `used` is their size in all."""

    def __init__(self, of: object) -> None:
        self.of = of
        self.results: OrderedDict[Hashable, Any] = OrderedDict()
        self.used = 0


class Memo:
    """Results by the object that they were made of, and by a key.

    Objects (a program, a record, a run) are compared by which one they are: hashing one takes longer than reading it.
    None is kept alive: its results go with it. (A named tuple cannot be held so; it is kept with its results.) Keys are
    compared by `==`: 0.0, -0.0 and False are one key.

    objects: how many objects' results are kept; those of the one asked about longest ago go first, all at once.
    results: how many results of each object are kept; without it all of them.
    size, room: with them, the results of an object may be so large in all; the one asked for last always stays.
    """

    def __init__(
        self,
        objects: int = 8,
        results: int | None = None,
        size: Callable[[Any], int] | None = None,
        room: int = 0,
    ) -> None:
        self._objects = objects
        self._results = results
        self._size = size
        self._room = room
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def __call__(self, of: object, key: Hashable, make: Callable[[], _Result]) -> _Result:
        """What was made of `of` for `key`; made now where it is not here. What `make` raises is not kept."""
        kept = self._of(of)
        if key in kept.results:
            kept.results.move_to_end(key)
        else:
            self._add(kept, key, make())
        found: _Result = kept.results[key]
        return found

    def has(self, of: object, key: Hashable) -> bool:
        """Whether it is here."""
        kept = self._kept.get(id(of))
        return kept is not None and key in kept.results

    def _add(self, kept: _Kept, key: Hashable, made: object) -> None:
        results, size = kept.results, self._size or (lambda result: 0)
        results[key] = made
        kept.used += size(made)
        most = len(results) if self._results is None else self._results
        while len(results) > 1 and (len(results) > most or kept.used > self._room):
            kept.used -= size(results.popitem(last=False)[1])

    def _of(self, of: object) -> _Kept:
        number = id(of)  # of another object only once this one, and with it its entry, is gone
        if number in self._kept:
            self._kept.move_to_end(number)
        else:
            self._kept[number] = _Kept(self._held(of, number))
            while len(self._kept) > self._objects:
                self._kept.popitem(last=False)
        return self._kept[number]

    def _held(self, of: object, number: int) -> object:
        mine = ref(self)

        def gone(_: object) -> None:
            memo = mine()
            if memo is not None:
                memo._kept.pop(number, None)

        try:
            return ref(of, gone)
        except TypeError:
            return of


def memoized(
    objects: int = 8,
    results: int | None = None,
    size: Callable[[Any], int] | None = None,
    room: int = 0,
) -> Callable[
    [Callable[Concatenate[_Of, _Keys], _Result]],
    Callable[Concatenate[_Of, _Keys], _Result],
]:
    """Keep a function's results: by its first argument as an object, by all others as the key."""

    def decorated(
        function: Callable[Concatenate[_Of, _Keys], _Result],
    ) -> Callable[Concatenate[_Of, _Keys], _Result]:
        memo = Memo(objects, results, size, room)

        @wraps(function)
        def found(of: _Of, /, *keys: _Keys.args, **named: _Keys.kwargs) -> _Result:
            key = (keys, tuple(sorted(named.items())))
            return memo(of, key, lambda: function(of, *keys, **named))

        return found

    return decorated
