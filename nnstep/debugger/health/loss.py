"""A loss that stopped falling, or rises: seen in the last third of the iterations done. And one far above its start.

The third is cut into halves, whose means are compared; in runs of several batches an epoch, only whole epochs are
taken, as the loss of one batch is not that of another. A loss near 0 has reached what it could.
"""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, ZERO, Finding, curve, is_fitted, norm
from nnstep.debugger.health.weight_matrices import weight_matrices
from nnstep.engine import Record, Timeline
from nnstep.language import Name
from nnstep.ops import Array

LEAST = 30  # iterations done
FALL = 1e-4  # relative to the loss: less than that from one half to the other is no fall
RISE = 0.05  # the same: more than that is a rise
_JUMPS = 0.25  # of the iterations: so many rises are not a loss that goes down
_SPREAD = 0.05  # relative: how far the loss jumps
_TAIL = 20  # the mean of so large a part at the end has to be far up too: one iteration alone may be an accident
_FLAT = 1e-2  # how much the loss would change, relatively, if all weights moved by their own size


class _Trend(NamedTuple):
    """The last third: where it begins, its length, the means of its halves, its extremes, and the share of rises."""

    since: int
    count: int  # type: ignore[assignment] # the method of that name, which any tuple has, is not wanted
    before: float
    now: float
    low: float
    high: float
    rises: float


def _trend(timeline: Timeline, done: int) -> _Trend | None:
    """How the loss went in the last third of `done` iterations; None where that is too short, or not all finite."""
    ends, losses, _, _ = curve(timeline, done)
    per = timeline.schedule.batches
    if done < LEAST or not len(ends):
        return None
    width = int(ends[0])
    third = len(losses) // 3
    if per > 1 and width == 1:  # means of epochs
        losses = losses[: len(losses) // per * per].reshape(-1, per).mean(axis=1)
        third, width = max(third // per, min(4, len(losses) // 2)), per
    third -= third % 2
    if third < 4 or not np.isfinite(losses[-third:]).all():
        return None
    part: Array = losses[-third:]
    half = third // 2
    rises = float(np.mean(np.diff(part) > 1e-9 * np.abs(part[:-1])))
    means = float(part[:half].mean()), float(part[half:].mean())
    since = (len(losses) - third) * width + 1
    return _Trend(since, third * width, *means, float(part.min()), float(part.max()), rises)


def above_start(timeline: Timeline, done: int) -> list[Finding]:
    """Whether the loss of the last of `done` iterations is more than twice that of the first.

    Of several batches an epoch, the means of epochs are compared. Before the end of the run it takes 30 iterations.
    """
    per = timeline.schedule.batches
    program = timeline.program(done) if done else None
    if done < max(2, 2 * per) or (done < LEAST and done != timeline.iterations):
        return []
    if program is None or program.objective is None or not weight_matrices(program):
        return []
    ends, losses, _, _ = curve(timeline, done)
    if len(losses) and per > 1 and ends[0] == 1:
        count = len(losses) // per
        ends, losses = ends[per - 1 :: per][:count], losses[: count * per].reshape(count, per).mean(axis=1)
    if len(losses) < 2 or not np.isfinite(losses).all():
        return []
    first, last = float(losses[0]), float(losses[-1])
    limit = first + max(abs(first), ZERO)
    if min(last, float(losses[-max(1, len(losses) // _TAIL) :].mean())) <= limit:
        return []
    value = program.values[program.objective]
    since = int(ends[np.argmax(losses > limit)])
    values: dict[str, object] = {
        "name": Name(value.name),
        "first": first,
        "last": last,
        "times": last / first if first > 0 else 0.0,
        "since": since,
        "until": done,
    }
    cause = "times" if first > 0 else ""
    if timeline.era(since).first == since > 1:
        cause = "edit"
    return [
        Finding(
            "above",
            PROBLEM,
            since,
            timeline.program(since).values[program.objective].step,
            value.name,
            (),
            values,
            cause,
            "above",
        )
    ]


def stalled(
    timeline: Timeline, done: int, record: Record | None, others: list[Finding], first_loss: float | None
) -> list[Finding]:
    """Whether the loss of the first `done` iterations has stopped falling.

    `record` is an iteration whose gradients are computed, `others` what else was found: the causes are among them.
    """
    found = _trend(timeline, done)
    program = timeline.program(done) if done else None
    if any(one.kind == "still" or (one.kind == "twins" and one.values["gradient"] == 0) for one in others):
        return []  # that says more
    if found is None or program is None or program.objective is None or not weight_matrices(program):
        return []
    if is_fitted(found.now, first_loss):
        return []
    scale = max(abs(found.before), abs(found.now))
    fall = (found.before - found.now) / scale if scale else 0.0
    if fall >= FALL:
        return []
    value = program.values[program.objective]
    values: dict[str, object] = {
        "name": Name(value.name),
        "count": found.count,
        "since": found.since,
        "until": found.since + found.count - 1,
        "before": found.before,
        "now": found.now,
        "low": found.low,
        "high": found.high,
    }
    jumps = "jumps" if found.rises >= _JUMPS and found.high - found.low > _SPREAD * scale else ""
    jumps = "grows" if jumps and found.rises > 1 - _JUMPS else jumps
    kind = "rising" if fall < -RISE and not is_fitted(found.before, first_loss) else "stalled"
    began = abs(first_loss) if first_loss is not None and isfinite(first_loss) else np.inf
    severity = PROBLEM if kind == "rising" and abs(found.now) > 2 * began else WARNING
    cause, numbers = _why(record, others, jumps)
    place = (done, value.step, value.name, ())
    remedy = f"loss.{'jumps' if cause == 'grows' else cause}" if cause else ""
    optimizer = timeline.era(done).scenario.optimizer
    if cause in ("jumps", "grows", "small"):
        rate = float(optimizer.options["lr"]) if optimizer is not None else 0.0
        numbers = {**numbers, "lower": rate / 10}
        remedy = remedy if rate else "small-update.zero"
    return [Finding(kind, severity, *place, {**values, **numbers}, cause, remedy)]


def _why(record: Record | None, others: list[Finding], jumps: str) -> tuple[str, dict[str, object]]:
    """What stands behind it: a dead layer, steps that are too large (`jumps`) or too small, or no gradient."""
    for one in others:
        if one.kind == "dead" and one.severity == PROBLEM:
            return "dead", {"layer": one.values["layer"]}
    if jumps:
        return jumps, {}
    for one in others:
        if one.kind == "small-update":
            return "small", {key: one.values[key] for key in ("lr", "ratio", "larger")}
    if record is None or record.loss is None:
        return "", {}
    size = sum(norm(record.value(one.gradient)) ** 2 for one in weight_matrices(record.program)) ** 0.5
    whole = sum(norm(record.value(one.before)) ** 2 for one in weight_matrices(record.program)) ** 0.5
    felt = size * whole / abs(record.loss) if record.loss else np.inf
    if isfinite(felt) and felt < _FLAT:
        return "flat", {"gradient": size, "felt": felt}
    return "steep", {"gradient": size}
