"""Which samples an iteration sees: epochs, mini-batches, and a new order each epoch where shuffling is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.ops import Array
from nnstep.scenario.model import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHUFFLE = 2  # the stream of the seed that orders samples; initialisers and generated data have others


class BatchPlace(NamedTuple):
    """An iteration's place in the run, counted from 1, and its batch: samples `start` up to `stop` of `order`.

    `order` is None where the samples are taken as they stand.
    """

    iteration: int
    epoch: int
    batch: int
    start: int
    stop: int
    order: NDArray[np.intp] | None

    @property
    def size(self) -> int:
        """Samples in the batch; 0 without data."""
        return self.stop - self.start

    @property
    def rows(self) -> tuple[int, ...]:
        """The indices of the batch's samples, from 0."""
        listed = range(self.start, self.stop) if self.order is None else self.order[self.start : self.stop].tolist()
        return tuple(listed)

    @property
    def key(self) -> tuple[int, int]:
        """Equal for places that have the same batch."""
        return (0 if self.order is None else self.epoch, self.batch)

    def take(self, samples: Array, out: Array) -> None:
        """Put the batch's part of all samples into `out`."""
        if self.order is None:
            np.copyto(out, samples[self.start : self.stop])
        else:  # in any mode but "raise" straight into `out`
            np.take(samples, self.order[self.start : self.stop], 0, out, "clip")


@dataclass(frozen=True)
class Schedule:
    """All iterations of a run. The order of an epoch is a function of (seed, epoch) alone, so any can be looked up."""

    samples: int
    batch_size: int
    epochs: int
    shuffle: bool
    seed: int

    @cached_property
    def batches(self) -> int:
        """Batches in an epoch; the last one may be smaller."""
        return max(1, -(-self.samples // self.batch_size))

    @property
    def rest(self) -> int:
        """Samples in the last batch of an epoch where it is smaller than the others, else 0."""
        return self.samples % self.batch_size

    @cached_property
    def iterations(self) -> int:
        """Iterations in the run."""
        return self.epochs * self.batches

    def place(self, iteration: int) -> BatchPlace:
        """Where iteration `iteration` (from 1) stands. Raises IndexError outside the run."""
        if not 1 <= iteration <= self.iterations:
            raise IndexError(say("message.no-iteration", iteration=iteration, last=self.iterations))
        epoch, batch = divmod(iteration - 1, self.batches)
        start = batch * self.batch_size
        stop = min(start + self.batch_size, self.samples)
        order = _order(self.seed, epoch, self.samples) if self.shuffle else None
        return BatchPlace(iteration, epoch + 1, batch + 1, start, stop, order)


def schedule(scenario: Scenario) -> Schedule:
    """The schedule of a scenario. Without data every iteration has the one batch of no rows."""
    samples = 0 if scenario.data is None else len(scenario.data.x)
    size = max(1, min(scenario.training.batch_size or samples, samples))
    return Schedule(samples, size, scenario.training.epochs, scenario.training.shuffle, scenario.seed)


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, samples: int) -> NDArray[np.intp]:
    order = np.random.default_rng([seed, _SHUFFLE, epoch]).permutation(samples)
    order.flags.writeable = False
    return order
