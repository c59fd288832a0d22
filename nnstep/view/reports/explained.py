"""One number explained: all that is told of it as one value, and that as plain data.

What `trace --explain` prints, as text and as a record, is drawn from the value alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnstep.debugger import Cell
from nnstep.debugger.answers.gradient_check import Checking, GradientCheck
from nnstep.debugger.provenance.origin import SUM, Origin, Use, uses
from nnstep.debugger.provenance.products import EntryChain, GradientPath, entry_chain
from nnstep.engine import Record
from nnstep.engine.difference import Search
from nnstep.language import Entry, Expression, Number, substitute, to_text
from nnstep.ops import Array, Index
from nnstep.program import Program, Step
from nnstep.view.lens.jacobian import RowJacobian, row_jacobian
from nnstep.view.panels.operation import OperationPanel, step_view
from nnstep.view.plots.histogram import distribution
from nnstep.view.reports.records import number_data, value_data
from nnstep.view.scene.moment import Moment
from nnstep.view.stepper import Stepper

_SECONDS = 4.0  # that the gradient check may take


@dataclass(frozen=True)
class BodyStep:
    """A step of a body, with the panel that shows it and the steps of its own body."""

    path: tuple[int, ...]
    target: str
    operation: str
    value: Array
    panel: OperationPanel
    body: tuple[BodyStep, ...]


@dataclass(frozen=True)
class Computed:
    """The step that computed a number, when it is done; `jacobian` is that of the number's row."""

    step: Step
    moment: Moment
    panel: OperationPanel
    body: tuple[BodyStep, ...]
    jacobian: RowJacobian | None


@dataclass(frozen=True)
class Explanation:
    """All that is told of one number.

    moment    the end of the iteration, with the number's cell chosen
    used      before its name means another value, as that of a parameter does after its update; `uses` are seen there
    chain     the chain rule for its gradient, or for itself where it is one; None where there is no gradient
    check     the gradient check of the same entry
    computed  None for what was there before the first step
    """

    moment: Moment
    cell: Cell
    value: float
    origin: Origin
    used: Moment
    uses: tuple[Use, ...]
    chain: EntryChain | None
    check: GradientCheck | None
    computed: Computed | None

    @property
    def record(self) -> Record:
        """The iteration's."""
        return self.moment.outer.record


def explanation(stepper: Stepper, name: str, index: Index) -> Explanation:
    """What is told of an entry; the stepper stands at the end of an iteration with the entry chosen."""
    session, record = stepper.session, stepper.session.record
    last, choice, program = session.position, stepper.choice, record.program
    value = program.values[program.versions[name][-1]]
    cell = Cell(value.slot, index)
    moment = _moment(stepper)
    session.go_to(last.iteration, used_until(program, name))
    used = _moment(stepper)
    assert used.at.cell is not None
    chain = check = None
    gradient = name if value.role in ("gradient", "contribution") else f"grad({name})"
    if gradient in program.versions:
        slot = program.versions[gradient][-1]
        chain = moment.outer.gallery.chain(record, slot, index, entry_chain)
        check = replace(Checking(Search(record, slot), index).advance(_SECONDS), done=True)  # nothing goes on from here
    computed = _computed(stepper, program.steps[value.step - 1]) if value.step else None
    session.go_to(*last)
    stepper.choice = choice
    return Explanation(
        moment,
        cell,
        float(record.value(value.slot)[index]),
        moment.outer.origin(cell),
        used,
        uses(record, used.at.cell),
        chain,
        check,
        computed,
    )


def used_until(program: Program, name: str) -> int:
    """The last step at which a name still means the value that steps use: of a parameter, that before its update."""
    update = program.values[program.versions[name][-1]].step
    return update - 1 if len(program.versions[name]) > 1 and update else len(program.steps)


def _moment(stepper: Stepper) -> Moment:
    """Where the stepper stands, with the lists in full."""
    stepper.choice = stepper.choice._replace(lens="step", picture="", full=True, row=-1)
    return stepper.moment()


def _computed(stepper: Stepper, step: Step) -> Computed:
    session = stepper.session
    session.go_to(session.position.iteration, step.index)
    moment = _moment(stepper)
    panel, jacobian, choice = step_view(moment), row_jacobian(moment), stepper.choice
    stepper.choice = choice._replace(name="")
    body = _body(stepper, (step.index,))
    stepper.choice = choice
    return Computed(step, moment, panel, body, jacobian)


def _body(stepper: Stepper, path: tuple[int, ...]) -> tuple[BodyStep, ...]:
    """The steps of a body, inwards; () for a primitive."""
    session = stepper.session
    found = []
    for index in range(1, session.size(path) + 1):
        inner = (*path, index)
        session.go_to(session.position.iteration, inner[0], inner[1:])
        frame, panel = session.stack()[-1], step_view(stepper.moment())
        assert frame.step is not None
        target, operation = frame.program.values[frame.step.target].name, frame.step.operation
        value = frame.record.value(frame.step.target)
        found.append(BodyStep(inner, target, operation, value, panel, _body(stepper, inner)))
    return tuple(found)


