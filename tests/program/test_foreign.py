"""Equations as people write them elsewhere: what they would be here is said, and that is what is accepted here."""

from __future__ import annotations

import ast
import re
import tomllib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.catalogue import say
from nnstep.debugger import Session
from nnstep.debugger.breakpoints.breakpoint import breakpoint_of
from nnstep.debugger.breakpoints.watches import watch_of
from nnstep.errors import LanguageError, NnstepError, Problem
from nnstep.language import Call, Name, parse_equations, parse_expression, walk
from nnstep.nearest import folded
from nnstep.ops import NAMES, OPERATIONS
from nnstep.program import compile_program
from nnstep.scenario import find, load, loads
from nnstep.scenario.hints.equations import call_hint, line_hint
from nnstep.scenario.hints.foreign_keys import FORMS, NOTES, WORDS
from tests.engine.random_programs import random_case

HERE = {entry.name for entry in OPERATIONS if entry.where == "equation"}
CONDITIONS = {entry.name for entry in OPERATIONS if entry.where != "rule"}
_TABLES = (*WORDS["function"].values(), *(form[0] for form in FORMS), *NOTES["function"].values())
ELSEWHERE = [word for theirs in _TABLES for word in theirs.split()]
_PROPOSED = re.compile(r"`([^`]+)`|did you mean '([^']+)'|it is called '([^']+)'|^write (.+)$|so write (.+)$")
SCENARIO = """
equations = '''
{}
'''
[data]
x = [[1, 2], [3, 4]]
y = [[1, 2], [3, 4]]
[parameters]
W = [[1, 2], [3, 4]]
"""


def wrong(line: str) -> Problem:
    """What is wrong with a scenario of that one equation."""
    with pytest.raises(NnstepError) as caught:
        compile_program(loads(SCENARIO.format(line)))
    return caught.value.problems[0]


def functions(text: str) -> set[str]:
    """The operations in an equation or an expression."""
    tree = parse_equations(text)[0].expression if re.match(r"\w+ = ", text) else parse_expression(text)
    return {node.function for node in walk(tree) if isinstance(node, Call)}


def offered(hint: str | None) -> list[str]:
    """What a hint proposes to write: an operation, an equation, an expression."""
    return ["".join(found) for found in _PROPOSED.findall(hint or "")]


def accepted(hint: str | None, names: set[str]) -> bool:
    """Whether all that a hint proposes is there."""
    for text in offered(hint):
        if text in names:
            continue
        try:
            if not functions(text) <= names:
                return False
        except LanguageError:
            tomllib.loads(text)  # a line of the file, not an equation
    return True


def test_no_word_from_elsewhere_is_a_word_of_ours() -> None:
    """An entry for what has become an operation has to go."""
    assert {folded(name) for name in HERE} & {folded(word) for word in ELSEWHERE} == set()
    assert len(ELSEWHERE) == len(set(ELSEWHERE)), [word for word in ELSEWHERE if ELSEWHERE.count(word) > 1]
    assert all(word == folded(word) for word in ELSEWHERE if word != "Σ")


def test_what_is_named_is_there() -> None:
    for _, inputs, form in FORMS:
        tree = parse_expression(form)
        assert {node.id for node in walk(tree) if isinstance(node, Name)} == set(inputs.split())
        assert {node.function for node in walk(tree) if isinstance(node, Call)} <= HERE, form
    for note in filter(None, NOTES["function"]):
        assert accepted(say(f"note.{note}"), HERE), note
    assert set(WORDS["option"]) <= {option for entry in OPERATIONS for option in entry.options}


@pytest.mark.parametrize("where", ["equation", "condition"])
@pytest.mark.parametrize("word", [*ELSEWHERE, *(word.title() for word in ELSEWHERE), *NAMES, "qqq", "dots", "pads"])
def test_every_hint_names_what_is_accepted(word: str, where: str) -> None:
    names = HERE if where == "equation" else CONDITIONS
    for arguments in ((), (Name("x"),), (Name("x"), Name("y")), (Name("x"), Name("y"), Name("z"))):
        if word not in names:
            assert accepted(call_hint(Call(word, arguments), where), names), word


@settings(max_examples=200, deadline=None)
@given(st.text("abcdefghilmnoprstuwxz_", min_size=1, max_size=9))
def test_every_hint_for_any_word_names_what_is_accepted(word: str) -> None:
    if word not in NAMES:
        assert accepted(call_hint(Call(word, (Name("x"),)), "equation"), HERE)


