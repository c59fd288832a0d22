"""What a panel hands to whoever shows it: lines of (text, role) pieces, and what a click on them means.

A widget turns roles into colours, a text printer drops them; neither computes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol, overload


class Piece(NamedTuple):
    """A run of text with one role. `text` is already fit for a terminal (see `nnstep.text.clean`)."""

    text: str
    role: str = "text"


Line = tuple[Piece, ...]


class Target(NamedTuple):
    """What a click asks for: a command of the command table and its argument."""

    command: str
    argument: object = None


class ClickArea(NamedTuple):
    """A rectangle of a canvas (0-based columns and rows of the canvas) that can be clicked.

    `target` is what a click asks for, or a function that finds it from the column and row within the rectangle.
    """

    x: int
    y: int
    width: int
    height: int
    target: Target | Callable[[int, int], Target | None]


class ClickAreas(Sequence[ClickArea]):
    """Hits that are made when they are asked for: of a hundred frames perhaps one is clicked on."""

    __slots__ = ("_hits", "_make")

    def __init__(self, make: Callable[[], Iterable[ClickArea]]) -> None:
        self._make = make
        self._hits: tuple[ClickArea, ...] | None = None

    def _made(self) -> tuple[ClickArea, ...]:
        if self._hits is None:
            self._hits = tuple(self._make())
        return self._hits

    def __len__(self) -> int:
        return len(self._made())

    @overload
    def __getitem__(self, index: int) -> ClickArea: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ClickArea, ...]: ...
    def __getitem__(self, index: int | slice) -> ClickArea | tuple[ClickArea, ...]:
        return self._made()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._made() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._made())


class Canvas(NamedTuple):
    """The visible part of a panel: at most `height` lines, each at most `width` columns wide.

    lines    the visible lines, from the top of the window
    hits     what can be clicked in the window; where two overlap, the later one wins
    width    columns of the whole content, for scrolling
    height   lines of the whole content, for scrolling
    top      the first content line shown: the scroll asked for, corrected to the content and to what must be in sight
    left     the first content column shown, likewise
    """

    lines: tuple[Line, ...]
    hits: Sequence[ClickArea] = ()
    width: int = 0
    height: int = 0
    top: int = 0
    left: int = 0

    def at(self, x: int, y: int) -> Target | None:
        """What a click on column `x`, row `y` of the window asks for."""
        for hit in reversed(self.hits):
            if hit.x <= x < hit.x + hit.width and hit.y <= y < hit.y + hit.height:
                return hit.target if isinstance(hit.target, Target) else hit.target(x - hit.x, y - hit.y)
        return None


class Panel(Protocol):
    """A panel of the view state. Painting is lazy: only what fits in the window is formatted."""

    @property
    def key(self) -> str:
        """program, operation, chain, parameters, activations or gradients."""
        ...

    @property
    def title(self) -> Line:
        """For the border."""
        ...

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The window of `width` × `height` cells; with `top`/`left` None, the one that has what matters in sight."""
        ...


def line_text(line: Line) -> str:
    """The text of a line without its roles."""
    return "".join(piece.text for piece in line)
