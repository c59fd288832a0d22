"""How often a breakpoint has hit in the part of the run that was looked at for it."""

from __future__ import annotations

from collections.abc import Sequence

from nnstep.engine.watching import Hit

_MOST = 512  # iterations with hits that are kept for the timeline


class Tally:
    """The hits of one breakpoint in iterations `first` to `last`, all of which were looked at; none where last is 0.

    nth    where hit number `wanted` is, (iteration, step), counted from iteration 1; None as long as it was not seen
    marks  some of the iterations in which it hits, in order
    """

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.first, self.last, self.count = 1, 0, 0
        self.nth: tuple[int, int] | None = None
        self.marks: list[int] = []
        self._stride = 1

    def tell(self, iteration: int, hits: Sequence[Hit]) -> None:
        """The hits of an iteration that follows on those told before; another one begins anew, one told is known."""
        if self.first <= iteration <= self.last:
            return
        if iteration != self.last + 1:
            self.first, self.count = iteration, 0
        self.last = iteration
        for hit in hits:
            self.count += 1
            if self.first == 1 and self.count == self.wanted:
                self.nth = (iteration, hit.step)
        if hits and (not self.marks or iteration > self.marks[-1]):
            self._mark(iteration)

    def _mark(self, iteration: int) -> None:
        if iteration < (self.marks[-1] if self.marks else 0) + self._stride:
            return
        self.marks.append(iteration)
        if len(self.marks) > _MOST:
            self.marks = self.marks[::2]
            self._stride *= 2

    def counts(self, iteration: int, step: int) -> bool:
        """Whether a hit at a position is the wanted one or a later one."""
        return self.wanted == 1 or (self.nth is not None and (iteration, step) >= self.nth)

    @property
    def settled(self) -> bool:
        """Whether it is known from where on hits count, or can be told while the run goes on from `last`."""
        return self.wanted == 1 or self.nth is not None
