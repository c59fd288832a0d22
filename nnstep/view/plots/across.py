"""A number over the iterations of a run, and which column of a picture an iteration is in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.ops import Array
from nnstep.view.text.canvas import Target

NOW, STOP, BAD = "▲", "●", "✕"  # the current iteration, a hit of a breakpoint, what is no number


class Series(NamedTuple):
    """One number over iterations.

    name        as it is to be written
    iterations  increasing, from 1
    values      the number at each of them; NaN and infinite ones are marked
    low, high   the least and the largest number of what each point stands for, where it stands for several iterations
    now         the number at the current iteration, where it is known and no point of its own
    """

    name: str
    iterations: Array
    values: Array
    low: Array | None = None
    high: Array | None = None
    now: float | None = None


class Across(NamedTuple):
    """Iterations 1 to `last` on `columns` columns: 1 in the first one, `last` in the last one, the others between."""

    last: int
    columns: int

    def column(self, iteration: int) -> int:
        """The column of an iteration, from 0."""
        return int(self.dots(np.array([float(iteration)]))[0]) // 2

    def iteration(self, column: int) -> int:
        """The iteration that a click on a column means; past the ends, that at the end."""
        if column <= 0:
            return 1
        share = min(1.0, (column + 0.25) / max(1, self.columns - 1))  # its dots are 0 and ½ of a column to the right
        return 1 + round(share * (self.last - 1))

    def dots(self, iterations: Array) -> Array:
        """The column of dots of each iteration, two of them in a column, as whole numbers."""
        share = (iterations - 1) / max(1, self.last - 1)
        return np.rint(np.clip(share, 0.0, 1.0) * (2 * self.columns - 2))

    def target(self, x: int, y: int = 0) -> Target:
        """What a click or a drag at a column asks for."""
        return Target("iteration.goto", str(self.iteration(x)))
