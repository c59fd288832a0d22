"""What is said of a step is true of it: its names, its shapes, and what the sentence claims about the operation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import prod
from pathlib import Path

import pytest
from hypothesis import given, settings

from nnstep.engine import Timeline
from nnstep.language import Call, Name, names
from nnstep.ops import OPERATIONS, operation
from nnstep.program import BODY, Program, Step, body, factor, objective_ancestors
from nnstep.scenario import bundled, find, load, loads
from nnstep.scenario.model import Scenario
from nnstep.text import width
from nnstep.view.sentences.clamp import of_clamps
from nnstep.view.sentences.phrases import say_op, short_text
from nnstep.view.sentences.step import step_heading, step_sentences
from nnstep.view.text.numbers import shape_text
from nnstep.view.text.symbols import label
from tests.engine.strategies import scenarios
from tests.present import present

OF_OPERATIONS = {one.sentence for one in OPERATIONS}  # these speak of x and out, not of a scenario's names
SAMPLES = [one.name for one in bundled()]
OPTIMIZERS = {
    "sgd": "",
    "sgd with momentum": "momentum = 0.9",
    "sgd with Nesterov": "momentum = 0.9\nnesterov = true",
    "sgd with decay": "weight_decay = 0.01",
    "adam": "",
    "adam with decay": "weight_decay = 0.01",
    "adamw": "weight_decay = 0.25",
    "rmsprop": "",
    "rmsprop with momentum": "momentum = 0.9",
    "adagrad": "",
    "adagrad with decay": "lr_decay = 0.125",
}


def steps_of(program: Program, depth: int = 3) -> Iterator[tuple[Program, Step]]:
    """The steps of a program and of their bodies, and so on inwards."""
    for step in program.steps:
        yield program, step
        shows_a_place = isinstance(step.expression, Call) and step.expression.function == "put"
        inside = body(program, step) if depth and not shows_a_place else None
        if inside is not None:
            yield from steps_of(inside.program, depth - 1)


def programs(scenario: Scenario) -> Iterator[tuple[Program, Step]]:
    yield from steps_of(Timeline(scenario).program(1))


def own_values(program: Program, step: Step) -> set[str]:
    """The names that a sentence about a step may mention: what it assigns and reads, and what those belong to."""
    found = {program.values[step.target].name, *(name for name, _ in step.operands), *names(step.expression)}
    found |= {program.values[slot].of for slot in (step.target, *dict(step.operands).values())}
    if step.phase == "backward":
        link = factor(program, step)
        found |= {link.of, link.above, f"grad({link.of})", *link.upstream}
        if step.source:
            source = program.steps[step.source - 1]
            found |= {program.values[source.target].name, *(name for name, _ in source.operands)}
    if is_aside(program, step) and program.objective is not None:
        found.add(program.values[program.objective].name)
    return found | {part for name in found for part in re.findall(r"\w+", name)}


def is_aside(program: Program, step: Step) -> bool:
    """Whether a forward step makes something that the objective is not made of, which is said of it."""
    return step.phase == "forward" and program.objective is not None and step.target not in objective_ancestors(program)


def own_sizes(program: Program, step: Step) -> set[int]:
    """The sizes that a sentence may mention: those of the shapes that a step has to do with."""
    slots = [step.target, *dict(step.operands).values()]
    if step.source:
        source = program.steps[step.source - 1]
        slots += [source.target, *dict(source.operands).values()]
    shapes = [program.values[slot].shape for slot in slots]
    return {1, *(size for shape in shapes for size in shape)}


def check(program: Program, step: Step) -> None:
    said = step_sentences(program, step, "L")
    assert 1 <= len(said) <= 2 + is_aside(program, step)
    assert step_heading(program, step).startswith(step.phase + " · ")
    for sentence in said:
        assert len(sentence) <= 200, sentence
        assert sentence.endswith(".")
        assert "{" not in sentence
        check_shapes(program, step, sentence)
    check_claims(program, step, " ".join(said))


def check_shapes(program: Program, step: Step, sentence: str) -> None:
    """Every shape 4×3 is made of sizes of the step's own shapes."""
    sizes = own_sizes(program, step)
    for found in re.findall(r"\d+(?:×\d+)+", sentence):
        assert {int(size) for size in found.split("×")} <= sizes, sentence


