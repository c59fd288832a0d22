"""The texts in English: sentences about a step."""

from __future__ import annotations

STEPS: dict[str, str] = {
    # -- sentences about a step: headings, then operations (view/sentences/)
    "words.heading": "{phase} · {what}",
    "words.rule.seed": "where it starts",
    "words.rule.add": "sum of the contributions",
    "words.rule.sum": "sum over what was repeated",
    "words.rule.identity": "{operation} hands it on",
    "words.rule.derivative": "derivative of {operation}",
    "words.one": "1",
    "words.and": " and ",
    "words.same": "{target} is another name for the numbers of {source}.",
    "words.constant": "A constant: it is made of no other value.",
    "words.its-entries.one": "its one entry",
    "words.its-entries.many": "each of its {count} entries",
    "words.matmul-sample.one": "Row n of {target} is sample n: {entries} is one product, {term}.",
    "words.matmul-sample.many": "Row n of {target} is sample n: {entries} is the sum of {count} products, {term}.",
    "words.matmul-row.one": "Row i of {target} is made of row i of {left}: {entries} is one product, {term}.",
    "words.matmul-row.many": "Row i of {target} is made of row i of {left}: "
    "{entries} is the sum of {count} products, {term}.",
    "words.matmul-entry.one": "Entry i of {target} is made of row i of {left}: it is one product, {term}.",
    "words.matmul-entry.many": "Entry i of {target} is made of row i of {left}: "
    "it is the sum of {count} products, {term}.",
    "words.matmul-vector.one": "{target} is made of the one entry of {left}: {entries} is one product, {term}.",
    "words.matmul-vector.many": "{target} is made of all {count} entries of {left}: "
    "{entries} is the sum of {count} products, {term}.",
    "words.matmul-number.one": "{target} is a single number: one product, {term}.",
    "words.matmul-number.many": "{target} is a single number: the sum of {count} products, {term}.",
    "words.own": "It is applied to every entry on its own: {target} depends on {operands} alone, "
    "for each of the {shape} entries.",
    "words.own-places": "It works on every entry on its own: {target} depends on {operands} alone, "
    "for each of the {shape} entries.",
    "words.own-long": "It works on every entry on its own, for each of the {shape} entries of {target}.",
    "words.made-of": "{target} is made of {name}.",
    "words.number": "{target} is a single number, made of {operands}.",
    "words.added.number": "{name} is a single number; it is added to each of the {shape} entries.",
    "words.added.rows": "{name} has one entry per column; it is added to each of the {count} rows.",
    "words.added.columns": "{name} has one entry per row; it is added to each of the {count} columns.",
    "words.repeated.number": "{name} is a single number, the same for each of the {shape} entries of {target}.",
    "words.repeated.rows": "{name} has one entry per column, the same for each of the {count} rows of {target}.",
    "words.repeated.columns": "{name} has one entry per row, the same for each of the {count} columns of {target}.",
    "words.reduced.all.one": "{target} is a single number, made of the one entry of {name}.",
    "words.reduced.all.many": "{target} is a single number, made of all {count} entries of {name}.",
    "words.reduced.rows.one": "Entry i of {target} is made of row i of {name}, which has one entry; {entries} in all.",
    "words.reduced.rows.many": "Entry i of {target} is made of the {count} entries of row i of {name}, "
    "one for each row: {entries} in all.",
    "words.reduced.columns.one": "Entry j of {target} is made of column j of {name}, which has one entry; "
    "{entries} in all.",
    "words.reduced.columns.many": "Entry j of {target} is made of the {count} entries of column j of {name}, "
    "one for each column: {entries} in all.",
    "words.row.one": "{target} is made of {name} as one row, all {count} entries together.",
    "words.row.many": "Each row of {target} is made of the same row of {name}, its {count} entries together; "
    "rows do not mix, and there are {rows}.",
    "words.transpose": "{there} is {here}: the {before} numbers of {name} stand as {after}, and none is changed.",
    "words.reshape": "The numbers of {name}, {before} of them, stand as {after} in the same reading order; "
    "none is changed.",
    "words.slice": "{target} is a part of {name}: {after} of its {before} entries, and none is changed.",
    "words.concat": "{name} ({before}) comes first, {other} ({second}) after it: together {after}.",
    "words.broadcast": "{name} ({before}) is repeated until it fills {after}.",
    "words.put": "The {before} entries of {name} stand where they were taken from, among zeros: {after}.",
    "words.one-hot": "Row n has a 1 in column {name}[n], and 0 elsewhere: {rows} rows, {columns} columns.",
    "words.aside": "{objective} is not made of {target}: it is there to be looked at, and has no gradient.",
    "words.aside.logits": "{objective} is made of {name} itself, as softmax is a part of cross entropy: "
    "{target} is there to be looked at, and has no gradient.",
    # -- a clamp in force: where, and what it does
    "words.clamp.log": "A clamp is in force in {count} of {entries} entries, {cells}: a logarithm below −100 counts "
    "as −100 there, as in PyTorch, so the loss does not grow with the mistake any more.",
    "words.clamp.slope": "A clamp is in force in {count} of {entries} entries, {cells}: {name} · (1 − {name}) below "
    "1e−12 counts as 1e−12 there, as in PyTorch, so the gradient is smaller than the formula has it.",
    "words.clamp.logits": "Behind the sigmoid next to nothing of it is left; bce_with_logits({logits}, …) has no clamp "
    "and learns there.",
    # -- losses: the term of an entry or a row, and how the terms become one number
    "words.loss.mean.one": "{target} is a single number: that of the one entry of {name}, compared with {other}.",
    "words.loss.mean.many": "{target} is a single number: the mean over all {count} entries of {name}, "
    "compared with {other}.",
    "words.loss.sum.one": "{target} is a single number: that of the one entry of {name}, compared with {other}.",
    "words.loss.sum.many": "{target} is a single number: the sum over all {count} entries of {name}, "
    "compared with {other}.",
    "words.loss.batch-mean": "{target} is a single number: the sum over all {count} entries of {name}, "
    "compared with {other}, divided by the {rows} of its first axis.",
    "words.loss-rows.mean.one": "{target} is a single number: that of the one row of {name} and its class in {other}.",
    "words.loss-rows.mean.many": "{target} is a single number: the mean over the {count} rows of {name}, "
    "with their classes in {other}.",
    "words.loss-rows.sum.one": "{target} is a single number: that of the one row of {name} and its class in {other}.",
    "words.loss-rows.sum.many": "{target} is a single number: the sum over the {count} rows of {name}, "
    "with their classes in {other}.",
    # -- links of the chain rule
    "words.seed": "Backward starts at the end: ∂{objective}/∂{objective} = 1.",
    "words.seed-chain": "Each step from here on is one link of the chain.",
    "words.start": "How {result} changes with each of the {shape} entries of {name}: the first link of the chain.",
    "words.start-number": "How {result} changes with {name}: the first link of the chain.",
    "words.paths.one": "{name} is used in one place: {gradient} is what comes back from there.",
    "words.paths.many": "{name} is used in {count} places: {gradient} is the sum of what comes back from each.",
    "words.summed.one": "{name} ({own}) was used as {all}: each of its entries takes the gradient of one entry, "
    "so {above} is only put into shape.",
    "words.summed.many": "{name} ({own}) was repeated to fill {all}: each of its entries had a hand in {count}, "
    "so {count} entries of {above} are added up for it.",
    "words.handed-on": "{result} changes by as much as {name} does, entry by entry: {above} is handed on as it is.",
    "words.handed-on-number": "{result} changes by as much as {name} does: {above} is handed on as it is.",
    "words.left-of": "{name} was multiplied by {matrix} from the left, so {above} is multiplied by {local} ({shape}) "
    "from the left.",
    "words.right-of": "{name} was multiplied by {matrix} from the right, so {above} is multiplied by {local} ({shape}) "
    "from the right.",
    "words.left": "{above} goes back to {name} through a matrix: {local} ({shape}), from the left.",
    "words.right": "{above} goes back to {name} through a matrix: {local} ({shape}), from the right.",
    "words.products.one": "Each of the {shape} entries of {gradient} is one product.",
    "words.products.many": "Each of the {shape} entries of {gradient} is the sum of {count} products.",
    "words.products-number.one": "{gradient} is one product.",
    "words.products-number.many": "{gradient} is the sum of {count} products.",
    "words.diagonal": "{function} is applied to every entry of {name} on its own, so its Jacobian is diagonal.",
    "words.diagonal-sign": "{result} is made of {name} entry by entry, so the Jacobian is diagonal.",
    "words.entrywise": "{gradient} is an entrywise product: {above} times {local}.",
    "words.times-number": "{above} is a single number: {gradient} is that times each entry of {local}, {shape} in all.",
    "words.link": "How {result} changes with {name} is {local}, a single number: {gradient} is {above} times that.",
    "words.back.transpose": "{name} was only transposed: its gradient is {above} transposed back, {all} to {own}.",
    "words.back.reshape": "{name} was only reshaped: the entries of {above} go back where they stood, {all} to {own}.",
    "words.back.slice": "A part of {name} was taken: its entries get {above} ({all}), the others of {own} had no hand "
    "in it and get 0.",
    "words.back.concat": "{name} is a part of {result}: its gradient is that part of {above}, {own} of {all}.",
    "words.back.sum": "Each of the {own} entries of {name} went into a sum with weight 1: it gets the gradient of that "
    "sum, so {above} is spread out.",
    "words.back.mean": "Each of the {own} entries of {name} went into a mean with equal weight: {above} is spread out "
    "and divided by how many there were.",
    "words.back.max": "Only the largest entries had a hand in {result}: they get {above}, the others of {name} 0, "
    "equal ones a share each.",
    "words.back.min": "Only the smallest entries had a hand in {result}: they get {above}, the others of {name} 0, "
    "equal ones a share each.",
    "words.back.row": "Each entry of a row of {name} had a hand in the whole row of {result}, "
    "so the rule mixes the entries of each row of {above}.",
    "words.back.linear": "{gradient} is linear in {above}, but no single product: the equation is the whole rule.",
    # -- the update, by optimizer
    "words.before": "All gradients were computed with the values that {name} and the others had before.",
    "words.state.d": "Weight decay: {decay} times {parameter} is added to {gradient}, which pulls it towards 0.",
    "words.state.squares": "{name} is the sum, entry by entry, of the squares of {gradient} so far; none is forgotten.",
    "words.state.velocity": "{name} keeps {kept} of what it was, and {gradient} is added: the velocity of the descent.",
    "words.state.velocity-scaled": "{name} keeps {kept} of what it was, and {gradient} is added, "
    "divided by the root of its mean square.",
    "words.state.m": "{name} is a running mean: {kept} of what it was and {taken} of {gradient}.",
    "words.state.v": "{name} is a running mean of squares: {kept} of what it was and {taken} of {gradient} squared, "
    "entry by entry.",
    "words.state.neutral": "{name} is what {optimizer} keeps of {parameter} from one iteration to the next.",
    "words.update.neutral": "{name} is changed by the rule of {optimizer}.",
    "words.update.sgd": "Gradient descent: {name} goes against {gradient}, {rate} (the learning rate) times it.",
    "words.update.velocity": "With momentum: {name} goes against {velocity}, {rate} (the learning rate) times it.",
    "words.update.nesterov": "Nesterov: {name} goes against {grad} and {velocity}, one step of momentum ahead, "
    "{rate} (the learning rate) times that.",
    "words.update.adam": "Adam: {name} goes against {m} divided by the root of {v}, times the learning rate {rate}; "
    "both are corrected for having started at 0.",
    "words.update.decayed": "AdamW: {name} loses {share} of itself to weight decay and goes against {m} divided by the "
    "root of {v}, times the learning rate {rate}.",
    "words.update.scaled": "{name} goes against {gradient} divided by the root of {v}, entry by entry, "
    "times the learning rate {rate}.",
    "words.update.falling": "{name} goes against {gradient} divided by the root of {v}, entry by entry, "
    "times {rate}, a learning rate that falls with the iterations.",
}
