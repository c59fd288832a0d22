"""Rectangles of text that are put beside and below each other, and painted only where they are seen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from nnstep.text import cut
from nnstep.text import width as text_width
from nnstep.view.text.canvas import Canvas, ClickArea, ClickAreas, Line, Piece

Lines = Callable[[int], Line]
Draw = Callable[[int, int, int | None], Canvas]
"""(width, height, top) -> the window of something that scrolls, see `nnstep.view.text.canvas.Panel`."""


class Block(NamedTuple):
    """`height` lines of at most `width` columns. `line(y)` makes one of them, and is asked only for what is seen.

    A block that was put together has the blocks it is made of as its `parts`, each at its place in it, whose `hits` are
    those of the whole: `hits` of its own it has none. `even` is the width of all lines but the first where that is one
    and the same, which saves measuring them; else 0.
    """

    width: int
    height: int
    line: Lines
    hits: tuple[ClickArea, ...] = ()
    parts: tuple[_Placed, ...] = ()
    even: int = 0


class _Placed(NamedTuple):
    """A block at a column and line of a larger one."""

    x: int
    y: int
    block: Block


@lru_cache(maxsize=256)
def _space(columns: int) -> Piece:
    return Piece(" " * columns, "text")


def line_width(line: Line) -> int:
    """Columns that a line takes."""
    return text_width("".join([piece[0] for piece in line]))


def fit(line: Line, width: int) -> Line:
    """The line cut to `width` columns; where something is cut off, it ends in an ellipsis."""
    if line_width(line) <= width:
        return line
    kept: list[Piece] = []
    left = width - 1
    for piece in line:
        text = cut(piece.text, left)
        left -= text_width(text)
        kept.append(Piece(text, piece.role))
        if len(text) < len(piece.text):
            break
    return (*kept, Piece("…", "dim")) if width > 0 else ()


def lines_block(lines: Sequence[Line], hits: tuple[ClickArea, ...] = ()) -> Block:
    """A block of lines that are there already."""
    return Block(max(map(line_width, lines), default=0), len(lines), lambda y: lines[y], hits)


def blank(height: int = 1) -> Block:
    """Empty lines."""
    return Block(0, height, lambda y: ())


@lru_cache(maxsize=256)  # the same sentences stand in the panels step after step
def wrap(text: str, width: int, role: str = "text") -> Block:
    """A paragraph broken between words into lines of at most `width` columns.

    A word that is wider than a line is broken too: in scripts that are written without spaces every sentence is one.
    """
    lines: list[Line] = []
    current = ""
    for word in text.split():
        if current and text_width(current) + 1 + text_width(word) <= width:
            current = f"{current} {word}"
            continue
        if current:
            lines.append((Piece(current, role),))
        while text_width(word) > width > 1:
            kept = cut(word, width)
            lines.append((Piece(kept, role),))
            word = word[len(kept) :]
        current = word
    if current:
        lines.append((Piece(current, role),))
    return lines_block([fit(line, max(1, width)) for line in lines])


def stack(blocks: Sequence[Block]) -> Block:
    """Blocks below each other."""
    if len(blocks) == 1:
        return blocks[0]
    placed, ends, y = [], [], 0
    for block in blocks:
        placed.append(_Placed(0, y, block))
        y += block.height
        ends.append(y)

    def line(y: int) -> Line:
        _, top, block = placed[bisect_right(ends, y)]
        return block.line(y - top)

    return Block(max((block.width for block in blocks), default=0), y, line, (), tuple(placed))


def beside(blocks: Sequence[Block], gap: int = 1, middle: bool = False) -> Block:
    """Blocks beside each other, tops in line, or with `middle` centred on the tallest."""
    if len(blocks) == 1:
        return blocks[0]
    placed, x = [], 0
    tallest = max((block.height for block in blocks), default=0)
    for block in blocks:
        placed.append(_Placed(x, (tallest - block.height + 1) // 2 if middle else 0, block))
        x += block.width + gap

    def line(y: int) -> Line:
        pieces: list[Piece] = []
        last: Line = ()  # the part before, where it began, and its width where that is known
        column = even = 0
        for x, top, block in placed:
            if top <= y < top + block.height:
                part = block.line(y - top)
                if not part:
                    continue
                if last or x:
                    column += even or line_width(last)
                    if x > column:
                        pieces.append(_space(x - column))
                        column = x
                pieces += part
                last, even = part, block.even if y > top else 0
        return tuple(pieces)

    return Block(max(0, x - gap), tallest, line, (), tuple(placed))


def block_rows(blocks: Sequence[Block], width: int, gap: int = 2) -> list[list[Block]]:
    """The blocks in rows: beside each other as long as there is room."""
    rows: list[list[Block]] = [[]]
    used = 0
    for block in blocks:
        if rows[-1] and used + gap + block.width > width:
            rows.append([])
            used = 0
        used += block.width + (gap if rows[-1] else 0)
        rows[-1].append(block)
    return rows


def flow(blocks: Sequence[Block], width: int, gap: int = 2, middle: bool = False, between: bool = True) -> Block:
    """Blocks beside each other as long as there is room, then below; `between` rows that are tall, an empty line."""
    parts: list[Block] = []
    for row in block_rows(blocks, width, gap):
        tall = any(block.height > 1 for block in row)
        parts += [*([blank()] if parts and tall and between else []), beside(row, gap, middle)]
    return stack(parts)


def broken(line: Line, width: int, indent: int = 4) -> Block:
    """A long formula on several lines, broken before its signs; lines after the first are indented.

    Broken between the terms of a sum where those fit, else before any sign.
    """
    if line_width(line) <= width:
        return lines_block([line])
    parts = _parts(line, lambda piece: piece.text.strip() in ("+", "−", "=", "›"))
    if any(line_width(part) > width - (indent if number else 0) for number, part in enumerate(parts)):
        parts = _parts(line, lambda piece: True)
    lines: list[list[Piece]] = [[]]
    for part in parts:
        if line_width((*lines[-1], *part)) > width and line_width(tuple(lines[-1])) > indent:
            lines.append([Piece(" " * indent)])
        lines[-1] += part
    return lines_block([fit(tuple(one), width) for one in lines])


def _parts(line: Line, breaks: Callable[[Piece], bool]) -> list[Line]:
    """A formula in the parts that stay together: each begins with a sign that it may be broken before."""
    parts: list[list[Piece]] = [[]]
    for piece in line:
        if piece.role == "operator" and breaks(piece):
            parts.append([])
        parts[-1].append(piece)
    return [tuple(part) for part in parts if part]


def hang(line: Line) -> int:
    """How far the second line of a formula is indented: to after its equals sign."""
    for position, piece in enumerate(line):
        if piece.role == "operator" and "=" in piece.text:
            return line_width(line[: position + 1]) - 2
    return 4


def set_in(line: Line, width: int) -> Block:
    """A line as a block of its own: words broken between words, a formula before its signs."""
    if len(line) == 1 and " " in line[0].text and line[0].role in ("dim", "text", "help", "error", "good", "warning"):
        return wrap(line[0].text, width, line[0].role)
    indent = hang(line)
    return broken(line, width, indent if indent <= width // 2 else 4)


def hits_of(block: Block, top: int = 0, lines: int | None = None) -> tuple[ClickArea, ...]:
    """What can be clicked in the `lines` from line `top` on (by default all), as if they were the first."""
    height = block.height if lines is None else lines
    found = [
        ClickArea(hit.x, hit.y - top, hit.width, hit.height, hit.target)
        for hit in block.hits
        if hit.y - top < height and hit.y - top + hit.height > 0
    ]
    for x, y, part in block.parts:
        if y - top < height and y - top + part.height > 0:
            inner = hits_of(part, top - y, height)
            found += [hit._replace(x=hit.x + x) for hit in inner] if x else inner
    return tuple(found)


def paint(block: Block, width: int, height: int, top: int | None, keep: tuple[int, int] | None = None) -> Canvas:
    """The window of a block from line `top`; with `top` None, the first one that has the lines `keep` in it.

    `keep` is (first line, one past the last line) of what must be in sight.
    """
    most = max(0, block.height - height)
    if top is None:
        top = 0
        if keep is not None and keep[1] > height:
            top = min(keep[0], keep[1] - height) if keep[1] - keep[0] <= height else keep[0]
    top = max(0, min(top, most))
    shown = range(top, min(top + height, block.height))
    lines = tuple(map(block.line, shown))
    if block.width > width:
        lines = tuple(fit(line, width) for line in lines)
    hits = ClickAreas(lambda: hits_of(block, top, height))
    return Canvas(lines, hits, block.width, block.height, top, 0)


def under(head: Block, draw: Draw, width: int, height: int, top: int | None) -> Canvas:
    """A block that stays, and below it a window of something that scrolls."""
    above = paint(head, width, head.height, 0)
    room = max(1, height - head.height)
    below = draw(width, room, top)
    shifted = tuple(ClickArea(hit.x, hit.y + head.height, hit.width, hit.height, hit.target) for hit in below.hits)
    lines = (*above.lines, *below.lines)[:height]
    return Canvas(
        lines, (*above.hits, *shifted), max(above.width, below.width), below.height + head.height, below.top, below.left
    )
