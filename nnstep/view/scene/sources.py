"""Where a cell's number comes from: the cells of the operands that made it, and its arithmetic.

A cell that is made of a few numbers is written out in full. One that is a sum of hundreds is not taken apart term by
term in Python: its terms are multiplied in one go, the largest are picked, and the rest is said as a number.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from nnstep.catalogue import say
from nnstep.engine import Record, evaluate
from nnstep.language import Call, Entry, Expression, Name, substitute
from nnstep.ops import Array, Index, Shape, entries_read, evaluate_cell
from nnstep.program import Program, Step, cell, cell_size, infer
from nnstep.view.scene.display import Display
from nnstep.view.text.cell_arithmetic import CellLines, FormatNumber, cell_lines, hint_lines, rest
from nnstep.view.text.highlight import Lit, MatrixCell
from nnstep.view.text.matrix import cell_of

_WRITTEN_OUT = 200  # entries that a cell is made of, at most, for its arithmetic to be written out
_IN_ONE_GO = 40  # the same for a plain matrix product or sum, which can be worked on in one go
_LARGEST = 4  # terms of a longer sum that are shown


class Operands:
    """What the names of a step's displayed expression mean: values of the record, or inner parts computed on demand."""

    def __init__(self, program: Program, record: Record, step: Step, display: Display) -> None:
        self.program = program
        self.record = record
        self.step = step
        self.display = display
        self._slots = dict(step.operands)
        self._inner: dict[str, Array] = {}

    def value(self, name: str) -> Array:
        """A value that the step's own expression names."""
        return self.record.value(self._slots[name])

    def slot(self, name: str) -> int | None:
        """The slot of a name; None for an inner part."""
        return self._slots.get(name)

    def array(self, name: str) -> Array:
        """The numbers behind a displayed name."""
        if name not in self.display.inner:
            return self.value(name)
        if name not in self._inner:
            self._inner[name] = evaluate(self.display.inner[name], self.value)
        return self._inner[name]

    def shape(self, name: str) -> Shape:
        """The shape behind a displayed name."""
        inner = self.display.inner.get(name)
        if inner is not None:
            return infer(inner, self.shape)
        return self.program.values[self._slots[name]].shape

    def number(self, name: str, index: Index) -> float:
        """One entry; of an inner part that is large, only that entry is computed."""
        inner = self.display.inner.get(name)
        if inner is None or name in self._inner:
            return float(self.array(name)[index])
        if cell_size(inner, self.shape) > _WRITTEN_OUT:
            return float(self.array(name)[index])
        return evaluate_cell(cell(inner, self.shape, index), self.number)

    def original(self, leaf: Expression) -> Expression | None:
        """An entry of what is only another arrangement, xᵀ[0,1], as what it is: x[1,0]."""
        if isinstance(leaf, Entry) and leaf.name in self.display.inner:
            found = cell(self.display.inner[leaf.name], self.shape, leaf.index)
            return found if isinstance(found, Entry) else None
        return None


