"""The catalogue of texts is whole, and a translation of any width fits every window."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import pytest
from textual.pilot import Pilot

from nnstep import catalogue
from nnstep.catalogue import say, say_count, say_or
from nnstep.catalogue.en import TEXTS
from nnstep.commands import BY_ID, COMMANDS, DIALOG_KEYS, PANEL_KEYS
from nnstep.scenario import loads
from nnstep.text import width as text_width
from nnstep.tui.app import NnstepApp
from nnstep.tui.screen_layout import SMALLEST_SIZE
from nnstep.tui.screens.help import help_columns
from nnstep.tui.widgets.footer import Footer, Message, Tabs
from nnstep.view.lens.registry import lens_names
from nnstep.view.state import ViewState
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Piece, line_text
from tests.tui.driving import press_at_once, run, screen_text
from tests.view.samples import ALL, stepper

SOURCES = sorted(Path(catalogue.__file__).parent.parent.rglob("*.py"))
COUNTED = (".one", ".many")


# -- every key that is used is there, and every key that is there is used


class Call:
    """A call of `say` or `say_count`: a pattern of its keys (None where it is a variable), and what it puts in."""

    def __init__(self, node: ast.Call, where: str) -> None:
        assert isinstance(node.func, ast.Name)
        self.where = f"{where}:{node.lineno}"
        self.counted = node.func.id == "say_count"
        self.patterns = list(patterns(node.args[0]))
        self.given = {keyword.arg for keyword in node.keywords} | ({"count"} if self.counted else set())

    @cached_property
    def keys(self) -> list[str]:
        """The keys of the catalogue that it may say."""
        ends = r"\.(one|many)" if self.counted else ""
        return [key for key in TEXTS if any(re.fullmatch(pattern + ends, key) for pattern in self.patterns)]


def patterns(node: ast.expr) -> Iterator[str]:
    """Regular expressions for the texts that an expression of the source may be; none for a variable."""
    match node:
        case ast.Constant(str(value)):
            yield re.escape(value)
        case ast.JoinedStr(parts):
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.-]+" for part in parts
            )
        case ast.IfExp(_, first, second):
            yield from patterns(first)
            yield from patterns(second)


def calls() -> list[Call]:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "say_count"):
                found.append(Call(node, path.name))
    return found


CALLS = calls()


def mentioned() -> set[str]:
    """Every text of the source that looks like a key: those of variables that are said later are among them."""
    found: set[str] = set()
    for path in SOURCES:
        if path.parent.name == "catalogue" and path.name != "say.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                found.update(one for one in patterns(node) if re.search(r"\w\\\.", one))
    return found


def test_every_key_that_is_said_is_in_the_catalogue() -> None:
    missing = [(call.where, call.patterns) for call in CALLS if call.patterns and not call.keys]
    assert missing == []


def test_every_key_of_the_catalogue_is_said_somewhere() -> None:
    used = [re.compile(pattern + r"(\.one|\.many)?") for pattern in mentioned()]
    assert [key for key in TEXTS if not any(pattern.fullmatch(key) for pattern in used)] == []


def places(text: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)(?:!r)?\}", text))


def test_every_place_of_a_text_is_given_something() -> None:
    """By some call at least: a computed key stands for several texts, which need not have the same places."""
    wrong = []
    for key, text in TEXTS.items():
        given = [call.given for call in CALLS if key in call.keys]
        wanted = places(text) - ({"count"} if key.endswith(COUNTED) else set())  # `say_count` puts it in
        if given and not any(None in one or wanted <= one for one in given):
            wrong.append((key, sorted(places(text))))
    assert wrong == []


def test_a_text_whose_key_is_written_out_is_given_just_what_it_has_places_for() -> None:
    """A computed key stands for several texts, which tests of their own say: tests/view/test_health_texts.py."""
    wrong = []
    for call in CALLS:
        if not call.patterns or None in call.given or any("[" in pattern for pattern in call.patterns):
            continue
        for pattern in call.patterns:
            stem = re.sub(r"\\(.)", r"\1", pattern)
            forms = [TEXTS[stem + end] for end in COUNTED] if call.counted else [TEXTS[stem]]
            wanted = set().union(*map(places, forms))
            if not wanted <= call.given or (len(call.patterns) == 1 and call.given - {"count"} != wanted - {"count"}):
                wrong.append((call.where, stem, sorted(map(str, wanted ^ call.given))))
    assert wrong == []


def test_a_text_that_is_said_without_values_has_no_places() -> None:
    written_out = [call for call in CALLS if not any("[" in pattern for pattern in call.patterns)]
    bare = [(call.where, key) for call in written_out if not call.given for key in call.keys]
    assert [one for one in bare if re.search(r"\{\w+\}|\{\{|\}\}", TEXTS[one[1]])] == []


def test_texts_that_depend_on_a_count_have_both_forms() -> None:
    stems = {key.removesuffix(end) for key in TEXTS for end in COUNTED if key.endswith(end)}
    counted = {pattern for call in CALLS if call.counted for pattern in call.patterns}
    for stem in stems:
        if any(re.fullmatch(pattern, stem) for pattern in counted):
            assert stem + ".one" in TEXTS, stem
            assert stem + ".many" in TEXTS, stem


def test_texts_are_one_line_of_plain_text() -> None:
    lines = {"cli.new.done", "template.scenario"}
    for key, text in TEXTS.items():
        assert text.strip(), key
        assert all(char.isprintable() for char in text) or key in lines, key


@pytest.mark.parametrize("key", [*(f"panel.{key}" for key in PANEL_KEYS), *(f"lens.{key}" for key in lens_names())])
def test_every_panel_and_view_says_in_a_few_sentences_how_it_is_read(key: str) -> None:
    said = say(f"help.{key}")
    assert 2 <= len(re.findall(r"[.:;?](?=\s|$)", said)) <= 8
    assert 2 <= said.count(". ") + 1 <= 4
    assert said.endswith(".")
    assert len(said) <= 400


# -- speaking another language


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    catalogue.use()


def test_what_a_translation_leaves_out_is_said_in_english() -> None:
    catalogue.use(texts={"panel.chain.title": "Kettenregel"})
    assert say("panel.chain.title") == "Kettenregel"
    assert say("panel.program.title") == "Program"


def test_a_text_may_put_its_values_in_another_order() -> None:
    catalogue.use(texts={"message.no-step": "{iteration} / {step}"})
    assert say("message.no-step", step=3, iteration=2, last=9) == "2 / 3"


def test_a_count_chooses_the_form() -> None:
    assert say_count("report.samples", 1) == "1 sample"
    assert say_count("report.samples", 0) == "0 samples"
    assert say_count("report.samples", 1234) == "1,234 samples"


def test_a_table_of_its_own_can_be_translated_too() -> None:
    assert say_or("op.relu", "Keeps.") == "Keeps."
    catalogue.use(texts={"op.relu": "Behält."})
    assert say_or("op.relu", "Keeps.") == "Behält."


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no.such.key")


@pytest.mark.parametrize(
    ("setting", "spoken"),
    [
        ("de_DE.UTF-8", "de"),
        ("de", "de"),
        ("sr@latin", "sr"),
        ("C", "en"),
        ("POSIX", "en"),
        ("say", "say"),
        ("../en", "en"),
    ],
)
def test_the_environment_chooses_the_language(monkeypatch: pytest.MonkeyPatch, setting: str, spoken: str) -> None:
    monkeypatch.setenv("NNSTEP_LANGUAGE", setting)
    catalogue.use()
    assert catalogue.language() == spoken
    assert say("panel.program.title") == "Program"  # there is no file for any of them but English


# -- a language of wide characters fits


def wide(text: str) -> str:
    """The text with letters that take two columns each, and longer than it was; its places as they are."""

    def widened(part: str) -> str:
        return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in part)

    parts = re.split(r"(\{[\w:./-]+\})", text)
    return "【漢】" + "".join(part if re.fullmatch(r"\{[\w:./-]+\}", part) else widened(part) for part in parts)


WIDE: Mapping[str, str] = {key: wide(text) for key, text in TEXTS.items()}


@pytest.fixture
def in_wide() -> None:
    catalogue.use(texts=WIDE)


def check_fits(view: ViewState, width: int, height: int) -> None:
    for key, panel in {"header": view.header, **view.panels}.items():
        lines = height
        if key == "header":  # the line of the run is there from the smallest screen on
            lines = view.header_lines if width >= SMALLEST_SIZE[0] else 2
        canvas = panel.paint(width, lines)
        assert len(canvas.lines) <= lines
        for line in canvas.lines:
            assert text_width(line_text(line)) <= width, (key, line_text(line))


@pytest.mark.usefixtures("in_wide")
@pytest.mark.parametrize("name", ALL)
def test_every_panel_fits_at_every_step_in_a_wide_language(name: str) -> None:
    seen: Stepper = stepper(name)
    for number in range(60):
        check_fits(seen.view(), *((8, 3), (27, 9), (56, 20), (130, 40))[number % 4])
        if "step.next" not in seen.view().enabled:
            break
        seen.do("step.next")
    assert "【漢】" in line_text(seen.view().panels["program"].title)


@pytest.mark.usefixtures("in_wide")
@pytest.mark.parametrize(
    "lens",
    [
        *("lens.uses", "lens.check", "lens.jacobian", "lens.picture", "cell.follow", "panel.reading"),
        *("lens.run", "lens.health", "lens.memory", "lens.branches"),
    ],
)
def test_every_view_fits_in_a_wide_language(lens: str) -> None:
    seen = stepper("tied")
    seen.do("stop.add", ("changes(h)", 2))
    seen.do("watch.add", "grad(W)")
    seen.do("edit.make", "lr = 0.2")
    for _ in range(3):
        seen.do("step.next")
    seen.do(lens)
    while "step.next" in seen.view().enabled and seen.session.position.iteration == 1:
        for width, height in ((12, 5), (40, 15), (60, 16), (90, 30)):
            check_fits(seen.view(), width, height)
        seen.do("step.next")


@pytest.mark.usefixtures("in_wide")
@pytest.mark.parametrize("width", [60, 66, 80, 120, 200])
def test_footer_and_tabs_fit_in_a_wide_language(width: int) -> None:
    enabled = frozenset(command.id for command in COMMANDS)
    lines = [Footer(enabled).paint(width, 1).lines[0], Message((Piece(wide("x" * 90)),)).paint(width, 1).lines[0]]
    if width >= 80:
        lines.append(Tabs("program").paint(width, 1).lines[0])
    for line in lines:
        assert text_width(line_text(line).rstrip()) <= width


@pytest.mark.usefixtures("in_wide")
def test_the_help_fits_its_columns_in_a_wide_language() -> None:
    for content in help_columns(54):
        assert max(map(text_width, content.plain.splitlines())) <= 54


@pytest.mark.usefixtures("in_wide")
@pytest.mark.parametrize("size", [(120, 36), (60, 16)])
def test_the_dialogs_are_drawn_in_a_wide_language(size: tuple[int, int]) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[str]:
        seen = []
        for key in ("g", "/", "o", "L", "?", "B", "w", "e", "W"):
            await press_at_once(app, pilot, [key])
            await pilot.pause()
            seen.append(screen_text(app))
            await press_at_once(app, pilot, ["escape"])
            await pilot.pause()
        return seen

    for text in run(act, stepper("tied"), size=size):
        assert "【漢】" in text
        assert all(text_width(line.rstrip()) <= size[0] for line in text.splitlines())


@pytest.mark.usefixtures("in_wide")
def test_wide_names_fit_too() -> None:
    seen = Stepper(
        loads(
            'equations = """\n中間 = x @ 重み行列 + 偏り\n出力 = tanh(中間)\nloss = mse(出力, y)\n"""\n'
            "[data]\nx = [[1.0, 2.0]]\ny = [[1.0, 0.0]]\n[parameters]\n"
            '"重み行列" = [[0.5, 1.0], [0.25, 2.0]]\n"偏り" = [0.0, 1.0]\n'
            '[optimizer]\ntype = "adam"\nlr = 0.1\n'
        )
    )
    while True:
        for width, height in ((9, 4), (30, 12), (58, 20), (120, 40)):
            check_fits(seen.view(), width, height)
        if "step.next" not in seen.view().enabled:
            return
        seen.do("step.next")


# -- keys of commands, and forms of a count


def test_a_text_names_a_key_as_the_table_of_commands_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert say_count("cell.left-out", 2, rest="1") == "… 2 more terms, together 1: x shows them"
    monkeypatch.setitem(BY_ID, "terms.all", BY_ID["terms.all"]._replace(keys=("%",)))
    catalogue.use()
    for key in ("cell.left-out", "chain.more"):
        for count in (1, 2):
            said = say_count(key, count, rest="1")
            assert "% shows" in said
            assert not re.search(r"\bx\b", said)


def test_every_key_that_a_text_names_is_one_of_a_command() -> None:
    for key, text in TEXTS.items():
        for name, number in re.findall(r"\{key:([^/}]*)/?(\d?)\}", text):
            keys = DIALOG_KEYS[name] if name in DIALOG_KEYS else BY_ID[name].keys
            assert len(keys) >= int(number or 1), key


def test_a_language_has_forms_of_its_own() -> None:
    catalogue.use(
        texts={"report.samples.few": "{count} vzorky", "report.samples.many": "{count} vzorků"},
        plural=lambda count: "few" if 1 < count < 5 else "many" if count != 1 else "single",
    )
    assert [say_count("report.samples", count) for count in (1, 3, 7)] == ["1 sample", "3 vzorky", "7 vzorků"]


# -- what is raised

MISTAKES = {"AssertionError", "AttributeError", "TypeError"}
"""What only a mistake in the code can raise: it is said to whoever made it."""


def test_what_is_wrong_is_said_in_a_text_of_the_catalogue() -> None:
    written = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if not isinstance(node, ast.Call) or not name.endswith(("Error", "Problem")) or name in MISTAKES:
                continue
            for text in (*node.args, *(word.value for word in node.keywords if word.arg == "hint")):
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                letters = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
                if re.search(r"[A-Za-z]{2,}", letters) and not re.fullmatch(r"[a-z-]+(\.[a-z-]+)+", letters):
                    written.append((path.name, node.lineno, letters))
    assert written == []
