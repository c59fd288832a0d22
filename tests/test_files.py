"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.files import rewrite, write_new

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


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


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_new(path, "new")
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
