"""What is found in runs that are of no use: the cause first, the same at the end of the run and in the whole of it."""

from __future__ import annotations

from functools import cache

import pytest

from nnstep.debugger.health.examine import KINDS, examine, findings
from nnstep.debugger.health.finding import Finding
from nnstep.engine import Timeline
from nnstep.language import Entry, Name
from nnstep.scenario import loads
from tests.debugger.health_cases import BLOBS, CASES, MOONS, ONE, equations, layers
from tests.debugger.health_nets import kinds, number, of_kind, said
from tests.present import present

RANKS = [kind.name for kind in KINDS]


@cache
def examined(name: str) -> tuple[Finding, ...]:
    """What is found in the run of a case."""
    return examine(Timeline(loads(CASES[name].text)))


def of_text(text: str, kind: str) -> Finding:
    """The only finding of a kind in a run."""
    (one,) = of_kind(examine(Timeline(loads(text))), kind)
    return one


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_found_and_comes_first(name: str) -> None:
    case, found = CASES[name], examined(name)
    assert found
    assert not case.first or found[0].kind == case.first, [one.kind for one in found]
    assert set(case.others) <= kinds(found)
    assert case.problem in (None, any(one.severity == "problem" for one in found))
    if case.first == "still" or "still" in case.others:
        assert "stalled" not in kinds(found)


@pytest.mark.parametrize("name", CASES)
def test_a_finding_is_as_severe_as_its_kind_may_be(name: str) -> None:
    grades = {kind.name: kind.severities for kind in KINDS}
    assert all(one.severity in grades[one.kind] for one in examined(name))


@pytest.mark.parametrize("name", CASES)
def test_the_end_of_a_run_says_what_the_whole_of_it_says(name: str) -> None:
    timeline = Timeline(loads(CASES[name].text))
    seen = findings(timeline, timeline.iterations, len(timeline.program(timeline.iterations).steps))
    assert repr(seen) == repr(examined(name))


@pytest.mark.parametrize("name", CASES)
def test_causes_come_before_what_follows_from_them(name: str) -> None:
    found = examined(name)
    problems = [one.severity == "problem" for one in found]
    assert problems == sorted(problems, reverse=True)
    for severity in (True, False):
        ranks = [
            RANKS.index(one.kind.replace("nan", "infinite"))
            for one, bad in zip(found, problems, strict=True)
            if bad == severity
        ]
        assert ranks == sorted(ranks)
    for one in found:
        assert one.remedy


# ---- Runs with nothing wrong

_HEALTHY = {
    "moons": layers(
        "units = 8",
        "tanh",
        "units = 2",
        loss="cross_entropy",
        data=MOONS,
        optimizer='type = "adam"\nlr = 0.02',
        epochs=60,
    ),
    "batches": layers(
        *("units = 8", "tanh", "units = 2"),
        loss="cross_entropy",
        data=MOONS,
        optimizer='type = "sgd"\nlr = 0.1',
        epochs=20,
        training="batch_size = 8\nshuffle = true",
    ),
    "zeros": layers(
        'units = 2\ninit = "zeros"', loss="cross_entropy", data=BLOBS, optimizer='type = "sgd"\nlr = 0.1', epochs=40
    ),
    "sigmoid and bce": layers(
        "units = 4", "tanh", "units = 1", "sigmoid", loss="bce", optimizer='type = "adam"\nlr = 0.05', epochs=80
    ),
    "softmax and nll": layers(
        "units = 4",
        "tanh",
        "units = 2",
        "softmax",
        loss="nll",
        data=MOONS,
        optimizer='type = "adam"\nlr = 0.02',
        epochs=60,
    ),
    "log_softmax": layers(
        "units = 4",
        "tanh",
        "units = 2",
        "log_softmax",
        loss="cross_entropy",
        data=MOONS,
        optimizer='type = "adam"\nlr = 0.02',
        epochs=60,
    ),
    "one sample": layers("units = 3", "tanh", "units = 1", data=ONE, optimizer='type = "sgd"\nlr = 0.1', epochs=40),
    "written out": equations(
        "p = 1 / (1 + exp(-(x @ w + b)))\nloss = -mean(y * log(p) + (1 - y) * log(1 - p))",
        "w = [[0.1], [0.1]]\nb = [0.0]",
        "x = [[-3, -3], [3, 3], [1, -1], [-1, 1]]\ny = [[0], [1], [1], [0]]\n",
        'type = "sgd"\nlr = 0.05',
        300,
    ),
    "decay": layers(
        "units = 4", "tanh", "units = 1", optimizer='type = "sgd"\nlr = 0.1\nweight_decay = 0.001', epochs=25
    ),
    "targets at the ends": layers(
        "units = 4",
        "tanh",
        "units = 1",
        "tanh",
        data="x = [[-1], [1]]\ny = [[-1], [1]]\n",
        optimizer='type = "sgd"\nlr = 0.1',
        epochs=40,
    ),
    "attention": equations(
        "q = x @ Wq\nk = x @ Wk\nv = x @ Wv\na = softmax(q @ k.T / sqrt(2))\no = a @ v\nloss = mse(o, y)",
        "Wq = { shape = [2, 2] }\nWk = { shape = [2, 2] }\nWv = { shape = [2, 2] }",
        "x = [[1, 0], [0, 1], [1, 1]]\ny = [[1, 0], [0, 1], [0.5, 0.5]]\n",
        'type = "adam"\nlr = 0.02',
    ),
}


