"""The real stepper in the application, on a scenario in a file: what is where, and dialogs that are typed into."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Static

from nnstep.tui.app import NnstepApp
from nnstep.tui.scenarios import open_stepper
from nnstep.tui.screens.ask import Ask
from nnstep.view.stepper import Stepper
from tests.tui.driving import screen_text

__all__ = [
    *("LAYERS", "LONG", "again", "at", "footer", "gutter", "here", "lines", "opened", "steps_of", "typed"),
    *("until_it_runs", "until_it_stops"),
]

LAYERS = """# a run of twelve iterations
title = "Two layers"
seed = 3
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [[0], [1], [1], [0]]
[[layers]]
type = "linear"
units = 2
[[layers]]
type = "tanh"
[[layers]]
type = "linear"
units = 1
[loss]
type = "mse"
[optimizer]
type = "sgd"
lr = 0.5  # large
[training]
epochs = 12
"""
LONG = LAYERS.replace("epochs = 12", "epochs = 10_000_000")


def opened(folder: Path, text: str = LAYERS) -> Stepper:
    """A stepper on a scenario of its own."""
    path = folder / "two.toml"
    path.write_text(text, encoding="utf-8")
    stepper = open_stepper(str(path))
    assert isinstance(stepper, Stepper)
    return stepper


def here(app: NnstepApp) -> Stepper:
    stepper = app.stepping.stepper
    assert isinstance(stepper, Stepper)
    return stepper


def lines(app: NnstepApp, key: str) -> list[str]:
    """What stands inside of a panel's frame; nothing where it is not in sight."""
    pane = app.stepping.board._panes[key]
    if pane.box is None:
        return []
    x, y, width, height = pane.inner
    return [row[x : x + width].rstrip() for row in screen_text(app).splitlines()[y : y + height]]


def gutter(app: NnstepApp, name: str) -> str:
    """What stands before the step of the listing that assigns a name."""
    (step,) = steps_of(app, name)
    found = [line for line in lines(app, "program") if re.match(rf"[ ●◆][ ▶▾] *{step} ", line)]
    (line,) = found
    return line[0]


def steps_of(app: NnstepApp, name: str) -> list[int]:
    program = here(app).session.program
    return [step.index for step in program.steps if program.values[step.target].name == name]


def footer(app: NnstepApp) -> str:
    return screen_text(app).splitlines()[-1]


def at(app: NnstepApp) -> tuple[int, str]:
    """The iteration, and what the step just done assigns."""
    session = here(app).session
    step = session.step
    return session.position.iteration, session.program.values[step.target].name if step else ""


async def typed(app: NnstepApp, pilot: Pilot[None], key: str, *texts: str) -> str:
    """Open a dialog, put texts in its lines in place of what is there, press Enter; what it says of them."""
    await pilot.press(key)
    await pilot.pause()
    return await again(app, pilot, *texts)


async def again(app: NnstepApp, pilot: Pilot[None], *texts: str) -> str:
    """The same in a dialog that is open; "" where it has closed."""
    for line, text in zip(app.screen.query(Input), texts, strict=False):
        line.value = text
    await pilot.press("enter")
    await pilot.pause()
    return str(app.screen.query_one("#said", Static).render()) if isinstance(app.screen, Ask) else ""


async def until_it_runs(app: NnstepApp, iterations: int) -> None:
    """Let a run begin, and go on until it has done that many iterations."""
    for _ in range(1_000_000):
        await asyncio.sleep(0)  # a pause of the pilot would wait for the end of the run
        progress = here(app).control.progress
        if progress is not None and progress.done >= iterations:
            return
    raise AssertionError("it does not go on")


async def until_it_stops(app: NnstepApp) -> int:
    """Wait until no run is under way; how many slices of it are done meanwhile."""
    slices, done = 0, here(app).control.progress
    for _ in range(1_000_000):
        await asyncio.sleep(0)
        now = here(app).control.progress
        if now is None:
            return slices
        slices, done = slices + (done is not None and now.done > done.done), now
    raise AssertionError("it does not stop")
