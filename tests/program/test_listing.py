"""The programs of small networks, step by step as they read, with the factors of the chain rule."""

from __future__ import annotations

import pytest

from nnstep.language import to_text
from nnstep.program import Program, chain, compile_program, parameters_with_gradient
from nnstep.scenario import loads

TWO_LAYER = """
equations = '''
z1 = x @ W1 + b1
h1 = sigmoid(z1)
o = h1 @ W2 + b2
loss = cross_entropy(o, y)
'''
[data]
x = [[1, 2], [3, 4], [5, 6], [7, 8]]
y = [0, 1, 0, 1]
[parameters]
W1 = [[1, 2, 3], [4, 5, 6]]
b1 = [0, 0, 0]
W2 = [[1, 2], [3, 4], [5, 6]]
b2 = [0, 0]
"""


def program(equations: str, parameters: str = "", data: str = "", optimizer: str = "") -> Program:
    """The program of a scenario in which each part is a few lines."""
    parts = [f"equations = '''\n{equations}\n'''"]
    parts += [f"[{name}]\n{text}" for name, text in (("data", data), ("parameters", parameters)) if text]
    parts += [f"[optimizer]\n{optimizer}"] if optimizer else []
    return compile_program(loads("\n".join(parts)))


def listing(of: Program, phase: str) -> list[str]:
    """The assignments of a phase, one operation or rule each."""
    steps = [step for step in of.steps if step.phase == phase]
    return [f"{of.values[step.target].name} = {to_text(step.expression)}" for step in steps]


def test_forward_has_one_operation_a_step_and_unnamed_values_go_by_their_text() -> None:
    assert listing(compile_program(loads(TWO_LAYER)), "forward") == [
        "x @ W1 = x @ W1",
        "z1 = (x @ W1) + b1",
        "h1 = sigmoid(z1)",
        "h1 @ W2 = h1 @ W2",
        "o = (h1 @ W2) + b2",
        "loss = cross_entropy(o, y)",
    ]


def test_backward_is_the_derivative_as_a_person_writes_it() -> None:
    made = compile_program(loads(TWO_LAYER))
    assert listing(made, "backward") == [
        "grad(loss) = 1",
        "grad(o) = (softmax(o) - one_hot(y, 2)) / 4",
        "grad(b2) = sum(grad(o), axis=0)",
        "grad(W2) = h1.T @ grad(o)",
        "grad(h1) = grad(o) @ W2.T",
        "grad(z1) = grad(h1) * h1 * (1 - h1)",
        "grad(b1) = sum(grad(z1), axis=0)",
        "grad(W1) = x.T @ grad(z1)",
    ]
    steps = {made.values[step.target].name: step for step in made.steps}
    assert steps["grad(z1)"].operation == "sigmoid_backward"
    assert made.steps[steps["grad(z1)"].source - 1].equation == "h1 = sigmoid(z1)"
    assert (steps["grad(W1)"].wrt, steps["grad(h1)"].wrt, steps["grad(loss)"].operation) == ("b", "a", "seed")


def test_the_factors_of_a_weight_deep_in_the_network() -> None:
    made = compile_program(loads(TWO_LAYER))
    assert parameters_with_gradient(made) == ("W1", "b1", "W2", "b2")
    factors = chain(made, "W1")
    assert [(one.above, one.of, one.kind, one.local and to_text(one.local)) for one in factors] == [
        ("loss", "o", "start", "(softmax(o) - one_hot(y, 2)) / 4"),
        ("o", "h1", "right", "W2.T"),
        ("h1", "z1", "entrywise", "h1 * (1 - h1)"),
        ("z1", "W1", "left", "x.T"),
    ]
    assert [one.upstream for one in factors] == [(), ("grad(o)",), ("grad(h1)",), ("grad(z1)",)]


def test_a_value_used_twice_has_contributions_and_their_sum() -> None:
    made = program("h = a * b\nloss = h * h + h", "a = 2\nb = 3")
    assert listing(made, "backward") == [
        "grad(loss) = 1",
        "grad(h * h) = 1",
        "grad(h) via h * h (1) = grad(h * h) * h",
        "grad(h) via h * h (2) = grad(h * h) * h",
        "grad(h) via loss = 1",
        "grad(h) = (grad(h) via h * h (1)) + (grad(h) via h * h (2)) + (grad(h) via loss)",
        "grad(a) = grad(h) * b",
        "grad(b) = grad(h) * a",
    ]
    assert [one.kind for one in chain(made, "a")][-2:] == ["add", "entrywise"]


def test_a_text_that_occurs_twice_is_computed_once() -> None:
    made = program("loss = tanh(a * b) + sin(a * b)", "a = 2\nb = 3")
    assert listing(made, "forward").count("a * b = a * b") == 1


