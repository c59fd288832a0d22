"""Settings: where their file is, that no file can do harm, and that writing it changes nothing but what it must."""

from __future__ import annotations

import asyncio
import errno
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nnstep.settings import DIGITS, LOOKS, Settings, keep, read_settings, settings_file
from nnstep.tui.app import NnstepApp, start
from nnstep.view.stepper import Stepper
from tests.present import present
from tests.tui.driving import board_rows, screen_text

FEW = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example begins with a file of its own


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a folder of settings of their own: no test touches those of whoever runs it."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "appdata"))
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path / "home"


def written(content: str | bytes) -> Path:
    """The settings file with that in it."""
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Where they are.


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", "config"),
        ("freebsd14", "config"),
        ("win32", "appdata"),
        ("darwin", "home/Library/Application Support"),
    ],
)
def test_the_file_is_in_the_platforms_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, folder: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert settings_file() == tmp_path / folder / "nnstep" / "settings.toml"


@pytest.mark.parametrize(("platform", "folder"), [("linux", ".config"), ("win32", "AppData/Roaming")])
@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_it_is_in_the_home(
    monkeypatch: pytest.MonkeyPatch, home: Path, platform: str, folder: str, value: str | None
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    assert settings_file() == home / folder / "nnstep" / "settings.toml"


def test_a_relative_folder_is_no_folder(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "some/where")
    assert settings_file() == home / ".config/nnstep/settings.toml"


def test_without_a_home_there_are_no_settings_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def homeless(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "expanduser", homeless)
    assert read_settings() == (Settings(), None)
    keep(Settings(), Settings(digits=9))
    assert list(tmp_path.iterdir()) == []


# Reading.


def test_without_a_file_there_are_the_defaults() -> None:
    assert read_settings() == (Settings("auto", 4, 64), None)
    assert not settings_file().parent.exists(), "reading makes no folder"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", Settings()),
        ("# nothing yet\n", Settings()),
        ('look = "light"\ndigits = 7\nmemory = 256\n', Settings("light", 7, 256)),
        ("digits=2", Settings(digits=2)),
        ("\ufeffmemory = 1\r\nlook = 'ansi'\r\n", Settings("ansi", memory=1)),
    ],
)
def test_a_file_is_used(content: str, expected: Settings) -> None:
    written(content)
    assert read_settings() == (expected, None)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("look = light", "line 1"),
        ("digits = 5\ndigits = 6", "overwrite"),
        ("look = 'light'\n[", "at end of document"),
        (b"look = '\xff'", "utf-8"),
        (b"\x00\x01", "line 1"),
        ("x = " + "[" * 3000, ""),
        ("digits = " + "9" * 5000, ""),
        ("# " + "x" * (1 << 16), os.strerror(errno.EFBIG)),
        (" \n" * (1 << 15) + "digits = 9", os.strerror(errno.EFBIG)),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_defaults_are_used(content: bytes | str, named: str) -> None:
    path = written(content)
    found, problem = read_settings()
    assert found == Settings()
    assert str(problem).startswith(f"{path}: ")
    assert named in str(problem)
    assert str(problem).isprintable()


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ('look = "pink"', "look", "pink"),
        ("look = 1", "look", "1"),
        ("look = ['dark']", "look", "['dark']"),
        ("digits = 1", "digits", "1"),
        ("digits = 16", "digits", "16"),
        ("digits = 5.0", "digits", "5.0"),
        ("digits = true", "digits", "True"),
        ("digits = '5'", "digits", "5"),
        ("digits = {}", "digits", "{}"),
        ("digits = 0x" + "f" * 5000, "digits", "…"),
        ("memory = 0", "memory", "0"),
        ("memory = -1", "memory", "-1"),
        ("memory = 65537", "memory", "65537"),
        ("memory = nan", "memory", "nan"),
        ("memory = 1979-05-27", "memory", "1979-05-27"),
        ('colour = "dark"', "colour", "dark"),
        ('"a\\u001b[31m" = 1', "a\\x1b[31m", "1"),
        ('look = "\\u202e"', "look", "\\u202e"),
        (f"{'k' * 500} = '{'v' * 500}'", "k" * 39 + "…", "v" * 39 + "…"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_used(line: str, key: str, value: str) -> None:
    rest = Settings("light", 7, 256)
    others = [f"{name} = {one!r}" for name, one in rest._asdict().items() if name != line.split()[0]]
    path = written("\n".join([line, *others]))
    found, problem = read_settings()
    assert found == Settings()._replace(**{k: v for k, v in rest._asdict().items() if k != line.split()[0]})
    assert str(problem) == f"{path}: {key}: found {value}, which is no setting of this program"


def test_a_table_is_no_setting_and_the_first_of_several_problems_is_named() -> None:
    written("digits = 6\n[look]\nlook = 'light'\n[more]\n")
    found, problem = read_settings()
    assert found == Settings(digits=6)
    assert problem is not None
    assert problem.key == "look"


@pytest.mark.parametrize("kind", ["folder", "file in the way", "forbidden"])
def test_what_is_no_readable_file_is_a_problem(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = settings_file()
    if kind == "folder":
        path.mkdir(parents=True)
    elif kind == "file in the way":
        path.parent.parent.mkdir()
        path.parent.write_text("")
    else:
        written("digits = 9")

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    found, problem = read_settings()
    assert found == Settings()
    assert problem is not None
    assert problem.file == str(path)


@FEW
@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | st.text("lokdigtsmery='\"\n[] 0123#").map(str.encode)
)
@example(b"digits = 1\nlook = 'light'")
def test_no_file_raises_and_what_is_used_is_valid(content: bytes) -> None:
    written(content)
    found, _ = read_settings()
    assert found.look in LOOKS
    assert found.digits in DIGITS
    assert 1 <= found.memory <= 65536
    keep(found, found._replace(digits=9, look="ansi"))
    after, _ = read_settings()
    assert after in (found, found._replace(digits=9, look="ansi"))


# Writing.


def test_nothing_is_written_where_nothing_has_changed() -> None:
    keep(Settings(), Settings())
    assert not settings_file().parent.exists()
    path = written("digits = 4 # as ever\n")
    before = path.stat()
    keep(Settings("light"), Settings("light"))
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_the_folder_is_made_and_only_what_has_changed_is_in_the_file() -> None:
    keep(Settings(), Settings("light"))
    assert settings_file().read_text(encoding="utf-8") == 'look = "light"\n'
    keep(Settings("light"), Settings("light", 7))
    assert read_settings() == (Settings("light", 7), None)
    assert sorted(path.name for path in settings_file().parent.iterdir()) == ["settings.toml"]


FILE = """# mine
  look   =   'dark'   # for the projector
digits = 5# no more

# memory = 3
memory = 128

"""


@pytest.mark.parametrize(
    ("now", "old", "new"),
    [
        (Settings("light", 5, 128), "'dark'", '"light"'),
        (Settings("dark", 6, 128), "digits = 5#", "digits = 6#"),
        (Settings("dark", 5, 1), "\nmemory = 128", "\nmemory = 1"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_other_line_is_changed_and_comments_stay(now: Settings, old: str, new: str, end: str) -> None:
    path = written(FILE.replace("\n", end))
    before, _ = read_settings()
    assert before == Settings("dark", 5, 128)
    keep(before, now)
    assert FILE.count(old.removeprefix("\n")) >= 1
    assert path.read_bytes() == FILE.replace(old, new).replace("\n", end).encode()


def test_a_wrong_value_is_replaced() -> None:
    path = written('look = "pi#nk" # wrong\n')
    keep(read_settings()[0], Settings("ansi"))
    assert path.read_text(encoding="utf-8") == 'look = "ansi" # wrong\n'


def test_a_new_setting_comes_before_any_table() -> None:
    written("[later]\nlook = 1\n[[more]]\n")
    keep(read_settings()[0], Settings(digits=8))
    assert read_settings()[0] == Settings(digits=8)
    assert tomllib.loads(settings_file().read_text(encoding="utf-8")) == {
        "digits": 8,
        "later": {"look": 1},
        "more": [{}],
    }


@pytest.mark.parametrize(
    "content",
    [
        "not toml",
        b"look = '\xff'",
        '"look" = "dark"\n',
        'look = """dark"""\n',
        "look = [\n'dark',\n]\n",
        "[table]\nlook = 'dark'\n",
        "x = '''\nlook = 1\n'''\n",
        "#" * ((1 << 16) + 1),
    ],
)
def test_a_file_that_is_written_in_odd_ways_is_left_as_it_is(content: bytes | str) -> None:
    path = written(content)
    before = path.read_bytes()
    keep(read_settings()[0], Settings("light"))
    assert path.read_bytes() == before


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path = settings_file()
    path.parent.mkdir(parents=True)
    real = tmp_path / "dotfiles.toml"
    real.write_text("digits = 5\n")
    path.symlink_to(real)
    keep(read_settings()[0], Settings(digits=6))
    assert path.is_symlink()
    assert real.read_text() == "digits = 6\n"


@pytest.mark.parametrize("at", ["pathlib.Path.mkdir", "nnstep.settings.rewrite"])
def test_where_nothing_can_be_written_nothing_happens(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    path = written("digits = 5\n")
    monkeypatch.setattr(at, refuse)
    keep(read_settings()[0], Settings(digits=6))
    assert path.read_text() == "digits = 5\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to the superuser")
def test_a_read_only_folder_is_survived() -> None:
    path = written("digits = 5\n")
    path.parent.chmod(0o500)
    keep(read_settings()[0], Settings(digits=6))
    path.parent.chmod(0o700)
    assert path.read_text() == "digits = 5\n"
    assert list(path.parent.iterdir()) == [path]


# What the environment says goes before the file.


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("NNSTEP_LOOK", "ansi", Settings("ansi", digits=6)),
        ("NNSTEP_LOOK", "auto", Settings("auto", digits=6)),
        ("NNSTEP_LOOK", "", Settings("light", digits=6)),
        ("NNSTEP_KEYBOARD", "gr", Settings("light", digits=6, keyboard="gr")),
    ],
)
def test_a_variable_goes_before_the_file(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: Settings
) -> None:
    written("look = 'light'\ndigits = 6\n")
    monkeypatch.setenv(variable, value)
    assert read_settings() == (expected, None)


def test_a_variable_that_is_no_setting_is_said_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    written("look = 'light'\n")
    monkeypatch.setenv("NNSTEP_LOOK", "pi\x1bnk")
    found, problem = read_settings()
    assert found == Settings("light")
    assert problem is not None
    assert str(problem) == "NNSTEP_LOOK: found pi\\x1bnk, which is no setting of this program"


# What the application does with them.


T = TypeVar("T")


class Start(Protocol):
    """Presses keys in the application, and gives back what `look_at` then gives."""

    def __call__(
        self, *keys: str, look_at: Callable[[NnstepApp], T], path: str | None = "xor", memory: int | None = None
    ) -> T: ...


@pytest.fixture
def at_the_keyboard(monkeypatch: pytest.MonkeyPatch) -> Start:
    """`start` without a terminal: keys are pressed in the application, which is then looked at and left."""

    def started(
        *keys: str, look_at: Callable[[NnstepApp], T], path: str | None = "xor", memory: int | None = None
    ) -> T:
        seen: list[T] = []

        def run(app: NnstepApp) -> None:
            async def going() -> None:
                async with app.run_test(size=(160, 36)) as pilot:
                    await pilot.pause()
                    await pilot.press(*keys)
                    await pilot.pause()
                    seen.append(look_at(app))

            asyncio.run(going())

        monkeypatch.setattr(NnstepApp, "run", run)
        assert start(path, memory=memory) == 0
        return seen[0]

    return started


def stepper(app: NnstepApp) -> Stepper:
    assert isinstance(app.stepping.stepper, Stepper)
    return app.stepping.stepper


def test_the_application_begins_with_what_was_set(at_the_keyboard: Start) -> None:
    path = written('look = "light"\ndigits = 7\nmemory = 3\n')
    look, digits, budget = at_the_keyboard(
        look_at=lambda app: (app.chosen_look.name, stepper(app).digits, stepper(app).session.timeline.budget)
    )
    assert (look, digits, budget) == ("light", 7, 3 << 20)
    assert path.read_text() == 'look = "light"\ndigits = 7\nmemory = 3\n'


def test_memory_that_was_asked_for_goes_before_that_of_the_settings_and_is_not_written(at_the_keyboard: Start) -> None:
    path = written("memory = 3\n")
    assert at_the_keyboard(look_at=lambda app: stepper(app).session.timeline.budget, memory=8) == 8 << 20
    assert path.read_text() == "memory = 3\n"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("n", "z", "q"), None),
        (("T",), {"look": "light"}),
        (("T", "T"), {"look": "ansi"}),
        (("T", "T", "T"), None),
        (("+", "+"), {"digits": 6}),
        (("+", "-"), None),
        (("T", "-"), {"look": "light", "digits": 3}),
    ],
)
def test_look_and_digits_are_written_when_they_were_changed_and_only_then(
    at_the_keyboard: Start, keys: tuple[str, ...], expected: dict[str, int | str] | None
) -> None:
    at_the_keyboard(*keys, look_at=screen_text)
    path = settings_file()
    assert (tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else None) == expected


