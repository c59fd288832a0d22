"""Writes data/corners.json: values and gradients of every operation at the corners of float64, as PyTorch has them.

Run by hand where PyTorch is installed, from the root of the repository: python -m tests.ops.make_corners. No test
imports this module. The file in the repository was made with PyTorch 2.13.0 on a CPU.

Corners are 0 and -0, numbers so small or so large that something under- or overflows, infinities and NaN; the upstream
gradient is 1, and infinite where a choice must not make NaN of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

Function = Callable[..., Any]  # of tensors, gives a tensor
FILE = Path(__file__).parent / "data" / "corners.json"
INF, NAN = math.inf, math.nan
TAILS = (1e-300, 1e-10, 1.0, 20.0, 20.1, 40.0, 100.0, 709.5, 710.0, 740.0, 745.0, 1000.0, 1e300, INF)
LINE = (*(-x for x in reversed(TAILS)), -5e-324, -0.0, 0.0, 5e-324, *TAILS, NAN)
FEW = (-INF, -1e300, -2.0, -1e-300, -0.0, 0.0, 5e-324, 1.5, 1e300, INF, NAN)
SHARES = (0.0, 5e-324, 1e-300, 1e-44, 1e-43, 1e-17, 1e-10, 0.5, 1 - 1e-10, 1 - 2**-53, 1.0)
ROWS = (
    *([0.0, x, 1.0] for x in (-INF, -1e300, -800.0, -0.0, 5e-324, 800.0, 1e300, INF, NAN)),
    *([x, x, x] for x in (-INF, 0.0, 1e300, INF, NAN)),
    *([-INF, x, -INF] for x in (0.0, 1e300, INF)),
)


def main() -> None:
    """Compute every case and write the file."""
    import torch
    import torch.nn.functional as fn

    torch.set_default_dtype(torch.float64)
    cases = []

    def case(
        name: str,
        inputs: Mapping[str, object],
        function: Function,
        options: Mapping[str, object] | None = None,
        passive: tuple[str, ...] = (),
        upstream: float = 1.0,
    ) -> None:
        """One case; the inputs named in `passive` get no gradient."""
        leaves = {key: torch.tensor(value, dtype=torch.float64) for key, value in inputs.items()}
        for key, leaf in leaves.items():
            leaf.requires_grad_(key not in passive)
        out = function(*leaves.values())
        record = {"operation": name, "options": options or {}, "inputs": inputs, "out": out.detach().double().tolist()}
        if out.requires_grad:
            g = torch.full(out.shape, upstream)
            out.backward(g)
            record["g"] = g.tolist()
            record["gradients"] = {k: v.grad.tolist() for k, v in leaves.items() if v.grad is not None}
        cases.append(record)

    def pairs(first: Iterable[float], second: Iterable[float]) -> tuple[list[float], list[float]]:
        both = list(product(first, second))
        return [a for a, _ in both], [b for _, b in both]

    single = {
        "negative": lambda x: -x,
        "exp": torch.exp,
        "log": torch.log,
        "sqrt": torch.sqrt,
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
    for name, function in single.items():
        case(name, {"x": LINE}, function)
        case(name, {"x": LINE}, function, upstream=INF)
    for slope in (0.0, 1.0, 2.0, -0.5):
        case("leaky_relu", {"x": LINE}, lambda x, s=slope: fn.leaky_relu(x, s), {"slope": slope})
    for alpha in (0.5, 3.0):
        case("elu", {"x": LINE}, lambda x, a=alpha: fn.elu(x, a), {"alpha": alpha})
    rules = {
        "sign": torch.sign,
        "erf": torch.erf,
        "expm1": torch.expm1,
        "log1p": torch.log1p,
        "not": torch.logical_not,
        "isnan": torch.isnan,
        "isinf": torch.isinf,
        "off_zero": lambda x: x.clamp(min=float(torch.tensor(1e-12, dtype=torch.float32))),
    }
    for name, function in rules.items():
        case(name, {"x": LINE}, function, passive=("x",))

    a, b = pairs(FEW, FEW)
    double = {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "power": lambda a, b: a**b,
        "maximum": torch.maximum,
        "minimum": torch.minimum,
    }
    for name, function in double.items():
        for upstream in (1.0, INF):
            case(name, {"a": a, "b": b}, function, upstream=upstream)
    compared = {
        "less": torch.lt,
        "less_equal": torch.le,
        "greater": torch.gt,
        "greater_equal": torch.ge,
        "equal": torch.eq,
        "not_equal": torch.ne,
        "and": torch.logical_and,
        "or": torch.logical_or,
    }
    for name, function in compared.items():
        case(name, {"a": a, "b": b}, function, passive=("a", "b"))
    case(
        "where",
        {"condition": [0.0, -0.0, 5e-324, INF, NAN, 1.0], "a": [INF, NAN, 1.0, 2.0, 3.0, 0.0], "b": [-1.0] * 6},
        lambda c, a, b: torch.where(c != 0, a, b),
        passive=("condition", "a", "b"),
    )
    for exponent in (0.0, 1.0, 2.0, 3.0, 4.0, 0.5, -0.5, -1.0, -2.0, 1.7):
        for upstream in (1.0, INF):
            case("power", {"a": LINE, "b": exponent}, lambda a, b, e=exponent: a**e, passive=("b",), upstream=upstream)

    small = (-INF, -0.0, 0.0, 1.5, INF, NAN)
    for x, y in product(small, repeat=2):  # a single entry on one side, or on both
        for left, right in (
            ([[x]], [[y, 2.0]]),
            ([[x], [2.0]], [[y]]),
            ([[x]], [[y]]),
            ([x], [[y, 2.0]]),
            ([[x], [2.0]], [y]),
            ([x], [y]),
            ([[x, 1.0]], [[y], [3.0]]),
            ([[x, 0.0], [1.0, 2.0]], [[y, 1.0], [0.0, 2.0]]),
            ([x, 1.0], [y, 0.0]),
            ([x, 1.0], [[y, 0.0], [1.0, 2.0]]),
            ([[x, 1.0], [0.0, 2.0]], [y, 0.0]),
        ):
            case("matmul", {"a": left, "b": right}, lambda a, b: a @ b)

    for name, function in {"sum": torch.sum, "mean": torch.mean}.items():
        for row in ROWS:
            case(name, {"x": row}, function)
            case(name, {"x": [row[1]]}, function)
            for axis in (0, 1):
                for rows in ([row], [row, [1.0, 2.0, 3.0]], [[one] for one in row]):
                    case(name, {"x": rows}, lambda x, f=function, a=axis: f(x, dim=a), {"axis": axis})
    for name, function in {"max": torch.max, "min": torch.min}.items():
        for row in ROWS:
            if NAN not in row:
                for upstream in (1.0, INF):
                    case(name, {"x": row}, function, upstream=upstream)
    for name in ("argmax",):
        for row in ROWS:
            case(name, {"x": row}, torch.argmax, passive=("x",))
    for name, function in {"any": torch.any, "all": torch.all}.items():
        for row in ROWS:
            case(name, {"x": row}, function, passive=("x",))
    for row in ROWS:
        if not any(1e200 < abs(x) < INF for x in row):  # their squares overflow before the root
            case("norm", {"x": row}, torch.linalg.norm, passive=("x",))
        for array in (row, [row, [1.0, 2.0, 0.0]], [row[1]]):
            case("softmax", {"x": array}, lambda x: fn.softmax(x, dim=-1))
            case("log_softmax", {"x": array}, lambda x: fn.log_softmax(x, dim=-1))
        for y in (0.0, 1.0, 2.0):
            for reduction in ("mean", "sum"):
                inputs, options = {"logits": [row, [0.0, 0.0, 1.0]], "y": [y, 1.0]}, {"reduction": reduction}
                case(
                    "cross_entropy",
                    inputs,
                    lambda o, y, r=reduction: fn.cross_entropy(o, y.long(), reduction=r),
                    options,
                    ("y",),
                )
        for share in ([1.0, 0.0, 0.0], [0.2, 0.3, 0.5]):
            case("cross_entropy", {"logits": row, "y": share}, lambda o, y: fn.cross_entropy(o, y))

    for p in ([0.0, 1.0, 0.0], [5e-324, 1.0, 0.0], [1e-300, 0.5, 0.5], [NAN, 0.5, 0.5], [INF, 0.0, 1.0]):
        for y in range(3):

            def nll(p: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
                """The logarithm of the entry that is taken: the others have no part in it."""
                return -torch.log(p[labels.long()])

            case("nll", {"p": p, "y": float(y)}, nll, passive=("y",))

    targets = (0.0, 1.0, 0.3)
    for o, y in product(FEW, (0.0, 1.0, -1e300, INF, NAN)):
        case("mse", {"o": o, "y": y}, fn.mse_loss)
        case("mae", {"o": o, "y": y}, fn.l1_loss)
        case("huber", {"o": o, "y": y}, fn.huber_loss)
    for number, y in product(SHARES, targets):
        case("bce", {"p": number, "y": y}, fn.binary_cross_entropy)
    for z, y in product(LINE, targets):
        case("bce_with_logits", {"z": z, "y": y}, fn.binary_cross_entropy_with_logits)
    for row in ROWS:
        if not any(1e100 < abs(x) < INF for x in row):  # their squares overflow
            inputs = {"x": row, "gain": [1.0, 2.0, 3.0], "bias": [0.0, 1.0, 0.0]}
            case("layer_norm", inputs, lambda x, w, b: fn.layer_norm(x, (3,), w, b), {"eps": 1e-5})
    FILE.write_text("[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
