"""The gradient check of an entry and of the whole gradient that it is of, in slices of time."""

from __future__ import annotations

from dataclasses import dataclass

from nnstep.engine.difference import Difference, Search, Sweep, Worst
from nnstep.ops import Index


@dataclass(frozen=True)
class GradientCheck:
    """What is known of an entry and of its gradient.

    difference  the entry beside its central difference
    sweep       its central differences for many widths; None as long as too few were tried
    worst       the worst entry of the whole gradient, of those that were looked at
    done        whether all were looked at that are to be
    """

    difference: Difference
    sweep: Sweep | None
    worst: Worst
    done: bool


class Checking:
    """A gradient check that is under way: what `search` finds of the whole gradient is for any of its entries."""

    def __init__(self, search: Search, index: Index) -> None:
        self._difference = search.difference(index)
        self._sweeping, self._search = search.sweeping(index), search

    def advance(self, seconds: float) -> GradientCheck:
        """Go on for about that long, half of it for the entry; what is known then."""
        self._sweeping.advance(seconds / 2)
        self._search.advance(seconds / 2)
        return self.check

    @property
    def done(self) -> bool:
        """Whether nothing is left to go on with."""
        return self._sweeping.done and self._search.done

    @property
    def check(self) -> GradientCheck:
        """What is known, once it has been advanced."""
        return GradientCheck(self._difference, self._sweeping.found, self._search.found, self.done)