@pytest.mark.parametrize("name", _HEALTHY)
def test_nothing_is_said_of_a_healthy_run_whatever_its_seed(name: str) -> None:
    for seed in range(6):
        assert examine(Timeline(loads(f"seed = {seed}\n" + _HEALTHY[name]))) == ()


# ---- The numbers


def test_the_floor_of_a_cross_entropy_of_probabilities_is_that_of_pytorch() -> None:
    """torch.nn.functional.cross_entropy(torch.tensor([[1., 0.]]), torch.tensor([0])) is 0.31326168."""
    one = examined("doubled: softmax, cross_entropy")[0]
    assert one.values["floor"] == pytest.approx(0.3132616875182228, rel=1e-15)
    assert one.values["most"] == pytest.approx(0.7310585786300049, rel=1e-15)
    assert (one.cause, said(one, "logits", Name).id) == ("classes", "h @ W2 + b2")


def test_the_floor_with_bounded_logits_is_that_of_pytorch() -> None:
    """cross_entropy(torch.tensor([[1., -1.]]), torch.tensor([0])) is 0.12692802, and
    binary_cross_entropy_with_logits(torch.tensor([1.]), torch.tensor([1.])) is 0.31326168.
    """
    assert examined("doubled: tanh, cross_entropy")[0].values["floor"] == pytest.approx(0.12692801104297252, rel=1e-15)
    assert examined("doubled: tanh, bce_with_logits")[0].values["floor"] == pytest.approx(0.3132616875182228, rel=1e-15)


def test_the_rate_that_is_to_be_tried_makes_the_loss_fall() -> None:
    for name in ("rate: a line", "rate: a parabola, to infinity", "rate: a line, batches"):
        text = CASES[name].text
        one = of_text(text, "rate")
        rate = next(line for line in text.splitlines() if line.startswith("lr"))
        better = Timeline(loads(text.replace(rate, f"lr = {one.values['better']}")))
        length = said(one, "length", int)
        per = better.schedule.batches
        better.scan(length, length, None)
        losses = [present(better.glance(k).loss) for k in range(length - per + 1, length + 1)]
        assert one.values["loss"] == pytest.approx(sum(losses) / per, rel=1e-12)
        assert number(one, "loss") < number(one, "first")


def test_what_follows_from_a_rate_is_helped_by_the_same() -> None:
    found = examined("rate: a line, to infinity")
    assert {one.values["instead"] for one in found[1:] if one.kind != "saturated"} == {found[0].values["better"]}


