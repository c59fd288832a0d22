"""From a key straight to its command.

Textual takes a key through the application's queue, looks through the bindings of every widget and reads the action
from its text. A key that is bound to a command of the session is carried out in the turn of the event loop in which it
comes, if nothing that came before it still waits; while no key comes, what the same key or the next step would show is
painted.
"""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from contextlib import suppress
from contextvars import Context

from textual.app import App
from textual.binding import BindingsMap
from textual.events import (
    Key,
    MouseMove,
    MouseScrollDown,
    MouseScrollLeft,
    MouseScrollRight,
    MouseScrollUp,
    Paste,
    Resize,
)
from textual.message import Message
from textual.screen import Screen

from nnstep.tui.guard import GuardedApp
from nnstep.tui.keyboard import Keyboard, textual_name
from nnstep.tui.kitty import place_of
from nnstep.tui.screens.stepper import StepperScreen
from nnstep.view.state import FORESEEN

__all__ = ["COMMAND_OF", "Straight"]

_PAUSE = 0.008  # seconds without a key after which the next step is prepared for
_REST = 0.1  # the same after a key that is not pressed again and again
_NEXT, _BACK = "step.next", "step.back"

COMMAND_OF = {
    key: str(bindings[0].id)
    for key, bindings in BindingsMap(StepperScreen.BINDINGS).key_to_bindings.items()
    if key not in BindingsMap(App.BINDINGS).key_to_bindings
}
"""Commands by Textual's names of the keys, but for the keys that are the application's own."""
_KEPT = ("edit.undo", "recovery.take", "digits.more", "digits.fewer", "quiz.toggle")  # what these do outlives a session
_IDLE = (MouseMove, MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp, Paste, Resize)
_QUIT = "app.quit"
_QUITTING = ("q", "ctrl+q")
_BOUND = frozenset().union(*(BindingsMap(one.BINDINGS).key_to_bindings for one in (App, Screen, StepperScreen)))


class Straight:
    """The way from a key to its command, and what is done between two keys: painting what the next one may ask for."""

    def __init__(self, app: GuardedApp, screen: StepperScreen, keyboard: Keyboard) -> None:
        self._app, self._screen, self._keyboard = app, screen, keyboard
        self._ahead: TimerHandle | None = None

    def take(self, key: Key, more: bool = False) -> bool:
        """Carry out what `key` is bound to; False where Textual has to see the key, and nothing was done.

        With `more` another key waits behind it: then what this one leads to may be left unseen.
        """
        if self._ahead is not None:
            self._ahead.cancel()
            self._ahead = None
        context = self._screen.context
        if context is None:
            return False
        command = self._command(key)
        taken = command != "" and not self._screen.waits(command) and not self._waiting
        if taken:
            context.run(self._carry_out, command, more)
        if more:
            return taken or (self._means_nothing(key) and not self._waiting)
        if command in FORESEEN:  # the same once more, or a step
            self._prepare_for((command, _BACK if command == _NEXT else _NEXT), _PAUSE, context)
        else:
            self._prepare_for((_NEXT, _BACK), _REST, context)
        return taken

    def _command(self, key: Key) -> str:
        """The command of a key, also of one of another script; "" for none, and for a syllable, which has several."""
        names = self._names(key)
        return COMMAND_OF.get(names[0], "") if len(names) == 1 else ""

    def _names(self, key: Key) -> list[str]:
        """Textual's names of the keys that are meant by one: several for a syllable."""
        if key.character is None or len(key.character) != 1 or "+" in key.key:
            return [key.key]
        # Also of a Latin one: it remembers which layout is in use.
        meant = self._keyboard.keys(key.character, place_of(key))
        return [key.key] if key.character.isascii() or not meant else [textual_name(one) for one in meant]

    def _means_nothing(self, key: Key) -> bool:
        """Whether a key is bound to nothing, and nothing would be said of it either."""
        screen = self._screen
        unbound = not any(name in _BOUND for name in (key.key, *self._names(key)))
        return unbound and not screen.board.running and not screen.has_to_be_said(key)

    def takes_later(self, key: Key) -> bool:
        """Whether `key` is bound to a command that will be carried out as soon as nothing else waits."""
        command = self._command(key)
        return command != "" and not self._screen.waits(command) and self._has_say

    def passes(self, message: Message) -> bool:
        """Whether nothing is left of what a message does when the program is, nor does it take the keys after it."""
        if isinstance(message, _IDLE):
            return self._has_say
        if not isinstance(message, Key) or not self._has_say or self._screen.board.quizzing:
            return False
        if message.key == "ctrl+c":
            return not self._screen.board.selected  # which would be copied
        with self._keyboard.unchanged():
            return all(map(self._is_idle, self._names(message)))

    def _is_idle(self, name: str) -> bool:
        """The same of the key that Textual calls so: one that is bound to nothing leaves nothing."""
        command = COMMAND_OF.get(name, "")
        return name not in _BOUND if not command else not self._screen.waits(command) and command not in _KEPT

    def quits(self, message: Message) -> bool:
        """Whether a message is a key that leaves the program, on a keyboard of any script.

        A sign that has that place in one layout only does not count: what it means depends on the keys before it.
        """
        if not isinstance(message, Key):
            return False
        if message.key in _QUITTING or message.character is None or message.character.isascii():
            return message.key in _QUITTING
        with self._keyboard.unchanged():
            return self._command(message) == _QUIT

    def catch_up(self) -> None:
        """Show what the commands have led to that were left unseen."""
        if (context := self._screen.context) is not None:
            context.run(self._show)

    def _show(self) -> None:
        try:
            self._screen.catch_up()
        except Exception as error:
            self._app.failed(error, "catching up with the keys")

    @property
    def _waiting(self) -> bool:
        """Whether something else is to be done before the screen's next command, or the screen has no say now."""
        app, screen = self._app, self._screen
        queues = app.message_queue_size + screen.message_queue_size + screen.board.message_queue_size
        return queues + app.dispatching > 0 or not self._has_say

    @property
    def _has_say(self) -> bool:
        """Whether keys are the screen's now."""
        return not self._app.leaving and self._app.app_focus and self._screen.is_active

    def _carry_out(self, command: str, unseen: bool) -> None:
        try:
            if not unseen or not self._screen.skip(command):
                self._screen.perform(command)
        except Exception as error:
            self._app.failed(error, f"key for {command}")

    def _prepare_for(self, commands: tuple[str, ...], pause: float, context: Context) -> None:
        if commands:
            later = get_running_loop().call_later
            self._ahead = later(pause, self._look_ahead, commands, context, context=context)

    def _look_ahead(self, commands: tuple[str, ...], context: Context) -> None:
        self._ahead = None
        if not self._waiting:
            with suppress(Exception):  # what is wrong will be said when it is asked for
                self._screen.look_ahead(commands[0])
            self._prepare_for(commands[1:], 0.0, context)
