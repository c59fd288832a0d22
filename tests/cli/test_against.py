"""`gradcheck --against`: what is said of a person's own numbers, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnstep.engine import Timeline
from nnstep.scenario import find, load
from tests.cli.test_commands import ran
from tests.npz import save_npz

RECORD = Timeline(load(find("two_layer"))).record(1)
NAMES = ("W1", "b1", "W2", "b2")
RIGHT = {name: RECORD[f"grad({name})"] for name in NAMES}


def against(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[int, str, str]:
    return ran(capsys, "gradcheck", "two_layer", *(part for path in paths for part in ("--against", str(path))))


def test_every_kind_of_file_agrees(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    save_npz(tmp_path / "a.npz", RIGHT)
    (tmp_path / "a.json").write_text(json.dumps({f"d{name}": one.tolist() for name, one in RIGHT.items()}), "utf-8")
    np.save(tmp_path / "grad_W1.npy", RIGHT["W1"])
    np.savetxt(tmp_path / "W2.grad.csv", RIGHT["W2"], delimiter=",")
    (tmp_path / "b1.txt").write_text(repr(RIGHT["b1"]), "utf-8")
    for paths, count in ((["a.npz"], 4), (["a.json"], 4), (["grad_W1.npy", "W2.grad.csv", "b1.txt"], 3)):
        status, out, err = against(capsys, *(tmp_path / path for path in paths))
        assert (status, err, out.count("agrees (within")) == (0, "", count)


def test_the_lines_are_in_the_order_of_the_program(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    save_npz(tmp_path / "a.npz", {**RIGHT, "z": RECORD["z"], "W1": RIGHT["W1"] + 1, "b1": RIGHT["b1"] - 1})
    status, out, _ = against(capsys, tmp_path / "a.npz")
    marks = [line[0] for line in out.splitlines() if line[:1] in ("✔", "✘")]
    assert (status, "".join(marks)) == (1, "✔✔✔✘✘")
    assert "The first difference is at step 14: ∂L/∂b1[0]" in out
    assert "yours is −0.92417712, here it is 0.075822878" in out


def test_a_cause_is_named_with_its_step(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    g = RECORD["grad(h)"]
    save_npz(tmp_path / "a.npz", {**RIGHT, "W1": RECORD["x"].T @ g, "b1": g.sum(axis=0)})
    status, out, _ = against(capsys, tmp_path / "a.npz")
    assert status == 1
    assert "step 13: the derivative of the activation is missing" in out
    assert "unknown" not in out


def test_numbers_that_are_rounded_too_far_are_no_agreement(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "b1.csv").write_text("0.1,-0.0,0.0", "utf-8")
    status, out, _ = against(capsys, tmp_path / "b1.csv")
    assert status == 1, "that is no agreement"
    assert "? " in out
    assert "only within 0.1" in out
    assert "Too few digits to tell" in out
    status, out, _ = ran(capsys, "gradcheck", "two_layer", "--against", str(tmp_path / "b1.csv"), "--tolerance", "0.1")
    assert (status, "agrees (within 0.1)" in out) == (0, True), "but for who asks for it"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"W11.csv": "1"}, ["nothing is called 'W11'; names are those of the program"]),
        ({"W1.csv": "1,2\n3", "b1.json": "{"}, ["row 2 has 1", "not JSON"]),
        ({"y.grad.csv": "1"}, ["nothing is called 'y.grad'"]),
    ],
)
def test_what_cannot_be_used_is_2_with_a_line_for_each(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, files: dict[str, str], said: list[str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    status, out, err = against(capsys, *(tmp_path / name for name in files))
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == len(said) + 1
    assert all(one in err for one in said)
    assert "nothing was compared: looked for" in err.splitlines()[-1]


def test_what_is_given_twice_is_said_and_compared_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("dW1", "grad_W1"):
        np.save(tmp_path / f"{name}.npy", RIGHT["W1"])
    status, out, err = against(capsys, tmp_path / "dW1.npy", tmp_path / "grad_W1.npy")
    assert (status, out.count("agrees (within"), err.count("is given twice")) == (2, 1, 1)


def test_a_weight_beside_its_gradient_is_left_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arrays = {f"d{name}": array for name, array in RIGHT.items()}
    save_npz(tmp_path / "a.npz", {**arrays, "W1": RIGHT["W1"] + 3, "b1": RIGHT["b1"] + 3})
    status, out, err = against(capsys, tmp_path / "a.npz")
    assert (status, err) == (0, "")
    assert "All of your numbers agree" in out


@pytest.mark.parametrize(
    "content",
    ["{}", '{"x": [[1, 2]]}', '{"fc1.weight": [[1]]}', '{"W1": null}', "[]", '{"W1": []}'],
)
def test_a_comparison_of_nothing_is_2_with_the_names_that_were_looked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    (tmp_path / "a.json").write_text(content, "utf-8")
    status, out, err = against(capsys, tmp_path / "a.json")
    assert status in (1, 2)
    assert "agree" not in out.replace("agrees (within", "")
    if "x" not in content:
        assert status == 2
        assert "nothing was compared: looked for grad(b2), grad(W2), grad(b1), grad(W1)" in err or "looked for" in err


def test_only_the_data_is_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=RECORD["x"], y=RECORD["y"])
    status, out, err = against(capsys, tmp_path / "a.npz")
    assert status == 2
    assert "nothing was compared" in err
    assert "found x, y" in err
    assert "All of" not in out
    np.savez(tmp_path / "a.npz", x=RECORD["x"] + 1)
    status, out, err = against(capsys, tmp_path / "a.npz")
    assert status == 1, "other data differ"
    assert "in what is given" in out


def test_an_empty_archive_is_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz")
    status, _, err = against(capsys, tmp_path / "a.npz")
    assert status == 2
    assert err


def test_what_is_not_in_the_file_is_said_and_not_called_agreement_of_all(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    np.savez(tmp_path / "a.npz", W1=RIGHT["W1"], W2=RIGHT["W2"])
    status, out, err = against(capsys, tmp_path / "a.npz")
    assert (status, err) == (0, "")
    assert "All of" not in out
    assert "Not in the file, and not compared: b1, b2" in out


def test_one_unknown_name_or_one_nan_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    save_npz(tmp_path / "a.npz", {**RIGHT, "nonsense": np.ones(3)})
    status, out, err = against(capsys, tmp_path / "a.npz")
    assert (status, out.count("agrees (within")) == (2, 4)
    assert "nothing is called 'nonsense'" in err
    assert "All of" not in out
    bad = RIGHT["W1"].copy()
    bad[1, 2] = np.nan
    save_npz(tmp_path / "a.npz", {**RIGHT, "W1": bad})
    status, out, err = against(capsys, tmp_path / "a.npz")
    assert (status, out.count("agrees (within"), err) == (1, 3, "")
    assert "[1,2]" in out
    assert "1 entry differs, by NaN" in out
    (tmp_path / "a.json").write_text(json.dumps({"W1": [[None, 1, 2], [3, 4, 5]], "b1": RIGHT["b1"].tolist()}), "utf-8")
    status, out, err = against(capsys, tmp_path / "a.json")
    assert (status, out.count("agrees (within")) == (2, 1)
    assert "W1: found null at [0, 0]: a number is missing" in err


def test_numbers_that_were_rounded_agree(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    save_npz(tmp_path / "a.npz", {name: np.round(array, 3) for name, array in RIGHT.items()})
    status, out, _ = against(capsys, tmp_path / "a.npz")
    assert "times what it is here" not in out
    assert out.count("agrees") >= 4
    assert (status, "Too few digits" in out) in ((0, False), (1, True))
    save_npz(tmp_path / "a.npz", {name: np.round(array, 5) for name, array in RIGHT.items()})
    assert against(capsys, tmp_path / "a.npz")[0] == 0


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "x", ""])
def test_a_tolerance_is_a_number_from_0_up(capsys: pytest.CaptureFixture[str], text: str) -> None:
    status, out, err = ran(capsys, "gradcheck", "two_layer", f"--tolerance={text}")
    assert (status, out) == (2, "")
    assert "expected a number from 0 up" in err


def test_a_forward_scenario_compares_its_values(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    p = Timeline(load(find("softmax"))).record(1)["p"]
    np.save(tmp_path / "p.npy", p)
    assert ran(capsys, "gradcheck", "softmax", "--against", str(tmp_path / "p.npy"))[0] == 0
    np.save(tmp_path / "p.npy", p + 0.25)
    assert ran(capsys, "gradcheck", "softmax", "--against", str(tmp_path / "p.npy"))[0] == 1


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0, 0.5, 3.7])
def test_a_stream_without_the_signs_of_mathematics_gets_ascii(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, factor: float
) -> None:
    monkeypatch.setattr("nnstep.cli.gradcheck.carries_unicode", lambda: False)
    save_npz(tmp_path / "a.npz", {name: factor * one for name, one in RIGHT.items()})
    status, out, _ = against(capsys, tmp_path / "a.npz")
    assert status == (factor != 1.0)
    assert out.isascii()
    assert "grad(b2)" in out
