"""Conditions bound to a machine: after each iteration that it runs, at which steps they hold.

A condition is a straight line of calls on the machine's own numbers, as the program itself is: nothing is looked up and
nothing is allocated while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nnstep.engine.assemble import bound_to
from nnstep.engine.expressions import Reference, depth, is_there, places, references
from nnstep.engine.machine import Machine, straight_line
from nnstep.engine.scheduling import Schedule
from nnstep.language import Expression, Name, substitute
from nnstep.memo import Memo
from nnstep.ops import Array
from nnstep.program import Program


class Condition(NamedTuple):
    """When to hit: after fixed steps of a program, where an expression is not 0, or where its value has changed.

    steps   the steps of a program that it always hits at; for conditions without an expression
    change  whether it hits where the value differs from what it was the last time that it was new
    """

    expression: Expression | None = None
    change: bool = False
    steps: Callable[[Program], tuple[int, ...]] | None = None


class Hit(NamedTuple):
    """After `step` steps of the iteration, condition number `number` holds."""

    step: int
    number: int


_Saved = tuple[str, int, int]  # a name, which assignment of it, how many iterations ago
_Test = tuple[int, int, Callable[[], None], Array]  # step, number, run, where its value is then


class Watcher:
    """What holds where, told iteration by iteration in the order of the run."""

    def __init__(self, conditions: Sequence[Condition], schedule: Schedule) -> None:
        self._conditions = tuple(conditions)
        self._batches = schedule.batches
        self._iteration, self._epoch = np.array(0.0), np.array(0.0)
        self._saved: dict[_Saved, Array] = {}
        self._known: dict[_Saved, int] = {}  # the iteration that a saved value is from
        self._last: dict[int, tuple[int, Array]] = {}  # of a condition on a change: when and what it was
        self._bound = Memo()

    def warm_up(self, programs: Sequence[Program]) -> int:
        """How many iterations have to be told before the first one whose hits count."""
        found = [(one.change, one.expression) for one in self._conditions if one.expression is not None]
        return max((depth(of, program) + change for change, of in found for program in programs), default=0)

    def hits(self, machine: Machine, iteration: int) -> list[Hit]:
        """Where in the iteration that `machine` has just run something holds, in order."""
        bound = self._bound(machine, None, lambda: _BoundConditions(self, machine))
        self._iteration[...] = iteration
        self._epoch[...] = (iteration - 1) // self._batches + 1
        found = list(bound.fixed)
        for step, number, run, value in bound.tests:
            run()
            if value:
                found.append(Hit(step, number))
        for one in bound.late:
            found += self._later(one, iteration)
        for saved, source in bound.saves:
            self._save(saved, source, iteration)
        if len(found) > 1:
            found.sort()
        return found

    def _later(self, one: _Late, iteration: int) -> list[Hit]:
        """Tests that need more than the iteration's own numbers: of earlier ones, or of what it was before."""
        found = []
        for step, number, run, value in one.tests:
            if any(self._known.get(key) != iteration - key[2] for key in one.needs):
                continue
            run()
            if not self._conditions[number].change:
                if value:
                    found.append(Hit(step, number))
                continue
            before = self._last.get(number)
            changed = before is not None and not np.array_equal(before[1], value, equal_nan=True)
            if changed and before is not None and before[0] >= iteration - 1:
                found.append(Hit(step, number))
            self._last[number] = (iteration, value.copy())
        return found

    def _save(self, key: _Saved, source: Array, iteration: int) -> None:
        """Keep a value for later iterations; those that are kept longer are passed on first."""
        name, turn, back = key
        older = (name, turn, back - 1)
        if back > 1:
            if older in self._known and older in self._saved:
                np.copyto(self._saved[key], self._saved[older])
                self._known[key] = self._known[older]
            return
        np.copyto(self._saved[key], source)
        self._known[key] = iteration

    def saved(self, key: _Saved, like: Array) -> Array:
        """Where a value of an earlier iteration stands."""
        for back in range(1, key[2] + 1):
            self._saved.setdefault((key[0], key[1], back), np.zeros(like.shape))
        return self._saved[key]

    def counter(self, name: str, step: int) -> Array:
        """Where a counter stands."""
        return {"iteration": self._iteration, "epoch": self._epoch}.get(name, np.array(float(step)))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is watched, by number."""
        return self._conditions


class _Late(NamedTuple):
    tests: list[_Test]
    needs: list[_Saved]


class _BoundConditions:
    """The conditions on the numbers of one machine."""

    def __init__(self, watcher: Watcher, machine: Machine) -> None:
        self.fixed: list[Hit] = []
        self.tests: list[_Test] = []
        self.late: list[_Late] = []
        self._saves: dict[_Saved, Array] = {}
        self._watcher, self._machine, self._program = watcher, machine, machine.program
        for number, condition in enumerate(watcher.conditions):
            if condition.steps is not None:
                self.fixed += [Hit(step, number) for step in condition.steps(self._program)]
            if condition.expression is not None and is_there(condition.expression, self._program):
                self._bind(number, condition, condition.expression)
            elif condition.expression is not None:
                self._keep(condition.expression)
        # What is kept longest comes first, as it takes over from what is kept one iteration less.
        self.saves = sorted(self._saves.items(), key=lambda pair: -pair[0][2])

    def _bind(self, number: int, condition: Condition, expression: Expression) -> None:
        needs: dict[_Saved, None] = {}
        tests = [(step, number, *self._test(expression, step, needs)) for step in places(expression, self._program)]
        for name, turn, back in needs:
            source = self._machine.values[self._program.versions[name][turn]]
            self._saves |= {(name, turn, age): source for age in range(1, back + 1)}
        if needs or condition.change:
            self.late.append(_Late(tests, list(needs)))
        else:
            self.tests += tests

    def _keep(self, expression: Expression) -> None:
        """An expression of which something is not here: what it will look back at once that is there."""
        for one in references(expression, self._program):
            for turn, slot in enumerate(self._program.versions.get(one.name, ()) if one.back else ()):
                source = self._machine.values[slot]
                self._watcher.saved((one.name, turn, one.back), source)
                self._saves |= {(one.name, turn, age): source for age in range(1, one.back + 1)}

    def _test(self, expression: Expression, step: int, needs: dict[_Saved, None]) -> tuple[Callable[[], None], Array]:
        operands = {}
        written = {}
        for position, one in enumerate(references(expression, self._program)):
            own = f"v{position}"
            written[one.written] = Name(own)
            operands[own] = self._operand(one, step, needs)
        renamed = substitute(expression, lambda leaf: written.get(leaf.id) if isinstance(leaf, Name) else None)
        calls, value = bound_to(renamed, operands)
        return straight_line([calls]), value

    def _operand(self, one: Reference, step: int, needs: dict[_Saved, None]) -> Array:
        if one.counter:
            return self._watcher.counter(one.name, step)
        now = self._program.latest(one.name, step)
        assert now is not None
        if not one.back:
            return self._machine.values[now.slot]
        key = (one.name, self._program.versions[one.name].index(now.slot), one.back)
        needs[key] = None
        return self._watcher.saved(key, self._machine.values[now.slot])
