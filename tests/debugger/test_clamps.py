"""Where a clamp is in force: in the loss, and in its derivative, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.debugger.provenance.clamps import clamps
from nnstep.engine import Record, Timeline
from nnstep.ops import OPERATIONS, operation
from nnstep.scenario import loads
from tests.ops.apply import gradient, run, site_of
from tests.present import present

P = (0.0, 5e-324, 1e-44, 1e-43, 1e-13, 0.5, 1 - 1e-13, 1 - 2**-53, 1.0)


def record_of(p: list[float], y: list[float]) -> Record:
    text = f"""equations = "loss = bce(p, c)"\n[parameters]\np = {p}\n[constants]\nc = {y}"""
    return Timeline(loads(text)).record(1)


def clamped(record: Record, target: str) -> dict[str, list[tuple[int, ...]]]:
    program = record.program
    step = program.steps[program.values[program.versions[target][-1]].step - 1]
    found = clamps(record, step)
    assert all(program.values[cell.slot].name == "p" for one in found for cell in one.cells)
    assert all(one.entries == 9 for one in found)
    return {one.part: [tuple(cell.index) for cell in one.cells] for one in found}


@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_a_clamp_is_in_force_exactly_where_the_formula_has_another_number(y: float) -> None:
    """With each entry's loss and gradient computed without clamps, in ordinary arithmetic."""
    record = record_of(list(P), [y] * len(P))
    entry = operation("bce")
    expected: dict[str, list[tuple[int, ...]]] = {"log": [], "slope": []}
    with np.errstate(all="ignore"):
        for k, p in enumerate(P):
            inputs = {"p": np.array(p), "y": np.array(y)}
            site = site_of(entry, inputs, {})
            terms = [w * v for w, v in ((y, np.log(p)), (1 - y, np.log1p(-p))) if w]
            if not np.isclose(run(entry, inputs, site), -sum(terms), rtol=1e-9, atol=0):
                expected["log"].append((k,))
            slope = np.divide(p - y, p * (1 - p)) if p != y else 0.0
            if not np.isclose(present(gradient(entry, "p", inputs, site, np.array(1.0))), slope, rtol=1e-9, atol=0):
                expected["slope"].append((k,))
    assert clamped(record, "loss").get("log", []) == expected["log"]
    assert clamped(record, "grad(p)").get("slope", []) == expected["slope"]
    assert expected["log"]
    assert expected["slope"]


def test_nothing_is_said_where_nothing_is_clamped() -> None:
    record = Timeline(loads('equations = "loss = bce(sigmoid(p), p)"\n[parameters]\np = [0.5, 0.25]')).record(1)
    assert [clamps(record, step) for step in record.program.steps] == [()] * len(record.program.steps)


def test_bce_is_the_only_operation_with_a_clamp() -> None:
    assert [entry.name for entry in OPERATIONS if entry.clamps is not None] == ["bce"]
