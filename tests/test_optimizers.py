"""One entry is all that an optimizer needs: everything that is asked of one is asked of its entry."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from nnstep import cli
from nnstep.catalogue import say
from nnstep.engine import Timeline
from nnstep.optimizers import OPTIMIZERS, Rule, rule_text, states_of
from nnstep.scenario import loads
from nnstep.view.panels.operation import OperationPanel
from nnstep.view.stepper import Stepper
from tests import docs

# Adamax of torch.optim: the largest of the gradients so far, each faded, in place of a mean of squares.
ADAMAX = Rule(
    options={"lr": 0.002, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0},
    lines=lambda options, gradient: [
        f"m = beta1 * m + (1 - beta1) * {gradient}",
        f"v = maximum(beta2 * v, abs({gradient}) + eps)",
        "w = w - lr / (1 - beta1 ** iteration) * m / v",
    ],
    states={"m": 0.0, "v": 0.0},
)
SCENARIO = """
equations = "loss = sum((w - 3) ** 2)"
[parameters]
w = [1.0, 5.0]
[optimizer]
type = "adamax"
lr = 0.25
betas = [0.5, 0.75]
[training]
epochs = 3
"""


@pytest.fixture
def with_adamax(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPTIMIZERS, "adamax", ADAMAX)


@pytest.mark.usefixtures("with_adamax")
def test_an_optimizer_that_is_added_is_run_and_its_states_are_kept() -> None:
    timeline = Timeline(loads(SCENARIO))
    w, m, v = np.array([1.0, 5.0]), np.zeros(2), np.zeros(2)
    for iteration in (1, 2, 3):
        g = 2 * (w - 3)
        m, v = 0.5 * m + 0.5 * g, np.maximum(0.75 * v, np.abs(g) + 1e-8)
        w = w - 0.25 / (1 - 0.5**iteration) * m / v
        record = timeline.record(iteration)
        np.testing.assert_allclose(record["m(w)"], m, rtol=1e-12)
        np.testing.assert_allclose(record["v(w)"], v, rtol=1e-12)
        np.testing.assert_allclose(record["w"], w, rtol=1e-12)


@pytest.mark.usefixtures("with_adamax")
def test_what_its_entry_does_not_say_is_said_in_neutral_words() -> None:
    stepper = Stepper(loads(SCENARIO))
    said: list[str] = []
    stepper.do("step.last")
    for _ in range(3):
        panel = stepper.view().panels["operation"]
        assert isinstance(panel, OperationPanel)
        said += panel.sentences
        stepper.do("step.back")
    texts = " ".join(said)
    assert say("words.update.neutral", name="w", optimizer="adamax") in texts
    assert say("words.state.neutral", name="v(w)", optimizer="adamax", parameter="w") in texts
    assert not re.search(r"square|root|mean|Adam:", texts)


@pytest.mark.usefixtures("with_adamax")
@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--train"],
        ["check", "--format", "latex"],
        ["trace"],
        ["trace", "--json"],
        ["trace", "--explain", "v(w)[0]"],
        ["trace", "--json", "--explain", "w[1]"],
        ["gradcheck"],
    ],
)
def test_every_command_knows_it(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    status = cli.main([arguments[0], str(path), *arguments[1:]])
    out = capsys.readouterr().out
    assert status in (0, 1) if "--train" in arguments else status == 0
    assert not re.search(r"mean of squares|root of", out)
    if "--json" in arguments:
        for line in out.splitlines():
            json.loads(line)
    if arguments == ["check"]:
        assert "maximum" in out


@pytest.mark.usefixtures("with_adamax")
def test_the_docs_have_it_too_and_what_may_be_written_in_its_table_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = [line for line in docs.optimizers().splitlines() if "`adamax`" in line]
    assert "maximum(beta2 * v, abs(g) + eps)" in row
    assert "`betas` [0.9, 0.999]" in row
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO.replace("lr = 0.25", "momentum = 0.25"), encoding="utf-8")
    assert cli.main(["check", str(path)]) == 2
    assert "momentum" in capsys.readouterr().err


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_rule_assigns_its_states_and_then_the_parameter(kind: str) -> None:
    entry = OPTIMIZERS[kind]
    for momentum in (0.0, 0.5):
        for decay in (0.0, 0.1):
            given = {"momentum": momentum, "weight_decay": decay}
            options = {**entry.options, **{key: value for key, value in given.items() if key in entry.options}}
            targets = [line.split(" = ")[0] for line in rule_text(kind, options).splitlines()]
            assert targets[-1] == "w"
            assert {*targets[:-1]} - {"d"} == {*states_of(kind, options)}
            assert ("d" in targets) == bool(decay and not entry.decoupled)
