"""Predict, then reveal: one line for the answer. It stays open until the answer can be read."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from nnstep.catalogue import say
from nnstep.text import clean
from nnstep.tui.screens.dialog import Dialog, DialogBox, DialogInput


class Answer(Dialog):
    """Asks for a number or a matrix. `submit` takes what is typed and says what is wrong with it, or ""."""

    def __init__(self, question: str, submit: Callable[[str], str]) -> None:
        super().__init__()
        self._question, self._submit = question, submit

    def compose(self) -> ComposeResult:
        """The question, an input, how an answer is typed."""
        yield DialogBox(
            say("dialog.answer.title"),
            Static(Content(clean(self._question, 400)), id="question"),
            DialogInput(compact=True),
            Static(Content(say("dialog.answer.hint")), id="said"),
        )

    def on_mount(self) -> None:
        """Take the keys at once."""
        self.set_focus(self.query_one(Input))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the answer over; nothing typed is a change of mind."""
        text = event.value.strip()
        wrong = self._submit(text) if text else ""
        if wrong:
            self.query_one("#said", Static).update(Content.styled(clean(wrong, 400), "$text-error"))
        else:
            self.dismiss()
