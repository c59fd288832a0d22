"""Settings of these tests are in a folder of their own: no test reads those of whoever runs it, or writes there."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def settings_apart(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, which processes that a test starts take for that of the user's settings as well."""
    folder = tmp_path_factory.mktemp("settings")
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):  # of Linux, Windows, macOS
        monkeypatch.setenv(name, str(folder))
    return folder
