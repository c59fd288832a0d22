"""Keyboards of other scripts: the letters on the keys of a US keyboard are its commands, and signs keep their meaning.

What a layout has on the key of a US letter is frozen here from the national standards' own pictures of the keyboards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from nnstep.commands import SIGNS_OF_COMMANDS
from nnstep.settings import KEYBOARDS
from nnstep.tui.app import NnstepApp
from nnstep.tui.hangul import hangul_keys
from nnstep.tui.input_queue import InputQueue
from nnstep.tui.keyboard import Keyboard, language_of_environment, layout_for, textual_name
from nnstep.tui.keyboard_layouts import LAYOUTS, US, KeyboardLayout
from nnstep.tui.kitty import PlacedKey, us_key, without_alternates
from nnstep.tui.terminal import Keys
from tests.tui.driving import fake, press_at_once, run, screen_text
from tests.tui.fakes import FakeStepper, Log

QWERTY = "qwertyuiopasdfghjklzxcvbnm"
ROWS = {  # the letters on those keys
    "ru": "йцукенгшщзфывапролдячсмить",
    "ua": "йцукенгшщзфівапролдячсмить",
    "by": "йцукенгшўзфывапролдячсміть",
    "bg": ",уеишщксдзьяаожгтнвюйъэфхп",
    "bg-phonetic": "явертъуиопасдфгхйклзьцжбнм",
    "rs": "љњертзуиопасдфгхјкл\0џцвбнм",
    "gr": ";ςερτυθιοπασδφγηξκλζχψωβνμ",
    "il": "/'קראטוןםפשדגכעיחלךזסבהנמצ",
    "ara": "ضصثقفغعهخحشسيبلاتنمئءؤرﻻىة",
    "ir": "ضصثقفغعهخحشسیبلاتنمظطزرذدپ",
    "th": "ๆไำพะัีรนยฟหกดเ้่าสผปแอิืท",
    "ge": "ქწერტყუიოპასდფგჰჯკლზხცვბნმ",
    "kr": "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ",
}


@pytest.fixture(autouse=True)
def no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of whoever runs the tests would choose a layout."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ROWS)
def test_the_letters_of_a_layout_are_those_of_the_same_keys(name: str) -> None:
    keyboard = Keyboard("" if name == "kr" else name)
    for character, key in zip(ROWS[name], QWERTY, strict=True):
        if character.isascii():
            keyboard.keys(next(letter for letter in ROWS[name] if not letter.isascii()))
        if character != "\0":
            assert keyboard.keys(character) == key


@pytest.mark.parametrize("name", ["ru", "ua", "by", "bg-phonetic", "rs", "gr"])
def test_capitals_are_capitals(name: str) -> None:
    keyboard = Keyboard(name)
    for character, key in zip(ROWS[name], QWERTY, strict=True):
        if character.isalpha() and character not in "ςь":
            assert keyboard.keys(character.upper()) == key.upper()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_has_no_more_keys_than_a_keyboard_and_no_letter_twice(layout: KeyboardLayout) -> None:
    for rows in (layout.plain, layout.shifted):
        assert all(len(row) <= len(us) for row, us in zip(rows, US.plain, strict=True))
    letters = [char for rows in (layout.plain, layout.shifted) for row in rows for char in row if char.isalpha()]
    letters = [char for char in letters if not char.isascii()]
    assert len(set(letters)) >= len(letters) - 2  # Serbian has ж twice, with and without Shift


def test_the_settings_know_every_layout() -> None:
    assert set(KEYBOARDS) == {"auto", *(layout.name for layout in LAYOUTS)}


@given(st.sampled_from(LAYOUTS), st.data())
def test_a_letter_that_was_typed_tells_the_layout_of_the_next(layout: KeyboardLayout, data: st.DataObject) -> None:
    """Whatever came before: with its layout named, a letter is taken by it."""
    keyboard = Keyboard(layout.name)
    row = data.draw(st.integers(0, 3))
    place = data.draw(st.integers(0, len(layout.plain[row]) - 1))
    character = layout.plain[row][place]
    if character.isalpha() and not character.isascii() and not character.isdecimal():
        first = "".join(layout.plain).index(character)
        if "".join(layout.plain)[:first].count(character) == 0:
            assert keyboard.keys(character) in "".join(US.plain)


@given(st.text(alphabet=sorted(set(QWERTY) | set("N?/<>[]!+-:")), max_size=20))
def test_a_latin_keyboard_is_as_ever(typed: str) -> None:
    keyboard = Keyboard("", SIGNS_OF_COMMANDS)
    assert [keyboard.keys(character) for character in typed] == list(typed)


@given(st.characters())
def test_any_character_means_keys_of_a_us_keyboard_or_nothing(character: str) -> None:
    keys = Keyboard("gr", SIGNS_OF_COMMANDS).keys(character)
    assert keys == character or all(key.isascii() for key in keys)


def test_korean_syllables_are_taken_apart_into_the_keys_that_make_them() -> None:
    for syllable, keys in {
        "누": "sn", "한": "gks", "글": "rmf", "꽃": "Rhc", "왜": "dho", "닭": "ekfr", "값": "rkqt", "뷁": "qnpfr",
        "ㅃ": "Q", "ㄲ": "R", "ㅖ": "P", "ㅘ": "hk", "ㄳ": "rt", "ﾤ": "s", "ᅮ": "n", "ᆨ": "r",
    }.items():  # fmt: skip
        assert hangul_keys(syllable) == keys
    assert hangul_keys("あ") == hangul_keys("ж") == hangul_keys("n") == ""


def test_every_syllable_has_keys_of_its_own() -> None:
    """The keys of the letters that Unicode takes it apart into."""
    from unicodedata import normalize

    for code in range(0xAC00, 0xD7A4, 7):
        assert hangul_keys(chr(code)) == "".join(hangul_keys(letter) for letter in normalize("NFD", chr(code)))


@pytest.mark.parametrize(
    ("before", "character", "meant"),
    [
        ("т", ".", "/"),  # Russian: on the key of /
        ("т", ",", "?"),
        ("т", "?", "?"),  # Shift and 7 there: it is what it says
        ("т", "/", "/"),
        ("т", "х", "["),
        ("т", "ъ", "]"),
        ("т", "Б", "<"),
        ("ν", ";", "q"),  # the Greek question mark stands on Q; the sign ? is there as well
        ("ν", ":", ":"),
        ("ν", "?", "?"),
        ("ν", "ά", "a"),
        ("", "\u037e", "q"),
        ("נ", "/", "/"),  # Hebrew has it on Q: it is the sign of a command, and opens nothing that is lost
        ("נ", "'", "w"),
        ("נ", ".", "/"),
        ("נ", "N", "N"),
        ("ى", "؟", "?"),
        ("ى", "٣", "3"),
        ("", "۳", "3"),
        ("น", "๓", "3"),
        ("", "３", "3"),
        ("", "ｎ", "n"),
        ("", "Ｎ", "N"),
        ("", "？", "?"),
        ("", "　", " "),
        ("", "「", "["),
        ("", "ー", "-"),
        ("n", ".", "."),
        ("n", ";", ";"),
        ("тn", ".", "."),  # the keyboard is Latin again
        ("ј", "ж", "\\"),  # Serbian by a letter that only it has
        ("і", "и", "b"),  # Ukrainian likewise
    ],
)
def test_signs(before: str, character: str, meant: str) -> None:
    keyboard = Keyboard("", SIGNS_OF_COMMANDS)
    for one in before:
        keyboard.keys(one)
    assert keyboard.keys(character) == meant


def test_the_settings_and_the_environment_choose_between_layouts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert language_of_environment() == ""
    monkeypatch.setenv("LANG", "bg_BG.UTF-8")
    assert language_of_environment() == "bg"
    assert layout_for("auto", "bg") == "bg"
    assert layout_for("auto", "de") == layout_for("auto", "") == ""
    assert layout_for("bg-phonetic", "bg") == "bg-phonetic"
    assert Keyboard("").keys("н") == "y"
    assert Keyboard("bg").keys("н") == "k"
    assert Keyboard("bg-phonetic").keys("н") == "n"


def test_keys_that_are_held_with_others() -> None:
    keyboard = Keyboard("ru")
    assert keyboard.key("ctrl+з") == "ctrl+p"
    assert keyboard.key("ctrl+я") == "ctrl+z"
    assert keyboard.key("ctrl+p") == "ctrl+p"
    assert keyboard.key("shift+left") == "shift+left"


def test_names_of_keys_are_textuals() -> None:
    from textual.keys import _character_to_key

    for character in map(chr, range(32, 127)):
        assert textual_name(character) == _character_to_key(character)


# The kitty protocol says which key it was.


@pytest.mark.parametrize(
    ("sequence", "character", "place", "meant"),
    [
        ("\x1b[1078::59;;1078u", "ж", ";", ";"),
        ("\x1b[1085::121;;1085u", "н", "y", "y"),  # Russian
        ("\x1b[1085::107;;1085u", "н", "k", "k"),  # Bulgarian, on another key
        ("\x1b[1085::110;;1085u", "н", "n", "n"),  # its phonetic layout
        ("\x1b[1090:1058:110;2;1058u", "Т", "N", "N"),
        ("\x1b[12636:12636:110;2;12636u", "ㅜ", "N", "N"),  # which without it is the same as n
        ("\x1b[12636::110;1;12636u", "ㅜ", "n", "n"),
        ("\x1b[3607::109;;3607u", "ท", "m", "m"),
        ("\x1b[110:78;2;78u", "N", "", "N"),
        ("\x1b[233::50;;233u", "é", "2", ""),  # French: Latin letters go by what they are
        ("\x1b[97::113;;97u", "a", "q", "a"),
        ("\x1b[46::47;;46u", ".", "/", "."),
    ],
)
def test_alternate_keys(sequence: str, character: str, place: str, meant: str) -> None:
    event = pressed(Keys(), sequence.encode())
    assert (event.character, us_key(event)) == (character, place)
    assert Keyboard("", SIGNS_OF_COMMANDS).keys(character, place) == meant


@pytest.mark.parametrize(
    "sequence", ["\x1b[1078::59", "\x1b[::u", "\x1b[1078:::59u", "\x1b[1:9:99999999999;9;9u", "\x1b[110:78:97;x;78u"]
)
def test_alternate_keys_that_are_none_do_no_harm(sequence: str) -> None:
    keys = Keys()
    list(keys.feed(sequence.encode()))
    list(keys.tick())
    event = pressed(keys, b"n")
    assert event.key == "n"


def test_a_held_key_is_known_by_its_place() -> None:
    event = pressed(Keys(), b"\x1b[1079::112;5u")
    assert Keyboard().key(event.key, us_key(event)) == "ctrl+p"


def pressed(keys: Keys, data: bytes) -> events.Key:
    """The one key that these bytes mean."""
    (event,) = keys.feed(data)
    assert isinstance(event, events.Key)
    return event


@given(st.integers(33, 0x10FFFF), st.sampled_from(["", "1", "2", "5", "2:1"]), st.integers(33, 126))
def test_a_sequence_without_alternates_is_what_remains(code: int, modifiers: str, base: int) -> None:
    plain = f"\x1b[{code};{modifiers}u"
    assert without_alternates(plain) == (plain, "")
    assert without_alternates(f"\x1b[{code}::{base};{modifiers}u")[0] == plain
    assert without_alternates(f"\x1b[{code}:{code}:{base};{modifiers}u")[0] == plain


# In the application.


def typed(*characters: str) -> Callable[[NnstepApp, Pilot[None]], Awaitable[tuple[Log, str, NnstepApp]]]:
    """Press keys that send these characters, as a terminal with or without the kitty protocol hands them on."""

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[Log, str, NnstepApp]:
        for character in characters:
            name = character if character.isalnum() else textual_name(character)
            app.post_message(events.Key(name, character))
            await pilot.pause()
        await pilot.pause()
        return fake(app).log, screen_text(app), app

    return act


@pytest.mark.parametrize(
    ("character", "command"),
    [
        ("ㅜ", "step.next"), ("т", "step.next"), ("ν", "step.next"), ("מ", "step.next"), ("ى", "step.next"),
        ("ｎ", "step.next"), ("ื", "step.next"), ("ნ", "step.next"), ("Т", "step.back"), ("Ν", "step.back"),
        ("آ", "step.back"), ("Ｎ", "step.back"), ("ы", "frame.into"), ("і", "frame.into"), ("х", "iteration.previous"),
    ],
)  # fmt: skip
def test_a_letter_does_what_its_key_does(character: str, command: str) -> None:
    log, _, _ = run(typed(character), FakeStepper())
    assert (command, None) in log


@pytest.mark.parametrize(("place", "command"), [("n", "step.next"), ("N", "step.back")])
def test_a_key_of_which_the_place_is_known(place: str, command: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> Log:
        app.post_message(PlacedKey("ㅜ", "ㅜ", place))
        await pilot.pause()
        return fake(app).log

    assert (command, None) in run(act, FakeStepper(step=5))


def test_the_place_of_a_key_is_its_own_while_it_waits() -> None:
    waiting = InputQueue()
    for place in ("N", "", "n", "N"):
        waiting.put(PlacedKey("ㅜ", "ㅜ", place) if place else events.Key("ㅜ", "ㅜ"))
    taken = [waiting.take() for _ in range(4)]
    assert [us_key(key) for key in taken if isinstance(key, events.Key)] == ["N", "", "n", "N"]
    assert len(set(map(id, taken))) == 4


def test_its_text_is_what_a_dialog_gets() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await press_at_once(app, pilot, ["g"])
        await pilot.pause()
        app.post_message(PlacedKey("ㅜ", "ㅜ", "n"))
        await pilot.pause()
        return app.screen.query_one(Input).value

    assert run(act, FakeStepper()) == "ㅜ"


def test_a_syllable_does_what_its_keys_do() -> None:
    log, _, _ = run(typed("누"), FakeStepper())
    assert [command for command, _ in log if command in ("frame.into", "step.next")] == ["frame.into", "step.next"]


def test_a_dialog_that_a_syllable_opens_gets_no_letters_of_it() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await typed("해")(app, pilot)
        return app.screen.query_one(Input).value

    assert run(act, FakeStepper()) == ""


def test_what_is_typed_into_a_dialog_is_text() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> str:
        await press_at_once(app, pilot, ["g"])
        await pilot.pause()
        await typed(*"потеρ누ｎ")(app, pilot)
        return app.screen.query_one(Input).value

    assert run(act, FakeStepper()) == "потеρ누ｎ"


def test_dialogs_without_text_take_letters_too() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, bool]:
        await press_at_once(app, pilot, ["?"])
        await pilot.pause()
        before = app.screen is app.stepping
        await typed("й")(app, pilot)
        return before, app.screen is app.stepping

    assert run(act, FakeStepper()) == (False, True)


@pytest.mark.parametrize(
    ("character", "said"),
    [
        ("ж", "no command on the key 'ж', where a US keyboard has ';'"),
        ("あ", "no command on the key 'あ': switch the keyboard to Latin letters"),
        ("é", "no command on the key 'é': switch the keyboard"),
        ("Q", "no command on the key 'Q': ? shows all keys"),
    ],
)
def test_a_key_without_a_command_is_said_once(character: str, said: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        await typed(character)(app, pilot)
        first = screen_text(app)
        await press_at_once(app, pilot, ["n"])
        await typed(character)(app, pilot)
        return first, screen_text(app)

    first, second = run(act, FakeStepper())
    assert said in first
    assert said not in second


def test_a_key_without_a_command_stops_a_run_and_says_nothing() -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[Log, str]:
        await press_at_once(app, pilot, ["c"])
        await typed("ж")(app, pilot)
        return fake(app).log, screen_text(app)

    log, text = run(act, FakeStepper())
    assert ("run.stop", None) in log
    assert "no command" not in text
