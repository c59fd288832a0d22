"""Help: every key of the command table, and how to read the screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from nnstep.catalogue import key_name, say
from nnstep.commands import APPLICATION, CELLS, STEP, Command
from nnstep.text import padded
from nnstep.text import width as text_width
from nnstep.tui.commands import groups, sentence
from nnstep.tui.screens.dialog import Dialog, DialogBox
from nnstep.view.text.blocks import wrap
from nnstep.view.text.canvas import line_text

_COLUMN = 54  # columns of the terminal for one column of the table
_TWO_COLUMNS = 2 * _COLUMN + 8  # and of a screen that has room for two
_KEYS = 14  # for the keys


def _group(name: str, commands: tuple[Command, ...], width: int) -> Content:
    """A heading and a row a command, wrapped to `width` columns beside the keys."""
    parts: list[str | tuple[str, str]] = [(f"{name}\n", "bold underline")]
    for command in commands:
        keys = " ".join(map(key_name, command.keys))
        block = wrap(sentence(command), width - _KEYS)
        said = [line_text(block.line(y)) for y in range(block.height)]
        below = f"\n{' ' * _KEYS}"
        if text_width(keys) >= _KEYS:
            keys += below
        parts += [(padded(keys, _KEYS), "bold $accent"), below.join(said), "\n"]
    return Content.assemble(*parts)


def help_columns(width: int) -> tuple[Content, Content]:
    """The key table in two columns, each of `width` columns of the terminal and about half the rows."""
    tables = {commands[0].group: _group(name, commands, width) for name, commands in groups()}
    left = (STEP, CELLS, APPLICATION)
    return (
        Content("\n").join([tables[kind] for kind in left]),
        Content("\n").join([table for kind, table in tables.items() if kind not in left]),
    )


class Help(Dialog):
    """The key table in two columns on a wide screen, in one on a narrow one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q,enter", "close", priority=True)]

    def compose(self) -> ComposeResult:
        """How to read the screen, then the keys."""
        first, second = help_columns(_COLUMN)
        topics = ("colours", "marks", "dots", "mouse")
        reading = Content("\n").join([Content(say(f"help.reading.{topic}")) for topic in topics])
        yield DialogBox(
            say("dialog.help.title"),
            VerticalScroll(Static(reading, id="reading"), Horizontal(Static(first), Static(second))),
            Static(Content.styled(say("dialog.help.hint"), "$text-muted")),
        )

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.set_focus(self.query_one(VerticalScroll))

    def on_resize(self, event: Resize) -> None:
        """One column or two."""
        self.set_class(event.size.width < _TWO_COLUMNS, "narrow")
