"""The arithmetic of one cell in pieces: with names, with numbers, and its result.

What is printed can be worked out again from what is printed: the numbers that go in carry as many digits more than the
result as it takes for that. Where no reasonable number of them is enough, as in a difference of nearly equal numbers,
the result stands after ≈.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnstep.catalogue import say
from nnstep.language import Call, Entry, Expression, Name, Number, substitute, tokens
from nnstep.ops import Index, evaluate_cell
from nnstep.ops.cells import CellLookup
from nnstep.view.text.blocks import line_width
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.numbers import NumberFormat, choose_format, parse_number, plain
from nnstep.view.text.symbols import SYMBOLS

FormatNumber = Callable[[float], str]  # how the result is printed: as it stands in its matrix
CellLines = tuple[Line, ...]

_MOST_TERMS = 6  # of a sum that is written out
_PART_NAMES = {"largest": "m", "smallest": "m", "average": "μ", "variance": "σ²", "total": "s"}
GUARDS = range(1, 9)  # digits that a number that goes in may have more than the result
USUAL_GUARDS = 3  # of them, where no number of them is enough
_REST, _OMITTED = "rest", "omitted"  # parts that are counted, not written: of a sum, and of any other call
EQUALS, ABOUT = Piece(" = ", "operator"), Piece(" ≈ ", "operator")


def addends(values: Sequence[float], total: float, said: FormatNumber, digits: int) -> tuple[NumberFormat, bool]:
    """How the terms of a sum are written so that the written ones add up to `said(total)`, and whether they do.

    `said` is how the sum is printed, with about `digits` significant digits.
    """
    array, wanted = np.array(values), said(total)
    for guard in GUARDS:
        form = choose_format(array, digits + guard)
        if said(sum(parse_number(form.text(value)) for value in values)) == wanted:
            return form, True
    return choose_format(array, digits + USUAL_GUARDS), False


def rest(count: int, value: float) -> Expression:
    """The terms of a sum that are not written out: how many, and what they come to."""
    return Call(_REST, (Number(value),), (("count", count),))


def cell_lines(
    target: Entry,
    tree: Expression,
    lookup: CellLookup,
    result: float,
    objective: str,
    said: FormatNumber,
    digits: int,
    width: int,
) -> CellLines:
    """`target = names`, `= numbers` and `= result`; on fewer lines where they fit into `width` columns.

    The result is printed by `said`; `digits` are its significant digits.
    """
    cell = _Cell(target, tree, lookup, objective)
    answer = Piece(said(result), "strong")
    if not cell.computes:
        named = (*cell.names(digits), EQUALS) if cell.is_entry else ()
        return ((*cell.head, *named, answer),)
    digits, holds = cell.digits_for(said(result), said, digits)
    equals = EQUALS if holds else ABOUT
    first, numbers = (*cell.head, *cell.names(digits)), cell.numbers(digits)
    second = (cell.indent, *numbers, equals, answer)
    if line_width(first) + line_width(second) - line_width((cell.indent,)) + 3 <= width:
        return (*cell.parts(digits), (*first, EQUALS, *second[1:]))
    if line_width(second) <= width:
        return (*cell.parts(digits), first, second)
    last = cell.indent._replace(text=cell.indent.text.replace(EQUALS.text.strip(), equals.text.strip()))
    return (*cell.parts(digits), first, (cell.indent, *numbers), (last, answer))


def hint_lines(
    target: Entry, tree: Expression, lookup: CellLookup, objective: str, digits: int, hints: int
) -> CellLines:
    """The arithmetic without its result: with one hint the names alone, with two the numbers that go in as well."""
    cell = _Cell(target, tree, lookup, objective)
    digits += 1 + USUAL_GUARDS
    first = (*cell.head, *cell.names(digits))
    if hints < 2 or not cell.computes:
        return (*cell.parts(digits, values=False), first)
    return (*cell.parts(digits), first, (cell.indent, *cell.numbers(digits), EQUALS, Piece("?", "now")))


class _Cell:
    """A cell's arithmetic, from which its lines are put together with any number of digits."""

    def __init__(self, target: Entry, tree: Expression, lookup: CellLookup, objective: str) -> None:
        tree, shared = _named_parts(tree)
        self._objective = objective
        self._given = lookup
        self._values = {name: evaluate_cell(part, lookup) for name, part in shared.items()}
        self._shared = {name: _shortened(part, self._number) for name, part in shared.items()}
        self._tree = _shortened(tree, self._number)
        self.computes, self.is_entry = isinstance(tree, Call), isinstance(tree, Entry)
        self.head: Line = (*self._write(target, 0), EQUALS)
        self.indent = Piece(" " * (line_width(self.head) - 2) + "= ", "operator")

    def names(self, digits: int) -> Line:
        """The arithmetic with names."""
        return self._write(self._tree, digits)

    def numbers(self, digits: int) -> Line:
        """The arithmetic with the numbers that go in."""
        return self._write(substitute(self._tree, self._substituted), digits)

    def parts(self, digits: int, values: bool = True) -> CellLines:
        """The parts that have names of their own, m = max(…), each on a line."""
        lines = []
        for name, part in self._shared.items():
            line = (Piece(name, "name"), EQUALS, *self._write(part, digits))
            number = Piece(plain(self._values[name], digits - 1), "number")
            lines.append((*line, EQUALS, number) if values else line)
        return tuple(lines)

    def digits_for(self, wanted: str, said: FormatNumber, digits: int) -> tuple[int, bool]:
        """The fewest significant digits of the numbers that go in with which the printed arithmetic gives `wanted`,
        and whether any do."""
        for guard in GUARDS:
            if said(self._printed(self._tree, digits + guard)) == wanted and self._parts_hold(digits + guard):
                return digits + guard, True
        return digits + USUAL_GUARDS, False

    def _parts_hold(self, digits: int) -> bool:
        """Whether the named parts too can be worked out from what is printed."""
        return all(
            plain(self._printed(part, digits), digits - 1) == plain(self._values[name], digits - 1)
            for name, part in self._shared.items()
        )

    def _printed(self, tree: Expression, digits: int) -> float:
        """What a part comes to when it is worked out from the numbers as they are printed."""

        def lookup(name: str, index: Index) -> float:
            own = digits - 1 if name in self._values and not index else digits
            return parse_number(plain(self._number(name, index), own))

        return evaluate_cell(_countable(tree, digits, {}), lookup)

    def _number(self, name: str, index: Index) -> float:
        return self._values[name] if name in self._values and not index else self._given(name, index)

    def _substituted(self, leaf: Expression) -> Expression | None:
        return Number(self._number(leaf.name, leaf.index)) if isinstance(leaf, Entry) else None

    def _write(self, tree: Expression, digits: int) -> Line:
        written = tokens(
            _worded(tree, digits, {}), SYMBOLS, self._objective, lambda name: True, lambda value: plain(value, digits)
        )
        return tuple(Piece(*token) for token in written)


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


