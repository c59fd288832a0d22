"""What an operation is. One `Operation` holds everything about it, so adding an operation is adding one entry.

The texts of an entry (derivatives, body) are in the scenario's own language. In them the operation's inputs go by the
names in `inputs`, its options by their own names, its result is `out` and the upstream gradient is `g`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import ClassNumberError
from nnstep.language.latex_form import Form
from nnstep.language.nodes import Call, Entry, Expression, Option
from nnstep.language.printer import number_text

# Written out, since numpy.typing would be loaded for nothing but its name for this.
Array = np.ndarray[tuple[Any, ...], np.dtype[np.float64]]
Mask = np.ndarray[tuple[Any, ...], np.dtype[np.bool_]]
Shape = tuple[int, ...]
Index = tuple[int, ...]
Box = tuple[range, ...]  # cells of a value: a range of positions, with a step of at least 1, for each axis
Kernel = Callable[..., Any]  # kernel(*inputs, out): writes the result into `out`


class Site(NamedTuple):
    """Where an operation is applied: the shapes of its inputs, its options with defaults filled in, its result's shape.

    `constants` has the value of each input that is a number written out, as the 2 in `w ** 2`, and None for the others;
    empty when nothing is known. Rules and kernels may be simpler for a known number, never different in meaning.
    """

    shapes: tuple[Shape, ...]
    options: Mapping[str, Option]
    out: Shape
    constants: tuple[float | None, ...] = ()


class Corner(NamedTuple):
    """Where a function has a corner, at which its derivative jumps.

    distance  distance(inputs, options) -> how far each entry is from it, 0 for exactly at it, of either sign
    level     level(value) -> the number that the corner nearest to a value is at
    among     "inputs" where two inputs are compared, "entries" where those of one input are; then the corner is at the
              other's value; else ""
    """

    distance: Callable[[list[Array], Mapping[str, Option]], Array]
    level: Callable[[float], float] = lambda value: 0.0
    among: str = ""


Text = str | Callable[[Site], str | None]
Texts = tuple[str, ...] | Callable[[Site], tuple[str, ...]]


class Operation(NamedTuple):
    """One entry of the table.

    name         as written in a call, or for infix operations `add`, `subtract`, `multiply`, `divide`, `power`, ...
    inputs       names of the array inputs, in order
    symbol       how the screen writes it: "σ", "@", "Σ"
    sentence     one plain sentence about what it does
    shape        shape(*input_shapes, **options) -> result shape; raises OperationError, message in plain words
    prepare      prepare(site) -> kernel(*inputs, out); working arrays are made here, once: a run allocates nothing
    cell         cell(site, index) -> how out[index] is computed, an Expression over Entry(input name, input index); an
                 elementwise operation needs none: it is itself, of one entry of each input
    options      option name -> default (None: must be given), in the order in which they may be given by position; an
                 option with no number to say so has a word for it: axis=all, cols=none
    derivative   input name -> rule; an input without one, or whose rule is None at a site, passes no gradient
    body         for a composite: its definition, one assignment a line, the last one assigning `out`; stable
    elementwise  out[i] depends on the inputs at i alone (after broadcasting), so a kernel may write over an input
    view         for operations that only look at memory differently: view(x, **options) -> a NumPy view, or None where
                 the memory of x does not allow it (a reshape of a transpose) and the kernel must copy
    kept         expressions (texts over the inputs) that the kernel computes on the way; the prepared kernel has an
                 attribute `kept`, a tuple of those arrays in the same order, which later steps may read; they are
                 bit for bit what the kernels of those expressions would give
    class_numbers  the input that may be class numbers; "" where there is none
    classes      classes(site) -> how many classes there are, where that input is class numbers at this site; None where
                 it is not. Kernels do not look at them: whoever runs one has looked before.
    where        "equation": may be written in a scenario; "rule": only in derivative rules, bodies and updates;
                 "condition": only in breakpoints and watches (rules may use it too)
    clamps       clamps(site, inputs by name) -> for each part of the formula that has a bound by convention, a word for
                 it and the entries of the first input (a mask) where the bound stands in for its value
    reach        reach(site, input name, cells) -> the cells of the result that read at least one of these `cells` of
                 the input, as boxes: the exact inverse of `cell`, by structure alone; elementwise operations, and
                 those that give one number of all entries, need none

    What other rooms ask, where an entry that says nothing is neutral:

    curve        for a function of one number that is worth drawing: the part of the x axis where it bends
    bounds       the least and the largest number that the result can be, whatever goes in (rounded outwards)
    affine       the inputs of which the result is a multiple, plus what does not depend on them, as of a and b in a + b
    rising       of one input: where that is larger the result is no smaller, whatever the options are
    steepest     of an S-shaped function of one number: its largest slope, below a tenth of which it counts as saturated
    within       the result lies between the least and the largest entry of its single input
    exact        every entry of the result is an entry of an input, or a whole number: nothing is rounded
    jumps        the result may change at once with the last bit of an input, as a comparison does
    arranges     only puts the entries of its input elsewhere, or repeats them
    reduces      makes one entry of several, over an axis or over all
    by_row       works along an axis, on each row (by default) by itself
    activation   may stand as a layer of a network
    compares     for a loss: "entries" or "rows", of which the output and the target are compared; else ""
    expects      what a loss takes its output for: logits of a "softmax" or a "sigmoid", or "probabilities"; the targets
                 are probabilities (or class numbers) then; else ""
    term         for a loss: a sentence on what an entry, or a row, gives to it; without it its own sentence is said
    elsewhere    what other libraries call it, with the same inputs in the same order: words without capitals and `_`
    type_elsewhere  what else the `type` of such a loss is called in a file
    latex        how LaTeX writes it, where that is more than its symbol as an operator with its arguments in brackets
    said_backward  the catalogue has a sentence, words.back.NAME, on how a gradient passes; without it that is told in
                 neutral words
    gives        what the result is: "probabilities", or their "logarithms"; else ""
    joins        of two values; more are joined one after another, as in concat(concat(a, b), c)
    corner       where its derivative jumps; None where it has no such place
    """

    name: str
    inputs: tuple[str, ...]
    symbol: str
    sentence: str
    shape: Callable[..., Shape]
    prepare: Callable[[Site], Kernel]
    cell: Callable[[Site, Index], Expression] | None = None
    options: Mapping[str, Option | None] = MappingProxyType({})
    derivative: Mapping[str, Text] = MappingProxyType({})
    body: Text | None = None
    elementwise: bool = False
    view: Callable[..., Array | None] | None = None
    kept: Texts = ()
    class_numbers: str = ""
    classes: Callable[[Site], int | None] = lambda site: None
    where: str = "equation"
    reach: Callable[[Site, str, Box], tuple[Box, ...]] | None = None
    clamps: Callable[[Site, Mapping[str, Array]], Mapping[str, Mask]] | None = None
    curve: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    affine: tuple[str, ...] = ()
    rising: bool = False
    steepest: float | None = None
    within: bool = False
    exact: bool = False
    jumps: bool = False
    arranges: bool = False
    reduces: bool = False
    by_row: bool = False
    activation: bool = False
    compares: str = ""
    expects: str = ""
    term: str = ""
    gives: str = ""
    elsewhere: str = ""
    type_elsewhere: str = ""
    latex: Form = Form()
    joins: bool = False
    said_backward: bool = False
    corner: Corner | None = None

    def site(
        self, shapes: tuple[Shape, ...], options: Mapping[str, Option], constants: tuple[float | None, ...] = ()
    ) -> Site:
        """Check shapes and options and work out the result's shape. Raises OperationError."""
        return Site(shapes, options, self.shape(*shapes, **options), constants)

    def rule(self, input_name: str, site: Site) -> str | None:
        """The derivative rule for one input at this site, or None when no gradient passes."""
        return _text(self.derivative.get(input_name), site)

    def definition(self, site: Site) -> str | None:
        """The body at this site, or None for a primitive."""
        return _text(self.body, site)

    def keeps(self, site: Site) -> tuple[str, ...]:
        """The texts of what the kernel prepared for this site keeps, in the order of its attribute `kept`."""
        return self.kept(site) if callable(self.kept) else self.kept

    def cell_at(self, site: Site, index: Index) -> Expression:
        """How out[index] is computed, over entries of the inputs."""
        if self.cell is not None:
            return self.cell(site, index)
        own = zip(self.inputs, site.shapes, strict=True)
        entries = tuple(Entry(name, broadcast_index(index, shape)) for name, shape in own)
        return Call(self.name, entries, tuple(sorted(site.options.items())))

    def reaches(self, site: Site, input_name: str, cells: Box) -> tuple[Box, ...]:
        """The cells of the result that read at least one of these cells of an input; none of the boxes is empty."""
        if self.reach is not None:
            return self.reach(site, input_name, cells)
        if not site.out:
            return ((),)
        return (broadcast_box(cells, site.shapes[self.inputs.index(input_name)], site.out),)

    def takes_class_numbers(self, site: Site) -> tuple[str, int] | None:
        """The input that is class numbers at this site, and how many classes there are; None where there is none."""
        classes = self.classes(site)
        return (self.class_numbers, classes) if classes is not None else None

    def evaluate(self, *inputs: Array, **options: Option) -> Array:
        """Apply to arrays and return a new one: for tests and single values, not for runs. Raises OperationError."""
        filled = {name: value for name, value in self.options.items() if value is not None} | options
        arrays = tuple(np.asarray(value, dtype=np.float64) for value in inputs)
        site = self.site(tuple(array.shape for array in arrays), filled)
        taken = self.takes_class_numbers(site)
        if taken is not None:
            check_labels(arrays[self.inputs.index(taken[0])], taken[1])
        out = np.empty(site.out)
        self.prepare(site)(*arrays, out)
        return out


