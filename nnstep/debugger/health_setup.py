"""What is wrong with a run before its first update: how its program, its targets and its optimizer go together.

None of it depends on how the run goes, so it is told as soon as the step is done that it is about, and stays.
"""

from __future__ import annotations

from math import exp, inf, log, log1p
from typing import NamedTuple

import numpy as np

from nnstep.debugger.health_finding import PROBLEM, WARNING, Finding, corner, norm, seen, written
from nnstep.debugger.health_layers import argument, weights
from nnstep.debugger.health_reach import ANYTHING, Range, reach, trained
from nnstep.debugger.health_units import looks
from nnstep.engine import Era, Record, Timeline
from nnstep.language import Call, Name, Number, to_text
from nnstep.ops import Array, Index
from nnstep.program import Program, Step, per_program
from nnstep.scenario.model import Optimizer

__all__ = ["Doubled", "doubled", "setup", "single_columns"]

_FAR = 0.1  # of the targets, or of the range that can be reached: so much outside is no noise
_PROBABILITY = Range(0.0, 1.0)
_PROBABILITIES = ("bce", "bce_with_logits", "cross_entropy", "nll")  # losses whose targets are probabilities
_DISTANCES = ("mse", "mae", "huber")


def setup(timeline: Timeline, iteration: int) -> tuple[Finding, ...]:
    """What is found about the part of the run, between its edits, that an iteration is in."""
    era = timeline.era(iteration)
    return looks(timeline).once(("setup", era.number), lambda: _setup(timeline, era))


def _setup(timeline: Timeline, era: Era) -> tuple[Finding, ...]:
    record = seen(timeline, era.first)
    found = [*_decay(record, era.scenario.optimizer), *_untrained(timeline, record)]
    found += [_twice(record, one) for one in doubled(record.program)]
    found += [_single(record, step) for step in single_columns(record.program)]
    return (*found, *_targets(record, era))


def _at(record: Record, slot: int) -> tuple[int, int, str, Index]:
    """The place of a value: its first cell."""
    value = record.program.values[slot]
    return record.iteration, value.step, value.name, corner(record.value(slot))


def _name(program: Program, slot: int) -> Name:
    return Name(program.values[slot].name)


def _argument(program: Program, step: Step, number: int) -> Name | float:
    """An argument of a step's operation as a sentence has it: a name, or a number."""
    slot = argument(step, number)
    if slot is not None:
        return _name(program, slot)
    given = step.expression.arguments[number] if isinstance(step.expression, Call) else step.expression
    return given.value if isinstance(given, Number) else Name(to_text(given))


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
    moved = [one for one in weights(record.program) if one.after != one.before]
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
    return [Finding("decay", PROBLEM, *_at(record, one.after), values, "momentum" if momentum else "factor", "decay")]


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
        values: dict[str, object] = {"loss": _name(program, program.objective), "names": some}
        place = _at(record, program.objective)
        return [Finding("unreached", WARNING, *place, values, "", "unreached")] if some else []
    if not trainable and (scenario.optimizer is None or not scenario.parameters):
        return []
    values = {
        "loss": _name(program, program.objective),
        "names": trainable or tuple(Name(one.name) for one in scenario.parameters),
    }
    cause = "unreached" if trainable else "frozen"
    return [Finding("untrained", PROBLEM, *_at(record, program.objective), values, cause, cause)]


# ---- Activations that are applied twice, or to what they are no good for


class Doubled(NamedTuple):
    """A step that expects something else than what another one gives it.

    outer  the step, such as a cross entropy, which applies softmax to what it is given
    inner  the step that makes that: a softmax
    kind   "logits" where `outer` is a loss that expects logits, "logarithms" where it expects probabilities and is
           given their logarithms, "again" where an activation is applied to an activation
    """

    outer: Step
    inner: Step
    kind: str


_PAIRS = {
    **{("cross_entropy", one): "logits" for one in ("softmax", "sigmoid")},
    **{("bce_with_logits", one): "logits" for one in ("softmax", "sigmoid")},
    **{(loss, "log_softmax"): "logarithms" for loss in ("nll", "bce")},
    **{("softmax", one): "again" for one in ("softmax", "sigmoid")},
    **{("log_softmax", one): "again" for one in ("softmax", "sigmoid")},
    **{("sigmoid", one): "again" for one in ("softmax", "sigmoid")},
}


