"""The trace of a run as plain dicts, one a line of JSON: header, steps, iterations.

    {"record": "header", "format": 1, "title", "iterations", "equations", "parameters"}
    {"record": "step", "iteration", "step", "phase", "target", "equation", "operation", "inputs", "shape", "value"}
    {"record": "iteration", "iteration", "epoch", "batch", "rows", "loss"}

Iterations, steps, epochs and batches count from 1, rows from 0. Numbers are written in full: the shortest text that
reads back as the same float64. JSON has no word for non-finite ones: they are "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nnstep.engine import Record, Timeline
from nnstep.memo import memoized
from nnstep.ops import Array
from nnstep.program import Program

FORMAT = 1  # of the records

_ENCODER = json.JSONEncoder(allow_nan=False, check_circular=False)
_OPEN = "null}"  # how a record ends whose value, the last key, is left open
_BLOCK = 1 << 16  # numbers that are lists of Python's at a time


def json_lines(timeline: Timeline, first: int, last: int) -> Iterator[str]:
    """The trace of iterations `first` to `last` (both included), one JSON object a line, as the run goes on.

    Only one iteration is held at a time. The text is ASCII. Raises IndexError outside the run.
    """
    encode = _ENCODER.encode
    yield encode(run_facts(timeline))
    for number in range(first, last + 1):
        record = timeline.record(number)
        for step, slot in _templates(record.program):
            head = encode({**step, "iteration": number})
            yield f"{head[: -len(_OPEN)]}{_value_text(record.value(slot))}}}"
        yield encode(iteration(record))


def run_facts(timeline: Timeline) -> dict[str, Any]:
    """What holds for the whole run. `parameters` are the values before the first iteration."""
    scenario = timeline.scenario
    return {
        "record": "header",
        "format": FORMAT,
        "title": scenario.title,
        "iterations": timeline.iterations,
        "equations": list(timeline.program(1).equations),
        "parameters": {
            parameter.name: {"shape": list(parameter.value.shape), "value": value_data(parameter.value)}
            for parameter in scenario.parameters
        },
    }


def steps(record: Record) -> Iterator[dict[str, Any]]:
    """Every step of an iteration, in order, with the value that it assigned."""
    return _filled(_templates(record.program), record)


def iteration(record: Record) -> dict[str, Any]:
    """The place of an iteration in the run, and its loss: None where the scenario is forward only."""
    return {
        "record": "iteration",
        "iteration": record.iteration,
        "epoch": record.epoch,
        "batch": record.batch,
        "rows": list(record.rows),
        "loss": None if record.loss is None else number_data(record.loss),
    }


_Template = tuple[dict[str, Any], int]  # a step's record with the iteration and the value left open; its slot


@memoized()
def _templates(program: Program) -> tuple[_Template, ...]:
    """The records of a program's steps as far as they are alike in every iteration."""
    return tuple(
        (
            {
                "record": "step",
                "iteration": 0,
                "step": step.index,
                "phase": step.phase,
                "target": program.values[step.target].name,
                "equation": step.equation,
                "operation": step.operation,
                "inputs": [name for name, _ in step.operands],
                "shape": list(program.values[step.target].shape),
                "value": None,
            },
            step.target,
        )
        for step in program.steps
    )


def _filled(templates: tuple[_Template, ...], record: Record) -> Iterator[dict[str, Any]]:
    for template, slot in templates:  # a dict keeps the place of a key whose value changes
        yield {**template, "iteration": record.iteration, "value": value_data(record.value(slot))}


def _value_text(array: Array) -> str:
    """What the encoder makes of `value_data`, in less time and memory: Python writes a list of floats as JSON does."""
    if not np.isfinite(array).all():
        return _ENCODER.encode(value_data(array))
    if array.size <= _BLOCK or array.ndim < 2:
        return repr(array.tolist())
    rows = max(1, _BLOCK * len(array) // array.size)
    return f"[{', '.join(repr(array[at : at + rows].tolist())[1:-1] for at in range(0, len(array), rows))}]"


def value_data(array: Array) -> Any:
    """Nested lists of floats; of floats and strings where not all are finite."""
    listed = array.tolist()
    return listed if np.isfinite(array).all() else _spelled(listed)


def _spelled(listed: Any) -> Any:
    return [_spelled(part) for part in listed] if isinstance(listed, list) else number_data(listed)


def number_data(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
