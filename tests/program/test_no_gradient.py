"""A value without a gradient: asked for it in any notation, the answer is why there is none."""

from __future__ import annotations

import pytest

from nnstep.debugger.goto import destination
from nnstep.debugger.session import Session
from nnstep.engine import Timeline
from nnstep.engine.expressions import check
from nnstep.errors import LanguageError
from nnstep.language import parse_expression
from nnstep.program import Program
from nnstep.program.no_gradient import why_no_gradient
from nnstep.scenario import loads

TEXT = """
equations = "o = x @ W\\np = softmax(o)\\nloss = cross_entropy(o, y)"
[data]
x = [[1.0, 2.0]]
y = [1]
[parameters]
W = [[0.5, 0.25], [1.0, -1.0]]
"""
NOT_MADE = "p has no gradient: loss is not made of it"


def program(text: str = TEXT) -> Program:
    return Timeline(loads(text)).program(1)


@pytest.mark.parametrize(
    "text", ["grad(p)", "grad( p )", "p.grad", "dp", "dL/dp", "∂L/∂p", "dloss/dp", "grad(p)[0,1]", "grad_p", "∇p"]
)
def test_every_notation_is_understood(text: str) -> None:
    assert why_no_gradient(program(), text) == NOT_MADE


@pytest.mark.parametrize("text", ["grad(o)", "grad(W)", "p", "dq", "grad(q)", "", "grad(grad(p))"])
def test_nothing_is_said_of_what_has_a_gradient_or_is_none(text: str) -> None:
    assert why_no_gradient(program(), text) is None


def test_the_reason_is_that_of_the_value() -> None:
    assert why_no_gradient(program(), "dx") == "x has no gradient: there is no trainable parameter in it"
    forward_only = program(TEXT.replace("loss =", "measured ="))
    assert why_no_gradient(forward_only, "dW") == "W has no gradient: nothing is differentiated here"


def test_breakpoints_watches_and_the_way_there_say_it() -> None:
    with pytest.raises(LanguageError, match=NOT_MADE):
        check(parse_expression("norm(grad(p))"), [program()])
    with pytest.raises(ValueError, match=NOT_MADE):
        destination(Session(loads(TEXT)), "dL/dp")
