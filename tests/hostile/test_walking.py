"""The debugger on hostile scenarios that can be used: every view can be painted, whatever their numbers are."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from nnstep.errors import LanguageError, NnstepError
from nnstep.view.stepper import Stepper
from tests.hostile.running import ran
from tests.hostile.scenarios import FILE, prepared
from tests.hostile.values import EXPRESSIONS
from tests.hostile.walking import walked

NET = "equations = 'loss = sum(x @ w)'\n[data]\nx = [[1, 2], [3, 4]]\ny = [0, 1]\n[parameters]\nw = [[1], [1]]\n"


def test_walks_on_hostile_scenarios() -> None:
    with prepared():
        assert sum(walked(number, 12) for number in range(60)) > 5


@pytest.mark.slow
def test_many_walks() -> None:
    with prepared():
        assert sum(walked(number, 40, seed=1) for number in range(2_000)) > 200


@pytest.mark.parametrize("text", EXPRESSIONS, ids=lambda text: ascii(text)[:30])
def test_a_hostile_breakpoint_or_watch_is_refused_or_can_be_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "net.toml"
    path.write_text(NET, encoding="utf-8")
    stepper = Stepper.open(str(path))
    for add in (stepper.control.add_watch, stepper.control.add_breakpoint):
        with contextlib.suppress(LanguageError):
            add(text)
    stepper.do("step.last")
    assert stepper.view().panels["watch"].paint(80, 20).lines is not None
    stepper.do("run.backward")


@pytest.mark.parametrize("watch", ["one_hot(y, 100000000)", "sum(one_hot(y, 1000000) @ one_hot(y, 1000000).T)"])
def test_a_watch_that_would_not_fit_is_refused(watch: str) -> None:
    with prepared() as folder:
        (folder / FILE).write_text(f'{NET}[debug]\nwatch = ["{watch}"]\n', encoding="utf-8")
        outcome = ran(["check", FILE])
        assert outcome.status == 2
        assert outcome.err.startswith(f"{FILE}:8: debug.watch[0]: ")
        assert "at most 4,194,304 are possible" in outcome.err
        with pytest.raises(NnstepError):
            Stepper.open(FILE)
