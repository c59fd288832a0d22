"""The program as a process of its own: few tests, since each starts Python."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.view.test_records import TWO_LAYERS


def nnstep(*arguments: str, **options) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "nnstep", *arguments],
        **{"capture_output": True, "text": True, "timeout": 60, "env": environment, "stdin": subprocess.DEVNULL}
        | options,
    )


def test_a_trace_from_start_to_end(tmp_path):
    (tmp_path / "two.toml").write_text(TWO_LAYERS)
    done = nnstep("trace", "two.toml", "--json", cwd=tmp_path, env={"PYTHONPATH": str(Path.cwd())})
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["iteration"] == 6


def test_an_ascii_terminal_gets_ascii():
    done = nnstep("trace", "xor", "--iteration", "1", env={"PYTHONIOENCODING": "ascii"}, text=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


def test_a_reader_that_goes_away_ends_the_program_quietly():
    command = f"{sys.executable} -m nnstep trace xor --json | head -c 100; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (141, "")


def test_without_a_terminal_the_debugger_says_so():
    done = nnstep("xor")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "nnstep trace" in done.stderr


def test_the_version_loads_no_numpy():
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "nnstep", "--version"], capture_output=True, text=True, timeout=60
    )
    assert loaded.returncode == 0
    modules = {line.rsplit("|", 1)[-1].strip() for line in loaded.stderr.splitlines()}
    assert "nnstep.cli" in modules
    assert not {"numpy", "textual", "rich"} & modules
