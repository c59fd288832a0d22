"""Help: every key of the command table, and how to read the screen."""

from __future__ import annotations

from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from nnstep.tui.commands import Command, groups, key_name
from nnstep.tui.screens.dialog import Box, Dialog

__all__ = ["Help", "help_columns"]

_READING = (
    "Orange is positive, blue is negative (and has a minus sign); a stronger tint is a larger number of its matrix.",
    "The chosen cell is reversed, the cells it was made from are lit; underlined is what this step has assigned.",
    "A dot is a number that is not computed yet, a question mark stands for one in a formula.",
)
_COLUMN = 54  # columns of the terminal for one column of the table
_TWO_COLUMNS = 2 * _COLUMN + 8  # and of a screen that has room for two
_KEYS = 14  # for the keys


def _group(name: str, commands: tuple[Command, ...], width: int) -> Content:
    """A heading and a row a command, wrapped to `width` columns beside the keys."""
    parts: list[str | tuple[str, str]] = [(f"{name}\n", "bold underline")]
    for command in commands:
        keys = " ".join(map(key_name, command.keys))
        said = wrap(command.help, width - _KEYS)
        parts += [(keys.ljust(_KEYS), "bold $accent"), f"\n{' ' * _KEYS}".join(said), "\n"]
    return Content.assemble(*parts)


def help_columns(width: int) -> tuple[Content, Content]:
    """The key table in two columns, each of `width` columns of the terminal and about half the rows."""
    tables = {name: _group(name, commands, width) for name, commands in groups()}
    left = ("Step", "Cells", "Application")
    return (
        Content("\n").join([tables[name] for name in left]),
        Content("\n").join([table for name, table in tables.items() if name not in left]),
    )


class Help(Dialog):
    """The key table in two columns on a wide screen, in one on a narrow one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q,enter", "close", "Close", priority=True)]

    def compose(self) -> ComposeResult:
        """How to read the screen, then the keys."""
        first, second = help_columns(_COLUMN)
        reading = Content("\n").join([Content(line) for line in _READING])
        yield Box(
            "Help",
            VerticalScroll(Static(reading, id="reading"), Horizontal(Static(first), Static(second))),
            Static(Content.styled("↑ ↓ scroll, Esc closes", "$text-muted")),
        )

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.set_focus(self.query_one(VerticalScroll))

    def on_resize(self, event: Resize) -> None:
        """One column or two."""
        self.set_class(event.size.width < _TWO_COLUMNS, "narrow")
