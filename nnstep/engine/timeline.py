"""The run as something that can be gone to anywhere: checkpoints between iterations, replay in between.

Replay runs the very calls of the first run on the very numbers, so it gives the same bits.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import takewhile

import numpy as np

from nnstep.engine.arena_layout import layout
from nnstep.engine.checkpoints import Checkpoints, Segment, distance
from nnstep.engine.eras import Era, eras
from nnstep.engine.history import History
from nnstep.engine.machine import Each, Machine, State
from nnstep.engine.record import Record
from nnstep.engine.runner import Runner
from nnstep.engine.scheduling import Schedule, schedule
from nnstep.errors import RunError
from nnstep.ops import Array
from nnstep.program import Program
from nnstep.scenario.model import Scenario

BUDGET = 64 << 20  # bytes of states, unless asked for otherwise
_RECORDS = 128 << 20  # bytes of records kept


class Timeline:
    """Records of any iteration of a scenario's run, with its edits.

    budget   bytes of states: one half is for checkpoints, whose distance follows from it, the other half for what the
             parts that were replayed last have left. Two checkpoints and two states of a part are kept in any case.
    records  how many of the last records asked for are kept, at most; fewer where they are large

    Going to an iteration that was reached before takes at most as many iterations as checkpoints are apart, and a
    record. Steps back from there take one iteration and one record each, as long as all the states of that part fit.
    """

    def __init__(
        self, scenario: Scenario, budget: int = BUDGET, records: int = 32, parent: Timeline | None = None
    ) -> None:
        """Compile the scenario. Raises NnstepError with every problem found.

        `parent` is the run of the same scenario with other edits: what both have in common is taken over.
        """
        self.scenario = scenario
        self.schedule: Schedule = schedule(scenario)
        self.budget = budget
        self.history = History()  # losses of the iterations done so far; NaN where there is no objective
        self.eras: tuple[Era, ...] = eras(scenario, parent.eras if parent is not None else ())
        self._stores: list[Checkpoints | None] = [None] * len(self.eras)
        self._segments: list[tuple[Era, Segment]] = []
        self._runner, self._glancer = Runner(self, self.schedule), Runner(self, self.schedule)
        self._records: OrderedDict[int, Record] = OrderedDict()  # no memo: whether one is there is asked, too
        first = self.eras[0]
        numbers = layout(self.program(1)).size
        self._every = distance(numbers)
        self._most_records = max(1, min(records, _RECORDS // (8 * numbers + 1)))
        if parent is not None:
            self._take_over(parent)
        if self._stores[0] is None:
            self.begin(first, first.start(Machine(self.program(1)), None))

    # What can be asked of it.

    @property
    def iterations(self) -> int:
        """Iterations in the run."""
        return self.schedule.iterations

    @property
    def reached(self) -> int:
        """Iterations that were done so far, at least once."""
        return self.history.count

    @property
    def nbytes(self) -> int:
        """Bytes of all states that are kept."""
        stores = sum(store.nbytes for store in self._stores if store is not None)
        return stores + sum(segment.nbytes for _, segment in self._segments)

    def every(self, iteration: int) -> int:
        """How many iterations checkpoints are apart, where `iteration` is."""
        store = self._stores[self.era(iteration).number]
        return store.every if store is not None else self._every

    def era(self, iteration: int) -> Era:
        """The part of the run between edits that an iteration is in."""
        for era in reversed(self.eras):
            if era.first <= iteration:
                return era
        return self.eras[0]

    def program(self, iteration: int) -> Program:
        """The program of an iteration: a last batch that is smaller has one of its own. Raises IndexError outside."""
        return self.era(iteration).programs[self.schedule.place(iteration).size]

    def record(self, iteration: int) -> Record:
        """The record of an iteration (from 1), replayed if need be. Raises IndexError outside the run."""
        if iteration in self._records:
            self._records.move_to_end(iteration)
            return self._records[iteration]
        place = self.schedule.place(iteration)
        numbers = self._kept(iteration)
        if numbers is None:
            machine = self._run_to(iteration)
            form, numbers = machine.layout, machine.keep()
        else:
            form = layout(self.program(iteration))
        record = Record(form, numbers, place)
        self._records[iteration] = record
        if len(self._records) > self._most_records:
            self._records.popitem(last=False)
        return record

    def holds(self, iteration: int) -> bool:
        """Whether the record of an iteration is there, so that nothing has to be run for it."""
        return iteration in self._records

    def glance(self, iteration: int) -> Record:
        """The record of an iteration that was reached, only to be looked at: the next glance writes over its numbers.

        It is not kept, and the run goes on from where it was. Raises IndexError outside of what was reached.
        """
        if iteration in self._records:
            return self._records[iteration]
        if not 1 <= iteration <= self.reached:
            raise IndexError(iteration)
        place, runner = self.schedule.place(iteration), self._glancer
        state = self._nearest(iteration - 1)
        if not state.done <= runner.done < iteration:
            runner.stand(state)
        runner.go(iteration)
        machine = runner.machine
        assert machine is not None
        return Record(machine.layout, machine.look(), place)

    def samples(self, most: int) -> tuple[int, ...]:
        """At most about `most` iterations spread evenly over those reached, in order, the last one among them.

        They are those right after checkpoints where those are near enough, so that a glance at each is quick, and
        mostly the same ones again when more iterations are reached.
        """
        step = 1
        while self.reached > step * most:
            step *= 2
        return tuple(dict.fromkeys((*range(1, self.reached + 1, step), self.reached))) if self.reached else ()

    def scan(self, first: int, last: int, each: Each | None, deadline: float | None = None) -> tuple[int, bool]:
        """Run iterations up to `last`, and from `first` on ask `each(machine, iteration)` after every one.

        Returns the iteration that was run last, and whether `each` was true after it, which ends the scan. It also ends
        past `deadline` (a time of `nnstep.clock`), maybe before `first`; another call with what is left goes on.
        """
        self._stand_before(first)
        try:
            stopped = self._runner.go(last, each, first, deadline)
        except RunError as error:
            if self.reached < error.iteration - 1:
                self._run_to(error.iteration - 1)  # what could be done is there
            raise
        return self._runner.done, stopped

    def scratch_machine(self, record: Record) -> Machine:
        """A new machine that stands where `record`'s iteration started, for trying out other numbers."""
        machine = Machine(record.program)
        np.copyto(machine.arena, record.arena)
        return machine

    # What the runners ask, and tell.

    def start(self, era: Era) -> State | None:
        """The state that an era begins with, where it was reached."""
        store = self._stores[era.number]
        return store.nearest(era.first - 1) if store is not None else None

    def begin(self, era: Era, start: State) -> None:
        """An era is reached for the first time."""
        self._stores[era.number] = Checkpoints(start, self._share, self._every)

    @property
    def _share(self) -> int:
        """Bytes for the checkpoints of one era."""
        return self.budget // 2 // len(self.eras)

    def due(self, era: Era, iteration: int) -> int:
        """Up to which iteration may be run before the next checkpoint has to be made."""
        store = self._stores[era.number]
        following = era.first - 1 + self._every if store is None else store.next
        return following if following >= iteration else era.last

    def did(self, era: Era, machine: Machine, first: int, losses: Array) -> None:
        """Some iterations are done: the losses of new ones are kept, and at some distance the states after them."""
        done, known = first + len(losses) - 1, self.history.count
        if done > known:
            self.history.add(losses[known + 1 - first :])
        store = self._stores[era.number]
        if store is not None and done == store.next and done < era.last:
            store.add(machine.copy_state_after)

    # Seeking.

    def _run_to(self, iteration: int) -> Machine:
        """Run up to and with an iteration; where a part is replayed for it, the states of that part are kept."""
        runner = self._runner
        if runner.done == iteration and runner.machine is not None:
            return runner.machine
        self._stand_before(iteration)
        if runner.done < iteration - 1 < self.reached:
            era, form = self.era(iteration), layout(self.program(iteration))
            # Parts around this one stay, so that what is before it need not be replayed from a checkpoint.
            around = [one for one in self._segments if one[1].start <= runner.done and iteration <= one[1].stop + 1]
            gone = [one[1] for one in self._segments if one not in around]
            left, least = self.budget // 2 - sum(segment.nbytes for _, segment in around), 2 * 8 * form.state
            if not around or left >= least:
                share, whole, old = max(left // 2, least), len(era.programs) == 1, gone[0] if gone else None
                segment = Segment(runner.done, iteration - 1, form, share, whole, old)
                self._segments = around
                runner.go(iteration - 1, segment.keep)
                self._segments = [(era, segment), *around]
        runner.go(iteration)
        assert runner.machine is not None
        return runner.machine

    def _kept(self, iteration: int) -> Array | None:
        """The numbers of an iteration, where a part that was replayed has left them."""
        for _, segment in self._segments:
            arena = segment.arena(iteration)
            if arena is not None:
                return arena
        return None

    def _stand_before(self, iteration: int) -> None:
        """Stand after some iteration before this one, or after the one before it: from where it is nearest."""
        if self._runner.done == iteration - 1:
            return
        state = self._nearest(iteration - 1)
        if not state.done <= self._runner.done < iteration:
            self._runner.stand(state)

    def _nearest(self, done: int) -> State:
        """The last state that is kept, at or before `done` iterations."""
        done = min(done, self.reached)  # what another run has kept may reach further than its history does
        era = self.era(done + 1)
        while (store := self._stores[era.number]) is None:
            era = self.eras[era.number - 1]
        best = store.nearest(done)
        for one, segment in self._segments:
            found = segment.nearest(done) if one is era else None
            if found is not None and found.done > best.done:
                best = found
        return best

    def _take_over(self, parent: Timeline) -> None:
        """What the other run has kept of the iterations before the two part."""
        pairs = zip(self.eras, parent.eras, strict=False)
        common = len(list(takewhile(lambda pair: pair[0].begins_like(pair[1]), pairs)))
        starts = [era.first for era in (*self.eras[common:], *parent.eras[common:])]
        parted = min(starts, default=self.iterations + 1)
        for store, era in zip(parent._stores[:common], self.eras, strict=False):
            if store is not None:
                self._stores[era.number] = store.until(min(era.last, parted - 1) - 1, self._share)
        self.history = parent.history.until(parted - 1)
