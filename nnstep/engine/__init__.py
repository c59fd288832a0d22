"""Program + parameters + batch -> Record. One interpreter, a straight line of NumPy calls bound to one arena; the run
as a timeline whose iterations can be gone to; gradients checked against central differences.
"""

from nnstep.engine.eras import Era, compile_run
from nnstep.engine.evaluate import LazyMatrix, evaluate, is_entrywise
from nnstep.engine.frames import run_body
from nnstep.engine.history import History, Points
from nnstep.engine.machine import Machine, State
from nnstep.engine.record import Record
from nnstep.engine.schedule import Place, Schedule, schedule
from nnstep.engine.timeline import BUDGET, Timeline

__all__ = [
    "BUDGET",
    "Era",
    "History",
    "LazyMatrix",
    "Machine",
    "Place",
    "Points",
    "Record",
    "Schedule",
    "State",
    "Timeline",
    "compile_run",
    "evaluate",
    "is_entrywise",
    "run_body",
    "schedule",
]
