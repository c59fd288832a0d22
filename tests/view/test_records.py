"""The trace records: exactly the run, in full, in the order in which it happened."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.scenario import loads
from nnstep.view.reports import records

TWO_LAYERS = """
title = "Two layers"
seed = 3
[data]
generate = "moons"
samples = 5
[[layers]]
type = "linear"
units = 3
[[layers]]
type = "sigmoid"
[[layers]]
type = "linear"
units = 2
[loss]
type = "cross_entropy"
[optimizer]
type = "adam"
lr = 0.1
[training]
epochs = 2
batch_size = 2
shuffle = true
"""

MICROGRAD = """
title = "L = (a*b + c) * f"
objective = "L"
equations = '''
d = a * b + c
L = d * f
'''
[parameters]
a = 2
b = -3
c = 10
f = -2
"""


def traced(text: str, first: int = 1, last: int | None = None) -> list[dict[str, Any]]:
    timeline = Timeline(loads(text))
    return [json.loads(line) for line in records.json_lines(timeline, first, last or timeline.iterations)]


def test_a_textbook_example_in_full() -> None:
    header, *steps, iteration = traced(MICROGRAD)
    assert list(header) == ["record", "format", "title", "iterations", "equations", "parameters"]
    assert header == {
        "record": "header",
        "format": 1,
        "title": "L = (a*b + c) * f",
        "iterations": 1,
        "equations": ["d = a * b + c", "L = d * f"],
        "parameters": {
            "a": {"shape": [], "value": 2.0},
            "b": {"shape": [], "value": -3.0},
            "c": {"shape": [], "value": 10.0},
            "f": {"shape": [], "value": -2.0},
        },
    }
    assert list(steps[1].items()) == [
        ("record", "step"),
        ("iteration", 1),
        ("step", 2),
        ("phase", "forward"),
        ("target", "d"),
        ("equation", "d = a * b + c"),
        ("operation", "add"),
        ("inputs", ["a * b", "c"]),
        ("shape", []),
        ("value", 4.0),
    ]
    values = {step["target"]: step["value"] for step in steps}
    gradients = {name: values[f"grad({name})"] for name in "abcf"}
    assert gradients == {"a": 6.0, "b": -4.0, "c": -2.0, "f": 4.0}
    assert iteration == {"record": "iteration", "iteration": 1, "epoch": 1, "batch": 1, "rows": [], "loss": -8.0}


def test_the_records_come_in_the_order_of_the_run() -> None:
    header, *rest = traced(TWO_LAYERS)
    assert header["iterations"] == 6
    phases = ("forward", "backward", "update")
    seen = []
    for number in range(1, 7):
        end = next(i for i, record in enumerate(rest) if record["record"] == "iteration")
        steps, iteration, rest = rest[:end], rest[end], rest[end + 1 :]
        assert [step["step"] for step in steps] == list(range(1, end + 1))
        assert {step["iteration"] for step in steps} == {number} == {iteration["iteration"]}
        order = [phases.index(step["phase"]) for step in steps]
        assert order == sorted(order)
        assert set(order) == {0, 1, 2}
        (loss,) = [step["value"] for step in steps if step["target"] == "loss"]
        assert loss == iteration["loss"]
        seen.append((iteration["epoch"], iteration["batch"], len(iteration["rows"])))
        updated = [step["target"] for step in steps if step["phase"] == "update" and "(" not in step["target"]]
        assert sorted(updated) == sorted(header["parameters"])
    assert rest == []
    assert seen == [(1, 1, 2), (1, 2, 2), (1, 3, 1), (2, 1, 2), (2, 2, 2), (2, 3, 1)]


def test_every_number_is_the_very_float_of_the_run() -> None:
    timeline = Timeline(loads(TWO_LAYERS))
    for record in traced(TWO_LAYERS)[1:]:
        if record["record"] == "step":
            kept = timeline.record(record["iteration"])
            step = kept.program.steps[record["step"] - 1]
            value = np.array(record["value"])
            assert list(value.shape) == record["shape"]
            assert value.tobytes() == np.ascontiguousarray(kept.value(step.target)).tobytes()
            assert record["inputs"] == [name for name, _ in step.operands]


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_a_part_of_the_trace_is_that_part_of_the_whole(data: st.DataObject) -> None:
    whole = traced(TWO_LAYERS)
    first = data.draw(st.integers(1, 6))
    last = data.draw(st.integers(first, 6))
    part = traced(TWO_LAYERS, first, last)
    assert part == [whole[0], *(record for record in whole[1:] if first <= record["iteration"] <= last)]


def test_nothing_runs_before_it_is_asked_for() -> None:
    timeline = Timeline(loads(TWO_LAYERS), records=1)
    lines = records.json_lines(timeline, 1, 6)
    assert json.loads(next(lines))["record"] == "header"
    assert timeline.reached == 0
    next(lines)
    assert timeline.reached == 1


def test_outside_the_run_there_is_nothing() -> None:
    with pytest.raises(IndexError):
        list(records.json_lines(Timeline(loads(MICROGRAD)), 1, 2))


def test_numbers_that_are_not_finite_are_spelled() -> None:
    text = """
    title = "Beyond"
    equations = '''
    a = log(x)
    b = log(x) - log(x)
    loss = sum(a + b * w)
    '''
    [data]
    x = [[0, 1], [-1, 2]]
    [parameters]
    w = 1
    """
    lines = list(records.json_lines(Timeline(loads(text)), 1, 1))
    assert not any(word in line.replace('"', "") for line in lines for word in ("nan", "inf"))
    found = {record["target"]: record["value"] for record in map(json.loads, lines) if record["record"] == "step"}
    assert found["a"] == [["-Infinity", 0.0], ["NaN", math.log(2)]]
    assert json.loads(lines[-1])["loss"] == "NaN"


def test_without_an_objective_there_is_no_loss() -> None:
    text = "title = 'Forward'\nequations = 'z = exp(a)'\n[parameters]\na = 1000\n"
    _, step, iteration = traced(text)
    assert (step["phase"], step["value"]) == ("forward", "Infinity")
    assert iteration["loss"] is None


def test_the_lines_are_ascii_whatever_the_title() -> None:
    lines = list(
        records.json_lines(Timeline(loads("title = 'σ\\u2028'\nequations = 'z = a'\n[parameters]\na = 1\n")), 1, 1)
    )
    assert all(line.isascii() and "\n" not in line for line in lines)
