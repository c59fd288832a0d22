"""No test writes into the folders of whoever runs it, and none finds what another has left. No law fails because
the machine is busy: the clock of the runs counts how often it is looked at.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from nnstep import clock

settings.register_profile("nnstep", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nnstep")

_NUMBERS = itertools.count()


def pytest_xdist_auto_num_workers() -> int:
    """How many workers `-n auto` means: tests with a terminal wait about half of their time, so two for a processor."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Folders of its own for each test's state and settings, made when something is written there."""
    with pytest.MonkeyPatch.context() as patch:
        number = next(_NUMBERS)
        for kind in ("STATE", "CONFIG"):
            patch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.getbasetemp() / f"{kind.lower()}-{number}"))
        yield


@pytest.fixture(autouse=True)
def a_terminal_with_all_colours() -> Iterator[None]:
    """Whatever terminal the tests are run in. As over ssh, so that none copies to the clipboard of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("COLORTERM", "truecolor")
        patch.setenv("SSH_TTY", "/dev/pts/0")
        for name in ("DISPLAY", "TMUX", "STY", "NO_COLOR", "NNSTEP_LOOK", "NNSTEP_KEYBOARD"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def counting_clock() -> Iterator[None]:
    """A slice of a run is as many iterations on every machine: a thousandth of a second is a look at the clock."""
    looks = itertools.count()
    with clock.reading(lambda: next(looks) / 1000):
        yield
