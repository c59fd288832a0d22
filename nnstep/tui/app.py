"""The application: which scenario is open, which colours, which dialog; everything else is the screens'."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual.app import SystemCommand
from textual.events import Event, Key
from textual.message import Message
from textual.screen import Screen
from textual.theme import Theme

from nnstep.catalogue import say
from nnstep.errors import NnstepError, Problem
from nnstep.settings import keep, read
from nnstep.text import clean
from nnstep.tui import key_meaning
from nnstep.tui.commands import COMMANDS, SIGNS_OF_COMMANDS, key_name
from nnstep.tui.copying import Copying
from nnstep.tui.delivery import Delivery
from nnstep.tui.guard import GuardedApp
from nnstep.tui.keyboard import Keyboard, language_of_environment, layout_for
from nnstep.tui.robust import has_job_control
from nnstep.tui.screens.stepper import StepperScreen
from nnstep.tui.stepping import Library, Opener, Stepping, bundled_scenarios, open_stepper
from nnstep.tui.theme import LOOKS, Look, Palette
from nnstep.view.text.ascii_signs import in_ascii, needs_ascii

__all__ = ["NnstepApp", "start"]

_CYCLE = ("dark", "light", "ansi")


def _theme(look: Look, dark: bool) -> Theme:
    """Textual's idea of a look, for the dialogs."""
    base = look.base.split(" on ")
    if dark:
        return Theme(
            look.theme, "#1f5c8f", accent="#ffa62b", warning="#ffc04d", error="#ff8a80", success="#58d391",
            foreground=base[0], background=base[1], surface="#1a1d25", panel="#1a2634", dark=True,
            variables={"text-disabled": "#8d96a3"},  # of what could be typed, in an empty line
        )  # fmt: skip
    return Theme(
        look.theme, "#245f94", accent="#8f4100", warning="#7d4f00", error="#b3261e", success="#0a6b3b",
        foreground=base[0], background=base[1], surface="#ffffff", panel="#e6eef6", dark=False,
        variables={"text-disabled": "#555e6a"},
    )  # fmt: skip


