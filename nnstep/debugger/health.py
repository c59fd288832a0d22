"""The health of a run: what is wrong with its units, gradients, numbers, updates and loss, and why.

At a position only what is known there is looked at: what this iteration has computed so far and, for the rest, the
iteration before. Nothing depends on how much of the run was reached, or on the way there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnstep.debugger.health_finding import PROBLEM, Finding, is_fitted, last_known, seen
from nnstep.debugger.health_gradients import excess, gradients, gradients_done, sizes_of
from nnstep.debugger.health_layers import weights
from nnstep.debugger.health_loss import stalled
from nnstep.debugger.health_numbers import first_numbers, numbers_from
from nnstep.debugger.health_run import Course
from nnstep.debugger.health_silent import latest_looks, silent_units
from nnstep.debugger.health_since import cost
from nnstep.debugger.health_units import looks
from nnstep.debugger.health_updates import updates, updates_done
from nnstep.engine import Timeline

__all__ = ["Finding", "examine", "findings"]

_WORK = 4_000_000  # numbers that may be computed to find out since when something is so: a few hundredths of a second
_WORK_OF_RUN = 100 * _WORK
_KINDS = (
    *("nan", "infinite", "exploding", "vanishing", "dead", "saturated"),
    *("large-update", "small-update", "rising", "stalled"),
)


@np.errstate(all="ignore")
def findings(timeline: Timeline, iteration: int, step: int) -> tuple[Finding, ...]:
    """What is found once `step` steps of an iteration are done, the worst first. Raises IndexError outside the run.

    The work is that of a few iterations and, where units are silent or numbers not finite, of as many more as have
    about 4 million numbers, to find out since when.
    """
    timeline.record(iteration)
    most = _reach(timeline, iteration, _WORK)
    wrong = first_numbers(timeline, iteration, step, most)  # what is computed from them says nothing
    return _sorted(wrong or _state(timeline, iteration, step, most))


@np.errstate(all="ignore")
def examine(timeline: Timeline) -> tuple[Finding, ...]:
    """Train the whole run: what is found at its end, and what was so before, each with its first iteration.

    Every iteration is looked at for numbers that are not finite, for vanishing and exploding gradients and for large
    updates; units, small updates and the course of the loss are looked at as they are at the end of the run, or right
    before the first number that is not finite.
    """
    last, course = timeline.iterations, Course()
    at, _ = timeline.scan(1, last, course.tell)
    if at < last:
        timeline.scan(last, last, None)
    found = numbers_from(timeline, course.infinite, course.nan)
    healthy = course.infinite - 1 if course.infinite else last
    if not healthy:
        return _sorted(found)
    steps = len(timeline.program(healthy).steps)
    ended = _state(timeline, healthy, steps, _reach(timeline, healthy, _WORK_OF_RUN))
    found += [one for one in ended if one.kind not in course.episodes]
    first_loss = seen(timeline, 1).loss
    for kind, episode in course.episodes.items():
        if episode.first:
            optimizer = timeline.era(episode.first).scenario.optimizer
            some = _gradients(timeline, episode.first)
            some += updates(seen(timeline, episode.first), optimizer, first_loss)
            often = {"often": episode.count, "iterations": healthy, "worst": episode.worst}
            found += [replace(one, values={**one.values, **often}) for one in some if one.kind == kind]
    return _sorted(found)


def _state(timeline: Timeline, iteration: int, step: int, most: int) -> list[Finding]:
    """What is found at a position where all numbers are finite."""
    first_loss = seen(timeline, 1).loss
    found: list[Finding] = []
    record = last_known(timeline, iteration, step, updates_done)
    if record is not None:
        found += updates(record, timeline.era(record.iteration).scenario.optimizer, first_loss)
    record = last_known(timeline, iteration, step, gradients_done)
    if record is not None:
        found += _gradients(timeline, record.iteration)
    program = timeline.program(iteration)
    objective = program.objective
    done = iteration - (objective is None or program.values[objective].step > step)
    loss = (timeline.record(done) if done == iteration else seen(timeline, done)).loss if done else None
    units = latest_looks(timeline, iteration, step)
    found += silent_units(timeline, units, most, is_fitted(loss, first_loss))
    record = last_known(timeline, iteration, step, gradients_done)
    return found + stalled(timeline, done, record, found, first_loss)


def _gradients(timeline: Timeline, iteration: int) -> list[Finding]:
    """What is wrong with the gradients of an iteration, and was so in the one before."""

    def excess_before() -> tuple[float, float]:
        record = seen(timeline, iteration - 1)
        found = weights(record.program)
        return excess(record.value, found, sizes_of(record.value, found))

    before = looks(timeline).once(("excess", iteration - 1), excess_before) if iteration > 1 else None
    return gradients(seen(timeline, iteration), before)


def _reach(timeline: Timeline, iteration: int, work: int) -> int:
    """How many iterations may be run for some work."""
    return max(1, work // (cost(timeline.program(iteration)) + looks(timeline).work(timeline, iteration)))


def _sorted(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (one.severity != PROBLEM, _KINDS.index(one.kind), one.iteration)))
