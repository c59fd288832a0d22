"""`trace --explain`, `gradcheck --against` and `--quiz`, called in this process."""

from __future__ import annotations

import io
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnstep import cli
from nnstep.engine import Timeline
from nnstep.scenario import bundled, find, load
from tests.npz import save_npz

NAMES = [one.name for one in bundled()]


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


def cell_of(name: str) -> str:
    """An entry of the last value with a gradient, or of the last value."""
    program = Timeline(load(find(name))).program(1)
    named = [value for value in program.values if value.name.isidentifier() and value.role != "counter"]
    with_gradient = [value for value in named if f"grad({value.name})" in program.versions]
    value = (with_gradient or named)[-1]
    return value.name + (f"[{','.join('0' for _ in value.shape)}]" if value.shape else "")


# ---- trace --explain --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_number_of_every_scenario_is_explained(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, out, err = ran(capsys, "trace", name, "--explain", cell_of(name))
    assert (status, err) == (0, "")
    assert "Where it comes from" in out
    assert "What uses it" in out
    assert not any(line != line.rstrip() for line in out.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_the_explanation_is_one_record_whose_parts_add_up(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, out, _ = ran(capsys, "trace", name, "--explain", cell_of(name), "--json")
    assert status == 0
    (line,) = out.splitlines()
    found = json.loads(line)
    assert found["record"] == "explain"
    assert found["iteration"] == 1
    origin = found["origin"]
    if origin is not None and origin["outside"] is None and origin["terms"]:
        total = sum(term["value"] for term in origin["terms"])
        assert math.isclose(total, found["value"], rel_tol=1e-9, abs_tol=1e-12)
    if "chain" in found:
        chain = found["chain"]
        for path in chain["paths"]:
            for product in path["products"]:
                assert math.isclose(math.prod(product["factors"]), product["value"], rel_tol=1e-12, abs_tol=1e-300)
        total = sum(path["total"] for path in chain["paths"])
        assert math.isclose(total, chain["stored"], rel_tol=1e-9, abs_tol=1e-12)
        assert found["check"]["error"] < 1e-6


def test_a_parameter_says_which_steps_used_it_before_it_was_updated(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "trace", "two_layer", "--explain", "W1[0,1]")
    uses = out.split("What uses it")[1].split("The chain rule")[0]
    assert "is used by 4 cells" in uses
    assert "z[0,1]" in uses
    _, out, _ = ran(capsys, "trace", "two_layer", "--explain", "W1[0,1]", "--json")
    assert [use["step"] for use in json.loads(out)["uses"]] == [2, 16]


def test_the_body_of_a_step_is_told_inwards(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "trace", "two_layer", "--explain", "loss", "--json")
    body = json.loads(out)["step"]["body"]
    assert [one["step"] for one in body] == [f"7.{k}" for k in range(1, 7)]
    assert body[0]["body"][0]["step"] == "7.1.1"
    assert body[-1]["value"] == pytest.approx(json.loads(out)["value"])


def test_another_iteration(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "trace", "two_layer", "--explain", "loss", "--iteration", "3", "--json")
    assert json.loads(out)["value"] == Timeline(load(find("two_layer"))).record(3).loss


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("W9[0,0]", "nothing is called 'W9'"),
        ("W1", "an entry of it is W1[0,0]"),
        ("W1[5,0]", "W1 is 2×3"),
        ("loss[0]", "loss is a scalar"),
        ("W1[0,", "nothing is called"),
        ("\x1b[2J", "nothing is called"),
    ],
)
def test_an_entry_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], cell: str, said: str) -> None:
    status, out, err = ran(capsys, "trace", "two_layer", "--explain", cell)
    assert (status, out) == (2, "")
    assert said in err
    assert "\x1b" not in err


