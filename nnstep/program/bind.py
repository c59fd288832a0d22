"""From a call as written to an operation with its array arguments, its options filled in, and the result's shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.errors import OperationError
from nnstep.language import Call, Expression, Name, Number, Option, parse_expression, substitute, to_text
from nnstep.ops import Operation, Shape, Site, operation
from nnstep.scenario.hints.equations import option_hint

ShapeOf = Callable[[str], Shape]


class Bound(NamedTuple):
    """An operation applied: its array arguments (expressions), and the site with shapes and options."""

    operation: Operation
    arguments: tuple[Expression, ...]
    site: Site


BoundCalls = dict[int, tuple[Call, Bound]]  # by the call's identity, which holds as long as the call is kept


def infer(expression: Expression, shape_of: ShapeOf, memo: BoundCalls | None = None) -> Shape:
    """The shape of an expression. Raises OperationError; whatever `shape_of` raises for a name passes through.

    `memo` keeps what is found out of the parts of an expression that is looked at again and again.
    """
    match expression:
        case Name(id):
            return shape_of(id)
        case Call():
            return bind(expression, shape_of, memo).site.out
    return ()


def bind(call: Call, shape_of: ShapeOf, memo: BoundCalls | None = None) -> Bound:
    """Resolve a call: arguments beyond the operation's inputs are options by position, as in `reshape(x, 2, 3)`.

    Raises OperationError for an unknown operation, a wrong number of arguments, an unknown or missing option, and
    shapes that the operation cannot take.
    """
    if memo is not None and id(call) in memo:
        return memo[id(call)][1]
    entry = operation(call.function)
    options = dict(call.options)
    arguments = call.arguments
    if call.function == "put" and len(arguments) == 2:
        arguments = _put_like_slice(call, options, shape_of)
    count = len(entry.inputs)
    if len(arguments) < count:
        raise OperationError(say("operation.few", name=entry.name, signature=_signature(entry), count=len(arguments)))
    by_position = tuple(entry.options)
    more = arguments[count:]
    if more and (not entry.options or (entry.joins and not all(isinstance(one, Number) for one in more))):
        raise OperationError(*_too_many(call, entry))
    for position, argument in enumerate(more):
        if position >= len(by_position):
            raise OperationError(
                say("operation.arguments", name=entry.name, signature=_signature(entry), count=len(call.arguments))
            )
        name = by_position[position]
        if name in options:
            raise OperationError(say("operation.twice", name=entry.name, option=name))
        options[name] = _constant(argument, entry, name)
    for name in options:
        if name not in entry.options:
            raise OperationError(say("operation.option", name=entry.name, option=repr(name)), option_hint(entry, name))
    filled = {name: options.get(name, default) for name, default in entry.options.items()}
    for name, value in filled.items():
        if value is None:
            raise OperationError(
                say("operation.needs", name=entry.name, option=repr(name), signature=_signature(entry))
            )
    given: dict[str, Option] = {name: value for name, value in filled.items() if value is not None}
    shapes = tuple(infer(argument, shape_of, memo) for argument in arguments[:count])
    constants = tuple(argument.value if isinstance(argument, Number) else None for argument in arguments[:count])
    bound = Bound(entry, arguments[:count], entry.site(shapes, given, constants))
    if memo is not None:
        memo[id(call)] = call, bound
    return bound


_OF_TWO = ("max", "min")


def _too_many(call: Call, entry: Operation) -> tuple[str, str | None]:
    """What is wrong with a call of more values than an operation takes, and how it is written where that is known."""
    said = say_count("operation.values", len(entry.inputs), name=entry.name, found=len(call.arguments))
    if not entry.joins:
        return said, say("operation.called", name=entry.name, signature=_signature(entry))
    nested = call.arguments[0]
    for argument in call.arguments[1:]:
        nested = Call(entry.name, (nested, argument), call.options)
    return said, say("toml.write", meant=to_text(nested))


def computed(call: Call) -> tuple[Expression, ...]:
    """The arguments whose values a call works on: of `put(g, x[0:2])` the second is a place and not a value."""
    return call.arguments[:1] if call.function == "put" else call.arguments


def _signature(entry: Operation) -> str:
    return f"({', '.join([*entry.inputs, *(f'{name}=' for name in entry.options)])})"


def _constant(argument: Expression, entry: Operation, option: str) -> Option:
    if isinstance(argument, Number):
        return int(argument.value) if argument.value.is_integer() else argument.value
    found = say(
        "operation.found", name=entry.name, signature=_signature(entry), argument=to_text(argument), option=option
    )
    if entry.name in _OF_TWO:
        raise OperationError(found, say(f"operation.of-two.{entry.name}"))
    raise OperationError(found, say("operation.option.hint", option=option))


def _put_like_slice(call: Call, options: dict[str, Option], shape_of: ShapeOf) -> tuple[Expression, ...]:
    """`put(g, x[0:2])` says where `g` goes by showing the place it was taken from; only the shape of x matters."""
    match call.arguments:
        case (g, Call("slice", (source,), ((_, items),))):
            options |= {"items": items, "shape": infer(source, shape_of)}
            return (g,)
    raise OperationError(say("operation.put"))


def words_of(bound: Bound) -> dict[str, Expression]:
    """What the words of an operation's texts stand for at this place: its inputs, and its options that are numbers."""
    numbers: dict[str, Expression] = {
        option: Number(float(setting))
        for option, setting in bound.site.options.items()
        if isinstance(setting, int | float)
    }
    return numbers | dict(zip(bound.operation.inputs, bound.arguments, strict=True))


def put_in(template: Expression, words: Mapping[str, Expression]) -> Expression:
    """A text of the table, a rule or a body, with what its words stand for.

    Every name in the template has to be one of the words: one that were left standing would mean whatever value of a
    scenario is called so. What is put in is not looked at again, so a value may have the name of any word.
    """
    return substitute(template, lambda leaf: words[leaf.id] if isinstance(leaf, Name) else None)


@lru_cache(maxsize=1024)
def rule_expression(text: str) -> Expression:
    """The tree of a derivative rule, parsed once."""
    return parse_expression(text)
