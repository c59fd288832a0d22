"""How the screen writes the operations that are called by name, from the operations' own symbols."""

from __future__ import annotations

from nnstep.ops import OPERATIONS

__all__ = ["SYMBOLS"]

SYMBOLS: dict[str, str] = {
    **{operation.name: operation.symbol for operation in OPERATIONS},
    # what occurs in the arithmetic of a cell alone
    "total": "Σ",
    "log_total_exp": "log Σ exp",
    "average": "mean",
    "variance": "variance",
    "largest": "max",
    "smallest": "min",
    "position": "argmax",
    "pick": "pick",
}
