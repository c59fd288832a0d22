"""Laws of stepping into, over and out: each move has an inverse, and a body ends with what its step assigned."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnstep.debugger import Session
from nnstep.engine import Record, Timeline, run_body
from nnstep.language import Call
from nnstep.ops import OPERATIONS
from nnstep.program import BODY, body
from nnstep.scenario import bundled, find, load, loads
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

NAMES = [one.name for one in bundled()]
MOVES = (
    *(Session.next, Session.back, Session.into, Session.back_into, Session.out, Session.back_out),
    *(Session.first, Session.last, Session.next_phase, Session.previous_phase),
    *(Session.next_iteration, Session.previous_iteration),
)


def bodies_end_with_the_value(record: Record, depth: int = 0) -> int:
    """Check every body of every step, inwards; how many there are."""
    count = 0
    for step in record.program.steps:
        inner = body(record.program, step)
        if inner is None:
            continue
        opened = run_body(record, inner)
        last = inner.program.steps[-1]
        kernel, found = record.value(step.target), opened.value(last.target)
        assert inner.program.values[last.target].name == record.program.values[step.target].name
        scale = np.abs(kernel).max() if kernel.size else 1.0
        assert np.allclose(found, kernel, rtol=1e-9, atol=1e-12 * max(1.0, scale), equal_nan=True), step.equation
        for one in inner.program.steps:
            assert one.phase == BODY
            if isinstance(one.expression, Call):
                assert not any(isinstance(argument, Call) for argument in one.expression.arguments), "one operation"
        for inside, outside in inner.inputs.items():
            assert opened.value(inside).tobytes() == record.value(outside).tobytes()
        count += 1 + bodies_end_with_the_value(opened, depth + 1)
    return count


@pytest.mark.parametrize("name", NAMES)
def test_the_body_of_every_step_of_the_library_ends_with_its_value(name: str) -> None:
    timeline = Timeline(load(find(name)))
    for iteration in {1, timeline.iterations}:
        bodies_end_with_the_value(timeline.record(iteration))


@settings(max_examples=50, deadline=None)
@given(scenarios())
def test_the_body_of_every_step_ends_with_its_value(scenario: Scenario) -> None:
    record = Timeline(scenario).record(1)
    slots = range(len(record.program.values))
    assume(all(np.isfinite(record.value(slot)).all() and np.abs(record.value(slot)).max() < 1e4 for slot in slots))
    bodies_end_with_the_value(record)


def test_what_can_be_opened() -> None:
    """Every composite of the table, every rule and every update that is more than one operation."""
    composites = {one.name for one in OPERATIONS if one.body is not None}
    assert {"softmax", "log_softmax", "cross_entropy", "layer_norm", "mse", "gelu", "mean", "sigmoid"} <= composites
    text = """
equations = \"\"\"
h = gelu(x @ W)
n = layer_norm(h, a, c)
p = softmax(n)
loss = cross_entropy(n, y) + mse(p, n)
\"\"\"
[data]
x = [[1, 2], [3, -1]]
y = [0, 1]
[parameters]
W = [[0.5, 0.1], [0.2, -0.3]]
a = [1, 2]
c = [0, 1]
[optimizer]
type = "adam"
lr = 0.1
"""
    program = Timeline(loads(text)).program(1)
    for step in program.steps:
        names = {node.function for node in [step.expression] if isinstance(node, Call)}
        several = isinstance(step.expression, Call) and any(isinstance(one, Call) for one in step.expression.arguments)
        assert (body(program, step) is not None) == (several or bool(names & composites)), step.equation


def state(session: Session) -> tuple[object, ...]:
    return session.position, session.opened


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_next_and_back_undo_each_other_whatever_is_open(scenario: Scenario, rng: Random) -> None:
    session = Session(scenario)
    for _ in range(rng.randint(0, 30)):
        rng.choice(MOVES)(session)
    before = state(session)
    if session.next():
        assert session.back()
        assert state(session) == before
    if session.back():
        assert session.next()
        assert state(session) == before


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_into_and_back_into_undo_each_other(scenario: Scenario, rng: Random) -> None:
    session = Session(scenario)
    for _ in range(rng.randint(0, 30)):
        rng.choice(MOVES)(session)
    before = session.position
    if session.into():
        assert session.back_into()
        assert session.position == before
    if session.back_into():
        assert session.into()
        assert session.position == before


@pytest.mark.parametrize("name", ["two_layer", "attention", "xor"])
def test_stepping_into_everything_passes_every_primitive_once_and_back_again(name: str) -> None:
    scenario = load(find(name))
    session = Session(scenario)
    seen = [session.position]
    while session.position.iteration == 1 and session.into():
        seen.append(session.position)
    assert seen == sorted(seen, key=lambda one: (one.iteration, one.path))
    assert len(set(seen)) == len(seen)
    heads = [one.step for one in seen if not one.inner and one.iteration == 1]
    assert heads == list(range(len(session.timeline.program(1).steps) + 1))
    back = []
    session.opened = frozenset()
    while True:
        back.append(session.position)
        if not session.back_into():
            break
    assert back == seen[::-1]


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_any_walk_ends_where_going_there_at_once_does(scenario: Scenario, rng: Random) -> None:
    session, other = Session(scenario), Session(scenario)
    for _ in range(rng.randint(1, 40)):
        rng.choice(MOVES)(session)
        stack = session.stack()
        assert [frame.now for frame in stack] == list(session.position.path)
    other.go_to(*session.position)
    assert other.position == session.position
    for mine, its in zip(session.stack(), other.stack(), strict=True):
        assert mine.now == its.now
        for slot in range(len(mine.program.values)):
            assert mine.record.value(slot).tobytes() == its.record.value(slot).tobytes()


def path(session: Session) -> tuple[int, ...]:
    return session.position.path


def test_out_stands_on_the_line_that_was_open_and_back_out_before_it() -> None:
    session = Session(load(find("two_layer")))
    session.go_to(1, 6)
    assert session.into()
    assert path(session) == (6, 1)
    assert session.next()
    assert session.out()
    assert path(session) == (6,)
    assert not session.opened
    assert not session.out()
    session.go_to(1, 7, (1, 2))
    assert session.out()
    assert path(session) == (7, 1)
    assert session.out()
    assert path(session) == (7,)
    session.go_to(1, 7, (1, 2))
    assert session.back_out()
    assert path(session) == (7,)
    assert session.back_out()
    assert path(session) == (6,)


def test_a_place_inside_that_is_not_there_is_refused() -> None:
    session = Session(load(find("two_layer")))
    with pytest.raises(IndexError, match="it is a primitive"):
        session.go_to(1, 1, (1,))
    with pytest.raises(IndexError, match="it has 1 to 5"):
        session.go_to(1, 6, (9,))
