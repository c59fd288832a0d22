"""What of Textual's private interface is used, each name with its reason; nothing of it is used anywhere else.

MessagePump._dispatch_message  the one place where an exception of any handler of a widget can be caught before it ends
                               that widget's queue of messages, and with it the program
App._handle_exception          where Textual ends up with whatever nobody caught; what is documented ends the program
                               with a traceback
textual._xterm_parser          the only way from escape sequences to events; its reader of the terminal gives up on
                               bytes that are no UTF-8 and on sequences that it does not know
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual._xterm_parser import XTermParser as XTermParser
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

Pump = TypeVar("Pump", bound=MessagePump)
AnyApp = TypeVar("AnyApp", bound=App[Any])


def survives(cls: type[Pump]) -> type[Pump]:
    """A class of screens or widgets that live on when a handler raises: `app.failed(error, where)` is told of it."""
    dispatch: Callable[[Any, Message], Any] = cls._dispatch_message

    async def dispatch_and_survive(self: Any, message: Message) -> None:
        try:
            await dispatch(self, message)
        except Exception as error:
            self.app.failed(error, f"{type(self).__name__} on {type(message).__name__}")

    setattr(cls, "_dispatch_message", dispatch_and_survive)  # noqa: B010 -- mypy knows of no other way
    return cls


def catches_unhandled(cls: type[AnyApp]) -> type[AnyApp]:
    """A class of applications whose method `unhandled(error)` is told of what nobody caught, in place of Textual."""
    setattr(cls, "_handle_exception", lambda app, error: app.unhandled(error))  # noqa: B010
    return cls
