"""Scenarios. Takes a TOML file and the data beside it; gives a frozen Scenario with every default filled in, or all
problems of the file at once. Also the library of bundled scenarios, and the scenario that a new file begins with.
"""

from nnstep.scenario.library import Bundled, bundled, find
from nnstep.scenario.load import load, loads
from nnstep.scenario.model import Data, DebugEntry, Edit, Equation, Optimizer, Parameter, Scenario, Training

__all__ = [
    "Bundled",
    "Data",
    "DebugEntry",
    "Edit",
    "Equation",
    "Optimizer",
    "Parameter",
    "Scenario",
    "Training",
    "bundled",
    "find",
    "load",
    "loads",
]
