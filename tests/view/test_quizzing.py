"""Predict, then reveal, through the door of the screen: what is hidden, and what a teacher reads afterwards."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import NnstepError
from nnstep.scenario import loads
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from nnstep.view.text.numbers import exact
from tests.view.samples import ALL, LAYERS, stepper

HEADER = ["scenario", "iteration", "step", "equation", "asked", "typed", "expected", "result", "attempts", "hints"]
MOVES = ("next", "into", "right", "wrong", "nonsense", "hint", "back", "toggle", "end")


def rows(path: Path) -> list[list[str]]:
    """The lines of a file of results."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def answer_of(seen: Stepper) -> str:
    """What is right here, all of it."""
    scene = seen.moment().inner
    assert scene.step is not None
    return repr(scene.record.value(scene.step.target).tolist())


def panel_text(seen: Stepper, key: str) -> str:
    return "\n".join(map(line_text, seen.view().panels[key].paint(200, 100).lines))


@pytest.mark.parametrize("name", ALL)
def test_every_step_can_be_answered_in_full_and_is_hidden_until_then(name: str) -> None:
    seen = stepper(name)
    seen.do("quiz.toggle")
    asked = 0
    while "step.next" in seen.view().enabled and asked < 40:
        seen.do("step.next")
        scene = seen.moment().inner
        if scene.step is None:  # the start of the next iteration
            assert not seen.moment().hidden
            continue
        asked += 1
        assert seen.moment().hidden
        assert not scene.computed(scene.program.values[scene.step.target])
        seen.do("quiz.answer", answer_of(seen))
        assert not seen.moment().hidden
    assert seen.quizzing is not None
    assert seen.quizzing.quiz.count("right") == asked == len(seen.quizzing.quiz.answered) > 0


@pytest.mark.parametrize("name", ["layers", "tied", "softmax"])
def test_nothing_of_a_hidden_value_is_in_the_panels_of_values(name: str) -> None:
    """Its numbers are replaced by one found nowhere else, which must not be seen whatever is looked at."""
    count = len(stepper(name).session.record.program.steps)
    for step in range(1, count + 1):
        seen = stepper(name)
        seen.do("step.goto", str(step - 1))
        record = seen.session.record
        value = record.program.values[record.program.steps[step - 1].target]
        if value.slot not in record.layout.offsets:
            continue
        poisoned = record.arena.copy()
        start = record.layout.offsets[value.slot]
        poisoned[start : start + int(np.prod(value.shape))] = 987654.0
        object.__setattr__(record, "arena", poisoned)
        seen.do("quiz.toggle")
        seen.do("step.next")
        for command in ("lens.step", "lens.cell", "lens.uses", "lens.picture", "quiz.hint"):
            seen.do(command)
            for key in ("operation", "parameters", "activations", "gradients"):
                assert "98765" not in panel_text(seen, key).replace(" ", ""), (step, command, key)
        seen.do("quiz.answer", "0.5")
        assert "98765" not in line_text(seen.view().message)


@settings(max_examples=30, deadline=None)
@given(moves=st.lists(st.sampled_from(MOVES), max_size=40))
def test_the_file_holds_every_question_that_is_done_with(
    moves: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("quiz") / "results.csv"
    seen = stepper("layers")
    seen.begin_quiz(str(path))
    assert seen.quizzing is not None
    for move in moves:
        hidden = seen.moment().hidden
        match move:
            case "next":
                seen.do("step.next")
            case "into":
                seen.do("frame.into")
            case "back":
                seen.do("step.back")
            case "end":
                seen.do("phase.next")
            case "toggle":
                seen.do("quiz.toggle")
            case "hint":
                seen.do("quiz.hint")
            case _ if hidden:
                given_text = {"right": answer_of(seen), "wrong": "98765.4321", "nonsense": "=1+1"}[move]
                seen.do("quiz.answer", given_text)
        answered = seen.quizzing.quiz.answered
        found = rows(path)
        assert found[0] == HEADER
        assert len(found) == len(answered) + 1
        for row, one in zip(found[1:], answered, strict=True):
            said = dict(zip(HEADER, row, strict=True))
            assert said["scenario"] == "Two layers"
            assert said["result"] == one.how
            assert (said["attempts"], said["hints"]) == (str(one.attempts), str(one.hints))
            assert said["expected"]
    assert [item.name for item in path.parent.iterdir()] == ["results.csv"]


def test_an_answer_is_written_with_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    seen = stepper("layers")
    seen.begin_quiz(str(path))
    assert rows(path) == [HEADER]
    seen.do("step.next")
    value = float(seen.session.record.value(seen.session.program.steps[0].target)[0, 0])
    seen.do("quiz.answer", "98765")
    assert rows(path) == [HEADER]
    seen.do("quiz.answer", repr(value))
    seen.do("step.next")
    seen.do("quiz.hint")
    seen.do("quiz.hint")
    seen.do("quiz.hint")
    first, second = (dict(zip(HEADER, row, strict=True)) for row in rows(path)[1:])
    assert first["typed"] == repr(value)
    assert first["expected"].replace("−", "-") == exact(value).replace("−", "-")
    assert (first["step"], first["result"], first["attempts"], first["hints"]) == ("1", "helped", "2", "0")
    assert (second["step"], second["result"], second["attempts"], second["typed"]) == ("2", "shown", "0", "")
    assert "1 with help, 1 shown" in seen.summary()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("marks of last week\n", encoding="utf-8")
    with pytest.raises(NnstepError, match="already"):
        stepper("layers").begin_quiz(str(path))
    assert path.read_text(encoding="utf-8") == "marks of last week\n"
    with pytest.raises(NnstepError, match="could not be written"):
        stepper("layers").begin_quiz(str(tmp_path / "nowhere" / "results.csv"))


def test_results_that_cannot_be_written_are_said_and_the_answer_counts(tmp_path: Path) -> None:
    folder = tmp_path / "marks"
    folder.mkdir()
    seen = stepper("layers")
    seen.begin_quiz(str(folder / "results.csv"))
    (folder / "results.csv").unlink()
    folder.rmdir()
    seen.do("step.next")
    said = line_text(seen.do("quiz.answer", answer_of(seen)).message)
    assert said.startswith("Right")
    assert "could not be written" in said
    assert seen.quizzing is not None
    assert seen.quizzing.quiz.count("right") == 1


@pytest.mark.parametrize("title", ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "=1\n=2", "−1"])
def test_no_cell_is_a_formula(title: str, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    seen = Stepper(loads(LAYERS)._replace(title=title))
    seen.begin_quiz(str(path))
    seen.do("step.next")
    seen.do("quiz.answer", "-98765")
    seen.do("step.next")
    assert len(rows(path)) == 2
    for cell in rows(path)[1]:
        assert "\n" not in cell
        assert cell[:1] not in ("=", "+", "@", "\t")
        assert cell[:1] != "-" or float(cell) < 0
