"""Equations, parameters, constants and names: what a scenario may say, and where it is wrong."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.ops import OPERATIONS
from nnstep.scenario import loads
from tests.scenario.helpers import DATA, places, problems, written


def parameters(lines: str, top: str = 'equations = "z = 1"\n') -> str:
    return f"{top}[parameters]\n{lines}\n"


def test_scalars_need_no_data() -> None:
    scenario = loads('objective = "z"\nequations = """\nw = x + y\nz = w ** 2\n"""\n[parameters]\nx = 3\ny = 2.5\n')
    assert written(scenario) == ["w = x + y", "z = w ** 2"]
    assert [(one.name, one.value.shape, float(one.value)) for one in scenario.parameters] == [
        ("x", (), 3),
        ("y", (), 2.5),
    ]
    assert (scenario.data, scenario.objective, scenario.optimizer) == (None, "z", None)
    assert (scenario.training.epochs, scenario.training.batch_size, scenario.training.shuffle) == (1, None, False)


def test_equations_know_their_lines() -> None:
    text = 'title = "a"\n\nequations = """\n# first\n\nz = 1   # one\n\nw = sum(\n  z)\n"""\n'
    assert [(one.line, one.key) for one in loads(text).equations] == [(6, "equations"), (8, "equations")]


def test_loss_is_the_objective_where_there_is_one() -> None:
    assert loads('equations = "loss = 1"').objective == "loss"
    assert loads('equations = "z = 1"').objective is None
    assert loads('objective = "z"\nequations = """\nz = 1\nloss = 2\n"""').objective == "z"


def test_parameters_in_every_form() -> None:
    lines = """
    a = 2
    b = [1, 2.5]
    c = [[1, 2], [3, 4]]
    d = { value = [1], trainable = false }
    e = { shape = [2, 3], init = "ones" }
    f = { shape = [] }
    g1 = { shape = [4] }
    h = { shape = [2, 2], trainable = false }
    """
    found = {one.name: one for one in loads(parameters(lines)).parameters}
    assert {name: one.value.shape for name, one in found.items()} == {
        "a": (),
        "b": (2,),
        "c": (2, 2),
        "d": (1,),
        "e": (2, 3),
        "f": (),
        "g1": (4,),
        "h": (2, 2),
    }
    assert [name for name, one in found.items() if not one.trainable] == ["d", "h"]
    assert [one.origin for one in found.values()] == [
        *["given"] * 4,
        "ones",
        "zeros",
        "zeros",
        "xavier_uniform",
    ]
    assert (found["d"].line, found["d"].key) == (7, "parameters.d")
    assert not any(one.value.flags.writeable for one in found.values())


def test_constants_are_apart_from_parameters() -> None:
    scenario = loads('equations = "z = k"\n[constants]\nk = [1, 2]\nm = { shape = [2, 2], init = "ones" }\n')
    assert scenario.parameters == ()
    assert {name: value.tolist() for name, value in scenario.constants.items()} == {"k": [1, 2], "m": [[1, 1], [1, 1]]}
    assert places('equations = "z = k"\n[constants]\nk = { value = 1, trainable = true }\n') == [
        "3: constants.k.trainable"
    ]


PARAMETERS = [
    ("W = []", "3: parameters.W", "an empty list"),
    ("W = [[]]", "3: parameters.W[0]", "an empty list"),
    ("W = [[1, 2], [3]]", "3: parameters.W[1]", "a row of 1, expected 2"),
    ("W = [[1, 2],\n [3, 4],\n [5]]", "5: parameters.W[2]", "a row of 1, expected 2"),
    ("W = [1, [2]]", "3: parameters.W[1]", "a list among numbers"),
    ("W = [[1], 2]", "3: parameters.W[1]", "expected a row"),
    ("W = [[[1]]]", "3: parameters.W[0][0]", "nested three deep"),
    ('W = "1"', "3: parameters.W", "found the string '1', expected a number"),
    ('W = [1, "b"]', "3: parameters.W[1]", "found the string 'b', expected a number"),
    ('W = "1"', "3: parameters.W", "the string '1'"),
    ('W = [[1], ["1"]]', "3: parameters.W[1][0]", "the string '1'"),
    ("W = 1979-05-27", "3: parameters.W", "a date or time"),
    ("W = [07:32:00]", "3: parameters.W[0]", "a date or time"),
    ("W = inf", "3: parameters.W", "found inf, expected a finite number"),
    ("W = [nan]", "3: parameters.W[0]", "found nan, expected a finite number"),
    ("W = [1e999]", "3: parameters.W[0]", "found inf, expected a finite number"),
    ("W = 9007199254740993", "3: parameters.W", "float64 holds exactly"),
    ("W = [[9007199254740993]]", "3: parameters.W[0][0]", "float64 holds exactly"),
    ("W = 1" + "0" * 390, "3: parameters.W", "391 digits"),
    ("W = {}", "3: parameters.W", "needs a value, or a shape"),
    ("W = { shape = 3 }", "3: parameters.W.shape", "found 3, expected a shape"),
    ("W = { shape = [1, 2, 3] }", "3: parameters.W.shape", "at most two"),
    ("W = { shape = [0] }", "3: parameters.W.shape[0]", "found 0, expected a size"),
    ("W = { shape = [2, true] }", "3: parameters.W.shape[1]", "found true, expected a size"),
    ("W = { shape = [-1] }", "3: parameters.W.shape[0]", "found -1"),
    ("W = { shape = [100000, 100000] }", "3: parameters.W.shape", "at most 2,097,152"),
    ('W = { shape = [2], init = "zeroes" }', "3: parameters.W.init", "one of xavier_uniform"),
    ('W = { shape = [2], init = "he_normal" }', "3: parameters.W.init", "he_normal is for rows"),
    ('W = { shape = [], init = "xavier_uniform" }', "3: parameters.W.init", "xavier_uniform is for rows"),
    ("W = { value = 1, shape = [] }", "3: parameters.W.shape", "both given"),
    ("W = { value = 1, trainable = 0 }", "3: parameters.W.trainable", "true or false"),
    ("W = { value = [[1], [1, 2]] }", "3: parameters.W.value[1]", "a row of 2, expected 1"),
    ("W = { value = 1, sape = [] }", "3: parameters.W.sape", "unknown key 'sape'"),
]


