"""A scenario in a person's words: each line that is not TOML is said with how it is written, all of them at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.scenario import bundled, loads
from nnstep.scenario.toml.mending import mended
from nnstep.scenario.toml.spelling import spell
from nnstep.text import clean
from tests.present import present
from tests.scenario.helpers import problems

DATA = "[data]\nx = [[1, 2], [3, 4]]\ny = [[1], [0]]\n"
NET = DATA + '[[layers]]\ntype = "linear"\nunits = 1\n[loss]\ntype = "mse"\n'
SGD = NET + '[optimizer]\ntype = "sgd"\n'  # ten lines
LR = 11


def said(text: str) -> list[str]:
    """What is said of a text, without the file's name."""
    return [str(problem).removeprefix("net.toml:") for problem in problems(text)]


VALUES = [
    (".5", "lr = 0.5"),
    ("+.5", "lr = +0.5"),
    ("-.5", "lr = -0.5"),
    ("2.", "lr = 2.0"),
    ("1.e-3", "lr = 1.0e-3"),
    (".5e-3", "lr = 0.5e-3"),
    ("007", "lr = 7"),
    ("00.5", "lr = 0.5"),
    ("0,5", "lr = 0.5"),
    (",5", "lr = 0.5"),
    ("1,000", "lr = 1000"),
    ("1 000", "lr = 1000"),
    ("1.000,5", "lr = 1000.5"),
    ("10%", "lr = 0.1"),
    ("0.1f", "lr = 0.1"),
    ("1e-3f", "lr = 1e-3"),
    ("- 0.5", "lr = -0.5"),
    ("−0.5", "lr = -0.5"),
    ("1e−3", "lr = 1e-3"),
    ("１２", "lr = 12"),
    ("1/3", "lr = 0.3333333333333333"),
    ("1 / 8", "lr = 0.125"),
    ("2**3", "lr = 8"),
    ("2^3", "lr = 8"),
    ("10^-3", "lr = 0.001"),
    ("2×10⁻³", "lr = 0.002"),
    ("sqrt(2)", "lr = 1.4142135623730951"),
    ("√2", "lr = 1.4142135623730951"),
    ("1/np.sqrt(2)", "lr = 0.7071067811865475"),
    ("pi", "lr = 3.141592653589793"),
    ("2π", None),
    ("½", "lr = 0.5"),
    ("1e", "write it as in 1e-3"),
    ("0XFF", "lr = 255"),
    ("1_000_", "lr = 1000"),
    ("0.1.", "lr = 0.1"),
    ("0.1 (default)", "lr = 0.1"),
    ("~0.1", None),
    ("1O", None),
    ("0.1;", "lr = 0.1"),
    ("0.1,", "lr = 0.1"),
    ("0.1 // the rate", "lr = 0.1"),
    ("0.1 % the rate", "lr = 0.1"),
    ("None", "leave lr out"),
    ("null", "leave lr out"),
    ("Infinity", None),
    ("NaN", None),
    ("1.2.3", None),
]


@pytest.mark.parametrize(("written", "meant"), VALUES)
def test_a_number_in_a_persons_words(written: str, meant: str | None) -> None:
    found = next(one for one in said(f"{SGD}lr = {written}\n") if one.startswith(f"{LR}: optimizer.lr: not TOML: "))
    if not written.startswith("0.1 ") and not written.endswith((";", ",")):
        assert f"found {written}" in found
    if meant is not None:
        assert meant in found[found.index("(") :]