def check_claims(program: Program, step: Step, said: str) -> None:
    if step.phase in ("forward", BODY) and "every entry on its own" in said:
        assert operation(step.operation).elementwise, said
    if step.phase in ("forward", BODY) and ("one entry per column" in said or "one entry per row" in said):
        target = program.values[step.target].shape
        shapes = [program.values[slot].shape for _, slot in step.operands]
        assert any(prod(shape) < prod(target) for shape in shapes), said
    if "Row n of" in said and "is sample n" in said:
        first = next(program.values[slot] for name, slot in step.operands if name == names(step.expression)[0])
        assert first.role == "data"
        assert first.shape[0] == program.rows
    if "its Jacobian is diagonal" in said:
        assert operation(program.steps[step.source - 1].operation).elementwise
        link = factor(program, step)
        assert program.values[step.target].shape == program.values[program.versions[link.of][0]].shape
    if "is handed on as it is" in said:
        assert isinstance(step.expression, Name)
    if "(the learning rate)" in said or "the learning rate" in said:
        assert step.phase == "update"
    if "used in" in said:
        assert str(len(step.operands)) in said


def mentioned(program: Program, sentence: str) -> set[str]:
    """The program's plain names that occur as words in a sentence."""
    plain = {value.name for value in program.values if value.name.isidentifier()}
    return {word for word in re.findall(r"[^\W\d]\w*", sentence) if word in plain} - PROSE


# Letters that sentences use themselves: indices, the objective, and words that a scenario may have as names too.
PROSE = {"i", "j", "k", "n", "a", "e", "L", "loss", "delta", "classes", "class", "exp", "log", "sum", "max", "s", "p"}


@pytest.mark.parametrize("name", SAMPLES)
def test_sentences_are_true_of_the_bundled_scenarios(name: str) -> None:
    for program, step in programs(load(find(name))):
        check(program, step)
        for sentence in set(step_sentences(program, step, "L")) - OF_OPERATIONS:
            assert mentioned(program, sentence) <= own_values(program, step), sentence


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_sentences_are_true_of_any_scenario(scenario: Scenario) -> None:
    for program, step in programs(scenario):
        check(program, step)


@settings(max_examples=80, deadline=None)
@given(scenarios())
def test_every_sentence_of_the_iteration_names_what_the_step_assigns_or_differentiates(scenario: Scenario) -> None:
    program = Timeline(scenario).program(1)
    for step in program.steps:
        said = " ".join(step_sentences(program, step, "L"))
        target = program.values[step.target]
        about = {target.name, target.of, *(name for name, _ in step.operands)} - {""}
        assert "A constant" in said or "one link" in said or any(short_text(label(name, "L")) in said for name in about)


