"""Edits: read from files and as typed, checked against the scenario that they change."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline, schedule
from nnstep.errors import NnstepError, Problem
from nnstep.optimizers import OPTIMIZERS, states_of
from nnstep.program import initial_states
from nnstep.scenario import Edit, Optimizer, Scenario, Training, loads
from nnstep.scenario.edits.edit_text import cell_text, edit_text
from nnstep.scenario.edits.read import is_kept
from nnstep.scenario.edits.typed import read_edit
from nnstep.text import clean
from tests.engine.random_programs import equations_case, layers_case
from tests.engine.strategies import scenarios
from tests.scenario.edited import bare, edited, with_edits
from tests.scenario.helpers import places, problems

NET = """\
[data]
x = [[1, 2], [3, 4], [5, 6]]
y = [0, 1, 1]
[[layers]]
type = "linear"
units = 3
[[layers]]
type = "linear"
units = 2
trainable = false
[loss]
type = "cross_entropy"
[optimizer]
type = "sgd"
lr = 0.5
momentum = 0.9
[training]
epochs = 3
batch_size = 2
"""
LAST = NET.count("\n")
SCALARS = 'equations = "z = w * c"\nobjective = "z"\n[parameters]\nw = 2\n[constants]\nc = 3\n[training]\nepochs = 4\n'


def table(**keys: object) -> str:
    """An edit in a file; a string stands for itself, what it is in TOML."""
    return "[[edits]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def cell(text: str, value: object = 0.5, iteration: object = 2) -> str:
    return table(iteration=iteration, cell=f'"{text}"', value=value)


def optimizer(inside: str, iteration: object = 2) -> str:
    return table(iteration=iteration, optimizer=f"{{ {inside} }}")


def refusal(load: Callable[[], object]) -> tuple[Problem, ...]:
    """The problems with something; none where there are none."""
    try:
        load()
    except NnstepError as error:
        return error.problems
    return ()


# Laws.


@settings(max_examples=60, deadline=None)
@given(edited())
def test_what_is_printed_is_what_would_be_typed(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    scenario = loads(text)
    for number, edit in enumerate(edits):
        before = with_edits(scenario, edits[:number])
        assert bare(read_edit(edit_text(edit), before, edit.iteration)) == bare([edit])
    if edits:
        first = edits[0].iteration
        there = with_edits(scenario, [edit for edit in edits if edit.iteration != first])
        same = [edit for edit in with_edits(scenario, edits).edits if edit.iteration == first]
        typed = "; ".join(map(edit_text, same))
        with contextlib.suppress(NnstepError):  # a state may be that of an optimizer of another iteration
            assert bare(read_edit(typed, there, first)) == bare(same)


@settings(max_examples=60, deadline=None)
@given(scenarios())
def test_a_scenario_knows_the_iterations_of_its_run(scenario: Scenario) -> None:
    assert scenario.iterations == schedule(scenario).iterations


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.none() | st.integers(1, 12), st.integers(1, 10))
def test_iterations_are_counted_batch_by_batch(epochs: int, size: int | None, samples: int) -> None:
    batches = len(range(0, samples, min(size or samples, samples)))
    assert Training(epochs, size).iterations(samples) == epochs * batches
    assert Training(epochs, size).iterations(0) == epochs


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_the_states_of_an_optimizer_are_those_of_its_program(kind: str, momentum: float, decay: float) -> None:
    given_options = {"momentum": momentum, "weight_decay": decay}
    options = {
        **OPTIMIZERS[kind].options,
        **{key: value for key, value in given_options.items() if key in OPTIMIZERS[kind].options},
    }
    chosen = Optimizer(kind, options)
    assert sorted(states_of(chosen.type, chosen.options)) == sorted(initial_states(chosen))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.booleans(), st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, 0.5, -1.0]), st.data())
def test_a_target_may_be_what_the_program_takes(seed: int, layers: bool, value: float, data: st.DataObject) -> None:
    text = (layers_case if layers else equations_case)(Random(seed)).text
    scenario = loads(text)
    if scenario.data is None or scenario.data.y is None:
        return
    given, y = scenario.data, scenario.data.y.copy()
    index = tuple(data.draw(st.integers(0, size - 1)) for size in y.shape)
    y[index] = value
    said = refusal(lambda: Timeline(scenario._replace(data=given._replace(y=y))))
    found = refusal(lambda: Timeline(loads(f"{text}\n{cell(cell_text('y', index), value, 1)}")))
    assert bool(found) == bool(said)
    assert all(
        ("class number" in one.message and one.key == "edits[0].value") or one.key == "edits[0]" for one in found
    )
    assert all("expected class numbers: 0" in one.message for one in said)


def test_classes_are_known_for_batches_of_the_size_that_the_run_has() -> None:
    text = (
        'equations = """\no = reshape(x, 2, 3)\nloss = cross_entropy(o, y)\n"""\n'
        "[data]\nx = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 1, 2]]\ny = [0, 1, 2, 0]\n[training]\nbatch_size = 2\n"
    )
    assert bare(loads(text + cell("y[3]", 2)).edits) == bare([Edit(2, "y", (3,), 2.0)])
    assert "3 is no class number; there are 0 to 2" in problems(text + cell("y[3]", 3))[0].message


def test_edits_are_in_the_order_of_their_iterations_and_those_of_one_as_in_the_file() -> None:
    text = NET + cell("b1[0]", 1, 3) + cell("b1[0]", 2, 1) + cell("b1[0]", 3, 3) + cell("b1[0]", 4, 1)
    edits = loads(text).edits
    assert [(edit.iteration, edit.value) for edit in edits] == [(1, 2), (1, 4), (3, 1), (3, 3)]
    assert [(edit.line, edit.key) for edit in edits] == [
        (LAST + 5, "edits[1]"),
        (LAST + 13, "edits[3]"),
        (LAST + 1, "edits[0]"),
        (LAST + 9, "edits[2]"),
    ]


def test_what_can_be_edited() -> None:
    for written, name, index in [
        *[("W1[0, 1]", "W1", (0, 1)), ("b1[2]", "b1", (2,)), (" W2 [2,1] ", "W2", (2, 1)), ("x[2, 0]", "x", (2, 0))],
        *[("y[2]", "y", (2,)), ("velocity(W1)[1, 2]", "velocity(W1)", (1, 2))],
    ]:
        (edit,) = loads(NET + cell(written, 1)).edits
        assert (edit.iteration, edit.name, edit.index, edit.value) == (2, name, index, 1.0)
        assert type(edit.value) is float
    edits = loads(SCALARS + cell("w", -1) + cell("c", "1e-3", 4)).edits
    assert [(edit.name, edit.index, edit.value) for edit in edits] == [("w", (), -1.0), ("c", (), 0.001)]
    assert loads('edits = [{ iteration = 1, cell = "w", value = 1 }]\n' + SCALARS).edits[0].line == 1


def test_another_optimizer_has_its_own_defaults_and_another_option_keeps_the_rest() -> None:
    text = NET + optimizer("lr = 0.1") + optimizer('type = "adam", lr = 0.01', 3) + optimizer("betas = [0.5, 0.6]", 4)
    one, two, three = (edit.optimizer for edit in loads(text).edits)
    assert one == Optimizer("sgd", {**OPTIMIZERS["sgd"].options, "lr": 0.1, "momentum": 0.9})
    assert two == Optimizer("adam", {**OPTIMIZERS["adam"].options, "lr": 0.01})
    assert three == Optimizer("adam", {**OPTIMIZERS["adam"].options, "lr": 0.01, "beta1": 0.5, "beta2": 0.6})


def test_tables_may_stand_in_any_order() -> None:
    """What is in force is told by the iterations; within one by the order of the file."""
    tables = [
        optimizer('type = "adam", lr = 0.5', 2),
        cell("m(W1)[0, 0]", 1, 3),
        optimizer("betas = [0.5, 0.6]", 3),
        optimizer("lr = 0.25", 4),
        optimizer('type = "rmsprop", momentum = 0.5', 5),
        cell("velocity(W1)[1, 1]", 2, 5),
        optimizer("alpha = 0.5", 6),
    ]
    expected = bare(loads(NET + "".join(tables)).edits)
    shuffled = list(tables)
    for seed in range(20):
        Random(seed).shuffle(shuffled)
        if shuffled.index(tables[4]) < shuffled.index(tables[5]):  # the two of one iteration
            found = bare(loads(NET + "".join(shuffled)).edits)
            if shuffled.index(tables[1]) < shuffled.index(tables[2]):
                assert found == expected
            assert sorted(map(repr, found)) == sorted(map(repr, expected))
    in_force = loads(NET + "".join(reversed(tables[:4]))).optimizer_at(4)
    assert in_force == Optimizer("adam", {**OPTIMIZERS["adam"].options, "lr": 0.25, "beta1": 0.5, "beta2": 0.6})


def test_what_is_wrong_is_told_by_the_order_of_the_run_too() -> None:
    adam = optimizer('type = "adam"', 3)
    assert refusal(lambda: loads(NET + cell("m(W1)[0, 0]", 1, 5) + adam)) == ()
    assert places(NET + cell("velocity(W1)[0, 0]", 1, 6) + adam) == [f"{LAST + 3}: edits[0].cell"]
    assert places(NET + optimizer("momentum = 0.5", 5) + adam) == [f"{LAST + 3}: edits[0].optimizer.momentum"]
    assert places(NET + cell("m(W1)[0, 0]", 1, 3) + adam) == [f"{LAST + 3}: edits[0].cell"]  # of one iteration
    assert places(NET + cell("m(W1)[0, 0]", 1, 2) + adam) == [f"{LAST + 3}: edits[0].cell"]
    later = cell("velocity(W1)[0, 0]", 1, 5) + optimizer('type = "adam"', 0)  # adam from when on, is not known
    assert places(NET + later) == [f"{LAST + 6}: edits[1].iteration"]
    unread = cell("velocity(W1)[0, 0]", 1, 2) + cell("m(W1)[0, 0]", 1, 5) + optimizer('type = "adm"', 4)
    assert places(NET + unread) == [f"{LAST + 11}: edits[2].optimizer.type"]


def test_an_option_is_that_of_the_optimizer_that_an_edit_before_it_brings() -> None:
    scenario = loads(NET + optimizer("lr = 0.25", 4) + optimizer("momentum = 0.5", 5))
    made = with_edits(scenario, read_edit("adam lr = 0.1", scenario, 2))
    assert [one.optimizer and one.optimizer.type for one in made.edits] == ["adam", "adam", "adam"]
    assert made.optimizer_at(5) == Optimizer("adam", {**OPTIMIZERS["adam"].options, "lr": 0.25})
    back = with_edits(made, read_edit("sgd lr = 3 momentum = 0.1", made, 3))
    assert back.optimizer_at(4) == Optimizer("sgd", {**OPTIMIZERS["sgd"].options, "lr": 0.25, "momentum": 0.1})
    assert back.optimizer_at(5) == Optimizer("sgd", {**OPTIMIZERS["sgd"].options, "lr": 0.25, "momentum": 0.5})


def test_the_optimizer_in_force_is_the_last_one_that_has_begun() -> None:
    scenario = loads(NET + optimizer('type = "adam"', 3) + optimizer('type = "rmsprop"', 3) + optimizer("lr = 1", 5))
    assert [one and one.type for one in map(scenario.optimizer_at, range(1, 7))] == ["sgd"] * 2 + ["rmsprop"] * 4
    assert is_kept(scenario, "velocity(W1)", 2)
    assert not is_kept(scenario, "velocity(W1)", 3)
    assert is_kept(scenario, "v(W1)", 6)
    assert is_kept(scenario, "W1", 6)


# What is wrong with an edit in a file: its lines are counted from that of [[edits]], which is 1.

WRONG = [
    (table(iteration=2), "1: edits[0]", "either a cell or the optimizer, found neither", None),
    (cell("W1[0, 0]") + "optimizer = { lr = 1 }\n", "1: edits[0]", "found both", None),
    (optimizer("lr = 1") + "value = 1\n", "4: edits[0].value", "belongs to a cell", None),
    (table(cell='"W1[0, 0]"', value=1), "1: edits[0]", "'iteration' is missing", None),
    (table(iteration=2, cell='"W1[0, 0]"'), "1: edits[0]", "'value' is missing", None),
    (table(iteration=2, cel='"W1[0, 0]"', value=1), "3: edits[0].cel", "unknown key 'cel'", "did you mean 'cell'?"),
    (cell("W1[0, 0]", iteration=0), "2: edits[0].iteration", "at least 1", None),
    (cell("W1[0, 0]", iteration=7), "2: edits[0].iteration", "found 7, and the run has 6 iterations", None),
    (cell("W1[0, 0]", iteration="2.0"), "2: edits[0].iteration", "found 2.0, expected a whole number", None),
    (cell("W1[0, 0]", "nan"), "4: edits[0].value", "a finite number", None),
    (cell("W1[0, 0]", "[1]"), "4: edits[0].value", "found a list of 1, expected a number", None),
    (cell("W1[0, 0]", "9007199254740993"), "4: edits[0].value", "that float64 holds exactly", None),
    (table(iteration=2, cell=3, value=1), "3: edits[0].cell", "a string in quotes", None),
    (cell("W1[0, 3]"), "3: edits[0].cell", "no cell of W1, which is 2×3: W1[0, 0] to W1[1, 2]", None),
    (cell("W1[-1, 0]"), "3: edits[0].cell", "no cell of W1", None),
    (cell("W1[0]"), "3: edits[0].cell", "no cell of W1", None),
    (cell("W1"), "3: edits[0].cell", "no cell of W1", None),
    (cell("b1[0, 0]"), "3: edits[0].cell", "which is 3 numbers: b1[0] to b1[2]", None),
    (cell("x[3, 0]"), "3: edits[0].cell", "3×2: x[0, 0] to x[2, 1]", "the row of the data"),
    (cell("W1[0, :]"), "3: edits[0].cell", "a single cell", None),
    (cell("W1[0][9]"), "3: edits[0].cell", "is no cell of W1", None),
    (cell("dL/dW1[0, 0]"), "3: edits[0].cell", "is computed anew in each iteration", "an edit is of what is given"),
    (cell("2 * W1"), "3: edits[0].cell", "expected a cell", None),
    (cell("W1[0, "), "3: edits[0].cell", "not an expression", "expected a cell"),
    (cell("w1[0, 0]"), "3: edits[0].cell", "'w1' is not defined", "did you mean 'W1'?"),
    (cell("q[0, 0]"), "3: edits[0].cell", "'q' is not defined", "there is W1, b1, W2, b2, x, y"),
    (cell("z1[0, 0]"), "3: edits[0].cell", "z1 is computed anew", None),
    (cell("grad(W1)[0, 0]"), "3: edits[0].cell", "grad(W1) is computed anew", None),
    (cell("m(W1)[0, 0]"), "3: edits[0].cell", "no m(W1): sgd as it is then keeps velocity(W1)", None),
    (cell("velocity(W2)[0, 0]"), "3: edits[0].cell", "W2 is not trained", None),
    (cell("velocity(x)[0, 0]"), "3: edits[0].cell", "x is no parameter", None),
    (cell("velocity(W1)[9, 0]"), "3: edits[0].cell", "no cell of velocity(W1), which is 2×3", None),
    (cell("y[0]", 2), "4: edits[0].value", "2 is no class number; there are 0 and 1", "counted from 0"),
    (cell("y[0]", 0.5), "4: edits[0].value", "0.5 is no class number", None),
    (optimizer('type = "adm"'), "3: edits[0].optimizer.type", "one of sgd, adam", "did you mean 'adam'?"),
    (optimizer("lr = -1"), "3: edits[0].optimizer.lr", "a number of at least 0", None),
    (optimizer("betas = [0.9, 0.9]"), "3: edits[0].optimizer.betas", "unknown key 'betas'", None),
    (optimizer('type = "sgd", nesterov = true'), "3: edits[0].optimizer.nesterov", "momentum is 0", None),
    (optimizer(""), "3: edits[0].optimizer", "a type or an option", None),
    (
        table(iteration=2, optimizer='"adam"'),
        "3: edits[0].optimizer",
        "found the string 'adam', expected a table",
        None,
    ),
]


@pytest.mark.parametrize(("lines", "place", "said", "hint"), WRONG)
def test_what_is_wrong_with_an_edit(lines: str, place: str, said: str, hint: str | None) -> None:
    (problem,) = problems(NET + lines)
    line, key = place.split(": ")
    assert (problem.line, problem.key) == (LAST + int(line), key)
    assert said in problem.message
    assert hint is None or hint in (problem.hint or "")
    assert str(problem).isprintable()


@pytest.mark.parametrize("value", ["3", "[1]", "{}", '"W1"', "[[1]]"])
def test_edits_have_to_be_tables(value: str) -> None:
    assert places(f"edits = {value}\n{NET}") == ["1: edits"]


def test_without_an_optimizer_there_is_none_to_change() -> None:
    found = problems(SCALARS + optimizer("lr = 0.1") + optimizer('type = "adam"') + cell("m(w)") + cell("w", 1, 5))
    assert [problem.key for problem in found] == [
        "edits[0].optimizer",
        "edits[1].optimizer",
        "edits[2].cell",
        "edits[3].iteration",
    ]
    assert all("no [optimizer]" in problem.message for problem in found[:3])


def test_problems_of_edits_are_said_with_all_others_and_not_guessed_at() -> None:
    text = NET.replace("lr = 0.5", 'lr = "fast"') + cell("W9[0, 0]", "nan") + cell("m(W1)[0, 0]", 1, 99) + cell("W1[")
    assert places(text) == ["15: optimizer.lr", f"{LAST + 4}: edits[0].value", f"{LAST + 11}: edits[2].cell"]
    text = NET + optimizer('type = "adm"') + cell("m(W1)[0, 0]") + optimizer("beta = 1") + cell("W9[0, 0]")
    assert [key.split(": ")[1] for key in places(text)] == [
        "edits[0].optimizer.type",
        "edits[2].optimizer.beta",
        "edits[3].cell",
    ]


def test_no_more_than_a_thousand_edits_are_read() -> None:
    assert len(loads(SCALARS + cell("w") * 1000).edits) == 1000
    assert "at most 1,000" in problems(SCALARS + cell("w") * 1001)[0].message


TOKENS = st.sampled_from(
    [
        *[
            "true",
            "-1",
            "0",
            "nan",
            "1e999",
            '"s"',
            "[]",
            "{}",
            "[1, [2]]",
            "9" * 19,
            '"W1[0, 0]"',
            '"y[0]"',
            '"x[0, 0]"',
        ],
        *[
            '"m(W1)[0, 0]"',
            "{ lr = 1 }",
            '{ type = "adam" }',
            '"W1[1:2, 0]"',
            '"W1[99999999999, 0]"',
            '"[/]"',
            '"\\u202e"',
        ],
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["iteration", "cell", "value", "optimizer"]), TOKENS), max_size=4))
def test_any_edits_load_or_say_why(tables: list[dict[str, str]]) -> None:
    text = NET + "".join(table(**one) for one in tables)
    found = refusal(lambda: loads(text, "net.toml"))
    assert all(str(problem).isprintable() for problem in found)
    assert all((problem.key or "").startswith("edits[") for problem in found)
    assert all((problem.line or 0) > LAST for problem in found)
    assert found or len(loads(text).edits) == len(tables)


# What is typed.

TYPED = [
    ("W1[0,1] = 0.5", [Edit(2, "W1", (0, 1), 0.5)]),
    ("  x[2, 0]=-1 ", [Edit(2, "x", (2, 0), -1.0)]),
    ("W1[0,1] = 1/4", [Edit(2, "W1", (0, 1), 0.25)]),
    ("b1[0] = −2e-3", [Edit(2, "b1", (0,), -0.002)]),
    ("y[0] = 1\nvelocity(W1)[0, 0] = 0;", [Edit(2, "y", (0,), 1.0), Edit(2, "velocity(W1)", (0, 0), 0.0)]),
]


@pytest.mark.parametrize(("typed", "edits"), TYPED)
def test_cells_are_typed(typed: str, edits: list[Edit]) -> None:
    assert bare(read_edit(typed, loads(NET), 2)) == bare(edits)


TYPED_OPTIMIZERS = [
    ("lr = 0.1", "sgd", {"lr": 0.1, "momentum": 0.9}),
    ("lr = .1, momentum = 0", "sgd", {"lr": 0.1, "momentum": 0.0}),
    ("optimizer lr=0.1", "sgd", {"lr": 0.1, "momentum": 0.9}),
    ("sgd lr = 0.1 nesterov = true momentum = 0.5", "sgd", {"lr": 0.1, "nesterov": True, "momentum": 0.5}),
    ("adam", "adam", {}),
    ("optimizer = adam", "adam", {}),
    ("optimizer = adam lr=0.01", "adam", {"lr": 0.01}),
    ("adam lr=0.01 betas=[0.8, 0.9] eps=1e-6", "adam", {"lr": 0.01, "beta1": 0.8, "beta2": 0.9, "eps": 1e-6}),
]


@pytest.mark.parametrize(("typed", "kind", "options"), TYPED_OPTIMIZERS)
def test_optimizers_are_typed(typed: str, kind: str, options: dict[str, float | bool]) -> None:
    (edit,) = read_edit(typed, loads(NET), 2)
    assert edit._replace(options=None) == Edit(2, optimizer=Optimizer(kind, {**OPTIMIZERS[kind].options, **options}))


def test_several_edits_that_are_typed_build_on_each_other_and_on_the_branch() -> None:
    scenario = loads(NET + optimizer('type = "adam", lr = 0.01'))
    one, two, three = read_edit("m(W1)[0,0] = 1; sgd momentum = 0.5; lr = 2", scenario, 2)
    assert (one.name, two.optimizer and two.optimizer.type) == ("m(W1)", "sgd")
    assert three.optimizer == Optimizer("sgd", {**OPTIMIZERS["sgd"].options, "lr": 2.0, "momentum": 0.5})
    with pytest.raises(NnstepError, match="keeps velocity"):
        read_edit("sgd momentum = 0.5; m(W1)[0,0] = 1", scenario, 2)
    assert read_edit("velocity(W1)[0,0] = 1", scenario, 1)


def test_the_name_of_a_value_goes_before_an_option() -> None:
    text = 'equations = "z = 2 * lr"\nobjective = "z"\n[parameters]\nlr = 1\n[optimizer]\ntype = "sgd"\n'
    assert read_edit("lr = 3", loads(text), 1) == (Edit(1, "lr", (), 3.0),)
    (edit,) = read_edit("optimizer lr = 3", loads(text), 1)
    assert edit.optimizer is not None
    assert edit.optimizer.options["lr"] == 3


TYPED_WRONG = [
    ("", "found nothing", "type W1[0, 1] = 0.5"),
    (" ;\n", "found nothing", "type W1[0, 1] = 0.5"),
    ("foo", "found 'foo', expected what to change", "type W1"),
    ("adamm", "expected what to change", "did you mean 'adam'?"),
    ("adamm lr = 1", "expected what to change", "did you mean 'adam'?"),
    ("W1[0,1]", "expected what to change", "type W1"),
    ("lr 0.1", "expected what to change", "type W1"),
    ("w1[0,1] = 2", "'w1' is not defined", "did you mean 'W1'?"),
    ("q = 2", "'q' is not defined", "there is W1"),
    ("loss = 2", "loss is computed anew", None),
    ("beta1 = 0.5", "'beta1' is no value and no option", "it is called 'betas' here"),
    ("alpha = 0.5", "unknown key 'alpha'", None),
    ("W1[0,1] =", "found no number", "type W1"),
    ("W1[0,1] = a", "'a' is no number", None),
    ("W1[0,1] = 0,5", "one number or two", None),
    ("W1[0,1] = nan", "a finite number", None),
    ("W1[0,1] = 1 2", "found a list of 2 for W1[0,1], expected a number", None),
    ("W1[2,1] = 1", "no cell of W1", None),
    ("y[1] = 2", "2 is no class number", "counted from 0"),
    ("lr = -1", "a number of at least 0", None),
    ("lr = 1 lr = 2", "lr is given twice", None),
    ("lr = [[1], [2]]", "found rows of numbers", None),
]


@pytest.mark.parametrize(("typed", "said", "hint"), TYPED_WRONG)
def test_what_is_wrong_with_what_was_typed(typed: str, said: str, hint: str | None) -> None:
    with pytest.raises(NnstepError) as caught:
        read_edit(typed, loads(NET), 2)
    (problem,) = caught.value.problems
    assert said in problem.message
    assert hint is None or hint in (problem.hint or "")
    assert (problem.file, problem.line, problem.column) == (None, None, None)
    assert "edits[" not in str(problem)
    assert str(problem).isprintable()


def test_all_that_is_wrong_with_typed_options_is_said_with_their_names() -> None:
    with pytest.raises(NnstepError) as caught:
        read_edit("adam lr = -1 betas = [1, 0.5] momentum = 2", loads(NET), 2)
    assert [problem.key for problem in caught.value.problems] == ["momentum", "lr", "betas[0]"]


def test_an_edit_after_the_run_is_none() -> None:
    with pytest.raises(NnstepError, match="found 7, and the run has 6 iterations"):
        read_edit("lr = 1", loads(NET), 7)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.text(st.sampled_from("W1b[](),=.;: 0xylroptimizeradm"), max_size=30))
def test_any_text_is_an_edit_or_says_why(typed: str) -> None:
    found = refusal(lambda: read_edit(typed, loads(NET), 2))
    assert all(str(problem) == clean(problem, 1000) for problem in found)
    assert found or {edit.iteration for edit in read_edit(typed, loads(NET), 2)} == {2}
