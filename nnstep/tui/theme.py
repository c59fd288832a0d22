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


class Look(NamedTuple):
    """A name, the Textual theme its dialogs use, the style everything starts from, and the style of each role.

    `fewer` has the roles that look otherwise where there are only 256 colours, whose nearest one is too near another.
    """

    name: str
    theme: str
    base: str
    roles: Mapping[str, str]
    fewer: Mapping[str, str] = {}


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


class Palette:
    """A look made ready for one terminal: styles by background and role, each worked out once."""

    def __init__(self, look: Look, system: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        if system is ColorSystem.EIGHT_BIT and look.fewer:
            look = look._replace(roles={**look.roles, **look.fewer})
        self.look = look
        self._styles: dict[str, Styles] = {}

    def styles(self, background: str) -> Styles:
        """The styles of roles on `background`."""
        found = self._styles.get(background)
        if found is None:
            found = self._styles[background] = Styles(self.look, background)
        return found


def _tints(positive: tuple[str, ...], negative: tuple[str, ...]) -> dict[str, str]:
    return {
        **{f"pos{level}": style for level, style in enumerate(positive, 1)},
        **{f"neg{level}": style for level, style in enumerate(negative, 1)},
    }


# Contrasts as WCAG 2 counts them: everything that is read at least 4.5 to 1 on every ground that it can stand on (the
# screen, the band of header and footer, the current line, tints for what is written on them), what is still to come or
# cannot be done, lines and frames at least 3 to 1. A test has this for all of them, also in 256 colours.
_DARK = {
    "dim": "#a9b0bc",
    "strong": "bold #ffffff",
    "heading": "bold #ffffff",
    "title": "bold #ffffff",
    "name": "bold #ffffff",
    "gradient": "bold #cdbbff",
    "parameter": "bold #a5e3bb",
    "operator": "bold #ffa62b",
    "function": "#8cc4ff",
    "bracket": "#a9b0bc",
    "shape": "#a9b0bc",
    "now": "bold #ffa62b",
    "done": "#58d391",
    "todo": "#838c9a",
    "current": "on #1d3f63",
    "cursor": "bold #101216 on #f4f5f8",
    "lit": "bold #15130a on #f2d56b",
    "changed": "bold underline",
    "tab": "#a9b0bc",
    "tab-on": "bold #111318 on #e6e8ec",
    "bar-done": "#58d391",
    "bar-now": "bold #ffa62b",
    "bar-todo": "#838c9a",
    "spark": "#ffa62b",
    "good": "#58d391",
    "warning": "#ffc04d",
    "error": "bold #ff8a80",
    "help": "#a9c7e8",
    "key": "bold #ffb454",
    "plot": "#6cb6ff",
    "plot-second": "#c89bff",
    "plot-axis": "#a9b0bc",
    "plot-mark": "bold #ffc46b",
    "plot-chosen": "bold #ffffff",
    "edge-pos1": "#8f6236",
    "edge-pos2": "#c98335",
    "edge-pos3": "#ffb454",
    "edge-neg1": "#3f74ab",
    "edge-neg2": "#5a9ade",
    "edge-neg3": "#85c2ff",
    "edge-dim": "#646b78",
    "zero": "#a9b0bc",
    "band": "on #12304f",
    "frame": "#4f719a",
    "frame-on": "#ffa62b",
    "frame-title": "#e6e8ec",
    "frame-title-on": "bold #ffffff",
    "off": "#838c9a",
    "thumb": "#7fb0dd",
    "selected": "#101216 on #b4d2f7",
    **_tints(
        ("on #2e2318", "on #45301c", "on #573a1d", "#ffffff on #734a1f", "#ffffff on #8a5420"),
        ("on #17263b", "on #1c3557", "on #1f406d", "#ffffff on #26538a", "#ffffff on #2a62a8"),
    ),
}

_LIGHT = {
    "dim": "#525a66",
    "strong": "bold #000000",
    "heading": "bold #000000",
    "title": "bold #000000",
    "name": "bold #000000",
    "gradient": "bold #5b3bb5",
    "parameter": "bold #0f6b3a",
    "operator": "bold #8f4100",
    "function": "#0b5cad",
    "bracket": "#525a66",
    "shape": "#525a66",
    "now": "bold #8f4100",
    "done": "#0a6b3b",
    "todo": "#6b7380",
    "current": "on #cfe2f7",
    "cursor": "bold #ffffff on #1b1f26",
    "lit": "bold #15130a on #f5d24a",
    "changed": "bold underline",
    "tab": "#525a66",
    "tab-on": "bold #fbfaf7 on #2b2e35",
    "bar-done": "#0a6b3b",
    "bar-now": "bold #8f4100",
    "bar-todo": "#6b7380",
    "spark": "#8f4100",
    "good": "#0a6b3b",
    "warning": "#7d4f00",
    "error": "bold #b3261e",
    "help": "#2a5787",
    "key": "bold #8a4300",
    "plot": "#0b5fa8",
    "plot-second": "#6f38b5",
    "plot-axis": "#525a66",
    "plot-mark": "bold #9a4600",
    "plot-chosen": "bold #000000",
    "edge-pos1": "#b07a35",
    "edge-pos2": "#9c6114",
    "edge-pos3": "#8a4b00",
    "edge-neg1": "#5b8fc9",
    "edge-neg2": "#2f71b8",
    "edge-neg3": "#0b4f96",
    "edge-dim": "#858c98",
    "zero": "#525a66",
    "band": "on #dce6f2",
    "frame": "#748ca8",
    "frame-on": "#9c4c00",
    "frame-title": "#1b1f26",
    "frame-title-on": "bold #000000",
    "off": "#6b7380",
    "thumb": "#3f78ab",
    "selected": "#ffffff on #2f5f96",
    **_tints(
        ("on #fbefdf", "on #f9e1c3", "on #f7d6ad", "#000000 on #f5c68c", "#000000 on #f3b870"),
        ("on #e6effa", "on #d0e2f8", "on #c0d9f6", "#000000 on #a5c9f3", "#000000 on #8fbcf0"),
    ),
}

_DARK_256 = {
    "band": "on #00005f",
    "current": "on #00005f",
    **_tints(
        ("#ffd7af", "#ffaf5f on #1c1c1c", "on #5f0000", "#ffffff on #875f00", "#000000 on #d78700"),
        ("#afd7ff", "#5fafff on #1c1c1c", "on #00005f", "#ffffff on #005f87", "#000000 on #5fafff"),
    ),
}

_LIGHT_256 = {
    "gradient": "bold #5f00af",
    "operator": "bold #5f5f00",
    "now": "bold #5f5f00",
    "key": "bold #5f5f00",
    "warning": "#5f5f00",
    "plot-second": "#5f00af",
    "plot-mark": "bold #5f5f00",
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
        Look("dark", "nnstep-dark", "#e6e8ec on #111318", _DARK, _DARK_256),
        Look("light", "nnstep-light", "#1b1f26 on #fbfaf7", _LIGHT, _LIGHT_256),
        Look("ansi", "ansi-dark", "default on default", _ANSI),
        Look("mono", "ansi-dark", "default on default", _MONO),
    )
}
