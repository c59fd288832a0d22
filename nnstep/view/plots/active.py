"""What has a part in a step: which weights, which layers, which way, and which numbers the layers show."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.engine import Record
from nnstep.ops import Array
from nnstep.program import Program, Value
from nnstep.view.plots.structure import Group, Layers


class Active(NamedTuple):
    """The part of the picture that a step is about.

    layers    the layers that are lit
    edges     the layers whose incoming weights are lit; the number of layers stands for what leads to the loss
    backward  whether numbers go back in it
    biases    the layer whose biases it is about, or None
    slot      for a step that assigns weights or their gradient: the slot of these numbers
    """

    layers: frozenset[int] = frozenset()
    edges: frozenset[int] = frozenset()
    backward: bool = False
    biases: int | None = None
    slot: int | None = None


class LayerValue(NamedTuple):
    """A value that a layer shows."""

    value: Value
    array: Array


def active(program: Program, found: Layers, step_index: int) -> Active:
    """What the step of this index is about; nothing for 0, before the first one."""
    if not 0 < step_index <= len(program.steps):
        return Active()
    step = program.steps[step_index - 1]
    target = program.values[step.target]
    end = len(found.groups)
    if step.phase == "forward":
        layer = found.group_of(step.target)
        if layer is None:
            made = frozenset({end - 1, end}) if step.target in found.scalars else frozenset[int]()
            return Active(made, made - {end - 1})
        if found.groups[layer].product == step_index:
            return Active(frozenset({layer - 1, layer}), frozenset({layer}))
        return Active(frozenset({layer}))
    owner = program.versions.get(target.of or target.name, (-1,))[0]
    source = program.steps[step.source - 1] if step.source else None
    users = {
        layer: source is not None and (source.index == group.product or source.target == group.weight)
        for layer, group in enumerate(found.groups)
        if group.weight is not None and owner in {group.weight, *found.origins[group.weight]}
    }
    if users:  # all places where the matrix is used, unless the step is about one of them
        edges = frozenset(layer for layer, mine in users.items() if mine or not any(users.values()))
        around = frozenset(k for layer in edges for k in (layer - 1, layer))
        back = step.phase == "backward"
        return Active(around if back else frozenset(), edges, back, slot=step.target)
    for layer, group in enumerate(found.groups):
        if owner in group.biases:
            return Active(frozenset({layer}), frozenset(), step.phase == "backward", layer)
    layer = found.group_of(owner)
    if layer is None:
        return Active(frozenset({end}), frozenset(), True) if owner in found.scalars else Active()
    if source is not None and source.target in found.scalars:
        return Active(frozenset({layer, end}), frozenset({end}), True)
    if source is not None and layer + 1 < end and found.groups[layer + 1].product == source.index:
        return Active(frozenset({layer, layer + 1}), frozenset({layer + 1}), True)
    return Active(frozenset({layer}), frozenset(), True)


def shown(record: Record, group: Group, now: int, gradients: bool) -> list[LayerValue]:
    """What a layer can show once `now` steps are done, the newest first; gradients first where they are wanted."""
    program = record.program
    forward = [program.values[slot] for slot in reversed(group.slots) if program.values[slot].step <= now]
    named = [value for value in forward if value.role != "unnamed"]
    back: list[Value] = []
    if gradients and forward:
        names = {program.values[slot].name for slot in group.slots}
        back = [
            value
            for value in reversed(program.values)
            if value.role in ("gradient", "contribution")
            and value.step <= now
            and value.of in names
            and value.shape == forward[0].shape
        ]
    kept = back[:1] + (named or forward[:1])
    if forward and forward[0] not in kept and not back:
        kept.insert(0, forward[0])  # the product, while nothing with a name is made of it
    return [LayerValue(value, record.value(value.slot)) for value in kept]


def weights_between(record: Record, group: Group, now: int, found: Active, layer: int) -> LayerValue | None:
    """The matrix between the layer before and this one, or what the step assigns to it; None while it is not there."""
    program = record.program
    if group.weight is None:
        return None
    value = program.latest(program.values[group.weight].name, now)
    if layer in found.edges and found.slot is not None:
        made = program.values[found.slot]
        if made.step <= now and made.shape == program.values[group.weight].shape:
            value = made
    if value is None:
        return None
    array = record.value(value.slot)
    return LayerValue(value, array.reshape(-1, 1) if array.ndim == 1 else array)


def bias_of(record: Record, group: Group, now: int, found: Active, layer: int) -> list[LayerValue]:
    """What is added to every row of a layer; in a step about it, what that step assigns."""
    program = record.program
    kept = []
    for slot in group.biases:
        value = program.latest(program.values[slot].name, now)
        if found.biases == layer and found.backward:
            value = program.latest(f"grad({program.values[slot].name})", now) or value
        if value is not None:
            kept.append(LayerValue(value, record.value(value.slot).reshape(-1)))
    return kept
