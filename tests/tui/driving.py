"""Run the application without a terminal, and look at it as a person would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.pilot import Pilot

from nnstep.tui.app import NnstepApp
from nnstep.tui.widgets.pane_view import PaneView
from nnstep.view.stepper import Stepper
from tests.tui.fakes import ENTRIES, FakeStepper, as_stepper, fake_opener

__all__ = ["Rows", "board_rows", "fake", "post_keys", "press_at_once", "run", "screen_text"]

T = TypeVar("T")
Rows = list[list[tuple[str, Style | None]]]  # of every row its characters, each with its style


def run(
    act: Callable[[NnstepApp, Pilot[None]], Awaitable[T]],
    stepper: Stepper | FakeStepper | None = None,
    size: tuple[int, int] = (120, 36),
    look: str = "auto",
) -> T:
    """Start the application on `stepper`, wait for it, and give back what `act` gives back."""
    opened = as_stepper(stepper) if isinstance(stepper, FakeStepper) else stepper

    async def going() -> T:
        app = NnstepApp(opened, opener=fake_opener, library=lambda: ENTRIES, look=look)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            result = await act(app, pilot)
        if app.guard.fatal is not None:
            raise app.guard.fatal
        return result

    return asyncio.run(going())


def fake(app: NnstepApp) -> FakeStepper:
    """The stepper of an application that was started on a fake one."""
    stepper: object = app.stepping.stepper
    assert isinstance(stepper, FakeStepper)
    return stepper


def post_keys(app: NnstepApp, keys: Iterable[str]) -> None:
    """Press keys without waiting for any answer."""
    for key in keys:
        char = key if len(key) == 1 else None
        app.post_message(events.Key(_character_to_key(key) if char else key, char))


async def press_at_once(app: NnstepApp, pilot: Pilot[None], keys: Iterable[str]) -> None:
    """Press keys faster than the program answers, as a held key or a pasted line does, and wait for the last answer."""
    post_keys(app, keys)
    for _ in range(3):
        await pilot.pause()


def screen_text(app: NnstepApp) -> str:
    """The whole screen, dialogs included, as a person copying it would get it."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def board_rows(app: NnstepApp) -> Rows:
    """The board's rows: every character with its style."""
    board = app.stepping.board
    rows: Rows = [[] for _ in range(board.size.height)]
    shown = [(view.pane.box, view) for view in board.query(PaneView) if view.pane.box is not None]
    for box, view in sorted(shown, key=lambda one: one[0].x):
        for row in range(box.height):
            (strip,) = view.render_lines(Region(0, row, box.width, 1))
            rows[box.y + row] += [(char, segment.style) for segment in strip for char in segment.text]
    if not shown:
        return [[(char, one.style) for one in board.render_line(y) for char in one.text] for y in range(len(rows))]
    return rows
