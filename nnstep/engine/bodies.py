"""A step opened: its body run on the very numbers that the step worked on."""

from __future__ import annotations

import numpy as np

from nnstep.engine.machine import Machine
from nnstep.engine.record import Record
from nnstep.program import Body


def run_body(record: Record, body: Body) -> Record:
    """The record of a step's body, for the step of `record` that it belongs to.

    The value it ends with is the step's own up to rounding, since a kernel may add up in another order.
    """
    machine = Machine(body.program)
    for inside, outside in body.inputs.items():
        machine.load_value(inside, record.value(outside))
    with np.errstate(all="ignore"):
        machine.run()
    return Record(machine.layout, machine.keep(), record.place)
