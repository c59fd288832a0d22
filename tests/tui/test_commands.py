"""The command table and everything that is made from it say the same."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.binding import Binding

from nnstep.catalogue import key_name
from nnstep.commands import BY_ID, COMMANDS, GROUPS, PANEL_KEYS
from nnstep.tui.commands import command_label, footer_word, groups, panel_names, sentence
from nnstep.tui.screens.help import help_columns
from nnstep.tui.screens.stepper import StepperScreen
from nnstep.tui.widgets.footer import Footer, Message, Tabs
from nnstep.view.text.canvas import Piece, line_text
from tests import docs
from tests.present import present

GDB = {"n": "step.next", "s": "frame.into", "f": "frame.out", "c": "run.forward", "b": "stop.line", "w": "watch.add"}


def test_ids_and_keys_belong_to_one_command() -> None:
    assert len(BY_ID) == len(COMMANDS)
    doubled = [key for key, count in Counter(key for command in COMMANDS for key in command.keys).items() if count > 1]
    assert doubled == []


def test_the_palette_has_a_key_that_no_terminal_takes_for_itself() -> None:
    """Docker's client waits for a second key after Ctrl+P, and terminals of editors open their own palette."""
    assert any("+" not in key and len(key) == 1 for key in BY_ID["app.palette"].keys)


@pytest.mark.parametrize(("key", "command"), GDB.items())
def test_keys_are_those_of_gdb(key: str, command: str) -> None:
    assert key in BY_ID[command].keys


def test_every_command_has_a_label_a_sentence_and_a_group() -> None:
    for command in COMMANDS:
        assert command_label(command)
        assert sentence(command).endswith(".")
        assert command.group in GROUPS
        assert command.keys


def test_every_panel_has_a_number() -> None:
    assert tuple(panel_names()) == PANEL_KEYS
    assert [BY_ID[f"panel.{key}"].keys for key in PANEL_KEYS] == [(str(number),) for number in range(1, 8)]


def test_groups_are_the_whole_table() -> None:
    assert [command for _, commands in groups() for command in commands] == sorted(
        COMMANDS, key=lambda command: GROUPS.index(command.group)
    )


def test_bindings_come_from_the_table() -> None:
    bindings = [binding for binding in StepperScreen.BINDINGS if isinstance(binding, Binding)]
    assert bindings == StepperScreen.BINDINGS
    bound = {(key, binding.action) for binding in bindings for key in binding.key.split(",")}
    assert bound == {(key, f"perform('{command.id}')") for command in COMMANDS for key in command.keys}
    assert all(binding.priority for binding in bindings)


def test_the_table_of_the_docs_has_every_command_and_key() -> None:
    rows = docs.keys().splitlines()[2:]
    assert len(rows) == len(COMMANDS)
    text = "\n".join(rows)
    for command in COMMANDS:
        assert command_label(command) in text
        assert sentence(command) in text
        assert all(f"`{key_name(key)}`" in text for key in command.keys)


def test_help_has_every_command_and_key() -> None:
    text = " ".join("\n".join(content.plain for content in help_columns(54)).split())
    for command in COMMANDS:
        assert sentence(command) in text
        assert " ".join(map(key_name, command.keys)) in text


def test_help_fits_its_columns() -> None:
    for content in help_columns(54):
        assert max(map(len, content.plain.splitlines())) <= 54


@pytest.mark.parametrize("width", [60, 80, 120, 200, 300])
def test_footer_fits_and_always_says_how_to_get_help_and_out(width: int) -> None:
    canvas = Footer().paint(width, 1)
    text = line_text(canvas.lines[0])
    assert len(text.rstrip()) <= width
    assert "? help" in text
    assert "q quit" in text


def test_footer_on_a_wide_screen_has_every_word_of_the_table() -> None:
    text = line_text(Footer().paint(400, 1).lines[0])
    assert all(footer_word(command) in text for command in COMMANDS)


def test_footer_click_is_the_command_under_it() -> None:
    canvas = Footer(frozenset(BY_ID)).paint(200, 1)
    text = line_text(canvas.lines[0])
    for word, command in {
        "n step": "step.next",
        "> phase": "phase.next",
        "q quit": "app.quit",
        "l cell": "cell.right",
    }.items():
        assert present(canvas.at(text.index(word), 0)).command == command


def test_footer_greys_what_the_session_cannot_do() -> None:
    roles = dict(Footer(frozenset({"step.next"})).paint(400, 1).lines[0])
    assert roles["n"] == "key"
    assert roles["N"] == "off"
    assert roles["z"] == "key"


def test_a_long_message_is_cut_visibly() -> None:
    line = Message((Piece("x" * 90, "warning"), Piece("y"))).paint(60, 1).lines[0]
    assert len(line_text(line)) == 60
    assert line_text(line).endswith("…")


@pytest.mark.parametrize("width", [60, 66, 72, 80, 120])
def test_tabs_fit_and_lead_to_their_panels(width: int) -> None:
    for focused in PANEL_KEYS:
        canvas = Tabs(focused).paint(width, 1)
        text = line_text(canvas.lines[0])
        assert len(text) <= width
        for number, key in enumerate(PANEL_KEYS, 1):
            assert present(canvas.at(text.index(f" {number} ") + 1, 0)).command == f"panel.{key}"


def test_tabs_have_their_full_names_where_these_fit() -> None:
    names = panel_names()
    needed = sum(len(name) + 4 for name in names.values())
    assert needed < 100
    for width in (needed, 99):
        text = line_text(Tabs("chain").paint(width, 1).lines[0])
        assert all(name in text for name in names.values())
    text = line_text(Tabs("chain").paint(80, 1).lines[0])
    assert all(name[:5] in text for name in names.values())
