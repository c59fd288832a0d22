"""The scenario library: the bundled scenarios, and beside the list what to look at in the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from nnstep.catalogue import key_name, say
from nnstep.commands import DIALOG_KEYS
from nnstep.errors import Problem
from nnstep.scenario.library import Bundled
from nnstep.text import clean
from nnstep.tui.screens.dialog import Choices, Dialog, DialogBox, described
from nnstep.tui.screens.open import OpenFile


class LibraryScreen(Dialog):
    """A list with descriptions. `leave` is what Esc does when there is no scenario to go back to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "close", priority=True),
        Binding("o", "open", priority=True),
        Binding("j", "move(1)"),
        Binding("k", "move(-1)"),
    ]

    def __init__(
        self,
        entries: Sequence[Bundled],
        opener: Callable[[str], tuple[Problem, ...]],
        leave: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._entries, self._opener, self._leave = entries, opener, leave

    def compose(self) -> ComposeResult:
        """The list, the description, and the keys."""
        titles = [Content.assemble(clean(entry.title or entry.name, 80)) for entry in self._entries]
        yield DialogBox(
            say("dialog.library.title"),
            Horizontal(Choices(*titles, compact=True), VerticalScroll(Static(id="description"))),
            Static(
                Content.assemble(
                    (key_name(DIALOG_KEYS["dialog.accept"][0]), "bold $accent"),
                    f" {say('dialog.library.open')}  ",
                    ("o", "bold $accent"),
                    f" {say('dialog.library.path')}  ",
                    (key_name(DIALOG_KEYS["dialog.close"][0]), "bold $accent"),
                    f" {say('dialog.library.quit') if self._leave else say('dialog.library.back')}",
                ),
                id="keys",
            ),
        )

    def on_mount(self) -> None:
        """Take the keys at once."""
        options = self.query_one(OptionList)
        self.set_focus(options)
        if self._entries:
            options.highlighted = 0
            self._describe(self._entries[0])

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Describe it."""
        self._describe(self._entries[event.option_index])

    def _describe(self, entry: Bundled) -> None:
        paragraphs = "\n\n".join(clean(" ".join(part.split()), 2000) for part in entry.description.split("\n\n"))
        self._say(
            Content.assemble(
                (clean(entry.title, 80), "bold"), "\n", (clean(entry.name, 80), "$text-muted"), "\n\n", paragraphs
            )
        )

    def _say(self, content: Content) -> None:
        self.query_one("#description", Static).update(content)
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        problems = self._opener(self._entries[event.option_index].name)
        if problems:
            self._say(described(problems))
        else:
            self.dismiss()

    def action_move(self, by: int) -> None:
        """The arrow keys' second names."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    async def action_open(self) -> None:
        """Type a path instead; when that opens a scenario the library is done too."""

        def opener(path: str) -> tuple[Problem, ...]:
            problems = self._opener(path)
            if not problems:
                self.call_later(self._done)
            return problems

        await self.app.push_screen(OpenFile(opener))

    def _done(self) -> None:
        self.dismiss()

    def on_dialog_closing(self) -> None:
        """Back to the stepper, or out of the program when there is none."""
        if self._leave is not None:
            self._leave()
