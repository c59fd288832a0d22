"""Laws about the project as a whole: what it says about itself is so, and its rooms keep to themselves."""

import ast
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import nnstep
from nnstep import cli
from nnstep.engine import Timeline
from nnstep.engine.gradcheck import gradcheck
from nnstep.language import parse_equations
from nnstep.ops import OPERATIONS
from nnstep.program import PHASES
from nnstep.scenario import bundled, find, load, loads
from tests import docs
from tests.present import present

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {page: page.read_text(encoding="utf-8") for page in docs.PAGES}
DOCS = "\n".join(PAGES.values())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMES = [one.name for one in bundled()]
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(nnstep.__path__, "nnstep.") if module.name != "nnstep.__main__"
)

# What the library must have, since these are the subjects that the program is for.
SUBJECTS = {
    "linear_model",
    "softmax",
    "perceptron_sigmoid",
    "perceptron_tanh",
    "perceptron_relu",
    "two_layer",
    "mlp",
    "chain_rule",
    "linear_regression",
    "minibatch_sgd",
    "xor_linear",
    "xor",
    "wide",
    "deep",
    "mazur",
    "micrograd",
    "circuit",
    "residual",
    "attention",
    "tied_autoencoder",
}


# ---- What the project says about itself ------------------------------------------------------------------


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", nnstep.__version__)


def test_the_changelog_knows_the_version() -> None:
    heads = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] in ("Unreleased", nnstep.__version__)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_in_the_docs(name: str) -> None:
    assert re.search(rf"^\| `nnstep {name}[ `]", DOCS, re.MULTILINE)


def test_the_tables_of_the_docs_are_the_programs_own() -> None:
    found = [block for text in PAGES.values() for block in docs.blocks(text)]
    assert sorted(name for name, _ in found) == sorted(docs.TABLES)
    for name, table in found:
        assert table == docs.TABLES[name](), f"write it anew with: python -m tests.docs ({name})"


def test_the_docs_name_every_optimizer_and_initialiser_and_loss() -> None:
    from nnstep.optimizers import OPTIMIZERS
    from nnstep.scenario.initialisers import INITIALISERS
    from nnstep.scenario.loss_table import LOSSES

    assert [word for word in (*INITIALISERS, *LOSSES, *OPTIMIZERS) if f"`{word}`" not in DOCS] == []


def test_the_scenarios_of_the_docs_work() -> None:
    texts = re.findall(r"```toml\n(title = .*?)```", DOCS, re.DOTALL)
    assert [Timeline(loads(text)).iterations for text in texts] == [80, 80]


