"""The texts in English: the health of a run (view/health_text.py, view/health_report.py, view/lens/health.py)."""

from __future__ import annotations

__all__ = ["HEALTH"]

HEALTH: dict[str, str] = {
    "lens.health": "health",
    "help.lens.health": "What is wrong with the run, as far as it is known at this step: a cross is a problem, a "
    "triangle is worth a look. Below the list stands what was seen in the chosen row, and its cause. Enter goes to the "
    "iteration, step and cell where it began.",
    # -- the list
    "health.count.one": "1 finding, as far as this step",
    "health.count.many": "{count} findings, as far as this step",
    "health.well": "Nothing is wrong, as far as this step.",
    "health.nothing-yet": "Nothing is computed yet: step on, and it is looked at.",
    "health.looked-at": "Looked at: dead ReLU units, saturated sigmoid and tanh units, gradients from layer to layer, "
    "numbers that are infinite or NaN, the size of updates, and whether the loss still falls.",
    "health.place": "iteration {iteration}, step {step}",
    "health.place.start": "iteration {iteration}, before the first step",
    "health.problem": "problem",
    "health.warning": "warning",
    "health.layers": "Layer by layer: {layers}.",
    "health.often.one": "So it is in 1 of {iterations} iterations.",
    "health.often.many": "So it is in {count} of {iterations} iterations, most of all in iteration {worst}.",
    # -- since when
    "health.since.exact": "It has been so since iteration {since}.",
    "health.since.looked": "It has been so since iteration {since}, in every iteration that was looked at.",
    "health.since.least": "It has been so at least since iteration {since}; what was before was not looked at.",
    "health.samples.all.one": "the only sample",
    "health.samples.all.many": "all {count} samples",
    "health.samples.batch.one": "the only sample of the batch",
    "health.samples.batch.many": "all {count} samples of the batch",
    # -- dead units
    "health.dead": "Dead ReLU unit",
    "health.dead.says": "Unit {units} of {layer} is 0 for {samples}: its largest input is {level}. The slope of ReLU "
    "is 0 there, so its own weights and bias get no gradient and cannot bring it back.",
    "health.dead.several": "Dead ReLU units",
    "health.dead.several.says": "Units {units} of {layer}, {count} of {of}, are 0 for {samples}: their largest input "
    "is {level}. The slope of ReLU is 0 there, so their own weights and biases get no gradient and cannot bring them "
    "back.",
    "health.dead.layer": "Dead ReLU layer",
    "health.dead.layer.says": "All {of} units of {layer} are 0 for {samples}: their largest input is {level}. Nothing "
    "passes through the layer forward, and no gradient passes through it backward.",
    "health.dead.cause.start": "It was so from the start: the initial weights and biases leave no positive input.",
    "health.dead.cause.update": "Right before, the update of iteration {before} moved {cell} from {old} to {new}.",
    "health.dead.cause.inputs": "Its own weights and bias were not moved right before, in iteration {before}: what "
    "they are multiplied with has changed.",
    "health.dead.cause.edit": "Iteration {began} begins with an edit.",
    # -- saturated units
    "health.saturated": "Saturated unit",
    "health.saturated.says": "Unit {units} of {layer} is saturated for {samples}: the slope of {function} is {level} "
    "at most, where it may be {steepest}, and its mean input is {mean}. Every gradient through it is multiplied by "
    "that slope.",
    "health.saturated.several": "Saturated units",
    "health.saturated.several.says": "Units {units} of {layer}, {count} of {of}, are saturated for {samples}: the "
    "slope of {function} is {level} at most, where it may be {steepest}. Every gradient through them is multiplied by "
    "such a slope.",
    "health.saturated.layer": "Saturated layer",
    "health.saturated.layer.says": "All {of} units of {layer} are saturated for {samples}: the slope of {function} is "
    "{level} at most, where it may be {steepest}. Every gradient through the layer is multiplied by such slopes.",
    "health.saturated.cause.parts": "Its weights have the norm {weights}, its bias is {bias}, and the numbers in "
    "{read} that they are multiplied with are {inputs} in size (root mean square).",
    "health.saturated.cause.weights": "Its weights have the norm {weights}, and the numbers in {read} that they are "
    "multiplied with are {inputs} in size (root mean square).",
    # -- gradients from layer to layer
    "health.vanishing": "Vanishing gradient",
    "health.vanishing.says": "The gradient shrinks on its way back: {name} is {size} in size (root mean square), "
    "{last} is {other}. The ratio is {ratio}.",
    "health.exploding": "Exploding gradient",
    "health.exploding.says": "The gradient grows on its way back: {name} is {size} in size (root mean square), {last} "
    "is {other}. The ratio is {ratio}.",
    "health.exploding.says.huge": "{name} is {size} in size (root mean square), more than {most}.",
    "health.flow.slopes.one": "On the way, the slope of {names} multiplies it by {factor}.",
    "health.flow.slopes.many": "On the way, the slopes of {names} multiply it by {factor} together, by {each} each on "
    "average.",
    "health.flow.weights.one": "On the way, {names} multiplies it by {factor}.",
    "health.flow.weights.many": "On the way, {names} multiply it by {factor} together, by {each} each on average.",
    "health.flow.inputs": "The gradient of weights is a product with what they are multiplied with: for {layer} that "
    "is {given}, {inputs} in size, for the later layer {later}, {others} in size.",
    # -- numbers
    "health.infinite": "Infinite number",
    "health.infinite.says": "{cell} is {number}. Before it, every number of the run is finite.",
    "health.infinite.says.looked": "{cell} is {number}. Before it, every number of this iteration is finite, and so is "
    "every number of the one before.",
    "health.nan": "Not a number (NaN)",
    "health.nan.says": "{cell} is NaN. Before it, no number of the run is NaN.",
    "health.nan.says.looked": "{cell} is NaN. Before it, no number of this iteration is NaN, and none of the one "
    "before.",
    "health.number.pole": "{call} is {result}, with {operands}.",
    "health.number.undefined": "{call} has no value, with {operands}.",
    "health.number.overflow": "{call} is beyond the largest number that there is, about 1.8e308, with {operands}.",
    "health.number.bare": "{call} is {result}.",
    "health.number.given": "It is there before the first step of the run.",
    "health.number.edited": "It is there before the first step of the iteration: an edit put it there.",
    "health.operand": "{expression} = {number}",
    "health.many-operands": "{function} of {count} numbers",
    # -- updates
    "health.large-update": "Update larger than the weights",
    "health.large-update.says": "The update moves {name} by {ratio} times its own norm, {size}: {cell} goes from {old} "
    "to {new}.",
    "health.small-update": "Update far too small",
    "health.small-update.says": "The update moves {name} by {ratio} times its own norm, {size}: at this pace it takes "
    "{iterations} iterations to go as far as that.",
    "health.small-update.says.lost": "The update leaves {name} as it is: it is smaller than the last digit of the "
    "weights.",
    "health.update.share": "So it is for {count} of {of} parameters.",
    "health.update.rate": "The gradient has the norm {gradient}, the learning rate is {lr}. With {better}, the update "
    "would have been a hundredth of the weights.",
    "health.update.lost": "The gradient has the norm {gradient}, the learning rate is {lr}.",
    # -- the loss
    "health.stalled": "The loss stopped falling",
    "health.stalled.says": "From iteration {since} to {until} {name} does not fall: its mean is {before} in the first "
    "half of them and {now} in the second.",
    "health.rising": "The loss rises",
    "health.rising.says": "From iteration {since} to {until} {name} rises: its mean is {before} in the first half of "
    "them and {now} in the second.",
    "health.loss.dead": "All units of {layer} are dead, so no gradient goes through that layer.",
    "health.loss.small": "The updates are tiny: the learning rate is {lr}.",
    "health.loss.jumps": "It goes up and down between {low} and {high}: the learning rate is likely too large.",
    "health.loss.grows": "It grows from step to step, up to {high}: the learning rate is likely too large.",
    "health.loss.flat": "The gradient is nearly 0, its norm is {gradient}: this is a minimum, a saddle or a plateau.",
    "health.loss.steep": "Yet the gradient is not 0, its norm is {gradient}: the steps that are taken do not lead "
    "down.",
    # -- what check --train prints
    "health.report": "Training",
    "health.report.loss": "{first} in iteration 1, {last} in iteration {iterations}",
    "health.report.none": "no loss: nothing is differentiated",
    "health.report.well": "nothing is wrong",
    "health.report.label.run": "run",
    "health.report.label.loss": "loss",
    "health.report.label.findings": "findings",
    "cli.check.train": "train too, and print what is wrong with the run: exit status 1 where there is a problem",
}
