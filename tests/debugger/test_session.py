"""Moving through a run: what every move does, and that moves undo each other."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger import Position, Session, destination, find_names
from nnstep.scenario import loads
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

MOVES = (*("next", "back", "first", "last", "next_phase", "previous_phase", "next_iteration", "previous_iteration"),)
FEW = settings(max_examples=40, deadline=None)
TEXT = """
equations = '''
h = tanh(x * w)
loss = mse(h, y)
'''
[data]
x = [0.1, 0.2, 0.3]
y = [0, 1, 0]
[parameters]
w = 0.5
[optimizer]
type = "sgd"
[training]
epochs = 2
batch_size = 2
"""


def session() -> Session:
    """4 iterations, the second and fourth with one sample; 3 forward, 4 or so backward, 1 update step."""
    return Session(loads(TEXT))


def everywhere(of: Session) -> list[Position]:
    """Every position of the run, in order."""
    iterations = range(1, of.timeline.iterations + 1)
    return [Position(k, step) for k in iterations for step in range(len(of.timeline.program(k).steps) + 1)]


@FEW
@given(scenarios(), st.randoms(use_true_random=False))
def test_next_and_back_undo_each_other(scenario: Scenario, rng: Random) -> None:
    walker = Session(scenario)
    for _ in range(25):
        before = walker.position
        if walker.next():
            assert walker.position > before
            assert walker.back()
            assert walker.position == before
        if walker.back():
            assert walker.position < before
            assert walker.next()
            assert walker.position == before
        getattr(walker, rng.choice(MOVES))()


@FEW
@given(scenarios(), st.lists(st.sampled_from(MOVES), max_size=30))
def test_any_walk_ends_where_going_there_directly_does(scenario: Scenario, moves: list[str]) -> None:
    walker, direct = Session(scenario), Session(scenario)
    for move in moves:
        before = walker.position
        assert getattr(walker, move)() == (walker.position != before), move
        assert 1 <= walker.position.iteration <= walker.timeline.iterations
        assert 0 <= walker.position.step <= len(walker.program.steps)
    assert direct.go_to(walker.position.iteration, walker.position.step) == (walker.position != Position())
    assert direct.position == walker.position
    assert direct.record.arena.tobytes() == walker.record.arena.tobytes()
    assert direct.phase == walker.phase
    assert (direct.step is None) == (direct.position.step == 0)


def test_next_visits_every_position_in_order_and_back_returns() -> None:
    walker = session()
    expected = everywhere(walker)
    seen = [walker.position]
    while walker.next():
        seen.append(walker.position)
    assert seen == expected
    assert not walker.next()
    while walker.back():
        seen.pop()
        assert walker.position == seen[-1]
    assert walker.position == Position(1, 0)
    assert not walker.back()


def test_phases() -> None:
    walker = session()
    starts = [first for _, first, _ in walker.program.phases]
    assert [phase for phase, _, _ in walker.program.phases] == ["forward", "backward", "update"]
    found = []
    for _ in range(5):
        walker.next_phase()
        found.append((walker.position.iteration, walker.position.step, walker.phase))
    assert [(k, phase) for k, _, phase in found] == [
        (1, "forward"),
        (1, "backward"),
        (1, "update"),
        (2, "forward"),
        (2, "backward"),
    ]
    assert [step for _, step, _ in found[:3]] == starts
    for expected in reversed(found[:-1]):
        assert walker.previous_phase()
        assert (walker.position.iteration, walker.position.step, walker.phase) == expected
    assert walker.previous_phase()
    assert walker.position == Position(1, 0)
    assert not walker.previous_phase()


def test_within_a_phase_previous_phase_goes_to_its_first_step() -> None:
    walker = session()
    _, first, last = walker.program.phases[1]
    walker.go_to(1, last)
    walker.previous_phase()
    assert walker.position.step == first


def test_the_last_phase_of_the_run_has_no_next_one() -> None:
    walker = session()
    walker.go_to(4, len(walker.timeline.program(4).steps))
    assert not walker.next_phase()
    assert not walker.next_iteration()


def test_iterations_keep_the_step_by_what_it_assigns() -> None:
    walker = session()
    for name in ("x * w", "loss", "grad(w)", "w"):
        walker.go_to(1, walker.program.values[walker.program.versions[name][-1]].step)
        for _ in range(3):
            assert walker.next_iteration()
            assert walker.step is not None
            assert walker.program.values[walker.step.target].name == name
        for iteration in (3, 2, 1):
            assert walker.previous_iteration()
            assert walker.position.iteration == iteration
    walker.first()
    assert walker.next_iteration()
    assert walker.position == Position(2, 0)


def test_first_and_last_stay_in_the_iteration() -> None:
    walker = session()
    walker.go_to(3, 2)
    assert walker.last()
    assert walker.position == Position(3, len(walker.program.steps))
    assert not walker.last()
    assert walker.first()
    assert walker.position == Position(3, 0)
    assert not walker.first()


@pytest.mark.parametrize(("iteration", "step"), [(0, 0), (5, 0), (1, -1), (1, 99), (-1, 0)])
def test_places_that_are_not_in_the_run(iteration: int, step: int) -> None:
    walker = session()
    with pytest.raises(IndexError, match="there is no"):
        walker.go_to(iteration, step)
    assert walker.position == Position(1, 0)


def test_a_step_shows_nothing_that_comes_later() -> None:
    walker = session()
    walker.go_to(1, 1)
    assert walker.record.at("x * w", walker.position.step) is not None
    assert walker.record.at("h", walker.position.step) is None
    assert walker.record.at("grad(w)", walker.position.step) is None
    before = walker.record.at("w", walker.position.step)
    walker.last()
    after = walker.record.at("w", walker.position.step)
    assert before is not None
    assert after is not None
    assert before == 0.5 != after


def test_places_as_they_are_typed() -> None:
    walker = session()
    assert destination(walker, "3") == Position(1, 3)
    assert destination(walker, " 2 : 3 ") == Position(2, 3)
    assert destination(walker, "x") == Position(1, 0)
    walker.go_to(2, 1)
    assert destination(walker, "3") == Position(2, 3)
    for name in find_names(walker):
        found = destination(walker, name)
        walker.go_to(found.iteration, found.step)
        if walker.step is not None:
            assert walker.program.values[walker.step.target].name == name
    assert destination(walker, "w").step == len(walker.program.steps), "where it is assigned, not where it came from"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("los", "did you mean 'loss'?"),
        ("grad(w", "did you mean 'grad(w)'?"),
        ("??", "expected a step (14)"),
        ("", "expected a step (14)"),
        ("1:2:3", "expected a step (14)"),
        ("-1", "nothing is called '-1'"),
        ("9" * 30, "nothing is called"),
    ],
)
def test_a_text_that_leads_nowhere_says_what_would(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="nothing is called") as caught:
        destination(session(), text)
    assert said in str(caught.value)
