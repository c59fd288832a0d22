"""The two lines at the top: what this is and where we are in the run; and where in the iteration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.text import width as text_width
from nnstep.view.text.blocks import fit, line_width
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target

__all__ = ["Header", "sparkline"]

_BARS = "▁▂▃▄▅▆▇█"


class Header(NamedTuple):
    """counters: epoch, batch, iteration as pieces, most important last. phases: (name, first step, last step).

    `place` is the line where we are, 6.2 in the body of step 6. `strip` makes the third line, the whole run, for a
    width; None where the run is one iteration.
    """

    name: str
    file: str
    counters: Line
    loss: Line
    phases: Sequence[tuple[str, int, int]]
    step: int
    steps: int
    place: str = ""
    strip: Callable[[int], tuple[Line, tuple[ClickArea, ...]]] | None = None
    key: str = "header"
    title: Line = ()

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """Two or three lines of `width` columns; a click on a timeline goes to the step or the iteration under it."""
        timeline, hits = _timeline(tuple(self.phases), self.step, self.steps, self.place, width)
        lines = [_first(self.name, self.file, self.counters, self.loss, width), timeline]
        if height > 2 and self.strip is not None:
            name = f" {say('header.run')} "
            run, targets = self.strip(max(1, width - text_width(name) - 1))
            lines.append(fit((Piece(name, "dim"), *run), width))
            hits = (*hits, *(ClickArea(hit.x + text_width(name), 2, *hit[2:]) for hit in targets))
        return Canvas(tuple(lines[:height]), hits if height > 1 else (), width, len(lines))


@lru_cache(maxsize=8)  # the same as long as the loss is
def _first(name: str, file: str, counters: Line, loss: Line, width: int) -> Line:
    """What this is, where we are in the run, the loss."""
    right = (*counters, *loss)
    while line_width(right) > width * 2 // 3 and len(right) > len(loss):
        right = right[1:]
    left: Line = (Piece(" nnstep ", "heading"), Piece(" "), Piece(name, "title"))
    if line_width(left) + text_width(file) + line_width(right) + 4 <= width:
        left = (*left, Piece("  " + file, "dim"))
    left = fit(left, width - line_width(right) - 2)
    gap = width - line_width(left) - line_width(right) - 1
    return (*left, Piece(" " * max(1, gap)), *fit(right, width - line_width(left) - 1))


@lru_cache(maxsize=256)  # the same at each iteration
def _timeline(
    phases: tuple[tuple[str, int, int], ...], step: int, steps: int, place: str, width: int
) -> tuple[Line, tuple[ClickArea, ...]]:
    """The phases as bars, the current step on them, and what clicks on them ask for."""
    count = f" {place or step}/{steps} "
    names = sum(text_width(name) + 3 for name, _, _ in phases)
    room = width - names - len(count) - 1
    if not phases or room < len(phases):
        return fit((Piece(f" {say('header.step')}{count}", "strong"),), width), ()
    pieces: list[Piece] = [Piece(" ")]
    hits: list[ClickArea] = []
    column, used = 1, 0
    for position, (name, first, last) in enumerate(phases):
        share = room * last // steps - used if position < len(phases) - 1 else room - used
        used += share
        role = "now" if first <= step <= last else "done" if step > last else "dim"
        pieces += [Piece(name, role), Piece(" ")]
        column += text_width(name) + 1
        pieces += _bar(share, first, last, step)
        hits.append(ClickArea(column, 1, share, 1, _step_under(first, last, share)))
        hits.append(ClickArea(column - text_width(name) - 1, 1, text_width(name), 1, Target("step.goto", str(first))))
        column += share + 2
        pieces.append(Piece("  "))
    return fit((*pieces[:-1], Piece(count, "strong")), width), tuple(hits)


def _bar(share: int, first: int, last: int, step: int) -> list[Piece]:
    if step > last:
        return [Piece("━" * share, "bar-done")]
    if step < first:
        return [Piece("╌" * share, "bar-todo")]
    at = (step - first) * (share - 1) // max(1, last - first) if last > first else share - 1
    return [Piece("━" * at, "bar-done"), Piece("●", "bar-now"), Piece("╌" * (share - at - 1), "bar-todo")]


def _step_under(first: int, last: int, share: int) -> Callable[[int, int], Target]:
    """What a click on a phase's bar of `share` columns asks for."""
    return lambda x, y: Target("step.goto", str(first + x * (last - first + 1) // share))


def sparkline(values: Sequence[float], columns: int) -> str:
    """The last values as a row of bars, `columns` at most; each is the mean of the values it stands for."""
    finite = [value for value in values if value == value and abs(value) != float("inf")]
    if len(finite) < 2:
        return ""
    size = -(-len(finite) // columns)
    means = [sum(part) / len(part) for part in (finite[i : i + size] for i in range(0, len(finite), size))]
    low, high = min(means), max(means)
    span = high - low
    return "".join(_BARS[int((value - low) / span * (len(_BARS) - 1)) if span else 0] for value in means)
