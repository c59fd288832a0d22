"""States between iterations, kept at even distances in a bounded number of bytes; and, for a while, those of a segment.

The length of a run need not be known: when the bytes are used up, every second state is dropped and the distance is
doubled. So the states of a run of n iterations are at most 2 * n * (bytes of a state) / budget iterations apart, or 16
where that is less.
"""

from __future__ import annotations

import numpy as np

from nnstep.engine.machine import Machine, State

__all__ = ["EVERY", "Checkpoints", "Segment"]

EVERY = 16  # iterations between checkpoints, to begin with: copying the state then takes little of their time
_MOST = 1 << 17  # states of one store
_MOST_OF_SEGMENT = 4_096


class Checkpoints:
    """The states after `first` iterations, after `first + every`, and so on without gaps, in `budget` bytes at most.

    Two states are kept in any case.
    """

    def __init__(self, start: State, budget: int) -> None:
        self.first = start.done
        self.every = EVERY
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

    def add(self, machine: Machine) -> None:
        """Keep the state after `next` iterations, which `machine` has just run."""
        done = self.next
        if self._count == len(self._numbers):
            self._drop_every_second()
        if done == self.next:
            machine.copy_state_after(self._numbers[self._count])
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
        copy = Checkpoints(State(self.first, self._numbers[0]), budget)
        copy.every, copy._count = self.every, min(self._count, (done - self.first) // self.every + 1)
        while copy._count > len(copy._numbers):
            copy._count, copy.every = -(-copy._count // 2), 2 * copy.every
        copy._numbers[: copy._count] = self._numbers[
            : copy._count * copy.every // self.every : copy.every // self.every
        ]
        return copy


class Segment:
    """The states of a part of the run that was just replayed, so that steps back within it need not replay it again.

    The states after `start` iterations, `start + stride`, ... up to `stop`; every one where there is room for them.
    """

    def __init__(self, start: int, stop: int, size: int, budget: int) -> None:
        room = max(2, min(_MOST_OF_SEGMENT, budget // max(1, 8 * size)))
        self.start, self.stop = start, stop
        self.stride = max(1, -(-(stop - start) // room))
        self._numbers = np.empty(((stop - start) // self.stride + 1, size))
        self._count = 0  # states kept so far, from `start + stride` on

    @property
    def nbytes(self) -> int:
        """Bytes of the states."""
        return self._numbers.nbytes

    @property
    def next(self) -> int:
        """After how many iterations of the run the next state is to be kept."""
        return self.start + (self._count + 1) * self.stride

    def add(self, machine: Machine) -> None:
        """Keep the state after `next` iterations, which `machine` has just run."""
        machine.copy_state_after(self._numbers[self._count])
        self._count += 1

    def nearest(self, done: int) -> State | None:
        """The last state at or before `done` iterations; None where there is none."""
        row = min((done - self.start) // self.stride - 1, self._count - 1)
        if done > self.stop or row < 0:
            return None
        return State(self.start + (row + 1) * self.stride, self._numbers[row])
