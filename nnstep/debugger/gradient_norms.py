"""The norm of every parameter's gradient over the run so far: kept, since each one takes a replay."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nnstep import clock
from nnstep.engine import Record, Timeline
from nnstep.memo import Memo
from nnstep.ops import Array, operation
from nnstep.program import trained_gradients

_MOST = 4_096  # iterations that are kept of a run

_norms = Memo(results=_MOST)


def with_norms(timeline: Timeline) -> tuple[str, ...]:
    """The trainable parameters that have a gradient, in the order in which norms are given."""
    program = timeline.program(1)
    return tuple(program.values[start].name for start, _ in trained_gradients(program))


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
    names, found, late = with_norms(timeline), dict[int, Array](), False
    deadline = None if seconds is None else clock.now() + seconds
    for one in iterations:
        known = _norms.has(timeline, one)
        if known or not late:
            found[one] = _norms(timeline, one, lambda one=one: norms_of(timeline.glance(one), names))  # type: ignore[misc]
            late = not known and deadline is not None and clock.now() >= deadline
    return found
