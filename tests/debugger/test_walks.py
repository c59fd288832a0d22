"""Any walk of commands through a run with breakpoints and branches ends where going there directly does."""

from __future__ import annotations

import re
from random import Random

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nnstep.debugger import Position, Session
from nnstep.debugger.breakpoints.control import Control
from nnstep.debugger.edits.edit import change, switch, undo
from nnstep.engine import Timeline
from nnstep.scenario import loads
from nnstep.scenario.model import Edit, Scenario
from tests.engine.random_programs import random_case
from tests.present import present

MOVES = (*("next", "back", "into", "back_into", "out", "first", "last", "next_phase", "previous_phase"),)
ITERATIONS = ("next_iteration", "previous_iteration")


class Walk(RuleBasedStateMachine):
    """A session is walked; what it shows is compared with a run that goes there in one go."""

    @initialize(rng=st.randoms(use_true_random=False), budget=st.sampled_from((0, 2_000, 1 << 20)))
    def open(self, rng: Random, budget: int) -> None:
        self.rng = rng
        text = random_case(rng).text.replace("epochs = ", f"epochs = {rng.choice((1, 1, 30))}")
        self.scenario: Scenario = loads(text)
        self.session = Session(self.scenario, budget)
        self.control = Control(self.session)
        self.fresh: dict[tuple[Edit, ...], Timeline] = {}

    def _breakpoint(self) -> None:
        program = self.session.program
        typed = [name for name in program.versions if re.fullmatch(r"\w+|grad\(\w+\)", name)]
        assigned = [name for name in typed if program.values[program.versions[name][-1]].step]
        name = self.rng.choice(assigned)
        text = self.rng.choice((name, f"max({name}) > 0.1", f"changes(max({name}) > 0)", "iteration % 3 == 0"))
        self.control.add_breakpoint(text, self.rng.choice((1, 1, 3)))

    @rule(move=st.sampled_from((*MOVES, *ITERATIONS)))
    def move(self, move: str) -> None:
        before = self.session.position
        moved = getattr(self.session, move)()
        assert moved == (self.session.position != before) or move in ("into", "out")

    @rule()
    def step_and_back(self) -> None:
        before = self.session.position
        if self.session.next():
            self.session.back()
            assert self.session.position == before

    @rule(share=st.floats(0, 1), step=st.floats(0, 1))
    def go_to(self, share: float, step: float) -> None:
        timeline = self.session.timeline
        iteration = 1 + round(share * (timeline.iterations - 1))
        self.session.go_to(iteration, round(step * len(timeline.program(iteration).steps)))

    @precondition(lambda self: len(self.control.breakpoints) < 3)
    @rule()
    def add_breakpoint(self) -> None:
        self._breakpoint()

    @rule(way=st.sampled_from(("forward", "backward")), slices=st.integers(1, 3))
    def run_on(self, way: str, slices: int) -> None:
        self.control.start(way)
        for _ in range(slices):
            if self.control.advance(0.0) is not None:
                return
        self.control.interrupt()
        assert self.control.run is None

    @precondition(lambda self: len(self.session.branches.all) < 4)
    @rule()
    def edit(self) -> None:
        if not self.scenario.parameters:
            return
        chosen = self.rng.choice(self.scenario.parameters)
        index = tuple(self.rng.randrange(size) for size in chosen.value.shape)
        here = self.session.position
        try:
            branch = change(self.session, [Edit(0, chosen.name, index, self.rng.choice((0.0, 0.25, -1.5)))])
        except ValueError:  # the last iteration has done with it
            assert here.iteration == self.session.timeline.iterations
            return
        assert branch.since in (here.iteration, here.iteration + 1)
        assert self.session.branches.current is branch

    @rule()
    def undo(self) -> None:
        branches = self.session.branches
        here = branches.current
        if any(one.parent == here.name for one in branches.all):
            return
        undone = undo(self.session)
        assert undone == (here.edits[-1] if here.edits else None)
        assert len(branches.current.edits) == len(here.edits) - 1 or branches.current.name == (here.parent or here.name)

    @rule()
    def switch(self) -> None:
        switch(self.session, self.rng.choice(self.session.branches.all).name)

    @invariant()
    def stands_where_a_fresh_run_does(self) -> None:
        position, timeline = self.session.position, self.session.timeline
        assert 1 <= position.iteration <= timeline.iterations
        assert 0 <= position.step <= len(self.session.program.steps)
        edits = timeline.scenario.edits
        if edits not in self.fresh:
            self.fresh[edits] = Timeline(self.scenario._replace(edits=edits))
        straight = self.fresh[edits].record(position.iteration)
        assert self.session.record.arena.tobytes() == straight.arena.tobytes()

    @invariant()
    def what_a_run_has_counted_is_so(self) -> None:
        for number, tally in self.control.tallies().items():
            assert tally.first >= 1
            assert tally.count >= 0
            assert number in [one.number for one in self.control.breakpoints]
            assert all(np.diff(tally.marks) > 0)


Walk.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
test_walk = Walk.TestCase


def test_an_edit_of_what_was_updated_begins_with_the_next_iteration() -> None:
    text = (
        "equations = 'loss = mse(x * w, y)'\n[data]\nx = [1, 2]\ny = [2, 4]\n[parameters]\nw = 0.5\n"
        '[optimizer]\ntype = "sgd"\nlr = 0.1\n[training]\nepochs = 3'
    )
    session = Session(loads(text))
    last = len(session.program.steps)
    session.go_to(1, last)
    change(session, [Edit(0, "w", (), 9.0)])
    assert session.position == Position(2, 0)
    assert float(present(session.record.at("w", 0))) == 9.0
    session.go_to(1, last)
    assert float(present(session.record.at("w", last))) != 9.0, "what was done is as it was"
    session.go_to(2, last - 1)
    change(session, [Edit(0, "w", (), 7.0)])
    assert session.position == Position(2, last - 1)
    names = [branch.name for branch in session.branches.all]
    assert names == ["main", "branch 1"], "edits of one iteration are one branch"
    assert [edit.value for edit in session.branches.current.edits] == [9.0, 7.0]
    assert present(undo(session)).value == 7.0
    assert float(present(session.record.at("w", 0))) == 9.0
    assert present(undo(session)).value == 9.0
    assert undo(session) is None
    assert session.branches.current.name == "main"
