"""Every view is one view of one record: the trace as text and as JSON, the screen, `--explain`, and what is saved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.engine.eras import eras
from nnstep.errors import NnstepError
from nnstep.language import number_text
from nnstep.scenario import Edit, Scenario, loads
from nnstep.scenario.edits.edit_text import cell_text, edit_text
from nnstep.scenario.save import branch_text
from nnstep.view.panels.operation import OperationPanel
from nnstep.view.reports.check import check_report, first_program, later_updates
from nnstep.view.reports.explain import asked, explain
from nnstep.view.reports.explained import as_data
from nnstep.view.reports.records import json_lines
from nnstep.view.reports.transcript import matrix_lines, transcript
from nnstep.view.scene.values import ValuesPanel
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from tests.engine.random_programs import random_case
from tests.present import present
from tests.scenario.edited import edits_of, lasting, with_edits

NUMBERS = st.floats(-3, 3, width=32)


def json_trace(timeline: Timeline) -> list[dict[str, Any]]:
    """The records of a whole run, without the header."""
    return [json.loads(line) for line in json_lines(timeline, 1, timeline.iterations)][1:]


def numbers(record: dict[str, Any]) -> np.ndarray:
    """The value of a step's record; words are read as the numbers that they stand for."""
    return np.array(record["value"], dtype=object).astype(float).reshape(record["shape"])


def text_trace(timeline: Timeline, unicode: bool) -> dict[tuple[int, int], tuple[str, list[list[float]] | None]]:
    """(iteration, step) -> the equation and the numbers; None for numbers that are not shown in full."""
    found: dict[tuple[int, int], tuple[str, list[list[float]] | None]] = {}
    iteration = step = 0
    given_part = False
    for line in transcript(timeline, 1, timeline.iterations, unicode=unicode):
        if head := re.match(r"iteration (\d+) of", line):
            iteration, given_part = int(head[1]), False
        elif re.match(r"  \S", line):
            given_part = line.strip() == "given"
        elif not given_part and (head := re.match(r" *(\d+) (.*?)(  +\S+  \S+)$", line)):
            step = int(head[1])
            found[iteration, step] = (head[2], [])
        elif not given_part and line.startswith(" " * 8):
            equation, rows = found[iteration, step]
            words = re.sub("[⎡⎢⎣⎤⎥⎦\\[\\]┊]", " ", line).replace("−", "-").replace("∞", "inf").split()
            if "…" in line or rows is None:
                found[iteration, step] = (equation, None)
            else:
                rows.append(list(map(float, words)))
    return found


def number_lines(timeline: Timeline) -> dict[tuple[int, int], list[str]]:
    """(iteration, step) -> the lines of numbers under it."""
    found: dict[tuple[int, int], list[str]] = {}
    iteration = step = 0
    for line in transcript(timeline, 1, timeline.iterations):
        if head := re.match(r"iteration (\d+) of", line):
            iteration, step = int(head[1]), 0
        elif head := re.match(r" {0,4}(\d+) .*  \S+  \S+$", line):
            step = int(head[1])
            found[iteration, step] = []
        elif step and line.startswith(" " * 8):
            found[iteration, step].append(line)
    return found


def shown(timeline: Timeline, text: str, edits: Sequence[Edit]) -> Iterator[tuple[int, int, Stepper]]:
    """A debugger at every step of every iteration, the branch having been made by typing the edits."""
    seen = Stepper(loads(text))
    for edit in edits:
        seen.session.go_to(edit.iteration, 0)
        seen.do("edit.make", edit_text(edit))
    assert seen.session.timeline.scenario.edits == timeline.scenario.edits
    for iteration in range(1, timeline.iterations + 1):
        for step in range(1, len(timeline.program(iteration).steps) + 1):
            seen.session.go_to(iteration, step)
            yield iteration, step, seen


def same(one: object, other: np.ndarray) -> bool:
    """Whether an array that is shown has the very numbers, of which 0 and -0 are two."""
    if not isinstance(one, np.ndarray) or one.size != other.size:
        return False
    one, told = one.ravel(), ~np.isnan(other.ravel())
    other = other.ravel()
    return np.array_equal(one, other, equal_nan=True) and bool((np.signbit(one) == np.signbit(other))[told].all())


