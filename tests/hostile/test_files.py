"""Files that are no scenarios, and data files that are none: read as they are meant, or refused with their place."""

from __future__ import annotations

import json
import os
import re
import resource
from pathlib import Path

import pytest

from nnstep.scenario import load
from tests.hostile.datafiles import CASES, Case
from tests.hostile.running import ran
from tests.hostile.values import quoted
from tests.scenario.helpers import LAYERS

INVALID = json.loads((Path(__file__).parent / "data" / "toml_invalid.json").read_text(encoding="utf-8"))["files"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder within a folder, as the current one."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_all_of_the_invalid_files_are_there() -> None:
    assert len(INVALID) == 509
    assert sum(one["toml_1_0"] for one in INVALID) == 499


@pytest.mark.parametrize("given", INVALID, ids=[one["name"] for one in INVALID])
def test_what_is_not_toml_is_refused_with_its_line(here: Path, given: dict[str, str]) -> None:
    (here / "net.toml").write_bytes(given["latin1"].encode("latin-1"))
    outcome = ran(["check", "net.toml"])
    assert (outcome.status, outcome.out, outcome.crash, outcome.unfit) == (2, "", "", "")
    lines = outcome.err.splitlines()
    assert all(re.match(r"net\.toml:\d+: ", line) for line in lines), lines
    if given["toml_1_0"]:
        assert re.search("not TOML: |not readable as TOML: |expected UTF-8", outcome.err), lines


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_data_file_is_read_as_it_is_meant_or_refused(here: Path, case: Case) -> None:
    if callable(case.make):
        case.make(here / case.path)
    else:
        (here / case.path).write_bytes(case.make)
    text = f'equations = "z = x"\n[data]\nfile = {quoted(case.path)}\n{case.keys}\n'
    (here / "net.toml").write_text(text, encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = ran(["check", "net.toml"])
    assert (outcome.crash, outcome.unfit, outcome.hung) == ("", "", False)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 << 10
    if case.reads is None:
        assert (outcome.status, outcome.out) == (2, "")
        assert re.match(r"net\.toml:[34]: data\.(file|x)(\[\d\])?: .", outcome.err), outcome.err
    else:
        assert (outcome.status, outcome.err) == (0, "")
        data = load("net.toml").data
        assert data is not None
        assert data.x.tolist() == case.reads


def _refused(*arguments: str, file: str) -> str:
    outcome = ran(["check", *arguments])
    assert (outcome.status, outcome.out, outcome.crash, outcome.unfit, outcome.hung) == (2, "", "", "", False)
    (line,) = outcome.err.splitlines()
    assert line.startswith(f"{file}:"), line
    return line


def test_what_is_not_a_file_is_refused_without_waiting(here: Path) -> None:
    os.mkfifo("pipe.toml")
    Path("loop.toml").symlink_to("loop.toml")
    Path("folder.toml").mkdir()
    Path("zero.toml").symlink_to("/dev/zero")
    Path("gone.toml").symlink_to("none.toml")
    assert "a pipe, a device" in _refused("pipe.toml", file="pipe.toml")
    assert "cannot read" in _refused("loop.toml", file="loop.toml")
    assert "a directory" in _refused("folder.toml", file="folder.toml")
    assert "a pipe, a device" in _refused("zero.toml", file="zero.toml")
    assert "a pipe, a device" in _refused("/dev/zero", file="/dev/zero")
    assert "no such file" in _refused("gone.toml", file="gone.toml")
    assert "no such file" in _refused("./none.toml", file="./none.toml")


def test_a_sparse_file_of_3_gb_is_not_read(here: Path) -> None:
    with Path("sparse.toml").open("wb") as file:
        file.truncate(3 << 30)
    assert "a file of 3221225472 bytes" in _refused("sparse.toml", file="sparse.toml")


def test_paths_that_cannot_be(here: Path) -> None:
    assert "not a possible path" in _refused("a/\0b", file="a/\\x00b")
    assert "cannot read" in _refused("x/" * 5_000, file="x/" * 99 + "x…")
    assert "no such file" in _refused("./\x1b[31m\u202e[/]\n.toml", file="./\\x1b[31m\\u202e[/]\\x0a.toml")
    assert "no such file" in _refused("./\udcff.toml", file="./\\udcff.toml")
    assert "no such file" in _refused("", file='""')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LAYERS.encode("utf-16"), "net.toml:1: found UTF-16"),
        (LAYERS.encode("utf-16-le"), "net.toml:1: found UTF-16 text"),
        (LAYERS.encode("utf-32"), "net.toml:1: found UTF-16"),
        (LAYERS.encode() + b"# \xe9\n", "net.toml:7: found byte 0xe9, expected UTF-8"),
        (LAYERS.encode() + b"\0", "net.toml:7: not TOML"),
        (b"", "net.toml:1: layers: a network is missing"),
    ],
)
def test_other_encodings_are_refused(here: Path, content: bytes, said: str) -> None:
    Path("net.toml").write_bytes(content)
    assert _refused("net.toml", file="net.toml").startswith(said)


def test_a_byte_order_mark_is_accepted(here: Path) -> None:
    Path("net.toml").write_bytes(b"\xef\xbb\xbf" + LAYERS.encode())
    assert ran(["check", "net.toml"]).status == 0


def test_a_scenario_with_a_hostile_name_is_opened(here: Path) -> None:
    name = "\x1b[31m\u202e[@click=app.quit]x[b]\u200b.toml"
    Path(name).write_text(LAYERS, encoding="utf-8")
    for arguments in (["check", name], ["trace", name], ["check", "--format", "latex", name]):
        outcome = ran(arguments)
        assert (outcome.status, outcome.err, outcome.unfit) == (0, "", "")
