"""Dead and saturated units: which, for how many samples, since when, and what made them so."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, cell_expression, norm, rms, seen
from nnstep.debugger.health.since import Since, since
from nnstep.debugger.health.units import Layer, UnitState, unit_states
from nnstep.debugger.health.weight_matrices import fed
from nnstep.engine import Record, Timeline
from nnstep.language import Name
from nnstep.ops import Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGE = 2.0  # the size of inputs that are not about 1
_MOST_UNITS = 8  # of a layer that are told one by one


def latest_unit_states(timeline: Timeline, iteration: int, step: int) -> list[tuple[int, UnitState]]:
    """The last state at every layer at a position, each with its iteration: this one, or the one before it."""
    found = unit_states(timeline)
    wanted = found.layers(timeline, iteration)
    program = timeline.program(iteration)
    done = [program.values[program.versions[one.name][0]].step <= step for one in wanted]
    now = found.at(timeline, timeline.record(iteration)) if any(done) else ()
    before = found.at(timeline, seen(timeline, iteration - 1)) if not all(done) and iteration > 1 else ()
    pairs = []
    for number, one in enumerate(wanted):
        for at, some in ((iteration, now if done[number] else ()), (iteration - 1, () if done[number] else before)):
            pairs += [(at, state) for state in some if state.layer.name == one.name]
    return pairs


def silent_units(timeline: Timeline, pairs: list[tuple[int, UnitState]], most: int, fitted: bool) -> list[Finding]:
    """What is to be said of these looks. Since when is looked up in at most about `most` iterations.

    Where the loss is near 0 (`fitted`), saturated units stand in nobody's way; nor do some dead ones where there is but
    one sample, for which about every second unit is 0.
    """
    found: list[Finding] = []
    for at, group in groupby(pairs, key=lambda pair: pair[0]):
        some = [state for _, state in group if not fitted or _stays_dead(state)]
        told = [(state, units) for state in some for units in _told(state)]
        when = _since(timeline, at, told, most) if told else {}
        for number, (state, units) in enumerate(told):
            found.append(_finding(timeline, at, state, units, when[number], fitted))
    return found


def _stays_dead(state: UnitState) -> bool:
    """Whether its dead units are of interest though the loss is near 0."""
    return state.layer.function == "relu" and (state.samples > 1 or bool(state.silent.all()))


def _told(state: UnitState) -> list[list[int]]:
    """The silent units of a layer that a finding is about: one each, or all where they are the whole layer, or many."""
    units: list[int] = np.flatnonzero(state.silent).tolist()
    whole = 0 < len(units) == state.layer.units
    return [units] if whole or len(units) > _MOST_UNITS else [[unit] for unit in units]


def _since(timeline: Timeline, at: int, told: list[tuple[UnitState, list[int]]], most: int) -> dict[int, Since]:
    """Since when all of the units are silent that a finding is about, by its number."""
    places = _places(timeline, at)
    every = [[places[state.layer.name] + unit for unit in units] for state, units in told]

    def silent(iteration: int) -> NDArray[np.bool_] | None:
        row = unit_states(timeline).silent(timeline, iteration)
        return None if row is None else np.array([row[units].all() for units in every])

    return since(timeline, silent, range(len(every)), at, most)


def _places(timeline: Timeline, iteration: int) -> dict[str, int]:
    """Where the units of each layer begin among those of all layers."""
    places, count = {}, 0
    for one in unit_states(timeline).layers(timeline, iteration):
        places[one.name] = count
        count += one.units
    return places


def _finding(timeline: Timeline, at: int, state: UnitState, units: list[int], when: Since, fitted: bool) -> Finding:
    """About one unit, or about several of a layer since all of them are silent."""
    layer, one = state.layer, len(units) == 1
    kind = "dead" if layer.function == "relu" else "saturated"
    every = len(units) == layer.units
    values: dict[str, object] = {
        "layer": Name(layer.name),
        "function": layer.function,
        "units": tuple(units),
        "of": layer.units,
        "given": Name(layer.given),
        "samples": state.samples,
        "whole": state.whole,
        "level": float(state.level[units].max()),
        "mean": float(state.mean[units].mean()),
        "since": when.iteration,
        "how": when.how,
        "at": at,
    }
    began = unit_states(timeline).once(
        (layer.name, tuple(units), when.iteration), lambda: _began(timeline, layer, units, when.iteration)
    )
    step, index, cause, numbers = began
    if kind == "saturated":
        cause, numbers = _feeding(seen(timeline, at), layer, units[0]) if one and layer.axis != 1 else ("", {})
    elif when.how == "least":
        cause, numbers = "", {}
    passes_nothing = layer.hidden and (state.samples > 1 or cause == "start")  # though the loss is near 0
    stops = every and kind == "dead" and (not fitted or passes_nothing)
    severity = PROBLEM if stops else WARNING
    remedy = f"{kind}.{'layer' if every or not one else 'unit'}"
    if kind == "saturated" and cause:
        inputs = numbers["inputs"]
        assert isinstance(inputs, float)
        remedy = "saturated.inputs" if inputs > _LARGE else "saturated.weights"
    if kind == "dead" and one:
        bias = _bias(seen(timeline, at), layer, units[0], float(state.level[units].max()))
        remedy, numbers = ("dead.bias", {**numbers, **bias}) if bias else (remedy, numbers)
    return Finding(kind, severity, when.iteration, step, layer.name, index, {**values, **numbers}, cause, remedy)


def _bias(record: Record, layer: Layer, unit: int, level: float) -> dict[str, object]:
    """A bias that would bring a dead unit back, with the cell it belongs in; nothing where it has none."""
    program = record.program
    biases = fed(program, program.versions[layer.given][0]).biases if layer.axis in (0, None) else ()
    if not biases:
        return {}
    slot = biases[0]
    index = (unit,) if program.values[slot].shape else ()
    return {
        "entry": cell_expression(program.values[slot].name, index),
        "better": float(record.value(slot)[index]) - level + 0.1,
    }


_Began = tuple[int, Index, str, dict[str, object]]


def _began(timeline: Timeline, layer: Layer, units: list[int], began: int) -> _Began:
    """The iteration in which units became silent: the step and the cell to state at, and for dead ones the cause."""
    record = seen(timeline, began)
    slot = record.program.versions[layer.name][0]
    place = (record.program.values[slot].step, _place(record, layer, units[0]))
    return (*place, *(_death(timeline, layer, units, began) if layer.function == "relu" else ("", {})))


def _place(record: Record, layer: Layer, unit: int) -> Index:
    """The cell of a unit whose input is the largest one in the batch."""
    inner = record.value(record.program.versions[layer.given][0])
    if layer.axis is None:
        return (unit,) if inner.ndim else ()
    if inner.ndim < 2:
        return (int(np.argmax(inner)),) if inner.ndim else ()
    column = inner[:, unit] if layer.axis == 0 else inner[unit]
    row = int(np.argmax(column))
    return (row, unit) if layer.axis == 0 else (unit, row)


def _death(timeline: Timeline, layer: Layer, units: list[int], began: int) -> tuple[str, dict[str, object]]:
    """What happened right before a unit died: an edit, or the update that moved its weights or its bias."""
    if began == 1:
        return "start", {}
    if timeline.era(began).first == began:
        return "edit", {"began": began}
    if layer.axis == 1:
        return "", {}
    record = seen(timeline, began - 1)
    program = record.program
    parts = fed(program, program.versions[layer.given][0])
    size = rms(record.value(parts.inputs)) if parts.inputs is not None else 1.0
    moves = []
    after = dict(program.carried)
    for slot in (*([parts.weights] if parts.weights is not None else []), *parts.biases):
        old, new = record.value(slot), record.value(after.get(slot, slot))
        for unit in units:
            moved = np.abs(new[..., unit] - old[..., unit])
            row = int(np.argmax(moved)) if moved.ndim else None
            index: Index = (unit,) if row is None else (row, unit)
            effect = float(np.max(moved)) * (size if row is not None else 1.0)
            moves.append((effect, program.values[slot].name, index, float(old[index]), float(new[index])))
    if not moves:
        return "", {}
    if not max(moves)[0] > 0:
        return "inputs", {"before": began - 1}
    _, name, index, before, now = max(moves)
    return "update", {"before": began - 1, "cell": cell_expression(name, index), "old": before, "new": now}


def _feeding(record: Record, layer: Layer, unit: int) -> tuple[str, dict[str, object]]:
    """The size of what makes the input of a unit: its weights, what they are multiplied with, its bias."""
    program = record.program
    parts = fed(program, program.versions[layer.given][0])
    if parts.weights is None or parts.inputs is None:
        return "", {}
    weights = norm(record.value(parts.weights)[:, unit])
    inputs = rms(record.value(parts.inputs))
    bias = sum(float(record.value(slot)[unit]) for slot in parts.biases)
    numbers: dict[str, object] = {
        "weights": weights,
        "inputs": inputs,
        "bias": bias,
        "read": Name(program.values[parts.inputs].name),
    }
    return ("parts" if parts.biases else "weights"), numbers
