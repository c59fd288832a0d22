"""A gradient that is exactly 0 for every parameter: nothing is learnt, and where on its way back it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, corner, is_whole, seen
from nnstep.debugger.health.gradients import bends
from nnstep.debugger.health.since import Since, since
from nnstep.debugger.health.units import unit_states
from nnstep.debugger.health.value_range import reach
from nnstep.engine import Record, Timeline
from nnstep.language import Name
from nnstep.program import trained_gradients

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-13  # what it leaves of a number, relative to 1 or to the loss
_CUTTING = {"column": "target", "dead": "layer", "saturated": "layer", "clamp": "name"}  # the first one found is told
_MOVE = 0.1  # by how much parameters are moved, at most, to see whether the loss depends on them


def is_still(record: Record) -> bool:
    """Whether there are gradients, and every entry of all of them is exactly 0."""
    pairs = trained_gradients(record.program)
    return bool(pairs) and not any(record.value(gradient).any() for _, gradient in pairs)


def still(timeline: Timeline, record: Record, others: list[Finding], most: int, fitted: bool) -> list[Finding]:
    """Whether nothing is learnt in an iteration, all gradients of which are computed; since when, and why.

    A gradient that became 0 on the way is told where something found has cut it off (`others`); else, and where the
    loss is near 0 (`fitted`), it is the end of a way down. Since when is looked up in at most about `most` iterations.
    """
    if record.loss is None or timeline.scenario.optimizer is None:
        return []
    if not is_still(record):
        return _rounded(timeline, record)
    when = _since(timeline, record.iteration, most)
    always = when.iteration == 1 and when.how != "least"
    cut, cutting = _cut(others)
    if not always and (fitted or not cut):
        return []
    program = record.program
    cause, numbers = (cut, cutting) if cut else _why(timeline, record)
    if cause == "fitted" and timeline.iterations == 1:
        return []
    assert program.objective is not None
    values: dict[str, object] = {
        "names": tuple(Name(program.values[slot].name) for slot, _ in trained_gradients(program)),
        "since": when.iteration,
        "how": when.how,
        "always": always,
        "until": record.iteration,
        "loss": Name(program.values[program.objective].name),
        "level": record.loss,
        **numbers,
    }
    gradient = program.values[trained_gradients(program)[0][1]]
    place = (gradient.step, gradient.name, corner(record.value(gradient.slot)))
    severity = WARNING if cause == "fitted" else PROBLEM
    remedy = _TRIES.get(cause, f"still.{cause}")
    if cause == "lost" and not bends(str(numbers["function"])):
        remedy = "still.point"
    return [Finding("still", severity, when.iteration, *place, values, cause, remedy)]


def _rounded(timeline: Timeline, record: Record) -> list[Finding]:
    """The same where rounding has left something of every gradient, but the loss does not depend on any parameter."""
    if not _is_rounding(record) or not _is_rounding(seen(timeline, 1)) or not _cancels(timeline, record):
        return []
    program, loss = record.program, record.loss
    pairs = trained_gradients(program)
    assert program.objective is not None
    values: dict[str, object] = {
        "names": tuple(Name(program.values[slot].name) for slot, _ in pairs),
        "until": record.iteration,
        "most": max(float(np.abs(record.value(gradient)).max(initial=0.0)) for _, gradient in pairs),
        "loss": Name(program.values[program.objective].name),
        "level": loss,
        "always": True,
        "how": "rounding",
    }
    gradient = program.values[pairs[0][1]]
    place = (gradient.step, gradient.name, corner(record.value(gradient.slot)))
    return [Finding("still", PROBLEM, record.iteration, *place, values, "cancels", "still.cancels")]


def _is_rounding(record: Record) -> bool:
    """Whether all gradients are what rounding has left of 0."""
    pairs = trained_gradients(record.program)
    most = _ROUNDING * max(1.0, abs(record.loss or 0.0))
    return bool(pairs) and all(bool((np.abs(record.value(slot)) <= most).all()) for _, slot in pairs)


_TRIES = {"dead": "dead.layer", "saturated": "saturated.layer", "column": "column", "clamp": "clamp"}


def _since(timeline: Timeline, at: int, most: int) -> Since:
    def silent(iteration: int) -> NDArray[np.bool_]:
        return np.array([is_still(timeline.glance(iteration))])

    return unit_states(timeline).once(("still", at, most), lambda: since(timeline, silent, range(1), at, most)[0])


def _cut(others: list[Finding]) -> tuple[str, dict[str, object]]:
    """The kind of what was found that stops every gradient, with the name that the text about it has; "" for none."""
    for kind, name in _CUTTING.items():
        for one in sorted(others, key=lambda one: one.iteration):
            if one.kind == kind and is_whole(one):
                return kind, {"layer": one.values[name]}
    return "", {}


def _why(timeline: Timeline, record: Record) -> tuple[str, dict[str, object]]:
    """Why the gradients of an iteration are 0, where nothing else that was found says it."""
    program = record.program
    assert program.objective is not None
    if _cancels(timeline, record):
        return "cancels", {}
    if record.loss == 0 and reach(record)[program.objective].low >= 0:
        return "fitted", {}
    if not any(record.value(slot).any() for slot, _ in trained_gradients(program)):
        return "zeros", {}
    lost = _lost(record)
    return ("lost", lost) if lost else ("point", {})


def _cancels(timeline: Timeline, record: Record) -> bool:
    """Whether the loss stays the same, but for rounding, when all parameters are moved: a little, both ways, and to
    other numbers.
    """
    assert record.loss is not None
    most = _ROUNDING * max(1.0, abs(record.loss))
    machine = timeline.scratch_machine(record)
    random = np.random.default_rng(0)
    assert record.program.objective is not None
    slots = [slot for slot, _ in trained_gradients(record.program)]
    for near, far in ((1.0, _MOVE), (1.0, -_MOVE), (0.0, 1.0), (0.0, -3.0)):
        for slot in slots:
            before = record.value(slot)
            machine.load_value(slot, near * before + far * random.uniform(0.2, 1.0, before.shape))
        machine.forward()
        if not abs(float(machine.values[record.program.objective]) - record.loss) <= most:
            return False
    return True


def _lost(record: Record) -> dict[str, object]:
    """The first step of the backward pass that makes 0 of a gradient that is not."""
    program = record.program
    for step in program.steps:
        target = program.values[step.target]
        if step.phase != "backward" or target.role != "gradient" or not step.source or record.value(step.target).any():
            continue
        upstream = [slot for _, slot in step.operands if program.values[slot].role == "gradient"]
        if upstream and all(record.value(slot).any() for slot in upstream):
            source = program.steps[step.source - 1]
            return {
                "behind": Name(target.name),
                "before": Name(program.values[upstream[0]].name),
                "function": source.operation,
                "step": step.index,
            }
    return {}
