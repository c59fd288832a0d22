"""Analytic gradients against central differences: (L(w + h) - L(w - h)) / 2h, entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnstep.engine.timeline import Timeline
from nnstep.ops import Array, Index

__all__ = ["TOLERANCE", "ParameterCheck", "gradcheck"]

TOLERANCE = 1e-6  # of the relative error; central differences in float64 are good to about 1e-9
_STEP = 6e-6  # near the cube root of the rounding unit, where truncation and rounding are about equal
_MOST = 1_000  # entries of one parameter


@dataclass(frozen=True)
class ParameterCheck:
    """The worst entry of one parameter.

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
            numeric = _central_difference(machine.forward, cells, index, objective)
            exact = float(analytic[index])
            error = abs(exact - numeric) / max(1.0, abs(exact), abs(numeric))
            if worst is None or not error <= worst.error:
                worst = ParameterCheck(value.name, index, exact, numeric, error, len(chosen), cells.size)
        if worst is not None:
            found.append(worst)
    return tuple(found)


def _central_difference(forward: Callable[[], None], cells: Array, index: Index, objective: Array) -> float:
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
    return (high - low) / (above - below)
