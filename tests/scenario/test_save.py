"""A saved branch: the original's text with edits at its end, the same run bit for bit, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.errors import NnstepError, Problem
from nnstep.scenario import Edit, Scenario, find, load, loads
from nnstep.scenario.edits.typed import read_edit
from nnstep.scenario.save import branch_text, save_branch
from tests.scenario.edited import bare, edited, lasting, with_edits, without_edits

NET = """\
# A network with remarks.
title = "Edited"   # to be kept
[data]
x = [[1, 2], [3, 4], [5, 6]]
y = [[0], [1], [1]]

[[layers]]
type = "linear"   # the only one
units = 1
[loss]
type = "mse"
[optimizer]
type = "sgd"
lr = 0.5
momentum = 0.9
[training]
epochs = 3
batch_size = 2
# The end, without a line's end"""
FROM_FILE = NET.replace("x = [[1, 2], [3, 4], [5, 6]]\ny = [[0], [1], [1]]", 'file = "FILE"\nx = ["a", "b"]\ny = ["c"]')
CSV = b"a,b,c\n1,2,0\n3,4,1\n5,6,1\n"
EDITS = (Edit(2, "W1", (0, 0), 0.1 + 0.2), Edit(3, "x", (2, 1), -0.0))


def written(path: Path, text: str) -> Path:
    """The path, with a file of that text."""
    path.write_bytes(text.encode())
    return path


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder with their content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(save: Callable[[], object]) -> Problem:
    """What a refusal says."""
    with pytest.raises(NnstepError) as caught:
        save()
    (problem,) = caught.value.problems
    assert str(problem).isprintable()
    return problem


# The text.


@settings(max_examples=60, deadline=None)
@given(edited(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "# end", "\n\n"]), st.booleans())
def test_a_text_with_edits_gives_them_and_is_else_the_same(
    case: tuple[str, list[Edit]], end: str, tail: str, mark: bool
) -> None:
    original, edits = case[0], lasting(loads(case[0]), case[1])
    original = "\ufeff" * mark + (original + tail).replace("\n", end)
    text = branch_text(original, edits)
    assert text.startswith(original)
    assert text.count("\n") == text.count(end)
    one, other = loads(original.removeprefix("\ufeff")), loads(text.removeprefix("\ufeff"))
    assert bare(other.edits) == bare(with_edits(one, edits).edits)
    assert without_edits(other) == without_edits(one)
    again = [edit for edit in edits if "(" not in edit.name]  # a state may be that of another optimizer now
    more = branch_text(text, again)
    assert bare(loads(more.removeprefix("\ufeff")).edits) == bare(with_edits(other, again).edits)


def test_the_tables_as_they_are_written() -> None:
    edits = (
        *EDITS,
        *read_edit("adam lr = 0.01 betas = [0.5, 0.999]; sgd lr = 1 nesterov = true momentum = 1", loads(NET), 6),
    )
    assert branch_text(NET, edits) == NET + (
        '\n\n[[edits]]\niteration = 2\ncell = "W1[0, 0]"\nvalue = 0.30000000000000004\n'
        '\n[[edits]]\niteration = 3\ncell = "x[2, 1]"\nvalue = -0.0\n'
        '\n[[edits]]\niteration = 6\noptimizer = { type = "adam", lr = 0.01, betas = [0.5, 0.999] }\n'
        '\n[[edits]]\niteration = 6\noptimizer = { type = "sgd", lr = 1.0, momentum = 1.0, nesterov = true }\n'
    )


def test_without_edits_the_text_stays_as_it_is() -> None:
    assert branch_text(NET, ()) == NET


@pytest.mark.parametrize("before", ["edits = []\n", 'edits = [{ iteration = 1, cell = "b1[0]", value = 1 }]\n'])
def test_edits_in_another_form_cannot_be_added_to(before: str, tmp_path: Path) -> None:
    problem = refused(lambda: branch_text(before + NET, EDITS))
    assert (problem.key, problem.hint) == ("edits", "write a table headed [[edits]] for each")
    path = written(tmp_path / "net.toml", before + NET)
    assert refused(lambda: save_branch(load(path), EDITS, tmp_path / "b.toml")).file == str(path)
    assert list(files(tmp_path)) == ["net.toml"]


# The file.


