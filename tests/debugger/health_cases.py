"""Runs that are of no use, or seem so, as people write them: what is to be found in each, first of all and besides.

Layers and equations, all kinds of batches and optimizers. Each is a whole scenario; its findings are known by the way
it is made.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BLOBS", "CASES", "MOONS", "ONE", "XOR", "Case", "equations", "layers"]

XOR = "x = [[0, 0], [0, 1], [1, 0], [1, 1]]\ny = [[0], [1], [1], [0]]\n"
ONE = "x = [[0.5, -0.2]]\ny = [[1]]\n"
MOONS = 'generate = "moons"\nsamples = 40\nnoise = 0.1\n'
BLOBS = 'generate = "blobs"\nsamples = 40\n'
_LINE = "x = [[1], [2], [3], [4], [5], [6]]\ny = [[2], [4], [6], [8], [10], [12]]\n"
_SGD = 'type = "sgd"\nlr = 0.5'
_SLOW = 'type = "sgd"\nlr = 0.1'
_ADAM = 'type = "adam"\nlr = 0.01'


class Case(NamedTuple):
    """A scenario; the kind of its first finding ("" where that does not matter), others, and whether it is a problem
    (None where that does not matter).
    """

    text: str
    first: str = ""
    others: tuple[str, ...] = ()
    problem: bool | None = True


def layers(
    *layers: str, loss: str = "mse", data: str = XOR, optimizer: str = _SGD, epochs: int = 200, training: str = ""
) -> str:
    """A network of layers; a layer is an activation, or the keys of a linear one."""
    text = f"[data]\n{data}"
    for layer in layers:
        text += f'[[layers]]\ntype = "linear"\n{layer}\n' if "=" in layer else f'[[layers]]\ntype = "{layer}"\n'
    return text + f'[loss]\ntype = "{loss}"\n[optimizer]\n{optimizer}\n[training]\nepochs = {epochs}\n{training}\n'


def equations(
    written: str, parameters: str, data: str = "", optimizer: str = _SLOW, epochs: int = 100, constants: str = ""
) -> str:
    """Equations, trained; without data there is a single sample, or constants."""
    text = f'equations = """\n{written}\n"""\n'
    text += f"[constants]\n{constants}\n" if constants else ""
    text += f"[data]\n{data}" if data else ""
    return text + f"[parameters]\n{parameters}\n[optimizer]\n{optimizer}\n[training]\nepochs = {epochs}\n"


_DEEP = "W1 = { shape = [2, 8] }\nb1 = { shape = [8] }\nW2 = { shape = [8, 2] }\nb2 = { shape = [2] }"
_TO_ONE = "W1 = { shape = [2, 8] }\nb1 = { shape = [8] }\nW2 = { shape = [8, 1] }\nb2 = { shape = [1] }"
_HIDDEN = "h = tanh(x @ W1 + b1)\n"
_SIX = "x = [[1, 2], [3, 4], [5, 6]]\n"
_W = "w = [[0.1], [0.2]]\nb = [0.0]"
_ZEROS, _ONES = 'init = "zeros"', 'init = "ones"'

_TWINS = {
    "all 0.5": Case(
        layers(
            *("weight = [[0.5, 0.5], [0.5, 0.5]]\nbias = [0.5, 0.5]", "sigmoid"),
            *("weight = [[0.5], [0.5]]\nbias = [0.5]", "sigmoid"),
        ),
        "twins",
    ),
    "zeros, sigmoid": Case(layers(f"units = 3\n{_ZEROS}", "sigmoid", f"units = 1\n{_ZEROS}"), "twins"),
    "zeros, tanh": Case(layers(f"units = 3\n{_ZEROS}", "tanh", f"units = 1\n{_ZEROS}"), "twins"),
    "zeros, relu": Case(layers(f"units = 3\n{_ZEROS}", "relu", f"units = 1\n{_ZEROS}"), "twins"),
    "ones, adam": Case(layers(f"units = 4\n{_ONES}", "tanh", f"units = 1\n{_ONES}", optimizer=_ADAM), "twins"),
    "batches, momentum": Case(
        layers(
            *(f"units = 8\n{_ONES}", "tanh", f"units = 2\n{_ONES}"),
            loss="cross_entropy",
            data=MOONS,
            training="batch_size = 7\nshuffle = true",
            optimizer=f"{_SLOW}\nmomentum = 0.9",
            epochs=30,
        ),
        "twins",
    ),
    "names of the user": Case(
        equations(
            "hidden = sigmoid(x @ A + a)\nanswer = sigmoid(hidden @ B + b)\nloss = mse(answer, y)",
            "A = [[0.5, 0.5], [0.5, 0.5]]\na = [0.1, 0.1]\nB = [[0.3], [0.3]]\nb = [0.2]",
            XOR,
        ),
        "twins",
    ),
    "some of them": Case(layers("weight = [[0.5, 0.5, 0.1], [0.5, 0.5, -0.3]]", "sigmoid", "weight = [[4], [4], [9]]")),
    "two layers": Case(
        layers(f"units = 3\n{_ONES}", "sigmoid", f"units = 3\n{_ONES}", "sigmoid", f"units = 1\n{_ONES}")
    ),
    "samples in columns": Case(
        equations(
            "h = sigmoid(W1 @ x.T + b1)\no = W2 @ h\nloss = mean((o - y.T) ** 2)",
            "W1 = [[0.5, 0.5], [0.5, 0.5]]\nb1 = [[0.1], [0.1]]\nW2 = [[1.0, 1.0]]",
            XOR,
        ),
        "twins",
    ),
    "one sample": Case(layers(f"units = 2\n{_ONES}", "sigmoid", f"units = 1\n{_ONES}", data=ONE, epochs=5), "twins"),
    "added up": Case(
        equations(
            "h = tanh(x @ W + b)\no = sum(h, axis=1)\nloss = mean((o - y) ** 2)",
            "W = [[0.5, 0.5], [0.5, 0.5]]\nb = [0.0, 0.0]",
            XOR.replace("[[0], [1], [1], [0]]", "[0, 1, 1, 0]"),
        ),
        "twins",
    ),
    "frozen behind": Case(
        equations(
            "h = tanh(x @ W + b)\no = h @ V\nloss = mse(o, y)",
            "W = [[0.5, 0.5], [0.5, 0.5]]\nb = [0.0, 0.0]\nV = { value = [[1.0], [1.0]], trainable = false }",
            XOR,
        ),
        "twins",
    ),
    "one by one": Case(
        equations(
            "h1 = sigmoid(w1 * 0.05 + w2 * 0.1 + 0.35)\nh2 = sigmoid(w3 * 0.05 + w4 * 0.1 + 0.35)\n"
            "o = sigmoid(v1 * h1 + v2 * h2)\nloss = (o - 0.9) ** 2",
            "\n".join(f"{name} = 0.5" for name in ("w1", "w2", "w3", "w4", "v1", "v2")),
            epochs=20,
        ),
        "twins",
    ),
}
_TWINS["some of them"] = _TWINS["some of them"]._replace(first="twins")
_TWINS["two layers"] = _TWINS["two layers"]._replace(first="twins")

_DOUBLED = {
    "softmax, cross_entropy": Case(
        equations(_HIDDEN + "p = softmax(h @ W2 + b2)\nloss = cross_entropy(p, y)", _DEEP, MOONS), "doubled"
    ),
    "within": Case(equations(_HIDDEN + "loss = cross_entropy(softmax(h @ W2 + b2), y)", _DEEP, MOONS), "doubled"),
    "another name, and L2": Case(
        equations(
            _HIDDEN + "p = softmax(h @ W2 + b2)\nq = p\nloss = cross_entropy(q, y) + 0.01 * sum(W1 ** 2)",
            _DEEP,
            MOONS,
            _ADAM,
        ),
        "doubled",
    ),
    "sigmoid, bce_with_logits": Case(
        equations(_HIDDEN + "p = sigmoid(h @ W2 + b2)\nloss = bce_with_logits(p, y)", _TO_ONE, XOR), "doubled"
    ),
    "sigmoid layer, bce_with_logits": Case(
        layers("units = 4", "tanh", "units = 1", "sigmoid", loss="bce_with_logits"), "doubled"
    ),
    "softmax, softmax, nll": Case(
        layers("units = 4", "tanh", "units = 2", "softmax", "softmax", loss="nll", data=MOONS), "doubled"
    ),
    "sigmoid, cross_entropy": Case(
        layers("units = 4", "tanh", "units = 2", "sigmoid", loss="cross_entropy", data=MOONS), "doubled"
    ),
    "in batches": Case(
        layers(
            *("units = 4", "relu", "units = 2", "sigmoid"),
            loss="cross_entropy",
            data=MOONS,
            training="batch_size = 8\nshuffle = true",
            epochs=20,
        ),
        "doubled",
    ),
    "tanh, cross_entropy": Case(
        layers("units = 4", "tanh", "units = 2", "tanh", loss="cross_entropy", data=MOONS), "doubled", (), False
    ),
    "tanh, bce_with_logits": Case(
        layers("units = 4", "tanh", "units = 1", "tanh", loss="bce_with_logits"), "doubled", (), False
    ),
    "sigmoid twice": Case(
        layers("units = 4", "tanh", "units = 1", "sigmoid", "sigmoid", loss="bce"), "", ("doubled",), None
    ),
    "log_softmax, nll": Case(
        equations(_HIDDEN + "p = log_softmax(h @ W2 + b2)\nloss = nll(p, y)", _DEEP, MOONS), "doubled"
    ),
    "log_softmax, bce": Case(
        equations(_HIDDEN + "p = log_softmax(h @ W2 + b2)\nloss = bce(p, y)", _TO_ONE, XOR), "doubled"
    ),
    "softmax written out": Case(
        equations(
            _HIDDEN + "e = exp(h @ W2 + b2)\np = e / sum(e, axis=1, keepdims=True)\nloss = cross_entropy(p, y)",
            _DEEP,
            MOONS,
        ),
        "doubled",
    ),
    "sigmoid written out": Case(
        equations(_HIDDEN + "p = 1 / (1 + exp(-(h @ W2 + b2)))\nloss = bce_with_logits(p, y)", _TO_ONE, XOR), "doubled"
    ),
    "targets of probabilities": Case(
        equations(
            "p = softmax(x @ W)\nloss = cross_entropy(p, y)",
            "W = [[0.1, 0.2], [0.3, 0.1]]",
            "x = [[1, 2], [3, 1]]\ny = [[1, 0], [0, 1]]\n",
        ),
        "doubled",
    ),
}

_TARGETS = {
    "-1 and 1, bce": Case(layers("units = 1", "sigmoid", loss="bce", data=_SIX + "y = [[-1], [1], [-1]]\n"), "targets"),
    "0 and 2, sigmoid": Case(
        layers("units = 3", "tanh", "units = 1", "sigmoid", data=XOR.replace("[1], [1]", "[2], [2]")), "targets"
    ),
    "-1 and 1, bce_with_logits": Case(
        layers("units = 3", "tanh", "units = 1", loss="bce_with_logits", data=XOR.replace("[0]", "[-1]")), "targets"
    ),
    "0 to 5, tanh": Case(
        layers("units = 3", "tanh", "units = 1", "tanh", data="x = [[0], [1], [2], [5]]\ny = [[0], [1], [2], [5]]\n"),
        "targets",
    ),
    "negative, relu": Case(
        layers(
            "units = 3", "tanh", "units = 1", "relu", data="x = [[0], [1], [2], [5]]\ny = [[-1], [-2], [1], [-3]]\n"
        ),
        "",
        ("targets",),
    ),
    "negative, softplus": Case(
        layers("units = 1", "softplus", data="x = [[0], [1], [2]]\ny = [[-10], [20], [-30]]\n"), "targets"
    ),
    "positive, -relu": Case(
        equations("o = -relu(x @ w + b)\nloss = mse(o, y)", _W, _SIX + "y = [[3], [1], [2]]\n"), "", ("targets",)
    ),
    "bce written out": Case(
        equations(
            "p = sigmoid(x @ w + b)\nloss = -mean(y * log(p) + (1 - y) * log(1 - p))",
            _W,
            _SIX + "y = [[-1], [1], [-1]]\n",
        ),
        "targets",
    ),
    "mse written out": Case(
        equations("p = sigmoid(x @ w + b)\nloss = mean((p - y) ** 2)", _W, _SIX + "y = [[3], [4], [5]]\n"), "targets"
    ),
    "sigmoid written out": Case(
        equations("p = 1 / (1 + exp(-(x @ w + b)))\nloss = mean((p - y) ** 2)", _W, _SIX + "y = [[3], [4], [5]]\n"),
        "targets",
    ),
    "a difference with a name": Case(
        equations("p = tanh(x @ w + b)\ne = y - p\nloss = sum(e * e) / 2", _W, _SIX + "y = [[3], [4], [5]]\n"),
        "targets",
    ),
    "mae written out": Case(
        equations("p = sigmoid(x @ w + b)\nloss = mean(abs(y - p))", _W, _SIX + "y = [[10], [20], [30]]\n"), "targets"
    ),
    "2 σ - 1": Case(
        equations("p = 2 * sigmoid(x @ w + b) - 1\nloss = mse(p, y)", _W, _SIX + "y = [[3], [-1], [1]]\n"), "targets"
    ),
    "percent": Case(
        layers("units = 1", "sigmoid", loss="bce", data="x = [[0], [1], [2]]\ny = [[0], [50], [100]]\n"), "targets"
    ),
    "softmax, mse": Case(layers("units = 2", "softmax", data="x = [[0], [1]]\ny = [[0, 5], [5, 0]]\n"), "targets"),
    "a constant": Case(
        equations("p = sigmoid(w * 2 + b)\nloss = (p - t) ** 2", "w = 0.5\nb = 0.1", constants="t = 3"), "targets"
    ),
    "a number": Case(equations("p = sigmoid(w * 2 + b)\nloss = (p - 3) ** 2", "w = 0.5\nb = 0.1"), "targets"),
    "probabilities below 0": Case(
        layers("units = 2", loss="cross_entropy", data="x = [[0], [1]]\ny = [[-1, 1], [1, -1]]\n"), "targets"
    ),
    "in batches": Case(
        layers(
            *("units = 3", "tanh", "units = 1", "sigmoid"),
            loss="bce",
            data="x = [[0], [1], [2], [5]]\ny = [[1], [1], [-1], [1]]\n",
            training="batch_size = 2",
        ),
        "targets",
    ),
    "a little outside": Case(
        layers(
            "units = 3",
            "tanh",
            "units = 1",
            "tanh",
            data=f"x = {[[k] for k in range(20)]}\ny = {[[1.02]] + [[0.5]] * 19}\n",
        ),
        "",
        ("targets",),
        False,
    ),
    "no probabilities, bce": Case(
        layers("units = 1\nbias = [2]", loss="bce", data="x = [[1], [2]]\ny = [[0], [1]]\n"), "outside"
    ),
    "no probabilities, nll": Case(
        equations("p = relu(x @ W)\nloss = nll(p, y)", "W = [[2.0, 3.0]]", "x = [[1], [2]]\ny = [0, 1]\n"),
        "",
        ("outside",),
    ),
}

_ROW = "x = [[0], [1], [2]]\ny = [0, 0, 0]\n"
_STILL = {
    "softmax of one column, bce": Case(
        layers("units = 3", "relu", "units = 1", "softmax", loss="bce"), "column", ("still",)
    ),
    "softmax of one column, mse": Case(
        equations("p = softmax(x @ w)\nloss = mse(p, y)", "w = [[0.1], [0.2]]", XOR, _ADAM), "column", ("still",)
    ),
    "one logit": Case(layers("units = 1", loss="cross_entropy", data=_ROW), "column", ("still",)),
    "one logit, a row": Case(layers("units = 3", "tanh", "units = 1", loss="cross_entropy"), "column", ("still",)),
    "softmax of one column, nll": Case(layers("units = 1", "softmax", loss="nll", data=_ROW), "column"),
    "softmax of one column, batches": Case(
        layers("units = 3", "relu", "units = 1", "softmax", training="batch_size = 2"), "column", ("still",)
    ),
    "frozen": Case(
        equations("o = x @ W\nloss = mse(o, y)", "W = { value = [[0.1], [0.2]], trainable = false }", XOR), "untrained"
    ),
    "frozen layers": Case(layers("units = 3\ntrainable = false", "tanh", "units = 1\ntrainable = false"), "untrained"),
    "detached": Case(
        equations("o = x @ W\np = mean(x, axis=1, keepdims=True)\nloss = mse(p, y)", "W = [[0.1], [0.2]]", XOR),
        "untrained",
    ),
    "detached, one of two": Case(
        equations("o = x @ W\nq = o * v\nloss = mse(o, y)", "W = [[0.1], [0.2]]\nv = 2", XOR), "", ("unreached",), None
    ),
    "cancelled": Case(equations("o = x @ W\nloss = mean(o - o) + 1", "W = [[0.1], [0.2]]", XOR), "still"),
    "times 0": Case(equations("o = x @ W\nloss = mean((0 * o - y) ** 2)", "W = [[0.1], [0.2]]", XOR), "still"),
    "cancelled but for rounding": Case(
        equations(
            "o = x @ W\nloss = mean(3 * o) - mean(o) * 3 + 1",
            "W = [[0.13], [0.29]]",
            "x = [[0, 0], [0, 1], [1, 0], [1, 1], [0.3, 0.7]]\n",
        ),
        "still",
    ),
    "probabilities add up to 1": Case(
        equations("p = softmax(x @ W)\nloss = sum(p)", "W = [[0.1, 0.2, 0.7], [0.2, 0.1, 0.3]]", XOR), "still"
    ),
    "all 0": Case(equations("loss = (a * b - 1) ** 2", "a = 0\nb = 0"), "still"),
    "zeros without biases": Case(
        layers(f"units = 2\n{_ZEROS}\nbias = false", "tanh", f"units = 1\n{_ZEROS}\nbias = false"), "", ("still",)
    ),
    "a top": Case(equations("loss = (w - 1) ** 2 * (w + 1) ** 2 + 1", "w = 1.0"), "still"),
    "softmax with no slope": Case(
        layers("weight = [[0, 1000]]", "softmax", data="x = [[1]]\ny = [[1, 0]]\n"), "", ("still",)
    ),
    "at its least": Case(equations("loss = (w - 1) ** 2", "w = 1.0"), "still", (), False),
    "only unit dead": Case(
        layers(
            *("weight = [[-0.5]]", "relu", "weight = [[0.5]]"),
            data="x = [[1], [2], [3]]\ny = [[1], [2], [3]]\n",
            optimizer='type = "sgd"\nlr = 0.05',
        ),
        "dead",
    ),
    "only unit dead, adam, batches": Case(
        layers(
            "weight = [[-5], [-5]]\nbias = [-1]", "relu", "weight = [[1]]", optimizer=_ADAM, training="batch_size = 1"
        ),
        "dead",
    ),
    "layer dead": Case(layers("units = 3\nbias = [-9, -9, -9]", "relu", "units = 1\nbias = false"), "dead", ("still",)),
    "output dead": Case(layers("units = 3", "tanh", "units = 1\nbias = [-50]", "relu"), "dead", ("still",)),
    "dead, one sample": Case(layers("weight = [[-5], [-5]]\nbias = [-9]", "relu", "weight = [[1]]", data=ONE), "dead"),
    "some dead, one sample": Case(
        layers(
            *("weight = [[1, 1], [1, 0.5]]\nbias = [-9, 1]", "relu", "weight = [[1], [1]]"),
            data=ONE,
            optimizer='type = "sgd"\nlr = 0.0001',
            epochs=5,
        ),
        "dead",
        (),
        False,
    ),
    "dead, no data": Case(equations("h = relu(w * 2 + b)\nloss = (v * h - 1) ** 2", "w = -1\nb = 0\nv = 0.5"), "dead"),
    "dead, written out": Case(
        equations(
            "h = maximum(x @ w + b, 0)\no = h @ v\nloss = mse(o, y)",
            "w = [[-1.0, -2.0], [-1.0, -3.0]]\nb = [-1.0, -1.0]\nv = [[1.0], [0.5]]",
            XOR,
        ),
        "dead",
        ("still",),
    ),
    "saturated, one sample": Case(
        layers("weight = [[0.8]]\nbias = false", "sigmoid", data="x = [[62.5]]\ny = [[0]]\n"), "saturated", ("still",)
    ),
    "saturated, two samples": Case(
        layers("weight = [[0.8]]\nbias = false", "sigmoid", data="x = [[62.5], [60]]\ny = [[0], [0]]\n"),
        "saturated",
        ("still",),
    ),
    "saturated tanh": Case(
        layers("weight = [[100], [100]]\nbias = [50]", "tanh", data="x = [[0.5, -0.2]]\ny = [[-1]]\n"),
        "saturated",
        ("still",),
    ),
    "saturated, no data": Case(
        equations("p = sigmoid(w * 62.5)\nloss = (p - 0) ** 2", "w = 0.8"), "saturated", ("still",)
    ),
    "saturated, written out": Case(
        equations("z = w * 62.5\np = 1 / (1 + exp(-z))\nloss = (p - 0) ** 2", "w = 0.8"), "saturated", (), False
    ),
    "a rate of 0": Case(
        layers("units = 2", "tanh", "units = 1", optimizer='type = "sgd"\nlr = 0'), "", ("small-update",), False
    ),
    "saturated, constants": Case(
        equations("p = sigmoid(w * s)\nloss = (p - t) ** 2", "w = 0.8", constants="s = 62.5\nt = 0"),
        "saturated",
        ("still",),
    ),
    "the bounds of bce": Case(
        layers("weight = [[800]]", "sigmoid", loss="bce", data="x = [[1], [2]]\ny = [[0], [0]]\n"), "clamp", ("still",)
    ),
    "the bounds of bce, for some": Case(
        layers(
            *("weight = [[800]]\nbias = false", "sigmoid"),
            loss="bce",
            data="x = [[1], [0.001]]\ny = [[0], [0]]\n",
            optimizer='type = "sgd"\nlr = 0.001',
            epochs=3,
        ),
        "clamp",
        (),
        False,
    ),
}

_RATE = {
    "decay, sgd": Case(layers("units = 4", "tanh", "units = 1", optimizer=f"{_SGD}\nweight_decay = 5"), "decay"),
    "decay, adamw": Case(
        layers("units = 4", "tanh", "units = 1", optimizer='type = "adamw"\nlr = 0.1\nweight_decay = 30'), "decay"
    ),
    "decay, momentum": Case(
        layers("units = 4", "tanh", "units = 1", optimizer='type = "sgd"\nlr = 1\nweight_decay = 5\nmomentum = 0.9'),
        "decay",
    ),
    "decay, batches": Case(
        layers(
            "units = 4",
            "relu",
            "units = 1",
            optimizer='type = "sgd"\nlr = 0.3\nweight_decay = 10',
            training="batch_size = 2",
        ),
        "decay",
    ),
    "decay to infinity": Case(
        layers("units = 4", "relu", "units = 1", optimizer='type = "sgd"\nlr = 10\nweight_decay = 100', epochs=300),
        "decay",
        ("infinite",),
    ),
    "decay, by an edit": Case(
        layers("units = 4", "relu", "units = 1", optimizer=_SLOW)
        + "[[edits]]\niteration = 5\noptimizer = { weight_decay = 30 }\n",
        "decay",
    ),
    "a line": Case(layers("units = 1", data=_LINE), "rate", ("above",)),
    "a line, to infinity": Case(
        layers("units = 1", data=_LINE, optimizer='type = "sgd"\nlr = 5', epochs=1_000), "rate", ("infinite", "nan")
    ),
    "a line, few iterations": Case(layers("units = 1", data=_LINE, epochs=5), "rate", ("above",)),
    "a line, batches": Case(layers("units = 1", data=_LINE, training="batch_size = 2\nshuffle = true"), "rate"),
    "a line, by an edit": Case(
        layers("units = 1", data=_LINE, optimizer='type = "sgd"\nlr = 0.01')
        + "[[edits]]\niteration = 50\noptimizer = { lr = 1.0 }\n",
        "rate",
    ),
    "a parabola": Case(equations("loss = w ** 2", "w = 1.0", optimizer='type = "sgd"\nlr = 1.05'), "rate", ("above",)),
    "a parabola, to infinity": Case(
        equations("loss = w ** 2", "w = 1.0", optimizer='type = "sgd"\nlr = 30', epochs=2_000),
        "rate",
        ("infinite", "nan"),
    ),
    "to the fourth": Case(
        equations("loss = w ** 4", "w = 3.0", optimizer='type = "sgd"\nlr = 1', epochs=30), "rate", ("infinite",)
    ),
    "large data, units that die": Case(
        layers(
            *("units = 4", "relu", "units = 1"),
            data="x = [[2104, 3], [1600, 3], [2400, 3], [1416, 2]]\ny = [[399.9], [329.9], [369.0], [232.0]]\n",
            optimizer='type = "sgd"\nlr = 0.01',
        ),
        "rate",
        ("dead",),
    ),
    "an edit of a weight, no rate": Case(
        layers("units = 1", data=_LINE, optimizer='type = "sgd"\nlr = 0')
        + '[[edits]]\niteration = 50\ncell = "W1[0, 0]"\nvalue = 100\n',
        "above",
    ),
    "cosh": Case(equations("loss = exp(w) + exp(-w)", "w = 5.0", optimizer='type = "sgd"\nlr = 1', epochs=30), "rate"),
    "units that die": Case(
        layers("units = 8", "relu", "units = 1", data=_LINE, optimizer='type = "sgd"\nlr = 1'), "rate"
    ),
    "large data": Case(
        layers(
            "units = 1",
            data="x = [[1e6], [2e6], [3e6], [4e6]]\ny = [[1], [2], [3], [4]]\n",
            optimizer='type = "sgd"\nlr = 0.1',
        ),
        "rate",
        ("infinite",),
    ),
    "1e200": Case(layers("units = 8", "tanh", "units = 1", data=_LINE, optimizer='type = "sgd"\nlr = 1e200'), "rate"),
}

CASES: dict[str, Case] = {
    f"{group}: {name}": case
    for group, cases in (
        ("twins", _TWINS),
        ("doubled", _DOUBLED),
        ("targets", _TARGETS),
        ("still", _STILL),
        ("rate", _RATE),
    )
    for name, case in cases.items()
}
