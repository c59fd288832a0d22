"""Colours: every role in every look, and sign and size that can be told apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType
from rich.style import Style
from textual.color import Color
from textual.command import CommandPalette
from textual.geometry import Region
from textual.pilot import Pilot

from nnstep.tui.app import NnstepApp
from nnstep.tui.theme import LOOKS, Look, Palette
from nnstep.view.state import ROLES
from tests.present import present
from tests.tui.driving import run
from tests.tui.fakes import FakeStepper, as_stepper
from tests.view.samples import stepper

OWN_ROLES = ("band", "frame", "frame-on", "frame-title", "frame-title-on", "off", "thumb", "selected")
"""What the screen itself adds to the roles of the view."""
KNOWN = {*ROLES, *OWN_ROLES}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_every_role_of_a_look_is_a_role(look: Look) -> None:
    assert set(look.roles) <= KNOWN


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("background", ["text", "band"])
def test_every_role_has_both_colours(name: str, background: str) -> None:
    styles = Palette(LOOKS[name]).styles(background)
    for role in (*ROLES, *OWN_ROLES):
        assert styles[role].color is not None
        assert styles[role].bgcolor is not None


def test_words_of_a_role_add_up_and_the_later_wins() -> None:
    styles = Palette(LOOKS["dark"]).styles("text")
    assert styles["pos3 changed"].bgcolor == styles["pos3"].bgcolor
    assert styles["pos3 changed"].underline
    assert styles["pos3 cursor"] == styles["cursor"]
    assert styles["pos3 no-such-role"] == styles["pos3"]


def luminance(color: RichColor | None, system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
    """Relative luminance of a colour as a terminal of that system has it, from 0 to 1 (WCAG 2)."""
    shown = Color.from_rich_color(RichColor.from_triplet(present(color).downgrade(system).get_truecolor()))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shown.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style, system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
    """Contrast of text against its ground (WCAG 2)."""
    low, high = sorted((luminance(style.color, system), luminance(style.bgcolor, system)))
    return (high + 0.05) / (low + 0.05)


SYSTEMS = [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT]
TINTS = [f"{sign}{level}" for sign in ("pos", "neg") for level in range(1, 6)]
STILL_TO_COME = {"todo", "bar-todo", "off"}
DRAWN = {  # lines and areas, whose shape says the same
    *("edge-dim", "edge-pos1", "edge-pos2", "edge-neg1", "edge-neg2", "bar-done", "bar-now", "spark"),
    *("frame", "frame-on", "thumb"),
}
OVER_ALL = {"cursor", "lit", "selected", "tab-on"}  # what has a ground of its own, and comes last
IN_PANELS = {"frame", "frame-on", "frame-title", "frame-title-on", "thumb"}


def least(role: str) -> float:
    """The contrast that the last word of a role has to have."""
    return 3.0 if role.split()[-1] in STILL_TO_COME | DRAWN else 4.5


def grounds() -> list[tuple[str, str]]:
    """Every role on every ground that it can stand on: the ground of a pane, and words of a role."""
    words = [role for role in (*ROLES, *OWN_ROLES) if role not in ("band", "changed", "current")]
    found = [("text", role) for role in words]
    found += [("text", f"{role} {over}") for role in words for over in ("cursor", "lit", "selected", "changed")]
    lines = [role for role in words if role not in {*TINTS, *OVER_ALL, *IN_PANELS} and not role.startswith("edge-")]
    found += [("text", f"{role} current") for role in lines]
    found += [("band", role) for role in (*lines, "tab-on", "selected")]
    found += [("text", f"{tint} {over}") for tint in TINTS if tint[-1] in "123" for over in ("strong", "error")]
    return found


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_every_text_can_be_read_on_every_ground(name: str, system: ColorSystem) -> None:
    palette = Palette(LOOKS[name], system)
    low = {}
    for background, role in grounds():
        found = contrast(palette.styles(background)[role], system)
        wanted = (
            3.0
            if role.split()[0] in STILL_TO_COME | DRAWN and role.split()[-1] in ("current", "changed")
            else least(role)
        )
        if found < wanted:
            low[background, role] = round(found, 2)
    assert low == {}


def painted() -> set[tuple[str, str]]:
    """The roles of everything that the views write, by the ground of the pane that they stand in."""
    found = set()
    for scenario in ("layers", "tied"):
        seen = stepper(scenario)
        states = [seen.do("stop.add", ("loss < 1", 1)), seen.do("watch.add", "loss"), seen.do("edit.make", "lr = 0.2")]
        for command in (
            *("step.next", "step.next", "lens.uses", "lens.check", "lens.jacobian", "lens.picture", "lens.picture"),
            *("lens.picture", "cell.follow", "panel.reading", "lens.run", "lens.run", "lens.run", "lens.health"),
            *("iteration.next", "step.back", "lens.memory", "lens.branches", "frame.into", "quiz.toggle", "cell.right"),
        ):
            states += [seen.do(command), seen.do("step.next")]
        for state in states:
            for key, panel in {"header": state.header, **state.panels}.items():
                for y, line in enumerate((panel.title, *panel.paint(110, 45).lines)):
                    ground = "band" if key == "header" and y == 1 else "text"
                    found |= {(ground, piece.role) for piece in line if piece.text.strip()}
            found |= {("band", piece.role) for piece in (*state.message, *state.score)}
    return found


def test_everything_that_is_painted_can_be_read() -> None:
    roles = painted()
    assert len(roles) > 60
    low = {}
    for look in (LOOKS["dark"], LOOKS["light"]):
        for system in SYSTEMS:
            for background, role in roles:
                found = contrast(Palette(look, system).styles(background)[role], system)
                if found < least(role):
                    low[look.name, system.name, background, role] = round(found, 2)
    assert low == {}


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("sign", ["pos", "neg"])
def test_a_larger_number_is_further_from_the_background(name: str, sign: str) -> None:
    styles = Palette(LOOKS[name]).styles("text")
    ground = luminance(styles["text"].bgcolor)
    distances = [abs(luminance(styles[f"{sign}{level}"].bgcolor) - ground) for level in range(1, 6)]
    assert all(near < far for near, far in pairwise(distances))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_signs_differ_in_the_blue_yellow_direction(name: str) -> None:
    """Red-green blindness keeps blue against yellow, so the two signs lie on opposite sides of grey."""
    styles = Palette(LOOKS[name]).styles("text")
    for level in range(1, 6):
        positive, negative = (Color.from_rich_color(styles[f"{sign}{level}"].bgcolor) for sign in ("pos", "neg"))
        assert positive.r > positive.b
        assert negative.b > negative.r


def test_without_colours_there_are_none() -> None:
    styles = Palette(LOOKS["mono"]).styles("text")
    for role in KNOWN:
        assert present(styles[role].color).is_default
        assert present(styles[role].bgcolor).is_default
    assert styles["pos5"] != styles["neg5"]


def test_the_terminals_own_colours_are_sixteen() -> None:
    styles = Palette(LOOKS["ansi"], ColorSystem.TRUECOLOR).styles("band")
    for role in KNOWN:
        for color in (styles[role].color, styles[role].bgcolor):
            assert color is None or color.is_default or color.type is ColorType.STANDARD


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("number", ["pos1", "neg3", "pos5", "zero", "todo"])
def test_the_chosen_cell_the_lit_ones_and_the_others_differ(name: str, number: str) -> None:
    styles = Palette(LOOKS[name]).styles("text")
    for changed in ("", " changed"):
        of_number, lit, cursor = (styles[f"{number}{changed}{word}"] for word in ("", " lit", " lit cursor"))
        assert len({of_number, lit, cursor}) == 3
    assert styles["cursor"].reverse or styles["cursor"].bgcolor != styles["text"].bgcolor


# Dialogs, which Textual colours from a theme.


def hard_to_read(app: NnstepApp, region: Region) -> dict[str, float]:
    """What stands inside of a region with too little contrast: its text, what it has."""
    low = {}
    for strip in app.screen._compositor.render_strips()[region.y : region.bottom]:
        x = 0
        for segment in strip:
            inside = region.x <= x < region.right
            x += segment.cell_length
            if inside and segment.text.strip() and any(char.isalnum() for char in segment.text):
                found = contrast(present(segment.style))
                if found < 4.5:
                    low[segment.text.strip()] = round(found, 2)
    return low


@pytest.mark.parametrize("look", ["dark", "light"])
def test_every_dialog_can_be_read(look: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> dict[tuple[str, ...], dict[str, float]]:
        low = {}
        for keys in (
            *(["g"], ["g", "x"], ["/"], ["/", "W"], ["o"], ["o", *"broken", "enter"], ["L"], ["L", "end", "enter"]),
            *(["?"], ["B"], ["e"], ["m"], ["m", "x"], ["Y"], ["f2"], ["r"], ["ctrl+p"], ["ctrl+p", "n", "down"]),
        ):
            await pilot.press(*keys)
            await pilot.pause()
            dialog = app.screen
            assert dialog is not app.stepping, keys
            if isinstance(dialog, CommandPalette):
                await pilot.pause()
                await dialog.workers.wait_for_complete()
                await pilot.pause()
            boxes = dialog.query("DialogBox, #--input, #--results")
            for box in boxes:
                if found := hard_to_read(app, box.region):
                    low[tuple(keys)] = found
            while app.screen is not app.stepping:
                await pilot.press("escape")
                await pilot.pause()
        return low

    assert run(act, FakeStepper(broken=True), look=look) == {}


# Which look there is at the start.


@pytest.mark.parametrize(
    ("term", "colorterm", "name"),
    [
        ("xterm", "", "ansi"), ("screen", "", "ansi"), ("vt100", "", "ansi"), ("linux", "", "ansi"),
        ("rxvt", "", "ansi"),
        ("xterm-16color", "", "ansi"), ("tmux", "", "ansi"),
        ("xterm-256color", "", "dark"), ("screen-256color", "", "dark"), ("tmux-256color", "", "dark"),
        ("xterm", "truecolor", "dark"), ("linux", "24bit", "dark"), ("xterm-kitty", "truecolor", "dark"),
    ],
)  # fmt: skip
def test_a_terminal_of_sixteen_colours_has_its_own_look_unless_told_otherwise(
    term: str, colorterm: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colorterm)
    stepper = as_stepper(FakeStepper())
    looks = [NnstepApp(stepper, look=look).chosen_look.name for look in ("auto", "dark", "light", "ansi")]
    assert looks == [name, "dark", "light", "ansi"]


def test_what_was_not_chosen_is_not_kept_as_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setenv("COLORTERM", "")

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[str], str]:
        looks = [app.chosen_look.to_be_kept]
        for _ in range(3):
            await pilot.press("T")
            looks.append(app.chosen_look.to_be_kept)
        return looks, app.chosen_look.name

    assert run(act, FakeStepper(), look="auto") == (["auto", "dark", "light", "auto"], "ansi")
