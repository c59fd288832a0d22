"""Find a name: what is typed narrows the list, Enter goes to the step that assigns the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList

from nnstep.catalogue import say
from nnstep.text import clean
from nnstep.tui.screens.dialog import Choices, Dialog, DialogBox, DialogInput


class Find(Dialog):
    """A list of names with an input above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", priority=True),
        Binding("up", "move(-1)", priority=True),
    ]

    def __init__(self, names: Callable[[str], Sequence[str]], go: Callable[[str], object]) -> None:
        """`names` gives those that go with what was typed, the one that is meant first."""
        super().__init__()
        self._names, self._go = names, go
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        """The input and the list."""
        yield DialogBox(say("dialog.find.title"), DialogInput(placeholder="W1", compact=True), Choices(compact=True))

    def on_mount(self) -> None:
        """Take the keys at once, and begin with every name."""
        self._list("")
        self.set_focus(self.query_one(Input))

    def _list(self, typed: str) -> None:
        self._found = list(self._names(typed))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Content(clean(name)) for name in self._found])
        options.highlighted = 0 if self._found else None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._list(event.value)

    def action_move(self, by: int) -> None:
        """Another name of the list."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = (options.highlighted + by) % len(self._found)

    def on_input_submitted(self) -> None:
        """Go to the chosen name."""
        self._choose(self.query_one(OptionList).highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on a name."""
        self._choose(event.option_index)

    def _choose(self, index: int | None) -> None:
        if index is not None and index < len(self._found):  # a click may be slower than what is typed
            self.dismiss()
            self._go(self._found[index])