def _shortened(node: Expression, lookup: CellLookup) -> Expression:
    """Sums written out with `+`; of a long one the largest terms, in their order, and how many are left out."""
    if not isinstance(node, Call) or node.function == _REST:
        return node
    if node.function == "total":
        return _sum(node.arguments, lookup)
    if node.function == "average":
        return Call("divide", (_sum(node.arguments, lookup), Number(float(len(node.arguments)))))
    arguments = tuple(_shortened(argument, lookup) for argument in node.arguments)
    if len(arguments) > _MOST_TERMS:
        arguments = (*arguments[: _MOST_TERMS - 1], Call(_OMITTED, arguments[_MOST_TERMS - 1 :]))
    return Call(node.function, arguments, node.options)


def _sum(terms: tuple[Expression, ...], lookup: CellLookup) -> Expression:
    kept: list[Expression] = list(terms)
    if len(terms) > _MOST_TERMS:
        sizes = [abs(evaluate_cell(term, lookup)) for term in terms]
        largest = sorted(sorted(range(len(terms)), key=lambda k: -sizes[k])[: _MOST_TERMS - 2])
        kept = [terms[k] for k in largest]
        left_out = sum(evaluate_cell(term, lookup) for k, term in enumerate(terms) if k not in set(largest))
        kept.append(rest(len(terms) - len(largest), left_out))
    total = _shortened(kept[0], lookup)
    for term in kept[1:]:
        total = Call("add", (total, _shortened(term, lookup)))
    return total


def _worded(node: Expression, digits: int, done: dict[int, Expression]) -> Expression:
    """The tree with a word in place of what is only counted."""
    if not isinstance(node, Call):
        return node
    if id(node) not in done:
        if node.function == _REST:
            (value,) = node.arguments
            assert isinstance(value, Number)
            count = dict(node.options)["count"]
            done[id(node)] = Name(say("cell.more-together", count=count, rest=plain(value.value, digits)))
        elif node.function == _OMITTED:
            done[id(node)] = Name(say("cell.more", count=len(node.arguments)))
        else:
            arguments = tuple(_worded(argument, digits, done) for argument in node.arguments)
            done[id(node)] = Call(node.function, arguments, node.options)
    return done[id(node)]


def _countable(node: Expression, digits: int, done: dict[int, Expression]) -> Expression:
    """The tree with what is only counted as the numbers that are printed for it, or left in its place."""
    if isinstance(node, Number):
        return Number(parse_number(plain(node.value, digits)))
    if not isinstance(node, Call):
        return node
    if id(node) not in done:
        if node.function == _REST:
            done[id(node)] = _countable(node.arguments[0], digits, done)
        else:
            arguments = tuple(_countable(argument, digits, done) for argument in _spread(node.arguments))
            done[id(node)] = Call(node.function, arguments, node.options)
    return done[id(node)]


def _spread(arguments: tuple[Expression, ...]) -> Iterator[Expression]:
    for argument in arguments:
        if isinstance(argument, Call) and argument.function == _OMITTED:
            yield from argument.arguments
        else:
            yield argument
