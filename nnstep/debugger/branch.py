"""What-if: branches of the run, each the scenario with other edits, and what sets two of them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.engine import Timeline
from nnstep.scenario.model import Edit, Scenario

_MOST = 100  # branches
_SEARCHED = 200  # iterations in which two branches are compared step by step


class Branch(NamedTuple):
    """A run of the scenario with edits.

    name      by which it goes
    edits     those that its parent has not, in the order in which they were made
    parent    the name of the branch that it leaves; "" for the one that the file says
    timeline  the run
    """

    name: str
    edits: tuple[Edit, ...]
    parent: str
    timeline: Timeline

    @property
    def since(self) -> int:
        """The iteration that it leaves its parent with; 1 for the one that the file says."""
        return min((edit.iteration for edit in self.edits), default=1)


class Branches:
    """All branches, and the one that is looked at."""

    def __init__(self, scenario: Scenario, budget: int) -> None:
        """Raises NnstepError when the scenario cannot be compiled."""
        self._budget = budget
        self._made = 0
        self.all: tuple[Branch, ...] = (Branch(say("branch.main"), (), "", Timeline(scenario, budget)),)
        self.current = self.all[0]

    def named(self, name: str) -> Branch:
        """The branch of that name. Raises KeyError."""
        found = next((one for one in self.all if one.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def switch(self, name: str) -> None:
        """Look at another branch. Raises KeyError for a name that none has."""
        self.current = self.named(name)

    def rename(self, name: str) -> None:
        """Another name for the current branch. Raises ValueError for one that is taken, or for the run of the file."""
        if not self.current.parent:
            raise ValueError(say("branch.main.kept"))
        if any(one.name == name for one in self.all):
            raise ValueError(say("branch.name-taken", name=name))
        renamed = [one._replace(name=name) if one is self.current else one for one in self.all]
        self.all = tuple(one._replace(parent=name) if one.parent == self.current.name else one for one in renamed)
        self.current = self.named(name)

    def edit(self, edits: Sequence[Edit]) -> Branch:
        """Make edits that all begin with one iteration, and go to the branch that has them.

        Where the current branch began with edits at that very iteration, it gets these too; else a new one leaves it.
        Raises NnstepError for what cannot be compiled, ValueError where there are too many branches.
        """
        here = self.current
        since = edits[0].iteration
        joins = here.parent and here.since == since and all(edit.iteration == since for edit in here.edits)
        if joins and not any(one.parent == here.name for one in self.all):
            branch = self._branch(here.name, here.parent, (*here.edits, *edits))
            self._put(here, branch)
        else:
            if len(self.all) >= _MOST:
                raise ValueError(say("branch.many", most=_MOST))
            branch = self._branch(self._new_name(), here.name, tuple(edits))
            self.all = (*self.all, branch)
        self.current = branch
        return branch

    def restore(self, branch: Branch, edits: Sequence[Edit]) -> None:
        """A branch as one of another session was: its name, its parent's, and these edits. It is not looked at.

        Raises KeyError where its parent is not there, NnstepError for what cannot be compiled.
        """
        self.all = (*self.all, self._branch(branch.name, branch.parent, tuple(edits)))

    def undo(self) -> Edit | None:
        """Take back the last edit of the current branch; with the only one the branch goes too, and its parent is
        looked at again. None where there is nothing to take back. Raises ValueError where branches leave this one.
        """
        here = self.current
        if not here.edits:
            return None
        if any(one.parent == here.name for one in self.all):
            raise ValueError(say("branch.has-branches", name=here.name))
        if len(here.edits) > 1:
            branch = self._branch(here.name, here.parent, here.edits[:-1])
            self._put(here, branch)
            self.current = branch
        else:
            self.all = tuple(one for one in self.all if one is not here)
            self.current = self.named(here.parent)
        return here.edits[-1]

    def _branch(self, name: str, parent: str, edits: tuple[Edit, ...]) -> Branch:
        before = self.named(parent).timeline
        scenario = before.scenario.with_edits((*before.scenario.edits, *edits))
        return Branch(name, edits, parent, Timeline(scenario, self._budget, parent=before))

    def _put(self, old: Branch, new: Branch) -> None:
        self.all = tuple(new if one is old else one for one in self.all)

    def _new_name(self) -> str:
        taken = {one.name for one in self.all}
        while True:
            self._made += 1
            name = say("branch.numbered", number=self._made)
            if name not in taken:
                return name


class Parting(NamedTuple):
    """Where two branches differ first: the step that assigns the value, 0 for what is there before the first step.

    most  the largest difference of its entries; NaN where one of two numbers is NaN
    """

    iteration: int
    step: int
    name: str
    most: float


def parting(one: Timeline, other: Timeline, since: int) -> Parting | None:
    """The first value that differs between two runs that are the same before iteration `since`.

    None where they do not differ in the iterations that are compared: from `since` on, as far as both were reached, and
    at most some hundreds.
    """
    last = min(one.reached, other.reached, since + _SEARCHED - 1)
    for iteration in range(since, last + 1):
        mine, its = one.glance(iteration), other.glance(iteration)
        for value in mine.program.values:
            slots = its.program.versions.get(value.name, ())
            turn = mine.program.versions[value.name].index(value.slot)
            if turn >= len(slots):
                continue
            left, right = mine.value(value.slot), its.value(slots[turn])
            if left.shape == right.shape and not np.array_equal(left, right, equal_nan=True):
                with np.errstate(all="ignore"):
                    most = float(np.max(np.abs(left - right)))
                return Parting(iteration, value.step, value.name, most)
    return None
