"""A flood of input: every key is carried out, what is superseded is not painted, and whoever leaves need not wait."""

from __future__ import annotations

import asyncio
import random
from unittest import mock

import pytest
from textual import events

from nnstep.catalogue import say
from nnstep.tui.delivery import Delivery
from nnstep.tui.stepping import open_stepper
from nnstep.tui.waiting import Waiting
from nnstep.tui.widgets.board import Board
from tests.tui.driving import board_rows, press_at_once, run, screen_text
from tests.tui.test_straight import key


async def delivered(app, pilot, names):
    """Have the keys come faster than anyone can answer."""
    delivery = Delivery(asyncio.get_running_loop(), app)
    for name in names:
        delivery.put(key(name))
    while len(delivery.waiting):
        await asyncio.sleep(0)
    for _ in range(3):
        await pilot.pause()
    return app.stepping.stepper.session.position, app.stepping.stepper.choice, board_rows(app), app.failures


async def one_by_one(app, pilot, names):
    for name in names:
        await press_at_once(app, pilot, [name])
    return app.stepping.stepper.session.position, app.stepping.stepper.choice, board_rows(app), app.failures


def keys_of(seed: int, count: int = 50) -> list[str]:
    often = ["n", "n", "n", "N", "]", "[", ">", "h", "j", "k", "l", "tab", "4", "1", "down", "pagedown", "s", "f", "S"]
    rare = ["escape", "z", "v", "E", "t", "i", "b", "x", "enter", "backspace", "U", "+", "?", "y"]
    return random.Random(seed).choices([*often, *often, *rare], k=count)


@pytest.mark.parametrize(("name", "seed"), [("xor", 0), ("xor", 2), ("attention", 3)])
def test_a_flood_leads_where_the_same_keys_one_by_one_lead(name, seed):
    names = keys_of(seed)
    flood = run(lambda app, pilot: delivered(app, pilot, names), open_stepper(name))
    assert flood == run(lambda app, pilot: one_by_one(app, pilot, names), open_stepper(name))
    assert flood[-1] == []


def test_every_step_of_a_flood_is_taken_and_few_are_painted():
    names = ["n"] * 1_200 + ["N"] * 800
    painted = mock.Mock(side_effect=Board._paint, autospec=True)

    async def act(app, pilot):
        with mock.patch.object(Board, "_paint", lambda board: painted(board)):
            return await delivered(app, pilot, names)

    stepper = open_stepper("xor")
    position, *_ = run(act, stepper)
    other = open_stepper("xor")
    for one in names:
        other.skip("step.next" if one == "n" else "step.back")
    assert position == other.session.position
    assert painted.call_count < 200


@pytest.mark.parametrize("before", ["nNnN", "]", "vE", "\t4", "z"])
def test_quitting_does_not_wait_for_what_nobody_will_see(before):
    names = ["tab" if one == "\t" else one for one in before] * 500

    async def act(app, pilot):
        done = mock.Mock()
        with (
            mock.patch.object(app.stepping, "skip", done),
            mock.patch.object(app.stepping, "perform", done),
            mock.patch.object(app, "exit"),
        ):
            await delivered(app, pilot, [*names, "q"])
        return [call.args for call in done.call_args_list]

    assert run(act, open_stepper("xor")) == [("app.quit",)]


@pytest.mark.parametrize("before", [["u"], ["p", "n"], ["g", "3", "enter"], ["+"]])
def test_but_for_what_is_kept_or_has_the_keys(before):
    async def act(app, pilot):
        waiting = Waiting()
        for name in ["n", *before, "q"]:
            waiting.put(key(name))
        waiting.drop_before(lambda message: message.key == "q", app.passes)
        return len(waiting)

    assert run(act, open_stepper("xor")) == len(before) + 2


def test_ctrl_c_is_answered_behind_a_flood():
    async def act(app, pilot):
        delivery = Delivery(asyncio.get_running_loop(), app)
        for name in [*["v"] * 3_000, "ctrl+c"]:
            delivery.put(key(name))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        left = len(delivery.waiting)
        said = screen_text(app).splitlines()[-1]
        while len(delivery.waiting):
            delivery.waiting.take()
        return left, said

    left, said = run(act, open_stepper("xor"))
    assert left > 1_000
    assert said.strip() == say("message.quits")


def test_what_waits_is_bounded_and_what_is_superseded_is_not_kept():
    waiting = Waiting()
    while not waiting.full:
        waiting.put(key("n"))
    assert len(waiting) == 1 << 17
    assert len({id(message) for message in waiting._messages}) == 1
    assert waiting.take() is not waiting.take()
    moves = Waiting()
    for x in range(5_000):
        moves.put(events.MouseMove(None, x, 0, 0, 0, 0, False, False, False))
    assert len(moves) == 1
    assert moves.take().x == 4_999


@pytest.mark.parametrize(
    "before",
    [
        ["h", "ctrl+c", "l"],  # asked twice
        ["み", "ctrl+@", "f12"],  # bound to nothing
        ["누"],  # two keys, and nothing is left of either
        ["escape", "J", "v"],
    ],
)
@pytest.mark.parametrize("quits", ["q", "ctrl+q", "й", "ㅂ", "ض"])
def test_keys_that_lead_nowhere_do_not_stand_before_the_one_that_quits(before, quits):
    async def act(app, pilot):
        waiting = Waiting()
        for name in [*before * 20, quits]:
            waiting.put(key(name))
        waiting.drop_before(app.quits, app.passes)
        return len(waiting)

    assert run(act, open_stepper("xor")) == 1


def test_what_is_asked_before_its_turn_leaves_the_layout_as_it_is():
    async def act(app, pilot):
        app.keyboard.keys("ν")  # on a Greek keyboard, where ; is q
        latin = key("n")
        answers = app.passes(latin), app.quits(key("й"))
        return answers, app.keyboard.keys(";")

    assert run(act, open_stepper("xor")) == ((True, True), "q")


def test_a_key_that_means_nothing_is_said_once_and_then_costs_nothing():
    async def act(app, pilot):
        await pilot.press("み")
        with mock.patch.object(app, "post_message", side_effect=AssertionError("by Textual")):
            return [app.take(key(name), more=True) for name in ("み", "ctrl+@")]

    assert run(act, open_stepper("xor")) == [True, True]


def test_turns_of_a_wheel_do_not_pile_up():
    waiting = Waiting()
    for _ in range(10_000):
        waiting.put(events.MouseScrollDown(None, 1, 1, 0, 0, 0, False, False, False))
    waiting.put(key("q"))
    assert not waiting.full
    assert len(waiting) < 100
