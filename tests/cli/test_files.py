"""A new file is there as a whole or not at all, and nothing is ever replaced."""

import errno
import os
from pathlib import Path

import pytest

from nnstep.files import write_new


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
