"""One entry is all that a loss needs: a toy one, that says what it compares, is right in every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import toys

# Adds the entry before any room above has read the table; what comes after it is a program of its own.
TOY = """
from nnstep.language.nodes import Entry
from nnstep.ops import Operation, add
from nnstep.ops.cellrules import call, constant_cell, every
from nnstep.ops.shapes import equal_shapes, positive_option

def shape(o, y, lead):
    positive_option("lead", lead)
    equal_shapes(o, y, ("o", "y"))
    return ()

def prepare(site):
    def kernel(o, y, out):
        out[...] = site.options["lead"] * ((o - y) ** 4).sum()
    return kernel

def cell(site, index):
    apart = (call("subtract", Entry("o", place), Entry("y", place)) for place in every(site.shapes[0]))
    powers = (call("power", one, constant_cell(4)) for one in apart)
    return call("multiply", constant_cell(site.options["lead"]), call("total", *powers))

add(Operation(
    name="quartic", inputs=("o", "y"), symbol="quartic", sentence="Adds up the differences to the fourth.",
    shape=shape, prepare=prepare, cell=cell, options={"lead": 1.0},
    derivative={"o": "4 * lead * g * (o - y) ** 3", "y": "-4 * lead * g * (o - y) ** 3"}, compares="entries",
))
"""
DOCS = """
from tests import docs
print(docs.losses())
"""
SCENARIO = """
[data]
x = [[1.0, 2.0], [3.0, -1.0]]
y = [[0.5], [0.25]]
[[layers]]
type = "linear"
weight = [[0.5], [-1.0]]
[loss]
type = "quartic"
lead = 0.5
scale = 2
[optimizer]
type = "sgd"
lr = 0.001
"""


def said(tmp_path: Path, command: str, *options: str) -> str:
    return toys.said(tmp_path, TOY, SCENARIO, command, *options)


def test_it_is_written_out_with_its_options_and_its_derivative(tmp_path: Path) -> None:
    text = said(tmp_path, "check")
    assert "loss = 2 * quartic(o, y, lead=0.5)" in text
    assert "grad(o) = 4 * 0.5 * grad(quartic(o, y, lead=0.5)) * (o - y) ** 3" in text


def test_its_numbers_and_its_gradient_are_right(tmp_path: Path) -> None:
    said(tmp_path, "gradcheck")
    records = [json.loads(line) for line in said(tmp_path, "trace", "--json").splitlines()]
    values = {one["target"]: one["value"] for one in records if "target" in one and one.get("iteration") == 1}
    assert values["loss"] == pytest.approx(2.0**4 + 2.25**4)


def test_its_words_are_its_own_sentence_and_nothing_is_said_of_a_mean(tmp_path: Path) -> None:
    text = " ".join(said(tmp_path, "trace", "--explain", "quartic(o, y, lead=0.5)").split())
    assert "Adds up the differences to the fourth." in text
    assert "mean of" not in text.lower()


def test_it_trains(tmp_path: Path) -> None:
    assert "quartic" in said(tmp_path, "check", "--train")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("lead = 0.5", "lead = 0", "lead=0.0, expected a number above 0"),
        ("lead = 0.5", "leed = 0.5", "lead"),
        ('"quartic"', '"quartik"', "bce_with_logits, cross_entropy, nll, quartic"),
        ("[[0.5], [0.25]]", "[0.5, 0.25]", "write a row for each sample: y = [[0.5], [0.25]]"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert expected in toys.refused(tmp_path, TOY, SCENARIO.replace(old, new))


def test_the_docs_list_it(tmp_path: Path) -> None:
    line = "| `quartic` | Adds up the differences to the fourth. | `lead` 1 |"
    assert line in toys.printed(tmp_path, TOY + DOCS, SCENARIO)


def test_the_screen_shows_it_at_every_step(tmp_path: Path) -> None:
    text = toys.printed(tmp_path, TOY + toys.STEPS, SCENARIO, "SCENARIO")
    assert "quartic(o, y, lead=0.5)" in text
