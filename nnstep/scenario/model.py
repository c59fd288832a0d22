"""A scenario as plain, frozen data: what a file says, checked, with every default filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from nnstep.language.nodes import Assignment
from nnstep.ops import Array


class Equation(NamedTuple):
    """One equation of the network, and where the file says it (or says the layer it was written out from)."""

    assignment: Assignment
    line: int | None = None  # in the file
    key: str | None = None  # "equations" or "layers[1]" or "loss"


class Parameter(NamedTuple):
    """A parameter and its value before the first iteration; `value` is read-only, of shape (), (p,) or (d, p)."""

    name: str
    value: Array
    trainable: bool = True
    origin: str = "given"  # "given", or the initialiser's name
    line: int | None = None
    key: str | None = None


class Data(NamedTuple):
    """All samples. First axis = samples; 1-D or 2-D; at least one sample; read-only. `y` may be absent."""

    x: Array
    y: Array | None
    origin: str = "inline"  # "inline", the file's name, or the generator's
    columns: tuple[str, ...] = ()  # names of x's columns, when the file has them
    classes: tuple[str, ...] = ()  # names behind y's class numbers, where the file has names: y = 0 means classes[0]


class Optimizer(NamedTuple):
    """`type` is sgd, adam, adamw, rmsprop or adagrad; `options` has every option of that type, defaults filled in."""

    type: str
    options: Mapping[str, float | bool]

    @property
    def bits(self) -> tuple[str, dict[str, str]]:
        """The same for what is the same to the last bit: 0 and -0, which compare as equal, are two."""
        return self.type, {name: float(value).hex() for name, value in self.options.items()}


class Training(NamedTuple):
    """How the samples are gone through. `batch_size` None means all samples at once."""

    epochs: int = 1
    batch_size: int | None = None
    shuffle: bool = False

    def iterations(self, samples: int) -> int:
        """Iterations of the whole run over that many samples; without data (0) each epoch is one."""
        size = min(self.batch_size or samples, samples)
        return self.epochs * (-(-samples // size) if samples else 1)


class DebugEntry(NamedTuple):
    """A breakpoint or watch of the [debug] table: its text and where it stands.

    hits     a breakpoint stops at this hit and at all later ones, counted from the start of the run
    enabled  whether it stops anything
    """

    text: str
    line: int | None = None
    key: str | None = None
    hits: int = 1
    enabled: bool = True


class Edit(NamedTuple):
    """What is changed as an iteration begins: a cell of a value, or the optimizer.

    iteration  from 1, within the run
    name       the value: a parameter, x or y, a constant, an optimizer state; "" where the optimizer is changed
    index      its cell; of x and y the first number is the row of the data
    value      what the cell is from then on
    optimizer  the optimizer from then on, with all its options
    options    where only options of the optimizer in force are changed: these, so that `optimizer` follows from the
               edits before it; None for another optimizer, whose other options have their defaults
    """

    iteration: int
    name: str = ""
    index: tuple[int, ...] = ()  # type: ignore[assignment] # a tuple's method of that name is not used
    value: float = 0.0
    optimizer: Optimizer | None = None
    options: Mapping[str, float | bool] | None = None
    line: int | None = None
    key: str | None = None

    @property
    def bits(self) -> tuple[object, ...]:
        """The same for what does the same to the last bit, wherever it stands in a file."""
        optimizer = self.optimizer and self.optimizer.bits
        return self.iteration, self.name, self.index, float(self.value).hex(), optimizer


class Scenario(NamedTuple):
    """Everything a file says. `objective` is the scalar to differentiate, or None for forward only.

    `title` is the file's name where the file has none ("" for text that is not from a file).
    """

    title: str
    description: str
    seed: int
    equations: tuple[Equation, ...]
    parameters: tuple[Parameter, ...]
    data: Data | None = None
    constants: Mapping[str, Array] = MappingProxyType({})
    objective: str | None = None
    optimizer: Optimizer | None = None
    training: Training = Training()
    breakpoints: tuple[DebugEntry, ...] = ()
    watches: tuple[DebugEntry, ...] = ()
    edits: tuple[Edit, ...] = ()  # in the order of their iterations
    path: str | None = None  # as the user wrote it; None for text not from a file

    @property
    def iterations(self) -> int:
        """Iterations of the whole run."""
        return self.training.iterations(0 if self.data is None else len(self.data.x))

    def optimizer_at(self, iteration: int) -> Optimizer | None:
        """The optimizer that is in force in an iteration (from 1), with the edits; None where nothing is updated."""
        chosen = [one.optimizer for one in self.edits if one.iteration <= iteration and one.optimizer is not None]
        return chosen[-1] if chosen else self.optimizer

    def with_edits(self, edits: Iterable[Edit]) -> Scenario:
        """With these edits in place of its own: in the order of their iterations, those of one in the order given.

        One that changes options changes those of the optimizer that is in force then; of an option that this one does
        not have nothing is left, as nothing is left of an edit of a state that it does not keep.
        """
        found = []
        now = self.optimizer
        for edit in sorted(edits, key=lambda one: one.iteration):
            made = edit
            if edit.options is not None and now is not None:
                known = {name: value for name, value in edit.options.items() if name in now.options}
                made = edit._replace(optimizer=Optimizer(now.type, MappingProxyType({**now.options, **known})))
            now = made.optimizer or now
            found.append(made)
        return self._replace(edits=tuple(found))
