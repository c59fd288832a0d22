"""An optimizer that began later in the run counts its iterations from there, and is else the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.language import to_text
from nnstep.program import Program, compile_program
from nnstep.scenario import loads
from tests.engine.strategies import naive

OPTIMIZERS = {
    "sgd": "momentum = 0.9\nnesterov = true",
    "adam": "lr = 0.1\nbetas = [0.5, 0.75]\nweight_decay = 0.1",
    "adamw": "lr = 0.1",
    "rmsprop": "momentum = 0.5",
    "adagrad": "lr = 0.1\nlr_decay = 0.25",
}


def program(kind: str, **began: int) -> Program:
    text = f'equations = "loss = w ** 2"\n[parameters]\nw = 3\n[optimizer]\ntype = "{kind}"\n{OPTIMIZERS[kind]}\n'
    return compile_program(loads(text), **began)


def update(of: Program) -> list[str]:
    """The assignments of the update."""
    steps = [step for step in of.steps if step.phase == "update"]
    return [f"{of.values[step.target].name} = {to_text(step.expression)}" for step in steps]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_one_that_begins_with_the_run_is_as_ever(kind: str) -> None:
    one, other = program(kind), program(kind, began=0)
    assert (one.values, one.steps) == (other.values, other.steps)


def test_the_corrections_count_from_where_it_began() -> None:
    assert update(program("adam", began=11))[-1] == (
        "w = w - 0.1 * (m(w) / (1 - 0.5 ** (iteration - 11))) / (sqrt(v(w) / (1 - 0.75 ** (iteration - 11))) + 1e-08)"
    )
    assert "iteration - 11 - 1" in update(program("adagrad", began=11))[-1]
    for kind in ("sgd", "rmsprop"):
        assert update(program(kind, began=11)) == update(program(kind))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(OPTIMIZERS)), st.integers(0, 10**6), st.integers(1, 1000), st.floats(-2, 2))
def test_it_does_what_one_does_that_begins_with_the_run(kind: str, began: int, number: int, gradient: float) -> None:
    start = {"w": 1.5, "grad(w)": gradient, "velocity(w)": 0.25, "m(w)": -0.5, "v(w)": 0.75}
    results = []
    for counted, of in ((number, program(kind)), (began + number, program(kind, began=began))):
        values = {name: np.array(value) for name, value in {**start, "iteration": counted}.items()}
        for step in of.steps:
            if step.phase == "update":
                values[of.values[step.target].name] = naive(step.expression, values)
        results.append({name: value.tobytes() for name, value in values.items() if name != "iteration"})
    assert results[0] == results[1]
