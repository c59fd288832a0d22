"""The table of operations, in full. An operation that is not listed here does not exist."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.ops.activations import ACTIVATIONS
from nnstep.ops.arithmetic import ARITHMETIC
from nnstep.ops.classes import CLASSES
from nnstep.ops.elementary import ELEMENTARY
from nnstep.ops.entropy import ENTROPY
from nnstep.ops.logic import LOGIC
from nnstep.ops.losses import LOSSES
from nnstep.ops.normalisation import NORMALISATION
from nnstep.ops.operation import Operation
from nnstep.ops.reductions import REDUCTIONS
from nnstep.ops.shaping import SHAPING

__all__ = ["NAMES", "OPERATIONS", "find", "operation"]

OPERATIONS: tuple[Operation, ...] = (
    *ARITHMETIC,
    *ELEMENTARY,
    *ACTIVATIONS,
    *REDUCTIONS,
    *SHAPING,
    *CLASSES,
    *NORMALISATION,
    *LOSSES,
    *ENTROPY,
    *LOGIC,
)
NAMES: tuple[str, ...] = tuple(entry.name for entry in OPERATIONS)

_BY_NAME = {entry.name: entry for entry in OPERATIONS}


def find(name: str) -> Operation | None:
    """The operation of this name, or None when there is none."""
    return _BY_NAME.get(name)


def operation(name: str) -> Operation:
    """The operation of this name. Raises OperationError when there is none."""
    found = _BY_NAME.get(name)
    if found is None:
        raise OperationError(say("operation.none", name=repr(name)))
    return found
