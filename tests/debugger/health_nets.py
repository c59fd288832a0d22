"""Networks whose health is known by the way they are made, for the tests of what is found in a run."""

from __future__ import annotations

from typing import TypeVar

from nnstep.debugger.health.examine import standing
from nnstep.debugger.health.finding import Finding
from nnstep.engine import Timeline
from nnstep.scenario import loads
from nnstep.scenario.model import Scenario

__all__ = ["at_end", "kinds", "layered", "number", "of_kind", "repeated", "said"]

T = TypeVar("T")


def layered(
    *layers: str, lr: float = 0.1, epochs: int = 5, loss: str = "mse", data: str = "", training: str = ""
) -> Scenario:
    """A network of layers on four points; a layer is an activation, or the keys of a linear one."""
    text = data or "[data]\nx = [[0, 0], [0, 1], [1, 0], [1, 1]]\ny = [[0], [1], [1], [0]]\n"
    for layer in layers:
        text += f'[[layers]]\ntype = "linear"\n{layer}\n' if "=" in layer else f'[[layers]]\ntype = "{layer}"\n'
    text += f'[loss]\ntype = "{loss}"\n[optimizer]\ntype = "sgd"\nlr = {lr}\n'
    return loads(text + f"[training]\nepochs = {epochs}\n{training}")


def repeated(equations: str, parameters: str, lr: float = 0.1, epochs: int = 40, data: str = "") -> Scenario:
    """Equations, trained."""
    return loads(
        f'equations = """\n{equations}\n"""\n{data}[parameters]\n{parameters}\n'
        f'[optimizer]\ntype = "sgd"\nlr = {lr}\n[training]\nepochs = {epochs}\n'
    )


def said(finding: Finding, key: str, kind: type[T]) -> T:
    """What a finding says under this name, which must be of this kind."""
    value = finding.values[key]
    assert isinstance(value, kind)
    return value


def number(finding: Finding, key: str) -> float:
    """The number that a finding says under this name."""
    value = finding.values[key]
    assert isinstance(value, float | int)
    return float(value)


def at_end(timeline: Timeline, iteration: int = 0) -> tuple[Finding, ...]:
    """What stands at the end of an iteration, by default the last one."""
    iteration = iteration or timeline.iterations
    return standing(timeline, iteration, len(timeline.program(iteration).steps))


def kinds(found: tuple[Finding, ...]) -> set[str]:
    """The kinds of findings."""
    return {one.kind for one in found}


def of_kind(found: tuple[Finding, ...], kind: str) -> list[Finding]:
    """The findings of a kind."""
    return [one for one in found if one.kind == kind]
