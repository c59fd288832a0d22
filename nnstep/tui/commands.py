"""What is made of the table of commands: their words, and the headings of the help."""

from __future__ import annotations

from collections.abc import Iterator

from nnstep.catalogue import say
from nnstep.commands import COMMANDS, GROUPS, PANEL_KEYS, Command


def command_label(command: Command) -> str:
    """A few words, for the palette and the help."""
    return say(f"command.{command.id}")


def sentence(command: Command) -> str:
    """One sentence on what it does."""
    return say(f"command.{command.id}.help")


def command_heading(command: Command) -> str:
    """What its group is called."""
    return say(f"group.{command.group}")


def footer_word(command: Command) -> str:
    """Its word in the footer; "" where it has none."""
    return say(f"footer.{command.footer}") if command.footer else ""


def panel_names() -> dict[str, str]:
    """What each panel is called, by its key."""
    return {key: say(f"command.panel.{key}") for key in PANEL_KEYS}


def groups() -> Iterator[tuple[str, tuple[Command, ...]]]:
    """The commands under their headings, in the table's order."""
    for group in GROUPS:
        yield say(f"group.{group}"), tuple(command for command in COMMANDS if command.group == group)
