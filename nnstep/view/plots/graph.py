"""A program as a graph of its values, for what is no plain chain of layers: attention, residuals, single numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nnstep.catalogue import say_count
from nnstep.engine import Record
from nnstep.language import Call, Number, number_text
from nnstep.language.infix import INFIX
from nnstep.memo import memoized
from nnstep.ops import Array, Index
from nnstep.program import BODY, Program, Value
from nnstep.program.naming import objective_letter
from nnstep.text import width as text_width
from nnstep.view.plots.axes import clipped, joined
from nnstep.view.plots.braille import Dots
from nnstep.view.plots.drawing import Drawing
from nnstep.view.plots.ranks import Graph, Node, graph
from nnstep.view.plots.tint import tint
from nnstep.view.text.blocks import Block, lines_block
from nnstep.view.text.canvas import ClickArea, Line, Piece, Target
from nnstep.view.text.numbers import DIGITS
from nnstep.view.text.symbols import SYMBOLS

_GAP = 4  # columns between two ranks at least
_WIDEST = 18  # columns of a node's text
_ENTRIES = 6  # entries of a row that a node shows


@dataclass(frozen=True, kw_only=True)
class GraphDrawing(Drawing):
    """A graph, drawn: `lit` are the slots of nodes in the step, `lines` its edges."""

    graph: Graph
    lit: frozenset[int]
    lines: frozenset[tuple[int, int]]


class _Box(NamedTuple):
    """A node as it is drawn: its lines, and the value it shows or None."""

    lines: tuple[tuple[Piece, ...], ...]
    value: Value | None
    width: int


def graph_block(
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
    """The graph at a step, at most `width` × `height`; the arguments are those of `network_block`."""
    program = record.program
    lit, lines, backward = _active(program, step_index)
    picture = GraphDrawing(
        record=record,
        now=now,
        backward=backward,
        row=max(0, sample_row),
        chosen=chosen,
        ascii=ascii,
        objective=objective_letter(program),
        digits=digits,
        graph=_graph(program),
        lit=lit,
        lines=lines,
    )
    foot = 1 if height >= 4 else 0
    rows = max(1, height - foot)
    deep = max((len(rank) for rank in picture.graph.ranks), default=1)
    tall = 2 if rows >= 3 * deep - 1 or rows >= 8 else 1
    for brief in (False, True):
        boxes = [[_box(picture, node, tall, width, brief) for node in rank] for rank in picture.graph.ranks]
        widths = [max((box.width for box in rank), default=1) for rank in boxes]
        if sum(widths) + _GAP * (len(widths) - 1) <= width:
            break
    start, end = _window(picture, widths, width)
    shown = range(start, end)
    free = width - sum(widths[start:end])
    gap = max(1, min(16, free // max(1, len(shown) - 1)))
    lefts, x = {}, max(0, (free - gap * (len(shown) - 1)) // 2)
    for rank in shown:
        lefts[rank] = x
        x += widths[rank] + gap
    dots = Dots(width, rows)
    middles = {
        (rank, k): _middle(k, len(boxes[rank]), rows, tall)
        for rank in range(len(boxes))
        for k in range(len(boxes[rank]))
    }
    _edges(dots, picture, boxes, lefts, widths, middles)
    hits: list[ClickArea] = []
    for rank in shown:
        for k, box in enumerate(boxes[rank]):
            if box.lines:
                top = max(0, min(middles[rank, k] - (len(box.lines) - 1) // 2, rows - len(box.lines)))
                hits += _put(dots, picture, box, lefts[rank] + (widths[rank] - box.width) // 2, top)
    drawn = [clipped(line, width, ascii) for line in dots.lines(ascii)]
    if foot:
        drawn.append(joined(_foot(picture, len(boxes) - len(shown)), width, ascii))
    return lines_block(drawn[:height], tuple(hits))


_graph = memoized()(graph)


def _active(program: Program, step_index: int) -> tuple[frozenset[int], frozenset[tuple[int, int]], bool]:
    """The slots and edges that a step is about, and whether numbers go back."""
    if not 0 < step_index <= len(program.steps):
        return frozenset(), frozenset(), False
    step = program.steps[step_index - 1]
    target = program.values[step.target]
    operands = {slot for _, slot in step.operands}
    if step.phase in ("forward", BODY):
        return frozenset({step.target, *operands}), frozenset((slot, step.target) for slot in operands), False
    owner = program.versions.get(target.of or target.name, (-1,))[0]
    if not step.source:
        return frozenset({owner}), frozenset(), True
    above = program.steps[step.source - 1].target
    return frozenset({owner, above}), frozenset({(owner, above)}), True


# -- nodes


def _box(picture: GraphDrawing, node: Node, tall: int, width: int, brief: bool) -> _Box:
    if node.slot < 0:
        return _Box((), None, 1)
    program = picture.record.program
    value = program.values[node.slot]
    there = value if value.step <= picture.now else None
    lit = node.slot in picture.lit or any(slot in picture.lit for slot in node.folded)
    role = "now" if lit else "todo" if there is None else "name"
    if picture.backward and there is not None:
        there = _gradient(picture, value) or there
        role = "gradient" if there is not value and not lit else role
    most = max(4, min(_WIDEST, width - 2))
    head: list[Piece] = []
    graded = there is not None and there is not value
    by_name = value.role != "unnamed" or node.step is None or (graded and not brief)
    if by_name:
        head.append(Piece(picture.said((there or value).name), role))
    if node.step is not None and not (graded and by_name):
        doing = _doing(picture, node)
        if doing:
            head += [*([Piece(" ")] if head else []), Piece(doing, "dim" if head else role)]
    lines = [clipped(tuple(head), most, picture.ascii)]
    numbers = _numbers(picture, there, brief)
    if tall > 1:
        lines.append(numbers)
    elif len(numbers) == 1:  # one number: beside the name
        joined = (*head, Piece(" "), *numbers)
        lines = [joined if _wide(joined) <= most else lines[0]]
    return _Box(tuple(lines), there, max(map(_wide, lines)))


def _doing(picture: GraphDrawing, node: Node) -> str:
    """What computes a node: the sign of its operation, with the operands that have no node of their own."""
    assert node.step is not None
    expression = node.step.expression
    if not isinstance(expression, Call):
        return ""
    function = expression.function
    typed = INFIX[function].typed if function in INFIX else function
    sign = typed if picture.ascii else SYMBOLS.get(function, function)
    if function == "multiply" and not picture.ascii and picture.record.program.values[node.slot].shape == ():
        sign = "·"
    parts = [sign, *(picture.said(picture.record.program.values[slot].name) for slot in node.folded)]
    parts += [number_text(one.value) for one in expression.arguments if isinstance(one, Number)]
    return " ".join(parts)


def _gradient(picture: GraphDrawing, value: Value) -> Value | None:
    """The newest gradient of a value that is computed, in its shape."""
    found = picture.record.program.latest(f"grad({value.name})", picture.now)
    return found if found is not None and found.shape == value.shape else None


def _numbers(picture: GraphDrawing, value: Value | None, brief: bool) -> Line:
    """The numbers of a node's row: one as it is, several as tinted signs."""
    if value is None:
        return (Piece("." if picture.ascii else "·", "todo"),)
    array = picture.record.value(value.slot)
    row = _row(array, picture.row)
    some = row[: max(1, _ENTRIES - 1)] if row.size > _ENTRIES else row
    if row.size == 1:
        return (Piece(f" {picture.number(array, float(row[0]))} ", tint(float(row[0]), row)),)
    if row.size <= 3 and not brief:
        said = [picture.number(array, float(one)) for one in row]
        if sum(map(len, said)) + len(said) <= _WIDEST - 2:
            return tuple(Piece(f" {text} ", tint(float(one), row)) for one, text in zip(row, said, strict=True))
    minus = "-" if picture.ascii else "−"
    pad = "" if brief else " "
    signs = [
        Piece(f"{pad}{'+' if one > 0 else minus if one < 0 else '0' if one == 0 else '?'}{pad}", tint(float(one), row))
        for one in some
    ]
    return (*signs, *([Piece(".." if picture.ascii else "…", "dim")] if row.size > len(some) else []))


