"""The norm of every parameter's gradient over the run so far: kept, since each one takes a replay."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import numpy as np

from nnstep import clock
from nnstep.engine import Record, Timeline
from nnstep.ops import Array, operation
from nnstep.program import parameters_with_gradient

__all__ = ["gradient_norms", "norms_of", "with_norms"]

_MOST = 4_096  # iterations that are kept of a run

_kept: WeakKeyDictionary[Timeline, dict[int, Array]] = WeakKeyDictionary()


def with_norms(timeline: Timeline) -> tuple[str, ...]:
    """The trainable parameters that have a gradient, in the order in which norms are given."""
    program = timeline.program(1)
    names = parameters_with_gradient(program)
    return tuple(name for name in names if program.values[program.versions[name][0]].trainable)


def norms_of(record: Record, names: Iterable[str]) -> Array:
    """The norm of the gradient of each of these parameters in an iteration, (parameters,)."""
    norm = operation("norm")
    with np.errstate(all="ignore"):
        return np.array([float(norm.evaluate(record[f"grad({name})"])) for name in names])


def gradient_norms(timeline: Timeline, iterations: Iterable[int], seconds: float | None = None) -> dict[int, Array]:
    """The norms of `with_norms` in these iterations, in their order; all of them must have been reached.

    Those that are not kept are computed one after the other, for about `seconds` at most: then what is left is left
    out, and another call goes on. At least one is computed in any case.
    """
    names, kept = with_norms(timeline), _kept.setdefault(timeline, {})
    wanted = tuple(iterations)
    missing = [one for one in wanted if one not in kept]
    if len(kept) + len(missing) > _MOST:
        for one in [one for one in kept if one not in set(wanted)]:
            del kept[one]
    deadline = None if seconds is None else clock.now() + seconds
    for one in missing:
        kept[one] = norms_of(timeline.glance(one), names)
        if deadline is not None and clock.now() >= deadline:
            break
    return {one: kept[one] for one in wanted if one in kept}
