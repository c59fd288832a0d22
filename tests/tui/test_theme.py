"""Colours: every role in every look, and sign and size that can be told apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rich.color import ColorSystem
from textual.color import Color

from nnstep.tui.theme import LOOKS, OWN_ROLES, Palette
from nnstep.view.state import ROLES

KNOWN = {*ROLES, *OWN_ROLES}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_every_role_of_a_look_is_a_role(look):
    assert set(look.roles) <= KNOWN


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("background", ["text", "band"])
def test_every_role_has_both_colours(name, background):
    styles = Palette(LOOKS[name]).styles(background)
    for role in (*ROLES, *OWN_ROLES):
        assert styles[role].color is not None
        assert styles[role].bgcolor is not None


def test_words_of_a_role_add_up_and_the_later_wins():
    styles = Palette(LOOKS["dark"]).styles("text")
    assert styles["pos3 changed"].bgcolor == styles["pos3"].bgcolor
    assert styles["pos3 changed"].underline
    assert styles["pos3 cursor"] == styles["cursor"]
    assert styles["pos3 no-such-role"] == styles["pos3"]


def luminance(color):
    """Relative luminance of a background, from 0 to 1 (WCAG 2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in Color.from_rich_color(color).normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style):
    """Contrast of text against its background (WCAG 2)."""
    low, high = sorted((luminance(style.color), luminance(style.bgcolor)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("sign", ["pos", "neg"])
def test_a_larger_number_is_further_from_the_background(name, sign):
    styles = Palette(LOOKS[name]).styles("text")
    ground = luminance(styles["text"].bgcolor)
    distances = [abs(luminance(styles[f"{sign}{level}"].bgcolor) - ground) for level in range(1, 6)]
    assert all(near < far for near, far in pairwise(distances))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_number_can_be_read(name):
    styles = Palette(LOOKS[name]).styles("text")
    tints = [f"{sign}{level}" for sign in ("pos", "neg") for level in range(1, 6)]
    for role in (*tints, "cursor", "lit", "current", "text"):
        assert contrast(styles[role]) >= 4.5, role
        assert contrast(styles[f"{role} changed"]) >= 4.5, role


@pytest.mark.parametrize("name", ["dark", "light"])
def test_signs_differ_in_the_blue_yellow_direction(name):
    """Red-green blindness keeps blue against yellow, so the two signs lie on opposite sides of grey."""
    styles = Palette(LOOKS[name]).styles("text")
    for level in range(1, 6):
        positive, negative = (Color.from_rich_color(styles[f"{sign}{level}"].bgcolor) for sign in ("pos", "neg"))
        assert positive.r > positive.b
        assert negative.b > negative.r


def test_without_colours_there_are_none():
    styles = Palette(LOOKS["mono"]).styles("text")
    for role in KNOWN:
        assert styles[role].color.is_default
        assert styles[role].bgcolor.is_default
    assert styles["pos5"] != styles["neg5"]


def test_the_terminals_own_colours_are_sixteen():
    codes = Palette(LOOKS["ansi"], ColorSystem.TRUECOLOR).codes("band")
    assert all("38;" not in codes[role] and "48;" not in codes[role] for role in KNOWN)


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("number", ["pos1", "neg3", "pos5", "zero", "todo"])
def test_the_chosen_cell_the_lit_ones_and_the_others_differ(name, number):
    styles = Palette(LOOKS[name]).styles("text")
    for changed in ("", " changed"):
        of_number, lit, cursor = (styles[f"{number}{changed}{word}"] for word in ("", " lit", " lit cursor"))
        assert len({of_number, lit, cursor}) == 3
    assert styles["cursor"].reverse or styles["cursor"].bgcolor != styles["text"].bgcolor
