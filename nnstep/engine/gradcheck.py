"""Every trainable parameter's gradient against central differences: the worst entry of each, and what is at corners."""

from __future__ import annotations

from dataclasses import dataclass

from nnstep.engine.difference import TOLERANCE, Difference, Verdict, Worst, verdict_of, worst
from nnstep.engine.timeline import Timeline
from nnstep.ops import Index
from nnstep.program import parameters_with_gradient


@dataclass(frozen=True)
class ParameterCheck:
    """The worst entry of one parameter: `worst` says which it is, and how many of the entries were compared (all of
    them up to 1,000, else that many, evenly spread; fewer in a large network).
    """

    name: str
    worst: Worst

    @property
    def index(self) -> Index:
        """Which entry it is."""
        return self.worst.index

    @property
    def analytic(self) -> float:
        """The entry of the gradient."""
        return self.worst.difference.analytic

    @property
    def numeric(self) -> float:
        """The central difference; at a corner, the slope nearest to `analytic` between those of both sides."""
        return self.worst.difference.nearest

    @property
    def error(self) -> float:
        """|analytic - numeric| / max(1, |analytic|, |numeric|)."""
        return self.worst.difference.error

    @property
    def checked(self) -> int:
        """How many entries were compared."""
        return self.worst.checked

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return self.worst.entries

    @property
    def corners(self) -> tuple[Difference, ...]:
        """The entries that stand at a corner, where there is no derivative to compare with."""
        return self.worst.corners

    @property
    def verdict(self) -> Verdict:
        """That of the worst entry; "corner" where it is right and others stand at a corner."""
        return verdict_of(self.analytic, self.numeric, self.error, bool(self.corners))

    @property
    def ok(self) -> bool:
        """Whether the error is within TOLERANCE; NaN is not."""
        return self.error <= TOLERANCE


def gradcheck(timeline: Timeline, iteration: int = 1) -> tuple[ParameterCheck, ...]:
    """Check every trainable parameter that has a gradient, at the values before `iteration`.

    Returns one result a parameter, () for a scenario without gradients.
    """
    record = timeline.record(iteration)
    program = record.program
    last = {name: program.versions[f"grad({name})"][-1] for name in parameters_with_gradient(program)}
    return tuple(ParameterCheck(name, worst(record, slot)) for name, slot in last.items())
