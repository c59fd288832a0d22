"""The stepper's screen, a switchboard: keys and clicks become commands, commands view states, the board paints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from nnstep.catalogue import say, say_count
from nnstep.commands import COMMANDS, PANEL_KEYS
from nnstep.text import clean
from nnstep.tui.commands import command_label
from nnstep.tui.delivery import Delivery
from nnstep.tui.guard import Guard
from nnstep.tui.keyboard import Keyboard
from nnstep.tui.textual_private import survives
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.board import Board
from nnstep.view.state import PASSING, ViewState
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Piece, line_text

_LOOK = 1.0  # seconds between two looks at whether the file was changed
_PAUSE = 0.005  # seconds between two slices of a run or a check, in which keys are read
_COPYING = ("panel.copy", "panel.copy-to-file", "app.palette")  # commands that leave what is selected as it is
_FOLLOWING = ("program", "operation", "chain")  # panels that show the step itself: stepping ends their scrolling


_FOCUSING = ("panel.next", "panel.previous", *(f"panel.{key}" for key in PANEL_KEYS))  # commands that move the focus
AT_ONCE = frozenset(
    {*_FOCUSING, "panel.zoom", "scroll.up", "scroll.down", "scroll.page-up", "scroll.page-down"}
    | {"scroll.left", "scroll.right", "scroll.follow"}
)
"""Commands of the screen itself that open nothing and do nothing to a session."""
_DIALOGS = {
    "panel.copy-to-file": "copy",
    "mine.open": "paste",
    "stop.add": "stop",
    "watch.add": "watch",
    "edit.make": "edit",
    "branch.rename": "rename",
    "branch.save": "save",
    "step.goto": "goto",
    "name.find": "find",
    "file.open": "open",
    "file.library": "library",
    "app.help": "help",
}  # commands that open a dialog, and its name
_OF_APP = {
    **{command: f"app.dialog('{name}')" for command, name in _DIALOGS.items()},
    "file.reload": "app.reload",
    "app.theme": "app.next_look",
    "app.palette": "app.palette",
    "app.suspend": "app.stop_for_shell",
    "app.quit": "app.leave",
}  # commands that the application carries out, by actions of its own
_ANSWER = "app.dialog('answer')"
OPENING = frozenset({*_DIALOGS, "quiz.answer", "cell.follow"})
"""Commands after which a dialog may have the keys."""


def _focused_after(command: str, focused: str) -> str:
    """The panel that has the focus after one of the commands that move it."""
    at = PANEL_KEYS.index(focused)
    if command == "panel.next":
        return PANEL_KEYS[(at + 1) % len(PANEL_KEYS)]
    if command == "panel.previous":
        return PANEL_KEYS[at - 1]
    return command.removeprefix("panel.")


def _bindings() -> list[BindingType]:
    """One binding a command, before any of Textual's own (Tab would move Textual's focus otherwise)."""
    return [
        Binding(
            ",".join(command.keys), f"perform('{command.id}')", command_label(command), priority=True, id=command.id
        )
        for command in COMMANDS
        if command.keys
    ]


@survives
class StepperScreen(Screen[None]):
    """The board and what its commands do. `stepper` is None until a scenario is chosen."""

    AUTO_FOCUS = ""
    BINDINGS = _bindings()

    def __init__(
        self, stepper: Stepper | None, palette: Palette, keyboard: Keyboard, delivery: Delivery, guard: Guard
    ) -> None:
        super().__init__()
        self.stepper = stepper
        self.board = Board(palette)
        self.behind = False  # whether commands were carried out that nothing is shown of yet
        self._keyboard, self._delivery, self._guard = keyboard, delivery, guard
        self._ascii = False
        self._shown: ViewState | None = None
        self._unknown: set[str] = set()  # characters that it was said of that they have no command
        self._going: Timer | None = None  # what lets the run or the check that is under way go on
        self._own: dict[str, Callable[[], None]] = {
            **{command: partial(self._turn, command) for command in _FOCUSING},
            "panel.zoom": self._zoom,
            "panel.copy": self._copy,
            "scroll.up": partial(self._scroll, -1, 0),
            "scroll.down": partial(self._scroll, 1, 0),
            "scroll.page-up": partial(self._page, -1),
            "scroll.page-down": partial(self._page, 1),
            "scroll.left": partial(self._scroll, 0, -4),
            "scroll.right": partial(self._scroll, 0, 4),
            "scroll.follow": self._follow,
        }

    def compose(self) -> ComposeResult:
        """The board alone."""
        yield self.board

    def use_ascii(self) -> None:
        """From now on write with the signs that every terminal has."""
        self._ascii = True
        self.board.use_ascii()
        if self.stepper is not None:
            self.stepper.use_ascii()
        self.repaint()

    def replace(self, stepper: Stepper) -> None:
        """Step through another scenario from now on, with the digits of the one before."""
        if self._ascii:
            stepper.use_ascii()
        if self.stepper is not None:
            stepper.digits = self.stepper.digits
            self.stepper.close()
        self._begin(stepper)

    def _begin(self, stepper: Stepper) -> None:
        state = stepper.do("panel.focus", self.board.focused)
        self.stepper = stepper
        self.board.follow(*PANEL_KEYS)
        self._paint(state)

    def reload(self) -> None:
        """Read the scenario's file again. Raises NnstepError, and then the session is the one before."""
        if self.stepper is not None:
            state = self.stepper.reload()
            self.board.follow(*PANEL_KEYS)
            self._show(state)

    def on_mount(self) -> None:
        """Show the first view state, and look after the file from time to time."""
        if self.stepper is not None:
            try:
                self._begin(self.stepper)
            except Exception as error:  # with nothing to go back to, and no line to say it on
                self._guard.leave_after(error)
        self.set_interval(_LOOK, self._guard.surviving(self._look_at_file, "looking at the file"))

    def _look_at_file(self) -> None:
        if self.stepper is not None and not self.board.running and self.stepper.changed_on_disk():
            self.say(say("message.changed-on-disk"))

    def say(self, text: str, role: str = "warning") -> None:
        """One line to the person, in place of the keys until the next command."""
        self.catch_up()
        self.board.say((Piece(clean(text, 300), role),))

    def on_key(self, event: events.Key) -> None:
        """A key that is bound to nothing: it stops a run all the same, and does nothing else then, as Ctrl+C would."""
        if self.board.running:
            event.stop()
            self.drive("run.stop")
        elif event.character is not None and event.is_printable:
            self._say_unknown(event.character)

    def _say_unknown(self, character: str) -> None:
        """That a key has no command, once for each: a layout of another script, or a letter that is not used."""
        if character in self._unknown:
            return
        self._unknown.add(character)
        meant = self._keyboard.keys(character)
        if character.isascii():
            self.say(say("message.no-command", typed=character))
        elif meant:
            self.say(say("message.no-command-there", typed=character, meant=meant))
        else:
            self.say(say("message.no-such-key", typed=character))

    async def action_perform(self, command: str) -> None:
        """What every key of the table is bound to; what it opens is there when this is done."""
        if self._delivery.hurried and self._skip(command):
            return
        if action := self.perform(command):
            await self.run_action(action)

    def _skip(self, command: str) -> bool:
        """Carry out a command without showing what it leads to, since another one waits; False where it cannot be."""
        if self.stepper is None or self.board.running:
            return False
        if command in _FOCUSING:
            self.board.focused = key = _focused_after(command, self.board.focused)
            self.stepper.skip("panel.focus", key)
        elif command in PASSING:
            self.board.follow(*_FOLLOWING)
            self.stepper.skip(command)
        else:
            return False
        self.behind = True
        return True

    def catch_up(self) -> None:
        """Show what the commands have led to that were not shown."""
        if self.behind and self.stepper is not None:
            self.behind = False
            self._paint(self.stepper.view())

    def perform(self, command: str) -> str:
        """Carry out a command of the table, or give back the application's action that carries it out."""
        self.catch_up()
        if self.board.running:
            self.drive("run.stop")
            if command not in ("app.quit", "app.suspend"):
                return ""
        if command.startswith("lens.") and not self.board.shows("operation"):
            self._focus("operation")  # or nothing would be seen of it
        if command not in _COPYING:
            self.board.select(None)
        if command in ("quiz.answer", "cell.follow") and self.board.asked:
            self.board.clear()
            return _ANSWER
        if command in _OF_APP:
            self.board.clear()
            return _OF_APP[command]
        if own := self._own.get(command):
            self.board.clear()
            own()
        elif command != "quiz.answer":
            self.drive(command)
        return ""

    def drive(self, command: str, argument: object = None) -> None:
        """Carry out a command of the session, and show what it led to."""
        if self.stepper is not None:
            self._show(self.stepper.do(command, argument))

    def _show(self, state: ViewState) -> None:
        """Show a state, with what the step is about in sight."""
        self.board.follow(*_FOLLOWING)
        self._paint(state)

    def repaint(self) -> None:
        """Paint what is there anew: it looks different from now on."""
        if self.stepper is not None:
            self._paint(self.stepper.view())

    def _paint(self, state: ViewState, more: bool = False) -> None:
        """Have a state painted; where that raises, what was there before is there again."""
        try:
            self.board.show(state, more)
        except Exception:
            if self._shown is not None:
                self.board.show(self._shown)
            raise
        self._shown = state
        self._go_on_later()

    def _go_on_later(self) -> None:
        """Let the run or the check that is under way go on as soon as nothing else is to be done."""
        if (self.board.running or self.board.checking) and self._going is None:
            self._going = self.set_timer(_PAUSE, self._guard.surviving(self._go_on, "going on"))

    def _go_on(self) -> None:
        self._going = None
        if self.board.running:
            self.drive("run.advance")
        elif self.board.checking and self.is_active and not self.behind and self.stepper is not None:
            self._paint(self.stepper.go_on(), more=True)

    def on_screen_resume(self) -> None:
        """Nothing lies over it any more."""
        self._go_on_later()

    async def on_board_clicked(self, click: Board.Clicked) -> None:
        """A click does what it looks as if it does; on an empty part of a panel it moves the focus."""
        if click.panel in PANEL_KEYS and click.panel != self.board.focused:
            self._focus(click.panel)
        if click.target is None:
            return
        command, argument = click.target
        if argument is None:
            await self.action_perform(command)
        else:
            self.drive(command, argument)

    def on_board_selected(self) -> None:
        """Text was dragged over: say what can be done with it."""
        if selected := self.board.selected:
            self.say(say_count("message.selected", selected.count("\n") + 1), "good")

    def action_copy_text(self) -> None:
        """Ctrl+C copies what is selected, as elsewhere; with nothing selected it does not."""
        if not self.board.selected:
            raise SkipAction
        self._copy()

    # The screen's own commands.

    def _turn(self, command: str) -> None:
        self._focus(_focused_after(command, self.board.focused))

    def _focus(self, key: str) -> None:
        self.board.focused = key
        if self.stepper is not None:
            self._paint(self.stepper.do("panel.focus", key))

    def _zoom(self) -> None:
        self.board.zoom(not self.board.zoomed)

    def _scroll(self, lines: int, columns: int) -> None:
        """Scroll the focused panel, or choose another row where it has rows to choose from."""
        if lines and self.board.rows:
            self.drive("row.down", lines)
        else:
            self.board.scroll_panel(self.board.focused, lines, columns)

    def _page(self, direction: int) -> None:
        self._scroll(direction * self.board.page(self.board.focused), 0)

    def _follow(self) -> None:
        self.board.follow(*PANEL_KEYS)
        self.board.zoom(False)
        self.drive("lens.step")

    # What the dialogs ask for.

    def names(self, typed: str) -> list[str]:
        """Names that can be found in the open scenario, those that go with what was typed."""
        return self.stepper.names(typed) if self.stepper is not None else []

    def question(self, about: str) -> str:
        """What a dialog asks."""
        return self.stepper.question(about) if self.stepper is not None else ""

    def suggestion(self, about: str) -> str:
        """What a dialog begins with."""
        return self.stepper.suggestion(about) if self.stepper is not None else ""

    def copied(self) -> tuple[str, str]:
        """What is to be copied: the key of the focused panel, and what is selected or the panel's text."""
        return self.board.focused, self.board.copied(self.board.focused)

    def submit(self, command: str, argument: object) -> str:
        """Carry out a command with what was typed; what was wrong with it, or ""."""
        if self.stepper is None:
            return ""
        state = self.stepper.do(command, argument)
        if state.message and state.message[0].role == "error":
            return line_text(state.message)
        self._show(state)
        return ""

    def _copy(self) -> None:
        text = self.board.copied(self.board.focused)
        if text:
            self.app.copy_to_clipboard(text)
