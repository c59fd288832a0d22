"""A canvas of dots, two columns and four rows of them in every character: braille, or the nearest ASCII has."""

from __future__ import annotations

from math import isfinite

from nnstep.text import width as text_width
from nnstep.view.text.canvas import Line, Piece

# The bit of each dot of a braille character, by row from the top and column.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_UPPER, _LOWER = 0x1B, 0xE4  # the two upper rows and the two lower ones

# What the signs that pictures add are in ASCII; a sign of a name stays as the file has it.
_ASCII = str.maketrans(
    {
        "●": "o",
        "○": "o",
        "•": "o",
        "◆": "#",
        "▲": "^",
        "▼": "v",
        "◂": "<",
        "▸": ">",
        "▶": ">",
        "◀": "<",
        "│": "|",
        "─": "-",
        "═": "=",
        "╌": "-",
        "┊": ":",
        "┤": "+",
        "├": "+",
        "┬": "+",
        "┴": "+",
        "┼": "+",
        "└": "+",
        "┘": "+",
        "┌": "+",
        "┐": "+",
        "╭": "+",
        "╮": "+",
        "╰": "+",
        "╯": "+",
        "█": "#",
        "▌": "#",
        "−": "-",
        "·": ".",
        "×": "x",
        "…": ".",
        "→": ">",
        "←": "<",
        "⋮": ":",
    }
)


class Dots:
    """`columns` × `rows` characters: 2·columns × 4·rows dots, (0, 0) at the top left, with text over them.

    What lies outside is left out without a word. A character has one role: that of the last dot that was set in it.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = max(0, columns), max(0, rows)
        self._bits = [bytearray(self.columns) for _ in range(self.rows)]
        self._roles: dict[tuple[int, int], str] = {}
        self._marks: dict[tuple[int, int], tuple[str, str, str]] = {}  # (column, row) -> text, in ASCII, role

    def set(self, x: int, y: int, role: str = "plot") -> None:
        """Set the dot at column `x` (0 to 2·columns - 1) and row `y` (0 to 4·rows - 1, from the top)."""
        if 0 <= x < 2 * self.columns and 0 <= y < 4 * self.rows:
            self._bits[y >> 2][x >> 1] |= _BITS[y & 3][x & 1]
            self._roles[x >> 1, y >> 2] = role

    def line(self, x0: float, y0: float, x1: float, y1: float, role: str = "plot", every: int = 1) -> None:
        """Set the dots between two points, both included; with `every` above 1 only each such dot: a dotted line.

        A line to a point that is none (an end is NaN or infinite) is not drawn.
        """
        if not all(map(isfinite, (x0, y0, x1, y1))):
            return
        inside = _clip(x0, y0, x1, y1, 2 * self.columns - 1, 4 * self.rows - 1)
        if inside is None:
            return
        x0, y0, x1, y1 = inside
        steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
        for k in range(0, steps + 1, every):
            self.set(round(x0 + (x1 - x0) * k / steps), round(y0 + (y1 - y0) * k / steps), role)

    def mark(self, column: int, row: int, char: str, role: str = "plot-mark", plain: str = "") -> None:
        """Put one character over the dots of a cell; `plain` is its ASCII form where the usual one will not do."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self._lift(column, row)
            self._marks[column, row] = (char, plain or char.translate(_ASCII), role)

    def write(self, column: int, row: int, text: str, role: str = "text") -> None:
        """Put text over the dots, as much of it as there is room for. Wide characters take two cells."""
        for char in text:
            columns = text_width(char)
            before = column - (2 if self._marks.get((column - 1, row), ("x",))[0] == "" else 1)
            if columns == 0 and (before, row) in self._marks:  # a combining mark belongs to what it stands on
                text_there, plain, its = self._marks[before, row]
                self._marks[before, row] = (text_there + char, plain + char, its)
            elif columns and column >= 0 and column + columns <= self.columns:
                self.mark(column, row, char, role)
                if columns == 2:
                    self._lift(column + 1, row)
                    self._marks[column + 1, row] = ("", "", role)
            column += columns

    def free(self, column: int, row: int, columns: int) -> bool:
        """Whether nothing is written in a run of cells, and it lies inside. Dots do not count."""
        inside = 0 <= row < self.rows and column >= 0 and column + columns <= self.columns
        return inside and not any((column + k, row) in self._marks for k in range(columns))

    def clear(self, column: int, row: int, columns: int) -> None:
        """Take the dots out of a run of cells, so that text stands free there."""
        for x in range(max(0, column), min(self.columns, column + columns)):
            if 0 <= row < self.rows:
                self._bits[row][x] = 0

    def lines(self, ascii: bool = False) -> tuple[Line, ...]:
        """Every row as pieces, without blanks at its end."""
        return tuple(self._line(row, ascii) for row in range(self.rows))

    def _line(self, row: int, ascii: bool) -> Line:
        pieces: list[Piece] = []
        run, run_role = "", ""
        for column in range(self.columns):
            marked = self._marks.get((column, row))
            if marked is not None:
                text, role = marked[1] if ascii else marked[0], marked[2]
            else:
                bits = self._bits[row][column]
                text = (_plain(bits) if ascii else chr(0x2800 + bits)) if bits else " "
                role = self._roles[column, row] if bits else "text"
            if role != run_role and run:
                pieces.append(Piece(run, run_role))
                run = ""
            run += text
            run_role = role
        if run.rstrip(" ") or (run and run_role != "text"):
            pieces.append(Piece(run.rstrip(" ") if run_role == "text" else run, run_role))
        return tuple(pieces)

    def _lift(self, column: int, row: int) -> None:
        """Where half of a wide character is about to be written over, its other half becomes a blank."""
        there = self._marks.get((column, row))
        if there is None:
            return
        if there[0] == "":
            self._marks[column - 1, row] = (" ", " ", there[2])
        elif self._marks.get((column + 1, row), ("x",))[0] == "" and text_width(there[0]) == 2:
            self._marks[column + 1, row] = (" ", " ", there[2])


def _plain(bits: int) -> str:
    """The ASCII character that looks most like these dots."""
    count = bits.bit_count()
    if count >= 5:
        return "#" if count >= 7 else "*"
    if not bits & _LOWER:
        return "'"
    if not bits & _UPPER:
        return "."
    return ":" if count <= 2 or bits in (0x47, 0xB8) else "*"


def _clip(
    x0: float, y0: float, x1: float, y1: float, right: float, bottom: float
) -> tuple[float, float, float, float] | None:
    """The part of a line that lies within 0..right and 0..bottom (half a dot beyond counts), or None.

    By the method of Liang and Barsky, so that a line to far outside costs no more than one across the canvas.
    """
    dx, dy = x1 - x0, y1 - y0
    start, end = 0.0, 1.0
    for step, room in ((-dx, x0 + 0.5), (dx, right + 0.5 - x0), (-dy, y0 + 0.5), (dy, bottom + 0.5 - y0)):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            start = max(start, room / step)
        else:
            end = min(end, room / step)
    if not start <= end:
        return None
    return x0 + start * dx, y0 + start * dy, x0 + end * dx, y0 + end * dy
