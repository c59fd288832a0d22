"""Numbers on the screen that a person can add up add up, and one number is written one way wherever it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger import Cell
from nnstep.program import parameters_with_gradient
from nnstep.scenario import bundled, loads
from nnstep.scenario.model import Scenario
from nnstep.view.panels.header import Header
from nnstep.view.scene.scene import Scene
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from nnstep.view.text.numbers import parse_number
from tests.engine.strategies import scenarios

NAMES = [entry.name for entry in bundled()]
SIGNS = str.maketrans({"−": "-", "·": "*", "⊙": "*", "²": "**2", "³": "**3", "√": "?"})
KNOWN = {
    "exp": math.exp,
    "log": math.log,
    "max": lambda *found: max(found),
    "tanh": math.tanh,
    "σ": lambda x: 1 / (1 + math.exp(-x)),
}
NUMBER = r"−?(?:\d+(?:\.\d+)?(?:e−?\d+)?|∞|NaN)"


def worked_out(text: str) -> float | None:
    """A printed arithmetic of numbers as a person would work it out; None for functions that are not `KNOWN`."""
    typed = text.translate(SIGNS)
    if not set(re.findall(r"[^\W\d_]+", typed)) <= {*KNOWN, "e"} or not re.fullmatch(r"[-+*/(),. \wσ]+", typed):
        return None
    try:
        return float(eval(typed, {"__builtins__": {}, **KNOWN}))
    except (ZeroDivisionError, OverflowError, ValueError):
        return None


def last_place(text: str) -> float:
    """What a 1 in the last place of a printed number is."""
    mantissa, _, exponent = text.replace("−", "-").partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def printed_sums(scene: Scene) -> Iterator[tuple[str, str]]:
    """(arithmetic with numbers, result) of the chosen cell where the two are joined by =."""
    for line in scene.lines_of_cell(4000)[-1:]:  # those before name parts of it
        head, equals, result = line_text(line).rpartition(" = ")
        if equals and " ≈ " not in line_text(line) and head.count(" = ") == 2:
            yield head.rpartition(" = ")[2], result


def check_step(seen: Stepper) -> int:
    scene = seen.moment().at
    checked = 0
    for arithmetic, result in printed_sums(scene):
        found = worked_out(arithmetic)
        if found is not None and scene.cell is not None:
            assert scene.said(scene.cell)(found) == result, f"{arithmetic} = {found}, printed {result}"
            checked += 1
    return checked


@pytest.mark.parametrize("name", NAMES)
def test_the_arithmetic_of_a_cell_gives_its_result_in_bundled_scenarios(name: str) -> None:
    seen = Stepper.open(name)
    rng = Random(name)
    checked = 0
    for step in seen.session.program.steps:
        seen.do("step.goto", str(step.index))
        for key in rng.choices(("cell.right", "cell.down"), k=2):
            checked += check_step(seen)
            seen.do(key)
    assert checked > 0


@settings(max_examples=40, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_arithmetic_of_a_cell_gives_its_result(scenario: Scenario, rng: Random) -> None:
    seen = Stepper(scenario)
    for step in rng.choices(seen.session.program.steps, k=6):
        seen.do("step.goto", str(step.index))
        check_step(seen)


@settings(max_examples=40, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_listed_terms_add_up_to_their_sum(scenario: Scenario, rng: Random) -> None:
    seen = Stepper(scenario)
    for step in rng.choices(seen.session.program.steps, k=4):
        seen.do("step.goto", str(step.index))
        seen.do("cell.follow")
        scene = seen.moment().at
        text = [line_text(line) for line in seen.view().panels["operation"].paint(200, 200).lines]
        found = re.search(rf"sum of (\d+) terms = ({NUMBER})", "\n".join(text))
        if found is None or scene.cell is None:
            continue
        terms = [re.search(rf"  +({NUMBER})\s*$", line) for line in text]
        values = [parse_number(one[1]) for one in terms if one is not None]
        if len(values) != int(found[1]):  # numbers of the file have no rows, and of many terms some are left out
            continue
        assert abs(sum(values) - parse_number(found[2])) <= 0.5001 * last_place(found[2])


PRODUCTS = """
equations = '''
h = tanh(x @ W1 + b1)
loss = sum((h @ W2) ** 2) / 3
'''
[data]
x = [[0.28, -0.35], [0.0113, 0.7], [-0.41, 0.199]]
[parameters]
W1 = [[0.001, -0.52], [0.31, 0.0007]]
b1 = [0.1, -0.2]
W2 = [[0.031], [-0.00072]]
[optimizer]
type = "sgd"
lr = 0.1
"""


@pytest.mark.parametrize("width", [29, 54, 110])
@pytest.mark.parametrize("name", [*NAMES, "products"])
def test_the_products_of_the_chain_rule_add_up(name: str, width: int) -> None:
    """In each of its rows the factors give the product unless it says ≈, and the products give the sum."""
    seen = Stepper(loads(PRODUCTS)) if name == "products" else Stepper.open(name)
    seen.do("step.last")
    scene = seen.moment().outer
    text = [line_text(line) for line in seen.view().panels["chain"].paint(width, 400).lines]
    rows = [re.search(rf"((?:{NUMBER} *· *)*{NUMBER}) *([=≈]) *({NUMBER})$", line) for line in text]
    products = [row for row in rows if row is not None and "·" in row[1]]
    for row in products:
        if row[2] == "=":
            found = math.prod(map(parse_number, row[1].split("·")))
            assert abs(found - parse_number(row[3])) <= 0.5001 * last_place(row[3]), row[0]
    total = re.search(rf"Σ of (\d+) products = ({NUMBER})", "\n".join(text))
    if total is not None and len(products) == int(total[1]):
        parameter = parameters_with_gradient(scene.program)[0]
        said = scene.said(Cell(scene.latest(f"grad({parameter})").slot, ()))
        assert said(sum(parse_number(row[3]) for row in products)) == total[2]
    assert name != "products" or width < 54 or (products and total)


@settings(max_examples=30, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_one_number_is_written_one_way(scenario: Scenario, rng: Random) -> None:
    """The result in Operation, the entry in its matrix, the head of the products, a watch, and the header agree."""
    seen = Stepper(scenario)
    seen.do("watch.add", "loss")
    seen.do("step.last")
    scene = seen.moment().outer
    program = seen.session.program
    if program.objective is not None:
        value = program.values[program.objective]
        loss = scene.number(Cell(value.slot, ()))
        top = seen.view().header
        assert isinstance(top, Header)
        header = line_text(top.loss)
        assert loss in header
        if value.name == "loss":
            watch = "\n".join(line_text(line) for line in seen.view().panels["watch"].paint(100, 20).lines)
            assert loss in watch.split()
    for step in rng.choices(program.steps, k=3):
        seen.do("step.goto", str(step.index))
        scene = seen.moment().at
        if scene.cell is None or not scene.computed(program.values[scene.cell.slot]):
            continue
        matrix = scene.picture(program.values[scene.cell.slot])
        row = "".join(piece.text for piece in matrix.row(scene.cursor[0], matrix.window(4000, 400))[1:-1]).split()
        assert row[scene.cursor[1]] == scene.number(scene.cell)
        assert line_text(scene.lines_of_cell(200)[-1]).endswith(scene.number(scene.cell))
