"""Run the application without a terminal, and look at it as a person would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from nnstep.tui.app import NnstepApp
from nnstep.tui.widgets.pane_view import PaneView
from tests.tui.fakes import ENTRIES, FakeStepper, fake_opener

__all__ = ["board_rows", "post_keys", "press_at_once", "run", "screen_text"]

Act = Callable[[NnstepApp, Pilot[None]], Awaitable[Any]]


def run(act: Act, stepper: FakeStepper | None = None, size: tuple[int, int] = (120, 36), **options: Any) -> Any:
    """Start the application on `stepper`, wait for it, and give back what `act` gives back."""

    async def going() -> Any:
        app = NnstepApp(stepper, opener=fake_opener, library=lambda: ENTRIES, **options)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            result = await act(app, pilot)
        if app.guard.fatal is not None:
            raise app.guard.fatal
        return result

    return asyncio.run(going())


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


def board_rows(app: NnstepApp) -> list[list[tuple[str, object]]]:
    """The board's rows: every character with its style."""
    board = app.stepping.board
    rows: list[list[tuple[str, object]]] = [[] for _ in range(board.size.height)]
    shown = [view for view in board.query(PaneView) if view.pane.box is not None]
    for view in sorted(shown, key=lambda view: view.pane.box.x):
        for row in range(view.pane.box.height):
            strip = view.render_line(row)
            rows[view.pane.box.y + row] += [(char, segment.style) for segment in strip for char in segment.text]
    if not shown:
        return [[(char, one.style) for one in board.render_line(y) for char in one.text] for y in range(len(rows))]
    return rows
