"""Numbers that are not finite, with the operands that made them; gradients that vanish or explode, with the reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnstep.debugger.health import examine as health
from nnstep.debugger.health.examine import examine
from nnstep.engine import Timeline
from nnstep.language import Call, to_text
from nnstep.scenario import loads
from nnstep.scenario.model import Scenario
from tests.debugger.health_cases import equations
from tests.debugger.health_nets import at_end, kinds, layered, number, of_kind, repeated, said

DATA = "[data]\nx = [[0, 2], [3, 4]]\n"


@pytest.mark.parametrize(
    ("equations", "cause", "call", "operands"),
    [
        ("p = x * w\nloss = mean(log(p))", "pole", "log(p[0,0])", {"p[0,0]": 0.0}),
        ("p = x * w\nloss = mean(1 / p)", "pole", "1 / p[0,0]", {"p[0,0]": 0.0}),
        ("p = x * w\nloss = mean(exp(500 * p))", "overflow", "exp((500 * p)[0,1])", {"(500 * p)[0,1]": 1000.0}),
        ("p = x * w\nloss = mean(log(p - 1))", "undefined", "log((p - 1)[0,0])", {"(p - 1)[0,0]": -1.0}),
        ("p = x * w\nloss = mean(sqrt(p - 3))", "undefined", "sqrt((p - 3)[0,0])", {"(p - 3)[0,0]": -3.0}),
        ("p = 1e200 * x * w\nloss = sum(p * p)", "overflow", "p[0,1] * p[0,1]", {"p[0,1]": 2e200}),
    ],
)
def test_the_operand_that_made_it_is_named(equations: str, cause: str, call: str, operands: dict[str, float]) -> None:
    timeline = Timeline(repeated(equations, "w = 1.0", data=DATA, epochs=3))
    one = min(at_end(timeline, 1), key=lambda one: (one.iteration, one.step))
    assert (one.iteration, one.cause, to_text(said(one, "call", Call))) == (1, cause, call)
    assert {to_text(name): number for name, number in said(one, "operands", tuple)} == operands
    assert repr(one) == repr(min(examine(timeline), key=lambda one: (one.iteration, one.step)))


def test_a_nan_that_is_made_of_infinite_numbers_is_found_too() -> None:
    timeline = Timeline(repeated("p = exp(x * w)\nq = p - p\nloss = sum(q)", "w = 1000.0", data=DATA, epochs=3))
    infinite, nan = sorted(at_end(timeline, 1), key=lambda one: one.step)
    assert (infinite.kind, infinite.name, infinite.cause) == ("infinite", "p", "overflow")
    assert (nan.kind, nan.name, nan.index, nan.cause) == ("nan", "q", (0, 1), "undefined")
    assert to_text(said(nan, "call", Call)) == "p[0,1] - p[0,1]"
    assert {number for _, number in said(nan, "operands", tuple)} == {np.inf}


def test_it_is_found_in_the_iteration_where_training_leads_to_it() -> None:
    """w goes down by 0.1 an iteration, from 1: after ten of them the logarithm is of about 0 or less."""
    timeline = Timeline(repeated("loss = w + 0 * log(w)", "w = 0.95", lr=0.1, epochs=30))
    (one,) = [one for one in at_end(timeline) if one.kind in ("infinite", "nan")]
    values = [float(timeline.record(k).value(timeline.program(k).versions["w"][0])) for k in range(1, 12)]
    first = next(k for k, w in enumerate(values, 1) if w <= 0)
    assert (one.kind, one.iteration, one.name, one.cause) == ("nan", first, "log(w)", "undefined")
    before = at_end(timeline, first - 1)
    assert "nan" not in kinds(before)


def test_nothing_that_is_computed_later_is_told() -> None:
    timeline = Timeline(repeated("p = x * w\nq = log(p)\nloss = sum(q)", "w = 1.0", data=DATA, epochs=3))
    step = timeline.program(1).values[timeline.program(1).versions["q"][0]].step
    assert health.findings(timeline, 1, step - 1) == ()
    assert kinds(health.findings(timeline, 1, step)) == {"infinite"}


@pytest.mark.parametrize("most", [1, 3, 1_000])
def test_far_back_it_is_found_by_halving(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(health, "_reach", lambda *arguments: most)
    timeline = Timeline(repeated("loss = w ** 2", "w = 1.0", lr=1e3, epochs=300))
    found = at_end(timeline)
    assert kinds(found) == {"rate", "infinite", "nan"}
    for one in found[1:]:
        assert one.values["exact"] == (most == 1_000)
        wrong = np.isnan if one.kind == "nan" else lambda array: ~np.isfinite(array)
        assert wrong(timeline.record(one.iteration).arena).any()
        assert not wrong(timeline.record(one.iteration - 1).arena).any()


def test_what_was_there_before_the_run_is_said_to_be() -> None:
    scenario = repeated("loss = sum(w ** 2)", "w = [1.0, 2.0]", epochs=3)
    (parameter,) = scenario.parameters
    wrong = parameter._replace(value=np.array([1.0, np.nan]))
    (one,) = at_end(Timeline(scenario._replace(parameters=(wrong,))), 2)
    assert (one.kind, one.iteration, one.step, one.name, one.index) == ("nan", 1, 0, "w", (1,))
    assert one.cause == "given"
    assert replace(one, values={}) == replace(examine(Timeline(scenario._replace(parameters=(wrong,))))[0], values={})


# ---- Gradients -------------------------------------------------------------------------------------------


def sizes(timeline: Timeline, iteration: int, names: list[str]) -> list[float]:
    """The root mean square of gradients."""
    record = timeline.record(iteration)
    return [float(np.sqrt(np.mean(record[f"grad({name})"] ** 2))) for name in names]


def test_the_gradient_of_a_deep_sigmoid_network_vanishes_by_its_slopes() -> None:
    layers = [layer for _ in range(9) for layer in ("units = 4", "sigmoid")]
    timeline = Timeline(layered(*layers, "units = 1", lr=0.01))
    (one,) = of_kind(at_end(timeline, 1), "vanishing")
    found = sizes(timeline, 1, [f"W{k}" for k in range(1, 11)])
    assert [size for _, size in said(one, "layers", tuple)] == pytest.approx(found)
    assert one.values["ratio"] == pytest.approx(min(size / found[-1] for size in found[:-1]))
    assert one.name == f"grad(W{1 + int(np.argmin(found))})"
    assert (one.cause, one.values["through"]) == ("slopes", 10 - 1 - int(np.argmin(found)))
    assert number(one, "each") < 0.25


def test_the_gradient_of_a_network_with_large_weights_explodes_by_them() -> None:
    lines = [f"h{k} = sin(h{k - 1} @ W{k})" if k > 1 else "h1 = sin(x @ W1)" for k in range(1, 6)]
    weights = [f"W{k} = [[30, 20], [-20, 30]]" for k in range(1, 6)]
    net = repeated("\n".join([*lines, "loss = mean(h5)"]), "\n".join(weights), lr=1e-20, data=DATA)
    timeline = Timeline(net)
    (one,) = of_kind(at_end(timeline, 1), "exploding")
    found = sizes(timeline, 1, [f"W{k}" for k in range(1, 6)])
    assert (one.name, one.cause, one.severity) == ("grad(W1)", "weights", "warning")
    assert [name.id for name in said(one, "names", tuple)] == ["W2", "W3", "W4", "W5"]
    assert one.values["ratio"] == pytest.approx(found[0] / found[-1])
    assert number(one, "ratio") > 1e3


def test_a_ratio_counts_where_it_lasts() -> None:
    """The gradient of W1 passes 0 in one iteration of this run, and is small beside that of W2 there alone."""
    from nnstep.scenario import find, load

    timeline = Timeline(load(find("mazur")))
    ratios = [a / b for a, b in (sizes(timeline, k, ["W1", "W2"]) for k in range(7, 10))]
    assert [ratio < 1e-3 for ratio in ratios] == [False, True, False]
    assert [kinds(at_end(timeline, k)) for k in range(7, 10)] == [set()] * 3


def test_a_huge_gradient_is_a_problem() -> None:
    timeline = Timeline(repeated("loss = sum(1e7 * w)", "w = [1.0, 2.0]", lr=1e-20, epochs=3))
    (one,) = of_kind(at_end(timeline, 1), "exploding")
    assert (one.severity, one.cause, one.values["size"]) == ("problem", "huge", pytest.approx(1e7))


ONE_INPUT = "[data]\nx = [[1]]\n"


def line(lr: float, epochs: int = 1) -> Scenario:
    """A weight of 1 whose gradient is 1, of a loss of about 1000 that falls by lr in an iteration."""
    return repeated("loss = sum(x @ W) + 999", "W = [[1.0]]", lr=lr, epochs=epochs, data=ONE_INPUT)


def gentle(share: float) -> Scenario:
    """The update is `share` of the weight, whose gradient is −4."""
    return repeated("loss = sum((x @ W - 3) ** 2)", "W = [[1.0]]", lr=share / 4, epochs=1, data=ONE_INPUT)


def falling(share: float, epochs: int = 30) -> Scenario:
    """A loss of about 1 that falls by `share` in five iterations."""
    return repeated("loss = sum(x @ W)", "W = [[1.0]]", lr=share / 5, epochs=epochs, data=ONE_INPUT)


def growing(factor: float, epochs: int) -> Scenario:
    """A loss that is multiplied by `factor` in every iteration, by steps that go too far."""
    return repeated("loss = sum((x @ W) ** 2)", "W = [[1.0]]", lr=(1 + factor**0.5) / 2, epochs=epochs, data=ONE_INPUT)


def two_layers(ratio: float) -> Scenario:
    """The gradient of the first weight is `ratio` times that of the second."""
    return repeated(
        "h = x @ U\no = h @ V\nloss = sum(o)", f"U = [[1.0]]\nV = [[{ratio}]]", lr=1e-12, epochs=3, data=ONE_INPUT
    )


def steep(gradient: float) -> Scenario:
    return repeated("loss = sum(x @ W)", "W = [[1.0]]", lr=1e-12, epochs=3, data=f"[data]\nx = [[{gradient}]]\n")


def unit(function: str, slope: float) -> Scenario:
    """A unit with this slope, for its only sample."""
    share = (1 + (1 - 4 * slope) ** 0.5) / 2  # s with s (1 − s) = slope
    z = np.log(share / (1 - share)) if function == "sigmoid" else np.arctanh((1 - slope) ** 0.5)
    data = "[data]\nx = [[0]]\ny = [[9]]\n"
    return layered(f"weight = [[1]]\nbias = [{z}]", function, "weight = [[1]]", lr=1e-3, epochs=1, data=data)


def decayed(decay: float, momentum: float) -> Scenario:
    optimizer = f'type = "sgd"\nlr = 0.5\nmomentum = {momentum}\nweight_decay = {2 * decay}'
    return loads(equations("loss = sum((x @ W - 1) ** 2)", "W = [[1.0]]", "x = [[0.01]]\n", optimizer, epochs=2))


@pytest.mark.parametrize(
    ("kind", "severity", "below", "above"),
    [
        ("large-update", "warning", line(0.99), line(1.01)),
        ("large-update", "problem", line(99), line(101)),
        ("small-update", "warning", gentle(1.02e-7), gentle(0.98e-7)),
        ("exploding", "warning", two_layers(990), two_layers(1010)),
        ("vanishing", "warning", two_layers(1 / 990), two_layers(1 / 1010)),
        ("exploding", "problem", steep(0.99e6), steep(1.01e6)),
        ("saturated", "warning", unit("sigmoid", 0.0251), unit("sigmoid", 0.0249)),
        ("saturated", "warning", unit("tanh", 0.101), unit("tanh", 0.099)),
        ("stalled", "warning", falling(1.05e-4), falling(0.95e-4)),
        ("stalled", "warning", falling(0.95e-4, epochs=29), falling(0.95e-4, epochs=30)),
        ("rising", "warning", growing(1.052 ** (1 / 5), 30), growing(1.053 ** (1 / 5), 30)),
        ("rising", "problem", growing(1.98 ** (1 / 27), 30), growing(2.02 ** (1 / 27), 30)),
        ("above", "problem", growing(1.98, 2), growing(2.02, 2)),
        ("decay", "problem", decayed(1.95, 0.0), decayed(2.05, 0.0)),
        ("decay", "problem", decayed(2.95, 0.5), decayed(3.05, 0.5)),
    ],
)
def test_it_is_told_from_the_number_on_that_the_docs_name(
    kind: str, severity: str, below: Scenario, above: Scenario
) -> None:
    told = [{(one.kind, one.severity) for one in examine(Timeline(scenario))} for scenario in (below, above)]
    assert (kind, severity) not in told[0]
    assert (kind, severity) in told[1]
