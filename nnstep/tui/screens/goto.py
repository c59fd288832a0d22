"""Go to: one line to type a step, an iteration and step, or a name."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from nnstep.catalogue import say
from nnstep.tui.screens.dialog import Dialog, DialogBox, DialogInput

_KEY = "bold $accent"


def _hint() -> Content:
    """What can be typed, each with what it leads to."""
    return Content.assemble(
        *(("14", _KEY), f" {say('dialog.goto.step')}   ", ("3:14", _KEY), f" {say('dialog.goto.iteration')}\n"),
        *(("6.2", _KEY), f" {say('dialog.goto.inner')}\n"),
        *(("loss", _KEY), f"{say('words.or')}", ("grad(W1)", _KEY), f" {say('dialog.goto.name')}"),
    )


class Goto(Dialog):
    """Asks where to; Enter goes there."""

    def __init__(self, go: Callable[[str], object]) -> None:
        super().__init__()
        self._go = go

    def compose(self) -> ComposeResult:
        """An input and what can be typed."""
        yield DialogBox(
            say("dialog.goto.title"),
            DialogInput(placeholder="14", compact=True),
            Static(_hint()),
        )

    def on_mount(self) -> None:
        """Take the keys at once."""
        self.set_focus(self.query_one(Input))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there and close; nothing typed is a change of mind."""
        text = event.value.strip()
        self.dismiss()
        if text:
            self._go(text)
