"""A scenario's edits -> the eras of its run: parts in which nothing is edited. An edit begins a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

import numpy as np

from nnstep.catalogue import say
from nnstep.engine.machine import Machine, State
from nnstep.engine.scheduling import schedule
from nnstep.errors import NnstepError, Problem
from nnstep.ops import Array
from nnstep.program import Program, check_class_numbers, compile_program, initial_states
from nnstep.scenario.model import Edit, Optimizer, Scenario

_STEPS = 5_000  # of the programs that edits of the optimizer make
_COPIED = 1 << 23  # numbers of the samples and constants that edits change, as many times as they are changed


@dataclass(frozen=True, eq=False)
class Era:
    """The iterations `first` up to `last` of a run, in which programs, samples and constants stay the same.

    number    from 0, in the order of the run
    edits     what takes effect as it begins
    cells     those of them that change a cell of a parameter or of an optimizer's state
    scenario  with the data, the constants and the optimizer that are in force; without edits
    began     how many iterations were done before the optimizer in force began
    renewed   whether it begins with this era, and so do its states
    programs  by the size of their batch
    samples   all of them, by the names of the data
    """

    number: int
    first: int
    last: int
    edits: tuple[Edit, ...]
    cells: tuple[Edit, ...]
    scenario: Scenario
    began: int
    renewed: bool
    programs: Mapping[int, Program]
    samples: Mapping[str, Array]

    def begins_like(self, other: Era) -> bool:
        """Whether the other one begins at the same iteration with the same edits."""
        return self.first == other.first and _same(self.edits, other.edits)

    def start(self, machine: Machine, before: Machine | None) -> State:
        """The state that it begins with; `machine` is one of its own, and afterwards it stands at that state.

        `before` is the machine that has just run the iteration before it, None at the beginning of the run.
        """
        carried = {parameter.name: parameter.value for parameter in self.scenario.parameters}
        if before is not None:
            carried = {before.program.values[end].name: before.values[end] for _, end in before.program.carried}
        program = machine.program
        starts = initial_states(self.scenario.optimizer) if self.scenario.optimizer is not None else {}
        for slot, _ in program.carried:
            value = program.values[slot]
            if value.role == "state" and (self.renewed or value.name not in carried):
                machine.load_value(slot, np.full(value.shape, starts[value.name.split("(", 1)[0]]))
            else:
                machine.load_value(slot, carried[value.name])
            for edit in self.cells:
                if edit.name == value.name:
                    machine.values[slot][edit.index] = edit.value
        return machine.state_before(self.first - 1)


def eras(scenario: Scenario, old: tuple[Era, ...] = ()) -> tuple[Era, ...]:
    """The eras of a run, the first one beginning with iteration 1. Raises NnstepError for what does not compile.

    `old` are those of a run of the same scenario with other edits: the ones that both begin with are taken over.
    """
    groups = {first: tuple(edits) for first, edits in groupby(scenario.edits, lambda edit: edit.iteration)}
    starts = sorted({1, *groups})
    found: list[Era] = []
    for number, first in enumerate(starts):
        last = starts[number + 1] - 1 if number + 1 < len(starts) else schedule(scenario).iterations
        edits = groups.get(first, ())
        same = old[number] if number < len(old) and all(map(Era.begins_like, found, old)) else None
        if same is not None and same.first == first and _same(same.edits, edits):
            found.append(replace(same, last=last))
        else:
            found.append(_era(number, first, last, edits, scenario, found[-1] if found else None))
            if number == 0:
                _check_edits(scenario, next(iter(found[0].programs.values())))
    return tuple(found)


def _same(edits: tuple[Edit, ...], others: tuple[Edit, ...]) -> bool:
    """Whether they do the same; 0 and -0, which compare as equal, are not the same value of a cell or an option."""
    return [edit.bits for edit in edits] == [edit.bits for edit in others]


def _same_optimizer(one: Optimizer | None, other: Optimizer | None) -> bool:
    return (one and one.bits) == (other and other.bits)


def _era(number: int, first: int, last: int, edits: tuple[Edit, ...], whole: Scenario, before: Era | None) -> Era:
    old = before.scenario if before is not None else whole._replace(edits=())
    scenario = _edited(old, edits)
    cells, renewed = _cells(edits, old.optimizer)
    began = first - 1 if renewed else before.began if before is not None else 0
    same = before is not None and _same_optimizer(scenario.optimizer, old.optimizer) and not renewed
    programs = before.programs if before is not None and same else _compiled(scenario, began)
    known = _with_parameters(scenario, [edit for edit in whole.edits if edit.iteration <= first])
    if before is None or any(edit.optimizer is None for edit in edits):
        try:
            _check_known(known, programs, first=first == 1)
        except NnstepError as error:
            raise NnstepError(_blamed(error, edits, first)) from None
    return Era(
        number=number,
        first=first,
        last=last,
        edits=edits,
        cells=cells,
        scenario=scenario,
        began=began,
        renewed=renewed,
        programs=programs,
        samples=_samples(scenario),
    )


def _cells(edits: tuple[Edit, ...], optimizer: Optimizer | None) -> tuple[tuple[Edit, ...], bool]:
    """The edits of parameters and states that count, and whether an optimizer of another type is taken: its states
    begin anew, whatever was done to those of the one before.
    """
    found: list[Edit] = []
    renewed = False
    for edit in edits:
        if edit.optimizer is None:
            found.append(edit)
            continue
        if optimizer is None or edit.optimizer.type != optimizer.type:
            renewed = True
            found = [one for one in found if "(" not in one.name]  # only the states of parameters are written so
        optimizer = edit.optimizer
    return tuple(found), renewed


def _samples(scenario: Scenario) -> dict[str, Array]:
    data = scenario.data
    arrays = {} if data is None else {"x": data.x, "y": data.y}
    return {name: array for name, array in arrays.items() if array is not None}


def _edited(scenario: Scenario, edits: tuple[Edit, ...]) -> Scenario:
    """With the samples, constants and optimizer as edited; parameters go from iteration to iteration by themselves."""
    data, constants, optimizer = scenario.data, dict(scenario.constants), scenario.optimizer
    for edit in edits:
        if edit.optimizer is not None:
            optimizer = edit.optimizer
        elif edit.name == "x" and data is not None:
            data = data._replace(x=_changed(data.x, edit))
        elif edit.name == "y" and data is not None and data.y is not None:
            data = data._replace(y=_changed(data.y, edit))
        elif edit.name in constants:
            constants[edit.name] = _changed(constants[edit.name], edit)
    return scenario._replace(data=data, constants=MappingProxyType(constants), optimizer=optimizer)


def _with_parameters(scenario: Scenario, edits: Sequence[Edit]) -> Scenario:
    """With the cells of parameters that were edited as they are from then on, as long as no update changes them."""
    parameters = {one.name: one for one in scenario.parameters}
    for edit in edits:
        if edit.name in parameters:
            before = parameters[edit.name]
            parameters[edit.name] = before._replace(value=_changed(before.value, edit))
    return scenario._replace(parameters=tuple(parameters.values()))


def _blamed(error: NnstepError, edits: tuple[Edit, ...], first: int) -> list[Problem]:
    """What is wrong since edits were made: at the last of them, which may have been typed and has no place then."""
    if not edits:
        return list(error.problems)
    last = edits[-1]
    return [
        one._replace(
            message=say("run.since", iteration=first, said=one.message),
            file=one.file if last.line else None,
            line=last.line,
            key=last.key,
        )
        for one in error.problems
    ]


def _changed(array: Array, edit: Edit) -> Array:
    changed = array.copy()
    changed[edit.index] = edit.value
    changed.flags.writeable = False
    return changed


def _check_known(scenario: Scenario, programs: Mapping[int, Program], *, first: bool) -> None:
    """Raise NnstepError for class numbers that are none. `first` is whether no update has been made before."""
    problems = [one for program in programs.values() for one in check_class_numbers(scenario, program, first=first)]
    if problems:
        raise NnstepError(dict.fromkeys(problems))


def _compiled(scenario: Scenario, began: int) -> dict[int, Program]:
    """The programs of a run by the size of their batch: one, or two where the last batch of an epoch is smaller.

    `began` is how many iterations are done before the optimizer begins. Raises NnstepError with every problem found.
    """
    plan = schedule(scenario)
    program = compile_program(scenario, began=began)
    _check_edits(scenario, program)
    programs = {program.rows: program}
    if plan.rest:
        try:
            programs[plan.rest] = compile_program(scenario, plan.rest, began=began)
        except NnstepError as error:
            rows = {"rest": plan.rest, "rows": program.rows}
            raise NnstepError(
                one._replace(message=say("program.last-batch", reason=one.message, **rows)) for one in error.problems
            ) from None
    return programs


def _check_edits(scenario: Scenario, program: Program) -> None:
    """Raise NnstepError for so many edits that their programs, or their copies of the data, take out of all proportion.

    An era has a program of its own where its optimizer is another one, and samples of its own where one is edited.
    """
    steps = copied = 0
    for edit in scenario.edits:
        if edit.optimizer is not None:
            steps += len(program.steps)
            wrong = say("edits.steps", count=f"{steps:,}", most=f"{_STEPS:,}")
        else:
            copied += _shared(scenario, edit.name)
            wrong = say("edits.numbers", count=f"{copied:,}", most=f"{_COPIED:,}")
        if steps > _STEPS or copied > _COPIED:
            raise NnstepError(Problem(wrong, scenario.path, edit.line, key=edit.key or "edits"))


def _shared(scenario: Scenario, name: str) -> int:
    """The numbers of the data or the constant of a name; 0 for a parameter, which each iteration has of its own."""
    if name in scenario.constants:
        return scenario.constants[name].size
    samples = _samples(scenario).get(name)
    return 0 if samples is None else samples.size
