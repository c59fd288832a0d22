"""Every text that a person sees is in the catalogue: in another language no word of English is left.

The language is tests/languages/qaa.py, whose texts have no letter of English. What commands print, what is said of
scenarios that are wrong and all that the screen shows is looked through for words: those of the data alone may stand
there, which are names, operations, keys and values of TOML, options of commands, and what was typed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from nnstep.cli import COMMANDS as SUBCOMMANDS
from nnstep.commands import COMMANDS
from nnstep.engine import Timeline
from nnstep.errors import LanguageError, NnstepError
from nnstep.language import parse_expression
from nnstep.ops import AGGREGATES, OPERATIONS
from nnstep.optimizers import OPTIMIZERS
from nnstep.pasted import NotNumbersError, read_arrays
from nnstep.program import body, compile_program
from nnstep.scenario import Scenario, bundled, load, loads
from nnstep.scenario.answers.answer_files import read_answer_files
from nnstep.scenario.edits.typed import read_edit
from nnstep.scenario.hints.equations import free_name
from nnstep.scenario.hints.suggest import hint
from nnstep.tui.app import NnstepApp
from nnstep.tui.scenarios import open_stepper
from nnstep.tui.screens.dialog import Dialog
from nnstep.view.sentences.health import Writer, finding_heading, finding_place, finding_sentences
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from tests.debugger import test_mistakes
from tests.debugger.health_cases import CASES
from tests.debugger.planted import gradients, random_net, scenario_text
from tests.hostile.mutate import scenario as hostile
from tests.hostile.running import ran
from tests.hostile.scenarios import FILE, prepared
from tests.language import test_language
from tests.languages import speaking
from tests.npz import save_npz
from tests.program import test_errors, test_foreign
from tests.scenario import (
    test_answers,
    test_data,
    test_edits,
    test_equations,
    test_hints,
    test_layers,
    test_mending,
    test_orientation,
    test_reading,
    test_settings,
)
from tests.scenario.helpers import DATA, LAYERS, network
from tests.test_pasted import test_what_cannot_be_read_says_where_it_stopped as unread
from tests.test_pasted import test_what_is_no_number_is_refused_in_words as no_numbers
from tests.tui.driving import screen_text
from tests.tui.real import again, until_it_stops
from tests.view import test_health_texts

WORD = re.compile(r"(?<![\w\\│┃])[A-Za-z]{2,}(?![\w…│┃])")  # not `W1` and `batch_size`, nor what is cut off
NO_TEXT = re.compile(
    r"(?<!\w)--?[a-z][a-z-]*"  # an option of a command
    r"|\\(?:begin|end)\{[^}]*\}|\\(?:text|operatorname\*?|math\w+)\{[^}]*\}|\\\w+"  # LaTeX
    r"|U\+[0-9A-F]{4,}(?:, [a-z -]+)?"  # a character, and what Unicode calls it
    r"|\\x[0-9a-f]{2}|0x[0-9a-f]+|\d[\d.]*e[+-]?\d+"
    r"|(?<=`)(?:[A-Z][a-z]+)+(?=`)"  # a node of Python's grammar
)


def words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[A-Za-z]+", f"{text} {normalize('NFKC', text)}")}


def of_the_language() -> Iterator[str]:
    """The words that a scenario may be written in, from their tables."""
    yield from chain.from_iterable(test_hints.VALID.values())
    for entry in OPERATIONS:
        yield from (
            entry.name,
            entry.symbol,
            *entry.inputs,
            *entry.options,
            *map(str, entry.options.values()),
        )
    for name, optimizer in OPTIMIZERS.items():
        yield from (name, *optimizer.states, *map(str, optimizer.options.values()))
    yield from (
        *AGGREGATES,
        free_name("lambda"),
        "grad",
        "via",
        "prev",
        "True",
        "true",
        "false",
        "nan",
        "NaN",
        "inf",
        "nnstep",
        "toml",
        "csv",
        "npz",
        "npy",
    )


LANGUAGE = words(of_the_language())


def left(said: str, *sources: str) -> list[str]:
    """The words of a text that stand neither in its sources nor in the tables of the language."""
    known = LANGUAGE | words(sources)
    return [word for word in WORD.findall(NO_TEXT.sub(" ", said)) if word not in known]


def of_the_program(scenario: Scenario) -> Iterator[str]:
    """The names of all values, of the steps' bodies too."""
    program = compile_program(scenario)
    for each in (program, *(found.program for step in program.steps if (found := body(program, step)))):
        yield from (value.name for value in each.values)