def check_all_views(text: str, edits: Sequence[Edit], rng: Random) -> None:
    """Compare the views of every iteration of a scenario with edits."""
    timeline = Timeline(with_edits(loads(text), edits))
    records = json_trace(timeline)
    told = {(one["iteration"], one["step"]): one for one in records if one["record"] == "step"}
    ends = {one["iteration"]: one for one in records if one["record"] == "iteration"}
    written, typed = text_trace(timeline, True), text_trace(timeline, False)
    lines = number_lines(timeline)
    assert list(told) == list(written) == list(typed)
    for iteration, step, seen in shown(timeline, text, edits):
        record, value = told[iteration, step], numbers(told[iteration, step])
        equation, rows = written[iteration, step]
        if rows is not None:
            found, finite = np.array(rows).reshape(value.shape), value[np.isfinite(value)]
            within = 1e-6 + 1e-4 * np.max(np.abs(finite), initial=0.0)
            np.testing.assert_allclose(found, value, rtol=1e-4, atol=within)
        assert lines[iteration, step] == list(matrix_lines(value))
        typed_equation = typed[iteration, step][0]
        if record["phase"] != "forward":  # there the record has the scenario's own line, of which a step is a part
            assert typed_equation == record["equation"] or len(typed_equation) == 400  # a longer one is cut
        view = seen.view()
        panel = view.panels["operation"]
        assert isinstance(panel, OperationPanel)
        assert panel.result is not None
        if len(equation) < 400:
            assert line_text(panel.equation) == equation
        assert same(panel.result.matrix.array, value)
        header = "".join(map(line_text, view.header.paint(200, 2).lines))
        if timeline.iterations > 1:
            assert f"iteration {iteration}/{timeline.iterations}" in header
        for key in ("parameters", "activations", "gradients"):
            values = view.panels[key]
            assert isinstance(values, ValuesPanel)
            for one in values.shown:
                latest = timeline.record(iteration).at(one.matrix.name, step)
                assert (latest is None) == (one.matrix.array is None)
                assert latest is None or same(one.matrix.array, np.ascontiguousarray(latest))
    for iteration in rng.sample(sorted(ends), min(3, len(ends))):
        last = {one["target"]: one for key, one in told.items() if key[0] == iteration}
        name = rng.choice([target for target, one in last.items() if 0 not in one["shape"]])
        index = tuple(rng.randrange(size) for size in last[name]["shape"])
        entry = f"{name}[{','.join(map(str, index))}]" if index else name
        explained = as_data(asked(timeline.scenario, entry, iteration))
        value = numbers(last[name])[index]
        assert float(explained["value"]) == value or (np.isnan(value) and explained["value"] == "NaN")
        assert explained["step"]["step"] == last[name]["step"]
        assert explained["step"]["equation"] == last[name]["equation"]
        assert explained["iteration"] == iteration


# Laws.


@st.composite
def runs(draw: Any) -> tuple[str, list[Edit], Random]:
    """A random scenario of a few iterations, a smaller last batch among them, edits, and what chooses cells."""
    text = random_case(Random(draw(st.integers(0, 2**32)))).text
    scenario = loads(text)
    edits = lasting(scenario, draw(edits_of(scenario, 6, NUMBERS)))
    return text, edits, Random(draw(st.integers(0, 99)))


@settings(max_examples=20, deadline=None)
@given(runs())
def test_text_json_screen_and_explain_are_one_view(case: tuple[str, list[Edit], Random]) -> None:
    text, edits, rng = case
    check_all_views(text, edits, rng)


@settings(max_examples=20, deadline=None)
@given(runs())
def test_what_is_saved_has_the_same_trace(case: tuple[str, list[Edit], Random]) -> None:
    text, edits, rng = case
    timeline = Timeline(with_edits(loads(text), edits))
    again = Timeline(loads(branch_text(text, edits)))
    assert json_trace(again) == json_trace(timeline)
    shuffled = sorted(edits, key=lambda edit: (rng.random(), edit.iteration))
    if len({edit.iteration for edit in edits}) == len(edits):  # of one iteration the order in the file counts
        assert json_trace(Timeline(loads(branch_text(text, shuffled)))) == json_trace(timeline)


# A run with every kind of edit, and what PyTorch makes of it.

