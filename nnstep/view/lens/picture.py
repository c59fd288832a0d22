"""Pictures of the step: the activation's curve with this layer's values on it, the network, a value's distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.view.lens.lens_panel import of_block
from nnstep.view.plots.curve import curve_block
from nnstep.view.plots.functions import Curve, activation_curve
from nnstep.view.plots.histogram import histogram_block
from nnstep.view.plots.network import network_block
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene
from nnstep.view.text.blocks import Block, Draw, blank, flow, stack, under, wrap
from nnstep.view.text.canvas import Canvas, ClickArea, Piece, Target

__all__ = ["PICTURES", "picture", "picture_view", "pictures_here"]


def _curve(scene: Scene) -> Curve | None:
    return None if scene.step is None else activation_curve(scene.record, scene.step, scene.now)


def pictures_here(moment: Moment) -> tuple[str, ...]:
    """Which pictures there are at this step, the one that fits it best first."""
    return tuple(name for name, one in PICTURES.items() if one.when(moment))


def picture(moment: Moment, name: str) -> Draw:
    """One of the PICTURES."""
    return of_block(lambda width, height: PICTURES[name].make(moment, width, height))


def picture_view(moment: Moment) -> Draw:
    """The picture that is chosen, or the one that fits the step best, under the names of all that there are."""
    names = pictures_here(moment)
    chosen = moment.choice.picture if moment.choice.picture in names else names[0]
    draw = picture(moment, chosen)

    def shown(width: int, height: int, top: int | None) -> Canvas:
        head = stack([_tabs(names, chosen, width), blank()])
        return under(head, draw, width, height, top)

    return shown


def _tabs(names: tuple[str, ...], chosen: str, width: int) -> Block:
    tabs = []
    for name in names:
        piece = Piece(say(f"lens.picture.{name}"), "now" if name == chosen else "dim")
        block = wrap(piece.text, max(1, width), piece.role)
        tabs.append(block._replace(hits=(ClickArea(0, 0, block.width, 1, Target("picture.choose", name)),)))
    return flow(tabs, width, gap=3, between=False)


def _make_curve(moment: Moment, width: int, height: int) -> Block:
    scene = moment.inner
    curve = _curve(scene)
    assert curve is not None
    cell = scene.cell if moment.at is scene else None
    index = cell.index if cell is not None and scene.program.values[cell.slot].shape == curve.shape else None
    return curve_block(curve, index, width, height, scene.gallery.ascii, scene.gallery.digits)


def _make_network(moment: Moment, width: int, height: int) -> Block:
    scene = moment.outer
    cell = scene.cell if moment.at is scene else None
    row = scene.cursor[0] if cell is not None and cell.index and cell.index[0] < scene.program.rows else 0
    chosen = (cell.slot, cell.index) if cell is not None else None
    step = moment.session.position.step
    return network_block(
        scene.record, step, scene.now, row, chosen, width, height, scene.gallery.ascii, scene.gallery.digits
    )


def _make_histogram(moment: Moment, width: int, height: int) -> Block:
    scene = moment.at
    value = scene.chosen
    if value is None or not scene.computed(value):
        return wrap(say("lens.cell.none"), width, "dim")
    array = scene.record.value(value.slot)
    cell = scene.cell
    chosen = float(array[cell.index]) if cell is not None else None
    name = "".join(piece.text for piece in scene.picture(value).heading[:1])
    return histogram_block(array, name, width, height, scene.gallery.ascii, chosen, scene.gallery.digits)


class PictureKind(NamedTuple):
    """A picture of a step; its tab is `lens.picture.<id>` in the catalogue.

    make  the picture for a moment, a width and a height
    when  whether there is one at a moment
    """

    make: Callable[[Moment, int, int], Block]
    when: Callable[[Moment], bool] = lambda moment: True


PICTURES = {
    "curve": PictureKind(_make_curve, lambda moment: _curve(moment.inner) is not None),
    "network": PictureKind(_make_network),
    "histogram": PictureKind(_make_histogram),
}
"""Every picture by its id, in the order of the tabs."""
