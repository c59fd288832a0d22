"""Data sets made from a formula and the seed. Points are rows of x; classes alternate as the drawing goes round.

    xor      the corners of the unit square, in turn: (0,0) (0,1) (1,0) (1,1); the class is 1 where the two differ
    moons    two half circles of radius 1 that reach into each other, the second one around (1, 0.5) upside down
    circles  two circles around the origin, of radius 1 (class 0) and 0.5 (class 1)
    spiral   arms from the origin to radius 1, each three quarters of a turn, class by arm
    blobs    normal clouds on a circle of radius 3, class by cloud; `noise` is their standard deviation, by default 1
    line     x even on [-1, 1] in one column, y = 2 x + 1

`noise` is the standard deviation of normal noise added to the points (line: to y).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nnstep.ops import Array
from nnstep.scenario.initialisers import DATA, stream
from nnstep.scenario.toml.arrays import frozen

if TYPE_CHECKING:
    from numpy.random import Generator

_Points = tuple[Array, Array]  # the points without noise (n, 2) and their classes (n,)


def _xor(samples: int, classes: int) -> _Points:
    corner = np.arange(samples) % 4
    points = np.stack([corner // 2, corner % 2], axis=1)
    return points.astype(np.float64), (points[:, 0] != points[:, 1]).astype(np.float64)


def _along(samples: int, classes: int) -> tuple[Array, Array]:
    """Classes in turn, and for each point how far along its class it is, evenly from 0 to 1."""
    index = np.arange(samples)
    each = -(-samples // classes)
    return (index % classes).astype(np.float64), (index // classes) / max(each - 1, 1)


def _moons(samples: int, classes: int) -> _Points:
    label, along = _along(samples, 2)
    angle = np.pi * along
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return np.where(label[:, None] == 0, upper, lower), label


def _circles(samples: int, classes: int) -> _Points:
    label, _ = _along(samples, 2)
    each = -(-samples // 2)
    angle = 2 * np.pi * (np.arange(samples) // 2) / each
    radius = np.where(label == 0, 1.0, 0.5)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), label


def _spiral(samples: int, classes: int) -> _Points:
    label, along = _along(samples, classes)
    angle = 2 * np.pi * label / classes + 1.5 * np.pi * along
    return np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1), label


def _blobs(samples: int, classes: int) -> _Points:
    label, _ = _along(samples, classes)
    angle = 2 * np.pi * label / classes
    return np.stack([3 * np.cos(angle), 3 * np.sin(angle)], axis=1), label


_CLASSIFICATION: dict[str, Callable[[int, int], _Points]] = {
    "xor": _xor,
    "moons": _moons,
    "circles": _circles,
    "spiral": _spiral,
    "blobs": _blobs,
}
GENERATORS = (*_CLASSIFICATION, "line")
MANY_CLASSES = ("spiral", "blobs")  # those that can have more than two classes


def generated(
    kind: str, seed: int, samples: int, noise: float, classes: int = 2, *, numbers: bool = False
) -> tuple[Array, Array]:
    """x (samples, 2) and y of one of GENERATORS, read-only, the same for the same arguments.

    y is class numbers (samples,) where `numbers` asks for them, else a column (samples, 1). For line x is a column too.
    """
    random: Generator | None = stream(seed, DATA, kind) if noise else None
    if kind == "line":
        x = np.linspace(-1.0, 1.0, samples)[:, None]
        return frozen(x), frozen(2 * x + 1 + _noise(random, x.shape, noise))
    points, label = _CLASSIFICATION[kind](samples, classes)
    return frozen(points + _noise(random, points.shape, noise)), frozen(label if numbers else label[:, None])


def _noise(random: Generator | None, shape: tuple[int, ...], noise: float) -> Array:
    if random is None:
        return np.zeros(shape)
    with np.errstate(over="ignore"):  # the reader of [data] says so when a point is not finite
        return np.asarray(random.standard_normal(shape) * noise)
