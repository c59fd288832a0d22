"""Gradients that vanish or explode from layer to layer, and what multiplies them on their way.

A gradient's size is its root mean square, so that matrices of different shapes can be compared. Of two weight matrices
the earlier one is compared with the next one behind it, and with the last one. A ratio counts where it is that far from
1 in two iterations running, as a gradient that changes its sign is small for a moment; in the first iteration at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite, log, prod
from typing import NamedTuple

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, largest_entry, norm, rms
from nnstep.debugger.health.weight_matrices import WeightMatrix, between, weight_matrices
from nnstep.engine import Record
from nnstep.language import Name
from nnstep.ops import Array, facts
from nnstep.program import Program, Step, factor

VANISHING = 1e-3  # of the gradient of a layer behind it
EXPLODING = 1e3  # times the gradient of a layer behind it
HUGE = 1e6  # the root mean square of a gradient
_ROUNDING = 1e-13  # relative to the weights: smaller gradients are made of rounding


def bends(name: str) -> bool:
    """Whether an operation is an activation whose slope can make a gradient small; that of log_softmax cannot."""
    return facts(name).activation and name != "log_softmax"


def gradients_done(program: Program) -> int:
    """The step with which the gradients of all weights are computed."""
    return max((program.values[one.gradient].step for one in weight_matrices(program)), default=0)


class Flow(NamedTuple):
    """The two layers between which the size of a gradient changes most, by their numbers in the list of weights.

    ratio  the size in the layer `first` divided by that in `last`, which is behind it
    """

    ratio: float
    first: int
    last: int


def gradient_flow(found: Sequence[WeightMatrix], sizes: Sequence[float]) -> tuple[Flow | None, Flow | None]:
    """Where gradients of these sizes shrink most and where they grow most, on the way back."""
    pairs = []
    for first, one in enumerate(found):
        for last in dict.fromkeys((one.following[0], one.following[-1]) if one.following else ()):
            if sizes[last] > 0:
                pairs.append(Flow(sizes[first] / sizes[last], first, last))
    if not pairs or not all(map(isfinite, sizes)):
        return None, None
    return min(pairs), max(pairs)


def sizes_of(value: Callable[[int], Array], found: Sequence[WeightMatrix]) -> list[float]:
    """The sizes of the gradients of weights."""
    return [rms(value(one.gradient)) for one in found]


def excess(value: Callable[[int], Array], found: Sequence[WeightMatrix], sizes: Sequence[float]) -> tuple[float, float]:
    """How far gradients of these sizes vanish, and explode, from layer to layer: above 1 where they do."""
    least, most = gradient_flow(found, sizes)
    if least is None or most is None or _is_noise(value, found[least.last]):
        return 0.0, 0.0
    return VANISHING / least.ratio if least.ratio > 0 else inf, most.ratio / EXPLODING


def _is_noise(value: Callable[[int], Array], one: WeightMatrix) -> bool:
    """Whether a gradient is what rounding has left of 0."""
    return norm(value(one.gradient)) <= _ROUNDING * max(1.0, norm(value(one.before)))


def gradients(record: Record, before: tuple[float, float] | None = None) -> list[Finding]:
    """What is wrong with the gradients of an iteration, all of which are computed. `before` is the `excess` of the
    iteration before it, None where there is none.
    """
    program, found = record.program, weight_matrices(record.program)
    sizes = sizes_of(record.value, found)
    if not found or not all(map(isfinite, sizes)):
        return []
    least, most = gradient_flow(found, sizes)
    vanishes, explodes = excess(record.value, found, sizes)
    if before is not None:
        vanishes, explodes = min(vanishes, before[0]), min(explodes, before[1])
    said = [_flowing(record, "vanishing", least, sizes)] if least is not None and vanishes > 1 else []
    if most is not None and explodes > 1:
        return [*said, _flowing(record, "exploding", most, sizes)]
    top = max(range(len(found)), key=sizes.__getitem__)
    if sizes[top] <= HUGE:
        return said
    gradient = program.values[found[top].gradient]
    place = (record.iteration, gradient.step, gradient.name, largest_entry(record.value(gradient.slot)))
    values = {"size": sizes[top], "name": Name(gradient.name), "most": HUGE, "layers": _layers(found, sizes)}
    return [*said, Finding("exploding", PROBLEM, *place, values, "huge", "exploding")]


def _layers(found: Sequence[WeightMatrix], sizes: Sequence[float]) -> tuple[tuple[Name, float], ...]:
    return tuple((Name(one.name), size) for one, size in zip(found, sizes, strict=True))


def _flowing(record: Record, kind: str, one: Flow, sizes: Sequence[float]) -> Finding:
    program, found = record.program, weight_matrices(record.program)
    first, last = found[one.first], found[one.last]
    gradient = program.values[first.gradient]
    values: dict[str, object] = {
        "ratio": one.ratio,
        "name": Name(gradient.name),
        "last": Name(program.values[last.gradient].name),
        "size": sizes[one.first],
        "other": sizes[one.last],
        "layers": _layers(found, sizes),
    }
    cause, numbers = _why(record, first, last, kind == "exploding")
    place = (record.iteration, gradient.step, gradient.name, largest_entry(record.value(gradient.slot)))
    return Finding(kind, WARNING, *place, {**values, **numbers}, cause, kind)


def _why(record: Record, first: WeightMatrix, last: WeightMatrix, grows: bool) -> tuple[str, Mapping[str, object]]:
    """What multiplies the gradient most on its way: the slopes of activations, the weights, or the layers' inputs."""
    program = record.program
    gains: dict[str, list[float]] = {"slopes": [], "weights": []}
    names = []
    for step in between(program, first, last):
        if bends(step.operation) or step.operation == "matmul":
            gain = _gain(record, step)
            if gain is not None:
                gains["slopes" if bends(step.operation) else "weights"].append(gain)
                if bends(step.operation):
                    names.append(Name(program.values[step.target].name))
    inputs, others = rms(record.value(first.given)), rms(record.value(last.given))
    factors = {kind: prod(found) for kind, found in gains.items() if found}
    if others > 0:
        factors["inputs"] = inputs / others
    strength = {kind: (log(one) if one > 0 else -1e9) * (1 if grows else -1) for kind, one in factors.items()}
    cause = max(strength, key=strength.__getitem__, default="")
    if not cause or strength[cause] <= log(2):
        return "", {}
    values: dict[str, object] = {"factor": factors[cause], "layer": Name(first.name)}
    if cause == "inputs":
        given = (Name(program.values[first.given].name), Name(program.values[last.given].name))
        return cause, {**values, "given": given[0], "later": given[1], "inputs": inputs, "others": others}
    count = len(gains[cause])
    values |= {"each": factors[cause] ** (1 / count), "through": count}
    values |= {"names": tuple(names) if cause == "slopes" else tuple(_passed(program, first, last))}
    return cause, values


def _passed(program: Program, first: WeightMatrix, last: WeightMatrix) -> list[Name]:
    """The weights that a gradient is multiplied by on its way from one layer to another."""
    steps = {step.index for step in between(program, first, last)}
    return [Name(one.name) for one in weight_matrices(program) if one.step in steps]


def _gain(record: Record, step: Step) -> float | None:
    """How many times as large a gradient is after it went back through a step; None where it does not, or is 0."""
    program = record.program
    for back in program.steps[step.index :]:
        if back.source != step.index or program.values[back.target].role not in ("gradient", "contribution"):
            continue
        upstream = factor(program, back).upstream
        inner = program.values[back.target].of
        if not upstream or _is_parameter(program, inner):
            continue
        above = rms(record.value(dict(back.operands)[upstream[0]]))
        return rms(record.value(back.target)) / above if above > 0 else None
    return None


def _is_parameter(program: Program, name: str) -> bool:
    """Whether a value is a parameter, maybe transposed."""
    value = program.values[program.versions[name][0]]
    while value.step:
        step = program.steps[value.step - 1]
        if step.operation != "transpose":
            return False
        value = program.values[step.operands[0][1]]
    return value.role == "parameter"
