"""No name, title or text out of a file reaches a screen as it is: what a terminal obeys or hides is made visible."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nnstep.commands import PANEL_KEYS
from nnstep.errors import NnstepError, Problem
from nnstep.scenario import bundled, load
from nnstep.settings import Settings
from nnstep.settings import read_settings as read_settings
from nnstep.text import clean
from nnstep.text import width as columns
from nnstep.view.lens.registry import lens_names
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Line
from tests.hostile.running import ran, unfit
from tests.hostile.values import TEXTS, quoted
from tests.npz import save_npz

# One text with all of it, and no character that a file's name cannot have.
HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;t\x07 \x9b31m \u202eleft\u2066 z\u200bw\ufeff [@click=app.quit]x[b] \U0001d173\u0600 "
    "漢字 e\u0301"
)
NAME = "\x1b[2J\u202e[@click=app.quit]x\u200b\n漢e\u0301"

NET = f"""
title = {quoted(HOSTILE + "[/]" + chr(10))}
description = {quoted(HOSTILE + "[/]")}
[data]
file = {quoted(NAME + ".csv")}
x = ["a", {quoted(HOSTILE + " [/]")}]
y = {quoted(NAME)}
[[layers]]
type = "linear"
units = 3
[[layers]]
type = "sigmoid"
[[layers]]
type = "linear"
units = 2
[loss]
type = "cross_entropy"
[optimizer]
type = "adam"
lr = 0.1
[training]
epochs = 4
batch_size = 3
[debug]
breakpoints = [{quoted("loss < 0.1  # " + HOSTILE)}, {quoted("(grad(W1)[0, 0]" + chr(10) + " > 9) # [/]")}]
watch = [{quoted("norm(W1) # " + HOSTILE)}, {quoted("prev(loss)" + chr(9) + "+ 0 # [/]")}]
"""


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A scenario all of whose names and texts are hostile, in the current folder."""
    monkeypatch.chdir(tmp_path)
    rows = [f'a,"{HOSTILE} [/]","{NAME}"', *(f'{n},{n % 3},"{HOSTILE}{n % 2}[/]"' for n in range(5))]
    Path(NAME + ".csv").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="")
    Path(NAME + ".toml").write_text(NET, encoding="utf-8", newline="")
    return NAME + ".toml"


def _bad(text: str) -> bool:
    return bool(unfit(text)) or "\n" in text


def _checked(line: Line) -> str:
    text = "".join(piece.text for piece in line)
    assert not _bad(text), ascii(text)
    return text


def _screen(stepper: Stepper) -> Iterator[str]:
    """Every text of the view state, and what the dialogs ask and begin with."""
    view = stepper.view()
    for width, height in ((150, 40), (40, 12), (20, 3)):
        for panel in (view.header, *view.panels.values()):
            yield _checked(panel.title)
            for line in panel.paint(width, height).lines:
                yield _checked(line)
                assert columns("".join(piece.text for piece in line)) <= width
    yield _checked(view.message)
    yield _checked(view.score)
    for text in (view.name, *stepper.names(), stepper.summary()):
        assert not _bad(text), ascii(text)
        yield text
    for about in ("edit", "save", "stop", "watch", "rename", "mine", "quiz"):
        for text in (stepper.question(about), *([stepper.suggestion(about)] if about not in ("mine", "quiz") else [])):
            assert not _bad(text), ascii(text)
            yield text


def test_no_panel_and_no_dialog_shows_a_hostile_text_as_it_is(net: str) -> None:
    stepper = Stepper.open(net)
    seen = "".join(_screen(stepper))
    stepper.do("step.goto", "grad(W1)")
    for key in PANEL_KEYS:
        stepper.do("panel.focus", key)
        stepper.do("panel.reading")
        seen += "".join(_screen(stepper))
        stepper.do("panel.reading")
    stepper.do("panel.focus", "operation")
    for lens in lens_names():
        for _ in range(9 if lens in ("picture", "run") else 1):
            stepper.do(f"lens.{lens}")
            seen += "".join(_screen(stepper))
    assert "\\x1b[31mred" in seen
    assert "\\u202e" in seen
    assert "loss < 0.1" in seen


def test_every_step_of_an_iteration_is_fit_to_be_shown(net: str) -> None:
    stepper = Stepper.open(net)
    while stepper.session.position.iteration < 2:
        assert list(_screen(stepper))
        stepper.do("frame.into")


