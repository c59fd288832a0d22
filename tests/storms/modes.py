"""What a terminal was told to switch on and not to switch off again."""

from __future__ import annotations

import codecs
import re

__all__ = ["Modes"]

_BEGUN = {"?7": True, "?25": True}  # wrapping and the cursor are on where a program begins; all else is off
_NUMBERED = re.compile(r"\?([0-9;]*)([hl])")


class Modes:
    """`feed` it output; `left_on` is what differs from where the program began."""

    def __init__(self) -> None:
        self.modes: dict[str, bool] = {}
        self.keyboards = self.titles = 0  # how many are stacked
        self.styled = False
        self.title = ""
        self._state = ""  # of an unfinished sequence: ESC, ESC [ ..., ESC ] ...
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a read may end within a character

    def feed(self, output: bytes) -> None:
        """Interpret output. ESC inside of a control sequence begins another one, as in terminals."""
        for char in self._decoder.decode(output):
            self._take(char)

    def _take(self, char: str) -> None:
        state = self._state
        if not state:
            self._state = char if char == "\x1b" else ""
        elif state == "\x1b":
            self._state = state + char if char in "[]PX^_" else "\x1b" if char == "\x1b" else ""
        elif state.startswith("\x1b["):
            if char == "\x1b":
                self._state = char
            elif "@" <= char <= "~":
                self._state = ""
                self._control(state[2:] + char)
            else:
                self._state += char
        elif char == "\x07" or (char == "\\" and state.endswith("\x1b")):
            self._state = ""
            if state.startswith("\x1b]0;"):
                self.title = state[4:]
        else:
            self._state += char

    def _control(self, said: str) -> None:
        if found := _NUMBERED.fullmatch(said):
            self.modes |= {f"?{number}": found[2] == "h" for number in found[1].split(";")}
        elif said.endswith("u") and said[0] in "<>":
            self.keyboards = max(0, self.keyboards + (1 if said[0] == ">" else -1))
        elif said == "22;0t":
            self.titles += 1
        elif said == "23;0t":
            self.titles = max(0, self.titles - 1)
        elif said.endswith("m"):
            self.styled = said not in ("m", "0m")

    @property
    def taken(self) -> bool:
        """Whether the alternate screen is on."""
        return self.modes.get("?1049", False)

    @property
    def left_on(self) -> list[str]:
        """What is not as it was; empty for a clean terminal."""
        left = [f"{mode}{'h' if on else 'l'}" for mode, on in self.modes.items() if on != _BEGUN.get(mode, False)]
        left += ["keyboard"] * self.keyboards + ["title"] * self.titles + ["style"] * self.styled
        return left + ([f"unfinished {self._state[:20]!r}"] if self._state else [])
