"""nnstep against PyTorch: random scenarios, every named value, gradient and parameter of every iteration.

Run by hand where PyTorch and NumPy are installed, from the root of the repository:

    python -m tests.engine.fuzz_torch --count 500            # seeds 0 to 499
    python -m tests.engine.fuzz_torch --first 137 --count 1 --show
    python -m tests.engine.fuzz_torch --freeze               # writes data/frozen.json

It runs `nnstep trace --json` and compares each number with PyTorch autograd in float64, allowing 1e-9 of max(1, |v|).
Scenarios whose numbers run away (above 1e4) or are decided by rounding alone are passed over; the last line counts
them. No test imports this module. The frozen values in the repository were made with PyTorch 2.13.0 on a CPU.
"""

# ruff: noqa: T201 - it is run by hand and prints what it finds

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from nnstep.cli import main as nnstep_main
from tests.engine.random_programs import Case, random_case

Function = Callable[..., Any]  # of tensors, gives a tensor
JSON = dict[str, Any]  # a record of a trace
TOLERANCE = 1e-9
FROZEN = Path(__file__).parent / "data" / "frozen.json"
_LARGEST = 1e4
_FROZEN_SEEDS = 400
_FROZEN_CHARACTERS = 12_000  # of one case


class Unfit(Exception):  # noqa: N818 - not an error: the case says nothing
    """A case that is passed over: its numbers run away, or rounding decides them."""


def T(value: object) -> torch.Tensor:  # noqa: N802 - short, for the generated text
    return torch.tensor(value, dtype=torch.float64)


def _over(total: torch.Tensor, shape: Sequence[int], word: str) -> torch.Tensor:
    """The sum of terms with one of the three reductions; `batch_mean` divides by the number of rows."""
    count = torch.Size(shape).numel()
    return total / {"sum": 1, "mean": count, "batch_mean": shape[0] if shape else 1}[word]


def _pairs(function: Function) -> Function:
    return lambda a, b, *rest: _over(function(a, b, *rest[:-1]), a.shape, rest[-1])


def _ce(logits: torch.Tensor, y: torch.Tensor, word: str) -> torch.Tensor:
    rows = logits.reshape(-1, logits.shape[-1])
    target = y.reshape(-1).long() if y.ndim < logits.ndim else y.reshape(rows.shape)
    return F.cross_entropy(rows, target, reduction="sum" if word == "sum" else "mean")


def _nll(p: torch.Tensor, y: torch.Tensor, word: str) -> torch.Tensor:
    rows = p.reshape(-1, p.shape[-1])
    if y.ndim == p.ndim:
        return -(y * torch.log(p)).sum() / (1 if word == "sum" else len(rows))
    return F.nll_loss(torch.log(rows), y.reshape(-1).long(), reduction="sum" if word == "sum" else "mean")


ENVIRONMENT = {
    "torch": torch,
    "F": F,
    "T": T,
    "TR": lambda a: a if a.ndim < 2 else a.transpose(0, 1),
    "MSE": _pairs(lambda a, b: F.mse_loss(a, b, reduction="sum")),
    "MAE": _pairs(lambda a, b: F.l1_loss(a, b, reduction="sum")),
    "HUBER": _pairs(lambda a, b, delta: F.huber_loss(a, b, delta=delta, reduction="sum")),
    "BCE": _pairs(lambda a, b: F.binary_cross_entropy(a, b, reduction="sum")),
    "BCEL": _pairs(lambda a, b: F.binary_cross_entropy_with_logits(a, b, reduction="sum")),
    "CE": _ce,
    "CEP": _ce,
    "NLL": _nll,
}


def optimizer_of(case: Case, parameters: Mapping[str, torch.Tensor]) -> torch.optim.Optimizer:
    """The torch optimizer that the scenario means."""
    options = dict(case.optimizer)
    kind = str(options.pop("type"))
    made = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "rmsprop": torch.optim.RMSprop,
        "adagrad": torch.optim.Adagrad,
    }[kind]
    return made(list(parameters.values()), **options)