def _row(array: Array, row: int) -> Array:
    """The numbers of one sample."""
    one: Array = array[min(row, array.shape[0] - 1)] if array.ndim == 2 else array.reshape(-1)
    return one


def _wide(line: Sequence[Piece]) -> int:
    return sum(text_width(piece.text) for piece in line)


# -- places


def _middle(place: int, count: int, rows: int, tall: int) -> int:
    """The line in the middle of a node."""
    pitch = min(rows / max(1, count), tall + 4)
    start = (rows - pitch * count) / 2
    return max(0, min(rows - 1, int(start + pitch * (place + 0.5))))


def _window(picture: GraphDrawing, widths: list[int], width: int) -> tuple[int, int]:
    """The ranks that fit, around those that are lit."""
    lit = [
        k
        for k, rank in enumerate(picture.graph.ranks)
        if any(node.slot in picture.lit for node in rank if node.slot >= 0)
    ]
    first, last = (min(lit), max(lit)) if lit else (0, 0)
    start, end = 0, len(widths)
    while end - start > 1 and sum(widths[start:end]) + _GAP * (end - start - 1) > width:
        if end - 1 > last and (end - 1 - last >= first - start or start >= first):
            end -= 1
        elif start < last:
            start += 1
        else:
            end -= 1
    return start, end


