"""A share of the storm of keys that the continuous integration carries, and bytes through a real terminal."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from signal import Signals

import pytest
from textual import events
from textual.pilot import Pilot

from nnstep.tui.app import NnstepApp
from nnstep.tui.terminal import Keys
from tests.storms.child import Child, nnstep
from tests.storms.input import END_OF_PASTE, event
from tests.storms.keys import apart, standing_clocks, storm
from tests.tui.driving import fake, press_at_once, run
from tests.tui.fakes import FakeStepper

EVENTS = 200


@pytest.mark.parametrize("seed", [101, 202, 303])
def test_nothing_raises_and_the_session_equals_a_replay_of_its_commands(seed: int) -> None:
    with standing_clocks():
        with apart():
            made = storm(EVENTS, seed)
        assert made.failures == [], made.tail()
        with apart():
            assert made.different() == [], made.tail()
    assert sum(len(one.log) for one in made.opened) > EVENTS // 10  # it was not all in one dialog


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_are_read_and_the_keys_after_them_still_are(seed: int) -> None:
    chance = random.Random(seed)
    keys = Keys()
    for _ in range(2_000):
        data = event(chance) if chance.random() < 0.7 else chance.randbytes(chance.randrange(1, 9))
        for _message in keys.feed(data):
            pass
    for _message in keys.feed(b"\x1b\\" + END_OF_PASTE + b"   "):
        pass
    assert [message.key for message in keys.feed(b"nN") if isinstance(message, events.Key)] == ["n", "N"]


@pytest.mark.parametrize(
    "data",
    [
        *(b"\xff", b"\xc3(", b"\x1b[999999999999u", b"\x1b[1;1;1114112u", b"\x1b[46:62;2;62u"),
        b"\x1b[48;0;0;0;0t\x1b[<0;5;5M",
    ],
)
def test_what_is_no_key_is_dropped_alone(data: bytes) -> None:
    pressed = [message for message in Keys().feed(b"n" + data + b"\x1b[A") if isinstance(message, events.Key)]
    assert pressed[0].key == "n"
    assert pressed[-1].key == "up"


@pytest.mark.parametrize(("keys", "command"), [(("g", "3"), "step.goto"), (("w", *"loss"), "watch.add")])
def test_esc_right_after_enter_does_not_overtake_it(keys: tuple[str, ...], command: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[str], bool]:
        await press_at_once(app, pilot, [*keys, "enter", "escape"])
        return [name for name, _ in fake(app).log], app.screen is app.stepping

    done, back = run(act, FakeStepper())
    assert done.count(command) == 1
    assert back


@pytest.mark.parametrize("key", ["slash", "L", "ctrl+p"])
def test_pages_of_a_list_that_is_not_there_yet(key: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[BaseException]:
        await press_at_once(app, pilot, [key, "pagedown", "pageup", "pagedown", "end", "home", "pagedown", "escape"])
        return app.failures

    assert run(act, FakeStepper()) == []


@pytest.mark.parametrize(("seed", "end"), [(1, b"q"), (2, b"\x11"), (3, signal.SIGTERM)])
def test_bytes_through_a_terminal(
    seed: int, end: bytes | Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a branch may be saved
    chance = random.Random(seed)
    child = Child(nnstep("two_layer"), 120, 36, HOME=str(tmp_path))
    try:
        assert child.until(b"Operation")
        for _ in range(150):
            child.type(event(chance).replace(b"\x1a", b""))  # stops it; test_suspend.py has that
            if chance.random() < 0.05:
                child.resize(chance.choice([1, 60, 80, 120, 200]), chance.choice([1, 16, 24, 36, 60]))
            child.read(0.002, 0.01)
        child.type(END_OF_PASTE)
        child.read(0.3, 5.0)
        assert child.state, child.output[-2000:]
        assert child.comes_to_rest()  # nothing is done when nothing happens
        if isinstance(end, bytes):
            for _ in range(6):
                child.type(b"\x1b")
                child.read(0.15, 0.5)
            child.type(end)
        else:
            child.signal(end)
        assert child.wait(10.0) is not None
        assert child.status == (0 if isinstance(end, bytes) else 128 + end)
        assert child.wrong() == []
    finally:
        child.end()
