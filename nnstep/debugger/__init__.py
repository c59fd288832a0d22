"""Timeline -> Session. Takes commands that move; gives the position, and the record and step that belong to it."""

from nnstep.debugger.frames import Frame
from nnstep.debugger.goto import destination, find_names, named_value
from nnstep.debugger.position import Position
from nnstep.debugger.provenance.cell import Cell
from nnstep.debugger.session import Session

__all__ = ["Cell", "Frame", "Position", "Session", "destination", "find_names", "named_value"]