@per_program
def doubled(program: Program) -> tuple[Doubled, ...]:
    """Where softmax or sigmoid is applied twice on the way to the objective, and where probabilities are mistaken.

    A log_softmax before a cross entropy changes nothing, as it is its own log_softmax: it is not told.
    """
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        inner = _maker(program, argument(step, 0))
        kind = _PAIRS.get((step.operation, inner.operation)) if inner is not None else None
        if inner is not None and kind is not None:
            found.append(Doubled(step, inner, kind))
    return tuple(found)


def _maker(program: Program, slot: int | None) -> Step | None:
    """The step that made a value, behind other names and other shapes of it; None for what is given."""
    while slot is not None and program.values[slot].step:
        step = program.steps[program.values[slot].step - 1]
        if step.operation not in ("identity", "reshape", "transpose"):
            return step
        slot = argument(step, 0)
    return None


def _twice(record: Record, one: Doubled) -> Finding:
    program, outer, inner = record.program, one.outer, one.inner
    slot = argument(outer, 0)
    assert slot is not None
    given = program.values[slot]
    classes = given.shape[-1] if given.shape else 1
    values: dict[str, object] = {
        "outer": outer.operation,
        "inner": inner.operation,
        "name": Name(given.name),
        "logits": _argument(program, inner, 0),
        "classes": classes,
    }
    place = _at(record, outer.target)
    if one.kind == "logarithms":
        return Finding("doubled", PROBLEM, *place, values, "logarithms", f"doubled.{outer.operation}")
    if one.kind == "again":
        bad = outer.operation == inner.operation == "softmax"
        values["most"] = exp(1) / (exp(1) + classes - 1) if "softmax" in outer.operation else 1 / (1 + exp(-1))
        return Finding("doubled", PROBLEM if bad else WARNING, *place, values, "again", "doubled.again")
    values["most"] = exp(1) / (exp(1) + classes - 1) if outer.operation == "cross_entropy" else 1 / (1 + exp(-1))
    values["floor"] = log1p((classes - 1) / exp(1)) if outer.operation == "cross_entropy" else log(2.0)
    values["target"] = _argument(program, outer, 1)
    cause = "classes" if outer.operation == "cross_entropy" else "binary"
    return Finding("doubled", PROBLEM, *place, values, cause, f"doubled.{outer.operation}")


@per_program
def single_columns(program: Program) -> tuple[Step, ...]:
    """The steps that compare numbers along an axis of one, so that they come to the same whatever they are given."""
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        if step.operation not in ("softmax", "log_softmax", "cross_entropy", "layer_norm", "standardise"):
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
    gradients = [value.slot for value in program.values if value.role == "gradient" and _is_trained(program, value.of)]
    learns = any(record.value(slot).any() for slot in gradients)
    remedy = "column.loss" if step.operation == "cross_entropy" else "column"
    values: dict[str, object] = {
        "function": step.operation,
        "name": _argument(program, step, 0),
        "target": _name(program, step.target),
        "always": {"softmax": 1.0}.get(step.operation, 0.0),
        "logits": _argument(program, step, 0),
    }
    if step.operation == "cross_entropy":
        values["labels"] = _argument(program, step, 1)
    cause = "loss" if step.operation == "cross_entropy" else ""
    return Finding("column", WARNING if learns else PROBLEM, *_at(record, step.target), values, cause, remedy)


def _is_trained(program: Program, name: str) -> bool:
    value = program.values[program.versions[name][0]] if name in program.versions else None
    return value is not None and value.role == "parameter" and value.trainable


# ---- Targets


class _Aim(NamedTuple):
    """What an output is compared with: the step that compares, their slots, and what a target may be.

    target  a slot, or the number itself
    """

    step: Step
    output: int
    target: int | Number
    allowed: Range
    why: str  # "probability" where the loss asks for that, "output" where the output reaches no further


def _targets(record: Record, era: Era) -> list[Finding]:
    """Targets outside of what the output can reach, or of what the loss is made for; one finding for each target."""
    found: dict[int | Number, Finding] = {}
    written_out = False
    for aim in _aims(record):
        if aim.target in found or (written_out and aim.step.operation == "multiply"):
            continue  # of y log p + (1 - y) log (1 - p) once
        one = _outside(record, aim, _numbers(record, era, aim.target))
        if one is not None:
            found[aim.target] = one
            written_out = written_out or aim.step.operation == "multiply"
    return list(found.values())


def _numbers(record: Record, era: Era, target: int | Number) -> Array:
    """What a target is: of data all samples, not only those of the batch."""
    if isinstance(target, Number):
        return np.array(target.value)
    value = record.program.values[target]
    return era.samples[value.name] if value.role == "data" else record.value(target)


