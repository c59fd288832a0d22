"""Laws of the language: what is printed reads back as the same tree, and nothing outside the whitelist is read."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.errors import LanguageError
from nnstep.language import (
    Call,
    Entry,
    Expression,
    Name,
    Number,
    names,
    parse_equations,
    parse_expression,
    to_text,
    to_unicode,
    tokens,
)
from nnstep.language.latex import to_latex
from nnstep.language.value_names import meaning_of
from tests.language.latex_reader import plain, read_latex

NAMES = st.sampled_from(["x", "W1", "z_2", "θ", "grad(W1)", "velocity(b)", "prev(grad(W1))"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(Number) | st.integers(-99, 99).map(
    lambda n: Number(float(n))
)
INFIX = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "remainder",
    "matmul",
    "power",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "equal",
    "not_equal",
    "and",
    "or",
]
OPTIONS = st.sampled_from(
    [(), (("axis", -1),), (("keepdims", True),), (("reduction", "sum"),), (("axis", 0), ("keepdims", False))]
)
BOUNDS = st.none() | st.integers(-5, 5)
ITEMS = st.lists(st.integers(-5, 5) | st.tuples(BOUNDS, BOUNDS, BOUNDS), min_size=1, max_size=2).map(tuple)


def calls(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Every kind of call the parser can make, except a minus before a bare number, which it reads as one number."""
    signed = inner.filter(lambda node: not (isinstance(node, Number) and not str(node.value).startswith("-")))
    return st.one_of(
        st.builds(lambda f, a, b: Call(f, (a, b)), st.sampled_from(INFIX), inner, inner),
        st.builds(lambda a: Call("negative", (a,)), signed),
        st.builds(lambda a: Call("not", (a,)), inner),
        st.builds(lambda a: Call("transpose", (a,)), inner),
        st.builds(lambda a, items: Call("slice", (a,), (("items", items),)), inner, ITEMS),
        st.builds(
            lambda f, a, o: Call(f, tuple(a), o),
            st.sampled_from(["softmax", "mse", "f"]),
            st.lists(inner, max_size=3),
            OPTIONS,
        ),
    )


TREES = st.recursive(NUMBERS | NAMES.map(Name), calls, max_leaves=12)


@given(TREES)
def test_what_is_printed_reads_back_as_the_same_tree(tree: Expression) -> None:
    assert parse_expression(to_text(tree)) == tree


@given(TREES)
def test_every_tree_has_a_unicode_form(tree: Expression) -> None:
    assert to_unicode(tree)


LATEX_NAMES = {"x": "x", "W_{1}": "W1", "z_{2}": "z_2", r"\theta": "θ", "b": "b", r"\mathcal{L}": "loss"}


@given(TREES)
def test_what_is_printed_in_latex_has_one_reading(tree: Expression) -> None:
    assert read_latex(to_latex(tree), LATEX_NAMES) == plain(tree, meaning_of, "loss", known=False)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_plain_words(text: str) -> None:
    with contextlib.suppress(LanguageError):
        assert parse_expression(to_text(parse_expression(text))) == parse_expression(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "never closed"),
        ("a.b", "expected only `.T`"),
        ("x.__class__", "expected only `.T`"),
        ("__import__('os')", "expected a number"),
        ("x is y", "expected < <= > >= == or !="),
        ("lambda: 1", "not in the language"),
        ("[a for a in b]", "not in the language"),
        ("a if b else c", "not in the language"),
        ("f'{x}'", "not in the language"),
        ("(x := 3)", "not in the language"),
        ("+x", "not in the language"),
        ("x // y", "not in the language"),
        ("f(*a)", "expected arguments written out"),
        ("f(**a)", "expected options written out"),
        ("f(x)(y)", "expected the name of an operation"),
        ("a[b]", "whole numbers written out"),
        ("a[True]", "whole numbers written out"),
        ("grad(1)", "the name of one value"),
        ("grad(a, b)", "the name of one value"),
        ("True", "expected a number"),
        ("1j", "expected a number"),
        ("1e999", "too large"),
        ("9" * 400, "too large"),
        ("9" * 5000, "at most 4000"),
        ("(" * 300 + "x" + ")" * 300, "not an expression"),
        ("-" * 3000 + "x", "nested deeper than 60"),
        ("-" * 90 + "x", "nested deeper than 60"),
        ("x\0", "not an expression"),
        ("", "found nothing"),
    ],
)
def test_what_is_not_in_the_language_is_refused(text: str, said: str) -> None:
    with pytest.raises(LanguageError, match=r"(?s).*") as caught:
        parse_expression(text)
    assert said in caught.value.message


