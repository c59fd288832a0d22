"""The network as neurons and the weights between them, with what the current step is about lit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.engine import Record
from nnstep.ops import Index
from nnstep.program.naming import objective_letter
from nnstep.text import width as text_width
from nnstep.view.plots.active import Active, LayerValue, active, weights_between
from nnstep.view.plots.axes import axis_number, clipped, joined
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.graph import graph_block
from nnstep.view.plots.network_columns import GAP, LayerColumn, NetworkDrawing, NeuronLine, columns_of
from nnstep.view.plots.structure import layers_of
from nnstep.view.plots.tint import level
from nnstep.view.text.blocks import Block, lines_block
from nnstep.view.text.canvas import ClickArea, Line, Piece, Target
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import DIGITS, shape_text

_TALL = 4  # lines between two neurons, at most, beside those they take


def network_block(
    record: Record,
    step_index: int,
    now: int,
    sample_row: int,
    chosen: tuple[int, Index] | None,
    width: int,
    height: int,
    ascii: bool = False,
    digits: int = DIGITS,
) -> Block:
    """The picture of the network at a step, at most `width` × `height`.

    step_index  the current step, from 1; 0 before the first one
    now         how many steps are done: nothing of a later one is shown
    sample_row  which row of the batch the neurons show, from 0
    chosen      the chosen cell: its value's slot and its index; a neuron, a bias or a weight
    """
    found = layers_of(record.program)
    if found is None:
        return graph_block(record, step_index, now, sample_row, chosen, width, height, ascii, digits)
    phase = record.program.steps[step_index - 1].phase if 0 < step_index <= len(record.program.steps) else "forward"
    picture = NetworkDrawing(
        record=record,
        now=now,
        backward=phase != "forward",
        row=max(0, min(sample_row, max(0, record.program.rows - 1))),
        chosen=chosen,
        ascii=ascii,
        objective=objective_letter(record.program),
        digits=digits,
        found=found,
        active=active(record.program, found, step_index),
    )
    rows = max(1, height - (2 if height >= 5 else 1 if height >= 3 else 0))
    columns = columns_of(picture, rows, width)
    columns, before, after = _window(columns, picture, width)
    dots = Dots(width, rows + (1 if height >= 3 else 0))
    top = 1 if height >= 3 else 0
    lefts = _lefts(columns, width)
    firsts = [_firsts(column, rows, top) for column in columns]
    for number_, column in enumerate(columns):
        if number_:
            _edges(dots, picture, columns[number_ - 1], column, lefts, firsts, number_)
    hits: list[ClickArea] = []
    for left, column, begins in zip(lefts, columns, firsts, strict=True):
        hits += _neurons(dots, picture, column, left, begins, top)
    if top:
        _titles(dots, picture, columns, lefts)
    lines = [clipped(line, width, ascii) for line in dots.lines(ascii)]
    if height >= 5:
        lines.append(joined(_foot(picture, before, after), width, ascii))
    return lines_block(lines[:height], tuple(hits))


# -- where everything is


def _window(columns: list[LayerColumn], picture: NetworkDrawing, width: int) -> tuple[list[LayerColumn], int, int]:
    """As many layers as fit, around what is active; and how many are left out before and behind."""

    def needed(part: Sequence[LayerColumn]) -> int:
        return sum(column.width for column in part) + GAP * (len(part) - 1)

    lit = picture.active.layers or picture.active.edges
    last = max(lit, default=0)
    start, end = 0, len(columns)
    while end - start > 1 and needed(columns[start:end]) > width:
        if end - 1 > last and (end - 1 - last >= last - 1 - start or start >= last - 1):
            end -= 1
        else:
            start += 1
    return columns[start:end], start, len(columns) - end


def _lefts(columns: Sequence[LayerColumn], width: int) -> list[int]:
    """The column of the screen at which each layer begins."""
    free = width - sum(column.width for column in columns)
    gap = max(1, min(30, free // max(1, len(columns) - 1)))
    lefts, x = [], max(0, (free - gap * (len(columns) - 1)) // 2)
    for column in columns:
        lefts.append(x)
        x += column.width + gap
    return lefts


def _firsts(column: LayerColumn, rows: int, top: int) -> list[int]:
    """The line of the screen at which each neuron begins; its number stands there, and what is known more below it."""
    count, end = len(column.neurons), top + rows
    tall = max(len(neuron) for neuron in column.neurons)
    pitch = min(rows / count, tall + _TALL)
    start = top + (rows - pitch * count) / 2
    return [
        max(top, min(int(start + pitch * (k + 0.5)) - (len(neuron) - 1) // 2, end - len(neuron)))
        for k, neuron in enumerate(column.neurons)
    ]


def _ends(column: LayerColumn, left: int, firsts: list[int], right: bool) -> list[tuple[int, int]]:
    """The dots at which the lines of each neuron begin, on its right or its left."""
    if column.box:
        edge = left + column.width + 1 if right else left - 1
        return [
            (2 * edge, 4 * (first + len(neuron) // 2) + 1) for first, neuron in zip(firsts, column.neurons, strict=True)
        ]
    ends = []
    for first, neuron in zip(firsts, column.neurons, strict=True):
        own = text_width(neuron[0].text)
        begin = left + (column.width - own) // 2
        ends.append((2 * (begin + own) + 1 if right else 2 * begin - 2, 4 * first + 1))
    return ends


# -- drawing


def _edges(
    dots: Dots,
    picture: NetworkDrawing,
    left: LayerColumn,
    right: LayerColumn,
    lefts: list[int],
    firsts: list[list[int]],
    position: int,
) -> None:
    """The lines between two layers, those that matter most drawn last; of negative weights, dotted ones."""
    sources = _ends(left, lefts[position - 1], firsts[position - 1], True)
    targets = _ends(right, lefts[position], firsts[position], False)
    layer, end = right.layer, len(picture.found.groups)
    lit = layer in picture.active.edges
    drawn: list[tuple[int, int, int, str, bool]] = []
    shown_weights = None
    if layer < end and not (left.box or right.box):
        shown_weights = weights_between(picture.record, picture.found.groups[layer], picture.now, picture.active, layer)
    chosen = _chosen_edges(picture, layer)
    for i, j in ((i, j) for i in range(len(sources)) for j in range(len(targets))):
        if shown_weights is None:
            drawn.append((2 if lit else 0, i, j, "now" if lit else "edge-dim", lit and (left.box or right.box)))
            continue
        size = level(float(shown_weights.array[i, j]), shown_weights.array, 3)
        sign = "neg" if shown_weights.array[i, j] < 0 else "pos"
        mine = chosen is not None and chosen(i, j)
        bright = mine or (lit and chosen is None) or picture.active == Active()
        role = f"edge-{sign}{max(1, size)}" if bright and size else f"edge-{sign}1" if size else "edge-dim"
        drawn.append((size + 10 * mine, i, j, role, bright and size == 3))
    for _, i, j, role, thick in sorted(drawn):
        (x0, y0), (x1, y1) = sources[i], targets[j]
        every = 2 if "neg" in role else 1  # the sign without colours: a negative weight's line is dotted
        dots.line(x0, y0, x1, y1, role, every)
        if thick:
            dots.line(x0, y0 + 1, x1, y1 + 1, role, every)
    if shown_weights is not None and (lit or chosen is not None):
        _numbers(dots, picture, shown_weights, chosen, sources, targets)


def _chosen_edges(picture: NetworkDrawing, layer: int) -> Callable[[int, int], bool] | None:
    """Which weights of a layer the chosen cell is made of, or is itself; None when it has nothing to do with them."""
    if picture.chosen is None or layer >= len(picture.found.groups):
        return None
    slot, index = picture.chosen
    value = picture.record.program.values[slot]
    group = picture.found.groups[layer]
    owner = picture.record.program.versions.get(value.of or value.name, (-1,))[0]
    if owner == group.weight and len(index) == 2:
        return lambda i, j: (i, j) == index
    if owner == group.weight and len(index) == 1:
        return lambda i, j: i == index[0]
    unit = index[-1] if len(index) == 2 else 0
    gradient = value.role in ("gradient", "contribution")
    if not gradient and owner in group.slots:
        return lambda i, j: j == unit
    if gradient and owner in picture.found.groups[layer - 1].slots and layer in picture.active.edges:
        return lambda i, j: i == unit
    return None


def _numbers(
    dots: Dots,
    picture: NetworkDrawing,
    matrix: LayerValue,
    chosen: Callable[[int, int], bool] | None,
    sources: list[tuple[int, int]],
    targets: list[tuple[int, int]],
) -> None:
    """The weights beside their lines: those of the chosen neuron, or all where they are few and there is room."""
    room = (min(x for x, _ in targets) - max(x for x, _ in sources)) // 2
    pairs = [(i, j) for i in range(len(sources)) for j in range(len(targets)) if chosen is None or chosen(i, j)]
    if room < 14 or len(pairs) > (12 if chosen is not None else 6):
        return
    for i, j in pairs:
        said = picture.number(matrix.array, float(matrix.array[i, j]))
        for share in (0.3, 0.55, 0.2, 0.42, 0.7, 0.8):
            (x0, y0), (x1, y1) = sources[i], targets[j]
            column = round((x0 + share * (x1 - x0)) / 2) - len(said) // 2
            row = round((y0 + share * (y1 - y0)) / 4)
            if dots.free(column - 1, row, len(said) + 2):
                sign = "neg" if matrix.array[i, j] < 0 else "pos"
                dots.write(column, row, said, f"edge-{sign}3")
                break


def _neurons(
    dots: Dots, picture: NetworkDrawing, column: LayerColumn, left: int, firsts: list[int], top: int
) -> list[ClickArea]:
    """The neurons of a layer over the lines; gives what a click on each of them chooses."""
    hits = []
    mine = _chosen_unit(picture, column)
    for unit, (neuron, first, entry) in enumerate(zip(column.neurons, firsts, column.entries, strict=True)):
        if column.box:
            _box(dots, column, neuron, left, first, top)
        slots = [line.slot for line in neuron]
        own = slots.index(picture.chosen[0]) if picture.chosen is not None and picture.chosen[0] in slots else 0
        for k, line in enumerate(neuron):
            inset = 2 if column.box else (column.width - text_width(line.text)) // 2
            role = f"{line.role} cursor" if mine == unit and k == own else line.role
            dots.write(left + inset, first + k, line.text, role)
        if entry is not None:
            name, index = entry
            row, place = index if len(index) == 2 else (0, index[0] if index else 0)
            hits.append(ClickArea(left, first, column.width, len(neuron), Target("cell.choose", (name, row, place))))
    return hits


def _box(dots: Dots, column: LayerColumn, lines: tuple[NeuronLine, ...], left: int, first: int, top: int) -> None:
    """A frame around the summary of a layer, where there is room for one."""
    framed = first > top and first + len(lines) < dots.rows
    inner, side = "─" * (column.width - 2), "│" if framed else " "
    for k in range(len(lines)):
        dots.write(left, first + k, f"{side}{' ' * (column.width - 2)}{side}", "plot-axis")
    if framed:
        dots.write(left, first - 1, f"╭{inner}╮", "plot-axis")
        dots.write(left, first + len(lines), f"╰{inner}╯", "plot-axis")


def _chosen_unit(picture: NetworkDrawing, column: LayerColumn) -> int | None:
    """Which neuron of a layer the chosen cell is, or belongs to."""
    if picture.chosen is None or column.box or column.layer >= len(picture.found.groups):
        return None
    slot, index = picture.chosen
    program = picture.record.program
    value, group = program.values[slot], picture.found.groups[column.layer]
    owner = program.versions.get(value.of or value.name, (-1,))[0]
    if owner in group.slots or owner in group.biases:
        unit = index[-1] if len(index) == 2 or (owner in group.biases and index) else 0
        return unit if unit < len(column.neurons) else None
    return None


def _titles(dots: Dots, picture: NetworkDrawing, columns: Sequence[LayerColumn], lefts: list[int]) -> None:
    """The names above: of each layer what it shows, between them the weights and which way numbers go."""
    spans: list[tuple[int, int]] = []
    for column, left in zip(columns, lefts, strict=True):
        at = left + (column.width - text_width(column.title)) // 2
        at = max(0, min(at, dots.columns - text_width(column.title)))
        if spans and at <= spans[-1][1]:
            at = spans[-1][1] + 1
        dots.write(at, 0, column.title, column.title_role)
        spans.append((at, at + text_width(column.title)))
    for (_, start), (stop, _), column in zip(spans, spans[1:], columns[1:], strict=False):
        lit = column.layer in picture.active.edges
        name = ""
        if column.layer < len(picture.found.groups):
            group = picture.found.groups[column.layer]
            there = weights_between(picture.record, group, picture.now, picture.active, column.layer)
            slot = there.value.slot if there is not None else group.weight
            name = picture.said(picture.record.program.values[slot].name) if slot is not None else ""
        arrow = ("◀" if picture.active.backward else "▶") if lit else ""
        said = " ".join(part for part in ((arrow, name) if picture.active.backward else (name, arrow)) if part)
        role = "now" if lit else "dim"
        room = stop - start - 2
        if text_width(said) > room:
            said = arrow
        if said and text_width(said) <= room:
            dots.write(start + 1 + (room - text_width(said)) // 2, 0, said, role)


def _foot(picture: NetworkDrawing, before: int, after: int) -> list[Line]:
    """The chosen cell's number, which sample it is, what the lit weights are like, how many layers are out of sight."""
    parts = picture.foot()
    layer = min(picture.active.edges, default=len(picture.found.groups))
    if layer < len(picture.found.groups):
        there = weights_between(picture.record, picture.found.groups[layer], picture.now, picture.active, layer)
        if there is not None:
            parts.append(_sizes(picture, there))
    if before or after:
        parts.append((Piece(say_count("plot.network.hidden", before + after), "dim"),))
    return parts


def _sizes(picture: NetworkDrawing, matrix: LayerValue) -> Line:
    """W1 2×3, |w| from 0.1 to 1.5, mean 0.7"""
    sizes = np.abs(matrix.array)
    sizes = sizes[np.isfinite(sizes)]
    shape = shape_text(matrix.value.shape)
    head = (
        Piece(picture.said(matrix.value.name), "name"),
        Piece(f" {ascii_text(shape) if picture.ascii else shape}", "shape"),
    )
    if not sizes.size:
        return head
    values = {key: axis_number(float(f(sizes)), picture.ascii, 3) for key, f in _STATISTICS}
    return (*head, Piece("  " + say("plot.network.sizes", **values), "dim"))


_STATISTICS = (("least", np.min), ("mean", np.mean), ("most", np.max))
