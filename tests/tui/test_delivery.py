"""A flood of input: every key is carried out, what is superseded is not painted, and whoever leaves need not wait."""

from __future__ import annotations

import asyncio
import random
from unittest import mock

import pytest
from textual import events
from textual.binding import BindingsMap
from textual.keys import _character_to_key
from textual.pilot import Pilot

from nnstep.catalogue import say
from nnstep.commands import COMMANDS
from nnstep.debugger import Position
from nnstep.tui import key_meaning
from nnstep.tui.app import NnstepApp
from nnstep.tui.delivery import Delivery
from nnstep.tui.input_queue import InputQueue
from nnstep.tui.scenarios import open_stepper
from nnstep.tui.screens.stepper import StepperScreen
from nnstep.tui.widgets.board import Board
from nnstep.view.scene.choice import Choice
from tests.present import present
from tests.tui.driving import Rows, board_rows, press_at_once, run, screen_text
from tests.tui.real import here

# Where a session is, what is chosen in it, what is on the screen, what has failed.
Reached = tuple[Position, Choice, Rows, list[BaseException]]


def key(name: str) -> events.Key:
    """The event of a key, by its character or its name."""
    return events.Key(_character_to_key(name) if len(name) == 1 else name, name if len(name) == 1 else None)


def put(app: NnstepApp, names: list[str]) -> Delivery:
    """Have the keys come faster than anyone can answer."""
    app.delivery.begin()
    for name in names:
        app.delivery.put(key(name))
    return app.delivery


async def delivered(app: NnstepApp, pilot: Pilot[None], names: list[str]) -> Reached:
    delivery = put(app, names)
    await asyncio.sleep(0)
    while not present(delivery._delivering).done():
        await asyncio.sleep(0)
    for _ in range(3):
        await pilot.pause()
    return here(app).session.position, here(app).choice, board_rows(app), app.failures


async def one_by_one(app: NnstepApp, pilot: Pilot[None], names: list[str]) -> Reached:
    for name in names:
        await press_at_once(app, pilot, [name])
    return here(app).session.position, here(app).choice, board_rows(app), app.failures


def keys_of(seed: int, count: int = 50) -> list[str]:
    often = ["n", "n", "n", "N", "]", "[", ">", "h", "j", "k", "l", "tab", "4", "1", "down", "pagedown", "s", "f", "S"]
    rare = ["escape", "z", "v", "E", "t", "i", "b", "x", "enter", "backspace", "U", "+", "?", "y"]
    return random.Random(seed).choices([*often, *often, *rare], k=count)


@pytest.mark.parametrize(("name", "seed"), [("xor", 0), ("xor", 2), ("attention", 3)])
def test_a_flood_leads_where_the_same_keys_one_by_one_lead(name: str, seed: int) -> None:
    names = keys_of(seed)
    flood = run(lambda app, pilot: delivered(app, pilot, names), open_stepper(name))
    assert flood == run(lambda app, pilot: one_by_one(app, pilot, names), open_stepper(name))
    assert flood[-1] == []


def test_every_step_of_a_flood_is_taken_and_few_are_painted() -> None:
    names = ["n"] * 1_200 + ["N"] * 800
    painted = mock.Mock(side_effect=Board._paint, autospec=True)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> Reached:
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
def test_quitting_does_not_wait_for_what_nobody_will_see(before: str) -> None:
    names = ["tab" if one == "\t" else one for one in before] * 500

    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[tuple[str]]:
        done = mock.Mock()
        with (
            mock.patch.object(app.stepping, "_skip", done),
            mock.patch.object(app.stepping, "perform", done),
            mock.patch.object(app, "exit"),
        ):
            await delivered(app, pilot, [*names, "q"])
        return [call.args for call in done.call_args_list]

    assert run(act, open_stepper("xor")) == [("app.quit",)]


def test_every_key_of_a_command_is_known_under_textuals_name() -> None:
    bound = BindingsMap(StepperScreen.BINDINGS).key_to_bindings
    for name, command in key_meaning.COMMAND_OF.items():
        assert [binding.id for binding in bound[name]] == [command.id]
    assert len(key_meaning.COMMAND_OF) == sum(len(command.keys) for command in COMMANDS)


@pytest.mark.parametrize("before", [["u"], ["p", "n"], ["g", "3", "enter"], ["+"]])
def test_but_for_what_is_kept_or_has_the_keys(before: list[str]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> int:
        waiting = InputQueue()
        for name in ["n", *before, "q"]:
            waiting.put(key(name))
        waiting.drop_before(lambda message: isinstance(message, events.Key) and message.key == "q", app.is_idle)
        return len(waiting)

    assert run(act, open_stepper("xor")) == len(before) + 2


def test_ctrl_c_is_answered_behind_a_flood() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> int:
        seen = []
        delivery = put(app, [*["v"] * 3_000, "ctrl+c"])
        while say("message.quits") not in seen:
            await asyncio.sleep(0.001)
            seen.append(screen_text(app).splitlines()[-1].strip())
        left = len(delivery.queue)
        while delivery.queue:
            delivery.queue.take()
        return left

    assert run(act, open_stepper("xor")) > 1_000


def test_what_waits_is_bounded_and_what_is_superseded_is_not_kept() -> None:
    waiting = InputQueue()
    while not waiting.full:
        waiting.put(key("n"))
    assert len(waiting) == 1 << 17
    assert len({id(message) for message in waiting._messages}) == 1
    assert waiting.take() is not waiting.take()
    moves = InputQueue()
    for x in range(5_000):
        moves.put(events.MouseMove(None, x, 0, 0, 0, 0, False, False, False))
    assert len(moves) == 1
    last = moves.take()
    assert isinstance(last, events.MouseMove)
    assert last.x == 4_999


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
def test_keys_that_lead_nowhere_do_not_stand_before_the_one_that_quits(before: list[str], quits: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> int:
        waiting = InputQueue()
        for name in [*before * 20, quits]:
            waiting.put(key(name))
        waiting.drop_before(app.quits, app.is_idle)
        return len(waiting)

    assert run(act, open_stepper("xor")) == 1


def test_what_is_asked_before_its_turn_leaves_the_layout_as_it_is() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[tuple[bool, bool], str]:
        app.keyboard.keys("ν")  # on a Greek keyboard, where ; is q
        latin = key("n")
        answers = app.is_idle(latin), app.quits(key("й"))
        return answers, app.keyboard.keys(";")

    assert run(act, open_stepper("xor")) == ((True, True), "q")


def test_turns_of_a_wheel_do_not_pile_up() -> None:
    waiting = InputQueue()
    for _ in range(10_000):
        waiting.put(events.MouseScrollDown(None, 1, 1, 0, 0, 0, False, False, False))
    waiting.put(key("q"))
    assert not waiting.full
    assert len(waiting) < 100
