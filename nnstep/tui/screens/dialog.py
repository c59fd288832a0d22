"""What all dialogs have in common: a framed box over the stepper, closed by Esc."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, OptionList

from nnstep.commands import DIALOG_KEYS
from nnstep.errors import Problem
from nnstep.text import clean
from nnstep.tui.textual_private import survives


def described(problems: Iterable[Problem]) -> Content:
    """Problems as text fit for the screen, one a line: file, line, key, what was found, a hint."""
    return Content("\n").join([Content.styled(str(problem), "$text-error") for problem in problems])


class DialogBox(Vertical):
    """The frame of a dialog. `title` is a text of ours, never one from a file."""

    def __init__(self, title: str, *children: Widget) -> None:
        super().__init__(*children)
        self.border_title = title


class _Shown(Highlighter):
    """What is shown of a text that is typed: nothing that is unfit for a terminal."""

    def __call__(self, text: str | Text) -> Text:
        """A text as long as the one that was typed."""
        shown = "".join(char if clean(char) == char else "\ufffd" for char in str(text))
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing more."""


class DialogInput(Input):
    """A line to type. What is unfit for a terminal stays in its value, as in the name of a file, and is never shown."""

    def __init__(self, value: str = "", *, placeholder: str = "", compact: bool = False) -> None:
        super().__init__(value, placeholder=placeholder, highlighter=_Shown(), compact=compact)


class Choices(OptionList):
    """A list to choose from. One that has not been laid out yet has no pages to turn, which Textual's takes amiss."""

    def action_page_up(self) -> None:
        """A page back."""
        with suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """A page on."""
        with suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]


@survives
class Dialog(ModalScreen[None]):
    """A modal screen that Esc closes and that takes the keys from the moment it is asked for."""

    CSS_PATH = "../nnstep.tcss"
    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(DIALOG_KEYS["dialog.close"]), "close"),
        Binding("ctrl+z", "app.stop_for_shell"),  # but where text is typed in lines it takes back an edit
    ]

    class Closing(Message, namespace="dialog"):
        """Esc was pressed; what was pressed before it comes first."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it. Keys that are faster than it closes (Enter twice) find it closed: then there is nothing to do."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_close(self) -> None:
        """Close it on the way that an Enter takes: one that was pressed before is heard before."""
        (self.focused or self).post_message(self.Closing())

    def on_dialog_closing(self) -> None:
        """Back to the stepper."""
        self.dismiss()
