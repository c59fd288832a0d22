"""Analytic gradients against central differences: (L(w + h) - L(w - h)) / 2h, entry by entry.

At a corner, such as relu's at 0, there is no derivative, and a central difference is the mean of the slopes on both
sides. There any slope between the two is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import numpy as np

from nnstep.engine.timeline import Timeline
from nnstep.ops import Array, Index

__all__ = ["TOLERANCE", "ParameterCheck", "gradcheck"]

TOLERANCE = 1e-6  # of the relative error; central differences in float64 are good to about 1e-9
_STEP = 6e-6  # near the cube root of the rounding unit, where truncation and rounding are about equal
_CORNER = 1e-3  # relative difference of the slopes on both sides; the curvature of a smooth loss makes about 1e-5
_MOST = 1_000  # entries of one parameter


@dataclass(frozen=True)
class ParameterCheck:
    """The worst entry of one parameter.

    numeric is the central difference; at a corner, the slope nearest to the analytic one between those of both sides.
    error is |analytic - numeric| / max(1, |analytic|, |numeric|); `checked` of `entries` entries were compared (all of
    them up to 1,000, else that many, evenly spread).
    """

    name: str
    index: Index
    analytic: float
    numeric: float
    error: float
    checked: int
    entries: int

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
    if program.objective is None:
        return ()
    machine = timeline.scratch_machine(record)
    objective = machine.values[program.objective]
    at = float(objective)
    found = []
    for slot, _ in program.carried:
        value = program.values[slot]
        if value.role != "parameter" or f"grad({value.name})" not in program.versions:
            continue
        analytic = record[f"grad({value.name})"]
        cells = machine.values[slot]
        chosen = np.unique(np.linspace(0, cells.size - 1, min(cells.size, _MOST)).round().astype(int))
        worst: ParameterCheck | None = None
        for flat in chosen.tolist():
            index = tuple(int(i) for i in np.unravel_index(flat, cells.shape))
            exact = float(analytic[index])
            numeric = _numeric(exact, *_slopes(machine.forward, cells, index, objective, at))
            error = abs(exact - numeric) / max(1.0, abs(exact), abs(numeric))
            if worst is None or not error <= worst.error:
                worst = ParameterCheck(value.name, index, exact, numeric, error, len(chosen), cells.size)
        if worst is not None:
            found.append(worst)
    return tuple(found)


def _slopes(
    forward: Callable[[], None], cells: Array, index: Index, objective: Array, here: float
) -> tuple[float, float]:
    """The slopes of the objective below and above an entry; `here` is its value as the entry is."""
    at = float(cells[index])
    distance = _STEP * max(1.0, abs(at))
    above, below = at + distance, at - distance
    with np.errstate(all="ignore"):
        cells[index] = above
        forward()
        high = float(objective)
        cells[index] = below
        forward()
        low = float(objective)
    cells[index] = at
    return (here - low) / (at - below), (high - here) / (above - at)


def _numeric(analytic: float, below: float, above: float) -> float:
    if isfinite(below) and isfinite(above) and abs(above - below) > _CORNER * max(1.0, abs(below), abs(above)):
        return min(max(analytic, min(below, above)), max(below, above))
    return (below + above) / 2
