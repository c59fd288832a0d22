"""The one table of what the screen can be asked to do, as data.

Bindings, footer, palette, help, the README and the keys that texts name come from it. What a command is called and
what is said of it stands in the catalogue, under `command.<id>`.
"""

from __future__ import annotations

from typing import NamedTuple

PANEL_KEYS = ("program", "operation", "chain", "parameters", "activations", "gradients", "watch")


class Command(NamedTuple):
    """One thing the screen can be asked to do.

    id       as it stands in a `Target` and in `ViewState.enabled`
    keys     keys of the keyboard, the first one being the one to learn
    group    the heading it stands under in the help, `group.<group>` in the catalogue
    footer   its word in the footer, `footer.<footer>` in the catalogue, or "" to leave it out; neighbours with the same
             word share it
    rank     which footer entries go first when the line is too short: the highest number
    session  the session answers it (and says in `ViewState.enabled` whether it can act); otherwise the screen does
    """

    id: str
    keys: tuple[str, ...]
    group: str
    footer: str = ""
    rank: int = 0
    session: bool = False


STEP, RUN, CELLS, VIEWS, WHAT_IF = "step", "run", "cells", "views", "what-if"
PANELS, SCENARIO, APPLICATION = "panels", "scenario", "application"

COMMANDS: tuple[Command, ...] = (
    Command("step.next", ("n", "right", "space"), STEP, footer="step", rank=1, session=True),
    Command("step.back", ("N", "left"), STEP, footer="back", rank=1, session=True),
    Command("frame.into", ("s",), STEP, footer="into", rank=2, session=True),
    Command("frame.out", ("f",), STEP, footer="out", rank=2, session=True),
    Command("frame.back-into", ("S",), STEP, session=True),
    Command("frame.back-out", ("F",), STEP, session=True),
    Command("phase.previous", ("<",), STEP, footer="phase", rank=9, session=True),
    Command("phase.next", (">",), STEP, footer="phase", rank=9, session=True),
    Command("iteration.previous", ("[",), STEP, footer="iteration", rank=10, session=True),
    Command("iteration.next", ("]",), STEP, footer="iteration", rank=10, session=True),
    Command("step.first", ("home",), STEP, session=True),
    Command("step.last", ("end",), STEP, session=True),
    Command("step.goto", ("g",), STEP, footer="go-to", rank=8, session=True),
    Command("name.find", ("/",), STEP, footer="find", rank=12, session=True),
    Command("run.forward", ("c",), RUN, footer="continue", rank=3, session=True),
    Command("run.backward", ("C",), RUN, footer="continue", rank=3, session=True),
    Command("stop.line", ("b",), RUN, footer="break", rank=4, session=True),
    Command("stop.add", ("B",), RUN, footer="break", rank=4, session=True),
    Command("watch.add", ("w",), RUN, footer="watch", rank=8, session=True),
    Command("mark.enable", ("!",), RUN, session=True),
    Command("mark.remove", ("delete",), RUN, session=True),
    Command("edit.make", ("e",), WHAT_IF, footer="edit", rank=6, session=True),
    Command("edit.undo", ("u",), WHAT_IF, session=True),
    Command("lens.branches", ("A",), WHAT_IF, footer="branches", rank=13, session=True),
    Command("branch.rename", ("f2",), WHAT_IF, session=True),
    Command("branch.save", ("W",), WHAT_IF, session=True),
    Command("recovery.take", ("R",), WHAT_IF, session=True),
    Command("cell.left", ("h", "shift+left"), CELLS, footer="cell", rank=2, session=True),
    Command("cell.down", ("j", "shift+down"), CELLS, footer="cell", rank=2, session=True),
    Command("cell.up", ("k", "shift+up"), CELLS, footer="cell", rank=2, session=True),
    Command("cell.right", ("l", "shift+right"), CELLS, footer="cell", rank=2, session=True),
    Command("cell.follow", ("enter",), CELLS, footer="from", rank=3, session=True),
    Command("cell.return", ("backspace",), CELLS, session=True),
    Command("lens.uses", ("U",), CELLS, footer="uses", rank=5, session=True),
    Command("terms.all", ("x",), CELLS, session=True),
    Command("weight.next", ("t",), CELLS, footer="weight", rank=12, session=True),
    Command("digits.more", ("+",), CELLS, session=True),
    Command("digits.fewer", ("-",), CELLS, session=True),
    Command("lens.check", ("d",), VIEWS, footer="check", rank=7, session=True),
    Command("lens.jacobian", ("J",), VIEWS, session=True),
    Command("lens.picture", ("v",), VIEWS, footer="picture", rank=6, session=True),
    Command("lens.run", ("V",), VIEWS, footer="plots", rank=8, session=True),
    Command("run.log", ("X",), VIEWS, session=True),
    Command("lens.health", ("E",), VIEWS, footer="health", rank=9, session=True),
    Command("lens.memory", ("M",), VIEWS, footer="memory", rank=13, session=True),
    Command("mine.open", ("m",), VIEWS, footer="mine", rank=9),
    Command("quiz.toggle", ("p",), VIEWS, footer="predict", rank=8, session=True),
    Command("quiz.answer", ("a",), VIEWS, session=True),
    Command("quiz.hint", ("H",), VIEWS, session=True),
    Command("panel.next", ("tab",), PANELS, footer="panel", rank=6),
    Command("panel.previous", ("shift+tab",), PANELS),
    *(Command(f"panel.{key}", (str(number),), PANELS) for number, key in enumerate(PANEL_KEYS, 1)),
    Command("panel.reading", ("i",), PANELS, footer="how", rank=10, session=True),
    Command("panel.zoom", ("z",), PANELS, footer="zoom", rank=11),
    Command("panel.copy", ("y",), PANELS, footer="copy", rank=17),
    Command("panel.copy-to-file", ("Y",), PANELS),
    Command("scroll.up", ("up",), PANELS),
    Command("scroll.down", ("down",), PANELS),
    Command("scroll.page-up", ("pageup",), PANELS),
    Command("scroll.page-down", ("pagedown",), PANELS),
    Command("scroll.left", ("ctrl+left",), PANELS),
    Command("scroll.right", ("ctrl+right",), PANELS),
    Command("scroll.follow", ("escape",), PANELS),
    Command("file.open", ("o",), SCENARIO, footer="open", rank=15),
    Command("file.library", ("L",), SCENARIO, footer="library", rank=14),
    Command("file.reload", ("r",), SCENARIO, footer="reload", rank=16),
    Command("app.theme", ("T",), APPLICATION),
    Command("app.palette", ("ctrl+p", ":"), APPLICATION),
    Command("app.help", ("?",), APPLICATION, footer="help"),
    Command("app.suspend", ("ctrl+z",), APPLICATION),
    Command("app.quit", ("q",), APPLICATION, footer="quit", rank=1),
)

BY_ID = {command.id: command for command in COMMANDS}
DIALOG_KEYS = {"dialog.accept": ("enter",), "dialog.close": ("escape",), "mine.accept": ("ctrl+s", "f2")}
"""The keys of dialogs, by what they do."""
SIGNS_OF_COMMANDS = frozenset(
    {" " if key == "space" else key for command in COMMANDS for key in command.keys if len(key) == 1 or key == "space"}
)
"""The characters that are commands: letters, digits and signs of a US keyboard."""

GROUPS = tuple(dict.fromkeys(command.group for command in COMMANDS))
