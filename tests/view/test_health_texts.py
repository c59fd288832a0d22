"""Every text about the health of a run is said of a real finding of its kind, with nothing left out.

A text of the catalogue that asks for a number that nobody gives fails when it is said, and not before: so all of them
are said here. Runs of every kind are looked at, at every step of some iterations and as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nnstep import catalogue
from nnstep.catalogue.en import TEXTS
from nnstep.debugger.health import examine as health
from nnstep.debugger.health import since as health_since
from nnstep.debugger.health import units as health_units
from nnstep.debugger.health.examine import examine, findings, standing
from nnstep.debugger.health.finding import Finding
from nnstep.engine import Timeline
from nnstep.scenario import loads
from nnstep.scenario.model import Edit, Scenario
from nnstep.view.lens.health import health_view
from nnstep.view.reports.health import training_report
from nnstep.view.sentences.health import Writer, finding_heading, finding_place, finding_sentences, program_notes
from nnstep.view.stepper import Stepper
from tests.debugger.health_cases import CASES, equations
from tests.debugger.health_nets import layered, repeated
from tests.view.test_health import NETS

POLES = {
    "log": ("loss = log(a)", "a = 0"),
    "log of a vector": ("loss = sum(log(a))", "a = [1.0, 0.0]"),
    "log of a mean": ("loss = mean(log(softmax(z)))", "z = [[0.0, 800.0]]"),
    "1 / 0": ("loss = 1 / a", "a = 0"),
    "-1 / 0": ("loss = -1 / a", "a = 0"),
    "0 / 0": ("loss = a / b", "a = 0\nb = 0"),
    "1 / (b - b)": ("loss = a * (1 / (b - b))", "a = 1\nb = 2"),
    "root": ("loss = sqrt(a)", "a = 0"),
    "root of a sum": ("loss = sqrt(sum(a ** 2))", "a = [0.0, 0.0]"),
    "0 ** 0.5": ("loss = sum(a ** 0.5)", "a = [0.0, 1.0]"),
    "0 ** -1": ("loss = a ** -1", "a = 0"),
    "0 ** -2": ("loss = sum(a ** -2)", "a = [1.0, 0.0]"),
    "0 ** b": ("loss = a ** b", "a = 0\nb = -1"),
    "root of -1": ("loss = sqrt(a)", "a = -1"),
    "(-1) ** 0.5": ("loss = a ** 0.5", "a = -1"),
    "tan": ("loss = sin(a) / (cos(a) - cos(a))", "a = 1.0"),
    "softmax written out": ("e = exp(z)\np = e / sum(e)\nloss = -log(p[0])", "z = [1000.0, 0.0]"),
    "an entropy": ("loss = sum(p * log(p))", "p = [0.0, 1.0]"),
    "a divergence": ("loss = sum(p * log(p / q))", "p = [0.5, 0.5]\nq = [1.0, 0.0]"),
    "a deviation": ("s = sqrt(mean((a - mean(a)) ** 2))\nloss = sum(a / s)", "a = [1.0, 1.0]"),
    "overflow": ("loss = exp(a)", "a = 1000"),
    "a product": ("loss = sum(A @ B)", "A = [[1e200]]\nB = [[1e200]]"),
    "∞ - ∞": ("b = exp(a)\nloss = b - b", "a = 1000"),
    "0 · ∞": ("b = exp(a)\nloss = b * c", "a = 1000\nc = 0"),
}


class Heard(Mapping[str, str]):
    """A translation that leaves everything to English, and keeps the keys that were asked for."""

    def __init__(self) -> None:
        self.keys_asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.keys_asked.add(key)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def masked(mask: str) -> Scenario:
    """An attention of which some entries are taken out, by a constant or what is computed from one."""
    text = equations(
        f"s = q @ k.T\na = softmax(s + {mask})\nloss = sum(a @ v)",
        "q = [[-1.01, -0.95], [0.88, -0.57]]\nk = [[-0.19, -0.28], [-1.34, 0.8]]",
        constants="mask = [[0, -inf], [0, 0]]\nseen = [[1, 0], [1, 1]]\nv = [[-2.16], [0.43]]",
        epochs=5,
    )
    return loads(text)


def extra() -> dict[str, Scenario]:
    """Runs for the texts that nothing else says."""
    dead = layered("units = 2\nbias = [5, 5]", "relu", "units = 1", epochs=6, lr=0.001)
    given = repeated("loss = sum(w ** 2)", "w = [1.0, 2.0]", epochs=3)
    broken = given.parameters[0]._replace(value=given.parameters[0].value * [1, float("inf")])
    return {
        "an edit kills a unit": dead._replace(edits=(Edit(4, "b1", (1,), -100.0),)),
        "an edit is not finite": given._replace(edits=(Edit(2, "w", (0,), float("nan")),)),
        "a parameter is not finite": given._replace(parameters=(broken,)),
        "a mask is infinite": masked("mask"),
        "inputs of a unit change": layered(
            *("weight = [[1], [1]]\nbias = [1]", "tanh", "weight = [[1]]\ntrainable = false\nbias = false", "relu"),
            *("units = 1\nweight = [[-9]]",),
            lr=1.0,
            epochs=30,
        ),
        "weights without a bias": layered(
            "weight = [[50], [50]]\nbias = false", "tanh", data="[data]\nx = [[1, 1]]\ny = [[2]]\n"
        ),
        "several saturated": layered(
            "weight = [[50, 60, 0.1], [50, 70, 0.2]]\nbias = [90, 90, 0]", "tanh", "units = 1"
        ),
        "many saturated": layered(
            f"weight = [{[50] * 10 + [0.1]}, {[60] * 10 + [0.1]}]\nbias = {[90] * 10 + [0]}",
            "tanh",
            "units = 1",
            lr=1e-3,
        ),
        "batches": layered("units = 2\nbias = [-90, 1]", "relu", "units = 1", training="batch_size = 2", lr=1e-3),
        "small inputs": loads(
            equations(
                "h = x @ U\nk = h @ W\nloss = mse(k, y)",
                "U = [[1e5, 5e4], [2e4, 1e5]]\nW = [[1.0], [2.0]]",
                "x = [[1e-5, 2e-5], [2e-5, 1e-5]]\ny = [[1], [2]]\n",
                epochs=3,
            )
        ),
        "one slope": layered("weight = [[400], [300]]\nbias = [9]", "sigmoid", "weight = [[1], ]", lr=1e-6),
        "one weight": loads(
            equations(
                "h = x @ U\nk = h @ W\nloss = mse(k, y)",
                "U = [[1.0], [0.2]]\nW = [[1e5]]",
                "x = [[1, 2], [2, 1]]\ny = [[1], [2]]\n",
                'type = "sgd"\nlr = 1e-20',
                epochs=3,
            )
        ),
        "a slope less": loads(
            equations(
                "h = tanh(x @ U)\nk = h @ W\nloss = mse(k, y)",
                "U = [[9.0], [9.0]]\nW = [[1.0]]",
                "x = [[1, 2], [2, 1]]\ny = [[1], [2]]\n",
                'type = "sgd"\nlr = 1e-9',
                epochs=3,
            )
        ),
        "steep": repeated("loss = (w - 3) ** 2", "w = 1.0", lr=1e-6, epochs=60),
        "jumps": repeated("loss = abs(w) + 1", "w = 1.3", lr=2),
        "far overflow": repeated("loss = w ** 2", "w = 1.0", lr=1e3, epochs=300),
        "far dead": layered(
            "weight = [[1, 1], [1, 1]]\nbias = [1, 1]", "relu", "weight = [[9], [0]]", lr=3.0, epochs=90
        ),
        "dead without a bias": layered("weight = [[1, -1], [1, -2]]\nbias = false", "relu", "units = 1", lr=1e-3),
        "a sum": repeated("loss = sum(1e308 * w)", "w = [1, 1, 1, 1, 1]", epochs=1),
        "a long sum": repeated("loss = sum(1e308 * w)", 'w = { shape = [30_000], init = "ones" }', epochs=1),
        "log of 0": repeated("loss = w + log(0)", "w = 1.0", epochs=1),
        "weights in a row": repeated(
            "\n".join([f"h{k} = sin(h{k - 1} @ W{k})" if k > 1 else "h1 = sin(x @ W1)" for k in range(1, 6)])
            + "\nloss = mean(h5)",
            "\n".join(f"W{k} = [[30, 20], [-20, 30]]" for k in range(1, 6)),
            lr=1e-20,
            epochs=3,
            data="[data]\nx = [[0, 2], [3, 4]]\n",
        ),
        "terms that cancel": repeated("loss = w ** 2 - 2 * w + 5", "w = 1.0", epochs=3),
        "normed, one column": loads(
            'equations = """\nh = layer_norm(x @ W, gain, shift)\nloss = mse(h, y)\n"""\n'
            "[data]\nx = [[1, 2], [3, 5]]\ny = [[1], [2]]\n"
            "[parameters]\nW = [[0.5], [0.25]]\ngain = [1]\nshift = [0.5]\n"
            '[optimizer]\ntype = "sgd"\nlr = 0.1\n[training]\nepochs = 5\n'
        ),
        "saturated, in columns": loads(
            equations(
                "h = tanh(W @ x.T)\no = V @ h\nloss = mean((o - y.T) ** 2)",
                "W = [[90.0], [0.1]]\nV = [[1.0, 1.0]]",
                "x = [[1], [2]]\ny = [[1], [2]]\n",
                'type = "sgd"\nlr = 0.001',
                epochs=3,
            )
        ),
        "a sum of many": repeated(
            "loss = mean(sum(exp(400 * x) * exp(400 * w), axis=1))", "w = 1.0", data="[data]\nx = [[1, 1, 1, 1, 1]]\n"
        ),
        "no loss": loads('equations = "z = exp(a)"\n[parameters]\na = 1\n'),
        **{
            name: loads(f'equations = """\n{written}\n"""\n[parameters]\n{given}\n')
            for name, (written, given) in POLES.items()
        },
    }


RUNS: dict[str, Scenario] = {**NETS, **extra(), **{name: loads(case.text) for name, case in CASES.items()}}


def told(timeline: Timeline, name: str) -> Iterator[Finding]:
    """What is found in the whole of a run; in that of a few also what stands at its steps."""
    last = timeline.iterations
    if name not in CASES:
        for iteration in (1, min(2, last)):
            for step in range(len(timeline.program(iteration).steps) + 1):
                yield from standing(timeline, iteration, step)
        for iteration in {min(40, last), last}:
            yield from standing(timeline, iteration, len(timeline.program(iteration).steps))
    yield from findings(timeline, last, len(timeline.program(last).steps))


@pytest.fixture
def heard() -> Iterator[Heard]:
    texts = Heard()
    catalogue.use(texts=texts)
    yield texts
    catalogue.use()


def say_all(name: str) -> None:
    """Everything that is ever said of a run's health."""
    timeline = Timeline(RUNS[name])
    for one in told(timeline, name):
        assert finding_sentences(one, Writer("L"))[-1].startswith("Try: ")
        for writer in (Writer("L"), Writer("")):
            for said in (finding_heading(one), *finding_place(one, writer), *finding_sentences(one, writer)):
                assert said == said.strip() != ""
                assert not any(wrong in said for wrong in ("{", "}", "None", "Name(", "()"))
    last = timeline.iterations
    assert list(training_report(timeline, findings(timeline, last, len(timeline.program(last).steps))))
    assert all(program_notes(timeline.program(1)))


