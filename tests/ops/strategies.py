"""Applications of every operation for hypothesis: inputs that fit together, and options.

`applications(name, values)` draws (inputs by name, options). The values come from a `Values`, so that the same shapes
are drawn with numbers that suit the law: away from kinks for derivatives, huge for stability.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnstep.language import Option
from nnstep.ops import Array, Shape, operation

Application = tuple[Mapping[str, Array], Mapping[str, Option]]
T = TypeVar("T")


class Draw(Protocol):
    """Gives an example of a strategy: the first argument of a composite strategy, or `data.draw` of a test."""

    def __call__(self, strategy: st.SearchStrategy[T], label: object = None) -> T: ...


POSITIVE = {"log", "sqrt", "log1p"}
LOSSES = {"mse": ("o", "y"), "mae": ("o", "y"), "huber": ("o", "y"), "bce": ("p", "y"), "bce_with_logits": ("z", "y")}
SHAPES = hnp.array_shapes(min_dims=0, max_dims=2, max_side=4)
ROWS = hnp.array_shapes(min_dims=1, max_dims=2, max_side=4)


@dataclass(frozen=True)
class Values:
    """Where numbers come from: for a first input, for a second one (never equal to a first), and for probabilities."""

    first: st.SearchStrategy[float]
    second: st.SearchStrategy[float]
    share: st.SearchStrategy[float]
    unique: bool = False

    def array(self, draw: Draw, shape: Shape, source: st.SearchStrategy[float]) -> Array:
        return draw(hnp.arrays(np.float64, shape, elements=source, unique=self.unique, fill=st.nothing()))


def lattice(step: float, offset: float, count: int = 40) -> st.SearchStrategy[float]:
    """Numbers at least `step` apart, which keep away from 0 and from other offsets."""
    return st.integers(-count, count).map(lambda k: k * step + offset)


SMOOTH = Values(lattice(0.13, 0.041), lattice(0.13, 0.083), st.integers(1, 60).map(lambda k: k / 64), unique=True)


def up_to(size: float) -> Values:
    """Any number up to `size` in both directions; probabilities with 0 and 1."""
    number = st.floats(-size, size) | st.floats(-30, 30) | st.sampled_from([0.0, -0.0, 1.0, -1.0, size, -size])
    return Values(number, number, st.floats(0, 1) | st.sampled_from([0.0, 1.0]))


def applications(name: str, values: Values) -> st.SearchStrategy[Application]:
    """Inputs and options for one operation."""
    return st.composite(_DRAWN.get(name, _elementwise))(name, values)


def _elementwise(draw: Draw, name: str, values: Values) -> Application:
    labels = operation(name).inputs
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=len(labels), max_dims=2, max_side=4)).input_shapes
    sources = [values.first, *[values.second] * (len(labels) - 1)]
    drawn = zip(labels, shapes, sources, strict=True)
    inputs = {label: values.array(draw, shape, source) for label, shape, source in drawn}
    if name in POSITIVE:
        inputs[labels[0]] = np.asarray(np.abs(inputs[labels[0]]))
    if name == "power":  # near 0 a negative power is too steep for differences; 0 itself is among the frozen cases
        inputs["a"] = np.asarray(np.abs(inputs["a"]) + 0.5)
    if name == "where":
        inputs["condition"] = np.asarray(inputs["condition"] > 0, dtype=np.float64)
    return inputs, {}


def _with_number(option: str, low: float, high: float) -> Callable[[Draw, str, Values], Application]:
    def drawn(draw: Draw, name: str, values: Values) -> Application:
        inputs, _ = _elementwise(draw, name, values)
        return inputs, {option: draw(st.floats(low, high))}

    return drawn


def _along_rows(draw: Draw, name: str, values: Values) -> Application:
    return {"x": values.array(draw, draw(ROWS), values.first)}, {}


def _with_eps(draw: Draw, name: str, values: Values) -> Application:
    x = values.array(draw, draw(ROWS), values.first)
    inputs = {"x": x}
    if name == "layer_norm":
        inputs |= {part: values.array(draw, x.shape[-1:], values.second) for part in ("gain", "bias")}
    return inputs, {"eps": draw(st.sampled_from([1e-5, 1e-3, 0.5]))}


def _reduced(draw: Draw, name: str, values: Values) -> Application:
    x = values.array(draw, draw(SHAPES), values.first)
    axes: list[Option] = ["all", *range(-x.ndim, x.ndim)]
    return {"x": x}, {"axis": draw(st.sampled_from(axes)), "keepdims": draw(st.booleans())}


def _argmax(draw: Draw, name: str, values: Values) -> Application:
    x = values.array(draw, draw(ROWS), values.first)
    return {"x": x}, {"axis": draw(st.integers(-x.ndim, x.ndim - 1))}


def _summary(draw: Draw, name: str, values: Values) -> Application:
    return {"x": values.array(draw, draw(SHAPES), values.first)}, {}


def _matmul(draw: Draw, name: str, values: Values) -> Application:
    n, d, p = (draw(st.integers(1, 4)) for _ in range(3))
    left: Shape = draw(st.sampled_from([(n, d), (d,)]))
    right: Shape = draw(st.sampled_from([(d, p), (d,)]))
    return {"a": values.array(draw, left, values.first), "b": values.array(draw, right, values.second)}, {}


def _reshape(draw: Draw, name: str, values: Values) -> Application:
    x = values.array(draw, draw(SHAPES), values.first)
    rows = draw(st.sampled_from([n for n in range(1, x.size + 1) if x.size % n == 0]))
    choices: list[tuple[int, Option]] = [(rows, x.size // rows), (rows, -1), (-1, x.size // rows)]
    sizes = draw(st.sampled_from([*choices, (x.size, "none"), (-1, "none")]))
    return {"x": x}, {"rows": sizes[0], "cols": sizes[1]}


def _items(draw: Draw, shape: Shape) -> Option:
    items: list[Option] = []
    for size in shape[: draw(st.integers(1, len(shape)))]:
        start, stop = sorted((draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))))
        whole = (None, None, None)
        choices: list[Option] = [whole, start, -1 - start, (start, stop + 1, None), (start, None, 2), (None, None, -1)]
        items.append(draw(st.sampled_from(choices)))
    return tuple(items)


def _slice(draw: Draw, name: str, values: Values) -> Application:
    shape = draw(ROWS)
    return {"x": values.array(draw, shape, values.first)}, {"items": _items(draw, shape)}


def _put(draw: Draw, name: str, values: Values) -> Application:
    shape = draw(ROWS)
    items = _items(draw, shape)
    place = operation("slice").shape(shape, items=items)
    return {"g": values.array(draw, place, values.first)}, {"items": items, "shape": shape}


def _broadcast(draw: Draw, name: str, values: Values) -> Application:
    shape = draw(SHAPES)
    sizes: dict[str, Option] = dict(zip(("rows", "cols"), shape, strict=False))
    own = tuple(draw(st.sampled_from([1, size])) for size in shape)[draw(st.integers(0, len(shape))) :]
    return {"x": values.array(draw, own, values.first)}, sizes


def _concat(draw: Draw, name: str, values: Values) -> Application:
    shape = draw(ROWS)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    other = list(shape)
    other[axis] = draw(st.integers(1, 4))
    inputs = {"a": values.array(draw, shape, values.first), "b": values.array(draw, tuple(other), values.second)}
    return inputs, {"axis": axis}


def _labels(draw: Draw, shape: Shape, classes: int) -> Array:
    return draw(hnp.arrays(np.float64, shape, elements=st.integers(0, classes - 1).map(float)))


def _one_hot(draw: Draw, name: str, values: Values) -> Application:
    classes = draw(st.integers(1, 4))
    return {"labels": _labels(draw, draw(st.sampled_from([(), (3,), (1,)])), classes)}, {"classes": classes}


REDUCTIONS = st.sampled_from(["mean", "sum", "batch_mean"])


def _loss(draw: Draw, name: str, values: Values) -> Application:
    first, second = LOSSES[name]
    shape = draw(SHAPES)
    prediction = values.share if name == "bce" else values.first
    target = values.share if name.startswith("bce") else values.second
    options: dict[str, Option] = {"reduction": draw(REDUCTIONS)}
    if name == "huber":
        options["delta"] = draw(st.sampled_from([0.4, 1.0, 7.0]))
    return {first: values.array(draw, shape, prediction), second: values.array(draw, shape, target)}, options


def _entropy(draw: Draw, name: str, values: Values) -> Application:
    first = operation(name).inputs[0]
    shape = draw(ROWS)
    prediction = values.array(draw, shape, values.share if name == "nll" else values.first)
    soft = draw(st.booleans())
    y = values.array(draw, shape, values.share) if soft else _labels(draw, shape[:-1], shape[-1])
    return {first: prediction, "y": y}, {"reduction": draw(REDUCTIONS)}


_DRAWN: dict[str, Callable[[Draw, str, Values], Application]] = {
    "leaky_relu": _with_number("slope", -0.5, 1.5),
    "elu": _with_number("alpha", -1.0, 2.0),
    "matmul": _matmul,
    "argmax": _argmax,
    "reshape": _reshape,
    "slice": _slice,
    "put": _put,
    "broadcast": _broadcast,
    "concat": _concat,
    "one_hot": _one_hot,
    "cross_entropy": _entropy,
    "nll": _entropy,
    **dict.fromkeys(("any", "all", "norm", "transpose"), _summary),
    **dict.fromkeys(("sum", "mean", "max", "min"), _reduced),
    **dict.fromkeys(("softmax", "log_softmax"), _along_rows),
    **dict.fromkeys(("layer_norm", "standardise", "deviation"), _with_eps),
    **dict.fromkeys(LOSSES, _loss),
}
