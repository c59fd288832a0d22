"""Where numbers come from and where they go: the two are inverse, and the arithmetic gives the stored number."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger.provenance.cell import Cell
from nnstep.debugger.provenance.inlining import MOST_ENTRIES, always_inlined, inlined
from nnstep.debugger.provenance.origin import SUM, Origin, origin, uses
from nnstep.engine import Record, Timeline, run_body
from nnstep.language import Call, Expression, Number, walk
from nnstep.ops import Index, evaluate_cell
from nnstep.program import body, infer
from nnstep.scenario import bundled, find, load, loads
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

NAMES = [one.name for one in bundled()]
QUICK = settings(max_examples=25, deadline=None)


JUMPING = ("less", "greater", "greater_equal", "equal", "sign", "where", "argmax", "one_hot", "maximum", "minimum")


def first_record(scenario: Scenario) -> Record:
    return Timeline(scenario).record(1)


def cells_of(record: Record, most: int = 100) -> Iterator[Cell]:
    """Cells of every value, some of each."""
    for value in record.program.values:
        for index in islice(np.ndindex(value.shape), most):
            yield Cell(value.slot, index)


def size_of(expression: Expression, record: Record, found: Origin) -> float:
    """The largest number on the way, which rounding is relative to."""
    sizes = [1e-300]

    def number(name: str, index: Index) -> float:
        value = float(record.value(found.slots[name])[index])
        sizes.append(abs(value))
        return value

    def work(node: Expression) -> None:
        if isinstance(node, Call):
            for argument in node.arguments:
                work(argument)
            sizes.append(abs(evaluate_cell(node, number)))

    work(expression)
    return max(size for size in sizes if math.isfinite(size))


def assert_same(found: float, stored: float, size: float) -> None:
    if math.isfinite(stored):
        assert found == pytest.approx(stored, rel=1e-9, abs=1e-12 * size)
    else:
        assert not math.isfinite(found)


def check_arithmetic(record: Record, most: int) -> None:
    for cell in cells_of(record, most):
        found = origin(record, cell)
        stored = float(record.value(cell.slot)[cell.index])
        assert found.result == stored or math.isnan(stored)
        if found.tree is None:
            assert found.step is None or found.too_large
            assert found.terms == ()
            continue

        def number(name: str, index: Index, found: Origin = found) -> float:
            return float(record.value(found.slots[name])[index])

        size = size_of(found.tree, record, found)
        assert_same(evaluate_cell(found.tree, number), stored, size)
        total = sum(term.value for term in found.terms)
        if found.outside is not None:
            total = evaluate_cell(found.outside, partial(constant, total))
        assert_same(total, stored, size)


def constant(number: float, name: str, index: Index) -> float:
    return number


def check_inverse(record: Record) -> None:
    program = record.program
    read: dict[Cell, set[Cell]] = {}
    for value in program.values:
        if value.slot in always_inlined(program):
            continue
        for index in np.ndindex(value.shape):
            made = Cell(value.slot, index)
            for term in origin(record, made).terms:
                for cell in term.cells:
                    read.setdefault(cell, set()).add(made)
    for value in program.values:
        if value.slot in always_inlined(program):
            assert not any(cell.slot == value.slot for cell in read)
            continue
        for index in np.ndindex(value.shape):
            cell = Cell(value.slot, index)
            found = uses(record, cell, 10_000)
            assert all(use.count == len(use.indices) for use in found)
            assert [use.step for use in found] == sorted(program.values[use.slot].step for use in found)
            assert {Cell(use.slot, one) for use in found for one in use.indices} == read.get(cell, set())


@pytest.mark.parametrize("name", NAMES)
def test_the_arithmetic_gives_the_number_in_bundled_scenarios(name: str) -> None:
    check_arithmetic(first_record(load(find(name))), 6)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("wide", "deep")])
def test_uses_are_the_inverse_of_origins_in_bundled_scenarios(name: str) -> None:
    check_inverse(first_record(load(find(name))))


@QUICK
@given(scenario=scenarios())
def test_the_arithmetic_gives_the_number(scenario: Scenario) -> None:
    check_arithmetic(first_record(scenario), 4)


@QUICK
@given(scenario=scenarios())
def test_uses_are_the_inverse_of_origins(scenario: Scenario) -> None:
    check_inverse(first_record(scenario))


@pytest.mark.parametrize("name", ["two_layer", "attention", "minibatch_sgd"])
def test_a_step_that_is_opened_is_a_program_like_any_other(name: str) -> None:
    record = first_record(load(find(name)))
    for step in record.program.steps:
        opened = body(record.program, step)
        if opened is not None:
            inside = run_body(record, opened)
            check_arithmetic(inside, 4)
            check_inverse(inside)


@QUICK
@given(scenario=scenarios(), data=st.data())
def test_origins_lead_to_earlier_values_with_a_name(scenario: Scenario, data: st.DataObject) -> None:
    record = first_record(scenario)
    program = record.program
    step = data.draw(st.sampled_from(program.steps))
    made = inlined(program, step)
    assert infer(made.expression, lambda name: program.values[made.slots[name]].shape) == (
        program.values[step.target].shape
    )
    for slot in made.slots.values():
        assert program.values[slot].step < step.index
        assert slot not in always_inlined(program)
        if program.values[slot].role == "unnamed" and made.size <= MOST_ENTRIES:
            assert any(isinstance(node, Call) and node.function in JUMPING for node in walk(made.expression))


@QUICK
@given(scenario=scenarios(), most=st.integers(0, 5), data=st.data())
def test_uses_that_are_cut_are_the_first_ones_and_say_how_many_there_are(
    scenario: Scenario, most: int, data: st.DataObject
) -> None:
    record = first_record(scenario)
    cell = data.draw(st.sampled_from(list(cells_of(record, 5))))
    all_of_them, cut = uses(record, cell, 10_000), uses(record, cell, most)
    assert [(use.step, use.slot, use.count) for use in cut] == [(use.step, use.slot, use.count) for use in all_of_them]
    listed = [(use.step, index) for use in cut for index in use.indices]
    assert listed == [(use.step, index) for use in all_of_them for index in use.indices][:most]


def found_in(name: str, value: str, index: Index, version: int = -1) -> tuple[Record, Origin]:
    record = first_record(load(find(name)))
    return record, origin(record, Cell(record.program.versions[value][version], index))


def test_a_linear_layer_is_followed_through_the_product_without_a_name() -> None:
    record, found = found_in("two_layer", "z", (0, 2))
    x, w, b = (record.program.versions[name][0] for name in ("x", "W1", "b1"))
    assert [term.cells for term in found.terms] == [
        (Cell(x, (0, 0)), Cell(w, (0, 2))),
        (Cell(x, (0, 1)), Cell(w, (1, 2))),
        (Cell(b, (2,)),),
    ]
    assert found.outside is None


def test_an_updated_parameter_comes_from_the_one_before() -> None:
    record, found = found_in("two_layer", "W1", (0, 1))
    before, after = record.program.versions["W1"]
    assert found.cell == Cell(after, (0, 1))
    assert found.terms[0].cells == (Cell(before, (0, 1)),)
    assert found.terms[1].value == -0.5 * float(record["grad(W1)"][0, 1])


def test_a_sum_over_the_batch_says_which_sample_each_term_is_of() -> None:
    _, found = found_in("two_layer", "grad(W1)", (0, 1))
    assert [term.label for term in found.terms] == [("sample", 0), ("sample", 1), ("sample", 2)]
    _, found = found_in("two_layer", "loss", ())
    assert [term.label for term in found.terms] == [("sample", 0), ("sample", 1), ("sample", 2)]
    assert found.outside == Call("divide", (SUM, Number(3.0)))
    _, found = found_in("two_layer", "z", (0, 1))
    assert {term.label for term in found.terms} == {None}
    _, found = found_in("attention", "o", (0, 1))  # mixes the rows of v
    assert [term.label for term in found.terms] == [("sample", 0), ("sample", 1), ("sample", 2)]


def test_a_sum_of_contributions_says_which_path_each_is_of() -> None:
    _, found = found_in("residual", "grad(h1)", (0, 1))
    assert [term.label for term in found.terms] == [("path", "grad(h1) via h1 @ W2"), ("path", "grad(h1) via h2")]


def test_a_given_value_comes_from_nowhere() -> None:
    record, found = found_in("two_layer", "x", (0, 0))
    assert (found.step, found.tree, found.terms, found.too_large) == (None, None, (), 0)
    assert found.result == float(record["x"][0, 0])


def test_what_is_too_large_says_how_large_it_is_and_leads_to_what_is_not() -> None:
    text = """
