"""The gradient check of an entry: analytic, numeric, the error for many widths as a small plot, the worst entry."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, isfinite, log10

from nnstep.catalogue import say, say_count
from nnstep.debugger.answers.gradient_check import GradientCheck
from nnstep.engine.difference import Difference, Sweep
from nnstep.language import Entry, Name, tokens
from nnstep.text import padded
from nnstep.text import width as text_width
from nnstep.view.plots.braille import Dots
from nnstep.view.text.blocks import Block, blank, fit, line_width, lines_block, stack, wrap
from nnstep.view.text.canvas import Line, Piece, line_text
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.numbers import plain
from nnstep.view.text.symbols import SYMBOLS

_DIGITS = 10  # decimals of the two numbers that are compared
_TALLEST = 14  # rows of the plot
_LEAST = 4  # rows below which there is none
_GUTTER = 7  # columns of the axis on the left
_WIDEST = 64  # columns of the plot
_MARKS = {"ok": ("✔", "good"), "corner": ("▲", "warning"), "differs": ("✘", "error"), "not-finite": ("✘", "error")}
# One column each, so that what fits still does.
_SIGNS = str.maketrans({"✔": "+", "✘": "x", "▲": "!", "◆": "#", "…": "."})


def check_block(check: GradientCheck, name: str, objective: str, width: int, height: int, ascii: bool = False) -> Block:
    """The check of the entry called `name`, in `width` columns and, where that is possible, `height` lines.

    The plot is left out where it has no room.
    """
    found, most = check.difference, check.worst
    blocks = [_numbers(name, found, width)]
    said = _sides(found, objective)
    if said:
        blocks += [blank(), wrap(said, width, "warning")]
    foot = [] if most.entries == 1 else [blank(), *_worst(check, _whole(name, found), width)]
    used = sum(block.height for block in (*blocks, *foot))
    picture = None if check.sweep is None else _picture(check.sweep, width, height - used - 1, ascii)
    if picture is not None:
        blocks += [blank(), picture]
    whole = stack([*blocks, *foot])
    return _in_ascii(whole) if ascii else whole


def _in_ascii(block: Block) -> Block:
    """The block with the signs that are added here in ASCII."""
    lines = [block.line(y) for y in range(block.height)]
    return lines_block(
        [tuple(Piece(ascii_text(text.translate(_SIGNS)), role) for text, role in line) for line in lines]
    )


def _numbers(name: str, found: Difference, width: int) -> Block:
    """The two numbers below each other, so that their digits can be compared, their error, and what is said of it."""
    sign, role = _MARKS[found.verdict]
    rows = [
        (say("check.analytic"), plain(found.analytic, _DIGITS), "strong"),
        (say("check.numeric"), plain(found.numeric, _DIGITS), "strong"),
        (say("check.error"), plain(found.apart if found.verdict == "corner" else found.error, 2), role),
    ]
    mark = Piece(f"{sign} {say(f'check.verdict.{found.verdict}')}", role)
    size = max(text_width(word) for word, _, _ in rows)
    beside = size + 2 + max(text_width(number) for _, number, _ in rows) <= width
    lines: list[Line] = [(Piece(name, "gradient"),)]
    for word, number, look in rows:
        if beside:
            lines.append((Piece(padded(word, size) + "  ", "dim"), Piece(number, look)))
        else:  # a number is never cut
            lines += [(Piece(word, "dim"),), (Piece("  " + number, look),)]
    if line_width(lines[-1]) + 3 + text_width(mark.text) <= width:
        lines[-1] = (*lines[-1], Piece("   "), mark)
    else:
        lines.append((mark,))
    return lines_block([fit(line, width) for line in lines])


def _sides(found: Difference, objective: str) -> str:
    """Why the slopes on both sides differ, or what is not finite; "" where neither is so."""
    if found.verdict == "not-finite":
        numbers_said = {"below": plain(found.below, 4), "above": plain(found.above, 4)}
        key = "check.not-finite" if isfinite(found.numeric) else "check.not-finite.loss"
        return say(key, taken=plain(found.analytic, 4), **numbers_said)
    slopes = {key: plain(number, 4) for key, number in found.slopes.items()}
    corner = found.corner
    if corner is None:
        return say("check.bend", **slopes) if found.ok and found.nearest != found.numeric else ""
    key = "check.corner.outside" if not found.ok else "check.corner.at" if corner.at == 0 else "check.corner.near"
    entry = _written(corner.name, corner.index, objective)
    level = plain(corner.level, 6)
    if corner.other is not None:
        other = _written(*corner.other, objective)
        entry, level = (f"{entry} = {other}", level) if corner.at == 0 else (entry, f"{other} = {level}")
    operation = SYMBOLS.get(corner.operation, corner.operation)
    where = {"entry": entry, "value": plain(corner.value, 6), "level": level, "step": corner.step}
    return say(key, operation=operation, **where, **slopes)


def _written(name: str, index: tuple[int, ...], objective: str) -> str:
    entry = Entry(name, index) if index else Name(name)
    return line_text(tuple(Piece(*token) for token in tokens(entry, SYMBOLS, objective)))


def _whole(name: str, found: Difference) -> str:
    """The name of the value that the entry called `name` is of."""
    return name.removesuffix(f"[{','.join(map(str, found.index))}]")


def _worst(check: GradientCheck, name: str, width: int) -> list[Block]:
    """The worst entry of the whole value, and how many of its entries were looked at."""
    most, found = check.worst, check.worst.difference
    entries = f"{most.entries:,}"
    if most.checked == most.entries:
        said = say("check.worst.all", entries=entries)
    else:
        said = say_count("check.worst" if check.done else "check.so-far", most.checked, entries=entries)
    written = name + f"[{','.join(map(str, found.index))}]"
    sign, role = _MARKS[found.verdict]
    error = Piece(f"{plain(found.error, 2)} {sign}", role)
    line = (Piece(written, "gradient"), Piece("  " + say("check.error") + " ", "dim"), error)
    corners = len(most.corners)
    last = [wrap(say_count("check.corners", corners), width, "warning")] if corners else []
    if line_width(line) <= width:
        return [wrap(said, width, "dim"), lines_block([line]), *last]
    return [wrap(said, width, "dim"), lines_block([fit(line[:1], width), fit((Piece("  "), error), width)]), *last]


# The error over the width h, both as powers of ten.


def _picture(swept: Sweep, width: int, height: int, ascii: bool) -> Block | None:
    """The plot, or what is to be said where every width gives the same; None where there is no room."""
    errors = [point.error for point in swept.points]
    if not any(errors):
        return wrap(say("check.all-exact"), width, "dim")
    known = [error for error in errors if isfinite(error)]
    if len(known) == len(errors) and max(known) < 2 * min(known):
        middle = sorted(known)[len(known) // 2]  # at the narrowest widths rounding adds to it
        return wrap(say("check.flat", error=plain(middle, 2)), width, "dim")
    title = wrap(say("check.axis") if swept.relative else say("check.absolute"), width, "dim")
    foot = _best(swept, width)
    rows = min(_TALLEST, height - title.height - 1 - foot.height)
    if rows < _LEAST or width < _GUTTER + 2 * _LEAST or not any(known):
        return None
    return stack([title, _ErrorPlot(swept, min(_WIDEST, width - _GUTTER), rows, ascii).block(width), foot])


def _best(swept: Sweep, width: int) -> Block:
    """Which width is best, below the plot where its mark is explained by it."""
    best = swept.points[swept.best]
    error = plain(best.error, 2) if best.error else say("check.exact")
    said = say("check.best", width=plain(best.width, 2), error=error)
    mark = Piece("◆ ", "plot-mark")
    indent = _GUTTER if _GUTTER + 2 + text_width(said) <= width else 0
    text = wrap(said, width - indent - 2, "dim")
    return lines_block([(Piece(" " * indent), Piece("  ") if y else mark, *text.line(y)) for y in range(text.height)])


class _ErrorPlot:
    """Errors from the widest h on the left to the narrowest. An error of 0, which has no logarithm, has its own row."""

    def __init__(self, swept: Sweep, columns: int, rows: int, ascii: bool) -> None:
        self.swept, self.columns, self.rows, self.ascii = swept, columns, rows, ascii
        self.errors = [point.error for point in swept.points]
        self.exact = 0.0 in self.errors
        self.scaled = rows - self.exact  # rows with powers of ten
        exponents = [log10(error) for error in self.errors if error and isfinite(error)]
        self.high = ceil(max(exponents))
        self.low = min(floor(min(exponents)), self.high - 1)
        self.dots = Dots(columns, rows)
        self.taken: set[tuple[int, int]] = set()  # cells with dots

    def block(self, width: int) -> Block:
        """The plot with its axes."""
        self._draw()
        best = self.swept.points[self.swept.best]
        if isfinite(best.error):
            x, y = self._place(self.swept.best)
            self.dots.mark(x // 2, y // 4, "◆", "plot-mark")
            self.taken.add((x // 2, y // 4))
        self._name_sides()
        axis = self._axis()
        lines = [(axis[row], *line) for row, line in enumerate(self.dots.lines(self.ascii))]
        return lines_block([fit(line, width) for line in (*lines, self._below())])

    def _place(self, k: int) -> tuple[int, int]:
        """Where the dot of a point is."""
        x = round(k * (2 * self.columns - 1) / (len(self.errors) - 1))
        error = self.errors[k]
        if error == 0:
            return x, 4 * self.rows - 2
        return x, round((self.high - log10(error)) / (self.high - self.low) * (4 * self.scaled - 1))

    def _draw(self) -> None:
        before: tuple[int, int] | None = None
        for k, error in enumerate(self.errors):
            if not isfinite(error):
                before = None
                continue
            here = self._place(k)
            role = "plot" if k < self.swept.turn else "plot-second"
            start = before if before is not None and error else here
            self.dots.line(*start, *here, role)
            self.taken.update(_cells(start, here))
            before = here if error else None

    def _name_sides(self) -> None:
        """The words for both sides, below the curve or where else there is room for them."""
        falls = [error for error in self.errors[: self.swept.turn] if isfinite(error)]
        left, right = say("check.truncation"), say("check.rounding")
        if len(falls) >= 3 and falls[-1] < falls[0] / 2:
            self._write(left, range(1, self.columns), "plot")
        if len(self.swept.rounding) >= 3:
            self._write(right, range(self.columns - text_width(right) - 1, -1, -1), "plot-second")

    def _write(self, text: str, starts: Iterable[int], role: str) -> None:
        """Write a word at the first of the columns where it touches nothing, as far down as it does."""
        size = text_width(text)
        for column in starts:
            for row in range(self.scaled - 1, -1, -1):
                cells = {(x, row) for x in range(column - 1, column + size + 1)}
                if cells.isdisjoint(self.taken) and self.dots.free(column, row, size):
                    self.dots.write(column, row, text, role)
                    self.taken |= cells
                    return

    def _axis(self) -> list[Piece]:
        """The powers of ten at the top, in the middle and at the bottom; 0 in its own row."""
        texts = {self.rows - 1: "0"} if self.exact else {}
        for exponent in (self.high, self.low, round((self.high + self.low) / 2)):
            row = round((self.high - exponent) / (self.high - self.low) * (self.scaled - 1))
            texts.setdefault(row, f"1e{exponent}".replace("-", "−"))
        bar, tick = ("|", "+") if self.ascii else ("│", "┤")
        return [
            Piece(padded(texts.get(row, ""), _GUTTER - 1, right=True) + (tick if row in texts else bar), "plot-axis")
            for row in range(self.rows)
        ]

    def _below(self) -> Line:
        """The widths under the plot."""
        row = [" "] * self.columns
        last = len(self.errors) - 1
        for power in range(1, 16, 2):
            at = (power - 1) / 14 * (self.columns - 1) if last else 0.0
            text = f"1e−{power}"
            start = min(max(0, round(at) - len(text) // 2), self.columns - len(text))
            if all(char == " " for char in row[max(0, start - 1) : start + len(text) + 1]):
                row[start : start + len(text)] = text
        return (Piece(" " * _GUTTER + "".join(row).rstrip(), "plot-axis"),)


def _cells(start: tuple[int, int], end: tuple[int, int]) -> set[tuple[int, int]]:
    """The characters that a line between two dots goes through."""
    (x0, y0), (x1, y1) = start, end
    steps = max(1, abs(x1 - x0), abs(y1 - y0))
    return {(round(x0 + (x1 - x0) * k / steps) // 2, round(y0 + (y1 - y0) * k / steps) // 4) for k in range(steps + 1)}
