"""Where a cell's number comes from, and where it goes: the cells that made it, and the cells that it makes.

Values without a name of their own (`x @ W1` in `x @ W1 + b1`) are followed through, both ways, so that the two are each
other's inverse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from nnstep.debugger.provenance.batch_axis import sample_axes
from nnstep.debugger.provenance.cell import Cell
from nnstep.debugger.provenance.inlining import MOST_ENTRIES, Inlined, always_inlined, inlined, shape_in
from nnstep.engine import Record
from nnstep.language import Call, Entry, Expression, Number
from nnstep.ops import Index, entries_read, evaluate_cell
from nnstep.program import Program, Step, cell, reached

SUM = Entry("Σ", ())  # the sum of the terms, in Origin.outside


class Term(NamedTuple):
    """One summand of a cell.

    expression  over Entry leaves, its sign included
    value       what it comes to
    cells       the cells that it reads, each once, in order
    label       ("sample", position in the batch) when the sum runs over the samples of the batch, ("path", name of the
                contribution) when it adds the contributions of several paths, else None
    """

    expression: Expression
    value: float
    cells: tuple[Cell, ...]
    label: tuple[str, int | str] | None = None


class Origin(NamedTuple):
    """How a cell came about.

    step       that assigned it; None for what was there before the first step
    tree       its whole arithmetic over Entry leaves; None for a given value and where it is too large
    terms      the summands of the sum it is; a single one where it is no sum; () where there is no tree
    outside    how the sum of the terms, `SUM`, becomes the cell, as in Σ / 12; None where the sum is the cell
    slots      the slot of each leaf's name
    result     the number as it is stored
    too_large  about how many entries it is made of, where no tree is built for their number, else 0
    """

    cell: Cell
    step: Step | None
    tree: Expression | None
    terms: tuple[Term, ...]
    outside: Expression | None
    slots: dict[str, int]
    result: float
    too_large: int


@dataclass(frozen=True)
class Use:
    """The cells of one step that read a cell.

    step     the step's index
    slot     that it assigns
    indices  the first of the cells, in reading order
    count    how many there are in all
    """

    step: int
    slot: int
    indices: tuple[Index, ...]
    count: int


def origin(record: Record, cell: Cell) -> Origin:
    """Where a cell of the record comes from. Raises IndexError for a cell that is not there."""
    program = record.program
    result = float(record.value(cell.slot)[cell.index])
    index = program.values[cell.slot].step
    if not index:
        return Origin(cell, None, None, (), None, {}, result, 0)
    step = program.steps[index - 1]
    made = inlined(program, step)
    if made.size > MOST_ENTRIES:
        return Origin(cell, step, None, (), None, made.slots, result, made.size)
    tree = _arithmetic(program, made, cell.index)
    summed, outside = _sum_inside(tree)
    parts = _summands(summed) if summed is not None else [tree]
    lookup = _lookup(record, made)
    read = [tuple(Cell(made.slots[one.name], one.index) for one in entries_read(part)) for part in parts]
    labels = _labels(program, step, read)
    terms = tuple(
        Term(part, _value(part, lookup), cells, label) for part, cells, label in zip(parts, read, labels, strict=True)
    )
    return Origin(cell, step, tree, terms, outside, made.slots, result, 0)


def _arithmetic(program: Program, made: Inlined, index: Index) -> Expression:
    return cell(made.expression, shape_in(program, made.slots), index)


def _lookup(record: Record, made: Inlined) -> Callable[[str, Index], float]:
    values = {name: record.value(slot) for name, slot in made.slots.items()}
    return lambda name, index: float(values[name][index])


def _value(term: Expression, lookup: Callable[[str, Index], float]) -> float:
    """What a term comes to; the products and squares that long sums are made of in a tenth of the time."""
    match term:
        case Entry(name, index):
            return lookup(name, index)
        case Number(value):
            return value
        case Call("multiply", (left, right)):
            return _value(left, lookup) * _value(right, lookup)
        case Call("add", (left, right)):
            return _value(left, lookup) + _value(right, lookup)
        case Call("subtract", (left, right)):
            return _value(left, lookup) - _value(right, lookup)
        case Call("negative", (inner,)):
            return -_value(inner, lookup)
        case Call("power", (base, Number(2))):
            number = _value(base, lookup)
            return number * number
    return evaluate_cell(term, lookup)


_SUMS = ("total", "add", "subtract")


def _sum_inside(tree: Expression) -> tuple[Expression | None, Expression | None]:
    """The outermost sum that alone decides the cell, and how the cell comes from it; (None, None) where there is none.

    In `total / 3` and in tanh(total + b) it is the sum, in total * h it is not: h decides as well.
    """
    around: list[tuple[Call, int]] = []
    node = tree
    while isinstance(node, Call):
        if node.function in _SUMS and len(node.arguments) > 1:
            outside: Expression = SUM
            for call, position in reversed(around):
                arguments = (*call.arguments[:position], outside, *call.arguments[position + 1 :])
                outside = Call(call.function, arguments, call.options)
            return node, outside if around else None
        varying = [position for position, argument in enumerate(node.arguments) if entries_read(argument)]
        if len(varying) != 1:
            break
        around.append((node, varying[0]))
        node = node.arguments[varying[0]]
    return None, None


def _summands(tree: Expression) -> list[Expression]:
    """The parts that add up to the tree, in order, each with its sign.

    A `total` runs over the entries of an axis, so what it adds up are terms, whatever they are made of.
    """
    found: list[Expression] = []
    stack: list[tuple[Expression, bool]] = [(tree, False)]
    while stack:
        node, minus = stack.pop()
        match node:
            case Call("total", arguments):
                found += [Call("negative", (argument,)) if minus else argument for argument in arguments]
            case Call("add", (left, right)):
                stack += [(right, minus), (left, minus)]
            case Call("subtract", (left, right)):
                stack += [(right, not minus), (left, minus)]
            case Call("negative", (Call("total" | "add" | "subtract" | "negative") as inner,)):
                stack.append((inner, not minus))
            case _:
                found.append(Call("negative", (node,)) if minus else node)
    return found


def _labels(program: Program, step: Step, terms: list[tuple[Cell, ...]]) -> list[tuple[str, int | str] | None]:
    if step.operation == "add" and step.phase == "backward" and not step.source:
        return [("path", program.values[cells[0].slot].name) if cells else None for cells in terms]
    shortest = min(map(len, terms))
    if len(terms) > 1 and shortest:
        axes = sample_axes(program)
        for position in range(shortest):
            at = [cells[position] for cells in terms]
            for axis in axes.get(at[0].slot, ()):
                samples = [one.index[axis] for one in at] if len({one.slot for one in at}) == 1 else []
                if len(set(samples)) > 1:
                    return [("sample", sample) for sample in samples]
    return [None] * len(terms)


def uses(record: Record, cell: Cell, most: int = 1000) -> tuple[Use, ...]:
    """The cells of later steps, in any phase, that read a cell, step by step: at most `most` of them are listed.

    A cell is in the uses of another exactly where the other is among the cells of its origin. The steps of a value
    without a name are left out where they are followed through; the uses of such a value are those of its own steps.
    """
    program = record.program
    not_led_to = always_inlined(program)
    keep = {cell.slot} & not_led_to
    reading = {cell.slot}  # with the unnamed values that are made of it
    found = []
    for step in program.steps[program.values[cell.slot].step :]:
        if reading.isdisjoint(slot for _, slot in step.operands):
            continue
        if program.values[step.target].role == "unnamed":
            reading.add(step.target)
        if step.target in not_led_to:
            continue
        made = inlined(program, step, keep)
        name = next((name for name, slot in made.slots.items() if slot == cell.slot), None)
        if name is None:
            continue
        cells = reached(made.expression, shape_in(program, made.slots), name, cell.index, most)
        if cells.count:
            found.append(Use(step.index, step.target, cells.indices, cells.count))
            most -= len(cells.indices)
    return tuple(found)
