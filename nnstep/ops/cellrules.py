"""How one cell is computed: small builders for the expressions that cell rules return.

Sums and the like over many entries are written with functions that exist in cell rules only (`AGGREGATES`), since a row
of 784 products is one `total` and not 783 nested additions.
"""

from __future__ import annotations

from collections.abc import Iterable

from nnstep.language.nodes import Call, Entry, Expression, Number, Option
from nnstep.ops.operation import Index, Shape, Site

# Each takes one argument or more. `position` is that of the first largest one, from 0; `pick` gives, of the arguments
# after the first, the one at the position that the first gives.
AGGREGATES = frozenset({"total", "log_total_exp", "average", "variance", "largest", "smallest", "position", "pick"})


def call(name: str, *arguments: Expression, **options: Option) -> Call:
    """An operation or aggregate applied."""
    return Call(name, arguments, tuple(sorted(options.items())))


def constant_cell(value: float) -> Number:
    """A constant."""
    return Number(float(value))


def divided(expression: Expression, count: int) -> Expression:
    """The expression divided by a count; itself when the count is 1."""
    return expression if count == 1 else call("divide", expression, constant_cell(count))


def every(shape: Shape) -> list[Index]:
    """All indices of a shape, in reading order."""
    indices: list[Index] = [()]
    for size in shape:
        indices = [(*index, i) for index in indices for i in range(size)]
    return indices


def along(shape: Shape, index: Index, axis: int | None, keepdims: bool) -> list[Index]:
    """The indices in an input of `shape` that a reduction over `axis` puts into result cell `index`."""
    if axis is None:
        return every(shape)
    kept = index[:axis] + index[axis + (1 if keepdims else 0) :]
    return [(*kept[:axis], i, *kept[axis:]) for i in range(shape[axis])]


def entries_along(name: str, indices: Iterable[Index]) -> tuple[Entry, ...]:
    """The entries of one value at several indices."""
    return tuple(Entry(name, index) for index in indices)


def row_of(site: Site, name: str, index: Index) -> tuple[Entry, ...]:
    """The entries along the last axis of the first input, in the row that holds `index`."""
    return tuple(Entry(name, (*index[:-1], k)) for k in range(site.shapes[0][-1]))
