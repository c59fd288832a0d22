"""From the terminal to the application: keys that can be carried out at once are, everything else goes by Textual.

A flood of keys is carried out as fast as it comes, and what it leads to is shown a few times a second: what is
superseded is never painted. The event loop has its turn in between, and no more waits in Textual's queues than it
needs.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Protocol

from textual.events import Key
from textual.message import Message

from nnstep import clock
from nnstep.tui.waiting import Waiting

__all__ = ["Delivery", "Taking"]

_TURN = 0.04  # seconds after which what the keys have led to is shown, and the event loop has its turn
_LATER = 0.001  # seconds between two looks at whether the application has done what was posted
_PATIENCE = 200  # such looks, after which a key goes by Textual, behind what was posted
_STILL = 5  # turns of the event loop in which nothing is under way, after which nothing is
_POSTED = 16  # messages in the application's queue beyond which no more are posted


class Taking(Protocol):
    """What takes the messages."""

    def take(self, key: Key, more: bool = False) -> bool:
        """Carry out what a key is bound to; False where it has to go by Textual. `more` keys may wait behind it."""
        ...

    def takes_later(self, key: Key) -> bool:
        """Whether a key that was not taken will be once the application has done what it is about to do."""
        ...

    def passes(self, message: Message) -> bool:
        """Whether a message changes nothing that anyone asks for once the program is left."""
        ...

    def quits(self, message: Message) -> bool:
        """Whether a message is a key that leaves the program."""
        ...

    def at_rest(self) -> bool:
        """Whether nothing that was posted is under way, as far as can be seen."""
        ...

    def catch_up(self) -> None:
        """Show what the keys that were taken have led to."""
        ...

    def say_what_quits(self) -> None:
        """The answer to Ctrl+C, which has come, but stands behind others."""
        ...

    def post_message(self, message: Message) -> bool:
        """Textual's way."""
        ...

    @property
    def message_queue_size(self) -> int:
        """How many messages wait on that way."""
        ...


class Delivery:
    """The messages that wait, and their way to the application. `put` is for any thread, all else for the loop's."""

    def __init__(self, loop: AbstractEventLoop, app: Taking) -> None:
        self.waiting = Waiting()
        self._loop, self._app = loop, app
        self._looks = self._still = 0
        self._posted = False  # whether something was posted that may not be done yet

    def put(self, message: Message) -> None:
        """A message for the application. Raises RuntimeError when the event loop is closed."""
        if self.waiting.put(message):
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        """Deliver what waits, or as much as a turn allows."""
        app, waiting = self._app, self.waiting
        until = clock.now() + _TURN
        waiting.drop_before(app.quits, app.passes)
        while (message := waiting.first()) is not None:
            if isinstance(message, Key):
                if self._posted and not self._is_done():
                    return
                if app.take(message, len(waiting) > 1):
                    self._looks = 0
                    waiting.take()
                    if clock.now() >= until:
                        self._go_on(self._loop.call_soon)
                        return
                    continue
                app.catch_up()
                if self._looks < _PATIENCE and app.takes_later(message):
                    self._looks += 1
                    self._go_on(self._soon)
                    return
            app.catch_up()
            if app.message_queue_size >= _POSTED:
                self._go_on(self._soon)
                return
            self._looks, self._still, self._posted = 0, 0, True
            app.post_message(waiting.take())
        app.catch_up()

    def _is_done(self) -> bool:
        """Whether what was posted is done: what it opens or closes decides whose the next key is. If not, come back."""
        self._still = self._still + 1 if self._app.at_rest() else 0
        if self._still >= _STILL or self._looks >= _PATIENCE:
            self._posted, self._looks = False, 0
            return True
        if self._still:
            self._loop.call_soon(self._deliver)
        else:
            self._looks += 1
            self._go_on(self._soon)
        return False

    def _soon(self, call: Callable[[], None]) -> None:
        self._loop.call_later(_LATER, call)

    def _go_on(self, later: Callable[[Callable[[], None]], object]) -> None:
        """Let the event loop have its turn. Ctrl+C is answered now, and once more when its turn comes."""
        self._app.catch_up()
        if self.waiting.interrupted:
            self._app.say_what_quits()
        later(self._deliver)
