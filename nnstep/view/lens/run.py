"""Plots of the run: the loss and the gradients over its iterations, and what the network says of the samples by now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.debugger.gradient_norms import gradient_norms, norms_of, with_norms
from nnstep.debugger.prediction import (
    Outputs,
    Prediction,
    Predictor,
    classes_of,
    decided,
    prediction_of,
    predictor,
    probabilities,
)
from nnstep.debugger.provenance.batch_axis import sample_axes
from nnstep.ops import Array
from nnstep.scenario.model import Data
from nnstep.text import clean
from nnstep.view.lens.lens_panel import of_block
from nnstep.view.lens.plot import Plot, of_moment, plots_there, tab, under_tabs
from nnstep.view.plots.across import Series
from nnstep.view.plots.bars import Judged, bars_block
from nnstep.view.plots.boundary import boundary_block
from nnstep.view.plots.confusion import confusion, confusion_block, scatter_block
from nnstep.view.plots.series import series_block
from nnstep.view.scene.moment import Moment
from nnstep.view.text.blocks import Block, Draw, blank, paint, stack, wrap
from nnstep.view.text.canvas import Canvas, Target
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.symbols import label

_SAMPLES = 4_096  # samples that are predicted, at most; of more, some spread over them
_NORMS = 96  # iterations whose gradients are looked at
_SECONDS = 0.2  # for the gradients of iterations that were not looked at before


def run_view(moment: Moment) -> Draw:
    """The plot that is chosen, else the first one, under the names of all."""
    names = plots_there(RUN_PLOTS, moment)
    if not names:
        return of_block(lambda width, height: wrap(say("run.none"), width, "dim"))
    chosen = moment.choice.run if moment.choice.run in names else names[0]

    def scale(width: int) -> Sequence[Block]:
        said = say("run.scale.log") if moment.choice.log else say("run.scale.linear")
        return [tab(said, False, Target("run.log"), width)] if RUN_PLOTS[chosen].over_iterations else []

    return under_tabs(RUN_PLOTS, moment, chosen, "run.choose", scale)


# Over the iterations.


def _loss(moment: Moment, width: int, height: int) -> Block:
    scene, timeline = moment.outer, moment.session.timeline
    objective = scene.program.objective
    assert objective is not None
    value = scene.program.values[objective]
    here, there = scene.record.iteration, scene.computed(value)
    points = timeline.history.points(None if there or timeline.reached > here else here - 1)
    now = float(scene.record.value(objective)) if there else None
    name = clean(value.name, 30)
    one = Series(name, points.iterations, points.last, points.low, points.high, now)
    return _over_iterations(moment, [one], width, height)


def _over_iterations(moment: Moment, series: Sequence[Series], width: int, height: int) -> Block:
    return series_block(
        series,
        moment.outer.record.iteration,
        moment.session.timeline.iterations,
        width,
        height,
        log=moment.choice.log,
        marks=moment.marks,
        ascii=moment.outer.gallery.ascii,
    )


def _gradients(moment: Moment, width: int, height: int) -> Block:
    """The norm of each parameter's gradient; that of this iteration once it is computed."""
    scene, timeline = moment.outer, moment.session.timeline
    ascii, here = scene.gallery.ascii, scene.record.iteration
    names = with_norms(timeline)
    wanted = [one for one in timeline.samples(_NORMS) if one != here]
    found = gradient_norms(timeline, wanted, _SECONDS)
    iterations = np.array(list(found), dtype=np.float64)
    norms = np.array(list(found.values())).reshape(len(found), len(names))
    at = int(np.searchsorted(iterations, here))
    series = []
    for place, name in enumerate(names):
        gradient = f"grad({name})"
        written = f"|{gradient}|" if ascii else f"‖{clean(label(gradient, scene.objective), 40)}‖"
        if scene.computed(scene.latest(gradient)) and scene.latest(gradient).slot == _last(moment, gradient):
            now = float(norms_of(scene.record, (name,))[0])
            places, values = np.insert(iterations, at, here), np.insert(norms[:, place], at, now)
            series.append(Series(written, places, values, now=now))
        else:
            series.append(Series(written, iterations, norms[:, place]))
    if len(found) == len(wanted):
        return _over_iterations(moment, series, width, height)
    note = wrap(say("run.norms.some", count=len(found), of=len(wanted)), width, "warning")
    return stack([_over_iterations(moment, series, width, height - note.height), note])


