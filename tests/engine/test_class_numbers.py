"""Class numbers are looked at wherever they are taken: before a run where they are known, else at their step."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.engine.expressions import value_at
from nnstep.errors import NnstepError, RunError
from nnstep.language import parse_expression
from nnstep.program import takings
from nnstep.scenario import loads
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from tests.present import present

X = "x = [[1, 2, 0], [2, 1, 7], [0.5, 0.5, 0.5]]\n"
EQUATIONS = 'equations = """\nlogits = x[:, 0:2] @ W\nlabels = x[:, 2]\nloss = cross_entropy(logits, labels)\n"""\n'
COMPUTED = f"{EQUATIONS}[data]\n{X}"
W = "[parameters]\nW = [[1, 0], [0, 1]]\n"


def said(text: str, make: Callable[..., object] = Timeline) -> list[str]:
    """What is wrong with a scenario, by whatever compiles it."""
    with pytest.raises(NnstepError) as caught:
        make(loads(text, "net.toml"))
    return list(map(str, caught.value.problems))


@pytest.mark.parametrize("make", [Timeline, Stepper])
def test_computed_from_data_they_are_looked_at_before_a_run(make: Callable[..., object]) -> None:
    assert said(COMPUTED + W, make) == [
        "net.toml:4: equations: loss: labels has 7 in row 1 of x and 0.5 in row 2 of x, "
        "expected class numbers: 0 and 1 (classes are counted from 0)"
    ]


VALUES = "equations = '''\n{}\n'''\n[data]\nx = [[1, 2], [2, 9], [0, 3]]\ny = [0, 1, 5]\n[constants]\nk = [0, 3]\n{}"
ONE = [
    (
        "loss = sum(one_hot(x[:, 1], 3))",
        "x[:, 1] has 9 in row 1 of x and 3 in row 2 of x, expected class numbers: 0 to 2",
    ),
    ("loss = cross_entropy(x, y)", "y has 5 in sample 2, expected class numbers: 0 and 1"),
    ("loss = nll(x, y)", "y has 5 in sample 2, expected class numbers: 0 and 1"),
    ("loss = sum(one_hot(k, 3))", "k has 3 in entry 1, expected class numbers: 0 to 2"),
    ("loss = sum(one_hot(k - 1, 3))", "k - 1 has -1 in entry 0, expected class numbers: 0 to 2"),
    ("loss = sum(one_hot(4, 3))", "found 4, expected class numbers: 0 to 2"),
    ("loss = sum(one_hot(y / 2, 9))", "y / 2 has 0.5 in sample 1 and 2.5 in sample 2, expected class numbers: 0 to 8"),
    ("a = x @ x.T\nloss = sum(one_hot(argmax(a), 1))", "argmax(a) has 1 in row 0 of x, 1 in row 1 of x"),
    ("loss = sum(one_hot(x[:, 0] + mean(y), 3))", "x[:, 0] + mean(y) has 3 in sample 0 and 4 in sample 1"),
    ("loss = sum(one_hot(sum(x, axis=0), 4))", "sum(x, axis=0) has 14 in entry 1"),
    ("loss = sum(one_hot(log(x[:, 0]), 4))", "log(x[:, 0]) has 0.693"),
    (
        "loss = sum(one_hot(x[:, 0] / 0, 4))",
        "x[:, 0] / 0 has inf in row 0 of x, inf in row 1 of x and nan in row 2 of x",
    ),
]


@pytest.mark.parametrize(("equations", "expected"), ONE)
def test_whatever_is_known_is_looked_at(equations: str, expected: str) -> None:
    (found,) = said(VALUES.format(equations, ""))
    assert found.startswith(f"net.toml:{2 + equations.count(chr(10))}: equations: loss: ")
    assert expected in found


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.booleans(), st.integers(0, 8), st.sampled_from([3.0, -1.0, 0.5]))
def test_rows_are_those_of_the_data_whatever_the_batches(
    samples: int, size: int, shuffle: bool, row: int, wrong: float
) -> None:
    row %= samples
    rows = [[1.0, float(k % 3)] for k in range(samples)]
    rows[row][1] = wrong
    text = (
        f"equations = 'loss = sum(one_hot(x[:, 1], 3))'\n[data]\nx = {rows}\n"
        f"[training]\nbatch_size = {size}\nshuffle = {str(shuffle).lower()}\nepochs = 2\n"
    )
    assert f"x[:, 1] has {wrong:g} in row {row} of x, expected class numbers: 0 to 2" in said(text)[0]
    rows[row][1] = 2.0
    Timeline(loads(text.replace(f", {wrong}]", ", 2.0]"))).record(1)


def test_what_holds_for_a_whole_batch_is_looked_at_batch_by_batch() -> None:
    text = (
        "equations = 'loss = sum(one_hot(x[:, 0] - min(x[:, 0]), 2))'\n"
        "[data]\nx = [[0], [1], [5], [6], [8], [10]]\n[training]\nbatch_size = 2\n"
    )
    assert "has 2 in row 5 of x, expected class numbers: 0 and 1" in said(text)[0]
    assert Timeline(loads(text.replace("[10]", "[9]"))).record(3).loss == 2


MANY = "equations = 'loss = sum(one_hot(x[:, 0], 2))'\n[data]\nx = " + str([[k] for k in range(30)]) + "\n"


def test_of_many_some_are_listed() -> None:
    (found,) = said(MANY)
    assert "2 in row 2 of x, 3 in row 3 of x" in found
    assert "11 in row 11 of x and 18 more, expected class numbers: 0 and 1" in found


# -- edits


EDIT = '[[edits]]\niteration = 2\ncell = "{}"\nvalue = {}\n'
GOOD = (
    COMPUTED.replace("7]", "1]").replace("0.5]]", "1]]")
    + W
    + '[optimizer]\ntype = "sgd"\nlr = 0.1\n[training]\nepochs = 4\n'
)


def test_an_edit_of_the_data_is_refused_with_its_line() -> None:
    (found,) = said(GOOD + EDIT.format("x[1, 2]", 7))
    assert re.match(
        r"net\.toml:15: edits\[0\]: from iteration 2 on: loss: labels has 7 in row 1 of x, expected class",
        found,
    )
    Timeline(loads(GOOD + EDIT.format("x[1, 2]", 0))).record(4)


def test_an_edit_that_is_typed_changes_nothing_then() -> None:
    stepper = Stepper(loads(GOOD))
    stepper.do("iteration.next")
    before = (stepper.session.position, stepper.session.branches.all)
    state = stepper.do("edit.make", "x[1, 2] = 7")
    assert "from iteration 2 on: loss: labels has 7 in row 1 of x" in line_text(state.message)
    assert state.message[0].role == "error"
    assert (stepper.session.position, stepper.session.branches.all) == before
    assert "x[1, 2] = 0" in line_text(stepper.do("edit.make", "x[1, 2] = 0").message)


# -- class numbers that the update changes: one more column than classes, which grows


GROWS = """
equations = '''
guess = argmax(x @ V)
seen = one_hot(guess, 2)
loss = mean(V * D)
'''
[data]
x = [[1, 2], [2, 1], [0.5, 0.5]]
[parameters]
V = [[1, 0, 0], [0, 1, 0]]
[constants]
D = [[1, 1, -1], [1, 1, -1]]
[optimizer]
type = "sgd"
lr = 1
[training]
epochs = 10
batch_size = 2
"""
STOPPED = "iteration 4, step 3: seen: guess has 2 in row 2 of x, expected class numbers: 0 and 1"


def first_wrong() -> int:
    """The iteration in which a sample's largest column is the third one, by NumPy alone."""
    x, v, step = np.array([[1, 2], [2, 1], [0.5, 0.5]]), np.array([[1.0, 0, 0], [0, 1, 0]]), np.array([1, 1, -1]) / 6
    for iteration in range(1, 20):
        batch = x[:2] if iteration % 2 else x[2:]
        if (np.argmax(batch @ v, axis=1) == 2).any():
            return iteration
        v = v - step
    raise AssertionError


