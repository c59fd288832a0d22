"""The view of a run's health: every finding is told in full, at any width, and its row leads to its place."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger.health.examine import examine, findings
from nnstep.debugger.health.finding import Finding
from nnstep.engine import Timeline
from nnstep.scenario import find, load
from nnstep.scenario.model import Scenario
from nnstep.text import width as text_width
from nnstep.view.lens.health import health_rows, health_view
from nnstep.view.reports.health import training_report
from nnstep.view.sentences.health import Writer, finding_heading, finding_place, finding_sentences
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Target, line_text
from nnstep.view.text.numbers import plain
from tests.debugger.health_nets import layered, repeated

NETS: dict[str, Scenario] = {
    "dead": layered("units = 3\nbias = [1, -100, 1]", "relu", "units = 1"),
    "dying": layered("weight = [[1, 1], [1, 1]]\nbias = [1, 1]", "relu", "weight = [[9], [0]]", lr=3.0),
    "layer": layered("units = 3\nbias = [-9, -9, -9]", "relu", "units = 1\nbias = false", epochs=40),
    "many": layered(f"units = 21\nbias = {[-100] * 20 + [1]}", "relu", "units = 1"),
    "saturated": layered("weight = [[50, 1], [50, 2]]\nbias = [-25, 0]", "sigmoid", "weight = [[1], [1]]"),
    "deep": layered(*["units = 4", "sigmoid"] * 9, "units = 1"),
    "wild": layered("units = 3", "tanh", "units = 1", lr=1e6, epochs=40),
    "timid": layered("units = 3", "tanh", "units = 1", lr=1e-12, epochs=40),
    "lost": layered("units = 3", "tanh", "units = 1", lr=1e-30, epochs=40),
    "log": repeated("loss = w + 0 * log(w)", "w = 0.95", lr=0.1),
    "overflow": repeated("p = exp(w)\nq = p - p\nloss = q * q", "w = 1000.0"),
    "sum": repeated(
        "loss = mean(sum(exp(400 * x) * exp(400 * w), axis=1))", "w = 1.0", data="[data]\nx = [[1, 1, 1, 1, 1]]\n"
    ),
    "rising": repeated("loss = w ** 2", "w = 1.0", lr=1.05),
    "huge": repeated("loss = sum(1e7 * w)", "w = [1.0, 2.0]", lr=1e-20),
    "stuck": load(find("xor_linear")),
    "healthy": layered("units = 3", "tanh", "units = 1"),
}


def everything() -> Iterator[tuple[str, Finding]]:
    """Findings of all kinds, as the debugger and `check --train` have them."""
    for name, scenario in NETS.items():
        timeline = Timeline(scenario)
        last = timeline.iterations
        for iteration in sorted({1, 2, last}):
            for one in findings(timeline, iteration, len(timeline.program(iteration).steps)):
                yield name, one
        for one in examine(timeline):
            yield name, one


EVERYTHING = list(everything())


def text(seen: Stepper, width: int = 90, height: int = 60) -> str:
    """What the view shows."""
    lines = health_view(seen.moment())(width, height, None).lines
    assert all(text_width(line_text(line)) <= width for line in lines)
    return "\n".join(line_text(line).rstrip() for line in lines)


def at_end(name: str) -> Stepper:
    """A stepper at the end of a run."""
    seen = Stepper(NETS[name])
    timeline = seen.session.timeline
    seen.session.go_to(timeline.iterations, len(timeline.program(timeline.iterations).steps))
    return seen


def test_there_are_findings_of_all_kinds() -> None:
    """Those of whole programs are in tests/debugger/health_cases.py."""
    assert {one.kind for _, one in EVERYTHING} >= {
        *("dead", "saturated", "vanishing", "exploding", "infinite", "nan"),
        *("rate", "large-update", "small-update", "above", "stalled", "rising"),
    }


@pytest.mark.parametrize("objective", ["L", ""])
def test_every_finding_is_told_in_whole_sentences(objective: str) -> None:
    writer = Writer(objective)
    for name, one in EVERYTHING:
        said = finding_sentences(one, writer)
        assert said
        for sentence in (finding_heading(one), *finding_place(one, writer), *said):
            assert sentence == sentence.strip() != "", name
            assert "{" not in sentence
            assert "None" not in sentence
        assert all(sentence.endswith(".") for sentence in said), said
        assert objective or not any("∂" in sentence for sentence in said)


def test_the_numbers_of_a_finding_are_in_its_sentences() -> None:
    for _, one in EVERYTHING:
        said = " ".join(finding_sentences(one, Writer("L")))
        for key in ("level", "ratio", "lr", "low"):
            number = one.values.get(key)
            if isinstance(number, float) and one.cause not in (
                "lost",
                "huge",
                "flat",
                "steep",
                "dead",
                "small",
                "grows",
            ):
                assert Writer("L").number(number) in said, (one.kind, key)


@given(
    st.one_of(st.floats(-1e300, 1e300), st.sampled_from([float("nan"), float("inf"), -float("inf")])), st.integers(2, 8)
)
def test_a_number_in_a_sentence_keeps_its_digits(number: float, digits: int) -> None:
    said = Writer("L", digits).number(number)
    if number != number or abs(number) == float("inf"):
        assert said == plain(number)
    elif number:
        read = float(said.replace("−", "-"))
        assert abs(read - number) <= 10.0 ** (1 - digits) * abs(number) * 1.001 or abs(number) < 1e-300


@pytest.mark.parametrize("name", NETS)
def test_the_view_fits_any_width_and_shows_the_chosen_finding(name: str) -> None:
    seen = at_end(name)
    rows = health_rows(seen.moment())
    assert [row == one for row, one in zip(health_rows(seen.moment()), rows, strict=True)] == [True] * len(rows)
    for width in (12, 30, 58, 120):
        text(seen, width)
    if not rows:
        assert "Nothing is wrong" in text(seen)
        assert "Looked at" in text(seen)
    for number, one in enumerate(rows):
        seen.choice = seen.choice._replace(lens="health", row=number)
        said = text(seen, 200)
        assert all(finding_heading(row) in said for row in rows)
        for sentence in finding_sentences(one, Writer("L")):
            assert sentence in said.replace("\n", " ")


def test_a_click_chooses_a_row_and_its_target_is_the_place() -> None:
    seen = at_end("overflow")
    canvas = health_view(seen.moment())(90, 40, None)
    targets = [hit.target for hit in canvas.hits]
    rows = health_rows(seen.moment())
    assert len(rows) == 2
    assert targets == [Target("row.choose", number) for number in range(2)]
    program = seen.session.timeline.program(1)
    assert {program.values[program.steps[one.step - 1].target].name for one in rows} == {"p", "q"}


@pytest.mark.parametrize("name", ["stuck", "overflow", "rising", "deep", "dying", "healthy"])
def test_the_end_of_a_run_shows_what_is_printed_about_the_whole_of_it(name: str) -> None:
    rows = health_rows(at_end(name).moment())
    assert repr(rows) == repr(examine(Timeline(NETS[name], records=1)))


def test_nothing_is_said_before_anything_is_computed_or_shown() -> None:
    seen = Stepper(NETS["dead"])
    assert "Nothing is computed yet" in text(seen)
    relu = next(step.index for step in seen.session.program.steps if step.operation == "relu")
    for step in range(1, relu + 1):
        seen.session.go_to(1, step)
        assert ("Dead ReLU unit" in text(seen)) == (step == relu)


def test_the_same_moment_is_looked_at_once() -> None:
    seen = at_end("dead")
    assert health_rows(seen.moment()) is health_rows(seen.moment())


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_report_is_plain_text_of_a_bounded_width(rng: Random) -> None:
    name = rng.choice(list(NETS))
    timeline = Timeline(NETS[name], records=1)
    found = examine(timeline)
    for unicode in (True, False):
        lines = list(training_report(timeline, found, unicode))
        assert all(text_width(line) <= 118 and line == line.rstrip() for line in lines)
        said = "\n".join(lines)
        assert "Training" in said
        assert all(finding_heading(one) in said for one in found)
        assert ("nothing is wrong" in said) == (not found)
        assert unicode or "∂" not in said
