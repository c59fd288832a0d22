"""The texts in English: plots of the run."""

from __future__ import annotations

RUN: dict[str, str] = {
    # -- the view and its tabs (view/lens/run.py)
    "lens.run": "run",
    "lens.run.loss": "loss",
    "lens.run.gradients": "gradients",
    "lens.run.boundary": "boundary",
    "lens.run.surface": "prediction",
    "lens.run.classes": "classes",
    "lens.run.scatter": "predicted and true",
    "lens.run.probabilities": "probabilities",
    "help.lens.run": "The loss and the norm of each gradient over the iterations, and what the network says of the "
    "samples with the parameters as they are now. A click on an iteration goes there; ▲ is where we are, ● where a "
    "breakpoint hits. {key:lens.run} shows the next plot, {key:run.log} changes between a linear and a log scale.",
    "run.none": "There is nothing to plot: no loss, and no prediction that is compared with targets y.",
    "run.scale.linear": "linear scale",
    "run.scale.log": "log scale",
    # -- numbers over iterations (view/plots/series.py)
    "run.axis.not-run": "not run yet",
    "run.axis.log": "log scale",
    "run.axis.left-out.one": "1 left out (0 or less)",
    "run.axis.left-out.many": "{count} left out (0 or less)",
    "run.axis.no-number": "NaN or infinite",
    "run.axis.more.one": "and 1 more",
    "run.axis.more.many": "and {count} more",
    "run.norms.some": "{count} of {of} iterations so far: the next key goes on",
    # -- what the network says of inputs (view/plots/boundary.py, fitted.py)
    "run.right": "{right} of {count} right",
    "run.samples.one": "1 sample",
    "run.samples.many": "{count} samples",
    "run.boundary.axes": "across {across}, up {up}",
    "run.boundary.wrong": "taken for another class",
    "run.boundary.from": "from {number}",
    "run.boundary.above": "the target is above the prediction",
    "run.boundary.below": "below it",
    "run.boundary.over": "{what} over {name}",
    "run.boundary.probability": "probability of {name}",
    "run.boundary.columns": "x has {count} columns; a boundary can be drawn for 2, a curve for 1.",
    "run.boundary.outputs": "{name} has {count} columns; shades can be drawn for 1.",
    "run.boundary.line": "x has 1 column and {name} has {count}; a curve can be drawn for 1, a boundary needs 2 "
    "columns of x.",
    "run.boundary.far": "The samples are too far apart to be drawn.",
    "run.boundary.together": "This network cannot be asked about one input alone: what it says of a sample depends on "
    "the others of its batch.",
    # -- predicted against true (view/plots/confusion.py)
    "run.confusion.true": "true",
    "run.confusion.predicted": "predicted",
    "run.confusion.none": "none",
    "run.confusion.all": "all {count} samples, current parameters",
    "run.confusion.some": "{count} of {of} samples, current parameters",
    "run.confusion.batch": "the {count} samples of this batch",
    "run.confusion.mistakes": "the most frequent mistakes, first the true class:",
    "run.confusion.scatter": "predicted (up) over true (across)",
    "run.confusion.off": "off by {mean} on average, {most} at most",
    # -- probabilities as bars (view/plots/bars.py)
    "run.bars.head": "{name}: the probability of each class, and the decision for the largest as a one-hot row",
    "run.bars.later": "{name} is not computed yet: step on to it.",
    "run.bars.sample": "sample {number}",
    "run.bars.row": "(row {row} of the data)",
    "run.bars.decided": "taken for",
    "run.bars.open": "no decision: NaN",
    "run.bars.right": "right",
    "run.bars.wrong": "wrong, it is {name}",
    "run.bars.true": "true class",
    "run.bars.more": "… {count} more classes",
}
