"""The one table of what the screen can be asked to do: bindings, footer, palette, help and the README come from it.

Nothing here imports Textual, so that the README's key table can be made and checked without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nnstep.view.state import PANEL_KEYS

__all__ = ["BY_ID", "COMMANDS", "GROUPS", "PANEL_NAMES", "Command", "groups", "key_name", "key_table_markdown"]

PANEL_NAMES = dict(
    zip(PANEL_KEYS, ("Program", "Operation", "Chain rule", "Parameters", "Activations", "Gradients"), strict=True)
)


class Command(NamedTuple):
    """One thing the screen can be asked to do.

    id       as it stands in a `Target` and in `ViewState.enabled`
    keys     keys of the keyboard, the first one being the one to learn; empty for what only the palette offers
    label    a few words, for the palette and the help
    help     one sentence
    group    the heading it stands under in the help
    footer   its word in the footer, or "" to leave it out; neighbours with the same word share it
    rank     which footer entries go first when the line is too short: the highest number
    session  the session answers it (and says in `ViewState.enabled` whether it can act); otherwise the screen does
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    footer: str = ""
    rank: int = 0
    session: bool = False


STEP, CELL, PANELS, SCENARIO, APPLICATION = "Step", "Cells", "Panels", "Scenario", "Application"

COMMANDS: tuple[Command, ...] = (
    Command("step.next", ("n", "right", "space"), "Next step", "Do the next operation.", STEP, "step", 1, True),
    Command("step.back", ("N", "left"), "Back one step", "Undo the last operation.", STEP, "back", 1, True),
    Command("phase.previous", ("<",), "Previous phase", "Back to where a phase began.", STEP, "phase", 4, True),
    Command("phase.next", (">",), "Next phase", "On to the next phase.", STEP, "phase", 4, True),
    Command("iteration.previous", ("[",), "Previous iteration", "An iteration back.", STEP, "iteration", 5, True),
    Command("iteration.next", ("]",), "Next iteration", "An iteration on.", STEP, "iteration", 5, True),
    Command("step.first", ("home",), "First step", "To the start of this iteration.", STEP, session=True),
    Command("step.last", ("end",), "Last step", "To the end of this iteration.", STEP, session=True),
    Command(
        "step.goto",
        ("g",),
        "Go to …",
        "A step's number, 3:14 for step 14 of iteration 3, or a name.",
        STEP,
        "go to",
        3,
        True,
    ),
    Command("name.find", ("/",), "Find a name …", "To the step that assigns it.", STEP, "find", 7, True),
    Command("cell.left", ("h", "shift+left"), "Cell left", "Choose the cell to the left.", CELL, "cell", 2, True),
    Command("cell.down", ("j", "shift+down"), "Cell down", "Choose the cell below.", CELL, "cell", 2, True),
    Command("cell.up", ("k", "shift+up"), "Cell up", "Choose the cell above.", CELL, "cell", 2, True),
    Command("cell.right", ("l", "shift+right"), "Cell right", "Choose the cell to the right.", CELL, "cell", 2, True),
    Command("weight.next", ("t",), "Next weight", "The next parameter in Chain rule.", CELL, "weight", 9, True),
    Command("digits.more", ("+",), "More digits", "Write the numbers with a digit more.", CELL, session=True),
    Command("digits.fewer", ("-",), "Fewer digits", "Write the numbers with a digit fewer.", CELL, session=True),
    Command("panel.next", ("tab",), "Next panel", "Move the focus to the next panel.", PANELS, "panel", 6),
    Command("panel.previous", ("shift+tab",), "Previous panel", "Move the focus to the one before.", PANELS),
    *(
        Command(f"panel.{key}", (str(number),), name, f"Move the focus to {name}.", PANELS)
        for number, (key, name) in enumerate(PANEL_NAMES.items(), 1)
    ),
    Command("panel.zoom", ("z",), "Zoom", "The focused panel alone, and back.", PANELS, "zoom", 8),
    Command("panel.copy", ("y",), "Copy", "The focused panel as text, to the clipboard.", PANELS, "copy", 12),
    Command("scroll.up", ("up",), "Scroll up", "Scroll the focused panel by a line.", PANELS),
    Command("scroll.down", ("down",), "Scroll down", "Scroll the focused panel by a line.", PANELS),
    Command("scroll.page-up", ("pageup",), "Page up", "Scroll it by its height.", PANELS),
    Command("scroll.page-down", ("pagedown",), "Page down", "Scroll it by its height.", PANELS),
    Command("scroll.left", ("ctrl+left",), "Scroll left", "Scroll the focused panel sideways.", PANELS),
    Command("scroll.right", ("ctrl+right",), "Scroll right", "Scroll the focused panel sideways.", PANELS),
    Command("scroll.follow", ("escape",), "Follow", "No zoom, no scrolling: what matters in sight.", PANELS),
    Command("file.open", ("o",), "Open a file …", "Open another scenario file.", SCENARIO, "open", 11),
    Command(
        "file.library", ("L",), "Scenario library", "Choose one of the bundled scenarios.", SCENARIO, "library", 10
    ),
    Command("file.reload", ("r",), "Reload", "Read the file again after editing it.", SCENARIO, "reload", 13),
    Command("app.theme", ("T",), "Colours", "Dark, light, the terminal's own.", APPLICATION),
    Command("app.palette", ("ctrl+p",), "Command palette", "Every command by name.", APPLICATION),
    Command("app.help", ("?",), "Help", "Every key, and how to read the screen.", APPLICATION, "help", 0),
    Command("app.quit", ("q",), "Quit", "Leave the debugger.", APPLICATION, "quit", 1),
)

BY_ID = {command.id: command for command in COMMANDS}
GROUPS = tuple(dict.fromkeys(command.group for command in COMMANDS))

_NAMES = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "space": "space",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
    "tab": "Tab",
    "shift": "Shift",
    "ctrl": "Ctrl",
}


def key_name(key: str) -> str:
    """A key as it is written for people: `shift+left` is `Shift+←`."""
    return "+".join(_NAMES.get(part, part) for part in key.split("+"))


def groups() -> Iterator[tuple[str, tuple[Command, ...]]]:
    """The commands under their headings, in the table's order."""
    for group in GROUPS:
        yield group, tuple(command for command in COMMANDS if command.group == group)


def key_table_markdown() -> str:
    """The table of keys for the README: one row a command."""

    def code(key: str) -> str:
        return f"`{key_name(key)}`"

    lines = ["| Keys | Command | What it does |", "| --- | --- | --- |"]
    for _, commands in groups():
        for command in commands:
            lines.append(f"| {' '.join(map(code, command.keys))} | {command.label} | {command.help} |")
    return "\n".join(lines) + "\n"
