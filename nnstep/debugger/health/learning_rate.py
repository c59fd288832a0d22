"""A learning rate that is too large, which shows when a run that went wrong is tried with smaller ones.

A loss that grows, numbers that overflow and units that die may all come from steps that are too long. Whether they do
is found out by an experiment: the same run from its start, with a tenth of the rate, a hundredth, and so on. Where the
loss falls with one of them, the rate was the cause, and that one is what to try.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import floor, inf, isfinite, log10
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, is_fitted, largest_entry, norm, seen
from nnstep.debugger.health.since import cost
from nnstep.debugger.health.units import unit_states
from nnstep.debugger.health.weight_matrices import weight_matrices
from nnstep.engine import Era, Timeline
from nnstep.language import Name
from nnstep.scenario.model import Optimizer, Scenario

_DECADES = (1, 2, 3, 4, 5, 7, 9, 11, 13)  # below a rate, that are tried
_TRIALS = len(_DECADES) + 1
_MOST = 400  # iterations of a trial, at most, unless it went wrong later
_WORK = 40_000_000  # numbers that all trials of a run may compute
_BETTER = 0.9  # of the loss at the start, and of that with the rate in question: so far it has to fall
_ENDLESS = 100.0  # times its size at the start: a loss that far below it has no least value
_OTHER = ("decay", "column", "untrained")  # causes that no rate helps against


class Trial(NamedTuple):
    """The same run with another learning rate: the loss at its start and at the end of some iterations, which is NaN
    where it was not finite all along.
    """

    lr: float
    first: float
    loss: float


def rate_too_large(timeline: Timeline, done: int, found: Sequence[Finding]) -> list[Finding]:
    """Whether what was `found` in the first `done` iterations comes from a learning rate that is too large. These
    iterations were reached; how many more were makes no difference.
    """
    trouble = [(one, began) for one in found if (began := _began(timeline, one)) > 1]
    if not trouble or any(one.kind in _OTHER for one in found):
        return []
    began = min(began for _, began in trouble)
    if timeline.era(began).first == began and timeline.era(began).cells:
        return []  # it begins with an edit of a number
    era = timeline.era(began - 1)
    optimizer = era.scenario.optimizer
    if optimizer is None or not 0 < float(optimizer.options["lr"]) < inf:
        return []
    first, before = seen(timeline, 1).loss, seen(timeline, began - 1).loss
    if first is None or before is None or before < first - _ENDLESS * max(1.0, abs(first)):
        return []  # a loss that falls without end needs no other rate
    length = _length(timeline, done, began)
    here = _mean(timeline, length, length) if length <= done else inf
    killed = any(one.kind == "dead" and one.cause == "update" and one.severity == PROBLEM for one, _ in trouble)
    limit = inf if (killed and not is_fitted(here, first)) or not isfinite(here) else here - (1 - _BETTER) * abs(here)
    best = unit_states(timeline).once(
        ("rate", length, era.number, limit), lambda: _best(timeline, era, optimizer, length, limit)
    )
    if best is None:
        return []
    severity = PROBLEM if any(one.severity == PROBLEM for one, _ in trouble) else WARNING
    numbers = {"first": first, "last": here, "length": length}
    return [_finding(timeline, optimizer, began, best, numbers, severity)]


def _began(timeline: Timeline, one: Finding) -> int:
    """The iteration in which steps that are too long may have led to this; 0 where nothing says so."""
    match one.kind:
        case "infinite" | "nan":
            update = one.step and timeline.program(one.iteration).steps[one.step - 1].phase == "update"
            return one.iteration + bool(update)
        case "above":
            return one.iteration
        case "rising" | "stalled" if one.cause in ("jumps", "grows"):
            since = one.values["since"]
            return since if isinstance(since, int) else 0
        case "dead" | "saturated" if one.values["how"] == "exact" and one.values["units"]:
            units = one.values["units"]
            return one.iteration if isinstance(units, tuple) and len(units) == one.values["of"] else 0
        case "large-update" if one.severity == PROBLEM:
            return one.iteration + 1
    return 0


def _length(timeline: Timeline, done: int, began: int) -> int:
    """How many iterations the trials have: whole epochs where there are several batches."""
    most = max(2, min(_MOST, _WORK // (_TRIALS * cost(timeline.program(1)))))
    length = min(timeline.iterations, max(done, began), max(most, began) if began < 10 * most else most)
    per = timeline.schedule.batches
    return length // per * per or min(per, timeline.iterations)


def _best(timeline: Timeline, era: Era, optimizer: Optimizer, length: int, limit: float) -> Trial | None:
    """The best of the first rate with which the loss falls, and the next smaller one."""
    best: Trial | None = None
    for lr in _smaller(float(optimizer.options["lr"])):
        one = tried(timeline, era, lr, length)
        if best is not None:
            return min(best, one, key=lambda one: one.loss if isfinite(one.loss) else inf)
        falls = isfinite(one.loss) and one.loss < one.first - (1 - _BETTER) * abs(one.first)
        if falls and one.loss < limit:
            best = one
    return best


def _smaller(lr: float) -> Iterator[float]:
    """Powers of ten below a rate, the first at most half of it, from 1 on down where it is far above that; closer
    together at first, and then as far down as data of a large size needs.
    """
    power = floor(log10(lr / 2))
    yield float(f"1e{power}")
    below = min(power, 1)
    for number in _DECADES:
        yield float(f"1e{below - number}")


def tried(timeline: Timeline, era: Era, lr: float, length: int) -> Trial:
    """The first `length` iterations with another learning rate in one part of the run."""
    trial = Timeline(_with_rate(timeline.scenario, era, lr), records=1)
    trial.scan(length, length, None)
    losses = trial.history.points(length)[1]
    last = _mean(trial, length, length) if np.isfinite(losses).all() else float("nan")
    return Trial(lr, _mean(trial, 1, length), last)


def _with_rate(scenario: Scenario, era: Era, lr: float) -> Scenario:
    """The scenario with another rate where the one of an era is set: in its table, or in the edit that set it."""

    def changed(one: Optimizer) -> Optimizer:
        return one._replace(options=MappingProxyType({**one.options, "lr": lr}))

    setting = [one for one in scenario.edits if one.optimizer is not None and one.iteration <= era.first]
    if setting:
        last = setting[-1]
        edits = tuple(
            one._replace(optimizer=changed(one.optimizer)) if one is last and one.optimizer is not None else one
            for one in scenario.edits
        )
        return scenario._replace(edits=edits)
    assert scenario.optimizer is not None
    return scenario._replace(optimizer=changed(scenario.optimizer))


def _mean(timeline: Timeline, at: int, length: int) -> float:
    """The loss at an iteration: of its whole epoch, where that has several batches and was run."""
    per = timeline.schedule.batches
    first = (at - 1) // per * per + 1
    last = min(first + per - 1, length)
    losses = [seen(timeline, one).loss for one in range(first, last + 1)]
    return float(np.mean([np.nan if loss is None else loss for loss in losses]))


def _finding(
    timeline: Timeline, optimizer: Optimizer, began: int, best: Trial, numbers: Mapping[str, object], severity: str
) -> Finding:
    """The place is the update before it began: the weights that it moved most."""
    record = seen(timeline, began - 1)
    moved = [one for one in weight_matrices(record.program) if one.after != one.before]
    steps = {one: norm(record.value(one.after) - record.value(one.before)) for one in moved}
    one = max(moved, key=lambda one: steps[one] if isfinite(steps[one]) else inf)
    after = record.program.values[one.after]
    index = largest_entry(record.value(one.after) - record.value(one.before))
    values: dict[str, object] = {
        "lr": float(optimizer.options["lr"]),
        "type": optimizer.type,
        **numbers,
        "better": best.lr,
        "loss": best.loss,
        "objective": Name(record.program.values[record.program.objective].name)
        if record.program.objective is not None
        else Name("loss"),
        "name": Name(one.name),
        "step": steps[one],
        "size": norm(record.value(one.before)),
        "before": began - 1,
    }
    return Finding("rate", severity, began - 1, after.step, after.name, index, values, "", "rate")