def _outside(record: Record, aim: _Aim, target: Array) -> Finding | None:
    """About those entries of a target that are out of reach."""
    low, high = aim.allowed
    beyond = np.maximum(low - target, target - high)
    outside = beyond > 1e-9 * max(1.0, *(abs(bound) for bound in aim.allowed if abs(bound) < inf))
    count = int(outside.sum())
    if not count:
        return None
    at = np.unravel_index(int(np.argmax(np.where(outside, beyond, -inf))), target.shape)
    index = tuple(map(int, at))
    program = record.program
    scale = aim.allowed.width if aim.allowed.width < inf else max(1e-300, float(np.abs(target).max()))
    far = float(beyond[at]) > _FAR * scale or count > _FAR * target.size
    name = aim.target if isinstance(aim.target, Number) else _name(program, aim.target)
    values: dict[str, object] = {
        "target": name,
        "cell": written(name.id, index) if isinstance(name, Name) else name,
        "number": float(target[at]),
        "count": count,
        "of": target.size,
        "low": low,
        "high": high,
        "name": _name(program, aim.output),
        "loss": "cross entropy" if aim.step.operation == "multiply" else aim.step.operation,
        "function": _bounding(program, aim.output),
        "least": float(target.min()),
        "greatest": float(target.max()),
    }
    cause = aim.why if aim.why == "probability" else _side(aim.allowed)
    severity = PROBLEM if far or aim.why == "probability" else WARNING
    remedy = "targets.probability" if aim.why == "probability" else "targets.output"
    if aim.why == "probability" and values["least"] == -1 and values["greatest"] == 1:
        remedy = "targets.signs"
    return Finding("targets", severity, *_at(record, aim.step.target), values, cause, remedy)


def _bounding(program: Program, slot: int) -> str:
    """The operation that keeps a value within its bounds: the last one that is no more than a scale and a shift."""
    step = _maker(program, slot)
    while step is not None and step.operation in ("add", "subtract", "multiply", "divide", "negative"):
        inner = [one for _, one in step.operands if one in trained(program)]
        below = _maker(program, inner[0]) if len(inner) == 1 else None
        if below is None:
            break
        step = below
    return step.operation if step is not None else ""


def _side(allowed: Range) -> str:
    """Which text says what can be reached."""
    return "between" if allowed.width < inf else "above" if allowed.low > -inf else "below"


def _aims(record: Record) -> list[_Aim]:
    """Every comparison of an output with targets, in a loss or written out."""
    program = record.program
    depends, ranges = trained(program), reach(record)
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        pair = _pair(step, depends)
        if pair is None:
            continue
        output, target = pair
        if step.operation in _PROBABILITIES:
            shape = program.values[target].shape if isinstance(target, int) else ()
            if shape == program.values[output].shape:  # else they are class numbers
                found.append(_Aim(step, output, target, _PROBABILITY, "probability"))
        elif step.operation in _DISTANCES or (step.operation == "subtract" and _is_distance(program, step)):
            if ranges[output] != ANYTHING and ranges[output].width > 0:
                found.append(_Aim(step, output, target, ranges[output], "output"))
        elif step.operation == "multiply":
            logarithm = _maker(program, output)
            slot = argument(logarithm, 0) if logarithm is not None and logarithm.operation == "log" else None
            if slot is not None:
                inner = ranges[slot]
                if inner.low >= 0 and inner.high <= 1:  # y · log p, written out
                    found.append(_Aim(step, output, target, _PROBABILITY, "probability"))
    return found


def _pair(step: Step, depends: frozenset[int]) -> tuple[int, int | Number] | None:
    """Which of the two arguments of a step is the output, and which the target, that no parameter changes."""
    if not isinstance(step.expression, Call) or len(step.expression.arguments) < 2:
        return None
    one, other = (
        given if isinstance(given, Number) else argument(step, number)
        for number, given in enumerate(step.expression.arguments[:2])
    )
    for output, target in ((one, other), (other, one)):
        if isinstance(output, int) and output in depends and target is not None:
            return None if isinstance(target, int) and target in depends else (output, target)
    return None


def _is_distance(program: Program, step: Step) -> bool:
    """Whether a difference goes on into a square or a size, as that of an output and its target does."""
    for one in program.steps[step.index :]:
        if one.phase != "forward":
            return False
        if any(slot == step.target for _, slot in one.operands) and isinstance(one.expression, Call):
            match one.expression:
                case Call("power", (_, Number(exponent))) if exponent % 2 == 0:
                    return True
                case Call("abs"):
                    return True
                case Call("multiply", (left, right)) if left == right:
                    return True
    return False
