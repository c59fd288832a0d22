"""Files are written whole or not at all, and a new one replaces nothing."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.files import ChangedMeanwhileError, lock, rewrite, stamp, write_new

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def test_a_new_file_has_the_text_and_the_usual_permissions(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    write_new(path, "title = 'σ'\n")
    assert path.read_bytes() == "title = 'σ'\n".encode()
    usual = tmp_path / "usual"
    usual.touch()
    assert path.stat().st_mode == usual.stat().st_mode
    assert sorted(tmp_path.iterdir()) == [path, usual]


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dangling"])
def test_what_is_there_stays(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "there"
    other = tmp_path / "other"
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_text("mine")
    else:
        path.symlink_to(other)
        if kind == "link":
            other.write_text("mine")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FileExistsError):
        write_new(path, "new")
    assert sorted(tmp_path.iterdir()) == before
    assert kind not in ("file", "link") or path.read_text() == "mine"
    assert not (kind == "dangling" and other.exists())


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = tmp_path / "new"
    write_new(path, "text")
    assert path.read_text() == "text"
    with pytest.raises(FileExistsError):
        write_new(path, "other")
    assert (path.read_text(), list(tmp_path.iterdir())) == ("text", [path])


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_new(tmp_path / "new", "text")
    assert list(tmp_path.iterdir()) == []


@given(old=TEXTS, new=TEXTS)
def test_a_rewritten_file_is_the_new_one(old: str, new: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("files") / "results.csv"
    write_new(path, old)
    assert path.read_bytes() == old.encode()
    rewrite(path, new)
    assert path.read_bytes() == new.encode()
    assert [item.name for item in path.parent.iterdir()] == ["results.csv"]


@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_what_fails_half_way_leaves_the_old_file(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "results.csv"
    write_new(path, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if broken == "replace":
        monkeypatch.setattr(Path, "replace", full)
    else:
        monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        rewrite(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["results.csv"]


def test_a_new_file_may_be_read_by_whom_the_mask_lets(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    before = os.umask(0o022)
    try:
        write_new(path, "a")
        rewrite(path, "b")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_file_that_was_changed_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text("old", encoding="utf-8")
    read = stamp(path)
    path.write_text("of another", encoding="utf-8")
    with pytest.raises(ChangedMeanwhileError, match="changed meanwhile"):
        rewrite(path, "new", read)
    assert path.read_text(encoding="utf-8") == "of another"
    rewrite(path, "new", stamp(path))
    assert path.read_text(encoding="utf-8") == "new"
    assert [item.name for item in tmp_path.iterdir()] == ["net.toml"]


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    path, link = tmp_path / "net.toml", tmp_path / "link.toml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to("net.toml")
    rewrite(link, "new")
    assert link.is_symlink()
    assert (path.read_text(encoding="utf-8"), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)


@pytest.mark.parametrize("kind", ["folder", "fifo", "loop"])
def test_only_a_regular_file_is_replaced(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("net.toml")
    before = path.lstat().st_mode
    with pytest.raises(OSError, match=r"regular|directory|links"):
        rewrite(path, "new")
    assert path.lstat().st_mode == before
    assert [item.name for item in tmp_path.iterdir()] == ["net.toml"]


def test_only_what_a_dead_writer_left_is_tidied(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    dead, other = tmp_path / f".net.toml.{'0' * 16}.tmp", tmp_path / f".net.{'0' * 16}.tmp"
    living = tmp_path / f".net.toml.{'1' * 16}.tmp"
    for one in (dead, other, living):
        one.write_text("part", encoding="utf-8")
    with living.open("rb") as file:
        assert lock(file)
        rewrite(path, "new")
    assert sorted(item.name for item in tmp_path.iterdir()) == sorted([living.name, other.name, "net.toml"])