@settings(max_examples=25, deadline=None)
@given(case=edited(st.floats(-2, 2)))
def test_a_saved_branch_has_the_same_run(
    case: tuple[str, list[Edit]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text, edits = case
    folder = tmp_path_factory.mktemp("saved")
    scenario = load(written(folder / "net.toml", text))
    branch = with_edits(scenario, edits)
    assert save_branch(scenario, branch.edits, folder / "branch.toml") == (folder / "branch.toml",)
    assert sorted(files(folder)) == ["branch.toml", "net.toml"]
    with np.errstate(all="ignore"):
        mine, its = Timeline(branch), Timeline(load(folder / "branch.toml"))
        for iteration in range(1, mine.iterations + 1):
            one, other = mine.record(iteration), its.record(iteration)
            assert [value.name for value in one.program.values] == [value.name for value in other.program.values]
            for value in one.program.values:
                assert one.value(value.slot).tobytes() == other.value(value.slot).tobytes(), (iteration, value.name)


def test_a_branch_of_a_branch_has_all_edits_once(tmp_path: Path) -> None:
    first = load(written(tmp_path / "net.toml", NET))
    save_branch(first, EDITS, tmp_path / "a.toml")
    second = load(tmp_path / "a.toml")
    again = Edit(2, "W1", (0, 0), 0.1 + 0.2)
    between = Edit(2, "W1", (0, 0), 7.0)
    save_branch(second, with_edits(second, (between, again)).edits, tmp_path / "b.toml")
    assert bare(load(tmp_path / "b.toml").edits) == bare([EDITS[0], between, again, EDITS[1]])
    assert (tmp_path / "b.toml").read_bytes().startswith((tmp_path / "a.toml").read_bytes())


def test_a_state_that_is_not_there_any_more_is_left_out(tmp_path: Path) -> None:
    scenario = load(written(tmp_path / "net.toml", NET))
    late = read_edit("velocity(W1)[0, 0] = 3; b1[0] = 1", scenario, 4)
    early = read_edit("adam lr = 0.1", with_edits(scenario, late), 2)
    kept = read_edit("m(W1)[0, 0] = 2", with_edits(scenario, early), 3)
    save_branch(scenario, with_edits(scenario, (*late, *early, *kept)).edits, tmp_path / "b.toml")
    assert bare(load(tmp_path / "b.toml").edits) == bare([*early, *kept, late[1]])


def test_options_are_saved_as_options(tmp_path: Path) -> None:
    """What another optimizer of the branch makes of the edits of the file is what it makes of them when read again."""
    text = NET + "\n[[edits]]\niteration = 5\noptimizer = { lr = 0.25 }\n"
    scenario = load(written(tmp_path / "net.toml", text))
    late = read_edit("momentum = 0.5 lr = 0.125", scenario, 6)
    early = read_edit("adam lr = 0.1", with_edits(scenario, late), 2)
    branch = with_edits(scenario, (*late, *early))
    save_branch(scenario, branch.edits, tmp_path / "b.toml")
    saved = (tmp_path / "b.toml").read_text()
    assert saved.startswith(text)
    assert saved.endswith("\niteration = 6\noptimizer = { lr = 0.125 }\n")  # adam has no momentum
    found = load(tmp_path / "b.toml")
    assert [found.optimizer_at(one) for one in range(1, 7)] == [branch.optimizer_at(one) for one in range(1, 7)]


def test_an_edit_of_the_file_that_a_branch_makes_impossible_is_named(tmp_path: Path) -> None:
    text = NET + "\n[[edits]]\niteration = 5\noptimizer = { momentum = 0.25 }\n"
    scenario = load(written(tmp_path / "net.toml", text))
    branch = with_edits(scenario, read_edit("adam lr = 0.1", scenario, 2))
    problem = refused(lambda: save_branch(scenario, branch.edits, tmp_path / "b.toml"))
    assert problem.line == NET.count("\n") + 2
    assert problem.message == "the branch has adam at iteration 5, where the file edits momentum"
    assert not (tmp_path / "b.toml").exists()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_every_byte_of_the_original_is_kept(mark: bytes, end: bytes, tmp_path: Path) -> None:
    content = mark + NET.encode().replace(b"\n", end)
    (tmp_path / "net.toml").write_bytes(content)
    scenario = load(tmp_path / "net.toml")
    save_branch(scenario, EDITS, tmp_path / "b.toml")
    saved = (tmp_path / "b.toml").read_bytes()
    assert saved.startswith(content + end)
    assert saved.count(b"\n") == saved.count(end)
    assert bare(load(tmp_path / "b.toml").edits) == bare(EDITS)


def test_an_existing_file_is_replaced_only_where_that_was_asked_for(tmp_path: Path) -> None:
    scenario, target = load(written(tmp_path / "net.toml", NET)), written(tmp_path / "b.toml", "precious")
    with pytest.raises(FileExistsError):
        save_branch(scenario, EDITS, target)
    assert files(tmp_path) == {"net.toml": NET.encode(), "b.toml": b"precious"}
    save_branch(scenario, EDITS, target, replace=True)
    assert target.read_text(encoding="utf-8") == branch_text(NET, EDITS)
    save_branch(scenario, EDITS, tmp_path / "net.toml", replace=True)
    assert files(tmp_path) == dict.fromkeys(["net.toml", "b.toml"], branch_text(NET, EDITS).encode())


def test_remarks_may_be_added_meanwhile_but_not_another_run(tmp_path: Path) -> None:
    path = written(tmp_path / "net.toml", NET)
    scenario = load(path)
    written(path, NET + "\n# seen at iteration 2\n")
    save_branch(scenario, EDITS, tmp_path / "b.toml")
    assert "# seen at iteration 2\n" in (tmp_path / "b.toml").read_text(encoding="utf-8")
    for old, new, what in [
        ("lr = 0.5", "lr = 0.25", "the optimizer"),
        ("[5, 6]", "[5, 6.5]", "the data"),
        ("units = 1", "units = 1\nbias = false", "the equations, parameters"),
        ("epochs = 3", "epochs = 4", "the training"),
        ('title = "Edited"', "seed = 1", "the seed, parameters"),
        ("# The end, without a line's end", '\n[[edits]]\niteration = 1\ncell = "b1[0]"\nvalue = 1', "edits"),
    ]:
        written(path, NET.replace(old, new))
        problem = refused(lambda: save_branch(scenario, EDITS, tmp_path / "c.toml"))
        assert problem.file == str(path)
        assert f"has changed since it was read: {what} would" in problem.message
    path.unlink()
    assert refused(lambda: save_branch(scenario, EDITS, tmp_path / "c.toml")).message == "no such file"
    assert list(files(tmp_path)) == ["b.toml"]


def test_what_cannot_be_saved(tmp_path: Path) -> None:
    assert "not from a file" in refused(lambda: save_branch(loads(NET), EDITS, tmp_path / "b.toml")).message
    scenario = load(written(tmp_path / "net.toml", NET))
    nowhere = tmp_path / "no" / "b.toml"
    problem = refused(lambda: save_branch(scenario, EDITS, nowhere))
    assert (problem.file, problem.message) == (str(nowhere), "cannot be written: no such file or directory")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileExistsError):
        save_branch(scenario, EDITS, tmp_path / "folder")
    assert "directory" in refused(lambda: save_branch(scenario, EDITS, tmp_path / "folder", replace=True)).message
    for name in ("\0.toml", "\udcff\ud800.toml", "x" * 300 + ".toml"):
        assert "cannot be written" in refused(partial(save_branch, scenario, EDITS, tmp_path / name)).message
    edits = [Edit(1, "W1", (0, 0), number / 7) for number in range(1001)]
    assert "at most 1,000" in refused(lambda: save_branch(scenario, edits, tmp_path / "b.toml")).message
    assert list(files(tmp_path)) == ["net.toml"]


def test_a_scenario_of_the_largest_size_takes_no_edits(tmp_path: Path) -> None:
    text = NET + "é" * ((1 << 19) - 400)
    scenario = load(written(tmp_path / "net.toml", text))
    edits = [Edit(1, "W1", (0, 0), float(number)) for number in range(10)]
    assert "larger than" in refused(lambda: save_branch(scenario, edits, tmp_path / "b.toml")).message
    assert list(files(tmp_path)) == ["net.toml"]


# Data files.


def in_folder(folder: Path, name: str = "data.csv") -> Scenario:
    """A scenario with a data file in a folder of its own."""
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(CSV)
    return load(written(folder / "net.toml", FROM_FILE.replace("FILE", name)))


@pytest.mark.parametrize("name", ["data.csv", "below/data.csv"])
def test_the_data_file_goes_along(name: str, tmp_path: Path) -> None:
    scenario = in_folder(tmp_path / "here", name)
    there = tmp_path / "there"
    there.mkdir()
    assert save_branch(scenario, EDITS, there / "b.toml") == (there / "b.toml", there / name)
    assert files(there).keys() == {"b.toml", name}
    assert (there / name).read_bytes() == CSV
    assert bare(load(there / "b.toml").edits) == bare(EDITS)
    assert save_branch(scenario, EDITS, there / "c.toml") == (there / "c.toml",)
    assert save_branch(scenario, EDITS, tmp_path / "here" / "b.toml") == (tmp_path / "here" / "b.toml",)
    assert files(tmp_path / "here").keys() == {"b.toml", name, "net.toml"}


def test_another_file_is_never_in_its_way(tmp_path: Path) -> None:
    scenario = in_folder(tmp_path / "here")
    there = tmp_path / "there"
    there.mkdir()
    (there / "data.csv").write_bytes(b"precious")
    problem = refused(lambda: save_branch(scenario, EDITS, there / "b.toml", replace=True))
    assert (problem.file, problem.hint) == (str(there / "data.csv"), "save into another folder")
    assert files(there) == {"data.csv": b"precious"}
    for target in (there / "data.csv", tmp_path / "here" / "data.csv"):
        problem = refused(partial(save_branch, scenario, EDITS, target, replace=True))
        assert "data file has that name" in problem.message
    assert (tmp_path / "here" / "data.csv").read_bytes() == CSV


def test_the_copy_stays_in_the_folder_of_the_scenario(tmp_path: Path) -> None:
    scenario = in_folder(tmp_path / "here", "below/data.csv")
    (tmp_path / "there").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "there" / "below").symlink_to(tmp_path / "elsewhere")
    assert "elsewhere" in refused(lambda: save_branch(scenario, EDITS, tmp_path / "there" / "b.toml")).message
    assert files(tmp_path / "there") == files(tmp_path / "elsewhere") == {}
    (tmp_path / "there" / "below").unlink()
    written(tmp_path / "there" / "below", "a file")
    assert "another file" in refused(lambda: save_branch(scenario, EDITS, tmp_path / "there" / "b.toml")).message