def test_every_text_about_health_is_said_of_a_real_finding(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in RUNS:
        say_all(name)
    for most in (1, 16):  # with little work
        with monkeypatch.context() as patch:
            patch.setattr(health, "_reach", lambda *arguments, most=most: most)
            patch.setattr(health_since, "_EVERY", 4)
            for name in ("far dead", "far overflow"):
                say_all(name)
    with monkeypatch.context() as patch:
        patch.setattr(health_units, "MOST_SAMPLES", 3)
        say_all("batches")
    for name in ("healthy", "dead", "wild"):
        seen = Stepper(RUNS[name])
        for iteration in {1, seen.session.timeline.iterations}:
            for step in (0, len(seen.session.program.steps)):
                seen.session.go_to(iteration, step)
                health_view(seen.moment())(90, 40, None)
    wanted = {key for key in TEXTS if re.match(r"health\.|report\.doubled\.|report\.column$", key)}
    assert wanted - heard.keys_asked == set()


SAID = json.loads((Path(__file__).parent / "health_said.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_of_a_run_to_the_letter(name: str) -> None:
    """Of each finding, in their order: its heading, its place, its cell and its sentences."""
    writer = Writer("L")
    found = examine(Timeline(RUNS[name]))
    assert [
        [finding_heading(one), *finding_place(one, writer), *finding_sentences(one, writer)] for one in found
    ] == SAID[name]


@pytest.mark.parametrize(
    ("name", "objective", "said"),
    [
        (
            "a sum",
            "L",
            "Σ of 5 numbers is beyond the largest number that there is, about 1.8e308, with (1e+308 · w)[0]",
        ),
        (
            "a sum",
            "",
            "total of 5 numbers is beyond the largest number that there is, about 1.8e308, with (1e+308 * w)",
        ),
        ("a divergence", "L", "p[1] / q[1] is ∞, with p[1] = 0.5, q[1] = 0."),
        ("a divergence", "", "p[1] / q[1] is ∞, with p[1] = 0.5, q[1] = 0."),
        ("still: a top", "L", "Going back, ∂L/∂((w − 1)² ⊙ (w + 1)²) is not 0 and ∂L/∂((w + 1)²) is, everywhere"),
        (
            "still: a top",
            "",
            "Going back, grad((w - 1) ** 2 * (w + 1) ** 2) is not 0 and grad((w + 1) ** 2) is, everywhere",
        ),
    ],
)
def test_names_are_written_as_on_the_screen_or_as_in_the_language(name: str, objective: str, said: str) -> None:
    one = examine(Timeline(RUNS[name]))[0]
    assert finding_sentences(one, Writer(objective))[1].startswith(said)


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("normed, one column", ["layer_norm of x @ W goes over a single entry"]),
        ("doubled: within", ["cross_entropy expects logits, and softmax(h @ W2 + b2) is already a softmax: give it"]),
        (
            "doubled: sigmoid layer, bce_with_logits",
            ["bce_with_logits expects logits, and p is already a sigmoid: give"],
        ),
        ("doubled: softmax, softmax, nll", ["softmax is applied to p, which is already a softmax"]),
        ("doubled: tanh, cross_entropy", ["cross_entropy expects logits of any size, and p is a tanh: give it o"]),
        (
            "doubled: log_softmax, bce",
            [
                "bce expects probabilities, and p has their logarithms (log_softmax)",
                "log_softmax of h @ W2 + b2 goes over a single entry: it is the same whatever the parameters are",
            ],
        ),
        ("still: one logit", ["cross_entropy of o goes over a single entry"]),
        ("dead", []),
    ],
)
def test_what_check_says_of_a_program(name: str, notes: list[str]) -> None:
    found = list(program_notes(Timeline(RUNS[name]).program(1)))
    assert [said[: len(note)] for said, note in zip(found, notes, strict=True)] == notes


def test_units_are_listed_up_to_twelve_and_a_gradient_of_rounding_is_called_so() -> None:
    writer = Writer("L")
    assert writer.value(tuple(range(12))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"
    assert writer.value(tuple(range(13))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"
    (one,) = examine(Timeline(RUNS["still: cancelled but for rounding"]))
    assert finding_sentences(one, writer)[0].startswith(
        "From the start up to iteration 100 every gradient is 0 but for rounding, "
    )


def test_numbers_of_health_have_their_digits_and_an_exponent_where_they_are_small() -> None:
    numbers = (0.001, 0.00099996, -2.5e-7, 0.0, 1234.56, 123456.7, 1e6, 1.7e308, float("inf"), 12, 1234567)
    said = "0.001 9.9996e−4 −2.5e−7 0 1234.6 123460 1e6 1.7e308 ∞ 12 1,234,567"
    assert " ".join(map(Writer("L", 5).value, numbers)) == said


@pytest.mark.parametrize("name", POLES)
def test_every_pole_is_named_with_its_operand(name: str) -> None:
    written, given = POLES[name]
    found = examine(Timeline(loads(f'equations = """\n{written}\n"""\n[parameters]\n{given}\n')))
    assert found[0].kind in ("infinite", "nan")
    said = " ".join(finding_sentences(found[0], Writer("L")))
    assert found[0].cause in ("pole", "undefined", "overflow")
    assert " with " in said


def test_a_rate_is_to_be_tried_as_it_is_typed() -> None:
    one = examine(Timeline(RUNS["rate: a parabola, to infinity"]))[0]
    assert finding_sentences(one, Writer("L"))[-1] == "Try: e: lr = 0.1."


@pytest.mark.parametrize("mask", ["mask", "log(seen)"])
def test_the_infinity_of_a_mask_is_no_problem(mask: str) -> None:
    found = examine(Timeline(masked(mask)))
    assert [(one.kind, one.severity, one.cause) for one in found] == [("infinite", "warning", "mask")]


def test_an_infinity_that_reaches_the_loss_is_a_problem_also_where_it_is_given() -> None:
    scenario = loads(
        'equations = "loss = sum(w * c)"\n[parameters]\nw = [1, 2]\n[constants]\nc = [1, inf]\n'
        '[optimizer]\ntype = "sgd"\nlr = 0.1\n'
    )
    assert examine(Timeline(scenario))[0].severity == "problem"
