"""One line to type, or two: it stays open until what was typed can be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from nnstep.catalogue import say
from nnstep.text import clean
from nnstep.tui.screens.dialog import Dialog, DialogBox, DialogInput


class AskedLine(NamedTuple):
    """A line to type: the question above it, and what stands in it to begin with."""

    question: str
    initial: str = ""


class Ask(Dialog):
    """Asks for some lines. `submit` takes what is typed and says what is wrong with it, or ""."""

    def __init__(self, about: str, lines: Sequence[AskedLine], submit: Callable[[list[str]], str]) -> None:
        super().__init__()
        self._about, self._lines, self._submit = about, lines, submit
        self._done = False

    def compose(self) -> ComposeResult:
        """Each question with its input, and how an answer is typed."""
        parts: list[Static | Input] = []
        for line in self._lines:
            parts += [
                Static(Content(clean(line.question, 400)), classes="asked"),
                DialogInput(line.initial, compact=True),
            ]
        yield DialogBox(
            say(f"dialog.{self._about}.title"), *parts, Static(Content(say(f"dialog.{self._about}.hint")), id="said")
        )

    def on_mount(self) -> None:
        """Take the keys at once."""
        self.set_focus(self.query(Input).first())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the lines over, once; nothing typed is a change of mind."""
        if self._done:  # Enter was pressed again before the dialog was gone
            return
        texts = [one.value.strip() for one in self.query(Input)]
        wrong = self._submit(texts) if texts[0] else ""
        if wrong:
            self.query_one("#said", Static).update(Content.styled(clean(wrong, 400), "$text-error"))
        else:
            self._done = True
            self.dismiss()
