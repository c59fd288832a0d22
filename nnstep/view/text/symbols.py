"""How the screen writes the operations that are called by name, from the operations' own symbols."""

from __future__ import annotations

from functools import lru_cache

from nnstep.language import Name, tokens
from nnstep.ops import OPERATIONS

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


@lru_cache(maxsize=1024)
def label(name: str, objective: str = "L") -> str:
    """A value's name as the screen writes it: `grad(W1)` is ∂L/∂W1, `sum(x @ W1.T)` is Σ(x @ W1ᵀ)."""
    return "".join(token.text for token in tokens(Name(name), SYMBOLS, objective))