title = "large"
equations = \"\"\"
a = tanh(sum(u @ v))
b = sum(u)
\"\"\"
[parameters]
u = { shape = [100, 300], init = "normal" }
v = { shape = [300, 10], init = "normal" }
"""
    record = first_record(loads(text))
    program = record.program
    slot = {value.name: value.slot for value in program.values}
    found = origin(record, Cell(slot["b"], ()))
    assert found.tree is None
    assert found.terms == ()
    assert found.too_large == 30_000
    found = origin(record, Cell(slot["a"], ()))
    assert found.tree is not None
    assert [cell for term in found.terms for cell in term.cells] == [Cell(slot["sum(u @ v)"], ())]
    found = origin(record, Cell(slot["sum(u @ v)"], ()))
    assert len(found.terms) == 1000
    assert always_inlined(program) == frozenset()
    for name, index in (("sum(u @ v)", ()), ("u @ v", (3, 4)), ("u", (7, 8))):
        led = {Cell(use.slot, one) for use in uses(record, Cell(slot[name], index)) for one in use.indices}
        assert led
        assert all(
            Cell(slot[name], index) in [read for term in origin(record, cell).terms for read in term.cells]
            for cell in led
            if origin(record, cell).tree is not None
        )


def test_a_value_that_decides_something_is_not_computed_again() -> None:
    """0.1 + 0.2 + 0.3 in another order differs in the last bit, and would not be equal to the largest any more."""
    text = """
title = "largest"
equations = \"\"\"
loss = sum(max(x @ W, axis=1) ** 2)
\"\"\"
[constants]
x = [[0.1, 0.2, 0.3, 0.7], [0.3, 0.2, 0.1, 0.9]]
[parameters]
W = [[1, 0.1], [1, 0.3], [1, 0.7], [0.1, 0.1]]
[optimizer]
type = "sgd"
lr = 0.1
"""
    record = first_record(loads(text))
    program = record.program
    slot = {value.name: value.slot for value in program.values}
    found = origin(record, Cell(slot["grad(x @ W)"], (0, 0)))
    assert Cell(slot["x @ W"], (0, 0)) in found.terms[0].cells
    assert found.terms[0].value == found.result == float(record["grad(x @ W)"][0, 0])
    assert slot["x @ W"] not in always_inlined(program)
    check_inverse(record)


def test_a_long_sum_has_a_term_for_each_sample() -> None:
    record = first_record(load(find("wide")))
    program = record.program
    found = origin(record, Cell(program.versions["grad(W1)"][0], (1, 2)))
    assert [term.label for term in found.terms] == [("sample", k) for k in range(program.rows)]
    assert {len(term.cells) for term in found.terms} == {2}
