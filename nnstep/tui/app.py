"""The application: which scenario is open, and what its parts do together; everything else is theirs."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from rich.console import RenderableType
from textual import on
from textual.app import App, SystemCommand
from textual.driver import Driver
from textual.events import Event, InputEvent, Key, Paste
from textual.message import Message
from textual.screen import Screen
from textual.worker import WorkerFailed

from nnstep.catalogue import key_name, say
from nnstep.commands import COMMANDS, SIGNS_OF_COMMANDS
from nnstep.errors import NnstepError, Problem
from nnstep.scenario import bundled
from nnstep.settings import keep, read_settings
from nnstep.text import clean
from nnstep.tui import key_meaning
from nnstep.tui.chosen_look import ChosenLook, themes
from nnstep.tui.commands import command_heading, command_label, sentence
from nnstep.tui.copying import Copying
from nnstep.tui.delivery import Delivery
from nnstep.tui.guard import Guard
from nnstep.tui.input_queue import InputQueue
from nnstep.tui.keyboard import Keyboard, language_of_environment, layout_for
from nnstep.tui.scenarios import Library, Opener, open_stepper
from nnstep.tui.screens.palette import Commands
from nnstep.tui.screens.stepper import StepperScreen
from nnstep.tui.signals import SignalWatch, has_job_control
from nnstep.tui.signs import Signs
from nnstep.tui.terminal import TerminalUser
from nnstep.tui.textual_private import catches_unhandled
from nnstep.view.stepper import Stepper
from nnstep.view.text.ascii_signs import in_ascii

_OFTEN = 10  # how often something may raise in a dialog that is to be closed


@catches_unhandled
class NnstepApp(App[None]):
    """The debugger on a terminal. With no stepper it begins in the scenario library."""

    TITLE = "nnstep"
    CSS_PATH = None
    ENABLE_COMMAND_PALETTE = False  # Textual's own binding; the table has one
    ALLOW_SELECT = False

    def __init__(
        self,
        stepper: Stepper | None = None,
        *,
        opener: Opener = open_stepper,
        library: Library = bundled,
        look: str = "dark",
        keyboard: str = "auto",
        signs: str = "auto",
        notice: str = "",
    ) -> None:
        super().__init__()
        self.opener, self.library = opener, library
        self.leaving = False
        self.guard = Guard(self.report, self.leave)
        self.signs = Signs(signs, self._use_ascii)
        self.chosen_look = ChosenLook(look, self.console.color_system, self.no_color)
        self.keyboard = Keyboard(layout_for(keyboard, language_of_environment()), SIGNS_OF_COMMANDS)
        self.delivery = Delivery(self.post_message, self.at_rest, self._look_at_what_waits, self._catch_up)
        self.copying = Copying(self._soon, self._write, lambda said: self.stepping.say(said.text, said.role))
        self.stepping = StepperScreen(stepper, self.chosen_look.palette, self.keyboard, self.delivery, self.guard)
        if self.signs.ascii:
            self.stepping.use_ascii()
        self._notice = notice  # is said once the screen is there
        self._copied = ""
        self._injured: list[object] = []  # dialogs that something raised in, once each time

    # Start and end.

    def get_driver_class(self) -> type[Driver]:
        """Textual's own choice, with the gaps of the POSIX one closed."""
        if os.environ.get("TEXTUAL_DRIVER") or sys.platform == "win32":
            return super().get_driver_class()
        from nnstep.tui.terminal import TerminalDriver  # of POSIX: Windows has no termios

        return TerminalDriver

    def terminal_user(self) -> TerminalUser:
        """What of this application the terminal has to do with."""
        from nnstep.tui.terminal import TerminalDriver, TerminalUser  # of POSIX: Windows has no termios

        def taken(driver: TerminalDriver) -> None:
            self.guard.terminal = driver

        return TerminalUser(self.delivery, self.signs, lambda: self.leaving, taken, self.not_stopped)

    def get_default_screen(self) -> Screen[Any]:
        """The stepper's screen, with or without a scenario yet."""
        return self.stepping

    async def run_async(self, **options: Any) -> None:
        """Run, with the signals that end a program taken over."""
        self.guard.loop = asyncio.get_running_loop()
        if not options.get("headless"):
            SignalWatch(self.guard.on_signal)
        return await super().run_async(**options)

    async def on_ready(self) -> None:
        """Without a scenario, offer the bundled ones."""
        self._title()
        if not gc.isenabled():  # see nnstep.tui.run
            gc.freeze()  # what is there now stays: later collections need not look at it
            gc.enable()
        self._notify_of_settings()
        if self.stepping.stepper is None:
            await self.action_dialog("library")

    def _notify_of_settings(self) -> None:
        """Say once what was wrong with the settings, where there is a board to say it on."""
        if self._notice and self.stepping.stepper is not None:
            self.report(self._notice)
            self._notice = ""

    def _title(self) -> None:
        stepper = self.stepping.stepper
        name = stepper.view().name if stepper is not None else ""
        self._write(f"\x1b]0;{clean(f'{name} · nnstep' if name else 'nnstep', 80)}\x07")

    def _write(self, sequence: str) -> None:
        if self.guard.terminal is not None:
            self.guard.terminal.write(sequence)

    def _soon(self, call: Callable[[], None]) -> None:
        """Have something called on the event loop's thread, as long as there is one."""
        with suppress(RuntimeError):  # the loop is closed
            if self.guard.loop is not None:
                self.guard.loop.call_soon_threadsafe(self.guard.surviving(call, "copying"))

    def leave(self) -> None:
        """End the program."""
        self.exit()

    action_leave = leave

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End the program."""
        self.leaving = True
        super().exit(result, self.guard.status or return_code, message)

    # What goes wrong.

    @property
    def failures(self) -> list[BaseException]:
        """What has raised so far."""
        return self.guard.failures

    def failed(self, error: Exception, where: str) -> None:
        """What was asked for raised: see `Guard`."""
        self.guard.failed(error, where)

    async def run_action(self, *arguments: Any, **options: Any) -> bool:
        """Carry out an action; when it raises the application lives on."""
        try:
            return await super().run_action(*arguments, **options)
        except Exception as error:
            self.failed(error, f"action {arguments[:1]!r}")
            return True

    def unhandled(self, error: Exception) -> None:
        """What nobody caught: without the dialog it is about, or out of the program."""
        screens = self.screen_stack
        over = screens[-1] if len(screens) > 1 else None
        if isinstance(error, WorkerFailed):  # only the palette has workers, and it may be gone already
            self.failed(error, "worker")
        elif over is not None and self.is_running and not self.leaving and self._injured.count(over) < _OFTEN:
            if over not in self._injured:
                self.call_later(self._close, over)
            self._injured.append(over)
            self.failed(error, f"dialog {type(over).__name__}")
        else:
            self.guard.leave_after(error)

    def _close(self, over: Screen[Any]) -> None:
        """Take a dialog away, with whatever was opened over it since."""
        while len(self.screen_stack) > 1 and over in self.screen_stack:
            self.pop_screen()

    def report(self, line: str) -> None:
        """One line to the person, on the stepper's last line."""
        self.stepping.say(line, "error")

    def notify(self, message: str, **options: Any) -> None:
        """Textual's notifications go to the same line: nothing may lie over the board."""
        self.stepping.say(str(message))

    # Keys and what is pasted.

    async def on_event(self, event: Event) -> None:
        """Take an event; a key of another script as the one of a US keyboard, but where text is typed."""
        if self.leaving and isinstance(event, InputEvent):  # not worth its time any more
            return
        if isinstance(event, Paste):  # what is unfit for a terminal is no more so when it comes from a clipboard
            kept = r"[^\t\r\n]+" if getattr(self.screen_stack[-1], "TABS", False) else r"[^\r\n]+"
            event.text = re.sub(kept, lambda match: clean(match[0], len(match[0]) + 1), event.text)
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            return
        for key in key_meaning.meant_keys(event, self.keyboard, as_text=self._takes_text(event)):
            await super().on_event(key)
            if self._takes_text(key):  # a syllable's first key has opened a dialog: the others are no text for it
                return

    def _takes_text(self, key: Key) -> bool:
        focused = self.focused
        return focused is not None and focused.check_consume_key(key.key, key.character)

    def at_rest(self) -> bool:
        """Whether no message waits to be handled by anything that takes keys."""
        screens = self.screen_stack
        focused = screens[-1].focused if screens else None
        pumps = [self, *screens, *(focused.ancestors_with_self if focused is not None else ())]
        return not any(pump.message_queue_size for pump in pumps)

    def _look_at_what_waits(self, queue: InputQueue) -> bool:
        """Forget what nobody will see before the program is left; answer Ctrl+C now, and again when its turn comes."""
        queue.drop_before(self.quits, self.is_idle)
        if not queue.interrupted or len(queue) < 2 or not self.stepping.is_active or self.stepping.board.selected:
            return False
        self.action_help_quit()
        return True

    def quits(self, message: Message) -> bool:
        """Whether a message is a key that leaves the program."""
        return key_meaning.quits(message, self.keyboard)

    def is_idle(self, message: Message) -> bool:
        """Whether a message changes nothing that anyone asks for once the program is left."""
        board = self.stepping.board
        if self.leaving or not self.stepping.is_active or (isinstance(message, Key) and board.quizzing):
            return False
        if isinstance(message, Key) and message.key == "ctrl+c":
            return not board.selected  # which would be copied
        return key_meaning.is_idle(message, self.keyboard)

    def _catch_up(self) -> None:
        if self.stepping.behind:
            self.stepping.call_later(self.stepping.catch_up)

    # Copying.

    @property
    def clipboard(self) -> str:
        """What was copied here last, which inputs paste with Ctrl+V."""
        return self._copied

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by the best way there is; what came of it is said."""
        self._copied = text
        if not self.is_headless:
            self.copying.copy(text)

    # The terminal.

    @on(Driver.SignalResume)
    def _repaint_everything(self) -> None:
        """After a stop."""
        self.screen.refresh(layout=True)
        self._title()

    def action_stop_for_shell(self) -> None:
        """Stop, with all that was started as one command, so that the shell takes the terminal; it can continue us."""
        if self.guard.terminal is None or not has_job_control():
            self.not_stopped()
        else:
            os.kill(0, signal.SIGTSTP)  # as the terminal does: a wrapper that only waits for us is to stop too

    def not_stopped(self) -> None:
        """Nobody would be there to continue the program."""
        self.stepping.say(say("message.no-shell"))

    def _use_ascii(self) -> None:
        """The terminal gives signs of ambiguous width more than one column."""
        self.stepping.use_ascii()
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    # Colours, dialogs, scenarios.

    def _dress_dialogs(self) -> None:
        """Textual's theme for the dialogs. Not at the start: the board needs none, and a theme costs milliseconds."""
        theme = self.chosen_look.palette.look.theme
        if theme not in self.available_themes:
            for one in themes():
                self.register_theme(one)
        self.theme = theme

    def action_next_look(self) -> None:
        """Other colours. Without any there is only one look."""
        if self.chosen_look.only_one:
            self.stepping.say(say("message.no-color"))
            return
        self.chosen_look.go_on()
        self._dress_dialogs()
        self.stepping.board.dress(self.chosen_look.palette)
        self.stepping.say(say("message.colours", look=say(f"look.{self.chosen_look.name}")), "good")

    def action_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, Commands):
            self._dress_dialogs()
            self.push_screen(Commands())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every command of the table, for the palette."""
        for command in COMMANDS:
            if command.id != "app.palette":
                keys = f"  ({', '.join(map(key_name, command.keys))})" if command.keys else ""
                yield SystemCommand(
                    f"{command_heading(command)}: {command_label(command)}",
                    f"{sentence(command)}{keys}".replace("[", "\\["),
                    lambda name=command.id: self.call_later(self.stepping.action_perform, name),
                )

    async def action_dialog(self, name: str) -> None:
        """Open a dialog; waited for, it has the keys."""
        from nnstep.tui.screens.dialogs import ALWAYS, Dialogs  # their widgets of Textual take 7 ms to import

        if name in ALWAYS or self.stepping.stepper is not None:
            self._dress_dialogs()
            await self.push_screen(Dialogs(self.stepping, self.library, self.open_scenario, self.leave).make(name))

    async def action_reload(self) -> None:
        """Read the file of the scenario again, or say what is wrong with it."""
        from nnstep.tui.screens.problems import Problems  # as for the other dialogs

        try:
            self.stepping.reload()
        except NnstepError as error:
            self._dress_dialogs()
            await self.push_screen(Problems(error.problems))

    def open_scenario(self, path: str) -> tuple[Problem, ...]:
        """Open another scenario; what is wrong with it, and then the one that was open still is."""
        try:
            stepper = self.opener(path)
        except NnstepError as error:
            return error.problems
        self.stepping.replace(stepper)
        self._title()
        self._notify_of_settings()
        return ()

    def action_help_quit(self) -> None:
        """Ctrl+C, which Textual takes for copying."""
        self.stepping.say(say("message.quits"))


def start(path: str | None, quiz: bool = False, results: str | None = None, memory: int | None = None) -> int:
    """Run the application on the terminal; the exit status. Raises `NnstepError` before anything is drawn."""
    settings, wrong = read_settings()
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
    if app.guard.last_line:
        sys.stderr.write(f"{app.guard.last_line}\n")
    last = app.stepping.stepper
    look = app.chosen_look.to_be_kept
    keep(settings, settings._replace(look=look, digits=last.digits if last is not None else settings.digits))
    if last is not None and (summary := last.summary()):
        sys.stdout.write(f"{in_ascii(summary) if app.signs.ascii else summary}\n")
    return app.return_code or 0