def test_a_tower_of_powers_is_read_and_never_computed() -> None:
    assert names(parse_expression("9**9**9**x")) == ("x",)


def test_equations_are_read_a_line_each_with_their_lines() -> None:
    read = parse_equations("\n  # the hidden layer\n  z = (x @ W +\n      b)   # sum\n\n  h = tanh(z)\n")
    assert [(one.target, one.line, one.source) for one in read] == [
        ("z", 3, "z = (x @ W + b)"),
        ("h", 6, "h = tanh(z)"),
    ]


def test_every_wrong_equation_is_reported_with_its_line() -> None:
    with pytest.raises(LanguageError) as caught:
        parse_equations("a = 1\nb = )\nc + 1\nd = e = 2\nf = 1; g = 2\nx[0] = 3\nimport os")
    errors = (caught.value, *caught.value.others)
    assert [error.line for error in errors] == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x @ W1 + b1", "x @ W1 + b1"),
        ("grad(h1) * h1 * (1 - h1)", "∂L/∂h1 ⊙ h1 ⊙ (1 − h1)"),
        ("x.T @ grad(z1)", "xᵀ @ ∂L/∂z1"),
        ("(a @ b).T", "(a @ b)ᵀ"),
        ("w ** 2", "w²"),
        ("w ** -1", "w⁻¹"),
        ("0.5 * x", "0.5 · x"),
        ("sum(g, axis=0)", "Σ rows(g)"),
        ("a <= b", "a ≤ b"),
        ("sigmoid(z)", "σ(z)"),
    ],
)
def test_the_screens_way_of_writing(text: str, shown: str) -> None:
    assert to_unicode(parse_expression(text), {"sigmoid": "σ", "sum": "Σ"}) == shown


def test_entries_are_written_with_their_place() -> None:
    assert to_unicode(Entry("grad(W1)", (0, 2))) == "∂L/∂W1[0,2]"
    assert to_unicode(Entry("x @ W1", (0, 2))) == "(x @ W1)[0,2]"
    assert to_text(Entry("loss", ())) == "loss"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x @ W1 + b1", r"x W_{1} + b_{1}"),
        ("x.T @ grad(z1)", r"x^{\top} \frac{\partial \mathcal{L}}{\partial z_{1}}"),
        ("(softmax(o) - y) / 4", r"\frac{\operatorname{softmax}\left(o\right) - y}{4}"),
        ("h * (1 - h)", r"h \odot \left(1 - h\right)"),
        ("sqrt(w ** 2)", r"\sqrt{w^{2}}"),
        ("(a / b) ** 2", r"\left(\frac{a}{b}\right)^{2}"),
        ("grad(o) @ W2.T", r"\frac{\partial \mathcal{L}}{\partial o} W_{2}^{\top}"),
        ("(1 - 0.9) * grad(W)", r"\left(1 - 0.9\right) \cdot \frac{\partial \mathcal{L}}{\partial W}"),
        ("v(W1) + 1e-8", r"v_{W_{1}} + 10^{-8}"),
        ("-2 ** x", r"-2^{x}"),
        ("(-2) ** x", r"\left(-2\right)^{x}"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert to_latex(parse_expression(text)) == latex


@pytest.mark.parametrize(("value", "typed", "shown"), [(-0.0, "a * (-0)", "a ⊙ 0"), (-2.0, "a * (-2)", "a ⊙ (−2)")])
def test_what_is_written_without_a_minus_has_no_brackets_for_one(value: float, typed: str, shown: str) -> None:
    product = Call("multiply", (Name("a"), Number(value)))
    pieces = tokens(product, number=lambda one: f"{one:.0f}" if one else "0")
    assert "".join(piece.text for piece in pieces).replace("·", "⊙") == shown
    assert parse_expression(to_text(product)) == parse_expression(typed)
