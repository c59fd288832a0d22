"""No test writes into the state folder of whoever runs it, and none finds what another has left. No law fails because
the machine is busy.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("nnstep", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nnstep")

_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A state folder of its own for each test, made when something is written there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / f"state-{next(_NUMBERS)}"))
        yield
