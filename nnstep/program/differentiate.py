"""The backward pass: the derivative rules, put together as equations of the same language (reverse accumulation).

For every value on a path from a trainable parameter to the objective there is a step that assigns its gradient:

- one step for each input of each operation, from the operation's derivative rule;
- where a value was broadcast, a step that sums over the axes it was broadcast along;
- where a value is used k times, its k contributions (`grad(h1) via z2`), then a step that adds them up.

A value without a name that is only passed through (`x @ W1` in `x @ W1 + b1`, whose rule is `g`) has no step of its
own: its gradient is the gradient of what it went into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import OperationError, Problem
from nnstep.language import Call, Expression, Name, Number, to_text
from nnstep.ops import Operation
from nnstep.ops.operation import Shape
from nnstep.program.bind import Bound, bind, infer, put_in, rule_expression, words_of
from nnstep.program.builder import Builder
from nnstep.program.model import Step

_ONE = Number(1.0)
_GROUP = 64  # terms of a sum that are nested in each other


class _Use(NamedTuple):
    """One place where a value goes into an operation: the step, and which input of the operation."""

    step: Step
    bound: Bound | None  # None: the step only gives the value another name
    position: int

    @property
    def entry(self) -> Operation | None:
        return self.bound.operation if self.bound else None

    def rule(self) -> str | None:
        """The derivative rule's text, or None when no gradient passes."""
        if self.bound is None:
            return "g"
        return self.bound.operation.rule(self.bound.operation.inputs[self.position], self.bound.site)


def differentiate(builder: Builder, objective: int) -> list[tuple[Step, Problem]]:
    """Append the backward steps for the scalar in slot `objective`; returns the steps that cannot be differentiated.

    Without a trainable parameter that reaches the objective nothing is appended.
    """
    forward = tuple(builder.steps)
    uses = _uses(builder, forward, objective)
    if objective not in uses:
        return []
    blocked = [use for found in uses.values() for use in found if use.rule() is None]
    if blocked:
        return [(use.step, _not_differentiable(use)) for use in blocked]
    pass_ = _Backward(builder, uses)
    name = builder.values[objective].name
    builder.assign(f"grad({name})", _ONE, "gradient", "backward", "seed", of=name)
    pass_.gradients[objective] = _ONE
    for slot in sorted(uses, key=lambda slot: _turn(builder, slot, uses[slot])):
        if slot != objective:
            pass_.gradient(slot)
    return []


def _turn(builder: Builder, slot: int, uses: list[_Use]) -> tuple[int, int, int]:
    """Backward through the steps; a parameter right after the earliest step that uses it."""
    step = builder.values[slot].step
    return (-step, 0, slot) if step else (-uses[0].step.index, 1, slot)


def _uses(builder: Builder, forward: tuple[Step, ...], objective: int) -> dict[int, list[_Use]]:
    """For each slot that needs a gradient, where it is used on the way to the objective, in order of the steps."""
    needs = {value.slot for value in builder.values if value.role == "parameter" and value.trainable}
    for step in forward:
        if any(slot in needs for _, slot in step.operands):
            needs.add(step.target)
    uses: dict[int, list[_Use]] = {objective: []} if objective in needs else {}
    for step in reversed(forward):
        if step.target not in uses:
            continue
        slots = dict(step.operands)
        bound = bind(step.expression, builder.shape_of) if isinstance(step.expression, Call) else None
        arguments = bound.arguments if bound else (step.expression,)
        for position, argument in enumerate(arguments):
            if isinstance(argument, Name) and slots[argument.id] in needs:
                uses.setdefault(slots[argument.id], []).append(_Use(step, bound, position))
    for found in uses.values():
        found.sort(key=lambda use: (use.step.index, use.position))
    return uses


def _not_differentiable(use: _Use) -> Problem:
    entry = use.entry
    assert entry is not None
    target = use.step.equation.split(" = ", 1)[0]
    message = say("program.no-gradient", target=target, name=entry.name)
    if len(entry.inputs) > 1:
        message = say(
            "program.no-gradient.input", target=target, name=entry.name, input=repr(entry.inputs[use.position])
        )
    return Problem(message, hint=say("program.no-gradient.hint"))


