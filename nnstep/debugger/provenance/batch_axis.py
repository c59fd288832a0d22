"""Which axis of a value runs over the samples of the batch, so that a sum over them can be said to be one."""

from __future__ import annotations

from nnstep.memo import memoized
from nnstep.program import Program, Shape, Step, reached_boxes


@memoized()
def sample_axes(program: Program) -> dict[int, frozenset[int]]:
    """For each slot the axes along which position k belongs to sample k of the batch; slots without any are left out.

    Followed from the data through the steps: where what is sample 0 in an operand goes into position 0 of an axis and
    nowhere else, that axis is one. A batch of one sample has none, as there is nothing to tell apart.
    """
    rows = program.rows
    found: dict[int, frozenset[int]] = {}
    if rows < 2:
        return found
    for value in program.values:
        if value.role == "data" and value.shape[:1] == (rows,):
            found[value.slot] = frozenset({0})
    for step in program.steps:
        axes = _axes(program, step, found)
        if axes:
            found[step.target] = axes
    return found


def _axes(program: Program, step: Step, known: dict[int, frozenset[int]]) -> frozenset[int]:
    out = program.values[step.target].shape
    candidates = [axis for axis, size in enumerate(out) if size == program.rows]
    axes: set[int] = set()
    if not candidates or not any(slot in known for _, slot in step.operands):
        return frozenset()
    slots = dict(step.operands)

    def shape_of(name: str) -> Shape:
        return program.values[slots[name]].shape

    for name, slot in step.operands:
        for own in known.get(slot, ()):
            first = tuple(range(1) if axis == own else range(size) for axis, size in enumerate(shape_of(name)))
            boxes = reached_boxes(step.expression, shape_of, name, (first,))
            axes |= {axis for axis in candidates if boxes and all(box[axis] == range(1) for box in boxes)}
    return frozenset(axes)
