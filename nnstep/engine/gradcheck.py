"""Every trainable parameter's gradient against central differences: the worst entry of each, and what is at corners."""

from __future__ import annotations

from dataclasses import dataclass

from nnstep.engine.difference import TOLERANCE, Difference, Verdict, verdict_of, worst
from nnstep.engine.timeline import Timeline
from nnstep.ops import Index

__all__ = ["TOLERANCE", "ParameterCheck", "gradcheck"]


@dataclass(frozen=True)
class ParameterCheck:
    """The worst entry of one parameter.

    numeric is the central difference; at a corner, the slope nearest to the analytic one between those of both sides.
    error is |analytic - numeric| / max(1, |analytic|, |numeric|); `checked` of `entries` entries were compared (all of
    them up to 1,000, else that many, evenly spread; fewer in a large network). `corners` are the entries that stand at
    a corner, where there is no derivative to compare with.
    """

    name: str
    index: Index
    analytic: float
    numeric: float
    error: float
    checked: int
    entries: int
    corners: tuple[Difference, ...] = ()

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
    found = []
    for slot, _ in program.carried:
        value = program.values[slot]
        gradient = program.versions.get(f"grad({value.name})")
        if value.role == "parameter" and gradient:
            one = worst(record, gradient[-1])
            most = one.difference
            numbers = (most.analytic, most.nearest, most.error, one.checked, one.entries)
            found.append(ParameterCheck(value.name, most.index, *numbers, one.corners))
    return tuple(found)