def test_data_that_has_changed_is_another_run(tmp_path: Path) -> None:
    scenario = in_folder(tmp_path / "here")
    (tmp_path / "here" / "data.csv").write_bytes(CSV.replace(b"5", b"7"))
    assert "the data" in refused(lambda: save_branch(scenario, EDITS, tmp_path / "b.toml")).message
    assert files(tmp_path).keys() == {"here/net.toml", "here/data.csv"}


def test_data_that_changes_while_it_is_copied_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = in_folder(tmp_path / "here")
    before = files(tmp_path)
    monkeypatch.setattr("nnstep.scenario.save.read_data_file", lambda *_: CSV.replace(b"5", b"7"))
    assert (
        "read back, the data would be different"
        in refused(lambda: save_branch(scenario, EDITS, tmp_path / "b.toml")).message
    )
    assert files(tmp_path) == before


def test_a_bundled_scenario_is_saved_with_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = load(find("linear_regression"))
    edits = read_edit("W[0, 0] = 3; lr = 0.01", scenario, 2)
    save_branch(scenario, edits, Path("branch.toml"))
    assert sorted(files(tmp_path)) == ["branch.toml", "spring.csv"]
    assert bare(load("branch.toml").edits) == bare(edits)


# What fails half way.


def full(*_: object, **__: object) -> None:
    """What a full disk says."""
    raise OSError(28, "No space left on device")


