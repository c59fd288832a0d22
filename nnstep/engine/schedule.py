"""Which samples an iteration sees: epochs, mini-batches, and a new order each epoch where shuffling is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnstep.scenario.model import Scenario

__all__ = ["Place", "Schedule", "schedule"]

_SHUFFLE = 2  # the stream of the seed that orders samples; initialisers and generated data have others


@dataclass(frozen=True)
class Place:
    """An iteration's place in the run, counted from 1, and the rows of its batch (0-based)."""

    iteration: int
    epoch: int
    batch: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Schedule:
    """All iterations of a run. The order of an epoch is a function of (seed, epoch) alone, so any can be looked up."""

    samples: int
    batch_size: int
    epochs: int
    shuffle: bool
    seed: int

    @property
    def batches(self) -> int:
        """Batches in an epoch; the last one may be smaller."""
        return max(1, -(-self.samples // self.batch_size))

    @property
    def rest(self) -> int:
        """Samples in the last batch of an epoch where it is smaller than the others, else 0."""
        return self.samples % self.batch_size

    @property
    def iterations(self) -> int:
        """Iterations in the run."""
        return self.epochs * self.batches

    def place(self, iteration: int) -> Place:
        """Where iteration `iteration` (from 1) stands. Raises IndexError outside the run."""
        if not 1 <= iteration <= self.iterations:
            raise IndexError(f"iteration {iteration} of {self.iterations}")
        epoch, batch = divmod(iteration - 1, self.batches)
        start = batch * self.batch_size
        stop = min(start + self.batch_size, self.samples)
        rows = _order(self.seed, epoch, self.samples)[start:stop] if self.shuffle else range(start, stop)
        return Place(iteration, epoch + 1, batch + 1, tuple(rows))


def schedule(scenario: Scenario) -> Schedule:
    """The schedule of a scenario. Without data every iteration has the one batch of no rows."""
    samples = 0 if scenario.data is None else len(scenario.data.x)
    size = max(1, min(scenario.training.batch_size or samples, samples))
    return Schedule(samples, size, scenario.training.epochs, scenario.training.shuffle, scenario.seed)


@lru_cache(maxsize=64)
def _order(seed: int, epoch: int, samples: int) -> tuple[int, ...]:
    order = np.random.default_rng([seed, _SHUFFLE, epoch]).permutation(samples)
    return tuple(order.tolist())
