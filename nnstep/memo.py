"""The one memo: results are kept with the object that they were made of, for the objects last asked about."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

__all__ = ["Memo", "memoized"]

_Of = TypeVar("_Of")
_Result = TypeVar("_Result")
_Keys = ParamSpec("_Keys")


class Memo:
    """Results by the object that they were made of, and by a key.

    Objects (a program, a record, a run) are compared by which one they are: hashing one takes longer than reading it.
    Each is held with its results, so its `id` is not used again as long as they are here. Keys are compared by `==`:
    0.0, -0.0 and False are one key.

    objects: how many objects' results are kept; those of the one asked about longest ago go first, all at once.
    results: how many results of each object are kept; without it all of them.
    size, room: with them, what `size` gives for the objects (bytes) may add up to `room`; the last one always stays.
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
        self._kept: OrderedDict[int, tuple[object, OrderedDict[Hashable, Any]]] = OrderedDict()

    def __call__(self, of: object, key: Hashable, make: Callable[[], _Result]) -> _Result:
        """What was made of `of` for `key`; made now where it is not here. What `make` raises is not kept."""
        results = self._of(of)
        if key in results:
            results.move_to_end(key)
        else:
            results[key] = make()
            if self._results is not None and len(results) > self._results:
                results.popitem(last=False)
        found: _Result = results[key]
        return found

    def _of(self, of: object) -> OrderedDict[Hashable, Any]:
        if id(of) in self._kept:
            self._kept.move_to_end(id(of))
        else:
            self._kept[id(of)] = (of, OrderedDict())
            while len(self._kept) > self._objects or (len(self._kept) > 1 and self._too_large()):
                self._kept.popitem(last=False)
        return self._kept[id(of)][1]

    def _too_large(self) -> bool:
        size = self._size
        return size is not None and sum(size(one) for one, _ in self._kept.values()) > self._room


def memoized(
    objects: int = 8, results: int | None = None
) -> Callable[
    [Callable[Concatenate[_Of, _Keys], _Result]],
    Callable[Concatenate[_Of, _Keys], _Result],
]:
    """Keep a function's results: by its first argument as an object, by all others as the key."""

    def decorated(
        function: Callable[Concatenate[_Of, _Keys], _Result],
    ) -> Callable[Concatenate[_Of, _Keys], _Result]:
        memo = Memo(objects, results)

        @wraps(function)
        def found(of: _Of, /, *keys: _Keys.args, **named: _Keys.kwargs) -> _Result:
            key = (keys, tuple(sorted(named.items())))
            return memo(of, key, lambda: function(of, *keys, **named))

        return found

    return decorated
