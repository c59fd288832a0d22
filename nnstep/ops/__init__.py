"""Operations: what each one is, in one entry of a table.

Takes the language's expression tree; gives for every operation its kernel, shape rule, derivative rules as text, body,
how one cell is computed, symbol and sentence.
"""

from nnstep.ops.cellrules import AGGREGATES
from nnstep.ops.cells import entries_read, evaluate_cell
from nnstep.ops.losses import REDUCTIONS
from nnstep.ops.operation import (
    Array,
    Box,
    Index,
    Kernel,
    Operation,
    Shape,
    Site,
    check_labels,
    classes_text,
)
from nnstep.ops.shapes import broadcast_shape, said, square
from nnstep.ops.table import NAMES, OPERATIONS, add, facts, find_operation, operation

__all__ = [
    "AGGREGATES",
    "NAMES",
    "OPERATIONS",
    "REDUCTIONS",
    "Array",
    "Box",
    "Index",
    "Kernel",
    "Operation",
    "Shape",
    "Site",
    "add",
    "broadcast_shape",
    "check_labels",
    "classes_text",
    "entries_read",
    "evaluate_cell",
    "facts",
    "find_operation",
    "operation",
    "said",
    "square",
]
