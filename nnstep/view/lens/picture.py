"""Pictures of the step: the activation's curve with this layer's values on it, the network, a value's distribution."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.view.lens.plot import Plot, of_moment, plots_there, under_tabs
from nnstep.view.plots.curve import curve_block
from nnstep.view.plots.functions import Curve, activation_curve
from nnstep.view.plots.histogram import histogram_block
from nnstep.view.plots.network import network_block
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene
from nnstep.view.text.blocks import Block, Draw, wrap


def _curve(scene: Scene) -> Curve | None:
    return None if scene.step is None else activation_curve(scene.record, scene.step, scene.now)


def picture_view(moment: Moment) -> Draw:
    """The picture that is chosen, or the one that fits the step best, under the names of all that there are."""
    names, chosen = plots_there(PICTURES, moment), moment.choice.picture
    return under_tabs(PICTURES, moment, chosen if chosen in names else names[0], "picture.choose")


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


PICTURES = {
    "curve": Plot(
        lambda moment: say("lens.picture.curve"),
        of_moment(_make_curve),
        when=lambda moment: _curve(moment.inner) is not None,
    ),
    "network": Plot(lambda moment: say("lens.picture.network"), of_moment(_make_network)),
    "histogram": Plot(lambda moment: say("lens.picture.histogram"), of_moment(_make_histogram)),
}
"""Every picture of a step by its id, in the order of the tabs: the one that fits a step best is first."""
