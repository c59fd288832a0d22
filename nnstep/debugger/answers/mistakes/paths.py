"""Mistakes at one of several paths: its sign flipped, or the path left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnstep.debugger.answers.mistakes.variant import Variant
from nnstep.engine import Record
from nnstep.ops import Array
from nnstep.program import Step


def paths(record: Record) -> Iterator[Variant]:
    """Where there is one path, a flipped sign is that of the whole gradient, and nothing can be left out."""
    for step in record.program.steps:
        target = record.program.values[step.target]
        if step.phase == "backward" and target.role == "contribution" and step.source:
            for kind, factor in (("sign-at", -1.0), ("missing-path", 0.0)):

                def after(now: Step, made: Array, at: int = step.index, factor: float = factor) -> Array | None:
                    return np.asarray(factor * made) if now.index == at else None

                yield Variant(kind, step.index, (target.name,), None, after=after)
