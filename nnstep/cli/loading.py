"""The scenario that a command is about, and its run."""

from __future__ import annotations

import gc

from nnstep.engine import Timeline
from nnstep.scenario import Scenario, find, load


def load_scenario(name: str) -> Scenario:
    """Load a scenario by its path or name. Raises NnstepError."""
    if not gc.isenabled():  # see nnstep.__main__.run
        gc.freeze()
        gc.enable()
    return load(find(name))


def run_of(name: str, records: int) -> Timeline:
    """The run of the scenario of a path or name. Raises NnstepError."""
    return Timeline(load_scenario(name), records=records)
