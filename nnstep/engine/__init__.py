"""Program + parameters + batch -> Record. One interpreter, a straight line of NumPy calls bound to one arena; the run
as a timeline whose iterations can be gone to; gradients checked against central differences.
"""

from nnstep.engine.bodies import run_body
from nnstep.engine.eras import Era
from nnstep.engine.evaluation import LazyMatrix, evaluate, is_entrywise
from nnstep.engine.history import History, Points
from nnstep.engine.machine import Machine
from nnstep.engine.record import Record
from nnstep.engine.scheduling import Schedule, schedule
from nnstep.engine.timeline import BUDGET, Timeline

__all__ = [
    "BUDGET",
    "Era",
    "History",
    "LazyMatrix",
    "Machine",
    "Points",
    "Record",
    "Schedule",
    "Timeline",
    "evaluate",
    "is_entrywise",
    "run_body",
    "schedule",
]
