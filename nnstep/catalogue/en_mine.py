"""The texts in English: a person's own numbers beside those of the program, and what probably went wrong."""

from __future__ import annotations

MINE: dict[str, str] = {
    # -- a person's own numbers
    "mine.no-gradient": "{name} has no gradient here",
    "mine.no-name": "no value here has a gradient to compare with",
    "mine.cell": "{name} is one entry; all of {whole} is compared",
    "mine.nothing": "found nothing to compare",
    "mine.unknown": "nothing is called {name}; {hint}",
    "mine.names": "names are those of the program, as in W1 or grad(z1); gradients: {names}",
    "mine.twice": "{name} is given twice",
    "mine.looked-for": "nothing was compared: looked for {names}, found {found}",
    "mine.looked-for.none": "nothing",
    "mine.looked-for.hint": "W1, grad(W1), dW1, W1.grad and dL/dW1 all mean the gradient of W1",
    "mine.all-agree": "All of your numbers agree with those of iteration {iteration}.",
    "mine.some-agree": "What was compared agrees with iteration {iteration}: {names}.",
    "mine.coarse": "Too few digits to tell for {names}: write more of them, or say how far apart is near enough "
    "(--tolerance).",
    "mine.missing": "Not in the file, and not compared: {names}",
    "mine.agrees": "agrees (within {tolerance})",
    "mine.agrees-coarsely": "agrees only within {tolerance}, which is wide for numbers this small",
    "mine.other-shape": "another shape",
    "mine.wrong.one": "1 entry differs, by {most}",
    "mine.wrong.many": "{count} entries differ, by {most} at most",
    "mine.first": "The first difference is at step {step}:",
    "mine.first.given": "The first difference is in what is given, before any step:",
    "mine.entry": "yours is {theirs}, here it is {ours}",
    "mine.shapes": "yours is {theirs}, here it is {ours}",
    "mine.scalar": "one number",
    "mine.cause": "Likely cause",
    "mine.causes": "Likely causes, which make the same numbers here",
    "mine.together": "two mistakes together: {mistakes}",
    "mine.partly": "  (this explains the first difference, not all of them)",
    "mine.unknown-cause": "The cause is unknown: none of the common mistakes makes these numbers.",
    "mine.too-large": "The cause is unknown: the network is too large to try every common mistake.",
    "mine.cause.transposed": "{names}: transposed: rows and columns have changed places; compare the order of the "
    "product.",
    "mine.cause.flattened": "{names}: flattened, or in another shape: the numbers are equal, row after row.",
    "mine.cause.flattened-columns": "{names}: flattened column after column (as Fortran, Julia, R and MATLAB do): the "
    "numbers are equal.",
    "mine.cause.sign": "{names}: the sign is flipped; is it output − target?",
    "mine.cause.missing-rows": "{names}: {factor} times too large: the 1/n of the mean over the rows is missing.",
    "mine.cause.missing-entries": "{names}: {factor} times too large: the mean over all entries is missing.",
    "mine.cause.missing-columns": "{names}: {factor} times too large: the mean is over the rows alone, not over the "
    "columns as well.",
    "mine.cause.extra-rows": "{names}: divided by n once too often ({factor} of it): the mean is taken twice, or where "
    "a sum belongs.",
    "mine.cause.extra-columns": "{names}: divided by the number of columns once too often ({factor} of it).",
    "mine.cause.extra-entries": "{names}: the mean over all entries is taken twice ({factor} of it).",
    "mine.cause.multiple": "{names}: {factor} times what it is here, in every entry.",
    "mine.cause.learning-rate": "{names}: times the learning rate ({factor}), which belongs in the update.",
    "mine.cause.decay": "{names}: an L2 term is in it, {factor} times the weights, which is not in this loss.",
    "mine.cause.weight": "{names}: these are the numbers of the weights, not of their gradient.",
    "mine.cause.update": "{names}: this is what the update takes off the weights, not their gradient.",
    "mine.cause.accumulated": "{names}: the gradients of the iterations from {place} on are added up: they are not set "
    "to zero in between (zero_grad).",
    "mine.cause.sign-at": "step {step}: the sign of {names} is flipped, which is one of several paths.",
    "mine.cause.missing-path": "step {step}: {names} is left out, which is one of several paths that add up.",
    "mine.cause.twice": "{names}: twice too large; a 2 too many, or a ½ of the loss that is missing.",
    "mine.cause.two-passes": "{names}: twice too large, as after two backward passes whose gradients were added up "
    "(no zero_grad).",
    "mine.cause.half": "{names}: half of it; the 2 of the square's derivative is missing, or a ½ too many.",
    "mine.cause.unsummed": "{names}: not summed over the rows; a bias is added to each row, so its gradient is a sum.",
    "mine.cause.one-row": "{names}: only row {place} of what has to be summed over all rows.",
    "mine.cause.other-axis": "{names}: summed over the wrong axis: along each row, not over the rows (axis=0).",
    "mine.cause.summed-over-all": "{names}: summed over everything, not over the rows alone (axis=0).",
    "mine.cause.one-sample.first": "only the first sample is in the gradient, not all of the batch.",
    "mine.cause.one-sample.last": "only the last sample is in the gradient, not all of the batch: it is set, not added "
    "to, in a loop?",
    "mine.cause.one-sample.other": "only sample {place} of the batch is in the gradient.",
    "mine.cause.slope": "step {step}: the derivative of the activation is missing: {names} is taken as the "
    "gradient after it.",
    "mine.cause.slopes": "the derivative of the activations is missing in every layer ({names}).",
    "mine.cause.slope-at-output": "step {step}: the derivative of the activation is taken at its output h, not at its "
    "input z ({names}).",
    "mine.cause.slopes-at-output": "the derivative of the activations is taken at the outputs h, not at the inputs z, "
    "in every layer ({names}).",
    "mine.cause.slope-of-input": "step {step}: the derivative has the input z where the output h belongs, as in "
    "z(1 − z) for h(1 − h) ({names}).",
    "mine.cause.slopes-of-input": "the derivatives have the inputs z where the outputs h belong, as in z(1 − z) for "
    "h(1 − h), in every layer ({names}).",
    "mine.cause.softmax-diagonal": "step {step}: softmax is taken entry by entry, as p(1 − p); each of its outputs "
    "depends on all of its inputs ({names}).",
    "mine.cause.extra-slope": "step {step}: the derivative of the output's activation is there once too often: the "
    "loss that takes logits has it in it already ({names}).",
    "mine.cause.entrywise": "step {step}: a product entry by entry (*) in place of the matrix product (@): {names}.",
    "mine.cause.not-transposed": "step {step}: a factor of the product is not transposed: {names}.",
    "mine.cause.input-before": "step {step}: the input of the layer is taken before its activation: {names}.",
    "mine.cause.output-not-loss": "step {step}: this is the gradient of the output {names}, not of the loss: the "
    "factor of the loss is missing.",
    "mine.cause.sequential": "step {step}: weights were updated before the gradient went back through them ({names}): "
    "use the old ones.",
    "mine.cause.softmax-twice": "step {step}: softmax is applied twice: {names} is computed from the softmax of "
    "probabilities.",
}
