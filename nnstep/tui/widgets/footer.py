"""The lines of the screen's own: the keys at the bottom, the tabs of a small screen, and what stands there instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnstep.catalogue import key_name
from nnstep.commands import COMMANDS, Command
from nnstep.text import width as columns
from nnstep.tui.commands import footer_word, panel_names
from nnstep.view.text.blocks import fit
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target, line_text


def _entries() -> tuple[tuple[Command, ...], ...]:
    """The commands of the footer, those with one word for neighbours together."""
    entries: list[list[Command]] = []
    for command in COMMANDS:
        if not command.footer:
            continue
        if entries and entries[-1][0].footer == command.footer:
            entries[-1].append(command)
        else:
            entries.append([command])
    return tuple(map(tuple, entries))


_ENTRIES = _entries()


def _entry_width(entry: tuple[Command, ...]) -> int:
    keys = [key_name(command.keys[0]) for command in entry]
    return sum(map(columns, keys)) + _gap(keys) * (len(keys) - 1) + 1 + columns(footer_word(entry[0]))


def _gap(keys: Sequence[str]) -> int:
    """Letters that belong together stand together, as in hjkl."""
    return 0 if len(keys) > 2 else 1


class Footer:
    """The line of keys: a panel like any other, painted from the command table."""

    key = "footer"
    title: Line = ()

    def __init__(self, enabled: frozenset[str] = frozenset(), score: Line = ()) -> None:
        self._enabled = enabled
        self._score = score

    def _chosen(self, width: int) -> Iterator[tuple[Command, ...]]:
        """The entries that fit, the least important ones left out, in the table's order."""
        room = width - 1
        chosen = set()
        for entry in sorted(_ENTRIES, key=lambda entry: entry[0].rank):
            if (needed := _entry_width(entry) + 2) <= room + 1:
                room -= needed
                chosen.add(entry[0].id)
        return (entry for entry in _ENTRIES if entry[0].id in chosen)

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """One line of keys and words, each key a click; what cannot act now is greyed. A quiz's score stands first."""
        pieces, hits = [Piece(" "), *self._score], []
        x = columns(line_text(tuple(pieces)))
        if self._score:
            pieces.append(Piece("  "))
            x += 2
        for entry in self._chosen(width - x + 1):
            gap = _gap([command.keys[0] for command in entry])
            able = False
            for number, command in enumerate(entry):
                on = not command.session or command.id in self._enabled
                able = able or on
                name = key_name(command.keys[0])
                pieces.append(Piece(name, "key" if on else "off"))
                last = number == len(entry) - 1
                after = f" {footer_word(entry[0])}  " if last else " " * gap
                pieces.append(Piece(after, ("text" if able else "off") if last else "text"))
                size = columns(name + after)
                hits.append(ClickArea(x, 0, size - 2 if last else columns(name), 1, Target(command.id)))
                x += size
        return Canvas((tuple(pieces),), tuple(hits), x, 1)


class Message:
    """One line of text where the footer stands, until the next key press."""

    key = "footer"
    title: Line = ()

    def __init__(self, line: Line) -> None:
        self._line = line

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """The message, cut with "…" when it does not fit."""
        line = (Piece(" "), *self._line)
        return Canvas((fit(line, width),), (), width, 1)


def _tab_words(room: int) -> dict[str, str]:
    """A word for each panel: its name, or the longest start of at least three columns that fits in all tabs."""
    words = panel_names()
    for size in range(max(map(columns, words.values())), 2, -1):
        words = {key: _shorter(name, size) for key, name in panel_names().items()}
        if sum(columns(word) + 4 for word in words.values()) <= room:
            break
    return words


def _shorter(name: str, size: int) -> str:
    """The first word of a name; a longer one is cut and has a full stop."""
    if columns(name) <= size:
        return name
    word = name.split()[0]
    if columns(word) <= size:
        return word
    while word and columns(word) > size - 1:
        word = word[:-1]
    return word + "."


class Tabs:
    """The line of tabs on a screen that holds one panel at a time."""

    key = "tabs"
    title: Line = ()

    def __init__(self, focused: str) -> None:
        self.focused = focused

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        """`1 Program  2 Operation …`, each a click, with shorter words where there is less room."""
        pieces, hits, x = [], [], 0
        for number, (key, word) in enumerate(_tab_words(width).items(), 1):
            text = f" {number} {word} "
            pieces.append(Piece(text, "tab-on" if key == self.focused else "tab"))
            hits.append(ClickArea(x, 0, columns(text), 1, Target(f"panel.{key}")))
            x += columns(text)
        return Canvas((tuple(pieces),), tuple(hits), x, 1)
