"""Check mine: when two numbers are the same, and which shapes may stand for each other."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnstep.debugger.answers.compare import check_pasted, compare
from nnstep.engine import Timeline, evaluate
from nnstep.scenario import find, load
from nnstep.scenario.answers.given import Given
from tests.debugger.test_mine import record_of


@pytest.mark.parametrize("text", ["0 0 0\n0 0 0", "[[0, 0, 0], [0, 0, 0]]", "1 2 3\n4 5 6"])
def test_whole_numbers_are_exact_and_do_not_agree_with_every_small_gradient(text: str) -> None:
    assert not check_pasted(record_of("two_layer"), "grad(W1)", text).ok
    assert not check_pasted(record_of("two_layer"), "", json.dumps({"W1": [[0, 0, 0], [0, 0, 0]]})).ok


def test_agreeing_within_more_than_the_numbers_are_is_called_coarse() -> None:
    record = record_of("two_layer")
    assert check_pasted(record, "grad(b1)", "0.1 -0.0 0.0").results[0].coarse
    assert not check_pasted(record, "grad(b1)", "0.0758 -0.0089 0.0056").results[0].coarse


@pytest.mark.parametrize("text", ["nan nan nan\nnan nan nan", "inf 0 0\n0 0 -inf", "1e308 -1e308 0\n0 0 0"])
def test_numbers_that_are_not_finite_or_huge_differ(text: str) -> None:
    found = check_pasted(record_of("two_layer"), "grad(W1)", text)
    assert found.first is not None
    assert (found.first.index, found.causes) == ((0, 0), ())


def test_a_list_stands_for_a_single_row_or_column_but_a_row_for_no_column() -> None:
    mazur, xor = record_of("mazur"), record_of("xor")
    assert check_pasted(mazur, "grad(o)", repr(mazur["grad(o)"][0].tolist())).ok
    assert check_pasted(xor, "grad(W2)", repr(xor["grad(W2)"][:, 0].tolist())).ok
    assert check_pasted(xor, "grad(b1)", repr([xor["grad(b1)"].tolist()])).ok
    turned = check_pasted(xor, "grad(W2)", repr(xor["grad(W2)"].T.tolist()))
    assert [cause.kind for cause in turned.causes] == ["transposed"]
    doubled = check_pasted(xor, "grad(b1)", repr([(2 * xor["grad(b1)"]).tolist()]))
    assert "twice" in [cause.kind for cause in doubled.causes]


@pytest.mark.parametrize("name", ["xor", "deep", "attention", "wide"])
def test_what_float32_computes_is_right_in_the_last_iteration_too(name: str) -> None:
    timeline = Timeline(load(find(name)))
    record = timeline.record(timeline.iterations)
    program, found = record.program, dict[int, np.ndarray]()
    for step in program.steps:
        if step.phase != "update":
            slots = dict(step.operands)

            def lookup(name: str, slots: dict[str, int] = slots) -> np.ndarray:
                slot = slots[name]
                return found[slot] if slot in found else record.value(slot).astype(np.float32).astype(float)

            found[step.target] = evaluate(step.expression, lookup).astype(np.float32).astype(float)
    gradients = {value.name: Given(found[value.slot]) for value in program.values if value.role == "gradient"}
    assert compare(record, gradients).ok
