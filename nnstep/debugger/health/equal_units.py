"""Hidden units that are equal: the same weights, the same gradients, so that no update ever tells them apart.

Equal to the last bit as the run begins, and still equal now, but for what a product of matrices rounds differently from
column to column.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, cell_expression, corner, seen
from nnstep.engine import Record, Timeline
from nnstep.language import Call, Name
from nnstep.memo import memoized
from nnstep.ops import Array, facts
from nnstep.program import Program, Step

_ROUNDING = 1e-9  # relative to the largest weight, or gradient
_PASSED = ("add", "subtract", "identity")


class Unit(NamedTuple):
    """A unit that is written out by itself: h1 = sigmoid(w1 * x1 + b1).

    value     the slot of its result
    gradient  that of the gradient of its result
    own       the trainable parameters that it is made with
    """

    operation: str
    value: int
    gradient: int
    own: frozenset[int]


@memoized()
def units_by_name(program: Program) -> tuple[Unit, ...]:
    """The named results of activations that are made with trainable parameters and have a gradient."""
    own: dict[int, frozenset[int]] = {
        value.slot: frozenset({value.slot}) if value.role == "parameter" and value.trainable else frozenset()
        for value in program.values
    }
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        own[step.target] = frozenset().union(*(own[slot] for _, slot in step.operands))
        value = program.values[step.target]
        gradient = program.versions.get(f"grad({value.name})")
        bends = facts(step.operation).activation and facts(step.operation).elementwise
        if value.role == "activation" and bends and gradient and own[step.target]:
            found.append(Unit(step.operation, value.slot, gradient[-1], own[step.target]))
    return tuple(found)


class HiddenLayer(NamedTuple):
    """A layer whose units go into something else.

    name    of its result, after its activation where that has a name
    weight  the slot of W in x @ W, or in W @ x, whose units are along `axis`
    biases  the slots of what is added to it, one number a unit
    step    that multiplies with W
    """

    name: str
    weight: int
    axis: int
    biases: tuple[int, ...]
    step: int


@memoized()
def hidden_layers(program: Program) -> tuple[HiddenLayer, ...]:
    """The layers of several units that a later product, or a sum over them, reads."""
    found = []
    for step in program.steps:
        if step.phase != "forward":
            break
        if not isinstance(step.expression, Call) or step.expression.function != "matmul":
            continue
        for side, axis in ((1, -1), (0, 0)):
            slot = _parameter(program, step, side)
            if slot is None or len(program.values[slot].shape) != 2 or program.values[slot].shape[axis] < 2:
                continue
            biases, last, mixes = _followed(program, step, axis)
            if mixes:
                found.append(HiddenLayer(program.values[last].name, slot, axis, biases, step.index))
            break
    return tuple(found)


def _parameter(program: Program, step: Step, side: int) -> int | None:
    """The trainable parameter at one side of a product."""
    arguments = step.expression.arguments if isinstance(step.expression, Call) else ()
    slots = dict(step.operands)
    one = arguments[side] if side < len(arguments) else None
    if not isinstance(one, Name):
        return None
    value = program.values[slots[one.id]]
    return (
        value.slot
        if value.role == "parameter" and value.trainable and f"grad({value.name})" in program.versions
        else None
    )


def _followed(program: Program, start: Step, axis: int) -> tuple[tuple[int, ...], int, bool]:
    """What is added to a product, its last value before its units are mixed, and whether they ever are."""
    units = program.values[start.target].shape[axis] if program.values[start.target].shape else 1
    behind, named = {start.target}, start.target
    biases: list[int] = []
    for step in program.steps[start.index :]:
        reads = [slot for _, slot in step.operands if slot in behind]
        if step.phase != "forward":
            break
        if not reads:
            continue
        if step.operation == "matmul" or facts(step.operation).reduces:
            over = dict(step.expression.options).get("axis") if isinstance(step.expression, Call) else None
            shape = program.values[reads[0]].shape
            along = over if isinstance(over, int) else None
            mixed = step.operation == "matmul" or (along is not None and along % len(shape) == axis % len(shape))
            return tuple(biases), named, mixed
        if step.operation in _PASSED:
            for _, slot in step.operands:
                value = program.values[slot]
                if slot not in behind and value.role == "parameter" and value.shape and max(value.shape) == units:
                    biases.append(slot)
        behind.add(step.target)
        if program.values[step.target].role == "activation":
            named = step.target
    return tuple(biases), named, False


def twins(timeline: Timeline, record: Record, fitted: bool) -> list[Finding]:
    """The units that are equal since the run, or the part of it between edits, began; one finding for each group.

    `record` is an iteration whose gradients are computed. Where the loss is near 0 (`fitted`) they stand in nobody's
    way.
    """
    layers = hidden_layers(record.program)
    if record.loss is None or timeline.scenario.optimizer is None:
        return []
    found = _single(timeline, record, fitted)
    if not layers:
        return found
    start = _start(timeline, record, layers)
    return found + [
        _finding(record, layer, units, since, fitted)
        for layer in layers
        for units, since in _groups(record, layer, start)
    ]


def _single(timeline: Timeline, record: Record, fitted: bool) -> list[Finding]:
    """About units that are written out by themselves, by their names."""
    units = units_by_name(record.program)
    if len(units) < 2:
        return []
    groups: dict[bytes, list[Unit]] = {}
    for one in units:
        key = b"".join(record.value(slot).tobytes() for slot in (one.value, one.gradient))
        groups.setdefault(one.operation.encode() + key, []).append(one)
    first = seen(timeline, 1)
    found = []
    for group in groups.values():
        one = group[0]
        same = [
            other
            for other in group
            if other is one
            or (not one.own <= other.own and not other.own <= one.own and _began_alike(first, one, other))
        ]
        if len(same) > 1 and record.value(one.gradient).any():
            found.append(_by_name(record, same, fitted))
    return found


def _began_alike(first: Record, one: Unit, other: Unit) -> bool:
    """Whether two units were equal, and had equal gradients, in the first iteration."""
    pairs = ((one.value, other.value), (one.gradient, other.gradient))
    return all(first.value(a).tobytes() == first.value(b).tobytes() for a, b in pairs)


def _by_name(record: Record, same: list[Unit], fitted: bool) -> Finding:
    program, one = record.program, same[0]
    value = program.values[one.value]
    index = corner(record.value(one.value))
    own = sorted(same[1].own - one.own)
    values: dict[str, object] = {
        "names": tuple(Name(program.values[unit.value].name) for unit in same),
        "number": float(record.value(one.value)[index]),
        "gradient": float(record.value(one.gradient)[index]),
        "other": cell_expression(program.values[own[0]].name, corner(record.value(own[0]))),
        "better": float(record.value(own[0])[corner(record.value(own[0]))]) + 0.1,
        "until": record.iteration,
    }
    severity = WARNING if fitted else PROBLEM
    return Finding("twins", severity, 1, value.step, value.name, index, values, "names", "twins.names")


def _start(timeline: Timeline, record: Record, layers: tuple[HiddenLayer, ...]) -> dict[int, dict[str, Array]]:
    """The weights and biases as the eras up to now began, by their first iterations."""
    found: dict[int, dict[str, Array]] = {}
    for era in timeline.eras:
        if era.first <= record.iteration:
            first = seen(timeline, era.first)
            slots = [slot for layer in layers for slot in (layer.weight, *layer.biases)]
            names = {record.program.values[slot].name for slot in slots}
            found[era.first] = {name: first.value(first.program.versions[name][0]).copy() for name in names}
    return found


def _groups(
    record: Record, layer: HiddenLayer, start: dict[int, dict[str, Array]]
) -> list[tuple[tuple[int, ...], int]]:
    """The groups of units of a layer that are equal now and were as an era began, and which was the first such."""
    program = record.program
    names = [program.values[slot].name for slot in (layer.weight, *layer.biases)]
    now = [_by_unit(record.value(slot), layer, number) for number, slot in enumerate((layer.weight, *layer.biases))]
    for number, name in enumerate(names):
        if f"grad({name})" in program.versions:
            now.append(_by_unit(record.value(program.versions[f"grad({name})"][-1]), layer, number))
    for first, values in start.items():  # those that are equal longest
        before = [_by_unit(values[name], layer, number) for number, name in enumerate(names)]
        keys: dict[bytes, list[int]] = {}
        for unit in range(len(now[0])):
            keys.setdefault(b"".join((part[unit] + 0.0).tobytes() for part in before), []).append(unit)  # −0 is 0
        found = []
        for group in keys.values():
            same = [unit for unit in group if all(_alike(part, group[0], unit) for part in now)]
            found += [(tuple(same), first)] if len(same) > 1 else []
        if found:
            return found
    return []


def _by_unit(array: Array, layer: HiddenLayer, number: int) -> Array:
    """W (the first of them), a bias, or a gradient of one, with a row for each unit."""
    rows: Array = np.moveaxis(array, layer.axis, 0) if number == 0 else array.reshape(-1, 1)
    return rows


def _alike(rows: Array, one: int, other: int) -> bool:
    return bool((np.abs(rows[one] - rows[other]) <= _ROUNDING * np.abs(rows).max(initial=0.0)).all())


def _finding(record: Record, layer: HiddenLayer, units: tuple[int, ...], since: int, fitted: bool) -> Finding:
    program = record.program
    value = program.values[layer.weight]
    weight = record.value(layer.weight)
    gradient = record.value(program.versions[f"grad({value.name})"][-1])
    index = (0, units[0]) if layer.axis else (units[0], 0)
    partner = (0, units[1]) if layer.axis else (units[1], 0)
    values: dict[str, object] = {
        "layer": Name(layer.name),
        "units": units,
        "count": len(units),
        "of": weight.shape[layer.axis],
        "since": since,
        "until": record.iteration,
        "name": Name(value.name),
        "cell": cell_expression(value.name, index),
        "other": cell_expression(value.name, partner),
        "number": float(weight[index]),
        "gradient": float(gradient[index]),
        "better": float(weight[index]) + 0.1,
    }
    return Finding("twins", WARNING if fitted else PROBLEM, since, 0, value.name, index, values, "", "twins")
