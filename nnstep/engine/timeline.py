"""The run as something that can be gone to anywhere: checkpoints between iterations, replay in between.

Replay runs the very calls of the first run on the very numbers, so it gives the same bits.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from nnstep.engine.machine import Machine, State
from nnstep.engine.record import Record, keep
from nnstep.engine.schedule import Place, Schedule, schedule
from nnstep.ops import Array
from nnstep.program import Program, compile_program, initial_states
from nnstep.scenario.model import Scenario

__all__ = ["Timeline", "initial_state"]


class Timeline:
    """Records of any iteration of a scenario's run.

    budget   bytes for checkpoints: when they would take more, every second one is dropped and the distance doubled
    records  how many of the last records asked for are kept
    """

    def __init__(self, scenario: Scenario, budget: int = 64 << 20, records: int = 32) -> None:
        self.scenario = scenario
        self.schedule: Schedule = schedule(scenario)
        self.losses: list[float] = []  # of the iterations done so far, in order; NaN where there is no objective
        self._budget = budget
        self._most_records = records
        self._records: OrderedDict[int, Record] = OrderedDict()
        self._machines: dict[int, Machine] = {}
        first = self.machine(self.schedule.place(1))
        self._start = initial_state(scenario, first)
        self._checkpoints: dict[int, State] = {0: self._start}
        self._every = 1
        self._last = self._start

    @property
    def iterations(self) -> int:
        """Iterations in the run."""
        return self.schedule.iterations

    def program(self, iteration: int) -> Program:
        """The program of an iteration: a last batch that is smaller has one of its own."""
        return self.machine(self.schedule.place(iteration)).program

    def record(self, iteration: int) -> Record:
        """The record of an iteration (from 1), replayed if need be. Raises IndexError outside the run."""
        place = self.schedule.place(iteration)
        if iteration in self._records:
            self._records.move_to_end(iteration)
            return self._records[iteration]
        machine = self._run_to(place)
        record = keep(machine.layout, machine.arena, iteration, place.epoch, place.batch, place.rows)
        self._records[iteration] = record
        while len(self._records) > self._most_records:
            self._records.popitem(last=False)
        return record

    def machine(self, place: Place) -> Machine:
        """The machine for batches of this size, with the constants in."""
        rows = len(place.rows)
        if rows not in self._machines:
            machine = Machine(compile_program(self.scenario, rows))
            for value in machine.program.values:
                if value.role == "constant":
                    machine.load_value(value.slot, self.scenario.constants[value.name])
            self._machines[rows] = machine
        return self._machines[rows]

    def scratch_machine(self, record: Record) -> Machine:
        """A new machine that stands where `record`'s iteration started, for trying out other numbers."""
        machine = Machine(record.program)
        np.copyto(machine.arena, record.arena)
        return machine

    def _run_to(self, place: Place) -> Machine:
        """Run from the nearest state kept up to and with this iteration; its machine then holds its values."""
        state = self._nearest(place.iteration - 1)
        with np.errstate(all="ignore"):
            while True:
                now = self.schedule.place(state.done + 1)
                machine = self.machine(now)
                machine.load_state(state)
                self._load_batch(machine, now.rows)
                machine.run()
                state = machine.state_after(now.iteration)
                self._done(machine, state)
                if now.iteration == place.iteration:
                    return machine

    def _nearest(self, done: int) -> State:
        reached = min(done, len(self.losses))
        mark = reached - reached % self._every
        return self._last if mark <= self._last.done <= done else self._checkpoints[mark]

    def _load_batch(self, machine: Machine, rows: tuple[int, ...]) -> None:
        data = self.scenario.data
        if data is not None:
            index = slice(rows[0], rows[-1] + 1) if not self.schedule.shuffle else list(rows)
            machine.load_batch(data.x[index], None if data.y is None else data.y[index])

    def _done(self, machine: Machine, state: State) -> None:
        """An iteration is done: remember its loss once, and the state after it."""
        self._last = state
        if state.done == len(self.losses) + 1:
            objective = machine.program.objective
            self.losses.append(np.nan if objective is None else float(machine.values[objective]))
        if state.done % self._every == 0:
            self._checkpoints[state.done] = state
            while len(self._checkpoints) * max(1, state.numbers.nbytes) > self._budget and len(self._checkpoints) > 2:
                self._every *= 2
                self._checkpoints = {mark: kept for mark, kept in self._checkpoints.items() if mark % self._every == 0}


def initial_state(scenario: Scenario, machine: Machine) -> State:
    """The state before the first iteration: the scenario's parameters, and the optimizer's states as it starts them."""
    program = machine.program
    given: dict[str, Array] = {parameter.name: parameter.value for parameter in scenario.parameters}
    starts = initial_states(scenario.optimizer) if scenario.optimizer is not None else {}
    for slot, _ in program.carried:
        value = program.values[slot]
        if value.role == "parameter":
            machine.load_value(slot, given[value.name])
        else:
            machine.load_value(slot, np.full(value.shape, starts[value.name.split("(", 1)[0]]))
    return machine.state_before(0)
