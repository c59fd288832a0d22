"""Initialisers, with PyTorch's definitions, and the random streams of a scenario.

A weight of shape (rows, columns) takes `rows` inputs to `columns` outputs, so fan_in = rows and fan_out = columns here
(PyTorch stores the transpose). Glorot and Bengio 2010 for xavier, He et al. 2015 for he:

    xavier_uniform   uniform in ±sqrt(6 / (fan_in + fan_out))        xavier_normal   std sqrt(2 / (fan_in + fan_out))
    he_uniform       uniform in ±sqrt(6 / fan_in)                    he_normal       std sqrt(2 / fan_in)
    normal           mean 0, std 1                                   uniform         uniform in [0, 1)
    zeros, ones

Fans are those of a matrix: xavier and he refuse lists and scalars, as PyTorch refuses tensors of fewer dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nnstep.ops import Array
from nnstep.scenario.toml.arrays import frozen

if TYPE_CHECKING:
    from numpy.random import Generator

# Purposes of random numbers; each draws from a stream of its own. The order of samples is the engine's, purpose 2.
_PARAMETER = 0
DATA = 1

_Draw = Callable[["Generator", tuple[int, ...], int, int], Array]

_RANDOM: dict[str, _Draw] = {
    "xavier_uniform": lambda random, shape, rows, columns: _symmetric(random, shape, 6 / (rows + columns)),
    "xavier_normal": lambda random, shape, rows, columns: _normal(random, shape, 2 / (rows + columns)),
    "he_uniform": lambda random, shape, rows, columns: _symmetric(random, shape, 6 / rows),
    "he_normal": lambda random, shape, rows, columns: _normal(random, shape, 2 / rows),
    "normal": lambda random, shape, rows, columns: _normal(random, shape, 1),
    "uniform": lambda random, shape, rows, columns: random.random(shape),
}

INITIALISERS = (*_RANDOM, "zeros", "ones")
NEEDS_FANS = ("xavier_uniform", "xavier_normal", "he_uniform", "he_normal")


def stream(seed: int, purpose: int, name: str = "") -> Generator:
    """The random numbers of one purpose, and of one parameter by its name: independent of all others of that seed."""
    return np.random.Generator(np.random.PCG64([seed, purpose, *name.encode()]))


def initial(name: str, init: str, shape: tuple[int, ...], seed: int) -> Array:
    """The value of parameter `name` before the first iteration, read-only; `init` is one of INITIALISERS.

    An initialiser of NEEDS_FANS takes shapes (rows, columns) only.
    """
    if init in ("zeros", "ones"):
        return frozen(np.full(shape, float(init == "ones")))
    rows, columns = shape if len(shape) == 2 else (1, 1)
    return frozen(_RANDOM[init](stream(seed, _PARAMETER, name), shape, rows, columns))


def _symmetric(random: Generator, shape: tuple[int, ...], squared: float) -> Array:
    bound = math.sqrt(squared)
    return np.asarray(random.uniform(-bound, bound, shape))


def _normal(random: Generator, shape: tuple[int, ...], variance: float) -> Array:
    return np.asarray(random.standard_normal(shape) * math.sqrt(variance))
