"""Going on until a breakpoint hits: exactly where stepping by hand would stop, in both directions."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger import Position, Session
from nnstep.debugger.breakpoints.breakpoint import stops_at
from nnstep.debugger.breakpoints.control import Control
from nnstep.debugger.breakpoints.resume import Outcome
from nnstep.errors import LanguageError
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

FEW = settings(max_examples=40, deadline=None)


def run(control: Control, way: str, slices: float = 0.0) -> Outcome:
    """Go on until it stops, in the shortest slices there are."""
    control.start(way)
    for _ in range(100_000):
        outcome = control.advance(slices)
        if outcome is not None:
            return outcome
    raise AssertionError("it never stops")


def everywhere(session: Session) -> list[Position]:
    """Every position of the run, in order."""
    timeline = session.timeline
    return [
        Position(iteration, step)
        for iteration in range(1, timeline.iterations + 1)
        for step in range(len(timeline.program(iteration).steps) + 1)
    ]


def stopping(control: Control) -> list[Position]:
    """Every position at which a breakpoint stops a run, found one by one in the records, hits counted by hand."""
    found: set[Position] = set()
    for one in control.breakpoints:
        hits = [at for at in everywhere(control.session) if stops_at(one, control.session.timeline, *at[:2])]
        if one.active:
            found.update(hits[one.hits - 1 :])
    return sorted(found)


def some_breakpoints(control: Control, rng: Random) -> None:
    """A few breakpoints of all kinds that fit the scenario."""
    program = control.session.program
    names = [name for name, slots in program.versions.items() if program.values[slots[-1]].step]
    values = [name for name in names if program.values[program.versions[name][0]].role != "unnamed" and " " not in name]
    for _ in range(rng.randint(0, 3)):
        name = rng.choice(values)
        other = rng.choice(values)
        text = rng.choice(
            (
                name,
                rng.choice(("forward", "backward", "update", "phase")),
                f"norm({name}) > norm({other})",
                f"max({name}) > {rng.choice((0, 0.1, 1))}",
                f"any({name} != prev({name}))",
                f"max(abs({name} - prev(prev({name})))) < 0.01",
                f"iteration % {rng.randint(1, 3)} == 0",
                f"step == {rng.randint(0, len(program.steps))} and max({name}) > 0",
                f"changes(max({name}) > {rng.choice((0, 0.1, 1))})",
                f"any(isnan({name}))",
                f"epoch >= 2 and sum({name}) < {rng.choice((0, 1))}",
            )
        )
        try:
            made = control.add_breakpoint(text, rng.choice((1, 1, 2, 4)))
        except LanguageError:
            continue
        if rng.random() < 0.2:
            control.enable(made.number)


@FEW
@given(scenarios(), st.randoms(use_true_random=False))
def test_a_run_forward_stops_where_stepping_by_hand_would(scenario: Scenario, rng: Random) -> None:
    control = Control(Session(scenario))
    some_breakpoints(control, rng)
    expected = stopping(control)
    end = everywhere(control.session)[-1]
    control.session.go_to(*rng.choice(everywhere(control.session)))
    here = control.session.position
    outcome = run(control, "forward")
    later = [at for at in expected if at > here]
    assert outcome.position == control.session.position == (later[0] if later else end)
    assert outcome.reason == ("breakpoint" if later else "end")
    assert outcome.numbers == (() if not later else tuple(n for n in control.hitting() if n in outcome.numbers))
    assert bool(outcome.numbers) == bool(later)


@FEW
@given(scenarios(), st.randoms(use_true_random=False))
def test_a_run_backward_finds_the_last_stop_of_a_run_forward(scenario: Scenario, rng: Random) -> None:
    control = Control(Session(scenario))
    some_breakpoints(control, rng)
    expected = stopping(control)
    control.session.go_to(*rng.choice(everywhere(control.session)))
    here = control.session.position
    outcome = run(control, "backward")
    earlier = [at for at in expected if at < here]
    assert outcome.position == control.session.position == (earlier[-1] if earlier else Position())
    assert outcome.reason == ("breakpoint" if earlier else "start")
    while earlier:
        earlier.pop()
        run(control, "backward", slices=9.0)
        assert control.session.position == (earlier[-1] if earlier else Position())
