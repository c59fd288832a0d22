"""States between iterations, kept at even distances in a bounded number of bytes; and, for a while, those of a segment.

The length of a run need not be known: when the bytes are used up, every second state is dropped and the distance is
doubled. So the states of a run of n iterations are at most 2 * n * (bytes of a state) / budget iterations apart, or 64
(16 where an iteration has many numbers) where that is less.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstep.engine.arena_layout import Layout
from nnstep.engine.machine import Machine, State
from nnstep.ops import Array

_EVERY, _EVERY_LARGE = 64, 16  # iterations between checkpoints, to begin with: copying then takes little of their time
_LARGE = 1 << 14  # numbers of an iteration from which running it, and not what is around it, takes the time
_MOST = 1 << 17  # states of one store
_MOST_OF_SEGMENT = 4_096


def distance(numbers: int) -> int:
    """How many iterations checkpoints are apart to begin with, for iterations of that many numbers."""
    return _EVERY if numbers < _LARGE else _EVERY_LARGE


class Checkpoints:
    """The states after `first` iterations, after `first + every`, and so on without gaps, in `budget` bytes at most.

    Two states are kept in any case.
    """

    def __init__(self, start: State, budget: int, every: int) -> None:
        self.first = start.done
        self.every = every
        most = max(2, min(_MOST, budget // max(1, start.numbers.nbytes)))
        self._numbers = np.empty((most, start.numbers.size))  # memory that is not written to yet costs nothing
        self._numbers[0] = start.numbers
        self._count = 1

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Bytes of the states that are kept."""
        return self._count * int(self._numbers[0].nbytes)

    @property
    def next(self) -> int:
        """After how many iterations of the run the next state is to be kept."""
        return self.first + self._count * self.every

    def add(self, copy_state: Callable[[Array], None]) -> None:
        """Keep the state after `next` iterations, which were just run; `copy_state` writes it into an array."""
        done = self.next
        if self._count == len(self._numbers):
            self._drop_every_second()
        if done == self.next:
            copy_state(self._numbers[self._count])
            self._count += 1

    def _drop_every_second(self) -> None:
        self._count = -(-self._count // 2)
        self.every *= 2
        start = 1
        while start < self._count:  # in parts that do not overlap with where they come from, so that nothing is copied
            stop = min(2 * start, self._count)
            self._numbers[start:stop] = self._numbers[2 * start : 2 * stop : 2]
            start = stop

    def nearest(self, done: int) -> State:
        """The last state at or before `done` iterations, `first` or more."""
        row = min((done - self.first) // self.every, self._count - 1)
        return State(self.first + row * self.every, self._numbers[row])

    def until(self, done: int, budget: int) -> Checkpoints:
        """A store of its own with the states up to `done` iterations."""
        copy = Checkpoints(State(self.first, self._numbers[0]), budget, self.every)
        copy._count = min(self._count, (done - self.first) // self.every + 1)
        while copy._count > len(copy._numbers):
            copy._count, copy.every = -(-copy._count // 2), 2 * copy.every
        copy._numbers[: copy._count] = self._numbers[
            : copy._count * copy.every // self.every : copy.every // self.every
        ]
        return copy


class Segment:
    """What a part of the run that was just replayed has left, so that steps back in it need not replay it again.

    Where there is room, that is all numbers of the iterations `start + 1` to `stop`, which are those of records; else
    the states after `start` iterations, `start + stride`, ... up to `stop`.
    """

    def __init__(
        self, start: int, stop: int, layout: Layout, budget: int, whole: bool, old: Segment | None = None
    ) -> None:
        """`layout` is that of the iterations' numbers; `whole` is False where they have several, with one of states.

        `old` is a segment that is not needed any more: its memory is used again, where nobody can have it.
        """
        length = stop - start
        self.start, self.stop = start, stop
        self.layout = layout
        self.whole = whole and 8 * length * layout.size <= budget
        size = layout.size if self.whole else layout.state
        room = max(2, min(_MOST_OF_SEGMENT, budget // max(1, 8 * size)))
        self.stride = 1 if self.whole else max(1, -(-length // room))
        shape = (length // self.stride, size)
        used = old is not None and not self.whole and not old.whole and old._numbers.shape == shape
        self._numbers: Array = old._numbers if used and old is not None else np.empty(shape)
        self._count = 0  # kept so far, from `start + stride` on
        self._next = start + self.stride

    @property
    def nbytes(self) -> int:
        """Bytes of what is kept."""
        return self._numbers.nbytes

    def keep(self, machine: Machine, iteration: int) -> bool:
        """Keep what is wanted of an iteration that `machine` has just run; they are told in order. It stops no run."""
        if iteration == self._next and self._count < len(self._numbers):
            if self.whole:
                self._numbers[self._count] = machine.arena
            else:
                machine.copy_state_after(self._numbers[self._count])
            self._count += 1
            self._next += self.stride
        return False

    def nearest(self, done: int) -> State | None:
        """The last state at or before `done` iterations; None where there is none."""
        row = min((done - self.start) // self.stride, self._count) - 1
        if done > self.stop or row < 0:
            return None
        numbers, layout = self._numbers[row], self.layout
        if self.whole:
            numbers = np.concatenate((numbers[layout.after :], numbers[layout.carried : layout.state]))
        return State(self.start + (row + 1) * self.stride, numbers)

    def arena(self, iteration: int) -> Array | None:
        """All numbers of an iteration, read-only; None where they are not kept."""
        row = iteration - self.start - 1
        if not self.whole or not 0 <= row < self._count:
            return None
        numbers: Array = self._numbers[row]
        numbers.flags.writeable = False
        return numbers