LINES = [
    ("lr: 0.1", "lr = 0.1"),
    ("lr 0.1", "lr = 0.1"),
    ("lr == 0.1", "lr = 0.1"),
    ("lr := 0.1", "lr = 0.1"),
    ("lr ← 0.1", "lr = 0.1"),
    ("η = 0.1", "lr = 0.1"),
    ("η: .1", "lr = 0.1"),
    ("lr\u00a0= 0.1", "lr = 0.1"),
    ("lr =\u00a00.1", "lr = 0.1"),
    ("\ufefflr = 0.1", "lr = 0.1"),
    ("lr\u200b = 0.1", "lr = 0.1"),
    ("nesterov = True", "nesterov = true"),
    ("nesterov = FALSE", "nesterov = false"),
    ("betas = (0.9, 0.999)", "betas = [0.9, 0.999]"),
    ("betas = [0.9 0.999]", "betas = [0.9, 0.999]"),
    ("betas = 0.9, 0.999", "betas = [0.9, 0.999]"),
    ("// a remark", None),
    ("% a remark", None),
    ("; a remark", None),
    ("this is no line of TOML", None),
    ("lr =", "write it after the ="),
    ("lr", "write it after the ="),
]


@pytest.mark.parametrize(("written", "meant"), LINES)
def test_a_line_in_a_persons_words(written: str, meant: str | None) -> None:
    found = next(one for one in said(f"{SGD}{written}\n") if "not TOML: " in one)
    assert found.startswith(f"{LR}: ")
    assert meant is None or meant in found


TYPES = ["“sgd”", "‘sgd’", "«sgd»", "„sgd“", "`sgd`", "sgd", "\"sgd'", "'sgd\"", '"sgd', "'sgd", "＂sgd＂"]


@pytest.mark.parametrize("written", TYPES)
def test_text_in_other_quotes_or_none(written: str) -> None:
    (found,) = said(f"{NET}[optimizer]\ntype = {written}\nlr = 0.1\n")
    assert found.startswith("10: optimizer.type: not TOML: ")
    assert 'write type = "sgd"' in found


MATRICES = [
    "[[1 2] [3 4]]",
    "[[1, 2] [3, 4]]",
    "[1 2; 3 4]",
    "[1, 2; 3, 4]",
    "[[1, 2]; [3, 4]]",
    "((1, 2), (3, 4))",
    "np.array([[1, 2], [3, 4]])",
    "torch.tensor([[1, 2], [3, 4]], dtype=torch.float64)",
    "[[1, 2], [3, 4]",
    "[[1, 2], [3, 4",
    "[[1, 2], [3, 4]]]",
    "[[1, 2], [3, 4]],",
    "[[1, 2],, [3, 4]]",
    "[[1,\u00a02], [3, 4]]",
    "[[1, 2), [3, 4]]",
    "{{1, 2}, {3, 4}}",
    "{1, 2; 3, 4}",
    "[[1, 2] /* the first */, [3, 4]]",
]


@pytest.mark.parametrize("written", MATRICES)
def test_a_matrix_in_a_persons_words(written: str) -> None:
    (found,) = said(NET.replace("[[1, 2], [3, 4]]", written))
    assert found.startswith("2: data.x: not TOML: ")
    assert "write x = [[1, 2], [3, 4]]" in found.replace("]  ,", "],").replace("] ,", "],")


def test_two_keys_on_a_line() -> None:
    found = said(NET + "[optimizer]\ntype = sgd, lr = 0.1\n")[0]
    assert "found lr = 0.1 after the value: each key stands on a line of its own" in found
    found = said(NET.replace("]]\ny", "]] y"))[0]
    assert "found y = [[1], [0]] after the value: each key stands on a line of its own" in found


def test_a_matrix_over_lines() -> None:
    (found,) = said(NET.replace("[[1, 2], [3, 4]]", "[\n[1, 2]\n[3, 4]\n]"))
    assert found.startswith("3: data.x: not TOML: a comma is missing")
    assert "write [1, 2]," in found
    (found,) = said(NET.replace("[[1, 2], [3, 4]]", "[\n1 2\n3 4\n]"))
    assert found.startswith("2: data.x: not TOML: rows are not told apart")
    assert "write [[1, 2], [3, 4]]" in found
    found = said(NET.replace("[[1, 2], [3, 4]]", "[\n[1, 2],\n[3, 4]"))[0]
    assert found.startswith("2: data.x: not TOML: the [ that is opened here is not closed")


