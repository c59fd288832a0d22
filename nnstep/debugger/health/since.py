"""Since when units are silent: the first iteration of the unbroken stretch up to now, found with bounded work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from nnstep.engine import Timeline
from nnstep.memo import memoized
from nnstep.program import Program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Silent = Callable[[int], NDArray[np.bool_] | None]

_STEP = 600  # numbers that are computed in the time that it takes to begin with a step
_SAMPLES = 32  # iterations that are looked at of what lies too far back to be looked at all through
_EVERY = 64  # iterations between checkpoints where there is room for them


class Since(NamedTuple):
    """Since when something is so.

    how  "exact": every iteration since then was looked at, and the one before, where it was not so.
         "looked": it was not so in the one before, and was in every iteration looked at since.
         "least": it was so in every iteration since then; what was before was not looked at
    """

    iteration: int
    how: str


@memoized()
def cost(program: Program) -> int:
    """About how many numbers an iteration computes, each step counted as some."""
    total = 0
    for step in program.steps:
        out = prod(program.values[step.target].shape)
        inner = program.values[step.operands[0][1]].shape[-1:] if step.operation.startswith("matmul") else ()
        total += _STEP + out * (1 + sum(inner) // 16)
    return total


def since(timeline: Timeline, silent: Silent, units: Iterable[int], at: int, most: int) -> dict[int, Since]:
    """For each of the units that `silent(at)` has, since when it has it.

    `silent(iteration)` says of every unit whether it is so; None where that is not known, which breaks no stretch.
    The last `most` iterations are looked at all through. Before them, some are sampled, and the last change from one
    sample to the next is found by halving; where going to a sample would take too long, what lies before is left open.
    """
    found: dict[int, Since] = {}
    open_units = list(units)
    first, reach = at, max(1, at - most + 1)
    size = 16
    while open_units and first > reach:
        last, first = first - 1, max(reach, first - size)
        size = min(4 * size, 1_024)
        rows = {one: silent(one) for one in range(first, last + 1)}
        for unit in tuple(open_units):
            broken = [one for one, row in rows.items() if row is not None and not row[unit]]
            if broken:
                found[unit] = Since(broken[-1] + 1, "exact")
                open_units.remove(unit)
    if reach == 1:
        return found | {unit: Since(1, "exact") for unit in open_units}
    apart = _apart(timeline)
    samples = _spread(reach, apart)
    if len(samples) + 2 * apart > 2 * most:
        return found | {unit: Since(reach, "least") for unit in open_units}
    return found | {unit: Since(_change(silent, unit, samples, reach), "looked") for unit in open_units}


def _apart(timeline: Timeline) -> int:
    """A power of two that is at least how many iterations checkpoints are apart, however much of the run is reached."""
    program = timeline.program(1)
    state = 8 * sum(prod(program.values[slot].shape) + 8 for slot, _ in program.carried)
    apart = _EVERY
    while apart * timeline.budget < 4 * timeline.iterations * state * len(timeline.eras):
        apart *= 2
    return apart


def _spread(last: int, step: int) -> range:
    """Iterations before `last`, spread evenly, right after checkpoints, the first one of the run among them."""
    while last > step * _SAMPLES:
        step *= 2
    return range(1, last, step)


def _change(silent: Silent, unit: int, samples: range, reach: int) -> int:
    """The iteration after the last one at which a unit is seen not to be silent; 1 where it is never seen."""

    def so(iteration: int) -> bool:
        row = silent(iteration)
        return row is None or bool(row[unit])

    high = reach
    for one in reversed(samples):
        if not so(one):
            low = one
            break
        high = one
    else:
        return 1
    while high - low > 1:
        middle = (low + high) // 2
        if so(middle):
            high = middle
        else:
            low = middle
    return high
