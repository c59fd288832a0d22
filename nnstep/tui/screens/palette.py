"""The command palette: Textual's, without what keys and clicks that are faster than it do to it."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.errors import NoWidget
from textual.events import Click

from nnstep.tui.guard import Guarded

__all__ = ["Commands"]


class Commands(Guarded, CommandPalette):
    """Every command by name."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "app.stop_for_shell", "Suspend")]

    def __init__(self) -> None:
        super().__init__(id="--command-palette")  # by which Textual tells that one is open

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it, where that has not been done already."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _on_click(self, event: Click) -> None:  # type: ignore[override]
        with suppress(NoWidget):  # beside everything
            super()._on_click(event)

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a list that has not been laid out yet has no lines to go to
            super()._action_command_list(action)
