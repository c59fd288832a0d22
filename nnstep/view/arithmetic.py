"""The arithmetic of one cell in pieces: with names, with numbers, and its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from nnstep.language import Call, Entry, Expression, Name, Number, substitute, tokens
from nnstep.ops import Index, evaluate_cell
from nnstep.view.blocks import line_width
from nnstep.view.canvas import Line, Piece
from nnstep.view.numbers import plain
from nnstep.view.symbols import SYMBOLS

__all__ = ["CellLines", "cell_lines"]

Lookup = Callable[[str, Index], float]
CellLines = tuple[Line, ...]

_MOST_TERMS = 6  # of a sum that is written out
_PART_NAMES = {"largest": "m", "smallest": "m", "average": "μ", "variance": "σ²", "total": "s"}


def cell_lines(
    target: Entry, tree: Expression, lookup: Lookup, result: float, objective: str, digits: int, width: int
) -> CellLines:
    """`target = names`, `= numbers` and `= result`; on fewer lines where they fit into `width` columns."""

    def number(value: float) -> str:
        return plain(value, digits)

    def write(expression: Expression) -> Line:
        return tuple(Piece(*token) for token in tokens(expression, SYMBOLS, objective, lambda name: True, number))

    tree, shared = _named_parts(tree)
    values = {name: evaluate_cell(part, lookup) for name, part in shared.items()}
    given, lookup = lookup, lambda name, index: values[name] if name in values else given(name, index)
    before = tuple(_part_line(name, part, write, given, values[name]) for name, part in shared.items())
    short = _shortened(tree, lookup)
    head = (*write(target), Piece(" = ", "operator"))
    indent = Piece(" " * (line_width(head) - 2) + "= ", "operator")
    answer = (Piece(number(result), "strong"),)
    named = write(short)
    numbers = write(substitute(short, lambda leaf: _number(leaf, lookup)))
    if not isinstance(tree, Call):
        written = (*named, Piece(" = ", "operator")) if isinstance(tree, Entry) else ()
        return ((*head, *written, *answer),)
    first, second = (*head, *named), (indent, *numbers, Piece(" = ", "operator"), *answer)
    if line_width(first) + line_width(second) - line_width((indent,)) + 3 <= width:
        return (*before, (*first, Piece(" = ", "operator"), *second[1:]))
    if line_width(second) <= width:
        return (*before, first, second)
    return (*before, first, (indent, *numbers), (indent, *answer))


def _named_parts(tree: Expression) -> tuple[Expression, dict[str, Expression]]:
    """The tree with its largest, mean and the like under names of their own, where they stand in several places."""
    uses = Counter[int]()
    order: list[Call] = []

    def visit(node: Expression) -> None:
        uses[id(node)] += 1
        if isinstance(node, Call) and uses[id(node)] == 1:
            for argument in node.arguments:
                visit(argument)
            order.append(node)

    visit(tree)
    names: dict[int, Entry] = {}
    parts: dict[str, Expression] = {}
    done: dict[int, Expression] = {}
    for node in order:
        inner = tuple(names.get(id(one)) or done.get(id(one), one) for one in node.arguments)
        done[id(node)] = Call(node.function, inner, node.options)
        if node.function in _PART_NAMES and uses[id(node)] > 1:
            name = _PART_NAMES[node.function]
            while name in parts:
                name += "\N{PRIME}"
            names[id(node)] = Entry(name, ())
            parts[name] = node
    return (done[id(tree)] if isinstance(tree, Call) else tree), parts


def _part_line(name: str, part: Expression, write: Callable[[Expression], Line], lookup: Lookup, value: float) -> Line:
    equals = Piece(" = ", "operator")
    return (Piece(name, "name"), equals, *write(_shortened(part, lookup)), equals, *write(Number(value)))


def _number(leaf: Expression, lookup: Lookup) -> Expression | None:
    return Number(lookup(leaf.name, leaf.index)) if isinstance(leaf, Entry) else None


def _shortened(node: Expression, lookup: Lookup) -> Expression:
    """Sums written out with `+`; of a long one the largest terms, in their order, and how many are left out."""
    if not isinstance(node, Call):
        return node
    if node.function == "total":
        return _sum(node.arguments, lookup)
    if node.function == "average":
        return Call("divide", (_sum(node.arguments, lookup), Number(float(len(node.arguments)))))
    arguments = node.arguments
    if len(arguments) > _MOST_TERMS:
        arguments = (*arguments[: _MOST_TERMS - 1], Name(f"… {len(arguments) - _MOST_TERMS + 1} more"))
    return Call(node.function, tuple(_shortened(argument, lookup) for argument in arguments), node.options)


def _sum(terms: tuple[Expression, ...], lookup: Lookup) -> Expression:
    kept: list[Expression] = list(terms)
    if len(terms) > _MOST_TERMS:
        sizes = [abs(evaluate_cell(term, lookup)) for term in terms]
        largest = sorted(sorted(range(len(terms)), key=lambda k: -sizes[k])[: _MOST_TERMS - 2])
        kept = [terms[k] for k in largest]
        left_out = sum(evaluate_cell(term, lookup) for k, term in enumerate(terms) if k not in set(largest))
        kept.append(Name(f"… {len(terms) - len(largest)} more, together {plain(left_out)}"))
    total = _shortened(kept[0], lookup)
    for term in kept[1:]:
        total = Call("add", (total, _shortened(term, lookup)))
    return total
