"""The chain-rule panel's content: the factors of one parameter's gradient, and one entry of it through every path."""

from __future__ import annotations

from collections.abc import Sequence

from nnstep.catalogue import say
from nnstep.debugger.provenance.products import EntryChain, entry_chain
from nnstep.program import Factor, parameters_with_gradient
from nnstep.view.panels.chain import ChainPanel
from nnstep.view.panels.chain_products import known_factors, product_lines
from nnstep.view.scene.display import local_name
from nnstep.view.scene.scene import Scene
from nnstep.view.scene.values import ShownMatrix
from nnstep.view.text.blocks import Block, set_in, stack
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.highlight import DARK
from nnstep.view.text.matrix import MatrixView

__all__ = ["chain_panel", "entry_block"]

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
