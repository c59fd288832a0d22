"""A scenario as plain, frozen data: what a file says, checked, with every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from nnstep.language.nodes import Assignment
from nnstep.ops import Array

__all__ = ["Array", "Condition", "Data", "Equation", "Optimizer", "Parameter", "Scenario", "Training"]


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


class Training(NamedTuple):
    """How the samples are gone through. `batch_size` None means all samples at once."""

    epochs: int = 1
    batch_size: int | None = None
    shuffle: bool = False


class Condition(NamedTuple):
    """A breakpoint or watch of the [debug] table: its text and where it stands."""

    text: str
    line: int | None = None
    key: str | None = None


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
    breakpoints: tuple[Condition, ...] = ()
    watches: tuple[Condition, ...] = ()
    path: str | None = None  # as the user wrote it; None for text not from a file