@pytest.mark.parametrize(("line", "place", "said"), PARAMETERS)
def test_what_is_wrong_with_a_parameter(line: str, place: str, said: str) -> None:
    assert places(parameters(line)) == [place]
    assert said in problems(parameters(line))[0].message


def test_2_to_the_63_is_a_number() -> None:
    assert float(loads(parameters("W = 9223372036854775808")).parameters[0].value) == 2.0**63


def test_parameters_share_a_limit() -> None:
    lines = "\n".join(f"W{index} = {{ shape = [1000, 2000] }}" for index in range(5))
    assert places(parameters(lines)) == ["7: parameters.W4.shape"]


NAMES = [
    ("step", "it counts the steps"),
    ("iteration", "it counts the iterations"),
    ("epoch", "it counts the epochs"),
    ("grad", "it is for gradients"),
    ("prev", "one iteration ago"),
    ("sum", "an operation's name"),
    ("softmax", "an operation's name"),
    ("lambda", "a word of Python's grammar"),
    ("None", "a word of Python's grammar"),
    ('"a b"', "a name is made of letters"),
    ('""', "a name is made of letters"),
    ("1a", "a name is made of letters"),
    ("a-b", "a name is made of letters"),
    ('"ﬁ"', "reads it as 'fi'"),
    ("a" * 41, "more than 40 characters"),
]


@pytest.mark.parametrize(("name", "said"), NAMES)
def test_names_that_no_value_may_have(name: str, said: str) -> None:
    (problem,) = problems(parameters(f"{name} = 1"))
    assert problem.line == 3
    assert "cannot be the name of a value" in problem.message
    assert said in problem.message


@pytest.mark.parametrize("name", ["iteration", "epoch", "step", "grad", "prev", "sum", "exp"])
def test_an_equation_cannot_take_these_names_either(name: str) -> None:
    (problem,) = problems(f'equations = """\nz = 1\n{name} = 2\n"""')
    assert (problem.line, problem.key) == (3, "equations")


def test_every_operation_that_can_be_written_is_no_name() -> None:
    for entry in OPERATIONS:
        if entry.where != "rule":
            assert "cannot be the name" in problems(parameters(f'"{entry.name}" = 1'))[0].message


CLASHES = [
    ('equations = """\na = 1\nb = 2\na = 3\n"""', "4: equations", "'a' is the result of an equation already (line 2)"),
    ('equations = """\nW = 1\n"""\n[parameters]\nW = 2\n', "2: equations", "'W' is a parameter already (line 5)"),
    (
        'equations = "z = 1"\n[parameters]\nW = 1\n[constants]\nW = 2\n',
        "5: constants.W",
        "a parameter already (line 3)",
    ),
    ('equations = "z = 1"\n[parameters]\nx = 1\n' + DATA, "3: parameters.x", "'x' is the data already (line 5)"),
    ('equations = "z = 1"\n[constants]\ny = 1\n' + DATA, "3: constants.y", "'y' is the data already (line 6)"),
    ('equations = "x = 1"\n' + DATA, "1: equations", "'x' is the data already (line 3)"),
]


@pytest.mark.parametrize(("text", "place", "said"), CLASHES)
def test_a_name_is_given_once(text: str, place: str, said: str) -> None:
    assert places(text) == [place]
    assert said in problems(text)[0].message


