"""One number explained as plain data: where it comes from, what uses it, the chain rule for it, and its check."""

from __future__ import annotations

from typing import Any

from nnstep.debugger import Cell
from nnstep.debugger.provenance.jacobian import jacobian
from nnstep.debugger.provenance.origin import SUM, origin, uses
from nnstep.debugger.provenance.products import GradientPath, entry_chain
from nnstep.engine import Record
from nnstep.engine.difference import difference, sweep, worst
from nnstep.language import Call, Entry, Expression, Number, substitute, to_text
from nnstep.ops import Array, Index
from nnstep.program import Program, Value
from nnstep.view.plots.histogram import distribution
from nnstep.view.reports.records import number_data, value_data
from nnstep.view.sentences.clamp import of_clamps
from nnstep.view.sentences.step import sentences
from nnstep.view.stepper import Stepper

__all__ = ["as_data"]


def as_data(stepper: Stepper, name: str, index: Index) -> dict[str, Any]:
    """The record of an entry at the end of an iteration."""
    record = stepper.session.record
    program = record.program
    value = program.values[program.versions[name][-1]]
    cell = Cell(value.slot, index)
    found: dict[str, Any] = {
        "record": "explain",
        "iteration": record.iteration,
        "cell": _written(program, cell),
        "value": number_data(float(record.value(value.slot)[index])),
        "origin": _origin(record, cell),
        "uses": _uses(record, Cell(program.versions[name][0], index)),
    }
    if value.step:
        found["step"] = _step(stepper, value)
    gradient = name if value.role in ("gradient", "contribution") else f"grad({name})"
    if gradient in program.versions:
        slot = program.versions[gradient][-1]
        found["chain"] = _chain(record, slot, index)
        found["check"] = _check(record, slot, index)
    found["histogram"] = _histogram(record.value(value.slot))
    return found


def _written(program: Program, cell: Cell) -> str:
    return to_text(Entry(program.values[cell.slot].name, cell.index))


def _origin(record: Record, cell: Cell) -> dict[str, Any] | None:
    """The terms of a cell; None for one that no step computed."""
    found = origin(record, cell)
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


def _uses(record: Record, cell: Cell) -> list[dict[str, Any]]:
    program = record.program
    return [
        {
            "step": use.step,
            "equation": program.steps[use.step - 1].equation,
            "cells": [_written(program, Cell(use.slot, index)) for index in use.indices],
            "count": use.count,
        }
        for use in uses(record, cell)
    ]


def _chain(record: Record, slot: int, index: Index) -> dict[str, Any]:
    found = entry_chain(record, slot, index)
    return {
        "entry": _written(record.program, Cell(slot, index)),
        "stored": number_data(found.stored),
        "total": number_data(found.total),
        "paths": [_path(record.program, path) for path in found.paths],
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


def _check(record: Record, slot: int, index: Index) -> dict[str, Any]:
    found, most = difference(record, slot, index), worst(record, slot)
    corner = None
    if found.corner is not None:
        corner = {"step": found.corner.step, "value": found.corner.name, "index": list(found.corner.index)}
    return {
        "analytic": number_data(found.analytic),
        "numeric": number_data(found.numeric),
        "below": number_data(found.below),
        "above": number_data(found.above),
        "error": number_data(found.error),
        "verdict": found.verdict,
        "corner": corner,
        "sweep": [
            [point.width, number_data(point.numeric), number_data(point.error)]
            for point in sweep(record, slot, index).points
        ],
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


def _step(stepper: Stepper, value: Value) -> dict[str, Any]:
    """The step that computed a value: what is said of it, its body, and the Jacobian of its first row."""
    record, session = stepper.session.record, stepper.session
    program = record.program
    step = program.steps[value.step - 1]
    found: dict[str, Any] = {
        "step": step.index,
        "phase": step.phase,
        "equation": step.equation,
        "sentences": [
            *sentences(program, step, stepper.gallery.objective),
            *of_clamps(record, step, stepper.gallery.objective),
        ],
        "body": _body(stepper, (step.index,)),
    }
    session.go_to(record.iteration, len(program.steps))
    if step.phase == "forward" and isinstance(step.expression, Call):
        for _, slot in step.operands:
            matrix = jacobian(record, step, slot, 0).matrix
            if matrix is not None:
                found["jacobian"] = {"input": program.values[slot].name, "row": 0, "matrix": value_data(matrix)}
                break
    return found


def _body(stepper: Stepper, path: tuple[int, ...]) -> list[dict[str, Any]]:
    """The steps of a body with their numbers, and theirs; [] for a primitive."""
    session = stepper.session
    lines = []
    for index in range(1, session.size(path) + 1):
        inner = (*path, index)
        session.go_to(session.position.iteration, inner[0], inner[1:])
        frame = session.stack()[-1]
        step = frame.step
        assert step is not None
        told = {"step": ".".join(map(str, inner)), "target": frame.program.values[step.target].name}
        told |= {"operation": step.operation, "value": value_data(frame.record.value(step.target))}
        body = _body(stepper, inner)
        lines.append({**told, "body": body} if body else told)
    return lines
