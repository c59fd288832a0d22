"""Timeline -> Session. Takes commands that move; gives the position, and the record and step that belong to it."""

from nnstep.debugger.frames import Frame
from nnstep.debugger.goto import find_names, meant, place
from nnstep.debugger.position import Position
from nnstep.debugger.provenance.cell import Cell
from nnstep.debugger.session import Session

__all__ = ["Cell", "Frame", "Position", "Session", "find_names", "meant", "place"]
