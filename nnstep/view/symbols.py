"""How the screen writes the operations that are called by name, from the operations' own symbols."""

from __future__ import annotations

from nnstep.ops import OPERATIONS

__all__ = ["SYMBOLS"]

SYMBOLS: dict[str, str] = {operation.name: operation.symbol for operation in OPERATIONS}
