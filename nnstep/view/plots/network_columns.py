"""The layers of a network as columns of neurons: what stands in each neuron, and what is said of a layer of many."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.ops import Array, Index
from nnstep.text import width as text_width
from nnstep.view.plots.active import Active, bias_of, shown
from nnstep.view.plots.axes import axis_number
from nnstep.view.plots.drawing import Drawing
from nnstep.view.plots.structure import Layers
from nnstep.view.plots.tint import tint
from nnstep.view.text.matrix import format_of
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import choose_format

_UNITS = 12  # neurons of a layer that are drawn one by one
_EDGES = 100  # weights between two layers that are drawn one by one
GAP = 3  # columns that the lines between two layers need at least


class NeuronLine(NamedTuple):
    """One line of a neuron: its text and role, and the slot of the value it shows, or -1."""

    text: str
    role: str
    slot: int = -1


class LayerColumn(NamedTuple):
    """A layer as it is drawn: for each neuron its lines and the entry that a click chooses; or a box with a summary."""

    layer: int
    title: str
    title_role: str
    neurons: tuple[tuple[NeuronLine, ...], ...]
    entries: tuple[tuple[str, Index] | None, ...]
    width: int
    box: bool = False


@dataclass(frozen=True, kw_only=True)
class NetworkDrawing(Drawing):
    """A network of layers, drawn: the layers found in the program, and what of them is in the step."""

    found: Layers
    active: Active


def columns_of(picture: NetworkDrawing, rows: int, width: int) -> list[LayerColumn]:
    """All layers and the loss, with as much in each neuron as there is room for."""
    groups = picture.found.groups
    boxes = {k for k, group in enumerate(groups) if group.units > min(_UNITS, rows)}
    for k, (left, right) in enumerate(pairwise(groups)):
        if left.units * right.units > _EDGES and not {k, k + 1} & boxes:
            boxes.add(k if left.units > right.units else k + 1)
    drawn = [group.units for k, group in enumerate(groups) if k not in boxes]
    most = max(1, min(4, rows // max(drawn, default=1) - 1))
    made: list[LayerColumn] = []
    # Numbers as in the panels go before further lines of a neuron, and all layers before the digits of numbers.
    for lines in range(most, -1, -1):
        made = [_column(picture, k, k in boxes, lines, rows) for k in range(len(groups))]
        if picture.found.scalars:
            made.append(_loss(picture))
        if sum(column.width for column in made) + (GAP + 5) * (len(made) - 1) <= width:
            break
    return made


def _column(picture: NetworkDrawing, layer: int, box: bool, most: int, rows: int) -> LayerColumn:
    """A layer with at most `most` lines in a neuron; with 0 of them one, in which a number takes little room."""
    group = picture.found.groups[layer]
    program, row = picture.record.program, picture.row
    seen = shown(picture.record, group, picture.now, picture.backward)
    named = [slot for slot in group.slots if program.values[slot].role != "unnamed"]
    lit = layer in picture.active.layers
    if not seen:
        title = picture.said(program.values[(named or group.slots)[-1]].name)
        main: Array | None = None
    else:
        title = picture.said(seen[0].value.name)
        main = _row_of(seen[0].array, row)
    gradient = bool(seen) and seen[0].value.role in ("gradient", "contribution")
    role = "todo" if not seen else "now" if lit else "gradient" if gradient else "name"
    if box:
        lines = _summary(group.units, main, picture.ascii)[: max(1, rows)]
        entry = None if not seen else (seen[0].value.name, _index_of(seen[0].array, row, 0))
        return LayerColumn(layer, title, role, (lines,), (entry,), max(text_width(one.text) for one in lines) + 4, True)
    formats = [format_of(one.array, picture.digits).padded if most else _short(_row_of(one.array, row)) for one in seen]
    most = max(1, most)
    biases = bias_of(picture.record, group, picture.now, picture.active, layer)
    neurons: list[tuple[NeuronLine, ...]] = []
    for unit in range(group.units):
        lines_of: list[NeuronLine] = []
        for one, form in list(zip(seen, formats, strict=True))[:most]:
            numbers = _row_of(one.array, row)
            value = float(numbers[unit])
            said = ascii_text(form(value)) if picture.ascii else form(value)
            if lines_of:
                lines_of.append(NeuronLine(f" {picture.said(one.value.name)} {said} ", "text", one.value.slot))
            else:
                lines_of.append(NeuronLine(f"({said})", tint(value, numbers), one.value.slot))
        if not seen:
            lines_of.append(NeuronLine("(.)" if picture.ascii else "(·)", "todo"))
        for one in biases[: max(0, most - len(lines_of))]:
            said = picture.number(one.array, float(one.array[unit % one.array.size]))
            role_of = "now" if picture.active.biases == layer else "dim"
            lines_of.append(NeuronLine(f" {picture.said(one.value.name)} {said} ", role_of, one.value.slot))
        neurons.append(tuple(lines_of))
    wide = max(text_width(one.text) for neuron in neurons for one in neuron)
    entries = tuple(
        (seen[0].value.name, _index_of(seen[0].array, row, unit)) if seen else None for unit in range(group.units)
    )
    return LayerColumn(layer, title, role, tuple(neurons), entries, wide)


def _short(row: Array) -> Callable[[float], str]:
    """Two decimals and no more, where numbers as they stand in the panels would push a layer out of sight."""
    form = choose_format(row, 2)

    def text(value: float) -> str:
        said = f"{value:.2f}"
        fixed = not form.scientific and math.isfinite(value) and len(said) <= form.width and float(said) != 0.0
        return said.replace("-", "−") if fixed and form.decimals else form.text(value)

    texts = [text(value) for value in row.tolist()]
    width = max(map(len, texts), default=0)
    return lambda value: text(value).rjust(width)


def _loss(picture: NetworkDrawing) -> LayerColumn:
    """The single number that all leads to."""
    program, end = picture.record.program, len(picture.found.groups)
    there = [slot for slot in picture.found.scalars if program.values[slot].step <= picture.now]
    slot = there[-1] if there else picture.found.scalars[-1]
    value = program.values[slot]
    role = "todo" if not there else "now" if end in picture.active.layers else "name"
    if not there:
        line = NeuronLine("(.)" if picture.ascii else "(·)", "todo")
    else:
        array = picture.record.value(slot)
        line = NeuronLine(f"({picture.number(array, float(array))})", "strong", slot)
    entry = (value.name, ()) if there else None
    return LayerColumn(end, picture.said(value.name), role, ((line,),), (entry,), text_width(line.text))


def _summary(units: int, main: Array | None, ascii: bool) -> tuple[NeuronLine, ...]:
    """What a layer of many neurons says about itself."""
    lines = [NeuronLine(say_count("plot.network.units", units), "strong")]
    if main is not None and main.size:
        finite = main[np.isfinite(main)]
        if finite.size:
            for key, value in (("max", finite.max()), ("mean", finite.mean()), ("min", finite.min())):
                lines.append(NeuronLine(f"{say('plot.' + key)} {axis_number(float(value), ascii, 3)}", "text"))
    return tuple(lines)


def _row_of(array: Array, row: int) -> Array:
    """The numbers of one sample, one for each neuron."""
    if array.ndim == 2:
        one: Array = array[min(row, array.shape[0] - 1)]
        return one
    return array[row : row + 1] if array.ndim == 1 else array.reshape(1)


def _index_of(array: Array, row: int, unit: int) -> Index:
    return (min(row, array.shape[0] - 1), unit) if array.ndim == 2 else (row,) if array.ndim == 1 else ()