HINTS = [
    ("z = ReLU(x)", "write relu(x)"),
    ("z = np.exp(x)", "write z = exp(x)"),
    ("z = torch.exp(x)", "write z = exp(x)"),
    ("z = x.sum()", "write z = sum(x)"),
    ("z = x.mean(axis=0)", "write z = mean(x, axis=0)"),
    ("z = x.mean(dim=0, keepdim=True)", "write z = mean(x, axis=0, keepdims=True)"),
    ("loss = F.cross_entropy(x, y)", "write loss = cross_entropy(x, y)"),
    ("z = torch.nn.functional.softmax(x, dim=-1)", "write z = softmax(x)"),
    ("z = nn.Linear(2, 3)(x)", "a layer is `x @ W + b`"),
    ("z = Dense(3)(x)", "a layer is `x @ W + b`"),
    ("z = x^2", "write z = x ** 2"),
    ("z = x ** 2 + W^3", "write z = x ** 2 + W ** 3"),
    ("z = 3x^2 + 2x", "write z = 3 * x ** 2 + 2 * x"),
    ("z = 1/(1 + e^-x)", "write z = 1 / (1 + exp(-x))"),
    ("z = W·2", "write W * 2"),
    ("z = W × 2", "write z = W * 2"),
    ("z = W²", "write z = W ** 2"),
    ("z = (x − y)²", "write z = (x - y) ** 2"),
    ("z = σ(x)", "write sigmoid(x)"),
    ("z = x @ Wᵀ", "a transpose is written W.T"),
    ("z = x @ W'", "write z = x @ W.T"),
    ("z = (x @ W)'", "write z = (x @ W).T"),
    ("z = x .* y", "write z = x * y"),
    ("z = x .^ 2", "write z = x ** 2"),
    ("z = x ⊙ y", "write z = x * y"),
    ("z = √x", "write z = sqrt(x)"),
    ("z = |x|", "write z = abs(x)"),
    ("z = 2(x + 1)", "write z = 2 * (x + 1)"),
    ("z = lambda * x", "call it lam"),
    ("class = x", "call it class_"),
    ("z := x @ W", "write z = x @ W"),
    ("z <- x @ W", "write z = x @ W"),
    ("z += 1", "so write z2 = z + 1"),
    ("z = x.dot(W)", "write z = x @ W"),
    ("z = np.dot(x, W)", "write z = x @ W"),
    ("z = torch.matmul(x, W)", "write z = x @ W"),
    ("z = Σ(x)", "write sum(x)"),
    ("z = ∑(x)", "write z = sum(x)"),
    ("z = dot(x, W)", "write x @ W"),
    ("z = ln(x)", "write log(x)"),
    ("z = log10(x)", "write log(x) / log(10)"),
    ("z = pow(x, 2)", "write x ** 2"),
    ("z = square(x)", "write x ** 2"),
    ("z = relu6(x)", "write minimum(maximum(x, 0), 6)"),
    ("z = swish(x)", "write silu(x)"),
    ("z = logistic(x)", "write sigmoid(x)"),
    ("z = softmax(x, dim=1)", "leave it out"),
    ("z = sum(x, dim=1)", "it is called 'axis' here"),
    ("z = sum(x, keepdim=True)", "it is called 'keepdims' here"),
    ("z = leaky_relu(x, negative_slope=0.1)", "it is called 'slope' here"),
    ("z = concat(x, y, x, axis=1)", "write concat(concat(x, y, axis=1), x, axis=1)"),
    ("z = concat(x, y, W)", "write concat(concat(x, y), W)"),
    ("z = torch.cat([x, y], dim=1)", "write z = concat(x, y, axis=1)"),
    ("z = maximum(x, y, 0)", "write maximum(maximum(x, y), 0)"),
    ("z = dropout(x, 0.5)", "leave it out"),
    ("z = F.dropout(x, 0.5)", "leave it out"),
    ("z = pad(x, 1)", "`concat(x, zeros, axis=1)`"),
    ("z = gather(x, 1, y)", "`sum(x * one_hot(y, 3), axis=1)`"),
    ("z = detach(x)", "no gradient goes into [constants]"),
    ("z = x.detach()", "no gradient goes into [constants]"),
    ("z = conv2d(x, W)", "`windows @ kernel`"),
    ("loss = binary_crossentropy(y, x)", "`bce(p, y)`"),
    ("loss = categorical_crossentropy(y, x)", "`cross_entropy(o, y)`"),
    ("loss = mean_squared_error(x, y)", "write mse(x, y)"),
    ("loss = CrossEntropyLoss(x, y)", "write cross_entropy(x, y)"),
    ("loss = nll_loss(x, y)", "`cross_entropy(o, y)`"),
    ('loss = mse(x, y, reduction="sum")', "write loss = mse(x, y, reduction=sum)"),
    ("z = norm(x)", "write sqrt(sum(x ** 2))"),
    ("z = X @ W", "did you mean 'x'?"),
    ("z = inputs @ W", "it is called 'x' here"),
    ("z = pi * x", "3.141592653589793"),
    ("z = mse", "mse(o, y)"),
    ("z = x(W + 1)", "a product is written x * ..."),
    ("z = x^T @ W", "write z = x.T @ W"),
    ("z = x ÷ 2", "write z = x / 2"),
    ("z = x ⋅ W", "write z = x * W"),
    ("z = ‖x‖²", "write z = sqrt(sum(x ** 2)) ** 2"),
    ("z = tanh x", "write z = tanh(x)"),
    ("z = Σ x", "write z = sum(x)"),
    ("z = x W", "a product is written x @ W or x * W"),
    ("z = 2 x", "write z = 2 * x"),
    ("z = ReLU()(x)", "write z = relu(x)"),
    ("z = nn.Softmax(dim=1)(x)", "write z = softmax(x)"),
    ("loss = nn.MSELoss()(x, y)", "write loss = mse(x, y)"),
    ("loss = ((x - y)**2).mean()", "write loss = mean((x - y) ** 2)"),
    ("loss = -np.sum(y * np.log(x))", "write loss = -sum(y * log(x))"),
    ("z = layernorm(x)", "it is called 'layer_norm' here"),
    ("z = relu(x, inplace=True)", "leave it out"),
    ("z = 1,5 * x", "a decimal is written with a point: 1.5"),
    ("z = [[1, 2], [3, 4]]", "numbers that are given stand in [parameters] or [constants]"),
    ("z = np.array([1, 2])", "numbers that are given stand in [parameters] or [constants]"),
    ("z == x", "write z = x"),
    ("let z = x", "write z = x"),
    ("z = +x", "write z = x"),
    ("import numpy as np", "nothing needs to be imported"),
    ("for i in range(3):", "what is repeated is written out"),
    ("z = sofmax(x)", "did you mean 'softmax'?"),
    ("z = x / 2y", "write z = x / (2 * y)"),
    ("z = √(x)", "write z = sqrt(x)"),
    ("z = x %*% W", "write z = x @ W"),
    ("z = max(0, x)", "the larger of two values is maximum(a, b)"),
    ("z = np.outer(x, y)", "write z = reshape(x, -1, 1) @ reshape(y, 1, -1)"),
    ("loss = F.mse_loss(x, y, reduction='sum')", "write loss = mse(x, y, reduction=sum)"),
]


