"""The run as something that can be gone to anywhere: checkpoints between iterations, replay in between.

Replay runs the very calls of the first run on the very numbers, so it gives the same bits.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from nnstep.engine.machine import Machine, State
from nnstep.engine.record import Record
from nnstep.engine.schedule import Place, Schedule, schedule
from nnstep.errors import NnstepError
from nnstep.ops import Array
from nnstep.program import Program, compile_program, initial_states
from nnstep.scenario.model import Scenario

__all__ = ["Timeline", "compile_run", "initial_state"]

_EVERY = 16  # iterations between checkpoints, to begin with: copying the state then takes little of their time
_CHECKPOINTS = 1_000  # at most
_RECORDS = 256 << 20  # bytes of records kept


class Timeline:
    """Records of any iteration of a scenario's run.

    budget   bytes for checkpoints: when they would take more, every second one is dropped and the distance doubled
    records  how many of the last records asked for are kept, at most; fewer where they are large
    """

    def __init__(self, scenario: Scenario, budget: int = 64 << 20, records: int = 32) -> None:
        """Compile the scenario. Raises NnstepError with every problem found."""
        self.scenario = scenario
        self.schedule: Schedule = schedule(scenario)
        self.losses: list[float] = []  # of the iterations done so far, in order; NaN where there is no objective
        self._programs = compile_run(scenario)
        samples = (None, None) if scenario.data is None else (scenario.data.x, scenario.data.y)
        self._data = {name: array for name, array in zip("xy", samples, strict=True) if array is not None}
        self._machines: dict[int, list[Machine]] = {size: [] for size in self._programs}
        self._records: OrderedDict[int, Record] = OrderedDict()
        machine = self._free_machine(self.schedule.place(1))
        start = initial_state(scenario, machine)
        self._most_records = max(1, min(records, _RECORDS // max(1, machine.arena.nbytes)))
        self._checkpoints: dict[int, State] = {0: start}
        self._most_checkpoints = max(2, min(_CHECKPOINTS, budget // max(1, start.numbers.nbytes)))
        self._every = _EVERY
        self._ran: tuple[int, Machine] | None = None  # the iteration run last, by the machine that has its values

    @property
    def iterations(self) -> int:
        """Iterations in the run."""
        return self.schedule.iterations

    def program(self, iteration: int) -> Program:
        """The program of an iteration: a last batch that is smaller has one of its own."""
        return self._programs[self.schedule.place(iteration).size]

    def record(self, iteration: int) -> Record:
        """The record of an iteration (from 1), replayed if need be. Raises IndexError outside the run."""
        if iteration in self._records:
            self._records.move_to_end(iteration)
            return self._records[iteration]
        place = self.schedule.place(iteration)
        machine = self._run_to(place)
        record = Record(machine.layout, machine.keep(), iteration, place.epoch, place.batch, place.rows)
        self._records[iteration] = record
        if len(self._records) > self._most_records:
            self._records.popitem(last=False)
        return record

    def scratch_machine(self, record: Record) -> Machine:
        """A new machine that stands where `record`'s iteration started, for trying out other numbers."""
        machine = Machine(record.program)
        np.copyto(machine.arena, record.arena)
        return machine

    @np.errstate(all="ignore")
    def _run_to(self, place: Place) -> Machine:
        """Run up to and with an iteration, from where the last run ended or the nearest checkpoint before."""
        checkpoint = self._nearest(place.iteration - 1)
        done, machine = self._ran if self._ran is not None else (-1, None)
        if not checkpoint.done <= done <= place.iteration:
            done, machine = checkpoint.done, None
        self._ran = None  # while numbers are half changed
        for number in range(done + 1, place.iteration + 1):
            now = place if number == place.iteration else self.schedule.place(number)
            previous, machine = machine, self._free_machine(now, machine)
            if previous is None:
                machine.load_state(checkpoint)
            else:
                machine.follow(previous, number)
            machine.load_batch(self._data, now)
            machine.run()
            self._done(machine, number)
        assert machine is not None
        self._ran = (place.iteration, machine)
        return machine

    def _free_machine(self, place: Place, preferred: Machine | None = None) -> Machine:
        """A machine for a batch of this size whose numbers nobody has: the preferred one if it may be."""
        if preferred is not None and preferred.program.rows == place.size and not preferred.lent:
            return preferred
        machines = self._machines[place.size]
        for machine in machines:
            if not machine.lent:
                return machine
        machines.append(Machine(self._programs[place.size], self.scenario.constants))
        return machines[-1]

    def _nearest(self, done: int) -> State:
        reached = min(done, len(self.losses))
        return self._checkpoints[reached - reached % self._every]

    def _done(self, machine: Machine, iteration: int) -> None:
        """An iteration is done: remember its loss once, and at some distance from each other the states after it."""
        if iteration > len(self.losses):
            objective = machine.program.objective
            self.losses.append(np.nan if objective is None else float(machine.values[objective]))
            if iteration % self._every == 0:
                self._checkpoints[iteration] = machine.state_after(iteration)
                if len(self._checkpoints) > self._most_checkpoints:
                    self._every *= 2
                    self._checkpoints = {at: state for at, state in self._checkpoints.items() if at % self._every == 0}


def compile_run(scenario: Scenario) -> dict[int, Program]:
    """The programs of a run by the size of their batch: one, or two where the last batch of an epoch is smaller.

    Raises NnstepError with every problem found.
    """
    plan = schedule(scenario)
    program = compile_program(scenario)
    programs = {program.rows: program}
    if plan.rest:
        try:
            programs[plan.rest] = compile_program(scenario, plan.rest)
        except NnstepError as error:
            said = f"in the last batch of an epoch, of {plan.rest} instead of {program.rows} samples: "
            raise NnstepError(one._replace(message=said + one.message) for one in error.problems) from None
    return programs


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