@pytest.mark.parametrize("iteration", ["2", "4"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_of_an_iteration_that_the_run_does_not_reach_nothing_is_explained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, iteration: str, form: tuple[str, ...]
) -> None:
    path = tmp_path / "numbers.toml"
    path.write_text(
        'equations = """\nk = w * 1\nd = one_hot(k, 3)\nloss = sum((w - 5) ** 2)\n"""\n[parameters]\nw = [0, 1]\n'
        '[optimizer]\ntype = "sgd"\nlr = 0.1\n[training]\nepochs = 4\n'
    )
    asked = ("trace", str(path), "--explain", "loss", *form, "--iteration")
    assert ran(capsys, *asked, "1")[0] == 0
    status, out, error = ran(capsys, *asked, iteration)
    assert (status, out) == (2, "")
    assert error.startswith(f"{path}:3: equations: iteration 2, step 2: d: k has 1.8 in entry 1")


MASKED = """equations = "s = x + mask\\nloss = sum(softmax(s) * x)"
[parameters]
x = [[0.5, 1.0], [2.0, -1.0]]
[constants]
mask = [[0, -inf], [0, 0]]
"""
NOT_FINITE = [
    ('equations = "loss = log(a)"\n[parameters]\na = 0\n', "loss"),
    ('equations = "a = exp(x)\\nloss = sum(a)"\n[parameters]\nx = [800.0, 1.0]\n', "loss"),
    ('equations = "a = exp(x)\\nloss = sum(a)"\n[parameters]\nx = [800.0, 1.0]\n', "a[0]"),
    (
        'equations = "v = 0.5 ** p\\nloss = sum(abs(v @ w))"\n[parameters]\np = [[1e308]]\nw = [[-1.0]]\n',
        "grad(p)[0,0]",
    ),
    (MASKED, "s[0,1]"),
]


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(("text", "cell"), NOT_FINITE)
def test_what_is_infinite_or_far_out_is_explained_as_anything_else(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, cell: str
) -> None:
    path = tmp_path / "far.toml"
    path.write_text(text)
    status, out, error = ran(capsys, "trace", str(path), "--explain", cell, "--json")
    record = json.loads(out)
    assert (status, error, record["cell"]) == (0, "", cell)
    status, out, error = ran(capsys, "trace", str(path), "--explain", cell)
    assert (status, error) == (0, "")
    assert "Where it comes from" in out


def test_a_diagonal_jacobian_with_an_infinity_in_it_is_diagonal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "far.toml"
    path.write_text('equations = "a = exp(x)\\nloss = sum(a)"\n[parameters]\nx = [[800.0, 1.0]]\n')
    _, out, _ = ran(capsys, "trace", str(path), "--explain", "a[0,0]")
    assert "Diagonal: each entry" in out.partition("Jacobian of a row")[2]


def test_an_explanation_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr("sys.stdout", out)
    assert cli.main(["trace", "two_layer", "--explain", "h[0,1]"]) == 0
    out.flush()
    text = out.buffer.getvalue().decode("ascii")
    pictures = text.split("The network")[1]
    assert "\\u" not in pictures, "pictures are drawn with letters"


# ---- gradcheck --against ----------------------------------------------------------------------------------


def test_right_numbers_agree_and_wrong_ones_do_not(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    record = Timeline(load(find("two_layer"))).record(2)
    right = {name: record[f"grad({name})"] for name in ("W1", "b1", "W2", "b2")}
    save_npz(tmp_path / "right.npz", right)
    status, out, _ = ran(capsys, "gradcheck", "two_layer", "--against", str(tmp_path / "right.npz"), "--iteration", "2")
    assert status == 0
    assert "All of your numbers agree" in out
    status, out, _ = ran(capsys, "gradcheck", "two_layer", "--against", str(tmp_path / "right.npz"))
    assert status == 1
    save_npz(tmp_path / "wrong.npz", {**right, "W1": -right["W1"]})
    status, out, _ = ran(capsys, "gradcheck", "two_layer", "--against", str(tmp_path / "wrong.npz"), "--iteration", "2")
    assert status == 1
    assert "The first difference is at step 15" in out
    assert "sign is flipped" in out


def test_a_file_for_each_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    record = Timeline(load(find("two_layer"))).record(1)
    for name in ("W1", "W2"):
        rows = "\n".join(",".join(f"{entry:.5f}" for entry in row) for row in record[f"grad({name})"])
        (tmp_path / f"{name}.csv").write_text(rows, encoding="utf-8")
    files = [part for name in ("W1", "W2") for part in ("--against", str(tmp_path / f"{name}.csv"))]
    status, out, _ = ran(capsys, "gradcheck", "two_layer", *files)
    assert status == 0
    assert out.count("agrees (within") == 2
    assert "Not in the file, and not compared: b1, b2" in out


def test_all_names_that_are_not_there_are_said_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", Q=np.ones(2), R=np.ones(2))
    status, out, err = ran(capsys, "gradcheck", "two_layer", "--against", str(tmp_path / "a.npz"))
    assert (status, out) == (2, "")
    assert err.count("nothing is called") == 2
    assert str(tmp_path / "a.npz") in err


def test_an_iteration_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, "gradcheck", "two_layer", "--iteration", "99")[0] == 2
    assert ran(capsys, "gradcheck", "two_layer", "--iteration", "0")[0] == 2


# ---- --quiz -----------------------------------------------------------------------------------------------


def test_a_quiz_needs_a_scenario_and_a_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ran(capsys, "--quiz")[0] == 2
    assert ran(capsys, "two_layer", "--quiz", "more")[0] == 2
    results = tmp_path / "answers.csv"
    status, _, err = ran(capsys, "two_layer", "--quiz", "--results", str(results))
    assert status == 2
    assert "not a terminal" in err
    assert not results.exists()


@pytest.mark.parametrize("encoding", ["ascii", "euc-kr", "koi8-r"])
def test_where_the_encoding_lacks_the_signs_all_of_it_is_ascii(encoding: str) -> None:
    command = [sys.executable, "-m", "nnstep", "trace", "two_layer", "--explain", "W1[0,1]"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert done.stdout.isascii()
    assert not re.search(rb"\\[ux][0-9a-f]{2}", done.stdout)
    assert b"dL/dW1" in done.stdout
