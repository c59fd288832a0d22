"""The optimizer with PyTorch's defaults, the training, breakpoints and watches, title, description and seed."""

from __future__ import annotations

import pytest

from nnstep.scenario import loads
from tests.scenario.helpers import LAYERS, places, problems

# From the signatures of torch.optim (2.x); dampening, amsgrad and centered are not options here.
DEFAULTS = {
    "sgd": {"lr": 0.001, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0},
    "adam": {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0},
    "adamw": {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
    "rmsprop": {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0},
    "adagrad": {"lr": 0.01, "lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10},
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_optimizers_have_the_defaults_of_pytorch(kind: str) -> None:
    optimizer = loads(LAYERS + f'[optimizer]\ntype = "{kind}"\n').optimizer
    assert optimizer is not None
    assert (optimizer.type, dict(optimizer.options)) == (kind, DEFAULTS[kind])


def test_optimizers_take_their_options() -> None:
    text = LAYERS + '[optimizer]\ntype = "sgd"\nlr = 1\nmomentum = 0.9\nnesterov = true\nweight_decay = 0.1\n'
    optimizer = loads(text).optimizer
    assert optimizer is not None
    assert dict(optimizer.options) == {"lr": 1.0, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}
    assert all(type(value) in (float, bool) for value in optimizer.options.values())
    optimizer = loads(LAYERS + '[optimizer]\ntype = "adam"\nbetas = [0, 0.5]\n').optimizer
    assert optimizer is not None
    assert (optimizer.options["beta1"], optimizer.options["beta2"]) == (0, 0.5)


SETTINGS = [
    ("[optimizer]", ["7: optimizer"], "'type' is missing: one of sgd, adam"),
    ('[optimizer]\ntype = "adm"', ["8: optimizer.type"], "one of sgd, adam"),
    ('[optimizer]\ntyp = "sgd"', ["7: optimizer", "8: optimizer.typ"], "'type' is missing"),
    ('[optimizer]\ntype = "sgd"\nlr = -0.1', ["9: optimizer.lr"], "a number of at least 0"),
    ('[optimizer]\ntype = "sgd"\nlr = "0.1"', ["9: optimizer.lr"], "the string '0.1', expected a number"),
    ('[optimizer]\ntype = "sgd"\nlr = true', ["9: optimizer.lr"], "found true"),
    ('[optimizer]\ntype = "sgd"\nlr = nan', ["9: optimizer.lr"], "a finite number"),
    ('[optimizer]\ntype = "sgd"\nnesterov = true', ["9: optimizer.nesterov"], "momentum is 0"),
    ('[optimizer]\ntype = "sgd"\nnesterov = 1', ["9: optimizer.nesterov"], "true or false"),
    ('[optimizer]\ntype = "sgd"\nbetas = [0, 0]', ["9: optimizer.betas"], "unknown key 'betas'"),
    ('[optimizer]\ntype = "adam"\nbeta1 = 0.9', ["9: optimizer.beta1"], "unknown key 'beta1'"),
    ('[optimizer]\ntype = "adam"\nbetas = 0.9', ["9: optimizer.betas"], "two numbers"),
    ('[optimizer]\ntype = "adam"\nbetas = [0.9]', ["9: optimizer.betas"], "two numbers"),
    ('[optimizer]\ntype = "adam"\nbetas = [1, -1]', ["9: optimizer.betas[0]", "9: optimizer.betas[1]"], "less than 1"),
    ('[optimizer]\ntype = "adagrad"\neps = -1', ["9: optimizer.eps"], "at least 0"),
    ("[training]\nepochs = 0", ["8: training.epochs"], "at least 1"),
    ("[training]\nepochs = 1.5", ["8: training.epochs"], "whole number"),
    ("[training]\nepochs = true", ["8: training.epochs"], "found true"),
    ("[training]\nepochs = 10000000000", ["8: training.epochs"], "at most"),
    ("[training]\nbatch_size = 0", ["8: training.batch_size"], "at least 1"),
    ("[training]\nbatchsize = 2", ["8: training.batchsize"], "unknown key 'batchsize'"),
    ('[training]\nshuffle = "yes"', ["8: training.shuffle"], "true or false"),
    ('[debug]\nbreakpoints = ["o <"]', ["8: debug.breakpoints[0]"], "not an expression"),
    ('[debug]\nbreakpoints = [\n"o",\n"a ** "]', ["10: debug.breakpoints[1]"], "not an expression"),
    ('[debug]\nbreakpoints = "o"', ["8: debug.breakpoints"], "expected a list"),
    ("[debug]\nwatch = [3]", ["8: debug.watch[0]"], "found 3, expected a string"),
    ('[debug]\nwatch = ["norm(grad(W2))"]', ["8: debug.watch[0]"], "'W2' is not defined"),
    ('[debug]\nwatch = ["prev(grad(W3))", "q"]', ["8: debug.watch[0]", "8: debug.watch[1]"], "'W3' is not defined"),
    ('[debug]\nwatch = ["W1.__class__"]', ["8: debug.watch[0]"], "only `.T`"),
    ("[debug]\nwatch = [" + '"o",' * 300 + "]", ["8: debug.watch"], "at most 200"),
]


@pytest.mark.parametrize(("lines", "expected", "said"), SETTINGS)
def test_what_is_wrong_with_the_settings(lines: str, expected: list[str], said: str) -> None:
    assert places(LAYERS + lines + "\n") == expected
    assert said in problems(LAYERS + lines + "\n")[0].message


def test_training_as_given() -> None:
    training = loads(LAYERS + "[training]\nepochs = 3\nbatch_size = 100\nshuffle = true\n").training
    assert (training.epochs, training.batch_size, training.shuffle) == (3, 100, True)


def test_breakpoints_and_watches_know_their_lines() -> None:
    text = LAYERS + (
        '[loss]\ntype = "mse"\n[debug]\n'
        'breakpoints = [\n  "grad(W1)",\n  " loss < 0.1 and iteration > 2",\n]\nwatch = ["norm(grad(W1))", "o[0, 0]"]\n'
    )
    scenario = loads(text)
    assert [(one.text, one.line, one.key) for one in scenario.breakpoints] == [
        ("grad(W1)", 11, "debug.breakpoints[0]"),
        ("loss < 0.1 and iteration > 2", 12, "debug.breakpoints[1]"),
    ]
    assert [(one.text, one.line) for one in scenario.watches] == [("norm(grad(W1))", 14), ("o[0, 0]", 14)]


TOP = [
    ("titel = 1\n", "1: titel", "unknown key 'titel'", "did you mean 'title'?"),
    ("title = 1\n", "1: title", "found 1, expected a string", None),
    (f'title = "{"a" * 201}"\n', "1: title", "found 201 characters", None),
    ("description = []\n", "1: description", "an empty list", None),
    ("seed = -1\n", "1: seed", "found -1", None),
    ("seed = 1.0\n", "1: seed", "a whole number", None),
    ("seed = 9223372036854775808\n", "1: seed", "at most", None),
    ('"a b".c = 1\n', "1: 'a b'", "unknown key 'a b'", None),
]


@pytest.mark.parametrize(("line", "place", "said", "hint"), TOP)
def test_what_is_wrong_at_the_top(line: str, place: str, said: str, hint: str | None) -> None:
    assert places(line + LAYERS) == [place]
    (problem,) = problems(line + LAYERS)
    assert said in problem.message
    assert hint is None or problem.hint == hint


@pytest.mark.parametrize("key", ["data", "loss", "optimizer", "training", "debug"])
def test_tables_have_to_be_tables(key: str) -> None:
    text = f"{key} = 3\n" + (LAYERS if key != "data" else '[[layers]]\ntype = "tanh"\n')
    assert places(text) == [f"1: {key}"]


def test_without_a_title_a_scenario_goes_by_its_file() -> None:
    assert loads(LAYERS, "folder/my net.toml").title == "my net"
    assert loads(LAYERS).title == ""
    assert loads('title = "T"\ndescription = """\nTwo\nlines\n"""\n' + LAYERS, "a.toml").title == "T"
    assert loads('description = """\nTwo\nlines\n"""\n' + LAYERS).description == "Two\nlines"


def test_everything_wrong_is_said_at_once_in_the_order_of_the_lines() -> None:
    text = """\
titel = "all at once"
seed = -1

[data]
x = [[1, 2], [3, "4"]]
y = [[1], [0]]

[[layers]]
type = "linear"
units = 0
init = "xavier"

[[layers]]
type = "sigmod"

[loss]
type = "mse"
reduction = "none"

[optimizer]
type = "sgd"
lr = "fast"

[training]
epoch = 3

[debug]
breakpoints = ["loss <"]
"""
    assert places(text) == [
        "1: titel",
        "2: seed",
        "5: data.x[1][1]",
        "10: layers[0].units",
        "11: layers[0].init",
        "14: layers[1].type",
        "18: loss.reduction",
        "22: optimizer.lr",
        "25: training.epoch",
        "28: debug.breakpoints[0]",
    ]
    for problem in problems(text):
        assert "\n" not in str(problem)
        assert str(problem).startswith(f"net.toml:{problem.line}: {problem.key}: ")


def test_a_hundred_problems_are_listed_and_the_rest_counted() -> None:
    found = problems("\n".join(f"key{number} = 1" for number in range(500)))
    assert len(found) == 101
    assert "401 more problems" in found[-1].message
    assert len(problems('equations = "z = 1"\n[parameters]\nW = [' + "'a', " * 1000 + "]")) == 10
