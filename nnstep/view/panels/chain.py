"""The chain-rule panel: the factors of one parameter's gradient, and one entry of it through every path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.debugger.provenance.products import EntryChain, entry_chain
from nnstep.program import Factor, parameters_with_gradient
from nnstep.text import padded
from nnstep.text import width as text_width
from nnstep.view.panels.chain_products import known_factors, product_lines
from nnstep.view.scene.chain_plan import FactorWords
from nnstep.view.scene.display import local_name
from nnstep.view.scene.scene import Scene
from nnstep.view.scene.values import ShownMatrix, matrix_block
from nnstep.view.text.blocks import Block, blank, broken, fit, flow, line_width, lines_block, paint, set_in, stack, wrap
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target
from nnstep.view.text.highlight import DARK
from nnstep.view.text.matrix import MatrixView

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


_MOST_TERMS = 8


def chain_panel(scene: Scene, step: int, hidden: bool = False) -> ChainPanel:
    """The panel for the chosen parameter (the first one, when none is chosen); `step` is the one that is looked at.

    With `hidden` what the step computes is asked for: then the products are not multiplied out.
    """
    tabs = parameters_with_gradient(scene.program)
    title = (Piece(say("panel.chain.title"), "heading"),)
    if not tabs:
        return ChainPanel(title, (), "", empty=say("panel.chain.empty"))
    chosen = scene.choice.weight if scene.choice.weight in tabs else tabs[0]
    found = scene.gallery.plan(scene.program, chosen)
    done = [one for one in found.factors if one.step.index <= scene.now]
    return ChainPanel(
        title=(*title, Piece(f" · ∂{scene.objective}/∂{chosen}", "gradient")),
        tabs=tabs,
        chosen=chosen,
        formula=_formula(found.formula, step),
        factors=found.words,
        now=step,
        shown=_matrices(scene, done[-1] if done else None),
        entry=(lambda width: _entry(scene, chosen, width, not hidden)) if scene.now else None,  # 0: nothing to multiply
    )


def _formula(pieces: Sequence[tuple[Piece, int]], now: int) -> Line:
    """The formula with the current factor marked and those to come dimmed."""
    return tuple(
        Piece(piece.text, "now" if step == now else "text" if step < now else "dim") if step else piece
        for piece, step in pieces
    )


def _matrices(scene: Scene, current: Factor | None) -> list[ShownMatrix]:
    """The last factor that is computed, and the gradient it gives."""
    if current is None or current.kind == "seed":
        return []
    target = scene.program.values[current.step.target]
    shown = []
    if current.kind in ("left", "right", "entrywise") and current.local is not None:
        shown.append(ShownMatrix(_local_picture(scene, current)))
    shown.append(ShownMatrix(scene.picture(target), None, DARK, current.step.index == scene.now))
    return shown


def _local_picture(scene: Scene, found: Factor) -> MatrixView:
    assert found.local is not None
    name = local_name(scene.program, found)
    return scene.gallery.expression(scene.record, name, found.step, found.local, scene.operands(found.step))


def _entry(scene: Scene, chosen: str, width: int, multiplied: bool) -> Block:
    """∂L/∂W1[i,j] = Σ …, with the numbers of each product once they are there."""
    program = scene.program
    picture = scene.picture(program.values[program.versions[chosen][0]])
    row, column = min(scene.choice.entry[0], picture.rows - 1), min(scene.choice.entry[1], picture.columns - 1)
    gradient, index = scene.latest(f"grad({chosen})"), picture.index_of((row, column))
    return entry_block(scene, scene.gallery.chain(scene.record, gradient.slot, index, entry_chain), width, multiplied)


def entry_block(scene: Scene, found: EntryChain, width: int, multiplied: bool = True) -> Block:
    """An entry of a gradient as the sum of its products, multiplied out or not."""
    known, full = known_factors(scene, found, multiplied), scene.choice.full

    def make() -> Block:
        return stack([set_in(line, width) for line in product_lines(scene, found, known, full, width)])

    looks = (found.slot, found.index, known, full, width, scene.gallery.digits)
    return scene.gallery.once(scene.record, "products", looks, make)
