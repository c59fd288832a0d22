"""Random input for the real application: `python -m tests.storms.keys --events 100000 --seeds 10`.

The bytes go through the same parser as those of a terminal. Nothing may raise, and the session must be what a replay of
the commands that reached it leads to. Clocks stand still, so that a run is as long in the replay as it was.
"""
# ruff: noqa: T201 -- a storm prints what came of it

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from textual import events
from textual.geometry import Size

from nnstep import clock
from nnstep.tui.app import NnstepApp
from nnstep.tui.scenarios import open_stepper
from nnstep.tui.terminal import Keys, size_of
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from tests.storms.input import event

__all__ = ["SCENARIOS", "Recorded", "Storm", "picture", "replay", "standing_clocks", "storm"]

SCENARIOS = ("two_layer", "mlp", "xor", "minibatch_sgd", "attention", "deep", "mazur", "tied_autoencoder", "circuit")
_SIZES = [(120, 36), (80, 24), (100, 30), (200, 60), (60, 16), (59, 16), (1, 1), (2, 50), (150, 20), (0, 0)]


class Recorded:
    """A stepper, and every command that reached it. A branch is saved in the current folder, wherever it was to go."""

    def __init__(self, path: str) -> None:
        self.inner = open_stepper(path)
        self.opened = path
        self.log: list[tuple[str, object]] = []

    def do(self, command: str, argument: object = None) -> Any:
        if command == "branch.save" and argument is not None:
            text, replacing = argument if isinstance(argument, tuple) else (argument, False)
            argument = (str(text).replace("/", "_").replace("~", "_").lstrip("."), replacing)
        self.log.append((command, argument))
        return self.inner.do(command, argument)

    def skip(self, command: str, argument: object = None) -> None:
        self.log.append((command, argument))
        self.inner.skip(command, argument)

    def reload(self) -> Any:
        self.log.append(("reload", None))
        return self.inner.reload()

    @property
    def digits(self) -> int:
        return self.inner.digits

    @digits.setter
    def digits(self, digits: int) -> None:
        self.log.append(("digits", digits))
        self.inner.digits = digits

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def replay(recorded: Recorded) -> Stepper:
    """A new stepper on the same scenario after the same commands."""
    stepper = open_stepper(recorded.opened)
    assert isinstance(stepper, Stepper)
    for command, argument in recorded.log:
        if command == "reload":
            stepper.reload()
        elif command == "digits":
            assert isinstance(argument, int)
            stepper.digits = argument
        else:
            stepper.do(command, argument)
    return stepper


def picture(stepper: Any) -> list[str]:
    """All panels at one size, as text, and where the session stands."""
    state = stepper.view()
    lines = [f"{stepper.session.position} {state.name} {state.rows} {state.watching} {sorted(state.enabled)}"]
    lines += [line_text(state.message), line_text(state.score)]
    for key, panel in {"header": state.header, **state.panels}.items():
        canvas = panel.paint(110, 45)
        lines.append(f"{key}: {line_text(panel.title)}")
        lines += ["".join(f"{text}‹{role}›" for text, role in line) for line in canvas.lines]
    return lines


@contextmanager
def standing_clocks() -> Iterator[None]:
    """Every slice of a run is as many iterations, and what is shown of it does not depend on how fast it was.

    Nor does a session depend on what another one has left unsaved.
    """
    with ExitStack() as stack:
        stack.enter_context(clock.reading(lambda: 0.0))
        stack.enter_context(mock.patch("nnstep.view.stepper.Stepper.keep_unsaved"))
        stack.enter_context(mock.patch("nnstep.engine.runner._MOST", 64))
        stack.enter_context(mock.patch("nnstep.view.actions.breakpoints._SLICE", 0.0))
        stack.enter_context(mock.patch("textual.constants.ESCAPE_DELAY", 0.0))
        yield


class Storm:
    """What came of one: what raised, and what was recorded of each scenario that was opened."""

    def __init__(self) -> None:
        self.opened: list[Recorded] = []
        self.failures: list[BaseException] = []
        self.quits = 0

    def open(self, path: str) -> Any:
        """A stepper that is recorded."""
        made = Recorded(path)
        self.opened.append(made)
        return made

    def different(self) -> list[str]:
        """What the last session shows and its replay does not."""
        last = self.opened[-1]
        last.do("run.stop")
        if last.inner.session.scenario.path != last.inner.path:
            return ["another path"]
        shown, again = picture(last.inner), picture(replay(last))
        return [f"{a!r} is {b!r}" for a, b in zip(shown, again, strict=False) if a != b] + (
            ["more lines"] if len(shown) != len(again) else []
        )

    def tail(self) -> str:
        """The last commands, for whoever looks for the cause."""
        return "\n".join(map(repr, self.opened[-1].log[-25:]))


async def _storm(count: int, seed: int) -> Storm:
    chance, made = random.Random(seed), Storm()
    app = NnstepApp(made.open(SCENARIOS[seed % len(SCENARIOS)]), opener=made.open)
    for name in ("leave", "exit"):  # it does not end while keys are pressed
        setattr(app, name, mock.Mock())
    keys = Keys()
    async with app.run_test(size=(120, 36)) as pilot:
        driver: Any = app._driver
        done = 0
        while done < count and app.is_running and not app.failures:
            for _ in range(min(chance.choice([1, 1, 3, 8, 20]), count - done)):
                done += 1
                if chance.random() < 0.01:
                    _resize(app, *chance.choice(_SIZES))
                for message in [*keys.feed(event(chance)), *keys.tick()]:
                    if isinstance(message, events.Resize):
                        _resize(app, *message.size)
                    else:
                        driver.process_message(message)
            await pilot.pause()
        made.failures = list(app.failures)
        if not app.is_running and not made.failures:
            made.failures = [RuntimeError("it has ended")]
        app.leaving = True  # keys that are still under way find the application leaving, as after a real end
    return made


def _resize(app: NnstepApp, columns: int, lines: int) -> None:
    size = Size(*size_of(columns, lines))
    driver: Any = app._driver
    driver._size = size
    app.post_message(events.Resize(size, size))


def storm(count: int, seed: int) -> Storm:
    """`count` random events for the application, in the current folder."""
    return asyncio.run(_storm(count, seed))


@contextmanager
def apart() -> Iterator[Path]:
    """A folder of its own, which is also that of the user."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, HOME=folder, XDG_CONFIG_HOME=folder):
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)


def main() -> int:
    """Storm, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000, help="over all seeds")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    failed = 0
    for seed in range(options.first, options.first + options.seeds):
        with standing_clocks():
            with apart():
                made = storm(options.events // options.seeds, seed)
            with apart():
                different = [] if made.failures else made.different()
        commands = sum(len(one.log) for one in made.opened)
        print(
            f"seed {seed}: {options.events // options.seeds} events, {commands} commands, {len(made.opened)} scenarios",
            f"{len(made.failures)} failures, {len(different)} lines differ from the replay",
            flush=True,
        )
        if made.failures or different:
            failed += 1
            for error in made.failures:
                print("".join(traceback.format_exception(error)), flush=True)
            print("\n".join(different[:5]), made.tail(), sep="\n", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
