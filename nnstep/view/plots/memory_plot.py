"""The bytes that are held during each step, as areas: the forward pass alone, what waits beside it, gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.program import Tape
from nnstep.text import width as text_width
from nnstep.view.plots.axes import Axis, clipped, ticks
from nnstep.view.plots.braille import Dots
from nnstep.view.text.blocks import Block, flow, lines_block, stack, wrap
from nnstep.view.text.canvas import ClickArea, Line, Piece, Target

_WIDEST = 72  # columns of the picture
_HEAD = 1  # rows above the areas, for the peak's number

Texture = Callable[[int, int], bool]  # whether the dot at column x, row y is set


class _Area(NamedTuple):
    """How a part of the memory is drawn."""

    key: str
    role: str
    texture: Texture


_ALONE = _Area("memory.plot.alone", "plot", lambda x, y: True)
_WAITS = _Area("memory.plot.waits", "plot-mark", lambda x, y: (x + y) % 2 == 0)
_GRADIENTS = _Area("memory.plot.gradients", "plot-second", lambda x, y: x % 2 == 0 and y % 2 == 0)


def memory_plot(tape: Tape, step: int, width: int, height: int, ascii: bool = False) -> Block:
    """The plot, at most `width` wide and `height` high (where that is enough for its least), with `step` marked.

    Step 0 is before the first one. A click on a column goes to its step.
    """
    return _MemoryPlot(tape, step, width, height, ascii).block()


class _MemoryPlot:
    """Steps from left to right, each as wide as all the others where there is room for that."""

    def __init__(self, tape: Tape, step: int, width: int, height: int, ascii: bool) -> None:
        self.tape, self.step, self.width, self.ascii = tape, step, width, ascii
        self.steps = len(tape.whole)
        self.gutter = max(6, len(f"{2 * tape.peak.bytes:,}") + 1)  # columns of the axis on the left
        room = 2 * max(4, min(_WIDEST, width - self.gutter))
        even = self.steps * (room // self.steps)
        self.across = even if 4 * even >= 3 * room else room  # dots
        self.legend = flow([self._sample(area) for area in self._areas()], width, gap=3, between=False)
        self.title = wrap(say("memory.plot.bytes"), width, "dim")
        rows = max(3 + _HEAD, height - self.title.height - self.legend.height - 2)
        self.dots = Dots(-(-self.across // 2), rows)
        below = 4 * (rows - _HEAD) - 1
        most = tape.peak.bytes or 1
        self.up = Axis(0.0, most * (4 * rows - 1) / below, 4 * rows)

    def block(self) -> Block:
        """The title, what the areas are, the areas with their axes."""
        self._fill()
        self._borders()
        self._mark_peak()
        picture = lines_block([clipped(line, self.width, self.ascii) for line in (*self._sides(), *self._below())])
        hit = ClickArea(self.gutter, 0, self.dots.columns, picture.height, self._target)
        return stack([self.title, self.legend, picture._replace(hits=(hit,))])

    def _areas(self) -> tuple[_Area, ...]:
        """The areas that there are: a forward pass without a backward one has nothing that waits."""
        return (_ALONE, _WAITS, _GRADIENTS) if self.tape.forward < self.steps else (_ALONE,)

    def _sample(self, area: _Area) -> Block:
        dots = Dots(2, 1)
        for x in range(4):
            for y in range(4):
                if area.texture(x, y):
                    dots.set(x, y, area.role)
        line = (*dots.lines(self.ascii)[0], Piece(" " + say(area.key), "text"))
        return lines_block([clipped(line, self.width, self.ascii)])

    # Which step is where.

    def _steps(self, x: int) -> range:
        """The steps, from 0, that the dot column `x` stands for: one, or a few where there are many."""
        first = x * self.steps // self.across
        return range(first, max(first + 1, (x + 1) * self.steps // self.across))

    def _first_dot(self, step: int) -> int:
        """The first dot column of a step, from 1; of the one after the last, where the axis ends."""
        return -(-(step - 1) * self.across // self.steps)

    def _column(self, step: int) -> int:
        """The column in the middle of a step."""
        return min((self._first_dot(step) + max(self._first_dot(step), self._first_dot(step + 1) - 1)) // 4, self._last)

    @property
    def _last(self) -> int:
        return self.dots.columns - 1

    def _target(self, x: int, y: int) -> Target | None:
        """The step that is marked in column `x`; where steps are narrower than a column, the last one in it."""
        x = min(2 * x + 1, self.across - 1)
        return Target("step.goto", str(self._steps(x)[-1] + 1))

    # Drawing.

    def _heights(self, x: int) -> tuple[int, int, int]:
        """How many dots high the areas reach in a column of dots: forward alone, all values, gradients on top."""
        tape = self.tape
        index = max(self._steps(x), key=tape.whole.__getitem__)
        alone = tape.alone[index] if index < tape.forward else tape.returned
        low, middle, high = (self._dots_of(size) for size in (alone, tape.values[index], tape.whole[index]))
        return low, middle, high

    def _dots_of(self, size: int) -> int:
        return self.up.at(size) + 1 if size else 0

    def _fill(self) -> None:
        for x in range(self.across):
            low, middle, high = self._heights(x)
            for area, start, end in ((_GRADIENTS, middle, high), (_WAITS, low, middle), (_ALONE, 0, low)):
                for level in range(start, end):
                    y = self.up.dots - 1 - level
                    edge = not self.ascii and area is not _ALONE and level == end - 1
                    if edge or area.texture(x, y):
                        self.dots.set(x, y, area.role)

    def _borders(self) -> None:
        """Where a phase ends: a dotted line above the areas."""
        for _, first, _ in self.tape.program.phases[1:]:
            x = self._first_dot(first)
            top = max(self._heights(near)[2] for near in range(max(0, x - 1), min(self.across, x + 2)))
            for y in range(0, self.up.dots - top - 1, 2):
                self.dots.set(x, y, "plot-axis")

    def _mark_peak(self) -> None:
        """The most that is held, above the areas: its place and its number."""
        peak = self.tape.peak
        column = self._column(peak.step)
        said = say("memory.plot.peak", bytes=f"{peak.bytes:,}", step=peak.step)
        start = column + 2
        if start + text_width(said) > self.dots.columns:
            start = column - 1 - text_width(said)
        if start >= 0:
            self.dots.clear(start - 1, 0, text_width(said) + 2)
            self.dots.write(start, 0, said, "strong")
        self.dots.mark(column, 0, "▼", "strong", "v")

    def _sides(self) -> list[Line]:
        """The rows with the axis of bytes before them."""
        labels: dict[int, str] = {}
        for value in ticks(0.0, self.up.high, max(3, self.dots.rows // 3)):
            labels.setdefault(self.up.down(value) // 4, f"{value:,.0f}")
        plain, tick = ("|", "+") if self.ascii else ("│", "┤")
        return [
            (Piece(labels.get(row, "").rjust(self.gutter - 1) + (tick if row in labels else plain), "plot-axis"), *line)
            for row, line in enumerate(self.dots.lines(self.ascii))
        ]

    def _below(self) -> list[Line]:
        """The axis with the step that we are at, and the phases, each with the number of its first step."""
        columns = self.dots.columns
        line, names = Dots(columns, 1), Dots(columns, 1)
        line.write(0, 0, "─" * columns, "plot-axis")
        for phase, first, last in self.tape.program.phases:
            start, end = self._first_dot(first) // 2, self._first_dot(last + 1) // 2
            if first > 1:
                line.mark(start, 0, "┴", "plot-axis")
            word = say(f"phase.{phase}")
            room = end - start - (last < self.steps)
            said = next((one for one in (f"{first} {word}", word, str(first)) if text_width(one) <= room), "")
            names.write(start, 0, said, "plot-axis")
        if self.step:
            line.mark(self._column(self.step), 0, "▲", "now")
        corner = " " * (self.gutter - 1) + ("+" if self.ascii else "└")
        return [
            (Piece(corner, "plot-axis"), *line.lines(self.ascii)[0]),
            (Piece(" " * self.gutter), *names.lines(self.ascii)[0]),
        ]
