"""Looking ahead changes nothing but how soon the answer is there."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.view.state import FORESEEN
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from tests.storms.keys import standing_clocks
from tests.view.samples import ALL, stepper
from tests.view.test_stepper import MOVES, painted

AGAIN = sorted(FORESEEN)
keys = st.one_of(st.sampled_from(AGAIN), st.sampled_from(AGAIN), st.sampled_from(MOVES))


@pytest.mark.parametrize("name", ALL)
@given(st.lists(st.tuples(keys, st.sampled_from([None, *AGAIN])), max_size=25))
@settings(deadline=None, max_examples=25)
def test_what_is_shown_is_what_would_have_been_shown(name: str, keys: list[tuple[str, str | None]]) -> None:
    ahead, plain = stepper(name), stepper(name)
    with standing_clocks():  # a run goes as far in the one as in the other
        for key, foreseen in keys:
            if foreseen is not None:
                ahead.look_ahead(foreseen)
            plain._known.clear()  # it makes every view anew
            one, other = ahead.do(key), plain.do(key)
            assert painted(one) == painted(other)
            assert line_text(one.message) == line_text(other.message)
            assert (one.enabled, one.rows) == (other.enabled, other.rows)
            assert (ahead.session.position, ahead.session.opened) == (plain.session.position, plain.session.opened)
            assert ahead.choice == plain.choice


def test_what_was_foreseen_is_what_is_answered() -> None:
    seen = stepper("layers")
    seen.do("step.next")
    for command in ("step.next", "step.next", "step.back", "cell.down", "cell.right", "phase.next", "frame.into"):
        foreseen = seen.look_ahead(command)
        assert foreseen is not None
        with mock.patch.object(Stepper, "view", side_effect=AssertionError("a view was made")):
            assert seen.do(command) is foreseen


def test_what_was_seen_a_step_ago_is_what_is_answered() -> None:
    seen = stepper("layers")
    shown = [seen.do(command) for command in ("step.next", "step.next", "step.next")]
    with mock.patch.object(Stepper, "view", side_effect=AssertionError("a view was made")):
        assert [seen.do("step.back"), seen.do("step.back"), seen.do("step.next")] == [shown[1], shown[0], shown[1]]


def test_few_are_kept_and_of_one_iteration() -> None:
    seen = stepper("layers")
    for _ in range(2 * len(seen.session.program.steps)):
        seen.do("step.next")
        seen.look_ahead("step.next")
        seen.look_ahead("step.back")
        assert len(seen._known) <= 6
        assert {position.iteration for position, _, _ in seen._known} == {seen.session.position.iteration}


@pytest.mark.parametrize("command", ["digits.more", "stop.line", "panel.reading", "lens.check", "quiz.toggle"])
def test_what_was_foreseen_holds_only_as_long_as_nothing_else_is_done(command: str) -> None:
    seen = stepper("layers")
    seen.do("step.next")
    foreseen = seen.look_ahead("step.next")
    seen.do(command)
    assert seen.do("step.next") is not foreseen


def test_what_was_foreseen_does_not_hold_with_other_digits() -> None:
    seen = stepper("layers")
    seen.do("step.next")
    foreseen = seen.look_ahead("step.next")
    seen.digits += 1
    assert seen.do("step.next") is not foreseen


@pytest.mark.parametrize("command", ["iteration.next", "run.forward", "lens.check", "panel.focus", "no.such"])
def test_not_everything_is_foreseen(command: str) -> None:
    assert stepper("layers").look_ahead(command) is None


def test_the_next_iteration_is_not_run_ahead() -> None:
    seen = stepper("layers")
    assert seen.look_ahead("step.next") is None
    assert seen.session.timeline.history.count == 0
    seen.do("step.last")
    run = seen.session.timeline.history.count
    assert seen.look_ahead("step.next") is None
    assert seen.session.timeline.history.count == run
    assert stepper("layers").look_ahead("step.back") is None


def test_in_a_quiz_nothing_is_foreseen() -> None:
    seen = stepper("layers")
    seen.do("quiz.toggle")
    assert seen.look_ahead("step.next") is None
