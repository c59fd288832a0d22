"""The chain-rule panel: the product of terms from the objective to one parameter, and one entry with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from nnstep.text import padded
from nnstep.text import width as text_width
from nnstep.view.scene.chain_plan import FactorWords
from nnstep.view.scene.values import ShownMatrix, matrix_block
from nnstep.view.text.blocks import Block, blank, broken, fit, flow, line_width, lines_block, paint, stack, wrap
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target

__all__ = ["ChainPanel"]

_MARKS = {"done": "✔", "now": "▶", "todo": "·"}


class ChainPanel(NamedTuple):
    """The terms of ∂L/∂`chosen`.

    formula  the whole product, nested as it is computed
    shown    matrices of the current factor: the factor itself and what it makes of the upstream gradient
    now      the step that is done: factors up to it are done, that of it is the current one
    entry    the chosen entry, multiplied out, for a width
    """

    title: Line
    tabs: Sequence[str]
    chosen: str
    formula: Line = ()
    factors: Sequence[FactorWords] = ()
    now: int = 0
    shown: Sequence[ShownMatrix] = ()
    entry: Callable[[int], Block] | None = None
    empty: str = ""
    key: str = "chain"

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height`; see `nnstep.view.text.canvas.Panel`."""
        if not self.tabs:
            return paint(wrap(self.empty, width, "dim"), width, height, top)
        blocks = [
            self._tabs(width),
            broken(self.formula, width),
            blank(),
            _factors(tuple(self.factors), self.now, width),
        ]
        if self.entry is not None:
            blocks += [blank(), self.entry(width)]
        used = sum(block.height for block in blocks)
        if self.shown:
            room = max(3, height - used - 1)
            blocks += [blank(), flow([matrix_block(item, width, room) for item in self.shown], width)]
        return paint(stack(blocks), width, height, top)

    def _tabs(self, width: int) -> Block:
        tabs = [
            Block(
                text_width(name) + 2,
                1,
                lambda y, name=name: (Piece(f" {name} ", "tab-on" if name == self.chosen else "tab"),),  # type: ignore[misc]
                (ClickArea(0, 0, text_width(name) + 2, 1, Target("weight.choose", name)),),
            )
            for name in self.tabs
        ]
        return flow(tabs, width, gap=1)


@lru_cache(maxsize=64)  # the same at each iteration
def _factors(factors: tuple[FactorWords, ...], now: int, width: int) -> Block:
    """A line a factor: done, current or to come; its symbol, its expression, its shape."""
    symbols = min(max((text_width(one.symbol) for one in factors), default=0), max(8, width // 2 - 4))
    shapes = max((text_width(one.shape) for one in factors), default=0)
    lines, hits = [], []
    for y, one in enumerate(factors):
        state = "now" if one.step == now else "done" if one.step < now else "todo"
        role = {"done": "text", "now": "now", "todo": "dim"}[state]
        mark = Piece(f"{_MARKS[state]} ", {"done": "good", "now": "now", "todo": "dim"}[state])
        room = max(1, width - symbols - shapes - 6)
        body = fit(one.expression, room)
        pad = " " * (room - line_width(body))
        coloured = body if state == "done" else tuple(Piece(piece.text, role) for piece in body)
        lines.append(
            (
                mark,
                *fit((Piece(one.symbol, role),), symbols),
                Piece(" " * (max(0, symbols - text_width(one.symbol)) + 2)),
                *coloured,
                Piece(pad + "  "),
                Piece(padded(one.shape, shapes, right=True), "shape"),
            )
        )
        hits.append(ClickArea(0, y, width, 1, Target("step.goto", str(one.step))))
    return lines_block(lines, tuple(hits))