def run_torch(case: Case, batches: list[list[int]]) -> list[JSON]:
    """Values, gradients and parameters of each iteration, over the given rows. Raises Unfit."""
    parameters = {name: T(value).requires_grad_(name in case.trainable) for name, value in case.parameters.items()}
    trained = {name: one for name, one in parameters.items() if one.requires_grad}
    constants = {name: T(value) for name, value in case.constants.items()}
    data = {name: T(value) for name, value in case.data.items()}
    optimizer = optimizer_of(case, trained) if case.optimizer and trained else None
    done = []
    for rows in batches:
        scope = {**ENVIRONMENT, **parameters, **constants, **{name: one[rows] for name, one in data.items()}}
        values = {}
        for name, text in case.torch:
            value = eval(text, scope)
            if any(value is other for other in scope.values()):
                value = value.clone()  # a second name is a second value
            if value.requires_grad:
                value.retain_grad()
            scope[name] = values[name] = value
        objective = values[case.objective]
        if objective.requires_grad:
            for one in trained.values():
                one.grad = None
            objective.backward()
        gradients = {name: one.grad for name, one in {**values, **trained}.items() if one.requires_grad}
        gradients = {name: one.clone() for name, one in gradients.items() if one is not None}
        _fit(case, values, {name: gradients[name] for name in trained if name in gradients})
        record = {
            "rows": rows,
            "loss": objective.item(),
            "values": {name: one.tolist() for name, one in values.items()},
            "gradients": {name: one.tolist() for name, one in gradients.items()},
        }
        if optimizer is not None and objective.requires_grad:
            optimizer.step()
        record["parameters"] = {name: one.tolist() for name, one in parameters.items()}
        done.append(record)
    return done


def _fit(case: Case, values: Mapping[str, torch.Tensor], gradients: Mapping[str, torch.Tensor]) -> None:
    for one in (*values.values(), *gradients.values()):
        if not torch.isfinite(one).all() or (one.numel() and one.abs().max() > _LARGEST):
            raise Unfit("large numbers")
    if case.optimizer and case.optimizer["type"] != "sgd":
        # A gradient that is 0 but for rounding: an optimizer that divides by its size makes a step of it.
        for one in gradients.values():
            if ((one != 0) & (one.abs() < 1e-11)).any():
                raise Unfit("a gradient of rounding errors")


def run_nnstep(text: str) -> list[JSON]:
    """The records that `nnstep trace --json` prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.toml"
        path.write_text(text, encoding="utf-8")
        out, wrong = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(wrong):
            status = nnstep_main(["trace", "--json", str(path)])
    if status:
        raise AssertionError(f"exit status {status}: {wrong.getvalue()}")
    return [json.loads(line) for line in out.getvalue().splitlines()]


def by_iteration(records: list[JSON]) -> list[JSON]:
    """The records of a trace in the form of `run_torch`; a name's last step in a phase counts."""
    found, steps = [], []
    parameters = {name: one["value"] for name, one in records[0]["parameters"].items()}
    for record in records[1:]:
        if record["record"] == "step":
            steps.append(record)
            continue
        of = {
            phase: {s["target"]: s["value"] for s in steps if s["phase"] == phase} for phase in ("forward", "backward")
        }
        parameters |= {s["target"]: s["value"] for s in steps if s["phase"] == "update" and s["target"] in parameters}
        gradients = {
            name[5:-1]: value
            for name, value in of["backward"].items()
            if name.startswith("grad(") and name.endswith(")") and name[5:-1].isidentifier()
        }
        found.append(
            {
                "rows": record["rows"],
                "loss": record["loss"],
                "values": {name: value for name, value in of["forward"].items() if name.isidentifier()},
                "gradients": gradients,
                "parameters": dict(parameters),
            }
        )
        steps = []
    return found


