"""Updates that are far too large or far too small for the weights that they move.

The size of an update is its norm, the square root of the sum of all squares, divided by the norm of the weights before
it. Weights that are all 0 have no such ratio. Biases, which often begin at 0, are not looked at where there are weight
matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from nnstep.debugger.health.finding import PROBLEM, WARNING, Finding, cell_expression, is_fitted, largest_entry, norm
from nnstep.debugger.health.weight_matrices import WeightMatrix, weight_matrices
from nnstep.engine import Record
from nnstep.language import Name
from nnstep.ops import Array
from nnstep.program import Program
from nnstep.scenario.model import Optimizer

LARGE = 1.0  # an update as large as the weights themselves
RUINOUS = 100.0
SMALL = 1e-7
_FELT = 1e-3  # how much the loss would change, relatively, if the weights moved by their own size
_AIM = 0.01  # an update that nobody would wonder at
_SEEN = 1e-3  # an update that leads somewhere in some hundreds of iterations
_MOST_LARGER = 1e6  # times the learning rate, where an update is lost altogether
_MOST_RATE = 10.0  # that anybody would try


def updates_done(program: Program) -> int:
    """The step with which all weights are updated."""
    return max((program.values[one.after].step for one in weight_matrices(program)), default=0)


def relative(value: Callable[[int], Array], one: WeightMatrix) -> float | None:
    """The size of an update relative to the weights; None where they are 0 or no longer finite."""
    before = value(one.before)
    size, moved = norm(before), norm(value(one.after) - before)
    return moved / size if size > 0 and isfinite(moved) else None


def updates(record: Record, optimizer: Optimizer | None, first_loss: float | None) -> list[Finding]:
    """Updates of an iteration, all of which are done, that are far too large or far too small for their weights."""
    found = [one for one in weight_matrices(record.program) if one.after != one.before]
    moved = [
        (norm(record.value(one.after) - record.value(one.before)), norm(record.value(one.before))) for one in found
    ]
    rated = [(step / size, one) for one, (step, size) in zip(found, moved, strict=True) if size > 0 and isfinite(step)]
    large = [pair for pair in rated if pair[0] > LARGE]
    if large:
        ratio, one = max(large, key=lambda pair: pair[0])
        severity = PROBLEM if ratio > RUINOUS else WARNING
        return [_moving(record, "large-update", severity, ratio, one, len(large), len(rated), optimizer)]
    if is_fitted(record.loss, first_loss):
        return []
    small = [(ratio, one) for ratio, one in rated if ratio < SMALL and _is_felt(record, one)]
    if not small:
        return []
    ratio, one = min(small, key=lambda pair: pair[0])
    return [_moving(record, "small-update", WARNING, ratio, one, len(small), len(rated), optimizer)]


def _is_felt(record: Record, one: WeightMatrix) -> bool:
    """Whether the gradient says that moving the weights would change the loss."""
    loss = record.loss
    size = norm(record.value(one.gradient)) * norm(record.value(one.before))
    return loss is not None and isfinite(size) and size > _FELT * abs(loss)


def _moving(
    record: Record,
    kind: str,
    severity: str,
    ratio: float,
    one: WeightMatrix,
    count: int,
    of: int,
    optimizer: Optimizer | None,
) -> Finding:
    after = record.program.values[one.after]
    before, now = record.value(one.before), record.value(one.after)
    index = largest_entry(now - before)
    rate = float(optimizer.options["lr"]) if optimizer is not None else 0.0
    values: dict[str, object] = {
        "ratio": ratio,
        "name": Name(one.name),
        "size": norm(before),
        "gradient": norm(record.value(one.gradient)),
        "count": count,
        "of": of,
        "cell": cell_expression(one.name, index),
        "old": float(before[index]),
        "new": float(now[index]),
        "lr": rate,
        "better": rate * _AIM / ratio if ratio > 0 else 0.0,
        "aim": _AIM,
        "iterations": 1 / ratio if ratio > 0 else 0.0,
    }
    larger = rate * (_SEEN / ratio if ratio > 0 else _MOST_LARGER)
    values["larger"] = min(larger, max(rate, _MOST_RATE))
    remedy = "small-update.weights" if kind == "small-update" and not rate < larger <= _MOST_RATE else kind
    cause = "zero" if not rate else "lost" if not ratio else "rate"
    remedy = "small-update.zero" if not rate else remedy
    return Finding(kind, severity, record.iteration, after.step, after.name, index, values, cause, remedy)
