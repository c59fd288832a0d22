"""How the screen and the listings write a program: what is written means what is computed."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger import Session
from nnstep.errors import LanguageError
from nnstep.language import Call, Expression, Name, parse_expression, substitute, to_text, tokens
from nnstep.ops import OPERATIONS
from nnstep.program import Program, compile_program
from nnstep.program.naming import objective_letter
from nnstep.scenario import find, load, loads
from nnstep.scenario.library import bundled
from nnstep.view.panels.program import listing_lines
from nnstep.view.reports.latex import notation_of
from nnstep.view.scene.display import Operand, equation_line, laid_out
from nnstep.view.text.canvas import line_text
from nnstep.view.text.notation import ascii_text
from nnstep.view.text.symbols import SYMBOLS, label
from tests.engine.random_programs import random_case
from tests.language.latex_reader import plain
from tests.language.unicode_reader import read_unicode


def typed_back(text: str, program: Program) -> Expression:
    """A typed expression as a tree; what is no expression of the language, as `grad(h) via o` is not, by a stand-in."""
    stands: dict[str, str] = {}
    for name in sorted(program.versions, key=len, reverse=True):
        if name in text and not _parses(name):
            stands[f"stand_in_{len(stands)}"] = name
            text = text.replace(name, f"stand_in_{len(stands) - 1}")
    return substitute(parse_expression(text), lambda leaf: _meant(leaf, stands))


def _meant(leaf: Expression, stands: dict[str, str]) -> Expression | None:
    return Name(stands[leaf.id]) if isinstance(leaf, Name) and leaf.id in stands else None


def _parses(name: str) -> bool:
    try:
        parse_expression(name)
    except LanguageError:
        return False
    return True


def check_written(program: Program) -> None:
    """Every expression, as it is typed, on the screen and in ASCII, reads back as what it is written for."""
    notation = notation_of(program)
    meaning, objective = notation.meaning, notation.objective
    letter = objective_letter(program)
    own = set(notation.names)
    for step in program.steps:
        wanted = plain(step.expression, meaning, objective)
        typed = to_text(step.expression)
        assert plain(typed_back(typed, program), meaning, objective) == wanted, typed
        assert ascii_text(typed) == typed or not typed.isascii()
        written = "".join(token.text for token in tokens(step.expression, SYMBOLS, letter))
        assert plain(read_unicode(written, own, objective), meaning, objective) == wanted, written
        target = program.values[step.target]
        line = line_text(equation_line(program, step, letter))
        assert target.role == "unnamed" or line.startswith(label(target.name, letter))
    for name in program.versions:
        written = label(name, letter)
        assert plain(read_unicode(written, own, objective), meaning, objective) == plain(
            Name(name), meaning, objective
        ), written
    labels = [label(name, letter) for name in program.versions]
    assert len(set(labels)) == len(labels)


# Laws.


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_what_is_written_of_a_bundled_scenario_reads_back(name: str) -> None:
    check_written(compile_program(load(find(name))))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_written_of_any_program_reads_back(seed: int) -> None:
    check_written(compile_program(loads(random_case(Random(seed)).text)))


def test_no_two_operations_are_written_alike() -> None:
    infix = {"add", "subtract", "multiply", "divide", "power", "negative", "matmul", "remainder", "transpose", "slice"}
    called = [entry for entry in OPERATIONS if entry.name not in infix]
    assert len({(entry.symbol, len(entry.inputs)) for entry in called}) == len(called)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("grad(W) ** 2", "(∂L/∂W)²"),
        ("grad(W).T @ x", "(∂L/∂W)ᵀ @ x"),
        ("grad(W)[0:2]", "(∂L/∂W)[0:2]"),
        ("2 * grad(W)", "2 · ∂L/∂W"),
        ("max(x, 0)", "max rows(x)"),
        ("maximum(x, 0)", "max(x, 0)"),
        ("sum(x, axis=1)", "Σ columns(x)"),
        ("sum(x, axis=1, keepdims=True)", "Σ columns(x, keepdims=True)"),
        ("sum(x, -1, 0)", "Σ columns(x)"),
        ("bce_with_logits(z, y)", "BCEWithLogits(z, y)"),
        ("--2 * -x", "−(−2) · −x"),
    ],
)
def test_the_forms(typed: str, written: str) -> None:
    assert "".join(token.text for token in tokens(parse_expression(typed), SYMBOLS)) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("grad(x.T)", "∂L/∂(xᵀ)"),
        ("grad(x[0])", "∂L/∂(x[0])"),
        ("grad(tanh(x @ W))", "∂L/∂tanh(x @ W)"),
        ("grad(b) before sum", "∂L/∂b before sum"),
        ("grad(h) via x @ W.T (2)", "∂L/∂h via (x @ Wᵀ) (2)"),
    ],
)
def test_names_of_gradients(name: str, written: str) -> None:
    assert label(name) == written


def test_a_part_of_a_gradient_is_one_thing_in_a_sum() -> None:
    total = "".join(token.text for token in tokens(_added("grad(h) via x @ W", "grad(h) via z (1)"), SYMBOLS))
    assert total == "∂L/∂h via (x @ W) + (∂L/∂h via z (1))"


def _added(*names: str) -> Expression:

    return Call("add", (Name(names[0]), Name(names[1])))


def test_the_loss_goes_by_its_name_where_something_else_is_called_l() -> None:
    text = 'equations = "L = w * w\\nloss = L * L"\n[parameters]\nw = 2\n'
    program = compile_program(loads(text))
    assert [label(name, objective_letter(program)) for name in ("grad(loss)", "grad(L)")] == ["∂loss/∂loss", "∂loss/∂L"]


def test_in_the_listing_an_ellipsis_stands_for_the_value_just_before_and_nothing_else() -> None:
    text = 'equations = "z = xx * 2 + x * 2"\n[parameters]\nxx = 2\n[data]\nx = [[1, 2]]\n'
    lines = [line_text(line.pieces) for line in listing_lines(Session(loads(text)), "L")]
    assert lines == ["FORWARD", "xx · 2", "x · 2", "z = xx · 2 + …"]


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ("W - 0.2 * g", "W − 0.2 · g"),
        ("a + b * c", "a + b ⊙ c"),
        ("(a ** b) ** c", "( a ** b ) ** c"),
        ("(-a) ** 2", "( − a ) ²"),
        ("-(a ** 2)", "− a ²"),
        ("a - (-b)", "a − ( − b )"),
        ("-a * b", "− a ⊙ b"),
        ("(a @ b) * c", "( a @ b ) ⊙ c"),
        ("max(a, 0)", "max over rows( a )"),
        ("maximum(a, 0)", "max( a , 0 )"),
    ],
)
def test_a_row_of_matrices_has_the_signs_of_its_expression(typed: str, row: str) -> None:
    parts = laid_out(parse_expression(typed))
    assert " ".join(part.name if isinstance(part, Operand) else part.text for part in parts) == row
