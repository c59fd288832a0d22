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

TABLE: dict[str, Operation] = {}


def add(entry: Operation) -> None:
    """Put an operation into the table. Raises ValueError where there is one of that name.

    It is in every command from then on: a room above asks the table, or reads it as it is imported. So what adds one of
    its own, as tests/ops/test_one_entry.py does, does so before it imports more than `nnstep.ops`.
    """
    if entry.name in TABLE:
        raise ValueError(entry.name)
    TABLE[entry.name] = entry


for _entry in (
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
):
    add(_entry)
OPERATIONS, NAMES = TABLE.values(), TABLE.keys()  # what is added later is among them


def find_operation(name: str) -> Operation | None:
    """The operation of this name, or None when there is none."""
    return TABLE.get(name)


_NOTHING = Operation("", (), "", "", shape=lambda: (), prepare=lambda site: lambda out: None)


def facts(name: str) -> Operation:
    """The operation of this name; where there is none, as of "identity", one that says nothing of itself."""
    return TABLE.get(name, _NOTHING)


def operation(name: str) -> Operation:
    """The operation of this name. Raises OperationError when there is none."""
    found = TABLE.get(name)
    if found is None:
        raise OperationError(say("operation.none", name=repr(name)))
    return found
