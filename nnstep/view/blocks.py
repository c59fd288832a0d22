"""Rectangles of text that are put beside and below each other, and painted only where they are seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nnstep.text import cut
from nnstep.text import width as text_width
from nnstep.view.canvas import Canvas, Hit, Line, Piece

__all__ = [
    "Block",
    "beside",
    "blank",
    "broken",
    "fit",
    "flow",
    "hang",
    "line_width",
    "lines_block",
    "paint",
    "rows_of",
    "set_in",
    "stack",
    "wrap",
]

Lines = Callable[[int], Line]


class Block(NamedTuple):
    """`height` lines of at most `width` columns. `line(y)` makes one of them, and is asked only for what is seen.

    A block that was put together has the blocks it is made of as its `parts`, each at its place in it. `even` is the
    width of all lines but the first where that is one and the same, which saves measuring them; else 0.
    """

    width: int
    height: int
    line: Lines
    hits: tuple[Hit, ...] = ()
    parts: tuple[_Placed, ...] = ()
    even: int = 0


class _Placed(NamedTuple):
    """A block at a column and line of a larger one."""

    x: int
    y: int
    block: Block


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


def lines_block(lines: Sequence[Line], hits: tuple[Hit, ...] = ()) -> Block:
    """A block of lines that are there already."""
    return Block(max(map(line_width, lines), default=0), len(lines), lambda y: lines[y], hits)


def blank(height: int = 1) -> Block:
    """Empty lines."""
    return Block(0, height, lambda y: ())


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
    placed, y = [], 0
    for block in blocks:
        placed.append(_Placed(0, y, block))
        y += block.height
    return _joined(placed)


def beside(blocks: Sequence[Block], gap: int = 1, middle: bool = False) -> Block:
    """Blocks beside each other, tops in line, or with `middle` centred on the tallest."""
    placed, x = [], 0
    tallest = max((block.height for block in blocks), default=0)
    for block in blocks:
        placed.append(_Placed(x, (tallest - block.height + 1) // 2 if middle else 0, block))
        x += block.width + gap
    return _joined(placed)


def rows_of(blocks: Sequence[Block], width: int, gap: int = 2) -> list[list[Block]]:
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
    for row in rows_of(blocks, width, gap):
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


def _joined(placed: list[_Placed]) -> Block:
    width = max((item.x + item.block.width for item in placed), default=0)
    height = max((item.y + item.block.height for item in placed), default=0)
    parts: list[_Placed] = []
    for item in placed:  # one level, however often blocks were put together: a line is then made in one go
        if item.block.parts:
            parts += [_Placed(item.x + part.x, item.y + part.y, part.block) for part in item.block.parts]
        else:
            parts.append(item)
    parts.sort(key=lambda part: part.x)

    def line(y: int) -> Line:
        pieces: list[Piece] = []
        last: Line = ()  # the part before, where it began, and its width where that is known
        column = even = 0
        for item in parts:
            if item.y <= y < item.y + item.block.height:
                part = item.block.line(y - item.y)
                if not part:
                    continue
                if last or item.x:
                    column += even or line_width(last)
                    if item.x > column:
                        pieces.append(Piece(" " * (item.x - column), "text"))
                        column = item.x
                pieces += part
                last, even = part, item.block.even if y > item.y else 0
        return tuple(pieces)

    hits = tuple(
        Hit(hit.x + item.x, hit.y + item.y, hit.width, hit.height, hit.target)
        for item in parts
        for hit in item.block.hits
    )
    return Block(width, height, line, hits, tuple(parts))


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
    hits = tuple(
        Hit(hit.x, hit.y - top, hit.width, hit.height, hit.target)
        for hit in block.hits
        if hit.y < top + height and hit.y + hit.height > top
    )
    return Canvas(lines, hits, block.width, block.height, top, 0)
