"""Text from files and from the keyboard in the running application: shown as it is, never obeyed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from nnstep.commands import COMMANDS
from nnstep.scenario import Bundled
from nnstep.text import _UNFIT
from nnstep.tui.app import NnstepApp
from nnstep.tui.scenarios import open_stepper
from tests.storms.child import Child, nnstep
from tests.tui.driving import press_at_once, screen_text
from tests.tui.real import here

pytest.importorskip("pty", reason="a pseudo-terminal is needed")

HOSTILE = "t\x1b[7777;1H\x9b31m\u202e\u200b[/] [@click=app.quit]x[/] \x07\r\n[bold $error]z[/bold]"
PLAIN = HOSTILE.partition(" \x07")[0]  # without what a header cannot have
UNFIT = re.compile(_UNFIT)
SEQUENCE = re.compile(r"\x1b\[[0-9;?<>=:$]*[A-Za-z]|\x1b\](?:0|52;c);[^\x07\x1b]*\x07")
KEYS = [key for command in COMMANDS if command.id != "app.quit" for key in command.keys[:1]]
SCENARIO = f"""title = {json.dumps(HOSTILE)}
description = {json.dumps(HOSTILE * 3)}
[data]
file = "data.csv"
x = [{json.dumps("a " + PLAIN)}, "b"]
y = "kind"
[[layers]]
type = "linear"
units = 2
init = "xavier_uniform"
[loss]
type = "cross_entropy"
[training]
epochs = 3
[debug]
watch = ["loss"]
"""
ENTRIES = (Bundled(HOSTILE, HOSTILE, HOSTILE, ""), Bundled("x", "X", "y", ""))


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario whose every text is hostile, in a file whose name is."""
    monkeypatch.chdir(tmp_path)  # what is saved is saved here
    column = ("a " + PLAIN).replace('"', '""')
    kinds = [f'"k{HOSTILE}"', f'"l{HOSTILE}"']
    rows = [f'"{column}",b,kind', *(f"{n},{-n},{kinds[n % 2]}" for n in range(4))]
    (tmp_path / "data.csv").write_text("\n".join(rows), encoding="utf-8", newline="")
    path = tmp_path / "s\x1b[7777;1H\u202e[@click=app.quit]x.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def look(app: NnstepApp) -> None:
    """Look at every cell of the screen: no control character, nothing to click that a text brought."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert not UNFIT.search(segment.text), (segment.text, app.screen)
            if segment.style is not None:
                assert not [key for key in segment.style.meta if key == "@click"], segment
                assert segment.style.link is None
    assert app.is_running
    assert not app.leaving
    assert app.failures == []


def walk(path: Path, act: Callable[[NnstepApp, Pilot[None]], Awaitable[None]], size: tuple[int, int]) -> NnstepApp:
    async def going() -> NnstepApp:
        app = NnstepApp(open_stepper(str(path)), library=lambda: ENTRIES)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            look(app)
            await act(app, pilot)
            look(app)
            return app

    return asyncio.run(going())


@pytest.mark.parametrize(("size", "first"), [((120, 36), "n"), ((80, 24), "end")])
def test_every_key_of_the_table(scenario: Path, size: tuple[int, int], first: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> None:
        for key in (first, *KEYS):
            await press_at_once(app, pilot, [key])
            look(app)
            if app.screen is not app.stepping:
                app.post_message(events.Paste(HOSTILE))
                await press_at_once(app, pilot, ["down"])
                look(app)
                await press_at_once(app, pilot, ["enter", "f2"])
                look(app)
                await press_at_once(app, pilot, ["escape", "escape"])
            assert app.screen is app.stepping, key
        assert "\\x1b[7777" in screen_text(app)
        assert not UNFIT.search(here(app).summary())
        assert not UNFIT.search(app.clipboard.replace("\n", ""))

    walk(scenario, act, size)


def test_what_is_wrong_with_a_file_and_what_is_said(scenario: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> None:
        app.notify(HOSTILE)
        app.report(HOSTILE)
        await pilot.pause()
        look(app)
        assert "[@click" in screen_text(app)
        wrong = (
            f"{json.dumps(HOSTILE)} = 1\n[data]\nx = {json.dumps(HOSTILE)}\n[[layers]]\ntype = {json.dumps(HOSTILE)}\n"
        )
        scenario.write_text(wrong, encoding="utf-8")
        await press_at_once(app, pilot, ["r"])
        look(app)
        assert "[@click" in screen_text(app)
        await press_at_once(app, pilot, ["escape", "L", "enter"])
        look(app)
        await press_at_once(app, pilot, ["o"])
        app.screen.query_one(Input).value = str(scenario)
        await press_at_once(app, pilot, ["enter"])
        look(app)

    walk(scenario, act, (120, 36))


@pytest.mark.parametrize("field", ["watch", "breakpoints"])
def test_a_hostile_watch_or_breakpoint(scenario: Path, field: str) -> None:
    text = SCENARIO.replace('watch = ["loss"]', f"{field} = [{json.dumps(HOSTILE)}]")
    scenario.write_text(text, encoding="utf-8")

    async def going() -> str:
        app = NnstepApp(library=lambda: ENTRIES)
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            look(app)
            await press_at_once(app, pilot, ["o"])
            app.screen.query_one(Input).value = str(scenario)
            await press_at_once(app, pilot, ["enter"])
            look(app)
            return screen_text(app)

    assert "[@click" in asyncio.run(going())


def test_what_is_written_to_a_terminal(scenario: Path) -> None:
    child = Child(nnstep(str(scenario)), 120, 36)
    try:
        assert child.until(b"Operation")
        for keys in (b"n", b"4", b"y", b"V", b"?", b"\x1b", b"L", b"\x1b", b"p", b"n", b"q"):
            child.type(keys)
            child.read(0.15)
        child.wait(10.0)
        assert child.status == 0
        assert child.wrong() == []
        assert "[@click=app.quit]x[/]" in child.modes.title
        text = SEQUENCE.sub("", child.output.decode())
        assert not UNFIT.search(re.sub("[\r\n]", "", text))
        assert b"\x1b[7777" not in child.output
    finally:
        child.end()
