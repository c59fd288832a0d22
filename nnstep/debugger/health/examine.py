"""The health of a run: what is wrong with its units, gradients, numbers, updates and loss, and why.

At a position only what is known there is looked at: what this iteration has computed so far and, for the rest, the
iteration before; at the end of the run, the whole of it. Nothing depends on how much of the run was reached, or on the
way there. Causes come before what follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.course import Course
from nnstep.debugger.health.equal_units import twins
from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, is_fitted, is_whole, last_known, seen
from nnstep.debugger.health.gradients import excess, gradients, gradients_done, sizes_of
from nnstep.debugger.health.learning_rate import rate_too_large
from nnstep.debugger.health.loss import above_start, stalled
from nnstep.debugger.health.not_finite import first_numbers, numbers_from
from nnstep.debugger.health.probabilities import odd_probabilities
from nnstep.debugger.health.setup import setup
from nnstep.debugger.health.silent_units import latest_unit_states, silent_units
from nnstep.debugger.health.since import cost
from nnstep.debugger.health.units import unit_states
from nnstep.debugger.health.updates import updates, updates_done
from nnstep.debugger.health.weight_matrices import weight_matrices
from nnstep.debugger.health.zero_gradient import still
from nnstep.engine import Record, Timeline
from nnstep.program import Program, trained_gradients

_WORK = 4_000_000  # numbers that may be computed to find out since when something is so: a few hundredths of a second
_WORK_OF_RUN = 100 * _WORK
_WORK_AT_END = 300 * _WORK  # of a whole run that the view looks at again as it comes to its end: a few seconds


class Standpoint:
    """A position where all numbers are finite, and what the searches ask of it.

    most        how many iterations may be run to find out since when something is so
    done        how many iterations have a loss
    first_loss  that of iteration 1; None where there is none
    fitted      whether the loss is near 0
    """

    def __init__(self, timeline: Timeline, iteration: int, step: int, most: int) -> None:
        self.timeline, self.iteration, self.step, self.most = timeline, iteration, step, most
        self.done = _done(timeline, iteration, step)
        self.first_loss = seen(timeline, 1).loss
        latest = self.with_loss()
        self.fitted = is_fitted(None if latest is None else latest.loss, self.first_loss)

    def last(self, until: Callable[[Program], int]) -> Record | None:
        """The last iteration in which the first `until(program)` steps are done; None where there is none."""
        return last_known(self.timeline, self.iteration, self.step, until)

    def with_loss(self) -> Record | None:
        """The last iteration that has a loss; None where there is none."""
        if not self.done:
            return None
        return self.timeline.record(self.done) if self.done == self.iteration else seen(self.timeline, self.done)


class Kind(NamedTuple):
    """A kind of finding. Its texts are `health.<name>` and what begins with that.

    name        as in `Finding.kind`
    sentence    when it is told, for the docs
    severities  those that it may have
    search      looks for it at a position where all numbers are finite, given what was found so far; None where it is
                found by the search of another kind, before the run, or where numbers are not finite
    follows     whether it may follow from steps that are too long
    rank_of     the kind that it stands beside: of the two, the earlier one comes first
    """

    name: str
    sentence: str
    severities: tuple[str, ...]
    search: Callable[[Standpoint, Sequence[Finding]], list[Finding]] | None = None
    follows: bool = False
    rank_of: str = ""


def findings(timeline: Timeline, iteration: int, step: int) -> tuple[Finding, ...]:
    """What is found once `step` steps of an iteration are done, the worst first. Raises IndexError outside the run.

    At the end of the run that is what `examine` finds, unless that would take more than a few seconds. Elsewhere it is
    what stands at the position.
    """
    program = timeline.record(iteration).program
    at_end = iteration == timeline.iterations and step == len(program.steps)
    if at_end and timeline.iterations * cost(program) <= _WORK_AT_END:
        return unit_states(timeline).once("examined", lambda: examine(timeline))
    return standing(timeline, iteration, step)


@np.errstate(all="ignore")
def standing(timeline: Timeline, iteration: int, step: int) -> tuple[Finding, ...]:
    """What is so at a position, as far as this iteration and the one before say it.

    The work is that of a few iterations and, where units are silent, numbers not finite or the loss far above its
    start, of as many more as have some millions of numbers: to find out since when, and by which learning rate.
    """
    timeline.record(iteration)
    most = _reach(timeline, iteration, _WORK)
    fixed = [one for one in setup(timeline, iteration) if (one.iteration, one.step) <= (iteration, step)]
    found = _with_loss(timeline, fixed, _done(timeline, iteration, step))
    wrong = first_numbers(timeline, iteration, step, most)
    if wrong:  # what is computed from them says nothing
        found += [*wrong, *_before(timeline, wrong)]
    else:
        found += _state(timeline, iteration, step, most)
    done = _done(timeline, iteration, step)
    return _sorted(_following([*found, *rate_too_large(timeline, done, found)]))


@np.errstate(all="ignore")
def examine(timeline: Timeline) -> tuple[Finding, ...]:
    """Train the whole run: what is found at its end, and what was so before, each with its first iteration.

    Every iteration is looked at for numbers that are not finite, for vanishing and exploding gradients and for large
    updates; all else is looked at as it is at the end of the run, or right before the first number that is not finite.
    """
    last, course = timeline.iterations, Course()
    at, _ = timeline.scan(1, last, course.tell)
    if at < last:
        timeline.scan(last, last, None)
    wrong = numbers_from(timeline, course.infinite, course.nan)
    found = [*_with_loss(timeline, setup(timeline, last), last), *wrong, *_before(timeline, wrong)]
    healthy = course.infinite - 1 if course.infinite else last
    if healthy:
        found += _course(timeline, healthy, course)
    return _sorted(_following([*found, *rate_too_large(timeline, last, found)]))


def _following(found: list[Finding]) -> list[Finding]:
    """What follows from the learning rate, or the decay, with that to be tried which helps against these."""
    causes = [one for one in found if one.kind in ("rate", "decay")]
    if not causes:
        return found
    remedy, better = f"follows.{causes[0].kind}", causes[0].values["better"]
    follows = {kind.name for kind in KINDS if kind.follows}
    return [
        replace(one, values={**one.values, "instead": better}, remedy=remedy) if one.kind in follows else one
        for one in found
    ]


def _course(timeline: Timeline, healthy: int, course: Course) -> list[Finding]:
    """What is found in the iterations up to the last one in which all numbers are finite."""
    steps = len(timeline.program(healthy).steps)
    ended = _state(timeline, healthy, steps, _reach(timeline, healthy, _WORK_OF_RUN))
    found = [one for one in ended if one.kind not in course.episodes]
    first_loss = seen(timeline, 1).loss
    for kind, episode in course.episodes.items():
        if episode.first:
            optimizer = timeline.era(episode.first).scenario.optimizer
            some = _gradients(timeline, episode.first)
            some += updates(seen(timeline, episode.first), optimizer, first_loss)
            often = {"often": episode.count, "iterations": healthy, "worst": episode.worst}
            found += [replace(one, values={**one.values, **often}) for one in some if one.kind == kind]
    return found


def _with_loss(timeline: Timeline, fixed: Sequence[Finding], done: int) -> list[Finding]:
    """Findings about targets with the loss, where that has gone below 0."""
    if not done or not any(one.cause == "probability" for one in fixed):
        return list(fixed)
    loss = seen(timeline, done).loss
    if loss is None or not loss < 0:
        return list(fixed)
    below = {"below": loss, "until": done}
    return [replace(one, values={**one.values, **below}) if one.cause == "probability" else one for one in fixed]


def _before(timeline: Timeline, wrong: Sequence[Finding]) -> list[Finding]:
    """What may have led to numbers that are not finite within their own iteration."""
    if not wrong:
        return []
    return [
        one for one in odd_probabilities(seen(timeline, wrong[0].iteration), wrong[0].step) if one.kind == "outside"
    ]


def _done(timeline: Timeline, iteration: int, step: int) -> int:
    """How many iterations have a loss at a position."""
    program = timeline.program(iteration)
    return iteration - (program.objective is None or program.values[program.objective].step > step)


def _state(timeline: Timeline, iteration: int, step: int, most: int) -> list[Finding]:
    """What is found at a position where all numbers are finite."""
    at = Standpoint(timeline, iteration, step, most)
    found: list[Finding] = []
    for kind in KINDS:
        if kind.search is not None:
            found += kind.search(at, found)
    nothing = [one for one in found if one.kind == "still"]
    return _blamed(found, nothing)


def _twins(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    record = at.last(_all_gradients_done)
    return twins(at.timeline, record, at.fitted) if record is not None else []


def _silent(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    units = latest_unit_states(at.timeline, at.iteration, at.step)
    return silent_units(at.timeline, units, at.most, at.fitted)


def _clamped(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    record = at.with_loss()
    if record is None:
        return []
    return odd_probabilities(record, at.step if at.done == at.iteration else len(record.program.steps))


def _still(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    columns = [one for one in setup(at.timeline, at.iteration) if one.kind == "column"]  # told already, but a cause
    record = at.last(_all_gradients_done)
    return still(at.timeline, record, [*columns, *found], at.most, at.fitted) if record is not None else []


def _updates(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    record = at.last(updates_done)
    if record is None:
        return []
    return updates(record, at.timeline.era(record.iteration).scenario.optimizer, at.first_loss)


def _flow(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    record = at.last(gradients_done)
    return _gradients(at.timeline, record.iteration) if record is not None else []


def _above(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    return above_start(at.timeline, at.done)


def _stalled(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    return stalled(at.timeline, at.done, at.last(gradients_done), list(found), at.first_loss)


def _all_gradients_done(program: Program) -> int:
    """The step with which the gradients of all parameters are computed."""
    return max((program.values[gradient].step for _, gradient in trained_gradients(program)), default=0)


def _blamed(found: Sequence[Finding], nothing: Sequence[Finding]) -> list[Finding]:
    """With what leaves no gradient at all being a problem."""
    causes = {one.cause for one in nothing}
    return [replace(one, severity=PROBLEM) if one.kind in causes and is_whole(one) else one for one in found]


def _gradients(timeline: Timeline, iteration: int) -> list[Finding]:
    """What is wrong with the gradients of an iteration, and was so in the one before."""

    def excess_before() -> tuple[float, float]:
        record = seen(timeline, iteration - 1)
        found = weight_matrices(record.program)
        return excess(record.value, found, sizes_of(record.value, found))

    before = unit_states(timeline).once(("excess", iteration - 1), excess_before) if iteration > 1 else None
    return gradients(seen(timeline, iteration), before)


def _reach(timeline: Timeline, iteration: int, work: int) -> int:
    """How many iterations may be run for some work."""
    return max(1, work // (cost(timeline.program(iteration)) + unit_states(timeline).work(timeline, iteration)))


def _sorted(found: list[Finding]) -> tuple[Finding, ...]:
    steps = {one.step for one in found if one.kind == "doubled"}
    found = [one for one in found if one.kind != "outside" or one.step not in steps]  # that says the same
    names = [kind.name for kind in KINDS]
    rank = {kind.name: names.index(kind.rank_of or kind.name) for kind in KINDS}
    return tuple(
        sorted(found, key=lambda one: (one.severity != PROBLEM, rank[one.kind], one.iteration, one.step, one.name))
    )


KINDS = (
    Kind(
        "decay",
        "Weight decay makes the weights grow: lr · weight_decay is above 2, for sgd and adamw; with momentum "
        "above 2 (1 + momentum).",
        (PROBLEM,),
    ),
    Kind(
        "untrained",
        "All parameters are frozen, or the loss is no function of them.",
        (PROBLEM,),
    ),
    Kind(
        "unreached",
        "One of several parameters gets no gradient: the loss is no function of it.",
        (WARNING,),
    ),
    Kind(
        "doubled",
        "A softmax or sigmoid goes into `cross_entropy` or `bce_with_logits`, which expect logits, or into "
        "another softmax; a log_softmax goes into `nll` or `bce`. Into another sigmoid it is a warning, and "
        "so is a tanh that goes into a loss that expects logits. A log_softmax before `cross_entropy` changes "
        "nothing. `check` notes it without a run.",
        (WARNING, PROBLEM),
    ),
    Kind(
        "column",
        "softmax, layer_norm or a cross entropy goes over a single entry, and is the same whatever the "
        "parameters are. A warning where other parameters learn all the same. `check` notes it without a run.",
        (WARNING, PROBLEM),
    ),
    Kind(
        "targets",
        "Targets of `bce`, `bce_with_logits`, `cross_entropy` or `nll` outside of 0 to 1 (class numbers "
        "aside), or those of a distance (`mse`, `mae`, `huber`, or a square or size written out) where the "
        "output, whatever the parameters are, does not reach: 2 behind a sigmoid. A warning where few are "
        "outside, and not by much.",
        (WARNING, PROBLEM),
    ),
    Kind(
        "outside",
        "What `bce` or `nll` is given is below 0 or above 1.",
        (PROBLEM,),
    ),
    Kind(
        "rate",
        "Something of the following came from an update, and the same iterations, tried with lr a tenth, a "
        "hundredth and so on, make the loss fall: infinite numbers, units that die or saturate, updates a "
        "hundred times as large as the weights, a loss far above its start, that grows or jumps.",
        (WARNING, PROBLEM),
    ),
    Kind(
        "twins",
        "The weights, biases and gradients of hidden units are the same, and have been since the run, or an "
        "edit, began. A warning where the loss is near 0.",
        (WARNING, PROBLEM),
        _twins,
    ),
    Kind(
        "infinite",
        "The first one of the run, and the operands that made it. One that no parameter takes part in, while "
        "the loss and all gradients are finite, is a warning: a mask may be meant so.",
        (WARNING, PROBLEM),
        follows=True,
    ),
    Kind(
        "nan",
        "The first one of the run, and the operands that made it.",
        (PROBLEM,),
        follows=True,
        rank_of="infinite",
    ),
    Kind(
        "dead",
        "A ReLU unit's input is at most 0 for every sample. A layer of which all units, or the only one, are "
        "dead is a problem. `leaky_relu` and `elu` do not die.",
        (WARNING, PROBLEM),
        _silent,
    ),
    Kind(
        "saturated",
        "The slope of a unit's sigmoid or tanh is at most a tenth of the steepest one, 0.025 or 0.1, for "
        "every sample. Not where the loss is near 0, nor right before `bce` and `nll`, whose derivatives "
        "cancel the slope. A problem where it leaves no gradient at all.",
        (WARNING, PROBLEM),
    ),
    Kind(
        "clamp",
        "`bce` takes no logarithm below −100 and divides its gradient by 1e-12 at least, as PyTorch's does; "
        "told where that changes the loss or the gradient.",
        (WARNING, PROBLEM),
        _clamped,
    ),
    Kind(
        "still",
        "Every gradient is 0: exactly, or but for rounding where the loss does not depend on any parameter, in all "
        "iterations; or since one in which units died or saturated. A warning where the loss is 0 from the start.",
        (WARNING, PROBLEM),
        _still,
    ),
    Kind(
        "large-update",
        "The norm of a weight's update is larger than that of the weights before it; a hundred times as large "
        "is a problem. Biases are left out.",
        (WARNING, PROBLEM),
        _updates,
        follows=True,
    ),
    Kind(
        "exploding",
        "A weight matrix's gradient is more than a thousand times (root mean square) that of the next one "
        "behind it, or of the last, in two iterations running. Or a root mean square above a million, which "
        "is a problem.",
        (WARNING, PROBLEM),
        _flow,
        follows=True,
    ),
    Kind(
        "vanishing",
        "A weight matrix's gradient is less than a thousandth (root mean square) of that of the next one "
        "behind it, or of the last, in two iterations running.",
        (WARNING,),
    ),
    Kind(
        "small-update",
        "The norm of a weight's update is less than 1e-7 of that of the weights, though the gradient says "
        "that the loss depends on them and the loss is not near 0.",
        (WARNING,),
    ),
    Kind(
        "above",
        "At the end the loss is more than twice what it was in iteration 1, or the mean of an epoch more than twice "
        "that of the first.",
        (PROBLEM,),
        _above,
        follows=True,
    ),
    Kind(
        "rising",
        "In the last third of at least 30 iterations, the mean loss of the second half is more than 0.05 "
        "above that of the first, relative to the larger of both. Where it is more than twice the loss of "
        "iteration 1, it is a problem.",
        (WARNING, PROBLEM),
        _stalled,
        follows=True,
    ),
    Kind(
        "stalled",
        "In the last third of at least 30 iterations, the mean loss of the second half is not at least 0.0001 "
        "below that of the first. Not where every gradient is 0.",
        (WARNING,),
    ),
)
"""Every kind of finding, causes before what may follow from them."""
