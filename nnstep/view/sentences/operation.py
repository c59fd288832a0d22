"""What one operation does at its place: sentences with its names and shapes, for forward steps and those of a body."""

from __future__ import annotations

from math import prod

from nnstep.catalogue import say, say_count, say_or
from nnstep.language import Call, Expression, Name
from nnstep.ops import Shape
from nnstep.program import Program, Step
from nnstep.program.bind import Bound, bind
from nnstep.view.sentences.phrases import at, entry_count, factor_of, say_op, value_label, written_expression
from nnstep.view.text.numbers import shape_text


def of_operation(program: Program, step: Step, objective: str) -> tuple[str, ...]:
    """One or two sentences about a step that is one operation."""
    target = value_label(program.values[step.target].name, objective)
    expression = step.expression
    if isinstance(expression, Name):
        return (say("words.same", target=target, source=value_label(expression.id, objective)),)
    if not isinstance(expression, Call) or not step.operands:
        return (say("words.constant"),)
    slots = dict(step.operands)
    bound = bind(expression, lambda name: program.values[slots[name]].shape)
    return _AppliedOperation(program, slots, bound, target, objective).sentences()


class _AppliedOperation:
    """An operation with the names and shapes that it is applied to."""

    def __init__(self, program: Program, slots: dict[str, int], bound: Bound, target: str, objective: str) -> None:
        self.program, self.slots, self.bound = program, slots, bound
        self.target, self.objective = target, objective
        self.name = bound.operation.name
        self.shapes, self.out = bound.site.shapes, bound.site.out
        self.first = self.shapes[0]
        self.source = written_expression(bound.arguments[0], objective)

    def sentences(self) -> tuple[str, ...]:
        """The sentences, the general one first."""
        if self.name == "matmul":
            return self._matmul()
        if self.bound.operation.elementwise:
            return (say_op(self.name), self._elementwise())
        if self.bound.operation.reduces:
            return (say_op(self.name), self._reduction())
        if self.bound.operation.by_row:
            return (say_op(self.name), self._by_row())
        if self.bound.operation.compares:
            return self._loss()
        return self._shaping()

    def _matmul(self) -> tuple[str, ...]:
        (a, b), (left, right) = self.bound.arguments, self.shapes
        count = left[-1]
        row = "i," if len(left) == 2 else ""
        column = ",j" if len(right) == 2 else ""
        sample = bool(row and column) and self._is_data(a) and left[0] == self.program.rows
        if sample:
            row = "n,"
        term = f"{self._factor(a)}[{row}k]·{self._factor(b)}[k{column}]"
        values = {"target": self.target, "term": term, "left": self.source}
        if not self.out:
            return (say_count("words.matmul-number", count, **values),)
        if not row:
            return (say_count("words.matmul-vector", count, **values, entries=self._its_entries()),)
        if not column:
            return (say_count("words.matmul-entry", count, **values),)
        kind = "sample" if sample else "row"
        return (say_count(f"words.matmul-{kind}", count, **values, entries=self._its_entries()),)

    def _its_entries(self) -> str:
        return say_count("words.its-entries", self.out[-1])

    def _factor(self, argument: Expression) -> str:
        return factor_of(written_expression(argument, self.objective))

    def _is_data(self, argument: Expression) -> bool:
        return isinstance(argument, Name) and self.program.values[self.slots[argument.id]].role == "data"

    def _elementwise(self) -> str:
        read = [(one, shape) for one, shape in zip(self.bound.arguments, self.shapes, strict=True) if _reads(one)]
        if not self.out:
            operands = say("words.and").join(dict.fromkeys(self._factor(one) for one, _ in read))
            return say("words.number", target=self.target, operands=operands)
        for one, shape in read:
            if shape != self.out and prod(self.out) > prod(shape):
                return self._repeated(written_expression(one, self.objective), shape)
        places = dict.fromkeys(self._factor(one) + at(shape, self.out) for one, shape in read)
        values = {
            "target": factor_of(self.target) + at(self.out, self.out),
            "operands": say("words.and").join(places),
            "shape": shape_text(self.out),
        }
        said = say("words.own" if len(places) == 1 else "words.own-places", **values)
        return said if "…" not in said else say("words.own-long", target=self.target, shape=values["shape"])

    def _repeated(self, name: str, shape: Shape) -> str:
        """What is said of an operand that is repeated to fill the result."""
        added = "words.added" if self.name == "add" else "words.repeated"
        values = {"name": name, "target": self.target}
        if prod(shape) == 1:
            return say(f"{added}.number", **values, shape=shape_text(self.out))
        if shape[-1] == self.out[-1]:
            return say(f"{added}.rows", **values, count=self.out[0])
        return say(f"{added}.columns", **values, count=self.out[-1])

    def _reduction(self) -> str:
        axis = self.bound.site.options.get("axis", "all")
        shape, values = self.first, {"target": self.target, "name": self.source}
        if len(shape) < 2 or not isinstance(axis, int):
            return say_count("words.reduced.all", prod(shape), **values)
        rows, columns = shape
        if axis % 2 == 0:
            return say_count("words.reduced.columns", rows, **values, entries=columns)
        return say_count("words.reduced.rows", columns, **values, entries=rows)

    def _by_row(self) -> str:
        values = {"target": self.target, "name": self.source}
        if len(self.first) < 2:
            return say("words.row.one", **values, count=prod(self.first))
        return say("words.row.many", **values, rows=self.first[0], count=self.first[1])

    def _loss(self) -> tuple[str, ...]:
        entry, reduction = self.bound.operation, self.bound.site.options.get("reduction")
        first = say_or(f"op.{self.name}.term", entry.term) if entry.term else say_op(self.name)
        if reduction is None:
            return (first,)
        other = written_expression(self.bound.arguments[1], self.objective)
        values = {"target": self.target, "name": self.source, "other": other}
        how = "sum" if reduction == "sum" else "mean"
        if entry.compares == "rows":
            rows = self.first[0] if len(self.first) == 2 else 1
            return (first, say_count(f"words.loss-rows.{how}", rows, **values))
        if reduction == "batch_mean" and self.first:
            return (first, say("words.loss.batch-mean", **values, count=prod(self.first), rows=self.first[0]))
        return (first, say_count(f"words.loss.{how}", prod(self.first), **values))

    def _shaping(self) -> tuple[str, ...]:
        values = {
            "target": self.target,
            "name": self.source,
            "before": entry_count(self.first),
            "after": entry_count(self.out),
        }
        match self.name:
            case "transpose" if len(self.first) == 2:
                there, here = f"{factor_of(self.target)}[i,j]", f"{factor_of(self.source)}[j,i]"
                return (say("words.transpose", **values, there=there, here=here),)
            case "concat":
                other = written_expression(self.bound.arguments[1], self.objective)
                return (say("words.concat", **values, other=other, second=entry_count(self.shapes[1])),)
            case "one_hot" if len(self.first) == 1:
                return (say("words.one-hot", **values, rows=self.out[0], columns=self.out[1]),)
            case "reshape" | "slice" | "broadcast" | "put":
                return (say(f"words.{self.name}", **values),)
        return (say_op(self.name), say("words.made-of", **values))


def _reads(argument: Expression) -> bool:
    """Whether an argument stands for a value, not for a number written out."""
    return isinstance(argument, Name)
