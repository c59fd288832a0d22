"""Reach is the inverse of the cell rules, by structure alone: for every operation, at any site."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.ops import NAMES, OPERATIONS, Box, Index, entries_read, operation
from tests.ops.apply import site_of
from tests.ops.strategies import SMOOTH, applications

QUICK = settings(max_examples=30, deadline=None)


def cells_of(boxes: tuple[Box, ...]) -> set[Index]:
    return {index for box in boxes for index in product(*box)}


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_a_cell_is_reached_by_exactly_the_entries_it_reads(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, SMOOTH))
    site = site_of(entry, inputs, options)
    places = np.ndindex(site.out)
    read = {(one.name, one.index, cell) for cell in places for one in entries_read(entry.cell_at(site, cell))}
    reached = {
        (label, index, cell)
        for label, value in inputs.items()
        for index in np.ndindex(value.shape)
        for cell in cells_of(entry.reaches(site, label, tuple(range(i, i + 1) for i in index)))
    }
    assert reached == read


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_several_cells_reach_what_each_of_them_reaches(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, SMOOTH))
    site = site_of(entry, inputs, options)
    label = data.draw(st.sampled_from(sorted(inputs)))
    box = []
    for size in inputs[label].shape:
        start = data.draw(st.integers(0, size - 1))
        box.append(range(start, data.draw(st.integers(start + 1, size)), data.draw(st.integers(1, 3))))
    together = entry.reaches(site, label, tuple(box))
    assert all(part for one in together for part in one)
    apart = [entry.reaches(site, label, tuple(range(i, i + 1) for i in index)) for index in product(*box)]
    assert cells_of(together) == {cell for boxes in apart for cell in cells_of(boxes)}


def test_every_operation_says_what_it_reaches() -> None:
    """And how it is computed: an elementwise one says neither, one of a single number only the second."""
    for entry in OPERATIONS:
        one_number = bool(entry.compares) or (entry.reduces and entry.where == "condition")
        assert entry.elementwise == (entry.cell is None), entry.name
        assert (entry.elementwise or one_number) == (entry.reach is None), entry.name
