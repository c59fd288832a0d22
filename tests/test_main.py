"""However a run ends, it ends with a status and at most one line; never with a traceback."""

import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from nnstep.__main__ import guarded
from nnstep.errors import OutputError


def _raiser(error: BaseException) -> Callable[[Sequence[str]], int]:
    def main(arguments: Sequence[str]) -> int:
        raise error

    return main


def _cause(error: OSError) -> OutputError:
    raised = OutputError()
    raised.__cause__ = error
    return raised


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_status_of_a_command_is_the_status_of_the_program(status: int) -> None:
    assert guarded(lambda arguments: status, []) == status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SystemExit(0), 0),
        (SystemExit(None), 0),
        (SystemExit(2), 2),
        (SystemExit("said"), 2),
        (KeyboardInterrupt(), 130),
        (_cause(BrokenPipeError(errno.EPIPE, "Broken pipe")), 141),
        (_cause(OSError(errno.ENOSPC, "No space left on device")), 74),
        (MemoryError(), 70),
        (RecursionError("deep"), 70),
        (OSError(errno.EIO, "not of the output"), 70),
        (ZeroDivisionError("x"), 70),
    ],
)
def test_every_way_to_end_has_its_status(
    error: BaseException,
    status: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert guarded(_raiser(error), []) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") <= 1
    assert "Traceback" not in said.err


def test_an_internal_error_leaves_a_note_and_one_clean_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert guarded(_raiser(ValueError("bad \x1b[31m sign")), []) == 70
    (note,) = tmp_path.rglob("nnstep-crash-*.log")
    said = capsys.readouterr().err
    assert said == f"nnstep: internal error: ValueError: bad \\x1b[31m sign (details: {note})\n"
    assert "Traceback" in note.read_text()
    assert note.stat().st_mode & 0o777 == 0o600


def test_notes_are_few_and_short(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for number in range(25):
        assert guarded(_raiser(ValueError(f"{number} " + "x" * 100_000 + " end")), []) == 70
    notes = sorted(tmp_path.rglob("*.log"))
    assert len(notes) == 20
    assert max(note.stat().st_size for note in notes) <= 1 << 16
    assert notes[-1].read_text().rstrip().endswith("end")
    assert "24 xxx" in capsys.readouterr().err


def test_the_note_may_be_impossible(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "nnstep").write_text("a file where the folder would be")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert guarded(_raiser(ValueError("x")), []) == 70
    assert capsys.readouterr().err == "nnstep: internal error: ValueError: x\n"


def test_debugging_shows_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTEP_DEBUG", "1")
    with pytest.raises(ValueError, match="x"):
        guarded(_raiser(ValueError("x")), [])


def test_closed_standard_output_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert guarded(lambda arguments: 0, []) == 74
    assert capsys.readouterr().err == "nnstep: standard output is closed\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize(("own", "status"), [(0, 74), (1, 1)])
def test_output_that_cannot_be_flushed_is_an_error_and_is_not_tried_again(
    own: int, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = io.TextIOWrapper(open("/dev/full", "wb"), encoding="utf-8")  # noqa: PTH123, SIM115 -- closed below
    monkeypatch.setattr(sys, "stdout", full)

    def main(arguments: Sequence[str]) -> int:
        sys.stdout.write("text")
        return own

    assert guarded(main, []) == status
    assert ("No space left on device" in capsys.readouterr().err) == (own == 0)
    full.close()  # would raise if what is buffered were still to go to the full device


def test_a_terminal_without_the_sign_shows_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))

    def main(arguments: Sequence[str]) -> int:
        sys.stdout.write("∂L")
        return 0

    assert guarded(main, []) == 0
    assert raw.getvalue() == b"\\u2202L"


def test_threads_are_left_to_whoever_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from nnstep import __main__

    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setattr(sys, "argv", ["nnstep", "--version"])
    before = signal.getsignal(signal.SIGINT)
    try:
        assert __main__.run() == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert (os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]) == ("7", "1")
