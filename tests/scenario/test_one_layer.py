"""One entry is all that a layer needs: a toy one, with a parameter of its own, is right in every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import toys

TOY = """
from nnstep.scenario.layers_table import LAYERS, Layer, equation
from nnstep.scenario.model import Parameter
from nnstep.scenario.toml.fields import choice

def write(network, layer, fields, name):
    parameter = f"s{network.weighted}"
    init = choice(fields.get("init"), ("ones", "zeros"), "ones")
    value = network.drawn("s", init, (network.width,), layer, layer)
    network.parameters.append(Parameter(parameter, value, True, init, layer.line, layer.key))
    network.equations.append(equation(f"{name} = {network.output} * {parameter}", layer))

LAYERS["gain"] = Layer("gain", "A factor for each column.", ("init",), write, weighted=True)
"""
DOCS = """
from tests import docs
print(docs.layers())
"""
SCENARIO = """
[data]
x = [[1.0, 2.0], [3.0, -1.0]]
y = [[0.5], [0.25]]
[[layers]]
type = "gain"
[[layers]]
type = "tanh"
[[layers]]
type = "linear"
units = 1
[loss]
type = "mse"
[optimizer]
type = "sgd"
lr = 0.1
"""


def said(tmp_path: Path, command: str, *options: str) -> str:
    return toys.said(tmp_path, TOY, SCENARIO, command, *options)


def test_it_is_written_out_as_its_equations(tmp_path: Path) -> None:
    text = said(tmp_path, "check")
    for line in ("z1 = x * s1", "h1 = tanh(z1)", "o = h1 @ W2 + b2", "grad(s1) before sum = grad(z1) * x"):
        assert line in text


def test_its_numbers_and_its_gradient_are_right(tmp_path: Path) -> None:
    said(tmp_path, "gradcheck")
    records = [json.loads(line) for line in said(tmp_path, "trace", "--json").splitlines()]
    values = {one["target"]: one["value"] for one in reversed(records) if "target" in one}
    assert values["z1"] == [[1.0, 2.0], [3.0, -1.0]]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"gain"', '"gian"', "linear, gain or an activation"),
        ('"gain"', '"gain"\ninit = "he_normal"', "one of ones, zeros"),
        ('"gain"', '"gain"\nunits = 2', "unknown key 'units'"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert expected in toys.refused(tmp_path, TOY, SCENARIO.replace(old, new))


def test_the_docs_list_it(tmp_path: Path) -> None:
    assert "| `gain` | A factor for each column. | `init` |" in toys.printed(tmp_path, TOY + DOCS, SCENARIO)


def test_the_screen_shows_it_at_every_step(tmp_path: Path) -> None:
    assert "z1 = x ⊙ s1" in toys.printed(tmp_path, TOY + toys.STEPS, SCENARIO, "SCENARIO")
