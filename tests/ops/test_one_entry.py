"""One entry is all that an operation needs: a toy one, a kernel and a derivative, is right in every command."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import nnstep
from nnstep.ops import NAMES
from tests import toys

# Adds the entry before any room above has read the table; what comes after it is a program of its own.
TOY = """
import sys
import numpy as np
from nnstep.ops import Operation, add

def prepare(site):
    return lambda x, out: np.divide(x, 1 + np.abs(x), out)

add(Operation(
    name="softsign", inputs=("x",), symbol="softsign", sentence="Divides each entry by 1 and its size.",
    shape=lambda x: x, prepare=prepare, derivative={"x": "g / (1 + abs(x)) ** 2"}, elementwise=True,
))
"""
DOCS = """
from tests import docs
print(docs.operations("equation"))
"""
SCENARIO = """
equations = '''
h = softsign(x @ W)
loss = mse(h, y)
'''
[data]
x = [[1.0, 2.0], [3.0, -1.0]]
y = [[0.5], [0.25]]
[parameters]
W = [[0.5], [-1.0]]
[optimizer]
type = "sgd"
lr = 0.1
"""


def printed(tmp_path: Path, program: str, *arguments: str) -> str:
    return toys.printed(tmp_path, TOY + program, SCENARIO, *arguments)


def said(tmp_path: Path, command: str, *options: str) -> str:
    return toys.said(tmp_path, TOY, SCENARIO, command, *options)


def test_check_lists_it_with_its_derivative(tmp_path: Path) -> None:
    assert "grad(x @ W) = grad(h) / (1 + abs((x @ W))) ** 2" in said(tmp_path, "check")
    assert r"h &= \operatorname{softsign}\left(x W\right)" in said(tmp_path, "check", "--format", "latex")


def test_its_numbers_and_its_gradient_are_right(tmp_path: Path) -> None:
    said(tmp_path, "gradcheck")
    records = [json.loads(line) for line in said(tmp_path, "trace", "--json").splitlines()]
    (h,) = [one["value"] for one in records if one.get("target") == "h"]
    assert h == [[pytest.approx(-0.6)], [pytest.approx(5 / 7)]]


def test_its_words_are_its_own_sentence(tmp_path: Path) -> None:
    text = " ".join(said(tmp_path, "trace", "--explain", "h[0, 0]").split())
    assert "Divides each entry by 1 and its size. It is applied to every entry on its own" in text
    assert "softsign(1 · 0.5 + 2 · (−1)) = −0.6000" in text
    text = " ".join(said(tmp_path, "trace", "--explain", "grad(x @ W)[0, 0]").split())
    assert "softsign is applied to every entry of x @ W on its own, so its Jacobian is diagonal." in text
    assert "softsign′(x @ W) = 1 / (1 + abs(x @ W))²" in text


def test_the_docs_list_it(tmp_path: Path) -> None:
    assert "| `softsign(x)` | Divides each entry by 1 and its size. |" in printed(tmp_path, DOCS)


def test_it_trains_and_nothing_is_wrong_with_that(tmp_path: Path) -> None:
    assert "softsign" in said(tmp_path, "check", "--train")


def test_the_screen_shows_it_at_every_step_and_asks_for_it(tmp_path: Path) -> None:
    text = printed(tmp_path, toys.STEPS, "SCENARIO")
    assert "h = softsign(x @ W)" in text
    assert "softsign′(x @ W)" in text


# Tables of a few names that only the grammar or the arithmetic of a room itself can know, with the reason.
KNOWN = {
    "language/infix.py": "the grammar: which operations have a sign, and how it binds",
    "language/printer.py": "which operations the screen writes with the axis that they go over, as in Σ rows",
}


def listed(tree: ast.AST) -> int:
    """How many operation names the longest list of them in a file has."""
    most = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.List | ast.Tuple):
            found = node.elts
        elif isinstance(node, ast.Dict):
            found = [key for key in node.keys if key is not None]
        else:
            continue
        most = max(most, sum(isinstance(one, ast.Constant) and one.value in NAMES for one in found))
    return most


def test_no_list_of_operation_names_stands_outside_the_table() -> None:
    package = Path(nnstep.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] != "ops" and listed(ast.parse(path.read_text(encoding="utf-8"))) >= 3
    }
    assert found <= {*KNOWN}
