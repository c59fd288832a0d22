"""Dialogs by name, each imported when it is first opened, so that starting the program does not wait for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from nnstep.catalogue import say, say_count
from nnstep.errors import Problem
from nnstep.text import clean
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.stepping import Library

__all__ = ["Host", "dialog"]


class Host(Protocol):
    """What dialogs can ask for."""

    library: Library

    def open_scenario(self, path: str) -> tuple[Problem, ...]:
        """Open a scenario; what is wrong with it."""
        ...

    def names(self, typed: str) -> list[str]:
        """Names that can be found in the open scenario."""
        ...

    def drive(self, command: str, argument: object = None) -> None:
        """Carry out a command of the session."""
        ...

    def question(self, about: str) -> str:
        """What a dialog asks."""
        ...

    def suggestion(self, about: str) -> str:
        """What a dialog begins with."""
        ...

    def submit(self, command: str, argument: object) -> str:
        """Carry out a command with what was typed; what is wrong with it, or ""."""
        ...

    def copied(self) -> tuple[str, str]:
        """What is to be copied: the key of its panel, and the text."""
        ...

    def scenario_name(self) -> str:
        """What the open scenario is called."""
        ...

    def report_good(self, line: str) -> None:
        """Say that something was done."""
        ...

    def has_scenario(self) -> bool:
        """Whether one is open, so that there is something to go back to."""
        ...

    def leave(self) -> None:
        """End the program."""
        ...


def _goto(host: Host) -> Dialog:
    from nnstep.tui.screens.goto import Goto

    return Goto(lambda text: host.drive("step.goto", text))


def _find(host: Host) -> Dialog:
    from nnstep.tui.screens.find import Find

    return Find(host.names, lambda name: host.drive("name.find", name))


def _open(host: Host) -> Dialog:
    from nnstep.tui.screens.open import OpenFile

    return OpenFile(host.open_scenario)


def _library(host: Host) -> Dialog:
    from nnstep.tui.screens.library import LibraryScreen

    return LibraryScreen(host.library(), host.open_scenario, None if host.has_scenario() else host.leave)


def _help(host: Host) -> Dialog:
    from nnstep.tui.screens.help import Help

    return Help()


def _paste(host: Host) -> Dialog:
    from nnstep.tui.screens.paste import Paste

    return Paste(host.question("mine"), lambda text: host.submit("mine.compare", text))


def _answer(host: Host) -> Dialog:
    from nnstep.tui.screens.answer import Answer

    return Answer(host.question("quiz"), lambda text: host.submit("quiz.answer", text))


def _asking(about: str, command: str) -> Callable[[Host], Dialog]:
    """One line that a command takes."""

    def make(host: Host) -> Dialog:
        from nnstep.tui.screens.ask import Ask, Line

        lines = [Line(host.question(about), host.suggestion(about))]
        return Ask(about, lines, lambda texts: host.submit(command, texts[0]))

    return make


def _stop(host: Host) -> Dialog:
    from nnstep.tui.screens.ask import Ask, Line

    def submit(texts: list[str]) -> str:
        hits = texts[1] or "1"
        if not (hits.isdecimal() and hits.isascii() and len(hits) < 10):
            return say("stop.hits")
        return host.submit("stop.add", (texts[0], int(hits)))

    return Ask("stop", [Line(host.question("stop")), Line(say("dialog.stop.hits"), "1")], submit)


def _save(host: Host) -> Dialog:
    """Where a file is there already, it is replaced only when Enter is pressed once more on the same name."""
    from nnstep.tui.screens.ask import Ask, Line

    asked: list[str] = []

    def submit(texts: list[str]) -> str:
        wrong = host.submit("branch.save", (texts[0], texts[0] in asked))
        if wrong and texts[0] not in asked and say("branch.file-exists") in wrong:
            asked[:] = texts
            return f"{wrong}. {say('dialog.save.again')}"
        return wrong

    return Ask("save", [Line(host.question("save"), host.suggestion("save"))], submit)


def _copy(host: Host) -> Dialog:
    from nnstep.tui.copy_file import CopyFile, suggested_name
    from nnstep.tui.screens.ask import Ask, Line

    panel, text = host.copied()
    lines = say_count("copy.lines", text.rstrip("\n").count("\n") + 1)
    file = CopyFile(text)

    def submit(texts: list[str]) -> str:
        wrong = file.write(texts[0])
        if not wrong:
            host.report_good(f"{say('copy.written', lines=lines)} {clean(texts[0], 200)}")
        return wrong

    name = suggested_name(host.scenario_name(), panel, Path.cwd())
    return Ask("copy", [Line(say("dialog.copy.question", lines=lines), name)], submit)


_MAKERS: dict[str, Callable[[Host], Dialog]] = {
    "goto": _goto,
    "find": _find,
    "open": _open,
    "library": _library,
    "help": _help,
    "paste": _paste,
    "answer": _answer,
    "stop": _stop,
    "watch": _asking("watch", "watch.add"),
    "edit": _asking("edit", "edit.make"),
    "rename": _asking("rename", "branch.rename"),
    "save": _save,
    "copy": _copy,
}


def dialog(name: str, host: Host, problems: tuple[Problem, ...] = ()) -> Dialog:
    """A new dialog: one of those above, or problems."""
    if name == "problems":
        from nnstep.tui.screens.problems import Problems

        return Problems(problems)
    return _MAKERS[name](host)