def _text(text: Text | None, site: Site) -> str | None:
    return text(site) if callable(text) else text


def check_labels(labels: Array, classes: int) -> None:
    """Raise ClassNumberError unless every label is a class number: 0, 1, ... classes - 1."""
    fits = (labels >= 0) & (labels < classes) & (labels == np.floor(labels))
    if not np.all(fits):  # a run asks in every iteration
        wrong = np.argwhere(~fits).tolist()
        found = tuple((tuple(index), float(labels[tuple(index)])) for index in wrong)
        message = say("labels.none", value=number_text(found[0][1]), classes=classes_text(classes))
        raise ClassNumberError(message, say("labels.hint"), found)


def classes_text(classes: int) -> str:
    """Which class numbers there are, in words."""
    last = classes - 1
    return say("labels.two" if last == 1 else "labels.classes", first=0, last=last) if last else "0"


def broadcast_index(index: Index, shape: Shape) -> Index:
    """Where the entry `index` of a broadcast result comes from in an input of shape `shape`."""
    own = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else i for i, size in zip(own, shape, strict=True))


def broadcast_box(cells: Box, shape: Shape, out: Shape) -> Box:
    """Where the entries `cells` of an input of shape `shape` go when it is repeated to the shape `out`.

    The inverse of `broadcast_index`.
    """
    extra = len(out) - len(shape)
    own = zip(cells, shape, out[extra:], strict=True)
    return (*map(range, out[:extra]), *(range(to) if size == 1 else part for part, size, to in own))
