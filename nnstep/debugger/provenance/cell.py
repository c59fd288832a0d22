"""One entry of a value of a program: what provenance speaks of."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.ops import Index


class Cell(NamedTuple):
    """Entry `index` of the value in `slot`; `index` is () for a scalar."""

    slot: int
    index: Index  # type: ignore[assignment] # the method of that name, which any tuple has, is not wanted
