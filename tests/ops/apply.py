"""Helpers of these tests: apply an operation, a rule or a body the way the rest of the program would, but plainly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnstep.language import Call, Expression, Name, Number, Option, parse_equations, parse_expression
from nnstep.ops import Array, Operation, Shape, Site, operation


def tuples(value: Any) -> Any:
    """Lists as tuples, all the way down: options as JSON has them -> as the language has them."""
    return tuple(tuples(part) for part in value) if isinstance(value, list) else value


def site_of(
    entry: Operation,
    inputs: Mapping[str, Array],
    options: Mapping[str, Option],
    constants: tuple[float | None, ...] = (),
) -> Site:
    """The site of an operation applied to arrays, its options filled in."""
    filled = {name: value for name, value in entry.options.items() if value is not None} | dict(options)
    return entry.site(tuple(inputs[name].shape for name in entry.inputs), filled, constants)


def run(entry: Operation, inputs: Mapping[str, Array], site: Site) -> Array:
    """The kernel's result."""
    out = np.full(site.out, np.nan)
    entry.prepare(site)(*(inputs[name] for name in entry.inputs), out)
    return out


def evaluate(expression: Expression, values: Mapping[str, Array]) -> Array:
    """An expression over named values, operation by operation."""
    match expression:
        case Number(value):
            return np.array(value)
        case Name(name):
            return values[name]
        case Call(function, arguments, options):
            entry, settings = operation(function), dict(options)
            if function == "put":
                place = arguments[1]
                assert isinstance(place, Call)
                settings = {"items": dict(place.options)["items"], "shape": evaluate(place.arguments[0], values).shape}
                arguments = arguments[:1]
            count = len(entry.inputs)
            for name, argument in zip(entry.options, arguments[count:], strict=False):
                assert isinstance(argument, Number)
                settings[name] = int(argument.value)
            inputs = {
                name: evaluate(argument, values) for name, argument in zip(entry.inputs, arguments[:count], strict=True)
            }
            constants = tuple(one.value if isinstance(one, Number) else None for one in arguments[:count])
            return run(entry, inputs, site_of(entry, inputs, settings, constants))
    raise AssertionError(expression)


def named(entry: Operation, inputs: Mapping[str, Array], site: Site) -> dict[str, Array]:
    """The names that a rule or a body may use: inputs, and options that are numbers."""
    numbers = {name: np.array(float(value)) for name, value in site.options.items() if isinstance(value, int | float)}
    return numbers | dict(inputs)


def gradient(entry: Operation, name: str, inputs: Mapping[str, Array], site: Site, g: Array) -> Array | None:
    """The derivative rule for one input, summed over what was broadcast; None when no gradient passes."""
    text = entry.rule(name, site)
    if text is None:
        return None
    values = named(entry, inputs, site) | {"g": g, "out": run(entry, inputs, site)}
    raw = evaluate(parse_expression(text), values)
    if not entry.elementwise:
        assert raw.shape == inputs[name].shape, text
        return raw
    assert raw.shape == site.out, text
    return sum_to(raw, inputs[name].shape)


def sum_to(raw: Array, shape: Shape) -> Array:
    """`raw` summed over the axes along which `shape` was broadcast to it."""
    raw = raw.sum(axis=tuple(range(raw.ndim - len(shape))))
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return np.asarray(raw.sum(axis=axes, keepdims=True))


def body(entry: Operation, inputs: Mapping[str, Array], site: Site) -> Array:
    """What the operation's definition gives."""
    text = entry.definition(site)
    assert text is not None
    values = named(entry, inputs, site)
    for line in parse_equations(text):
        values[line.target] = evaluate(line.expression, values)
    return values["out"]
