"""The command palette: Textual's, without what keys and clicks that are faster than it do to it."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette
from textual.errors import NoWidget
from textual.events import Click

from nnstep.catalogue import say
from nnstep.tui.textual_private import survives


@survives
class Commands(CommandPalette):
    """Every command by name."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "app.stop_for_shell")]

    def __init__(self) -> None:
        super().__init__(
            placeholder=say("palette.search"), id="--command-palette"
        )  # by which Textual tells that one is open

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it, where that has not been done already."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def on_click(self, event: Click) -> None:
        """A click beside everything is none; what Textual does at any other comes next."""
        try:
            self.get_widget_at(event.screen_x, event.screen_y)
        except NoWidget:
            event.prevent_default()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A list that has not been laid out yet has no lines to go to."""
        return action != "command_list" or self.query_one(CommandList).size.height > 0