class NnstepApp(GuardedApp):
    """The debugger on a terminal. With no stepper it begins in the scenario library."""

    TITLE = "nnstep"
    CSS_PATH = None
    ENABLE_COMMAND_PALETTE = False  # Textual's own binding; the table has one
    ALLOW_SELECT = False

    def __init__(
        self,
        stepper: Stepping | None = None,
        *,
        opener: Opener = open_stepper,
        library: Library = bundled_scenarios,
        look: str = "dark",
        keyboard: str = "auto",
        signs: str = "auto",
        notice: str = "",
    ) -> None:
        super().__init__()
        encoding = getattr(sys.__stderr__, "encoding", None)  # of the stream that Textual writes to
        self.ascii = signs == "ascii" or (signs == "auto" and needs_ascii(encoding, os.environ))
        self.measures = signs == "auto" and not self.ascii
        self.keyboard = Keyboard(layout_for(keyboard, language_of_environment()), SIGNS_OF_COMMANDS)
        self.opener, self.library = opener, library
        if stepper is not None and self.ascii:
            stepper.use_ascii()
        self.use_command_palette = True
        self._look, self._notice = look, notice  # the notice is said once the screen is there
        self._palette = self._dressed("mono" if self.no_color else look)
        self._first = self._palette.look.name
        self.stepping = StepperScreen(stepper, self._palette, self)
        if self.ascii:
            self.stepping.board.use_ascii()
        self.delivery = Delivery(self)
        self._copied = ""
        self._copying = Copying(self._later, self._write_now, lambda said: self.stepping.say(said.text, said.role))

    def _dressed(self, look: str) -> Palette:
        """A look for this terminal; "auto" is the terminal's own where there are sixteen colours or fewer.

        Of colours of our own, those would leave neither the band nor the tints nor what is dim.
        """
        system = COLOR_SYSTEMS.get(self.console.color_system or "", ColorSystem.TRUECOLOR)
        if look == "auto":
            few = self.console.color_system in (None, "standard", "windows")
            look = "ansi" if few else "dark"
        return Palette(LOOKS[look], system)

    def _dress_dialogs(self) -> None:
        """Textual's theme for the dialogs. Not at the start: the board needs none, and a theme costs milliseconds."""
        theme = self._palette.look.theme
        if theme not in self.available_themes:
            self.register_theme(_theme(LOOKS["dark"], True))
            self.register_theme(_theme(LOOKS["light"], False))
        self.theme = theme

    def get_default_screen(self) -> Screen[Any]:
        """The stepper's screen, with or without a scenario yet."""
        return self.stepping

    async def on_ready(self) -> None:
        """Without a scenario, offer the bundled ones."""
        self._title()
        if not gc.isenabled():  # see nnstep.tui.run
            gc.freeze()  # what is there now stays: later collections need not look at it
            gc.enable()
        self._notify_of_settings()
        if not self.has_scenario() and (opened := self.dialog("library")) is not None:
            await opened

    def _notify_of_settings(self) -> None:
        """Say once what was wrong with the settings, where there is a board to say it on."""
        if self._notice and self.has_scenario():
            self.report(self._notice)
            self._notice = ""

    def _title(self) -> None:
        driver, stepper = self._driver, self.stepping.stepper
        if driver is not None and not self.is_headless:
            name = stepper.view().name if stepper is not None else ""
            driver.write(f"\x1b]0;{clean(f'{name} · nnstep' if name else 'nnstep', 80)}\x07")

    def measured(self, columns: int) -> None:
        """How many columns the terminal gives two signs of ambiguous width; where it is more, it gets none of them."""
        if self.measures and columns > 2 and not self.ascii:
            self.ascii = True
            self.stepping.board.use_ascii()
            if self.stepping.stepper is not None:
                self.stepping.stepper.use_ascii()
            self.stepping.repaint()
            for screen in self.screen_stack:
                screen.refresh(layout=True)

    def taken_again(self) -> None:
        """After a stop, the terminal's title."""
        self._title()

    @property
    def look(self) -> str:
        """The look that was chosen; the setting from the start where that is what is there (also after a round)."""
        name = self._palette.look.name
        return self._look if self.no_color or name == self._first else name

    # What the delivery of the terminal's input asks for: see `Receiver`.

    def at_rest(self) -> bool:
        """Whether nothing waits to be handled, as far as can be seen."""
        screens = self.screen_stack
        focused = screens[-1].focused if screens else None
        pumps = [self, *screens, *(focused.ancestors_with_self if focused is not None else ())]
        return not any(pump.message_queue_size for pump in pumps)

    def is_idle(self, message: Message) -> bool:
        """Whether a message changes nothing that anyone asks for once the program is left."""
        board = self.stepping.board
        if self.leaving or not self.stepping.is_active or (isinstance(message, Key) and board.quizzing):
            return False
        if isinstance(message, Key) and message.key == "ctrl+c":
            return not board.selected  # which would be copied
        return key_meaning.is_idle(message, self.keyboard)

    def quits(self, message: Message) -> bool:
        """Whether a message is a key that leaves the program."""
        return key_meaning.quits(message, self.keyboard)

    def say_what_quits(self) -> None:
        """The answer to Ctrl+C, where it is the stepper's."""
        if self.stepping.is_active and not self.stepping.board.selected:
            self.action_help_quit()

    def catch_up(self) -> None:
        """Show what the keys that were carried out have led to."""
        if self.stepping.behind:
            self.stepping.call_later(self.stepping.catch_up)

    @property
    def hurried(self) -> bool:
        """Whether more keys wait."""
        return self.delivery.hurried

    async def on_event(self, event: Event) -> None:
        """Take an event; a key of another script as the one of a US keyboard, but where text is typed."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            return
        for key in key_meaning.meant(event, self.keyboard, as_text=self._takes_text(event)):
            await super().on_event(key)
            if self._takes_text(key):  # a syllable's first key has opened a dialog: the others are no text for it
                return

    def _takes_text(self, key: Key) -> bool:
        focused = self.focused
        return focused is not None and focused.check_consume_key(key.key, key.character)

    # Copying.

    @property
    def clipboard(self) -> str:
        """What was copied here last, which inputs paste with Ctrl+V."""
        return self._copied

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by the best way there is; what came of it is said."""
        self._copied = text
        if self._driver is not None and not self.is_headless:
            self._copying.copy(text)

    def _later(self, call: Callable[[], None]) -> None:
        """Have something called on the event loop's thread, as long as there is one."""
        with suppress(RuntimeError):  # the loop is closed
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self.stepping.surviving(call))

    def _write_now(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    # What the screens and the dialogs ask for.

    def leave(self) -> None:
        """End the program."""
        self.exit()

    def stop_for_shell(self) -> None:
        """Stop, with all that was started as one command, so that the shell takes the terminal; it can continue us."""
        if self._driver is None or not self._driver.can_suspend or not has_job_control():
            self.not_stopped()
        else:
            os.kill(0, signal.SIGTSTP)  # as the terminal does: a wrapper that only waits for us is to stop too

    action_stop_for_shell = stop_for_shell  # what dialogs bind

    def not_stopped(self) -> None:
        """Nobody would be there to continue the program."""
        self.stepping.say(say("message.no-shell"))

    def palette(self) -> None:
        """Open the command palette."""
        from nnstep.tui.screens.palette import Commands

        if not isinstance(self.screen, Commands):
            self._dress_dialogs()
            self.push_screen(Commands())

    def next_look(self) -> None:
        """Dark, light, the terminal's own, and round again. Without colours there is only one look."""
        if self.no_color:
            self.stepping.say(say("message.no-color"))
            return
        name = self._palette.look.name
        self._palette = self._dressed(_CYCLE[(_CYCLE.index(name) + 1) % len(_CYCLE)])
        self._dress_dialogs()
        self.stepping.board.dress(self._palette)
        self.stepping.say(say("message.colours", look=say(f"look.{self._palette.look.name}")), "good")

    def dialog(self, name: str, problems: tuple[Problem, ...] = ()) -> Awaitable[Any] | None:
        """Open a dialog; waited for, it has the keys."""
        if name not in ("open", "library", "help", "problems") and not self.has_scenario():
            return None
        from nnstep.tui.screens.dialogs import dialog

        self._dress_dialogs()
        return self.push_screen(dialog(name, self, problems))

    def names(self, typed: str) -> list[str]:
        """Names that can be found in the open scenario, those that go with what was typed."""
        return self.stepping.stepper.names(typed) if self.stepping.stepper is not None else []

    def drive(self, command: str, argument: object = None) -> None:
        """Carry out a command of the session."""
        self.stepping.drive(command, argument)

    def question(self, about: str) -> str:
        """What a dialog asks."""
        return self.stepping.stepper.question(about) if self.stepping.stepper is not None else ""

    def suggestion(self, about: str) -> str:
        """What a dialog begins with."""
        return self.stepping.stepper.suggestion(about) if self.stepping.stepper is not None else ""

    def copied(self) -> tuple[str, str]:
        """What is to be copied: the key of the focused panel, and what is selected or the panel's text."""
        board = self.stepping.board
        return board.focused, board.copied(board.focused)

    def scenario_name(self) -> str:
        """The file or bundled name of the open scenario."""
        return self.stepping.stepper.path if self.stepping.stepper is not None else ""

    def report_good(self, line: str) -> None:
        """Say that something was done."""
        self.stepping.say(line, "good")

    def submit(self, command: str, argument: object) -> str:
        """Carry out a command with what was typed; what is wrong with it, or ""."""
        return self.stepping.submit(command, argument)

    def has_scenario(self) -> bool:
        """Whether one is open."""
        return self.stepping.stepper is not None

    def open_scenario(self, path: str) -> tuple[Problem, ...]:
        """Open another scenario; what is wrong with it, and then the one that was open still is."""
        try:
            stepper = self.opener(path)
        except NnstepError as error:
            return error.problems
        if self.ascii:
            stepper.use_ascii()
        if self.stepping.stepper is not None:
            stepper.digits = self.stepping.stepper.digits
            self.stepping.stepper.close()
        self.stepping.open(stepper)
        self._title()
        self._notify_of_settings()
        return ()

    def report(self, line: str) -> None:
        """One line to the person, on the stepper's last line."""
        self.stepping.say(line, "error")

    def notify(self, message: str, **options: Any) -> None:
        """Textual's notifications go to the same line: nothing may lie over the board."""
        self.stepping.say(str(message))

    def action_help_quit(self) -> None:
        """Ctrl+C, which Textual takes for copying."""
        self.stepping.say(say("message.quits"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every command of the table, for the palette."""
        for command in COMMANDS:
            if command.id != "app.palette":
                keys = f"  ({', '.join(map(key_name, command.keys))})" if command.keys else ""
                yield SystemCommand(
                    f"{command.heading}: {command.label}",
                    f"{command.help}{keys}".replace("[", "\\["),
                    lambda name=command.id: self.call_later(self.stepping.perform, name),
                )


def start(path: str | None, quiz: bool = False, results: str | None = None, memory: int | None = None) -> int:
    """Run the application on the terminal; the exit status. Raises `NnstepError` before anything is drawn."""
    settings, wrong = read()
    opener = partial(open_stepper, memory=memory or settings.memory, digits=settings.digits)
    stepper = opener(path, quiz=quiz, results=results) if path is not None else None
    app = NnstepApp(
        stepper,
        opener=opener,
        look=settings.look,
        keyboard=settings.keyboard,
        signs=settings.signs,
        notice="" if wrong is None else str(wrong),
    )
    app.run()
    last = app.stepping.stepper
    keep(settings, settings._replace(look=app.look, digits=last.digits if last is not None else settings.digits))
    if last is not None and (summary := last.summary()):
        sys.stdout.write(f"{in_ascii(summary) if app.ascii else summary}\n")
    return app.return_code or 0
