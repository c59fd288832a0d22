"""Cells of an expression both ways: what reads an entry is what the arithmetic reads."""

from __future__ import annotations

from itertools import islice

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine import Timeline
from nnstep.language import parse_expression
from nnstep.ops import Index, entries_read
from nnstep.program import Reached, cell, cells, infer, reached
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

SHAPES = {"x": (3, 4), "W": (4, 2), "b": (2,), "s": (), "v": (4,), "A": (3, 3)}
PARTS = {
    (3, 4): ["x", "x.T.T", "softmax(x)", "x * v", "reshape(x.T, 3, 4)", "put(x[1:3, :], x[1:3, :])", "A @ x"],
    (3, 2): ["x @ W + b", "(x[:, ::2] * s)", "concat(x[:, 0:1], x[:, 3:4], axis=1)", "log_softmax(x @ W)"],
}
WHOLE = [
    *("sum({0})", "sum({0}, axis=0)", "mean({0}, axis=1)", "max({0}, axis=0, keepdims=True)", "norm({0})", "{0}.T"),
    *("{0} * {1}", "{0} - s", "argmax({0})", "{0}[0]", "{0}[1:3]", "{0}[:, 1]", "reshape({0}, -1)", "{0} / sum({1})"),
]


def expressions() -> st.SearchStrategy[str]:
    def put_in(parts: list[str]) -> st.SearchStrategy[str]:
        part = st.sampled_from(parts)
        return st.builds(
            lambda whole, one, other: whole.format(f"({one})", f"({other})"), st.sampled_from(WHOLE), part, part
        )

    return st.sampled_from(list(PARTS.values())).flatmap(put_in)


@settings(max_examples=150, deadline=None)
@given(text=expressions(), most=st.sampled_from([0, 1, 3, 1000]))
def test_a_cell_is_reached_by_exactly_the_entries_that_it_reads(text: str, most: int) -> None:
    expression = parse_expression(text)
    shape = infer(expression, SHAPES.__getitem__)
    read: dict[tuple[str, Index], list[Index]] = {}
    for index in np.ndindex(shape):
        for entry in entries_read(cell(expression, SHAPES.__getitem__, index)):
            read.setdefault((entry.name, entry.index), []).append(index)
    for name, own in SHAPES.items():
        for index in np.ndindex(own):
            found = reached(expression, SHAPES.__getitem__, name, index, most)
            expected = read.get((name, index), [])
            assert found == Reached(tuple(expected[:most]), len(expected))


@settings(max_examples=20, deadline=None)
@given(scenario=scenarios())
def test_steps_of_any_program_both_ways(scenario: Scenario) -> None:
    program = Timeline(scenario).record(1).program
    for step in program.steps:
        shapes = {name: program.values[slot].shape for name, slot in step.operands}
        at = cells(step.expression, shapes.__getitem__)
        for index in islice(np.ndindex(program.values[step.target].shape), 3):
            assert at(index) == cell(step.expression, shapes.__getitem__, index)
            for entry in entries_read(at(index)):
                assert index in reached(step.expression, shapes.__getitem__, entry.name, entry.index).indices


def test_a_million_cells_are_counted_not_listed() -> None:
    shapes = {"x": (1024, 1024), "W": (1024, 1024)}
    found = reached(parse_expression("(x @ W) @ W"), shapes.__getitem__, "W", (3, 5), 10)
    assert found.count == 1024 * 1024
    assert found.indices == tuple((0, k) for k in range(10))
