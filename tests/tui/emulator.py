"""The smallest terminal: keeps a grid of (character, style) cells, understands what the screen writes."""

from __future__ import annotations

import re

from nnstep.text import width

__all__ = ["Emulator"]

_TOKEN = re.compile(
    r"\x1b\[(?P<args>[0-9;:<>=?$]*)(?P<end>[@-~])|\x1b\][^\x07]*\x07|(?P<control>[\r\n])|(?P<text>[^\x1b\r\n]+)"
)


class Emulator:
    """`feed` it output, read `rows`. A style is what the last SGR sequence said."""

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        self._begin()

    def _begin(self) -> None:
        self.cells: list[list[tuple[str, str]]] = [[(" ", "")] * self.columns for _ in range(self.lines)]
        self._x = self._y = 0
        self._style = ""

    def feed(self, output: str) -> None:
        """Interpret output."""
        for token in _TOKEN.finditer(output):
            if text := token["text"]:
                self._write(text)
            elif token["control"]:
                self._y, self._x = min(self._y + (token["control"] == "\n"), self.lines - 1), 0
            elif token["end"] == "H":
                y, _, x = token["args"].partition(";")
                self._y, self._x = int(y or 1) - 1, int(x or 1) - 1
            elif token["end"] == "m":
                style = token["args"].removeprefix("0;")
                self._style = "" if style in ("0", "") else style
            elif token["end"] == "h" and token["args"] == "?1049":
                self._begin()

    def _write(self, text: str) -> None:
        for char in text:
            step = width(char)
            if step == 0 and self._x:  # a combining mark belongs to the cell before
                before, style = self.cells[self._y][self._x - 1]
                self.cells[self._y][self._x - 1] = (before + char, style)
            elif 0 <= self._y < self.lines and self._x < self.columns:
                self.cells[self._y][self._x] = (char, self._style)
                for beside in range(1, step):
                    self.cells[self._y][self._x + beside] = ("", self._style)
            self._x += step

    @property
    def rows(self) -> list[str]:
        """The text on the grid."""
        return ["".join(char for char, _ in row) for row in self.cells]
