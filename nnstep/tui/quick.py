"""What starting can do without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_ssl"]


@contextmanager
def without_ssl() -> Iterator[None]:
    """Import asyncio without `ssl`, which it can do without and this program never needs: 6 ms of every start.

    asyncio takes a missing `ssl` for a Python that was built without it. Afterwards `ssl` can be imported as ever.
    Where either is loaded already nothing is done.
    """
    if "ssl" in sys.modules or "asyncio" in sys.modules:
        yield
        return
    sys.modules["ssl"] = None  # type: ignore[assignment] # the import system's sign for "not to be found"
    try:
        yield
    finally:
        del sys.modules["ssl"]
