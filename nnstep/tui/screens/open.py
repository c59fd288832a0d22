"""Open a file: a path is typed, and what is wrong with the file stands under it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from nnstep.catalogue import say
from nnstep.errors import Problem
from nnstep.tui.screens.dialog import Dialog, DialogBox, DialogInput, described


class OpenFile(Dialog):
    """Asks for a path. Until a file is opened the session before stays as it is."""

    def __init__(self, opener: Callable[[str], tuple[Problem, ...]]) -> None:
        super().__init__()
        self._opener = opener

    def compose(self) -> ComposeResult:
        """The input and the place of the problems."""
        yield DialogBox(
            say("dialog.open.title"),
            DialogInput(placeholder=say("dialog.open.hint"), compact=True),
            VerticalScroll(Static(id="problems")),
        )

    def on_mount(self) -> None:
        """Take the keys at once."""
        self.set_focus(self.query_one(Input))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open it, or say everything that is wrong with it."""
        path = event.value.strip()
        if not path:
            return
        problems = self._opener(path)
        if problems:
            self.query_one("#problems", Static).update(described(problems))
        else:
            self.dismiss()

    def on_input_changed(self) -> None:
        """What was wrong belongs to another path."""
        self.query_one("#problems", Static).update(Content(""))
