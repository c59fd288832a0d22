"""Keys that go straight to their command: they do what they would do on Textual's way, and only when nothing waits."""

from __future__ import annotations

from unittest import mock

import pytest
from textual import events
from textual.binding import BindingsMap
from textual.keys import _character_to_key

from nnstep.tui.commands import COMMANDS
from nnstep.tui.screens.stepper import StepperScreen
from nnstep.tui.stepping import open_stepper
from nnstep.tui.straight import COMMAND_OF
from tests.tui.driving import board_rows, post_keys, press_at_once, run
from tests.tui.fakes import FakeStepper

SIMPLE = [command for command in COMMANDS if command.session and not command.label.endswith("…")]
STEPPING = {_character_to_key(key) if len(key) == 1 else key for command in SIMPLE for key in command.keys}
LETTERS = [name for name in "nnnNn6hjkln;mL]n[>n<NNsnfnd+nv-n" if _character_to_key(name) in STEPPING]


def key(name: str) -> events.Key:
    """The event of a key, by its character or its name."""
    return events.Key(_character_to_key(name) if len(name) == 1 else name, name if len(name) == 1 else None)


def test_every_key_of_a_command_of_the_session_is_known_under_its_name():
    assert len(SIMPLE) > 30
    bound = BindingsMap(StepperScreen.BINDINGS).key_to_bindings
    for name, command in COMMAND_OF.items():
        assert [binding.id for binding in bound[name]] == [command]
    for command in SIMPLE:
        for name in command.keys:
            assert COMMAND_OF[_character_to_key(name) if len(name) == 1 else name] == command.id


def test_the_screen_is_the_same_on_both_ways():
    def seen(app):
        return board_rows(app), app.stepping.stepper.session.position

    async def straight(app, pilot):
        shown = []
        for letter in LETTERS:
            assert app.take(key(letter))
            await pilot.pause()  # and what comes next is prepared for
            shown.append(seen(app))
        return shown

    async def through_textual(app, pilot):
        shown = []
        for letter in LETTERS:
            app.stepping.stepper._known.clear()  # everything is made anew
            await press_at_once(app, pilot, [letter])
            shown.append(seen(app))
        return shown

    with mock.patch("nnstep.tui.straight._PAUSE", 0.0), mock.patch("nnstep.tui.straight._REST", 0.0):
        assert run(straight, open_stepper("two_layer")) == run(through_textual, open_stepper("two_layer"))


def test_a_key_does_not_overtake_what_came_before():
    async def act(app, pilot):
        post_keys(app, ["n"])
        overtaken = app.take(key("]"))
        await pilot.pause()
        return overtaken, app.stepping.stepper.done

    stepper = FakeStepper(4, 4)
    stepper.done = []
    do = stepper.do
    stepper.do = lambda command, argument=None: (stepper.done.append(command), do(command, argument))[1]
    overtaken, done = run(act, stepper)
    assert not overtaken
    assert done[-1:] == ["step.next"]


@pytest.mark.parametrize("opens", ["g", "?", "o"])
def test_a_dialog_has_its_keys(opens):
    async def act(app, pilot):
        await pilot.press(opens)
        taken = [app.take(key(one)) for one in "nN]"]
        await pilot.press("escape")
        await pilot.pause()
        return taken, app.take(key("n"))

    assert run(act, FakeStepper(4, 4)) == ([False] * 3, True)


@pytest.mark.parametrize("name", ["q", "g", "y", "o", "enter", "ctrl+q", "ctrl+c", "f12", "ä"])
def test_other_keys_go_by_textual(name):
    async def act(app, pilot):
        return app.take(key(name)), app.stepping.stepper.step

    assert run(act, FakeStepper(4, 4)) == (False, 0)


def test_a_command_that_raises_is_said_and_not_the_end():
    async def act(app, pilot):
        with mock.patch.object(FakeStepper, "do", side_effect=RuntimeError("no such luck")):
            taken = app.take(key("n"))
        await pilot.pause()
        failures = list(app.failures)
        app.failures.clear()
        return taken, failures, app.take(key("n")), app.is_running

    taken, (failure,), again, running = run(act, FakeStepper(4, 4))
    assert (taken, str(failure), again, running) == (True, "no such luck", True, True)


def test_between_two_keys_the_next_one_is_prepared_for():
    foreseen = []

    async def act(app, pilot):
        stepper = app.stepping.stepper
        look_ahead = stepper.look_ahead
        stepper.look_ahead = lambda command: (foreseen.append(command), look_ahead(command))[1]
        for letter in "nnN":
            app.take(key(letter))
            await pilot.pause()
        with mock.patch.object(type(stepper), "view", side_effect=AssertionError("a view was made")):
            app.take(key("N"))
        await pilot.pause()
        return app.failures, stepper.session.position.step

    with mock.patch("nnstep.tui.straight._PAUSE", 0.0):
        assert run(act, open_stepper("two_layer")) == ([], 0)
    both = ["step.next", "step.back"]
    assert foreseen == [*both, *both, *both[::-1], *both[::-1]]


def test_after_another_key_the_steps_are_prepared_for_when_it_is_quiet():
    foreseen = []

    async def act(app, pilot):
        app.stepping.stepper.look_ahead = foreseen.append
        app.take(key("]"))
        taken = app.take(key("tab"))  # which is Textual's, and the screen is quiet only after it
        await pilot.pause()
        return taken, list(foreseen)

    with mock.patch("nnstep.tui.straight._REST", 0.0):
        assert run(act, FakeStepper(4, 4)) == (False, ["step.next", "step.back"])


def test_what_raises_while_looking_ahead_is_not_said():
    async def act(app, pilot):
        with mock.patch.object(FakeStepper, "look_ahead", side_effect=RuntimeError("not yet")):
            app.take(key("n"))
            await pilot.pause()
        return app.failures, app.take(key("n"))

    with mock.patch("nnstep.tui.straight._PAUSE", 0.0):
        assert run(act, FakeStepper(4, 4)) == ([], True)
