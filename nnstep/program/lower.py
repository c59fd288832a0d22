"""The forward pass: equations -> single assignments, one operation each. A part without a name goes by its text.

`z1 = x @ W1 + b1` becomes `x @ W1` and then `z1`. A text that occurs twice is computed once.
"""

from __future__ import annotations

from collections.abc import Collection

from nnstep.catalogue import say
from nnstep.errors import OperationError, Problem
from nnstep.language import Call, Expression, Name, to_text, walk
from nnstep.ops import NAMES, Operation, operation
from nnstep.program.bind import bind, computed
from nnstep.program.builder import Builder
from nnstep.scenario.hints import suggest
from nnstep.scenario.hints.equations import call_hint
from nnstep.scenario.model import Equation

_MOST = 1_000  # operations of a forward pass
_HINTS = 50  # problems for which it is looked up what is meant


def lower(builder: Builder, equations: tuple[Equation, ...]) -> list[Problem]:
    """Append the forward steps of `equations`; returns what is wrong with them, all of it.

    An equation that is wrong gives no value; equations that use its target are then not blamed for it.
    """
    problems: list[Problem] = []
    unusable: set[str] = set()
    later = {equation.assignment.target for equation in equations}
    for equation in equations:
        if len(builder.steps) > _MOST:
            said = say("program.long", most=f"{_MOST:,}")
            return [*problems, Problem(said, line=equation.line, key=equation.key)]
        target, expression = equation.assignment.target, equation.assignment.expression
        missing = [name for name in _inputs(expression) if name not in builder]
        wrong = [_undefined(name, builder, later, len(problems)) for name in missing if name not in unusable]
        wrong += _misplaced(expression, builder)
        if not missing and not wrong:
            try:
                _assign(builder, target, expression)
            except OperationError as error:
                wrong.append(Problem(f"{target}: {error.message}", hint=error.hint))
        if missing or wrong:
            unusable.add(target)
        problems += [problem.at(line=equation.line, key=equation.key) for problem in wrong]
    return problems


def _inputs(expression: Expression) -> tuple[str, ...]:
    """The names of values that are used: not those that stand where an operation's options do, which `bind` refuses."""
    found: dict[str, None] = {}
    stack: list[Expression] = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            found[node.id] = None
        elif isinstance(node, Call):
            count = len(operation(node.function).inputs) if node.function in NAMES else None
            stack += reversed(node.arguments[:count])
    return tuple(found)


def _undefined(name: str, builder: Builder, later: Collection[str], before: int) -> Problem:
    """What is said of a name that nothing has; what is meant by it, only where few problems came before it."""
    if not name.isidentifier():
        return Problem(say("program.reference", name=name))
    if name in later:
        return Problem(say("program.early", name=repr(name)), hint=say("program.early.hint"))
    if name in NAMES:
        inputs = ", ".join(operation(name).inputs)
        return Problem(
            say("program.operation", name=repr(name)), hint=say("program.operation.hint", name=name, inputs=inputs)
        )
    hint = suggest.hint(name, builder.known(), "value") if before < _HINTS else None
    return Problem(say("program.undefined", name=repr(name)), hint=hint)


def _misplaced(expression: Expression, builder: Builder) -> list[Problem]:
    """Operations that there are not, and the first that there is not in equations."""
    problems = []
    misplaced: Operation | None = None
    hint: str | None = None
    for call in _calls(expression):
        function = call.function
        if function in builder and function not in NAMES:
            said = say("program.value", function=function)
            problems.append(
                Problem(said, hint=say("program.value.hint", function=function) if call.arguments else None)
            )
        elif function not in NAMES:
            problems.append(Problem(say("operation.none", name=repr(function)), hint=call_hint(call)))
        elif misplaced is None and operation(function).where != "equation":
            misplaced, hint = operation(function), call_hint(call)
    if misplaced is not None:
        place = say(f"program.place.{misplaced.where}")
        name = misplaced.name if misplaced.symbol == misplaced.name else f"{misplaced.symbol} ({misplaced.name})"
        problems.append(Problem(say("program.misplaced", name=name, place=place), hint=hint))
    return problems


def _calls(expression: Expression) -> list[Call]:
    """The first call of each operation."""
    found: dict[str, Call] = {}
    for node in walk(expression):
        if isinstance(node, Call):
            found.setdefault(node.function, node)
    return list(found.values())


def _assign(builder: Builder, target: str, expression: Expression) -> None:
    """The steps of one equation: its inner calls, innermost first, then the outermost under the target's name."""
    equation = f"{target} = {to_text(expression)}"
    name = "identity" if isinstance(expression, Name) else "constant"
    if isinstance(expression, Call):
        name = expression.function
        expression = flatten(builder, expression, equation, "forward")
    builder.assign(target, expression, "activation", "forward", name, equation=equation)


def flatten(builder: Builder, call: Call, equation: str, phase: str) -> Call:
    """The call with each argument that is a call replaced by the name of its value, which a step of its own assigns.

    Raises OperationError when shapes do not fit.
    """
    arguments: list[Expression] = []
    values = computed(call)
    for argument in call.arguments:
        if isinstance(argument, Call) and argument in values:
            text = to_text(argument)
            if text not in builder:
                flat = flatten(builder, argument, equation, phase)
                builder.assign(text, flat, "unnamed", phase, argument.function, equation=equation)
            arguments.append(Name(text))
        else:
            arguments.append(argument)
    flat_call = Call(call.function, tuple(arguments), call.options)
    bind(flat_call, builder.shape_of)
    return flat_call
