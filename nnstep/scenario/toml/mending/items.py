"""The items of a list while it is read, with what stands between them, and the list as it is written."""

from __future__ import annotations

import re


class Items:
    """The pieces of a list while it is read, from an offset of the text on.

    after_comma  whether the next item needs no comma before it
    broken       whether rows were told apart by their line ends or by semicolons
    missing      the offsets after which a comma is missing
    """

    def __init__(self, start: int) -> None:
        self._rows: list[list[str]] = [[]]
        self.after_comma = True
        self.broken = False
        self.missing: list[int] = []
        self._end = start  # of the last item
        self._nested = False
        self._on_line = 0  # numbers since the line began
        self._line_ended = False
        self._last = 0  # where the last item stands in its row

    def gap(self, text: str) -> None:
        """Put blanks, line ends and comments in."""
        self._rows[-1].append(text)
        if "\n" in text:
            self._line_ended = True

    def cut(self, length: int) -> None:
        """Take blanks at the end back."""
        if length and self._rows[-1]:
            self._rows[-1][-1] = self._rows[-1][-1][:-length]

    def comma(self) -> None:
        """Put a comma in."""
        self._rows[-1].append(",")
        self.after_comma = True

    def row(self) -> bool:
        """A row of numbers ends; False where the items are rows already, so that a comma is meant."""
        if self._nested:
            if not self.after_comma:
                self.comma()
            return False
        if any(piece.strip() for piece in self._rows[-1]):
            self._rows.append([])
        self.broken = self.after_comma = True
        self._on_line = 0
        return True

    def item(self, text: str, nested: bool, several: bool, end: int) -> None:
        """Put an item in, which ends at an offset of the text."""
        if self._line_ended:
            ended, self._line_ended = self._on_line, False
            self._on_line = 0
            if not self.after_comma and not nested and not self._nested and ended > 1:
                gap = self._rows[-1].pop() if self._rows[-1] else ""
                self.row()
                self._rows[-1].append(gap)
        if not self.after_comma:
            row = self._rows[-1]
            row.insert(self._last + 1, ",")
            if not any(row[self._last + 2 :]):
                row.append(" ")
            self.missing.append(self._end)
        self._last = len(self._rows[-1])
        self._rows[-1].append(text)
        self._nested = self._nested or nested
        self._on_line += 2 if several else 1
        self.after_comma = False
        self._end = end

    def text(self) -> str:
        """The list with its brackets."""
        rows = [row for row in self._rows if any(piece.strip() for piece in row)]
        if len(rows) < 2 and not (self.broken and rows):
            return "[" + "".join(piece for row in self._rows for piece in row) + "]"
        parts = []
        for row in rows:
            whole = "".join(row)
            inner = whole.strip(" \t\n,")
            before = whole[: len(whole) - len(whole.lstrip(" \t\n"))]
            after = whole.rstrip(" ,\t")[len(whole.rstrip(" ,\t\n")) :]
            parts.append((before, inner, after))
        return "[" + ",".join(f"{before}[{inner}]{after}" for before, inner, after in parts) + "]"


def on_one_line(value: str) -> str:
    """A value of a table in braces without its line ends and comments."""
    if "\n" not in value or value.startswith(('"""', "'''")):
        return value.rstrip("\n")
    line = re.sub(r"\s*(?:#[^\n]*)?\n\s*", " ", value).strip()
    return line.replace("[ ", "[").replace(" ]", "]")
