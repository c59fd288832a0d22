"""Whole runs against the values that PyTorch gave for them: data/frozen.json, written by fuzz_torch.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstep.engine import Timeline
from nnstep.scenario import loads

CASES = json.loads((Path(__file__).parent / "data" / "frozen.json").read_text(encoding="utf-8"))


def close(found: object, expected: object) -> bool:
    """Within 1e-9 of max(1, |expected|), and of one shape."""
    a, b = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    return a.shape == b.shape and bool((np.abs(a - b) <= 1e-9 * np.maximum(1, np.abs(b))).all())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["seed"]))
def test_every_value_gradient_and_parameter_is_pytorchs(case: dict[str, Any]) -> None:
    timeline = Timeline(loads(case["scenario"]))
    assert timeline.iterations == len(case["iterations"])
    for number, expected in enumerate(case["iterations"], 1):
        record = timeline.record(number)
        assert list(record.rows) == expected["rows"]
        assert close(record.loss, expected["loss"])
        for name, value in expected["values"].items():
            assert close(record[name], value), name
        gradients = [name[5:-1] for name in record.program.versions if name.startswith("grad(")]
        assert sorted(name for name in gradients if name.isidentifier()) == sorted(expected["gradients"])
        for name, value in expected["gradients"].items():
            assert close(record[f"grad({name})"], value), name
        for name, value in expected["parameters"].items():
            assert close(record[name], value), name


def test_the_cases_are_many_and_different() -> None:
    kinds = {kind for case in CASES for kind in case["kinds"]}
    assert len(CASES) >= 40
    assert {"sgd", "adam", "adamw", "rmsprop", "adagrad", "attention", "residual", "tied", "concat", "slice"} <= kinds
    assert any("shuffle = true" in case["scenario"] for case in CASES)
    assert any("trainable = false" in case["scenario"] for case in CASES)
    assert any(len({len(one["rows"]) for one in case["iterations"]}) == 2 for case in CASES), "a smaller last batch"


def test_a_number_that_is_off_is_noticed() -> None:
    assert close([1.0, 1e6], [1.0, 1e6 + 1e-4])
    assert not close([1.0, 1.0], [1.0, 1.0 + 2e-9])
    assert not close([[1.0]], [1.0])
