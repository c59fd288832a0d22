"""`check --format latex`: what is printed means what is computed."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine.eras import eras
from nnstep.language import Name
from nnstep.language.latex import to_latex
from nnstep.ops import OPERATIONS
from nnstep.program import Program, compile_program
from nnstep.scenario import Scenario, find, load, loads
from nnstep.scenario.library import bundled
from nnstep.view.reports.check import later_updates
from nnstep.view.reports.latex import forms, latex_report, notation_of
from tests.engine.random_programs import random_case
from tests.language.latex_reader import plain, read_latex
from tests.scenario.edited import edits_of, with_edits
from tests.view.test_records import MICROGRAD, TWO_LAYERS

SCENARIOS = [one.name for one in bundled()]
KEEPDIMS = r"\mathrm{keepdims}=\mathrm{True}"


def report(scenario: Scenario) -> list[str]:
    parts = eras(scenario)
    program = next(iter(parts[0].programs.values()))
    return list(latex_report(scenario, program, "file.toml", later_updates(parts)))


def equations(lines: list[str]) -> list[tuple[str, str, str]]:
    """(left, sign, right) of the lines that are equations."""
    found = [re.fullmatch(r"  (.*?) &(=|\\leftarrow) (.*?)( \\\\)?", line) for line in lines]
    return [(one[1], one[2], one[3]) for one in found if one is not None]


def check_all_read_back(scenario: Scenario, program: Program) -> None:
    """Every line of a program, in all of its phases, reads back as what it is printed for."""
    notation = notation_of(program)
    names = {written: name for name, written in notation.names.items()}
    assert len(names) == len(notation.names)  # no two look alike
    wanted = [(one.assignment.target, one.assignment.expression) for one in scenario.equations]
    later = [step for step in program.steps if step.phase != "forward"]
    wanted += [(program.values[step.target].name, step.expression) for step in later]
    for step in program.steps:
        text = to_latex(step.expression, notation)
        assert read_latex(text, names, notation.rows, notation.columns) == plain(
            step.expression, notation.meaning, notation.objective
        ), text
    printed = equations(list(latex_report(scenario, program, "file.toml")))
    assert len(printed) == len(wanted)
    for (left, sign, right), (target, expression) in zip(printed, wanted, strict=True):
        for text, node in ((left, Name(target)), (right, expression)):
            found = read_latex(text, names, notation.rows, notation.columns)
            assert found == plain(node, notation.meaning, notation.objective), text
        assert (sign == r"\leftarrow") == (
            program.values[program.versions[target][-1]].role in ("state", "parameter", "rate")
        )


# Laws.


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_bundled_scenario_reads_back(name: str) -> None:
    scenario = load(find(name))
    check_all_read_back(scenario, compile_program(scenario))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_every_program_reads_back(seed: int) -> None:
    scenario = loads(random_case(Random(seed)).text)
    check_all_read_back(scenario, compile_program(scenario))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.data())
def test_every_update_that_an_edit_brings_reads_back(seed: int, data: st.DataObject) -> None:
    scenario = loads(random_case(Random(seed)).text)
    scenario = with_edits(scenario, data.draw(edits_of(scenario)))
    for era in eras(scenario):
        check_all_read_back(era.scenario, next(iter(era.programs.values())))


@pytest.mark.parametrize("text", [TWO_LAYERS, MICROGRAD])
def test_what_is_printed_is_balanced(text: str) -> None:
    lines = report(loads(text))
    whole = "\n".join(line for line in lines if not line.startswith("%"))
    assert whole.count("{") == whole.count("}")
    assert whole.count(r"\left") - whole.count(r"\leftarrow") == whole.count(r"\right")
    assert whole.count(r"\begin{align*}") == whole.count(r"\end{align*}") > 0
    assert r"\allowdisplaybreaks" in lines
    assert all(" &= " in line or r" &\leftarrow " in line for line in lines if line.startswith("  "))


# Forms.


def test_every_operation_has_a_form_and_no_two_the_same() -> None:
    assert set(forms()) == {entry.name for entry in OPERATIONS}
    called = [form for form in forms().values() if not form.fences]
    assert len({(form.sign, form.inputs) for form in called}) == len(called)


def net(equations: str, more: str = "") -> list[tuple[str, str, str]]:
    text = (
        f'equations = """\n{equations}\n"""\n[data]\nx = [[1.0, 2.0], [3.0, 4.0]]\ny = [[1.0], [2.0]]\n'
        f"[parameters]\nW1 = [[0.5], [-0.5]]\nw = 2\n{more}"
    )
    return equations_of(text)


def equations_of(text: str) -> list[tuple[str, str, str]]:
    return equations(report(loads(text)))


@pytest.mark.parametrize(
    ("written", "latex"),
    [
        ("sqrt(2) * w", r"\sqrt{2} \cdot w"),
        ("tanh(x @ W1) @ W1.T", r"\tanh\left(x W_{1}\right) W_{1}^{\top}"),
        ("(x @ W1).T", r"\left(x W_{1}\right)^{\top}"),
        ("exp(W1) ** 2", r"\left(\exp\left(W_{1}\right)\right)^{2}"),
        ("abs(w) + w", r"\left|w\right| + w"),
        ("sum(x, axis=0)", r"\sum_{n}\left(x\right)"),
        ("sum(x, 1)", r"\sum_{j}\left(x\right)"),
        ("sum(x, axis=1, keepdims=True)", rf"\sum_{{j}}\left(x,\, {KEEPDIMS}\right)"),
        ("mean(x)", r"\operatorname*{mean}\left(x\right)"),
        ("max(x, 0)", r"\max_{n}\left(x\right)"),
        ("maximum(x, 0)", r"\max\left(x,\, 0\right)"),
        ("sum(x) * x", r"\left(\sum\left(x\right)\right) \cdot x"),
        ("reshape(x, 4, 1)", r"\operatorname{reshape}_{4 \times 1}\left(x\right)"),
        ("reshape(x, -1)", r"\operatorname{reshape}_{-1}\left(x\right)"),
        ("x[0:1, :] * 2", r"x\left[0{:}1,\, {:}\right] \cdot 2"),
        ("leaky_relu(x, slope=1e-3)", r"\operatorname{LeakyReLU}\left(x,\, \mathrm{slope}=0.001\right)"),
        (
            "layer_norm(x, x[0], x[1], eps=1e-8)",
            r"\operatorname{LayerNorm}\left(x,\, x\left[0\right],\, x\left[1\right],\, \mathrm{eps}=10^{-8}\right)",
        ),
        ("-x * -x", r"-x \odot \left(-x\right)"),
        ("-(x * x)", r"-\left(x \odot x\right)"),
        ("x - (w - 1)", r"x - \left(w - 1\right)"),
        ("x * (x @ W1) * w", r"x \odot \left(x W_{1}\right) \cdot w"),
        ("10 ** w + 2.5e-9", r"\left(10\right)^{w} + 2.5 \times 10^{-9}"),
        (
            "mse(x @ W1, y, reduction=sum)",
            r"\operatorname{MSE}\left(x W_{1},\, y,\, \mathrm{reduction}=\mathrm{sum}\right)",
        ),
    ],
)
def test_the_forms(written: str, latex: str) -> None:
    assert net(f"z = {written}") == [("z", "=", latex)]


def test_one_letter_for_the_loss() -> None:
    found = net("o = x @ W1\nloss = mse(o, y)", '[optimizer]\ntype = "sgd"\nlr = 0.5\n')
    assert found[1][0] == r"\mathcal{L}"
    assert found[2] == (r"\frac{\partial \mathcal{L}}{\partial \mathcal{L}}", "=", "1")
    assert found[-1] == ("W_{1}", r"\leftarrow", r"W_{1} - 0.5 \cdot \frac{\partial \mathcal{L}}{\partial W_{1}}")
    assert equations_of(MICROGRAD)[2][0] == r"\frac{\partial L}{\partial L}"


def test_states_and_the_number_of_the_iteration() -> None:
    found = net("o = x @ W1\nloss = mse(o, y)", '[optimizer]\ntype = "adam"\nlr = 0.5\nbetas = [0.9, 0.999]\n')
    assert found[-2][:2] == ("v_{W_{1}}", r"\leftarrow")
    assert found[-2][2].endswith(r"\cdot \left(\frac{\partial \mathcal{L}}{\partial W_{1}}\right)^{2}")
    assert r"\frac{m_{W_{1}}}{1 - 0.9^{t}}" in found[-1][2]


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        *[("z", "z"), ("z1", "z_{1}"), ("z_2", "z_{2}"), ("Wq", "W_{q}"), ("Whh", "W_{hh}"), ("W_q", "W_{q}")],
        *[("Wout", r"W_{\mathrm{out}}"), ("W_out", r"W_{\mathrm{out}}"), ("Wq1", "W_{q,1}"), ("h_1_2", "h_{1,2}")],
        *[
            ("alpha", r"\alpha"),
            ("sigma2", r"\sigma_{2}"),
            ("θ", r"\theta"),
            ("Gamma", r"\Gamma"),
            ("x_mu", r"x_{\mu}"),
        ],
        *[("scores", r"\mathit{scores}"), ("hidden2", r"\mathit{hidden}_{2}"), ("Hidden", r"\mathit{Hidden}")],
        *[("_x", r"\mathit{\_x}"), ("a__b", r"\mathit{a\_\_b}"), ("x1y", r"\mathit{x1y}"), ("é", r"\text{é}")],
    ],
)
def test_names(name: str, latex: str) -> None:
    assert net(f"{name} = x + 1") == [(latex, "=", "x + 1")]


def test_two_names_never_look_alike() -> None:
    lefts = [
        left for left, _, _ in net("Wq = x + 1\nW_q = x + 2\nz1 = x\nz_1 = x\nn = x\nj = x\nsigma = sum(x, axis=0)")
    ]
    assert lefts[:4] == ["W_{q}", r"\mathit{W\_q}", "z_{1}", r"\mathit{z\_1}"]
    assert len(set(lefts)) == len(lefts)
    found = net("n = x\nsigma = sigmoid(n)\nz = sum(sigma * (x + 1), axis=0)")
    assert found[1][2] == r"\operatorname{sigmoid}\left(n\right)"
    assert found[2][2] == r"\sum_{i}\left(\sigma \odot \left(x + 1\right)\right)"
