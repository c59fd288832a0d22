"""The texts in English: the memory of the tape (view/lens/memory.py, view/plots/memory.py)."""

from __future__ import annotations

MEMORY: dict[str, str] = {
    "lens.memory": "memory",
    "help.lens.memory": "How many bytes are held during each step, if every value is freed as soon as its last reader "
    "is done. The lowest area is what a forward pass alone would hold; above it are values that wait for a backward "
    "step, and gradients. Click a step of the plot, or a row, to go there.",
    # -- the comparison, and the reason for it
    "memory.more": "Forward alone holds at most {alone} bytes at once; with backward it is {whole}, {times} times as "
    "much.",
    "memory.same": "Forward alone holds at most {alone} bytes at once, and with backward it is no more.",
    "memory.none": "The forward pass makes no numbers of its own: all its values are data or parameters under other "
    "names.",
    "memory.none.whole": "With backward, at most {whole} bytes are held at once.",
    "memory.why.one": "Why: {names} has to wait until backward has read it, {span}; gradients come on top.",
    "memory.why.many": "Why: {names} have to wait until backward has read them, {span}; gradients come on top.",
    "memory.why-not": "Nothing has to wait: no backward step reads a value that the forward pass could free. What "
    "comes on top are gradients.",
    "memory.alone": "There is no backward pass here: a value is freed as soon as the last step that reads it is done. "
    "Forward alone holds at most {alone} bytes at once, during step {step}.",
    "memory.span.one": "at step {first}",
    "memory.span.many": "at steps {first} to {last}",
    "memory.names": "{first} and {last}",
    "memory.names.more": "{names} and {count} more",
    # -- the plot
    "memory.plot.alone": "forward alone",
    "memory.plot.waits": "waits for backward",
    "memory.plot.gradients": "gradients",
    "memory.plot.bytes": "bytes held during each step",
    "memory.plot.peak": "{bytes} at step {step}",
    # -- below it
    "memory.now": "Step {step}: {bytes} bytes are held, {freed} have been freed.",
    "memory.now.start": "Nothing is computed yet.",
    "memory.parts": "Step {step}, the peak: {values} bytes of values of the forward pass, {gradients} of gradients.",
    "memory.fixed": "Not counted: {fixed} bytes of data and parameters, which are held throughout.",
    "memory.fixed.update": "Not counted: {fixed} bytes of data, parameters and optimizer states, which are held "
    "throughout; the update writes over the old ones.",
    # -- the layers
    "memory.layers": "Held once the forward pass is done, by layer: {bytes} bytes",
    "memory.percent": "{percent} %",
    # -- the table of values
    "memory.reads": "read by step {step}:",
    "memory.reads.next": "read by the next backward step, {step}:",
    "memory.column.value": "value",
    "memory.column.shape": "shape",
    "memory.column.bytes": "bytes",
    "memory.column.made": "made",
    "memory.column.until": "until",
    "memory.column.state": "now",
    "memory.column.reader": "the last step that reads it",
    "memory.end": "end",
    "memory.result": "a result: it is kept",
    "memory.result.looks": "kept: {name} looks at its numbers",
    "memory.unread": "no step reads it",
    "memory.looks": "looks at the numbers of {name}",
    "memory.state.held": "held",
    "memory.state.freed": "freed",
    "memory.state.later": "not yet",
}
