"""A step as an equation of a few operands: which parts go by names of their own, and the signs between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.language import Call, Expression, Name, Number, names, to_text, tokens, with_named_options
from nnstep.language.infix import INFIX, POSTFIX, POWER, PRODUCT, SUM, mixes
from nnstep.program import Factor, Program, Step, computed, factor
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.symbols import SYMBOLS, label

_MOST_OPERANDS = 4
_LEVEL = {name: one.level for name, one in INFIX.items() if one.level >= SUM}  # comparisons are written as calls


class Operand(NamedTuple):
    """A place for a matrix in the equation, by the name it is looked up with."""

    name: str


DisplayPart = Operand | Piece


class Display(NamedTuple):
    """A step's expression as it is shown: inner parts go by names of their own, which `inner` explains."""

    expression: Expression
    inner: dict[str, Expression]


def display_expression(program: Program, step: Step) -> Display:
    """The derivative of an activation is one thing, σ′(z1); so is every inner call. What is left is a few operands."""
    inner: dict[str, Expression] = {}
    expression = step.expression
    if step.phase == "backward":
        found = factor(program, step)
        if found.kind == "entrywise" and isinstance(found.local, Call) and found.upstream:
            name = local_name(program, found)
            inner[name] = found.local
            return Display(Call("multiply", (Name(found.upstream[0]), Name(name))), inner)
    for depth in (3, 2, 1):
        inner.clear()
        shown = _collapsed(expression, inner, depth)
        if len([name for name in names(shown) if name not in inner or inner[name]]) <= _MOST_OPERANDS:
            break
    return Display(shown, inner)


def local_name(program: Program, found: Factor) -> str:
    """What the local derivative is called: σ′(z1) where it is that of an activation, else its own text."""
    assert found.local is not None
    if found.step.source:
        source = program.steps[found.step.source - 1]
        match source.expression:
            case Call(function, (Name(argument),)) if found.step.operation == f"{function}_backward":
                return f"{SYMBOLS.get(function, function)}′({label(argument)})"
    return to_text(found.local)


def _collapsed(node: Expression, inner: dict[str, Expression], depth: int, outermost: bool = True) -> Expression:
    """The expression down to `depth` infix operations; what lies deeper, and every inner call, becomes a name."""
    if not isinstance(node, Call):
        return node
    if outermost or (node.function in _LEVEL and depth > 0):
        values = computed(node)
        arguments = tuple(
            _collapsed(argument, inner, depth - 1, False) if argument in values else argument
            for argument in node.arguments
        )
        return Call(node.function, arguments, node.options)
    if not names(node):
        return node
    name = to_text(node)
    inner[name] = node
    return Name(name)


def laid_out(node: Expression, scalar: Callable[[str], bool] = lambda name: False) -> list[DisplayPart]:
    """The display expression as a row of signs and operands; `scalar` names are multiplied with · instead of ⊙."""

    def within(inner: Expression, least: int) -> list[DisplayPart]:
        parts = laid_out(inner, scalar)
        if _level(inner) < least:
            return [Piece("(", "operator"), *parts, Piece(")", "operator")]
        return parts

    match node:
        case Name(id):
            return [Operand(id)]
        case Call("transpose", (Name(id),)):
            return [Operand(id), Piece("ᵀ", "operator")]
        case Call("power", (base, Number())):
            raised = "".join(token.text for token in tokens(Call("power", (Name("x"), node.arguments[1]))))[1:]
            return [*within(base, POSTFIX), Piece(raised, "operator")]
        case Call(function, (left, right)) if function in _LEVEL and not node.options:
            first, second = _LEVEL[function], _LEVEL[function] + 1
            if function == "power" or mixes(function, left):
                first += 1
            if _is_signed(right):
                second = max(second, PRODUCT + 1)  # a − (−b)
            return [*within(left, first), Piece(_sign(node, scalar), "operator"), *within(right, second)]
        case Call("put", (value, place)):
            written = "".join(token.text for token in tokens(place, SYMBOLS))
            return [Piece("put(", "function"), *laid_out(value, scalar), Piece(f", {written}"), Piece(")", "function")]
        case Call("negative", (value,)):
            return [Piece("−", "operator"), *within(value, POWER)]
        case Call(function, arguments):
            node = with_named_options(node)
            arguments = node.arguments
            parts: list[DisplayPart] = [Piece(SYMBOLS.get(function, function) + _options(node) + "(", "function")]
            for position, argument in enumerate(arguments):
                parts += [*([Piece(",", "operator")] if position else []), *laid_out(argument, scalar)]
            return [*parts, Piece(")", "function")]
    return [Piece("".join(token.text for token in tokens(node)), "number")]


def _level(node: Expression) -> int:
    """How tightly an expression holds together: as a sum, as a product, as a power, or as one thing."""
    if _is_signed(node):
        return PRODUCT  # a minus holds as tightly as a product
    return _LEVEL.get(node.function, POSTFIX) if isinstance(node, Call) else POSTFIX


def _is_signed(node: Expression) -> bool:
    """Whether an expression begins with a minus of its own."""
    match node:
        case Number(value):
            return value < 0
        case Call("negative", _):
            return True
    return False


def _sign(node: Call, scalar: Callable[[str], bool]) -> str:
    if node.function == "multiply":
        single = [isinstance(one, Number) or (isinstance(one, Name) and scalar(one.id)) for one in node.arguments]
        return "·" if any(single) else "⊙"
    return INFIX[node.function].screen


def _options(node: Call) -> str:
    axis = dict(node.options).get("axis")
    return " " + say("words.over-rows" if axis == 0 else "words.over-columns") if isinstance(axis, int) else ""


def equation_line(program: Program, step: Step, objective: str) -> Line:
    """The step as an equation in pieces: ∂L/∂z1 = ∂L/∂h1 ⊙ h1 ⊙ (1 − h1)."""
    target = program.values[step.target]
    shapes = {name: program.values[slot].shape for name, slot in step.operands}
    written = tokens(step.expression, SYMBOLS, objective, lambda name: shapes.get(name) == ())
    arrow = " ← " if step.phase == "update" else " = "
    name = Piece(label(target.name, objective), "now")
    if target.role == "unnamed":
        return tuple(Piece(*token) for token in written)
    return (name, Piece(arrow, "operator"), *(Piece(*token) for token in written))
