"""The gradient check of an entry: analytic, numeric, the error for many widths as a small plot, the worst entry."""

from __future__ import annotations

from math import isfinite, log10

from nnstep.catalogue import say, say_count
from nnstep.engine.difference import Difference, Sweep, Worst
from nnstep.language import Entry, Name, tokens
from nnstep.text import padded
from nnstep.text import width as text_width
from nnstep.view.blocks import Block, blank, fit, lines_block, stack, wrap
from nnstep.view.canvas import Line, Piece, line_text
from nnstep.view.notation import ascii_text
from nnstep.view.numbers import plain
from nnstep.view.plots.braille import Dots
from nnstep.view.symbols import SYMBOLS

__all__ = ["check_block"]

_DIGITS = 10  # decimals of the two numbers that are compared
_LOWEST = -17  # exponent of the smallest error that is drawn; 0 is drawn there, and said
_TALLEST = 14  # rows of the plot
_LEAST = 4  # rows below which there is none


def check_block(
    found: Difference,
    swept: Sweep,
    most: Worst | None,
    name: str,
    objective: str,
    width: int,
    height: int,
    ascii: bool = False,
) -> Block:
    """The check of the entry called `name`, in `width` columns and, where that is possible, `height` lines."""
    blocks = [_numbers(name, found, width)]
    said = _sides(found, objective)
    if said:
        blocks += [blank(), wrap(said, width, "warning")]
    foot = [] if most is None else [blank(), *_worst(most, name, width)]
    used = sum(block.height for block in (*blocks, *foot))
    rows = min(_TALLEST, height - used - 4)
    if rows >= _LEAST and width >= 24:
        blocks += [blank(), _plot(swept, width, rows, ascii)]
    return stack([*blocks, *foot])


def _numbers(name: str, found: Difference, width: int) -> Block:
    """The two numbers below each other, so that their digits can be compared, and their relative error."""
    rows = [
        (say("check.analytic"), plain(found.analytic, _DIGITS)),
        (say("check.numeric"), plain(found.numeric, _DIGITS)),
        (say("check.error"), plain(found.error, 2)),
    ]
    size = max(text_width(word) for word, _ in rows)
    good = "good" if found.ok else "error"
    agrees = "check.between" if found.nearest != found.numeric else "check.agrees"
    mark = "✔ " + say(agrees) if found.ok else "✘ " + say("check.differs")
    lines: list[Line] = [(Piece(name, "gradient"),)]
    for number, (word, value) in enumerate(rows):
        last = number == len(rows) - 1
        pieces = [Piece(padded(word, size) + "  ", "dim"), Piece(value, good if last else "strong")]
        lines.append((*pieces, Piece(f"   {mark}", good)) if last else tuple(pieces))
    return lines_block([fit(line, width) for line in lines])


def _sides(found: Difference, objective: str) -> str:
    """Why the slopes on both sides differ; "" where they do not."""
    slopes = {"below": plain(found.below, 4), "above": plain(found.above, 4), "taken": plain(found.analytic, 4)}
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


def _worst(most: Worst, name: str, width: int) -> list[Block]:
    matrix = name.partition("[")[0]
    index = f"[{','.join(map(str, most.difference.index))}]" if most.difference.index else ""
    said = say_count("check.worst", most.checked, name=matrix, entries=f"{most.entries:,}")
    ok = most.difference.ok
    error = plain(most.difference.error, 2)
    line = (
        Piece(matrix + index, "gradient"),
        Piece("  " + say("check.error") + " ", "dim"),
        Piece(error + (" ✔" if ok else " ✘"), "good" if ok else "error"),
    )
    return [wrap(said, width, "dim"), lines_block([fit(line, width)])]


def _exponent(value: float) -> float:
    """Where an error stands on the axis."""
    if not isfinite(value):
        return 1.0
    return max(_LOWEST, min(1.0, log10(value))) if value > 0 else _LOWEST


def _plot(swept: Sweep, width: int, rows: int, ascii: bool) -> Block:
    """The error over the width h, both as powers of ten: on the left the curve's bend rules, on the right rounding."""
    gutter = 7
    columns = min(64, width - gutter)
    errors = [_exponent(point.error) for point in swept.points]
    low, high = min(errors), max(errors)
    low, high = (low, high) if high - low >= 1 else (low - 0.5, high + 0.5)
    dots = Dots(columns, rows)

    def across(k: int) -> int:
        return round(k * (2 * columns - 1) / (len(errors) - 1))

    def down(exponent: float) -> int:
        return round((high - exponent) / (high - low) * (4 * rows - 1))

    for k in range(1, len(errors)):
        role = "plot" if k <= swept.turn else "plot-second"
        dots.line(across(k - 1), down(errors[k - 1]), across(k), down(errors[k]), role)
    best = swept.points[swept.best]
    dots.mark(across(swept.best) // 2, down(errors[swept.best]) // 4, "◆", "plot-mark")
    left, right = say("check.truncation"), say("check.rounding")
    if text_width(left) + text_width(right) + 4 <= columns:
        dots.write(1, rows - 1, left, "plot")
        dots.write(columns - text_width(right) - 1, rows - 1, right, "plot-second")
    lines = [_beside(row, rows, low, high, gutter, ascii) for row in range(rows)]
    drawn = [(axis, *line) for axis, line in zip(lines, dots.lines(ascii), strict=True)]
    foot = say(
        "check.best", width=plain(best.width, 2), error=plain(best.error, 2) if best.error else say("check.exact")
    )
    said = [
        (Piece(padded(say("check.axis"), columns + gutter), "dim"),),
        *drawn,
        _below(columns, gutter, swept, ascii),
        (Piece(" " * gutter), Piece("◆ " if not ascii else "# ", "plot-mark"), Piece(foot, "dim")),
    ]
    return lines_block([fit(line, width) for line in said])


def _beside(row: int, rows: int, low: float, high: float, gutter: int, ascii: bool) -> Piece:
    """The left axis beside a row: the power of ten at the top, in the middle and at the bottom."""
    text = ""
    if row in (0, rows // 2, rows - 1):
        exponent = round(high - (high - low) * row / max(1, rows - 1))
        text = f"1e{exponent}".replace("-", "−")
    line = "|" if ascii else "┤" if text else "│"
    return Piece(padded(ascii_text(text) if ascii else text, gutter - 1, right=True) + line, "plot-axis")


def _below(columns: int, gutter: int, swept: Sweep, ascii: bool) -> Line:
    """The widths under the plot, from wide to narrow."""
    row = [" "] * columns
    first, last = (log10(swept.points[k].width) for k in (0, -1))
    for exponent in range(round(first), round(last) - 1, -2):
        text = f"1e{exponent}".replace("-", "−")
        text = ascii_text(text) if ascii else text
        at = round((exponent - first) / (last - first) * (columns - 1)) - len(text) // 2
        at = min(max(0, at), columns - len(text))
        if all(char == " " for char in row[max(0, at - 1) : at + len(text) + 1]):
            row[at : at + len(text)] = text
    return (Piece(" " * gutter + "".join(row), "plot-axis"),)
