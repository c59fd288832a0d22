"""How the tests of this room write scenarios and read problems."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstep.errors import NnstepError, Problem
from nnstep.scenario import Scenario, loads

DATA = """\
[data]
x = [[1, 2], [3, 4]]
y = [[1], [0]]
"""
LAYERS = (
    DATA
    + """\
[[layers]]
type = "linear"
units = 1
"""
)


def problems(text: str, base: str | Path | None = None) -> tuple[Problem, ...]:
    """The problems of a scenario that has some."""
    with pytest.raises(NnstepError) as caught:
        loads(text, "net.toml", None if base is None else str(base))
    assert all(problem.file == "net.toml" for problem in caught.value.problems)
    return caught.value.problems


def places(text: str, base: str | Path | None = None) -> list[str]:
    """`line: key` of each problem, in order."""
    return [f"{problem.line}: {problem.key}" for problem in problems(text, base)]


def equations(text: str) -> list[str]:
    """The network of a scenario as equations."""
    return written(loads(text))


def written(scenario: Scenario) -> list[str]:
    """The equations of a scenario as they are typed."""
    return [equation.assignment.source for equation in scenario.equations]


def network(*layers: str, data: str = DATA, loss: str = "") -> str:
    """A scenario of layers, each given as its lines after the header, separated by commas at the outermost level."""
    text = data + "".join(f"[[layers]]\n{layer}\n" for layer in layers)
    return text + (f"[loss]\n{loss}\n" if loss else "")