def test_windows_paths() -> None:
    (found,) = said(NET.replace(DATA, '[data]\nfile = "C:\\Users\\me\\new.csv"\nx = ["a"]\n'))[:1]
    assert found.startswith("2: data.file: not TOML: found \\U in ")
    assert "write file = 'C:\\Users\\me\\new.csv'" in found
    (found,) = said(NET.replace(DATA, '[data]\nfile = "C:\\data\\"\nx = ["a"]\n'))[:1]
    assert "write file = 'C:\\data\\'" in found


def test_an_escape_in_a_path_that_is_toml(tmp_path: Path) -> None:
    (problem,) = problems(NET.replace(DATA, '[data]\nfile = "data\\test.csv"\nx = ["a"]\n'), tmp_path)
    assert problem.line == 2
    assert "found a tab in its name" in problem.message
    assert problem.hint == 'write "data/test.csv"'
    (problem,) = problems(NET.replace(DATA, "[data]\nfile = 'data\\test.csv'\nx = ['a']\n"), tmp_path)
    assert problem.hint == 'write "data/test.csv"'


HEADERS = [
    ("[layers]", "[[layers]]"),
    ("[[layers]", "[[layers]]"),
    ("[layers]]", "[[layers]]"),
    ("[ [layers] ]", "[[layers]]"),
    ("layers:", "[[layers]]"),
    ("{layers}", "[[layers]]"),
    ("layers]", "[[layers]]"),
    ("[[layers", "[[layers]]"),
    ("<layers>", "[[layers]]"),
]


@pytest.mark.parametrize(("written", "meant"), HEADERS)
def test_headers(written: str, meant: str) -> None:
    # a second header makes a single pair of brackets an error of TOML too
    found = said(NET.replace("[[layers]]", written) + f'{written}\ntype = "relu"\n')
    assert [one.split(":")[0] for one in found] == ["4", "9"]
    assert all(f"write {meant}" in one for one in found)


def test_brackets_of_a_table_that_are_toml() -> None:
    assert "write [[layers]], in double brackets" in said(NET.replace("[[layers]]", "[layers]"))[0]
    assert "write [data], in single brackets" in said(NET.replace("[data]", "[[data]]"))[0]


def test_what_stands_twice_names_the_first_line() -> None:
    (found,) = said(SGD + "lr = 0.1\nlr = 0.2\n")
    assert found == "12: optimizer.lr: not TOML: lr is given twice: line 11 has it already"
    found = said(SGD + "lr = 0.1\n[data]\nx = [[1]]\n")[0]
    assert found.startswith("12: not TOML: [data] stands twice: line 1 has it already")


def test_equations_without_their_string() -> None:
    found = said("[equations]\nh = x @ W\nloss = sum(h)\n[data]\nx = [[1]]\n[parameters]\nW = [[1]]\n")
    assert found[0].startswith("2: equations.h: not TOML: found x @ W: equations stand in one string")
    found = said('equations = """\nh = x @ W\nloss = sum(h)\n[data]\nx = [[1]]\n[parameters]\nW = [[1]]\n')
    assert found == ['1: equations: not TOML: the """ that is opened here is not closed']


def test_several_mistakes_in_one_line_are_one_line() -> None:
    (found,) = said(NET.replace("[[1, 2], [3, 4]]", "[[.5, 1/4], [.25, 2.]]"))
    assert "found .5, .25, 2.: " in found
    assert "found 1/4: " in found
    assert found.endswith("(write x = [[0.5, 0.25], [0.25, 2.0]])")


def test_all_lines_and_all_else_that_is_wrong_are_said_at_once() -> None:
    text = (
        "titel = My network\n" + NET.replace('"linear"', "linera") + "[optimizer]\ntype = “sgd”\nlr: .5\nmomentum = 2\n"
    )
    lines = [int(one.split(":")[0]) for one in said(text)]
    assert lines == [1, 1, 6, 6, 11, 12]


