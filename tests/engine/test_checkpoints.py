"""States kept in a bounded number of bytes: always right, at even distances, without gaps."""

from __future__ import annotations

from functools import partial
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nnstep.engine.checkpoints
from nnstep.engine.arena_layout import Layout, layout
from nnstep.engine.checkpoints import Checkpoints, Segment, distance
from nnstep.engine.machine import Machine, State
from nnstep.program import compile_program
from nnstep.scenario import loads

QUICK = settings(max_examples=80, deadline=None)
SIZES = st.integers(1, 7)


def state_after(done: int, size: int) -> np.ndarray:
    """What the fake machine's state is after `done` iterations."""
    return done + np.arange(size) / 16


def start(first: int, size: int, budget: int, every: int) -> Checkpoints:
    return Checkpoints(State(first, state_after(first, size)), budget, every)


def run(store: Checkpoints, size: int, iterations: int) -> None:
    """Go on as a timeline does: from where a state is due to where the next one is."""
    last = store.next + iterations
    while store.next <= last:
        store.add(partial(np.copyto, src=state_after(store.next, size)))


def check(store: Checkpoints, first: int, size: int, budget: int, every: int) -> None:
    """It has what it says it has."""
    assert store.first == first
    assert store.nbytes == len(store) * 8 * size <= max(budget, 2 * 8 * size)
    ratio = store.every // every
    assert store.every == ratio * every
    assert ratio & (ratio - 1) == 0, "a power of two"
    assert store.next == first + len(store) * store.every
    for done in range(first, store.next + 3 * store.every):
        found = store.nearest(done)
        expected = min((done - first) // store.every, len(store) - 1) * store.every + first
        assert found.done == expected, "the last one, and none is missing"
        assert found.numbers.tobytes() == state_after(expected, size).tobytes()


@QUICK
@given(st.integers(0, 50), SIZES, st.integers(0, 900), st.integers(1, 9), st.lists(st.integers(0, 90), max_size=6))
def test_states_are_those_of_their_iterations(first: int, size: int, budget: int, every: int, parts: list[int]) -> None:
    store = start(first, size, budget, every)
    check(store, first, size, budget, every)
    for iterations in parts:
        run(store, size, iterations)
        check(store, first, size, budget, every)
    reached = store.next - first
    most = max(2, budget // (8 * size))
    assert store.every == every or store.every < 2 * reached / most + every, "no farther apart than need be"


@QUICK
@given(st.integers(0, 50), SIZES, st.integers(0, 900), st.integers(0, 900), st.integers(0, 200), st.data())
def test_a_part_of_it_is_a_store_of_its_own(
    first: int, size: int, budget: int, less: int, iterations: int, data: st.DataObject
) -> None:
    store = start(first, size, budget, 3)
    run(store, size, iterations)
    done = data.draw(st.integers(first, store.next + 5))
    part = store.until(done, less)
    check(part, first, size, less, store.every)
    states = [first + row * part.every for row in range(len(part))]
    assert all(one <= done for one in states)
    assert part.next > min(done, store.next - 1), "all states up to there, or every second one and so on"
    held = (store.nbytes, store.every)
    run(part, size, 40)
    check(part, first, size, less, store.every)
    assert (store.nbytes, store.every) == held
    run(store, size, 40)
    check(store, first, size, budget, 3)
    check(part, first, size, less, 3)


@QUICK
@given(SIZES, st.integers(0, 600), st.lists(st.integers(0, 60), max_size=4))
def test_a_state_is_due_where_every_one_before_is_kept(size: int, budget: int, parts: list[int]) -> None:
    """A machine that asks for `next`, runs there and adds, is never asked for what lies behind it."""
    store = start(0, size, budget, 2)
    for iterations in parts:
        before = store.next
        run(store, size, iterations)
        assert store.next > before


def test_no_more_states_than_there_is_room_for_are_kept_at_all() -> None:
    with mock.patch.object(nnstep.engine.checkpoints, "_MOST", 5):
        store = start(0, 1, 1 << 40, 1)
        run(store, 1, 100)
        assert len(store) <= 5
        check(store, 0, 1, 5 * 8, 1)


def test_iterations_of_many_numbers_have_nearer_checkpoints() -> None:
    assert distance(10) > distance(10**7) >= 1


# Segments.


def some_layout() -> Layout:
    """A scenario with all that a state has: updated and not, and an optimizer's."""
    text = (
        'equations = "loss = sum((w * c - v) ** 2)"\n[parameters]\nw = [1, 2, 3]\n'
        'v = { value = [4, 5, 6], trainable = false }\n[constants]\nc = 2\n[optimizer]\ntype = "adam"\n'
    )
    return layout(compile_program(loads(text)))


LAYOUT = some_layout()
MACHINE = Machine(LAYOUT.program)


def stand(iteration: int) -> Machine:
    """The machine as it is after an iteration whose numbers say which one."""
    MACHINE.arena[:] = iteration + np.arange(LAYOUT.size) / 1024
    return MACHINE


def left_by(iteration: int) -> bytes:
    """The state that the iteration leaves."""
    out = np.empty(LAYOUT.state)
    stand(iteration).copy_state_after(out)
    return out.tobytes()


def check_states(segment: Segment, told: int) -> None:
    """After the iterations up to `told`."""
    begin, stride = segment.start, segment.stride
    kept = list(range(begin + stride, told + 1, stride))
    for done in range(begin, segment.stop + 1):
        found = segment.nearest(done)
        behind = [one for one in kept if one <= done]
        assert (found is not None) == bool(behind)
        if found is not None:
            assert found.done == behind[-1]
            assert found.numbers.tobytes() == left_by(found.done)


@QUICK
@given(st.integers(0, 40), st.integers(1, 60), st.integers(0, 60 * 8 * LAYOUT.size), st.booleans(), st.integers(0, 60))
@example(3, 5, 5 * 8 * LAYOUT.size, True, 4)  # all numbers of the iterations fit
def test_a_segment_has_the_states_of_its_iterations(
    begin: int, length: int, budget: int, whole: bool, run: int
) -> None:
    stop = begin + length
    told = min(begin + run, stop)
    segment = Segment(begin, stop, LAYOUT, budget, whole)
    for iteration in range(begin + 1, told + 1):
        assert segment.keep(stand(iteration), iteration) is False
    assert segment.whole == (whole and 8 * length * LAYOUT.size <= budget)
    room = 1 if segment.whole else max(2, budget // (8 * LAYOUT.state))
    assert segment.stride == (1 if segment.whole else -(-length // room)), "all of them where they fit"
    assert segment.nbytes <= max(budget, 2 * 8 * LAYOUT.state)
    check_states(segment, told)
    for iteration in range(max(0, begin - 2), stop + 3):
        arena = segment.arena(iteration)
        assert (arena is not None) == (segment.whole and begin < iteration <= told)
        if arena is not None:
            assert arena.tobytes() == stand(iteration).arena.tobytes()
            assert not arena.flags.writeable
            with pytest.raises(ValueError, match="read-only"):
                arena[0] = 1.0


@QUICK
@given(st.integers(0, 9), st.integers(1, 60), st.integers(1, 9))
def test_a_segment_of_many_iterations_keeps_some_states(begin: int, length: int, most: int) -> None:
    with mock.patch.object(nnstep.engine.checkpoints, "_MOST_OF_SEGMENT", most):
        segment = Segment(begin, begin + length, LAYOUT, 1 << 30, False)
    assert segment.nbytes <= max(2, most) * 8 * LAYOUT.state
    for iteration in range(begin + 1, begin + length + 1):
        segment.keep(stand(iteration), iteration)
    check_states(segment, begin + length)


def test_a_state_is_what_the_next_iteration_starts_from() -> None:
    """On a real run: the state out of all numbers of an iteration is the one that the machine copies."""
    machine = Machine(LAYOUT.program)
    with np.errstate(all="ignore"):
        machine.load_state(State(0, np.linspace(0.5, 1.5, LAYOUT.state)))
        whole, states = (Segment(0, 5, LAYOUT, 1 << 20, one) for one in (True, False))
        for iteration in range(1, 6):
            if iteration > 1:
                machine.follow(machine, iteration)
            machine.run()
            whole.keep(machine, iteration)
            states.keep(machine, iteration)
            one, other = whole.nearest(iteration), states.nearest(iteration)
            assert one is not None
            assert other is not None
            assert one.done == other.done == iteration
            assert one.numbers.tobytes() == other.numbers.tobytes()
            later = Machine(LAYOUT.program)
            later.load_state(one)
            machine_after = np.append(machine.arena[LAYOUT.after :], machine.arena[LAYOUT.carried : LAYOUT.state])
            assert later.arena[: LAYOUT.state].tobytes() == machine_after.tobytes()
