"""The forward pass: equations -> single assignments, one operation each. A part without a name goes by its text.

`z1 = x @ W1 + b1` becomes `x @ W1` and then `z1`. A text that occurs twice is computed once.
"""

from __future__ import annotations

from collections.abc import Collection

from nnstep.errors import OperationError, Problem, nearest
from nnstep.language import Call, Expression, Name, to_text, walk
from nnstep.ops import operation
from nnstep.program.bind import bind
from nnstep.program.builder import Builder
from nnstep.scenario.model import Equation

__all__ = ["lower"]


def lower(builder: Builder, equations: tuple[Equation, ...]) -> list[Problem]:
    """Append the forward steps of `equations`; returns what is wrong with them, all of it.

    An equation that is wrong gives no value; equations that use its target are then not blamed for it.
    """
    problems: list[Problem] = []
    unusable: set[str] = set()
    later = {equation.assignment.target: equation for equation in equations}
    for equation in equations:
        target, expression = equation.assignment.target, equation.assignment.expression
        missing = [name for name in _names(expression) if name not in builder]
        try:
            if missing:
                said = [_undefined(name, builder, later) for name in missing if name not in unusable]
                problems += [problem.at(line=equation.line, key=equation.key) for problem in said]
                raise _UnusableError
            _check_place(expression)
            _assign(builder, target, expression, f"{target} = {to_text(expression)}")
        except OperationError as error:
            problems.append(Problem(f"{target}: {error.message}", None, equation.line, None, equation.key, error.hint))
            unusable.add(target)
        except _UnusableError:
            unusable.add(target)
    return problems


class _UnusableError(Exception):
    """This equation depends on one that is wrong."""


def _names(expression: Expression) -> list[str]:
    """Names of values used: not the words given as options by position, which stand after the inputs."""
    found: dict[str, None] = {}
    stack: list[Expression] = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            found[node.id] = None
        elif isinstance(node, Call):
            stack += reversed(node.arguments)
    return list(found)


def _undefined(name: str, builder: Builder, later: Collection[str]) -> Problem:
    if not name.isidentifier():
        return Problem(f"{name} is for breakpoints and watches; an equation has no gradients or states to use")
    if name in later:
        return Problem(f"{name!r} is used before it is defined", hint="put its equation first")
    return Problem(f"{name!r} is not defined", hint=nearest(name, builder.known()))


def _check_place(expression: Expression) -> None:
    for node in walk(expression):
        if isinstance(node, Call):
            entry = operation(node.function)
            if entry.where != "equation":
                place = "breakpoints and watches" if entry.where == "condition" else "derivative rules"
                raise OperationError(f"{entry.symbol} ({entry.name}) is for {place}, not for an equation")


def _assign(builder: Builder, target: str, expression: Expression, equation: str) -> None:
    """The steps of one equation: its inner calls, innermost first, then the outermost under the target's name."""
    name = "identity" if isinstance(expression, Name) else "constant"
    if isinstance(expression, Call):
        name = expression.function
        expression = _flat(builder, expression, equation)
    builder.assign(target, expression, "activation", "forward", name, equation=equation)


def _flat(builder: Builder, call: Call, equation: str) -> Call:
    """The call with each argument that is a call itself replaced by the name of its value."""
    arguments: list[Expression] = []
    for argument in call.arguments:
        if isinstance(argument, Call):
            text = to_text(argument)
            if text not in builder:
                flat = _flat(builder, argument, equation)
                builder.assign(text, flat, "unnamed", "forward", argument.function, equation=equation)
            arguments.append(Name(text))
        else:
            arguments.append(argument)
    flat_call = Call(call.function, tuple(arguments), call.options)
    bind(flat_call, builder.shape_of)
    return flat_call