def test_a_table_in_braces() -> None:
    (found,) = said('optimizer = { type = "sgd", lr: .1 }\n' + NET)
    assert found.endswith('(write optimizer = { type = "sgd", lr = 0.1 })')
    found = said('optimizer = {\n  type = "sgd",\n  lr = 0.1,\n}\n' + NET)[0]
    assert found.startswith("1: optimizer: not TOML: a table in braces goes over several lines")
    assert found.endswith('(write optimizer = { type = "sgd", lr = 0.1 })')


def test_other_formats() -> None:
    assert "found JSON" in said('{"data": {"x": [[1]]}}\n')[0]
    found = said("data:\n  x: [[1, 2]]\n  y: [[1]]\nlayers:\n  - type: linear\n    units: 1\n")
    assert [one.split(":")[0] for one in found] == ["1", "2", "3", "4", "5", "6"]
    assert "lines end with the sign CR alone" in said(NET.replace("\n", "\r"))[0]


def test_values_that_stand_in_quotes() -> None:
    found = said(SGD + 'lr = "0.1"\nnesterov = "True"\n[training]\nepochs = 1e3\nbatch_size = "2"\n')
    assert [present(re.search(r"\((.*)\)$", one))[1] for one in found] == [
        "write 0.1 without quotes",
        "write true without quotes",
        "write 1000",
        "write 2 without quotes",
    ]


SOURCES = [Path(one.path).read_text(encoding="utf-8") for one in bundled()]
PIECES = st.sampled_from(
    [
        *['"', '"""', "'", "[", "]", "{", "}", "=", ":", ",", ";", "#", "\n", "\\", "(", ")", "“", "”", "\u00a0", "−"],
        *["1/3", ".5", "2.", "True", "np.array(", "zeros(2)", "//", "%", "- ", "\x00", "\r", "[[", "<-", "α = 1\n"],
        *["½", "√", "inf"],
    ]
)


@settings(max_examples=200)
@given(
    st.sampled_from(SOURCES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5), PIECES), min_size=1, max_size=6)
)
def test_whatever_is_not_toml_is_said_and_what_was_meant_is(source: str, spoiled: list[tuple[float, int, str]]) -> None:
    for place, length, piece in spoiled:
        at = int(place * len(source))
        source = source[:at] + piece + source[at + length :]
    try:
        tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = mended(source, "net.toml", str(error))
        lines = re.split(r"\r\n|\n|\r", source)
        assert found.problems
        assert all(one.line and 1 <= one.line <= len(lines) for one in found.problems)
        assert all(clean(one, 2_000) == str(one) for one in found.problems)  # fit for a terminal
        if found.text is not None:
            tomllib.loads(found.text)
            assert found.text.count("\n") == len(lines) - 1


@given(st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers().map(str))
def test_a_number_of_toml_is_as_it_stands(written: str) -> None:
    assert spell(written) == (written, "", True)


@given(st.text(max_size=30))
def test_any_word_is_written_so_that_toml_reads_it(written: str) -> None:
    found = spell(written)
    if found.reason == "word":
        assert tomllib.loads(f"k = {found.text}")["k"] == written


def test_what_is_toml_is_read_as_it_is() -> None:
    assert loads(SGD + "lr = 0.1\n").optimizer is not None


@pytest.mark.parametrize("line", ["lr:", "lr :=", "lr =>"])
def test_no_value_is_made_up_where_none_was_written(line: str) -> None:
    (problem,) = problems(f'equations = "loss = w ** 2"\n[parameters]\nw = 1\n[optimizer]\ntype = "sgd"\n{line}\n')
    assert "lr has no value" in problem.message
    assert problem.hint == "write it after the ="


def test_a_block_of_equations_without_quotes_is_shown_with_its_quotes() -> None:
    first = problems("equations:\nloss = w ** 2\n[parameters]\nw = 1\n")[0]
    assert str(first.hint).startswith('write equations = """ on a line at the top')