EVERY_KIND = """\
title = "Every kind of edit"
equations = '''
o = x @ W
loss = sum((o - y) ** 2) / 2
'''
[data]
x = [[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]]
y = [[1.0], [2.0], [-1.0]]
[parameters]
W = [[0.5], [-0.5]]
[optimizer]
type = "sgd"
lr = 0.1
momentum = 0.5
[training]
epochs = 4
batch_size = 2
"""
EDITS = [
    "2: optimizer = { type = 'adam', lr = 0.1, betas = [0.8, 0.9] }",
    "3: optimizer = { lr = 0.025 }",
    "4: cell = 'W[1, 0]', value = 0.75",
    "4: cell = 'x[2, 1]', value = -2",
    "5: optimizer = { type = 'rmsprop', lr = 0.01, momentum = 0.5 }",
    "6: optimizer = { lr = 0.04 }",
    "6: cell = 'velocity(W)[0, 0]', value = 0.125",
    "7: optimizer = { type = 'adamw', lr = 0.02 }",
    "8: optimizer = { type = 'adagrad', lr = 0.1, lr_decay = 0.5, weight_decay = 0.01 }",
]
# PyTorch 2.13, float64: by iteration the loss, grad(W) and the new W.
EXPECTED = [
    (1.125, [-1.5, -3.0], [0.65, -0.19999999999999998]),
    (0.8128124999999999, [0.6375, 0.31875], [0.5500000015686275, -0.2999999968627452]),
    (0.5524999916862748, [-1.1999999874509801, -2.0499999858823537], [0.5598302092982275, -0.28341632497149777]),
    (0.024218680580805278, [-0.11004244767544313, 0.44016979070177253], [0.5685570437159402, 0.7583377375562856]),
    (1.1429183020851947, [-2.072767300396884, 3.2231316440654876], [0.6685570388914721, 0.6583377406588582]),
    (0.00015493347566825704, [0.008801519064009833, -0.03520607625603933], [0.6643499917941544, 0.462728669585053]),
    (0.28423538172351714, [-0.8192287516435086, 1.6492933561311105], [0.6842171215516636, 0.44263612397240004]),
    (0.10434970836052616, [0.22841815641551588, -0.9136726256620635], [0.5842171215941697, 0.5426361239614019]),
]


def with_tables(tables: Sequence[str]) -> str:
    """The scenario with tables of edits in that order."""
    lines = [table.split(": ", 1) for table in tables]
    return EVERY_KIND + "".join(
        f"[[edits]]\niteration = {iteration}\n" + re.sub(r"', value", "'\nvalue", rest) + "\n"
        for iteration, rest in lines
    )


@pytest.mark.parametrize("turned", [False, True])
def test_a_run_with_every_kind_of_edit_is_that_of_pytorch(turned: bool) -> None:
    """In whatever order the tables stand."""
    timeline = Timeline(loads(with_tables([*reversed(EDITS)] if turned else EDITS)))
    records = [one for one in json_trace(timeline) if one["record"] == "step"]
    for iteration, (loss, gradient, weight) in enumerate(EXPECTED, 1):
        found = {one["target"]: numbers(one).ravel() for one in records if one["iteration"] == iteration}
        np.testing.assert_allclose(found["loss"], [loss], rtol=1e-12)
        np.testing.assert_allclose(found["grad(W)"], gradient, rtol=1e-12)
        np.testing.assert_allclose(found["W"], weight, rtol=1e-12)


def test_its_views_are_one_view() -> None:
    edits = loads(with_tables(EDITS)).edits
    check_all_views(EVERY_KIND, [edit._replace(line=None, key=None) for edit in edits], Random(0))


