"""The function that a step applies entry by entry, as data: its formula, its derivative's, and the values it is at.

The function is evaluated by its operation's own kernel and the derivative by its own rule, on any numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.engine import Record, evaluate
from nnstep.language import Call, Expression, Name, Number, substitute, to_text, tokens
from nnstep.ops import Array, Shape, facts, operation
from nnstep.program import Step, bind, put_in, rule_expression, words_of
from nnstep.program.differentiate import simplify
from nnstep.program.naming import objective_letter
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.symbols import SYMBOLS, label


def bend(function: str) -> tuple[float, float] | None:
    """The part of the x axis where an operation's curve bends; None where it has none that is worth a look."""
    return facts(function).curve


class Curve(NamedTuple):
    """A function of one number as a step applies it to every entry of a value.

    function     the operation's name
    call, slope  the function and its derivative over the name `x` (the derivative over `out`, its result, too);
                 `slope` is None where no gradient passes
    input, output, objective    the names of the value that goes in and of the result, the letter of ∂L/∂x
    rule         the derivative as it is written for these names, or None
    shape        of the value
    x, y         the value and its result, or None while they are not computed
    upstream, gradient    (name, array) of the gradient that comes in and of the one that this step gives, of the same
                 shape; None elsewhere and while they are not computed
    """

    function: str
    call: Call
    slope: Expression | None
    input: str
    output: str
    objective: str
    rule: Expression | None
    shape: Shape
    x: Array | None
    y: Array | None
    upstream: tuple[str, Array] | None = None
    gradient: tuple[str, Array] | None = None

    def at(self, x: Array) -> Array:
        """The function at other numbers, by the operation's kernel."""
        return evaluate(self.call, {"x": x}.__getitem__)

    def slope_at(self, x: Array, y: Array) -> Array:
        """The derivative at numbers whose results are `y`; NaN where no gradient passes."""
        if self.slope is None:
            return np.full(x.shape, np.nan)
        return np.broadcast_to(evaluate(self.slope, {"x": x, "out": y}.__getitem__), x.shape)

    def title(self, ascii: bool) -> Line:
        """h = σ(z)"""
        written = substitute(self.call, lambda leaf: Name(self.input) if leaf == Name("x") else None)
        own = isinstance(written, Call) and to_text(written) == self.output  # a part that is called by its text
        name = [] if own else [Piece(self.said(self.output, ascii), "name"), Piece(" = ", "operator")]
        return (*name, *self._written(written, ascii))

    def slope_name(self, ascii: bool) -> str:
        """σ′(z), or the long way where the function is no single sign."""
        if len(operation(self.function).inputs) > 1:  # of which the others are numbers
            return f"d({self.said(self.output, ascii)})/d({self.said(self.input, ascii)})"
        symbol = self.function + "'" if ascii else SYMBOLS.get(self.function, self.function) + "′"
        return f"{symbol}({self.said(self.input, ascii)})"

    def slope_title(self, ascii: bool) -> Line:
        """σ′(z) = h ⊙ (1 − h)"""
        name = Piece(self.slope_name(ascii), "plot-second")
        return (name,) if self.rule is None else (name, Piece(" = ", "operator"), *self._written(self.rule, ascii))

    def said(self, name: str, ascii: bool) -> str:
        """A value's name as the screen or, in ASCII, the language writes it."""
        return name if ascii else label(name, self.objective)

    def _written(self, expression: Expression, ascii: bool) -> Line:
        if ascii:
            return (Piece(to_text(expression), "text"),)
        single = self.shape == ()
        return tuple(Piece(*token) for token in tokens(expression, SYMBOLS, self.objective, lambda name: single))


def activation_curve(record: Record, step: Step, now: int) -> Curve | None:
    """The curve of a step: of a forward step that applies a function entry by entry, or of the derivative of one.

    None for other steps. What is not computed once `now` steps are done is not in it.
    """
    program = record.program
    source = step
    if step.source and step.operation.endswith("_backward"):
        source = program.steps[step.source - 1]
    match source.expression:
        case Call(function, arguments) if bend(function) is not None:
            inputs = [node for node in arguments if isinstance(node, Name)]
            if len(inputs) != 1 or not all(isinstance(node, Name | Number) for node in arguments):
                return None
            if source is step and step.phase == "update":
                return None
        case _:
            return None
    assert isinstance(source.expression, Call)
    values = program.values
    given, made = values[dict(source.operands)[inputs[0].id]], values[source.target]
    if given.shape != made.shape:
        return None
    call = Call(
        source.expression.function,
        tuple(Name("x") if isinstance(node, Name) else node for node in arguments),
        source.expression.options,
    )
    upstream, gradient = _gradients(record, step, source, now)
    return Curve(
        function=call.function,
        call=call,
        slope=_slope(call, Name("x"), Name("out")),
        input=given.name,
        output=made.name,
        objective=objective_letter(program),
        rule=_slope(call, inputs[0], Name(made.name)),
        shape=given.shape,
        x=record.value(given.slot) if given.step <= now else None,
        y=record.value(made.slot) if made.step <= now else None,
        upstream=upstream,
        gradient=gradient,
    )


def _slope(call: Call, x: Expression, out: Expression) -> Expression | None:
    """The derivative rule of the call for its one value, which is called `x`, without the upstream gradient."""
    bound = bind(call, lambda name: ())
    position = next(k for k, node in enumerate(bound.arguments) if isinstance(node, Name))
    text = bound.operation.rule(bound.operation.inputs[position], bound.site)
    if text is None:
        return None
    words = words_of(bound) | {bound.operation.inputs[position]: x, "g": Number(1.0), "out": out}
    return simplify(put_in(rule_expression(text), words))


def _gradients(
    record: Record, step: Step, source: Step, now: int
) -> tuple[tuple[str, Array] | None, tuple[str, Array] | None]:
    """The gradient that comes into a backward step and the one it gives, once they are computed."""
    values = record.program.values
    if step is source:
        return None, None
    shape = values[source.target].shape
    coming = [slot for _, slot in step.operands if values[slot].role in ("gradient", "contribution")]
    found = []
    for slot in (coming[0] if len(coming) == 1 else None, step.target):
        there = slot is not None and values[slot].step <= now and values[slot].shape == shape
        found.append((values[slot].name, record.value(slot)) if slot is not None and there else None)
    return found[0], found[1]
