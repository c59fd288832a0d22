"""With numbers at the corners of float64 a run still has, step by step, what each operation by itself gives.

A run shares memory, keeps results of earlier kernels and writes over operands; a body does in many steps what a kernel
does in one. Neither may lose a NaN or an infinity, or make one.
"""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Machine, Record, Timeline, evaluate
from nnstep.engine.bodies import run_body
from nnstep.program import body
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

CORNERS = np.array([0.0, -0.0, 5e-324, 1e-300, 1e-10, 1.0, -2.0, 40.0, -745.0, 1e300, math.inf, -math.inf, math.nan])


def filled(scenario: Scenario, seed: int, usual: float) -> Record:
    """An iteration on numbers of which about a share `usual` are ordinary, the others corners."""
    machine, rng = Machine(Timeline(scenario).program(1)), np.random.default_rng(seed)
    record = Timeline(scenario).record(1)
    for value in machine.program.values:
        if not value.step:
            given_here = np.array(record.value(value.slot))
            if value.name != "y" or given_here.ndim > 1:  # class numbers stay what they are
                corner = rng.random(value.shape) > usual
                given_here = np.where(corner, rng.choice(CORNERS, value.shape), given_here)
            machine.load_value(value.slot, given_here)
    with np.errstate(all="ignore"):
        machine.run()
    return Record(machine.layout, machine.keep(), record.place)


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.integers(0, 2**32), st.sampled_from([0.0, 0.5, 0.9]))
def test_every_step_is_what_its_operations_give_one_by_one(scenario: Scenario, seed: int, usual: float) -> None:
    record = filled(scenario, seed, usual)
    for step in record.program.steps:
        values = {name: record.value(slot) for name, slot in step.operands}
        expected = evaluate(step.expression, values.__getitem__)
        np.testing.assert_allclose(record.value(step.target), expected, rtol=1e-12, err_msg=step.equation)


@settings(max_examples=40, deadline=None)
@given(scenarios(), st.integers(0, 2**32), st.sampled_from([0.0, 0.5, 0.9]))
def test_every_body_ends_with_the_number_of_its_step(scenario: Scenario, seed: int, usual: float) -> None:
    record = filled(scenario, seed, usual)
    for step in record.program.steps:
        inside = body(record.program, step)
        if inside is not None:
            name = record.program.values[step.target].name
            found, own = run_body(record, inside)[name], record.value(step.target)
            np.testing.assert_allclose(found, own, rtol=1e-9, err_msg=step.equation)
