"""A value may be called as the language's own texts call theirs: rules, bodies and updates never mean it by that."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.engine.gradcheck import gradcheck
from nnstep.language import Name, parse_expression
from nnstep.ops import NAMES, OPERATIONS
from nnstep.optimizers import OPTIMIZERS
from nnstep.program.bind import put_in
from nnstep.scenario import loads
from nnstep.scenario.names import RESERVED
from nnstep.view.stepper import Stepper
from tests.debugger.test_frames import bodies_end_with_the_value
from tests.engine.random_programs import random_case

_TEXTS = {"g", "out", "w", "d", "m", "v", "velocity", "betas", "near", "distance", "yes", "no", "via", "L", "value"}
_INPUTS = {name for entry in OPERATIONS for name in (*entry.inputs, *entry.options)}
_OPTIONS = {option for one in OPTIMIZERS.values() for option in one.options}
WORDS = sorted((_TEXTS | _INPUTS | _OPTIONS) - set(NAMES) - set(RESERVED))
PLACEHOLDER = re.compile(r"\b[vW]\d+\b")  # what values of the random programs are called

USED_TWICE = """
equations = \"\"\"
b = a + a
c = b + b
d = p + q
e = p * q
f = d + e
g = d * e
{last} = c + f + g
\"\"\"
objective = "{last}"
[parameters]
a = 2.0
p = 2.0
q = 3.0
"""


@pytest.mark.parametrize("last", ["loss", "out"])
def test_g_and_out_are_names_like_any_other(last: str) -> None:
    """PyTorch's gradients of the same equations."""
    record = Timeline(loads(USED_TWICE.format(last=last))).record(1)
    assert [float(record[f"grad({name})"]) for name in "apq"] == [4.0, 25.0, 19.0]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_what_values_are_called_makes_no_difference(seed: int) -> None:
    """Numbers to the last bit, the bodies of all steps, and the check of the gradients, which has a way of its own."""
    rng = Random(seed)
    text = random_case(rng).text
    free = [word for word in WORDS if word not in ("x", "y") or "[data]" not in text]
    new = dict(zip(sorted(set(PLACEHOLDER.findall(text))), rng.sample(free, len(free)), strict=False))
    if "[[layers]]" in text:
        return
    timelines = Timeline(loads(text)), Timeline(loads(PLACEHOLDER.sub(lambda found: new[found[0]], text)))
    for iteration in {1, timelines[0].iterations}:
        one, other = (timeline.record(iteration) for timeline in timelines)
        assert [step.operation for step in one.program.steps] == [step.operation for step in other.program.steps]
        for slot, value in enumerate(one.program.values):
            assert one.value(slot).tobytes() == other.value(slot).tobytes(), value.name
        assert bodies_end_with_the_value(one) == bodies_end_with_the_value(other)
    checked = [[(one.index, one.analytic, one.numeric) for one in gradcheck(timeline)] for timeline in timelines]
    assert repr(checked[0]) == repr(checked[1])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_every_step_of_a_program_with_such_names_can_be_looked_at(seed: int) -> None:
    rng = Random(seed)
    text = random_case(rng).text
    free = [word for word in WORDS if word not in ("x", "y") or "[data]" not in text]
    new = dict(zip(sorted(set(PLACEHOLDER.findall(text))), rng.sample(free, len(free)), strict=False))
    if "[[layers]]" in text:
        return
    stepper = Stepper(loads(PLACEHOLDER.sub(lambda found: new[found[0]], text)))
    for _ in range(len(stepper.session.program.steps)):
        stepper.do("step.next")
        for panel in stepper.view().panels.values():
            assert panel.paint(100, 30, 0).lines is not None


def test_a_word_of_a_text_that_stands_for_nothing_is_no_value_of_a_scenario() -> None:
    assert put_in(parse_expression("g * x"), {"g": Name("x"), "x": Name("g")}) == parse_expression("x * g")
    with pytest.raises(KeyError):
        put_in(parse_expression("g * near"), {"g": Name("grad(near)")})