@settings(max_examples=80, deadline=None)
@given(scenarios())
def test_products_are_counted_right(scenario: Scenario) -> None:
    """A matrix product's sentence says how many products an entry is the sum of."""
    program = Timeline(scenario).program(1)
    for step in program.steps:
        if step.phase == "forward" and step.operation == "matmul":
            left = program.values[dict(step.operands)[names(step.expression)[0]]].shape
            said = step_sentences(program, step, "L")[0]
            assert (f"the sum of {left[-1]:,} products" if left[-1] > 1 else "one product") in said


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_updates_say_their_numbers(kind: str) -> None:
    scenario = loads(
        'equations = """\no = x @ W\nloss = mse(o, y)\n"""\n[data]\nx = [[1.0, 2.0]]\ny = [[1.0]]\n'
        "[parameters]\nW = [[0.5], [0.25]]\n"
        f'[optimizer]\ntype = "{kind.split()[0]}"\nlr = 0.0625\n{OPTIMIZERS[kind]}\n'
    )
    program = Timeline(scenario).program(1)
    said = {
        program.values[step.target].name: " ".join(step_sentences(program, step, "L"))
        for step in program.steps
        if step.phase == "update"
    }
    assert "0.0625" in said["W"]
    assert "W" in said["W"]
    options = present(scenario.optimizer).options
    if options.get("momentum"):
        assert "0.9" in said["velocity(W)"]
        assert "velocity(W)" in said["W"]
    if "m(W)" in said:
        assert "0.9 of what it was and 0.1 of" in said["m(W)"]
        assert "0.999" in said["v(W)"]
    if kind == "adamw":
        assert "0.015625" in said["W"]  # lr · weight_decay
    if "d(W)" in said:
        assert "0.01 times W" in said["d(W)"]
        others = [text for name, text in said.items() if name != "d(W)" and name != "W"]
        assert all("d(W)" in text for text in others) or "d(W)" in said["W"]


def test_the_words_of_the_first_steps_of_a_network() -> None:
    program = Timeline(load(find("two_layer"))).program(1)
    said = [step_sentences(program, step, "L") for step in program.steps]
    assert said[0] == ("Row n of x @ W1 is sample n: each of its 3 entries is the sum of 2 products, x[n,k]·W1[k,j].",)
    assert said[1][1] == "b1 has one entry per column; it is added to each of the 3 rows."
    assert "h[i,j] depends on z[i,j] alone" in said[2][1]


def test_the_reduction_of_a_loss_is_said_as_it_is() -> None:
    for reduction, words in (
        ("mean", "the mean over all 4"),
        ("sum", "the sum over all 4"),
        ("batch_mean", "by the 2"),
    ):
        scenario = loads(
            f'equations = """\nloss = mse(x, y, reduction={reduction})\n"""\n'
            "[data]\nx = [[1.0, 2.0], [3.0, 4.0]]\ny = [[1.0, 2.0], [3.0, 5.0]]\n"
        )
        program = Timeline(scenario).program(1)
        assert words in step_sentences(program, program.steps[0], "L")[1]


