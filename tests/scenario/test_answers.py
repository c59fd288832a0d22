"""A person's numbers out of files: every kind is read, and what cannot be used is refused with its place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstep.errors import NnstepError
from nnstep.scenario.answers.answer_files import read_answer_files, read_answers

W = np.array([[0.5, -0.25], [1.0, 2.0]])


def test_every_kind_of_file_is_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "all.npz", W1=W, b1=W[0], a=np.float64(2.5))
    np.save(tmp_path / "W1.npy", W)
    (tmp_path / "all.json").write_text(json.dumps({"W1": W.tolist(), "b1": [0.5, -0.25], "a": 2.5}), encoding="utf-8")
    (tmp_path / "W1.csv").write_text("0.5,-0.25\n1.0,2.0\n", encoding="utf-8")
    (tmp_path / "W1.txt").write_text("[[0.5, -0.25], [1.0, 2.0]]", encoding="utf-8-sig")
    for name in ("all.npz", "all.json"):
        found = read_answers(str(tmp_path / name)).arrays
        assert list(found) == ["W1", "b1", "a"] or sorted(found) == ["W1", "a", "b1"]
        assert found["W1"].array.tolist() == W.tolist()
        assert found["a"].array.shape == ()
    for name in ("W1.npy", "W1.csv", "W1.txt"):
        found = read_answers(str(tmp_path / name)).arrays
        assert list(found) == ["W1"]
        assert found["W1"].array.tolist() == W.tolist()
    for name in ("all.npz", "all.json", "W1.npy"):
        assert read_answers(str(tmp_path / name)).arrays["W1"].decimals == 2
    assert read_answers(str(tmp_path / "W1.csv")).arrays["W1"].decimals is not None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b'{"W1": [[1, 2], [3]]}', "W1: found rows of different lengths"),
        ("a.json", b'{"W1": true}', "W1: found true, expected a number"),
        ("a.json", b'{"W1": [1, "2"]}', 'W1: found "2", expected a number'),
        ("a.json", b'{"W1": []}', "W1: found no numbers"),
        ("a.json", b'{"W1": [[1, 2], [3, null]]}', "W1: found null at [1, 1]: a number is missing"),
        ("a.json", b'{"W1": null}', "W1: found null: a number is missing"),
        ("a.json", b'{"W1": [1' + b"0" * 400 + b"]}", "W1: found a number beyond float64"),
        ("a.json", b'{"W1": [[[1]]]}', "W1: found list, expected a number"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 100_000, "not usable JSON"),
        ("a.json", b"\xff\xfe1", "not text in UTF-8"),
        ("a.csv", b"1,2\n3\n", "row 2 has 1"),
        ("a.csv", b"height,width\n1,two\n", "is no number"),
        ("a.npz", b"not a zip", "not a readable .npz file"),
        ("a.npy", b"no", "not a readable .npy file"),
        ("a.txt", b"\x00\x1b[2J", "brackets do not match"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found, problems = read_answer_files([str(path)])
    text = "\n".join(map(str, problems))
    assert found == []
    assert said in text
    assert str(path) in text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_all_that_is_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"W1": true, "b1": [[1], 2], "c": 1}', encoding="utf-8")
    found = read_answers(str(path))
    assert [problem.key for problem in found.problems] == ["W1", "b1"]
    assert list(found.arrays) == ["c"], "the rest is read"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for name, said in (("pipe.json", "pipe"), ("", "directory"), ("none.npz", "no such file"), ("a\0b.npz", "path")):
        with pytest.raises(NnstepError, match=said):
            read_answers(str(tmp_path / name))


@pytest.mark.parametrize("text", ["1,2\n3,4\n", "1;2\n3;4", "1\t2\r\n3\t4\r\n", "1, 2\n3, 4"])
def test_a_table_has_commas_or_semicolons_between_its_numbers(tmp_path: Path, text: str) -> None:
    path = tmp_path / "W1.csv"
    path.write_bytes(text.encode())
    assert read_answers(str(path)).arrays["W1"].array.tolist() == [[1, 2], [3, 4]]


def test_a_table_with_commas_as_decimal_signs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "W1.csv"
    path.write_text("0,5;0,25\n1,5;2,0", encoding="utf-8")
    with pytest.raises(NnstepError, match="one number or two"):
        read_answers(str(path))


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(NnstepError, match="expected whole numbers, floats, or true and false"):
        read_answers(str(tmp_path / "a.npy"))


def test_all_arrays_of_an_archive_that_are_wrong_are_said_at_once(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", W1=np.array([1j]), b1=np.array([np.nan]), c=np.ones(2), d=np.array(["x"]))
    found = read_answers(str(tmp_path / "a.npz"))
    assert [problem.key for problem in found.problems] == ["W1", "d"]
    assert all(problem.file == str(tmp_path / "a.npz") for problem in found.problems)
    assert list(found.arrays) == ["b1", "c"], "what is not finite is a number that differs"


def test_what_is_wrong_with_several_files_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "W1.csv").write_text("1,2\n3\n", encoding="utf-8")
    (tmp_path / "b1.csv").write_text("1,2\n", encoding="utf-8")
    (tmp_path / "c.json").write_text("{", encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("W1.csv", "b1.csv", "c.json", "none.npy")]
    found, problems = read_answer_files(paths)
    assert [problem.file for problem in problems] == [paths[0], paths[2], paths[3]]
    assert [(path, name) for path, name, _ in found] == [(paths[1], "b1")]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("decimals", [1, 3, 5])
def test_numbers_that_were_rounded_are_seen_to_be(tmp_path: Path, kind: type[np.floating[Any]], decimals: int) -> None:
    array = np.round(np.random.default_rng(decimals).normal(size=(4, 3)), decimals).astype(kind)
    np.savez(tmp_path / "a.npz", W1=array)
    (tmp_path / "a.json").write_text(json.dumps({"W1": array.astype(float).tolist()}), encoding="utf-8")
    for name in ("a.npz", "a.json"):
        found = read_answers(str(tmp_path / name)).arrays["W1"]
        if kind is not np.float16:
            assert found.decimals == decimals
        assert found.units is not None
        assert found.units.min() >= 0.9 * 10.0**-decimals if kind is not np.float16 else found.units.min() > 1e-9


def test_numbers_that_were_rounded_to_significant_digits_are_seen_to_be(tmp_path: Path) -> None:
    array = np.array([[0.0123, 1.23, 45.6], [7.89e-5, 0.5, 6.78]])
    np.savez(tmp_path / "a.npz", W1=array)
    units = read_answers(str(tmp_path / "a.npz")).arrays["W1"].units
    assert units is not None
    np.testing.assert_allclose(units, [[1e-4, 1e-2, 1e-1], [1e-7, 1e-3, 1e-2]], rtol=1e-6)


@pytest.mark.parametrize(("name", "text"), [("W1.csv", "1,nan\n2,3"), ("W1.txt", "[[1, inf], [2, 3]]")])
def test_a_number_in_a_text_file_that_is_not_finite_is_read_to_be_compared(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = read_answers(str(tmp_path / name)).arrays["W1"].array
    assert np.isfinite(found).tolist() == [[True, False], [True, True]]


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"W1": [1], "W1": [2]}', encoding="utf-8")
    with pytest.raises(NnstepError, match="'W1' is given twice"):
        read_answers(str(tmp_path / "a.json"))


@pytest.mark.parametrize(
    "text",
    [
        '{"gradients": {"W1": [[0.5, -0.25], [1.0, 2.0]], "b1": [0.5, -0.25]}}',
        '{"W1": {"grad": [[0.5, -0.25], [1.0, 2.0]]}, "b1": {"grad": [0.5, -0.25]}, "epoch": 1}',
        '{"weights": {"W1": [[9, 9]]}, "grads": {"W1": [[0.5, -0.25], [1.0, 2.0]], "b1": [0.5, -0.25]}}',
        '{"W1.grad": [[0.5, -0.25], [1.0, 2.0]]}\n{"b1.grad": [0.5, -0.25]}\n',
        '{"record": "header", "format": 1, "parameters": {"W1": {"shape": [2, 2], "value": [[9, 9], [9, 9]]}}}\n'
        '{"record": "step", "target": "grad(W1)", "value": [[0.5, -0.25], [1.0, 2.0]]}\n'
        '{"record": "step", "target": "grad(b1)", "value": [0.5, -0.25]}\n'
        '{"record": "step", "target": "grad(b1)", "value": ["NaN", "-Infinity"]}\n'
        '{"record": "iteration", "iteration": 1, "rows": [0, 1], "loss": 0.5}\n',
    ],
)
def test_json_within_each_other_and_line_by_line(tmp_path: Path, text: str) -> None:
    for name in ("a.json", "a.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        found = read_answers(str(tmp_path / name)).arrays
        arrays = {key.replace("grad(", "").replace(")", "").replace(".grad", ""): key for key in found}
        gradients = {key: found[name].array.tolist() for key, name in arrays.items() if "grad" in name}
        assert gradients == {"W1": W.tolist(), "b1": [0.5, -0.25]}