class _Backward:
    """Appends gradients one value at a time; a value's uses come before the value itself."""

    def __init__(self, builder: Builder, uses: dict[int, list[_Use]]) -> None:
        self.builder = builder
        self.uses = uses
        self.gradients: dict[int, Expression] = {}  # slot -> how its gradient is written where it is used

    def gradient(self, slot: int) -> None:
        """The steps that assign the gradient of one value, all of its uses being done."""
        value, uses = self.builder.values[slot], self.uses[slot]
        name = f"grad({value.name})"
        if len(uses) == 1:
            passed = self._passed_through(uses[0], value.shape) if value.role == "unnamed" else None
            self.gradients[slot] = passed or Name(name)
            if passed is None:
                self._contribution(uses[0], slot, name, "gradient")
            return
        contributions = [
            self._contribution(use, slot, label, "contribution")
            for use, label in zip(uses, self._labels(name, uses), strict=True)
        ]
        total = _added([Name(contribution) for contribution in contributions])
        self.builder.assign(name, total, "gradient", "backward", "add", of=value.name)
        self.gradients[slot] = Name(name)

    def _labels(self, name: str, uses: list[_Use]) -> list[str]:
        targets = [self.builder.values[use.step.target].name for use in uses]
        count, seen = Counter(targets), Counter[str]()
        labels = []
        for target in targets:
            seen[target] += 1
            labels.append(f"{name} via {target}" + (f" ({seen[target]})" if count[target] > 1 else ""))
        return labels

    def _passed_through(self, use: _Use, shape: Shape) -> Expression | None:
        """The upstream gradient, where the rule is to hand it on unchanged."""
        upstream = self.gradients[use.step.target]
        same = isinstance(upstream, Name) and self.builder.shape_of(upstream.id) == shape
        return upstream if use.rule() == "g" and same else None

    def _contribution(self, use: _Use, slot: int, name: str, role: str) -> str:
        """The step or two of one use: the rule, and the sum over the axes that the value was broadcast along."""
        builder, value = self.builder, self.builder.values[slot]
        expression = self._rule(use)
        operation = f"{use.entry.name}_backward" if use.entry else "identity"
        source, wrt = use.step.index, use.entry.inputs[use.position] if use.entry else ""
        found = infer(expression, builder.shape_of)
        if found != value.shape:
            if not isinstance(expression, Name):
                stage = f"{name} before sum"
                builder.assign(
                    stage, expression, "contribution", "backward", operation, of=value.name, source=source, wrt=wrt
                )
                expression = Name(stage)
            expression, operation = _sum_to(expression, found, value.shape), "sum"
        builder.assign(name, expression, role, "backward", operation, of=value.name, source=source, wrt=wrt)
        return name

    def _rule(self, use: _Use) -> Expression:
        """The derivative rule with the names of this place in the program put in."""
        text = use.rule()
        assert text is not None
        upstream = self.gradients[use.step.target]
        words = words_of(use.bound) if use.bound is not None else {}
        words |= {"g": upstream, "out": Name(self.builder.values[use.step.target].name)}
        return self._turned_once(simplify(put_in(rule_expression(text), words)))

    def _turned_once(self, node: Expression) -> Expression:
        """Where a rule transposes a value that is a transpose itself (`k.T`), the value that was transposed."""
        if not isinstance(node, Call):
            return node
        match node:
            case Call("transpose", (Name(id),)) if id in self.builder and self.builder.value(id).role == "unnamed":
                made = self.builder.steps[self.builder.value(id).step - 1].expression
                if isinstance(made, Call) and made.function == "transpose":
                    return made.arguments[0]
        return Call(node.function, tuple(map(self._turned_once, node.arguments)), node.options)


def _added(terms: Sequence[Expression]) -> Expression:
    """The sum from left to right; of very many terms in groups, since nothing may be nested as deep as that."""
    while len(terms) > _GROUP:
        terms = [_added(terms[first : first + _GROUP]) for first in range(0, len(terms), _GROUP)]
    return reduce(lambda total, term: Call("add", (total, term)), terms)


def simplify(expression: Expression) -> Expression:
    """Drop factors of 1, which the seed ∂L/∂L = 1 leaves in a rule; nothing else is touched."""
    if not isinstance(expression, Call):
        return expression
    arguments = tuple(simplify(argument) for argument in expression.arguments)
    match expression.function, arguments:
        case "multiply", (left, right) if left == _ONE:
            return right
        case "multiply", (left, right) if right == _ONE:
            return left
        case "negative", (Number(value),):
            return Number(-value)
    return Call(expression.function, arguments, expression.options)


def _sum_to(expression: Expression, found: Shape, wanted: Shape) -> Expression:
    """Sum an expression of shape `found` over the axes along which `wanted` was broadcast to it."""
    if len(found) < len(wanted):
        raise OperationError(say("rule.shape", found=found, wanted=wanted, text=to_text(expression)))
    if not wanted:
        return Call("sum", (expression,))
    for _ in range(len(found) - len(wanted)):
        expression = Call("sum", (expression,), (("axis", 0),))
    kept = found[len(found) - len(wanted) :]
    for axis, (have, want) in enumerate(zip(kept, wanted, strict=True)):
        if want == 1 and have != 1:
            expression = Call("sum", (expression,), (("axis", axis), ("keepdims", True)))
    return expression
