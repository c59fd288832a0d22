"""The clock that slices of a run are measured by. What is done within a slice depends on how fast the machine is; where
it must not, as in a test, another clock takes its place, one that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

_read: Callable[[], float] = perf_counter


def now() -> float:
    """Seconds since some moment: only differences mean something."""
    return _read()


@contextmanager
def reading(clock: Callable[[], float]) -> Iterator[None]:
    """Have `now` read another clock."""
    global _read
    before, _read = _read, clock
    try:
        yield
    finally:
        _read = before
