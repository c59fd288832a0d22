"""Small scenarios that the view's tests share."""

from __future__ import annotations

from nnstep.scenario import loads
from nnstep.view.stepper import Stepper

LAYERS = """
title = "Two layers"
description = "What to look at."
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1], [0.5, -0.25]]
y = [[0], [1], [1], [0], [1]]
[[layers]]
type = "linear"
weight = [[0.5, -1.0, 0.25], [1.5, 0.75, -0.5]]
[[layers]]
type = "sigmoid"
[[layers]]
type = "linear"
weight = [[1.0], [-0.5], [0.25]]
[loss]
type = "mse"
[optimizer]
type = "sgd"
lr = 0.5
[training]
epochs = 3
batch_size = 2
shuffle = true
"""

TIED = """
equations = \"\"\"
h = tanh(x @ W + b)
r = h @ W.T + x
s = r * r
loss = mean(s) + 0.1 * sum(W ** 2)
\"\"\"
[data]
x = [[1, 2], [3, -4], [0.5, 0.25]]
[parameters]
W = [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]]
b = [0.01, 0.02, 0.03]
[optimizer]
type = "adam"
lr = 0.1
[training]
epochs = 2
"""

SOFTMAX = """
equations = \"\"\"
p = softmax(x @ W)
loss = cross_entropy(layer_norm(x, a, c), y) + nll(p, y)
\"\"\"
[data]
x = [[1, 2, 0], [-1, 0, 1], [-10, 0, 10]]
y = [1, 2, 0]
[parameters]
W = [[1, 0.5, -0.5], [0.25, 1, 0], [0, -1, 1]]
a = [1, 1, 2]
c = [0, 0.5, 0]
[optimizer]
type = "sgd"
lr = 0.1
momentum = 0.9
"""

SCALARS = """
objective = "L"
equations = "L = (a * b + c) * f"
[parameters]
a = 2
b = -3
c = 10
f = -2
"""

FORWARD = """
equations = "p = softmax(x)"
[data]
x = [[1, 2, 0], [1000, 1001, 999]]
"""

ALL = {"layers": LAYERS, "tied": TIED, "softmax": SOFTMAX, "scalars": SCALARS, "forward": FORWARD}


def stepper(name: str) -> Stepper:
    """A stepper on one of the scenarios above, at the start."""
    return Stepper(loads(ALL[name]))