def test_a_run_stops_at_the_step_with_sample_and_value() -> None:
    assert first_wrong() == 4
    timeline = Timeline(loads(GROWS, "net.toml"))
    with pytest.raises(RunError) as caught:
        timeline.record(6)
    assert (caught.value.iteration, caught.value.step) == (4, 3)
    assert str(caught.value.problems[0]).startswith(f"net.toml:4: equations: {STOPPED}")
    timeline.record(3)
    with pytest.raises(RunError):
        timeline.scan(1, 20, None)
    assert timeline.reached == 3
    with pytest.raises(RunError):
        timeline.record(4)


def test_without_batches_too() -> None:
    timeline = Timeline(loads(GROWS.replace("batch_size = 2\n", ""), "net.toml"))
    with pytest.raises(RunError) as caught:
        timeline.scan(1, 10, None)
    assert caught.value.iteration == 3
    assert timeline.reached == 2
    assert "guess has 2 in row 2 of x" in str(caught.value)


MOVES = [
    ("iteration.next", None),
    ("step.next", None),
    ("iteration.goto", "9"),
    ("step.goto", "8:2"),
    ("run.forward", None),
    ("lens.health", None),
    ("lens.check", None),
    ("lens.jacobian", None),
    ("lens.run", None),
]


@pytest.mark.parametrize(("command", "argument"), MOVES)
def test_the_screen_stays_where_it_can_be(command: str, argument: object) -> None:
    stepper = Stepper(loads(GROWS))
    stepper.do("iteration.goto", "3")
    stepper.do("step.last")
    here = stepper.session.position
    state = stepper.do(command, argument)
    assert stepper.session.position == here
    if not command.startswith("lens."):
        assert line_text(state.message).startswith(STOPPED)
        assert state.message[0].role == "error"
    assert stepper.do("step.back").message == ()
    assert stepper.session.position.step == here.step - 1


def test_a_run_forward_ends_where_it_cannot_go_on() -> None:
    stepper = Stepper(loads(GROWS))
    assert line_text(stepper.do("run.forward").message).startswith(STOPPED)
    assert stepper.session.position.iteration == 3
    assert stepper.control.run is None
    stepper.do("edit.make", "V[0, 2] = -10")
    stepper.do("iteration.goto", "7")
    assert stepper.session.position.iteration == 7
    assert line_text(stepper.do("edit.undo").message).startswith(STOPPED)  # which would lead into that iteration
    assert stepper.session.position.iteration == 7


def test_only_what_may_change_is_looked_at_in_a_run() -> None:
    (grows,) = takings(Timeline(loads(GROWS)).program(1))
    (given_,) = takings(Timeline(loads(GOOD)).program(1))
    assert (grows.later, given_.later) == (True, False)


# -- watches and breakpoints


def test_a_watch_of_what_are_no_class_numbers_is_nan() -> None:
    timeline = Timeline(loads(GOOD))
    wrong = value_at(parse_expression("sum(one_hot(x[:, 0], 3))"), timeline.record, 1, 0)
    right = value_at(parse_expression("sum(one_hot(x[:, 2], 2))"), timeline.record, 1, 0)
    assert np.isnan(present(wrong))
    assert right == 3


def test_what_was_skipped_to_is_left_again() -> None:
    stepper = Stepper(loads(GROWS))
    for _ in range(5):
        stepper.skip("iteration.next")
    assert line_text(stepper.do("step.next").message).startswith(STOPPED)
    assert stepper.session.position.iteration == 3
