"""Paste a gradient: a person's own numbers, to be compared with those of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from nnstep.catalogue import say
from nnstep.commands import DIALOG_KEYS
from nnstep.text import clean
from nnstep.tui.screens.dialog import Dialog, DialogBox


class Paste(Dialog):
    """A few lines for a matrix. `submit` takes what was pasted and says what is wrong with it, or ""."""

    TABS = True  # between numbers from a table
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(DIALOG_KEYS["mine.accept"]), "compare", priority=True),
    ]

    def __init__(self, question: str, submit: Callable[[str], str]) -> None:
        super().__init__()
        self._question, self._submit = question, submit

    def compose(self) -> ComposeResult:
        """What is asked for, room for it, and how it may be written."""
        yield DialogBox(
            say("dialog.paste.title"),
            Static(Content(clean(self._question, 400)), id="question"),
            TextArea(compact=True, soft_wrap=False, tab_behavior="focus"),
            Static(Content(say("dialog.paste.hint")), id="said"),
        )

    def on_mount(self) -> None:
        """Take the keys at once."""
        self.set_focus(self.query_one(TextArea))

    def action_compare(self) -> None:
        """Hand the numbers over; nothing pasted is a change of mind."""
        text = self.query_one(TextArea).text.strip()
        wrong = self._submit(text) if text else ""
        if wrong:
            self.query_one("#said", Static).update(Content.styled(clean(wrong, 400), "$text-error"))
        else:
            self.dismiss()
