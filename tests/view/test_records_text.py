"""The trace and the reports as text for people."""

import re

import numpy as np
import pytest

from nnstep.engine import Timeline
from nnstep.engine.difference import Difference, Worst
from nnstep.engine.gradcheck import ParameterCheck, gradcheck
from nnstep.program import compile_program
from nnstep.scenario import loads
from nnstep.view.reports.check import check_report, gradcheck_report
from nnstep.view.reports.transcript import transcript
from nnstep.view.text.notation import SIGNS, ascii_text
from tests.view.test_records import MICROGRAD, TWO_LAYERS

FROZEN = """
title = "Frozen"
equations = '''
h = tanh(x @ W)
unused = h @ V
loss = mean(h ** 2)
'''
[data]
x = [[1, 2], [3, 4], [5, 6]]
[parameters]
W = { value = [[1, 2], [3, 4]], trainable = true }
V = { shape = [2, 3], init = "ones" }
b = { value = [1, 2], trainable = false }
[optimizer]
type = "sgd"
lr = 0.5
[training]
batch_size = 2
"""


def checked(text: str) -> str:
    scenario = loads(text)
    return "\n".join(check_report(scenario, compile_program(scenario), "file.toml"))


def told(text: str, *, unicode: bool = True) -> str:
    timeline = Timeline(loads(text))
    return "\n".join(transcript(timeline, 1, timeline.iterations, unicode=unicode))


def test_the_transcript_tells_every_step() -> None:
    text = told(TWO_LAYERS)
    assert text.startswith("Two layers\n")
    assert text.count("  forward\n") == text.count("  backward\n") == text.count("  update\n") == 6
    assert "iteration 3 of 6 · epoch 1 of 2 · batch 3 of 3 · rows" in text
    assert re.search(r"^ +\d+ z1 = x @ W1 \+ b1 +2×3  add$", text, re.MULTILINE)
    assert re.search(r"^ +\d+ ∂L/∂W2 = h1ᵀ @ ∂L/∂o +3×2  matmul_backward$", text, re.MULTILINE)
    assert re.search(r"^ +\d+ W1 ← W1 − .*  adam$", text, re.MULTILINE)


def test_parameters_are_told_before_the_first_iteration_only() -> None:
    given = re.findall(r"^      (\S+) +\S+  (parameter|optimizer state|this batch)$", told(TWO_LAYERS), re.MULTILINE)
    kinds = [kind for _, kind in given]
    assert (kinds.count("this batch"), kinds.count("parameter"), kinds.count("optimizer state")) == (12, 4, 8)


def test_the_objective_names_the_derivatives() -> None:
    assert "∂L/∂a = " in told(MICROGRAD)
    renamed = MICROGRAD.replace("L =", "total =").replace('"L"', '"total"')
    assert "∂total/∂a = " in told(renamed)


@pytest.mark.parametrize("text", [TWO_LAYERS, MICROGRAD, FROZEN])
def test_ascii_is_enough(text: str) -> None:
    assert ascii_text(told(text, unicode=False)).isascii()
    assert ascii_text(checked(text)).isascii()


@pytest.mark.parametrize("text", [TWO_LAYERS, MICROGRAD, FROZEN])
def test_the_signs_looked_for_in_an_encoding_are_those_used(text: str) -> None:
    used = {char for char in told(text) if not char.isascii()}
    assert used <= set(SIGNS)


def test_of_a_large_matrix_it_says_what_is_left_out() -> None:
    rows = str(np.arange(60.0).reshape(20, 3).tolist())
    text = told(f"title = 'Long'\nequations = 'z = x * 2'\n[data]\nx = {rows}\n")
    assert text.count("… the first 12 of 20 rows are shown") == 2
    wide = str(np.arange(80.0).reshape(2, 40).tolist())
    text = told(f"title = 'Wide'\nequations = 'z = x * 2'\n[data]\nx = {wide}\n")
    assert re.search(r"… the first \d+ of 40 columns are shown", text)


def test_check_counts_parameters() -> None:
    text = checked(FROZEN)
    assert re.search(r"^    W +2×2 +4  given +trainable$", text, re.MULTILINE)
    assert re.search(r"^    V +2×3 +6  ones +trainable$", text, re.MULTILINE)
    assert re.search(r"^    b +2 +2  given +frozen$", text, re.MULTILINE)
    assert "12 in all: 10 trainable, 2 frozen" in text


def test_check_notes_what_surprises() -> None:
    notes = checked(FROZEN).split("  Notes\n")[1].splitlines()
    assert notes == [
        "    V does not reach loss: it gets no gradient and no update",
        "    the last batch of an epoch has 1 sample instead of 2",
    ]
    assert "Notes" not in checked(TWO_LAYERS.replace("samples = 5", "samples = 4"))


def test_check_lists_the_backward_program() -> None:
    text = checked(FROZEN)
    backward = text.split("  Backward\n")[1].split("  Update")[0].splitlines()
    assert any(re.fullmatch(r" +\d+ grad\(W\) = x\.T @ .* {2,}2×2", line) for line in backward)
    assert re.search(r"  Update \(sgd, lr = 0\.5\)\n +\d+ W = W - 0\.5 \* grad\(W\) +2×2", text)


def test_check_says_that_a_scenario_is_forward_only() -> None:
    text = checked("title = 'Forward'\nequations = 'z = exp(a)'\n[parameters]\na = 1\n")
    assert "forward only" in text
    assert "Backward" not in text


def test_gradcheck_report_names_the_mismatch() -> None:
    timeline = Timeline(loads(MICROGRAD))
    checks, loss = gradcheck(timeline), timeline.record(1).loss
    lines = list(gradcheck_report(checks, loss))
    assert [line.split()[0] for line in lines[1:5]] == ["a", "b", "c", "f"]
    assert all(line.endswith("  ok") for line in lines[1:5])
    wrong = ParameterCheck("W1", Worst(Difference((0, 2), 1.0, 2.0, 2.0, 2.0, 1e-6, 2.0, 0.5), 1000, 5000))
    lines = list(gradcheck_report([wrong], loss))
    assert re.search(r"^W1 +\[0, 2\] +1 +2 +5\.0e-01  MISMATCH$", lines[1])
    assert lines[2] == "W1: 1,000 of 5,000 entries, evenly spread"