def _last(moment: Moment, name: str) -> int:
    return moment.outer.program.versions[name][-1]


# What the network says of the samples.


class _Samples(NamedTuple):
    """Samples with what the network gives for them; `said` is which ones they are."""

    found: Prediction
    outputs: Outputs
    said: str


def _data(moment: Moment) -> tuple[Predictor | None, Data | None]:
    """The predictor and the samples that are in force in this iteration."""
    scenario = moment.session.timeline.era(moment.outer.record.iteration).scenario
    return predictor(scenario), scenario.data


def _prediction(moment: Moment) -> Prediction | None:
    scene = moment.outer
    scenario = moment.session.timeline.era(scene.record.iteration).scenario
    return scene.gallery.once(scene.record, "prediction", None, lambda: prediction_of(scenario, scene.program))


def _parameters(moment: Moment) -> tuple[int, ...]:
    """Which parameters are in force: their slots before the update, or those after it."""
    scene = moment.outer
    names = dict.fromkeys(value.name for value in scene.program.values if value.role == "parameter")
    return tuple(scene.latest(name).slot for name in names)


def _some(samples: Array) -> Array:
    """Not too many of the samples, spread over all."""
    if len(samples) <= _SAMPLES:
        return samples
    return samples[np.linspace(0, len(samples) - 1, _SAMPLES).astype(np.intp)]


def _pictured(make: Callable[[Moment, int, int], Block]) -> Callable[[Moment], Draw]:
    """A picture of all samples: made again when the parameters have changed, or its room."""

    def block(moment: Moment, width: int, height: int) -> Block:
        scene = moment.outer
        looks = (_parameters(moment), scene.now if _data(moment)[0] is None else 0, width, height)
        key = f"picture of {make.__name__}"
        return scene.gallery.once(scene.record, key, looks, lambda: make(moment, width, height))

    return of_moment(block)


def _boundary(moment: Moment, width: int, height: int) -> Block:
    scene = moment.outer
    network, data = _data(moment)
    if network is None or data is None or data.y is None:
        return wrap(say("run.boundary.together"), width, "dim")
    x, y = _some(data.x), _some(data.y)
    return boundary_block(
        network.found,
        lambda inputs: network.run(scene.record, scene.now, inputs).values,
        x,
        network.run(scene.record, scene.now, x, y).targets,
        data.columns,
        width,
        height,
        work=network.work,
        ascii=scene.gallery.ascii,
    )


def _judged(moment: Moment, width: int, height: int) -> Block:
    samples, ascii = _all_samples(moment), moment.outer.gallery.ascii
    if samples is None:
        found = _prediction(moment)
        assert found is not None
        return wrap(say("run.bars.later", name=_written(moment, found.name)), width, "todo")
    found, outputs, said = samples
    assert outputs.targets is not None
    if found.kind == "numbers":
        return scatter_block(outputs.targets, outputs.values, said, width, height, ascii)
    counts = confusion(classes_of(found, outputs.targets), decided(found, outputs.values), found.classes)
    return confusion_block(counts, found.names, said, width, height, ascii)