class Provenance:
    """One cell of what a step assigned: `index` in the value, as displayed by `operands.display`."""

    def __init__(self, operands: Operands, index: Index, result: float) -> None:
        self.operands = operands
        self.index = index
        self.result = result

    @cached_property
    def _tree(self) -> Expression | None:
        """The cell's arithmetic over the displayed operands; None where it is too long."""
        expression, operands = self.operands.display.expression, self.operands
        if cell_size(expression, operands.shape) > (_IN_ONE_GO if self._is_long_sum else _WRITTEN_OUT):
            return None
        return cell(expression, operands.shape, self.index)

    @cached_property
    def lit(self) -> dict[str, Lit]:
        """The lit cells of each displayed operand, in its picture."""
        if self._tree is not None:
            return _by_name(self._tree)
        return self._long_sum[1] if self._long_sum else {}

    @cached_property
    def lit_values(self) -> dict[int, Lit]:
        """The lit cells of values, by slot, inner arrangements followed to what they arrange."""
        found: dict[str, Lit] = {}
        if self._tree is not None:
            found = _by_name(substitute(self._tree, self.operands.original))
        elif self._long_sum:
            for name, lit in self._long_sum[1].items():
                inner = self.operands.display.inner.get(name)
                if isinstance(inner, Call) and inner.function == "transpose" and isinstance(inner.arguments[0], Name):
                    found[inner.arguments[0].id] = Lit(rows=lit.columns, columns=lit.rows)
                else:
                    found[name] = lit
        slots = {name: self.operands.slot(name) for name in found}
        return {slot: found[name] for name, slot in slots.items() if slot is not None}

    def lines(self, target: Entry, objective: str, said: FormatNumber, digits: int, width: int) -> CellLines:
        """The arithmetic in pieces; `said` is how its result is printed."""
        return cell_lines(target, self._shown, self.operands.number, self.result, objective, said, digits, width)

    def hints(self, name: str, objective: str, digits: int, hints: int) -> CellLines:
        """The arithmetic without its result, as far as hints go."""
        target = Entry(name, self.index)
        return hint_lines(target, self._shown, self.operands.number, objective, digits, hints)

    @property
    def _shown(self) -> Expression:
        """The arithmetic as it is written: in full, the largest terms of a long sum, or how large it is."""
        tree = self._tree if self._tree is not None else self._long_sum[0] if self._long_sum else Name(self._summary())
        return substitute(tree, self.operands.original)

    def _summary(self) -> str:
        size = cell_size(self.operands.display.expression, self.operands.shape)
        return say("cell.entries", count=f"{size:,}".replace(",", " "))

    @property
    def _is_long_sum(self) -> bool:
        match self.operands.display.expression:
            case Call("matmul" | "sum", arguments):
                return all(isinstance(argument, Name) for argument in arguments)
        return False

    @cached_property
    def _long_sum(self) -> tuple[Expression, dict[str, Lit]] | None:
        """A long matrix product or sum over operands: its largest terms and the rest, and which cells are lit."""
        match self.operands.display.expression:
            case Call("matmul", (Name(left), Name(right))):
                return self._product(left, right)
            case Call("sum", (Name(name),), options):
                return self._sum(name, dict(options).get("axis"))
        return None

    def _product(self, left: str, right: str) -> tuple[Expression, dict[str, Lit]]:
        a, b = self.operands.array(left), self.operands.array(right)
        row = self.index[:1] if a.ndim == 2 else ()
        column = self.index[len(self.index) - b.ndim + 1 :]
        terms = a[row] * (b[:, column[0]] if column else b)
        lit = {
            left: Lit(rows=range(row[0], row[0] + 1) if row else range(1), columns=range(len(terms))),
            right: _column(column, len(terms)),
        }

        def term(k: int) -> Expression:
            return Call("multiply", (Entry(left, (*row, k)), Entry(right, (k, *column))))

        return _largest_terms(terms, term), lit

    def _sum(self, name: str, axis: object) -> tuple[Expression, dict[str, Lit]] | None:
        array = self.operands.array(name)
        if array.ndim != 2 or axis != 0:
            return None
        column = self.index[-1:]
        terms = array[:, column[0]]
        return _largest_terms(terms, lambda k: Entry(name, (k, *column))), {name: _column(column, len(terms))}


def _column(column: Index, rows: int) -> Lit:
    """A column of a matrix; of a vector, whose picture is one row, all of it."""
    if column:
        return Lit(rows=range(rows), columns=range(column[0], column[0] + 1))
    return Lit(rows=range(1), columns=range(rows))


def _largest_terms(terms: Array, term: Callable[[int], Expression]) -> Expression:
    sizes = np.abs(terms)
    shown = sorted(np.argpartition(-sizes, _LARGEST)[:_LARGEST].tolist())
    left_out = float(terms.sum() - terms[shown].sum())
    total = term(shown[0])
    for k in shown[1:]:
        total = Call("add", (total, term(k)))
    return Call("add", (total, rest(len(terms) - len(shown), left_out)))


def _by_name(tree: Expression) -> dict[str, Lit]:
    found: dict[str, set[MatrixCell]] = {}
    for entry in entries_read(tree):
        found.setdefault(entry.name, set()).add(cell_of(entry.index))
    return {name: Lit.of(cells) for name, cells in found.items()}
