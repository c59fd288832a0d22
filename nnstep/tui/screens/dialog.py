"""What all dialogs have in common: a framed box over the stepper, closed by Esc."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from nnstep.errors import Problem

__all__ = ["Box", "Dialog", "described"]


def described(problems: Iterable[Problem]) -> Content:
    """Problems as text fit for the screen, one a line: file, line, key, what was found, a hint."""
    return Content("\n").join([Content.styled(str(problem), "$text-error") for problem in problems])


class Box(Vertical):
    """The frame of a dialog. `title` is a text of ours, never one from a file."""

    def __init__(self, title: str, *children: Widget) -> None:
        super().__init__(*children)
        self.border_title = title


class Dialog(ModalScreen[None]):
    """A modal screen that Esc closes and that takes the keys from the moment it is asked for."""

    CSS_PATH = "../nnstep.tcss"
    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close", priority=True)]

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it. Keys that are faster than it closes (Enter twice) find it closed: then there is nothing to do."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_close(self) -> None:
        """Back to the stepper."""
        self.dismiss()