def _all_samples(moment: Moment) -> _Samples | None:
    """All samples with the parameters as they are now; of a network that needs its batch, that one once computed."""
    scene = moment.outer
    network, data = _data(moment)
    if network is not None and data is not None and data.y is not None:
        x, y = _some(data.x), _some(data.y)
        several = len(x) < len(data.x)
        said = say("run.confusion.some", count=f"{len(x):,}", of=f"{len(data.x):,}") if several else ""
        outputs = network.run(scene.record, scene.now, x, y)
        return _Samples(network.found, outputs, said or say("run.confusion.all", count=f"{len(x):,}"))
    found = _prediction(moment)
    assert found is not None
    assert found.target is not None
    values = [scene.program.values[slot] for slot in (found.slot, found.target)]
    if not all(map(scene.computed, values)):
        return None
    arrays = [scene.record.value(value.slot) for value in values]
    return _Samples(found, Outputs(*arrays), say("run.confusion.batch", count=f"{len(arrays[0]):,}"))


def _written(moment: Moment, name: str) -> str:
    scene = moment.outer
    said = clean(label(name, scene.objective), 40)
    return ascii_text(clean(name, 40)) if scene.gallery.ascii else said


def _bars(moment: Moment, width: int, height: int, top: int | None) -> Canvas:
    """The probabilities of this batch, the chosen sample in sight."""
    scene, found = moment.outer, _prediction(moment)
    assert found is not None
    if not scene.computed(scene.program.values[found.slot]):
        return paint(wrap(say("run.bars.later", name=_written(moment, found.name)), width, "todo"), width, height, top)
    values = scene.record.value(found.slot)
    known = found.target is not None and scene.computed(scene.program.values[found.target])
    targets = scene.record.value(found.target) if known and found.target is not None else None
    truth = classes_of(found, targets) if targets is not None else None
    judged = Judged(
        found.name,
        probabilities(found, values),
        decided(found, values),
        truth,
        found.names,
        scene.record.rows,
    )
    chosen = _chosen_sample(moment)
    bars = bars_block(judged, chosen, width, scene.gallery.ascii)
    name = _written(moment, f"{found.scale}({found.name})" if found.logits else found.name)
    head = stack([wrap(say("run.bars.head", name=name), width, "dim"), blank()] if height > 10 else [])
    each = (bars.height + 1) // max(1, len(values))
    start = head.height + chosen * each
    keep = (start, start + each - 1) if chosen >= 0 and start + each > height else None
    return paint(stack([head, bars]), width, height, top, keep)


def _chosen_sample(moment: Moment) -> int:
    """The sample of the batch that the chosen cell belongs to; −1 where it belongs to none."""
    scene = moment.outer
    cell = scene.cell if moment.at is scene else None
    if cell is None or not cell.index or 0 not in sample_axes(scene.program).get(cell.slot, ()):
        return -1
    return cell.index[0]


def _title(name: str, of_numbers: str) -> Callable[[Moment], str]:
    """The name of a plot: another one for a network whose output is numbers."""

    def title(moment: Moment) -> str:
        found = _prediction(moment)
        return say(f"lens.run.{of_numbers if found is not None and found.kind == 'numbers' else name}")

    return title


def _compared(moment: Moment) -> bool:
    found = _prediction(moment)
    return found is not None and found.target is not None


def _has_probabilities(moment: Moment) -> bool:
    found = _prediction(moment)
    return found is not None and found.kind != "numbers" and found.scale != "scores"


RUN_PLOTS = {
    "loss": Plot(
        lambda moment: say("lens.run.loss"),
        of_moment(_loss),
        when=lambda moment: moment.outer.program.objective is not None,
        over_iterations=True,
    ),
    "gradients": Plot(
        lambda moment: say("lens.run.gradients"),
        of_moment(_gradients),
        when=lambda moment: bool(with_norms(moment.session.timeline)),
        over_iterations=True,
    ),
    "boundary": Plot(_title("boundary", "surface"), _pictured(_boundary), when=_compared),
    "classes": Plot(_title("classes", "scatter"), _pictured(_judged), when=_compared),
    "probabilities": Plot(
        lambda moment: say("lens.run.probabilities"),
        lambda moment: lambda width, height, top: _bars(moment, width, height, top),
        when=_has_probabilities,
    ),
}
"""Every plot of the run by its id, in the order of the tabs."""
