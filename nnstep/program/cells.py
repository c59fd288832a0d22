"""How one cell of an expression is computed: the operations' cell rules put together."""

from __future__ import annotations

from nnstep.language import Call, Entry, Expression, Name, substitute
from nnstep.ops import Index
from nnstep.program.bind import ShapeOf, bind

__all__ = ["cell"]


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
