"""What is wrong with a file is said in the words of the catalogue: no problem is made of English in the code."""

import ast
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

import nnstep.scenario
from nnstep.errors import NnstepError
from nnstep.scenario.toml.arrays import array
from nnstep.scenario.toml.fields import Field, Report, real
from nnstep.scenario.toml.positions import Positions

ROOM = Path(nnstep.scenario.__file__).parent
FILES = sorted([*ROOM.rglob("*.py"), *(ROOM.parent / "pasted").rglob("*.py")])
SAYING = {"wrong", "expected", "add", "given", "texts", "Problem", "DataFileError", "NotNumbersError"}


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def written(node: ast.expr) -> str:
    """The letters of a text that is written out in the code; "" for any other expression."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "".join(texts)


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOM.parent)))
def test_a_problem_is_said_by_the_catalogue(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and name_of(node) in SAYING:
            for given in (*node.args, *(word.value for word in node.keywords if word.arg == "hint")):
                assert " " not in written(given).strip(), node.lineno


def said_of(value: object, read: Callable[[Field], object]) -> str:
    """What is said where a value is not of the kind that a reader takes."""
    report = Report(None, Positions(""))
    read(Field({"k": value}, (), report).child("k"))
    with pytest.raises(NnstepError) as caught:
        report.finish()
    return caught.value.problems[0].message


BOUNDS = [{"least": 1.0}, {"above": 1.0}, {"below": -3.0}, {"least": 1.0, "below": 2.0}, {"above": 1.0, "below": 2.0}]


@pytest.mark.parametrize("bounds", BOUNDS, ids=" ".join)
def test_every_range_of_a_number_can_be_said(bounds: dict[str, float]) -> None:
    said = said_of(-2.0, lambda field: real(field, 0.0, **bounds))
    assert said.startswith("found -2.0, expected a number ")
    assert all(f"{bound:g}" in said for bound in bounds.values())


@pytest.mark.parametrize("dimensions", [some for count in (1, 2, 3) for some in combinations(range(3), count)], ids=str)
def test_every_kind_of_an_array_can_be_said(dimensions: tuple[int, ...]) -> None:
    said = said_of("text", lambda field: array(field, dimensions))
    words = ("a number", "a list of numbers", "a list of rows")
    assert said.startswith("found the string 'text', expected a ")
    assert all(words[count] in said for count in dimensions)
