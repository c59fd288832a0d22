"""Edits that were not saved are there again at the next start, are never lost and never applied unasked."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from nnstep.files import state_folder
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text

NET = """\
seed = 1
[data]
x = [[1.0, 2.0], [0.5, -1.0]]
y = [0, 1]
[[layers]]
type = "linear"
units = 2
[loss]
type = "cross_entropy"
[optimizer]
type = "sgd"
lr = 0.1
[training]
epochs = 5
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    return tmp_path / "net.toml"


def opened(path: Path) -> tuple[Stepper, str]:
    """A stepper on a scenario as the screen opens it, and what it says first."""
    stepper = Stepper.open(str(path))
    stepper.keep_unsaved()
    return stepper, line_text(stepper.do("panel.focus", "program").message)


def files() -> list[Path]:
    folder = state_folder() / "recovery"
    return sorted(folder.iterdir()) if folder.exists() else []


def edits(stepper: Stepper) -> list[tuple[str, str, tuple[object, ...]]]:
    return [(one.name, one.parent, one.timeline.scenario.edits) for one in stepper.session.branches.all]


def test_what_was_not_saved_is_offered_and_taken_up(path: Path) -> None:
    first, said = opened(path)
    assert (said, files()) == ("", [])
    first.do("edit.make", "W1[0, 1] = 0.1")
    first.do("step.goto", "3:2")
    first.do("edit.make", "lr = 0.3; b1[0] = 1")
    (file,) = files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    wanted = edits(first)
    other, said = opened(path)  # the first one lives: what it has is not offered
    assert said == ""
    other.close()
    assert "2 branches" in first.summary()
    first.close()  # as at its end, however it came
    second, said = opened(path)
    assert "2 branches" in said
    assert "changed" not in said
    assert len(second.session.branches.all) == 1  # not unasked
    assert "recovery.take" in second.view().enabled
    second.do("recovery.take")
    assert edits(second) == wanted
    assert len(files()) == 1
    assert "recovery.take" not in second.view().enabled


def test_what_is_taken_back_or_saved_needs_no_file(path: Path, tmp_path: Path) -> None:
    stepper, _ = opened(path)
    stepper.do("edit.make", "W1[0, 1] = 0.1")
    assert files()
    stepper.do("edit.undo")
    assert files() == []
    stepper.do("edit.make", "W1[0, 1] = 0.2")
    assert files()
    stepper.do("branch.save", str(tmp_path / "mine.toml"))
    assert (files(), stepper.summary()) == ([], "")


def test_a_scenario_that_was_changed_says_so_and_keeps_what_is_lost(path: Path) -> None:
    first, _ = opened(path)
    first.do("edit.make", "W1[0, 1] = 0.1")
    first.do("step.goto", "3:1")
    first.do("branch.switch", "main")
    first.do("edit.make", "b1[1] = 2")
    first.close()
    path.write_text(NET.replace("units = 2", "units = 2\nbias = false"), encoding="utf-8")
    second, said = opened(path)
    assert "changed" in said
    said = line_text(second.do("recovery.take").message)
    assert len(second.session.branches.all) == 2
    (kept,) = [file for file in files() if file.suffix == ".kept"]
    assert str(kept) in said
    assert "b1[1] = 2" in kept.read_text(encoding="utf-8")
    second.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process that was forked")
def test_a_process_that_is_killed_loses_nothing(path: Path) -> None:
    child = os.fork()
    if not child:
        try:
            stepper, _ = opened(path)
            stepper.do("edit.make", "W1[0, 1] = 0.1")
            os.kill(os.getpid(), 9)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 9
    assert "A branch" in opened(path)[1]


def test_a_disk_that_is_full_is_said_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stepper, _ = opened(path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nnstep.debugger.edits.recovery.put", full)
    assert "No space" in line_text(stepper.do("edit.make", "W1[0, 1] = 0.1").message)
    assert "No space" not in line_text(stepper.do("edit.make", "W1[0, 0] = 0.1").message)
    assert len(stepper.session.branches.all) > 1
    assert "No space" in stepper.summary()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 1}', b"\xff" * 100, b"[" * 10_000, b"1" * 300_000])
def test_a_file_that_is_none_of_ours_is_not_offered(content: bytes, path: Path) -> None:
    first, _ = opened(path)
    first.do("edit.make", "W1[0, 1] = 0.1")
    (file,) = files()
    first.close()
    file.write_bytes(content)
    stepper, said = opened(path)
    assert said == ""
    assert line_text(stepper.do("recovery.take").message)
    assert file.exists()


def test_two_sessions_are_offered_with_their_number_and_taken_up_together(path: Path) -> None:
    first, _ = opened(path)
    second, _ = opened(path)
    third, _ = opened(path)
    first.do("edit.make", "W1[0, 0] = 1")
    second.do("edit.make", "W1[0, 0] = 2")
    second.do("edit.make", "lr = 0.7")
    third.do("edit.make", "W1[0, 0] = 3")
    for one in (first, second, third):
        one.close()
    found, said = opened(path)
    assert len(files()) == 3
    assert "3 branches of 3 sessions" in said
    view = found.do("recovery.take")
    assert len(files()) == 1
    assert len(found.session.branches.all) == 1 + 3
    assert "recovery.take" not in view.enabled
    made = {edit.value for one in found.session.branches.all for edit in one.timeline.scenario.edits if edit.name}
    assert made == {1.0, 2.0, 3.0}
