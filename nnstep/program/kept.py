"""Results by program: compared by which program it is, since hashing one takes longer than reading it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from nnstep.program.model import Program

__all__ = ["per_program"]

_KEPT = 8  # programs: batches of another size have programs of their own, and so have bodies

_T = TypeVar("_T")


def per_program(function: Callable[[Program], _T]) -> Callable[[Program], _T]:
    """Keep the results for the programs last asked about."""
    kept: dict[int, tuple[Program, _T]] = {}

    @wraps(function)
    def found(program: Program) -> _T:
        key = id(program)
        if key not in kept:  # the program is kept with it, so its id is not used again
            if len(kept) >= _KEPT:
                kept.pop(next(iter(kept)), None)
            kept[key] = (program, function(program))
        return kept[key][1]

    return found
