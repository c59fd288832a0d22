"""One entry is all that a finding needs: a toy one is told by the command and by the view, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from nnstep import cli
from nnstep.catalogue import en
from nnstep.debugger.health import examine
from nnstep.debugger.health.examine import KINDS, Kind, Standpoint
from nnstep.debugger.health.finding import PROBLEM, Finding
from nnstep.language import Name
from nnstep.scenario import loads
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text

SCENARIO = """
equations = "loss = sum((w - 1) ** 2)"
[parameters]
w = [3.0, 2.0]
[optimizer]
type = "sgd"
lr = 0.1
[training]
epochs = 2
"""


def search(at: Standpoint, found: Sequence[Finding]) -> list[Finding]:
    """The first entry of w, wherever it is above 2."""
    level = float(at.timeline.record(at.iteration)["w"][0])
    return [Finding("high", PROBLEM, at.iteration, 0, "w", (0,), {"name": Name("w"), "level": level})] * (level > 2)


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "KINDS", (*KINDS, Kind("high", "An entry is above 2.", (PROBLEM,), search)))
    monkeypatch.setitem(en.TEXTS, "health.high", "A high number")
    monkeypatch.setitem(en.TEXTS, "health.high.says", "{name} is {level}.")


def test_the_command_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "high.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    assert cli.main(["check", "--train", str(path)]) == 1
    said = capsys.readouterr().out
    assert "problem: A high number" in said
    assert "w is 2.28." in said


def test_the_view_tells_it() -> None:
    shown = Stepper(loads(SCENARIO))
    shown.do("step.last")
    text = "\n".join(map(line_text, shown.do("lens.health").panels["operation"].paint(100, 40).lines))
    assert "A high number" in text
    assert "w is 2.6." in text
