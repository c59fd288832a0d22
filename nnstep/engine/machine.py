"""The one interpreter: a program bound to memory, run as straight-line calls. Training and stepping both use it.

The generated function is made of calls `k3(a1, a2, a5)` over names made here; no text of a scenario is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstep.engine.assemble import assemble
from nnstep.engine.layout import Layout, empty_arena, layout
from nnstep.ops import Array, Kernel
from nnstep.program import PHASES, Program

__all__ = ["Machine", "State"]


@dataclass(frozen=True, eq=False)
class State:
    """What one iteration hands to the next: how many were done, and parameters and optimizer state in one array."""

    done: int
    numbers: Array


class Machine:
    """A program with memory of its own. After `run` every value of the iteration stands in `values`, by slot.

    `values` are views of the arena and are overwritten by the next run; a `Record` keeps an iteration.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.layout: Layout = layout(program)
        self.arena = empty_arena(self.layout.size)
        assembly = assemble(program, self.layout, self.arena)
        self.values = assembly.arrays
        calls = [assembly.calls.get(phase, []) for phase in PHASES]
        self.forward = _straight_line(calls[:1])
        self.run = _straight_line(calls)
        self._before = self.arena[: self.layout.state]
        self._carried = self.arena[: self.layout.carried]
        self._after = self.arena[self.layout.after :]
        self._data = {value.name: self.values[value.slot] for value in program.values if value.role == "data"}
        self._counter = next((self.values[value.slot] for value in program.values if value.role == "counter"), None)

    def load_state(self, state: State) -> None:
        """Put parameters and optimizer state where an iteration starts from."""
        np.copyto(self._before, state.numbers)
        self.load_iteration(state.done + 1)

    def load_iteration(self, iteration: int) -> None:
        """Tell rules that depend on it which iteration this is (from 1)."""
        if self._counter is not None:
            self._counter[...] = iteration

    def load_batch(self, x: Array, y: Array | None) -> None:
        """Put a batch of samples in; shapes as the program was compiled for."""
        np.copyto(self._data["x"], x)
        if y is not None:
            np.copyto(self._data["y"], y)

    def load_value(self, slot: int, value: Array) -> None:
        """Put in a value that is there before the first step: a constant, a parameter, an optimizer state."""
        np.copyto(self.values[slot], value)

    def carry(self) -> None:
        """Make what the iteration left the start of the next one."""
        np.copyto(self._carried, self._after)

    def state_before(self, done: int) -> State:
        """A copy of the state that this iteration starts from, `done` iterations having been done."""
        return State(done, _frozen(self._before.copy()))

    def state_after(self, done: int) -> State:
        """A copy of the state that this iteration leaves."""
        numbers = self._before.copy()
        numbers[: self.layout.carried] = self._after
        return State(done, _frozen(numbers))


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array


def _straight_line(phases: list[list[tuple[Any, ...]]]) -> Callable[[], None]:
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
    return scope["run"]  # type: ignore[return-value]
