"""One entry of a value of a program: what provenance speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from nnstep.ops import Index

__all__ = ["Cell"]


@dataclass(frozen=True)
class Cell:
    """Entry `index` of the value in `slot`; `index` is () for a scalar."""

    slot: int
    index: Index
