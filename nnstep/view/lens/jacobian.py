"""The Jacobian of one row: how each entry of a row of the result depends on each entry of the row that went in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.debugger.provenance.jacobian import Jacobian, jacobian
from nnstep.program import Step
from nnstep.view.lens.lens_panel import of_block
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.scene import Scene
from nnstep.view.scene.values import ShownMatrix, matrix_block
from nnstep.view.text.blocks import Block, Draw, blank, lines_block, stack, wrap
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.highlight import Lit
from nnstep.view.text.matrix import MatrixView
from nnstep.view.text.numbers import plain
from nnstep.view.text.symbols import label


class RowJacobian(NamedTuple):
    """The Jacobian of row `row` of what `step` assigns, for its operand `operand`; the reason where it has none."""

    step: Step
    row: int
    operand: str
    found: Jacobian | None


def row_jacobian(moment: Moment) -> RowJacobian | None:
    """That of the chosen row, for the first input that has one.

    The step is the current one, or the one that the current derivative rule is of; None where there is none such.
    """
    scene, step = moment.inner, moment.inner.step
    if step is not None and step.source:
        step = scene.program.steps[step.source - 1]
    elif step is None or step.phase not in ("forward", "body"):
        return None
    if step.index > scene.now:
        return None
    row = scene.cursor[0] if moment.at is scene and scene.cell is not None else 0
    shape = scene.program.values[step.target].shape
    row = min(row, shape[0] - 1) if len(shape) == 2 else 0
    return RowJacobian(step, row, *_first(scene, step, row))


def jacobian_view(moment: Moment) -> Draw:
    """That of a moment's chosen row."""
    return jacobian_draw(moment, row_jacobian(moment))


def jacobian_draw(moment: Moment, told: RowJacobian | None) -> Draw:
    """The matrix and what it says, or why there is none."""
    if told is None:
        return of_block(lambda width, height: wrap(say("lens.jacobian.none"), width, "dim"))
    return of_block(lambda width, height: _block(moment.inner, told, width, height))


def _first(scene: Scene, step: Step, row: int) -> tuple[str, Jacobian | None]:
    """The Jacobian for the first operand that has one, or the first reason why there is none."""
    reason: Jacobian | None = None
    for name, slot in step.operands:
        found = jacobian(scene.record, step, slot, row)
        if found.matrix is not None:
            return name, found
        reason = reason or found
    return "", reason


def _block(scene: Scene, told: RowJacobian, width: int, height: int) -> Block:
    step, row, operand, found = told
    out = scene.program.values[step.target]
    name = label(out.name, scene.objective)
    if found is None or found.matrix is None:
        reason = found.reason if found is not None else "input"
        return wrap(say(f"lens.jacobian.{reason}", name=name), width, "dim")
    name, given = (one if " " not in one else f"({one})" for one in (name, label(operand, scene.objective)))
    of, by = (f"{name}[{row},k]", f"{given}[{row},i]") if len(out.shape) == 2 else (f"{name}[k]", f"{given}[i]")
    title: Line = (Piece(f"∂{of}/∂{by}", "name"), Piece("   " + say("lens.jacobian.axes"), "dim"))
    matrix = found.matrix
    view = MatrixView("", "J", "name", matrix.shape, matrix, scene.gallery.digits)
    column = scene.cursor[1] if scene.cell is not None and scene.cell.slot == step.target else None
    lit = Lit(rows=range(column, column + 1), columns=range(view.columns)) if column is not None else Lit()
    lines = [wrap(_sentence(matrix, step, name, given), width, "dim")]
    numbers = matrix_block(ShownMatrix(view, None, lit), width, max(3, height - 5))
    return stack([lines_block([title]), blank(), numbers._replace(hits=()), blank(), *lines])


def _sentence(matrix: object, step: Step, name: str, given: str) -> str:
    """What the matrix says: diagonal where the operation works entry by entry, full where it mixes."""
    array = np.asarray(matrix)
    if step.operation == "softmax" and not array.any():
        return say("lens.jacobian.saturated", name=name)
    square = array.shape[0] == array.shape[1]
    if square and np.count_nonzero(array) == np.count_nonzero(np.diag(array)):
        return say("lens.jacobian.diagonal", name=name, given=given)
    with np.errstate(invalid="ignore", over="ignore"):
        sums = array.sum(axis=1)
    if step.operation == "softmax":
        return say("lens.jacobian.softmax", name=name, most=plain(float(np.abs(sums).max()), 1))
    return say("lens.jacobian.full", name=name, given=given)