def test_the_equations_of_the_docs_work() -> None:
    (text,) = re.findall(r"```toml\n(equations = .*?)```", DOCS, re.DOTALL)
    scenario = loads(text + "\n[data]\nx = [[1, 2, 3]]\n")
    assert [check.ok for check in gradcheck(Timeline(scenario))] == [True, True]


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_file(), target
        if anchor:
            assert anchor in _anchors(there.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_paths_in_the_pages_for_developers_are_there(name: str) -> None:
    for path in re.findall(r"`((?:nnstep|tests|docs|scenarios|\.ci|\.github)/[\w./-]*)`", PAGES[ROOT / name]):
        assert (ROOT / path).exists(), path


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= 150


def test_the_set_up_of_the_readme_is_one_line_each() -> None:
    for mark, extra in (("run", "."), ("test", "'.[test]'")):
        (command,) = re.findall(rf"<!-- ci: {mark} -->\n\n```sh\n(.*?)```", README, re.DOTALL)
        assert command.count("\n") == 1
        assert command.startswith(f"python3 -m venv .venv && .venv/bin/pip install -e {extra} && ")


def test_it_depends_on_two_packages() -> None:
    assert [present(re.match(r"[a-z]+", one))[0] for one in PROJECT["project"]["dependencies"]] == ["textual", "numpy"]


# ---- The library -----------------------------------------------------------------------------------------


def test_the_library_has_every_subject() -> None:
    assert set(NAMES) >= SUBJECTS


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_scenario_runs_to_its_end(name: str) -> None:
    scenario = load(find(name))
    assert scenario.title
    assert len(scenario.description) > 80
    timeline = Timeline(scenario, records=1)
    record = timeline.record(timeline.iterations)
    assert all(np.isfinite(record.value(step.target)).all() for step in record.program.steps)
    assert [phase for phase, _, _ in record.program.phases] == list(PHASES)[: len(record.program.phases)]


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_scenario_has_right_gradients(name: str) -> None:
    assert [check for check in gradcheck(Timeline(load(find(name)))) if not check.ok] == []


# ---- The rooms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is(name: str) -> None:
    assert importlib.import_module(name).__doc__


@pytest.mark.parametrize("path", sorted(Path(nnstep.__file__).parent.rglob("*.py")), ids=str)
def test_a_module_takes_nothing_private_from_another(path: Path) -> None:
    """What others may use of a module has no underscore; mypy sees to it that it is taken from where it is made."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "nnstep":
            assert [one.name for one in node.names if one.name.startswith("_")] == []


@pytest.mark.parametrize("name", [name for name in MODULES if hasattr(importlib.import_module(name), "__path__")])
def test_a_room_gives_exactly_what_it_imports(name: str) -> None:
    """`__all__` of a package is what its `__init__` imports (at once, or when it is asked for) or defines."""
    tree = ast.parse(Path(present(importlib.import_module(name).__file__)).read_text(encoding="utf-8"))
    given = set()
    later = [inner for node in tree.body if isinstance(node, ast.If) for inner in node.body]
    for node in (*tree.body, *later):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("nnstep"):
            given |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            given.add(node.name)
    public = {each for each in given if not each.startswith("_")}
    assert public == set(importlib.import_module(name).__all__)


def test_every_operation_has_a_symbol_and_a_sentence() -> None:
    for one in OPERATIONS:
        assert one.symbol
        assert re.fullmatch(r"[^\n]+\.|[^\n]+: [^\n]+\.", one.sentence), one.name


def test_the_rooms_import_only_from_below() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# What goes through the whole program, and not one room.
ACROSS = {"benchmarks", "faults", "hostile", "languages", "storms", "test_project.py", "test_translated.py"}


def test_tests_are_where_their_room_is() -> None:
    """A room that is a folder has a folder of tests or one file, a room that is a file has one file."""
    rooms = [path for path in (ROOT / "nnstep").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    places = {path.name for path in rooms if path.is_dir()} | {f"test_{path.stem.strip('_')}.py" for path in rooms}
    tests = ROOT / "tests"
    found = {path.relative_to(tests).parts[0] for path in tests.rglob("test_*.py")}
    assert found - ACROSS - places == set()
    assert [path.name for path in rooms if {path.name, f"test_{path.stem}.py"} <= found] == [], (
        "tests of it in two places"
    )


def _loaded_by(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after running `code`."""
    script = f"{code}\nimport sys\nsys.stdout.write('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rsplit("\n", 1)[-1].split())


def test_the_package_alone_loads_nothing() -> None:
    loaded = _loaded_by("import nnstep")
    assert {name for name in loaded if name.split(".")[0] in ("nnstep", "numpy", "textual", "rich")} == {"nnstep"}


def test_check_and_trace_load_no_screen_and_no_random_numbers_that_they_do_not_need() -> None:
    commands = (["check", "mazur"], ["trace", "mazur", "--iteration", "1"])
    loaded = _loaded_by(f"from nnstep.cli import main\nassert [main(one) for one in {commands}] == [0, 0]")
    assert "nnstep.engine" in loaded
    assert not {"textual", "rich", "asyncio", "numpy.random"} & loaded


def test_stepping_loads_only_what_it_needs() -> None:
    loaded = _loaded_by("import nnstep.tui.app\nnnstep.tui.app.open_stepper('two_layer').view()")
    assert "nnstep.view.stepper" in loaded
    others = (
        *("engine.gradcheck", "language.latex", "scenario.data.from_file", "scenario.toml.mending"),
        *("tui.screens.dialogs", "view.reports.records", "view.reports.check", "view.reports.transcript"),
    )
    assert not {f"nnstep.{name}" for name in others} & loaded


def test_the_command_table_loads_no_screen() -> None:
    assert not {"textual", "rich"} & _loaded_by("import nnstep.tui.commands")


# ---- The text of the repository --------------------------------------------------------------------------


def test_equations_in_the_docs_are_in_the_language() -> None:
    lines = re.findall(r"^    (\w+ +=[^=].*?)(?:  .*)?$", DOCS, re.MULTILINE)
    assert lines
    for line in lines:
        parse_equations(line)
