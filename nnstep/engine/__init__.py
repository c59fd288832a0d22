"""Program + parameters + batch -> Record. One interpreter, a straight line of NumPy calls bound to one arena; the run
as a timeline whose iterations can be gone to; gradients checked against central differences.

A part is imported when it is first asked for: `check` compiles a run and never trains one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstep.engine.eras import Era
    from nnstep.engine.evaluation import LazyMatrix, evaluate, is_entrywise
    from nnstep.engine.frames import run_body
    from nnstep.engine.history import History, Points
    from nnstep.engine.machine import Machine, State
    from nnstep.engine.record import Record
    from nnstep.engine.scheduling import BatchPlace, Schedule, schedule
    from nnstep.engine.timeline import BUDGET, Timeline

__all__ = [
    "BUDGET",
    "BatchPlace",
    "Era",
    "History",
    "LazyMatrix",
    "Machine",
    "Points",
    "Record",
    "Schedule",
    "State",
    "Timeline",
    "evaluate",
    "is_entrywise",
    "run_body",
    "schedule",
]

_WHERE = {
    "Era": "eras",
    **dict.fromkeys(("LazyMatrix", "evaluate", "is_entrywise"), "evaluation"),
    "run_body": "frames",
    **dict.fromkeys(("History", "Points"), "history"),
    **dict.fromkeys(("Machine", "State"), "machine"),
    "Record": "record",
    **dict.fromkeys(("BatchPlace", "Schedule", "schedule"), "scheduling"),
    **dict.fromkeys(("BUDGET", "Timeline"), "timeline"),
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    return found