def after_one(then: Callable[..., None]) -> Callable[..., None]:
    """Nothing the first time, `then` from the second time on."""
    calls: list[object] = []

    def call(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) > 1:
            then()

    return call


BREAKS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the flush of the copy": lambda patch: patch.setattr(os, "fsync", full),
    "the flush of the scenario": lambda patch: patch.setattr(os, "fsync", after_one(full)),
    "the name of the copy": lambda patch: nameless(patch),
    "the name of the scenario": lambda patch: patch.setattr(Path, "replace", full),
}


def nameless(patch: pytest.MonkeyPatch) -> None:
    """No file gets its name in any way."""
    patch.setattr(Path, "hardlink_to", full)
    patch.setattr(Path, "replace", full)


@pytest.mark.parametrize("breaks", BREAKS.values(), ids=BREAKS)
def test_what_fails_half_way_leaves_all_as_it_was(
    breaks: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = in_folder(tmp_path / "here")
    target = written(tmp_path / "b.toml", "old")
    before = files(tmp_path)
    breaks(monkeypatch)
    problem = refused(lambda: save_branch(scenario, EDITS, target, replace=True))
    assert problem.message == "cannot be written: no space left on device"
    assert files(tmp_path) == before


@pytest.mark.parametrize("times", [1, 2])
def test_what_fails_half_way_leaves_nothing_new(times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = in_folder(tmp_path / "here")
    before = files(tmp_path)
    monkeypatch.setattr(os, "fsync", full if times == 1 else after_one(full))
    refused(lambda: save_branch(scenario, EDITS, tmp_path / "b.toml"))
    assert files(tmp_path) == before


def test_without_hard_links_it_is_saved_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = in_folder(tmp_path / "here")

    def unknown(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", unknown)
    save_branch(scenario, EDITS, tmp_path / "b.toml")
    assert bare(load(tmp_path / "b.toml").edits) == bare(EDITS)
    assert files(tmp_path).keys() == {"here/net.toml", "here/data.csv", "b.toml", "data.csv"}
    with pytest.raises(FileExistsError):
        save_branch(scenario, EDITS, tmp_path / "b.toml")


def test_a_name_that_is_taken_at_the_last_moment_is_left_to_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, target = in_folder(tmp_path / "here"), tmp_path / "b.toml"
    flush = os.fsync

    def overtaken(handle: int) -> None:
        flush(handle)
        target.write_bytes(b"another's")

    monkeypatch.setattr(os, "fsync", overtaken)
    with pytest.raises(FileExistsError):
        save_branch(scenario, EDITS, target)
    assert files(tmp_path).keys() == {"here/net.toml", "here/data.csv", "b.toml"}
    assert target.read_bytes() == b"another's"
