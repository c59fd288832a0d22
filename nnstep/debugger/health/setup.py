"""What is wrong with a run before its first update: how its program, its targets and its optimizer go together.

None of it depends on how the run goes, so it is told as soon as the step is done that it is about, and stays.
"""

from __future__ import annotations

from math import exp, inf, log, log1p
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, first_cell, name_of, norm, seen
from nnstep.debugger.health.targets import targets
from nnstep.debugger.health.units import unit_states
from nnstep.debugger.health.value_range import trained
from nnstep.debugger.health.weight_matrices import argument, said_argument, weight_matrices
from nnstep.debugger.health.written_out import applied, source_step
from nnstep.engine import Era, Record, Timeline
from nnstep.language import Call, Name, Number
from nnstep.memo import memoized
from nnstep.ops import facts
from nnstep.program import Program, Step, trained_gradients
from nnstep.scenario.model import Optimizer


def setup(timeline: Timeline, iteration: int) -> tuple[Finding, ...]:
    """What is found about the part of the run, between its edits, that an iteration is in."""
    era = timeline.era(iteration)
    return unit_states(timeline).once(("setup", era.number), lambda: _setup(timeline, era))


def _setup(timeline: Timeline, era: Era) -> tuple[Finding, ...]:
    record = seen(timeline, era.first)
    found = [*_decay(record, era.scenario.optimizer), *_untrained(timeline, record)]
    found += [_twice(record, one) for one in doubled(record.program)]
    found += [_single(record, step) for step in single_columns(record.program)]
    return (*found, *targets(record, era))


# ---- The optimizer


def _decay(record: Record, optimizer: Optimizer | None) -> list[Finding]:
    """Weight decay that makes the weights grow: lr · weight_decay above 2, so that 1 − lr · weight_decay is below −1.

    With momentum the bound is 2 (1 + momentum); Adam, RMSprop and Adagrad divide by the gradient's size, in which the
    decay is, so that there is no bound.
    """
    if optimizer is None or optimizer.type not in ("sgd", "adamw"):
        return []
    lr, decay = float(optimizer.options["lr"]), float(optimizer.options["weight_decay"])
    momentum = float(optimizer.options.get("momentum", 0.0))
    most = 2 * (1 + momentum) / (1 + 2 * momentum if optimizer.options.get("nesterov") else 1)
    moved = [one for one in weight_matrices(record.program) if one.after != one.before]
    if not lr * decay > most or not moved:
        return []
    one = max(moved, key=lambda one: norm(record.value(one.before)))
    values: dict[str, object] = {
        "lr": lr,
        "decay": decay,
        "product": lr * decay,
        "most": most,
        "factor": 1 - lr * decay,
        "name": Name(one.name),
        "size": norm(record.value(one.before)),
        "after": norm(record.value(one.after)),
        "type": optimizer.type,
        "better": _rounded(0.01 / lr),
    }
    return [
        Finding("decay", PROBLEM, *first_cell(record, one.after), values, "momentum" if momentum else "factor", "decay")
    ]


def _rounded(number: float) -> float:
    """The power of ten at or below a number."""
    return float(f"1e{int(np.floor(np.log10(number)))}") if 0 < number < inf else number


# ---- Parameters


def _untrained(timeline: Timeline, record: Record) -> list[Finding]:
    """Where no parameter gets a gradient by the way the program is made."""
    program, scenario = record.program, timeline.scenario
    if program.objective is None:
        return []
    trainable = tuple(Name(one.name) for one in scenario.parameters if one.trainable)
    if any(value.role == "gradient" for value in program.values):
        some = tuple(name for name in trainable if f"grad({name.id})" not in program.versions)
        values: dict[str, object] = {"loss": name_of(program, program.objective), "names": some}
        place = first_cell(record, program.objective)
        return [Finding("unreached", WARNING, *place, values, "", "unreached")] if some else []
    if not trainable and (scenario.optimizer is None or not scenario.parameters):
        return []
    values = {
        "loss": name_of(program, program.objective),
        "names": trainable or tuple(Name(one.name) for one in scenario.parameters),
    }
    cause = "unreached" if trainable else "frozen"
    return [Finding("untrained", PROBLEM, *first_cell(record, program.objective), values, cause, cause)]


# ---- Activations that are applied twice, or to what they are no good for


class Doubled(NamedTuple):
    """A step that expects something else than what another one gives it.

    outer     the step, such as a cross entropy, which applies softmax to what it is given
    function  what makes that: softmax
    given     the slot of what that is applied to
    kind      "logits" where `outer` is a loss that expects logits and is given probabilities, "bounded" where it is
              given logits no larger than 1 in size, "logarithms" where it expects probabilities and is given their
              logarithms, "again" where an activation is applied to an activation
    """

    outer: Step
    function: str
    given: int
    kind: str


