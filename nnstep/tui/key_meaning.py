"""What a key from the terminal means for the screen: the keys of a US keyboard, and whether anything is left of it."""

from __future__ import annotations

from textual.events import Key, MouseMove, Paste, Resize
from textual.message import Message

from nnstep.commands import COMMANDS, SIGNS_OF_COMMANDS
from nnstep.tui.input_queue import WHEEL
from nnstep.tui.keyboard import Keyboard, textual_name
from nnstep.tui.kitty import us_key
from nnstep.tui.screens.stepper import AT_ONCE, OPENING

COMMAND_OF = {
    textual_name(key) if len(key) == 1 else key: command for command in COMMANDS for key in command.keys
}  # fmt: skip
"""Commands by Textual's names of their keys."""
_KEPT = ("edit.undo", "recovery.take", "digits.more", "digits.fewer", "quiz.toggle")  # what these do outlives a session
_IDLE_COMMANDS = AT_ONCE | {command.id for command in COMMANDS if command.session}.difference(_KEPT, OPENING)
_IDLE = (MouseMove, *WHEEL, Paste, Resize)
_QUITTING = ("q", "ctrl+q")


def meant_keys(key: Key, keyboard: Keyboard, as_text: bool = False) -> list[Key]:
    """The keys of a US keyboard that are meant by one: several for a syllable; itself where it has no other meaning.

    The keyboard remembers the layout that the key is of. With `as_text` a character is what was typed.
    """
    place = us_key(key)
    itself = Key(key.key, key.character) if place else key
    if key.character is None or "+" in key.key:
        held = keyboard.key(key.key, place)
        return [itself if held == key.key else Key(held, None)]
    if as_text or len(key.character) != 1:
        return [itself]
    characters = keyboard.keys(key.character, place)
    if characters == key.character or (len(characters) < 2 and characters not in SIGNS_OF_COMMANDS):
        return [itself]
    return [Key(textual_name(one), one) for one in characters]


def quits(message: Message, keyboard: Keyboard) -> bool:
    """Whether a message is a key that leaves the program, on a keyboard of any script.

    A sign that has that place in one layout only does not count: what it means depends on the keys before it.
    """
    if not isinstance(message, Key):
        return False
    if message.character is None or message.character.isascii():
        return message.key in _QUITTING
    return _names_before_its_turn(message, keyboard) == ["q"]


def is_idle(message: Message, keyboard: Keyboard) -> bool:
    """Whether nothing is left of what a message does to the stepper's screen when the program is left.

    Keys that open something do not count: what they open takes the keys after them.
    """
    if isinstance(message, _IDLE):
        return True
    return isinstance(message, Key) and all(map(_is_idle_key, _names_before_its_turn(message, keyboard)))


def _names_before_its_turn(key: Key, keyboard: Keyboard) -> list[str]:
    """Textual's names of the keys that are meant; the layout in use stays as it is."""
    with keyboard.unchanged():
        return [one.key for one in meant_keys(key, keyboard)]


def _is_idle_key(name: str) -> bool:
    command = COMMAND_OF.get(name)
    return name not in _QUITTING if command is None else command.id in _IDLE_COMMANDS
