"""Whatever the screen prints as a name can be typed, and gradients are called as in any book."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import LanguageError
from nnstep.language import Call, Name, parse_expression
from nnstep.language.references import Vocabulary, read_expression, read_reference, split_cell
from nnstep.program import Program, compile_program
from nnstep.program.naming import expression_of, names_like, objective_letter, value_named
from nnstep.scenario import bundled, load, loads
from nnstep.view.text.symbols import label
from tests.engine.random_programs import random_case

PROGRAMS = {one.name: compile_program(load(one.path)) for one in bundled()}
NOTATIONS = (
    *("grad({})", "∂L/∂{}", "dL/d{}", "d{}", "grad_{}", "{}.grad", "{}_grad", "∂𝓛/∂{}", "∂ℒ/∂{}", "dloss/d{}", "d{}"),
    *("∂L / ∂{}", " grad( {} ) ", "dJ/d{}", "∂E/∂{}", "∂loss/∂{}", "∇{}", "∇_{} L", "dL/d({})", "grad {}", "∂L/∂({})"),
)
CELLS = ("[{},{}]", "[{}, {}]", "[{}][{}]", " [ {} , {} ]")


def small(text: str, parameters: str = "W1 = [[1.0, 2.0]]\ndW1 = [[3.0, 4.0]]\n") -> Program:
    return compile_program(loads(f'equations = """\n{text}\n"""\n[parameters]\n{parameters}'))


def means(program: Program, printed: str, name: str) -> bool:
    """Whether a text names a value; where the screen prints two values alike, whether it says so."""
    try:
        return value_named(program, printed) == (name, ())
    except LanguageError as error:
        return f"grad({objective_letter(program)})" in error.message or name in error.message


@pytest.mark.parametrize("scenario", PROGRAMS)
def test_every_name_that_is_printed_of_the_library_can_be_typed(scenario: str) -> None:
    program = PROGRAMS[scenario]
    for name in program.versions:
        printed = label(name, objective_letter(program))
        for text in (name, printed, printed.replace(" ", ""), f"  {printed} ", f"({name})"):
            assert value_named(program, text) == (name, ()), text
        if len(program.values[program.versions[name][0]].shape) == 2:
            assert value_named(program, f"{printed}[0,0]") == (name, (0, 0)) or f"{name}[0,0]" in program.versions


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_every_name_that_is_printed_of_any_program_can_be_typed(seed: int) -> None:
    program = compile_program(loads(random_case(Random(seed)).text))
    for name in program.versions:
        assert value_named(program, name) == (name, ())
        assert means(program, label(name, objective_letter(program)), name), name


@pytest.mark.parametrize("scenario", PROGRAMS)
def test_gradients_as_in_books_and_frameworks(scenario: str) -> None:
    program = PROGRAMS[scenario]
    for value in program.values:
        gradient = f"grad({value.name})"
        if not value.name.isidentifier() or gradient not in program.versions:
            continue
        for notation in NOTATIONS:
            text = notation.format(value.name)
            assert value_named(program, text) == (gradient, ()), text
            if notation != "∇_{} L":
                assert expression_of(text, [program]) == Name(gradient) or notation == "grad {}", text
            if len(value.shape) == 2:
                for cell in CELLS:
                    assert value_named(program, text.strip() + cell.format(0, 0)) == (gradient, (0, 0)), text


def test_a_cell_inside_and_outside_of_the_notation() -> None:
    program = PROGRAMS["two_layer"]
    for text in (
        "grad(W1[1,2])",
        "W1[1, 2].grad",
        "∂L/∂W1[1,2]",
        "(∂L/∂W1)[1][2]",
        "dW1[1,2]",
        "dL/dW1 [1,2]",
        "∂L/∂W₁[1,2]",
    ):
        assert value_named(program, text) == ("grad(W1)", (1, 2)), text
    assert split_cell("W1[0,1]") == ("W1", (0, 1))
    assert split_cell("x[:, 0]") == ("x[:, 0]", ())
    assert split_cell("[0,1]") == ("[0,1]", ())


def test_values_without_a_name_go_by_their_text_their_sign_and_their_step() -> None:
    program = PROGRAMS["two_layer"]
    for text in ("x @ W1", "x@W1", "(x @ W1)", "#1"):
        assert value_named(program, text) == ("x @ W1", ()), text
    for text in ("σ(z)", "sigmoid(z)", "sigmoid( z )", "h", "#3"):
        assert value_named(program, text) == ("h", ()), text
    for text in ("W1′", "W1'", "W₁"):
        assert value_named(program, text) == ("W1", ()), text


@pytest.mark.parametrize(
    "text",
    ["", " ", "Q", "dQ", "∂z/∂W1", "dz/dW1", "#0", "#99", "#x", "grad()", "∂L/∂", "[0,1]", "()", "d" * 300, "(" * 3000],
)
def test_what_names_nothing(text: str) -> None:
    assert value_named(PROGRAMS["two_layer"], text) is None


def test_a_name_of_ones_own_comes_first() -> None:
    program = small("grad_W1 = W1 * 2\nz = dW1 * grad_W1\nL = sum(z)\nloss = L * L")
    assert value_named(program, "dW1") == ("dW1", ())
    assert value_named(program, "grad_W1") == ("grad_W1", ())
    assert value_named(program, "W1.grad") == ("grad(W1)", ())
    assert value_named(program, "ddW1") == ("grad(dW1)", ())
    assert expression_of("sum(dW1 + grad_W1)", [program]) == parse_expression("sum(dW1 + grad_W1)")
    quotient = compile_program(loads('equations = "loss = dL / dz"\n[parameters]\ndL = 1.0\ndz = 2.0\nz = 3.0'))
    assert expression_of("dL/dz", [quotient]) == parse_expression("dL / dz")


def test_no_name_is_printed_of_two_values() -> None:
    """The letter of the loss is L where nothing else is called so."""
    program = small("L = sum(W1 * dW1)\nloss = L * L")
    assert objective_letter(program) == "loss"
    assert value_named(program, "∂loss/∂L") == value_named(program, "∂L/∂L") == ("grad(L)", ())
    assert value_named(program, "∂loss/∂loss") == ("grad(loss)", ())


EXPRESSIONS = [
    ("∂L/∂W1[0,1] > 0.5", "grad(W1)[0, 1] > 0.5"),
    ("norm(dW1) ≤ 1", "norm(grad(W1)) <= 1"),
    ("norm(W1.grad) < 1e-3", "norm(grad(W1)) < 1e-3"),
    ("prev(∂L/∂W1) − grad_W1", "prev(grad(W1)) - grad(W1)"),
    ("any(isnan(∂L/∂z))", "any(isnan(grad(z)))"),
    ("sum(W1 ⊙ W1) · 2", "sum(W1 * W1) * 2"),
    ("Σ(z²) > 1", "sum(z ** 2) > 1"),
    ("σ(z) @ W2", "sigmoid(z) @ W2"),
    ("norm(xᵀ @ dL/dz)", "norm(x.T @ grad(z))"),
    ("loss/h", "loss / h"),
    ("iteration % 10 == 0 and loss < 1", "iteration % 10 == 0 and loss < 1"),
    ("x@W1", "x @ W1"),
]


@pytest.mark.parametrize(("text", "typed"), EXPRESSIONS)
def test_names_in_expressions(text: str, typed: str) -> None:
    assert expression_of(text, [PROGRAMS["two_layer"]]) == parse_expression(typed)


def test_a_gradient_of_what_there_is_not_is_said_as_it_was_written() -> None:
    for text in ("norm(∂L/∂Q)", "norm(Q.grad)", "dL/dQ > 1", "∂z/∂W1 > 1"):
        with pytest.raises(LanguageError, match="nothing is called"):
            expression_of(text, [PROGRAMS["two_layer"]])


def test_finding_by_what_is_typed() -> None:
    program = PROGRAMS["two_layer"]
    assert names_like(program, "") == list(program.versions)
    assert names_like(program, " w1")[0] == "W1"
    for text in ("∂L/∂W1", "dW1", "W1.grad", "dL/d W1", "∂l/∂w1"):
        assert names_like(program, text)[0] == "grad(W1)", text
    assert names_like(program, "σ(z)")[0] == "h"
    assert names_like(program, "qqq") == []


@settings(max_examples=300, deadline=None)
@given(st.text("dL/∂∇W1z.grad()[],0 _'′ᵀσ@*#²", max_size=40))
def test_any_text_names_a_value_or_none(text: str) -> None:
    program = PROGRAMS["two_layer"]
    try:
        found = value_named(program, text)
        expression = expression_of(text, [program])
    except LanguageError:
        return
    assert found is None or found.name in program.versions
    assert isinstance(expression, Name | Call | tuple)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_in_the_language_already_is_read_as_before(seed: int) -> None:
    """Of every equation of random programs, where no name means anything else."""
    scenario = loads(random_case(Random(seed)).text)
    program = compile_program(scenario)
    for one in scenario.equations:
        right = one.assignment.source.split("=", 1)[1].strip()
        assert expression_of(right, [program]) == parse_expression(right)


def test_without_a_program_names_are_those_that_are_said_to_be_known() -> None:
    words = Vocabulary({"W", "z", "grad(W)", "grad(z)"}.__contains__, "z")
    assert read_reference("∂z/∂W[1]", words) == ("grad(W)", (1,))
    assert read_expression("dz/dW", words) == Name("grad(W)")
