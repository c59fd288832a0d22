"""Where in a run one is."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.debugger.listing import StepPath


class Position(NamedTuple):
    """`step` steps of iteration `iteration` (from 1) are done; step 0 is the batch loaded and nothing computed.

    `inner` is where we are inside of `step` when it is open: the step of its body that is done, and so on inwards.
    """

    iteration: int = 1
    step: int = 0
    inner: StepPath = ()

    @property
    def path(self) -> StepPath:
        """The line of the listing: (step, *inner)."""
        return (self.step, *self.inner)
