"""`gradcheck --against`: what is said of a person's own numbers, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnstep.engine import Timeline
from nnstep.scenario import find, load
from tests.cli.test_commands import ran

RECORD = Timeline(load(find("two_layer"))).record(1)
NAMES = ("W1", "b1", "W2", "b2")
RIGHT = {name: RECORD[f"grad({name})"] for name in NAMES}


def against(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[int, str, str]:
    return ran(capsys, "gradcheck", "two_layer", *(part for path in paths for part in ("--against", str(path))))


def test_every_kind_of_file_agrees(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **RIGHT)
    (tmp_path / "a.json").write_text(json.dumps({f"d{name}": one.tolist() for name, one in RIGHT.items()}), "utf-8")
    np.save(tmp_path / "grad_W1.npy", RIGHT["W1"])
    np.savetxt(tmp_path / "W2.grad.csv", RIGHT["W2"], delimiter=",")
    (tmp_path / "b1.txt").write_text(repr(RIGHT["b1"]), "utf-8")
    for paths, count in ((["a.npz"], 4), (["a.json"], 4), (["grad_W1.npy", "W2.grad.csv", "b1.txt"], 3)):
        status, out, err = against(capsys, *(tmp_path / path for path in paths))
        assert (status, err, out.count("agrees (within")) == (0, "", count)


def test_the_lines_are_in_the_order_of_the_program(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **{**RIGHT, "z": RECORD["z"], "W1": RIGHT["W1"] + 1, "b1": RIGHT["b1"] - 1})
    status, out, _ = against(capsys, tmp_path / "a.npz")
    marks = [line[0] for line in out.splitlines() if line[:1] in ("✔", "✘")]
    assert (status, "".join(marks)) == (1, "✔✔✔✘✘")
    assert "The first difference is at step 14: ∂L/∂b1[0]" in out
    assert "yours is −0.92417712, here it is 0.075822878" in out


def test_a_cause_is_named_with_its_step(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    g = RECORD["grad(h)"]
    np.savez(tmp_path / "a.npz", **{**RIGHT, "W1": RECORD["x"].T @ g, "b1": g.sum(axis=0)})
    status, out, _ = against(capsys, tmp_path / "a.npz")
    assert status == 1
    assert "step 13: the derivative of the activation is missing" in out
    assert "unknown" not in out


def test_numbers_that_are_rounded_too_far_are_said_to_agree_coarsely(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "b1.csv").write_text("0.1,-0.0,0.0", "utf-8")
    status, out, _ = against(capsys, tmp_path / "b1.csv")
    assert status == 0
    assert "only within 0.1" in out


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"W11.csv": "1"}, ["nothing is called 'W11'; did you mean 'W1'"]),
        ({"W1.csv": "1,2\n3", "b1.json": "{"}, ["row 2 has 1", "not JSON"]),
        ({"W1.csv": "1", "dW1.csv": "1"}, ["is given twice"]),
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
    assert len(err.splitlines()) == len(said)
    assert all(one in err for one in said)


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
    monkeypatch.setattr("nnstep.cli._carries_unicode", lambda: False)
    np.savez(tmp_path / "a.npz", **{name: factor * one for name, one in RIGHT.items()})
    status, out, _ = against(capsys, tmp_path / "a.npz")
    assert status == (factor != 1.0)
    assert out.isascii()
    assert "grad(b2)" in out