def test_a_rate_is_not_blamed_for_what_no_rate_helps_against() -> None:
    """log(w) with w below 0 from the start, and a loss that has no least value."""
    net = equations("loss = w ** 2 + log(a)", "w = 1.0\na = { value = -1.0, trainable = false }", epochs=40)
    assert kinds(examine(Timeline(loads(net)))) >= {"nan"}
    assert "rate" not in kinds(examine(Timeline(loads(net))))


def test_a_loss_without_a_least_value_is_no_matter_of_the_rate() -> None:
    net = equations("loss = -w ** 2", "w = 1.0", optimizer='type = "sgd"\nlr = 0.5', epochs=2_000)
    assert kinds(examine(Timeline(loads(net)))) >= {"infinite"}
    assert "rate" not in kinds(examine(Timeline(loads(net))))


def test_targets_are_named_with_their_numbers() -> None:
    one = examined("targets: -1 and 1, bce")[0]
    assert (one.values["count"], one.values["of"], one.values["least"], one.values["greatest"]) == (2, 3, -1, 1)
    assert (one.values["cell"], one.values["number"]) == (Entry("y", (0, 0)), -1)
    one = examined("targets: 2 σ - 1")[0]
    assert (one.values["low"], one.values["high"], one.values["number"]) == (-1, 1, 3)


def test_units_that_are_equal_are_named() -> None:
    (one,) = of_kind(examined("twins: some of them"), "twins")
    assert (one.values["units"], one.values["of"], said(one, "layer", Name).id) == ((0, 1), 3, "h1")
    found = of_kind(examined("twins: two layers"), "twins")
    assert [said(one, "layer", Name).id for one in found] == ["h1", "h2"]
    assert [one.values["units"] for one in found] == [(0, 1, 2), (0, 1, 2)]


def test_units_that_begin_equal_and_part_are_not_told() -> None:
    """The weights behind them differ, and so do their gradients."""
    net = layers("weight = [[1, 1], [1, 1]]", "sigmoid", "weight = [[1], [-1]]", epochs=10)
    assert "twins" not in kinds(examine(Timeline(loads(net))))


def test_what_an_edit_makes_equal_is_equal_from_there_on() -> None:
    net = layers(
        "weight = [[1, 2], [1, 2]]", "sigmoid", "weight = [[1], [1]]", optimizer='type = "sgd"\nlr = 0', epochs=10
    )
    edits = "".join(f'[[edits]]\niteration = 4\ncell = "W1[{row}, 1]"\nvalue = 1\n' for row in (0, 1))
    assert of_text(net + edits, "twins").values["since"] == 4


def test_the_limit_of_the_decay_is_that_of_the_optimizer() -> None:
    """w ← (1 − lr · decay) w shrinks up to lr · decay = 2; with momentum 0.5 and no gradient, up to 3."""
    for momentum, most in ((0.0, 2.0), (0.5, 3.0)):
        for product, grows in ((0.98 * most, False), (1.02 * most, True)):
            optimizer = f'type = "sgd"\nlr = 0.1\nweight_decay = {product * 10}\nmomentum = {momentum}'
            net = equations("loss = 0 * w", "w = 1.0", optimizer=optimizer, epochs=400)
            timeline = Timeline(loads(net))
            assert (abs(float(timeline.record(400)["w"])) > 1) == grows
            assert bool(of_kind(examine(timeline), "decay")) == grows


def test_a_gradient_that_becomes_0_at_the_bottom_is_no_problem() -> None:
    net = equations("loss = (w - 1) ** 2 + 1", "w = 3.0", optimizer='type = "sgd"\nlr = 0.5', epochs=60)
    found = examine(Timeline(loads(net)))
    assert kinds(found) == {"stalled"}
    assert found[0].severity == "warning"


def test_a_hinge_that_has_become_0_is_no_dead_unit() -> None:
    net = equations(
        "o = x @ w + b\nloss = mean(relu(1 - (2 * y - 1) * o))",
        "w = [[0.1], [0.1]]\nb = [0.0]",
        "x = [[-3, -3], [3, 3]]\ny = [[0], [1]]\n",
        'type = "sgd"\nlr = 0.01',
        200,
    )
    assert examine(Timeline(loads(net))) == ()
