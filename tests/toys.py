"""A program of its own for an entry that is added to a table before any room above has read it."""

import subprocess
import sys
from pathlib import Path

import nnstep

COMMAND = """
import sys
from nnstep import cli
sys.exit(cli.main(sys.argv[1:]))
"""
# Through two iterations step by step, with a quiz of each cell, and every view at each step.
STEPS = """
import sys
from nnstep.scenario import load
from nnstep.view.lens.registry import lens_names
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text

stepper = Stepper(load(sys.argv[1]))
views = ["lens." + lens for lens in lens_names()]
for command in ["quiz.toggle", "quiz.hint", *["step.next", *views] * 30, *["step.back"] * 10]:
    state = stepper.do(command, None)
    for panel in state.panels.values():
        for line in panel.paint(100, 30).lines:
            print(line_text(line))
"""


def printed(folder: Path, program: str, scenario: str, *arguments: str) -> str:
    """What a program prints that ends well, with the path of the scenario put in for SCENARIO."""
    path = folder / "toy.toml"
    path.write_text(scenario, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", program, *(str(path) if one == "SCENARIO" else one for one in arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=Path(nnstep.__file__).parent.parent,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    return done.stdout


def said(folder: Path, toy: str, scenario: str, command: str, *options: str) -> str:
    """What a command prints about the scenario with the toy in its table."""
    return printed(folder, toy + COMMAND, scenario, command, "SCENARIO", *options)


def refused(folder: Path, toy: str, scenario: str) -> str:
    """What `check` says of a scenario that is wrong, in one line."""
    program = "import sys\nfrom nnstep import cli\nsys.stderr = sys.stdout\nassert cli.main(sys.argv[1:]) != 0\n"
    return " ".join(printed(folder, toy + program, scenario, "check", "SCENARIO").split())
