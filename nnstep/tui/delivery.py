"""From the terminal to the application: one message after the other, each when the one before it is done.

What a key opens or closes decides whose the next key is; so the next one is posted only when nothing is under way. Of a
flood of keys each is carried out, and what they lead to is shown a few times a second: what is superseded is never
made. Nothing whose effect ends with the program is carried out before a key that ends it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from textual.message import Message

from nnstep import clock
from nnstep.tui.input_queue import InputQueue

_TURN = 0.04  # seconds of a flood after which what the keys have led to is shown
_SEEN = 0.02  # seconds in which what is said is painted
_LATER = 0.001  # seconds between two looks at whether the application is busy
_PATIENCE = 200  # such looks, after which the next message is posted behind what is under way
_STILL = 5  # turns of the event loop in which nothing is under way, after which nothing is


class Delivery:
    """The messages that wait, and their way to the application. `put` is for any thread, all else for the loop's.

    post     posts a message, Textual's way
    at_rest  whether nothing that was posted is under way, as far as can be seen
    look     looks at what waits, now and then: whether it has said something that is to be seen
    done     is called when nothing waits any more
    """

    def __init__(
        self,
        post: Callable[[Message], object],
        at_rest: Callable[[], bool],
        look: Callable[[InputQueue], bool],
        done: Callable[[], None],
    ) -> None:
        self.queue = InputQueue()
        self._post, self._at_rest, self._look, self._done = post, at_rest, look, done
        self._loop: asyncio.AbstractEventLoop | None = None
        self._delivering: asyncio.Task[None] | None = None
        self._shown = -math.inf  # when a turn began: the key that came then is shown

    def begin(self) -> None:
        """The event loop that runs now is the application's."""
        self._loop = asyncio.get_running_loop()

    def put(self, message: Message) -> None:
        """A message for the application. Raises RuntimeError when the event loop is closed."""
        assert self._loop is not None
        self.queue.put(message)
        self._loop.call_soon_threadsafe(self._deliver)

    @property
    def hurried(self) -> bool:
        """Whether more keys wait, so that what the one that is carried out leads to need not be shown."""
        return len(self.queue) > 0 and clock.now() < self._shown + _TURN

    def _deliver(self) -> None:
        if self._loop is not None and (self._delivering is None or self._delivering.done()):
            self._delivering = self._loop.create_task(self._deliver_all())

    async def _deliver_all(self) -> None:
        self._shown = -math.inf
        while self.queue:
            if not self.hurried:
                self._shown = clock.now()
                if self._look(self.queue):
                    await asyncio.sleep(_SEEN)
            self._post(self.queue.take())
            await self._rest()
        self._done()

    async def _rest(self) -> None:
        """Wait until what was posted is done, or for as long as that is worth it."""
        still = looks = 0
        while still < _STILL and looks < _PATIENCE:
            await asyncio.sleep(_LATER if looks and not still else 0)
            if self._at_rest():
                still += 1
            else:
                still, looks = 0, looks + 1