def test_digits_stay_when_another_scenario_is_opened(at_the_keyboard: Start) -> None:
    digits, path = at_the_keyboard(
        *("+", "+", "o", *"two_layer", "enter"), look_at=lambda app: (stepper(app).digits, stepper(app).path)
    )
    assert digits == 6
    assert Path(path).stem == "two_layer"
    assert read_settings()[0].digits == 6


def test_without_colours_the_look_stays_as_it_was_set(at_the_keyboard: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    path = written('look = "light"\n')
    styles = at_the_keyboard("T", "n", look_at=lambda app: {style for row in board_rows(app) for _, style in row})
    colours = {colour for style in styles for colour in (present(style).color, present(style).bgcolor)}
    assert all(present(colour).is_default for colour in colours)
    assert path.read_text() == 'look = "light"\n'


def test_what_is_wrong_with_the_file_is_said_on_the_screen_and_the_rest_is_used(at_the_keyboard: Start) -> None:
    path = written("digits = 6\nlook = 'pink'\n")
    text, digits = at_the_keyboard(look_at=lambda app: (screen_text(app), stepper(app).digits))
    assert str(path)[:100] in text.splitlines()[-1]
    assert digits == 6
    assert path.read_text() == "digits = 6\nlook = 'pink'\n"


def test_from_the_library_it_is_said_once_a_scenario_is_open(at_the_keyboard: Start) -> None:
    path = written("look = 'pink'\n")
    seen = []

    def last_line(app: NnstepApp) -> None:
        seen.append(screen_text(app).splitlines()[-1])

    at_the_keyboard("enter", look_at=last_line, path=None)
    assert str(path)[:100] in seen[0]
    at_the_keyboard("enter", "n", look_at=last_line, path=None)
    assert str(path)[:100] not in seen[1]


def test_settings_are_for_scenarios_of_the_library_too(at_the_keyboard: Start) -> None:
    written("digits = 9\nmemory = 2\n")
    assert at_the_keyboard(
        "enter", look_at=lambda app: (stepper(app).digits, stepper(app).session.timeline.budget), path=None
    ) == (9, 2 << 20)
