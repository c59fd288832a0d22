"""A bounded share of what `python -m tests.faults.kills` and `python -m tests.faults.calls` try."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.calls import FAULTS, fail_each, lines_of, make_scenario, run
from tests.faults.kills import kill_savers


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process that was forked")
def test_a_killed_save_leaves_a_whole_file_and_the_next_one_tidies_up(tmp_path: Path) -> None:
    found = kill_savers(tmp_path, 60, seed=3)
    assert (found.torn, found.stale) == (0, 0)
    assert found.left  # some were killed in the middle


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("which", [0, 2], ids=["check", "trace"])
def test_a_call_that_fails_is_a_status_and_a_line(which: int, fault: str, tmp_path: Path) -> None:
    statuses, found = fail_each(lines_of(make_scenario(tmp_path))[which], fault, most=4)
    assert not found
    assert sum(statuses.values()) >= 3


def test_the_calls_that_fail_are_those_of_the_files_and_of_numpy(tmp_path: Path) -> None:
    _, calls = run(lines_of(make_scenario(tmp_path))[0])
    assert calls > 100
