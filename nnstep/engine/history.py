"""One number of each iteration of a run, in bounded memory: of a long run, ranges of iterations instead of each one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.ops import Array

_MOST = 4_096  # ranges that are kept
_WAITING = 1_024


class Points(NamedTuple):
    """A curve over iterations, read-only: for each range of iterations its last one and the numbers in it.

    iterations  the last iteration of each range, float64
    last        the number there; NaN where one of the range was NaN
    low, high   the least and the largest number of the range, NaN left out
    """

    iterations: Array
    last: Array
    low: Array
    high: Array


class History:
    """The losses of the iterations done so far, in order. Where they are more than is kept, two ranges become one."""

    def __init__(self) -> None:
        self._put_in = 0  # numbers that are in ranges
        self._width = 1  # iterations of a range
        self._kept = np.empty((3, _MOST))  # last, low, high
        self._waiting = np.empty(_WAITING)  # those that are not yet: many are put into ranges at once
        self._waits = 0

    @property
    def count(self) -> int:
        """How many iterations were told."""
        return self._put_in + self._waits

    def add(self, numbers: Array) -> None:
        """The numbers of the next iterations."""
        if self._waits + len(numbers) > _WAITING:
            self._put_all(self._waiting[: self._waits])
            self._waits = 0
        if len(numbers) > _WAITING:
            self._put_all(numbers)
            return
        self._waiting[self._waits : self._waits + len(numbers)] = numbers
        self._waits += len(numbers)

    def _put_all(self, numbers: Array) -> None:
        start = 0
        while start < len(numbers):
            room = _MOST * self._width - self._put_in
            if not room:
                self._halve()
                continue
            part = numbers[start : start + room]
            self._put(part)
            start += len(part)

    def _put(self, part: Array) -> None:
        first, last, low, high = self._put_in // self._width, *self._kept
        count = self._put_in + len(part)
        end = -(-count // self._width)
        if self._width == 1:
            self._kept[:, first:end] = part
        else:
            starts = np.maximum(np.arange(first, end) * self._width - self._put_in, 0)
            least, most = np.fmin.reduceat(part, starts), np.fmax.reduceat(part, starts)
            newest = part[np.append(starts[1:], len(part)) - 1].copy()
            newest[np.logical_or.reduceat(np.isnan(part), starts)] = np.nan
            if self._put_in % self._width:  # the first of these ranges has begun before
                least[0], most[0] = np.fmin(least[0], low[first]), np.fmax(most[0], high[first])
                newest[0] = np.nan if np.isnan(last[first]) else newest[0]
            last[first:end], low[first:end], high[first:end] = newest, least, most
        self._put_in = count

    def _halve(self) -> None:
        last, low, high = self._kept
        half = _MOST // 2
        last[:half] = np.where(np.isnan(last[0::2]), np.nan, last[1::2])
        low[:half], high[:half] = np.fmin(low[0::2], low[1::2]), np.fmax(high[0::2], high[1::2])
        self._width *= 2

    def points(self, until: int | None = None) -> Points:
        """The curve of the iterations done so far, or of those up to `until`."""
        self._put_all(self._waiting[: self._waits])
        self._waits = 0
        count = self.count if until is None else max(0, min(until, self.count))
        ranges = -(-count // self._width)
        iterations = np.minimum((np.arange(ranges) + 1.0) * self._width, self.count)
        found = Points(iterations, *self._kept[:, :ranges].copy())
        for array in found:
            array.flags.writeable = False
        return found

    def until(self, count: int) -> History:
        """A copy with the ranges that lie within the first `count` iterations; its own count may be a little less."""
        self.points()
        copy = History()
        copy._width, copy._put_in = self._width, min(count, self.count) // self._width * self._width
        copy._kept[:] = self._kept
        return copy
