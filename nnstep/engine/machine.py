"""The one interpreter: a program bound to memory, run as straight-line calls. Training and stepping both use it.

The generated function is made of calls `k3(a1, a2, a5)` over names made here; no text of a scenario is in it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from nnstep.engine.arena_layout import Layout, empty_arena, layout
from nnstep.engine.assemble import assemble
from nnstep.engine.guards import StepError, guards
from nnstep.engine.scheduling import BatchPlace
from nnstep.ops import Array, Kernel
from nnstep.program import PHASES, Program

_COPIED = 1 << 20  # bytes; above, copying an arena would take a good part of the time of a run


Each = Callable[["Machine", int], bool]  # asked after an iteration, with its number, whether to stop


class State(NamedTuple):
    """What one iteration hands to the next: how many were done, and parameters and optimizer state in one array."""

    done: int
    numbers: Array


class Machine:
    """A program with memory of its own. After `run` every value of the iteration stands in `values`, by slot.

    `values` are views of the arena and are overwritten by the next run; `keep` hands out the numbers for good.
    """

    def __init__(self, program: Program, *, guarded: bool = False) -> None:
        """`guarded`: numbers that a step cannot be done with raise StepError; a run needs that."""
        self.program = program
        self.layout: Layout = layout(program)
        self.arena = empty_arena(self.layout.size)
        assembly = assemble(program, self.layout, self.arena, guards(program) if guarded else {})
        self.values = assembly.arrays
        self.forward = straight_line([assembly.calls.get(PHASES[0], [])])
        self.run = straight_line(list(assembly.calls.values()))
        self._before = self.arena[: self.layout.state]
        self._carried = self.arena[: self.layout.carried]
        self._fixed = self.arena[self.layout.carried : self.layout.state]
        self._after = self.arena[self.layout.after :]
        self._data = {value.name: self.values[value.slot] for value in program.values if value.role == "data"}
        self._counter = next((self.values[value.slot] for value in program.values if value.role == "counter"), None)
        self._batch: tuple[int, ...] | None = None  # the key of the batch that is in
        self._constants: Mapping[str, Array] = {}
        self._loan: weakref.ref[_Loan] | None = None
        self._loss = np.array(np.nan) if program.objective is None else self.values[program.objective]

    def load_state(self, state: State) -> None:
        """Stand where the iteration after `state.done` starts from."""
        np.copyto(self._before, state.numbers)
        self._count(state.done + 1)

    def follow(self, previous: Machine, iteration: int) -> None:
        """Stand where `iteration` (from 1) starts from: where the one before, just run by `previous`, ended."""
        np.copyto(self._carried, previous._after)
        if previous is not self:
            np.copyto(self._fixed, previous._fixed)
        self._count(iteration)

    def _count(self, iteration: int) -> None:
        if self._counter is not None:
            self._counter[...] = iteration

    def load_batch(self, samples: Mapping[str, Array], place: BatchPlace, version: int = 0) -> None:
        """Put in the batch of a place, out of all samples by the names of the data; nothing where it is in already.

        `version` tells samples apart that were edited.
        """
        key = (version, *place.key)
        if self._batch != key:
            self._batch = None  # while it is half changed
            for name, slot in self._data.items():
                place.take(samples[name], slot)
            self._batch = key

    def has_batch(self, place: BatchPlace, version: int = 0) -> bool:
        """Whether `load_batch` would have nothing to do."""
        return self._batch == (version, *place.key)

    def load_constants(self, constants: Mapping[str, Array]) -> None:
        """Put in the constants of a scenario; nothing where they are in already."""
        if constants is not self._constants:
            for value in self.program.values:
                if value.role == "constant":
                    self.load_value(value.slot, constants[value.name])
            self._constants = constants

    def repeat(self, first: int, last: int, losses: Array, each: Each | None) -> tuple[int, bool]:
        """Iterations `first` up to `last` on the batch that is in, after `first - 1`, just run by this machine.

        `losses[k]` gets the objective of iteration `first + k`. Where `each(machine, iteration)` is true after an
        iteration, that is the last one. Returns the last iteration run, and whether `each` stopped it.
        """
        run, carried, after, counter, loss = self.run, self._carried, self._after, self._counter, self._loss
        copy, number = np.copyto, first
        try:
            for k, number in enumerate(range(first, last + 1)):
                copy(carried, after)
                if counter is not None:
                    counter[...] = number
                run()
                losses[k] = loss
                if each is not None and each(self, number):
                    return number, True
        except StepError as error:
            error.iteration = number
            raise
        return last, False

    def run_as(self, iteration: int) -> None:
        """Run the iteration. Raises StepError, with its number, where it cannot be done."""
        try:
            self.run()
        except StepError as error:
            error.iteration = iteration
            raise

    @property
    def loss(self) -> float:
        """The objective of the iteration just run; NaN where there is none."""
        return float(self._loss)

    def load_value(self, slot: int, value: Array) -> None:
        """Put in a value that is there before the first step: a constant, a parameter, an optimizer state."""
        np.copyto(self.values[slot], value)

    def state_before(self, done: int) -> State:
        """A copy of the state that this iteration starts from, `done` iterations having been done."""
        return State(done, _frozen(self._before.copy()))

    def copy_state_after(self, out: Array) -> None:
        """Put the state that this iteration leaves into `out`."""
        out[: self.layout.carried] = self._after
        out[self.layout.carried :] = self._fixed

    def keep(self) -> Array:
        """All numbers of the iteration, read-only, to be kept: `self.layout` tells which is which.

        Few numbers are copied. Many are lent: the machine must not run while `lent`.
        """
        if self.arena.nbytes <= _COPIED:
            return _frozen(self.arena.copy())
        loan = self._loan() if self._loan is not None else None
        if loan is None:
            loan = _Loan(self.arena)
            self._loan = weakref.ref(loan)
        return _frozen(np.asarray(loan))

    def look(self) -> Array:
        """All numbers of the iteration, read-only, until this machine runs again."""
        return _frozen(self.arena[:])

    @property
    def lent(self) -> bool:
        """Whether someone still has the numbers that `keep` handed out."""
        return self._loan is not None and self._loan() is not None


class _Loan:
    """Memory that is handed out. Every array that NumPy makes from it, and every view of those, keeps it alive."""

    def __init__(self, arena: Array) -> None:
        self.__array_interface__ = arena.__array_interface__
        self._arena = arena


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array


def straight_line(phases: list[list[tuple[Any, ...]]]) -> Callable[[], None]:
    """One function of all calls in order, with kernels and arrays as its globals."""
    names: dict[int, str] = {}
    scope: dict[str, object] = {}

    def name(thing: Kernel | Array) -> str:
        if id(thing) not in names:
            names[id(thing)] = f"n{len(names)}"
            scope[names[id(thing)]] = thing
        return names[id(thing)]

    lines = [f" {name(call[0])}({', '.join(map(name, call[1:]))})" for phase in phases for call in phase]
    source = "def run():\n" + "\n".join(lines or [" pass"])
    exec(compile(source, "<nnstep program>", "exec"), scope)  # only names made above are in it
    return scope.pop("run")  # type: ignore[return-value]  # which, among its own globals, would keep all of them
