"""How one cell of an expression is computed: the operations' cell rules put together."""

from __future__ import annotations

from math import prod

from nnstep.language import Call, Entry, Expression, Name, substitute
from nnstep.ops import Index
from nnstep.program.bind import ShapeOf, bind

__all__ = ["cell", "cell_size"]


def cell(expression: Expression, shape_of: ShapeOf, index: Index) -> Expression:
    """The arithmetic of `expression[index]`, over entries of the values that the expression names."""
    match expression:
        case Name(id):
            return Entry(id, index)
        case Call():
            bound = bind(expression, shape_of)
            inputs = dict(zip(bound.operation.inputs, bound.arguments, strict=True))

            def entry(leaf: Expression) -> Expression | None:
                if isinstance(leaf, Entry) and leaf.name in inputs:
                    return cell(inputs[leaf.name], shape_of, leaf.index)
                return None

            return substitute(bound.operation.cell(bound.site, index), entry)
    return expression


def cell_size(expression: Expression, shape_of: ShapeOf) -> int:
    """About how many entries one cell of an expression is made of, without writing its arithmetic out."""
    if not isinstance(expression, Call):
        return 1
    bound = bind(expression, shape_of)
    inside = sum(cell_size(argument, shape_of) for argument in bound.arguments)
    if bound.operation.elementwise or bound.operation.view is not None or bound.operation.name in _ONE_EACH:
        return inside
    shape, out = bound.site.shapes[0], bound.site.out
    if bound.operation.name == "matmul":
        return inside * shape[-1]
    return inside * (shape[-1] if shape == out and shape else max(1, prod(shape) // max(1, prod(out))))


_ONE_EACH = ("concat", "put", "broadcast", "one_hot")  # not entry by entry, yet made of one entry each
