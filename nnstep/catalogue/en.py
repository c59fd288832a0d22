"""The texts in English, with those of the files beside it: what a translation is a copy of.

A key is AREA.THING; what stands in braces is put in by the program, and {key:step.next} is the key of that command.
Where a count chooses, the form that `plural` tells stands last: `.one` and `.many` in English. Texts may have any
width: nothing that shows them assumes that a character is one column wide.
"""

from __future__ import annotations

from nnstep.catalogue.en_commands import COMMANDS
from nnstep.catalogue.en_data import DATA
from nnstep.catalogue.en_debug import DEBUG
from nnstep.catalogue.en_edits import EDITS
from nnstep.catalogue.en_equations import EQUATIONS
from nnstep.catalogue.en_health import HEALTH
from nnstep.catalogue.en_hints import HINTS
from nnstep.catalogue.en_memory import MEMORY
from nnstep.catalogue.en_mine import MINE
from nnstep.catalogue.en_print import PRINTED
from nnstep.catalogue.en_python import PYTHON
from nnstep.catalogue.en_run import RUN
from nnstep.catalogue.en_scenario import SCENARIO
from nnstep.catalogue.en_steps import STEPS
from nnstep.catalogue.en_template import TEMPLATE
from nnstep.catalogue.en_terminal import TERMINAL
from nnstep.catalogue.en_toml import TOML


def plural(count: int) -> str:
    """The form of a text that goes with a count."""
    return "one" if count == 1 else "many"