SAID = json.loads((Path(__file__).parent / "said.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_of_a_step_to_the_letter(name: str) -> None:
    """By equation: the heading and the sentences of the first step that has it, each found true of it by a reader."""
    found: dict[str, list[str]] = {}
    for program, step in steps_of(Timeline(loads(SAID[name]["scenario"])).program(1), depth=1):
        said = [step_heading(program, step), *step_sentences(program, step, "L")]
        found.setdefault(step.equation if step.phase != BODY else f"{step.equation} · {step.operation}", said)
    assert {equation: found[equation] for equation in SAID[name]["steps"]} == SAID[name]["steps"]


def test_an_operation_speaks_english_unless_a_translation_has_it() -> None:
    assert say_op("relu") == operation("relu").sentence


def test_a_long_name_is_cut_where_it_stands_in_a_sentence() -> None:
    assert width(short_text("界" * 40)) <= 26
    assert short_text("z1") == "z1"
    assert shape_text((4, 3)) == "4×3"


LAYERS = """
[data]
x = [[1], [-1], [0.1]]
y = {y}
[[layers]]
type = "linear"
weight = {weight}
[[layers]]
type = "{layer}"
[loss]
type = "{loss}"
"""


def said_of(text: str, target: str) -> tuple[str, ...]:
    record = Timeline(loads(text)).record(1)
    step = record.program.steps[record.program.values[record.program.versions[target][-1]].step - 1]
    return (*step_sentences(record.program, step, "L"), *of_clamps(record, step, "L"))


def test_a_softmax_layer_beside_cross_entropy_says_that_it_has_no_gradient() -> None:
    text = LAYERS.format(y="[0, 1, 0]", weight="[[0, 800]]", layer="softmax", loss="cross_entropy")
    expected = (
        "loss is made of o itself, as softmax is a part of cross entropy: p is there to be looked at, "
        "and has no gradient."
    )
    assert said_of(text, "p")[-1] == expected
    assert not any("no gradient" in said for said in said_of(text.replace('"cross_entropy"', '"nll"'), "p"))


def test_what_the_objective_is_not_made_of_says_so() -> None:
    text = 'equations = "h = tanh(w)\\nseen = h * 2\\nloss = h ** 2"\n[parameters]\nw = 0.5'
    assert said_of(text, "seen")[-1] == "loss is not made of seen: it is there to be looked at, and has no gradient."
    assert not any("looked at" in said for said in said_of(text, "h"))
    forward_only = 'equations = "h = tanh(w)"\n[parameters]\nw = 0.5'
    assert not any("looked at" in said for said in said_of(forward_only, "h"))


def test_a_clamp_in_force_is_said_with_its_entries_and_what_it_does() -> None:
    text = LAYERS.format(y="[[0], [0], [1]]", weight="[[800]]", layer="sigmoid", loss="bce")
    assert said_of(text, "loss")[-1] == (
        "A clamp is in force in 1 of 3 entries, p[0,0]: a logarithm below −100 counts as −100 there, as in PyTorch, "
        "so the loss does not grow with the mistake any more."
    )
    assert said_of(text, "grad(p)")[-2:] == (
        "A clamp is in force in 1 of 3 entries, p[0,0]: p · (1 − p) below 1e−12 counts as 1e−12 there, as in PyTorch, "
        "so the gradient is smaller than the formula has it.",
        "Behind the sigmoid next to nothing of it is left; bce_with_logits(o, …) has no clamp and learns there.",
    )
    for right in (text.replace("[[800]]", "[[2]]"), text.replace("[[0], [0], [1]]", "[[1], [0], [1]]")):
        assert not any("clamp" in said for name in ("loss", "grad(p)", "p", "grad(o)") for said in said_of(right, name))


def test_a_clamp_of_a_single_number_names_it_without_an_index() -> None:
    text = 'equations = "loss = bce(p, c)"\n[parameters]\np = 0.0\n[constants]\nc = 1.0'
    assert "A clamp is in force in 1 of 1 entries, p:" in said_of(text, "loss")[-1]
    assert "A clamp is in force in 1 of 1 entries, p:" in said_of(text, "grad(p)")[-1]


def test_many_entries_that_are_clamped_are_counted_and_the_first_named() -> None:
    text = LAYERS.format(y="[[1], [1], [1]]", weight="[[0]]\nbias = [-800]", layer="sigmoid", loss="bce")
    assert "in 3 of 3 entries, p[0,0], p[1,0], p[2,0]:" in said_of(text, "loss")[-1]
    more = text.replace("[1], [-1], [0.1]", "[1], [-1], [2], [0.1]").replace("[1], [1], [1]]", "[1], [1], [1], [1]]")
    assert "in 4 of 4 entries, p[0,0], p[1,0], p[2,0], …:" in said_of(more, "loss")[-1]


@pytest.mark.parametrize("name", ["v", "m", "velocity", "d", "iteration_2"])
@pytest.mark.parametrize("kind", ["sgd", "adam", "rmsprop"])
def test_a_parameter_that_is_called_as_a_state_is_not_taken_for_one(name: str, kind: str) -> None:
    text = f'equations = "loss = {name} ** 2"\n[parameters]\n{name} = 0.5\n[optimizer]\ntype = "{kind}"'
    plain = text.replace(f"{name} ", "w ")
    assert said_of(text, name) == tuple(re.sub(r"\bw\b", name, said) for said in said_of(plain, "w"))
