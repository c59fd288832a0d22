"""The expression tree: numbers, names, entries of a value, and applications of an operation.

There are few kinds of node on purpose. `a + b`, `x.T`, `x[0:2]` and `softmax(o)` are all a `Call` of an operation
(`add`, `transpose`, `slice`, `softmax`); only the parser and the printer know how each is written. No two kinds of node
have as many parts of the same types, so that two nodes are equal, as tuples, only where they are of one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

# An option's value: a number, True/False, a word (reduction=sum), or the items of a subscript.
Option = int | float | bool | str | tuple["Option | None", ...]


class Number(NamedTuple):
    """A constant, of shape ()."""

    value: float


class Name(NamedTuple):
    """A value by its name: `x`, `grad(W1)`, `velocity(W1)`, or the text of an unnamed value such as `x @ W1`."""

    id: str


class Entry(NamedTuple):
    """One cell of a value, `z1[0, 2]`; `index` is () for a scalar. Cell rules are written with it, files are not."""

    name: str
    index: tuple[int, ...]  # type: ignore[assignment] # a tuple's method of that name is not used


class Call(NamedTuple):
    """An operation applied to `arguments`. `options` are sorted by name."""

    function: str
    arguments: tuple[Expression, ...]
    options: tuple[tuple[str, Option], ...] = ()


Expression = Number | Name | Entry | Call


class Assignment(NamedTuple):
    """`target = expression`, with the text it was read from and its line (from 1) within that text."""

    target: str
    expression: Expression
    source: str = ""
    line: int = 1


def walk(expression: Expression) -> Iterator[Expression]:
    """Every node, the outermost first, arguments from left to right."""
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Call):
            stack.extend(reversed(node.arguments))


def names(expression: Expression) -> tuple[str, ...]:
    """The names that occur, each once, in order of appearance."""
    return tuple(dict.fromkeys(node.id for node in walk(expression) if isinstance(node, Name)))


def substitute(expression: Expression, leaf: Callable[[Expression], Expression | None]) -> Expression:
    """Replace each leaf for which `leaf` gives an expression; other leaves stay as they are.

    A part that stands in several places is worked on once and stays one part, so that a tree in which the cells of a
    row share their maximum does not grow to the square of its size.
    """
    return _substituted(expression, leaf, {})


def _substituted(
    node: Expression, leaf: Callable[[Expression], Expression | None], done: dict[int, Expression]
) -> Expression:
    # Not a function inside of `substitute`: it would hold itself, and with it whatever `leaf` holds, for a while.
    if not isinstance(node, Call):
        found = leaf(node)
        return node if found is None else found
    if id(node) not in done:
        arguments = tuple([_substituted(argument, leaf, done) for argument in node.arguments])
        done[id(node)] = Call(node.function, arguments, node.options)
    return done[id(node)]
