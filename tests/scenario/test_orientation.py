"""Samples in columns and weights as PyTorch keeps them are named as such; true and false are the numbers 1 and 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnstep.engine import Timeline
from nnstep.errors import NnstepError
from nnstep.scenario import loads
from tests.scenario.helpers import problems

BCE = '[[layers]]\ntype = "linear"\nunits = 1\n[[layers]]\ntype = "sigmoid"\n[loss]\ntype = "bce"\n'
CE = '[[layers]]\ntype = "linear"\nunits = 2\n[loss]\ntype = "cross_entropy"\n'


def data(x: str, y: str) -> str:
    return f"[data]\nx = {x}\ny = {y}\n"


BOTH, ONLY_X, ONLY_Y = "x and y look transposed ({} and {})", "x looks transposed ({})", "y looks transposed ({})"
IN_COLUMNS = [
    (data("[[1, -2, -1], [3, 0.5, -3.2]]", "[[1, 1, 0]]") + BCE, BOTH.format("2×3", "1×3")),
    (data("[[1, 2, 3], [4, 5, 6]]", "[1, 1, 0]") + CE, ONLY_X.format("2×3")),
    (data("[[1, 2], [3, 4], [5, 6]]", "[[1, 1, 0]]") + BCE, ONLY_Y.format("1×3")),
    (data("[[1], [2], [3]]", "[[0, 1, 1]]") + BCE, ONLY_Y.format("1×3")),  # x turned would be a single sample
    (data("[[1, 2, 3], [4, 5, 6]]", "[[1], [1], [0]]") + BCE, ONLY_X.format("2×3")),
    (data("[[1, 2, 3]]", "[[1, 0, 1]]") + BCE, BOTH.format("1×3", "1×3")),  # one sample each, as it stands
    (data("[[1, 2, 3]]", "[1, 0, 1]") + CE, ONLY_X.format("1×3")),
    (data("[1, 2, 3]", "[[1, 0, 1]]") + BCE, ONLY_Y.format("1×3")),
    (data("[[1, 2, 3], [4, 5, 6]]", "[[1, 0, 1], [0, 1, 0]]") + CE, BOTH.format("2×3", "2×3")),
    (
        data("[[1, 2, 3, 4], [5, 6, 7, 8]]", "[[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]") + CE,
        BOTH.format("2×4", "3×4"),
    ),
]


@pytest.mark.parametrize(("text", "said"), IN_COLUMNS)
def test_samples_in_columns(text: str, said: str) -> None:
    (problem,) = problems(text)
    assert (problem.line, problem.key) == (3, "data.y")
    assert str(problem.hint).startswith(f"rows are samples here, and {said}")


def test_the_numbers_are_written_the_other_way_round() -> None:
    (problem,) = problems(IN_COLUMNS[0][0])
    assert str(problem.hint).endswith("write x = [[1, 3], [-2, 0.5], [-1, -3.2]] and y = [[1], [1], [0]]")


def test_samples_in_columns_of_a_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.ones((2, 5)), y=np.ones((1, 5)))
    (problem,) = problems('[data]\nfile = "a.npz"\n' + BCE, tmp_path)
    assert problem.hint == "rows are samples here, and x and y look transposed (2×5 and 1×5)"


@pytest.mark.parametrize(("x", "y"), [("[[1, 2], [3, 4]]", "[[1]]"), ("[[1, 2], [3, 4], [5, 6]]", "[1, 0, 1, 1]")])
def test_what_would_not_fit_when_turned_has_no_such_hint(x: str, y: str) -> None:
    assert all("transposed" not in str(problem) for problem in problems(data(x, y) + CE))


SQUARE = data("[[1, 2], [3, 4]]", "[[1, 0, 0], [0, 1, 0]]")
WEIGHTS = [
    ("weight = [[1, 2], [3, 4], [5, 6]]", "found 3×2, expected 2×3"),
    ("units = 3\nweight = [[1, 2], [3, 4], [5, 6]]", "found 3×2, expected 2×3"),
    ("weight = [[1, 2]]", "found 1×2, expected 2×1"),
]


@pytest.mark.parametrize(("lines", "said"), WEIGHTS)
def test_a_weight_as_pytorch_keeps_it(lines: str, said: str) -> None:
    found = [
        one for one in problems(SQUARE + f'[[layers]]\ntype = "linear"\n{lines}\n') if one.key == "layers[0].weight"
    ]
    assert [one.message for one in found] == [f"{said}: the layer has 2 inputs"]
    assert found[0].hint == "it looks transposed: PyTorch keeps weights as out × in"


def test_a_product_that_fits_with_one_side_turned() -> None:
    text = 'equations = "loss = sum(x @ W)"\n[data]\nx = [[1, 2], [3, 4], [5, 6]]\n[parameters]\nW = [[1, 2]]\n'
    with pytest.raises(NnstepError, match=r"the right side looks transposed .*with \.T it is 2×1"):
        Timeline(loads(text))
    with pytest.raises(NnstepError, match=r"the left side looks transposed .*with \.T it is 2×3"):
        Timeline(loads(text.replace("[[1, 2]]", "[[1], [2], [3]]")))


# -- true and false


@pytest.mark.parametrize("written", ["TRUE,false", "True,False", "true,FALSE", "1,0"])
def test_true_and_false_in_a_table(tmp_path: Path, written: str) -> None:
    (tmp_path / "a.csv").write_text(f"a,b\n{written}\n0.5,True\n", encoding="utf-8")
    read = loads('[data]\nfile = "a.csv"\nx = ["a", "b"]\ny = ["b"]\n' + BCE, "net.toml", str(tmp_path)).data
    assert read is not None
    assert read.x.tolist() == [[1, 0], [0.5, 1]]


@pytest.mark.parametrize(("cells", "numbers"), [("True False True", [1, 0, 1]), ("TRUE TRUE", [1, 1]), ("false", [0])])
def test_true_and_false_as_classes(tmp_path: Path, cells: str, numbers: list[int]) -> None:
    rows = "\n".join(f"1,{cell}" for cell in cells.split())
    (tmp_path / "a.csv").write_text(f"a,b\n{rows}\n", encoding="utf-8")
    read = loads('[data]\nfile = "a.csv"\nx = ["a"]\ny = "b"\n' + CE, "net.toml", str(tmp_path)).data
    assert read is not None
    assert read.y is not None
    assert read.y.tolist() == numbers
    assert len(read.classes) == 2


def test_true_and_false_in_arrays_of_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[True, False, True], [False, True, False]]))
    np.savez(tmp_path / "b.npz", x=np.array([[True, False], [False, True]]), y=np.array([True, False]))
    one = loads('[data]\nfile = "a.npy"\ny = [2]\n' + BCE, "net.toml", str(tmp_path)).data
    other = loads('[data]\nfile = "b.npz"\n' + CE, "net.toml", str(tmp_path)).data
    assert one is not None
    assert one.y is not None
    assert (one.x.tolist(), one.y.tolist()) == ([[1, 0], [0, 1]], [[1], [0]])
    assert other is not None
    assert other.y is not None
    assert other.y.tolist() == [1, 0]


def test_true_and_false_in_a_scenario() -> None:
    text = 'equations = "loss = sum(x * w) + c"\n[data]\nx = [[true, false]]\n[parameters]\nw = { value = [true, 2] }\n'
    read = loads(text + "[constants]\nc = true\n")
    assert read.data is not None
    assert read.data.x.tolist() == [[1, 0]]
    assert read.parameters[0].value.tolist() == [1, 2]
    assert read.constants["c"] == 1
