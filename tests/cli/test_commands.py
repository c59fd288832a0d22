"""The commands, called in this process: what they print where, and their exit status."""

import io
import json
import re
import sys
from pathlib import Path
from unittest import mock

import pytest

from nnstep import __version__, cli
from nnstep.engine.difference import Difference, Worst
from nnstep.engine.gradcheck import ParameterCheck
from nnstep.errors import OutputError
from nnstep.scenario import bundled
from tests.view.test_records import MICROGRAD, TWO_LAYERS

FORWARD = "title = 'Forward'\nequations = 'z = exp(a)'\n[parameters]\na = 1\n"
WRONG = """title = "Wrong"
equations = '''
z = x @ W
loss = mse(q, x)
'''
[data]
x = [[1, 2]]
[parameters]
W = [[1, 2], [3]]
[trainin]
epochs = 2
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with some scenarios in it, as the current one."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("two", TWO_LAYERS), ("micro", MICROGRAD), ("forward", FORWARD), ("wrong", WRONG)):
        Path(f"{name}.toml").write_text(text)
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1  # the status of a message is 1
    said = capsys.readouterr()
    return status, said.out, said.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, "--version") == (0, f"nnstep {__version__}\n", "")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "--help")
    assert (status, err) == (0, "")
    assert all(re.search(rf"^ +{name}( |$)", out, re.MULTILINE) for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, out, err = ran(capsys, name, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: nnstep {name}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nothing"],
        ["check"],
        ["check", "xor", "--format", "pdf"],
        ["trace"],
        ["trace", "xor", "xor"],
        ["trace", "xor", "--iteration", "0"],
        ["trace", "xor", "--iteration", "3:2"],
        ["trace", "xor", "--iteration", "-1"],
        ["trace", "xor", "--iteration", "1:"],
        ["trace", "xor", "--iteration", "one"],
        ["trace", "xor", "--jso"],
        ["gradcheck"],
        ["list", "more"],
        ["new"],
        ["xor", "more"],
        ["chek", "file.toml"],
        ["trace", "\x1b[31m", "\x1b[31m"],
        ["xor", "--memory"],
        ["xor", "--memory", "0"],
        ["xor", "--memory", "-8"],
        ["xor", "--memory", "65537"],
        ["xor", "--memory", "8.5"],
        ["xor", "--memory", "8MB"],
        ["xor", "--memory", "0x8"],
        ["xor", "--memory", "８"],
        ["xor", "--memory", "1_0"],
        ["xor", "--memory", ""],
        ["xor", "--memory", "\x1b[31m"],
        ["--memory", "8"],
        ["xor", "more", "--memory", "8"],
        ["check", "xor", "--memory", "8"],
        ["xor", "--mem", "8"],
    ],
)
def test_wrong_usage_is_2_and_said_on_standard_error(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = ran(capsys, *arguments)
    assert (status, out) == (2, "")
    assert "error: " in err
    assert "\x1b" not in err


def test_a_misspelt_command_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean 'check'?" in ran(capsys, "chek", "file.toml")[2]


@pytest.mark.parametrize("command", ["check", "trace", "gradcheck"])
@pytest.mark.parametrize("name", ["nothing.toml", "xorr", ".", "wrong.toml"])
def test_a_scenario_that_cannot_be_used_is_2(
    here: Path, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    status, out, err = ran(capsys, command, name)
    assert (status, out) == (2, "")
    assert err.startswith(name)
    assert "Traceback" not in err


def test_all_problems_of_a_file_are_said_with_their_places(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ran(capsys, "check", "wrong.toml")[2].splitlines()
    assert any(re.match(r"wrong\.toml:9: parameters\.W", line) for line in lines)
    assert any(re.match(r"wrong\.toml:10: trainin: .*'training'", line) for line in lines)


def test_check_goes_on_after_a_file_that_is_wrong(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "check", "two.toml", "wrong.toml", "micro.toml")
    assert status == 2
    assert out.startswith("two.toml: Two layers\n")
    assert "\n\nmicro.toml: L = (a*b + c) * f\n" in out
    assert all(line.startswith("wrong.toml:") for line in err.splitlines())


def test_check_compiles_for_the_smaller_last_batch_too(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("last.toml").write_text(
        "title = 'Last'\nequations = 'z = reshape(x, 4)'\n"
        "[data]\nx = [[1, 2], [3, 4], [5, 6]]\n[training]\nbatch_size = 2\n"
    )
    status, out, err = ran(capsys, "check", "last.toml")
    assert (status, out) == (2, "")
    assert re.match(r"last\.toml:2: .*in the last batch of an epoch, of 1 instead of 2 samples: z: ", err)


def test_class_numbers_that_the_output_has_no_column_for_are_refused(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("classes.toml").write_text(
        "title = 'Classes'\nequations = 'loss = cross_entropy(x @ W, y)'\n"
        "[data]\nx = [[1, 2], [3, 4]]\ny = [0, 2]\n[parameters]\nW = [[1, 2], [3, 4]]\n"
    )
    for command in ("check", "trace", "gradcheck"):
        status, out, err = ran(capsys, command, "classes.toml")
        assert (status, out) == (2, "")
        assert re.match(r"classes\.toml:2: equations: loss: y has 2 in sample 1, expected class numbers: 0 and 1", err)


def test_check_writes_latex(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "check", "--format", "latex", "two.toml")
    assert (status, err) == (0, "")
    assert out.startswith("% two.toml: Two layers\n% n is the index along axis 0")
    assert "\n\\allowdisplaybreaks\n% forward\n\\begin{align*}\n" in out


def test_trace_json_is_one_object_a_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "trace", "two.toml", "--json")
    assert (status, err) == (0, "")
    kinds = [json.loads(line)["record"] for line in out.splitlines()]
    assert kinds.count("header") == 1
    assert kinds.count("iteration") == 6


@pytest.mark.parametrize(("span", "numbers"), [("2", {2}), ("2:4", {2, 3, 4}), ("6:6", {6})])
def test_trace_of_some_iterations(here: Path, capsys: pytest.CaptureFixture[str], span: str, numbers: set[int]) -> None:
    out = ran(capsys, "trace", "two.toml", "--json", "--iteration", span)[1]
    assert {json.loads(line).get("iteration") for line in out.splitlines()} == {None, *numbers}
    text = ran(capsys, "trace", "two.toml", "--iteration", span)[1]
    assert set(map(int, re.findall(r"^iteration (\d+) of 6", text, re.MULTILINE))) == numbers


def test_an_iteration_that_the_run_has_not_is_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "trace", "two.toml", "--iteration", "5:7")
    assert (status, out) == (2, "")
    assert err == "--iteration: there is no iteration 7; the run has 1 to 6\n"


def test_gradcheck_agrees(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "gradcheck", "two.toml")
    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines() if line.endswith(" ok")] == ["W1", "b1", "W2", "b2"]


def test_gradcheck_has_nothing_to_check_in_a_forward_pass(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, "gradcheck", "forward.toml") == (
        0,
        "nothing to check: no gradient reaches a trainable parameter\n",
        "",
    )


@pytest.mark.parametrize("error", [0.5, float("nan")])
def test_gradcheck_is_1_on_a_mismatch(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: float
) -> None:
    numbers = ((1.0, 2.0, error), (1.0, 1.0, 0.0))
    found = [Difference((0,), a, n, n, n, 1e-6, n, off) for a, n, off in numbers]
    wrong = tuple(ParameterCheck(name, Worst(one, 1, 1)) for name, one in zip(("W1", "b1"), found, strict=True))
    monkeypatch.setattr("nnstep.cli.gradcheck.gradcheck", lambda timeline, iteration: wrong)
    status, out, err = ran(capsys, "gradcheck", "two.toml")
    assert (status, err) == (1, "")
    assert [line.split()[-1] for line in out.splitlines()[1:3]] == ["MISMATCH", "ok"]


def test_list_names_every_bundled_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "list")
    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [one.name for one in bundled()]


@pytest.mark.parametrize("name", ["mine", "mine.toml"])
def test_new_writes_a_scenario_that_works(here: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, out, err = ran(capsys, "new", name)
    assert (status, err) == (0, "")
    assert "nnstep mine.toml" in out
    assert ran(capsys, "check", "mine.toml")[0] == 0
    assert ran(capsys, "gradcheck", "mine.toml")[0] == 0


def test_new_never_overwrites(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ran(capsys, "new", "two")
    assert (status, out) == (2, "")
    assert err == "two.toml: there is such a file already; nothing was written\n"
    assert Path("two.toml").read_text() == TWO_LAYERS


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../up", "/tmp/x", "-x.", "a b", "a\nb", "é", "x" * 65, ".toml"]
)
def test_new_refuses_odd_names(here: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    before = sorted(here.iterdir())
    status, out, err = ran(capsys, "new", "--", name)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert sorted(here.iterdir()) == before


def test_new_says_why_it_cannot_write(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, text: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nnstep.cli.new.write_new", refuse)
    assert ran(capsys, "new", "mine") == (2, "", "mine.toml: cannot be written: Permission denied\n")


@pytest.mark.parametrize(
    ("arguments", "opened"),
    [
        ([], None),
        (["xor"], "xor"),
        (["two.toml"], "two.toml"),
        (["./check"], "./check"),
        (["--", "check"], "check"),
        (["--", "-odd"], "-odd"),
        (["--"], None),
    ],
)
def test_without_a_command_the_debugger_opens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], opened: str | None
) -> None:
    debugger = mock.Mock(return_value=0)
    monkeypatch.setattr("nnstep.cli.debug.open_debugger", debugger)
    assert ran(capsys, *arguments) == (0, "", "")
    assert [call.args for call in debugger.call_args_list] == [(opened,)]


@pytest.mark.parametrize(
    ("arguments", "memory"),
    [
        (["xor", "--memory", "8"], 8),
        (["--memory", "8", "xor"], 8),
        (["xor", "--memory=1"], 1),
        (["xor", "--memory", "65536"], 65536),
        (["xor", "--memory", "8", "--quiz"], 8),
        (["xor", "--quiz"], None),
    ],
)
def test_the_debugger_is_told_how_much_memory_a_run_may_take(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], memory: int | None
) -> None:
    debugger = mock.Mock(return_value=0)
    monkeypatch.setattr("nnstep.cli.debug.open_debugger", debugger)
    assert ran(capsys, *arguments) == (0, "", "")
    assert debugger.call_args_list == [mock.call("xor", quiz="--quiz" in arguments, results=None, memory=memory)]


def test_the_reason_says_which_memory_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    err = ran(capsys, "xor", "--memory", "65537")[2]
    assert "'65537': expected MiB as a whole number from 1 to 65536" in err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("command", ["check", "trace"])
def test_where_the_signs_are_missing_the_text_is_ascii(
    here: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, command: str
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))  # strict: a wrong sign would raise
    assert cli.main([command, "two.toml"]) == 0
    sys.stdout.flush()
    assert raw.getvalue().isascii()
    assert b"grad(W1) = x.T @ grad(z1)" in raw.getvalue()


def test_output_is_written_in_large_pieces(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes = []

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            writes.append(len(text))
            return len(text)

    monkeypatch.setattr(sys, "stdout", Stream())
    cli.main(["trace", "two.toml", "--json"])
    assert sum(writes) > 1 << 14
    assert len(writes) <= 1 + sum(writes) // (1 << 15)


def test_output_that_cannot_be_written_is_told_apart(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys, "stdout", Stream())
    with pytest.raises(OutputError) as caught:
        cli.main(["check", "micro.toml"])
    assert isinstance(caught.value.__cause__, BrokenPipeError)


def test_gradcheck_names_what_stands_at_a_corner_and_does_not_say_ok(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kink.toml"
    path.write_text('equations = "loss = sum(relu(1 - w)) + sum(v)"\n[parameters]\nw = [1.0, 3.0]\nv = 2.0\n', "utf-8")
    status, out, err = ran(capsys, "gradcheck", str(path))
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[1].split() == ["w", "[0]", "0", "-0.5", "5.0e-01", "at", "a", "corner"]
    assert lines[2].endswith(" ok")
    assert "w[0]: relu stands at its corner, (1 - w)[0] = 0 (step 2). The slope is -1 below and 0 above" in out
    assert lines[-1].startswith("Not comparable at a corner")
    assert "relative" not in out, "the error is divided by 1 where both numbers are smaller"


def test_gradcheck_says_that_the_loss_is_no_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nan.toml"
    path.write_text('equations = "loss = sum(log(w))"\n[parameters]\nw = [-1.0, 3.0]\n', "utf-8")
    status, out, err = ran(capsys, "gradcheck", str(path))
    assert (status, err) == (1, "")
    assert out.splitlines()[-1] == "The loss is nan: no gradient can be compared."
    assert " ok" not in out
