"""Which look the screen has on this terminal, and which one the settings keep."""

from __future__ import annotations

from collections.abc import Iterator

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual.theme import Theme

from nnstep.tui.theme import LOOKS, Look, Palette

_CYCLE = ("dark", "light", "ansi")


class ChosenLook:
    """A look of the settings on a terminal.

    setting       a look's name, or "auto": the terminal's own where there are sixteen colours or fewer; of colours of
                  our own, those would leave neither the band nor the tints nor what is dim
    color_system  Rich's name of the terminal's colours, None for none
    no_color      whether no colours are wanted: then there is only one look
    """

    def __init__(self, setting: str, color_system: str | None, no_color: bool) -> None:
        self._setting = setting
        self._system = COLOR_SYSTEMS.get(color_system or "", ColorSystem.TRUECOLOR)
        self.only_one = no_color
        if setting == "auto":
            setting = "ansi" if color_system in (None, "standard", "windows") else "dark"
        self.palette = Palette(LOOKS["mono" if no_color else setting], self._system)
        self._first = self.palette.look.name

    @property
    def name(self) -> str:
        """What it is called."""
        return self.palette.look.name

    @property
    def to_be_kept(self) -> str:
        """The look that was chosen; the setting from the start where that is what is there (also after a round)."""
        return self._setting if self.only_one or self.name == self._first else self.name

    def go_on(self) -> None:
        """Dark, light, the terminal's own, and round again."""
        name = _CYCLE[(_CYCLE.index(self.name) + 1) % len(_CYCLE)]
        self.palette = Palette(LOOKS[name], self._system)


def themes() -> Iterator[Theme]:
    """Textual's idea of our looks, for the dialogs; the others use Textual's own."""
    yield _theme(LOOKS["dark"], True)
    yield _theme(LOOKS["light"], False)


def _theme(look: Look, dark: bool) -> Theme:
    base = look.base.split(" on ")
    if dark:
        return Theme(
            look.theme, "#1f5c8f", accent="#ffa62b", warning="#ffc04d", error="#ff8a80", success="#58d391",
            foreground=base[0], background=base[1], surface="#1a1d25", panel="#1a2634", dark=True,
            variables={"text-disabled": "#8d96a3"},  # of what could be typed, in an empty line
        )  # fmt: skip
    return Theme(
        look.theme, "#245f94", accent="#8f4100", warning="#7d4f00", error="#b3261e", success="#0a6b3b",
        foreground=base[0], background=base[1], surface="#ffffff", panel="#e6eef6", dark=False,
        variables={"text-disabled": "#555e6a"},
    )  # fmt: skip
