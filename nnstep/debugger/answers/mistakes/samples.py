"""Where the samples are in a program: how many there are, and which values have one in each row."""

from __future__ import annotations

from nnstep.engine import Record
from nnstep.language import Call
from nnstep.program import Program, Step


def predictions(program: Program) -> list[int]:
    """The values that the forward steps make single numbers of: what goes into a loss, or into a mean or a sum."""
    if program.objective is None:
        return []
    single = [step for step in program.steps if step.phase == "forward" and not program.values[step.target].shape]
    return [slot for step in single for _, slot in step.operands if program.values[slot].shape]


def sample_count(program: Program) -> int:
    """How many samples a pass has: the rows of the data or, without data, of what goes into the loss."""
    if program.rows > 1:
        return program.rows
    found = [program.values[slot].shape[0] for slot in predictions(program)]
    return max(found, default=1)


def row_by_row(record: Record) -> frozenset[str]:
    """The names of the forward values that have a sample in each row.

    Found from the loss backwards: what a value with samples in its rows is made of has them there too, but for what is
    multiplied with it from the right and what is repeated for all of them.
    """
    program = record.program
    count = sample_count(program)
    found = {slot for slot in predictions(program) if program.values[slot].shape[0] == count}
    for step in reversed(program.steps):
        if step.phase == "forward" and step.target in found:
            found |= {slot for slot in _from_the_left(step) if program.values[slot].shape[:1] == (count,)}
    return frozenset(
        program.values[slot].name for slot in found if program.values[slot].role not in ("parameter", "state")
    )


def _from_the_left(step: Step) -> list[int]:
    slots = [slot for _, slot in step.operands]
    if isinstance(step.expression, Call) and step.expression.function == "matmul":
        return slots[:1]
    return slots


def before_parameters(record: Record) -> list[int]:
    """The forward values after which no trainable parameter comes in: what may be called the output.

    In the order of the program, without the loss itself.
    """
    program = record.program
    forward = [step for step in program.steps if step.phase == "forward"]
    found = []
    for value in program.values:
        if value.role in ("activation", "unnamed") and value.slot != program.objective and value.shape:
            reached = {value.slot}
            own = True
            for step in forward:
                slots = {slot for _, slot in step.operands}
                if slots & reached:
                    reached.add(step.target)
                    own = own and not any(program.values[slot].role == "parameter" for slot in slots - reached)
            if own and program.objective in reached:
                found.append(value.slot)
    return found