def as_data(found: Explanation) -> dict[str, Any]:
    """The record of an explanation; see `nnstep.view.reports.records` for how numbers are written."""
    record, program = found.record, found.record.program
    told: dict[str, Any] = {
        "record": "explain",
        "iteration": record.iteration,
        "cell": _written(program, found.cell),
        "value": number_data(found.value),
        "origin": _origin(record, found.origin),
        "uses": _uses(record, found.uses),
    }
    if found.computed is not None:
        told["step"] = _step(program, found.computed)
    if found.chain is not None and found.check is not None:
        told |= {"chain": _chain(program, found.chain), "check": _check(found.check)}
    told["histogram"] = _histogram(record.value(found.cell.slot))
    return told


def _written(program: Program, cell: Cell) -> str:
    return to_text(Entry(program.values[cell.slot].name, cell.index))


def _origin(record: Record, found: Origin) -> dict[str, Any] | None:
    """The terms of a cell; None for one that no step computed."""
    if found.step is None:
        return None
    program = record.program

    def number(node: Expression) -> Expression | None:
        if isinstance(node, Entry) and node != SUM:
            return Number(float(record.value(found.slots[node.name])[node.index]))
        return None

    terms = []
    for term in found.terms:
        told: dict[str, Any] = {"term": _text(term.expression), "numbers": _text(substitute(term.expression, number))}
        told |= {"value": number_data(term.value), "cells": [_written(program, one) for one in term.cells]}
        if term.label is not None:
            told[term.label[0]] = term.label[1]
        terms.append(told)
    outside = None if found.outside is None else _text(found.outside)
    return {
        "step": found.step.index,
        "equation": found.step.equation,
        "entries": found.too_large or sum(len(term.cells) for term in found.terms),
        "terms": terms,
        "outside": outside,
    }


def _text(expression: Expression) -> str:
    """An expression over cells in the language, with the names that cell rules have besides: total(…), largest(…)."""
    return to_text(expression)


def _uses(record: Record, found: Sequence[Use]) -> list[dict[str, Any]]:
    program = record.program
    return [
        {
            "step": use.step,
            "equation": program.steps[use.step - 1].equation,
            "cells": [_written(program, Cell(use.slot, index)) for index in use.indices],
            "values": [number_data(float(record.value(use.slot)[index])) for index in use.indices],
            "count": use.count,
        }
        for use in found
    ]


def _chain(program: Program, found: EntryChain) -> dict[str, Any]:
    return {
        "entry": _written(program, Cell(found.slot, found.index)),
        "stored": number_data(found.stored),
        "total": number_data(found.total),
        "paths": [_path(program, path) for path in found.paths],
    }


def _path(program: Program, path: GradientPath) -> dict[str, Any]:
    return {
        "values": [program.values[level.value].name for level in path.levels],
        "depending": [level.count for level in path.levels],
        "products": [
            {
                "indices": [list(at) for at in product.indices],
                "factors": [number_data(factor) for factor in product.factors],
                "value": number_data(product.value),
            }
            for product in path.products
        ],
        "total": number_data(path.total),
        "vanishing": sum(count for _, count in path.vanishing),
        "stored_top": path.stored_top,
    }


def _check(check: GradientCheck) -> dict[str, Any]:
    found, most = check.difference, check.worst
    corner = None
    if found.corner is not None:
        corner = {"step": found.corner.step, "value": found.corner.name, "index": list(found.corner.index)}
    points = () if check.sweep is None else check.sweep.points
    return {
        "analytic": number_data(found.analytic),
        "numeric": number_data(found.numeric),
        "below": number_data(found.below),
        "above": number_data(found.above),
        "error": number_data(found.error),
        "verdict": found.verdict,
        "corner": corner,
        "sweep": [[point.width, number_data(point.numeric), number_data(point.error)] for point in points],
        "worst": {
            "index": list(most.difference.index),
            "error": number_data(most.difference.error),
            "verdict": most.difference.verdict,
            "checked": most.checked,
            "corners": [list(one.index) for one in most.corners],
        },
    }


def _histogram(array: Array) -> dict[str, Any]:
    """How a value's entries are distributed, as its picture has it."""
    found = distribution(array, 20)
    return {"low": number_data(found.low), "high": number_data(found.high), "counts": list(found.counts)}


def _step(program: Program, found: Computed) -> dict[str, Any]:
    """The step that computed a value: what is said of it, its body, and the Jacobian of the row."""
    step, matrix = found.step, found.jacobian
    told: dict[str, Any] = {
        "step": step.index,
        "phase": step.phase,
        "equation": step.equation,
        "sentences": list(found.panel.sentences),
        "body": [_body_data(one) for one in found.body],
    }
    if matrix is not None and matrix.found is not None and matrix.found.matrix is not None:
        of = program.values[matrix.step.target].name
        told["jacobian"] = {"of": of, "input": matrix.operand, "row": matrix.row}
        told["jacobian"]["matrix"] = value_data(matrix.found.matrix)
    return told


def _body_data(one: BodyStep) -> dict[str, Any]:
    """A step of a body with its numbers, and those of its own body where it has one."""
    told = {"step": ".".join(map(str, one.path)), "target": one.target, "operation": one.operation}
    body = [_body_data(inner) for inner in one.body]
    return {**told, "value": value_data(one.value)} | ({"body": body} if body else {})