TEXTS: dict[str, str] = {
    **COMMANDS,
    **DEBUG,
    **PRINTED,
    **RUN,
    **STEPS,
    **HEALTH,
    **MEMORY,
    **TERMINAL,
    **TOML,
    **SCENARIO,
    **HINTS,
    **DATA,
    **EDITS,
    **EQUATIONS,
    **TEMPLATE,
    **MINE,
    **{f"python.{name}": text for name, text in PYTHON.items()},
    # -- dialogs of predicting and of one's own numbers
    "dialog.answer.title": "What will it be?",
    "dialog.answer.hint": "One number, or the whole matrix: rows separated by ;   {key:dialog.accept} answers, "
    "{key:dialog.close} goes back",
    "dialog.paste.question": "{name}, {shape}",
    "dialog.paste.nothing": "There are no gradients here; other values are compared by name.",
    "dialog.paste.title": "Your own numbers",
    "dialog.paste.hint": "Rows on lines of their own, or as NumPy, PyTorch, R, Julia, MATLAB, LaTeX, JSON and others "
    "print them; several with names: dW1 = ...   {key:mine.accept} compares, {key:dialog.close} goes back",
    # -- where a cell comes from, and what uses it (view/lens)
    "cell.step": "computed at step {step}, {phase}",
    "cell.sample": "sample {number}",
    "cell.path": "via {name}",
    "cell.followed": "{key:cell.follow} follows",
    "cell.large.one": "made of 1 entry: {key:frame.into} opens the step",
    "cell.large.many": "made of {count} entries, too many to list: {key:frame.into} opens the step",
    "cell.left-out.one": "… 1 more term, {rest}: {key:terms.all} shows it",
    "cell.left-out.many": "… {count} more terms, together {rest}: {key:terms.all} shows them",
    "cell.sum.one": "the term",
    "cell.sum.many": "sum of {count} terms",
    "uses.none": "is used by no step of this iteration",
    "uses.count.one": "is used by 1 cell:",
    "uses.count.many": "is used by {count} cells:",
    "uses.left-out.one": "… and 1 more",
    "uses.left-out.many": "… and {count} more",
    # -- the phases, and the header
    "phase.forward": "forward",
    "phase.backward": "backward",
    "phase.update": "update",
    "phase.body": "body",
    "header.epoch": "epoch",
    "header.batch": "batch",
    "header.iteration": "iteration",
    "header.step": "step",
    # -- the panels: titles, and what they say when they are empty
    "panel.program.title": "Program",
    "panel.operation.title": "Operation",
    "panel.operation.nothing-yet": "nothing computed yet",
    "panel.operation.part-of": "a part of",
    "panel.operation.inner": "step {step} of {last}",
    "panel.operation.same-bits": "The same numbers, to the last bit, as the step's own, which were computed in one go.",
    "panel.operation.apart": "At most {most} from the step's own numbers, which were computed in one go: rounding.",
    "panel.operation.untitled": "Untitled",
    "panel.operation.batch": "Iteration {iteration}: epoch {epoch}, batch {batch}.",
    "panel.operation.batch-rows": "Iteration {iteration}: epoch {epoch}, batch {batch}, rows {rows} of the data.",
    "panel.operation.ahead.one": "{count} step ahead: {key:step.next/2} or {key:step.next} does it, {key:app.help} "
    "shows all keys.",
    "panel.operation.ahead.many": "{count} steps ahead: {key:step.next/2} or {key:step.next} does the next one, "
    "{key:app.help} shows all keys.",
    "panel.chain.title": "Chain rule",
    "panel.chain.empty": "No gradients here: no trainable parameter reaches a scalar to differentiate.",
    "panel.parameters.title": "Parameters",
    "panel.parameters.empty": "This scenario has no parameters.",
    "panel.activations.title": "Activations",
    "panel.activations.empty": "Nothing has a name here.",
    "panel.gradients.title": "Gradients",
    "panel.gradients.empty": "No gradients: no trainable parameter reaches a scalar to differentiate.",
    # -- words inside of formulas and titles of matrices
    "words.over-rows": "over rows",
    "words.over-columns": "over columns",
    "words.rows": "rows {span}",
    "words.columns": "cols {span}",
    "cell.not-computed": "not computed yet",
    "cell.given": "given: no step of this iteration computes it",
    "cell.entries": "({count} entries)",
    "cell.more": "… {count} more",
    "cell.more-together": "… {count} more, together {rest}",
    "chain.paths": "Σ of {count} paths",
    "chain.repeated": "Σ over what was repeated",
    "chain.long-product": "a product of {count} terms, listed in the order they are computed",
    # -- the chain rule for one entry
    "chain.path": "path {number}",
    "chain.path-total": "path {number} gives",
    "chain.depends": "of {names} only {span} depends on {chosen}: {count} of {size} entries; the other terms vanish",
    "chain.span.all": "all",
    "chain.span.entry": "one entry",
    "chain.span.row": "row {at}",
    "chain.span.column": "column {at}",
    "chain.span.other": "a part",
    "chain.vanish.one": "1 product more is 0, since {symbol} is 0 there",
    "chain.vanish.many": "{count} products more are 0, since {symbol} is 0 there",
    "chain.stored-top": "{name} stands for all that is above it: follow one of its cells to go on",
    "chain.no-products": "every product is 0",
    "chain.more.one": "… and 1 more product, {rest} ({key:terms.all} shows it)",
    "chain.more.many": "… and {count} more products, together {rest} ({key:terms.all} shows them)",
    "chain.sum.one": "the product",
    "chain.sum.many": "Σ of {count} products",
    "chain.same": "equals the stored gradient (apart: {apart})",
    "chain.differs": "the stored gradient differs by {apart}",
    # -- the views of the middle panel
    "lens.step": "step",
    "lens.cell": "cell",
    "lens.uses": "uses",
    "lens.check": "check",
    "lens.jacobian": "Jacobian",
    "lens.picture": "picture",
    "lens.mine": "mine",
    "lens.cell.none": "Nothing is computed yet. Choose a cell with {key:cell.left} {key:cell.down} {key:cell.up} "
    "{key:cell.right}, or step on.",
    "lens.mine.none": "Press {key:mine.open} to paste a gradient of your own, or a matrix that you computed by hand: "
    "it is compared entry by entry.",
    # -- messages: what a command could not do
    "message.given.data": "{name} is data: row {row} of the scenario's",
    "message.given.parameter": "{name} is as the scenario gives it: no update has changed it",
    "message.given.state": "{name} is as the optimizer begins",
    "message.given.constant": "{name} is a constant of the scenario",
    "message.given.counter": "{name} counts the iterations",
    "message.end.cell.return": "There is nothing to return to: {key:cell.follow} follows a cell, {key:cell.return} "
    "returns.",
    "message.end.frame.out": "No step is open here: {key:frame.into} opens one, {key:frame.out} closes it.",
    "message.end.frame.back-out": "No step is open here: {key:frame.into} opens one, {key:frame.back-out} closes it "
    "and goes before it.",
    "message.end.frame.into": "This is the last step of the last iteration.",
    "message.end.frame.back-into": "This is the start: nothing is computed yet.",
    "message.nothing-to-follow": "There is nothing to follow here.",
    "message.read-again": "Read again:",
    "message.end.step.next": "This is the last step of the last iteration.",
    "message.end.step.back": "This is the start: nothing is computed yet.",
    "message.end.phase.next": "This is the last phase of the last iteration.",
    "message.end.phase.previous": "This is the start: nothing is computed yet.",
    "message.end.iteration.next": "This is the last iteration.",
    "message.end.iteration.previous": "This is the first iteration.",
    "message.end.step.first": "This is the start of the iteration.",
    "message.end.step.last": "This is the last step of the iteration.",
    "message.no-iteration": "there is no iteration {iteration}; the run has 1 to {last}",
    "message.no-step": "there is no step {step}; iteration {iteration} has 0 to {last}",
    "message.no-inner": "there is no step {step} inside of {line}; it has 1 to {last}",
    "message.primitive": "there is no step {step} inside of {line}; it is a primitive",
    "message.no-entry": "{text} is no entry of {name}, which is {shape}; they are counted from 0",
    "message.nothing-called": "nothing is called {text}; {hint}",
    "message.places": "expected a step (14), an iteration and step (3:14), or a value's name (z1, grad(W1))",
    # -- pictures (view/plots)
    "plot.curve.later": "{name} is not computed yet",
    "plot.curve.slope": "slope",
    "plot.curve.values.one": "1 value of {name}",
    "plot.curve.values.many": "{count} values of {name}",
    "plot.network.units.one": "1 unit",
    "plot.network.units.many": "{count} units",
    "plot.network.sample": "sample {row} of {rows}",
    "plot.network.sizes": "sizes {least} to {most}, mean {mean}",
    "plot.network.hidden.one": "1 more to the side",
    "plot.network.hidden.many": "{count} more to the sides",
    "plot.max": "max",
    "plot.mean": "mean",
    "plot.min": "min",
    "plot.deviation": "std",
    "plot.entries.one": "1 entry",
    "plot.entries.many": "{count} entries",
    "plot.zeros.one": "1 zero",
    "plot.zeros.many": "{count} zeros",
    "plot.nan.one": "1 NaN",
    "plot.nan.many": "{count} NaN",
    "plot.infinite.one": "1 infinite",
    "plot.infinite.many": "{count} infinite",
    # -- messages and dialogs of the screen
    "words.or": " or ",
    "message.too-small": "too small: {size}",
    "message.needs": "nnstep needs {size}",
    "message.no-terminal": "{reason}; to print every step instead: nnstep trace SCENARIO",
    "message.not-terminal.input": "standard input is not a terminal",
    "message.not-terminal.output": "standard output is not a terminal",
    "message.not-terminal.error": "standard error output is not a terminal",
    "variable.wrong": "{name}={value}: {reason}",
    "variable.one-of": "it is one of {choices}",
    "variable.at-most": "it is at most {most}",
    "variable.driver": "it is MODULE:CLASS, the name of one of Textual's drivers",
    "message.dumb-terminal": "the terminal (TERM=dumb) cannot show the screen",
    "message.failed": "internal error, nothing was lost: {error}",
    "message.internal-error": "internal error: {error}",
    "message.details": "details: {note}",
    "message.no-color": "NO_COLOR is set: there is only one look",
    "message.colours": "colours: {look}",
    "look.dark": "Dark",
    "look.light": "Light",
    "look.ansi": "The terminal's own colours",
    "look.mono": "No colours",
    "message.quits": "{key:app.quit} quits",
    "dialog.find.title": "Find a name",
    "dialog.goto.title": "Go to",
    "dialog.goto.step": "step 14",
    "dialog.goto.inner": "step 2 inside of step 6",
    "dialog.goto.iteration": "step 14 of iteration 3",
    "dialog.goto.name": "where that name is assigned",
    "dialog.open.title": "Open a scenario",
    "dialog.open.hint": "scenario.toml, or the name of a bundled one",
    "dialog.problems.title": "The file cannot be used",
    "dialog.problems.hint": "The session goes on with the file as it was. {key:dialog.close} closes this.",
    "dialog.library.title": "Scenarios",
    "dialog.library.open": "open",
    "dialog.library.path": "type a path",
    "dialog.library.quit": "quit",
    "dialog.library.back": "back",
    "dialog.help.title": "Help",
    "dialog.help.hint": "↑ ↓ scroll, {key:dialog.close} closes",
    "help.reading.colours": "Orange is positive, blue is negative (and has a minus sign); "
    "a stronger tint is a larger number of its matrix.",
    "help.reading.marks": "The chosen cell is reversed, the cells it was made from are lit; "
    "underlined is what this step has assigned.",
    "help.reading.dots": "A dot is a number that is not computed yet, a question mark stands for one in a formula.",
    # -- how each panel, and each view of the middle one, is read: two to four sentences
    "help.panel.program": "Every step in the order it is computed: forward, backward, update. ▶ is the step just done; "
    "dimmed steps are still to come. At the right stands the shape of what a step assigns. Click a step to go there.",
    "help.panel.operation": "The step that was just done, as an equation of matrices. Below it the chosen cell is "
    "computed, with names and then with numbers. The cells that made it are lit, here and in the other panels.",
    "help.panel.chain": "The gradient of one weight as a product of local derivatives, from the loss down. ✔ is a "
    "factor that is computed, ▶ the one of this step. The sum below is one entry, sample by sample; ? stands for "
    "what is still to come. {key:weight.next} or a click on a tab takes another weight.",
    "help.panel.parameters": "What is learned, with the optimizer's own values and the constants. They change in the "
    "update only: what this step has assigned is underlined. Move with {key:cell.left} {key:cell.down} {key:cell.up} "
    "{key:cell.right} to choose a cell.",
    "help.panel.activations": "The batch and every named value of the forward pass. In a batch of samples a row is one "
    "sample. A dot is a number that is not computed yet.",
    "help.panel.gradients": "How the loss changes with each entry, in the shape of the value it belongs to. They are "
    "filled in from the loss backwards. A positive gradient means: more of this entry, more loss.",
    "help.lens.step": "The equation of this step with its matrices in the place of names. ⊙ and · are products entry "
    "by entry, @ is a product of matrices. Orange is positive, blue is negative.",
    "help.lens.cell": "Where the chosen number comes from: its equation, and each term with its own value. The bar is "
    "a term's share. {key:cell.down} and {key:cell.up} choose a row; {key:cell.follow} follows it to the cell it "
    "reads, {key:cell.return} returns.",
    "help.lens.uses": "Every cell that reads the chosen one, with the step that does. It is the other direction of "
    "where a number comes from. {key:cell.follow} goes to the chosen row's cell, {key:cell.return} returns.",
    "help.lens.check": "The gradient by the chain rule beside a central difference: the loss with the entry a little "
    "larger and a little smaller, divided by 2ε. With a large ε the difference is too coarse, with a tiny one "
    "rounding wins; in between the two agree. The error is their difference, divided by the larger where that is "
    "above 1. At a corner there is no derivative: what stands there is said.",
    "help.lens.jacobian": "How each entry of one row of the result depends on each entry of that row of the input. An "
    "operation that works entry by entry has numbers on the diagonal only. The gradient of the row is the upstream "
    "gradient times this matrix.",
    "help.lens.picture": "The step as a picture: the curve of an activation with the values on it, the network with "
    "its weights, or a histogram. Orange is positive, blue is negative. {key:lens.picture} shows the next one.",
    "help.lens.mine": "A gradient of your own beside that of the program. The first entry that differs is marked, and "
    "where the numbers fit a common mistake it is named. What agrees to the last digits counts as equal.",
    # -- predict, then reveal
    "quiz.on": "Predict: the next result is hidden until you have said what it is. {key:quiz.toggle} stops.",
    "quiz.off": "Predicting is off.",
    "quiz.asked": "What will it be? {key:cell.follow} answers, {key:quiz.hint} gives a hint, {key:step.next} shows it.",
    "quiz.turn": "Choose a cell with {key:cell.left} {key:cell.down} {key:cell.up} {key:cell.right}. "
    "{key:cell.follow}: type its value, or the whole matrix. {key:quiz.hint}: a hint. {key:step.next}: show it.",
    "quiz.nothing-asked": "Nothing is asked here: {key:step.next} goes on to the next question.",
    "quiz.question": "{cell}, or all of {name} ({shape})? {tolerance}",
    "quiz.question.scalar": "{name}? {tolerance}",
    "quiz.tolerance": "Within 1 %, or half a unit of the last decimal you type (at most 5 % of the largest number).",
    "quiz.hint.1": "The formula. {key:quiz.hint} once more puts the numbers in.",
    "quiz.hint.2": "The formula with its numbers. {key:quiz.hint} once more shows the value.",
    "quiz.right": "Right: {asked}. {key:step.next} goes on.",
    "quiz.shown": "This is it. {key:step.next} goes on.",
    "quiz.wrong.one": "Not yet: {first} is wrong, you have {typed} there",
    "quiz.wrong.many": "Not yet: {count} entries are wrong, the first is {first}, you have {typed} there",
    "quiz.shape": "Not yet: expected one number, or {shape}",
    "quiz.one-number": "Not yet: expected one number",
    "quiz.transposed": "Nearly: rows and columns have changed places",
    "quiz.results-exist": "there is such a file already; nothing was written",
    "quiz.results-hint": "results go to a new file",
    "quiz.not-written": "the results could not be written: {reason}",
    "quiz.score.right": "✔{count}",
    "quiz.score.helped": "~{count}",
    "quiz.score.shown": "·{count}",
    "quiz.summary.one": "1 question: {right} right at once, {helped} with help, {shown} shown",
    "quiz.summary.many": "{count} questions: {right} right at once, {helped} with help, {shown} shown",
    # -- pictures, Jacobians and checks as views of the middle panel
    "lens.picture.curve": "curve",
    "lens.picture.network": "network",
    "lens.picture.histogram": "histogram",
    "lens.jacobian.none": "A Jacobian belongs to a forward step, or to the derivative of one. Step on to one.",
    "lens.jacobian.rows": "A row of {name} is not made of one row of an input: there is no Jacobian of a row.",
    "lens.jacobian.gradient": "No gradient passes through {name}.",
    "lens.jacobian.input": "{name} has no input to differentiate with respect to.",
    "lens.jacobian.large": "The row is too long for its Jacobian to be read: at most 64 entries on either side.",
    "lens.jacobian.axes": "a line for each k, a column for each i",
    "lens.jacobian.diagonal": "Diagonal: each entry of {name} depends on the entry of {given} at its own place alone.",
    "lens.jacobian.softmax": "Every entry of {name} depends on every entry that went in, since they share their sum. "
    "Each line adds up to 0 (here to {most} at most): adding a number to all scores changes nothing.",
    "lens.jacobian.saturated": "The numbers of this row of {name} are 0 and 1 to the last digit, so every slope is 0: "
    "no gradient comes back through it.",
    "lens.jacobian.full": "Every entry of the row of {name} may depend on every entry of the row of {given}.",
    "lens.check.none": "There is no gradient here to check.",
    "lens.check.not-yet": "{name} is not computed yet: step on to it, then it can be checked.",
    # -- numbers that are typed or pasted
    "typed.long": "more than {most} characters",
    "typed.left-out": "line {line}, column {column}: numbers are left out (…): print all of them",
    "typed.nothing": "found no number; a form that works: 0.1 -0.2; 0.3 0.4",
    "typed.several": "found {count} arrays ({names}), expected one",
    "typed.ragged": "row {row} has {count} numbers, the first has {first}",
    "typed.blocks": "the blocks of columns have different numbers of rows",
    "typed.box": "line {line}: the large bracket does not go on",
    "typed.r-shape": "{count} numbers are not {rows} rows of {columns}",
    "typed.comma": "is {text} one number or two? write {one}, or {two}",
    "typed.deep": "line {line}, column {column}: more than two brackets deep: a matrix has rows of numbers",
    "typed.brackets": "line {line}, column {column}: the brackets do not match at {text}",
    "typed.open": "line {line}, column {column}: the brackets do not match: {text} is not closed",
    "typed.outside": "line {line}, column {column}: found {text} outside of the brackets",
    "typed.mixed": "line {line}, column {column}: numbers and rows stand side by side",
    "typed.missing": "line {line}, column {column}: a number is missing; a form that works: [[0.1, -0.2], [0.3, 0.4]]",
    "typed.no-number": "line {line}, column {column}: {text} is no number; a form that works: "
    "[[0.1, -0.2], [0.3, 0.4]]",
    # -- the gradient check of an entry
    "check.analytic": "analytic",
    "check.numeric": "central difference",
    "check.error": "error",
    "check.verdict.ok": "they agree",
    "check.verdict.corner": "no derivative here: a corner",
    "check.verdict.differs": "they differ",
    "check.verdict.not-finite": "not a finite number",
    "check.axis": "relative error for each width h",
    "check.truncation": "truncation",
    "check.rounding": "rounding",
    "check.best": "best at h = {width}: error {error}",
    "check.exact": "0",
    "check.all-exact": "Every width gives it exactly: the error is 0, however wide.",
    "check.flat": "The central difference is off by {error}, whatever the width.",
    "check.worst.one": "1 of {entries} entries checked, the worst:",
    "check.worst.many": "{count} of {entries} entries checked, the worst:",
    "check.so-far.one": "1 of {entries} entries checked so far, the worst:",
    "check.so-far.many": "{count} of {entries} entries checked so far, the worst:",
    "check.worst.all": "All {entries} entries checked, the worst:",
    "check.not-finite": "The gradient itself is {taken}; the slope of the loss is {below} below and {above} above.",
    "check.not-finite.loss": "The loss is not a finite number here or a little beside it: its slope is {below} below "
    "and {above} above, and nothing can be compared.",
    "check.corners.one": "{count} entry stands at a corner and cannot be compared.",
    "check.corners.many": "{count} entries stand at a corner and cannot be compared.",
    "check.absolute": "error for each width h",
    "check.corner.at": "{entry} = {value} is at the corner of {operation} (step {step}). The slope is {below} below "
    "and {above} above. Any slope between is right; {taken} is taken.",
    "check.corner.near": "{entry} = {value} passes the corner of {operation} at {level} (step {step}) within the "
    "width. The slope is {below} below and {above} above. Any slope between is right; {taken} is taken.",
    "check.corner.outside": "{entry} = {value} is at a corner of {operation} (step {step}). The slope is {below} below "
    "and {above} above; {taken} is not between them.",
    "check.bend": "The function bends so much that the slope is {below} below and {above} above; {taken} is between.",
}
