"""What the person has chosen to look at: a panel, a cell of a value, an entry of a weight matrix, a view."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.view.text.highlight import MatrixCell


class Choice(NamedTuple):
    """name     the value whose cell is chosen; "" means what the current step assigned
    cell     (row, column) of its picture
    weight   the parameter of the chain-rule panel; "" means the first
    entry    (row, column) of that parameter
    focus    the panel that keys go to
    lens     the view of the middle panel: "step", or one of view/lens/registry.py
    row      which row of a list is chosen in that view
    full     whether long sums are listed in full
    picture  which picture, one of view/lens/picture.py; "" means the one that fits the step
    reading  whether the focused panel says how it is read
    mark     which row of the panel of breakpoints and watches is chosen
    run      which plot of the run; "" means the first one
    log      whether plots over iterations have powers of ten on their vertical axis
    """

    name: str = ""
    cell: MatrixCell = (0, 0)
    weight: str = ""
    entry: MatrixCell = (0, 0)
    focus: str = "operation"
    lens: str = "step"
    row: int = 0
    full: bool = False
    picture: str = ""
    reading: bool = False
    mark: int = 0
    run: str = ""
    log: bool = False
