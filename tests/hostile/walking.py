"""The debugger on hostile scenarios that can be used: `python -m tests.hostile.walking --count 1000`.

Whatever numbers a scenario has, each view of each panel can be painted at every step of an iteration, and nothing that
is shown is unfit for a terminal.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from nnstep.commands import PANEL_KEYS
from nnstep.errors import NnstepError
from nnstep.view.lens.registry import lens_names
from nnstep.view.stepper import Stepper
from tests.hostile.mutate import scenario
from tests.hostile.running import unfit
from tests.hostile.scenarios import FILE, prepared

__all__ = ["walked"]

_TYPED = {
    "step.goto": ("5", "2:3", "loss", "9" * 30, "0", "-1", "1.1.1"),
    "name.find": ("x", "grad(W1)", ""),
    "iteration.goto": ("1", "2", "99999999999999999999"),
    "stop.add": ("loss < 0", "grad(W1)[0, 0] > 1", "x[99]", "9**9**9", "backward", "changes(loss)"),
    "watch.add": ("loss", "norm(x)", "prev(loss)", "x @ x", "1 / 0", "x % 0", "one_hot(x, 100000000)"),
    "edit.make": ("x[0, 0] = 1e308", "lr = 1e308", "W1[0, 0] = 0", "adam lr = 1", "y[0] = 3"),
    "mine.compare": ("0", "[[1, 2], [3, 4]]", "nan", "1e999"),
    "quiz.answer": ("0", "1/3", "nan", "[[1]]"),
}
_PLAIN = (
    *("step.next", "step.next", "step.next", "frame.into", "frame.into", "step.back", "frame.out", "frame.back-into"),
    *("phase.next", "iteration.next", "step.last", "step.first", "cell.left", "cell.right", "cell.up", "cell.down"),
    *("cell.follow", "cell.return", "row.down", "row.up", "terms.all", "weight.next", "run.log", "digits.more"),
    *("panel.reading", "run.stop", "quiz.toggle", "quiz.hint", "edit.undo", "mark.enable"),
    *(f"lens.{lens}" for lens in lens_names()),
)


def walked(number: int, presses: int, seed: int = 0) -> bool:
    """Open a scenario in the current folder and do some things with it. False where it cannot be opened.

    Raises whatever goes wrong, and AssertionError for what is unfit to be shown.
    """
    Path(FILE).write_bytes(scenario(seed, number))
    try:
        stepper = Stepper.open(FILE)
    except NnstepError:
        return False
    rng = random.Random(number)
    for _ in range(presses):
        kind = rng.random()
        if kind < 0.2:
            command = rng.choice(list(_TYPED))
            stepper.do(command, rng.choice(_TYPED[command]))
        elif kind < 0.3:
            stepper.do("panel.focus", rng.choice(PANEL_KEYS))
        else:
            stepper.do(rng.choice(_PLAIN))
        _look(stepper, rng)
    return True


def _look(stepper: Stepper, rng: random.Random) -> None:
    view = stepper.view()
    width, height = rng.choice(((110, 30), (40, 10), (12, 4), (1, 1)))
    for panel in (view.header, *view.panels.values()):
        for line in (panel.title, *panel.paint(width, height).lines, view.message):
            said = "".join(piece.text for piece in line)
            assert not unfit(said), ascii(said)
            assert "\n" not in said, ascii(said)
    for about in ("edit", "stop", "mine", "quiz"):
        assert not unfit(stepper.question(about))


def main() -> int:
    """Walk through many; exit status 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.walking", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--presses", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    opened, wrong, slowest = 0, 0, (0.0, -1)
    with prepared():
        for number in range(options.count):
            began = time.process_time()
            try:
                opened += walked(number, options.presses, options.seed)
            except Exception:
                wrong += 1
                sys.stdout.write(f"--- {number}\n{traceback.format_exc()[-1_200:]}\n")
            slowest = max(slowest, (time.process_time() - began, number))
    sys.stdout.write(f"{options.count} scenarios, {opened} opened, {wrong} with a fault; the longest {slowest}\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
