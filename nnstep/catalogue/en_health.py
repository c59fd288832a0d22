"""The texts in English: the health of a run (view/sentences/health.py, view/reports/health.py, view/lens/health.py)."""

from __future__ import annotations

HEALTH: dict[str, str] = {
    "lens.health": "health",
    "help.lens.health": "What is wrong with the run, as far as it is known at this step: a cross is a problem, a "
    "triangle is worth a look. Below the list stands what was seen in the chosen row, and its cause. "
    "{key:cell.follow} goes to "
    "the iteration, step and cell where it began.",
    # -- the list
    "health.count.one": "1 finding, as far as this step",
    "health.count.many": "{count} findings, as far as this step",
    "health.well": "Nothing is wrong, as far as this step.",
    "health.nothing-yet": "Nothing is computed yet: step on, and it is looked at.",
    "health.looked-at": "Looked at: the optimizer, the targets and what the output can reach, softmax and sigmoid "
    "that are applied twice or to one column, units that are equal, dead or saturated, gradients that are 0 or change "
    "from layer to layer, numbers that are infinite or NaN, the size of updates, and where the loss goes.",
    "health.try": "Try: {what}.",
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
    "health.samples.batch": "all {count} samples of the batch",
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
    "health.dead.only": "Dead ReLU layer",
    "health.dead.only.says": "The only unit of {layer} is 0 for {samples}: its largest input is {level}. Nothing "
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
    "health.saturated.only": "Saturated layer",
    "health.saturated.only.says": "The only unit of {layer} is saturated for {samples}: the slope of {function} is "
    "{level} at most, where it may be {steepest}, and its mean input is {mean}. Every gradient through the layer is "
    "multiplied by that slope.",
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
    "health.infinite.says.looked": "{cell} is {number}. Before it, every number of this iteration is finite, and so "
    "is every number of the one before.",
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
    "health.number.mask": "No parameter takes part in it, and the loss and all gradients are finite: it is meant so "
    "where it is the mask of a softmax.",
    "health.number.slope": "That is the slope of {function}, with {at} = {level}.",
    "health.operand": "{expression} = {number}",
    "health.many-operands": "{function} of {count} numbers",
    # -- updates
    "health.large-update": "Update larger than the weights",
    "health.large-update.says": "The update moves {name} by {ratio} times its own norm, {size}: {cell} goes from "
    "{old} to {new}.",
    "health.small-update": "Update far too small",
    "health.small-update.says": "The update moves {name} by {ratio} times its own norm, {size}: at this pace it takes "
    "{iterations} iterations to go as far as that.",
    "health.small-update.says.lost": "The update leaves {name} as it is: it is smaller than the last digit of the "
    "weights.",
    "health.small-update.says.zero": "The update leaves {name} as it is: the learning rate is 0.",
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
    # -- how the program, its targets and its optimizer go together
    "health.decay": "The weight decay makes the weights grow",
    "health.decay.says": "lr · weight_decay is {lr} · {decay} = {product}, above {most}: every update takes more than "
    "twice the weights off themselves, and they grow. The norm of {name} is {size} before this update and {after} "
    "after it.",
    "health.decay.cause.momentum": "With this momentum the limit is {most}; without, it is 2.",
    "health.untrained": "No parameter gets a gradient",
    "health.untrained.says": "{loss} is no function of a parameter that is trained, so there is no gradient and "
    "nothing is updated.",
    "health.untrained.cause.frozen": "All parameters are frozen: {names}.",
    "health.untrained.cause.unreached": "No way leads from {loss} back to {names}.",
    "health.decay.cause.factor": "By the decay alone {name} is multiplied by 1 − {product} = {factor} in every "
    "iteration.",
    "health.unreached": "A parameter without a gradient",
    "health.unreached.says": "No way leads from {loss} back to {names}, which stay as they are, while others learn.",
    "health.doubled.classes": "Probabilities in place of logits",
    "health.doubled.binary": "Probabilities in place of logits",
    "health.doubled.logarithms": "Logarithms in place of probabilities",
    "health.doubled.again": "Applied twice",
    "health.doubled.bounded": "Logits that are bounded",
    "health.doubled.cause.bounded": "{outer} expects logits, which may be of any size, and {name} stays between −1 "
    "and 1: the probability of what is the case becomes {most} at most, and the loss of a sample {floor} at least.",
    "health.doubled.says": "{outer} is applied to {name}, which {inner} has made.",
    "health.doubled.cause.classes": "{outer} expects logits and applies softmax itself; {name} is already a {inner}, "
    "and goes through a second one. Being from 0 to 1, it lets the probability of a class become {most} at most, and "
    "the loss of a sample {floor} at least, however well the {classes} classes are told apart.",
    "health.doubled.cause.binary": "{outer} expects logits and applies sigmoid itself; {name} is already a {inner}, "
    "and goes through a second one. Being from 0 to 1, it lets the probability be 0.5 to {most} only: where {target} "
    "is 0, the loss is {floor} at least.",
    "health.doubled.cause.logarithms": "{outer} expects probabilities, and {inner} gives their logarithms, which are "
    "negative.",
    "health.doubled.cause.again": "Numbers from 0 to 1 come out of that as {most} at most, and every slope is "
    "multiplied by a second one.",
    "health.column": "One column has nothing to be compared with",
    "health.column.says": "{function} of {name} has one entry to go over, so {target} is {always} whatever the "
    "parameters are, and passes no gradient.",
    "health.column.cause.loss": "A single logit stands for a single class, whose probability is always 1.",
    "health.targets": "Targets out of reach",
    "health.targets.says": "{count} of {of} entries of {target} lie outside: {cell} is {number}, and all are from "
    "{least} to {greatest}.",
    "health.targets.says.one": "The target {target} is {number}, which lies outside.",
    "health.targets.cause.probability": "{loss} takes targets from 0 to 1. With others its least value is not where "
    "the output is the target: it goes below 0, and on for ever.",
    "health.targets.below": "In iteration {until} the loss is {below}.",
    "health.targets.cause.between": "{name} stays between {low} and {high}, whatever the parameters are: {function} "
    "ends there.",
    "health.targets.cause.above": "{name} is never below {low}, whatever the parameters are: {function} ends there.",
    "health.targets.cause.below": "{name} is never above {high}, whatever the parameters are: {function} ends there.",
    "health.outside": "No probabilities",
    "health.outside.says": "{count} of {of} entries of {name} are no probabilities, which are from 0 to 1: {cell} is "
    "{number}, and {loss} takes the logarithm of it.",
    "health.clamp": "The bounds of the loss are in force",
    "health.clamp.says": "For {count} of {of} entries the loss is not the cross entropy: {cell} is {number} where "
    "{target} is {wanted}.",
    "health.clamp.cause.log": "bce, as PyTorch has it, takes no logarithm as lower than −100, so such an entry counts "
    "100 at most, and divides its gradient by 1e-12 at least. Behind a probability of exactly 0 or 1 sigmoid and "
    "softmax have no slope: nothing is learnt from these entries.",
    "health.clamp.cause.slope": "bce, as PyTorch has it, divides its gradient by p (1 − p) or, where that is less, by "
    "1e-12: the gradient is smaller than that of the cross entropy.",
    # -- the learning rate
    "health.rate": "The learning rate is too large",
    "health.rate.says": "With lr = {lr} {objective} goes from {first} in iteration 1 to {last} in iteration {length}; "
    "with lr = {better} the same iterations lead to {loss}. It shows after iteration {before}, whose update moves "
    "{name}, of norm {size}, by {step}.",
    # -- units that are equal
    "health.twins": "Hidden units that are equal",
    "health.twins.says": "Units {units} of {layer}, {count} of {of}, are the same to the last bit: {cell} and {other} "
    "are both {number}, and so is all that feeds them. Their gradients are the same too, {gradient} in these cells, "
    "so every update moves them alike: together they can do what one of them can. It has been so since iteration "
    "{since}.",
    "health.twins.says.names": "{names} are the same to the last bit, {number}, and so are their gradients, "
    "{gradient}. Every update moves what they are made of alike: together they can do what one of them can. It has "
    "been so since iteration 1.",
    # -- no gradient at all
    "health.still": "Every gradient is 0",
    "health.still.says.always": "In all iterations up to {until} every gradient is exactly 0, that of {names}. "
    "Nothing is learnt: {loss} stays {level}.",
    "health.still.says.rounding": "From the start up to iteration {until} every gradient is 0 but for rounding, "
    "{most} at most, that of {names}. Nothing is learnt: {loss} stays {level}.",
    "health.still.says.since": "Since iteration {since} every gradient is exactly 0, that of {names}. Nothing is "
    "learnt any more: {loss} stays {level}.",
    "health.still.cause.dead": "All units of {layer} are dead, and no gradient gets through them.",
    "health.still.cause.saturated": "All units of {layer} are saturated, so far that their slope is 0 to the last "
    "digit.",
    "health.still.cause.column": "{layer} is the same whatever the parameters are.",
    "health.still.cause.clamp": "The probabilities in {layer} are 0 or 1 to the last digit, on the wrong side: the "
    "bounds of the loss hide how far off they are.",
    "health.still.cause.cancels": "The loss stays the same when the parameters are moved: what they change cancels "
    "out, or is multiplied by 0.",
    "health.still.cause.zeros": "All parameters are 0: each gradient is a product with another one of them.",
    "health.still.cause.lost": "Going back, {before} is not 0 and {behind} is, everywhere: the slope of {function} is "
    "0 at all of these numbers.",
    "health.still.cause.point": "The loss does depend on the parameters; here alone, all terms of its slope are 0 or "
    "cancel.",
    "health.still.cause.fitted": "The loss is 0 from the start, its least value: nothing is left to be learnt.",
    # -- the end of the loss
    "health.above": "The loss is far above its start",
    "health.above.says": "{name} is {first} at the start and {last} at the end of {until} iterations. It is more than "
    "twice its start from iteration {since} on.",
    "health.above.cause.edit": "That iteration begins with an edit.",
    "health.above.cause.times": "That is {times} times as much.",
    # -- what to try; after e comes what is typed in the debugger
    "health.try.decay": "{key:edit.make}: weight_decay = {better}",
    "health.try.frozen": "trainable = true for one of {names}",
    "health.try.unreached": "make {loss} of what these parameters compute",
    "health.try.doubled.cross_entropy": "cross_entropy({logits}, {target}), with what {inner} is applied to, or "
    "nll({name}, {target})",
    "health.try.doubled.bce_with_logits": "bce_with_logits({logits}, {target}), with what {inner} is applied to, or "
    "bce({name}, {target})",
    "health.try.doubled.nll": "cross_entropy({logits}, y), or softmax in place of log_softmax",
    "health.try.doubled.bce": "bce_with_logits({logits}, y), or sigmoid in place of log_softmax",
    "health.try.doubled.bounded": "{outer}({logits}, {target}), without {inner} at the output",
    "health.try.doubled.again": "{outer}({logits})",
    "health.try.column": "sigmoid for one column, or a column for each class",
    "health.try.column.norm": "more columns for {function} to go over, or leave it out",
    "health.try.column.loss": "bce_with_logits({logits}, {labels}) with targets 0 and 1, or a logit for each class",
    "health.try.targets.probability": "targets from 0 to 1",
    "health.try.targets.signs": "targets 0 and 1: ({target} + 1) / 2",
    "health.try.targets.output": "no {function} at the output, or targets scaled to what it reaches",
    "health.try.outside.bce": "bce_with_logits({name}, {labels}), which takes any number",
    "health.try.outside.nll": "cross_entropy({name}, {labels}), which takes any number",
    "health.try.clamp": "bce_with_logits of what the probabilities are made of",
    "health.try.clamp.sigmoid": "bce_with_logits({logits}, {labels}), which needs no bound",
    "health.try.follows.rate": "{key:edit.make}: lr = {instead}",
    "health.try.follows.decay": "{key:edit.make}: weight_decay = {instead}",
    "health.try.rate": "{key:edit.make}: lr = {better}",
    "health.try.twins": "weights that differ as the run begins: {key:edit.make}: {other} = {better}, or init = "
    '"xavier_uniform" for '
    "{name}",
    "health.try.twins.names": "parameters that differ as the run begins: {key:edit.make}: {other} = {better}",
    "health.try.still.zeros": 'init = "xavier_uniform", or another start than 0',
    "health.try.still.lost": "other weights to begin with, or another operation than {function}",
    "health.try.still.fitted": "another start, if there is to be something to learn",
    "health.try.still.point": "another start: other weights, or another seed",
    "health.try.still.cancels": "a loss that depends on {names}",
    "health.try.dead.bias": "{key:edit.make}: {entry} = {better}, or leaky_relu in place of relu",
    "health.try.dead.unit": "leaky_relu in place of relu, or a smaller lr where an update has killed it",
    "health.try.dead.layer": "leaky_relu in place of relu, or another seed",
    "health.try.saturated.unit": "inputs of about 1 in size, smaller weights to begin with, or a smaller lr",
    "health.try.saturated.inputs": "{read} divided by {inputs}, or smaller weights to begin with",
    "health.try.saturated.weights": "smaller weights or another bias to begin with, or a smaller lr",
    "health.try.saturated.layer": "inputs of about 1 in size, smaller weights to begin with, or a smaller lr",
    "health.try.vanishing": "relu, or residual connections, where many slopes are multiplied",
    "health.try.exploding": "smaller weights to begin with, or a smaller lr",
    "health.try.number.pole": "keep {operand} away from there: add 1e-12 to it, or take the maximum of it and 1e-12",
    "health.try.number.undefined": "other numbers in {operand}: the maximum of it and 1e-12, say",
    "health.try.number.follows": "mend what has become infinite before: this follows from it",
    "health.try.number.overflow": "smaller numbers: scale the data, or begin with smaller weights",
    "health.try.number.given": "a finite number there",
    "health.try.number.edited": "a finite number there",
    "health.try.number.mask": "nothing, where it is a mask; a finite number there, where it is none",
    "health.try.number.other": "smaller numbers: scale the data, or a smaller lr",
    "health.try.large-update": "{key:edit.make}: lr = {better}",
    "health.try.small-update": "{key:edit.make}: lr = {larger}",
    "health.try.above": "a smaller lr",
    "health.try.small-update.zero": "{key:edit.make}: lr = 0.1",
    "health.try.small-update.weights": "smaller weights to begin with, or inputs of about 1 in size",
    "health.try.loss.flat": "another seed, or more hidden units",
    "health.try.loss.steep": "another lr, or {key:edit.make}: adam lr = 0.01",
    "health.try.loss.jumps": "{key:edit.make}: lr = {lower}",
    "health.try.loss.small": "{key:edit.make}: lr = {larger}",
    "health.try.loss.dead": "leaky_relu in place of relu",
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
