"""Writes data/pytorch.json: values and gradients of every operation as PyTorch computes them in float64.

Run by hand where PyTorch is installed, from the root of the repository: python -m tests.ops.make_frozen. No test
imports this module. The file in the repository was made with PyTorch 2.13.0 on a CPU.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Function = Callable[..., Any]  # of tensors, gives a tensor
FILE = Path(__file__).parent / "data" / "pytorch.json"


def main() -> None:
    """Compute every case and write the file."""
    import torch
    import torch.nn.functional as fn

    torch.set_default_dtype(torch.float64)
    generator = torch.Generator().manual_seed(20)
    cases = []

    def rand(*shape: int, low: float = -3.0, high: float = 3.0) -> torch.Tensor:
        values = torch.rand(shape, generator=generator) * (high - low) + low
        return torch.round(values * 1e4) / 1e4

    def case(
        name: str,
        inputs: Mapping[str, object],
        function: Function,
        options: Mapping[str, object] | None = None,
        passive: tuple[str, ...] = (),
    ) -> None:
        """One case; the inputs named in `passive` get no gradient (class numbers)."""
        leaves = {key: torch.as_tensor(value, dtype=torch.float64).clone() for key, value in inputs.items()}
        for key, leaf in leaves.items():
            leaf.requires_grad_(key not in passive)
        out = function(*leaves.values())
        record = {
            "operation": name,
            "options": options or {},
            "inputs": {k: v.detach().tolist() for k, v in leaves.items()},
        }
        record["out"] = out.detach().to(torch.float64).tolist()
        if out.requires_grad:
            upstream = torch.tensor(1.7) if out.ndim == 0 else rand(*out.shape)
            out.backward(upstream)
            record["g"] = upstream.tolist()
            record["gradients"] = {k: v.grad.tolist() for k, v in leaves.items() if v.requires_grad}
        cases.append(record)

    pairs = [
        (rand(4, 3), rand(4, 3)),
        (rand(4, 3), rand(3)),
        (rand(4, 1), rand(4, 3)),
        (rand(3), rand()),
        (rand(), rand()),
        (rand(1, 3), rand(4, 1)),
    ]
    infix = {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "maximum": torch.maximum,
        "minimum": torch.minimum,
    }
    for name, function in infix.items():
        for a, b in pairs:
            case(name, {"a": a, "b": b}, function)
    ties = torch.tensor([[1.0, 2.0, 3.0], [0.0, -1.0, 5.0]])
    for name in ("maximum", "minimum"):
        case(name, {"a": ties, "b": torch.tensor([1.0, 0.0, 5.0])}, infix[name])

    def power(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a**b

    for a, b in pairs:
        case("power", {"a": a.abs() + 0.1, "b": b}, power)
    case("power", {"a": [[0.0, 0.0, 2.0], [0.0, 1.0, 3.0]], "b": [[2.0, 1.0, 0.0], [0.5, -1.0, 3.0]]}, power)
    for exponent in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0):
        case("power", {"a": [-2.0, 0.0, 1.5], "b": exponent}, power, passive=("b",))
    for exponent in (0.5, -0.5, -1.0, -2.0, 1.7):
        case("power", {"a": [0.3, 1.0, 2.5], "b": exponent}, power, passive=("b",))

    for a, b in [((2, 3), (3, 4)), ((4, 1), (1, 2)), ((2, 3), (3,)), ((3,), (3, 2)), ((3,), (3,))]:
        case("matmul", {"a": rand(*a), "b": rand(*b)}, lambda a, b: a @ b)

    x, row, corners = rand(3, 4), rand(5), torch.tensor([-30.0, -1e-10, 0.0, 1e-10, 0.5, 19.9, 20.1, 40.0])
    elementwise = {
        "negative": lambda x: -x,
        "exp": torch.exp,
        "abs": torch.abs,
        "sin": torch.sin,
        "cos": torch.cos,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": fn.leaky_relu,
        "elu": fn.elu,
        "gelu": fn.gelu,
        "silu": fn.silu,
        "softplus": fn.softplus,
    }
    for name, function in elementwise.items():
        for value in (x, row, corners, rand()):
            case(name, {"x": value}, function)
    for slope in (0.2, 0.0, 1.0, 1.5, -0.3):
        case("leaky_relu", {"x": corners}, lambda x, s=slope: fn.leaky_relu(x, s), {"slope": slope})
    for alpha in (0.5, 2.0):
        case("elu", {"x": corners}, lambda x, a=alpha: fn.elu(x, a), {"alpha": alpha})
    for name, function in {"log": torch.log, "sqrt": torch.sqrt}.items():
        for value in (x, row, rand()):
            case(name, {"x": value.abs() + 0.01}, function)

    tied = torch.tensor([[3.0, 1.0, 3.0], [-1.0, -1.0, -1.0], [0.5, 2.0, 1.0]])
    reductions = {"sum": torch.sum, "mean": torch.mean, "max": torch.amax, "min": torch.amin}
    for name, function in reductions.items():
        for value in (x, row, tied, rand(1, 1), rand()):
            for axis in ["all", *range(-value.ndim, value.ndim)]:
                for keepdims in (False, True):
                    axes = tuple(range(value.ndim)) if axis == "all" else axis
                    case(
                        name,
                        {"x": value},
                        lambda x, f=function, a=axes, k=keepdims: f(x, dim=a, keepdim=k) if x.ndim else f(x, dim=()),
                        {"axis": axis, "keepdims": keepdims},
                    )

    case("transpose", {"x": x}, lambda x: x.T)
    for to in [(4, 3), (2, 6), (12,), (-1,), (6, -1)]:
        options = dict(zip(("rows", "cols"), to, strict=False))
        case("reshape", {"x": x}, lambda x, s=to: x.reshape(s), options)
    case("reshape", {"x": row}, lambda x: x.reshape(5, 1), {"rows": 5, "cols": 1})
    case("reshape", {"x": [[2.0]]}, lambda x: x.reshape(()))
    for items in [
        ((0, 2, None),),
        ((None, None, None), (1, 3, None)),
        (1,),
        (-1, 2),
        ((None, None, None), 0),
        ((None, None, 2), (None, None, 3)),
    ]:
        taken = tuple(slice(*item) if isinstance(item, tuple) else item for item in items)
        case("slice", {"x": x}, lambda x, t=taken: x[t], {"items": items})
    case("slice", {"x": row}, lambda x: x[1:4], {"items": ((1, 4, None),)})
    case("slice", {"x": row}, lambda x: x[-2], {"items": (-2,)})
    for axis in (0, 1, -1, -2):
        shape = (2, 4) if axis in (0, -2) else (3, 2)
        case("concat", {"a": x, "b": rand(*shape)}, lambda a, b, n=axis: torch.cat((a, b), dim=n), {"axis": axis})
    case("concat", {"a": row, "b": rand(2)}, lambda a, b: torch.cat((a, b)))
    case(
        "one_hot",
        {"labels": [0.0, 2.0, 1.0, 2.0]},
        lambda labels: fn.one_hot(labels.long(), 4),
        {"classes": 4},
        ("labels",),
    )
    for value, axis in ((x, -1), (x, 0), (tied, 1), (row, -1)):
        case("argmax", {"x": value}, lambda x, a=axis: x.argmax(dim=a), {"axis": axis}, ("x",))

    large = torch.tensor([[1000.0, 1001.0, 999.0], [-1000.0, 0.0, 1000.0]])
    for value in (x, row, tied, large):
        case("softmax", {"x": value}, lambda x: fn.softmax(x, dim=-1))
        case("log_softmax", {"x": value}, lambda x: fn.log_softmax(x, dim=-1))
    for value in (x, row):
        for eps in (1e-5, 0.1):
            inputs = {"x": value, "gain": rand(value.shape[-1]), "bias": rand(value.shape[-1])}
            case(
                "layer_norm",
                inputs,
                lambda x, gain, bias, e=eps: fn.layer_norm(x, gain.shape, gain, bias, e),
                {"eps": eps},
            )

    def by_batch(function: Function) -> Function:
        """The sum over a row, the mean over rows."""
        return lambda *values: function(*values, reduction="sum") / (len(values[0]) if values[0].ndim else 1)

    def losses(
        name: str,
        names: tuple[str, str],
        function: Function,
        values: tuple[object, object],
        extra: Mapping[str, object] | None = None,
    ) -> None:
        for reduction in ("mean", "sum", "batch_mean"):
            if reduction == "batch_mean":
                compute = by_batch(function)
            else:
                compute = lambda *values, r=reduction: function(*values, reduction=r)  # noqa: E731
            options = {"reduction": reduction, **(extra or {})}
            case(
                name,
                dict(zip(names, values, strict=True)),
                compute,
                options,
            )

    for sizes in ((4, 3), (5,), (4, 1), ()):
        o, y = rand(*sizes), rand(*sizes)
        losses("mse", ("o", "y"), fn.mse_loss, (o, y))
        losses("mae", ("o", "y"), fn.l1_loss, (o, y))
        for delta in (1.0, 0.4):
            losses(
                "huber",
                ("o", "y"),
                lambda o, y, reduction, d=delta: fn.huber_loss(o, y, reduction=reduction, delta=d),
                (o, y),
                extra={"delta": delta},
            )
        p, target = rand(*sizes, low=0.01, high=0.99), rand(*sizes, low=0.0, high=1.0)
        losses("bce", ("p", "y"), fn.binary_cross_entropy, (p, target))
        losses("bce_with_logits", ("z", "y"), fn.binary_cross_entropy_with_logits, (o * 5, target))
    same = torch.tensor([[1.0, -2.0], [0.0, 3.0]])
    losses("mae", ("o", "y"), fn.l1_loss, (same, torch.tensor([[1.0, 2.0], [0.0, 1.0]])))
    losses("bce", ("p", "y"), fn.binary_cross_entropy, ([0.0, 1.0, 0.0, 1.0, 1e-50], [0.0, 1.0, 1.0, 0.0, 1.0]))

    def single(function: Function) -> Function:
        """PyTorch takes one sample as a batch of one where it must."""
        return lambda o, y, reduction: function(o, y if y.shape == o.shape else y.long(), reduction=reduction)

    def nll(p: torch.Tensor, y: torch.Tensor, reduction: str) -> torch.Tensor:
        logs = torch.log(p)
        if y.shape == p.shape:
            total = -(y * logs).sum()
            return total / len(p) if reduction == "mean" and p.ndim == 2 else total
        return fn.nll_loss(logs, y.long(), reduction=reduction)

    logits, numbers = rand(4, 3), torch.tensor([0.0, 2.0, 1.0, 1.0])
    soft, loose = fn.softmax(rand(4, 3), dim=-1), rand(4, 3, low=0.0, high=2.0)
    p = fn.softmax(rand(4, 3), dim=-1)
    for name, names, function, prediction in (
        ("cross_entropy", ("logits", "y"), single(fn.cross_entropy), logits),
        ("nll", ("p", "y"), nll, p),
    ):
        for y, passive in ((numbers, ("y",)), (soft, ()), (loose, ())):
            for reduction in ("mean", "sum"):
                inputs = dict(zip(names, (prediction, y), strict=True))
                case(
                    name,
                    inputs,
                    lambda o, y, f=function, r=reduction: f(o, y, r),
                    {"reduction": reduction},
                    passive,
                )
        for y, passive in ((torch.tensor(2.0), ("y",)), (soft[0], ())):
            inputs = dict(zip(names, (prediction[0], y), strict=True))
            case(name, inputs, lambda o, y, f=function: f(o, y, "mean"), {}, passive)
    case(
        "cross_entropy",
        {"logits": large, "y": [2.0, 0.0]},
        lambda logits, y: fn.cross_entropy(logits, y.long()),
        {},
        ("y",),
    )

    odd = torch.tensor([[1.0, -0.0, math.nan], [math.inf, -2.5, 0.0]])
    other = torch.tensor([[1.0, 0.0, 1.0], [2.0, 2.0, math.nan]])
    conditions = {
        "less": torch.lt,
        "less_equal": torch.le,
        "greater": torch.gt,
        "greater_equal": torch.ge,
        "equal": torch.eq,
        "not_equal": torch.ne,
        "and": torch.logical_and,
        "or": torch.logical_or,
    }
    for name, function in conditions.items():
        case(name, {"a": odd, "b": other}, function, passive=("a", "b"))
        case(name, {"a": rand(3), "b": rand()}, function, passive=("a", "b"))
    for name, function in {"not": torch.logical_not, "isnan": torch.isnan, "isinf": torch.isinf}.items():
        case(name, {"x": odd}, function, passive=("x",))
    for name, function in {"any": torch.any, "all": torch.all}.items():
        for value in (x, torch.zeros(2, 2), tied, torch.tensor(3.0), corners):
            case(name, {"x": value}, function, passive=("x",))
    normal, eps = torch.distributions.Normal(0.0, 1.0), 1e-5
    for value in (x, row, rand()):
        case("norm", {"x": value}, torch.linalg.norm, passive=("x",))
        case("remainder", {"a": value, "b": 0.7}, torch.remainder, passive=("a", "b"))
        case("sign", {"x": value}, torch.sign, passive=("x",))
        case("erf", {"x": value}, torch.erf, passive=("x",))
        case("expm1", {"x": value}, torch.expm1, passive=("x",))
        case("log1p", {"x": value.abs()}, torch.log1p, passive=("x",))
        case("normal_cdf", {"x": value}, torch.special.ndtr, passive=("x",))
        case("normal_pdf", {"x": value}, lambda x: normal.log_prob(x).exp(), passive=("x",))
        least = float(torch.tensor(1e-12, dtype=torch.float32))
        case("off_zero", {"x": value * 1e-12}, lambda x, least=least: x.clamp(min=least), passive=("x",))
    for a, b in ((rand(4, 3), rand(3)), (rand(), rand(4, 3)), (rand(4, 1), rand())):
        chosen = (rand(4, 3) > 0).double()
        case(
            "where",
            {"condition": chosen, "a": a, "b": b},
            lambda condition, a, b: torch.where(condition > 0, a, b),
            passive=("condition", "a", "b"),
        )
    case("broadcast", {"x": rand(3)}, lambda x: x.expand(4, 3), {"rows": 4, "cols": 3}, ("x",))
    for value in (x, row):
        case("standardise", {"x": value}, lambda x: fn.layer_norm(x, x.shape[-1:], eps=eps), {"eps": eps}, ("x",))
        case(
            "deviation",
            {"x": value},
            lambda x: (x.var(dim=-1, unbiased=False, keepdim=True) + eps).sqrt(),
            {"eps": eps},
            ("x",),
        )
    case(
        "put",
        {"g": rand(2, 2)},
        lambda g: fn.pad(g, (1, 1, 0, 1)),
        {"items": ((0, 2, None), (1, 3, None)), "shape": (3, 4)},
        ("g",),
    )
    case("power", {"a": [0.0, 0.0], "b": [-1.0, -2.0]}, power)  # the exponent's gradient is infinite here
    FILE.write_text("[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n")


if __name__ == "__main__":
    main()
