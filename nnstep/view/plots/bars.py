"""The probabilities of every class for each sample of a batch, as bars, with the decision that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.ops import Array
from nnstep.text import clean, padded, shortened
from nnstep.text import cut as cut_text
from nnstep.text import width as text_width
from nnstep.view.plots.axes import axis_number, clipped
from nnstep.view.plots.legend import ascii_line
from nnstep.view.text.blocks import Block
from nnstep.view.text.canvas import ClickArea, Line, Piece, Target

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_CLASSES = 10  # of more classes, those with the largest probabilities and the true one
_LONGEST = 14  # columns of a class's name


class Judged(NamedTuple):
    """A batch with what is said of it.

    value    the name of the prediction, for a click on a sample
    shares   the probability of each class, (n, classes)
    decided  the class that each sample is taken for, (n,); −1 for none
    truth    the class that it has, (n,), −1 where it has none; None where no targets are known
    names    what the classes are called
    rows     which row of the data each sample is, from 0; () without data
    """

    value: str
    shares: Array
    decided: Array
    truth: Array | None
    names: Sequence[str]
    rows: Sequence[int]


def bars_block(judged: Judged, chosen: int, width: int, ascii: bool = False) -> Block:
    """A few lines for each sample, `width` columns at most: one for each class, with its bar, its probability, its
    entry in the one-hot row of the decision, and which class is the true one.

    The block is as high as all samples need, and a line is made when it is seen; the lines of sample `chosen` begin at
    `chosen` times the lines of a sample, which are all equally many.
    """
    width = max(1, width)
    classes = judged.shares.shape[1]
    shown = min(classes, _CLASSES)
    each = shown + (classes > shown) + 2
    called = [_name(name) for name in judged.names]
    size = min(max(map(text_width, called), default=1), _LONGEST, max(1, width // 4))

    def line(y: int) -> Line:
        sample, at = divmod(y, each)
        if at == 0:
            made = _head(judged, sample, sample == chosen, called)
        elif at <= shown:
            made = _class(judged, sample, _order(judged, sample, shown)[at - 1], called, size, width, ascii)
        elif at == each - 1:
            made = ()
        else:
            made = (Piece("    " + say("run.bars.more", count=classes - shown), "dim"),)
        return clipped(_with_signs(made) if ascii else made, width, ascii)

    def clicked(x: int, y: int) -> Target:
        return Target("cell.choose", (judged.value, y // each, 0))

    samples = len(judged.shares)
    hits = (ClickArea(0, 0, width, samples * each - 1, clicked),) if samples else ()
    return Block(width, max(0, samples * each - 1), line, hits)


def _name(name: str) -> str:
    return shortened(clean(name, 40), _LONGEST)


def _with_signs(line: Line) -> Line:
    signs = str.maketrans({"▸": ">", "✔": "+", "✘": "x", "◂": "<", "·": "."})
    return ascii_line(tuple(Piece(text.translate(signs), role) for text, role in line))


def _order(judged: Judged, sample: int, shown: int) -> list[int]:
    """The classes that are shown, in their own order."""
    classes = judged.shares.shape[1]
    if classes <= shown:
        return list(range(classes))
    shares = np.nan_to_num(judged.shares[sample], nan=-1.0)
    largest = np.argsort(-shares, kind="stable").tolist()
    must = [int(one[sample]) for one in (judged.decided, judged.truth) if one is not None and one[sample] >= 0]
    return sorted(list(dict.fromkeys([*must, *largest]))[:shown])


def _head(judged: Judged, sample: int, chosen: bool, names: Sequence[str]) -> Line:
    """Which sample, what it is taken for, and whether that is right."""
    mark = Piece("▸ ", "now") if chosen else Piece("  ")
    line: Line = (mark, Piece(say("run.bars.sample", number=sample), "strong" if chosen else "text"))
    if sample < len(judged.rows) and judged.rows[sample] != sample:
        line = (*line, Piece("  " + say("run.bars.row", row=judged.rows[sample]), "dim"))
    decided = int(judged.decided[sample])
    if decided < 0:
        return (*line, Piece("   " + say("run.bars.open"), "error"))
    line = (*line, Piece("   " + say("run.bars.decided") + " ", "dim"), Piece(names[decided], "strong"))
    if judged.truth is None:
        return line
    truth = int(judged.truth[sample])
    if truth == decided:
        return (*line, Piece("   ✔ " + say("run.bars.right"), "good"))
    true = names[truth] if truth >= 0 else "?"
    return (*line, Piece("   ✘ " + say("run.bars.wrong", name=true), "error"))


def _class(
    judged: Judged, sample: int, number_of: int, names: Sequence[str], size: int, width: int, ascii: bool
) -> Line:
    """One class of a sample: its bar, its probability, its one-hot entry, and whether it is the true one."""
    share = float(judged.shares[sample, number_of])
    decided = int(judged.decided[sample]) == number_of
    true = judged.truth is not None and int(judged.truth[sample]) == number_of
    said = padded(_number(share, ascii), 9, right=True)
    one_hot = "1" if decided else "0" if judged.decided[sample] >= 0 else "·"
    mark = "  ◂ " + say("run.bars.true") if true else ""
    room = width - 4 - size - 2 - len(said) - 4
    beside = text_width("  ◂ " + say("run.bars.true"))
    room = room - beside if room - beside >= 6 else room
    columns = max(1, min(50, room))
    role = "plot-chosen" if decided else "plot"
    line: Line = (
        Piece("    "),
        Piece(padded(cut_text(names[number_of], size), size, right=True), "name" if decided or true else "text"),
        Piece("  "),
        *_bar(share, columns, role, ascii),
        Piece(said, "strong" if decided else "number"),
        Piece(f"   {one_hot}", "now" if decided else "dim"),
    )
    return (*line, Piece(mark, "good")) if mark else line


def _number(share: float, ascii: bool) -> str:
    """A probability: four decimals, unless that would make a 0 of it."""
    if 5e-5 <= share < 10 or share == 0:
        return f"{share:.4f}"
    return axis_number(share, ascii, 2)


def _bar(share: float, columns: int, role: str, ascii: bool) -> tuple[Piece, Piece]:
    """A bar as long as a probability, an eighth of a column at a time, and what is left of its room."""
    inside = min(1.0, max(0.0, share)) if share == share else 0.0
    eighths = round(8 * columns * inside)
    whole, part = divmod(eighths, 8)
    bar = "#" * round(columns * inside) if ascii else "█" * whole + (_EIGHTHS[part] if part else "")
    return Piece(bar, role), Piece(("." if ascii else "·") * (columns - len(bar)), "dim")
