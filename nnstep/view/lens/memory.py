"""The memory of the tape: how much is held at each step, why backward needs more, and how long each value is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.language import to_text
from nnstep.program import Instant, Lifetime, Tape, tape
from nnstep.text import width as text_width
from nnstep.view.lens.lens_panel import of_block
from nnstep.view.lens.row_list import ColumnStyle, Row, aligned
from nnstep.view.plots.memory_plot import memory_plot
from nnstep.view.scene.display import equation_line
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene
from nnstep.view.text.blocks import Block, Draw, beside, blank, fit, hits_of, line_width, lines_block, stack, wrap
from nnstep.view.text.canvas import ClickArea, Line, Piece, Target
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import plain, shape_text
from nnstep.view.text.symbols import label

_NAMES = 4  # values that wait and are named in the sentence
_TALLEST, _LEAST = 18, 10  # lines of the plot with all that belongs to it
_SIDE = 104  # columns from which the layers stand beside the plot
_BAR = 24  # columns of the longest bar
_EQUATION = 20  # columns below which the last reader is not written
_SIGNS = str.maketrans({"▸": ">", "▹": "-", "▲": "^", "▼": "v", "…": ".", "█": "#"})  # one column each


def memory_view(moment: Moment) -> Draw:
    """The bytes over the steps with the reason for them, the share of each layer, and every value in order."""
    scene, step = moment.outer, moment.session.position.step
    found = tape(scene.program)
    view = _View(scene, found, step, found.at(step))
    return of_block(lambda width, height: _block(view, width, height))


class _View(NamedTuple):
    """What is looked at: the memory of a program, at a step."""

    scene: Scene
    tape: Tape
    step: int
    now: Instant

    @property
    def next(self) -> int:
        """The next backward step that reads what is there already, or 0."""
        return self.now.needed[0][0] if self.now.needed else 0

    @property
    def ascii(self) -> bool:
        return self.scene.gallery.ascii

    def name(self, slot: int) -> str:
        """A value as the screen writes it, or as it is typed where there is only ASCII."""
        name = self.scene.program.values[slot].name
        return name if self.ascii else label(name, self.scene.objective)

    def named(self, slot: int) -> Piece:
        """The name with the colour of what it is."""
        role = self.scene.program.values[slot].role
        roles = {"gradient": "gradient", "contribution": "gradient", "parameter": "parameter", "state": "parameter"}
        return Piece(self.name(slot), roles.get(role, "name"))

    def equation(self, step: int) -> Line:
        """A step as an equation."""
        program = self.scene.program
        one = program.steps[step - 1]
        if not self.ascii:
            return equation_line(program, one, self.scene.objective)
        target, said = program.values[one.target], to_text(one.expression)
        return (Piece(said if target.role == "unnamed" else f"{target.name} = {said}", "text"),)


def _block(view: _View, width: int, height: int) -> Block:
    head = _sentences(view, width)
    side = width >= _SIDE
    layers = _layers(view, width // 3 if side else width)
    room = width - layers.width - 4 if side else width
    plot = memory_plot(view.tape, view.step, room, max(_LEAST, min(_TALLEST, height - head.height - 3)), view.ascii)
    parts = [head, blank()]
    parts += [beside([plot, layers], room + 4 - plot.width)] if side else [plot]
    parts += [_notes(view, width), blank()]
    parts += [] if side else [layers, blank()]
    whole = stack([*parts, _reads(view, width), _table(view, width)])
    return _in_ascii(whole) if view.ascii else whole


def _in_ascii(block: Block) -> Block:
    """The block with the signs that are added here in ASCII."""
    lines = [block.line(y) for y in range(block.height)]
    said = [tuple(Piece(ascii_text(text.translate(_SIGNS)), role) for text, role in line) for line in lines]
    return lines_block(said, hits_of(block))


# What it comes to, in words.


def _sentences(view: _View, width: int) -> Block:
    """How much more backward needs, and why."""
    found = view.tape
    alone, whole = found.alone_peak, found.peak
    if not alone.bytes:
        more = f" {say('memory.none.whole', whole=f'{whole.bytes:,}')}" if whole.bytes else ""
        return wrap(say("memory.none") + more, width)
    if found.forward == len(found.whole):
        return wrap(say("memory.alone", alone=f"{alone.bytes:,}", step=alone.step), width)
    sizes = {"alone": f"{alone.bytes:,}", "whole": f"{whole.bytes:,}", "times": plain(whole.bytes / alone.bytes, 2)}
    more = say("memory.more" if whole.bytes > alone.bytes else "memory.same", **sizes)
    return wrap(f"{more} {_why(view)}", width)


def _why(view: _View) -> str:
    """The values that wait, and from which step to which the backward pass reads them."""
    waiting = view.tape.waiting
    if not waiting:
        return say("memory.why-not")
    readers = [index for one in waiting for index in view.tape.later(one)]
    first, last = min(readers), max(readers)
    span = say("memory.span.one", first=first) if first == last else say("memory.span.many", first=first, last=last)
    return say_count("memory.why", len(waiting), names=_listed(view, waiting), span=span)


def _listed(view: _View, values: Sequence[Lifetime]) -> str:
    """The names of a few values: h1, h2 and o."""
    names = [view.name(one.slot) for one in values]
    if len(names) > _NAMES + 1:
        return say("memory.names.more", names=", ".join(names[:_NAMES]), count=len(names) - _NAMES)
    if len(names) == 1:
        return names[0]
    return say("memory.names", first=", ".join(names[:-1]), last=names[-1])


def _notes(view: _View, width: int) -> Block:
    """Below the plot: what is held at this step, what at the peak, and what is there anyway."""
    found = view.tape
    held, freed = (sum(found.by_slot[slot].bytes for slot in slots) for slots in (view.now.held, view.now.freed))
    notes = [("  ", say("memory.now.start"), "strong")]
    if view.step:
        notes = [("▲ ", say("memory.now", step=view.step, bytes=f"{held:,}", freed=f"{freed:,}"), "strong")]
    if found.forward < len(found.whole):
        values = found.values[found.peak.step - 1]
        sizes = {"values": f"{values:,}", "gradients": f"{found.peak.bytes - values:,}"}
        notes.append(("▼ ", say("memory.parts", step=found.peak.step, **sizes), "dim"))
    updates = view.scene.program.steps[-1].phase == "update"
    key = "memory.fixed.update" if updates else "memory.fixed"
    notes.append(("  ", say(key, fixed=f"{found.fixed:,}"), "dim"))
    lines: list[Line] = []
    for mark, said, role in notes:
        text = wrap(said, width - 2, role)
        lines += [(Piece("  ") if y else Piece(mark, "now"), *text.line(y)) for y in range(text.height)]
    return lines_block(lines)


# The layers.


def _layers(view: _View, width: int) -> Block:
    """A bar for each layer: what it holds when the forward pass is done."""
    shares = view.tape.shares
    total = sum(one.bytes for one in shares)
    most = max((one.bytes for one in shares), default=0)
    head = wrap(say("memory.layers", bytes=f"{total:,}"), width, "heading")
    if not shares:
        return head
    numbers = [f"{one.bytes:,}" for one in shares]
    percents = [say("memory.percent", percent=f"{100 * one.bytes / max(1, total):.0f}") for one in shares]
    names = [fit((view.named(one.name),), max(4, width // 3)) for one in shares]
    taken = sum(max(map(text_width, column)) + 2 for column in (numbers, percents))
    room = max(0, min(_BAR, width - taken - max(map(line_width, names)) - 2))
    rows = []
    for one, name, number, percent in zip(shares, names, numbers, percents, strict=True):
        bar = "█" * max(1 if one.bytes else 0, round(room * one.bytes / most)) if most and room else ""
        columns: list[Line] = [name, (Piece(bar, "plot"),), (Piece(number, "strong"),), (Piece(percent, "dim"),)]
        columns.append((Piece(", ".join(map(view.name, one.slots)), "dim"),))
        rows.append(Row(tuple(columns)))
    columns_of = (ColumnStyle(), ColumnStyle(), ColumnStyle(right=True), ColumnStyle(right=True), ColumnStyle(rank=1))
    return stack([head, lines_block(aligned(rows, columns_of, width))])


# The values.


def _reads(view: _View, width: int) -> Block:
    """Which step it is whose operands are marked, and which backward step is the next."""
    lines: list[Line] = []
    for step, mark, key in ((view.step, "▸ ", "memory.reads"), (view.next, "▹ ", "memory.reads.next")):
        if step:
            said = Piece(say(key, step=step) + "  ", "dim")
            lines.append(fit((Piece(mark, "now"), said, *view.equation(step)), width))
    return lines_block(lines)


class _TableRow(NamedTuple):
    """A row of the table as it is at any step: its slot, its columns but the state, and its last reader."""

    slot: int
    columns: tuple[Line, ...]
    reader: Line


def _table(view: _View, width: int) -> Block:
    """Every value in the order in which it is made, and whether it is held at this step."""
    scene = view.scene
    entries = scene.gallery.once(scene.record, "memory", view.ascii, lambda: _entries(view))
    widest = max(8, width // 4)
    inner = width - 2
    heads = [say(f"memory.column.{one}") for one in ("value", "shape", "bytes", "made", "until", "state")]
    rows = [Row(tuple((Piece(head, "dim"),) for head in heads))]
    for entry in entries:
        name = fit((_changed(view, entry),), widest)
        rows.append(Row((name, *entry.columns[1:], _state(view, entry.slot))))
    columns = (
        ColumnStyle(),
        ColumnStyle(rank=3),
        ColumnStyle(right=True),
        ColumnStyle(right=True, rank=2),
        ColumnStyle(right=True),
        ColumnStyle(),
    )
    lines = aligned(rows, columns, inner)
    room = inner - max(map(line_width, lines)) - 2
    ends: list[Line] = [()] * len(lines)
    if room >= _EQUATION:
        ends = [(Piece(say("memory.column.reader"), "dim"),), *(entry.reader for entry in entries)]
    marks = [Piece("  "), *(_mark(view, entry.slot) for entry in entries)]
    gap = Piece("  ")
    made = [
        fit((mark, *line, *((gap, *fit(end, room)) if end else ())), width)
        for mark, line, end in zip(marks, lines, ends, strict=True)
    ]
    values = scene.program.values
    hits = tuple(
        ClickArea(0, y, width, 1, Target("step.goto", str(values[entry.slot].step)))
        for y, entry in enumerate(entries, 1)
    )
    return lines_block(made, hits)


def _entries(view: _View) -> list[_TableRow]:
    """The rows of all values that a step makes, but for new parameters, which are written over the old ones."""
    made = []
    after = {end for _, end in view.scene.program.carried}
    for step in view.scene.program.steps:
        slot = step.target
        if slot in view.tape.looks and slot in after:
            continue
        value, one = view.scene.program.values[slot], view.tape.by_slot.get(slot)
        root = view.tape.by_slot.get(view.tape.looks.get(slot, slot))
        kept = root is None or root.kept
        until = say("memory.end") if kept or root is None else f"{root.last}"
        texts = (
            Piece(shape_text(value.shape), "shape"),
            Piece(f"{one.bytes:,}" if one else "0", "strong" if one else "dim"),
            Piece(f"{step.index}", "text"),
            Piece(until, "text"),
        )
        made.append(_TableRow(slot, ((view.named(slot),), *((text,) for text in texts)), _reader(view, slot)))
    return made


def _reader(view: _View, slot: int) -> Line:
    """What is said of the end of a value: the step that reads it last, or why it is kept."""
    found = view.tape
    one = found.by_slot.get(slot)
    if one is None:
        return (Piece(say("memory.looks", name=view.name(found.looks[slot])), "dim"),)
    if not one.kept:
        return view.equation(one.readers[-1]) if one.readers else (Piece(say("memory.unread"), "dim"),)
    gradient = next((other for other, looked_at in found.looks.items() if looked_at == slot), None)
    if one.returned or gradient is None:
        return (Piece(say("memory.result"), "dim"),)
    return (Piece(say("memory.result.looks", name=view.name(gradient)), "dim"),)


def _changed(view: _View, entry: _TableRow) -> Piece:
    """The name; that of what this step makes is marked as everywhere."""
    piece = entry.columns[0][0]
    here = view.scene.program.values[entry.slot].step == view.step
    return Piece(piece.text, f"{piece.role} changed") if here else piece


def _state(view: _View, slot: int) -> Line:
    """Whether a value is held during this step."""
    if view.scene.program.values[slot].step > view.step:
        return (Piece(say("memory.state.later"), "todo"),)
    one = view.tape.by_slot.get(view.tape.looks.get(slot, slot))
    if one is None or view.step <= one.last:
        return (Piece(say("memory.state.held"), "good"),)
    return (Piece(say("memory.state.freed"), "dim"),)


def _mark(view: _View, slot: int) -> Piece:
    """The mark of what this step reads, or the next backward step."""
    one = view.tape.by_slot.get(slot)
    readers = one.readers if one is not None else ()
    if view.step in readers:
        return Piece("▸ ", "now")
    return Piece("▹ ", "now") if one is not None and one.made <= view.step and view.next in readers else Piece("  ")