def _kind(outer: str, inner: str) -> str:
    """The kind of a pair of operations, as in `Doubled`; "" where nothing is wrong with it."""
    around, within = facts(outer), facts(inner)
    logits = around.expects in ("softmax", "sigmoid")
    if within.gives == "probabilities":
        return "logits" if logits else "again" if around.gives else ""
    if within.gives == "logarithms":
        return "logarithms" if around.expects == "probabilities" else ""
    return "bounded" if logits and within.activation and within.bounds == (-1.0, 1.0) else ""


@memoized()
def doubled(program: Program) -> tuple[Doubled, ...]:
    """Where softmax or sigmoid is applied twice on the way to the objective, and where probabilities are mistaken.

    A log_softmax before a cross entropy changes nothing, as it is its own log_softmax: it is not told.
    """
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        whole, slot = applied(program).get(step.target), argument(step, 0)
        if whole is None or slot is None:
            continue
        slot = whole.given if whole.function != step.operation else slot
        maker = source_step(program, slot)
        inner = applied(program).get(maker.target) if maker is not None else None
        kind = _kind(whole.function, inner.function) if inner is not None else ""
        if inner is not None and kind:
            found.append(Doubled(step, inner.function, inner.given, kind))
    return tuple(found)


def _twice(record: Record, one: Doubled) -> Finding:
    program, outer = record.program, one.outer
    whole = applied(program)[outer.target]
    given = program.values[whole.given]
    classes = given.shape[-1] if given.shape else 1
    values: dict[str, object] = {
        "outer": whole.function,
        "inner": one.function,
        "name": Name(given.name),
        "logits": name_of(program, one.given),
        "classes": classes,
    }
    place = first_cell(record, outer.target)
    if one.kind == "logarithms":
        return Finding("doubled", PROBLEM, *place, values, "logarithms", f"doubled.{whole.function}")
    if one.kind == "bounded":
        others = (classes - 1) if whole.function == "cross_entropy" else 1
        apart = 2 if whole.function == "cross_entropy" else 1  # from -1 to 1, or from 0
        values |= {"most": 1 / (1 + others * exp(-apart)), "floor": log1p(others * exp(-apart))}
        values["target"] = said_argument(outer, 1)
        return Finding("doubled", WARNING, *place, values, "bounded", "doubled.bounded")
    if one.kind == "again":
        bad = whole.function == one.function == "softmax"
        values["most"] = exp(1) / (exp(1) + classes - 1) if "softmax" in whole.function else 1 / (1 + exp(-1))
        return Finding("doubled", PROBLEM if bad else WARNING, *place, values, "again", "doubled.again")
    values["most"] = exp(1) / (exp(1) + classes - 1) if outer.operation == "cross_entropy" else 1 / (1 + exp(-1))
    values["floor"] = log1p((classes - 1) / exp(1)) if outer.operation == "cross_entropy" else log(2.0)
    values["target"] = said_argument(outer, 1)
    cause = "classes" if outer.operation == "cross_entropy" else "binary"
    return Finding("doubled", PROBLEM, *place, values, cause, f"doubled.{whole.function}")


@memoized()
def single_columns(program: Program) -> tuple[Step, ...]:
    """The steps that compare numbers along an axis of one, so that they come to the same whatever they are given."""
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        if not (facts(step.operation).by_row or step.operation == "cross_entropy"):
            continue
        slot = argument(step, 0)
        shape = program.values[slot].shape if slot is not None else ()
        axis = dict(step.expression.options).get("axis", -1) if isinstance(step.expression, Call) else -1
        axis = axis if isinstance(axis, int) and step.operation != "cross_entropy" else -1
        if shape and -len(shape) <= axis < len(shape) and shape[axis] == 1 and step.target in trained(program):
            found.append(step)
    return tuple(found)


def _single(record: Record, step: Step) -> Finding:
    """About such a step: it is a problem where no parameter gets a gradient otherwise."""
    program = record.program
    gradients = [gradient for _, gradient in trained_gradients(program)]
    learns = any(record.value(slot).any() for slot in gradients)
    remedy = {"cross_entropy": "column.loss", "layer_norm": "column.norm"}.get(step.operation, "column")
    values: dict[str, object] = {
        "function": step.operation,
        "name": said_argument(step, 0),
        "target": name_of(program, step.target),
        "always": {"softmax": 1.0}.get(step.operation, 0.0),
        "logits": said_argument(step, 0),
    }
    if step.operation == "cross_entropy":
        values["labels"] = said_argument(step, 1)
    if step.operation == "layer_norm":  # which adds its bias to the 0
        bias = said_argument(step, 2)
        added = bias if isinstance(bias, Name) else Number(bias)
        values["target"] = Call("subtract", (name_of(program, step.target), added))
    cause = "loss" if step.operation == "cross_entropy" else ""
    return Finding("column", WARNING if learns else PROBLEM, *first_cell(record, step.target), values, cause, remedy)
