"""Problems of a file that was edited and read again: all of them, each with its line."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nnstep.catalogue import say
from nnstep.errors import Problem
from nnstep.tui.screens.dialog import Dialog, DialogBox, described


class Problems(Dialog):
    """A list of problems; the session is the one from before the edit."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q,r", "close", priority=True)]

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__()
        self._problems = problems

    def compose(self) -> ComposeResult:
        """The problems, and what has become of the session."""
        yield DialogBox(
            say("dialog.problems.title"),
            VerticalScroll(Static(described(self._problems))),
            Static(Content.styled(say("dialog.problems.hint"), "$text-muted")),
        )

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.set_focus(self.query_one(VerticalScroll))
