"""Dialogs by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnstep.catalogue import say, say_count
from nnstep.errors import Problem
from nnstep.text import clean
from nnstep.tui.copy_file import CopyFile, suggested_name
from nnstep.tui.scenarios import Library
from nnstep.tui.screens.answer import Answer
from nnstep.tui.screens.ask import Ask, AskedLine
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.screens.find import Find
from nnstep.tui.screens.goto import Goto
from nnstep.tui.screens.help import Help
from nnstep.tui.screens.library import LibraryScreen
from nnstep.tui.screens.open import OpenFile
from nnstep.tui.screens.paste import Paste
from nnstep.tui.screens.stepper import StepperScreen

ALWAYS = ("open", "library", "help")
"""The dialogs that need no open scenario."""


class Dialogs:
    """Makes the dialogs of the stepper's screen. `opener` opens a scenario and says what is wrong with it."""

    def __init__(
        self,
        screen: StepperScreen,
        library: Library,
        opener: Callable[[str], tuple[Problem, ...]],
        leave: Callable[[], None],
    ) -> None:
        self._screen, self._library, self._opener, self._leave = screen, library, opener, leave
        self._makers: dict[str, Callable[[], Dialog]] = {
            "goto": self._goto,
            "find": self._find,
            "open": self._open,
            "library": self._choose,
            "help": self._help,
            "paste": self._paste,
            "answer": self._answer,
            "stop": self._stop,
            "watch": lambda: self._asking("watch", "watch.add"),
            "edit": lambda: self._asking("edit", "edit.make"),
            "rename": lambda: self._asking("rename", "branch.rename"),
            "save": self._save,
            "copy": self._copy,
        }

    def make(self, name: str) -> Dialog:
        """A new dialog."""
        return self._makers[name]()

    def _goto(self) -> Dialog:
        return Goto(lambda text: self._screen.drive("step.goto", text))

    def _find(self) -> Dialog:
        return Find(self._screen.names, lambda name: self._screen.drive("name.find", name))

    def _open(self) -> Dialog:
        return OpenFile(self._opener)

    def _choose(self) -> Dialog:
        return LibraryScreen(self._library(), self._opener, None if self._screen.stepper is not None else self._leave)

    def _help(self) -> Dialog:
        return Help()

    def _paste(self) -> Dialog:
        return Paste(self._screen.question("mine"), lambda text: self._screen.submit("mine.compare", text))

    def _answer(self) -> Dialog:
        return Answer(self._screen.question("quiz"), lambda text: self._screen.submit("quiz.answer", text))

    def _asking(self, about: str, command: str) -> Dialog:
        """One line that a command takes."""
        lines = [AskedLine(self._screen.question(about), self._screen.suggestion(about))]
        return Ask(about, lines, lambda texts: self._screen.submit(command, texts[0]))

    def _stop(self) -> Dialog:
        def submit(texts: list[str]) -> str:
            hits = texts[1] or "1"
            if not (hits.isdecimal() and hits.isascii() and len(hits) < 10):
                return say("stop.hits")
            return self._screen.submit("stop.add", (texts[0], int(hits)))

        return Ask("stop", [AskedLine(self._screen.question("stop")), AskedLine(say("dialog.stop.hits"), "1")], submit)

    def _save(self) -> Dialog:
        """Where a file is there already, it is replaced only when Enter is pressed once more on the same name."""
        asked: list[str] = []

        def submit(texts: list[str]) -> str:
            wrong = self._screen.submit("branch.save", (texts[0], texts[0] in asked))
            if wrong and texts[0] not in asked and say("branch.file-exists") in wrong:
                asked[:] = texts
                return f"{wrong}. {say('dialog.save.again')}"
            return wrong

        return Ask("save", [AskedLine(self._screen.question("save"), self._screen.suggestion("save"))], submit)

    def _copy(self) -> Dialog:
        panel, text = self._screen.copied()
        lines = say_count("copy.lines", text.rstrip("\n").count("\n") + 1)
        file = CopyFile(text)

        def submit(texts: list[str]) -> str:
            wrong = file.write(texts[0])
            if not wrong:
                self._screen.say(f"{say('copy.written', lines=lines)} {clean(texts[0], 200)}", "good")
            return wrong

        stepper = self._screen.stepper
        name = suggested_name(stepper.path if stepper is not None else "", panel, Path.cwd())
        return Ask("copy", [AskedLine(say("dialog.copy.question", lines=lines), name)], submit)