def differences(expected: list[JSON], found: list[JSON]) -> list[str]:
    """What differs, in words."""
    said = []
    for number, (one, other) in enumerate(zip(expected, found, strict=True), 1):
        for kind in ("values", "gradients", "parameters"):
            if sorted(one[kind]) != sorted(other[kind]):
                said.append(f"iteration {number}: {kind}: torch has {sorted(one[kind])}, nnstep {sorted(other[kind])}")
                continue
            for name, value in one[kind].items():
                said += _difference(f"iteration {number}: {kind}: {name}", value, other[kind][name])
        said += _difference(f"iteration {number}: loss", one["loss"], other["loss"])
    return said


def _difference(where: str, expected: object, found: object) -> list[str]:
    a, b = T(expected), T(found)
    if a.shape != b.shape:
        return [f"{where}: shape {tuple(a.shape)}, nnstep {tuple(b.shape)}"]
    error = ((a - b).abs() / a.abs().clamp(min=1.0)).max() if a.numel() else T(0.0)
    return [] if error <= TOLERANCE else [f"{where}: off by {error.item():.3g}: {expected} {found}"]


def check(seed: int, show: bool = False) -> tuple[Case, list[JSON], list[str]]:
    """Run one case both ways. Raises Unfit."""
    case = random_case(Random(seed))
    if show:
        print(case.text, *(f"{name} = {text}" for name, text in case.torch), sep="\n")
    found = by_iteration(run_nnstep(case.text))
    expected = run_torch(case, [one["rows"] for one in found])
    return case, expected, differences(expected, found)


def freeze() -> None:
    """Write cases that together show every kind of equation, optimizer and loss a few times."""
    frozen: list[JSON] = []
    seen: Counter[str] = Counter()
    for seed in range(_FROZEN_SEEDS):
        with contextlib.suppress(Unfit):
            case, expected, wrong = check(seed)
            assert not wrong, (seed, wrong)
            kinds = {*case.kinds, str(case.optimizer.get("type"))}
            small = len(json.dumps(expected)) < _FROZEN_CHARACTERS
            if small and len(expected[0]["gradients"]) > 3 and any(seen[kind] < 4 for kind in kinds):
                seen.update(kinds)
                frozen.append({"seed": seed, "kinds": sorted(kinds), "scenario": case.text, "iterations": expected})
    FROZEN.write_text("[\n" + ",\n".join(map(json.dumps, frozen)) + "\n]\n", encoding="utf-8")
    print(f"{len(frozen)} cases, kinds: {dict(sorted(seen.items()))}")


def main() -> int:
    """The command line; returns 1 when a scenario differs."""
    parser = argparse.ArgumentParser(description="nnstep against PyTorch on random scenarios")
    parser.add_argument("--first", type=int, default=0, help="seed of the first scenario")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--show", action="store_true", help="print the scenarios")
    parser.add_argument("--freeze", action="store_true", help="write data/frozen.json instead")
    options = parser.parse_args()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    if options.freeze:
        freeze()
        return 0
    passed = numbers = 0
    failed: list[int] = []
    unfit, kinds = Counter[str](), Counter[str]()
    for seed in range(options.first, options.first + options.count):
        try:
            case, expected, wrong = check(seed, options.show)
        except Unfit as reason:
            unfit[str(reason)] += 1
            continue
        except Exception as error:
            print(f"seed {seed}: {type(error).__name__}: {error}")
            failed.append(seed)
            continue
        kinds.update({*case.kinds, str(case.optimizer.get("type"))})
        numbers += sum(len(one[kind]) for one in expected for kind in ("values", "gradients", "parameters"))
        if wrong:
            failed.append(seed)
            print(f"seed {seed}:", *wrong[:3], sep="\n  ")
        else:
            passed += 1
    print("kinds:", ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    print(f"{passed} agree ({numbers} arrays), {len(failed)} differ {failed[:20]}, passed over: {dict(unfit)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
