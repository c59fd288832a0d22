"""`check --train`, called in this process: what it prints about a run, and its exit status."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from nnstep import cli
from nnstep.scenario import bundled
from nnstep.view.text.notation import ascii_text

HEALTHY = """title = "Falls"
equations = "loss = (w - 3) ** 2"
[parameters]
w = 1.0
[optimizer]
type = "sgd"
lr = 0.1
[training]
epochs = 40
"""
DIVERGES = HEALTHY.replace("0.1", "30.0").replace("epochs = 40", "epochs = 400")
STUCK = HEALTHY.replace("(w - 3) ** 2", "abs(w) + 1").replace("w = 1.0", "w = 1.3").replace("0.1", "2.0")


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with some scenarios in it, as the current one."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("healthy", HEALTHY), ("diverges", DIVERGES), ("stuck", STUCK)):
        Path(f"{name}.toml").write_text(text)
    Path("forward.toml").write_text('equations = "z = exp(a)"\n[parameters]\na = 1\n')
    Path("wrong.toml").write_text('equations = "z = exp(b)"\n')
    return tmp_path


@pytest.mark.usefixtures("here")
def test_a_healthy_run_has_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    _, without, _ = ran(capsys, "check", "healthy.toml")
    status, out, err = ran(capsys, "check", "--train", "healthy.toml")
    assert (status, err) == (0, "")
    assert out.startswith(without)
    report = out[len(without) :]
    assert "Training" in report
    assert "40 iterations" in report
    assert "4 in iteration 1, " in report
    assert "nothing is wrong" in report


@pytest.mark.usefixtures("here")
def test_a_problem_is_a_failed_check_and_a_warning_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "check", "--train", "diverges.toml")
    assert (status, err) == (1, "")
    assert "problem: Infinite number" in out
    assert "problem: Not a number (NaN)" in out
    status, out, err = ran(capsys, "check", "--train", "stuck.toml")
    assert (status, err) == (0, "")
    assert "warning: The loss stopped falling" in out
    assert "problem" not in out


@pytest.mark.usefixtures("here")
def test_the_worst_of_several_scenarios_is_the_status(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capsys, "check", "--train", "diverges.toml", "healthy.toml")
    assert status == 1
    assert out.count("Training") == 2
    status, out, err = ran(capsys, "check", "--train", "diverges.toml", "wrong.toml")
    assert status == 2
    assert "wrong.toml" in err
    assert out.count("Training") == 1


@pytest.mark.usefixtures("here")
def test_a_scenario_without_a_loss_is_run_too(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capsys, "check", "--train", "forward.toml")
    assert status == 0
    assert "no loss" in out


TWICE = """equations = \"\"\"
p = softmax(x @ W)
loss = cross_entropy(p, y)
\"\"\"
[data]
x = [[1, 2], [3, 1]]
y = [0, 1]
[parameters]
W = [[0.1, 0.2], [0.3, 0.1]]
[optimizer]
type = "sgd"
lr = 0.1
[training]
epochs = 40
"""


@pytest.mark.usefixtures("here")
def test_a_second_softmax_is_a_note_and_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    Path("twice.toml").write_text(TWICE)
    status, out, _ = ran(capsys, "check", "twice.toml")
    assert status == 0
    assert "cross_entropy expects logits, and p is already a softmax: give it x @ W" in out
    status, out, _ = ran(capsys, "check", "--train", "twice.toml")
    assert status == 1
    assert "problem: Probabilities in place of logits" in out
    assert "Try: cross_entropy(x @ W, y)" in out


@pytest.mark.usefixtures("here")
def test_a_single_column_is_a_note_and_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    text = TWICE.replace("[[0.1, 0.2], [0.3, 0.1]]", "[[0.1], [0.2]]").replace("[0, 1]", "[[0], [1]]")
    Path("column.toml").write_text(text.replace("cross_entropy", "mse"))
    status, out, _ = ran(capsys, "check", "column.toml")
    assert (status, "softmax of x @ W goes over a single entry" in out) == (0, True)
    assert ran(capsys, "check", "--train", "column.toml")[0] == 1


@pytest.mark.usefixtures("here")
def test_what_is_wrong_first_is_the_rate_and_not_what_it_led_to(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "check", "--train", "diverges.toml")
    kinds = [line.split("problem: ")[1] for line in out.splitlines() if "problem: " in line]
    assert kinds[:3] == ["The learning rate is too large", "Infinite number", "Not a number (NaN)"]
    assert "Try: e: lr = 0.1." in out


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("equation", ["log(a)", "1 / a", "sqrt(a)", "a ** -1"])
def test_a_pole_is_a_problem_and_no_error_of_the_program(capsys: pytest.CaptureFixture[str], equation: str) -> None:
    Path("pole.toml").write_text(f'equations = "loss = {equation}"\n[parameters]\na = 0\n')
    status, out, err = ran(capsys, "check", "--train", "pole.toml")
    assert (status, err) == (1, "")
    assert "a = 0" in out


@pytest.mark.usefixtures("here")
def test_between_equations_in_latex_the_report_is_a_comment(capsys: pytest.CaptureFixture[str]) -> None:
    _, without, _ = ran(capsys, "check", "--format", "latex", "stuck.toml")
    _, out, _ = ran(capsys, "check", "--format", "latex", "--train", "stuck.toml")
    report = out[len(without) :].splitlines()
    assert any("The loss stopped falling" in line for line in report)
    assert all(line.startswith("%") for line in report)


@pytest.mark.usefixtures("here")
def test_an_output_without_the_signs_of_mathematics_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert cli.main(["check", "--train", "diverges.toml"]) == 1
    sys.stdout.flush()
    assert "is inf." in written.getvalue().decode("ascii")


def test_a_product_is_one_in_ascii_too() -> None:
    assert ascii_text("lr · weight_decay is 0.3 · 10 = 3") == "lr * weight_decay is 0.3 * 10 = 3"


def test_the_library_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "check", "--train", *(one.name for one in bundled()))
    assert (status, err) == (0, "")
    assert out.count("nothing is wrong") == len(bundled()) - 1


def test_layer_norm_of_one_column_is_its_bias(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "norm.toml").write_text(
        'equations = """\nh = layer_norm(x @ W, gain, shift)\nloss = mse(h, y)\n"""\n'
        "[data]\nx = [[1, 2], [3, 5]]\ny = [[1], [2]]\n"
        "[parameters]\nW = [[0.5], [0.25]]\ngain = [1]\nshift = [0.5]\n"
        '[optimizer]\ntype = "sgd"\nlr = 0.1\n[training]\nepochs = 5\n',
        encoding="utf-8",
    )
    status, out, _ = ran(capsys, "check", "--train", "norm.toml")
    said = " ".join(out.split())
    assert status == 0
    assert "so h - shift is 0 whatever the parameters are" in said.replace("−", "-")
    assert "more columns for layer_norm to go over" in said
