"""What hostile scenarios are made of: the bundled ones, and some that together have every key of the format."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from nnstep.scenario import bundled
from nnstep.scenario.library import template

__all__ = ["SOURCES", "lay"]

_EDITED = """
title = "Edited"
description = "what if"
seed = 3
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [[0], [1], [1], [0]]
[[layers]]
type = "linear"
weight = [[0.5, -0.5], [0.25, 1]]
bias = [0.1, -0.1]
[[layers]]
type = "leaky_relu"
slope = 0.1
[[layers]]
type = "linear"
units = 1
init = "he_normal"
bias = false
trainable = true
[loss]
type = "huber"
delta = 0.5
reduction = "batch_mean"
scale = 2
[optimizer]
type = "sgd"
lr = 0.1
momentum = 0.9
nesterov = true
weight_decay = 0.01
[training]
epochs = 5
batch_size = 3
shuffle = true
[debug]
breakpoints = [{ when = "loss < 0.1", hits = 2, enabled = false }, "grad(W1)", "backward"]
watch = ["norm(grad(W1))", "prev(loss)", "W1[0, 1]", "velocity(W2)"]
[[edits]]
iteration = 2
cell = "W1[0, 1]"
value = 0.5
[[edits]]
iteration = 3
optimizer = { type = "adam", lr = 0.01, betas = [0.9, 0.99], eps = 1e-8 }
"""

_EQUATIONS = """
title = "Equations"
objective = "cost"
equations = '''
h = tanh(x @ W1 + b1)   # hidden
n = layer_norm(h, gain, shift, eps=1e-5)
o = n @ W2
cost = cross_entropy(o / t, y) + 0.01 * sum(W2 ** 2)
'''
[data]
generate = "spiral"
samples = 12
noise = 0.1
classes = 3
[parameters]
W1 = { shape = [2, 4], init = "xavier_normal" }
b1 = { shape = [4], init = "zeros", trainable = false }
gain = { value = [1, 1, 1, 1] }
shift = [0, 0, 0, 0]
W2 = [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [-0.1, 0, 0.1], [0.5, -0.5, 0]]
[constants]
t = 2
[optimizer]
type = "rmsprop"
lr = 0.01
alpha = 0.9
[training]
epochs = 2
batch_size = 5
"""

_TABLE = """
[data]
file = "flowers.csv"
x = ["length", "width"]
y = "species"
[[layers]]
type = "linear"
units = 2
[[layers]]
type = "softmax"
[loss]
type = "cross_entropy"
[optimizer]
type = "adamw"
lr = 0.01
"""

_ARRAYS = """
[data]
file = "arrays.npz"
x = "points"
y = "labels"
[[layers]]
type = "linear"
units = 1
[[layers]]
type = "sigmoid"
[loss]
type = "bce"
"""

_COLUMNS = """
equations = "z = x @ W\\nloss = mse(z, y)"
data = { file = "columns.npy", x = [0, 1], y = [2] }
parameters.W = [[1], [2]]
"""

SOURCES = (
    template("net"),
    *(Path(one.path).read_text(encoding="utf-8") for one in bundled()),
    *(_EDITED, _EQUATIONS, _TABLE, _ARRAYS, _COLUMNS) * 2,
)


def lay(folder: Path) -> None:
    """Put the data files beside which the scenarios stand into a folder."""
    spring = next(Path(one.path) for one in bundled()).parent / "spring.csv"
    (folder / "spring.csv").write_bytes(spring.read_bytes())
    rows = ["length,width,species", "1.5,0.5,iris", "2.5,1,iris", "0.5,3,rose", "1,2.5,rose"]
    (folder / "flowers.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    np.savez(folder / "arrays.npz", points=np.eye(3), labels=np.array([[0], [1], [1]]))
    np.save(folder / "columns.npy", np.arange(12.0).reshape(4, 3))
    (folder / "empty.csv").write_bytes(b"")
    (folder / "nothing.npz").write_bytes(io.BytesIO().getvalue())
