"""From a key straight to its command.

Textual takes a key through the application's queue, looks through the bindings of every widget and reads the action from
its text, which for one step costs as much as the whole drawing. A key that is bound to a command of the session is
carried out in the turn of the event loop in which it comes, if nothing that came before it still waits.
"""

from __future__ import annotations

from textual.app import App
from textual.binding import BindingsMap
from textual.events import Key

from nnstep.tui.commands import BY_ID
from nnstep.tui.guard import GuardedApp
from nnstep.tui.screens.stepper import StepperScreen

__all__ = ["COMMAND_OF", "take"]

COMMAND_OF = {
    key: str(bindings[0].id)
    for key, bindings in BindingsMap(StepperScreen.BINDINGS).key_to_bindings.items()
    if key not in BindingsMap(App.BINDINGS).key_to_bindings and BY_ID[str(bindings[0].id)].session
}
"""The session's commands by Textual's names of the keys, but for the keys that are the application's own."""


def take(app: GuardedApp, screen: StepperScreen, key: Key) -> bool:
    """Carry out what `key` is bound to on `screen`; False where Textual has to see the key, and nothing was done."""
    command = COMMAND_OF.get(key.key)
    if command is None or screen.context is None or screen.does_itself(command):
        return False
    waiting = app.message_queue_size or screen.message_queue_size or screen.board.message_queue_size
    if waiting or app.dispatching or app.leaving or not app.app_focus or not screen.is_active:
        return False
    screen.context.run(_carry_out, app, screen, command)
    return True


def _carry_out(app: GuardedApp, screen: StepperScreen, command: str) -> None:
    try:
        screen.perform(command)
    except Exception as error:
        app.failed(error, f"key for {command}")