@pytest.fixture(autouse=True, scope="module")
def translated() -> Iterator[None]:
    with speaking("qaa"):
        yield


# -- scenarios that are wrong


def cases(test: object) -> list[str]:
    """The first value of each case that a test goes through."""
    mark = next(one for one in getattr(test, "pytestmark", []) if one.name == "parametrize")
    return [case[0] for case in mark.args[1]]


SCENARIOS = {
    "syntax": [text for text, *_ in test_reading.SYNTAX],
    "top": [line + LAYERS for line, *_ in test_settings.TOP],
    "data": [test_data.EQUATION + lines for lines, *_ in test_data.INLINE],
    "parameters": [test_equations.parameters(line) for line, *_ in test_equations.PARAMETERS],
    "names": [test_equations.parameters(f"{name} = 1") for name, _ in test_equations.NAMES if name != "lambda"],
    "clashes": [text for text, *_ in test_equations.CLASHES],
    "equations": [text for text, *_ in test_equations.EQUATIONS],
    "objectives": [text for text, *_ in test_equations.OBJECTIVES],
    "layers": [text for text, *_ in test_layers.ERRORS],
    "loss": [LAYERS + f"[loss]\n{lines}\n" for lines, *_ in test_layers.LOSS_ERRORS],
    "targets": [
        network(f'type = "linear"\nunits = {units}', data=DATA.replace("[[1], [0]]", y), loss=f'type = "{kind}"')
        for kind, units, y, *_ in test_layers.TARGETS
    ],
    "columns": [text for text, _ in test_orientation.IN_COLUMNS],
    "settings": [LAYERS + lines + "\n" for lines, *_ in test_settings.SETTINGS],
    "edits": [test_edits.NET + lines for lines, *_ in test_edits.WRONG],
    "numbers": [f"{test_mending.SGD}lr = {value}\n" for value, _ in test_mending.VALUES],
    "lines": [f"{test_mending.SGD}{line}\n" for line, _ in test_mending.LINES],
    "quotes": [f"{test_mending.NET}[optimizer]\ntype = {written}\nlr = 0.1\n" for written in test_mending.TYPES],
    "matrices": [test_mending.NET.replace("[[1, 2], [3, 4]]", written) for written in test_mending.MATRICES],
    "headers": [test_mending.NET.replace("[[layers]]", written) for written, _ in test_mending.HEADERS],
    "keys": [
        test_hints.NET.format(
            **{"layer": "", "loss": "", "optimizer": "lr = 0.1", "training": "epochs = 2", "type": "sgd", table: line}
        )
        for table, line, _ in test_hints.KEYS
    ],
    "elsewhere": [test_foreign.SCENARIO.format(line) for line, _ in test_foreign.HINTS],
    "functions": [test_foreign.SCENARIO.format(f"z = {word}(x)") for word in test_foreign.ELSEWHERE],
}


@pytest.mark.parametrize("kind", SCENARIOS)
def test_what_is_wrong_with_a_scenario(kind: str) -> None:
    refused, wrong = 0, []
    for text in SCENARIOS[kind]:
        try:
            compile_program(loads(text, "net.toml"))
        except NnstepError as error:
            refused += 1
            said = [str(problem) for problem in error.problems]
            wrong += [(one, found) for one in said if (found := left(one, text, "net.toml"))]
    assert wrong == []
    assert refused > len(SCENARIOS[kind]) / 2


@pytest.mark.parametrize("objective", [None, "loss"])
def test_what_is_wrong_with_a_program(objective: str | None) -> None:
    test = test_errors.test_a_gradient_that_must_pass_where_none_can
    for equations in cases(test if objective else test_errors.test_each_problem_names_file_line_and_key):
        with pytest.raises(NnstepError) as caught:
            Timeline(test_errors.scenario(equations, objective))
        for problem in caught.value.problems:
            assert left(str(problem), equations, "net.toml") == [], problem


def test_what_is_typed_and_cannot_be_used() -> None:
    for text in cases(test_language.test_what_is_not_in_the_language_is_refused):
        with pytest.raises(LanguageError) as refused:
            parse_expression(text)
        assert left(f"{refused.value.message} {refused.value.hint or ''}", text) == []
    for text in (*cases(unread), *cases(no_numbers)):
        with pytest.raises(NotNumbersError) as unreadable:
            read_arrays(text)
        assert left(str(unreadable.value), text) == []
    for text, *_ in test_edits.TYPED_WRONG:
        with pytest.raises(NnstepError) as wrong:
            read_edit(text, loads(test_edits.NET), 2)
        assert left(str(wrong.value), text, test_edits.NET) == []


