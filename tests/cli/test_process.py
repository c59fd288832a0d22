"""The program as a process of its own: few tests, since each starts Python."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from signal import Signals

import pytest

from tests.view.test_records import TWO_LAYERS


def nnstep(*arguments: str, encoding: str = "utf-8", folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder, with its texts in an encoding."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        [sys.executable, "-m", "nnstep", *arguments],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding=encoding, timeout=60,
    )  # fmt: skip


def test_a_trace_from_start_to_end(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(TWO_LAYERS)
    done = nnstep("trace", "two.toml", "--json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["iteration"] == 6


def test_an_ascii_terminal_gets_ascii() -> None:
    done = nnstep("trace", "xor", "--iteration", "1", encoding="ascii")  # which is strict: other signs are an error
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_reader_that_goes_away_ends_the_program_quietly() -> None:
    command = f"{sys.executable} -m nnstep trace xor --json | head -c 100; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (141, "")


def test_without_a_terminal_the_debugger_says_so() -> None:
    done = nnstep("xor")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "nnstep trace" in done.stderr


def test_the_version_loads_no_numpy() -> None:
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "nnstep", "--version"], capture_output=True, text=True, timeout=60
    )
    assert loaded.returncode == 0
    modules = {line.rsplit("|", 1)[-1].strip() for line in loaded.stderr.splitlines()}
    assert "nnstep.cli" in modules
    assert not {"numpy", "textual", "rich"} & modules


def in_shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of the shell; `nnstep` in it is this program."""
    script = f'nnstep() {{ "{sys.executable}" -m nnstep "$@"; }}\n{command}'
    return subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), **environment},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
@pytest.mark.parametrize(
    ("command", "status", "lines"),
    [
        ("nnstep trace xor --iteration 1 >/dev/full", 74, 1),
        ("nnstep check xor >&-", 74, 1),
        ("nnstep check xor <&- | tail -n 1", 0, 0),
        ("nnstep check nothing 2>&-", 2, 0),
        ("nnstep check nothing 2>/dev/full", 2, 0),
        ("nnstep check xor <&- >&- 2>&-", 74, 0),
        ("nnstep xor <&-", 2, 1),
    ],
)
def test_streams_that_are_closed_or_full(command: str, status: int, lines: int) -> None:
    done = in_shell(command)
    assert (done.returncode, done.stderr.count("\n")) == (status, lines), done.stderr
    assert "Traceback" not in done.stderr


def test_a_place_where_nothing_can_be_written_or_found(tmp_path: Path) -> None:
    """Without a home, a folder for temporary files, a language or the current folder itself."""
    gone = tmp_path / "gone"
    gone.mkdir()
    env = {"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "XDG_STATE_HOME": "", "LC_ALL": "C", "NO_COLOR": "1"}
    done = in_shell(f"cd {gone}; rmdir {gone}; nnstep check xor; nnstep trace xor --iteration 1 | cat", **env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "x @ W1" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_moment_ends_a_trace_quietly(number: Signals) -> None:
    assert interrupted(number, 6, seed=5) == []


def interrupted(number: int, count: int, seed: int) -> list[tuple[int, bytes]]:
    """Send a signal to `count` traces, each within 400 ms of when the program begins; those that did not end well."""
    code = "import os, sys; import nnstep.__main__ as program; guarded = program.guarded;"  # it says when it begins
    code += "program.guarded = lambda *given: (os.write(int(os.environ['BEGUN']), b'.'), guarded(*given))[1];"
    code += "sys.argv[1:] = ['trace', 'xor', '--json']; sys.exit(program.run())"
    chance, bad = random.Random(seed), []
    for _ in range(count):
        reading, writing = os.pipe()
        environment = {**os.environ, "BEGUN": str(writing)}
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[writing],
            env=environment,
        ) as child:
            os.close(writing)
            os.read(reading, 1)
            os.close(reading)
            end = time.perf_counter() + chance.random() * 0.4
            while time.perf_counter() < end and child.poll() is None:
                pass
            child.send_signal(number)
            _, said = child.communicate(timeout=60)
        if said or child.returncode not in (0, 130 if number == signal.SIGINT else -number):
            bad.append((child.returncode, said))
    return bad
