"""What has come from the terminal and waits for the application: in order, bounded, without what is superseded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock

from textual.events import (
    Key,
    MouseMove,
    MouseScrollDown,
    MouseScrollLeft,
    MouseScrollRight,
    MouseScrollUp,
    Resize,
)
from textual.message import Message

from nnstep.tui.kitty import same_key, us_key

_KEYS = 1 << 17  # keys that wait at most: a megabyte
_OTHERS = 1 << 10  # and everything else
_TURNS = 1 << 5  # of these, beyond which no turn of a mouse's wheel is kept: nobody can wait for where it leads
_KINDS = 1 << 10  # kinds of keys that are kept once for all
WHEEL = (MouseScrollDown, MouseScrollLeft, MouseScrollRight, MouseScrollUp)


class InputQueue:
    """The thread that reads puts messages in, the event loop takes them out."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._others = 0  # messages that are no keys
        # The same key pressed ten thousand times is one object.
        self._kinds: dict[tuple[str, str | None, str], Key] = {}
        self._one_at_a_time = Lock()
        self.interrupted = False  # whether Ctrl+C waits among them

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def full(self) -> bool:
        """Whether no more should be read before something is taken out."""
        return len(self._messages) >= _KEYS or self._others >= _OTHERS

    def put(self, message: Message) -> None:
        """Put a message at the end, in place of one that it supersedes."""
        with self._one_at_a_time:
            last = self._messages[-1] if self._messages else None
            if isinstance(message, (MouseMove, Resize)) and type(last) is type(message):
                self._messages[-1] = message
                return
            if isinstance(message, WHEEL) and self._others >= _TURNS:
                return
            if isinstance(message, Key):
                self.interrupted = self.interrupted or message.key == "ctrl+c"
                message = self._same(message)
            else:
                self._others += 1
            self._messages.append(message)

    def _same(self, key: Key) -> Key:
        if len(self._kinds) > _KINDS:
            self._kinds.clear()
        return self._kinds.setdefault((key.key, key.character, us_key(key)), key)

    def take(self) -> Message:
        """Take out what comes next, as a message that nobody else has."""
        with self._one_at_a_time:
            message = self._messages.popleft()
            if isinstance(message, Key):
                self.interrupted = self.interrupted and message.key != "ctrl+c"
                return same_key(message)
            self._others -= 1
            return message

    def drop_before(self, last: Callable[[Message], bool], idle: Callable[[Message], bool]) -> None:
        """Where nothing but `idle` messages stands before the first one that is `last`, forget those.

        Each key is asked about once: ten thousand that are the same are the same object.
        """
        count = 0
        known: set[int] = set()
        for message in tuple(self._messages):
            if id(message) not in known:
                if last(message):
                    break
                if not idle(message):
                    return
                known.add(id(message))
            count += 1
        else:
            return
        for _ in range(count):
            self.take()
