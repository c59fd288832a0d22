"""Colours: what each role of a piece looks like, in four looks.

`dark` and `light` bring their own colours, `ansi` uses the sixteen of the terminal, `mono` uses none (NO_COLOR). The
sign of a number is its minus sign first, then orange against blue, which the common kinds of colour blindness tell
apart, then brightness; the size of a number is one of five tints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

__all__ = ["LOOKS", "Codes", "Look", "Palette", "Styles"]

# Roles that the screen itself adds to those of the view.
OWN_ROLES: Final = ("band", "frame", "frame-on", "frame-title", "frame-title-on", "off", "thumb", "selected")


class Look(NamedTuple):
    """A name, the Textual theme its dialogs use, the style everything starts from, and the style of each role."""

    name: str
    theme: str
    base: str
    roles: Mapping[str, str]


class Styles(dict[str, Style]):
    """role -> Style on a given background role. A role of several words is resolved once, left to right."""

    def __init__(self, look: Look, background: str) -> None:
        super().__init__()
        self._look, self._base = look, Style.parse(look.base)
        for word in background.split():
            self._base += Style.parse(look.roles.get(word, ""))

    def __missing__(self, role: str) -> Style:
        style = self._base
        for word in role.split():
            style += Style.parse(self._look.roles.get(word, ""))
        self[role] = style
        return style


class Codes(dict[str, str]):
    """role -> the escape sequence that sets its style, whatever was set before."""

    def __init__(self, styles: Styles, system: ColorSystem) -> None:
        super().__init__()
        self._styles, self._system = styles, system

    def __missing__(self, role: str) -> str:
        sgr = Strip.render_ansi(self._styles[role], self._system)
        self[role] = code = f"\x1b[0;{sgr}m" if sgr else "\x1b[0m"
        return code


class Palette:
    """A look made ready for one terminal: styles and escape sequences by background and role, each worked out once."""

    def __init__(self, look: Look, system: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self.look, self._system = look, system
        self._styles: dict[str, Styles] = {}
        self._codes: dict[str, Codes] = {}

    def styles(self, background: str) -> Styles:
        """The styles of roles on `background`."""
        found = self._styles.get(background)
        if found is None:
            found = self._styles[background] = Styles(self.look, background)
        return found

    def codes(self, background: str) -> Codes:
        """The escape sequences of roles on `background`."""
        found = self._codes.get(background)
        if found is None:
            found = self._codes[background] = Codes(self.styles(background), self._system)
        return found


def _tints(positive: tuple[str, ...], negative: tuple[str, ...]) -> dict[str, str]:
    return {
        **{f"pos{level}": style for level, style in enumerate(positive, 1)},
        **{f"neg{level}": style for level, style in enumerate(negative, 1)},
    }


_DARK = {
    "dim": "#7f838e",
    "strong": "bold #ffffff",
    "heading": "bold #ffffff",
    "title": "bold #ffffff",
    "name": "bold #f2f3f5",
    "gradient": "bold #d9c4ff",
    "parameter": "bold #a9dcc0",
    "operator": "bold #ffa62b",
    "function": "#8ecbff",
    "bracket": "#8b909c",
    "shape": "#8b909c",
    "now": "bold #ffa62b",
    "done": "#4ebf71",
    "todo": "#6b707c",
    "current": "on #0d3b61",
    "cursor": "bold #101114 on #ececf0",
    "lit": "bold #101114 on #f2d974",
    "changed": "bold underline",
    "tab": "#a0a4ae",
    "tab-on": "bold #121318 on #dcdee3",
    "bar-done": "#4ebf71",
    "bar-now": "bold #ffa62b",
    "bar-todo": "#565b67",
    "spark": "#ffa62b",
    "good": "#4ebf71",
    "warning": "#ffc04d",
    "error": "bold #ff7f8a",
    "help": "#a9c7e8",
    "key": "bold #ffa62b",
    "plot": "#6cb6ff",
    "plot-second": "#c89bff",
    "plot-axis": "#8b909c",
    "plot-mark": "bold #ffc46b",
    "plot-chosen": "bold #ffffff",
    "edge-pos1": "#80592f",
    "edge-pos2": "#c98335",
    "edge-pos3": "#ffb454",
    "edge-neg1": "#34608f",
    "edge-neg2": "#4d8fd1",
    "edge-neg3": "#85c2ff",
    "edge-dim": "#4a4e59",
    "zero": "#7f838e",
    "band": "on #0f2f4d",
    "frame": "#1d4f78",
    "frame-on": "#ffa62b",
    "frame-title": "#dcdee3",
    "frame-title-on": "bold #ffffff",
    "off": "#5f7387",
    "thumb": "#5f8fb8",
    "selected": "#101216 on #b4d2f7",
    **_tints(
        ("on #241d16", "on #3b2b1b", "on #553920", "#fff3e4 on #744b23", "#fff6ea on #955d27"),
        ("on #161d27", "on #1a2a3e", "on #1f3a59", "#e6f1ff on #264c78", "#eef6ff on #2d5f99"),
    ),
}

_LIGHT = {
    "dim": "#767a84",
    "strong": "bold #000000",
    "heading": "bold #000000",
    "title": "bold #000000",
    "name": "bold #16181d",
    "gradient": "bold #6a3fb5",
    "parameter": "bold #1f6f46",
    "operator": "bold #a85a00",
    "function": "#0b5fa5",
    "bracket": "#6f747e",
    "shape": "#6f747e",
    "now": "bold #a85a00",
    "done": "#1c7a3e",
    "todo": "#9a9ea8",
    "current": "on #cfe3f6",
    "cursor": "bold #ffffff on #22252b",
    "lit": "bold #000000 on #ffd84d",
    "changed": "bold underline",
    "tab": "#5c616b",
    "tab-on": "bold #ffffff on #2b2e35",
    "bar-done": "#1c7a3e",
    "bar-now": "bold #c26a00",
    "bar-todo": "#b9bdc6",
    "spark": "#c26a00",
    "good": "#1c7a3e",
    "warning": "#8f5a00",
    "error": "bold #b3202f",
    "help": "#2f5f8f",
    "key": "bold #a34f00",
    "plot": "#0b63b5",
    "plot-second": "#7a3fc0",
    "plot-axis": "#6f747e",
    "plot-mark": "bold #b45f00",
    "plot-chosen": "bold #000000",
    "edge-pos1": "#e2b980",
    "edge-pos2": "#c9832a",
    "edge-pos3": "#945000",
    "edge-neg1": "#9dc0e6",
    "edge-neg2": "#4686c9",
    "edge-neg3": "#0b4f96",
    "edge-dim": "#c9ccd3",
    "zero": "#767a84",
    "band": "on #d5e4f2",
    "frame": "#9dbdd8",
    "frame-on": "#c26a00",
    "frame-title": "#24262b",
    "frame-title-on": "bold #000000",
    "off": "#8fa2b5",
    "thumb": "#4a86ba",
    "selected": "#ffffff on #2f5f96",
    **_tints(
        ("on #fbf0e2", "on #f8e0c2", "on #f3cd9a", "#1c1204 on #ecb76d", "#140c00 on #e39f42"),
        ("on #e9f1fb", "on #d2e2f6", "on #b3cff0", "#04101f on #8fb8e8", "#000a17 on #6a9fdd"),
    ),
}

_ANSI = {
    "dim": "dim",
    "strong": "bold",
    "heading": "bold",
    "title": "bold",
    "name": "bold",
    "gradient": "bold magenta",
    "parameter": "bold green",
    "operator": "bold yellow",
    "function": "cyan",
    "bracket": "dim",
    "shape": "dim",
    "now": "bold yellow",
    "done": "green",
    "todo": "dim",
    "current": "bold white on blue",
    "cursor": "bold reverse default on default",
    "lit": "bold black on yellow",
    "changed": "bold underline",
    "tab": "",
    "tab-on": "bold reverse",
    "bar-done": "green",
    "bar-now": "bold yellow",
    "bar-todo": "dim",
    "spark": "yellow",
    "good": "green",
    "warning": "yellow",
    "error": "bold red",
    "help": "cyan",
    "key": "bold yellow",
    "plot": "cyan",
    "plot-second": "magenta",
    "plot-axis": "dim",
    "plot-mark": "bold yellow",
    "plot-chosen": "bold",
    "edge-pos1": "dim yellow",
    "edge-pos2": "yellow",
    "edge-pos3": "bold bright_yellow",
    "edge-neg1": "dim cyan",
    "edge-neg2": "cyan",
    "edge-neg3": "bold bright_cyan",
    "edge-dim": "dim",
    "zero": "dim",
    "band": "",
    "frame": "blue",
    "frame-on": "bold yellow",
    "frame-title": "",
    "frame-title-on": "bold",
    "off": "dim",
    "thumb": "bold blue",
    "selected": "reverse",
    **_tints(
        ("yellow", "yellow", "yellow", "bold yellow", "bold bright_yellow"),
        ("cyan", "cyan", "cyan", "bold cyan", "bold bright_cyan"),
    ),
}

_MONO = {
    "dim": "dim",
    "strong": "bold",
    "heading": "bold",
    "title": "bold",
    "name": "bold",
    "gradient": "bold italic",
    "parameter": "bold",
    "operator": "bold",
    "bracket": "dim",
    "shape": "dim",
    "now": "bold",
    "todo": "dim",
    "current": "reverse",
    "cursor": "bold reverse",
    "lit": "underline",
    "changed": "bold",
    "tab-on": "bold reverse",
    "bar-now": "bold",
    "bar-todo": "dim",
    "warning": "bold",
    "error": "bold",
    "help": "italic",
    "key": "bold",
    "plot-axis": "dim",
    "plot-mark": "bold",
    "plot-chosen": "bold",
    "edge-pos1": "dim",
    "edge-pos3": "bold",
    "edge-neg1": "dim",
    "edge-neg3": "bold",
    "edge-dim": "dim",
    "zero": "dim",
    "frame": "dim",
    "frame-on": "bold",
    "frame-title-on": "bold reverse",
    "off": "dim",
    "thumb": "bold",
    "selected": "reverse",
    **_tints(("", "", "", "bold", "bold"), ("italic", "italic", "italic", "bold italic", "bold italic")),
}

LOOKS: Final[Mapping[str, Look]] = {
    look.name: look
    for look in (
        Look("dark", "nnstep-dark", "#dcdee3 on #121318", _DARK),
        Look("light", "nnstep-light", "#24262b on #fbfbf8", _LIGHT),
        Look("ansi", "ansi-dark", "default on default", _ANSI),
        Look("mono", "ansi-dark", "default on default", _MONO),
    )
}
