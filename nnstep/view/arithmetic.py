"""The arithmetic of one cell in pieces: with names, with numbers, and its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from nnstep.catalogue import say
from nnstep.language import Call, Entry, Expression, Name, Number, substitute, tokens
from nnstep.ops import Index, evaluate_cell
from nnstep.view.blocks import line_width
from nnstep.view.canvas import Line, Piece
from nnstep.view.numbers import plain
from nnstep.view.symbols import SYMBOLS

__all__ = ["CellLines", "cell_lines", "hint_lines"]

Lookup = Callable[[str, Index], float]
CellLines = tuple[Line, ...]

_MOST_TERMS = 6  # of a sum that is written out
_PART_NAMES = {"largest": "m", "smallest": "m", "average": "μ", "variance": "σ²", "total": "s"}


def cell_lines(
    target: Entry, tree: Expression, lookup: Lookup, result: float, objective: str, digits: int, width: int
) -> CellLines:
    """`target = names`, `= numbers` and `= result`; on fewer lines where they fit into `width` columns."""
    written = _Written(target, tree, lookup, objective, digits)
    head, indent = written.head, written.indent
    answer = (Piece(plain(result, digits), "strong"),)
    if not written.computes:
        named = (*written.named, _EQUALS) if written.is_entry else ()
        return ((*head, *named, *answer),)
    first, second = (*head, *written.named), (indent, *written.numbers, _EQUALS, *answer)
    if line_width(first) + line_width(second) - line_width((indent,)) + 3 <= width:
        return (*written.parts(), (*first, _EQUALS, *second[1:]))
    if line_width(second) <= width:
        return (*written.parts(), first, second)
    return (*written.parts(), first, (indent, *written.numbers), (indent, *answer))


def hint_lines(
    target: Entry, tree: Expression, lookup: Lookup, objective: str, digits: int, width: int, hints: int
) -> CellLines:
    """The arithmetic without its result: with one hint the names alone, with two the numbers that go in as well."""
    written = _Written(target, tree, lookup, objective, digits)
    first = (*written.head, *written.named)
    if hints < 2 or not written.computes:
        return (*written.parts(values=False), first)
    return (*written.parts(), first, (written.indent, *written.numbers, _EQUALS, Piece("?", "now")))


_EQUALS = Piece(" = ", "operator")


class _Written:
    """The pieces that the lines of a cell's arithmetic are put together from."""

    def __init__(self, target: Entry, tree: Expression, lookup: Lookup, objective: str, digits: int) -> None:
        def write(expression: Expression) -> Line:
            written = tokens(expression, SYMBOLS, objective, lambda name: True, lambda value: plain(value, digits))
            return tuple(Piece(*token) for token in written)

        tree, self._shared = _named_parts(tree)
        self._write, self._given = write, lookup
        self._values = {name: evaluate_cell(part, lookup) for name, part in self._shared.items()}
        values = self._values

        def inner(name: str, index: Index) -> float:
            return values[name] if name in values else lookup(name, index)

        short = _shortened(tree, inner)
        self.computes, self.is_entry = isinstance(tree, Call), isinstance(tree, Entry)
        self.head: Line = (*write(target), _EQUALS)
        self.indent = Piece(" " * (line_width(self.head) - 2) + "= ", "operator")
        self.named = write(short)
        self.numbers = write(substitute(short, lambda leaf: _number(leaf, inner)))

    def parts(self, values: bool = True) -> CellLines:
        """The parts that have names of their own, m = max(…), each on a line."""
        lines = []
        for name, part in self._shared.items():
            line = (Piece(name, "name"), _EQUALS, *self._write(_shortened(part, self._given)))
            lines.append((*line, _EQUALS, *self._write(Number(self._values[name]))) if values else line)
        return tuple(lines)


def _visit(node: Expression, uses: Counter[int], order: list[Call]) -> None:
    """Count the places of each part, and put the calls in an order in which the inner ones come first."""
    uses[id(node)] += 1
    if isinstance(node, Call) and uses[id(node)] == 1:
        for argument in node.arguments:
            _visit(argument, uses, order)
        order.append(node)


def _named_parts(tree: Expression) -> tuple[Expression, dict[str, Expression]]:
    """The tree with its largest, mean and the like under names of their own, where they stand in several places."""
    uses = Counter[int]()
    order: list[Call] = []

    _visit(tree, uses, order)
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
        arguments = (*arguments[: _MOST_TERMS - 1], Name(say("cell.more", count=len(arguments) - _MOST_TERMS + 1)))
    return Call(node.function, tuple(_shortened(argument, lookup) for argument in arguments), node.options)


def _sum(terms: tuple[Expression, ...], lookup: Lookup) -> Expression:
    kept: list[Expression] = list(terms)
    if len(terms) > _MOST_TERMS:
        sizes = [abs(evaluate_cell(term, lookup)) for term in terms]
        largest = sorted(sorted(range(len(terms)), key=lambda k: -sizes[k])[: _MOST_TERMS - 2])
        kept = [terms[k] for k in largest]
        left_out = sum(evaluate_cell(term, lookup) for k, term in enumerate(terms) if k not in set(largest))
        kept.append(Name(say("cell.more-together", count=len(terms) - len(largest), rest=plain(left_out))))
    total = _shortened(kept[0], lookup)
    for term in kept[1:]:
        total = Call("add", (total, _shortened(term, lookup)))
    return total