@pytest.mark.parametrize(
    ("equation", "parameter", "last"),
    [
        ("loss = sum(x + v)", "v = [0, 0]", ["grad(v) = sum(grad(x + v), axis=0)"]),
        (
            "loss = sum(x * v)",
            "v = 2",
            ["grad(v) before sum = grad(x * v) * x", "grad(v) = sum((grad(v) before sum))"],
        ),
        (
            "loss = sum(x * v)",
            "v = [[2, 2]]",
            [
                "grad(v) before sum = grad(x * v) * x",
                "grad(v) = sum((grad(v) before sum), axis=0, keepdims=True)",
            ],
        ),
        (
            "loss = sum(x[0:1] - v)",
            "v = [[2], [2]]",
            [
                "grad(v) before sum = -grad(x[0:1] - v)",
                "grad(v) = sum((grad(v) before sum), axis=1, keepdims=True)",
            ],
        ),
    ],
)
def test_what_was_broadcast_is_summed_in_a_step_of_its_own(equation: str, parameter: str, last: list[str]) -> None:
    made = program(equation, parameter, "x = [[1, 2], [3, 4]]")
    assert listing(made, "backward")[-len(last) :] == last


def test_what_reaches_the_objective_not_or_is_frozen_has_no_gradient() -> None:
    text = "u = a * 2\nloss = b * c\nlate = loss * a"
    made = program(text, "a = 1\nb = 2\nc = { value = 3, trainable = false }", optimizer="type = 'sgd'")
    assert [name for name in made.versions if name.startswith("grad(")] == ["grad(loss)", "grad(b)"]
    assert parameters_with_gradient(made) == ("b",)
    assert chain(made, "a") == ()
    assert listing(made, "update") == ["b = b - 0.001 * grad(b)"]


def test_without_anything_to_train_there_is_no_backward_pass() -> None:
    made = program("loss = sum(x)", data="x = [[1, 2]]", optimizer="type = 'adam'")
    assert [phase for phase, _, _ in made.phases] == ["forward"]
    assert made.objective is not None


def test_a_second_name_and_a_number_are_steps() -> None:
    made = program("c = 2\nd = a\nloss = c * d", "a = 3")
    assert [step.operation for step in made.steps][:2] == ["constant", "identity"]
    assert listing(made, "backward")[-1] == "grad(a) = grad(d)"


UPDATES = {
    "sgd": ("", ["w = w - 0.001 * grad(w)"]),
    "sgd momentum": (
        "momentum = 0.9",
        ["velocity(w) = 0.9 * velocity(w) + grad(w)", "w = w - 0.001 * velocity(w)"],
    ),
    "sgd nesterov": (
        "momentum = 0.9\nnesterov = true\nweight_decay = 0.1",
        [
            "d(w) = grad(w) + 0.1 * w",
            "velocity(w) = 0.9 * velocity(w) + d(w)",
            "w = w - 0.001 * (d(w) + 0.9 * velocity(w))",
        ],
    ),
    "adam": (
        "",
        [
            "m(w) = 0.9 * m(w) + (1 - 0.9) * grad(w)",
            "v(w) = 0.999 * v(w) + (1 - 0.999) * grad(w) ** 2",
            "w = w - 0.001 * (m(w) / (1 - 0.9 ** iteration)) / (sqrt(v(w) / (1 - 0.999 ** iteration)) + 1e-08)",
        ],
    ),
    "adamw": (
        "",
        [
            "m(w) = 0.9 * m(w) + (1 - 0.9) * grad(w)",
            "v(w) = 0.999 * v(w) + (1 - 0.999) * grad(w) ** 2",
            "w = (1 - 0.001 * 0.01) * w - 0.001 * (m(w) / (1 - 0.9 ** iteration)) / (sqrt(v(w) / (1 - 0.999 ** "
            "iteration)) + 1e-08)",
        ],
    ),
    "rmsprop": (
        "momentum = 0.5",
        [
            "v(w) = 0.99 * v(w) + (1 - 0.99) * grad(w) ** 2",
            "velocity(w) = 0.5 * velocity(w) + grad(w) / (sqrt(v(w)) + 1e-08)",
            "w = w - 0.01 * velocity(w)",
        ],
    ),
    "adagrad": (
        "lr_decay = 0.1",
        [
            "v(w) = v(w) + grad(w) ** 2",
            "w = w - 0.01 / (1 + (iteration - 1) * 0.1) * grad(w) / (sqrt(v(w)) + 1e-10)",
        ],
    ),
}


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_the_optimizers_rule_with_its_numbers(name: str) -> None:
    options, expected = UPDATES[name]
    made = program("loss = w ** 2", "w = 3", optimizer=f"type = '{name.split()[0]}'\n{options}")
    assert listing(made, "update") == expected
    states = {made.values[start].name for start, _ in made.carried if made.values[start].role == "state"}
    assert states == {line.split(" = ")[0] for line in expected if not line.startswith(("w =", "d("))}


def test_a_parameter_has_two_values_of_one_name_before_and_after() -> None:
    made = program("loss = w ** 2", "w = 3", optimizer="type = 'sgd'")
    before, after = (made.values[slot] for slot in made.versions["w"])
    assert (before.step, after.step) == (0, len(made.steps))
    assert made.latest("w", after.step - 1) == before
    assert made.latest("w", after.step) == after
    assert made.latest("loss", 0) is None
    assert made.latest("nothing", 5) is None
    assert made.carried == ((before.slot, after.slot),)