# -- drawing


def _edges(
    dots: Dots,
    picture: GraphDrawing,
    boxes: list[list[_Box]],
    lefts: dict[int, int],
    widths: list[int],
    middles: dict[tuple[int, int], int],
) -> None:
    """Every edge as a line from node to node, through the places it passes; those of the step last."""
    for edge in sorted(picture.graph.edges, key=lambda one: (one.source, one.target) in picture.lines):
        lit = (edge.source, edge.target) in picture.lines
        role = "now" if lit else "plot-axis"
        for (rank, place), (next_rank, next_place) in zip(edge.places, edge.places[1:], strict=False):
            if rank not in lefts and next_rank not in lefts:
                continue
            y0, y1 = 4 * middles[rank, place] + 1, 4 * middles[next_rank, next_place] + 1
            x0 = 0 if rank not in lefts else 2 * (lefts[rank] + (widths[rank] + boxes[rank][place].width + 1) // 2)
            x1 = 2 * dots.columns - 1
            if next_rank in lefts:
                x1 = 2 * (lefts[next_rank] + (widths[next_rank] - boxes[next_rank][next_place].width) // 2) - 1
            if x1 - x0 >= 4 or (rank in lefts and next_rank in lefts):  # from out of sight, where there is room for it
                dots.line(x0, y0, x1, y1, role)
            if not boxes[rank][place].lines and rank in lefts:
                dots.line(2 * lefts[rank], y0, x0, y0, role)
        if lit:
            _arrow(dots, picture, edge.places, lefts, widths, middles, boxes)


def _arrow(
    dots: Dots,
    picture: GraphDrawing,
    places: tuple[tuple[int, int], ...],
    lefts: dict[int, int],
    widths: list[int],
    middles: dict[tuple[int, int], int],
    boxes: list[list[_Box]],
) -> None:
    """The head of the arrow, at the end that numbers go to."""
    rank, place = places[0] if picture.backward else places[-1]
    if rank not in lefts:
        return
    half = (widths[rank] - boxes[rank][place].width) // 2
    if picture.backward:
        column = lefts[rank] + half + boxes[rank][place].width
        dots.mark(column, middles[rank, place], "◀", "now")
    else:
        dots.mark(lefts[rank] + half - 1, middles[rank, place], "▶", "now")


def _put(dots: Dots, picture: GraphDrawing, box: _Box, left: int, top: int) -> list[ClickArea]:
    """The text of a node over the lines, and what a click on it chooses."""
    chosen = picture.chosen is not None and box.value is not None and picture.chosen[0] == box.value.slot
    for k, line in enumerate(box.lines):
        x = left + (box.width - _wide(line)) // 2
        dots.clear(left, top + k, box.width)
        for position, piece in enumerate(line):
            role = piece.role
            if chosen and k == 0 and position == 0:
                role += " cursor"
            dots.write(x, top + k, piece.text, role)
            x += text_width(piece.text)
    if box.value is None:
        return []
    row = picture.row if len(box.value.shape) == 2 else 0
    if len(box.value.shape) == 2:
        row = min(row, box.value.shape[0] - 1)
    return [ClickArea(left, top, box.width, len(box.lines), Target("cell.choose", (box.value.name, row, 0)))]


def _foot(picture: GraphDrawing, hidden: int) -> list[Line]:
    """The chosen cell's number, which sample it is, and how much is out of sight."""
    parts = picture.foot()
    if hidden:
        parts.append((Piece(say_count("plot.network.hidden", hidden), "dim"),))
    return parts