def test_words_of_other_frameworks() -> None:
    for there, theirs in test_hints.FOREIGN.items():
        for word in theirs:
            assert left(hint(word, test_hints.VALID[there], there) or "", word) == [], word


def test_hostile_scenarios() -> None:
    with prepared() as folder:
        beside = [path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
        for number in range(60):
            text = hostile(5, number)
            Path(FILE).write_bytes(text)
            found = ran(["check", FILE])
            said = left(found.out + found.err, text.decode("utf-8", "replace"), FILE, *beside)
            assert said == [], (number, found.err)


@pytest.mark.parametrize("kind", ["csv", "npy", "npz", "answers"])
def test_what_is_wrong_with_a_file_of_numbers(kind: str, tmp_path: Path) -> None:
    text = f'{test_data.EQUATION}file = "d.{kind}"\n' + ('x = ["a", "b"]\ny = "c"\n' if kind == "csv" else "")
    files = {
        "csv": [content.encode() for content, *_ in test_data.TABLES],
        "npy": [*test_data.BAD_NPY.values()],
        "npz": [content for content, _ in test_data.BAD_NPZ.values()],
    }
    for content in files.get(kind, ()):
        (tmp_path / f"d.{kind}").write_bytes(content)
        with pytest.raises(NnstepError) as caught:
            loads(text.replace("z = x", "loss = cross_entropy(x, y)" if kind == "csv" else "z = x"), "", str(tmp_path))
        assert left(str(caught.value), text, "object", content.decode("utf-8", "replace")) == []
    for name, content, _ in wrong_answers(kind):
        (tmp_path / name).write_bytes(content)
        _, problems = read_answer_files([str(tmp_path / name)])
        for problem in problems:
            assert left(str(problem), str(tmp_path), name, content.decode("utf-8", "replace")) == []


def wrong_answers(kind: str) -> list[tuple[str, bytes, str]]:
    test = test_answers.test_what_cannot_be_used_is_refused_with_its_place
    mark = next(one for one in getattr(test, "pytestmark", []) if one.name == "parametrize")
    return list(mark.args[1]) if kind == "answers" else []


# -- what is found in a run, and in numbers of somebody else


@pytest.mark.parametrize("share", range(2))
def test_health(share: int) -> None:
    runs = [*test_health_texts.POLES, *list(CASES)[::8]][share::2]
    for name in runs:
        scenario = test_health_texts.RUNS[name]
        timeline = Timeline(scenario)
        known = [*of_the_program(scenario), "MSE", "BCE", "CE", "NLL"]
        for found in test_health_texts.told(timeline, name):
            for writer in (Writer("L"), Writer("")):
                for said in (finding_heading(found), *finding_place(found, writer), *finding_sentences(found, writer)):
                    assert left(said, *known) == [], name


def test_mistakes_in_a_gradient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        net = random_net(rng)
        Path("net.toml").write_text(scenario_text(net), encoding="utf-8")
        planted = [gradients(net, **wrong) for _, wrong in test_mistakes.in_the_pass(net, rng)]
        planted += [alter(gradients(net)) for _, alter in test_mistakes.of_arrays(net, rng)]
        for arrays in planted[seed % 2 :: 2]:
            save_npz(Path("mine.npz"), {f"d{name}": array for name, array in arrays.items()})
            found = ran(["gradcheck", "--against", "mine.npz", "net.toml"])
            assert left(found.out + found.err, *of_the_program(load("net.toml")), "mine.npz") == [], seed


# -- what commands print


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_every_bundled_scenario(name: str) -> None:
    path = next(one.path for one in bundled() if one.name == name)
    sources = (Path(path).read_text(encoding="utf-8"), *of_the_program(load(path)), name)
    for arguments in (["check", name], ["check", "--format", "latex", name]):
        assert left(ran(arguments).out, *sources) == []


LENSES = [command.id for command in COMMANDS if command.id.startswith("lens.")]


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_every_view_of_every_bundled_scenario(name: str) -> None:
    seen = Stepper(load(next(one.path for one in bundled() if one.name == name)))
    source = Path(next(one.path for one in bundled() if one.name == name)).read_text(encoding="utf-8")
    known = (*of_the_program(seen.session.timeline.scenario), source, name)
    for number in range(len(LENSES) + 4):
        state = seen.do(LENSES[number % len(LENSES)])
        for panel in (state.header, *state.panels.values()):
            for line in (panel.title, *panel.paint(110, 60).lines):
                assert left(line_text(line), *known) == [], (name, LENSES[number % len(LENSES)])
        assert left(line_text(seen.view().message), *known) == []
        for command in ("terms.all", "cell.follow", "step.next", "step.next"):
            if command in seen.view().enabled:
                seen.do(command)


@pytest.mark.parametrize("name", ["two_layer", "xor", "attention"])
def test_a_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(one.path for one in bundled() if one.name == name)
    scenario = load(path)
    first = scenario.parameters[0]
    cell = f"{first.name}[{', '.join('0' * first.value.ndim)}]"
    monkeypatch.chdir(tmp_path)
    Path("mine.json").write_text(f'{{"d{first.name}": [[1, 2], [3, 4]], "Q": 3}}', encoding="utf-8")
    sources = (Path(path).read_text(encoding="utf-8"), *of_the_program(scenario), name, "mine.json Q")
    for arguments in (
        ["trace", "--iteration", "1"],
        *(["trace", "--explain", text] for text in (cell, f"grad({cell})", "loss", first.name, "Q", "x[0, 0]")),
        ["gradcheck"],
        ["gradcheck", "--against", "mine.json"],
        ["gradcheck", "--against", "none.json"],
        ["check", "--train"],
    ):
        found = ran([*arguments, name])
        assert found.out + found.err
        assert left(found.out + found.err, *sources, *arguments) == [], arguments


USAGE = [
    ["--help"],
    *([command, "--help"] for command in SUBCOMMANDS),
    ["--quiz", "--help"],
    ["list"],
    ["new", "net"],
    ["new", "net"],
    ["new", "§"],
    ["new", "a", "b"],
    ["check"],
    ["check", "--format", "html", "xor"],
    ["check", "none"],
    ["check", "none.toml"],
    ["check", "/"],
    ["check", "--train"],
    ["trace", "--iteration", "0", "xor"],
    ["trace", "--iteration", "99999", "xor"],
    ["trace", "--iteration", "x", "xor"],
    ["trace", "--explain"],
    ["gradcheck", "--tolerance", "x", "xor"],
    ["gradcheck", "--iteration", "x", "xor"],
    ["gradcheck", "--iteration", "0", "xor"],
    ["--nope"],
    ["xor", "b", "c"],
    ["chek", "xor"],
    ["--memory", "x", "xor"],
    ["--memory"],
    ["--quiz"],
    ["xor"],
]


def test_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    titles = [f"{one.name} {one.title} {one.path}" for one in bundled()]
    for arguments in USAGE:
        found = ran(arguments)
        assert not found.crash
        assert left(found.out + found.err, "nnstep Net text latex", *SUBCOMMANDS, *arguments, *titles) == [], arguments
    assert left("\n".join(re.findall("#.*", Path("net.toml").read_text(encoding="utf-8")))) == []


# -- the screen

TEXT = """
title = "Ⅱ"
seed = 3
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [0, 1, 1, 0]
[[layers]]
type = "linear"
units = 2
[[layers]]
type = "relu"
[[layers]]
type = "linear"
units = 2
[[layers]]
type = "softmax"
[loss]
type = "cross_entropy"
[optimizer]
type = "adam"
lr = 0.5
[training]
epochs = 5
"""
"""No word of English but its keys, of which the screen shows none."""


class Looking:
    """Presses keys in the application, and notes the words that are left on its screen."""

    def __init__(self, app: NnstepApp, pilot: Pilot[None], sources: Iterable[str]) -> None:
        self.app, self.pilot, self.known = app, pilot, words(sources)
        self.seen: list[tuple[str, str, list[str]]] = []

    async def look(self, after: str) -> str:
        await self.pilot.pause()
        text = screen_text(self.app)
        assert re.search("[ა-ჿ]", text), after
        for line in text.splitlines():
            found = [word for word in WORD.findall(NO_TEXT.sub(" ", line)) if word not in self.known]
            if found:
                self.seen.append((after, line.strip(), found))
        return text

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.look(key)

    async def close(self) -> None:
        while isinstance(self.app.screen, Dialog):
            await self.pilot.press("escape")
            await self.pilot.pause()

    async def typed(self, key: str, *texts: str) -> None:
        """Open a dialog, and try some texts that it refuses."""
        await self.press(key)
        assert isinstance(self.app.screen, Dialog), key
        for text in texts:
            self.known |= words([text])
            await again(self.app, self.pilot, text)
            await self.look(f"{key} {text}")
        await self.close()
        await self.look(f"after {key}")


def seen_on_screen(
    folder: Path, act: Callable[[Looking], Awaitable[None]], sources: Iterable[str] = ()
) -> list[tuple[str, str, list[str]]]:
    path = folder / "two.toml"
    path.write_text(TEXT, encoding="utf-8")
    stepper = open_stepper(str(path))
    symbols = [text for entry in OPERATIONS for text in (entry.name, entry.symbol)]
    names = [*of_the_program(load(str(path))), "two_main.toml two-watch.txt nnstep hjkl adam", *symbols, *sources]

    async def going() -> list[tuple[str, str, list[str]]]:
        app = NnstepApp(stepper)
        async with app.run_test(size=(180, 50)) as pilot:
            looking = Looking(app, pilot, names)
            await looking.look("start")
            await act(looking)
        assert app.guard.fatal is None
        assert app.guard.failures == []
        return looking.seen

    return asyncio.run(going())


DIALOGS = ("file.open", "file.library", "app.palette", "app.help")


@pytest.mark.parametrize("steps", [0, 30])
def test_every_command_and_view(steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(looking: Looking) -> None:
        await looking.pilot.press(*["n"] * steps)
        for command in COMMANDS:
            if command.id in ("app.quit", "app.suspend", *DIALOGS):
                continue
            await looking.press(command.keys[0])
            await looking.close()
            await until_it_stops(looking.app)
            if command.id.startswith("lens."):
                await looking.press("z", "z")

    monkeypatch.chdir(tmp_path)
    assert seen_on_screen(tmp_path, act) == []


def test_dialogs_and_what_they_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(looking: Looking) -> None:
        await looking.typed("g", "99", "9:1", "3:99", "h9", "W1[0, 0]", "grad(p)")
        await looking.typed("/", "zzz")
        await looking.typed("B", "loss <", "W9 > 1", "x y", "loss.item()", "h1^2")
        await looking.typed("w", "loss <", "W9", "grad(y)", "std(h1)")
        await looking.typed(
            "e", "W1", "W9[0, 0] = 1", "W1[9, 9] = 1", "lr = -1", "lr = 1 lr = 2", "y[0] = 7", "lr = 0,5"
        )
        await looking.typed("o", "none.toml", "/", "wrong.toml", "none")
        await looking.typed("m")
        await looking.typed("Y", "/none/x.txt")
        await looking.press("n", "b", "E", "e")
        await again(looking.app, looking.pilot, "lr = 0.25")
        await looking.press("A", "n", "e")
        await again(looking.app, looking.pilot, "W1[0, 0] = 2")
        assert isinstance(looking.app.stepping.stepper, Stepper)
        assert len(looking.app.stepping.stepper.session.branches.all) > 1
        await looking.press("n", "A", "M", "V", "v", "U")
        await looking.typed("f2", "two", "")
        await looking.typed("W", "/none/x.toml", "two.toml", "two.toml")
        await looking.press("u", "R", "r")
        for key in ("?", "L"):
            await looking.press(key)
            await looking.close()
        await looking.press("ctrl+p")
        await looking.pilot.press("escape")

    monkeypatch.chdir(tmp_path)
    Path("wrong.toml").write_text(TEXT.replace("units", "neurons"), encoding="utf-8")
    titles = [f"{one.name} {one.title} {one.description}" for one in bundled()]
    assert seen_on_screen(tmp_path, act, [*titles, *LANGUAGE, "wrong neurons"]) == []


def test_predictions_and_numbers_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(looking: Looking) -> None:
        await looking.press("p", "n")
        for typed in ("x", "1", "1 2 3", "1 2; 3"):
            await looking.typed("a", typed)
        await looking.press("H", "H", "H", "n", "n", "a")
        await again(looking.app, looking.pilot, "0.5")
        await looking.close()
        await looking.press("n", "enter", "p")
        await looking.pilot.press(*["n"] * 12)
        for pasted in ("1 2; 3 4", "one", "dW1 = [[1, 2], [3, 4]]", "[[1, 2, 3]]", "Q = 1"):
            await looking.close()
            await looking.press("m")
            looking.app.screen.query_one(TextArea).text = pasted
            await looking.press("ctrl+s")
            await looking.close()
            await looking.press("J", "d", "x", "i")

    monkeypatch.chdir(tmp_path)
    assert seen_on_screen(tmp_path, act, ["one Q dW1"]) == []
