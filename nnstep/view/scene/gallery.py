"""Pictures of values, and what else is made once for a program, kept as long as it is of use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from math import prod
from typing import TypeVar

from nnstep.debugger.answers.gradient_check import Checking
from nnstep.debugger.provenance.products import EntryChain
from nnstep.engine import LazyMatrix, Record, evaluate, is_entrywise
from nnstep.engine.difference import Search
from nnstep.language import Expression, Name, tokens
from nnstep.memo import Memo
from nnstep.ops import Array, Index, Shape
from nnstep.program import Program, Step, Value, infer
from nnstep.view.scene.chain_plan import Plan, plan
from nnstep.view.scene.display import Display, display_expression
from nnstep.view.scene.sources import Operands
from nnstep.view.scene.values import ValuesPanel
from nnstep.view.sentences.step import step_sentences
from nnstep.view.text.matrix import LARGE, MatrixView
from nnstep.view.text.numbers import DIGITS
from nnstep.view.text.symbols import SYMBOLS, label

_T = TypeVar("_T")

SLICE = 0.02  # seconds that a gradient check goes on for between two pictures of it
_RECORDS = 4  # whose pictures are kept: two iterations, and a step's body in each


class Gallery:
    """Makes the picture of a value of a record, or of an expression over its values; a second time gives the same one.

    Pictures of the records last looked at are kept as long as the records are, so that stepping back over the border of
    an iteration, or out of a step's body, is as quick as any step.
    """

    def __init__(self, objective: str, ascii: bool = False) -> None:
        self.objective = objective
        self.ascii = ascii  # draw plots with letters: the terminal has no braille
        self.digits = DIGITS
        self._pictures = Memo(_RECORDS)
        self._last: defaultdict[str, Memo] = defaultdict(lambda: Memo(1, 1))
        self._of_programs = Memo()
        self.panels: dict[str, ValuesPanel] = {}  # those shown last, which stay the same where they look the same

    def value(self, record: Record, value: Value, computed: bool) -> MatrixView:
        """The picture of a value of the program; of dots while it is not computed."""

        def made() -> MatrixView:
            array = record.value(value.slot) if computed else None
            written = label(value.name, self.objective)
            return MatrixView(value.name, written, _role(value), value.shape, array, self.digits)

        return self._pictures(record, (value.slot, computed, self.digits), made)

    def expression(
        self, record: Record, key: str, step: Step, expression: Expression, operands: Operands
    ) -> MatrixView:
        """The picture of a part of a step that has no slot, called `key`."""

        def made() -> MatrixView:
            shape = infer(expression, operands.shape)
            array = _numbers(expression, operands.value, shape)
            written = "".join(token.text for token in tokens(Name(key), SYMBOLS, self.objective))
            return MatrixView(key, written, "name", shape, array, self.digits)

        return self._pictures(record, (key, step.index, self.digits), made)

    def once(self, record: Record, what: str, looks: object, make: Callable[[], _T]) -> _T:
        """Something about a record that stays the same as long as `looks` does: the last one of its kind is kept."""
        return self._last[what](record, looks, make)

    def sentences(self, program: Program, step: Step) -> tuple[str, ...]:
        """What is said of a step."""
        key = ("sentences", step.index)
        return self._of_programs(program, key, lambda: step_sentences(program, step, self.objective))

    def chain(
        self, record: Record, slot: int, index: Index, make: Callable[[Record, int, Index], EntryChain]
    ) -> EntryChain:
        """The chain rule for an entry of a gradient; the last one that was made is kept."""
        return self.once(record, "chain", (slot, index), lambda: make(record, slot, index))

    def checking(self, record: Record, slot: int, index: Index) -> Checking:
        """The gradient check of an entry and of its whole matrix, begun when it is first asked for."""

        def begun() -> Checking:
            made = Checking(self.once(record, "search", slot, lambda: Search(record, slot)), index)
            made.advance(SLICE)
            return made

        return self.once(record, "check", (slot, index), begun)

    def display(self, program: Program, step: Step) -> Display:
        """A step's expression as it is shown."""
        return self._of_programs(program, ("display", step.index), lambda: display_expression(program, step))

    def plan(self, program: Program, parameter: str) -> Plan:
        """The factors of a parameter's gradient in words."""
        return self._of_programs(program, ("plan", parameter), lambda: plan(program, parameter, self.objective))

    def members(self, program: Program) -> dict[str, tuple[str, ...]]:
        """The names of the values in each panel of values, in order of assignment."""
        return self._of_programs(program, "members", lambda: _members(program))


def _members(program: Program) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for value in program.values:
        found.setdefault(_panel_of(program, value), {})[value.name] = None
    return {key: tuple(names) for key, names in found.items()}


def _numbers(expression: Expression, lookup: Callable[[str], Array], shape: Shape) -> Array | LazyMatrix:
    """The numbers of an expression; of a large one that works entry by entry, only those that are asked for."""
    if len(shape) == 2 and prod(shape) > LARGE and is_entrywise(expression):
        return LazyMatrix(expression, lookup, (shape[0], shape[1]))
    return evaluate(expression, lookup)


def _role(value: Value) -> str:
    if value.role in ("gradient", "contribution"):
        return "gradient"
    return "parameter" if value.role in ("parameter", "state") else "name"


def _panel_of(program: Program, value: Value) -> str:
    if value.role in ("parameter", "state", "constant"):
        return "parameters"
    if value.role in ("data", "activation"):
        return "activations"
    named = program.versions.get(value.of)
    if value.role == "gradient" and named and program.values[named[0]].role != "unnamed":
        return "gradients"
    return ""
