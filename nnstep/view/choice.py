"""What the person has chosen to look at: a panel, a cell of a value, an entry of a weight matrix."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.view.matrix import Cell

__all__ = ["Choice"]


class Choice(NamedTuple):
    """name    the value whose cell is chosen; "" means what the current step assigned
    cell    (row, column) of its picture
    weight  the parameter of the chain-rule panel; "" means the first
    entry   (row, column) of that parameter
    focus   the panel that keys go to
    """

    name: str = ""
    cell: Cell = (0, 0)
    weight: str = ""
    entry: Cell = (0, 0)
    focus: str = "operation"
