"""Runs iterations one after the other, from one era to the next, and stands at the last one. What is to be kept of
them is the timeline's business: it is told of every few.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from nnstep import clock
from nnstep.engine.eras import Era
from nnstep.engine.guards import StepError, run_error
from nnstep.engine.machine import Each, Machine, State
from nnstep.engine.scheduling import BatchPlace, Schedule
from nnstep.errors import RunError
from nnstep.ops import Array

_LARGE = 32 << 20  # bytes of a machine, above which none is kept that is not in use
_MOST = 1_024  # iterations that are run before the clock is looked at
_SLICE = 0.004  # seconds that this should take


class Keeper(Protocol):
    """What a runner asks of the timeline, and what it tells it: the timeline has runners, and stands above them."""

    def era(self, iteration: int) -> Era:
        """The era of an iteration."""
        ...

    def start(self, era: Era) -> State | None:
        """The state that an era begins with, where it is known."""
        ...

    def begin(self, era: Era, start: State) -> None:
        """An era is reached for the first time: the state that it begins with."""
        ...

    def due(self, era: Era, iteration: int) -> int:
        """Up to which iteration may be run, from `iteration` on, before `did` must be told."""
        ...

    def did(self, era: Era, machine: Machine, first: int, losses: Array) -> None:
        """The iterations from `first` on are done, as many as there are losses; `machine` has just run the last one."""
        ...


class Runner:
    """Stands after `done` iterations. Its machines are its own: nobody else runs them."""

    def __init__(self, keeper: Keeper, schedule: Schedule) -> None:
        self.done = -1  # nowhere
        self.machine: Machine | None = None  # the one that has the numbers of iteration `done`
        self._keeper = keeper
        self._schedule = schedule
        self._one_batch = schedule.batches == 1 and not schedule.shuffle
        self._only = schedule.place(1)  # where there is one batch, all places have the same
        self._state: State | None = None  # where it stands, when no machine does
        self._machines: dict[int, list[Machine]] = {}  # a pool, by the program, which they keep: each is lent in turn
        self._losses = np.empty(_MOST)
        self._pace = 1  # iterations that take about `_SLICE`

    def stand(self, state: State) -> None:
        """Stand at a state, with no iteration run yet."""
        self.done, self.machine, self._state = state.done, None, state

    def forget(self) -> None:
        """Stand nowhere."""
        self.done, self.machine, self._state = -1, None, None

    @np.errstate(all="ignore")
    def go(self, target: int, each: Each | None = None, since: int = 0, deadline: float | None = None) -> bool:
        """Run on up to iteration `target`, or until `each` is true, or past `deadline` (a time of `nnstep.clock`).

        `each(machine, iteration)` is called after every iteration from `since` on. Where it is true, that iteration is
        the last one, and True is returned. Raises RunError for an iteration that cannot be done.
        """
        stopped = False
        while self.done < target and not stopped:
            first = self.done + 1
            era = self._keeper.era(first)
            last = min(target, era.last, self._keeper.due(era, first), first + _MOST - 1)
            told = each
            if each is not None and first < since:
                last, told = min(last, since - 1), None
            if deadline is not None:
                last = min(last, first + self._pace - 1)
            began = clock.now() if deadline is not None else 0.0
            try:
                stopped = self._run(era, first, last, told)
            except StepError as error:
                raise self._said(error, era) from None
            if self.machine is not None:
                self._keeper.did(era, self.machine, first, self._losses[: self.done - first + 1])
            if deadline is not None:
                now = clock.now()
                self._pace = max(1, min(_MOST, int(_SLICE * (self.done - first + 1) / max(now - began, 1e-7))))
                if now >= deadline:
                    break
        return stopped

    def _said(self, error: StepError, era: Era) -> RunError:
        """What is said of a step that could not be done; `era` is that of its iteration."""
        place = self._schedule.place(error.iteration)
        return run_error(error, era.scenario, era.programs[place.size], place)

    def _run(self, era: Era, first: int, last: int, each: Each | None) -> bool:
        """Run iterations `first` up to `last` of an era, fewer where `each` stops them: whether it did."""
        machine, state = self.machine, self._state
        self.forget()  # while numbers are half changed
        number, stopped = first, False
        while number <= last and not stopped:
            place = self._only if self._one_batch else self._schedule.place(number)
            previous, machine = machine, self._free(era, place, machine)
            if number == era.first:
                previous, state = None, self._enter(era, machine, previous)
            if self._one_batch and previous is machine and machine.has_batch(place, era.number):
                number, stopped = machine.repeat(number, last, self._losses[number - first :], each)
            else:
                if previous is not None:
                    machine.follow(previous, number)
                    previous = None  # which, if it was dropped, takes no memory while this one runs
                elif state is not None:
                    machine.load_state(state)
                machine.load_batch(era.samples, place, era.number)
                machine.run_as(number)
                self._losses[number - first] = machine.loss
                stopped = each is not None and each(machine, number)
            number += 1
        self.done, self.machine = number - 1, machine
        return stopped

    def _enter(self, era: Era, machine: Machine, previous: Machine | None) -> State:
        """The state that an era begins with."""
        known = self._keeper.start(era)
        if known is None:
            known = era.start(machine, previous)
            self._keeper.begin(era, known)
        return known

    def _free(self, era: Era, place: BatchPlace, preferred: Machine | None) -> Machine:
        """A machine of an era for a batch of this size whose numbers nobody has: the preferred one if it may be."""
        program = era.programs[place.size]
        if preferred is None or preferred.program is not program or preferred.lent:
            machines = self._machines.setdefault(id(program), [])
            free = (one for one in machines if not one.lent and one is not preferred)
            preferred = next(free, None)
            if preferred is None:
                preferred = Machine(program, guarded=True)
                machines.append(preferred)
                if preferred.arena.nbytes > _LARGE:  # the others' numbers are freed once nobody looks at them any more
                    machines[:] = [preferred]
        preferred.load_constants(era.scenario.constants)
        return preferred