@pytest.mark.parametrize(
    "line",
    ['z = mse(x, y, reduction="none")', "z = F.layer_norm(x, (3,), y, y)", "z = -∑ y log(x)", "z = x / 2exp(x)"],
)
def test_what_would_be_refused_or_mean_something_else_is_not_proposed(line: str) -> None:
    assert "write" not in (wrong(line).hint or "")


@pytest.mark.parametrize(("line", "hint"), HINTS)
def test_what_it_would_be_here(line: str, hint: str | None) -> None:
    found = wrong(line).hint
    assert hint is None or hint in (found or ""), found
    assert accepted(found, HERE)
    rewritten = re.fullmatch(r"write (\w+ = .+)", found or "")
    if rewritten is not None:
        compile_program(loads(SCENARIO.format(rewritten[1])))


WATCHED = [
    ("loss^2", "write loss ** 2"),
    ("np.abs(loss)", "write abs(loss)"),
    ("h.sum()", "write sum(h)"),
    ("isnn(h)", "did you mean 'isnan'?"),
    ("std(h)", "write sqrt(mean((h - mean(h)) ** 2))"),
    ("loss < 1 && loss > 0", "write loss < 1 and loss > 0"),
    ("put(h)", None),
    ("sign(h)", None),
]


@pytest.mark.parametrize(("text", "hint"), WATCHED)
def test_the_same_in_watches_and_breakpoints(text: str, hint: str | None) -> None:
    programs = [Session(load(find("two_layer"))).program]
    for read in (watch_of, breakpoint_of):
        with pytest.raises(LanguageError) as caught:
            read(text, programs)
        assert caught.value.hint == hint
    scenario = SCENARIO.format("h = x @ W\nloss = mse(h, y)") + f'[debug]\nwatch = ["{text}"]\n'
    if hint is not None and "write" in hint and "(" not in text.split("<")[0].replace("np.abs(", ""):
        with pytest.raises(NnstepError) as said:
            loads(scenario)
        assert said.value.problems[0].hint == hint


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_right_equations_written_as_in_numpy_are_said_as_they_were(seed: int) -> None:
    """Each equation of a random program, with `^` for `**` and np. before every function, is proposed as it was."""
    for one in loads(random_case(Random(seed)).text).equations:
        plain = one.assignment.source
        there = re.sub(r"\b([a-z_0-9]+)\(", r"np.\1(", plain.replace("**", "^"))
        if there == plain or len(plain) > 100:
            continue
        try:
            ast.parse(there)
        except SyntaxError:
            continue
        _, hint = line_hint(there)
        assert hint is not None
        (found,) = parse_equations(hint.removeprefix("write "))
        assert (found.target, found.expression) == (one.assignment.target, one.assignment.expression)


@settings(max_examples=300, deadline=None)
@given(st.text("xWz=+-*/^².'|()[]√0123 ,:<>&·", max_size=30))
def test_any_line_gets_a_hint_that_can_be_read_or_none(text: str) -> None:
    message, hint = line_hint(text)
    assert message is None or message
    assert accepted(hint, HERE)
