"""Random networks with a backward pass in plain NumPy, in which a mistake can be planted.

Nothing here is made with the program but the scenario's text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = ["ACTIVATIONS", "Net", "gradients", "random_net", "scenario_text", "unsummed"]

Array = np.ndarray


def _sigmoid(z: Array) -> Array:
    h: Array = 1 / (1 + np.exp(-z))
    return h


# name: (the function, its slope from z, its slope from h; None where nobody writes it so)
ACTIVATIONS: dict[str, tuple[Any, Any, Any]] = {
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)), lambda h: h * (1 - h)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, lambda h: 1 - h**2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float), None),
}


@dataclass
class Net:
    """Layers of z = h @ W + b, all but the last with an activation; the loss is of the last z or of its sigmoid."""

    x: Array
    y: Array
    weights: list[Array]
    biases: list[Array | None]
    activations: list[str]
    loss: str
    rate: float
    decay: float = 0.0
    zs: list[Array] = field(default_factory=list)
    hs: list[Array] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many samples there are."""
        return len(self.x)

    def forward(self) -> None:
        """All z and h; h[0] is x."""
        self.zs, self.hs = [], [self.x]
        for k, w in enumerate(self.weights):
            b = self.biases[k]
            z = self.hs[-1] @ w + (0 if b is None else b)
            self.zs.append(z)
            last = k == len(self.weights) - 1
            self.hs.append(z if last and self.loss != "sigmoid_mse" else ACTIVATIONS[self.activations[k]][0](z))


def random_net(rng: np.random.Generator, layers: int | None = None, rows: int | None = None) -> Net:
    """A network whose numbers all have their own digits."""
    count = layers or int(rng.integers(1, 4))
    sizes = [int(rng.integers(1, 5)) for _ in range(count + 1)]
    loss = str(rng.choice(["mse", "half_squares", "cross_entropy", "bce_with_logits", "sigmoid_mse"]))
    if loss == "cross_entropy":
        sizes[-1] = max(2, sizes[-1])
    n = rows or int(rng.integers(1, 6))
    activations = [str(rng.choice(list(ACTIVATIONS))) for _ in range(count)]
    if loss == "sigmoid_mse":
        activations[-1] = "sigmoid"
    y = rng.integers(0, sizes[-1], n) if loss == "cross_entropy" else rng.uniform(0.05, 0.95, (n, sizes[-1]))
    net = Net(
        rng.normal(size=(n, sizes[0])),
        y.astype(float),
        [rng.normal(size=(a, b)) for a, b in pairwise(sizes)],
        [rng.normal(size=b) if rng.random() < 0.75 else None for b in sizes[1:]],
        activations,
        loss,
        float(rng.uniform(0.011, 0.37)),
    )
    net.forward()
    return net


def scenario_text(net: Net) -> str:
    """The scenario of a network."""
    lines = []
    for k, activation in enumerate(net.activations, 1):
        before = "x" if k == 1 else f"h{k - 1}"
        lines.append(f"z{k} = {before} @ W{k}" + (f" + b{k}" if net.biases[k - 1] is not None else ""))
        if k < len(net.weights) or net.loss == "sigmoid_mse":
            lines.append(f"h{k} = {activation}(z{k})")
    top = len(net.weights)
    lines.append(
        {
            "mse": f"loss = mse(z{top}, y)",
            "half_squares": f"loss = sum(0.5 * (z{top} - y) ** 2) / {net.rows}",
            "cross_entropy": f"loss = cross_entropy(z{top}, y)",
            "bce_with_logits": f"loss = bce_with_logits(z{top}, y)",
            "sigmoid_mse": f"loss = mse(h{top}, y)",
        }[net.loss]
    )
    text = "equations = '''\n" + "\n".join(lines) + "\n'''\n"
    y = net.y.astype(int) if net.loss == "cross_entropy" else net.y
    text += f"[data]\nx = {net.x.tolist()}\ny = {y.tolist()}\n[parameters]\n"
    for k, w in enumerate(net.weights, 1):
        text += f"W{k} = {w.tolist()}\n"
        b = net.biases[k - 1]
        text += f"b{k} = {b.tolist()}\n" if b is not None else ""
    return text + f"[optimizer]\ntype = 'sgd'\nlr = {net.rate!r}\n"


def gradients(net: Net, **wrong: Any) -> dict[str, Array]:
    """The gradients by the parameters' names, with mistakes in the pass.

    no_slope, slope_at_output, slope_of_input  the layers (from 1) of which that is
    sample, factor                             the only sample in it, and what it is multiplied by
    output                                     ones for the gradient of the last z
    entrywise                                  the layers whose weight's gradient is x * g
    updated                                    weights are updated before the gradient goes through them
    """
    top = len(net.weights)
    n = net.rows
    z, y = net.zs[-1], net.y
    if wrong.get("output"):
        g = np.ones_like(z)
    elif net.loss == "mse":
        g = 2 * (z - y) / z.size
    elif net.loss == "half_squares":
        g = (z - y) / n
    elif net.loss == "cross_entropy":
        e = np.exp(z - z.max(axis=1, keepdims=True))
        g = (e / e.sum(axis=1, keepdims=True) - np.eye(z.shape[1])[y.astype(int)]) / n
    elif net.loss == "bce_with_logits":
        g = (_sigmoid(z) - y) / z.size
    else:
        g = 2 * (net.hs[-1] - y) / z.size * _slope(net, top, wrong)
    if "sample" in wrong:
        mask = np.zeros((n, 1))
        mask[wrong["sample"]] = wrong.get("factor", 1.0)
        g = g * mask
    found = {}
    for k in range(top, 0, -1):
        h, w = net.hs[k - 1], net.weights[k - 1]
        found[f"W{k}"] = h * g if k in wrong.get("entrywise", ()) else h.T @ g
        if net.biases[k - 1] is not None:
            found[f"b{k}"] = g.sum(axis=0)
        if wrong.get("updated"):
            w = w - net.rate * found[f"W{k}"]
        if k > 1:
            g = g @ w.T * _slope(net, k - 1, wrong)
    return found


def unsummed(net: Net, name: str) -> Array:
    """What the gradient of a bias is the sum of: that of z."""
    k = int(name[1:])
    only = Net(net.x, net.y, net.weights, net.biases, net.activations, net.loss, net.rate, 0.0, net.zs, net.hs)
    only.biases = [np.zeros(w.shape[1]) for w in net.weights]
    return np.stack([gradients(only, sample=i)[f"b{k}"] for i in range(net.rows)])


def _slope(net: Net, k: int, wrong: dict[str, Any]) -> Array:
    """The slope of layer k's activation as it is multiplied with."""
    _, of_z, of_h = ACTIVATIONS[net.activations[k - 1]]
    z, h = net.zs[k - 1], net.hs[k]
    if k in wrong.get("no_slope", ()):
        return np.ones_like(z)
    if k in wrong.get("slope_at_output", ()):
        return np.asarray(of_z(h))
    if k in wrong.get("slope_of_input", ()):
        return np.asarray(of_h(z))
    return np.asarray(of_z(z))
