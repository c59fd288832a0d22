"""The bundled scenarios load, run to their end, and are what their descriptions say; so does the one for a new file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from nnstep.engine import Machine, Timeline
from nnstep.errors import NnstepError
from nnstep.program import compile_program
from nnstep.scenario import bundled, find, load, loads
from nnstep.scenario.library import template
from tests.scenario.helpers import written

NAMES = [
    *["chain_rule", "circuit", "micrograd", "linear_model", "perceptron_sigmoid", "perceptron_tanh", "perceptron_relu"],
    *[
        "softmax",
        "two_layer",
        "mazur",
        "mlp",
        "linear_regression",
        "minibatch_sgd",
        "xor_linear",
        "xor",
        "wide",
        "deep",
    ],
    *["residual", "attention", "tied_autoencoder"],
]


@cache
def timeline(name: str) -> Timeline:
    return Timeline(load(find(name)))


def losses(name: str) -> list[float]:
    """The objective in every iteration of the run."""
    return all_losses(timeline(name))


def all_losses(run: Timeline) -> list[float]:
    found: list[float] = []

    def told(machine: Machine, _: int) -> bool:
        found.append(machine.loss)
        return False

    run.scan(1, run.iterations, told)
    return found


def number(text: str, name: str) -> float:
    """The first number after `text` in the description of a scenario."""
    description = next(one.description for one in bundled() if one.name == name)
    found = re.search(re.escape(text) + r"\D*?(-?\d*\.?\d+)", description)
    assert found, (name, text)
    return float(found[1])


def test_the_library_is_complete_and_in_its_order() -> None:
    assert [one.name for one in bundled()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_scenario_says_what_to_look_at_and_runs(name: str) -> None:
    one = next(one for one in bundled() if one.name == name)
    scenario = load(one.path)
    assert (scenario.title, " ".join(scenario.description.split())) == (one.title, one.description)
    assert 0 < len(one.title) <= 50
    assert 200 < len(one.description) < 600
    assert all(len(line) <= 120 for line in Path(one.path).read_text(encoding="utf-8").splitlines())
    program = compile_program(scenario)
    assert program.steps
    assert (program.objective is None) == (name in ("linear_model", "softmax"))
    run = timeline(name)
    record = run.record(run.iterations)
    assert all(np.isfinite(record.value(value.slot)).all() for value in record.program.values)


def test_find_prefers_a_file_and_knows_the_bundled_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Path(find("xor")).name == Path(find("xor.toml")).name == "xor.toml"
    assert Path(find("xor")).is_file()
    Path("xor.toml").write_text('title = "mine"')
    assert find("xor.toml") == "xor.toml"
    assert Path(find("xor")).is_absolute()
    Path("deep").mkdir()
    assert load(find("deep")).title == "Four narrow layers"
    assert find("folder/none.toml") == "folder/none.toml"
    assert find(str(tmp_path / "none.toml")) == str(tmp_path / "none.toml")
    Path("pipe").mkdir()
    assert find("pipe") == "pipe"


@pytest.mark.parametrize(
    ("name", "hint"), [("xorr", "did you mean 'xor'?"), ("zzz", "`nnstep list` shows the bundled scenarios")]
)
def test_a_name_that_is_neither(name: str, hint: str) -> None:
    with pytest.raises(NnstepError) as caught:
        find(name)
    (problem,) = caught.value.problems
    assert (problem.file, problem.hint) == (name, hint)


@pytest.mark.parametrize("name", ["", ".", "..", "a\0b", "\udcff", "x" * 5000, "\x1b[31m"])
def test_no_name_breaks_find_and_load(name: str) -> None:
    with pytest.raises(NnstepError) as caught:
        load(find(name))
    assert str(caught.value).isprintable()


def test_a_new_scenario_runs_and_its_other_half_says_the_same() -> None:
    text = template("folder/my_first-net.toml")
    scenario = loads(text)
    assert scenario.title == "My first net"
    run = all_losses(Timeline(scenario))
    assert run[-1] < run[0]
    assert written(scenario) == [
        "z1 = x @ W1 + b1",
        "h1 = sigmoid(z1)",
        "o = h1 @ W2 + b2",
        "loss = cross_entropy(o, y)",
    ]
    start, end = text.index("# equations ="), text.index("# The value named")
    commented = "\n".join(line[2:] for line in text[start:end].splitlines())
    other = loads(commented + "\n" + text[text.index("[data]") : text.index("[[layers]]")])
    assert [" ".join(line.split()) for line in written(other)] == written(scenario)
    assert [one.value.tolist() for one in other.parameters] == [one.value.tolist() for one in scenario.parameters]


@pytest.mark.parametrize("keys", [["reduction"], ["scale"], ["momentum", "nesterov"], ["weight_decay"]])
def test_what_is_commented_out_in_a_new_scenario_can_be_taken_in(keys: list[str]) -> None:
    text = template("net")
    for key in keys:
        assert text.count(f"# {key} = ") == 1
        text = text.replace(f"# {key} = ", f"{key} = ")
    assert loads(text)


@pytest.mark.parametrize("name", ['a"b', "a\\b", "\x1b[31m", "\u202e", "é😀", "", ".toml", "\udcff", "{0}", "a\nb"])
def test_any_name_makes_a_new_scenario(name: str) -> None:
    assert loads(template(name)).title
    template(name).encode()


# What the descriptions say, with the numbers that a reader sees.


def test_chain_rule_circuit_and_micrograd() -> None:
    record = timeline("chain_rule").record(1)
    assert [float(record[name]) for name in ("w", "z", "grad(w)", "grad(x)", "grad(y)")] == [5, 25, 10, 10, 10]
    record = timeline("circuit").record(1)
    assert [float(record[name]) for name in ("f", "grad(x)", "grad(y)", "grad(z)")] == [-12, -4, -4, 3]
    record = timeline("micrograd").record(1)
    names = ("L", "grad(a)", "grad(b)", "grad(c)", "grad(f)", "e", "d", "grad(d)")
    assert [float(record[name]) for name in names] == [-8, 6, -4, -2, 4, -6, 4, -2]


def test_linear_model() -> None:
    scenario, record = load(find("linear_model")), timeline("linear_model").record(1)
    assert record["O"].tolist() == [[1, -1.5], [0, 0.5], [2, -1], [-1, 2.5]]
    assert scenario.parameters[0].value.shape == (3, 2)


def test_softmax() -> None:
    record = timeline("softmax").record(1)
    assert record["p"][0].round(2).tolist() == [0.24, 0.67, 0.09]
    assert record["x"].tolist()[:3] == [[1, 2, 0], [-1, 0, 1], [-10, 0, 10]]
    assert record["p"][3].tolist() == pytest.approx(record["p"][0].tolist(), abs=1e-15)
    assert record["from_logits"].tolist() == record["from_probabilities"].tolist()


def test_perceptrons() -> None:
    sigmoid, tanh, relu = (timeline(f"perceptron_{name}").record(1) for name in ("sigmoid", "tanh", "relu"))
    assert (
        sigmoid["z"].tolist()
        == tanh["z"].tolist()
        == relu["z"].tolist()
        == timeline("linear_model").record(1)["O"].tolist()
    )
    assert [sigmoid["h"][1, 0], round(sigmoid["h"][2, 0], 4), sigmoid["grad(z)"][1, 0]] == [0.5, 0.8808, 0.03125]
    assert round(sigmoid["h"][3, 1] * (1 - sigmoid["h"][3, 1]), 4) == 0.0701
    assert [tanh["h"][1, 0], round(tanh["h"][2, 0], 4)] == [0, 0.964]
    assert (1 - tanh["h"] ** 2).round(4)[[1, 2, 3], [0, 0, 1]].tolist() == [1, 0.0707, 0.0266]
    assert np.argwhere(relu["grad(z)"]).tolist() == [[1, 1], [2, 0], [3, 1]]
    assert relu["z"][1, 0] == 0


def test_two_layer() -> None:
    record = timeline("two_layer").record(1)
    assert round(float(record["loss"]), 4) == 0.5013
    assert record["grad(z)"][:, 0].round(4).tolist() == [-0.0228, 0.0685, 0.0301]
    assert round(record["grad(W1)"][0, 0], 4) == -0.0913
    x, h, upstream, w2 = (record[name] for name in ("x", "h", "grad(o)", "W2"))
    start = timeline("two_layer").scenario.parameters[2].value
    assert w2 is not start
    by_index = np.einsum("ni,nj,nk,jk->ij", x, h * (1 - h), upstream, start)
    assert by_index == pytest.approx(record["grad(W1)"], abs=1e-15)


def test_mazur_to_the_last_printed_digit() -> None:
    run = timeline("mazur")
    record = run.record(1)
    assert record["net_h"].round(4).tolist() == [[0.3775, 0.3925]]
    assert [f"{value:.9f}" for value in record["h"][0]] == ["0.593269992", "0.596884378"]
    assert [f"{record['o'][0, 0]:.8f}", f"{record['o'][0, 1]:.9f}"] == ["0.75136507", "0.772928465"]
    assert f"{float(record['loss']):.9f}" == "0.298371109"
    w1, w2 = record["W1"].T.ravel(), record["W2"].T.ravel()
    assert [f"{value:.9f}" for value in w2] == ["0.358916480", "0.408666186", "0.511301270", "0.561370121"]
    assert [f"{value:.9f}" for value in w1] == ["0.149780716", "0.199561432", "0.249751144", "0.299502287"]
    assert run.record(2).loss == pytest.approx(0.29102777369359933, abs=1e-16)
    assert f"{losses('mazur')[9999]:.10f}" == "0.0000351085"
    assert [one.name for one in run.scenario.parameters if not one.trainable] == ["b1", "b2"]


@pytest.mark.parametrize("name", ["mlp", "wide", "deep", "residual", "attention", "tied_autoencoder"])
def test_losses_fall_as_described(name: str) -> None:
    first, last = number("falls from", name), number("falls from " + f"{losses(name)[0]:.3f} to", name)
    decimals = len(str(last).split(".")[1])
    assert round(losses(name)[0], 3) == first
    assert round(losses(name)[-1], decimals) == last


def test_linear_regression_finds_the_line_of_least_squares() -> None:
    run = timeline("linear_regression")
    data = run.scenario.data
    assert data is not None
    assert data.y is not None
    slope, start = np.polyfit(data.x[:, 0], data.y[:, 0], 1)
    assert [round(slope, 4), round(start, 4)] == [2.5143, 10]
    record = run.record(200)
    assert [round(record["W"][0, 0], 4), round(record["b"][0], 4)] == [2.5144, 9.9998]
    assert [round(run.record(1)[name].item(), 1) for name in ("grad(b)", "grad(W)")] == [-28.8, -57]
    assert (data.origin, data.columns) == ("spring.csv", ("load",))


def test_minibatch_sgd_goes_through_all_samples_in_every_epoch() -> None:
    run = timeline("minibatch_sgd")
    records = [run.record(iteration) for iteration in range(1, 16)]
    assert [len(record.rows) for record in records] == [4, 4, 2] * 5
    for epoch in range(5):
        rows = [row for record in records[3 * epoch : 3 * epoch + 3] for row in record.rows]
        assert sorted(rows) == list(range(10))
        assert rows != sorted(rows)
    assert records[0].loss == pytest.approx(np.log(2))
    assert round(losses("minibatch_sgd")[-1], 3) == 0.017
    assert (np.diff(losses("minibatch_sgd")) > 0).sum() >= 3


def test_xor_needs_its_activation() -> None:
    linear, solved = losses("xor_linear"), losses("xor")
    assert np.allclose(linear[50:], 0.25, atol=1e-5)
    assert np.allclose(timeline("xor_linear").record(500)["o"], 0.5, atol=1e-6)
    assert [round(solved[149], 2), round(solved[299], 4)] == [0.15, 0.0003]
    assert np.abs(timeline("xor").record(500)["o"][:, 0] - [0, 1, 1, 0]).max() < 1e-4
    first = [[one.value.tolist() for one in timeline(name).scenario.parameters] for name in ("xor", "xor_linear")]
    assert first[0] == first[1]


def test_wide_and_deep_have_the_same_task_and_as_many_parameters() -> None:
    wide, deep = load(find("wide")), load(find("deep"))
    assert wide.data is not None
    assert deep.data is not None
    assert wide.data.x.tolist() == deep.data.x.tolist()
    for scenario in (wide, deep):
        assert sum(one.value.size for one in scenario.parameters) == 117
    assert wide.optimizer == deep.optimizer
    for name in ("wide", "deep"):
        record = timeline(name).record(200)
        target = timeline(name).scenario.data
        assert target is not None
        assert target.y is not None
        assert (record["o"].argmax(axis=1) == target.y).all()


def test_values_that_are_used_twice_have_two_contributions() -> None:
    assert "grad(h1) via h2" in timeline("residual").record(1).program.versions
    assert "grad(W) via W.T" in timeline("tied_autoencoder").record(1).program.versions
    attention = timeline("attention").record(1)
    assert attention["a"].sum(axis=1) == pytest.approx(np.ones(3))
    assert attention["a"][0].round(2).tolist() == [0.4, 0.2, 0.4]