RATES = {1: "0.1", 2: "0.05", 3: "0.05", 4: "0.2"}


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw", "rmsprop", "adagrad"])
def test_another_rate_is_in_every_printed_equation(kind: str) -> None:
    text = EVERY_KIND.replace("momentum = 0.5\n", "").replace('"sgd"', f'"{kind}"')
    edits = "".join(
        f"[[edits]]\niteration = {iteration}\noptimizer = {{ lr = {RATES[iteration]} }}\n" for iteration in (4, 2)
    )
    scenario = loads(text + edits)
    timeline = Timeline(scenario)
    typed, written = text_trace(timeline, False), text_trace(timeline, True)
    records = {(one["iteration"], one["step"]): one for one in json_trace(timeline) if one["record"] == "step"}
    for iteration, rate in RATES.items():
        step = len(timeline.program(iteration).steps)
        says = re.compile(rf"(?<![\d.]){re.escape(rate)} ")
        assert says.search(records[iteration, step]["equation"])
        assert says.search(typed[iteration, step][0])
        assert says.search(written[iteration, step][0])
        found = asked(scenario, "W[1,0]", iteration)
        assert says.search(as_data(found)["step"]["equation"])
        assert any(says.search(line) for line in explain(found))
        seen = Stepper(scenario)
        seen.session.go_to(iteration, step)
        panels = seen.view().panels
        for key in ("operation", "program"):
            lines = [line_text(line) for line in panels[key].paint(200, 60).lines]
            assert any(says.search(line) for line in lines), key
    parts = eras(scenario)
    listed = "\n".join(check_report(scenario, first_program(parts[0]), "net.toml", later_updates(parts)))
    for since, rate in ((None, "0.1"), (2, "0.05"), (4, "0.2")):
        heading = "Update" if since is None else f"Update from iteration {since} on"
        assert f"  {heading} ({kind}, lr = {rate}" in listed


# The debugger's branches and the order of a file.


def test_a_branch_with_another_optimizer_keeps_the_rates_of_the_file() -> None:
    """A schedule in the file goes on with the optimizer that the branch has brought, there as in what is saved."""
    text = EVERY_KIND + "[[edits]]\niteration = 4\noptimizer = { lr = 0.025 }\n"
    seen = Stepper(loads(text))
    seen.session.go_to(2, 0)
    seen.do("edit.make", "adam lr = 0.5")
    branch = seen.session.timeline
    assert [present(branch.scenario.optimizer_at(one)).type for one in range(1, 6)] == ["sgd", *["adam"] * 4]
    assert present(branch.scenario.optimizer_at(4)).options["lr"] == 0.025
    saved = loads(branch_text(text, seen.session.branches.current.edits))
    assert json_trace(Timeline(saved)) == json_trace(branch)


def test_zero_and_minus_zero_are_two_numbers_in_one_program() -> None:
    text = "equations = '''\na = x / 0\nb = x / -0.0\nc = 1 / (x * 0)\nd = 1 / (x * -0.0)\n'''\n[data]\nx = [[1.0]]\n"
    values = {one["target"]: one["value"] for one in json_trace(Timeline(loads(text))) if one["record"] == "step"}
    assert [values[name][0][0] for name in "abcd"] == ["Infinity", "-Infinity", "Infinity", "-Infinity"]


def test_a_state_of_a_later_optimizer_can_be_watched_from_the_start() -> None:
    edits = "[[edits]]\niteration = 3\noptimizer = { type = 'adam' }\n"
    debug = '[debug]\nwatch = ["m(W)"]\nbreakpoints = ["m(W)", "norm(v(W)) > 0"]\n'
    seen = Stepper(loads(EVERY_KIND + edits + debug))
    assert [one.text for one in seen.control.watches] == ["m(W)"]
    seen.do("run.forward")
    while seen.control.run is not None:
        seen.do("run.advance", 1.0)
    assert seen.session.position.iteration == 3


def test_an_edit_is_told_where_it_takes_effect() -> None:
    lines = list(transcript(Timeline(loads(with_tables(EDITS))), 1, 8))
    edited = [line.strip() for line in lines if line.startswith("  edited: ")]
    assert edited[0] == "edited: adam lr=0.1 betas=[0.8, 0.9]"
    assert edited[2] == f"edited: {cell_text('W', (1, 0))} = {number_text(0.75)}; x[2, 1] = -2"
    assert len(edited) == 7


def test_what_is_wrong_in_the_order_of_the_run_is_said_with_its_line() -> None:
    tables = ["5: cell = 'm(W)[0, 0]', value = 1", "3: optimizer = { type = 'adagrad' }"]
    with pytest.raises(NnstepError, match=r"there is no m\(W\): adagrad as it is then keeps v\(W\)"):
        loads(with_tables(tables))
    assert isinstance(loads(with_tables([tables[0], "3: optimizer = { type = 'adam' }"])), Scenario)
