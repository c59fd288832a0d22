"""Help: every key of the command table, and how to read the screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nnstep.tui.commands import groups, key_name
from nnstep.tui.screens.dialog import Box, Dialog

__all__ = ["Help", "help_columns"]

_READING = (
    ("Orange is positive, blue is negative, a stronger tint is a larger number within its matrix.", ""),
    ("A black number on white is the chosen cell; the cells it was made from are lit yellow.", ""),
    ("A dot is a number that is not computed yet; underlined is what this step has assigned.", ""),
)
_KEYS = 17  # columns for the keys


def _group(name: str, commands: tuple[object, ...]) -> Content:
    parts: list[Content | str | tuple[str, str]] = [(name, "bold underline"), "\n"]
    for command in commands:
        keys = " ".join(map(key_name, command.keys))  # type: ignore[attr-defined]
        parts += [(keys.ljust(_KEYS), "bold $accent"), " ", command.label.ljust(20), "\n"]  # type: ignore[attr-defined]
        parts += [" " * (_KEYS + 1), (command.help, "$text-muted"), "\n"]  # type: ignore[attr-defined]
    return Content.assemble(*parts)


def help_columns() -> tuple[Content, Content]:
    """The key table in two columns of about the same length."""
    tables = [_group(name, commands) for name, commands in groups()]
    return Content("\n").join(tables[:2]), Content("\n").join(tables[2:])


class Help(Dialog):
    """The key table beside itself on a wide screen, one column on a narrow one."""

    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [(0, "-narrow"), (110, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q,enter", "close", "Close", priority=True)]

    def compose(self) -> ComposeResult:
        """How to read the screen, then the keys."""
        first, second = help_columns()
        reading = Content("\n").join([Content(line) for line, _ in _READING])
        yield Box(
            "Help",
            VerticalScroll(Static(reading, id="reading"), Horizontal(Static(first), Static(second))),
            Static(Content.styled("↑ ↓ scroll, Esc closes", "$text-muted")),
        )

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()
