"""From a key straight to its command.

Textual takes a key through the application's queue, looks through the bindings of every widget and reads the action
from its text. A key that is bound to a command of the session is carried out in the turn of the event loop in which it
comes, if nothing that came before it still waits; while no key comes, what the same key would show next is painted.
"""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from contextlib import suppress

from textual.app import App
from textual.binding import BindingsMap
from textual.events import Key

from nnstep.tui.commands import BY_ID
from nnstep.tui.guard import GuardedApp
from nnstep.tui.screens.stepper import StepperScreen

__all__ = ["COMMAND_OF", "Straight"]

_PAUSE = 0.008  # seconds without a key after which the next one is prepared for

COMMAND_OF = {
    key: str(bindings[0].id)
    for key, bindings in BindingsMap(StepperScreen.BINDINGS).key_to_bindings.items()
    if key not in BindingsMap(App.BINDINGS).key_to_bindings and BY_ID[str(bindings[0].id)].session
}
"""The session's commands by Textual's names of the keys, but for the keys that are the application's own."""


class Straight:
    """The way from a key to its command, and what is done between two keys: painting what the next one may ask for."""

    def __init__(self, app: GuardedApp, screen: StepperScreen) -> None:
        self._app, self._screen = app, screen
        self._ahead: TimerHandle | None = None

    def take(self, key: Key) -> bool:
        """Carry out what `key` is bound to; False where Textual has to see the key, and nothing was done."""
        if self._ahead is not None:
            self._ahead.cancel()
            self._ahead = None
        app, screen = self._app, self._screen
        command = COMMAND_OF.get(key.key)
        if command is None or screen.context is None or screen.does_itself(command):
            return False
        waiting = app.message_queue_size or screen.message_queue_size or screen.board.message_queue_size
        if waiting or app.dispatching or app.leaving or not app.app_focus or not screen.is_active:
            return False
        screen.context.run(self._carry_out, command)
        self._ahead = get_running_loop().call_later(_PAUSE, self._look_ahead, command, context=screen.context)
        return True

    def _carry_out(self, command: str) -> None:
        try:
            self._screen.perform(command)
        except Exception as error:
            self._app.failed(error, f"key for {command}")

    def _look_ahead(self, command: str) -> None:
        self._ahead = None
        if self._screen.is_active and not self._app.leaving:
            with suppress(Exception):  # what is wrong will be said when it is asked for
                self._screen.look_ahead(command)