EQUATIONS = [
    ('equations = ""', ["1: equations"], "expected at least one equation"),
    ('equations = "# z = 1"', ["1: equations"], "expected at least one equation"),
    ("equations = 3", ["1: equations"], "found 3, expected equations"),
    ('equations = ["z = 1"]', ["1: equations"], "found a list of 1, expected equations"),
    (
        'equations = """\nz = 1 +\nw = 1\nv = w.real\nu == 2\n"""',
        ["2: equations", "4: equations", "5: equations"],
        "invalid",
    ),
    ('equations = """z = 1\n\n  w = \n"""', ["3: equations"], "not an expression"),
    ('equations = "z = 1\\nw = "', ["1: equations"], "not an expression"),
    ('equations = """\nz = 9**9**9**9\nw = __import__\\u0028"os")"""', ["3: equations"], "found 'os'"),
    ('equations = """\nz = ' + "(" * 5000 + '"""', ["2: equations"], "characters"),
]


@pytest.mark.parametrize(("text", "expected", "said"), EQUATIONS)
def test_equations_that_cannot_be_read(text: str, expected: list[str], said: str) -> None:
    assert places(text) == expected
    assert said in problems(text)[0].message


def test_too_many_equations() -> None:
    assert places('equations = """\n' + "a = 1\n" * 3000 + '"""') == ["1: equations"]
    assert places('equations = """\n' + "a = 1 # " + "x" * 100_000 + '"""') == ["1: equations"]


OBJECTIVES = [
    ('objective = "losss"\nequations = "loss = 1"', "'losss' is not defined", "did you mean 'loss'?"),
    ('objective = "W"\nequations = "z = W"\n[parameters]\nW = 1', "'W' is given, not computed", None),
    ('objective = 3\nequations = "z = 1"', "found 3, expected a string", None),
]


@pytest.mark.parametrize(("text", "said", "hint"), OBJECTIVES)
def test_an_objective_is_the_result_of_an_equation(text: str, said: str, hint: str | None) -> None:
    assert places(text) == ["1: objective"]
    assert said in problems(text)[0].message
    assert problems(text)[0].hint == hint


def test_a_network_is_layers_or_equations() -> None:
    both = 'equations = "z = 1"\n' + DATA + '[[layers]]\ntype = "tanh"\n'
    assert places(both) == ["1: equations"]
    assert "layers (line 5) and equations are both given" in problems(both)[0].message
    assert places('title = "a"') == ["1: layers"]
    assert "a network is missing" in problems("")[0].message


def test_tables_that_go_with_the_other_kind_of_network() -> None:
    assert places('equations = "z = 1"\n[loss]\ntype = "mse"\n') == ["2: loss"]
    text = DATA + '[[layers]]\ntype = "tanh"\n[parameters]\nW = 1\n[constants]\nk = 2\n'
    assert places(text) == ["6: parameters", "8: constants"]


def test_class_numbers_in_equations() -> None:
    data = "[data]\nx = [[1, 2], [3, 4], [5, 6]]\ny = [0, 1.5,\n -1]\n"
    for loss in ("cross_entropy(x, y)", "0.5 * nll(x, y)", "sum(one_hot(y, 2))"):
        assert places(f'equations = "loss = {loss}"\n{data}') == ["4: data.y[1]", "5: data.y[2]"]
    assert loads(f'equations = "loss = mean(y)"\n{data}').data is not None


def test_a_list_of_probabilities_is_a_target_of_a_list() -> None:
    """x of shape (k,) is one sample, and y of the same shape its probabilities."""
    scenario = loads('equations = "loss = cross_entropy(x, y)"\n[data]\nx = [1, 2]\ny = [0.25, 0.75]\n')
    assert scenario.objective == "loss"


@given(st.lists(st.floats(-1e300, 1e300) | st.integers(-(2**53), 2**53), min_size=1, max_size=20))
def test_a_list_of_numbers_is_read_exactly(numbers: list[float]) -> None:
    value = loads(parameters(f"W = {numbers}".replace("e+", "e"))).parameters[0].value
    assert value.tolist() == [float(number) for number in numbers]


def test_a_constant_may_be_infinite_as_the_mask_of_attention_is() -> None:
    text = 'equations = "loss = sum(softmax(s + mask) * v)"\n[parameters]\ns = [1, 2, 3]\n'
    text += "[constants]\nmask = [0, -inf, 0]\nv = { value = [1, 2, 4] }\n"
    scenario = loads(text)
    assert scenario.constants["mask"].tolist() == [0, -math.inf, 0]
    for wrong, problem in (
        (text.replace("-inf", "nan"), "found nan, expected a number"),
        (text.replace("[1, 2, 3]", "[1, inf, 3]"), "found inf, expected a finite number"),
    ):
        assert [found.message for found in problems(wrong)] == [problem]
