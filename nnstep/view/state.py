"""The view state: everything the screen shows at one moment, as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnstep.view.text.canvas import Line, Panel

PASSING = frozenset(
    {
        *("step.next", "step.back", "step.first", "step.last", "phase.next", "phase.previous"),
        *("frame.into", "frame.back-into", "frame.out", "frame.back-out", "iteration.next", "iteration.previous"),
        *("cell.left", "cell.right", "cell.up", "cell.down"),
    }
)
"""Commands that change only where we are and what is chosen: where another one follows at once, what they lead to need
not be shown.
"""

# Roles a piece can have. A role may be several of these words, as in "pos3 changed": colours of all of them apply,
# the later word winning. Tints go with the size of a number: pos1..pos5 and neg1..neg5, zero.
ROLES = (
    "text",  # ordinary text
    "dim",  # less important; what is to come
    "strong",  # important
    "heading",  # FORWARD, BACKWARD, UPDATE
    "title",  # the scenario's title
    "name",  # a value's name
    "gradient",  # the name of a gradient
    "parameter",  # the name of a parameter
    "number",
    "operator",
    "function",
    "bracket",  # the brackets of a matrix
    "shape",  # 4×3
    "now",  # the current step, the current factor
    "done",
    "todo",  # not computed yet
    "current",  # the background of the current line
    "cursor",  # the chosen cell
    "lit",  # a cell that made the chosen cell
    "changed",  # assigned by the current step
    "tab",
    "tab-on",
    "bar-done",  # the phase timeline
    "bar-now",
    "bar-todo",
    "spark",  # the loss's little curve
    "good",
    "warning",
    "error",
    "key",  # a key to press
    "help",  # how a panel is read
    "plot",  # the curve of a picture
    "plot-second",  # the other curve: a derivative, a second series
    "plot-axis",  # axes, zero lines, labels of a picture
    "plot-mark",  # a value in a picture
    "plot-chosen",  # the chosen cell's value in a picture
    *(f"edge-pos{n}" for n in range(1, 4)),  # a weight as a line, by sign and size
    *(f"edge-neg{n}" for n in range(1, 4)),
    "edge-dim",  # a weight that has no part in this step
    *(f"pos{n}" for n in range(1, 6)),
    *(f"neg{n}" for n in range(1, 6)),
    "zero",
)


@dataclass(frozen=True, eq=False)
class ViewState:
    """What is on the screen. Compared by identity: a new state is a new screen.

    header   a panel of its own (key "header"), two lines: what and where, and the phase timeline
    panels   by the keys of PANEL_KEYS
    enabled  ids of the session's commands that can do something here
    message  one line about what a command could not do, or ()
    name     the cleaned file or scenario name, for the terminal's title
    rows     how many rows the focused panel has to choose from; with none the arrows scroll it
    score    the tally of a quiz, for the line of keys; () without one
    running  whether a run is under way, which goes on by `run.advance` and stops by `run.stop`
    checking whether a gradient check that is shown is not done yet: it goes on by `Stepper.go_on`
    watching how many lines the panel of breakpoints and watches needs; 0 where there is nothing in it
    header_lines  how many lines the header has: a third one where the run has more than one iteration
    """

    header: Panel
    panels: Mapping[str, Panel]
    enabled: frozenset[str]
    message: Line = ()
    name: str = ""
    rows: int = 0
    score: Line = ()
    running: bool = False
    checking: bool = False
    watching: int = 0
    header_lines: int = 2