@pytest.mark.parametrize(
    "command",
    [
        *("step.goto", "name.find", "iteration.goto", "stop.add", "watch.add", "edit.make", "branch.rename"),
        *("branch.switch", "branch.save", "mine.compare", "quiz.answer", "weight.choose", "run.choose"),
        "picture.choose",
    ],
)
def test_what_is_typed_is_not_said_back_as_it_is(net: str, command: str) -> None:
    stepper = Stepper.open(net)
    stepper.begin_quiz()
    stepper.do("step.next")
    stepper.do("edit.make", "lr = 0.2")
    for text in (*TEXTS, HOSTILE, f"W1[0, 0] = {HOSTILE}", f"W1 # {HOSTILE}", f"{HOSTILE} = 1"):
        if command == "branch.save" and (len(text) > 200 or "/" in text):
            continue
        stepper.do(command, text)
        assert list(_screen(stepper))


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--format", "latex"],
        ["check", "--train"],
        ["trace"],
        ["trace", "--json"],
        ["trace", "--explain", "grad(W1)[0,1]"],
        ["trace", "--explain", "W1[0,1]", "--json"],
        ["trace", "--explain", "x[0,1]"],
        ["trace", "--explain", HOSTILE],
        ["trace", "--explain", f"W1[{HOSTILE}]"],
        ["gradcheck"],
        ["gradcheck", "--against", NAME + ".npz"],
        ["gradcheck", "--against", NAME + ".csv"],
        ["gradcheck", "--against", NAME + ".json"],
        ["gradcheck", "--against", NAME + ".none"],
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[:40],
)
def test_no_command_prints_a_hostile_text_as_it_is(net: str, arguments: list[str]) -> None:
    save_npz(Path(NAME + ".npz"), {"W1": np.zeros((2, 3)), "\x1b[31m\u202e": np.ones(2)})
    Path(NAME + ".json").write_text(f'{{"W1": 1, {ascii(HOSTILE).replace(chr(39), chr(34))}: "{NAME!r}"}}')
    outcome = ran([arguments[0], net, *arguments[1:]])
    assert (outcome.unfit, outcome.crash) == ("", "")
    assert outcome.status in (0, 1, 2)
    assert outcome.out or outcome.err


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:30])
def test_a_refusal_quotes_a_hostile_text_in_what_can_be_seen(tmp_path: Path, text: str) -> None:
    written = quoted(text)
    lines = [
        f"title = {written}\n{written} = 1\nobjective = {written}",
        f"seed = -1\nequations = {quoted('loss = sum(x)' + chr(10) + 'q = ' + text + chr(10) + text + ' = x')}",
        f"[data]\nx = [{written}]\ny = {written}\n{written} = {written}",
        f"[parameters]\n{written} = 1\nW = {written}\nV = {{ {written} = 1, init = {written} }}",
        f"[optimizer]\ntype = {written}\n[training]\nepochs = {written}\n[debug]\nwatch = [{written}]",
        f"breakpoints = [{written}, {{ when = {written} }}]\n[[edits]]\niteration = 1\ncell = {written}\nvalue = 1",
    ]
    path = tmp_path / "net.toml"
    for content in ("\n".join(lines), *lines, text, f"a = {text}", f'a = "{text}"'):
        path.write_text(content, encoding="utf-8", errors="surrogatepass")
        with pytest.raises(NnstepError) as caught:
            load(path)
        assert not any(_bad(str(problem)) for problem in caught.value.problems), ascii(str(caught.value))


@pytest.mark.parametrize("char", "\u034f\u115f\u1160\u180b\u3164\ufe00\uffa0\U000e0100")
def test_a_name_with_what_cannot_be_seen_is_refused(tmp_path: Path, char: str) -> None:
    """Python takes these for letters: two names would look the same."""
    path = tmp_path / "net.toml"
    path.write_text(f'equations = "a = p{char}"\n[parameters]\np = 1\n{quoted("p" + char)} = 2\n', encoding="utf-8")
    with pytest.raises(NnstepError) as caught:
        load(path)
    assert not any(_bad(str(problem)) for problem in caught.value.problems)


def test_a_problem_is_one_line_whatever_is_in_it() -> None:
    for text in TEXTS:
        assert not _bad(str(Problem(text, text, 1, 1, text, text)))
        assert not _bad(clean(text, 40))


def test_settings_are_not_quoted_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    (tmp_path / "nnstep").mkdir()
    for text in TEXTS:
        for content in (f"look = {quoted(text)}", f"{quoted(text)} = 1", text, f"look = {text}"):
            (tmp_path / "nnstep" / "settings.toml").write_text(content, encoding="utf-8", errors="surrogatepass")
            _, problem = read_settings()
            assert problem is None or not _bad(str(problem))


def test_settings_that_are_no_file_are_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    path = tmp_path / "nnstep" / "settings.toml"
    path.parent.mkdir()
    os.mkfifo(path)
    assert read_settings() == (Settings(), None)
    for target in ("/dev/zero", "/dev/null", str(tmp_path), "settings.toml"):
        path.unlink()
        path.symlink_to(target)
        settings, problem = read_settings()
        assert settings == Settings()
        assert (problem is None) == (target == "/dev/null")
    path.unlink()
    path.write_text("a" + ".a" * 4_000 + " = 1\n", encoding="utf-8")
    assert read_settings()[1] is not None


def test_titles_in_the_library_are_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = tuple(one._replace(name=f"{one.name}", title=HOSTILE + "\n[/]") for one in bundled())
    monkeypatch.setattr("nnstep.scenario.bundled", lambda: hostile)
    outcome = ran(["list"])
    assert (outcome.status, outcome.unfit) == (0, "")
    assert len(outcome.out.splitlines()) == len(hostile)


def test_no_text_of_the_interface_is_unfit_itself() -> None:
    for path in (Path(__file__).parent.parent.parent / "nnstep" / "catalogue").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not unfit(node.value), ascii(node.value)
