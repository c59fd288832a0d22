"""What is looked at while a run goes on: class numbers that could not be known before it."""

from __future__ import annotations

from collections.abc import Callable

from nnstep.catalogue import say
from nnstep.engine.scheduling import BatchPlace
from nnstep.errors import ClassNumberError, RunError
from nnstep.ops import Array, check_labels
from nnstep.program import Program, Taking, problem_of, said_of, takings
from nnstep.scenario.model import Scenario


class StepError(Exception):
    """A step that cannot be done with the numbers that it has, while its program runs."""

    def __init__(self, taking: Taking, error: ClassNumberError) -> None:
        self.taking, self.error = taking, error
        self.iteration = 0  # which one it was, as soon as that is known
        super().__init__(error.message)


def guards(program: Program) -> dict[int, tuple[int, Callable[[Array], None]]]:
    """By the steps (from 1) before which something has to be looked at: the slot of it, and what raises StepError."""
    found = {}
    for taking in takings(program):
        if taking.later and taking.slot is not None:
            found[taking.step.index] = (taking.slot, _guard(taking))
    return found


def _guard(taking: Taking) -> Callable[[Array], None]:
    def guard(numbers: Array) -> None:
        try:
            check_labels(numbers, taking.classes)
        except ClassNumberError as error:
            raise StepError(taking, error) from None

    return guard


def run_error(error: StepError, scenario: Scenario, program: Program, place: BatchPlace) -> RunError:
    """What is said of a step that could not be done: the iteration, the step, and which samples have what."""
    taking, rows = error.taking, place.rows
    wrong = [
        (None if not index else rows[index[0]] if taking.samples else index[0], value)
        for index, value in error.error.wrong
    ]

    def stopped(said: str) -> str:
        return say("run.stopped", iteration=place.iteration, step=taking.step.index, said=said)

    problem = problem_of(scenario, taking, said_of(program, taking, wrong), stopped)
    return RunError(problem, place.iteration, taking.step.index)
